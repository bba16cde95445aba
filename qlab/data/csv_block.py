"""One block of delimited text: the table of its good rows, and what is wrong with each of the others.

Two ways that give the same: `sound` for a block in which every line is one whole record, which is nearly always so,
and `exact`, record by record. Bytes in, Arrow out; must not read files.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..errors import DataError
from .badrow import BadRow, bad_row
from .columns import MISSING, WRONG, Kind, misfits, plain
from .csv_layout import Format, frame
from .records import Records, cut

Mask = NDArray[np.bool_]
PLAIN = np.zeros(256, np.bool_)  # characters of which nearly every number is made
PLAIN[list(b"0123456789+-.eE")] = True


class Parsed(NamedTuple):
    """The good rows of a block, its misshapen rows, its cells that don't fit, bytes left over, and lines used up."""

    table: pa.Table
    rows: Sequence[BadRow]
    cells: Sequence[BadRow]
    rest: bytes
    lines: int


@dataclass(slots=True)
class Reader:
    """Reads block after block of one text; where the last one had bad rows the next one is expected to have some."""

    layout: Format
    _wary: bool = False

    def parse(self, block: bytes, line: int, *, last: bool) -> Parsed:
        """Return what a block holds.

        Args:
            block: UTF-8 text that begins at the start of a record.
            line: number of its first line in the file, from 1.
            last: nothing follows this block.
        """
        if not self._wary:
            end = len(block) if last else block.rfind(b"\n") + 1
            found = self.sound(block[:end])
            if found is not None and not self._suspects(found):
                return Parsed(self._table(found), (), (), block[end:], len(found))
        made = self.exact(block, line, last=last)
        self._wary = bool(made.rows or made.cells)
        return made

    def sound(self, text: bytes) -> pd.DataFrame | None:
        """Return the frame of a block in which every line is one whole record, else None.

        pandas refuses a record that is longer than the first, fills a short one up with missing cells, and makes
        fewer records than lines where a quote spans some. So only the first line's fields have to be counted here,
        and where the last column has gaps all delimiters.
        """
        fields, mark = len(self.layout.names), self.layout.delimiter
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n")
            if b"\r" in text:
                return None
        text += b"" if text.endswith(b"\n") else b"\n"
        first = text[: text.find(b"\n") + 1].decode("utf-8")
        if not first.strip() or len(next(csv.reader([first], delimiter=mark))) != fields:
            return None
        data = np.frombuffer(text, np.uint8)
        lines = int(np.count_nonzero(data == 10))  # ten times faster than bytes.count
        quoted = b'"' in text
        even = not quoted and int(np.count_nonzero(data == ord(mark))) == lines * (fields - 1)
        if not quoted and not even:
            return None
        try:
            with warnings.catch_warnings() if quoted else nullcontext():
                if quoted:  # pandas warns where a quote that is never closed makes its first record too long
                    warnings.simplefilter("ignore", pd.errors.ParserWarning)
                found = self.framed(text)
        except DataError:
            return None
        whole = len(found) == lines and ((even and fields > 1) or not found.iloc[:, -1].isna().any())
        return found if whole else None

    def exact(self, block: bytes, line: int, *, last: bool) -> Parsed:
        """Return the same record by record."""
        layout = self.layout
        numbers = [i for i, kind in enumerate(layout.kinds) if kind in {"int", "float"}]
        sifted: list[BadRow] = []

        def judge(few: bytes, lines: NDArray[np.int64]) -> Mask:
            wrong, found = self._sift(few, lines, numbers)
            sifted.extend(found)
            return wrong

        names = layout.names
        records = cut(block, layout.delimiter, len(names), line, last=last, plain=numbers, judge=judge)
        if len(records.lines) == 0:
            empty = pa.table({name: pa.array([], pa.null()) for name in names})
            return Parsed(empty, records.bad, sifted, records.rest, records.n_lines)
        table, cells = self._records(records)
        return Parsed(table, records.bad, [*sifted, *cells], records.rest, records.n_lines)

    def _sift(self, few: bytes, lines: NDArray[np.int64], numbers: Sequence[int]) -> tuple[Mask, list[BadRow]]:
        """Which of a few records hold a bad number: found before all records are read as text for their sake."""
        layout = self.layout
        if b'"' in few:
            cells = frame(few, layout, as_text=numbers, only=numbers)
            together = pd.concat([cells[i] for i in numbers], ignore_index=True)
        else:  # tens of them: pandas' parser takes longer to set up than to read
            split = [record.split(layout.delimiter) for record in few.decode("utf-8").split("\n")[:-1]]
            missing = MISSING.union(layout.na)
            given = [[None if (cell := fields[i]) in missing else cell for fields in split] for i in numbers]
            together = pd.Series([cell for column in given for cell in column], dtype="str")
        numbered = plain(together, layout.decimal, layout.thousands)  # an int is judged as a float is
        wrong = misfits(numbered, "float").to_numpy(dtype=np.bool_)
        bad = []
        for at in map(int, np.flatnonzero(wrong)):
            i = numbers[at // len(lines)]
            bad.append(
                bad_row(int(lines[at % len(lines)]), layout.names[i], WRONG[layout.kinds[i]], str(together.iat[at]))
            )
        return np.asarray(wrong.reshape(len(numbers), len(lines)).any(axis=0)), bad

    def _records(self, records: Records) -> tuple[pa.Table, list[BadRow]]:
        layout = self.layout
        found = self.framed(records.text)
        bad: list[BadRow] = []
        if suspects := self._suspects(found):
            cells = self._cells(found, suspects, records.text)
            for every in (False, True):
                wrong = {i: _wrong(cells[i], layout.kinds[i], layout, every=every) for i in suspects}
                drop = np.logical_or.reduce(list(wrong.values()))
                if drop.all():
                    break
                good = {i: _good(cells[i], ~drop, layout.kinds[i], layout) for i in suspects}
                if all(values is not None for values in good.values()):
                    break
            for i in suspects:
                for row in np.flatnonzero(wrong[i]):
                    value = str(cells[i].iat[int(row)])
                    bad.append(bad_row(int(records.lines[row]), layout.names[i], WRONG[layout.kinds[i]], value))
            if drop.all():
                return self._table(found.iloc[:0]), bad
            kept = self._kept(found, good, ~drop)
            return self._table(self.again(records, drop)) if kept is None else kept, bad
        return self._table(found), bad

    def _cells(self, found: pd.DataFrame, suspects: Sequence[int], text: bytes) -> dict[int, pd.Series[Any]]:
        """The columns that hold cells which don't fit, as text."""
        unread = [i for i in suspects if found.iloc[:, i].dtype != "str"]
        read = frame(text, self.layout, as_text=unread, only=unread) if unread else found
        return {i: (read[i] if i in unread else found.iloc[:, i]) for i in suspects}

    def _kept(self, found: pd.DataFrame, good: dict[int, pa.Array | None], keep: Mask) -> pa.Table | None:
        """The table of the rows to keep; None if it isn't sure that their text alone would give it."""
        arrays, mask = [], pa.array(keep)
        for i, (_, column) in enumerate(found.items()):
            if i in good:
                if good[i] is None:
                    return None
                arrays.append(good[i])
                continue
            if self.layout.kinds[i] == "int" and column.dtype.kind == "f":
                array = _array(column[keep], "int")  # whole or not: the rows to keep decide
            else:
                array = _array(column, self.layout.kinds[i]).filter(mask)
            if column.dtype.kind == "u" or (column.dtype.kind == "f" and _may_be_whole(column[keep])):
                return None  # without the rows left out it may be a column of smaller or whole numbers
            arrays.append(array)
        return pa.Table.from_arrays(arrays, names=list(self.layout.names))

    def again(self, records: Records, drop: NDArray[np.bool_]) -> pd.DataFrame:
        """Return the frame of the records less some, from their text: slower than `_kept`, and the same."""
        return self.framed(records.without(drop).text)

    def framed(self, text: bytes) -> pd.DataFrame:
        """Return records as a DataFrame; words that look like numbers in this block stay words."""
        found = frame(text, self.layout)
        kinds = zip(found.items(), self.layout.kinds, strict=True)
        unlike = [
            i for i, ((_, c), kind) in enumerate(kinds) if kind == "text" and not isinstance(c.dtype, pd.StringDtype)
        ]
        unlike = [i for i in unlike if not found[i].isna().all()]
        if unlike:
            read = frame(text, self.layout, as_text=unlike, only=unlike)
            for i in unlike:
                found[i] = read[i]
        return found

    def _suspects(self, found: pd.DataFrame) -> list[int]:
        pairs = zip(found.items(), self.layout.kinds, strict=True)
        return [i for i, ((_, column), kind) in enumerate(pairs) if kind in WRONG and not _fits(column, kind)]

    def _table(self, found: pd.DataFrame) -> pa.Table:
        columns = zip(found.items(), self.layout.kinds, strict=True)
        return pa.Table.from_arrays([_array(c, kind) for (_, c), kind in columns], names=list(self.layout.names))


def _may_be_whole(column: pd.Series[Any]) -> bool:
    values = column.to_numpy()
    return bool(all(np.all(part == np.floor(part)) for part in (values[:100], values)))  # NaN is not equal to itself


def _wrong(cells: pd.Series[str], kind: Kind, layout: Format, *, every: bool) -> Mask:
    """Which cells of a column don't fit its kind: at first only those are judged that hold a character of no number."""
    wrong = np.zeros(len(cells), dtype=np.bool_)
    judged = np.arange(len(cells)) if every or kind == "bool" else _odd(pa.array(cells, pa.large_string()))
    wrong[judged] = misfits(plain(cells.iloc[judged], layout.decimal, layout.thousands), kind).to_numpy(dtype=np.bool_)
    return wrong


def _good(cells: pd.Series[str], keep: Mask, kind: Kind, layout: Format) -> pa.Array | None:
    """What pandas reads the cells to keep as; None if they aren't of the kind."""
    text = pa.array(cells, pa.string()).filter(pa.array(keep)).fill_null("")
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(text)], text), "\n")[0].as_buffer()
    one = replace(layout, delimiter="\x1f", names=("",), kinds=("empty",), na=())
    column = frame(joined.to_pybytes() + b"\n", one).iloc[:, 0]
    return _array(column, kind) if len(column) == len(text) and _fits(column, kind) else None


def _odd(text: pa.Array) -> NDArray[np.int64]:
    """The numbers of the cells that hold a character of no plain number."""
    _, ends, data = text.buffers()
    edges = np.frombuffer(ends, dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    if data is None:
        return np.empty(0, np.int64)
    places = np.flatnonzero(~PLAIN[np.frombuffer(data, np.uint8)[edges[0] : edges[-1]]]) + edges[0]
    return np.unique(np.searchsorted(edges, places, side="right") - 1)


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
    given: Any = column.to_numpy() if column.dtype.kind in "iuf" else column  # an array is far quicker to hand over
    try:
        array = pa.array(given, from_pandas=True)
    except OverflowError:  # whole numbers past 64 bits
        array = pa.array(column.astype("float64").to_numpy(), from_pandas=True)
    if pa.types.is_large_string(array.type):
        return array.cast(pa.string())
    return pa.nulls(len(array), pa.float64()) if array.null_count == len(array) else array
