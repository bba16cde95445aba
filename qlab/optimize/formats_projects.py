"""PSPLIB and CSV files of tasks to problems: pure functions of name and text. A fault is file:line and a cure."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from .problem import Problem
from .scheduling import job_shop, rcpsp
from .tokens import Tokens, bad


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

    def rows_of(title: str) -> Iterator[tuple[int, int, Tokens]]:
        """The rows of a section: line number, job, and what follows it."""
        for n, line in lines[section(title) :]:
            if line.startswith("***"):
                return
            if line.strip() and line.split()[0].isdigit():
                rest = Tokens(file, [(n, line)])
                yield n, rest.whole("a job number", 1, jobs), rest

    follow: dict[int, list[int]] = {}
    length: dict[int, int] = {}
    need: dict[int, list[int]] = {}
    for n, job, t in rows_of("PRECEDENCE RELATIONS"):
        if t.whole(f"job {job}: the number of modes", 1) != 1:
            raise bad(file, n, f"job {job} has several modes", "one mode a job")
        count = t.whole(f"job {job}: the number of successors", 0, jobs)
        follow[job - 1] = [t.whole(f"job {job}: successor {k + 1} of {count}", 1, jobs) - 1 for k in range(count)]
        t.end()
    resources = None
    for n, job, t in rows_of("REQUESTS/DURATIONS"):
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
