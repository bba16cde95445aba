"""Optimizers by name, as pairs of pure functions `init` and `update` or `search`. Must not know models or events."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...errors import TrainError, not_one_of
from .base import Array, Move, Objective, Optimizer, State
from .cobyla import cobyla
from .first import adam, rmsprop, sgd
from .lbfgs import lbfgs
from .natural import qng
from .simplex import nelder_mead
from .spsa import spsa


@dataclass(frozen=True, slots=True)
class Kind:
    """An optimizer as the user names it: what makes it, its options and the learning rate it usually takes."""

    make: Callable[..., Optimizer]
    lr: float
    fixed: Mapping[str, Any] = field(default_factory=dict)


OPTIMIZERS: dict[str, Kind] = {
    "adam": Kind(adam, 0.05),
    "adamw": Kind(adam, 0.05, {"decay": 0.01}),
    "sgd": Kind(sgd, 0.1),
    "momentum": Kind(sgd, 0.05, {"momentum": 0.9}),
    "nesterov": Kind(sgd, 0.05, {"momentum": 0.9, "nesterov": True}),
    "rmsprop": Kind(rmsprop, 0.02),
    "spsa": Kind(spsa, 0.1),
    "qng": Kind(qng, 0.05),
    "lbfgs": Kind(lbfgs, 0.1),
    "nelder_mead": Kind(nelder_mead, 0.5),
    "cobyla": Kind(cobyla, 0.5),
}


def optimizer(name: str, *, seed: int = 0, options: Mapping[str, Any] | None = None) -> Optimizer:
    """Return the optimizer of that name.

    Args:
        name: in `OPTIMIZERS`.
        seed: of the random directions, for those that draw any.
        options: of the optimizer, by name, such as ``{"b1": 0.8}``.

    Raises:
        TrainError: there is none, or it has no such option, or the option has another type.
    """
    if not isinstance(name, str) or name not in OPTIMIZERS:
        raise not_one_of(TrainError, "optimizer", name, OPTIMIZERS, where="optimizer")
    kind = OPTIMIZERS[name]
    known = {p.name: p.default for p in inspect.signature(kind.make).parameters.values()}
    given = {**kind.fixed, **(options or {})}
    for key, value in given.items():
        if key not in known or key == "seed":
            names = ", ".join(k for k in known if k != "seed")
            raise TrainError(
                f"optimizer {name!r} has no option {key!r}",
                where="optimizer_options",
                cure=f"use {names}" if names else "leave the options out",
                value=key,
            )
        plain = isinstance(value, bool) if isinstance(known[key], bool) else _number(value, known[key])
        if not plain:
            raise TrainError(
                f"option {key!r} of {name!r} is {value!r}",
                where="optimizer_options",
                cure=f"give a value such as {known[key]!r}",
                value=value,
            )
    return kind.make(**given, **({"seed": seed} if "seed" in known else {}))


def usual_lr(name: str) -> float:
    """Return the learning rate that an optimizer takes where none is given; 0.05 for an unknown name."""
    return OPTIMIZERS[name].lr if isinstance(name, str) and name in OPTIMIZERS else 0.05


def _number(value: Any, usual: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return (
        value >= 1 if isinstance(usual, int) and isinstance(value, int) else not isinstance(usual, int) and value >= 0
    )


__all__ = [
    "OPTIMIZERS",
    "Array",
    "Kind",
    "Move",
    "Objective",
    "Optimizer",
    "State",
    "adam",
    "cobyla",
    "lbfgs",
    "nelder_mead",
    "optimizer",
    "qng",
    "rmsprop",
    "sgd",
    "spsa",
    "usual_lr",
]
