"""Reads CSV and TSV, block by block, keeping the good rows and saying what is wrong with each of the others.

Gets bytes from `read`, the only place that opens files. Values and types are those of ``pandas.read_csv``, except that
a column of numbers with a few bad cells stays a column of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from .badrow import BadRow
from .columns import too_many
from .csv_block import Parsed, Reader
from .csv_layout import Format, layout_of, no_rows
from .progress import SILENT, Watch
from .sink import Memory, Sink

Blocks = Callable[[], Iterator[bytes]]


def read_delimited(
    blocks: Blocks,
    *,
    where: str,
    delimiter: str | None = None,
    na: Sequence[str] = (),
    layout: Format | None = None,
    sink: Callable[[], Sink] = Memory,
    watch: Watch = SILENT,
) -> tuple[pa.Table, tuple[BadRow, ...], Format]:
    """Return the table of the good rows, the bad rows in the order of their lines, and how the text was read.

    Args:
        blocks: called for each pass over the text; gives UTF-8 bytes in pieces of any size.
        where: the file's name, for errors.
        delimiter: one ASCII character, or None to find it out from the header.
        na: further words that mean a missing cell.
        layout: if it is known already.
        sink: makes the place where the rows are collected, for each pass.
        watch: is told of every block, and may end the reading.

    Raises:
        DataError: no text, no rows, no good rows, or not a table at all.
    """
    layout = layout or layout_of(blocks(), where, delimiter, tuple(na))
    while True:
        place = sink()
        try:
            bad, text_after_all, rows = _read_all(blocks, layout, place, watch)
            if not text_after_all:
                if rows == 0:
                    raise no_rows(bad, layout)
                return place.finish(), tuple(sorted(bad)), layout
        except BaseException:
            place.abandon()
            raise
        place.abandon()
        kinds = tuple("text" if i in text_after_all else k for i, k in enumerate(layout.kinds))
        layout = replace(layout, kinds=kinds)


def _read_all(blocks: Blocks, layout: Format, place: Sink, watch: Watch) -> tuple[list[BadRow], set[int], int]:
    """One pass: bad rows, the columns that have to be read as text in another pass, and the number of good rows."""
    bad: list[BadRow] = []
    rows = seen = 0
    misread = np.zeros(len(layout.names), dtype=np.int64)
    types: list[set[pa.DataType]] = [set() for _ in layout.names]
    watch.restart()
    for table, faults, cells, *_ in _tables(blocks, layout):
        bad.extend(faults)
        bad.extend(cells)
        rows += table.num_rows
        seen += table.num_rows + len({cell.line for cell in cells})
        for cell in cells:
            misread[layout.names.index(cell.column)] += 1
        if table.num_rows:
            for kinds, kind in zip(types, table.schema.types, strict=True):
                kinds.add(kind)
            if not _mixed(types):
                place.add(table)
        watch.step(rows, len(bad), table)
    again = {i for i, n in enumerate(misread) if n and too_many(int(n), seen)}
    return bad, again | _mixed(types), rows


def _mixed(types: Sequence[set[pa.DataType]]) -> set[int]:
    """Columns whose blocks have types of which one is no number."""
    numbers = {pa.null(), pa.int64(), pa.uint64(), pa.float64()}
    return {i for i, kinds in enumerate(types) if len(kinds) > 1 and not kinds <= numbers}


def _tables(blocks: Blocks, layout: Format) -> Iterator[Parsed]:
    """What each block holds."""
    reader = Reader(layout)
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
        parsed = reader.parse(block, line, last=following is None)
        rest, line, piece = parsed.rest, line + parsed.lines, following
        yield parsed
