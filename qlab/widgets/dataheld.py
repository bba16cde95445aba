"""One open dataset as the data view shows it: filtered, within brushes, sorted, with what is picked. Values only."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..data import Dataset
from ..data.profile import DAY, has_range, type_of
from ..errors import DataError
from .datachoice import Choice

_tokens = itertools.count()


class Limit(NamedTuple):
    """One brush: its column, what it says as a condition of ``ds.filter``, and as the page knows it."""

    column: str
    condition: str
    brush: Any


def token(dataset: Dataset) -> str:
    """Return a mark that other rows don't have; unlike their hash it costs nothing on a large table."""
    return str(dataset._memo.setdefault("token", f"t{next(_tokens)}"))


@dataclass(frozen=True, slots=True)
class Held:
    """One open dataset.

    Args:
        base: as loaded.
        wide: its rows that meet the condition; the cards show these.
        dataset: those of them within all brushes; the grid, the features and the export take these.
        origin: what stands for the source in a call of ``qlab.load``.
        remark: a line above that call, or nothing.
        choice: of features, None until the columns were looked at.
        condition: of ``ds.filter``, or nothing.
        ranges: the brushes.
        sort: (column, descending), or None for the order of the file.
        order: (rows,) row numbers of ``dataset`` in the order shown.
        row: the one that is shown encoded.
        used: lineage of the features in use, if they came from here.
    """

    base: Dataset
    wide: Dataset
    dataset: Dataset
    origin: str
    remark: str = ""
    choice: Choice | None = None
    condition: str = ""
    ranges: tuple[Limit, ...] = ()
    sort: tuple[str, bool] | None = None
    order: NDArray[np.int64] | None = None
    row: int = 0
    used: str = ""

    @classmethod
    def of(cls, dataset: Dataset, origin: str, remark: str = "") -> Held:
        """Return a dataset that was just loaded."""
        return cls(dataset, dataset, dataset, origin, remark)

    @property
    def token(self) -> str:
        """Another one for other rows or another order."""
        order = "" if self.sort is None else f" {'-' if self.sort[1] else '+'}{self.sort[0]}"
        return token(self.dataset) + order

    @property
    def whole_condition(self) -> str:
        """The condition and the brushes as one condition of ``ds.filter``."""
        return " and ".join(filter(None, [self.condition, *(limit.condition for limit in self.ranges)]))

    def filtered(self, condition: str, ranges: Mapping[str, Any]) -> Held:
        """Return it with another condition and other brushes, in the same order.

        Raises:
            DataError: a condition that can't be read, no such column, or no row that meets all.
        """
        wide = self.wide
        if condition != self.condition:
            wide = self.base.filter(condition) if condition else self.base
        limits = checked(wide, ranges)
        within = " and ".join(limit.condition for limit in limits)
        dataset = wide.filter(within) if limits else wide
        if dataset.rows == 0:
            where = " and ".join(filter(None, [condition, within]))
            raise DataError("no row meets the condition", where=f"filter {where!r}", cure="loosen the condition")
        made = replace(self, wide=wide, dataset=dataset, condition=condition, ranges=limits, row=0, order=None)
        return made if self.sort is None else made.sorted(*self.sort)

    def sorted(self, by: str | None, descending: bool) -> Held:
        """Return it in the order of a column, missing cells last; None for the order of the file.

        Raises:
            DataError: no such column, or one of lists or objects.
        """
        if by is None:
            return replace(self, sort=None, order=None)
        self.dataset.check_columns([by], where="sort")
        column = self.dataset.table.column(by)
        if type_of(column.type) == "other":
            raise DataError(f"column {by!r} has no order", where="sort", cure="sort by numbers, texts or dates")
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        keys = [("key", "descending" if descending else "ascending")]
        order = pc.sort_indices(pa.table({"key": column}), sort_keys=keys, null_placement="at_end")
        return replace(self, sort=(by, descending), order=order.to_numpy().astype(np.int64))

    def rows(self, start: int, n: int) -> tuple[pa.Table, NDArray[np.int64] | None]:
        """Return rows ``start … start + n`` as shown, and their numbers in ``dataset`` if it is sorted."""
        if self.order is None:
            return self.dataset.page(start, n), None
        chosen = self.order[start : start + n]
        return self.dataset.take(chosen).table, chosen


def checked(dataset: Dataset, ranges: Mapping[str, Any]) -> tuple[Limit, ...]:
    """Return brushes as they came from a page, checked: ``[low, high]`` as `figures` has them, or ``{"values": []}``.

    Raises:
        DataError: no such column, one without an order of numbers, no two numbers, or values that can't be written.
    """
    dataset.check_columns(ranges, where="ranges")
    return tuple(_limit(dataset, name, ranges[name]) for name in sorted(ranges))


def _limit(dataset: Dataset, name: str, brush: Any) -> Limit:
    type_ = dataset.table.schema.field(name).type
    kind = type_of(type_)
    if isinstance(brush, Mapping):
        values = brush.get("values")
        texts = [_written(v, kind) for v in values] if isinstance(values, (list, tuple)) else []
        if texts and None not in texts and "`" not in name:
            return Limit(name, f"`{name}` in ({', '.join(map(str, texts))})", {"values": list(brush["values"])})
    elif has_range(type_) and "`" not in name and _is_pair(brush):
        low, high = float(min(brush)), float(max(brush))
        ends = _dates(type_, low, high) if kind == "date" else (f"{low:.17g}", f"{high:.17g}")
        if ends is not None:
            return Limit(name, f"`{name}` >= {ends[0]} and `{name}` <= {ends[1]}", [low, high])
    raise DataError(f"column {name!r} can't be cut to {brush!r}", where="ranges", cure="filter by a typed condition")


def _dates(type_: pa.DataType, low: float, high: float) -> tuple[str, str] | None:
    """Two ends in seconds since 1970 as a condition has them: whole days or seconds, none but those within."""
    unit = DAY if pa.types.is_date(type_) else 1.0
    seconds = (math.ceil(low / unit) * int(unit), math.floor(high / unit) * int(unit))
    try:
        first, last = (datetime.fromtimestamp(s, UTC).replace(tzinfo=None) for s in seconds)
    except (OverflowError, ValueError, OSError):
        return None
    if unit == DAY:
        return f"'{first.date()}'", f"'{last.date()}'"
    zone = "Z" if type_.tz is not None else ""
    return f"'{first.isoformat()}{zone}'", f"'{last.isoformat()}{zone}'"


def _written(value: Any, kind: str) -> str | None:
    """A value as a condition has it, or None if it can't be written there."""
    if value is None:
        return "missing"
    if kind == "bool":
        return str(value).lower() if isinstance(value, bool) else None
    if kind in {"int", "float"}:
        return f"{value:.17g}" if _finite(value) else None
    text = str(value)
    quote = next((q for q in "'\"" if q not in text), None)
    return None if quote is None else f"{quote}{text}{quote}"


def _is_pair(brush: Any) -> bool:
    return isinstance(brush, (list, tuple)) and len(brush) == 2 and all(_finite(v) for v in brush)


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and bool(np.isfinite(value))
