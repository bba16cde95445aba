"""What is picked in the data view, and the Python call that says the same. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from ..data import Dataset
from ..data.gallery import SETS
from ..data.options import default_columns
from ..errors import DataError

MANY = 12  # features beyond which a reduction is proposed
FEW = 6  # qubits proposed then


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of ``ds.features`` that the view sets; JSON in and out."""

    target: str | None = None
    columns: tuple[str, ...] = ()
    classes: tuple[Any, ...] | None = None
    reduce: str | None = None
    qubits: int | None = None
    encode: str = "angle"
    impute: str = "median"
    val: float = 0.2
    test: float = 0.2
    seed: int = 0

    @classmethod
    def first(cls, dataset: Dataset) -> Choice:
        """Return what is picked when a dataset is shown for the first time."""
        target = dataset.suggested_target
        columns = default_columns(dataset.profile(), target)
        if len(columns) <= MANY:
            return cls(target, columns)
        entry = SETS.get(dataset.source.removeprefix("gallery:"))
        return cls(target, columns, reduce="pca", qubits=entry.qubits if entry else FEW)

    def changed(self, dataset: Dataset, changes: dict[str, Any]) -> Choice:
        """Return the choice with some options replaced, kept consistent.

        Raises:
            DataError: an option that doesn't exist.
        """
        names = {f.name for f in fields(self)}
        for name in changes:
            if name not in names:
                raise DataError(f"unknown option {name!r}", where="features", cure=f"use {', '.join(sorted(names))}")
        values: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in changes.items()}
        new = replace(self, **values)
        if new.target != self.target:
            freed = (self.target,) if self.target in default_columns(dataset.profile(), new.target) else ()
            columns = tuple(c for c in (*new.columns, *freed) if c is not None and c != new.target)
            new = replace(new, columns=columns, classes=None)
        if new.reduce is None:
            new = replace(new, qubits=None)
        return new

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments of ``ds.features``."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def json(self) -> dict[str, Any]:
        """Return the choice ready for JSON."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in self.options().items()}


def code(dataset: Dataset, origin: str, condition: str, choice: Choice, remark: str = "") -> str:
    """Return the Python lines that load the dataset and make these features.

    Args:
        origin: what stands for the source in a call of ``qlab.load``: a quoted path or name, or a variable.
        condition: of ``ds.filter``, or nothing.
        remark: a line above that call, or nothing.
    """
    load = origin if origin.isidentifier() and origin == "ds" else f"qlab.load({origin})"
    lines = [
        "import qlab",
        *([remark] if remark else []),
        f"ds = {load}" + (f".filter({condition!r})" if condition else ""),
    ]
    default = Choice()
    words = [] if choice.target == dataset.target else [f"target={choice.target!r}"]
    if choice.columns != default_columns(dataset.profile(), choice.target):
        words.append(f"columns={list(choice.columns)!r}")
    for name in ("classes", "reduce", "qubits", "encode", "impute", "val", "test", "seed"):
        value = getattr(choice, name)
        if value != getattr(default, name):
            words.append(f"{name}={list(value) if isinstance(value, tuple) else value!r}")
    lines.append(f"fx = ds.features({', '.join(words)})")
    return "\n".join(lines) + "\n"
