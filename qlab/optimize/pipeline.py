"""`solve`: coarse, refine, verify. `stream` is the generator of its events, `start` runs it on a thread of its own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from copy import copy
from functools import partial
from typing import Any, TypeVar

from ..errors import OptimizeError, not_one_of
from . import bounds, certificate, coarse, cpsat, inspired, milp, refine
from .encode import describe
from .events import Event, Finished, StageEnded, StageStarted, Started
from .job import Run, Stop, background
from .problem import Problem
from .ready import needed, ready
from .search import Search
from .solution import Solution

SHARE = 0.3  # of the time limit that the coarse stage may take when another follows
GRACE, LATE = 0.1, 0.2  # seconds that a stage, and the check, may go on after a stop or the end of the time

T = TypeVar("T")
Stage = Generator[Event, None, tuple[str, dict[str, Any]]]


def solve(p: Problem, **options: Any) -> Solution:
    """Solve a problem: coarse quantum or quantum-inspired, refined classically, verified. Blocks; Ctrl-C stops it
    early.

    Args:
        p: What is asked.
        coarse: ``"qaoa"`` (whole up to ``window`` bits, else windows), ``"annealing"`` (extra ``opt``),
            ``"path_integral"``, ``"bifurcation"``, ``"discrete_bifurcation"`` or ``"none"``.
        refine: ``"local"``, ``"cp_sat"`` (extra ``opt``), ``"milp"`` or ``"none"``; by default what suits the problem.
        verify: Whether the certificate is checked, and a bound sought that needs no trust in a solver.
        time_limit: Seconds for all of it, compiling at the first use on a machine left out. It only cuts: no stage
            looks at the clock to decide how it works.
        seed: Of everything random. The same seed gives the same result as long as no limit cuts; where the refiner
            would go on until the limit, ``steps`` ends it at the same place on any machine.
        steps: Budget of the refiner: rounds of local search, hundreds of MILP's nodes, CP-SAT's deterministic
            seconds (workers then take turns). ``None``: until proven, or the time limit.
        depth, window, windows, shots, mixer: Of QAOA: layers, bits of a window (at most 20), how many windows, samples.
        reads: Of the samplers.

    Returns:
        A feasible `Solution`.

    Raises:
        OptimizeError: the problem is infeasible (with the constraints that conflict) or unbounded, no feasible point
            was found in time, an option is out of range, or an extra is missing.

    Example:
        >>> from qlab.optimize import knapsack
        >>> solve(knapsack([6, 5, 4], [3, 2, 2], 4), time_limit=5).value
        9.0
    """
    run = start(p, **options)
    try:
        run.wait()
    except KeyboardInterrupt:
        run.stop()
        run.wait(2.0)
    if run.result is None:
        raise OptimizeError(
            "stopped before a feasible point was found", where=f"problem {p.name}", cure="give it longer"
        )
    result: Solution = run.result
    return result


def start(p: Problem, **options: Any) -> Run:
    """Start solving and return at once; options as `solve`. ``run.result`` is the `Solution` in the end."""
    checked = check(p, options)
    run = Run(p.name, lambda stop: stream(p, stop=stop, **checked))
    run.problem, run.limit = p, float(checked["time_limit"])
    asked = {key: checked[key] for key in ("coarse", "time_limit", "seed")}
    run.settings = {**asked, "refine": checked["refine"] or "auto"}
    return run.start()


def check(p: Problem, options: dict[str, Any]) -> dict[str, Any]:
    """Return all options with their defaults; raise an OptimizeError for one that is out of range."""
    if not isinstance(p, Problem):
        raise OptimizeError(f"a {type(p).__name__} isn't a problem", where="solve", cure="make one with qlab.optimize")
    known: dict[str, Any] = {
        "coarse": "qaoa", "refine": None, "verify": True, "time_limit": 10.0, "seed": 0, "depth": 8, "window": 16,
        "windows": 24, "shots": 2048, "mixer": None, "reads": 64, "steps": None,
    }  # fmt: skip
    for key in options:
        if key not in known:
            raise not_one_of(OptimizeError, "option", key, known, where="solve")
    o = {**known, **options}
    if o["coarse"] not in coarse.METHODS:
        raise not_one_of(OptimizeError, "coarse", o["coarse"], coarse.METHODS, where="solve")
    if o["refine"] is not None and o["refine"] not in refine.METHODS:
        raise not_one_of(OptimizeError, "refine", o["refine"], refine.METHODS, where="solve")
    for key, low, high in (
        ("depth", 1, 100),
        ("window", 2, 20),
        ("windows", 1, 10**6),
        ("shots", 1, 10**7),
        ("reads", 1, 10**6),
        ("steps", 1, 10**6),
    ):
        v = o[key]
        if key == "steps" and v is None:
            continue
        if not isinstance(v, int) or isinstance(v, bool) or not low <= v <= high:
            raise OptimizeError(
                f"{key}={v!r} is out of range", where="solve", cure=f"use a whole number from {low} to {high}"
            )
    if not isinstance(o["time_limit"], (int, float)) or not 0 < o["time_limit"] < math.inf:
        raise OptimizeError(f"time_limit={o['time_limit']!r}", where="solve", cure="give seconds above 0")
    if not isinstance(o["seed"], int) or o["seed"] < 0:
        raise OptimizeError(f"seed={o['seed']!r}", where="solve", cure="use a whole number from 0")
    if o["mixer"] not in (None, "x", "xy", "xy_complete", "grover"):
        raise not_one_of(OptimizeError, "mixer", o["mixer"], ("x", "xy", "xy_complete", "grover"), where="solve")
    if o["refine"] == "cp_sat":
        cpsat.cp_model()  # says at once what is missing
    if o["coarse"] == "annealing":
        inspired.dwave_samplers()
    return o


def stream(p: Problem, *, stop: Stop | None = None, **options: Any) -> Iterator[Event]:
    """Yield the events of one solve; options as `solve`. The last event is `Finished` with the `Solution`."""
    o = check(p, options)
    chosen = o["refine"] or refine.choose(p)
    stop = stop or Stop()
    stages = tuple(
        k for k, on in (("coarse", o["coarse"] != "none"), ("refine", chosen != "none"), ("verify", o["verify"])) if on
    )
    made: certificate.Certificate | None = None
    report: certificate.Report | None = None
    ended: list[StageEnded] = []
    seen: list[Event] = []

    def told(event: Event) -> Event:
        seen.append(event)
        return event

    yield told(
        Started(p.name, p.kind, p.sense, stages, {"variables": p.n, "constraints": len(p.constraints)}, o["seed"])
    )
    for event in ready(needed(p, o["coarse"], chosen, window=o["window"]), stop):
        yield told(event)
    s = Search(p, o["time_limit"], o["seed"], stop)
    yield from _aside(s, _begin, told, LATE)
    for stage in stages:
        method = {"coarse": o["coarse"], "refine": chosen, "verify": "checker"}[stage]
        if (stage == "refine" and s.proved) or (stage != "verify" and stop()):
            continue
        if stage == "verify":
            yield from map(told, _plain(s))
            if s.x is None:
                continue
        began, before = time.monotonic(), s.value
        yield told(StageStarted(s.now, stage, method))
        text, figures = "left where it was", dict[str, Any]()
        if stage == "verify":
            if not stop():
                yield from _aside(s, partial(_prove, steps=o["steps"]), told, GRACE)
            checked = yield from _aside(s, _check, told, LATE)
            if checked is not None:
                made, report = checked
            text = "not checked: stopped before" if report is None else report.text
        else:
            share = SHARE if chosen != "none" else 1.0
            work = partial(_coarse if stage == "coarse" else _refine, method=method, share=share, o=o)
            done = yield from _aside(s, work, told, GRACE)
            if done is not None:
                text, figures = done
        added = _added(before, s.value) if stage != "verify" else ""
        ended.append(StageEnded(s.now, stage, method, time.monotonic() - began, before, s.value,
                                f"{text}; {added}" if added else text, figures))  # fmt: skip
        yield told(ended[-1])
    yield from map(told, _plain(s))
    if s.x is None:
        _nothing(s)
    for k, e in enumerate(ended):  # samplers' P(opt) is against the best value known at the end
        late = e.figures.pop("_best", None)
        if late is not None:
            e.figures.update(late(s.value))
            ended[k] = e
    assert s.x is not None
    assert s.value is not None
    made = made or _certificate(s)
    reason = "optimal" if s.proved else "stopped" if stop() else "time limit" if time.monotonic() >= s.end else "done"
    result = Solution(p, s.x, s.value, s.bound, s.bound_source, bounds.gap_of(p, s.value, s.bound), made, report,
                      tuple(ended), reason, s.now, o["seed"], seen)  # fmt: skip
    yield told(Finished(s.now, reason, result))


def _aside(
    s: Search, work: Callable[[Search], Generator[Event, None, T]], told: Callable[[Event], Event], grace: float
) -> Generator[Event, None, T | None]:
    """Run a part of a solve on a thread and a state of its own; pass its events on, and take over what it found.

    ``grace`` seconds after a stop or the end of the time it is left behind; it then ends by itself and changes nothing
    any more. Returns what the part returns, None if it was left.
    """
    mine, left = copy(s), list[bool]()
    mine.stop = lambda: bool(left) or s.stop()

    def drive(emit: Callable[[Any], None]) -> Any:
        steps = work(mine)
        while True:
            try:
                event = next(steps)
            except StopIteration as end:
                return end.value, mine.known()
            emit((event, mine.known()))

    try:
        for event, rest in background(drive, s.stop, end=max(s.end, time.monotonic()), grace=grace):
            if event == "done":
                s.learn(rest[1])
                value: T = rest[0]
                return value
            s.learn(rest)
            yield told(event)
    finally:
        left.append(True)
    return None


def _begin(s: Search) -> Generator[Event, None, None]:
    """Tell of an unbounded problem; take a first bound, and a first point by rule."""
    event: Event | None = None
    if (
        not s.stop()
        and any(math.isinf(v.high) for v in s.p.variables)
        and milp.is_unbounded(s.p, s.end - time.monotonic())
    ):
        raise milp.unbounded(s.p)
    _ = s.p.hash, s.p.evaluate  # which take their time for a large problem; here a stop needn't wait for them
    event = s.prove(bounds.quick(s.p))
    if event:
        yield event
    if not s.stop():  # or the kernels that a rule takes may not be ready
        yield from coarse.start(s)


def _plain(s: Search) -> list[Event]:
    """Return the plainest point if it is feasible and there is no other."""
    found = s.offer(coarse.plainest(s.p), "the plainest point") if s.x is None else None
    return [found] if found else []


def _coarse(s: Search, method: str, share: float, o: dict[str, Any]) -> Stage:
    seconds = o["time_limit"] * share
    if method != "qaoa":
        return (yield from coarse.sampler(s, method, reads=o["reads"], seconds=seconds))
    return (yield from coarse.qaoa(s, depth=o["depth"], window=o["window"], windows=o["windows"], shots=o["shots"],
                                   mixer=o["mixer"], seconds=seconds))  # fmt: skip


def _refine(s: Search, method: str, share: float, o: dict[str, Any]) -> Stage:
    if method == "local":
        return (yield from refine.local(s, o["verify"], o["steps"])), {}
    return (yield from refine.exact(s, method, o["steps"])), {}


def _prove(s: Search, steps: int | None) -> Generator[Event, None, None]:
    """Look for a bound that a checker can recompute."""
    # the checker takes an eigenvalue of its own
    left = s.end - time.monotonic() - (3e-10 * s.p.n**3 if not s.p.constraints else 0.0)
    better = s.prove(bounds.best_independent(s.p, max(0.02, left), s.stop, steps))
    if better:
        yield better


def _check(s: Search) -> Generator[Event, None, tuple[certificate.Certificate, certificate.Report]]:
    made = _certificate(s)
    yield from ()
    return made, certificate.check(made, s.p)


def _certificate(s: Search) -> certificate.Certificate:
    return certificate.make(s.p, s.x, s.bound, s.bound_source, s.solver, s.proof)


def _added(before: float | None, after: float | None) -> str:
    if after is None:
        return "found nothing feasible"
    if before is None:
        return f"found {after:g}"
    return "added nothing" if before == after else f"{before:g} to {after:g}"


def _nothing(s: Search) -> None:
    """Raise: infeasible if that can be shown, else that time was too short."""
    if s.stop():
        raise OptimizeError("stopped before a feasible point was found", where=f"problem {s.p.name}",
                            cure="solve again; kernels that were being compiled will be ready")  # fmt: skip
    if s.p.constraints:
        seconds = max(0.25, s.end - time.monotonic())
        work = partial(refine.conflict, s.p, seconds=seconds)
        for _, names in background(lambda emit: work(), s.stop, end=time.monotonic() + seconds, grace=LATE):
            if names:
                raise milp.infeasible(s.p, names)
    raise OptimizeError(
        f"no feasible point was found in {s.now:.1f} s",
        where=f"problem {s.p.name}",
        cure="raise time_limit, or use refine='cp_sat' or 'milp'",
    )


def sizes(p: Problem) -> dict[str, Any]:
    """Return the sizes that a panel shows: variables, constraints, bits, whether the penalty is safe."""
    return {"variables": p.n, "constraints": len(p.constraints), **describe(p)}
