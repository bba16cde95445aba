"""How a delimited text is laid out: header, delimiter and the kind of each column, from its beginning.

Also the one way in which qlab calls ``pandas.read_csv``. Bytes in; must not read files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError
from .badrow import BadRow
from .columns import Kind, kind_of, plain
from .records import cut

DELIMITERS = ",\t;|"
SAMPLE = 2_000  # records that decide the types
MOST_REMARKS = 200
BROKEN = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Format:
    """How a text is to be read: ``where`` names it in errors, ``na`` holds further words for a missing cell.

    ``decimal`` and ``thousands`` are the characters in numbers; ``header`` is False if the names were made up.
    """

    where: str
    delimiter: str
    names: tuple[str, ...]
    first_line: int  # of the first record after the header
    na: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    decimal: str = "."
    thousands: str | None = None
    header: bool = True


class Raw:
    """Bytes as pandas' C parser takes them: a text handle that gives bytes is neither decoded nor encoded again."""

    mode = "r"

    def __init__(self, text: bytes) -> None:
        self._text, self._at = text, 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes: as few as the parser asks for, which then stay in the processor's cache."""
        piece = self._text[self._at : self._at + size] if size >= 0 else self._text[self._at :]
        self._at += len(piece)
        return piece

    def __iter__(self) -> Any:
        return iter(self._text.splitlines(True))


def frame(
    text: bytes,
    layout: Format,
    as_text: Collection[int] = (),
    *,
    only: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Return records as a DataFrame whose columns are numbered.

    Args:
        text: whole records, each ended by a newline.
        layout: of the text.
        as_text: columns that are text whatever their cells look like. The others get the type that their cells have,
            which for words is text too, and found a third faster than where it is asked for.
        only: columns that are wanted; by default all.

    Raises:
        DataError: a record has more fields than the first.
    """
    options: dict[str, Any] = {
        "sep": layout.delimiter,
        "header": None,
        "names": range(len(layout.names)),
        "index_col": False,
        "usecols": only,
        "dtype": dict.fromkeys(as_text, "str"),
        "na_values": list(layout.na),
        "decimal": layout.decimal,
        "thousands": layout.thousands,
        "lineterminator": "\n",
        "skip_blank_lines": False,
        "low_memory": False,
        "engine": "c",
    }
    try:
        source: Any = Raw(text)
        table: pd.DataFrame = pd.read_csv(source, **options)
        return table
    except (pd.errors.ParserError, OverflowError) as error:
        raise DataError(f"the text can't be read as a table: {error}", where=layout.where) from error


def layout_of(
    blocks: Iterable[bytes],
    where: str,
    delimiter: str | None,
    na: tuple[str, ...],
    *,
    decimal: str | None = None,
    thousands: str | None = None,
    header: bool | None = None,
) -> Format:
    """Return header, delimiter and the kind of each column, from the beginning of the text.

    Args:
        blocks: of the text.
        where: names it in errors.
        delimiter: None to find it out.
        na: further words for a missing cell.
        decimal: None for the point, or the comma where that makes more columns numbers (and isn't the delimiter).
        thousands: between groups of digits; None for nothing, or the point beside a comma found out.
        header: None for yes, unless a name in the first line is a broken number such as 5.1.

    Raises:
        DataError: no text, no rows under the header, or a web page.
    """
    head = b""
    for piece in blocks:
        head += piece
        if head.count(b"\n") > SAMPLE:
            head = b"\n".join(head.split(b"\n", SAMPLE + 1)[:-1]) + b"\n"
            break
    text = head.decode("utf-8", "replace")
    start = _begin(text)
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
    if "\r" in first.rstrip("\r"):
        raise DataError(
            "the lines end with a carriage return alone",
            where=f"{where}, line {line + 1}",
            cure="save the file with line ends of Unix or Windows",
        )
    if delimiter is None:
        fields = {d: len(next(csv.reader([first], delimiter=d))) for d in DELIMITERS}
        delimiter = max(DELIMITERS, key=lambda d: fields[d])
    reader = csv.reader(StringIO(text[start:], newline=""), delimiter=delimiter)
    fields_of_first = next(reader)
    if header is False or (header is None and any(BROKEN.fullmatch(f.strip()) for f in fields_of_first)):
        made = tuple(f"c{i}" for i in range(len(fields_of_first)))
        layout = Format(where, delimiter, made, line + 1, na, header=False)
    else:
        lines = line + reader.line_num
        first = "\n".join(text.split("\n")[line:lines]).rstrip("\r")
        names = tuple(str(c) for c in pd.read_csv(StringIO(first), sep=delimiter, nrows=0, index_col=False).columns)
        layout = Format(where, delimiter, names, lines + 1, na)
    return _numbered(head, replace(layout, decimal=decimal or ".", thousands=thousands), found_out=decimal is None)


def _begin(text: str) -> int:
    """Where the table begins: after blank lines, and after lines of remarks, which have other fields than the rest."""
    start = len(text) - len(text.lstrip("\r\n"))
    lines = text[start:].splitlines(keepends=True)[:MOST_REMARKS]
    remarks = 0
    while remarks < len(lines) and lines[remarks].startswith("#"):
        remarks += 1
    if remarks and remarks < len(lines):
        mark = max(DELIMITERS, key=lines[remarks].count)
        if any(part.count(mark) != lines[remarks].count(mark) for part in lines[:remarks]):
            start += sum(map(len, lines[:remarks]))
    return start


def _numbered(head: bytes, layout: Format, *, found_out: bool) -> Format:
    """The layout with the kinds of the columns, and with the decimal mark that makes most of them numbers."""
    best = replace(layout, kinds=_kinds(head, layout))
    if not found_out or layout.delimiter == "," or "text" not in best.kinds:
        return best
    for thousands in dict.fromkeys([layout.thousands, layout.thousands or "."]):
        other = replace(layout, decimal=",", thousands=thousands)
        other = replace(other, kinds=_kinds(head, other))
        pairs = zip(other.kinds, best.kinds, strict=True)
        unharmed = all(now == was for now, was in pairs if was != "text")
        if unharmed and other.kinds.count("text") < best.kinds.count("text"):
            best = other
    return best


def _kinds(head: bytes, layout: Format) -> tuple[Kind, ...]:
    skip = layout.first_line - 1
    body = b"".join(head.split(b"\n", skip)[skip:])
    records = cut(body, layout.delimiter, len(layout.names), layout.first_line, last=True)
    if len(records.lines) == 0:
        raise no_rows(records.bad, layout)
    guessed = frame(records.text, layout)
    kinds: list[Kind | None] = [_plain(guessed.iloc[:, i].to_numpy()) for i in range(len(layout.names))]
    unsure = [i for i, kind in enumerate(kinds) if kind is None]
    if unsure:
        cells = frame(records.text, layout, as_text=unsure, only=unsure)
        for i in unsure:
            kinds[i] = kind_of(plain(cells[i], layout.decimal, layout.thousands))
    return tuple(kind or "text" for kind in kinds)


def _plain(values: Any) -> Kind | None:
    """The kind of a column that pandas reads as numbers without a gap; None if its text has to be looked at."""
    code = np.asarray(values).dtype.kind
    if code == "i":
        return "int"
    return "float" if code == "f" and not np.isnan(values).any() else None


def no_rows(bad: Sequence[BadRow], layout: Format) -> DataError:
    """Return the error of a text in which no record is good."""
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
