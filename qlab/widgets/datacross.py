"""Histograms that follow a brush while it is dragged: of each column, the rows that pass the brushes of all others.

Each cell is put into its bin once; a drag then only counts. Pure, but for what it remembers of one dataset.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..data import Dataset
from ..data.profile import Column, class_masks, figures
from ..data.where import where_mask
from .dataabout import class_labels
from .dataheld import Held, Limit
from .datapage import MOST_COLUMNS

Mask = NDArray[np.bool_]
Json = dict[str, Any]


class Cross:
    """Counts for one dataset.

    Args:
        dataset: before the brushes.
        about: its profile, whose bins are counted.
        by, classes: column and values that split the histograms, as in ``about``.
    """

    def __init__(
        self, dataset: Dataset, about: Sequence[Column], by: str | None, classes: Sequence[Any] | None
    ) -> None:
        self._dataset, self._about = dataset, about
        masks = class_masks(dataset.table, by, classes) if by is not None and classes else []
        self._class = np.full(dataset.rows, -1 if masks else 0, dtype=np.int16)
        for k, mask in enumerate(masks):
            self._class[mask] = k
        self._classes = max(1, len(masks))
        self._bins: dict[str, NDArray[np.int16]] = {}
        self._passes: dict[str, Mask] = {}  # of each brush, by its condition

    @classmethod
    def of(cls, held: Held) -> Cross:
        """Return the counts for a dataset as its cards show it."""
        choice = held.choice
        by = None if choice is None else choice.target
        classes = class_labels(held.wide, by, None if choice is None else choice.classes)
        about = held.wide.profile(by if classes else None, classes=classes)
        return cls(held.wide, about[:MOST_COLUMNS], by, classes)

    def counts(self, limits: Sequence[Limit]) -> tuple[int, list[Json]]:
        """Return how many rows pass all brushes, and the counts of each column's bins within all others' brushes."""
        masks = {limit.column: self._pass(limit) for limit in limits}
        self._passes = {limit.condition: masks[limit.column] for limit in limits}
        together = _all(list(masks.values()))
        columns = []
        for column in self._about:
            mask = together
            if column.name in masks:
                mask = _all([m for name, m in masks.items() if name != column.name])
            columns.append({"name": column.name, "counts": self._count(column, mask)})
        return (self._dataset.rows if together is None else int(np.count_nonzero(together))), columns

    def _pass(self, limit: Limit) -> Mask:
        found = self._passes.get(limit.condition)
        if found is None:
            found = np.asarray(where_mask(self._dataset.table, limit.condition).to_numpy(), dtype=np.bool_)
        return found

    def _count(self, column: Column, mask: Mask | None) -> list[list[int]]:
        n = len(column.edges) - 1 if column.edges else len(column.top)
        if n < 1 or (column.type in {"date", "other"} and not column.edges):
            return []
        if column.name not in self._bins:
            self._bins[column.name] = self._binned(column, n)
        bins = self._bins[column.name]
        if mask is not None:
            bins = bins[mask]
        split = self._classes if column.edges else 1
        found = np.bincount(bins, minlength=(n * split) + 1)[: n * split].reshape(n, split).T
        return [[int(v) for v in row] for row in found]

    def _binned(self, column: Column, n: int) -> NDArray[np.int16]:
        """The bin of each cell, times the classes plus its class; one past the last for what is in no bin."""
        cells = self._dataset.table.column(column.name)
        if column.edges:
            place = _places(figures(cells), np.array(column.edges))
            outside = (place < 0) | (self._class < 0)
            return np.where(outside, n * self._classes, place * self._classes + self._class).astype(np.int16)
        top = pa.array([value for value, _ in column.top], type=cells.type)
        return np.asarray(pc.fill_null(pc.index_in(cells, value_set=top), n).to_numpy(), dtype=np.int16)


def _places(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin of each value, −1 for none: the last bin holds its right edge too, as in ``numpy.histogram``."""
    place = np.searchsorted(edges, values, side="right") - 1
    place[values == edges[-1]] = len(edges) - 2
    place[~((values >= edges[0]) & (values <= edges[-1]))] = -1
    return place


def _all(masks: Sequence[Mask]) -> Mask | None:
    if not masks:
        return None
    together = masks[0]
    for mask in masks[1:]:
        together = together & mask
    return together
