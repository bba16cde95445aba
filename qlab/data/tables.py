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
    if isinstance(source, pd.Series):
        source = source.to_frame("value" if source.name is None else source.name)
    if isinstance(source, pd.DataFrame):
        return _of_pandas(source, where)
    if type(source).__module__.startswith("polars."):
        source = source.collect() if hasattr(source, "collect") else source
        source = source.to_frame() if hasattr(source, "to_frame") else source
    if type(source).__module__.startswith("dask.") and hasattr(source, "compute"):
        return to_table(source.compute(), where)
    try:
        if isinstance(source, pa.RecordBatch):
            return pa.Table.from_batches([source])
        if hasattr(source, "__arrow_c_stream__") or isinstance(source, dict):
            return pa.table(source)
        if isinstance(source, list) and source and all(isinstance(row, dict) for row in source):
            return to_table(pd.DataFrame(source), where)
        if isinstance(source, list) and source and all(isinstance(row, (list, tuple)) for row in source):
            return to_table(pd.DataFrame(source).add_prefix("x"), where)
        if isinstance(source, np.ndarray) and source.dtype.names is not None and source.ndim == 1:
            return pa.table({name: np.ascontiguousarray(source[name]) for name in source.dtype.names})
        if isinstance(source, np.ndarray) and source.ndim in (1, 2, 3) and source.dtype.kind in "biuf":
            columns, prefix = source.reshape(len(source), -1).T, "px" if source.ndim == 3 else "x"
            return pa.table({f"{prefix}{i}": np.ascontiguousarray(c) for i, c in enumerate(columns)})
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError) as error:
        raise DataError(f"the {type(source).__name__} can't become a table: {error}", where=where) from error
    raise DataError(
        f"a {type(source).__name__} can't be loaded",
        where=where,
        cure="give a path, a gallery name, a DataFrame, an Arrow table, an array of rows or a dict of columns",
        value=source,
    )


def _of_pandas(frame: pd.DataFrame, where: str) -> pa.Table:
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names: list[Any] = list(frame.columns)
    frame = frame.set_axis([".".join(map(str, c)) if isinstance(c, tuple) else str(c) for c in names], axis=1)
    try:
        return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        pass
    for i, name in enumerate(frame.columns):  # which one is it?
        cells = frame.iloc[:, i]
        try:
            pa.array(cells, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError) as error:
            kinds = sorted({type(v).__name__ for v in cells.dropna().head(1000)})
            raise DataError(
                f"column {name!r} holds {' and '.join(kinds)} values, no one type that Arrow knows",
                where=where,
                cure=f"make it one type first, as in df[{name!r}] = df[{name!r}].astype(str)",
                value=name,
            ) from error
    raise DataError("the DataFrame can't become a table", where=where, cure="write it to a file and load that")
