"""A problem as a mixed-integer program for `scipy.optimize.milp`: products linearised, schedules by pair bits.

SciPy's own HiGHS can't be stopped from outside, so it is run in growing slices of time, each of which streams what it
proved; a stop waits for none of them. Never depend on highspy: it can't share a process with OR-tools.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np

from ..errors import OptimizeError
from .parts import Cumulative, Linear, NoOverlap
from .problem import Problem, names_of
from .terms import GivenUpError, watched


@dataclass
class Program:
    """Rows and columns in the making; the first ``problem.n`` columns are the problem's variables."""

    problem: Problem
    cost: list[float]
    low: list[float]
    high: list[float]
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)
    owner: list[str] = field(default_factory=list)

    def column(self, low: float, high: float) -> int:
        """Add an integer column that costs nothing; return its number."""
        self.cost.append(0.0)
        self.low.append(low)
        self.high.append(high)
        return len(self.cost) - 1

    def row(self, terms: dict[int, float], low: float, high: float, owner: str) -> None:
        """Add low ≤ Σ terms ≤ high, which belongs to a constraint."""
        self.rows.append((terms, low, high))
        self.owner.append(owner)

    def matrix(self) -> Any:
        """Return the rows as a sparse matrix."""
        from scipy.sparse import csr_array

        rows = [terms for terms, _, _ in self.rows]
        ends = np.cumsum([0, *map(len, rows)]).astype(np.int32)
        columns = np.fromiter(chain.from_iterable(rows), np.int32, ends[-1])
        factors = np.fromiter(chain.from_iterable(terms.values() for terms in rows), np.float64, ends[-1])
        made = csr_array((factors, columns, ends), shape=(len(rows), len(self.cost)))
        made.sort_indices()
        return made

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of ``scipy.optimize.milp`` for sign·objective, to be minimised."""
        from scipy.optimize import Bounds, LinearConstraint

        out: dict[str, Any] = {
            "c": np.array(self.cost),
            "integrality": np.ones(len(self.cost)),
            "bounds": Bounds(np.array(self.low, dtype=float), np.array(self.high, dtype=float)),
            "options": {"mip_rel_gap": 0.0},
        }
        if self.rows:
            out["constraints"] = LinearConstraint(
                self.matrix(), np.array([r[1] for r in self.rows]), np.array([r[2] for r in self.rows])
            )
        return out


def build(p: Problem, over: Callable[[], bool] = lambda: False) -> Program:
    """Return the program; ``over`` is asked now and then whether to give up.

    Raises:
        OptimizeError: for a product of integer variables, which has no linear form.
        GivenUpError: when ``over`` says so.
    """
    prog = Program(p, [0.0] * p.n, [float(v.low) for v in p.variables], [float(v.high) for v in p.variables])
    sign = p.sign
    for key, value in watched(p.terms, over):
        cost = sign * value
        if len(key) == 1:
            prog.cost[key[0]] += cost
        elif key:
            if not all(p.variables[i].binary for i in key):
                raise OptimizeError(
                    f"the product of {names_of(p, key)} isn't of bits, so a MILP can't hold it",
                    where="objective", cure="use refine='cp_sat' or 'local'",
                )  # fmt: skip
            z = prog.column(0.0, 1.0)
            prog.cost[z] = cost
            if cost > 0:
                prog.row({**dict.fromkeys(key, -1.0), z: 1.0}, 1.0 - len(key), math.inf, "products")
            else:
                for i in key:
                    prog.row({z: 1.0, i: -1.0}, -math.inf, 0.0, "products")
    for c in p.constraints:
        if isinstance(c, Linear):
            low = -math.inf if c.sense == "<=" else c.rhs
            high = math.inf if c.sense == ">=" else c.rhs
            prog.row(dict(c.terms), low, high, c.name)
        elif isinstance(c, NoOverlap):
            _no_overlap(prog, c)
        else:
            _cumulative(prog, c)
    return prog


def _no_overlap(prog: Program, c: NoOverlap) -> None:
    tasks = [t for t in c.tasks if t[1] > 0]
    for k, (i, d) in enumerate(tasks):
        for j, e in tasks[k + 1 :]:
            y = prog.column(0.0, 1.0)  # 1: i before j
            m1 = prog.high[i] + d - prog.low[j]
            m2 = prog.high[j] + e - prog.low[i]
            prog.row({j: 1.0, i: -1.0, y: -m1}, d - m1, math.inf, c.name)
            prog.row({i: 1.0, j: -1.0, y: m2}, float(e), math.inf, c.name)


def _cumulative(prog: Program, c: Cumulative) -> None:
    tasks = [t for t in c.tasks if t[1] > 0 and t[2] > 0]
    at: dict[int, dict[int, int]] = {}
    for i, _, _ in tasks:
        times = range(int(prog.low[i]), int(prog.high[i]) + 1)
        at[i] = {t: prog.column(0.0, 1.0) for t in times}
        prog.row(dict.fromkeys(at[i].values(), 1.0), 1.0, 1.0, c.name)
        prog.row({**{b: float(t) for t, b in at[i].items()}, i: -1.0}, 0.0, 0.0, c.name)
    for time in range(max((max(at[i]) + d for i, d, _ in tasks), default=0)):
        terms = {b: float(r) for i, d, r in tasks for t, b in at[i].items() if t <= time < t + d}
        if sum(r for _, _, r in tasks) > c.capacity and terms:
            prog.row(terms, -math.inf, float(c.capacity), c.name)


def solve(
    p: Problem, *, seconds: float, emit: Callable[[Any], None], stop: Callable[[], bool], nodes: int | None = None
) -> tuple[str, float | None]:
    """Solve in growing slices, or in one of ``nodes`` branch-and-bound nodes; emits and returns as `cpsat.solve`.

    Raises:
        OptimizeError: the problem is unbounded.
    """
    import time

    from scipy.optimize import milp

    try:
        arguments = build(p, stop).arguments()
    except GivenUpError:
        return "unknown", None
    constant = p.constant
    end, slice_ = time.monotonic() + seconds, 0.5
    bound = None
    while True:
        left = end - time.monotonic()
        if stop() or left <= 0:
            return "unknown", bound
        arguments["options"] = {"mip_rel_gap": 0.0, "time_limit": max(0.05, left if nodes else min(slice_, left))}
        if nodes:
            arguments["options"]["node_limit"] = nodes
        found = milp(**arguments)
        if found.status == 2:
            return "infeasible", None
        if found.status == 3 or (found.status == 4 and is_unbounded(p)):
            raise unbounded(p)
        if found.mip_dual_bound is not None and math.isfinite(found.mip_dual_bound):
            bound = p.sign * float(found.mip_dual_bound) + constant
            emit(("bound", bound))
        if found.x is not None:
            emit(("x", np.round(found.x[: p.n]).tolist()))
        if found.status == 0:
            return "optimal", bound
        if stop() or nodes or time.monotonic() >= end - 0.05:
            return ("feasible" if found.x is not None else "unknown"), bound
        slice_ *= 2.0


def relaxation(p: Problem, seconds: float = 60.0) -> tuple[Program, Any]:
    """Return the program and `scipy.optimize.linprog`'s answer to its linear relaxation, with dual values."""
    from scipy.optimize import linprog

    prog = build(p)
    a = prog.matrix()
    upper = np.array([r[2] for r in prog.rows])
    lower = np.array([r[1] for r in prog.rows])
    equal = upper == lower
    up, down = np.isfinite(upper) & ~equal, np.isfinite(lower) & ~equal
    from scipy.sparse import vstack

    blocks = vstack([a[up], -a[down]]) if up.any() or down.any() else None
    return prog, linprog(
        prog.cost,
        A_ub=blocks,
        b_ub=None if blocks is None else np.concatenate([upper[up], -lower[down]]),
        A_eq=a[equal] if equal.any() else None,
        b_eq=upper[equal] if equal.any() else None,
        bounds=list(zip(prog.low, [None if math.isinf(h) else h for h in prog.high], strict=True)),
        method="highs",
        options={"time_limit": max(0.05, seconds)},
    )


def is_unbounded(p: Problem, seconds: float = 60.0) -> bool:
    """Return whether the linear relaxation has no end."""
    return any(math.isinf(v.high) for v in p.variables) and bool(relaxation(p, seconds)[1].status == 3)


def unbounded(p: Problem) -> OptimizeError:
    """Return the error of an unbounded problem: the variables that can grow for ever, and what fails to hold them."""
    free = [k for k, v in enumerate(p.variables) if math.isinf(v.high)]
    helps = [k for k in free if any(k in key and p.sign * value < 0 for key, value in p.terms)] or free
    touching = [c.name for c in p.constraints if isinstance(c, Linear) and {i for i, _ in c.terms} & set(helps)]
    held = f"; the constraints {', '.join(map(repr, touching[:5]))} don't stop it" if touching else ""
    return OptimizeError(
        f"the problem is unbounded: {names_of(p, helps)} can grow for ever and improve the objective{held}",
        where=f"variable {p.variables[helps[0]].name}",
        cure="give it a high, or a constraint that limits it",
        value=[p.variables[k].name for k in helps],
    )


def conflict(p: Problem, seconds: float = 10.0) -> list[str]:
    """Return names of constraints that can't be kept together (deletion filter); [] if feasible."""
    import time

    from scipy.optimize import Bounds, LinearConstraint, milp

    prog = build(p)
    owners = list(dict.fromkeys(o for o in prog.owner if o != "products"))
    end = time.monotonic() + seconds
    matrix = prog.matrix()
    low, high = np.array([r[1] for r in prog.rows]), np.array([r[2] for r in prog.rows])

    def infeasible(kept: list[str]) -> bool:
        rows = np.flatnonzero([o in kept or o == "products" for o in prog.owner])
        limits = [LinearConstraint(matrix[rows], low[rows], high[rows])] if len(rows) else []
        left = max(0.1, min(2.0, end - time.monotonic()))
        found = milp(np.zeros(len(prog.cost)), integrality=np.ones(len(prog.cost)), constraints=limits,
                     bounds=Bounds(np.array(prog.low), np.array(prog.high)), options={"time_limit": left})  # fmt: skip
        return bool(found.status == 2)

    if not infeasible(owners):
        return []
    core = owners
    size = max(1, len(core) // 2)
    while size >= 1 and time.monotonic() < end:  # drop blocks, then single constraints
        k = 0
        while k < len(core) and time.monotonic() < end:
            rest = core[:k] + core[k + size :]
            if infeasible(rest):
                core = rest
            else:
                k += size
        size //= 2
    return core


def infeasible(p: Problem, names: list[str]) -> OptimizeError:
    """Return the error of an infeasible problem with the constraints that conflict."""
    shown = ", ".join(map(repr, names[:8])) + (", …" if len(names) > 8 else "")
    told = f"these constraints can't be kept together: {shown}" if names else "no point keeps all constraints"
    return OptimizeError(
        f"the problem is infeasible: {told}",
        where=f"problem {p.name}",
        cure="loosen or drop one of them, or widen a variable's range",
        value=names,
    )
