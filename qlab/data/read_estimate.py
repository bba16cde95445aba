"""How many rows a file has and how much memory they take, from four samples of 256 KiB. Reads no more than those."""

from __future__ import annotations

import math
import os
import struct
import time
import zipfile
from pathlib import Path

import pyarrow as pa

from ..errors import DataError
from ..machine import memory_limit
from .csv_block import Reader
from .csv_layout import Format
from .progress import Estimate
from .read_text import PACKED, stream_of

SAMPLE = 256 << 10
SAMPLES = 4
LOOKED_AT = 4_000  # rows of a Parquet file whose texts are measured
SHARE = 0.6  # of the free memory; a table that would take more is mapped from disk


def text_size(path: Path) -> int:
    """Return the bytes of a text file when it is unpacked, as its packing says."""
    kind = path.suffix.lower()
    if kind == ".gz":
        with path.open("rb") as file:
            file.seek(-4, os.SEEK_END)
            return int(struct.unpack("<I", file.read(4))[0])
    if kind == ".zip":
        with zipfile.ZipFile(path) as archive:
            return sum(m.file_size for m in archive.infolist() if not m.filename.startswith("__MACOSX/"))
    return path.stat().st_size


def estimate_text(
    path: Path, layout: Format, encoding: str, mapped: bool | None = None
) -> tuple[Estimate | None, pa.Table | None]:
    """Return the estimate for a delimited file and the table of the samples; None for a text of no whole line."""
    total = text_size(path)
    tables, read, rows, pace = [], 0, 0, math.inf
    reader = Reader(layout)
    for k, text in enumerate(_samples(path, total)):
        if encoding.lower() not in {"utf-8", "utf8"}:
            text = text.decode(encoding, "replace").encode()
        if k == 0:
            text = text.split(b"\n", layout.first_line - 1)[-1]
        text = text[text.find(b"\n") + 1 if k else 0 : text.rfind(b"\n") + 1]
        if not text:
            continue
        start = time.perf_counter()
        try:
            parsed = reader.parse(text, 1, last=True)
        except (DataError, UnicodeDecodeError):
            continue
        pace = min(pace, (time.perf_counter() - start) / len(text))  # the others waited for something
        tables.append(parsed.table)
        read += len(text)
        rows += parsed.table.num_rows
    if not rows:
        return None, None
    try:
        sample = pa.concat_tables([t for t in tables if t.num_rows], promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # a column that is text further down
        sample = max(tables, key=lambda t: t.num_rows)
    scale = total / read
    nbytes = int(sum(_bytes(c) for c in sample.columns) / sample.num_rows * rows * scale)
    return _judged(int(rows * scale), nbytes, pace * total, mapped, exact=read >= total), sample


def estimate_binary(path: Path, mapped: bool | None) -> Estimate | None:
    """Return the estimate for a Parquet or Arrow file from what it tells of itself; None if it tells nothing.

    Arrow tells rows and bytes. Of Parquet a column's bytes are its rows times the width of its type; of texts, whose
    length isn't told, some rows of the first row group are read.
    """
    try:
        if _magic(path) != b"PAR1":
            with pa.memory_map(str(path)) as source:
                table = pa.ipc.open_file(source).read_all()
            return _judged(table.num_rows, table.nbytes, 0.0, False if mapped is None else mapped, exact=True)
        from pyarrow import parquet

        with parquet.ParquetFile(path) as file:
            rows, schema = file.metadata.num_rows, file.schema_arrow
            fixed = sum(_width(t) for t in schema.types) * rows
            texts = [f.name for f in schema if not _width(f.type)]
            some = next(file.iter_batches(batch_size=LOOKED_AT, row_groups=[0], columns=texts), None) if texts else None
            if some is not None and some.num_rows:
                fixed += some.nbytes / some.num_rows * rows
            return _judged(rows, int(fixed), fixed / 1e9, mapped, exact=not texts)
    except (pa.ArrowException, OSError):
        return None  # the reading itself will say why


def _width(kind: pa.DataType) -> float:
    """Bytes of a cell, 0 where that depends on the cell."""
    try:
        return float(kind.bit_width) / 8
    except ValueError:
        return 0.0


def _magic(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _judged(rows: int, nbytes: int, seconds: float, mapped: bool | None, *, exact: bool) -> Estimate:
    free = memory_limit()
    choice = nbytes > SHARE * free if mapped is None else mapped
    return Estimate(rows, nbytes, seconds, free, choice, exact)


def _samples(path: Path, total: int) -> list[bytes]:
    """Pieces from all over a file; of a packed one, which can't be entered in the middle, its beginning."""
    with stream_of(path) as file:
        if total <= SAMPLES * SAMPLE or path.suffix.lower() in PACKED:
            return [file.read(SAMPLES * SAMPLE)]
        found = []
        for k in range(SAMPLES):
            file.seek(k * (total - SAMPLE) // (SAMPLES - 1))
            found.append(file.read(SAMPLE))
        return found


def _bytes(column: pa.ChunkedArray) -> float:
    """Bytes that a column's rows take: without what a small table wastes."""
    kind = column.type
    gaps = len(column) / 8 if column.null_count else 0.0
    if pa.types.is_string(kind):
        return float(sum(c.nbytes for c in column.chunks))
    return len(column) * (kind.bit_width / 8 if not pa.types.is_null(kind) else 8) + gaps
