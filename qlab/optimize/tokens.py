"""Numbers of an instance file, each with its line, so that an error can say file:line and what was expected."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..errors import OptimizeError

LARGEST = 1e100  # a larger number is a slip: products of such overflow; QPLIB writes infinity as 1e30
WHOLE = 1e15  # beyond it not every whole number can be told
LIMIT = 200_000_000  # a product of sizes beyond it is a broken header, not an instance


class Tokens:
    """A stream of words with their lines.

    Args:
        file: What errors call it.
        lines: (line number, text); comments already gone.
    """

    def __init__(self, file: str, lines: Iterable[tuple[int, str]]) -> None:
        self.file = file
        self.words = [(word, n) for n, text in lines for word in text.replace(",", " ").split()]
        self.at = 0
        self.last = self.words[-1][1] if self.words else 1

    @property
    def line(self) -> int:
        """The line of the next word."""
        return self.words[self.at][1] if self.at < len(self.words) else self.last

    @property
    def more(self) -> bool:
        """Whether a word is left."""
        return self.at < len(self.words)

    def fail(self, found: str, expected: str, line: int | None = None) -> OptimizeError:
        """Return the error: file:line, what was found, what was expected."""
        return bad(self.file, self.line if line is None else line, found, expected)

    def word(self, expected: str) -> str:
        """Return the next word."""
        if not self.more:
            raise self.fail("the file ends", expected)
        self.at += 1
        return self.words[self.at - 1][0]

    def number(self, expected: str) -> float:
        """Return the next word as a finite number."""
        line = self.line
        text = self.word(expected)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not abs(value) <= LARGEST:
            raise self.fail(f"{text!r} is no number up to {LARGEST:g}", expected, line)
        return value

    def whole(self, expected: str, low: int | None = None, high: int | None = None) -> int:
        """Return the next word as a whole number within a range."""
        line = self.line
        value = self.number(expected)
        outside = (
            value != int(value)
            or abs(value) > WHOLE
            or (low is not None and value < low)
            or (high is not None and value > high)
        )
        if outside:
            limits = "" if low is None else f" from {low}" + ("" if high is None else f" to {high}")
            raise self.fail(f"{value:g} isn't a whole number{limits}", expected, line)
        return int(value)

    def table(self, rows: int, columns: int, expected: str) -> list[list[float]]:
        """Return rows × columns numbers."""
        if rows * columns > LIMIT:
            raise self.fail(f"{rows} × {columns} numbers are announced", expected)
        return [[self.number(f"{expected}, row {r + 1}, column {c + 1}") for c in range(columns)] for r in range(rows)]

    def end(self) -> None:
        """Raise when words are left."""
        if self.more:
            raise self.fail(f"{self.words[self.at][0]!r} is left over", "the end of the file")


def bad(file: str, line: int, found: str, expected: str) -> OptimizeError:
    """Return the error of a malformed file."""
    return OptimizeError(found, where=f"{file}:{line}", cure=f"expected {expected}", value=line)


def plain(text: str, comment: str = "#") -> list[tuple[int, str]]:
    """Return the lines with their numbers, without comments and empty ones."""
    out = []
    for n, line in enumerate(text.splitlines(), 1):
        kept = line.split(comment, 1)[0].strip()
        if kept:
            out.append((n, kept))
    return out
