"""Writes a dataset to a file: CSV, Parquet, JSON or JSON lines. The file is there whole or not at all.

A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return) gets an
apostrophe in front in CSV, see OWASP, "CSV Injection". Must not read files, nor change a value otherwise.
"""

from __future__ import annotations

import datetime
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DataError, not_one_of

FORMATS = ("csv", "parquet", "json", "jsonl")
FORMULA = r"^[=+\-@\t\r]"
ROWS = 65_536  # written at a time
TENTHS = pa.decimal128(20, 1)  # writes 39.0 for the float 39.0, as pandas does; Arrow would write 39


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: ``neutralised`` counts the cells and names that were kept from being formulas."""

    path: Path
    nbytes: int
    rows: int
    neutralised: int = 0


def write(
    table: pa.Table,
    path: str | os.PathLike[str],
    kind: str,
    *,
    neutralise: bool = True,
    alive: Callable[[], None] = lambda: None,
) -> Written:
    """Write a table; an earlier file of that name is replaced when the new one is whole.

    Args:
        table: of plain columns.
        path: of the file; its folder must exist.
        kind: one of ``"csv"``, ``"parquet"``, ``"json"``, ``"jsonl"``.
        neutralise: whether formulas are made text in CSV.
        alive: called now and then; may raise to stop the writing.

    Raises:
        DataError: no such format or folder, a column that the format can't hold, or a full disk; nothing is left.
    """
    if kind not in FORMATS:
        raise not_one_of(DataError, "format", kind, FORMATS, where="export")
    place = Path(path).expanduser()
    part = place.with_name(f".{secrets.token_hex(8)}.tmp")
    found = 0
    try:
        if place.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        with part.open("xb") as file:
            if kind == "csv":
                found = _csv(table, file, neutralise, alive)
            elif kind == "parquet":
                _parquet(table, file, alive)
            else:
                _json(table, file, alive, lines=kind == "jsonl")
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        os.replace(part, place)
    except OSError as error:
        raise DataError(
            f"the file can't be written: {error.strerror or error}", where=str(place), cure="give another path"
        ) from error
    except (ValueError, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise DataError(
            f"a column can't be written as {kind}: {error}", where=str(place), cure="leave it out, or take 'parquet'"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Written(place, size, table.num_rows, found)


def _csv(table: pa.Table, file: IO[bytes], neutralise: bool, alive: Callable[[], None]) -> int:
    from pyarrow import csv

    names, found = list(table.column_names), 0
    if neutralise:
        names = pc.replace_substring_regex(pa.array(names, pa.string()), FORMULA, r"'\0").to_pylist()
        found = sum(a != b for a, b in zip(names, table.column_names, strict=True))
    kinds = [TENTHS if _whole_floats(c) else c.type for c in table.columns]
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    with csv.CSVWriter(file, schema) as writer:
        for start in range(0, table.num_rows, ROWS):
            alive()
            columns = []
            for kind, column in zip(kinds, table.slice(start, ROWS).columns, strict=True):
                if neutralise and (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
                    risky = pc.match_substring_regex(column, FORMULA)
                    if count := pc.sum(risky).as_py():
                        found += int(count)
                        column = pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
                columns.append(column.cast(kind))
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    return found


def _whole_floats(column: pa.ChunkedArray) -> bool:
    """Whether a column of floats would come back as whole numbers, were it not for a decimal point."""
    if not pa.types.is_floating(column.type):
        return False
    ends = pc.min_max(pc.abs(column)).as_py()["max"]
    whole = ends is not None and ends < 2**53
    return whole and bool(pc.all(pc.equal(column, pc.floor(column))).as_py())


def _parquet(table: pa.Table, file: IO[bytes], alive: Callable[[], None]) -> None:
    from pyarrow import parquet

    with parquet.ParquetWriter(file, table.schema) as writer:
        for start in range(0, max(1, table.num_rows), 16 * ROWS):
            alive()
            writer.write_table(table.slice(start, 16 * ROWS))


def _json(table: pa.Table, file: IO[bytes], alive: Callable[[], None], *, lines: bool) -> None:
    between, first = (b"\n" if lines else b",\n"), True
    file.write(b"" if lines else b"[")
    for start in range(0, table.num_rows, 4096):
        alive()
        rows = table.slice(start, 4096).to_pylist()
        texts = [json.dumps(row, ensure_ascii=False, default=_plain, allow_nan=False).encode() for row in rows]
        file.write((b"" if first else between) + between.join(texts))
        first = False
    file.write(b"\n" if lines else b"]\n")


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        raise pa.ArrowInvalid("a cell holds bytes")
    return str(value)
