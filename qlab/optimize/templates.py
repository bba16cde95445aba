"""Problems by name: graphs, quadratic forms, knapsacks, assignments, portfolios, partitions. Scheduling is apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import OptimizeError
from .parts import OneHot
from .problem import Problem


def _matrix(value: Any, what: str) -> npt.NDArray[np.float64]:
    if hasattr(value, "toarray"):
        value = value.toarray()
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise OptimizeError(f"{what} isn't a table of numbers", where=what, cure="give rows of equal length") from None
    if array.ndim != 2 or 0 in array.shape:
        raise OptimizeError(f"{what} has shape {array.shape}", where=what, cure="give a matrix", value=array.shape)
    _finite(array, what)
    return array


def _vector(value: Any, what: str, length: int | None = None) -> npt.NDArray[np.float64]:
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise OptimizeError(f"{what} isn't a list of numbers", where=what, cure="give numbers") from None
    if array.ndim != 1 or len(array) == 0 or (length is not None and len(array) != length):
        need = "at least one number" if length is None else f"{length} numbers"
        raise OptimizeError(f"{what} has shape {array.shape}", where=what, cure=f"give {need}", value=array.shape)
    _finite(array, what)
    return array


def _finite(array: npt.NDArray[np.float64], what: str) -> None:
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        at = ", ".join(str(int(i)) for i in bad[0])
        raise OptimizeError(f"{what}[{at}] is {array[tuple(bad[0])]}", where=what, cure="give finite numbers")


def _edges(graph: Any) -> tuple[int, list[tuple[int, int, float]], list[str]]:
    """Return node count, edges by position and node names of an edge list, a matrix or a networkx-like graph."""
    if hasattr(graph, "edges") and hasattr(graph, "nodes"):
        names = list(graph.nodes)
        at = {name: i for i, name in enumerate(names)}
        rows = [(at[u], at[v], float(d.get("weight", 1.0))) for u, v, d in graph.edges(data=True)]
        return len(names), rows, [str(n) for n in names]
    array = graph.toarray() if hasattr(graph, "toarray") else graph
    if isinstance(array, np.ndarray):
        w = _matrix(array, "graph")
        if w.shape[0] != w.shape[1] or not np.allclose(w, w.T):
            raise OptimizeError(
                f"the weight matrix of shape {w.shape} isn't symmetric", where="graph", cure="give w[i, j] = w[j, i]"
            )
        i, j = np.nonzero(np.triu(w, 1))
        n = len(w)
        return n, [(int(a), int(b), float(w[a, b])) for a, b in zip(i, j, strict=True)], [str(k) for k in range(n)]
    rows = []
    for k, edge in enumerate(graph):
        edge = tuple(edge)
        if len(edge) not in (2, 3):
            raise OptimizeError(f"the edge {edge!r} isn't (u, v) or (u, v, weight)", where=f"edge {k}", cure="mend it")
        u, v = edge[:2]
        if int(u) != u or int(v) != v or u < 0 or v < 0:
            raise OptimizeError(f"the edge {edge!r} has a node that isn't a number from 0", where=f"edge {k}",
                                cure="number the nodes from 0")  # fmt: skip
        rows.append((int(u), int(v), float(edge[2]) if len(edge) == 3 else 1.0))
    if not rows:
        raise OptimizeError("the graph has no edges", where="graph", cure="give at least one edge")
    n = 1 + max(max(u, v) for u, v, _ in rows)
    return n, rows, [str(k) for k in range(n)]


def maxcut(graph: Any, *, name: str = "maxcut") -> Problem:
    """Return MaxCut: colour the nodes 0 and 1 so that the weight of edges between colours is largest.

    Args:
        graph: Edges (u, v) or (u, v, weight) on nodes from 0, a symmetric weight matrix, or a networkx graph.

    Raises:
        OptimizeError: for an edge that isn't one, a loop or a weight that isn't finite.

    Example:
        >>> maxcut([(0, 1), (1, 2), (0, 2)]).value([0, 1, 1])
        2.0
    """
    n, rows, names = _edges(graph)
    terms: dict[tuple[int, ...], float] = {}
    merged: dict[tuple[int, int], float] = {}
    for k, (u, v, w) in enumerate(rows):
        if u == v:
            raise OptimizeError(f"the edge from node {u} to itself can't be cut", where=f"edge {k}", cure="drop it")
        if not math.isfinite(w):
            raise OptimizeError(f"the weight {w} isn't finite", where=f"edge {k}", cure="give a number")
        key = (min(u, v), max(u, v))
        merged[key] = merged.get(key, 0.0) + w
    for (u, v), w in merged.items():
        terms[(u,)] = terms.get((u,), 0.0) + w
        terms[(v,)] = terms.get((v,), 0.0) + w
        terms[(u, v)] = -2.0 * w
    edges = [[u, v, w] for (u, v), w in sorted(merged.items())]
    return Problem(
        [f"x[{k}]" for k in range(n)], terms, sense="max", name=name, kind="maxcut",
        data={"edges": edges, "nodes": names},
    )  # fmt: skip


def qubo(Q: Any, *, sense: str = "min", name: str = "qubo") -> Problem:
    """Return ``x'Qx`` over bits, minimised; Q is a square matrix (any triangle), sparse, or ``{(i, j): q}``."""
    if isinstance(Q, Mapping):
        entries = [((int(i), int(j)), float(q)) for (i, j), q in Q.items()]
        n = 1 + max((max(k) for k, _ in entries), default=0)
    else:
        q = _matrix(Q, "Q")
        if q.shape[0] != q.shape[1]:
            raise OptimizeError(f"Q has shape {q.shape}", where="Q", cure="give a square matrix", value=q.shape)
        n = len(q)
        entries = [((int(i), int(j)), float(q[i, j])) for i, j in np.argwhere(q)]
    terms: dict[tuple[int, ...], float] = {}
    for (i, j), v in entries:
        key = (min(i, j), max(i, j)) if i != j else (i,)
        terms[key] = terms.get(key, 0.0) + v
    return Problem([f"x[{k}]" for k in range(n)], terms, sense=sense, name=name, kind="qubo")


def knapsack(values: Sequence[float], weights: Any, capacity: Any, *, name: str = "knapsack") -> Problem:
    """Return the knapsack problem: choose items of largest total value within the capacity.

    Args:
        values: One for each item.
        weights: One for each item, or rows of them, one for each of several limits.
        capacity: A number, or one for each row.
    """
    v = _vector(values, "values")
    w = np.atleast_2d(np.array(weights, dtype=np.float64))
    caps = np.atleast_1d(np.array(capacity, dtype=np.float64))
    if w.shape != (len(caps), len(v)):
        raise OptimizeError(
            f"weights have shape {w.shape} for {len(v)} items and {len(caps)} capacities",
            where="weights",
            cure="give one weight for each item and capacity",
        )
    _finite(w, "weights")
    rows = [
        ("capacity" if len(caps) == 1 else f"capacity {k}", dict(enumerate(row)), "<=", float(cap))
        for k, (row, cap) in enumerate(zip(w.tolist(), caps, strict=True))
    ]
    data = {"values": v.tolist(), "weights": w.tolist(), "capacity": caps.tolist()}
    names = [f"item[{k}]" for k in range(len(v))]
    return Problem(names, dict(enumerate(v.tolist())), rows, sense="max", name=name, kind="knapsack", data=data)


def assignment(cost: Any, *, flow: Any = None, sense: str = "min", name: str = "assignment") -> Problem:
    """Return an assignment: each task (row) gets one place (column), each place at most one task.

    Args:
        cost: ``cost[task][place]``; with ``flow`` the distances between places.
        flow: Flows between tasks: the quadratic assignment problem, minimise Σ flow[i][j]·distance[π(i)][π(j)].
    """
    c = _matrix(cost, "cost")
    n, m = c.shape
    if n > m:
        raise OptimizeError(
            f"{n} tasks can't get {m} places: the constraints of the tasks and the places conflict",
            where="cost",
            cure="give at least as many columns as rows",
        )
    terms: dict[tuple[int, ...], float] = {}
    if flow is None:
        terms = {(i * m + k,): float(c[i, k]) for i in range(n) for k in range(m)}
    else:
        f = _matrix(flow, "flow")
        if f.shape != (n, n) or n != m:
            raise OptimizeError(
                f"flow has shape {f.shape} and distances {c.shape}", where="flow", cure="give two square matrices"
            )
        for i, j in np.argwhere(f):
            for k in range(m):
                for q in range(m):
                    if (i == j) == (k == q) and c[k, q] != 0.0:
                        key = tuple(sorted({int(i) * m + k, int(j) * m + q}))
                        terms[key] = terms.get(key, 0.0) + float(f[i, j] * c[k, q])
    rows = [(f"place {k}", {i * m + k: 1.0 for i in range(n)}, "<=", 1.0) for k in range(m)]
    kind = "assignment" if flow is None else "qap"
    data = {"tasks": n, "places": m}
    return Problem(
        [OneHot(f"task {i}", m) for i in range(n)], terms, rows, sense=sense, name=name, kind=kind, data=data
    )


def gap(cost: Any, need: Any, capacity: Any, *, sense: str = "min", name: str = "gap") -> Problem:
    """Return generalised assignment: each job goes to one agent, within each agent's capacity.

    Args:
        cost: ``cost[agent][job]``; a profit with ``sense="max"``.
        need: ``need[agent][job]``, of the agent's capacity.
        capacity: One for each agent.
    """
    c, r = _matrix(cost, "cost"), _matrix(need, "need")
    agents, jobs = c.shape
    caps = _vector(capacity, "capacity", agents)
    if r.shape != c.shape:
        raise OptimizeError(f"need has shape {r.shape}, cost {c.shape}", where="need", cure="give equal shapes")
    terms = {j * agents + a: float(c[a, j]) for a in range(agents) for j in range(jobs)}
    rows = [
        (f"agent {a}", {j * agents + a: float(r[a, j]) for j in range(jobs)}, "<=", float(caps[a]))
        for a in range(agents)
    ]
    data = {"agents": agents, "jobs": jobs, "need": r.tolist(), "capacity": caps.tolist(), "cost": c.tolist()}
    return Problem([OneHot(f"job {j}", agents) for j in range(jobs)], terms, rows, sense=sense, name=name, kind="gap",
                   data=data)  # fmt: skip


def portfolio(
    returns: Sequence[float], covariance: Any, *, budget: int, risk: float = 0.5, name: str = "portfolio"
) -> Problem:
    """Return portfolio choice: ``budget`` assets that minimise risk·x'Σx - returns'x (Markowitz, equal weights)."""
    mu = _vector(returns, "returns")
    sigma = _matrix(covariance, "covariance")
    n = len(mu)
    if sigma.shape != (n, n) or not np.allclose(sigma, sigma.T):
        raise OptimizeError(
            f"the covariance has shape {sigma.shape}", where="covariance", cure="give it symmetric, n × n"
        )
    if not isinstance(budget, int) or not 0 <= budget <= n:
        raise OptimizeError(f"{budget!r} of {n} assets can't be chosen", where="budget", cure=f"use 0 to {n}")
    terms: dict[tuple[int, ...], float] = {}
    for i in range(n):
        terms[(i,)] = float(risk * sigma[i, i] - mu[i])
        for j in range(i + 1, n):
            terms[(i, j)] = float(2.0 * risk * sigma[i, j])
    rows = [("budget", dict.fromkeys(range(n), 1.0), "==", float(budget))]
    data = {"returns": mu.tolist(), "risk": risk, "budget": budget}
    return Problem([f"asset[{k}]" for k in range(n)], terms, rows, name=name, kind="portfolio", data=data)


def number_partition(numbers: Iterable[float], *, name: str = "number partition") -> Problem:
    """Return number partitioning: split into two heaps; the objective is the squared difference of their sums.

    Example:
        >>> number_partition([3, 1, 2]).value([1, 0, 0])
        0.0
    """
    a = _vector(list(numbers), "numbers")
    total = float(a.sum())
    terms: dict[tuple[int, ...], float] = {(): total * total}
    for i in range(len(a)):
        terms[(i,)] = float(4.0 * a[i] * a[i] - 4.0 * total * a[i])
        for j in range(i + 1, len(a)):
            terms[(i, j)] = float(8.0 * a[i] * a[j])
    names = [f"x[{k}]" for k in range(len(a))]
    return Problem(names, terms, name=name, kind="number_partition", data={"numbers": a.tolist()})
