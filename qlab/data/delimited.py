"""Reads CSV and TSV, block by block, keeping the good rows and saying what is wrong with each of the others.

Gets bytes from `read`, the only place that opens files. Values and types are those of ``pandas.read_csv``, except that
a column of numbers with a few bad cells stays a column of numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DataError
from .badrow import BadRow, bad_row
from .columns import WRONG, Kind, kind_of, misfits, too_many
from .records import Records, cut

DELIMITERS = ",\t;|"
SAMPLE = 2_000  # records that decide the types
Blocks = Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """How a text is to be read: ``where`` names it in errors, ``na`` holds further words for a missing cell."""

    where: str
    delimiter: str
    names: tuple[str, ...]
    first_line: int  # of the first record after the header
    na: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()


def read_delimited(
    blocks: Blocks, *, where: str, delimiter: str | None = None, na: Sequence[str] = ()
) -> tuple[pa.Table, tuple[BadRow, ...], Format]:
    """Return the table of the good rows, the bad rows in the order of their lines, and how the text was read.

    Args:
        blocks: called for each pass over the text; gives UTF-8 bytes in pieces of any size.
        where: the file's name, for errors.
        delimiter: one ASCII character, or None to find it out from the header.
        na: further words that mean a missing cell.

    Raises:
        DataError: no text, no rows, no good rows, or not a table at all.
    """
    layout = _layout(blocks, where, delimiter, tuple(na))
    while True:
        tables, bad, text_after_all = _read_all(blocks, layout)
        if not text_after_all:
            break
        kinds = tuple("text" if i in text_after_all else k for i, k in enumerate(layout.kinds))
        layout = replace(layout, kinds=kinds)
    if not tables:
        raise _no_rows(bad, layout)
    return _join(tables), tuple(sorted(bad)), layout


def _read_all(blocks: Blocks, layout: Format) -> tuple[list[pa.Table], list[BadRow], set[int]]:
    """One pass: tables, bad rows, and the columns that have to be read as text in another pass."""
    tables: list[pa.Table] = []
    bad: list[BadRow] = []
    rows = 0
    misread = np.zeros(len(layout.names), dtype=np.int64)
    for table, faults, cells in _tables(blocks, layout):
        bad.extend(faults)
        rows += table.num_rows + len({cell.line for cell in cells})
        for cell in cells:
            misread[layout.names.index(cell.column)] += 1
        bad.extend(cells)
        if table.num_rows:
            tables.append(table)
    again = {i for i, n in enumerate(misread) if n and too_many(int(n), rows)}
    for i in range(len(layout.names)):
        types = {t.schema.field(i).type for t in tables}
        if len(types) > 1 and not types <= {pa.null(), pa.int64(), pa.uint64(), pa.float64()}:
            again.add(i)
    return tables, bad, again


def _join(tables: Sequence[pa.Table]) -> pa.Table:
    """One table of the blocks' tables, whose numbers may differ in type."""
    for i, name in enumerate(tables[0].column_names):
        types = {t.schema.field(i).type for t in tables}
        if types >= {pa.int64(), pa.uint64()}:  # Arrow's own promotion would fail past the signed range
            parts = [t.column(i) for t in tables if t.schema.field(i).type == pa.int64()]
            signed = any((pc.min(part).as_py() or 0) < 0 for part in parts)
            best = pa.float64() if signed or pa.float64() in types else pa.uint64()
            tables = [t.set_column(i, name, t.column(i).cast(best, safe=False)) for t in tables]
    return pa.concat_tables(tables, promote_options="permissive").combine_chunks()


def _tables(blocks: Blocks, layout: Format) -> Iterator[tuple[pa.Table, Sequence[BadRow], list[BadRow]]]:
    """The table of each block's good rows, its rows with the wrong number of fields, and its cells that don't fit."""
    rest, line, skipped = b"", 1, False
    pieces = blocks()
    piece = next(pieces, None)
    while piece is not None:
        following = next(pieces, None)
        block, rest = rest + piece, b""
        if not skipped and block.count(b"\n") < layout.first_line - 1 and following is not None:
            rest, piece = block, following
            continue
        if not skipped:
            block = b"".join(block.split(b"\n", layout.first_line - 1)[layout.first_line - 1 :])
            line, skipped = layout.first_line, True
        table, faults, cells, rest, used = _block(block, layout, line, last=following is None)
        line, piece = line + used, following
        yield table, faults, cells


def _block(
    block: bytes, layout: Format, line: int, *, last: bool
) -> tuple[pa.Table, Sequence[BadRow], list[BadRow], bytes, int]:
    """As `_tables`, and what is left of the block and the number of lines used up."""
    end = len(block) if last else block.rfind(b"\n") + 1
    frame = _sound(block[:end], layout)
    if frame is not None and not _suspects(frame, layout):
        return _table(frame, layout), (), [], block[end:], len(frame)
    records = cut(block, layout.delimiter, len(layout.names), line, last=last)
    if len(records.lines) == 0:
        empty = pa.table({name: pa.array([], pa.null()) for name in layout.names})
        return empty, records.bad, [], records.rest, records.n_lines
    table, cells = _parse(records, layout)
    return table, records.bad, cells, records.rest, records.n_lines


def _sound(text: bytes, layout: Format) -> pd.DataFrame | None:
    """The frame of a block in which every line is one whole record, or None: then it is cut record by record.

    pandas refuses a record that is longer than the first, fills a short one up with missing cells, and makes fewer
    records than lines where a quote spans some. So only the first line's fields have to be counted here.
    """
    first = text[: text.find(b"\n") + 1].decode("utf-8")
    if not first.strip() or len(next(csv.reader([first], delimiter=layout.delimiter))) != len(layout.names):
        return None
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    try:
        frame = _frame(text, layout)
    except DataError:
        return None
    lines = int(np.count_nonzero(np.frombuffer(text, np.uint8) == 10))  # ten times faster than bytes.count
    whole = len(frame) == lines and not frame.iloc[:, -1].isna().any()
    return frame if whole else None


def _suspects(frame: pd.DataFrame, layout: Format) -> list[int]:
    return [i for i, kind in enumerate(layout.kinds) if kind in WRONG and not _fits(frame.iloc[:, i], kind)]


def _table(frame: pd.DataFrame, layout: Format) -> pa.Table:
    arrays = [_array(frame.iloc[:, i], kind) for i, kind in enumerate(layout.kinds)]
    return pa.Table.from_arrays(arrays, names=list(layout.names))


def _parse(records: Records, layout: Format) -> tuple[pa.Table, list[BadRow]]:
    """The table of the records whose cells fit their columns, and the cells that don't."""
    frame = _frame(records.text, layout)
    bad: list[BadRow] = []
    if suspects := _suspects(frame, layout):
        drop = np.zeros(len(records.lines), dtype=np.bool_)
        cells = _frame(records.text, layout, as_text=suspects)
        for i in suspects:
            wrong = misfits(cells.iloc[:, i], layout.kinds[i]).to_numpy(dtype=np.bool_)
            for row in np.flatnonzero(wrong):
                value = str(cells.iat[int(row), i])
                line = int(records.lines[row])
                bad.append(bad_row(line, layout.names[i], WRONG[layout.kinds[i]], value))
            drop |= wrong
        kept = records.without(drop)
        frame = _frame(kept.text, layout) if len(kept.lines) else frame.iloc[:0]
    return _table(frame, layout), bad


def _frame(text: bytes, layout: Format, as_text: Sequence[int] | None = None) -> pd.DataFrame:
    texts = [i for i, kind in enumerate(layout.kinds) if kind == "text"] if as_text is None else list(as_text)
    options: dict[str, Any] = {
        "sep": layout.delimiter,
        "header": None,
        "names": range(len(layout.names)),
        "index_col": False,
        "dtype": dict.fromkeys(texts, "str"),
        "na_values": list(layout.na),
        "lineterminator": "\n",
        "skip_blank_lines": False,
        "low_memory": False,
        "engine": "c",
    }
    try:
        table: pd.DataFrame = pd.read_csv(BytesIO(text), **options)
        return table
    except (pd.errors.ParserError, OverflowError) as error:
        raise DataError(f"the text can't be read as a table: {error}", where=layout.where) from error


def _fits(column: pd.Series[Any], kind: Kind) -> bool:
    code = column.dtype.kind
    if kind == "bool":
        return code == "b" or bool(column.dropna().map(lambda v: isinstance(v, bool)).all())
    return code in "iuf"


def _array(column: pd.Series[Any], kind: Kind) -> pa.Array:
    if kind == "text":
        return pa.array(column, type=pa.string(), from_pandas=True)
    if kind == "int" and column.dtype.kind == "f":
        values = column.to_numpy(dtype=np.float64)
        missing = np.isnan(values)
        whole = np.where(missing, 0.0, values)
        if np.all((whole == np.floor(whole)) & (np.abs(whole) < 2**53)) and missing.any():
            return pa.array(whole.astype(np.int64), mask=missing)
    array = pa.array(column, from_pandas=True)
    if pa.types.is_large_string(array.type):
        return array.cast(pa.string())
    return pa.nulls(len(array), pa.float64()) if array.null_count == len(array) else array


def _layout(blocks: Blocks, where: str, delimiter: str | None, na: tuple[str, ...]) -> Format:
    """Header, delimiter and the kind of each column, from the beginning of the text."""
    head = b""
    for piece in blocks():
        head += piece
        if head.count(b"\n") > SAMPLE:
            head = b"\n".join(head.split(b"\n", SAMPLE + 1)[:-1]) + b"\n"
            break
    text = head.decode("utf-8", "replace")
    start = len(text) - len(text.lstrip("\r\n"))
    if not text.strip():
        raise DataError("the file is empty", where=where, cure="give a file with a header line and rows")
    line = text.count("\n", 0, start)
    first = text[start:].split("\n", 1)[0]
    if first.lstrip()[:5].lower() in {"<!doc", "<html", "<?xml"}:
        raise DataError(
            f"this is a web page, not a table: it begins with {first.strip()[:30]!r}",
            where=f"{where}, line {line + 1}",
            cure="download the file itself, not the page that shows it",
        )
    if delimiter is None:
        fields = {d: len(next(csv.reader([first], delimiter=d))) for d in DELIMITERS}
        delimiter = max(DELIMITERS, key=lambda d: fields[d])
    reader = csv.reader(StringIO(text[start:], newline=""), delimiter=delimiter)
    next(reader)
    header_lines = line + reader.line_num
    header = "\n".join(text.split("\n")[line:header_lines]).rstrip("\r")
    names = tuple(str(c) for c in pd.read_csv(StringIO(header), sep=delimiter, nrows=0, index_col=False).columns)
    layout = Format(where, delimiter, names, header_lines + 1, na)
    return replace(layout, kinds=_kinds(head, layout))


def _kinds(head: bytes, layout: Format) -> tuple[Kind, ...]:
    skip = layout.first_line - 1
    body = b"".join(head.split(b"\n", skip)[skip:])
    records = cut(body, layout.delimiter, len(layout.names), layout.first_line, last=True)
    if len(records.lines) == 0:
        raise _no_rows(list(records.bad), layout)
    everything = list(range(len(layout.names)))
    cells = _frame(records.text, layout, as_text=everything)
    return tuple(kind_of(cells.iloc[:, i]) for i in everything)


def _no_rows(bad: Sequence[BadRow], layout: Format) -> DataError:
    if not bad:
        return DataError(
            f"there is a header of {len(layout.names)} columns and no row under it",
            where=layout.where,
            cure="give a file with at least one row",
        )
    return DataError(
        f"none of the {len(bad)} rows is good; line {bad[0].line}: {bad[0].kind}",
        where=layout.where,
        cure=f"check the header and the delimiter {layout.delimiter!r}; another one is given as delimiter=';'",
    )
