"""`qaoa`: angles to a good state of a problem's cost, streaming like a training run. Must not refine classically."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import OptimizeError, not_one_of
from . import angles as start_angles
from .bits import Bits, bits_of
from .circuits import KINDS, circuit_of
from .diagonal import build, check_size
from .events import Angles, Event, Finished, Incumbent, StageEnded, StageStarted, Started
from .job import Run, Stop, background
from .objective import weigher
from .problem import Problem
from .product import ProductMixer, spaces
from .ready import for_qaoa, is_ready, ready
from .terms import FloatArray, IntArray
from .xmixer import XMixer

if TYPE_CHECKING:
    from ..circuit import Circuit

MIXERS = ("x", "xy", "xy_complete", "grover")
INITS = ("ramp", "interp", "fixed", "warm")
SHOTS = 2048
Engine = XMixer | ProductMixer
Tuned = tuple[int, float, FloatArray]


@dataclass(frozen=True, eq=False)
class QaoaResult:
    """What QAOA reached.

    Attributes:
        energy: The minimised objective at the angles (penalised cost, or its CVaR).
        gammas, betas: Radians; gammas per unit of cost.
        p_opt: Probability of sampling a string of the lowest cost (computed exactly from the state).
        uniform: The same for uniform guessing over the same strings; ``times_uniform`` is their ratio.
        value, x, feasible: The best of ``shots`` sampled strings, feasible ones first.
        lowest: The lowest cost there is, which a simulator can tell and a device could not.
        histogram: (cost edges, probability by bin of QAOA, of uniform guessing), for panels.
    """

    problem: Problem
    bits: Bits
    mixer: str
    energy: float
    gammas: FloatArray
    betas: FloatArray
    p_opt: float
    uniform: float
    value: float | None
    x: FloatArray | None
    feasible: bool
    lowest: float
    mean: float
    evaluations: int
    seconds: float
    shots: int
    histogram: tuple[FloatArray, FloatArray, FloatArray] = field(repr=False)
    tilts: FloatArray | None = field(default=None, repr=False)

    @property
    def times_uniform(self) -> float:
        """How much likelier the optimum is than by uniform guessing; below 1 it is worse than guessing."""
        return self.p_opt / self.uniform

    @property
    def circuit(self) -> Circuit:
        """The circuit with its angles as weights w."""
        tilts = None if self.tilts is None else self.tilts.tolist()
        return circuit_of(self.bits, len(self.gammas), self.mixer if tilts is None else "warm", tilts)

    @property
    def weights(self) -> FloatArray:
        """The circuit's weights: gammas, then betas."""
        return np.concatenate([self.gammas, self.betas])


def qaoa(
    p: Problem,
    depth: int = 8,
    *,
    mixer: str = "x",
    init: str = "ramp",
    objective: str = "mean",
    alpha: float = 0.1,
    optimize: bool = True,
    evaluations: int = 60,
    dtype: str = "float64",
    shots: int = SHOTS,
    seed: int = 0,
    warm: Sequence[float] | None = None,
    bits: Bits | None = None,
) -> Run:
    """Start QAOA on a problem and return at once; ``run.wait(); run.result`` is a `QaoaResult`.

    Args:
        p: At most 28 bits with the X mixer (refused earlier when memory is short).
        depth: Layers.
        mixer: ``"x"``, ``"xy"`` (ring), ``"xy_complete"`` or ``"grover"``; all but the first keep one-hot groups.
        init: ``"ramp"`` (two numbers are tuned, then all angles), ``"interp"`` (from one layer upwards), ``"fixed"``
            (a table, no tuning unless ``optimize``), ``"warm"`` (starts near ``warm`` or a greedy point).
        objective: ``"mean"`` or ``"cvar"`` with ``alpha``.
        optimize: Whether all 2·depth angles are tuned by their gradient after the start.
        evaluations: Of the energy, at most (a gradient counts as four); ``"interp"`` spends them anew on each layer.
        dtype: ``"float64"`` or ``"float32"`` states.
        shots: Samples from which the best is taken.
        seed: Of the samples; the same seed gives the same result.
        warm: For ``init="warm"``: each bit's probability of being 1.
        bits: The problem over bits, if made already.

    Raises:
        OptimizeError: for unknown names, a mixer that doesn't fit, or a problem too large, with its need.

    Example:
        >>> from qlab.optimize import maxcut
        >>> run = qaoa(maxcut([(0, 1), (1, 2), (2, 3), (3, 0)]), depth=2)
        >>> run.wait(), run.result.value
        (True, 4.0)
    """
    options: dict[str, Any] = {
        "depth": depth, "mixer": mixer, "init": init, "objective": objective, "alpha": alpha, "optimize": optimize,
        "evaluations": evaluations, "dtype": dtype, "shots": shots, "seed": seed, "warm": warm, "bits": bits,
    }  # fmt: skip
    check(options)
    if bits is None:
        bits = options["bits"] = p.to_bits(keep_groups=mixer != "x")
    if mixer == "x" and init != "warm":
        check_size(bits.n, width=8 if dtype == "float64" else 4)
    run = Run(f"QAOA of {p.name}", lambda stop: events(p, stop=stop, **options))
    run.problem = p
    return run.start()


def check(options: dict[str, Any]) -> None:
    """Raise an OptimizeError for options that are out of range."""
    for key, allowed in (("mixer", MIXERS), ("init", INITS), ("objective", ("mean", "cvar"))):
        if options[key] not in allowed:
            raise not_one_of(OptimizeError, key, options[key], allowed, where="qaoa")
    for key in ("depth", "evaluations", "shots"):
        value = options[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise OptimizeError(f"{key}={value!r}", where="qaoa", cure="use a whole number of at least 1", value=value)
    if options["init"] == "warm" and options["mixer"] != "x":
        raise OptimizeError("a warm start tilts the X mixer", where="qaoa", cure="use mixer='x' with init='warm'")


def make_engine(
    bits: Bits, mixer: str, *, dtype: str = "float64", tilts: FloatArray | None = None, threads: int | None = None
) -> Engine:
    """Return what evaluates the angles."""
    if tilts is not None:
        return ProductMixer(bits, spaces(bits, "warm", tilts.tolist()))
    if mixer == "x":
        check_size(bits.n, width=4 if dtype == "float32" else 8)
        return XMixer(build(bits.terms, bits.n), dtype=dtype, threads=threads)
    return ProductMixer(bits, spaces(bits, KINDS[mixer]), grover=mixer == "grover")


def tune(
    engine: Engine,
    bits: Bits,
    depth: int,
    *,
    init: str,
    optimize: bool,
    evaluations: int,
    objective: str = "mean",
    alpha: float = 1.0,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Tuned]:
    """Yield (evaluation, energy, angles) of each evaluation as it comes; the best of the full depth is the answer."""
    scale = start_angles.unit(bits.terms) if isinstance(engine, XMixer) else float(np.std(engine.costs()) or 1.0) / 2
    weigh = weigher(objective, alpha, engine.costs()) if objective == "cvar" else None
    spent, limit = 0, evaluations
    found: list[Tuned] = []
    left: list[bool] = []

    def energy(g: FloatArray, b: FloatArray) -> float:
        nonlocal spent
        spent += 1
        value = engine.energy(g, b) if weigh is None else engine.energy_and_gradient(g, b, weigh)[0]
        found.append((spent, value, np.concatenate([g, b])))
        return value

    def slope(angles: FloatArray) -> tuple[float, FloatArray]:
        nonlocal spent
        if stop() or left or spent > limit:
            raise StopIteration
        spent += 4
        p = len(angles) // 2
        value, grad = engine.energy_and_gradient(angles[:p], angles[p:], weigh)
        found.append((spent, value, angles.copy()))
        return value, grad

    def descend(angles: FloatArray, steps: int) -> Generator[Tuned, None, FloatArray]:
        """Yield each evaluation of a descent as it comes, and return the best angles of their number."""
        # gammas in units of the cost, so that one step size suits both kinds of angle
        p = len(angles) // 2
        by = np.concatenate([np.full(p, scale), np.ones(p)])

        def work(emit: Callable[[Tuned], None]) -> None:
            from scipy.optimize import minimize

            def scaled(a: FloatArray) -> tuple[float, FloatArray]:
                value, grad = slope(a / by)
                emit(found[-1])
                return value, grad / by

            with contextlib.suppress(StopIteration):
                minimize(scaled, angles * by, jac=True, method="L-BFGS-B", options={"maxiter": steps})

        try:  # never left while it works: nothing else may use the engine then
            for item in background(work, lambda: False, end=math.inf):
                if item[0] != "done":
                    yield item
        finally:
            left.append(True)
        left.clear()
        good = [f for f in found if len(f[2]) == len(angles)]
        return min(good, key=lambda f: f[1])[2] if good else angles

    if init == "fixed":
        best = np.concatenate(start_angles.fixed(depth, scale))
        energy(best[:depth], best[depth:])
        yield found[-1]
    elif init == "interp":
        g, b = start_angles.ramp(1, 1.2, 0.8, scale)
        best = yield from descend(np.concatenate([g, b]), 10)
        while len(best) < 2 * depth:
            p = len(best) // 2
            best = np.concatenate([start_angles.interp(best[:p]), start_angles.interp(best[p:])])
            limit = spent + evaluations
            if optimize and p + 1 < depth:
                best = yield from descend(best, 5)
        energy(best[:depth], best[depth:])
        yield found[-1]
    else:
        grid = [(0.9, 0.6), (0.6, 0.6), (1.3, 0.6), (0.9, 0.4), (0.9, 0.9), (0.6, 0.9), (1.3, 0.4), (1.8, 0.6)]
        tried: dict[tuple[float, float], float] = {}
        budget = evaluations if not optimize else max(8, evaluations // 3)
        for point in grid[:budget]:
            tried[point] = energy(*start_angles.ramp(depth, *point, scale))
            yield found[-1]
            if stop():
                return
        step = 1.25
        while len(tried) < budget and step > 1.02 and not stop():
            rise, fall = min(tried, key=lambda k: tried[k])
            before = tried[rise, fall]
            for point in ((rise * step, fall), (rise / step, fall), (rise, fall * step), (rise, fall / step)):
                if len(tried) < budget and point not in tried:
                    tried[point] = energy(*start_angles.ramp(depth, *point, scale))
                    yield found[-1]
            if min(tried.values()) >= before:
                step = step**0.5
        best = np.concatenate(start_angles.ramp(depth, *min(tried, key=lambda k: tried[k]), scale))
    if optimize and not stop():
        yield from descend(best, evaluations)


def tilts_of(p: Problem, bits: Bits, warm: Sequence[float] | None, seed: int) -> FloatArray:
    """Return the angle of each bit's start: its probability of 1, kept 0.25 away from 0 and 1."""
    if warm is None:
        from .tabu import tabu

        q = bits.to_qubo()
        found = tabu(q, iterations=20 * q.n, seed=seed)
        warm = found[: bits.n].astype(float).tolist()
    share = np.clip(np.asarray(warm, dtype=float), 0.25, 0.75)
    if share.shape != (bits.n,):
        raise OptimizeError(
            f"warm has shape {share.shape}", where="qaoa", cure=f"give {bits.n} probabilities, one a bit"
        )
    return np.asarray(2.0 * np.arcsin(np.sqrt(share)))


def figures(engine: Engine, angles: FloatArray) -> tuple[FloatArray, FloatArray, float, float, float]:
    """Return probabilities and costs of the strings, P(opt), P(opt) of uniform guessing, and the lowest cost."""
    p = len(angles) // 2
    prob = engine.probabilities(angles[:p], angles[p:])
    costs = engine.diagonal.full() if isinstance(engine, XMixer) else engine.costs()
    low = float(costs.min())
    best = costs <= low + 1e-9 * max(1.0, abs(low))
    return prob, costs, float(prob[best].sum()), float(best.mean()), low


def sample(engine: Engine, bits: Bits, prob: FloatArray, shots: int, seed: int) -> list[IntArray]:
    """Return the distinct sampled bit strings, likeliest first."""
    rng = np.random.default_rng(seed)
    edges = np.cumsum(prob)
    drawn = np.searchsorted(edges[:-1], rng.random(shots) * edges[-1], side="right")
    states, counts = np.unique(drawn, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    if isinstance(engine, XMixer):
        return [bits_of(int(s), bits.n) for s in states[order]]
    return [engine.assignment(int(s)) for s in states[order]]


def best_of(p: Problem, bits: Bits, samples: list[IntArray]) -> tuple[FloatArray | None, bool]:
    """Return the best sampled point, feasible ones first."""
    best: FloatArray | None = None
    rank: tuple[bool, float] = (True, np.inf)
    for b in samples:
        x = bits.decode(b)
        mine = (not p.feasible(x), p.sign * p.value(x))
        if mine < rank:
            best, rank = x, mine
    return best, not rank[0]


def histogram(prob: FloatArray, costs: FloatArray, bins: int = 48) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return edges of cost bins, QAOA's probability in each, and uniform guessing's."""
    low, high = float(costs.min()), float(costs.max())
    edges = np.linspace(low, high if high > low else low + 1.0, bins + 1)
    mine, _ = np.histogram(costs, edges, weights=prob)
    plain, _ = np.histogram(costs, edges)
    return edges, np.asarray(mine), plain / len(costs)


def events(p: Problem, *, stop: Stop, **o: Any) -> Iterator[Event]:
    """The stream of one QAOA run."""
    bits: Bits = o["bits"]
    sizes = {"bits": bits.n, "safe": bits.safe, "proof": bits.proof, "variables": p.n}
    yield Started(p.name, p.kind, p.sense, ("coarse",), sizes, o["seed"])
    kernels = for_qaoa(o["mixer"], o["dtype"], o["init"] == "warm")
    yield from ready(kernels, stop)
    if not is_ready(kernels):  # a stop came before the first evaluation
        yield Finished(0.0, "stopped", None)
        return
    began = time.monotonic()
    yield StageStarted(0.0, "coarse", f"QAOA p={o['depth']} {o['mixer']}")
    tilts = tilts_of(p, bits, o["warm"], o["seed"]) if o["init"] == "warm" else None
    engine = make_engine(bits, o["mixer"], dtype=o["dtype"], tilts=tilts)
    best: tuple[float, FloatArray] | None = None
    spent = 0
    for spent, value, angles in tune(
        engine, bits, o["depth"], init=o["init"], optimize=o["optimize"], evaluations=o["evaluations"],
        objective=o["objective"], alpha=o["alpha"], stop=stop,
    ):  # fmt: skip
        if len(angles) == 2 * o["depth"] and (best is None or value < best[0]):
            best = (value, angles)
        k = len(angles) // 2
        shown = value if best is None else best[0]
        yield Angles(time.monotonic() - began, spent, value, shown, tuple(angles[:k]), tuple(angles[k:]))
    if best is None:
        g, b = start_angles.ramp(o["depth"], scale=start_angles.unit(bits.terms))
        best = (engine.energy(g, b), np.concatenate([g, b]))
    value, angles = best
    prob, costs, p_opt, uniform, low = figures(engine, angles)
    x, ok = best_of(p, bits, sample(engine, bits, prob, o["shots"], o["seed"]))
    seconds = time.monotonic() - began
    k = o["depth"]
    result = QaoaResult(
        p, bits, o["mixer"], value, angles[:k], angles[k:], p_opt, uniform,
        None if x is None else p.value(x), x, ok, low,
        float(prob @ costs), spent, seconds, o["shots"], histogram(prob, costs), tilts,
    )  # fmt: skip
    if x is not None and ok:
        yield Incumbent(seconds, p.value(x), "QAOA", x)
    told = {"p_opt": p_opt, "uniform": uniform, "times_uniform": result.times_uniform, "histogram": result.histogram}
    text = f"P(opt) {p_opt:.3g}, {result.times_uniform:.3g} × uniform"
    if result.times_uniform < 1:
        text += ": worse than guessing"
    yield StageEnded(seconds, "coarse", "QAOA", seconds, None, result.value if ok else None, text, told)
    yield Finished(seconds, "stopped" if stop() else "done", result)
