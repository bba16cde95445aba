"""Readers of JSON, Excel and SQLite files. A file in, an Arrow table out; nothing in the file is run.

SQLite is opened read-only behind an authorizer, so that a query can read and do nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa

from ..errors import DataError
from .names import unknown
from .read_packed import check_archive
from .tables import to_table

READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def read_json(stream: IO[bytes], name: str) -> pa.Table:
    """Return the table of a JSON file: a list of objects, an object of lists, or pandas' ``split`` form.

    Raises:
        DataError: with line and column where it is no JSON, or the shape that was found instead of a table.
    """
    try:
        value = json.loads(stream.read().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise DataError(
            f"this is no JSON: {error.msg}",
            where=f"{name}, line {error.lineno}, column {error.colno}",
            cure="mend it there; a file of one object a line should end in .jsonl",
        ) from None
    except (UnicodeDecodeError, RecursionError) as error:
        kind = "is nested too deeply" if isinstance(error, RecursionError) else "is no UTF-8 text"
        raise DataError(f"the JSON {kind}", where=name, cure="write it as a list of flat objects") from None
    if isinstance(value, dict) and isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        value = [dict(zip(value["columns"], row, strict=False)) for row in value["data"]]
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return _flat(_built(lambda: pa.Table.from_pylist(_widened(value)), name), name)
    if isinstance(value, dict) and value and all(isinstance(column, list) for column in value.values()):
        return _flat(_built(lambda: pa.table(value), name), name)
    raise DataError(
        f"the JSON holds {_shape(value)}, no table",
        where=name,
        cure='write a list of objects, [{"a": 1, "b": 2}, …], or lists by column, {"a": [1, …], "b": [2, …]}',
    )


def _widened(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first row gets every key that any row has: Arrow takes the columns from it."""
    keys = dict.fromkeys(key for row in rows for key in row)
    return [{key: rows[0].get(key) for key in keys}, *rows[1:]]


def _built(make: Any, name: str) -> pa.Table:
    try:
        return make()
    except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError) as error:
        raise DataError(
            f"the values don't make columns of one type each: {error}", where=name, cure="mend the values"
        ) from None


def _flat(table: pa.Table, name: str) -> pa.Table:
    for field in table.schema:
        if pa.types.is_nested(field.type):
            raise DataError(
                f"column {field.name!r} holds lists or objects", where=name, cure="write one plain value a cell"
            )
    return table


def _shape(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {type(value[0]).__name__}" if value else "an empty list"
    return (
        f"an object with the keys {', '.join(map(repr, list(value)[:5]))}" if isinstance(value, dict) else "one value"
    )


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
