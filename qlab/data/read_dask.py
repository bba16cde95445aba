"""A Dask DataFrame brought to this process, some partitions at a time: the workers compute, the rows end up here.

Nothing stays spread over the nodes: a dataset is one table, in memory, or mapped from disk when it would fill too much
of that. Must not import dask, nor start workers.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..machine import memory_limit
from .cache import Cache
from .normal import normal
from .progress import Watch
from .read_estimate import SHARE
from .read_mapped import Mapped
from .sink import Memory, Sink
from .tables import to_table

TOGETHER = 8  # partitions computed at once, so that the workers are busy


def is_dask(source: Any) -> bool:
    """Return whether it is a Dask DataFrame, or a Series of one."""
    return type(source).__module__.startswith("dask.") and hasattr(source, "npartitions") and hasattr(source, "compute")


def read_dask(source: Any, mapped: bool | None, watch: Watch) -> tuple[pa.Table, bool]:
    """Return the table, and whether it is mapped from disk.

    Args:
        source: a Dask DataFrame.
        mapped: as in `load`; None decides after the first partitions, by what they took.
        watch: is told of every few partitions as if they were bytes, and may end the reading.
    """
    parts = int(source.npartitions)
    watch.begin(parts, None, None)
    sink: Sink = Mapped(Cache().temporary()) if mapped else Memory()
    free = memory_limit()
    rows = nbytes = 0
    waiting: list[pa.Table] = []  # what would have to go to disk after all
    try:
        for start in range(0, parts, TOGETHER):
            computed = to_table(source.partitions[start : start + TOGETHER].compute())
            table = pa.Table.from_arrays([normal(c) for c in computed.columns], names=computed.column_names)
            if table.num_rows == 0:
                continue
            rows, nbytes = rows + table.num_rows, nbytes + table.nbytes
            done = min(parts, start + TOGETHER)
            if mapped is None and isinstance(sink, Memory) and nbytes * parts / done > SHARE * free:
                sink = Mapped(Cache().temporary())
                for earlier in waiting:
                    sink.add(earlier)
                waiting.clear()
            sink.add(table)
            if isinstance(sink, Memory):
                waiting.append(table)
            watch.done = done
            watch.step(rows, 0, table)
        if rows == 0:
            return to_table(source.compute()), False
        return sink.finish(), isinstance(sink, Mapped)
    except BaseException:
        sink.abandon()
        raise
