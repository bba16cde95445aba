"""One block of delimited text: the table of its good rows, and what is wrong with each of the others.

Two ways that give the same: `sound` for a block in which every line is one whole record, which is nearly always so,
and `exact`, record by record. Bytes in, Arrow out; must not read files.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ..errors import DataError
from .badrow import BadRow, bad_row
from .columns import WRONG, Kind, misfits
from .csv_layout import Format, frame
from .records import Records, cut

REPEATS = 256  # different values in a block up to which a column of text is read as categories


class Parsed(NamedTuple):
    """The good rows of a block, its misshapen rows, its cells that don't fit, bytes left over, and lines used up."""

    table: pa.Table
    rows: Sequence[BadRow]
    cells: Sequence[BadRow]
    rest: bytes
    lines: int


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of one length, as a DataFrame gives them."""

    columns: list[pd.Series[Any]]

    def items(self) -> Iterator[tuple[int, pd.Series[Any]]]:
        return iter(enumerate(self.columns))


@dataclass(slots=True)
class Reader:
    """Reads block after block of one text; remembers only which columns of text repeat themselves."""

    layout: Format
    repeating: set[int] = field(default_factory=set)
    _judged: set[int] = field(default_factory=set)

    def parse(self, block: bytes, line: int, *, last: bool) -> Parsed:
        """Return what a block holds.

        Args:
            block: UTF-8 text that begins at the start of a record.
            line: number of its first line in the file, from 1.
            last: nothing follows this block.
        """
        end = len(block) if last else block.rfind(b"\n") + 1
        found = self.sound(block[:end])
        if found is not None and not self._suspects(found):
            return Parsed(self._table(found), (), (), block[end:], len(found))
        return self.exact(block, line, last=last)

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
                found = frame(text, self.layout, repeating=self.repeating)
        except DataError:
            return None
        whole = len(found) == lines and ((even and fields > 1) or not found.iloc[:, -1].isna().any())
        return found if whole else None

    def exact(self, block: bytes, line: int, *, last: bool) -> Parsed:
        """Return the same record by record."""
        records = cut(block, self.layout.delimiter, len(self.layout.names), line, last=last)
        if len(records.lines) == 0:
            empty = pa.table({name: pa.array([], pa.null()) for name in self.layout.names})
            return Parsed(empty, records.bad, (), records.rest, records.n_lines)
        table, cells = self._records(records)
        return Parsed(table, records.bad, cells, records.rest, records.n_lines)

    def _records(self, records: Records) -> tuple[pa.Table, list[BadRow]]:
        layout = self.layout
        found = frame(records.text, layout, repeating=self.repeating)
        bad: list[BadRow] = []
        if suspects := self._suspects(found):
            drop = np.zeros(len(records.lines), dtype=np.bool_)
            cells = self._cells(found, suspects, records.text)
            for i in suspects:
                wrong = misfits(cells[i], layout.kinds[i]).to_numpy(dtype=np.bool_)
                for row in np.flatnonzero(wrong):
                    value = str(cells[i].iat[int(row)])
                    bad.append(bad_row(int(records.lines[row]), layout.names[i], WRONG[layout.kinds[i]], value))
                drop |= wrong
            if drop.all():
                found = found.iloc[:0]
            else:
                kept = self._kept(found, cells, ~drop)
                return self._table(self.again(records, drop) if kept is None else kept), bad
        return self._table(found), bad

    def _cells(self, found: pd.DataFrame, suspects: Sequence[int], text: bytes) -> dict[int, pd.Series[Any]]:
        """The columns that hold cells which don't fit, as text."""
        unread = [i for i in suspects if found.iloc[:, i].dtype != "str"]
        read = frame(text, self.layout, as_text=unread, only=unread) if unread else found
        return {i: (read[i] if i in unread else found.iloc[:, i]) for i in suspects}

    def _kept(self, found: pd.DataFrame, cells: dict[int, pd.Series[Any]], keep: NDArray[np.bool_]) -> _Columns | None:
        """The columns of the rows to keep, of which only the doubtful ones are read again; None if that isn't sure."""
        columns: list[pd.Series[Any]] = []
        for i, (_, column) in enumerate(found.items()):
            if i in cells:
                one = replace(self.layout, names=("",), kinds=("empty",))
                good = cells[i][keep].fillna("")
                columns.append(frame(("\n".join(good.tolist()) + "\n").encode(), one).iloc[:, 0])
                continue
            part = column[keep]
            if column.dtype.kind == "f" and column.isna().any() and not part.isna().any():
                return None  # without its gaps it may be a column of whole numbers
            columns.append(part)
        return _Columns(columns)

    def again(self, records: Records, drop: NDArray[np.bool_]) -> pd.DataFrame:
        """Return the frame of the records less some, from their text: slower than `_kept`, and the same."""
        return frame(records.without(drop).text, self.layout, repeating=self.repeating)

    def _suspects(self, found: pd.DataFrame) -> list[int]:
        pairs = zip(found.items(), self.layout.kinds, strict=True)
        return [i for i, ((_, column), kind) in enumerate(pairs) if kind in WRONG and not _fits(column, kind)]

    def _table(self, found: pd.DataFrame | _Columns) -> pa.Table:
        arrays = []
        for i, ((_, column), kind) in enumerate(zip(found.items(), self.layout.kinds, strict=True)):
            array = _array(column, kind)
            if kind == "text":
                self._watch(i, column, array)
            arrays.append(array)
        return pa.Table.from_arrays(arrays, names=list(self.layout.names))

    def _watch(self, i: int, column: pd.Series[Any], array: pa.Array) -> None:
        """Learn from the first large block whether a column of text repeats itself; unlearn it when it ceases to."""
        if i in self.repeating:
            if len(column.cat.categories) > 4 * REPEATS:
                self.repeating.discard(i)
        elif i not in self._judged and len(column) >= 1000:
            self._judged.add(i)
            if len(array.unique()) <= REPEATS:
                self.repeating.add(i)


def _fits(column: pd.Series[Any], kind: Kind) -> bool:
    code = column.dtype.kind
    if kind == "bool":
        return code == "b" or bool(column.dropna().map(lambda v: isinstance(v, bool)).all())
    return code in "iuf"


def _array(column: pd.Series[Any], kind: Kind) -> pa.Array:
    if kind == "text":
        if isinstance(column.dtype, pd.CategoricalDtype):
            return _words(column)
        return pa.array(column, type=pa.string(), from_pandas=True)
    if kind == "int" and column.dtype.kind == "f":
        values = column.to_numpy(dtype=np.float64)
        missing = np.isnan(values)
        whole = np.where(missing, 0.0, values)
        if np.all((whole == np.floor(whole)) & (np.abs(whole) < 2**53)) and missing.any():
            return pa.array(whole.astype(np.int64), mask=missing)
    given: Any = column.to_numpy() if column.dtype.kind in "iuf" else column  # an array is far quicker to hand over
    array = pa.array(given, from_pandas=True)
    if pa.types.is_large_string(array.type):
        return array.cast(pa.string())
    return pa.nulls(len(array), pa.float64()) if array.null_count == len(array) else array


def _words(column: pd.Series[Any]) -> pa.Array:
    codes = column.cat.codes.to_numpy().astype(np.int32)
    values = pa.array(column.cat.categories, type=pa.string(), from_pandas=True)
    missing = codes < 0
    index = pa.array(np.where(missing, 0, codes), mask=missing) if missing.any() else pa.array(codes)
    return pa.nulls(len(codes), pa.string()) if len(values) == 0 else values.take(index)
