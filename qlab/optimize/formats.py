"""Instance formats to problems: pure functions of name and text. A fault is file:line and what was expected."""

from __future__ import annotations

import csv
import math
from typing import Any

from .parts import Integer, Linear
from .problem import Problem
from .scheduling import job_shop, rcpsp
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


def read_psplib(file: str, text: str, name: str) -> Problem:
    """PSPLIB ``.sm``: single-mode projects with renewable resources."""
    lines = list(enumerate(text.splitlines(), 1))

    def section(title: str) -> int:
        for n, line in lines:
            if line.strip().upper().startswith(title):
                return n
        raise bad(file, lines[-1][0] if lines else 1, "the file ends", f"a section {title!r}")

    def value(title: str) -> int:
        for n, line in lines:
            if line.strip().lower().startswith(title):
                words = line.split(":", 1)[-1].split()
                if words and words[0].isdigit():
                    return int(words[0])
                raise bad(file, n, f"{line.strip()!r} has no number", f"{title} : a number")
        raise bad(file, 1, f"there is no line {title!r}", f"{title} : a number")

    jobs = (
        value("jobs (incl. supersource/sink )") if "jobs (incl. supersource/sink )" in text.lower() else value("jobs")
    )
    follow: dict[int, list[int]] = {}
    length: dict[int, int] = {}
    need: dict[int, list[int]] = {}
    at = section("PRECEDENCE RELATIONS")
    for n, line in lines[at:]:
        if line.startswith("***"):
            break
        if not line.strip() or not line.split()[0].isdigit():
            continue
        t = Tokens(file, [(n, line)])
        job = t.whole("a job number", 1, jobs)
        if t.whole(f"job {job}: the number of modes", 1) != 1:
            raise bad(file, n, f"job {job} has several modes", "one mode a job")
        count = t.whole(f"job {job}: the number of successors", 0, jobs)
        follow[job - 1] = [t.whole(f"job {job}: successor {k + 1} of {count}", 1, jobs) - 1 for k in range(count)]
        t.end()
    at = section("REQUESTS/DURATIONS")
    resources = None
    for n, line in lines[at:]:
        if line.startswith("***"):
            break
        if not line.strip() or not line.split()[0].isdigit():
            continue
        t = Tokens(file, [(n, line)])
        job = t.whole("a job number", 1, jobs)
        t.whole(f"job {job}: the mode", 1)
        length[job - 1] = t.whole(f"job {job}: the duration", 0)
        row = []
        while t.more:
            row.append(t.whole(f"job {job}: a demand", 0))
        if resources is not None and len(row) != resources:
            raise bad(file, n, f"job {job} has {len(row)} demands", f"{resources} demands, as the jobs before")
        resources = len(row)
        need[job - 1] = row
    at = section("RESOURCEAVAILABILITIES")
    capacity: list[int] = []
    for n, line in lines[at:]:
        if line.strip() and line.split()[0].lstrip("-").isdigit():
            t = Tokens(file, [(n, line)])
            while t.more:
                capacity.append(t.whole("a capacity", 0))
            if len(capacity) != resources:
                raise bad(file, n, f"{len(capacity)} capacities are there", f"{resources}, one a resource")
            break
    if not capacity:
        raise bad(file, lines[-1][0], "the file ends", "a line of capacities")
    for job in range(jobs):
        for table, what in ((follow, "precedence relations"), (length, "requests and durations")):
            if job not in table:
                raise bad(file, at, f"job {job + 1} is missing", f"a line for it among the {what}")
    return rcpsp([length[j] for j in range(jobs)], [follow[j] for j in range(jobs)], [need[j] for j in range(jobs)],
    capacity,
                 name=name)  # fmt: skip


def read_qplib(file: str, text: str, name: str) -> Problem:
    """QPLIB: linear or quadratic objective, binary or integer variables, linear constraints or none."""
    lines = [(n, line.split("#", 1)[0].strip()) for n, line in enumerate(text.splitlines(), 1)]
    lines = [(n, line) for n, line in lines if line]
    t = Tokens(file, lines)
    t.word("a name")
    line, code = t.line, t.word("a type such as QBL").upper()
    if len(code) != 3 or code[0] not in "LQCD" or code[1] not in "BI" or code[2] not in "NBL":
        raise bad(file, line, f"the type {code!r} isn't supported", "L, Q, C or D; B or I; N, B or L")
    line, way = t.line, t.word("minimize or maximize").lower()
    if way[:3] not in ("min", "max"):
        raise bad(file, line, f"{way!r} is no direction", "minimize or maximize")
    n = t.whole("the number of variables", 1, 200_000)
    rows = t.whole("the number of constraints", 0, 1_000_000) if code[2] == "L" else 0
    terms: dict[tuple[int, ...], float] = {}

    def add(key: tuple[int, ...], v: float) -> None:
        terms[key] = terms.get(key, 0.0) + v

    if code[0] != "L":
        for k in range(t.whole("the number of quadratic terms", 0)):
            i, j = (t.whole(f"quadratic term {k + 1}: a variable", 1, n) - 1 for _ in range(2))
            v = t.number(f"quadratic term {k + 1}: its value")
            if i == j:
                add((i,) if code[1] == "B" else (i, i), v / 2)  # the matrix stands for ½ x'Qx
            else:
                add((min(i, j), max(i, j)), v)
    for i, v in enumerate(_defaults(t, n, "linear objective")):
        add((i,), v)
    add((), t.number("the objective's constant"))
    matrix: list[dict[int, float]] = [{} for _ in range(rows)]
    if rows:
        for k in range(t.whole("the number of constraint entries", 0)):
            r = t.whole(f"constraint entry {k + 1}: a row", 1, rows) - 1
            i = t.whole(f"constraint entry {k + 1}: a variable", 1, n) - 1
            matrix[r][i] = matrix[r].get(i, 0.0) + t.number(f"constraint entry {k + 1}: its value")
    infinity = t.number("the value of infinity")
    constraints = []
    if rows:
        left, right = _defaults(t, rows, "left-hand side"), _defaults(t, rows, "right-hand side")
        for r, (low, high) in enumerate(zip(left, right, strict=True)):
            coef = tuple(sorted(matrix[r].items()))
            if low == high:
                constraints.append(Linear(f"row {r + 1}", coef, "==", low))
                continue
            if low > -infinity:
                constraints.append(Linear(f"row {r + 1} from below", coef, ">=", low))
            if high < infinity:
                constraints.append(Linear(f"row {r + 1} from above", coef, "<=", high))
    variables: list[Any] = [f"x[{k}]" for k in range(n)]
    if code[1] == "I":
        lows, highs = _defaults(t, n, "lower bound"), _defaults(t, n, "upper bound")
        variables = [
            Integer(f"x[{k}]", int(a), None if b >= infinity else int(b))
            for k, (a, b) in enumerate(zip(lows, highs, strict=True))
        ]
    return Problem(variables, terms, constraints, sense=way[:3], name=name, kind="qplib")


def _defaults(t: Tokens, n: int, what: str) -> list[float]:
    out = [t.number(f"the default {what}")] * n
    for k in range(t.whole(f"how many {what}s differ from the default", 0, n)):
        i = t.whole(f"{what} {k + 1}: its number", 1, n) - 1
        out[i] = t.number(f"{what} {k + 1}: its value")
    return out


def read_tasks(file: str, text: str, name: str) -> Problem:
    """CSV with a head: ``job,machine,duration`` (a job shop, in order), or ``task,duration,after,<resource>…`` (a
    project).

    ``after`` lists tasks, separated by ``;`` or spaces. A project's row with the task ``capacity`` has the capacities.
    """
    rows = [(n, r) for n, r in enumerate(csv.reader(text.splitlines()), 1) if any(c.strip() for c in r)]
    if not rows:
        raise bad(file, 1, "the file is empty", "a head: job,machine,duration or task,duration,after,…")
    head = [c.strip().lower() for c in rows[0][1]]
    for n, r in rows[1:]:
        if len(r) != len(head):
            raise bad(file, n, f"{len(r)} cells are there", f"{len(head)} cells: {','.join(head)}")

    def whole(n: int, cell: str, what: str) -> int:
        return Tokens(file, [(n, cell)]).whole(f"{what}, a whole number", 0)

    if {"job", "machine", "duration"} <= set(head):
        a, m, d = (head.index(k) for k in ("job", "machine", "duration"))
        machines: dict[str, int] = {}
        names = {r[m].strip() for _, r in rows[1:]}
        if all(k.isdigit() for k in names):
            machines = {k: int(k) for k in names}
        jobs: dict[str, list[tuple[int, int]]] = {}
        for n, r in rows[1:]:
            if not r[a].strip() or not r[m].strip():
                raise bad(file, n, "a cell is empty", "a job and a machine")
            machine = machines.setdefault(r[m].strip(), len(machines))
            jobs.setdefault(r[a].strip(), []).append((machine, whole(n, r[d], "the duration")))
        if not jobs:
            raise bad(file, rows[0][0], "there are no tasks", "a row a task")
        return job_shop(list(jobs.values()), name=name)
    if not {"task", "duration", "after"} <= set(head):
        raise bad(file, rows[0][0], f"the head is {','.join(head)!r}", "job,machine,duration or task,duration,after,…")
    k, d, f = (head.index(c) for c in ("task", "duration", "after"))
    resources = [i for i in range(len(head)) if i not in (k, d, f)]
    capacity: list[int] | None = None
    place: dict[str, int] = {}
    table: list[tuple[int, int, str, list[int]]] = []
    for n, r in rows[1:]:
        if r[k].strip().lower() == "capacity":
            capacity = [whole(n, r[i], f"the capacity of {head[i]}") for i in resources]
            continue
        if r[k].strip() in place:
            raise bad(file, n, f"the task {r[k].strip()!r} is there twice", "another name")
        place[r[k].strip()] = len(table)
        table.append(
            (
                n,
                whole(n, r[d], "the duration"),
                r[f],
                [whole(n, r[i] or "0", f"the demand of {head[i]}") for i in resources],
            )
        )
    if resources and capacity is None:
        raise bad(
            file,
            rows[-1][0],
            "there is no row 'capacity'",
            "a row with the task capacity and the resources' capacities",
        )
    follow: list[list[int]] = [[] for _ in table]
    for j, (n, _, after, _) in enumerate(table):
        for other in after.replace(";", " ").split():
            if other not in place:
                raise bad(file, n, f"the task {other!r} doesn't exist", f"one of {', '.join(list(place)[:8])}")
            follow[place[other]].append(j)
    return rcpsp([t[1] for t in table], follow, [t[3] for t in table], capacity or [], name=name)


def is_number(text: str) -> bool:
    """Return whether a word is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
