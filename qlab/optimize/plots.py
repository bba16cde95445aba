"""Plotly figures handed to the user: Gantt charts, allocation matrices, graphs, and the course of a solve.

Not for live panels; plotly is imported on demand. Colours are Plotly's own, so that its templates apply.
"""

from __future__ import annotations

import importlib
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .events import Bound, Incumbent
from .problem import Problem
from .terms import FloatArray

if TYPE_CHECKING:
    from .solution import Solution


# readable on white and on black: the page shows through, and nothing is drawn in either
CLEAR: dict[str, Any] = {
    "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "font": {"color": "#8a8a8a"},
    "title_automargin": True, "title_yref": "container", "margin": {"t": 64, "b": 56, "l": 64, "r": 24},
}  # fmt: skip


def _go() -> Any:
    return importlib.import_module("plotly.graph_objects")


def figure(p: Problem, x: FloatArray) -> Any:
    """Return a point as a figure of its kind; a bar of values where there is no better one."""
    go = _go()
    traces, layout = _traces(p, x)
    out = go.Figure(traces)
    out.update_layout(title_text=f"{p.name}: {p.value(x):g}", **layout, **CLEAR)
    return out


def _traces(p: Problem, x: FloatArray) -> tuple[list[Any], dict[str, Any]]:
    go = _go()
    table = p.decode(x)
    if p.kind in ("job_shop", "rcpsp"):
        row, owner = ("machine", "job") if p.kind == "job_shop" else ("task", "task")
        traces = []
        for name, part in table.groupby(owner):
            traces.append(
                go.Bar(
                    x=(part["end"] - part["start"]).tolist(),
                    base=part["start"].tolist(),
                    y=[f"{row} {v}" for v in part[row]],
                    orientation="h",
                    name=f"{owner} {name}",
                    hovertemplate=f"{owner} {name}, %{{y}}: %{{base}} to %{{x}}<extra></extra>",
                )
            )
        return traces, {
            "barmode": "overlay",
            "xaxis_title": "time",
            "yaxis_autorange": "reversed",
            "showlegend": len(traces) <= 20,
        }
    if p.kind in ("assignment", "qap", "gap"):
        rows = p.data.get("tasks", p.data.get("jobs"))
        matrix = np.round(np.asarray(x)).reshape(rows, -1)
        kind = ("agent", "job") if p.kind == "gap" else ("place", "task")
        return [go.Heatmap(z=matrix.tolist(), showscale=False, xgap=1, ygap=1)], {
            "xaxis_title": kind[0],
            "yaxis_title": kind[1],
        }
    if p.kind == "maxcut" and p.n <= 400:
        angle = [2 * math.pi * k / p.n for k in range(p.n)]
        at = [(math.cos(a), math.sin(a)) for a in angle]
        out = []
        for cut in (False, True):
            xs: list[Any] = []
            ys: list[Any] = []
            for u, v, _ in p.data["edges"]:
                if (x[u] != x[v]) == cut:
                    xs += [at[u][0], at[v][0], None]
                    ys += [at[u][1], at[v][1], None]
            out.append(
                go.Scatter(x=xs, y=ys, mode="lines", line_width=2 if cut else 0.5, name="cut" if cut else "kept")
            )
        for side in (0, 1):
            nodes = [k for k in range(p.n) if round(x[k]) == side]
            out.append(go.Scatter(x=[at[k][0] for k in nodes], y=[at[k][1] for k in nodes], mode="markers",
                                  marker_size=10, text=[p.data["nodes"][k] for k in nodes],
                                  name=f"side {side}"))  # fmt: skip
        return out, {"xaxis_visible": False, "yaxis_visible": False, "yaxis_scaleanchor": "x"}
    shown = min(p.n, 500)
    return [go.Bar(x=[v.name for v in p.variables[:shown]], y=np.asarray(x)[:shown].tolist())], {"yaxis_title": "value"}


def panel(s: Solution) -> Any:
    """Return one figure of a solve: energies of the coarse pass, incumbent and bound, and the answer."""
    sub = importlib.import_module("plotly.subplots")
    go = _go()
    out = sub.make_subplots(rows=2, cols=2, specs=[[{}, {}], [{"colspan": 2}, None]],
                            subplot_titles=("Coarse energies", "Incumbent, bound", s.problem.name))  # fmt: skip
    told = s.coarse.get("histogram")
    if told is not None:
        edges, mine, plain = told
        middle = ((edges[1:] + edges[:-1]) / 2).tolist()
        out.add_trace(go.Bar(x=middle, y=mine.tolist(), name="QAOA"), 1, 1)
        out.add_trace(go.Scatter(x=middle, y=plain.tolist(), name="uniform", line_shape="hvh", mode="lines"), 1, 1)
    for kind, name, dash in ((Incumbent, "incumbent", "solid"), (Bound, "bound", "dash")):
        points = [(e.time, e.value) for e in s.events if isinstance(e, kind)]
        if points:
            points.append((s.seconds, points[-1][1]))
            out.add_trace(go.Scatter(x=[t for t, _ in points], y=[v for _, v in points], line_shape="hv",
                                     line_dash=dash,
                                     mode="lines", name=name), 1, 2)  # fmt: skip
    traces, layout = _traces(s.problem, s.x)
    for trace in traces:
        out.add_trace(trace.update(showlegend=False), 2, 1)
    out.update_xaxes(title_text="penalised cost", row=1, col=1)
    out.update_yaxes(title_text="probability", row=1, col=1)
    out.update_xaxes(title_text="time, s", row=1, col=2)
    out.update_yaxes(title_text="objective", row=1, col=2)
    out.update_xaxes(title_text=layout.get("xaxis_title"), visible=layout.get("xaxis_visible"), row=2, col=1)
    out.update_yaxes(title_text=layout.get("yaxis_title"), visible=layout.get("yaxis_visible"),
                     autorange=layout.get("yaxis_autorange"), row=2, col=1)  # fmt: skip
    gap = "no bound" if s.gap is None else "optimal" if s.gap == 0.0 else f"within {s.gap:.2%}"
    out.update_layout(barmode=layout.get("barmode"), height=720, title_text=f"{s.problem.name}: {s.value:g}, {gap}",
                      **CLEAR)  # fmt: skip
    return out
