"""Readers of Parquet and Arrow files, whose columns tell what they hold: to memory, by blocks to disk, or mapped."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from .cache import Cache
from .html import size
from .normal import normal
from .progress import Watch
from .read_estimate import estimate_binary
from .read_mapped import Mapped
from .sink import Memory, Sink

ROWS = 131_072  # read at a time


def read_parquet(path: Path, mapped: bool | None, watch: Watch) -> tuple[pa.Table, bool, str]:
    """Return the table, whether it is mapped from disk, and how it was read in words.

    Args:
        path: of the file.
        mapped: as in `load`.
        watch: is told of every block, and may end the reading.
    """
    from pyarrow import parquet

    total = path.stat().st_size
    estimate = estimate_binary(path, mapped)
    watch.begin(total, estimate, None)
    to_disk = estimate is not None and estimate.mapped
    with parquet.ParquetFile(path) as file:
        expected = max(1, file.metadata.num_rows)
        if not to_disk and not watch.looks:
            return file.read(), False, "parquet"
        sink: Sink = Mapped(Cache().temporary()) if to_disk else Memory()
        rows = 0
        try:
            for batch in file.iter_batches(batch_size=ROWS):
                part = pa.Table.from_batches([batch])
                plain = pa.Table.from_arrays([normal(c) for c in part.columns], names=part.column_names)
                sink.add(plain)
                rows += batch.num_rows
                watch.done = total * rows // expected
                watch.step(rows, 0, plain)
            if rows == 0:
                sink.abandon()
                return file.read(), False, "parquet"
            table = sink.finish()
        except BaseException:
            sink.abandon()
            raise
    note = "parquet"
    if to_disk and mapped is None and estimate is not None:
        note += f"; mapped from disk, as about {size(estimate.nbytes)} of {size(estimate.free)} free would be needed"
    return table, to_disk, note


def read_arrow(path: Path, watch: Watch) -> tuple[pa.Table, bool, str]:
    """Return the table of an Arrow file or stream, mapped as it lies on disk; packed columns are unpacked in memory."""
    watch.begin(path.stat().st_size, estimate_binary(path, None), None)
    with pa.memory_map(str(path)) as source:
        try:
            table = pa.ipc.open_file(source).read_all()
        except pa.ArrowInvalid:
            source.seek(0)
            table = pa.ipc.open_stream(source).read_all()
    as_it_lies = table.get_total_buffer_size() <= path.stat().st_size
    return table, as_it_lies, path.suffix.lower().removeprefix(".") or "arrow"
