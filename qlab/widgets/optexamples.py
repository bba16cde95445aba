"""The first form of each template, and the form of a problem that was read from a file. Data only."""

from __future__ import annotations

from typing import Any

from .. import optimize
from .optform import MOST_CELLS, Form, Table, cells

TITLES = {
    "job_shop": "Job shop",
    "rcpsp": "Project with resources",
    "assignment": "Assignment",
    "gap": "Allocation with capacities",
    "knapsack": "Knapsack",
    "maxcut": "Max-cut",
    "number_partition": "Number partition",
    "qubo": "QUBO",
    "qap": "Quadratic assignment",
    "portfolio": "Portfolio",
    "custom": "Problem",
}
TEMPLATES = tuple(TITLES)[:7]

# Examples of our own, small enough to be proved optimal in about a second.
_SHOP = [
    [(0, 4), (1, 7), (2, 3), (3, 5)],
    [(1, 5), (0, 3), (3, 8), (2, 4)],
    [(2, 6), (3, 2), (1, 4), (0, 7)],
    [(3, 3), (2, 5), (0, 6), (1, 2)],
    [(0, 5), (2, 2), (1, 6), (3, 4)],
]
_PROJECT = (
    [3, 5, 2, 6, 4, 3, 5, 2],
    [[3], [3, 4], [5], [6], [6, 7], [7], [], []],
    [[2, 1], [1, 2], [2, 0], [3, 1], [1, 2], [2, 2], [2, 1], [1, 1]],
    [4, 3],
)
_COST = [[9, 2, 7, 8], [6, 4, 3, 7], [5, 8, 1, 8], [7, 6, 9, 4]]
_EDGES = [(0, 1, 3), (0, 2, 1), (1, 2, 2), (1, 3, 4), (2, 4, 5), (3, 4, 1), (3, 5, 2), (4, 5, 3), (0, 5, 2)]


def _example(kind: str) -> optimize.Problem:
    if kind == "job_shop":
        return optimize.job_shop(_SHOP, name="workshop")
    if kind == "rcpsp":
        return optimize.rcpsp(*_PROJECT, name="project")
    if kind == "assignment":
        return optimize.assignment(_COST, name="four tasks")
    if kind == "gap":
        need = [[4, 5, 3, 6, 2], [5, 3, 4, 4, 3], [3, 6, 5, 3, 4]]
        cost = [[7, 4, 6, 9, 3], [5, 8, 4, 6, 5], [8, 5, 7, 4, 6]]
        return optimize.gap(cost, need, [8, 8, 7], name="five jobs")
    if kind == "knapsack":
        return optimize.knapsack([60, 100, 120, 45, 70, 80, 35], [10, 20, 30, 8, 14, 19, 7], 50, name="cargo")
    if kind == "maxcut":
        return optimize.maxcut(_EDGES, name="network")
    return optimize.number_partition([25, 7, 13, 31, 42, 17, 21, 10, 8, 26], name="two heaps")


def template(kind: str) -> Form:
    """Return the first form of a template; ``kind`` is one of ``TEMPLATES``."""
    made = form_of(_example(kind))
    assert made is not None
    return made


def form_of(p: optimize.Problem, origin: str | None = None) -> Form | None:
    """Return the form of a problem, or None: it is of a kind without one, or has too many cells."""
    make = _TABLES.get(p.kind)
    tables = () if make is None else make(p)
    if not tables or cells(tables) > MOST_CELLS:
        return None
    return Form(p.kind, p.name, tables, origin)


def _row(values: Any) -> tuple[str, ...]:
    return tuple(f"{v:.12g}" for v in values)


def _shop(p: optimize.Problem) -> tuple[Table, ...]:
    jobs = p.data["jobs"]
    wide = max(len(job) for job in jobs)
    rows = tuple(tuple(f"{m} {d}" for m, d in job) + ("",) * (wide - len(job)) for job in jobs)
    hint = "machine, then duration; order runs left to right"
    return (Table("tasks", "Tasks", "operation", tuple(f"task {k}" for k in range(wide)), rows, "job ", hint, "both"),)


def _project(p: optimize.Problem) -> tuple[Table, ...]:
    d = p.data
    caps = d["capacities"]
    columns = ("duration", "before", *(f"resource {k}" for k in range(len(caps))))
    rows = tuple(
        (str(length), " ".join(map(str, after)), *map(str, need))
        for length, after, need in zip(d["durations"], d["successors"], d["demands"], strict=True)
    )
    hint = "before: the tasks that wait for this one's end"
    return (
        Table("tasks", "Tasks", "mixed", columns, rows, "task ", hint, "rows", "1"),
        Table("resources", "Resources", "whole", ("at once",), tuple((str(c),) for c in caps), "resource ",
              "what all running tasks may use together", ""),
    )  # fmt: skip


def _costs(p: optimize.Problem) -> tuple[Table, ...]:
    n, m = p.data["tasks"], p.data["places"]
    terms = dict(p.terms)
    rows = tuple(_row(terms.get((i * m + k,), 0.0) for k in range(m)) for i in range(n))
    hint = "cost of each task at each place"
    return (Table("tasks", "Costs", "number", tuple(f"place {k}" for k in range(m)), rows, "task ", hint, "both", "1"),)


def _allocation(p: optimize.Problem) -> tuple[Table, ...]:
    d = p.data
    columns = tuple(f"job {j}" for j in range(d["jobs"]))
    if p.sense != "min":
        return ()
    return (
        Table("tasks", "Costs", "number", columns, tuple(map(_row, d["cost"])), "agent ",
              "cost of each job with each agent", ""),
        Table("need", "Needs", "number", columns, tuple(map(_row, d["need"])), "agent ",
              "what each job takes of each agent's capacity", ""),
        Table("resources", "Resources", "number", ("capacity",), tuple((f"{c:.12g}",) for c in d["capacity"]),
              "agent ", "what each agent can give", ""),
    )  # fmt: skip


def _items(p: optimize.Problem) -> tuple[Table, ...]:
    d = p.data
    if len(d["weights"]) != 1:
        return ()
    rows = tuple(map(_row, zip(d["values"], d["weights"][0], strict=True)))
    return (
        Table("tasks", "Items", "number", ("value", "weight"), rows, "item ", "take the most valuable that fit", "rows",
              "1"),
        Table("resources", "Resources", "number", ("capacity",), (_row(d["capacity"]),), "limit ", "weight in all", ""),
    )  # fmt: skip


def _graph(p: optimize.Problem) -> tuple[Table, ...]:
    if any(str(k) != name for k, name in enumerate(p.data["nodes"])):
        return ()
    rows = tuple(map(_row, p.data["edges"]))
    return (Table("tasks", "Edges", "number", ("from", "to", "weight"), rows, "edge ", "nodes are numbered from 0",
                  "rows", "0"),)  # fmt: skip


def _numbers(p: optimize.Problem) -> tuple[Table, ...]:
    rows = tuple(_row([v]) for v in p.data["numbers"])
    return (Table("tasks", "Numbers", "number", ("number",), rows, "number ", "split into two heaps of equal sum",
                  "rows", "1"),)  # fmt: skip


_TABLES: dict[str, Any] = {
    "job_shop": _shop,
    "rcpsp": _project,
    "assignment": _costs,
    "gap": _allocation,
    "knapsack": _items,
    "maxcut": _graph,
    "number_partition": _numbers,
}
