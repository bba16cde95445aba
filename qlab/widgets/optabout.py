"""What the Optimise tab says of a problem and of this machine: a few words, sizes, methods that are missing. Pure."""

from __future__ import annotations

import importlib.util

from ..optimize import Problem
from ..optimize.pipeline import sizes
from .optexamples import TITLES

FAR = 400  # variables; beyond it the bits are not counted, which takes as long as a solve


def about(p: Problem) -> str:
    """Return a problem in a few words: "job shop, 6 jobs on 6 machines, 36 tasks"."""
    d, title = p.data, TITLES.get(p.kind, p.kind).lower()
    if p.kind == "job_shop":
        machines = {m for job in d["jobs"] for m, _ in job}
        return f"{title}, {len(d['jobs'])} jobs on {len(machines)} machines, {p.n - 1} tasks"
    if p.kind == "rcpsp":
        return f"{title}, {len(d['durations'])} tasks, {len(d['capacities'])} resources"
    if p.kind in {"assignment", "qap"}:
        return f"{title}, {d['tasks']} tasks, {d['places']} places"
    if p.kind == "gap":
        return f"{title}, {d['jobs']} jobs, {d['agents']} agents"
    if p.kind == "maxcut":
        return f"{title}, {p.n} nodes, {len(d['edges'])} edges"
    return f"{title}, {p.n} variables"


def size(p: Problem) -> list[list[str]]:
    """Return the sizes that the tab lists, each a name and a figure."""
    rows = [["Variables", f"{p.n:,}"], ["Constraints", f"{len(p.constraints):,}"]]
    if p.kind == "job_shop":
        on: dict[int, int] = {}
        for job in p.data["jobs"]:
            for machine, _ in job:
                on[machine] = on.get(machine, 0) + 1
        rows.append(["Pair bits", f"{sum(n * (n - 1) // 2 for n in on.values()):,}"])
    elif p.kind != "rcpsp" and p.n <= FAR:
        told = sizes(p)
        if told["bits"] is not None:
            rows.append(["Bits", f"{told['bits']:,}"])
            if told["penalty"]:
                rows.append(["Penalty", "proven safe" if told["safe"] else "not proven safe"])
    return rows


def missing() -> dict[str, str]:
    """Return the methods that can't be chosen here, each with what is missing."""
    lacks = {"cp_sat": "ortools", "annealing": "dwave"}
    return {
        method: f"needs {package}: pip install 'qlab[opt]'"
        for method, package in lacks.items()
        if importlib.util.find_spec(package) is None
    }
