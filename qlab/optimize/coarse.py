"""The coarse stage: QAOA on the whole problem or on windows of it, or a quantum-inspired sampler of its QUBO.

Yields events as it goes and returns the figures that the panel shows: P(opt), its multiple of uniform guessing,
energies.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np

from ..errors import OptimizeError
from . import inspired
from .events import Angles, Event, Sampled
from .local import Binary, Rounds
from .problem import Problem
from .scheduling import topological
from .search import Search
from .shop import schedule_of
from .variational import best_of, figures, histogram, make_engine, sample, tune
from .window import Effort, Tried, bit_windows, group_windows, order_windows

METHODS = ("qaoa", "annealing", "path_integral", "bifurcation", "discrete_bifurcation", "none")
Coarse = Generator[Event, None, tuple[str, dict[str, Any]]]
EACH = 0.1  # seconds between two times that figures of windows are told
SAMPLED_BITS = 4000  # a QUBO beyond it takes a sampler longer than it is worth


def start(s: Search) -> Iterator[Event]:
    """Offer a first point by a priority rule: the baseline that the coarse stage has to beat."""
    if s.p.kind in ("job_shop", "rcpsp"):
        event = s.offer(schedule_of(s.p, s.seed, None).point(), "priority rule")
        if event:
            yield event


def plainest(p: Problem) -> list[float]:
    """Return tasks one after another, or the lowest values: a point that takes no search, and may not be feasible."""
    x = [float(v.low) for v in p.variables]
    if p.kind in ("job_shop", "rcpsp"):
        lengths = [d for job in p.data["jobs"] for _, d in job] if p.kind == "job_shop" else p.data["durations"]
        now = 0.0
        for i in range(p.n - 1) if p.kind == "job_shop" else topological(p.data["successors"]):
            x[i] = now = max(now, x[i])
            now += lengths[i]
        x[-1] = max(now, x[-1])
    return x


def qaoa(s: Search, *, depth: int, window: int, windows: int, shots: int, mixer: str | None, seconds: float) -> Coarse:
    """QAOA: the whole problem if its bits fit the window, else windows of it."""
    p = s.p
    end = min(s.end, time.monotonic() + seconds)
    effort = Effort(window, depth, shots, s.seed, windows, end, s.stop)
    if p.kind in ("job_shop", "rcpsp"):
        shop = schedule_of(p, s.seed, s.x)
        tries = order_windows(shop, effort)
        return (yield from _windows(s, tries, "orders, Grover mixer"))
    if all(v.binary for v in p.variables) and not p.constraints and p.n > window:
        rng = np.random.default_rng([s.seed, 3])
        x = rng.integers(0, 2, p.n).astype(float)
        tries = bit_windows(p, x, effort)
        return (yield from _windows(s, tries, "bits, X mixer"))
    try:
        bits = p.to_bits(keep_groups=bool(p.groups))
        whole = bits.n <= window
    except OptimizeError:
        if any(math.isinf(v.high) for v in p.variables):
            raise
        whole = False
    if not whole:
        if not p.pure_binary:
            return "the problem takes more bits than a window, and its integers have no windows: skipped", {}
        first: Rounds = Binary(p, s.seed, s.x)
        begun = first.round()
        if begun is None:
            return "no feasible point to put windows into: skipped", {}
        event = s.offer(begun, "greedy moves")
        if event:
            yield event
        tries = group_windows(p, begun, effort)
        return (yield from _windows(s, tries, "one-hot groups, XY mixer"))
    kind = mixer or ("xy" if bits.groups else "x")
    if kind == "x" and bits.kept:
        bits = p.to_bits()
    engine = make_engine(bits, kind)
    best = None
    for step, value, found in tune(
        engine, bits, depth, init="ramp", optimize=True, evaluations=60, stop=lambda: s.stop() or time.monotonic() > end
    ):
        if best is None or value < best[0]:
            best = (value, found)
        yield Angles(s.now, step, value, best[0], tuple(found[:depth].tolist()), tuple(found[depth:].tolist()))
    if best is None:
        return "stopped before the first evaluation", {}
    prob, costs, p_opt, uniform, low = figures(engine, best[1])
    point, ok = best_of(p, bits, sample(engine, bits, prob, shots, s.seed))
    event = s.offer(point, "QAOA") if point is not None and ok else None
    if event:
        yield event
    told = {
        "p_opt": p_opt, "uniform": uniform, "times_uniform": p_opt / uniform, "histogram": histogram(prob, costs),
        "gammas": best[1][:depth], "betas": best[1][depth:], "bits": bits.n, "windows": 0, "mixer": kind, "lowest": low,
        "drawn": (bits, kind),
    }  # fmt: skip
    return f"{bits.n} bits, {kind} mixer, {_multiple(p_opt / uniform)}", told


def _windows(s: Search, tries: Iterator[Tried], what: str) -> Coarse:
    done: list[Tried] = []
    gained = 0
    told_at = -math.inf
    for t in tries:
        done.append(t)
        event = s.offer(t.x, f"QAOA window, {t.name}")
        if event:
            gained += 1
            yield event
        if s.now - told_at > EACH:
            told_at = s.now
            yield Sampled(told_at, _figures(done, gained))
        if s.proved:
            break
    if not done:
        return "no window had anything to choose", {}
    told = _figures(done, gained)
    plural = "window" if len(done) == 1 else "windows"
    return f"{len(done)} {plural} of at most {told['bits']} bits ({what}), {_multiple(told['times_uniform'])}", told


def _figures(done: list[Tried], gained: int) -> dict[str, Any]:
    # geometric mean: one window whose optimum is nearly certain must not hide the others
    times = math.exp(np.mean([math.log(max(t.p_opt, 1e-300) / t.uniform) for t in done]))
    last = done[-1]
    return {
        "p_opt": float(np.mean([t.p_opt for t in done])), "uniform": float(np.mean([t.uniform for t in done])),
        "times_uniform": times, "windows": len(done), "bits": max(t.bits for t in done),
        "histogram": histogram(*last.histogram), "window": last.name, "improved": gained, "drawn": last.drawn,
        "gammas": last.angles[: len(last.angles) // 2], "betas": last.angles[len(last.angles) // 2 :],
    }  # fmt: skip


def _multiple(times: float) -> str:
    return f"{times:.3g} × uniform" + (": worse than guessing" if times < 1 else "")


def sampler(s: Search, method: str, *, reads: int, seconds: float) -> Coarse:
    """A quantum-inspired sampler of the whole QUBO, in batches until the time is up; infeasible reads are repaired."""
    p = s.p
    end = min(s.end, time.monotonic() + seconds)
    options: dict[str, Any] = {"most": SAMPLED_BITS, "over": lambda: s.stop() or time.monotonic() > end}
    if p.kind in ("job_shop", "rcpsp") and s.value is not None:
        options["horizon"] = int(s.value)
    try:
        q = p.to_qubo(**options)
    except OptimizeError as error:
        if any(math.isinf(v.high) for v in p.variables):
            raise
        return f"skipped: {error.message}", {}
    if q.n > SAMPLED_BITS or len(q.coef) > 1_000_000:
        return f"skipped: {q.n:,} bits with {len(q.coef):,} couplings are too many for a sampler", {}
    values: list[float] = []
    feasible = 0
    done = 0
    # by the problem's size, never by the clock, so that the time limit only cuts: a batch takes about 0.1 s
    work = (len(q.coef) * 2 + q.n) * (8 * 8 if method == "path_integral" else 8)
    effort = min(5000, max(20, 200_000_000 // work))
    while time.monotonic() < end and not s.stop() and done < reads:
        count = min(8, reads - done)
        found, energies = inspired.sample(q, method, reads=count, effort=effort, seed=s.seed, first=done)
        done += count
        for b, _ in zip(found, energies, strict=True):
            x = q.bits.decode(b[: q.bits.n])
            if p.feasible(x):
                feasible += 1
                values.append(p.value(x))
                event = s.offer(x, method.replace("_", " "))
                if event:
                    yield event
        if s.proved:
            break
    told: dict[str, Any] = {
        "bits": q.n,
        "reads": done,
        "feasible": feasible,
        "values": values,
        "safe": q.safe,
        "windows": 0,
    }
    told["_best"] = lambda best: _share(values, done, best, q.n)
    return f"{done} reads of {q.n} bits, {feasible} feasible", told


def _share(values: list[float], reads: int, best: float | None, n: int) -> dict[str, Any]:
    """Return P(opt) against the best value known at the end; uniform guessing finds it with at least 2**-n."""
    if best is None or not reads:
        return {}
    hits = sum(abs(v - best) <= 1e-9 * max(1.0, abs(best)) for v in values)
    return {
        "p_opt": hits / reads,
        "log2_uniform": -n,
        "log2_times_uniform": math.log2(hits / reads) + n if hits else -math.inf,
    }
