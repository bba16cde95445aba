"""Instance formats to problems: pure functions of name and text. A fault is file:line and what was expected."""

from __future__ import annotations

import math

from .problem import Problem
from .scheduling import job_shop
from .templates import assignment, gap, maxcut, qubo
from .tokens import Tokens, bad, plain


def read_job_shop(file: str, text: str, name: str) -> Problem:
    """Standard format: ``jobs machines``, then for each job a line of ``machine duration`` pairs."""
    lines = plain(text)
    if not lines:
        raise bad(file, 1, "the file is empty", "a line with the numbers of jobs and machines")
    head = Tokens(file, lines[:1])
    jobs = head.whole("the number of jobs", 1, 100_000)
    machines = head.whole("the number of machines", 1, 100_000)
    head.end()
    if len(lines) - 1 < jobs:
        raise bad(file, lines[-1][0], f"{len(lines) - 1} of {jobs} jobs are there", f"a line for job {len(lines) - 1}")
    out = []
    for j, line in enumerate(lines[1 : jobs + 1]):
        t = Tokens(file, [line])
        job = []
        while t.more:
            m = t.whole(f"job {j}: a machine", 0, machines - 1)
            job.append((m, t.whole(f"job {j}: the duration on machine {m}", 0)))
        if not job:
            raise bad(file, line[0], f"job {j} has no tasks", "machine duration pairs")
        out.append(job)
    if len(lines) > jobs + 1:
        raise bad(file, lines[jobs + 1][0], f"{lines[jobs + 1][1][:40]!r} is left over", f"the end after {jobs} jobs")
    return job_shop(out, name=name)


def read_gap(file: str, text: str, name: str, index: int, sense: str | None) -> Problem:
    """OR-library GAP: how many; each ``agents jobs``, costs, needs, capacities (copies may add the optimum)."""
    t = Tokens(file, plain(text))
    count = t.whole("the number of problems", 1, 10_000)
    single = None
    if t.more and len([w for w, n in t.words if n == t.words[0][1]]) == 2:  # one problem without the count
        t.at, count, single = 0, 1, True
    if not 0 <= index < count:
        raise bad(file, 1, f"problem {index} was asked for", f"an index from 0 to {count - 1}")
    for k in range(count):
        agents = t.whole(f"problem {k}: the number of agents", 1, 10_000)
        jobs = t.whole(f"problem {k}: the number of jobs", 1, 100_000)
        cost = t.table(agents, jobs, f"problem {k}: the cost")
        need = t.table(agents, jobs, f"problem {k}: the need")
        capacity = [t.number(f"problem {k}: the capacity of agent {a}") for a in range(agents)]
        if t.more and len([w for w, n in t.words if n == t.line]) == 1:
            t.number("the optimum")
        if k == index:
            stem = file.rsplit("/", 1)[-1].lower()
            kind = sense or ("max" if stem[:3] == "gap" and stem[3:4].isdigit() else "min")
            if k == count - 1 or single:
                t.end()
            return gap(cost, need, capacity, sense=kind, name=name if count == 1 else f"{name}-{k + 1}")
    raise AssertionError


def read_bqp(file: str, text: str, name: str, index: int, sense: str | None) -> Problem:
    """OR-library bqp: number of problems; each ``n entries``, then ``i j q`` of a symmetric matrix; maximised."""
    t = Tokens(file, plain(text))
    count = t.whole("the number of problems", 1, 10_000)
    if not 0 <= index < count:
        raise bad(file, 1, f"problem {index} was asked for", f"an index from 0 to {count - 1}")
    for k in range(count):
        n = t.whole(f"problem {k}: the number of variables", 1, 100_000)
        entries = t.whole(f"problem {k}: the number of entries", 0, 50_000_000)
        q: dict[tuple[int, int], float] = {}
        for e in range(entries):
            i, j = (t.whole(f"problem {k}, entry {e + 1}: a row or column", 1, n) - 1 for _ in range(2))
            q[i, j] = q.get((i, j), 0.0) + t.number(f"problem {k}, entry {e + 1}: the value") * (1 if i == j else 2)
        if k == index:
            if k == count - 1:
                t.end()
            q.setdefault((n - 1, n - 1), 0.0)
            return qubo(q, sense=sense or "max", name=name if count == 1 else f"{name}-{k + 1}")
    raise AssertionError


def read_graph(file: str, text: str, name: str, kind: str = "maxcut", sense: str | None = None) -> Problem:
    """Rudy, BiqMac and G-set: ``nodes edges``, then ``i j weight`` from 1; or a sparse QUBO with the same head."""
    lines = plain(text)
    t = Tokens(file, lines)
    n = t.whole("the number of nodes", 1, 1_000_000)
    m = t.whole("the number of edges", 0, 50_000_000)
    rows = []
    for e, line in enumerate(lines[1:]):
        w = Tokens(file, [line])
        u = w.whole(f"edge {e + 1}: a node", 1, n) - 1
        v = w.whole(f"edge {e + 1}: a node", 1, n) - 1
        weight = w.number(f"edge {e + 1}: its weight") if w.more else 1.0
        w.end()
        if kind == "maxcut" and u == v:
            raise bad(file, line[0], f"edge {e + 1} joins node {u + 1} to itself", "two different nodes")
        rows.append((u, v, weight))
    if len(rows) != m:
        raise bad(file, lines[-1][0], f"{len(rows)} edges are there", f"{m} edges, as the first line says")
    if kind == "qubo":
        q: dict[tuple[int, int], float] = {(n - 1, n - 1): 0.0}
        for u, v, weight in rows:
            q[u, v] = q.get((u, v), 0.0) + weight * (1 if u == v else 2)
        return qubo(q, sense=sense or "min", name=name)
    if not any(n - 1 in (u, v) for u, v, _ in rows) and n > 1:
        rows.append((n - 2, n - 1, 0.0))  # an isolated last node still counts
    return maxcut(rows, name=name)


def read_qap(file: str, text: str, name: str) -> Problem:
    """QAPLIB: n, then two n × n matrices, flows and distances."""
    t = Tokens(file, plain(text))
    n = t.whole("the size", 1, 1000)
    first = t.table(n, n, "the first matrix")
    second = t.table(n, n, "the second matrix")
    t.end()
    return assignment(second, flow=first, name=name)


def is_number(text: str) -> bool:
    """Return whether a word is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
