"""Cuts a block of delimited text into records and takes out those with the wrong number of fields.

Why not leave it to pandas: it pads short rows without a word, and says nothing of the line of a long one in a form a
program can use. Bytes in, bytes out; must not know types and must not read files.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .badrow import WHOLE_ROW, BadRow, bad_row, wrong_count

Judge = Callable[[bytes, NDArray[np.int64]], NDArray[np.bool_]]
MOST_DOUBTFUL = 0.05  # of a block's records that are judged one by one
LONGEST_FIELD = 128 << 10  # bytes that Python's csv takes for one
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
        text = memoryview(self.text)  # so that the pieces are copied only once
        pieces, at = [], 0
        for i in np.flatnonzero(drop):
            pieces.append(text[at : int(edges[i])])
            at = int(edges[i + 1])
        pieces.append(text[at:])
        starts = (np.cumsum(lengths) - lengths).astype(np.int64)
        return replace(self, text=b"".join(pieces), starts=starts, lines=self.lines[~drop])


def cut(
    block: bytes,
    delimiter: str,
    fields: int,
    first_line: int,
    *,
    last: bool,
    plain: Sequence[int] = (),
    judge: Judge | None = None,
) -> Records:
    """Return the good records of ``block``.

    Args:
        block: UTF-8 text that begins at the start of a record.
        delimiter: one ASCII character.
        fields: how many fields a record has.
        first_line: number of the block's first line in the file.
        last: nothing follows this block.
        plain: fields in which only numbers are expected.
        judge: given the text and the line numbers of the records with a letter there, says which of them to leave out.
            It is asked only where they are few, and not in a text with quotes.
    """
    end = len(block) if last else block.rfind(b"\n") + 1
    rest = block[end:]
    block = block[:end]
    if last and block and not block.endswith(b"\n"):
        block += b"\n"
    if b'"' in block:
        quick = cut_clean(block, rest, delimiter, fields, first_line, plain, judge, last=last)
        return quick or _cut_quoted(block, rest, delimiter, fields, first_line, last=last)
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    return _cut_plain(block, rest, delimiter, fields, first_line, plain, judge)


def _cut_plain(
    block: bytes, rest: bytes, delimiter: str, fields: int, first_line: int, plain: Sequence[int], judge: Judge | None
) -> Records:
    data = np.frombuffer(block, dtype=np.uint8)
    edges = np.flatnonzero((data == 10) | (data == ord(delimiter)))  # where each field ends
    return _of_edges(block, edges, None, rest, delimiter, fields, first_line, plain, judge)


def cut_clean(
    block: bytes,
    rest: bytes,
    delimiter: str,
    fields: int,
    first_line: int,
    plain: Sequence[int],
    judge: Judge | None,
    *,
    last: bool,
) -> Records | None:
    """Return the records of a text with quotes, found without a look at each line; None unless every quote opens or
    closes a field or stands doubled, and no record of several lines has the wrong number of fields.
    """
    if fields == 1:
        return None
    if b"\r" in block:
        data = np.frombuffer(block, dtype=np.uint8)
        within = np.searchsorted(np.flatnonzero(data == 34), np.flatnonzero(data == 13)) & 1
        block = block.replace(b"\r\n", b"\n")
        if within.any() or b"\r" in block:
            return None
    data, mark = np.frombuffer(block, dtype=np.uint8), ord(delimiter)
    quotes = np.flatnonzero(data == 34)
    opens, closes = quotes[::2], quotes[1::2]
    before = data[np.maximum(opens - 1, 0)]
    good_open = (opens == 0) | (before == mark) | (before == 10) | (before == 34)
    after = data[np.minimum(closes + 1, len(data) - 1)]
    good_close = (after == mark) | (after == 10) | (after == 34)
    if not (good_open.all() and good_close.all()):
        return None
    ends = np.flatnonzero((data == 10) | (data == mark))
    edges = ends[(np.searchsorted(quotes, ends) & 1) == 0]
    newlines = np.flatnonzero(data == 10)
    if len(quotes) % 2:  # the last record goes on in the next block
        whole = edges[(edges < opens[-1]) & (data[edges] == 10)]
        end = int(whole[-1]) + 1 if len(whole) else 0
        open_lines = len(newlines) - int(np.searchsorted(newlines, end))
        if last or open_lines >= LONGEST_RECORD:
            return None
        block, rest = block[:end], block[end:] + rest
        edges, newlines = edges[edges < end], newlines[newlines < end]
    of_lines = edges[np.frombuffer(block, np.uint8)[edges] == 10] if len(edges) else edges
    spans = np.diff(np.searchsorted(newlines, of_lines, side="right"), prepend=0)
    counts = np.diff(np.searchsorted(edges, of_lines), prepend=-1)
    lengths = np.diff(of_lines, prepend=-1)
    if ((spans > 1) & (counts != fields)).any() or (spans > LONGEST_RECORD).any() or (lengths > LONGEST_FIELD).any():
        return None
    return _of_edges(block, edges, newlines, rest, delimiter, fields, first_line, plain, judge)


def _of_edges(
    block: bytes,
    edges: NDArray[np.int64],
    newlines: NDArray[np.int64] | None,
    rest: bytes,
    delimiter: str,
    fields: int,
    first_line: int,
    plain: Sequence[int],
    judge: Judge | None,
) -> Records:
    """The records of a text of which is known where each field ends, and, if some span lines, where each line does."""
    data = np.frombuffer(block, dtype=np.uint8)
    mark = ord(delimiter)
    last = np.flatnonzero(data[edges] == 10)  # which of them end a line
    ends = edges[last] + 1
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]]) if len(ends) else ends
    counts = np.diff(last, prepend=-1)
    odd = counts != fields
    if fields == 1:
        odd |= ends - starts <= 1
    lines = first_line + (np.arange(len(ends)) if newlines is None else np.searchsorted(newlines, starts))
    bad: list[BadRow] = []
    for i in np.flatnonzero(odd):
        text = block[int(starts[i]) : int(ends[i])]
        if text.strip():
            bad.append(wrong_count(int(lines[i]), int(counts[i]), fields, text.decode("utf-8", "replace")))
    if judge is not None and plain:
        sound = np.flatnonzero(~odd)
        doubtful = sound[_lettered(data, mark, edges, last[sound] - fields, plain)]
        if 0 < len(doubtful) <= MOST_DOUBTFUL * len(lines):
            few = b"".join(block[int(starts[i]) : int(ends[i])] for i in doubtful)
            odd[doubtful[judge(few, lines[doubtful])]] = True
    used = len(ends) if newlines is None else len(newlines)
    whole = Records(block, starts.astype(np.int64), lines.astype(np.int64), tuple(bad), rest, used)
    return whole.without(odd) if odd.any() else whole


def _lettered(
    data: NDArray[np.uint8], mark: int, edges: NDArray[np.int64], before: NDArray[np.int64], plain: Sequence[int]
) -> NDArray[np.bool_]:
    """Which records have a character past the digits, such as a letter, in one of the fields ``plain``.

    Args:
        data: the text.
        mark: the delimiter.
        edges: where each field ends.
        before: of each record, the index of the edge before its first field, −1 for none.
        plain: numbers of the fields, in order.
    """
    if len(before) == 0:
        return np.zeros(0, dtype=np.bool_)
    if mark > ord("9"):
        data = np.where(data == mark, np.uint8(0), data)
    runs = np.split(np.array(plain, dtype=np.int64), np.flatnonzero(np.diff(plain) > 1) + 1)
    bounds = np.empty((len(before), len(runs), 2), dtype=np.int64)
    for k, run in enumerate(runs):
        at = before + int(run[0])
        bounds[:, k, 0] = np.where(at < 0, 0, edges[at] + 1)
        bounds[:, k, 1] = edges[before + int(run[-1]) + 1]
    highest = np.maximum.reduceat(data, bounds.ravel()).reshape(bounds.shape)[:, :, 0]
    return np.asarray(((highest > ord("9")) & (bounds[:, :, 1] > bounds[:, :, 0])).any(axis=1))


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
