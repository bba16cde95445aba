"""Decides the type of a column of text once, from a sample, and finds the cells that don't fit it.

pandas turns a whole column into text for one bad cell; here the column stays a number and the row is reported.
Must not read files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

Kind = Literal["int", "float", "bool", "text", "empty"]

BOOLS = frozenset({"True", "TRUE", "true", "False", "FALSE", "false"})
MISSING = frozenset({  # the words that pandas.read_csv takes for a missing cell, as its documentation lists them
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
})  # fmt: skip
TOLERATED = 0.1  # share of cells that may not fit before the column counts as text
WRONG: dict[str, str] = {"int": "not a number", "float": "not a number", "bool": "neither true nor false"}


def plain(cells: pd.Series[str], decimal: str, thousands: str | None) -> pd.Series[str]:
    """Return cells with a decimal point and without marks between thousands; another point makes it no number."""
    if thousands is not None:
        cells = cells.astype("str").str.replace(thousands, "", regex=False)
    if decimal == ".":
        return cells
    return cells.astype("str").str.replace(".", "·", regex=False).str.replace(decimal, ".", regex=False)


def kind_of(cells: pd.Series[str]) -> Kind:
    """Return the kind that all but a few cells have.

    Args:
        cells: a sample of the column as text, missing ones as NA.

    Example:
        >>> kind_of(pd.Series(["1", "2", "3", "4", "n/a?"]))
        'int'
    """
    given = cells.dropna().astype("str").str.strip()
    if given.empty:
        return "empty"
    if _fits(given.isin(list(BOOLS))):
        return "bool"
    numbers = pd.to_numeric(given, errors="coerce").notna()
    if not _fits(numbers):
        return "text"
    whole = given[numbers].str.fullmatch(r"[+-]?\d{1,19}")
    return "int" if bool(whole.all()) else "float"


def misfits(cells: pd.Series[str], kind: Kind) -> pd.Series[bool]:
    """Return which cells are given and can't be read as ``kind``."""
    given = cells.astype("str").str.strip()
    fits = given.isin(list(BOOLS)) if kind == "bool" else pd.to_numeric(given, errors="coerce").notna()
    return cells.notna() & ~fits


def too_many(bad: int, rows: int) -> bool:
    """Return whether so many cells are bad that the sample has misled: the column is text after all."""
    return bad > max(1, TOLERATED * rows)


def widest(kinds: Sequence[Kind]) -> Kind:
    """Return the kind that holds all ``kinds`` met in the blocks of one column."""
    found = set(kinds) - {"empty"}
    if not found:
        return "empty"
    if len(found) == 1:
        return found.pop()
    return "float" if found <= {"int", "float"} else "text"


def _fits(fit: pd.Series[bool]) -> bool:
    good = int(fit.sum())
    bad = len(fit) - good
    return good > 0 and (bad <= TOLERATED * len(fit) or (bad == 1 and good >= 4))
