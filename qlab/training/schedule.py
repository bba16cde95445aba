"""Learning-rate schedules: pure functions of the step, by name, so that a spec can be replayed. Must hold no state.

A schedule gives a factor for the learning rate. A rate set by hand ends it for the stage: the hand has the last word.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import TrainError, not_one_of

Factor = Callable[[int, int], float]  # (steps made in this stage, steps of the stage) -> factor


def constant() -> Factor:
    """Always 1; useful with ``warmup``."""
    return lambda step, total: 1.0


def cosine(floor: float = 0.0) -> Factor:
    """From 1 down to ``floor`` along half a cosine (Loshchilov & Hutter, arXiv:1608.03983, without restarts)."""
    return lambda step, total: floor + (1.0 - floor) * 0.5 * (1.0 + math.cos(math.pi * min(1.0, step / max(1, total))))


def linear(floor: float = 0.0) -> Factor:
    """From 1 down to ``floor`` along a line."""
    return lambda step, total: floor + (1.0 - floor) * (1.0 - min(1.0, step / max(1, total)))


def step(every: int = 100, factor: float = 0.5) -> Factor:
    """Times ``factor`` after each ``every`` steps."""
    return lambda step, total: factor ** (step // every)


def exponential(half: float = 100.0) -> Factor:
    """Halved with each ``half`` steps, continuously."""
    return lambda step, total: 0.5 ** (step / half)


SCHEDULES: dict[str, Callable[..., Factor]] = {
    "constant": constant,
    "cosine": cosine,
    "linear": linear,
    "step": step,
    "exponential": exponential,
}
_OWN: dict[str, Factor] = {}


def register(name: str, function: Factor) -> None:
    """Let ``schedule=name`` stand for a function of your own.

    A spec holds names, not code: whoever replays the run registers the same function under the same name first.

    Args:
        name: not one of the built-in ones.
        function: (steps made, steps of the stage) → factor above 0, the same whenever it is asked.

    Raises:
        TrainError: the name is taken by a built-in one, or the function isn't one.

    Example:
        >>> register("halfway", lambda step, total: 1.0 if step < total / 2 else 0.1)
    """
    if name in SCHEDULES or not isinstance(name, str) or not name or not callable(function):
        raise TrainError(
            f"a schedule can't be registered as {name!r}",
            where="register",
            cure=f"give a function, and a name other than {', '.join(SCHEDULES)}",
            value=name,
        )
    _OWN[name] = function


def normal(value: Any) -> dict[str, Any] | None:
    """Return a schedule as a spec holds it: None, or ``{"name": …, options…, "warmup": steps}``.

    Args:
        value: None, a name, or a mapping with a name and its options.

    Raises:
        TrainError: a bare function, an unknown name or option.
    """
    if value is None:
        return None
    if callable(value):
        raise TrainError(
            "a function can't be kept in a run's spec, so the run could not be replayed",
            where="schedule",
            cure="register it by name: qlab.training.schedule.register('mine', f), then schedule='mine'",
        )
    if not isinstance(value, (str, Mapping)):
        raise TrainError(
            f"schedule {value!r} is neither a name nor a dict",
            where="schedule",
            cure="use 'cosine', or {'name': 'step', 'every': 50}",
            value=value,
        )
    given = {"name": value} if isinstance(value, str) else dict(value)
    if set(given) == {"warmup"}:
        given["name"] = "constant"
    factor(given)
    return given


def factor(spec: Mapping[str, Any]) -> Factor:
    """Return the function of a schedule as `normal` gives it; warmup rises by a line to 1 over its steps.

    Raises:
        TrainError: an unknown name or option, or a value out of range.
    """
    options = {k: v for k, v in spec.items() if k not in ("name", "warmup")}
    name, warmup = spec.get("name"), spec.get("warmup", 0)
    if not isinstance(name, str) or name not in (*SCHEDULES, *_OWN):
        raise not_one_of(TrainError, "schedule", name, (*SCHEDULES, *_OWN), where="schedule")
    known = dict(inspect.signature(SCHEDULES[name]).parameters) if name in SCHEDULES else {}
    for key, value in {**options, "warmup": warmup}.items():
        if key != "warmup" and key not in known:
            raise TrainError(
                f"schedule {name!r} has no option {key!r}",
                where="schedule",
                cure=f"use {', '.join([*known, 'warmup'])}",
                value=key,
            )
        whole = key in ("every", "warmup")
        number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not number or value < 0 or (value == 0 and key in ("every", "half", "factor")):
            raise TrainError(
                f"option {key!r} of schedule {name!r} is {value!r}",
                where="schedule",
                cure="give a whole number of at least 1" if whole else "give a number above 0",
                value=value,
            )
    after = SCHEDULES[name](**options) if name in SCHEDULES else _OWN[name]
    if not warmup:
        return after
    return lambda step, total: (step + 1) / warmup if step < warmup else after(step - warmup, max(1, total - warmup))
