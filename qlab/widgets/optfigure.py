"""A point of a problem as plain figures for the page: a schedule, an allocation, a cut graph, items, heaps.

At most `MOST` marks are sent: a picture of more shows nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..optimize import Problem

Json = dict[str, Any]
MOST = 3000


def figure(p: Problem, x: Any) -> Json | None:
    """Return the figure of a point, or None where a kind has no picture or it would be too large."""
    point = [round(float(v)) for v in np.asarray(x, dtype=float)]
    make = {
        "job_shop": _shop, "rcpsp": _project, "assignment": _matrix, "gap": _matrix, "qap": _matrix, "maxcut": _graph,
        "knapsack": _items, "number_partition": _heaps,
    }.get(p.kind)  # fmt: skip
    return None if make is None else make(p, point)


def _shop(p: Problem, x: list[int]) -> Json | None:
    jobs = p.data["jobs"]
    bars, at = [], 0
    for j, job in enumerate(jobs):
        for k, (machine, length) in enumerate(job):
            bars.append({"row": machine, "start": x[at], "end": x[at] + length, "owner": j, "task": k})
            at += 1
    if len(bars) > MOST:
        return None
    machines = sorted({b["row"] for b in bars})
    end = max(b["end"] for b in bars)
    _mark_critical(bars, end)
    for b in bars:
        b["row"] = machines.index(b["row"])
    rows = [f"machine {m}" for m in machines]
    return {"kind": "gantt", "rows": rows, "bars": bars, "end": end, "owner": "job", "owners": len(jobs)}


def _mark_critical(bars: list[Json], end: int) -> None:
    """Mark a chain from time 0 to the end in which every task starts as its forerunner ends."""
    ending: dict[int, list[Json]] = {}
    for b in bars:
        b["critical"] = False
        ending.setdefault(b["end"], []).append(b)
    here: Json | None = next((b for b in bars if b["end"] == end and b["end"] > b["start"]), None)
    while here is not None:
        here["critical"] = True
        now = here
        here = next(
            (b for b in ending.get(now["start"], [])
             if not b["critical"] and b["end"] > b["start"] and (b["owner"] == now["owner"] or b["row"] == now["row"])),
            None,
        )  # fmt: skip


def _project(p: Problem, x: list[int]) -> Json | None:
    lengths = p.data["durations"]
    if len(lengths) > 200:
        return None
    bars = [
        {"row": i, "start": x[i], "end": x[i] + length, "owner": i, "task": i, "critical": False}
        for i, length in enumerate(lengths)
    ]
    end = max(b["end"] for b in bars)
    caps, demands = p.data["capacities"], p.data["demands"]
    times = sorted({b["start"] for b in bars} | {end})
    loads = []
    for r, cap in enumerate(caps):
        used = [sum(demands[i][r] for i, b in enumerate(bars) if b["start"] <= t < b["end"]) for t in times]
        loads.append({"name": f"resource {r}", "capacity": cap, "times": times, "used": used})
    rows = [f"task {i}" for i in range(len(bars))]
    return {"kind": "gantt", "rows": rows, "bars": bars, "end": end, "owner": "task", "owners": 0, "loads": loads}


def _matrix(p: Problem, x: list[int]) -> Json | None:
    d = p.data
    rows, columns = (d["jobs"], d["agents"]) if p.kind == "gap" else (d["tasks"], d["places"])
    if rows * columns > MOST:
        return None
    chosen = [int(np.argmax(x[i * columns : (i + 1) * columns])) for i in range(rows)]
    terms = dict(p.terms)
    costs = None if p.kind == "qap" else [
        [terms.get((i * columns + k,), 0.0) for k in range(columns)] for i in range(rows)
    ]  # fmt: skip
    loads = None
    if p.kind == "gap":
        used = [sum(d["need"][k][j] for j, c in enumerate(chosen) if c == k) for k in range(columns)]
        loads = [[u, c] for u, c in zip(used, d["capacity"], strict=True)]
    name = ("job", "agent") if p.kind == "gap" else ("task", "place")
    return {"kind": "matrix", "row": name[0], "column": name[1], "columns": columns, "chosen": chosen, "costs": costs,
            "loads": loads}  # fmt: skip


def _graph(p: Problem, x: list[int]) -> Json | None:
    edges = p.data["edges"]
    if p.n > 120 or len(edges) > MOST:
        return None
    return {"kind": "graph", "nodes": list(p.data["nodes"]), "sides": x, "edges": edges}


def _items(p: Problem, x: list[int]) -> Json | None:
    d = p.data
    if p.n > 200 or len(d["weights"]) != 1:
        return None
    return {"kind": "items", "taken": x, "values": d["values"], "weights": d["weights"][0],
            "capacity": d["capacity"][0]}  # fmt: skip


def _heaps(p: Problem, x: list[int]) -> Json | None:
    numbers = p.data["numbers"]
    return None if p.n > 200 else {"kind": "heaps", "numbers": numbers, "sides": x}
