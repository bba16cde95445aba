"""What the data view is told of a table: pages as one binary block, columns and features as JSON. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..data import Dataset, Progress
from ..data.profile import type_of

MOST_COLUMNS = 200  # in the grid
MOST_ROWS = 200  # in one page
MOST_BAD = 200
LONGEST_CELL = 120
EXACT = 2**53  # whole numbers up to here are exact in a Float64Array

Json = dict[str, Any]


def page(dataset: Dataset, start: int, n: int) -> tuple[Json, bytes]:
    """Return rows ``start … start + n`` as ``{"from", "n", "columns"}`` and one block of bytes.

    A column of kind ``number`` is n Float64, missing as NaN. One of kind ``text`` is n + 1 Uint32 offsets, n bytes
    (1 for missing), then UTF-8. ``at`` is where it begins; everything is little-endian and aligned to 8 bytes.
    """
    table = dataset.page(start, min(n, MOST_ROWS)).select(dataset.columns[:MOST_COLUMNS])
    blocks: list[bytes] = []
    columns, at = [], 0
    for column in table.columns:
        array = column.combine_chunks()
        number = type_of(array.type) in {"int", "float"} and _exact(array)
        block = _numbers(array) if number else _texts(array)
        columns.append({"kind": "number" if number else "text", "at": at})
        block += bytes(-len(block) % 8)
        blocks.append(block)
        at += len(block)
    return {"from": start, "n": table.num_rows, "columns": columns}, b"".join(blocks)


def _exact(array: Any) -> bool:
    if not pa.types.is_integer(array.type):
        return True
    bounds = pc.min_max(array).as_py()
    return all(value is None or abs(value) <= EXACT for value in bounds.values())


def _numbers(array: Any) -> bytes:
    values = array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return bytes(np.ascontiguousarray(values, dtype="<f8").tobytes())


def _texts(array: Any) -> bytes:
    cells = ["" if v is None else _short(str(v)).encode() for v in array.to_pylist()]
    pieces = [c if isinstance(c, bytes) else c.encode() for c in cells]
    offsets = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    missing = np.array([v is None for v in array.to_pylist()], dtype=np.uint8)
    return bytes(offsets.tobytes() + missing.tobytes() + b"".join(pieces))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def describe(dataset: Dataset, by: str | None, classes: list[Any] | None) -> Json:
    """Return the dataset for summary, cards and bad rows; histograms are split by the classes of column ``by``."""
    bad_lines = len({row.line for row in dataset.bad})
    columns = []
    for c in dataset.profile(by if classes else None, classes=classes):
        about = c.to_dict()
        about.pop("edges")
        about["top"] = [[_label(value), count] for value, count in c.top]
        columns.append(about)
    return {
        "name": dataset.name,
        "rows": dataset.rows,
        "columns": columns,
        "shown": min(len(columns), MOST_COLUMNS),
        "bytes": dataset.nbytes,
        "mapped": dataset.mapped,
        "missing": dataset.missing,
        "bad": {"lines": bad_lines, "total": len(dataset.bad), "rows": [list(r) for r in dataset.bad[:MOST_BAD]]},
        "note": dataset.note,
        "licence": dataset.licence,
        "seconds": dataset.seconds,
    }


def progress_of(source: str, progress: Progress) -> Json:
    """Return how far a file is read, ready for JSON."""
    about = progress.estimate
    return {
        "source": source,
        "stage": progress.stage,
        "done": progress.done,
        "total": progress.total,
        "rows": progress.rows,
        "bad": progress.bad,
        "seconds": progress.seconds,
        "left": progress.left,
        "estimate": None if about is None else asdict(about),
        "columns": [asdict(column) for column in progress.columns],
    }


def _label(value: Any) -> Any:
    return _short(value) if isinstance(value, str) else value
