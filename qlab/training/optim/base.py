"""What an optimizer is to the loop. Must not know models, circuits or events.

An optimizer is a pair of pure functions. ``init(θ)`` gives its state: a flat tuple of arrays, so that a snapshot can
hold it and give it back to the last bit. A step is one of two kinds:

* ``update(gradient, state, θ, lr)``: the loop has the gradient of a batch, and the optimizer turns it into a move;
* ``search(objective, state, θ, lr)``: the optimizer asks for the figures it wants, at any θ it wants, within one
  step, and gives the loop a `Move`. Between two steps everything is in the state, so that such a method can be
  paused, stored and resumed as well. Several methods of SciPy can't: they call, and can't be called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
State = tuple[NDArray[Any], ...]


class Objective(Protocol):
    """The loss on the rows of a step, as a function of the free weights."""

    def value(self, theta: Array) -> float:
        """Return the loss at θ."""
        ...

    def value_and_grad(self, theta: Array) -> tuple[float, Array]:
        """Return the loss at θ and its gradient, shape (size,)."""
        ...

    def metric(self, theta: Array) -> Array:
        """Return the Fubini–Study metric at θ, shape (size, size); zero where a weight is in no circuit."""
        ...


class Move(NamedTuple):
    """What a search made of a step.

    Args:
        theta, state: the new ones.
        value: the loss that the step is recorded with.
        grad: the gradient behind it, or None where none was computed.
        done: why there is nothing more to gain, or an empty text.
    """

    theta: Array
    state: State
    value: float
    grad: Array | None = None
    done: str = ""


@dataclass(frozen=True, slots=True)
class Optimizer:
    """A pair of pure functions; neither changes its arguments, so that any state can be kept.

    Args:
        init: θ → state.
        update: (gradient, state, θ, lr) → (θ, state); None for a search.
        search: (objective, state, θ, lr) → `Move`; None for an update.
        whole: wants the same rows at each step: the loop gives it all of them, and starts it anew whenever the
            objective changes, since its state holds values of the old one.
    """

    init: Callable[[Array], State]
    update: Callable[[Array, State, Array, float], tuple[Array, State]] | None = None
    search: Callable[[Objective, State, Array, float], Move] | None = None
    whole: bool = False
