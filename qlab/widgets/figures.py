"""The Plotly figures of runs, for the user to keep: one run, or a column of several. Live panels draw their own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import TrainError, not_one_of
from .palette import Palette, palette

if TYPE_CHECKING:
    from ..training.run_view import RunView as Run

POINTS = 4000  # drawn a trace
ACROSS = ("step", "epoch", "time")


def figure(run: Run, theme: str | None = None) -> Any:
    """Return a new `plotly.graph_objects.Figure`: loss, and accuracy (R² in regression), by step.

    Training is dotted, validation solid; interventions are dashed lines, the baseline a named grey line.

    Args:
        run: live or stored.
        theme: "light" or "dark"; by default that of the newest page that shows a panel.

    Raises:
        TrainError: there is no such theme.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    look = palette(theme)
    names = run.columns.names
    block, _ = run.columns.bucket(0, run.columns.n, POINTS)
    merit = names[4]
    titles = ["Loss", "R²" if merit == "r2" else "Accuracy"]
    fig = make_subplots(rows=1, cols=2, subplot_titles=titles, horizontal_spacing=0.08)
    step = block[names.index("step")]
    for place, name in ((1, "loss"), (2, merit)):
        for column, word, line in (
            (name, "training", {"color": look.series[1], "width": 1.2, "dash": "dot"}),
            (f"val_{name}", "validation", {"color": look.series[0], "width": 2.2}),
        ):
            y = block[names.index(column)]
            ok = np.isfinite(y)
            trace = go.Scatter(
                x=step[ok], y=y[ok], mode="lines", name=word, legendgroup=word, line=line, showlegend=place == 1
            )
            fig.add_trace(trace, row=1, col=place)
        fig.update_xaxes(title_text="step", row=1, col=place)
    status = run.status()
    for event in status["events"]:
        fig.add_vline(x=event["step"], line={"color": look.accent, "width": 1, "dash": "dash"})
    baseline = status["baseline"]
    if baseline is not None and baseline.get(merit) is not None:
        fig.add_hline(
            y=baseline[merit],
            line={"color": look.quiet, "width": 1, "dash": "dash"},
            annotation={"text": escape(baseline["name"]), "font": {"size": 11, "color": look.quiet}},
            row=1,
            col=2,
        )
    return _dressed(fig, look, top=36)


def compared(runs: Sequence[Run], column: str, across: str = "step", theme: str | None = None) -> Any:
    """Return a new `plotly.graph_objects.Figure` of one column, a line a run, over step, epoch or time.

    Raises:
        TrainError: no run has such a column, or ``across`` or ``theme`` is another.
    """
    import plotly.graph_objects as go

    if across not in ACROSS:
        raise not_one_of(TrainError, "across", across, ACROSS, where="figure")
    look = palette(theme)
    fig = go.Figure()
    for run in runs:
        names = run.columns.names
        if column not in names:
            continue
        block, _ = run.columns.bucket(0, run.columns.n, POINTS)
        y = block[names.index(column)]
        ok = np.isfinite(y)
        x = block[names.index(across)][ok]
        name = escape(f"{run.name} · {run.id}")
        k = len(fig.data)
        line = {"width": 1.6, "dash": "solid" if k < len(look.series) else "10px,4px"}  # colours begin again
        fig.add_trace(go.Scatter(x=x, y=y[ok], mode="lines", name=name, line=line))
    if not fig.data:
        names = sorted({name for run in runs for name in run.columns.names})
        raise not_one_of(TrainError, "column", column, names, where="figure")
    fig.update_xaxes(title_text=across)
    fig.update_yaxes(title_text=escape(column.replace("_", " ")))
    return _dressed(fig, look, top=12)


def _dressed(fig: Any, look: Palette, *, top: int) -> Any:
    fig.update_layout(**look.layout(margin={"l": 52, "r": 12, "t": top, "b": 44}))
    fig.update_annotations(font_color=look.ink, selector={"yref": "paper"})
    fig.update_xaxes(showgrid=False, showline=True, ticks="outside", **look.axis())
    fig.update_yaxes(**look.axis())
    return fig
