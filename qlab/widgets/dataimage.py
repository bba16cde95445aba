"""Columns of pixels as one grey image a row: which ones they are, and thumbnails of some rows. Pure."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..data import Dataset
from ..data.profile import type_of

MOST_PIXELS = 32  # wide and high, of a thumbnail
FEWEST = 16  # pixel columns that make an image
PIXEL = re.compile(r"(?:px|pixel_?)(\d+)")

Json = dict[str, Any]


def image_of(dataset: Dataset) -> Json | None:
    """Return which columns are the pixels of an image, its width and height, and the range of its greys, or None.

    They are called ``px0`` … or ``pixel0`` …; where the dataset doesn't say its shape, the image is a square.
    """
    found: Json | None = dataset.memo("image", lambda: _image(dataset))
    return found


def _image(dataset: Dataset) -> Json | None:
    numbers = {name: int(m[1]) for name in dataset.columns if (m := PIXEL.fullmatch(name))}
    names = sorted(numbers, key=numbers.__getitem__)
    side = int(len(names) ** 0.5)
    width, height = dataset.image or (side, side)
    first = min(numbers.values(), default=0)
    follow = [numbers[n] for n in names] == list(range(first, first + len(names)))
    types = {type_of(dataset.schema.field(n).type) for n in names}
    if len(names) < FEWEST or width * height != len(names) or not follow or not types <= {"int", "float"}:
        return None
    ends = [pc.min_max(dataset.table.column(n)).as_py() for n in names]
    low = min((e["min"] for e in ends if e["min"] is not None), default=0)
    high = max((e["max"] for e in ends if e["max"] is not None), default=1)
    return {"columns": names, "width": width, "height": height, "low": float(low), "high": float(high)}


def thumbnails(table: pa.Table, image: Json) -> NDArray[np.uint8]:
    """Return (rows, height, width) greys; a large image is made small by the mean of its parts."""
    width, height, low, high = (image[k] for k in ("width", "height", "low", "high"))
    made = np.empty((table.num_rows, width * height))
    for i, name in enumerate(image["columns"]):
        made[:, i] = table.column(name).cast(pa.float64(), safe=False).fill_null(low).to_numpy()
    pixels = made.reshape(-1, height, width)
    for axis, size in ((1, height), (2, width)):
        if size > MOST_PIXELS and table.num_rows:
            edges = np.linspace(0, size, MOST_PIXELS + 1).astype(int)
            parts = np.add.reduceat(pixels, edges[:-1], axis=axis)
            pixels = parts / np.diff(edges).reshape([-1 if k == axis else 1 for k in range(3)])
    grey = np.nan_to_num((pixels - low) / ((high - low) or 1.0))
    made_small: NDArray[np.uint8] = np.clip(np.rint(grey * 255), 0, 255).astype(np.uint8)
    return made_small
