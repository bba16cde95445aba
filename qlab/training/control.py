"""The only way back into a run: orders that a handler leaves and the loop takes between two steps.

Must not block and must not touch the run: any thread may call these while a step is being computed. An order is
``(kind, value)``; what each kind does to a state is `steered`, which the loop and a replay share.

======== ============================== ===============================================
kind     value                          acts on
======== ============================== ===============================================
pause    None                           the loop: it holds before the next step
resume   None                           the loop
stop     None                           the loop: it ends before the next step
lr       float > 0                      ``state.lr``
batch    int >= 1                       ``state.batch``
freeze   part of θ, or weight numbers   ``state.frozen``
thaw     part of θ, or weight numbers   ``state.frozen``
term     (name, weight)                 ``state.terms``
======== ============================== ===============================================
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import TrainError
from .snapshot import Snapshot
from .spec import check_lr

IDLE = 0.005  # seconds between two looks while paused; far below what a person notices
STEERING = ("lr", "batch", "freeze", "thaw", "term")  # orders that change the steps to come
MANY = 1 << 30
Target = str | tuple[int, ...]


class Control:
    """A queue of orders ``(kind, value)``; appending to a deque is atomic, so no lock is needed."""

    __slots__ = ("_orders", "instruments", "lr_pending")

    def __init__(self) -> None:
        self._orders: deque[tuple[str, Any]] = deque()
        self.lr_pending: float | None = None
        self.instruments: frozenset[str] = frozenset()  # replaced whole; the loop only looks at it

    def pause(self) -> None:
        """Ask to hold before the next step."""
        self._orders.append(("pause", None))

    def resume(self) -> None:
        """Ask to go on."""
        self._orders.append(("resume", None))

    def stop(self) -> None:
        """Ask to end before the next step."""
        self._orders.append(("stop", None))

    def set_lr(self, value: object) -> None:
        """Ask for a learning rate from the next step on.

        Raises:
            TrainError: not a positive finite number; nothing is asked for then.
        """
        lr = check_lr(value)
        self.lr_pending = lr
        self._orders.append(("lr", lr))

    def steer(self, kind: str, value: Any) -> None:
        """Ask for another change of the steps to come; ``value`` has been checked by `checked`."""
        self._orders.append((kind, value))

    def take(self, made: int = 0) -> tuple[str, Any] | None:
        """Return the oldest order, or None; for the loop, which has ``made`` steps."""
        if not self._orders:
            return None
        order = self._orders.popleft()
        if order[0] == "lr" and not any(kind == "lr" for kind, _ in tuple(self._orders)):
            self.lr_pending = None
        return order

    @property
    def queue(self) -> deque[tuple[str, Any]]:
        """The orders that wait; only to be looked at."""
        return self._orders

    def room(self, made: int) -> int:
        """Return the steps until an order is due: nobody knows."""
        return MANY

    def peek(self) -> str | None:
        """Return the kind of the oldest order, or None, and leave it there."""
        orders = tuple(self._orders)
        return orders[0][0] if orders else None

    def idle(self) -> None:
        """Wait a moment, while paused; for the loop."""
        time.sleep(IDLE)


class Replay:
    """Orders given again at the steps where they were given: ``[(step, kind, value), …]``, oldest first.

    ``step`` is the first one an order governs.

    Args:
        orders: what to give.
        then: takes over once all were given; None for nobody.
    """

    def __init__(self, orders: Iterable[tuple[int, str, Any]], then: Control | None = None) -> None:
        self._left = deque(orders)
        self._then = then

    @property
    def instruments(self) -> frozenset[str]:
        """What is to be measured beyond the columns: as the live control says."""
        return frozenset() if self._then is None else self._then.instruments

    @property
    def queue(self) -> Collection[tuple[str, Any]]:
        """The orders that wait with the live control."""
        return () if self._then is None else self._then.queue

    def room(self, made: int) -> int:
        """Return the steps until the next order is due, at least 1."""
        return max(1, self._left[0][0] - 1 - made) if self._left else MANY

    def take(self, made: int) -> tuple[str, Any] | None:
        """Return the next order due when ``made`` steps were made, or what the live control holds."""
        if self._left and self._left[0][0] <= made + 1:
            _, kind, value = self._left.popleft()
            return kind, value
        return None if self._then is None else self._then.take(made)

    def idle(self) -> None:
        """Wait a moment, while paused."""
        time.sleep(IDLE)


def checked(kind: str, value: Any, slices: Mapping[str, slice], size: int) -> Any:
    """Return the value of a steering order in the form that is kept, plain enough for JSON.

    Args:
        kind: one of `STEERING`.
        value: as the user gave it.
        slices: parts of θ by name.
        size: length of θ.

    Raises:
        TrainError: unknown kind, or a value it can't have.
    """
    if kind == "lr":
        return check_lr(value)
    if kind == "batch":
        return check_batch(value)
    if kind in ("freeze", "thaw"):
        target = value if isinstance(value, str) else "all" if value is None else _numbers(value)
        weights_of(target, slices, size)
        return target
    if kind == "term":
        return _term(value)
    raise TrainError(f"unknown order {kind!r}", where="run", cure=f"use one of {', '.join(STEERING)}", value=kind)


def steered(
    state: Snapshot, kind: str, value: Any, slices: Mapping[str, slice], batch: int
) -> tuple[Snapshot, Any, Any]:
    """Return the state after an order, and the old and the new value; the same state if it changes nothing.

    Args:
        state: before the order.
        kind, value: as `checked` returned them.
        slices: parts of θ by name.
        batch: the spec's, which a state's 0 stands for.
    """
    if kind == "lr":
        return (state, value, value) if value == state.lr else (state._replace(lr=value), state.lr, value)
    if kind == "batch":
        old = state.batch or batch
        return (state if old == value else state._replace(batch=value)), old, value
    if kind in ("freeze", "thaw"):
        size = state.theta.shape[0]
        target = "all" if value is None else value if isinstance(value, str) else tuple(value)
        before = np.zeros(size, dtype=bool) if state.frozen is None else state.frozen
        mask = before.copy()
        mask[weights_of(target, slices, size)] = kind == "freeze"
        if np.array_equal(mask, before):
            return state, int(before.sum()), target
        return state._replace(frozen=mask if mask.any() else None), int(before.sum()), target
    if kind == "term":
        name, weight = value
        terms = dict(state.terms)
        had = terms.get(name)
        if had == weight:
            return state, value, value
        terms[name] = weight
        return state._replace(terms=tuple(sorted(terms.items()))), (name, had), (name, weight)
    raise TrainError(f"unknown order {kind!r}", where="run", value=kind)


def weights_of(target: Target, slices: Mapping[str, slice], size: int) -> NDArray[np.int64]:
    """Return the numbers of the weights that a name stands for: ``"circuit"``, ``"head"``, ``"head.b"``, ``"all"``.

    Raises:
        TrainError: no part has that name, or there is no such weight.
    """
    every = np.arange(size, dtype=np.int64)
    if isinstance(target, str):
        if target == "all":
            return every
        parts = [every[part] for name, part in slices.items() if name == target or name.startswith(f"{target}.")]
        if not parts:
            names = sorted({*slices, *(name.split(".")[0] for name in slices), "all"})
            raise TrainError(
                f"the model has no part {target!r}", where="freeze", cure=f"use one of {', '.join(names)}", value=target
            )
        return np.concatenate(parts)
    numbers = np.asarray(target, dtype=np.int64)
    if numbers.size and (numbers.min() < 0 or numbers.max() >= size):
        bad = int(numbers[(numbers < 0) | (numbers >= size)][0])
        raise TrainError(
            f"there is no weight {bad}", where="freeze", cure=f"use numbers from 0 to {size - 1}", value=bad
        )
    return numbers


def check_batch(value: object) -> int:
    """Return a batch size as an int.

    Raises:
        TrainError: it isn't a whole number of at least 1.
    """
    number: Any = value.item() if hasattr(value, "item") else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)  # a page has no other numbers
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise TrainError(
            f"batch {value!r} is not a whole number of at least 1",
            where="batch",
            cure="give one such as 32",
            value=value,
        )
    return number


def _numbers(value: Any) -> tuple[int, ...]:
    try:
        items = [value] if isinstance(value, (int, np.integer)) else list(value)
        numbers = tuple(int(item) for item in items)
        if any(number != item or isinstance(item, bool) for number, item in zip(numbers, items, strict=True)):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise TrainError(
            f"{value!r} names no weights",
            where="freeze",
            cure="give the name of a part, such as 'circuit' or 'head', or a list of weight numbers",
            value=value,
        ) from None
    return numbers


def _term(value: Any) -> tuple[str, float]:
    try:
        name, weight = value
        if not isinstance(name, str) or isinstance(weight, (bool, str)):
            raise ValueError
        number = float(weight)
    except (TypeError, ValueError):
        number = math.nan
        name = ""
    if not math.isfinite(number) or number < 0:
        raise TrainError(
            f"{value!r} is no weight of a loss term",
            where="term",
            cure="give its name and a finite number of at least 0, such as ('l2', 0.01)",
            value=value,
        )
    return str(name), number
