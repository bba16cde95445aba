"""Errors about names that don't exist. Pure; knows nothing of tables or files."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ..errors import DataError


def unknown(kind: str, name: object, known: Iterable[str], *, where: str | None = None) -> DataError:
    """Return the error for a name that is none of ``known``, with the closest ones as cure.

    Args:
        kind: what the name was taken for: ``"column"``, ``"dataset"``.
        name: the name that was given.
        known: the names there are.
        where: the place, as in `DataError`.

    Example:
        >>> unknown("column", "spcies", ["species", "sex"]).cure
        "use 'species'"
    """
    choices = list(known)
    by_fold = {c.casefold(): c for c in choices}
    close = [by_fold[c] for c in get_close_matches(str(name).casefold(), list(by_fold), n=3, cutoff=0.6)]
    if close:
        cure = "use " + " or ".join(map(repr, close))
    else:
        shown = ", ".join(map(repr, choices[:20])) + (f" and {len(choices) - 20} more" if len(choices) > 20 else "")
        cure = f"use one of {shown}" if choices else f"there is no {kind} to choose from"
    return DataError(f"unknown {kind} {name!r}", where=where, cure=cure, value=name)
