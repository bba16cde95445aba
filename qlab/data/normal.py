"""The normal form of a column: plain types, missing cells as nulls. Pure."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

SMALL = 16_384  # rows of a chunk below which chunks are put together


def normal(column: pa.ChunkedArray, nans: bool = True) -> pa.ChunkedArray:
    """Return a column without dictionaries, views, half floats or NaN; large chunks stay as they are.

    Args:
        column: of any type.
        nans: False if missing numbers are known to be nulls already, which saves a pass.
    """
    if pa.types.is_dictionary(column.type):
        kind = _plain(column.type.value_type)
        parts = [c.dictionary.cast(kind).take(c.indices) for c in column.chunks]
        column = pa.chunked_array(parts, type=kind)
    kind = _plain(column.type)
    if kind != column.type:
        column = column.cast(kind)
    if nans and pa.types.is_floating(column.type) and pc.any(pc.is_nan(column)).as_py():
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    small = column.num_chunks > 1 and len(column) < SMALL * column.num_chunks
    return pa.chunked_array([column.combine_chunks()]) if small else column


def flat(table: pa.Table) -> pa.Table:
    """Return a table whose objects have become columns of their own, ``a.b`` for the part ``b`` of ``a``."""
    while any(pa.types.is_struct(kind) for kind in table.schema.types):
        table = table.flatten()
    return table


def _plain(kind: Any) -> Any:
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_null(kind):
        return pa.float64()
    return pa.float32() if pa.types.is_float16(kind) else kind
