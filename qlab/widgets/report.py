"""The Plotly figure of a run, and the page that holds it with all figures: one file, nothing from outside."""

from __future__ import annotations

import json
from dataclasses import asdict
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ..circuit import Circuit
from ..circuit.svg import to_svg
from .figures import figure
from .palette import DARK, LIGHT
from .still import figures_of, rows, static_html

if TYPE_CHECKING:
    from ..training.run_view import RunView as Run

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
.plot{min-height:360px}
.drawing{background:#fff;border-radius:6px;padding:4px;overflow:auto;margin-bottom:12px}
"""
# The page follows the reader's theme, and a plot has its colours as data: they are put in by the page itself.
FOLLOW = """
const looks = LOOKS, dark = matchMedia('(prefers-color-scheme: dark)');
function dress() {
  const plot = document.querySelector('.js-plotly-plot'); if (!plot) return;
  const look = looks[dark.matches ? 'dark' : 'light'], was = looks[dark.matches ? 'light' : 'dark'];
  const text = JSON.stringify(plot.layout), all = [[was.ink, look.ink], [was.quiet, look.quiet],
    [was.grid, look.grid], [was.accent, look.accent], [was.raised, look.raised]];
  const layout = JSON.parse(all.reduce((t, [from, to]) => t.replaceAll('"' + from + '"', '"' + to + '"'), text));
  const data = plot.data.map(trace => ({ ...trace, line: { ...trace.line,
    color: look.series[Math.max(was.series.indexOf(trace.line.color), look.series.indexOf(trace.line.color))] } }));
  Plotly.react(plot, data, layout, { displaylogo: false });
}
dress(); dark.addEventListener('change', dress);
"""


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
    plot = figure(run, "light").to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False})
    looks = json.dumps({"light": asdict(LIGHT), "dark": asdict(DARK)})
    follow = f"<script>{FOLLOW.replace('LOOKS', looks)}</script>"
    title = escape(f"{run.name} · run {run.id}")
    about = f"Run {escape(run.id)}, {escape(run.state)}, step {run.step:,} of {run.total_steps:,}"
    view = "<meta name='viewport' content='width=device-width'>"
    return "".join(
        (
            f"<!doctype html><html lang='en'><head><meta charset='utf-8'>{view}",
            f"<title>{title}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(run.name)}</h1><p>{about}</p><div class='plot'>{plot}</div>{follow}",
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
