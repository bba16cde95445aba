"""Readers of Excel and SQLite files. A file in, an Arrow table out; nothing in the file is run.

SQLite is opened read-only behind an authorizer, so that a query can read and do nothing else.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa

from ..errors import DataError
from .names import unknown
from .read_packed import check_archive
from .tables import to_table

READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def read_excel(path: Path, sheet: str | int | None) -> pa.Table:
    """Return a sheet of an Excel workbook, by default the first; its first row holds the names.

    Raises:
        DataError: no such sheet, a column of mixed types, or a workbook that would unpack to too much.
    """
    check_archive(path)
    try:
        book = pd.ExcelFile(path, engine="openpyxl")
    except ImportError:
        raise DataError(
            "Excel files need the package openpyxl", where=path.name, cure="pip install 'qlab[excel]'"
        ) from None
    except (ValueError, KeyError, OSError) as error:
        raise DataError(f"this is no Excel workbook: {error}", where=path.name, cure="save it as .xlsx again") from None
    with book:
        names = [str(name) for name in book.sheet_names]
        if isinstance(sheet, str) and sheet not in names:
            raise unknown("sheet", sheet, names, where=path.name)
        if isinstance(sheet, int) and not 0 <= sheet < len(names):
            raise DataError(f"there is no sheet {sheet}", where=path.name, cure=f"use 0 to {len(names) - 1}")
        frame = pd.read_excel(book, sheet_name=sheet if sheet is not None else 0)
    for name in [c for c in frame.columns if pd.api.types.is_object_dtype(frame[c])]:
        kinds = sorted({type(v).__name__ for v in frame[name].dropna()})
        if len(kinds) > 1 and set(kinds) != {"float", "int"}:
            raise DataError(
                f"column {name!r} mixes {' and '.join(kinds)}",
                where=f"{path.name}, sheet {sheet if sheet is not None else names[0]!r}",
                cure="give the column one kind of value",
                value=name,
            )
    return to_table(frame)


def read_sqlite(path: Path, table: str | None, query: str | None) -> pa.Table:
    """Return a table of an SQLite file, or what a query reads from it.

    Raises:
        DataError: several tables and none named, a query that can't be read or does more than read.
    """
    with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as base:
        try:
            names = [r[0] for r in base.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
        except sqlite3.DatabaseError as error:
            raise DataError(
                f"this is no SQLite file: {error}", where=path.name, cure="check that it is whole"
            ) from None
        if query is None:
            query = f'SELECT * FROM "{_table(names, table, path)}"'.replace("\0", "")
        base.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in READS else sqlite3.SQLITE_DENY)
        try:
            cursor = base.execute(query)
            columns = [str(d[0]) for d in cursor.description or ()]
            rows = cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise DataError(
                f"the query failed: {error}",
                where=path.name,
                cure=f"write one SELECT that reads from {', '.join(names[:10])}",
                value=query,
            ) from None
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    made = [_column(name, cells, path) for name, cells in zip(columns, values, strict=True)]
    return pa.Table.from_arrays(made, names=columns)


def _table(names: list[str], asked: str | None, path: Path) -> str:
    if asked is not None:
        if asked not in names:
            raise unknown("table", asked, names, where=path.name)
        return asked.replace('"', '""')
    if len(names) != 1:
        raise DataError(
            f"the file holds {len(names)} tables",
            where=path.name,
            cure=f"name one with table=: {', '.join(names[:20])}" if names else "give a file with a table in it",
        )
    return names[0].replace('"', '""')


def _column(name: str, cells: tuple[Any, ...], path: Path) -> pa.Array:
    kinds = {type(v) for v in cells if v is not None}
    if bytes in kinds:
        raise DataError(
            f"column {name!r} holds bytes", where=path.name, cure="leave it out with query='SELECT …'", value=name
        )
    if kinds <= {int, float}:
        return pa.array(cells, type=pa.int64() if kinds == {int} else pa.float64())
    return pa.array([None if v is None else str(v) for v in cells], type=pa.string())
