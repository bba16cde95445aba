"""The options of `Dataset.features`, checked and completed before anything is fitted. Must not fit or move data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import DataError, not_one_of
from .names import unknown
from .pipeline import IMPUTES, REDUCTIONS, SCALES
from .profile import Column, is_number

if TYPE_CHECKING:
    from .dataset import Dataset

SPAN = math.pi / 2
ENCODINGS = ("angle", "iqp", "amplitude", "basis", "raw")
MOST_VALUES = 100  # of a text column that becomes one qubit a value
MOST_CLASSES = 20  # distinct whole numbers in a target that still count as classes


@dataclass(frozen=True, slots=True)
class Options:
    """All options in full; the fields are the keyword arguments of `Dataset.features`."""

    target: str
    columns: tuple[str, ...]
    qubits: int | None
    reduce: str | None
    encode: str
    impute: str
    scale: str | None
    span: float
    split: tuple[float, float, float]
    stratify: bool
    seed: int
    classes: tuple[Any, ...] | None
    task: str


def complete(
    dataset: Dataset,
    target: str | None,
    columns: Sequence[str] | None,
    *,
    qubits: int | None,
    reduce: str | None,
    encode: str,
    impute: str,
    scale: str | None,
    span: float,
    split: Sequence[float] | None,
    test: float,
    val: float,
    stratify: bool,
    seed: int,
    classes: Sequence[Any] | None,
    task: str | None,
) -> Options:
    """Return the options with every default filled in.

    Raises:
        DataError: an unknown name or value, naming what is allowed.
    """
    reduce = None if reduce in {None, "none"} else _one_of("reduce", reduce, REDUCTIONS)
    encode = _one_of("encode", encode, ENCODINGS)
    impute = _one_of("impute", impute, IMPUTES)
    scale = None if scale in {None, "none"} else _one_of("scale", scale, SCALES)
    if qubits is not None and (isinstance(qubits, bool) or not isinstance(qubits, int) or qubits < 1):
        raise DataError(
            f"qubits={qubits!r} is no number of wires", where="features", cure="use a whole number from 1 on"
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise DataError(
            f"seed={seed!r} can't be used", where="features", cure="use a whole number from 0 on", value=seed
        )
    target = _target(dataset, target)
    about = {c.name: c for c in dataset.profile()}
    chosen = _columns(dataset, about, target, columns)
    return Options(
        target=target,
        columns=chosen,
        qubits=qubits,
        reduce=reduce,
        encode=encode,
        impute=impute,
        scale=scale,
        span=_angle(span),
        split=_shares(split, test, val),
        stratify=bool(stratify),
        seed=seed,
        classes=None if classes is None else tuple(classes),
        task=_task(about[target], task, classes),
    )


def default_columns(about: Sequence[Column], target: str | None) -> tuple[str, ...]:
    """Return the columns that are features when none are named: the numbers, or else the words of few values."""
    others = [c for c in about if c.name != target and c.unique > 1]
    numbers = tuple(c.name for c in others if is_number(c.type))
    return numbers or tuple(c.name for c in others if c.type == "text" and c.unique <= MOST_CLASSES)


def _target(dataset: Dataset, target: str | None) -> str:
    target = target or dataset.target
    if target is None:
        guess = dataset.suggested_target
        raise DataError(
            "no target was given: the column that is to be predicted",
            where="features",
            cure=f"give target={guess!r}" if guess else f"give one of {', '.join(dataset.columns[:20])}",
        )
    if target not in dataset.columns:
        raise unknown("column", target, dataset.columns, where="target")
    return target


def _columns(dataset: Dataset, about: dict[str, Column], target: str, columns: Sequence[str] | None) -> tuple[str, ...]:
    if isinstance(columns, str):
        columns = [columns]
    chosen = default_columns(list(about.values()), target) if columns is None else tuple(columns)
    dataset.check_columns(chosen, where="columns")
    if not chosen:
        raise DataError(
            "no column can be a feature", where="columns", cure="name at least one column beside the target"
        )
    if target in chosen:
        raise DataError(f"{target!r} is the target and can't be a feature too", where="columns", cure="leave it out")
    if len(set(chosen)) < len(chosen):
        twice = next(c for c in chosen if chosen.count(c) > 1)
        raise DataError(f"column {twice!r} is named twice", where="columns", cure="name it once", value=twice)
    for name in chosen:
        column = about[name]
        if column.type == "text" and column.unique > MOST_VALUES:
            raise DataError(
                f"column {name!r} has {column.unique:,} different texts, each of which would be a feature",
                where="columns",
                cure="leave it out, or group its values",
                value=name,
            )
        if not is_number(column.type) and column.type != "text":
            raise DataError(
                f"column {name!r} holds {column.type} values, which can't be a feature",
                where="columns",
                cure="leave it out, or turn it into numbers first",
                value=name,
            )
    return chosen


def _task(target: Column, task: str | None, classes: Sequence[Any] | None) -> str:
    if task is not None:
        task = _one_of("task", task, ("classification", "regression"))
        if task == "regression" and target.type not in {"int", "float"}:
            raise DataError(
                f"target {target.name!r} is {target.type}, no number", where="task", cure="classify instead"
            )
        return task
    if classes is not None or target.type in {"text", "bool"}:
        return "classification"
    if target.type not in {"int", "float"}:
        raise DataError(f"target {target.name!r} holds {target.type} values", where="target", cure="use another column")
    return "classification" if target.type == "int" and target.unique <= MOST_CLASSES else "regression"


def _shares(split: Sequence[float] | None, test: float, val: float) -> tuple[float, float, float]:
    given = tuple(split) if split is not None else (1.0 - test - val, val, test)
    total = sum(given)
    good = len(given) == 3 and all(0 <= s <= 100 for s in given) and given[0] > 1e-9
    if not good or (split is not None and abs(total - 1) > 1e-6 and abs(total - 100) > 1e-6):
        shown = f"split={tuple(split)}" if split is not None else f"test={test}, val={val}"
        raise DataError(
            f"{shown} leaves no rows to train on, or isn't three shares that make up the whole",
            where="features",
            cure="use for example split=(0.6, 0.2, 0.2)",
            value=given,
        )
    return round(given[0] / total, 12), round(given[1] / total, 12), round(given[2] / total, 12)


def _angle(span: float) -> float:
    if isinstance(span, bool) or not isinstance(span, (int, float)) or not 0 < span <= 2 * math.pi:
        raise DataError(
            f"span={span!r} is no half-width of angles",
            where="features",
            cure="use a number above 0, at most 2π; math.pi / 2 keeps both ends of a feature apart",
            value=span,
        )
    return float(span)


def _one_of(option: str, value: object, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise not_one_of(DataError, option, value, allowed, where="features")
    return str(value)
