"""Cuts a block of delimited text into records and takes out those with the wrong number of fields.

Why not leave it to pandas: it pads short rows without a word, and says nothing of the line of a long one in a form a
program can use. Bytes in, bytes out; must not know types and must not read files.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .badrow import WHOLE_ROW, BadRow, bad_row, wrong_count

LONGEST_RECORD = 1000  # physical lines a quoted record may span before its quote counts as never closed


@dataclass(frozen=True, slots=True)
class Records:
    """The good records of one block.

    Args:
        text: the records, one after the other, each ended by a newline.
        starts: (records,) offset of each in ``text``.
        lines: (records,) line number of each in the file, from 1.
        bad: the records left out.
        rest: bytes after the last complete record, to be put before the next block.
        n_lines: physical lines used up, good, bad and blank.
    """

    text: bytes
    starts: NDArray[np.int64]
    lines: NDArray[np.int64]
    bad: tuple[BadRow, ...]
    rest: bytes
    n_lines: int

    def without(self, drop: NDArray[np.bool_]) -> Records:
        """Return the records less those where ``drop`` (records,) is True."""
        edges = np.append(self.starts, len(self.text))
        lengths = np.diff(edges)[~drop]
        pieces, at = [], 0
        for i in np.flatnonzero(drop):
            pieces.append(self.text[at : int(edges[i])])
            at = int(edges[i + 1])
        pieces.append(self.text[at:])
        starts = (np.cumsum(lengths) - lengths).astype(np.int64)
        return Records(b"".join(pieces), starts, self.lines[~drop], self.bad, self.rest, self.n_lines)


def cut(block: bytes, delimiter: str, fields: int, first_line: int, *, last: bool) -> Records:
    """Return the good records of ``block``.

    Args:
        block: UTF-8 text that begins at the start of a record.
        delimiter: one ASCII character.
        fields: how many fields a record has.
        first_line: number of the block's first line in the file.
        last: nothing follows this block.
    """
    end = len(block) if last else block.rfind(b"\n") + 1
    rest = block[end:]
    block = block[:end]
    if last and block and not block.endswith(b"\n"):
        block += b"\n"
    if b'"' in block:
        return _cut_quoted(block, rest, delimiter, fields, first_line, last=last)
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    return _cut_plain(block, rest, delimiter, fields, first_line)


def _cut_plain(block: bytes, rest: bytes, delimiter: str, fields: int, first_line: int) -> Records:
    data = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(data == 10) + 1
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]]) if len(ends) else ends
    marks = np.flatnonzero(data == ord(delimiter))
    counts = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
    odd = counts != fields
    if fields == 1:
        odd |= ends - starts <= 1
    if not odd.any():
        lines = np.arange(first_line, first_line + len(ends), dtype=np.int64)
        return Records(block, starts.astype(np.int64), lines, (), rest, len(ends))
    bad: list[BadRow] = []
    for i in np.flatnonzero(odd):
        text = block[int(starts[i]) : int(ends[i])]
        if text.strip():
            bad.append(wrong_count(first_line + int(i), int(counts[i]), fields, text.decode("utf-8", "replace")))
    lines = first_line + np.arange(len(ends), dtype=np.int64)
    whole = Records(block, starts.astype(np.int64), lines, tuple(bad), rest, len(ends))
    return whole.without(odd)


def _cut_quoted(block: bytes, rest: bytes, delimiter: str, fields: int, first_line: int, *, last: bool) -> Records:
    lines = block.decode("utf-8").split("\n")[:-1]
    good: list[bytes] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    at = 0
    while at < len(lines):
        line, number = lines[at], first_line + at
        if '"' not in line:
            text, used, found = line, 1, line.count(delimiter) + 1
        else:
            try:
                found, used, closed = _quoted_record(lines, at, delimiter)
            except csv.Error as error:  # a lone carriage return, or a field of more than 128 KiB
                bad.append(bad_row(number, WHOLE_ROW, f"no record: {error}"[:80], line))
                at += 1
                continue
            if not closed and used < LONGEST_RECORD and not last:
                tail = "\n".join(lines[at:]) + "\n"
                rest = tail.encode() + rest
                break
            if not closed:
                bad.append(bad_row(number, WHOLE_ROW, "a quote is never closed", line))
                at += 1
                continue
            if used > 1 and found != fields and _stands_alone(lines[at + 1], delimiter, fields):
                bad.append(bad_row(number, WHOLE_ROW, "a quote is never closed", line))
                at += 1
                continue
            text = "\n".join(lines[at : at + used])
        text = text.removesuffix("\r")
        if text.strip() and found == fields:
            good.append(text.encode() + b"\n")
            numbers.append(number)
        elif text.strip():
            bad.append(wrong_count(number, found, fields, text))
        at += used
    starts = np.cumsum([0, *map(len, good)])[:-1].astype(np.int64)
    return Records(b"".join(good), starts, np.array(numbers, dtype=np.int64), tuple(bad), rest, at)


def _quoted_record(lines: list[str], at: int, delimiter: str) -> tuple[int, int, bool]:
    """Fields of the record that begins at line ``at``, lines it spans, and whether its last quote is closed."""
    stop = min(at + LONGEST_RECORD, len(lines))

    def feed() -> Iterator[str]:
        for i in range(at, stop):
            yield lines[i] + "\n"
        yield ""  # read only by a record whose quote is still open

    reader = csv.reader(feed(), delimiter=delimiter)
    found = len(next(reader))
    used = min(reader.line_num, stop - at)
    return found, used, reader.line_num <= stop - at


def _stands_alone(line: str, delimiter: str, fields: int) -> bool:
    """Whether ``line`` is a good record by itself, so that a quote opened above it was a slip."""
    return (
        line.count('"') % 2 == 0
        and "\r" not in line.rstrip("\r")
        and len(next(csv.reader([line], delimiter=delimiter), [])) == fields
    )
