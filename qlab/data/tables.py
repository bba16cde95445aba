"""Turns what is already in memory into an Arrow table. Must not read files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ..errors import DataError


def to_table(source: Any, where: str = "load") -> pa.Table:
    """Return an Arrow table of a DataFrame, a table, a batch, rows or columns, or anything that exports Arrow.

    Raises:
        DataError: none of these, or columns of different lengths.
    """
    if isinstance(source, pa.Table):
        return source
    if isinstance(source, pd.DataFrame):
        frame = source if isinstance(source.index, pd.RangeIndex) or source.index.name is None else source.reset_index()
        frame = frame.rename(columns=str)
        return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    if type(source).__module__.startswith("dask.") and hasattr(source, "compute"):
        return to_table(source.compute(), where)
    try:
        if isinstance(source, pa.RecordBatch):
            return pa.Table.from_batches([source])
        if hasattr(source, "__arrow_c_stream__") or isinstance(source, dict):
            return pa.table(source)
        if isinstance(source, list) and source and all(isinstance(row, dict) for row in source):
            return to_table(pd.DataFrame(source), where)
        if isinstance(source, np.ndarray) and source.ndim in (1, 2) and source.dtype.kind in "biuf":
            columns = source.reshape(len(source), -1).T
            return pa.table({f"x{i}": np.ascontiguousarray(c) for i, c in enumerate(columns)})
    except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError) as error:
        raise DataError(f"the {type(source).__name__} can't become a table: {error}", where=where) from error
    raise DataError(
        f"a {type(source).__name__} can't be loaded",
        where=where,
        cure="give a path, a gallery name, a DataFrame, an Arrow table, an array of rows or a dict of columns",
        value=source,
    )
