"""The Plotly figure of a run, and the page that holds it with all figures: one file, nothing from outside."""

from __future__ import annotations

from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..circuit import Circuit
from ..circuit.svg import to_svg
from ..errors import TrainError, not_one_of
from .still import TRAIN, VALIDATION, figures_of, rows, static_html

if TYPE_CHECKING:
    from ..training.run_view import RunView as Run

POINTS = 4000  # drawn a trace
ACROSS = ("step", "epoch", "time")
STATS = ("depth", "depth2", "gates", "gates2", "weights", "inputs")
STYLE = """
:root{color-scheme:light dark;--ink:#1d2530;--ink-2:#4a5563;--bg:#fff;--line:#d5dae1}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebef;--ink-2:#9aa5b2;--bg:#15181c;--line:#39414b}}
body{font:13px/1.4 system-ui,sans-serif;color:var(--ink);background:var(--bg);margin:24px auto}
body{max-width:1040px;padding:0 16px}
h1{font-size:20px;font-weight:600;margin:0 0 4px}h2{font-size:13px;font-weight:600;margin:24px 0 8px}
p{color:var(--ink-2);margin:0 0 12px}.row{display:flex;flex-wrap:wrap;gap:24px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:4px 16px 4px 0;border-bottom:1px solid var(--line);text-align:left;font-weight:400}
td{text-align:right;padding-right:0}
pre{font-size:12px;line-height:1.4;overflow:auto;border:1px solid var(--line);padding:12px}
.plot,.drawing{background:#fff;border-radius:6px;padding:4px}.drawing{overflow:auto;margin-bottom:12px}
"""


def figure(run: Run) -> Any:
    """Return a new `plotly.graph_objects.Figure`: loss, and accuracy (R² in regression), by step.

    Training is dotted, validation solid; interventions are dashed lines, the baseline a named grey line.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    names = run.columns.names
    block, _ = run.columns.bucket(0, run.columns.n, POINTS)
    merit = names[4]
    titles = ["Loss", "R²" if merit == "r2" else "Accuracy"]
    fig = make_subplots(rows=1, cols=2, subplot_titles=titles, horizontal_spacing=0.08)
    step = block[names.index("step")]
    for place, name in ((1, "loss"), (2, merit)):
        for column, word, line in (
            (name, "training", {"color": TRAIN, "width": 1.2, "dash": "dot"}),
            (f"val_{name}", "validation", {"color": VALIDATION, "width": 2.2}),
        ):
            y = block[names.index(column)]
            ok = np.isfinite(y)
            trace = go.Scatter(
                x=step[ok], y=y[ok], mode="lines", name=word, legendgroup=word, line=line, showlegend=place == 1
            )
            fig.add_trace(trace, row=1, col=place)
        fig.update_xaxes(title_text="step", showgrid=False, row=1, col=place)
    status = run.status()
    for event in status["events"]:
        fig.add_vline(x=event["step"], line={"color": "#5b5bd6", "width": 1, "dash": "dash"})
    baseline = status["baseline"]
    if baseline is not None and baseline.get(merit) is not None:
        fig.add_hline(
            y=baseline[merit],
            line={"color": "#77808c", "width": 1, "dash": "dash"},
            annotation={"text": escape(baseline["name"]), "font": {"size": 11, "color": "#77808c"}},
            row=1,
            col=2,
        )
    fig.update_layout(
        template="plotly_white",
        height=360,
        margin={"l": 52, "r": 12, "t": 36, "b": 44},
        font={"size": 11},
        hovermode="x unified",
        legend={"orientation": "h", "y": -0.18},
    )
    return fig


def compared(runs: list[Run], column: str, across: str = "step") -> Any:
    """Return a new `plotly.graph_objects.Figure` of one column, a line a run, over step, epoch or time.

    Raises:
        TrainError: no run has such a column, or ``across`` is another.
    """
    import plotly.graph_objects as go

    if across not in ACROSS:
        raise not_one_of(TrainError, "across", across, ACROSS, where="figure")
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
        fig.add_trace(go.Scatter(x=x, y=y[ok], mode="lines", name=name, line={"width": 1.6}))
    if not fig.data:
        names = sorted({name for run in runs for name in run.columns.names})
        raise not_one_of(TrainError, "column", column, names, where="figure")
    fig.update_layout(
        template="plotly_white",
        height=360,
        margin={"l": 52, "r": 12, "t": 12, "b": 44},
        font={"size": 11},
        hovermode="x unified",
        legend={"orientation": "h", "y": -0.18},
    )
    fig.update_xaxes(title_text=across, showgrid=False)
    fig.update_yaxes(title_text=escape(column.replace("_", " ")))
    return fig


def report_html(run: Run) -> str:
    """Return the whole page as text, the plotting code included (about 5 MB)."""
    spec, stats = run.spec, run.stats
    counts = ", ".join(f"{name} × {n}" for name, n in stats.get("counts", {}).items())
    circuit = [(name.replace("2", ", 2-qubit"), stats[name]) for name in STATS]
    recipe = [
        ("loss", spec.loss),
        ("optimizer", spec.optimizer),
        ("learning rate", spec.lr),
        ("epochs", spec.epochs),
        ("batch", spec.batch),
        ("seed", spec.seed),
        ("head", spec.head),
        ("observables", ", ".join(map(str, spec.observables))),
        ("steps made", run.step),
        ("seconds", run.status()["elapsed"]),
    ]
    events = "".join(
        f"<tr><th scope='row'>step {event['step']:,}</th><td>{escape(event['text'])}</td></tr>"
        for event in run.status()["events"]
    )
    plot = figure(run).to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False})
    title = escape(f"{run.name} · run {run.id}")
    about = f"Run {escape(run.id)}, {escape(run.state)}, step {run.step:,} of {run.total_steps:,}"
    view = "<meta name='viewport' content='width=device-width'>"
    return "".join(
        (
            f"<!doctype html><html lang='en'><head><meta charset='utf-8'>{view}",
            f"<title>{title}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(run.name)}</h1><p>{about}</p><div class='plot'>{plot}</div>",
            f"<noscript>{static_html(run)}</noscript><div class='row'>",
            _section("Figures", rows(figures_of(run))),
            _section("Recipe", rows(recipe)),
            _section("Circuit", rows(circuit), f"<p>{escape(counts)}</p>"),
            _section("Interventions", events or "<tr><td>none</td></tr>"),
            f"</div><h2>Circuit</h2><div class='drawing'>{to_svg(Circuit.from_text(spec.circuit))}</div>",
            f"<details><summary>as text</summary><pre>{escape(spec.circuit)}</pre></details></body></html>\n",
        )
    )


def _section(title: str, body: str, more: str = "") -> str:
    return f"<section><h2>{title}</h2><table>{body}</table>{more}</section>"


def write_report(run: Run, path: str | PathLike[str]) -> None:
    """Write `report_html` to a file; its folder must exist."""
    Path(path).write_text(report_html(run), encoding="utf-8")
