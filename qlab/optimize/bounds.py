"""Bounds that a checker can recompute without any solver: relaxations with a proof as small as they are.

Each is (value, source, evidence), in the problem's own sense: a lower bound when minimised,
an upper one when maximised.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .parts import NoOverlap
from .problem import Problem

Proof = tuple[float, str, dict[str, Any]]
ENUMERATE = 16  # bits that a checker enumerates
SPECTRAL = 1500  # spins whose eigenvalues it takes


def rounded(p: Problem, bound: float) -> float:
    """Return the bound tightened to the next value that the objective can have, with room for rounding errors."""
    step = p.step
    if step <= 0.0:
        return bound
    constant = p.constant
    scaled = (bound - constant) / step
    near = math.ceil(scaled - 1e-6) if p.sense == "min" else math.floor(scaled + 1e-6)
    return near * step + constant


def tighter(p: Problem, a: float, b: float | None) -> bool:
    """Return whether bound a is tighter than b."""
    return b is None or p.sign * a > p.sign * b + 1e-9 * max(1.0, abs(b))


def box(p: Problem) -> Proof:
    """Return the bound of the ranges alone: each term at its best, one-hot groups at their best option."""
    total, grouped = p.constant * p.sign, {i for g in p.groups for i in g}
    linear: dict[int, float] = {}
    bits = all(v.binary for v in p.variables)
    if bits and not grouped:  # many terms are quickly summed
        return rounded(p, p.sign * (total + p.evaluate.least(p.sign))), "ranges", {"kind": "box"}
    for key, value in p.terms:
        cost = p.sign * value
        if len(key) == 1 and key[0] in grouped:
            linear[key[0]] = cost
        elif key and bits:
            total += min(0.0, cost)
        elif key:
            lows, highs = [p.variables[i].low for i in key], [p.variables[i].high for i in key]
            if any(math.isinf(h) for h in highs):
                if cost < 0:
                    return p.sign * -math.inf, "ranges", {"kind": "box"}
                total += min(0.0, cost * math.prod(lows))
                continue
            corners = [1.0]
            for a, b in zip(lows, highs, strict=True):
                corners = [v * w for v in (min(corners), max(corners)) for w in (a, b)]
            total += min(cost * min(corners), cost * max(corners))
    total += sum(min(linear.get(i, 0.0) for i in g) for g in p.groups)
    return rounded(p, p.sign * total), "ranges", {"kind": "box"}


def job_shop(p: Problem) -> Proof:
    """Return the best of the jobs' lengths and each machine's preemptive schedule with heads and tails.

    Source: Jackson's preemptive schedule; Carlier, Eur. J. Oper. Res. 11, 42 (1982).
    """
    length: dict[int, int] = {}
    head: dict[int, int] = {}
    tail: dict[int, int] = {}
    i = 0
    longest = 0
    for job in p.data["jobs"]:
        before, total = 0, sum(d for _, d in job)
        longest = max(longest, total)
        for _, d in job:
            length[i], head[i], tail[i] = d, before, total - before - d
            before, i = before + d, i + 1
    best = longest
    for c in p.constraints:
        if isinstance(c, NoOverlap):
            best = max(best, preemptive([(head[i], d, tail[i]) for i, d in c.tasks]))
    return float(best), "one machine with heads and tails", {"kind": "machine"}


def preemptive(tasks: list[tuple[int, int, int]]) -> int:
    """Return the least max(end + tail) on one machine with interruptions; tasks are (head, duration, tail)."""
    waiting = sorted(tasks)
    ready: list[list[int]] = []
    time = worst = k = 0
    while k < len(waiting) or ready:
        if not ready:
            time = max(time, waiting[k][0])
        while k < len(waiting) and waiting[k][0] <= time:
            heapq.heappush(ready, [-waiting[k][2], waiting[k][1]])
            k += 1
        run = ready[0][1] if k == len(waiting) else min(ready[0][1], waiting[k][0] - time)
        time += run
        ready[0][1] -= run
        if ready[0][1] == 0:
            worst = max(worst, time - heapq.heappop(ready)[0])
    return worst


def rcpsp(p: Problem) -> Proof:
    """Return the best of the critical path and each resource's work over its capacity between heads and tails."""
    d = p.data
    n, length = len(d["durations"]), d["durations"]
    heads = [p.variables[i].low for i in range(n)]
    end = int(p.variables[n].high)
    tails = [end - int(p.variables[i].high) - length[i] for i in range(n)]
    best = p.variables[n].low
    for r, capacity in enumerate(d["capacities"]):
        tasks = [i for i in range(n) if d["demands"][i][r] > 0 and length[i] > 0]
        for low in sorted({heads[i] for i in tasks}):
            for after in sorted({tails[i] for i in tasks}):
                inside = [i for i in tasks if heads[i] >= low and tails[i] >= after]
                work = sum(length[i] * d["demands"][i][r] for i in inside)
                if inside:
                    best = max(best, low + math.ceil(work / capacity) + after)
    return float(best), "critical path and resource work", {"kind": "project"}


def quick(p: Problem) -> Proof:
    """Return a bound that takes no time to speak of."""
    if p.kind == "job_shop":
        return job_shop(p)
    if p.kind == "rcpsp":
        return rcpsp(p)
    if p.kind == "number_partition":
        numbers = p.data["numbers"]
        whole = all(v == int(v) for v in numbers)
        return (float(int(sum(numbers)) % 2) if whole else 0.0), "parity", {"kind": "parity"}
    return box(p)


def _spins(p: Problem) -> tuple[Any, float] | None:
    """Return a symmetric matrix A and a constant with sign·objective = z'Az + constant; the last spin is fixed."""
    if any(len(k) > 2 for k, _ in p.terms) or not all(v.binary for v in p.variables) or p.n > SPECTRAL or p.constraints:
        return None
    ising = p.to_ising()
    a = np.zeros((p.n + 1, p.n + 1))
    a[ising.i, ising.j] = a[ising.j, ising.i] = ising.J / 2
    a[: p.n, p.n] = a[p.n, : p.n] = ising.h / 2
    return a, ising.offset


def spectral(
    p: Problem, seconds: float, stop: Callable[[], bool] = lambda: False, steps: int | None = None
) -> Proof | None:
    """Return an eigenvalue bound of an unconstrained quadratic problem, improved by its diagonal while time lasts.

    For spins z'Az ≥ Σu + N·λ_min(A - diag u) for every u; the evidence is u, the proof one eigenvalue.
    Source: Delorme and Poljak, Math. Programming 62, 557 (1993).
    """
    import time

    from .lowest import lowest

    end = last = time.monotonic()
    end += seconds
    if 1.5e-10 * p.n**3 > seconds:  # one eigenvalue takes longer
        return None
    made = _spins(p)
    if made is None:
        return None
    a, _ = made
    n = len(a)
    u, best, kept = np.zeros(n), -math.inf, np.zeros(n)
    scale = float(np.abs(a).sum() / n) or 1.0
    for k in range(200 if steps is None else min(200, steps)):
        low, v = lowest(a - np.diag(u), min(3, n))
        value = float(u.sum() + n * low[0])
        if value > best:
            best, kept = value, u.copy()
        now = time.monotonic()
        if 2 * now - last > end or stop():  # another one would end too late
            break
        last = now
        close = v[:, low < low[0] + 0.02 * scale] if n > 3 else v[:, :1]
        slope = 1.0 - n * (close**2).mean(axis=1)
        u = u + scale * 2.0 / (k + 4.0) * slope / max(1.0, float(np.abs(slope).max()))
    kept = np.round(kept, 9)
    return verify_spectral(p, kept.tolist())


def verify_spectral(p: Problem, u: list[float]) -> Proof | None:
    """Return the eigenvalue bound of given diagonal numbers, less what rounding may have added."""
    made = _spins(p)
    if made is None or len(u) != len(made[0]):
        return None
    a, constant = made
    shifted = a - np.diag(u)
    low = float(np.linalg.eigvalsh(shifted)[0]) - 1e-12 * len(a) * float(np.abs(shifted).max() + 1.0)
    value = p.sign * (math.fsum(u) + len(a) * low + constant)
    return rounded(p, value), "eigenvalue", {"kind": "spectral", "u": list(u)}


def linear(p: Problem, seconds: float = 60.0) -> Proof | None:
    """Return the linear relaxation's bound with its dual values as evidence, or None: it has none, or took too long."""
    from .milp import relaxation

    # writing the rows takes about 30 µs a product, and the checker writes them again, twice
    if not p.pure_binary or len(p.terms) > 20_000 or 1e-4 * len(p.terms) > seconds:
        return None
    prog, found = relaxation(p, seconds)
    if found.status != 0:
        return None
    upper, lower = np.array([r[2] for r in prog.rows]), np.array([r[1] for r in prog.rows])
    equal = upper == lower
    up, down = np.isfinite(upper) & ~equal, np.isfinite(lower) & ~equal
    y = np.zeros(len(prog.rows))
    if up.any() or down.any():
        marginals = np.asarray(found.ineqlin.marginals)
        y[up] += marginals[: up.sum()]
        y[down] -= marginals[up.sum() :]
    if equal.any():
        y[equal] = np.asarray(found.eqlin.marginals)
    return verify_linear(p, np.round(y, 9).tolist())


def verify_linear(p: Problem, y: list[float]) -> Proof | None:
    """Return the bound of given dual values by weak duality over the variables' ranges; any y gives a valid one."""
    from .milp import build

    prog = build(p)
    if len(y) != len(prog.rows):
        return None
    dual = np.array(y, dtype=float)
    upper, lower = np.array([r[2] for r in prog.rows]), np.array([r[1] for r in prog.rows])
    dual = np.where((dual < 0) & ~np.isfinite(upper), 0.0, np.where((dual > 0) & ~np.isfinite(lower), 0.0, dual))
    right = np.where(dual < 0, np.where(np.isfinite(upper), upper, 0.0), np.where(np.isfinite(lower), lower, 0.0))
    reduced = np.array(prog.cost) - (prog.matrix().T @ dual if len(prog.rows) else 0.0)
    low, high = np.array(prog.low), np.array(prog.high)
    best = np.where(reduced > 0, reduced * low, np.where(reduced < 0, reduced * high, 0.0))
    constant = p.constant
    total = (
        math.fsum((dual * right).tolist())
        + math.fsum(best.tolist())
        - 1e-9 * (1.0 + float(np.abs(reduced).sum()) * 1e-3)
    )
    return rounded(p, p.sign * total + constant), "linear relaxation", {"kind": "dual", "y": list(map(float, y))}


def enumeration(p: Problem) -> Proof | None:
    """Return the optimum of a problem of at most 16 bits without slack, by looking at every string."""
    if not p.pure_binary or p.n > ENUMERATE:
        return None
    states = np.arange(1 << p.n)
    bits = [(states >> k & 1).astype(float) for k in range(p.n)]
    cost = np.zeros(1 << p.n)
    for key, value in p.terms:
        product = np.full(1 << p.n, p.sign * value)
        for k in key:
            product *= bits[k]
        cost += product
    allowed = np.ones(1 << p.n, dtype=bool)
    for c in p.constraints:
        left = np.zeros(1 << p.n)
        for k, a in c.terms:  # type: ignore[union-attr]
            left += a * bits[k]
        rhs, slack = c.rhs, 1e-6 * max(1.0, abs(c.rhs))  # type: ignore[union-attr]
        over = {"<=": left - rhs, ">=": rhs - left, "==": np.abs(left - rhs)}[c.sense]  # type: ignore[union-attr]
        allowed &= over <= slack
    if not allowed.any():
        return None
    return p.sign * float(cost[allowed].min()), "every string", {"kind": "enumeration"}


def replay(p: Problem, evidence: dict[str, Any]) -> Proof | None:
    """Return the bound that an evidence proves, recomputed; None when it proves nothing."""
    kind = evidence.get("kind")
    if kind == "spectral":
        return verify_spectral(p, list(evidence.get("u", ())))
    if kind == "dual":
        return verify_linear(p, list(evidence.get("y", ())))
    if kind == "enumeration":
        return enumeration(p)
    if kind in ("box", "machine", "project", "parity"):
        made = quick(p)
        return made if made[2]["kind"] == kind else box(p)
    return None


def best_independent(
    p: Problem, seconds: float, stop: Callable[[], bool] = lambda: False, steps: int | None = None
) -> Proof:
    """Return the tightest of the bounds that a checker can recompute; ``steps`` of the eigenvalue's improvement."""
    proofs: list[Proof | None] = [quick(p)]
    if p.pure_binary and p.n <= ENUMERATE:
        proofs.append(enumeration(p))
    elif p.constraints or len(p.terms) < 3000:
        proofs.append(linear(p, seconds))
    if not p.constraints and p.n > ENUMERATE and not stop():
        proofs.append(spectral(p, seconds, stop, steps))
    return max((q for q in proofs if q is not None), key=lambda q: p.sign * q[0])


def gap_of(p: Problem, value: float | None, bound: float | None) -> float | None:
    """Return |value - bound| / max(|value|, 1e-12), 0 when they meet, None when one is missing."""
    if value is None or bound is None or not math.isfinite(bound):
        return None
    distance = max(0.0, p.sign * (value - bound))
    return 0.0 if distance <= 1e-9 * max(1.0, abs(value)) else distance / max(abs(value), 1e-12)
