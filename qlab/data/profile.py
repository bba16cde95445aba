"""What is in each column of a table, for a card or a decision. Pure; must not change the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

BINS = 22
TOP = 12
MOST_CLASSES = 4  # as many as have a colour of their own
LABELS = ("target", "label", "class", "species", "y", "outcome")


@dataclass(frozen=True, slots=True)
class Column:
    """One column in figures.

    Args:
        type: ``"int"``, ``"float"``, ``"bool"``, ``"text"``, ``"date"`` or ``"other"``.
        missing, unique: numbers of cells and of distinct values.
        low, high, mean: of a numeric column.
        edges: (bins + 1,) of the histogram of a numeric column, else empty.
        counts: (classes or 1, bins) of that histogram.
        top: most frequent values with their counts, of any other column or one with few values.
    """

    name: str
    type: str
    missing: int
    unique: int
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    edges: tuple[float, ...] = ()
    counts: tuple[tuple[int, ...], ...] = ()
    top: tuple[tuple[Any, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the figures ready for JSON."""
        return asdict(self)


def type_of(kind: pa.DataType) -> str:
    """Return qlab's word for an Arrow type."""
    if pa.types.is_boolean(kind):
        return "bool"
    if pa.types.is_integer(kind):
        return "int"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "float"
    if pa.types.is_string(kind):
        return "text"
    return "date" if pa.types.is_temporal(kind) else "other"


def is_number(type_: str) -> bool:
    """Return whether a column of this type can be a feature as it is."""
    return type_ in {"int", "float", "bool"}


def profile(table: pa.Table, by: str | None = None, classes: Sequence[Any] | None = None) -> tuple[Column, ...]:
    """Return one `Column` for each column of ``table``; see `Dataset.profile`."""
    masks = _masks(table, by, classes)
    columns = zip(table.column_names, table.columns, strict=True)
    return tuple(_column(name, column.combine_chunks(), masks) for name, column in columns)


def values_of(column: pa.ChunkedArray | pa.Array, limit: int = TOP) -> tuple[tuple[Any, int], ...]:
    """Return the most frequent values with their counts; equal counts in the order of the values."""
    kind = column.type
    if not (type_of(kind) in {"text", "date"} or is_number(type_of(kind))):
        column = pa.array([None if v is None else repr(v) for v in column.to_pylist()])
    counted = pc.value_counts(pc.drop_null(column)).to_pylist()
    ordered = sorted(counted, key=lambda c: (-c["counts"], str(c["values"])))
    return tuple((_plain(c["values"]), int(c["counts"])) for c in ordered[:limit])


def suggest_target(columns: Sequence[Column]) -> str | None:
    """Return the column that looks most like a label: by its name, else the first text of two to twenty values."""
    by_name = {c.name.casefold(): c.name for c in columns}
    for label in LABELS:
        if label in by_name:
            return by_name[label]
    for column in columns:
        if column.type in {"text", "bool"} and 2 <= column.unique <= 20:
            return column.name
    return columns[-1].name if columns and is_number(columns[-1].type) else None


def _masks(table: pa.Table, by: str | None, classes: Sequence[Any] | None) -> list[NDArray[np.bool_]]:
    if by is None:
        return []
    column = table.column(by)
    if classes is None:
        found = values_of(column, MOST_CLASSES + 1)
        if len(found) > MOST_CLASSES:
            return []
        classes = [value for value, _ in found]
    return [pc.fill_null(pc.equal(column, pa.scalar(value)), False).to_numpy() for value in classes[:MOST_CLASSES]]


def _column(name: str, array: pa.Array | pa.ChunkedArray, masks: list[NDArray[np.bool_]]) -> Column:
    type_ = type_of(array.type)
    missing = int(array.null_count)
    unique = _unique(array, type_)
    if type_ in {"int", "float"}:
        return _numeric(name, type_, array.cast(pa.float64()).to_numpy(zero_copy_only=False), missing, unique, masks)
    return Column(name, type_, missing, unique, top=values_of(array))


def _numeric(
    name: str, type_: str, values: NDArray[np.float64], missing: int, unique: int, masks: list[NDArray[np.bool_]]
) -> Column:
    finite = np.isfinite(values)
    given = values[finite]
    if given.size == 0:
        return Column(name, type_, missing, unique)
    low, high = float(given.min()), float(given.max())
    few = high - low < BINS and bool((given == np.floor(given)).all())
    edges = np.arange(low - 0.5, high + 1) if few else np.linspace(low, high if high > low else low + 1, BINS + 1)
    groups = [values[finite & mask] for mask in masks] or [given]
    counts = tuple(tuple(int(n) for n in np.histogram(group, edges)[0]) for group in groups)
    top = tuple((int(v), int(n)) for v, n in zip(*np.unique(given, return_counts=True), strict=True)) if few else ()
    bounds = tuple(float(e) for e in edges)
    return Column(name, type_, missing, unique, low, high, float(given.mean()), bounds, counts, top)


def _unique(array: pa.Array | pa.ChunkedArray, type_: str) -> int:
    if type_ == "other":
        return len({repr(v) for v in array.to_pylist() if v is not None})
    return int(pc.count_distinct(array, mode="only_valid").as_py())


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, float, str)) else str(value)
