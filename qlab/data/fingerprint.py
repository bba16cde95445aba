"""The identity of a table's content. Pure; the same for equal values, however they are chunked or were read."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def fingerprint(table: pa.Table) -> str:
    """Return the hex SHA-256 of names, types and values of a table in normal form."""
    digest = hashlib.sha256(b"qlab table/1")
    for name, column in zip(table.column_names, table.columns, strict=True):
        array = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], type=column.type)
        digest.update(f"\n{name}\t{array.type}\t{len(array)}\n".encode())
        digest.update(np.packbits(pc.is_valid(array).to_numpy(zero_copy_only=False)).tobytes())
        _values(digest, array)
    return digest.hexdigest()


def _values(digest: Any, array: pa.Array) -> None:
    kind = array.type
    if pa.types.is_boolean(kind):
        digest.update(np.packbits(array.fill_null(False).to_numpy(zero_copy_only=False)).tobytes())
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        # + 0.0 makes -0.0 and 0.0, which compare equal, one value
        values = array.fill_null(0).to_numpy(zero_copy_only=False)
        digest.update(np.ascontiguousarray(values + values.dtype.type(0)).tobytes())
    else:
        text = array if pa.types.is_string(kind) else _as_text(array)
        text = text.fill_null("")
        digest.update(pc.binary_length(text).to_numpy(zero_copy_only=False).tobytes())
        digest.update("".join(text.to_pylist()).encode())


def _as_text(array: pa.Array) -> pa.Array:
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if v is None else repr(v) for v in array.to_pylist()], type=pa.string())
