"""A problem for CP-SAT (extra ``opt``): intervals for schedules, products as helper variables, whole numbers."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..errors import OptimizeError
from .parts import Cumulative, Linear, NoOverlap
from .problem import Problem
from .terms import FloatArray, lattice, watched

WORKERS = 4  # on 2 cores: j3013_1 in 3 s where 2 and 8 take 5; job shops don't mind


def cp_model() -> Any:
    """Return OR-tools' CP-SAT module.

    Raises:
        OptimizeError: the extra isn't installed.
    """
    try:
        return importlib.import_module("ortools.sat.python.cp_model")
    except ImportError as error:
        raise OptimizeError(
            "CP-SAT comes from ortools, which isn't installed",
            where="refine='cp_sat'",
            cure="pip install 'qlab[opt]', or use refine='milp' or 'local'",
        ) from error


def available() -> bool:
    """Return whether CP-SAT can be used."""
    try:
        cp_model()
    except OptimizeError:
        return False
    return True


@dataclass
class Model:
    """A CP-SAT model of a problem; ``step`` is the objective's unit, 0 if it isn't a whole-number one."""

    problem: Problem
    model: Any
    variables: list[Any]
    step: float
    literals: dict[str, Any] = field(default_factory=dict)


def build(p: Problem, *, relaxable: bool = False, over: Callable[[], bool] = lambda: False) -> Model:
    """Return the model; with ``relaxable`` every constraint hangs on an assumption, to find conflicts.

    ``over`` is asked now and then whether to give up.

    Raises:
        OptimizeError: a variable without an upper bound, or a constraint whose numbers have no common measure.
        GivenUpError: when ``over`` says so.
    """
    cp = cp_model()
    model = cp.CpModel()
    variables = []
    for v in p.variables:
        if math.isinf(v.high):
            raise OptimizeError(f"{v.name} has no upper bound", where=f"variable {v.name}",
                                cure="give it a high: Integer(name, low, high)")  # fmt: skip
        variables.append(model.NewIntVar(v.low, int(v.high), v.name) if not v.binary else model.NewBoolVar(v.name))
    made = Model(p, model, variables, 0.0)
    for c in p.constraints:
        literal = model.NewBoolVar(f"keep {c.name}") if relaxable else None
        if literal is not None:
            made.literals[c.name] = literal
        if isinstance(c, Linear):
            _linear(model, variables, c, literal)
        elif isinstance(c, NoOverlap):
            model.AddNoOverlap([_interval(model, variables[i], d, c.name, literal) for i, d in c.tasks if d > 0])
        elif isinstance(c, Cumulative):
            tasks = [t for t in c.tasks if t[1] > 0]
            intervals = [_interval(model, variables[i], d, c.name, literal) for i, d, _ in tasks]
            model.AddCumulative(intervals, [r for _, _, r in tasks], c.capacity)
    _objective(made, over)
    return made


def _interval(model: Any, start: Any, duration: int, name: str, literal: Any) -> Any:
    if literal is not None:
        return model.NewOptionalFixedSizeIntervalVar(start, duration, literal, name)
    return model.NewFixedSizeIntervalVar(start, duration, name)


def _linear(model: Any, variables: list[Any], c: Linear, literal: Any) -> None:
    step = lattice([c.rhs, *(a for _, a in c.terms)])
    if step == 0.0:
        raise OptimizeError(
            f"the numbers of constraint {c.name!r} have no common measure, and CP-SAT counts in whole numbers",
            where=f"constraint {c.name}", cure="round them to six decimals, or use refine='milp'",
        )  # fmt: skip
    left = sum(round(a / step) * variables[i] for i, a in c.terms)
    right = round(c.rhs / step)
    if not c.terms:
        left = 0 * variables[0]
    made = model.Add(left <= right if c.sense == "<=" else left >= right if c.sense == ">=" else left == right)
    if literal is not None:
        made.OnlyEnforceIf(literal)


def _objective(m: Model, over: Callable[[], bool]) -> None:
    p, model = m.problem, m.model
    step = lattice([v for k, v in p.terms if k])
    m.step = step
    scale = 1.0 / step if step > 0 else 1.0
    parts, products = [], {}
    for key, value in watched(p.terms, over):
        if not key:
            continue
        factor = round(value * scale) if step > 0 else value
        if len(key) == 1:
            parts.append(factor * m.variables[key[0]])
            continue
        if key not in products:
            factors = [m.variables[i] for i in key]
            if all(p.variables[i].binary for i in key):
                z = model.NewBoolVar(f"product {key}")
                for f in factors:
                    model.AddImplication(z, f)
                model.AddBoolOr([z, *(f.Not() for f in factors)])
            else:
                low = min(0, *(v.low for v in p.variables))
                high = math.prod(max(abs(p.variables[i].low), abs(int(p.variables[i].high))) for i in key)
                z = model.NewIntVar(-high if low < 0 else 0, high, f"product {key}")
                model.AddMultiplicationEquality(z, factors)
            products[key] = z
        parts.append(factor * products[key])
    if parts:
        total = sum(parts)
        model.Minimize(total) if p.sense == "min" else model.Maximize(total)


def solve(
    m: Model, *, hint: FloatArray | None, seconds: float, seed: int, emit: Callable[[Any], None], handle: list[Any],
    steps: int | None = None,
) -> tuple[str, float | None]:  # fmt: skip
    """Solve, in ``steps`` of deterministic time if given; returns (status, bound).

    Emits ("x", point) and ("bound", value) on the way and puts the solver into ``handle``.

    Statuses: ``"optimal"``, ``"feasible"``, ``"infeasible"``, ``"unknown"``.
    """
    cp, p = cp_model(), m.problem
    if hint is not None:
        for variable, value in zip(m.variables, hint.tolist(), strict=True):
            m.model.AddHint(variable, round(value))
    solver = cp.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, seconds)
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = seed % 2**31
    if steps is not None:
        solver.parameters.max_deterministic_time = float(steps)
        solver.parameters.interleave_search = True  # workers take turns, so that the search doesn't hang on timing
    constant = p.constant
    unit = m.step if m.step > 0 else 1.0

    class Found(cp.CpSolverSolutionCallback):  # type: ignore[misc,name-defined]
        def on_solution_callback(self) -> None:
            emit(("x", [self.Value(v) for v in m.variables]))

    def told(bound: float) -> None:
        if math.isfinite(bound) and abs(bound) < 1e15:
            emit(("bound", bound * unit + constant))

    solver.best_bound_callback = told
    handle.append(solver)
    status = solver.Solve(m.model, Found())
    names = {cp.OPTIMAL: "optimal", cp.FEASIBLE: "feasible", cp.INFEASIBLE: "infeasible"}
    name = names.get(status, "unknown")
    bound = None
    if name in ("optimal", "feasible") and p.terms:
        bound = solver.BestObjectiveBound() * unit + constant
    return name, bound


def conflict(p: Problem, seconds: float = 5.0) -> list[str]:
    """Return names of constraints that can't be kept together, each of them needed; [] if unknown."""
    cp = cp_model()
    m = build(p, relaxable=True)
    m.model.ClearObjective()
    names = list(m.literals)
    end = time.monotonic() + seconds

    def infeasible(kept: list[str]) -> list[str] | None:
        m.model.ClearAssumptions()
        m.model.AddAssumptions([m.literals[n] for n in kept])
        solver = cp.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.05, end - time.monotonic())
        solver.parameters.num_workers = 1
        if solver.Solve(m.model) != cp.INFEASIBLE:
            return None
        core = {
            m.model.Proto().variables[k if k >= 0 else -k - 1].name
            for k in solver.SufficientAssumptionsForInfeasibility()
        }
        return [n for n in kept if f"keep {n}" in core] or kept

    core = infeasible(names)
    if core is None:
        return []
    for name in list(core) if len(core) <= 60 else []:
        if time.monotonic() > end:
            break
        smaller = infeasible([n for n in core if n != name]) if name in core else None
        if smaller is not None:
            core = smaller
    return core
