"""The fine stage: local search, CP-SAT or MILP from the incumbent on; bounds and incumbents stream as they tighten."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from typing import Any

from ..errors import OptimizeError
from . import bounds, cpsat, milp
from .events import Event
from .job import background
from .local import improve
from .problem import Problem
from .search import Search

METHODS = ("local", "cp_sat", "milp", "none")
FIRST = 6  # rounds of local search before a solver that takes no hint
Refine = Generator[Event, None, str]


def choose(p: Problem) -> str:
    """Return the refiner that suits a problem: exact where that has a chance, else local search."""
    if p.kind in ("job_shop", "rcpsp") or not all(v.binary for v in p.variables):
        return "cp_sat" if cpsat.available() and not any(math.isinf(v.high) for v in p.variables) else "milp"
    products = sum(len(k) > 1 for k, _ in p.terms)
    if p.constraints:
        return "milp" if products < 3000 else "local"
    return "milp" if products <= 700 and p.n <= 150 else "local"


def local(s: Search, verify: bool = True, steps: int | None = None) -> Refine:
    """Local search until proven, stopped or out of time; or for ``steps`` rounds."""
    count = 0
    if s.x is None and s.p.constraints:  # a point first: the proof of a large problem takes its time
        for x in improve(s.p, s.seed, None, end=s.end, stop=s.stop, done=lambda: s.proved, rounds=1):
            event = s.offer(x, "local search")
            if event:
                count += 1
                yield event
    if verify:  # cheap proofs first: a search that meets its bound may end
        small = s.p.pure_binary and s.p.n <= bounds.ENUMERATE
        left = 0.25 * (s.end - time.monotonic())
        proof = bounds.enumeration(s.p) if small else bounds.linear(s.p, left) if s.p.constraints else None
        better = s.prove(proof)
        if better:
            yield better
    # an eigenvalue bound takes its time, which is left to it where it is the only proof
    spare = 0.0
    if verify and not s.p.constraints and bounds.ENUMERATE < s.p.n <= bounds.SPECTRAL:
        spare = (s.end - s.began) * min(0.5, 0.25 + 1e-9 * s.p.n**3)
    late = s.now + 0.5 * (s.end - s.began)  # by then a feasible point is there, or why there is none is looked for

    def done() -> bool:
        return s.proved or (s.x is None and s.now > late)

    for x in improve(s.p, s.seed, s.x, end=s.end - spare, stop=s.stop, done=done, rounds=steps):
        event = s.offer(x, "local search")
        if event:
            count += 1
            yield event
    return f"{count} improvements"


def exact(s: Search, method: str, steps: int | None = None) -> Refine:
    """CP-SAT or MILP on a thread of its own, with the incumbent as hint; a stop doesn't wait for it.

    ``steps``: of CP-SAT's deterministic time, which is near a second on one core; or hundreds of nodes of the MILP.
    """
    name = "CP-SAT" if method == "cp_sat" else "MILP"
    seconds = max(0.05, s.end - time.monotonic())
    handle: list[Any] = []
    event: Event | None = None
    improved = 0
    if (method == "milp" or s.x is None) and s.p.kind not in ("job_shop", "rcpsp") and s.p.pure_binary:
        # SciPy's MILP takes no hint, and its own heuristics are weak on products
        end = time.monotonic() + min(0.3, 0.1 * seconds)
        for x in improve(s.p, s.seed, s.x, end=end, stop=s.stop, done=lambda: s.proved, rounds=FIRST):
            event = s.offer(x, "local search")
            if event:
                improved += 1
                yield event
        seconds = max(0.05, s.end - time.monotonic())
    hint = s.x
    if method == "cp_sat":

        def work(emit: Any) -> Any:
            model = cpsat.build(s.p, over=lambda: bool(handle))
            left = s.end - time.monotonic()
            if handle or left <= 0:  # nobody waits any more
                return "unknown", None
            return cpsat.solve(model, hint=hint, seconds=left, seed=s.seed, emit=emit, handle=handle, steps=steps)
    else:

        def work(emit: Any) -> Any:
            return milp.solve(
                s.p, seconds=seconds, emit=emit, stop=lambda: s.stop() or bool(handle),
                nodes=None if steps is None else 100 * steps,
            )  # fmt: skip

    status, count = "unknown", improved
    try:
        for kind, item in background(work, s.stop, end=s.end + 0.05):
            event = None
            if kind == "x":
                event = s.offer(item, name)
                count += event is not None
            elif kind == "bound":
                event = s.raise_bound(item, name, name)
            elif kind == "done":
                status, bound = item
                if bound is not None:
                    event = s.raise_bound(bound, name, name)
            if event:
                yield event
    finally:
        if method == "cp_sat" and handle and handle[0] is not None:
            handle[0].stop_search()
        handle.append(None)  # the MILP's next slice doesn't begin
    if status == "infeasible":
        raise milp.infeasible(s.p, conflict(s.p, method, max(0.25, s.end - time.monotonic())))
    if status == "optimal" and s.value is not None:
        event = s.raise_bound(s.value, name, name)
        if event:
            yield event
    return f"{count} improvements, {status}"


def conflict(p: Any, method: str = "milp", seconds: float = 5.0) -> list[str]:
    """Return names of constraints that conflict, by CP-SAT for schedules, else by MILP."""
    if cpsat.available() and (method == "cp_sat" or p.kind in ("job_shop", "rcpsp")):
        try:
            return cpsat.conflict(p, seconds)
        except OptimizeError:
            pass
    return milp.conflict(p, seconds)
