"""What the data view is told of a dataset as JSON: figures, columns, balance, bad rows, how far it is read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from ..data import Dataset, Features, Progress
from ..data.profile import MOST_CLASSES, Column, type_of, values_of
from .dataheld import Held
from .dataimage import image_of
from .datapage import grid_columns, rows_per_page, short

MOST_BAD = 200
MOST_LABELS = 20
MOST_CLASSED = 1000  # different values that still are classes

Json = dict[str, Any]


def quick(held: Held) -> Json:
    """Return what can be said of a dataset at once, before its columns were looked at: see `describe`."""
    dataset = held.dataset
    image = image_of(dataset)
    grid = grid_columns(dataset, image)
    blank: Json = {"unique": 0, "low": None, "high": None, "mean": None, "counts": [], "top": []}
    columns = [
        {"name": f.name, "type": type_of(f.type), "missing": int(dataset.table.column(i).null_count), **blank}
        for i, f in enumerate(dataset.schema)
    ]
    bad_lines = len({row.line for row in dataset.bad})
    return {
        "name": dataset.name,
        "hash": held.token,
        "rows": dataset.rows,
        "total": held.base.rows,
        "condition": held.condition,
        "ranges": {limit.column: limit.brush for limit in held.ranges},
        "sort": None if held.sort is None else {"by": held.sort[0], "descending": held.sort[1]},
        "columns": columns,
        "grid": grid,
        "shown": len(grid),
        "page": rows_per_page(dataset),
        "image": image,
        "bytes": dataset.nbytes,
        "mapped": dataset.mapped,
        "missing": dataset.missing,
        "bad": {"lines": bad_lines, "total": len(dataset.bad), "rows": bad_page(dataset, 0, MOST_BAD)},
        "balance": None,
        "classes": None,
        "note": dataset.note,
        "licence": dataset.licence,
        "seconds": dataset.seconds,
    }


def describe(held: Held, by: str | None, classes: list[Any] | None) -> Json:
    """Return the dataset for summary, cards and bad rows; histograms are split by the classes of column ``by``."""
    columns = []
    for c in held.wide.profile(by if classes else None, classes=classes):
        about = c.to_dict()
        edges = about.pop("edges")
        about["span"] = [edges[0], edges[-1]] if edges else None
        about["daily"] = pa.types.is_date(held.wide.schema.field(c.name).type)
        about["top"] = [[_label(value), count] for value, count in c.top]
        columns.append(about)
    return {**quick(held), "columns": columns, "classes": classes, "balance": balance(held, by)}


def balance(held: Held, column: str | None) -> Json | None:
    """Return how often each class of the target is there: at most 20, the rest as one number."""
    about: Column | None = next((c for c in held.wide.profile() if c.name == column), None)
    if about is None or about.type in {"float", "other"} or about.unique > MOST_CLASSED:
        return None
    cells = held.dataset.table.column(about.name)
    ordered = values_of(cells, MOST_CLASSED)
    values = [[_label(value), count] for value, count in ordered[:MOST_LABELS]]
    others = sum(count for _, count in ordered[MOST_LABELS:])
    return {"column": column, "values": values, "others": others, "missing": int(cells.null_count)}


def balances(fx: Features) -> Json | None:
    """Return the rows of each class in each part, in the order of the classes; None in regression."""
    if fx.classes is None:
        return None
    parts = {"train": fx.train, "val": fx.val, "test": fx.test}
    return {name: np.bincount(part.y, minlength=len(fx.classes)).tolist() for name, part in parts.items()}


def bad_page(dataset: Dataset, start: int, n: int) -> list[list[Any]]:
    """Return bad rows ``start … start + n`` as lists of line, column, kind, text."""
    return [list(row) for row in dataset.bad[max(0, start) : max(0, start) + min(max(0, n), MOST_BAD)]]


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
    return short(value) if isinstance(value, str) else value


def class_labels(dataset: Dataset, target: str | None, chosen: Sequence[Any] | None) -> list[Any] | None:
    """Return the classes that colour the histograms, at most as many as have a colour; None if there are more."""
    column = next((c for c in dataset.profile() if c.name == target), None)
    if column is None or column.unique > 20 or column.type not in {"text", "bool", "int"}:
        return None
    names = list(chosen) if chosen else sorted((v for v, _ in column.top), key=lambda v: (str(type(v)), v))
    return names if 0 < len(names) <= MOST_CLASSES and (chosen or len(names) == column.unique) else None
