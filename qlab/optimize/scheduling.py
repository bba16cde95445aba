"""Scheduling problems: job shops and resource-constrained projects, with earliest and latest starts.

Variables are start times, in the order of the tasks, and last the makespan, which is minimised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import OptimizeError
from .parts import Cumulative, Linear, NoOverlap, Variable
from .problem import Problem


def _whole(value: Any, where: str, what: str) -> int:
    try:
        number = int(value)
        if isinstance(value, bool) or number != value or number < 0:
            raise ValueError
    except (TypeError, ValueError):
        raise OptimizeError(
            f"the {what} {value!r} isn't a whole number from 0", where=where,
            cure="scale times to whole numbers", value=value
        ) from None  # fmt: skip
    return number


def job_shop(
    jobs: Sequence[Sequence[tuple[int, int]]], *, horizon: int | None = None, name: str = "job shop"
) -> Problem:
    """Return a job shop: each job visits machines in order, each machine does one task at a time.

    Args:
        jobs: ``jobs[j] = [(machine, duration), …]`` in order; machines from 0, durations whole time units.
        horizon: The latest end; by default the sum of all durations.

    Returns:
        Variables ``start[j][k]`` job by job, then ``makespan``; the objective is the makespan.

    Example:
        >>> p = job_shop([[(0, 3), (1, 2)], [(1, 2), (0, 4)]])
        >>> p.value([0, 3, 0, 3, 7]), p.feasible([0, 3, 0, 3, 7])
        (7.0, True)
    """
    if not jobs or any(len(job) == 0 for job in jobs):
        raise OptimizeError(
            "a job has no tasks", where="job_shop", cure="give each job at least one (machine, duration)"
        )
    table: list[list[tuple[int, int]]] = []
    for j, job in enumerate(jobs):
        row = []
        for k, task in enumerate(job):
            where = f"job {j}, task {k}"
            if not isinstance(task, (tuple, list)) or len(task) != 2:
                raise OptimizeError(f"{task!r} isn't (machine, duration)", where=where, cure="give two whole numbers")
            row.append((_whole(task[0], where, "machine"), _whole(task[1], where, "duration")))
        table.append(row)
    total = sum(d for job in table for _, d in job)
    end = total if horizon is None else _whole(horizon, "job_shop", "horizon")
    variables: list[Variable] = []
    rows: list[Any] = []
    machines: dict[int, list[tuple[int, int]]] = {}
    makespan = sum(len(job) for job in table)
    at = 0
    for j, job in enumerate(table):
        head, tail = 0, sum(d for _, d in job)
        if tail > end:
            raise OptimizeError(
                f"job {j} alone takes {tail}, beyond the horizon {end}: no schedule exists",
                where=f"job {j}",
                cure=f"use a horizon of at least {max(sum(d for _, d in r) for r in table)}",
            )
        for k, (machine, duration) in enumerate(job):
            variables.append(Variable(f"start[{j}][{k}]", head, end - tail))
            machines.setdefault(machine, []).append((at, duration))
            if k + 1 < len(job):
                rows.append(
                    Linear(f"job {j}, task {k} before {k + 1}", ((at, -1.0), (at + 1, 1.0)), ">=", float(duration))
                )
            else:
                rows.append(
                    Linear(f"job {j} ends by the makespan", ((at, -1.0), (makespan, 1.0)), ">=", float(duration))
                )
            head, tail, at = head + duration, tail - duration, at + 1
    variables.append(Variable("makespan", max(sum(d for _, d in job) for job in table), end))
    rows += [NoOverlap(f"machine {m}", tuple(tasks)) for m, tasks in sorted(machines.items())]
    data = {"jobs": [[list(t) for t in job] for job in table]}
    return Problem(variables, {makespan: 1.0}, rows, name=name, kind="job_shop", data=data)


def rcpsp(
    durations: Sequence[int],
    successors: Sequence[Sequence[int]] | Mapping[int, Sequence[int]],
    demands: Sequence[Sequence[int]],
    capacities: Sequence[int],
    *,
    horizon: int | None = None,
    name: str = "rcpsp",
) -> Problem:
    """Return a resource-constrained project: tasks with precedences share renewable resources.

    Args:
        durations: One for each task, whole time units; 0 for a milestone.
        successors: The tasks that wait for each task's end.
        demands: ``demands[task][resource]`` while it runs.
        capacities: One for each resource.
        horizon: The latest end; by default the sum of all durations.

    Raises:
        OptimizeError: for a cycle (naming its tasks), a demand above the capacity, a horizon too short.
    """
    n = len(durations)
    if n == 0 or len(demands) != n:
        raise OptimizeError(
            f"{len(demands)} rows of demands for {n} tasks", where="rcpsp", cure="give one for each task"
        )
    length = [_whole(d, f"task {i}", "duration") for i, d in enumerate(durations)]
    follow = [list(successors.get(i, ()) if isinstance(successors, Mapping) else successors[i]) for i in range(n)]
    for i, row in enumerate(follow):
        for j in row:
            if not 0 <= _whole(j, f"task {i}", "successor") < n:
                raise OptimizeError(
                    f"task {j} doesn't exist", where=f"successors of task {i}", cure=f"use 0 to {n - 1}"
                )
    for i, needed in enumerate(demands):
        if len(needed) != len(capacities):
            raise OptimizeError(
                f"{len(needed)} demands for {len(capacities)} resources", where=f"task {i}", cure="give one each"
            )
        for r, d in enumerate(needed):
            _whole(d, f"task {i}, resource {r}", "demand")
    order = topological(follow)
    head, tail = [0] * n, [0] * n
    for i in order:
        for j in follow[i]:
            head[j] = max(head[j], head[i] + length[i])
    for i in reversed(order):
        tail[i] = length[i] + max((tail[j] for j in follow[i]), default=0)
    critical = max(h + t for h, t in zip(head, tail, strict=True))
    end = max(critical, sum(length)) if horizon is None else _whole(horizon, "rcpsp", "horizon")
    if end < critical:
        path = [i for i in order if head[i] + tail[i] == critical]
        raise OptimizeError(
            f"the chain of tasks {path} alone takes {critical}, beyond the horizon {end}: no schedule exists",
            where="argument horizon",
            cure=f"use a horizon of at least {critical}",
        )
    variables = [Variable(f"start[{i}]", head[i], end - tail[i]) for i in range(n)]
    variables.append(Variable("makespan", critical, end))
    rows: list[Any] = []
    for i in range(n):
        for j in dict.fromkeys(follow[i]):
            rows.append(Linear(f"task {i} before {j}", ((i, -1.0), (j, 1.0)), ">=", float(length[i])))
        if not follow[i]:
            rows.append(Linear(f"task {i} ends by the makespan", ((i, -1.0), (n, 1.0)), ">=", float(length[i])))
    for r, capacity in enumerate(capacities):
        tasks = tuple((i, length[i], int(demands[i][r])) for i in range(n) if demands[i][r] > 0)
        if tasks:
            rows.append(Cumulative(f"resource {r}", tasks, _whole(capacity, f"resource {r}", "capacity")))
    data = {
        "durations": length,
        "successors": [sorted(set(map(int, row))) for row in follow],
        "demands": [list(map(int, row)) for row in demands],
        "capacities": list(map(int, capacities)),
    }
    return Problem(variables, {n: 1.0}, rows, name=name, kind="rcpsp", data=data)


def topological(successors: Sequence[Sequence[int]]) -> list[int]:
    """Return the tasks so that each comes before its successors.

    Raises:
        OptimizeError: naming the tasks of a cycle.
    """
    n = len(successors)
    waiting = [0] * n
    for row in successors:
        for j in set(row):
            waiting[j] += 1
    ready = [i for i in range(n) if waiting[i] == 0]
    order: list[int] = []
    while ready:
        i = ready.pop()
        order.append(i)
        for j in set(successors[i]):
            waiting[j] -= 1
            if waiting[j] == 0:
                ready.append(j)
    if len(order) < n:
        left = {i for i in range(n) if waiting[i] > 0}
        seen: list[int] = []
        here = min(i for i in left)
        back = {j: i for i in left for j in successors[i] if j in left}
        while here not in seen:
            seen.append(here)
            here = back[here]
        cycle = list(reversed(seen[seen.index(here) :]))
        raise OptimizeError(
            f"tasks {cycle} wait for each other in a circle: no schedule exists",
            where=f"successors of task {cycle[0]}",
            cure="take one of these precedences out",
            value=cycle,
        )
    return order
