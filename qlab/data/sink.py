"""Where the rows of a text are collected as its blocks are read, in memory. `read_mapped` has the one on disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc


class Sink(Protocol):
    """Takes the tables of the blocks, whose numbers may differ in type, and gives one table."""

    def add(self, table: pa.Table) -> None:
        """Take the rows of the next block."""

    def finish(self) -> pa.Table:
        """Return all rows."""

    def abandon(self) -> None:
        """Forget all rows and leave nothing behind."""


class Memory:
    """Keeps the blocks as they are: the chunks of the table. Nothing is copied."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []

    def add(self, table: pa.Table) -> None:
        """Take the rows of the next block."""
        self._tables.append(table)

    def finish(self) -> pa.Table:
        """Return all rows."""
        schema = self._tables[0].schema
        for table in self._tables[1:]:
            if table.schema != schema:
                schema = unified(self._tables)
                break
        return pa.concat_tables([fitted(t, schema) for t in self._tables])

    def abandon(self) -> None:
        """Forget all rows."""
        self._tables.clear()


def unified(tables: Sequence[pa.Table]) -> pa.Schema:
    """Return the schema that holds the values of all tables: numbers may be int64, uint64, float64 or null."""
    fields = []
    for i, name in enumerate(tables[0].column_names):
        types = {t.schema.field(i).type for t in tables} - {pa.null()}
        best = next(iter(types)) if len(types) == 1 else pa.float64()
        if types == {pa.int64(), pa.uint64()}:  # Arrow's own promotion would fail past the signed range
            parts = [t.column(i) for t in tables if t.schema.field(i).type == pa.int64()]
            best = pa.float64() if any((pc.min(part).as_py() or 0) < 0 for part in parts) else pa.uint64()
        fields.append(pa.field(name, best))
    return pa.schema(fields)


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the table with the types of ``schema``."""
    if table.schema == schema:
        return table
    columns = [c.cast(f.type, safe=False) for c, f in zip(table.columns, schema, strict=True)]
    return pa.Table.from_arrays(columns, schema=schema)
