"""The state of a solve: the incumbent, the bound, and the clock. Every change of it is an event."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from . import bounds
from .events import Bound, Incumbent
from .problem import Problem
from .terms import FloatArray


class Search:
    """What is known so far. ``offer`` and ``raise_bound`` return the event of an improvement, or None."""

    def __init__(self, p: Problem, time_limit: float, seed: int, stop: Callable[[], bool]) -> None:
        self.p, self.seed, self.stop = p, seed, stop
        self.began = time.monotonic()
        self.end = self.began + time_limit
        self.x: FloatArray | None = None
        self.value: float | None = None
        self.bound: float | None = None
        self.bound_source = "none"
        self.solver: str | None = None  # who claims the bound; None when a checker can recompute it
        self.proof: bounds.Proof | None = None

    def known(self) -> dict[str, Any]:
        """Return all that a stage may have changed."""
        return {k: getattr(self, k) for k in ("x", "value", "bound", "bound_source", "solver", "proof")}

    def learn(self, known: dict[str, Any]) -> None:
        """Take over what a stage knew."""
        for key, value in known.items():
            setattr(self, key, value)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def proved(self) -> bool:
        """Whether value and bound meet."""
        return bounds.gap_of(self.p, self.value, self.bound) == 0.0

    @property
    def over(self) -> bool:
        """Whether there is nothing more to do: proven, stopped or out of time."""
        return self.proved or self.stop() or time.monotonic() >= self.end

    def offer(self, x: Any, source: str) -> Incumbent | None:
        """Take a point if it is feasible and better."""
        point = np.round(np.asarray(x, dtype=float))
        value = self.p.value(point)
        if not self.p.better(value, self.value) or not self.p.feasible(point):
            return None
        self.x, self.value = point, value
        return Incumbent(self.now, value, source, point)

    def raise_bound(self, value: float, source: str, solver: str | None) -> Bound | None:
        """Take a bound if it is tighter; a solver's is rounded to the next value the objective can have."""
        if not math.isfinite(value):
            return None
        value = bounds.rounded(self.p, value)
        if not bounds.tighter(self.p, value, self.bound):
            return None
        self.bound, self.bound_source, self.solver = value, source, solver
        return Bound(self.now, value, source)

    def prove(self, proof: bounds.Proof | None) -> Bound | None:
        """Take a bound that a checker can recompute."""
        if proof is None:
            return None
        if self.proof is None or bounds.tighter(self.p, proof[0], self.proof[0]):
            self.proof = proof
        return self.raise_bound(proof[0], proof[1], None)
