"""Points as tables, for people: a public edge, and the only place of this package that makes DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .problem import Problem
from .terms import FloatArray

if TYPE_CHECKING:
    import pandas as pd


def frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a DataFrame."""
    import pandas as pd

    return pd.DataFrame(rows)


def decode(p: Problem, x: FloatArray) -> pd.DataFrame:
    """Return a point as the table of its kind; ``attrs["value"]`` is the objective.

    Schedules: job, task, machine, start, end. Projects: task, start, end, demands. Assignments: task, place. GAP:
    job, agent,
    need. Knapsack and portfolio: the chosen items. MaxCut and partitions: node, side. Else: variable, value.
    """
    table = frame(_rows(p, np.round(x).astype(int)))
    table.attrs["value"] = p.value(x)
    return table


def _rows(p: Problem, x: Any) -> list[dict[str, Any]]:
    d = p.data
    if p.kind == "job_shop":
        rows, at = [], 0
        for j, job in enumerate(d["jobs"]):
            for k, (machine, length) in enumerate(job):
                rows.append({"job": j, "task": k, "machine": machine, "start": int(x[at]), "end": int(x[at]) + length})
                at += 1
        return sorted(rows, key=lambda r: (r["machine"], r["start"], r["end"]))
    if p.kind == "rcpsp":
        return [
            {
                "task": i,
                "start": int(x[i]),
                "end": int(x[i]) + length,
                **{f"resource {r}": v for r, v in enumerate(d["demands"][i])},
            }
            for i, length in enumerate(d["durations"])
        ]
    if p.kind in ("assignment", "qap"):
        m = d["places"]
        return [{"task": i, "place": int(np.argmax(x[i * m : (i + 1) * m]))} for i in range(d["tasks"])]
    if p.kind == "gap":
        a = d["agents"]
        chosen = [int(np.argmax(x[j * a : (j + 1) * a])) for j in range(d["jobs"])]
        return [{"job": j, "agent": k, "need": d["need"][k][j], "cost": d["cost"][k][j]} for j, k in enumerate(chosen)]
    if p.kind == "knapsack":
        return [
            {"item": i, "value": d["values"][i], **{f"weight {r}": w[i] for r, w in enumerate(d["weights"])}}
            for i in np.flatnonzero(x).tolist()
        ]
    if p.kind == "portfolio":
        return [{"asset": i, "return": d["returns"][i]} for i in np.flatnonzero(x).tolist()]
    if p.kind == "maxcut":
        return [{"node": name, "side": int(x[i])} for i, name in enumerate(d["nodes"])]
    if p.kind == "number_partition":
        return [{"number": v, "heap": int(x[i])} for i, v in enumerate(d["numbers"])]
    return [{"variable": v.name, "value": int(x[i])} for i, v in enumerate(p.variables)]
