"""What is in each column of a table, for a card or a decision. Pure; must not change the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

BINS = 22
TOP = 12
DAY = 86_400.0
MOST_TIES = 10_000  # values of one count that are put in order
MOST_CLASSES = 4  # as many as have a colour of their own
LABELS = ("target", "label", "class", "species", "y", "outcome")


@dataclass(frozen=True, slots=True)
class Column:
    """One column in figures.

    Args:
        type: ``"int"``, ``"float"``, ``"bool"``, ``"text"``, ``"date"`` or ``"other"``.
        missing, unique: numbers of cells and of distinct values.
        low, high, mean: of a column of numbers; of one of dates in seconds since 1970, UTC.
        edges: (bins + 1,) of the histogram of such a column, else empty.
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


def figures(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return a column of numbers (rows,) as float64, one of dates as seconds since 1970, UTC; NaN where missing."""
    if type_of(column.type) != "date":
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy())
    zone = column.type.tz if pa.types.is_timestamp(column.type) else None
    stamps = column.cast(pa.timestamp("ms", tz=zone), safe=False).cast(pa.int64())
    return np.asarray(stamps.cast(pa.float64(), safe=False).to_numpy() / 1000)


def has_range(kind: pa.DataType) -> bool:
    """Return whether a column of this type has a lowest and a highest value: numbers, dates and times of a day."""
    return type_of(kind) in {"int", "float"} or pa.types.is_date(kind) or pa.types.is_timestamp(kind)


def profile(table: pa.Table) -> tuple[Column, ...]:
    """Return one `Column` for each column of ``table``; see `Dataset.profile`."""
    return tuple(_column(name, column) for name, column in zip(table.column_names, table.columns, strict=True))


def by_class(
    table: pa.Table, columns: Sequence[Column], by: str, classes: Sequence[Any] | None = None
) -> tuple[Column, ...]:
    """Return the profile of ``table`` with its histograms split by the values of column ``by``."""
    masks = class_masks(table, by, classes)
    return tuple(
        replace(column, counts=_split(table.column(column.name), column.edges, masks))
        if column.edges and masks
        else column
        for column in columns
    )


def _split(
    column: pa.ChunkedArray, edges: Sequence[float], masks: Sequence[NDArray[np.bool_]]
) -> tuple[tuple[int, ...], ...]:
    values = figures(column)
    ends = np.array(edges)
    finite = np.isfinite(values)
    equal = len(ends) == BINS + 1 and np.isfinite(edges[-1] - edges[0]) and bool((np.diff(ends) > 0).all())
    bins: Any = {"bins": BINS, "range": (ends[0], ends[-1])} if equal else {"bins": ends}  # equal ones are quicker
    return tuple(tuple(int(n) for n in np.histogram(values[finite & mask], **bins)[0]) for mask in masks)


def values_of(column: pa.ChunkedArray | pa.Array, limit: int = TOP) -> tuple[tuple[Any, int], ...]:
    """Return the most frequent values with their counts; equal counts in the order of the values."""
    kind = column.type
    if not (type_of(kind) in {"text", "date"} or is_number(type_of(kind))):
        column = pa.array([None if v is None else repr(v) for v in column.to_pylist()])
    counted = pc.value_counts(pc.drop_null(column))
    counts = counted.field("counts").to_numpy()
    if len(counts) > limit:  # of a million different texts only those that can be among the first are looked at
        often = np.flatnonzero(counts >= np.partition(counts, -limit)[-limit])
        often = often if len(often) <= MOST_TIES else often[np.argsort(-counts[often], kind="stable")[:MOST_TIES]]
        counted, counts = counted.take(pa.array(often)), counts[often]
    ordered = sorted(zip(counted.field("values").to_pylist(), counts, strict=True), key=lambda c: (-c[1], str(c[0])))
    return tuple((_plain(value), int(count)) for value, count in ordered[:limit])


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


def class_masks(table: pa.Table, by: str | None, classes: Sequence[Any] | None) -> list[NDArray[np.bool_]]:
    """Return which rows are of each class of column ``by``, at most four; none if there are more or no ``by``."""
    if by is None:
        return []
    column = table.column(by)
    if classes is None:
        found = values_of(column, MOST_CLASSES + 1)
        if len(found) > MOST_CLASSES:
            return []
        classes = [value for value, _ in found]
    return [pc.fill_null(pc.equal(column, pa.scalar(value)), False).to_numpy() for value in classes[:MOST_CLASSES]]


def _column(name: str, column: pa.ChunkedArray) -> Column:
    type_, missing = type_of(column.type), int(column.null_count)
    if has_range(column.type):
        return _numeric(name, type_, column, missing)
    if type_ == "other":
        unique = len({repr(v) for v in column.to_pylist() if v is not None})
    else:
        unique = int(pc.count_distinct(column, mode="only_valid").as_py())
    return Column(name, type_, missing, unique, top=values_of(column))


def _numeric(name: str, type_: str, column: pa.ChunkedArray, missing: int) -> Column:
    values = figures(column)
    finite = np.isfinite(values)
    given = values if finite.all() else values[finite]
    ordered = np.sort(given)  # eight times faster than counting different values by their hash
    unique = _different(column, ordered, len(column) - missing - len(given))
    if given.size == 0:
        return Column(name, type_, missing, unique)
    low, high = float(ordered[0]), float(ordered[-1])
    unit = DAY if type_ == "date" else 1.0
    few = (high - low) / unit < BINS and bool((ordered / unit == np.floor(ordered / unit)).all())
    edges = np.arange(low - unit / 2, high + unit, unit) if few else _edges(low, high if high > low else low + unit)
    places = np.append(ordered.searchsorted(edges[:-1]), ordered.searchsorted(edges[-1], side="right"))
    counts = (tuple(int(n) for n in np.diff(places)),)
    top: tuple[tuple[Any, int], ...] = ()
    if type_ == "date":
        top = values_of(column)
    elif few:
        top = tuple((int(v), int(n)) for v, n in zip(*np.unique(ordered, return_counts=True), strict=True))
    bounds = tuple(float(e) for e in edges)
    with np.errstate(over="ignore"):  # then it is infinite
        mean = float(given.mean())
    return Column(name, type_, missing, unique, low, high, mean, bounds, counts, top)


def _edges(low: float, high: float) -> NDArray[np.float64]:
    """Equal bins; halved on the way, as the span of a column may overflow."""
    if np.isfinite(high - low):
        return np.linspace(low, high, BINS + 1)
    return np.linspace(low / 2, high / 2, BINS + 1) * 2


def _different(column: pa.ChunkedArray, ordered: NDArray[np.float64], infinite: int) -> int:
    """How many different values there are; whole numbers past 2^53 are not told apart as floats."""
    exact = not pa.types.is_integer(column.type) or ordered.size == 0 or max(-ordered[0], ordered[-1]) < 2**53
    if infinite or not exact or pa.types.is_decimal(column.type) or pa.types.is_timestamp(column.type):
        return int(pc.count_distinct(column, mode="only_valid").as_py())
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + int(ordered.size > 0)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, float, str)) else str(value)
