"""Rows of a table as the grid of the data view takes them: one binary block a page. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..data import Dataset
from ..data.profile import type_of
from .dataheld import Held
from .dataimage import MOST_PIXELS, image_of, thumbnails

MOST_COLUMNS = 200  # in the grid
MOST_ROWS = 200  # in one page
LONGEST_CELL = 120
LARGEST = 60_000  # bytes of two pages, which one view may need
ABOUT = 80  # bytes that both say of a column
EXACT = 2**53  # whole numbers up to here are exact in a Float64Array

Json = dict[str, Any]


def page(held: Held, start: int, n: int) -> tuple[Json, bytes]:
    """Return rows ``start … start + n`` as shown, as ``{"from", "n", "columns", "rows", "image"}`` and one block.

    A column of kind ``number`` is n Float64, missing as NaN. One of kind ``text`` is n + 1 Uint32 offsets, n bytes
    (1 for missing), then UTF-8. ``rows`` are n Uint32: row numbers of the dataset, where it is sorted. ``image`` are
    n · width · height bytes, 0 for the lowest pixel and 255 for the highest. ``at`` is where each begins; everything is
    little-endian and aligned to 8 bytes.
    """
    table, numbers = held.rows(start, min(n, MOST_ROWS))
    image = image_of(held.dataset)
    blocks: list[bytes] = []
    at = 0

    def put(block: bytes) -> int:
        nonlocal at
        begins = at
        blocks.append(block + bytes(-len(block) % 8))
        at += len(blocks[-1])
        return begins

    columns = []
    for name in grid_columns(held.dataset, image):
        array = table.column(name).combine_chunks()
        number = type_of(array.type) in {"int", "float"} and _exact(array)
        block = _numbers(array) if number else _texts(array)
        columns.append({"kind": "number" if number else "text", "at": put(block)})
    about: Json = {"from": start, "n": table.num_rows, "columns": columns, "rows": None, "image": None}
    if numbers is not None:
        about["rows"] = put(numbers.astype("<u4").tobytes())
    if image is not None:
        pixels = thumbnails(table, image)
        about["image"] = {"at": put(pixels.tobytes()), "width": pixels.shape[2], "height": pixels.shape[1]}
    return about, b"".join(blocks)


def grid_columns(dataset: Dataset, image: Json | None) -> list[str]:
    """Return the columns that the grid shows: those of an image stand in one thumbnail instead."""
    pixels = set(image["columns"]) if image is not None else set()
    return [name for name in dataset.columns if name not in pixels][:MOST_COLUMNS]


def rows_per_page(dataset: Dataset) -> int:
    """Return how many rows make a page of less than 64 kB, from 10 to 100: judged by the first and the last ones."""
    image = image_of(dataset)
    grid = grid_columns(dataset, image)
    row = 4 + (min(image["width"], MOST_PIXELS) * min(image["height"], MOST_PIXELS) if image is not None else 0)
    shown = dataset.table.select(grid)
    ends = (shown.slice(0, 50), shown.slice(max(0, dataset.rows - 50)))
    for i, kind in enumerate(shown.schema.types):
        if type_of(kind) in {"int", "float"}:
            row += 8
        else:
            row += 5 + max(len(_texts(end.column(i))) // max(1, end.num_rows) for end in ends)
    return int(min(100, max(10, (LARGEST - ABOUT * len(grid)) // row)))


def _exact(array: Any) -> bool:
    if not pa.types.is_integer(array.type):
        return True
    bounds = pc.min_max(array).as_py()
    return all(value is None or abs(value) <= EXACT for value in bounds.values())


def _numbers(array: Any) -> bytes:
    values = array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return bytes(np.ascontiguousarray(values, dtype="<f8").tobytes())


def _texts(array: Any) -> bytes:
    given = array.to_pylist()
    pieces = [b"" if v is None else short(str(v)).encode() for v in given]
    offsets = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    missing = np.array([v is None for v in given], dtype=np.uint8)
    return bytes(offsets.tobytes() + missing.tobytes() + b"".join(pieces))


def short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
