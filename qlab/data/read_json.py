"""Readers of JSON and of JSON lines: a stream in, a table out; lines that are no row are reported as in a CSV."""

from __future__ import annotations

import json
from collections import Counter
from io import BytesIO
from typing import IO, Any

import pyarrow as pa

from ..errors import DataError
from .badrow import WHOLE_ROW, BadRow, bad_row
from .columns import too_many
from .normal import flat

NAMES = {"number": "not a number", "text": "no text", "truth value": "neither true nor false", "object": "no object"}


def read_json(stream: IO[bytes], name: str) -> pa.Table:
    """Return the table of a JSON file: a list of objects, an object of lists, pandas' ``split`` form, or an object of
    which one part is such a list. Objects in objects become columns ``a.b``.

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
    if isinstance(value, dict):
        lists = [part for part in value.values() if _is_rows(part)]
        if len(lists) == 1 and sum(isinstance(part, list) for part in value.values()) == 1:
            value = lists[0]
    if _is_rows(value):
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


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _flat(table: pa.Table, name: str) -> pa.Table:
    table = flat(table)
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


def read_lines(stream: IO[bytes], name: str) -> tuple[pa.Table, tuple[BadRow, ...]]:
    """Return the table of a file of one JSON object a line, and the lines that are none or hold another type of value.

    Raises:
        DataError: no line is good, or a column of lists.
    """
    import pyarrow.json

    data = stream.read()
    if not data.strip():
        raise DataError("the file is empty", where=name, cure="give a file of one JSON object a line")
    try:
        return _flat(pyarrow.json.read_json(BytesIO(data)), name), ()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass  # it doesn't say which line: they are read one by one
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    bad: list[BadRow] = []
    for line, raw in enumerate(data.splitlines(), 1):
        text = raw.decode("utf-8-sig", "replace")
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            told = (
                f"no JSON: {error.msg} (column {error.colno})" if isinstance(error, json.JSONDecodeError) else "no JSON"
            )
            bad.append(bad_row(line, WHOLE_ROW, told, text))
            continue
        if isinstance(value, dict):
            rows.append(value)
            lines.append(line)
        else:
            bad.append(bad_row(line, WHOLE_ROW, "no object", text))
    drop = _unlike(rows, lines, bad)
    kept = [row for i, row in enumerate(rows) if i not in drop]
    if not kept:
        first = bad[0]
        raise DataError(
            f"none of the lines is good; line {first.line}: {first.kind}",
            where=name,
            cure="write one JSON object a line; a file of one list should end in .json",
        )
    return _flat(_built(lambda: pa.Table.from_pylist(_widened(kept)), name), name), tuple(sorted(bad))


def _unlike(rows: list[dict[str, Any]], lines: list[int], bad: list[BadRow]) -> set[int]:
    """The rows with a value of another type than nearly all others in its column; where many are, all become text."""
    drop: set[int] = set()
    for key in dict.fromkeys(key for row in rows for key in row):
        kinds = {i: _kind(row[key]) for i, row in enumerate(rows) if row.get(key) is not None}
        counted = Counter(kinds.values()).most_common()
        if len(counted) < 2:
            continue
        most = counted[0][0]
        others = [i for i, kind in kinds.items() if kind != most]
        if "object" not in dict(counted) and too_many(len(others), len(kinds)):
            for i in kinds:
                rows[i][key] = rows[i][key] if isinstance(rows[i][key], str) else json.dumps(rows[i][key])
            continue
        for i in others:
            bad.append(bad_row(lines[i], key, NAMES[most], json.dumps(rows[i][key], ensure_ascii=False)))
            drop.add(i)
    return drop


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "truth value"
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) else "object"
