"""From a problem to bits: integers are written in bits, constraints become penalties that are proven safe or not.

Nothing here solves anything. The penalty's proof: ``broken`` is a whole number, so a factor above the spread between
the largest objective of a feasible point and the smallest of any bit string puts every infeasible string above every
feasible one (the classical exact-penalty argument).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..errors import OptimizeError
from .bits import Bits, Slack
from .parts import Cumulative, Linear, NoOverlap
from .problem import Problem
from .terms import Affine, Terms, add, bounds, lattice, square, substitute

MAX_BITS = 50_000
MAX_TERMS = 4_000_000
RESOLUTION = 1023  # steps of a slack whose constraint has no common measure


def to_bits(
    p: Problem,
    *,
    penalty: float | None = None,
    keep_groups: bool = False,
    horizon: int | None = None,
    most: int = MAX_BITS,
    over: Callable[[], bool] = lambda: False,
) -> Bits:
    """Return a problem over bits.

    Args:
        p: Any problem whose variables have upper bounds.
        penalty: The factor of broken constraints; by default the smallest one that the proof covers.
        keep_groups: Leave the one-hot constraints to a mixer that keeps them (XY, Grover).
        horizon: Scheduling: the latest end, which sets how many bits a start takes.
        most: Bits that are too many; 50,000 at most.
        over: Asked now and then whether to give up.

    Raises:
        OptimizeError: for a variable without an upper bound, a constraint that no point can keep, more than ``most``
            bits, or when ``over`` says so.

    Example:
        >>> from qlab.optimize import knapsack
        >>> bits = to_bits(knapsack([3, 2], [1, 1], 1))
        >>> bits.n, bits.penalty, bits.safe
        (2, 6.0, True)
    """
    if horizon is not None:
        p = with_horizon(p, horizon)
    return _Encoder(p, keep_groups, most, over).finish(penalty)


def with_horizon(p: Problem, horizon: int) -> Problem:
    """Return a scheduling problem with an earlier latest end."""
    from .scheduling import job_shop, rcpsp

    if p.kind == "job_shop":
        return job_shop(p.data["jobs"], horizon=horizon, name=p.name)
    if p.kind == "rcpsp":
        d = p.data
        return rcpsp(d["durations"], d["successors"], d["demands"], d["capacities"], horizon=horizon, name=p.name)
    raise OptimizeError(f"a {p.kind} problem has no horizon", where="argument horizon", cure="leave it out")


class _Encoder:
    def __init__(self, p: Problem, keep_groups: bool, most: int, over: Callable[[], bool]) -> None:
        self.p, self.keep, self.most, self.over = p, keep_groups, most, over
        self.names: list[str] = []
        self.affine: list[Affine] = []
        self.timed: dict[int, dict[int, int]] = {}  # variable -> value -> its bit, for one-hot integers
        self.groups: list[tuple[int, ...]] = []
        self.broken: Terms = {}
        self.slacks: list[Slack] = []
        self.doubts: list[str] = []
        timed = {t[0] for c in p.constraints if not isinstance(c, Linear) for t in c.tasks}
        timed |= {
            i for c in p.constraints if isinstance(c, Linear) and timed & {i for i, _ in c.terms} for i, _ in c.terms
        }
        self._refuse(sum(v.high - v.low + 1 for k, v in enumerate(p.variables) if k in timed), "the starts")
        for k, v in enumerate(p.variables):
            self._variable(k, v.name, v.low, v.high, k in timed)
        position = {k: linear[0][0] for k, (_, linear) in enumerate(self.affine) if len(linear) == 1}
        self.groups = [tuple(position[i] for i in g) for g in p.groups] + self.groups
        sign = p.sign
        self.objective = {k: sign * v for k, v in substitute(dict(p.terms), self.affine).items()}

    def _bit(self, name: str) -> int:
        self.names.append(name)
        self._refuse(len(self.names), name)
        return len(self.names) - 1

    def _refuse(self, bits: float, where: str) -> None:
        if self.most < bits < math.inf:
            raise OptimizeError(
                f"the problem takes more than {self.most:,} bits",
                where=where,
                cure="give a smaller horizon or range, or solve it without bits (coarse='none')",
            )

    def _variable(self, k: int, name: str, low: int, high: float, timed: bool) -> None:
        if math.isinf(high):
            raise OptimizeError(
                f"{name} has no upper bound, so it takes endless bits", where=f"variable {name}",
                cure="give it a high: Integer(name, low, high)",
            )  # fmt: skip
        span = int(high) - low
        if span == 0:
            self.affine.append((float(low), ()))
            if timed:
                self.timed[k] = {}
        elif span == 1 and not timed:
            self.affine.append((float(low), ((self._bit(name), 1.0),)))
        elif timed:
            at = {v: self._bit(f"{name}={v}") for v in range(low, int(high) + 1)}
            self.affine.append((float(low), tuple((b, float(v - low)) for v, b in at.items())))
            self.timed[k] = at
            self.groups.append(tuple(at.values()))
            if not self.keep:
                add(self.broken, square(-1.0, [(b, 1.0) for b in at.values()]).items())
        else:
            weights = bounded(span)
            self.affine.append((float(low), tuple((self._bit(f"{name}.{w}"), float(w)) for w in weights)))

    def finish(self, penalty: float | None) -> Bits:
        for c in self.p.constraints:
            if isinstance(c, Linear):
                self._linear(c)
            elif isinstance(c, NoOverlap):
                self._no_overlap(c)
            else:
                self._cumulative(c)
            self._check(c.name)
        needed, spread = self._needed()
        factor = needed if penalty is None else float(penalty)
        if not self.broken:
            factor, proof, safe = 0.0, "no penalty is needed", True
        elif self.doubts:
            safe, proof = False, "unsafe: " + "; ".join(self.doubts)
        elif factor >= needed:
            safe = True
            proof = (
                f"penalty {factor:g}, the least cost of a broken constraint, exceeds the objective's spread {spread:g}"
            )
        else:
            safe = False
            proof = (
                f"not proven: penalty {factor:g} is below {needed:g}, which the objective's spread {spread:g} asks for"
            )
        return Bits(len(self.names), self.objective, self.broken, factor, safe, proof, self.p.sign, tuple(self.affine),
                    tuple(self.groups), self.keep, tuple(self.names), tuple(self.slacks))  # fmt: skip

    def _check(self, name: str) -> None:
        """Raise when there are too many terms, or the caller has no more time."""
        if len(self.broken) > MAX_TERMS:
            raise OptimizeError(f"the penalties take more than {MAX_TERMS:,} terms", where=f"constraint {name}",
                                cure="give a smaller horizon, or use coarse='none'")  # fmt: skip
        if self.over():
            raise OptimizeError("writing the problem in bits takes too long", where=f"constraint {name}",
                                cure="give it longer, or use coarse='none'")  # fmt: skip

    def _needed(self) -> tuple[float, float]:
        low, high = bounds(self.objective)
        # a feasible point has one bit of each group, which bounds its linear part better
        for group in self.groups:
            mine = [self.objective.get((b,), 0.0) for b in group]
            high -= sum(v for v in mine if v > 0) - max(0.0, max(mine))
        spread = max(0.0, high - low)
        step = lattice(self.objective.values())
        return spread + (step if 0 < step < math.inf else max(1e-3 * spread, 1e-9)), spread

    def _linear(self, c: Linear) -> None:
        if (
            self.keep
            and any(c.terms == tuple((i, 1.0) for i in g) for g in self.p.groups)
            and c.rhs == 1
            and c.sense == "=="
        ):
            return
        timed = [(i, a) for i, a in c.terms if i in self.timed]
        if timed and len(timed) == len(c.terms) and len(timed) <= 2:
            self._pairs(c, timed)
            return
        constant = -c.rhs
        linear: dict[int, float] = {}
        for i, a in c.terms:
            base, parts = self.affine[i]
            constant += a * base
            for b, w in parts:
                linear[b] = linear.get(b, 0.0) + a * w
        items = [(b, w) for b, w in sorted(linear.items()) if w != 0.0]
        if c.sense == ">=":
            constant, items = -constant, [(b, -w) for b, w in items]
        least = constant + sum(min(0.0, w) for _, w in items)
        most = constant + sum(max(0.0, w) for _, w in items)
        slop = 1e-9 * max(1.0, abs(c.rhs))
        if least > slop or (c.sense == "==" and most < -slop):
            raise OptimizeError(
                f"no values of its variables keep the constraint {c.name!r}: the problem is infeasible",
                where=f"constraint {c.name}", cure="loosen it, or widen its variables' ranges", value=[c.name],
            )  # fmt: skip
        if c.sense != "==" and most <= slop:
            return  # always kept
        if c.sense != "==" and constant == -1.0 and all(w == 1.0 for _, w in items):
            bits = [b for b, _ in items]  # at most one of them
            add(self.broken, (((a, b), 1.0) for k, a in enumerate(bits) for b in bits[k + 1 :]))
            return
        step = lattice([constant, *(w for _, w in items)])
        if step == 0.0:
            self.doubts.append(f"the numbers of constraint {c.name!r} have no common measure")
            step = max((abs(w) for _, w in items), default=1.0) / RESOLUTION
        constant, items = constant / step, [(b, w / step) for b, w in items]
        if c.sense != "==":
            slack = [(self._bit(f"{c.name}.slack.{w}"), w) for w in bounded(math.floor(-least / step + 1e-9))]
            sign = -1.0 if c.sense == "<=" else 1.0
            self.slacks.append((-sign * c.rhs / step, tuple((i, sign * a / step) for i, a in c.terms), tuple(slack)))
            items = items + [(b, float(w)) for b, w in slack]
        add(self.broken, square(constant, items).items())

    def _value_bits(self, i: int) -> list[tuple[int, int | None]]:
        at = self.timed[i]
        return list(at.items()) if at else [(int(self.affine[i][0]), None)]

    def _forbid(self, a: int | None, b: int | None, name: str) -> None:
        if a is None and b is None:
            raise OptimizeError(
                f"no values of its variables keep the constraint {name!r}: the problem is infeasible",
                where=f"constraint {name}", cure="loosen it, or widen its variables' ranges", value=[name],
            )  # fmt: skip
        add(self.broken, [(tuple(sorted(k for k in (a, b) if k is not None)), 1.0)])

    def _pairs(self, c: Linear, timed: list[tuple[int, float]]) -> None:
        """Forbid each pair of values that breaks it; exact, and no slack is needed."""
        (i, a), (j, b) = timed[0], timed[1] if len(timed) == 2 else (None, 0.0)
        for v, bit in self._value_bits(i):
            self._check(c.name)
            for w, other in self._value_bits(j) if j is not None else [(0, None)]:
                left = a * v + b * w - c.rhs
                if (c.sense == "<=" and left > 0) or (c.sense == ">=" and left < 0) or (c.sense == "==" and left != 0):
                    self._forbid(bit, other, c.name)

    def _no_overlap(self, c: NoOverlap) -> None:
        tasks = [t for t in c.tasks if t[1] > 0]
        for k, (i, d) in enumerate(tasks):
            for j, e in tasks[k + 1 :]:
                self._check(c.name)
                for v, bit in self._value_bits(i):
                    for w, other in self._value_bits(j):
                        if v < w + e and w < v + d:
                            self._forbid(bit, other, c.name)

    def _cumulative(self, c: Cumulative) -> None:
        tasks = [t for t in c.tasks if t[1] > 0 and t[2] > 0]
        latest = max((max(v for v, _ in self._value_bits(i)) + d for i, d, _ in tasks), default=0)
        for time in range(latest):
            self._check(c.name)
            items: list[tuple[int, float]] = []
            constant = -float(c.capacity)
            for i, d, r in tasks:
                for v, bit in self._value_bits(i):
                    if v <= time < v + d:
                        if bit is None:
                            constant += r
                        else:
                            items.append((bit, float(r)))
            if constant + sum(w for _, w in items) <= 0:
                continue
            if constant > 0:
                self._forbid(None, None, c.name)
            slack = [(self._bit(f"{c.name}@{time}.slack.{w}"), w) for w in bounded(int(-constant))]
            add(self.broken, square(constant, items + [(b, float(w)) for b, w in slack]).items())


def bounded(top: int) -> list[int]:
    """Return weights 1, 2, 4, …, rest whose subset sums are exactly 0 to top.

    Example:
        >>> bounded(5)
        [1, 2, 2]
    """
    out: list[int] = []
    power = 1
    while sum(out) + power <= top:
        out.append(power)
        power *= 2
    rest = top - sum(out)
    return [*out, rest] if rest else out


def describe(p: Problem) -> dict[str, Any]:
    """Return how many bits a problem takes (None: too many), and whether its penalty is safe, for panels."""
    try:
        bits = to_bits(p)
    except OptimizeError as error:
        return {"bits": None, "safe": False, "proof": error.message}
    return {"bits": bits.n, "safe": bits.safe, "proof": bits.proof, "penalty": bits.penalty}
