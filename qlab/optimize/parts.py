"""The parts of a problem: variables and constraints, checked at construction. They know no solver.

All indices are positions in the problem's variables; durations, demands and capacities are whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..errors import OptimizeError

SENSES = ("<=", ">=", "==")
TOLERANCE = 1e-6  # a linear constraint counts as kept within this times the size of its numbers


@dataclass(frozen=True, slots=True)
class Variable:
    """A whole number from ``low`` to ``high``; ``high`` may be infinite, which QUBO and CP-SAT refuse."""

    name: str
    low: int = 0
    high: float = 1

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not 1 <= len(self.name) <= 64:
            raise OptimizeError(
                f"{self.name!r} is no name of a variable", where="variables", cure="use 1 to 64 characters"
            )
        if self.low != int(self.low) or (math.isfinite(self.high) and self.high != int(self.high)):
            raise OptimizeError(
                f"the bounds {self.low!r} to {self.high!r} aren't whole numbers",
                where=f"variable {self.name}",
                cure="give whole numbers, or None for no upper bound",
            )
        if self.high < self.low:
            raise OptimizeError(
                f"the range {self.low} to {self.high} is empty",
                where=f"variable {self.name}",
                cure="give a low that isn't above high",
            )

    @property
    def binary(self) -> bool:
        """Whether it is 0 or 1."""
        return self.low == 0 and self.high == 1


def Binary(name: str) -> Variable:  # noqa: N802  # reads as the type it makes
    """Return a variable that is 0 or 1."""
    return Variable(name)


def Integer(name: str, low: int = 0, high: float | None = None) -> Variable:  # noqa: N802
    """Return a whole number from low to high; ``None`` is no upper bound."""
    return Variable(name, low, math.inf if high is None else high)


@dataclass(frozen=True, slots=True)
class OneHot:
    """``size`` binary variables ``name[0]``, …, of which exactly one is 1; for `Problem`'s variables."""

    name: str
    size: int

    def __post_init__(self) -> None:
        if not isinstance(self.size, int) or self.size < 1:
            raise OptimizeError(
                f"a one-hot variable can't have {self.size!r} options",
                where=f"variable {self.name}",
                cure="use a whole number of at least 1",
            )


@dataclass(frozen=True, slots=True)
class Linear:
    """``Σ coefficient·variable  sense  rhs``; ``terms`` are (variable, coefficient)."""

    name: str
    terms: tuple[tuple[int, float], ...]
    sense: str
    rhs: float

    def excess(self, x: Sequence[float] | Any) -> float:
        """Return by how much x breaks it; 0 if it keeps it within the tolerance."""
        parts = [a * float(x[i]) for i, a in self.terms]
        left = math.fsum(parts)
        over = {"<=": left - self.rhs, ">=": self.rhs - left, "==": abs(left - self.rhs)}[self.sense]
        slack = TOLERANCE * max(1.0, abs(self.rhs), max((abs(p) for p in parts), default=0.0))
        return over if over > slack else 0.0

    def to_json(self) -> list[Any]:
        """Return it as a list for JSON."""
        return ["linear", self.name, [list(t) for t in self.terms], self.sense, self.rhs]


@dataclass(frozen=True, slots=True)
class NoOverlap:
    """One machine: the intervals [start, start + duration) don't overlap; ``tasks`` are (start, duration)."""

    name: str
    tasks: tuple[tuple[int, int], ...]

    def excess(self, x: Sequence[float] | Any) -> float:
        """Return the total length of overlaps between neighbours in time."""
        busy = sorted((float(x[s]), float(x[s]) + d) for s, d in self.tasks if d > 0)
        return sum(max(0.0, a[1] - b[0]) for a, b in pairwise(busy))

    def to_json(self) -> list[Any]:
        """Return it as a list for JSON."""
        return ["no_overlap", self.name, [list(t) for t in self.tasks]]


@dataclass(frozen=True, slots=True)
class Cumulative:
    """A resource: at any time the running tasks need at most ``capacity``; tasks are (start, duration, demand)."""

    name: str
    tasks: tuple[tuple[int, int, int], ...]
    capacity: int

    def excess(self, x: Sequence[float] | Any) -> float:
        """Return the largest need above the capacity at any time."""
        changes = sorted((t, s) for i, d, r in self.tasks if d > 0 for t, s in ((x[i], r), (x[i] + d, -r)))
        level = worst = 0.0
        for k, (time, change) in enumerate(changes):
            level += change
            if k + 1 == len(changes) or changes[k + 1][0] > time:
                worst = max(worst, level - self.capacity)
        return worst

    def to_json(self) -> list[Any]:
        """Return it as a list for JSON."""
        return ["cumulative", self.name, [list(t) for t in self.tasks], self.capacity]


Constraint = Linear | NoOverlap | Cumulative
