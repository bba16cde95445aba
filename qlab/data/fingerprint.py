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
        digest.update(f"\n{name}\t{column.type}\t{len(column)}\n".encode())
        digest.update(_bits([pc.is_valid(c) for c in column.chunks]))
        _values(digest, column.type, column.chunks)
    return digest.hexdigest()


def _values(digest: Any, kind: pa.DataType, chunks: list[pa.Array]) -> None:
    if pa.types.is_boolean(kind):
        digest.update(_bits([c.fill_null(False) for c in chunks]))
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        for chunk in chunks:
            # + 0.0 makes -0.0 and 0.0, which compare equal, one value
            values = chunk.fill_null(0).to_numpy(zero_copy_only=False)
            digest.update(np.ascontiguousarray(values + values.dtype.type(0)))
    else:
        texts = [(c if pa.types.is_string(kind) else _as_text(c)).fill_null("") for c in chunks]
        for text in texts:
            digest.update(np.ascontiguousarray(pc.binary_length(text).to_numpy(zero_copy_only=False)))
        for text in texts:
            digest.update(_characters(text))


def _bits(chunks: list[pa.Array]) -> bytes:
    found = [c.to_numpy(zero_copy_only=False).astype(np.bool_) for c in chunks]
    return np.packbits(np.concatenate(found) if found else np.empty(0, np.bool_)).tobytes()


def _characters(text: pa.Array) -> bytes | memoryview:
    """The UTF-8 of all cells, one after the other, where they stand."""
    _, offsets, data = text.buffers()
    if data is None or len(text) == 0:
        return b""
    ends = np.frombuffer(offsets, dtype=np.int32)
    return memoryview(data)[int(ends[text.offset]) : int(ends[text.offset + len(text)])]


def _as_text(array: pa.Array) -> pa.Array:
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if v is None else repr(v) for v in array.to_pylist()], type=pa.string())
