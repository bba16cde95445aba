"""What is wrong with one row of a file. A value only; must not read anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

WHOLE_ROW = "whole row"
LONGEST_TEXT = 200


class BadRow(NamedTuple):
    """One row that was left out: ``line`` counts from 1, the header's line, as an editor shows it."""

    line: int
    column: str
    kind: str
    text: str


def bad_row(line: int, column: str, kind: str, text: str) -> BadRow:
    """Return a `BadRow` whose text is cut to 200 characters."""
    return BadRow(int(line), column, kind, text.rstrip("\r\n")[:LONGEST_TEXT])


def wrong_count(line: int, found: int, expected: int, text: str) -> BadRow:
    """Return the `BadRow` of a row that is too short or too long."""
    fields = "1 field" if found == 1 else f"{found} fields"
    return bad_row(line, WHOLE_ROW, f"{fields} where {expected} expected", text)


def frame(rows: Sequence[BadRow]) -> pd.DataFrame:
    """Return the rows as a DataFrame with the columns line, column, kind, text."""
    table = pd.DataFrame(list(rows), columns=list(BadRow._fields))
    return table.astype({"line": "int64", "column": "str", "kind": "str", "text": "str"})
