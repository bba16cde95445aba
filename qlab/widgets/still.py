"""The last state of a run without kernel or script: a table and a drawn curve as HTML. Imports no widget."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ..training.run_view import RunView as Run

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 196, 44, 28
POINTS = 1200  # drawn a curve; two a pixel are enough for its extremes
TRAIN, VALIDATION = "#cf5a10", "#1a3a9e"  # series s2 and s1; 3:1 on white and on the mid-grey of dark themes
WORDS = {
    "waiting": "Waiting",
    "running": "Running",
    "paused": "Paused",
    "done": "Done",
    "stopped": "Stopped",
    "interrupted": "Interrupted",
}


def number(value: Any) -> str:
    """Return a figure as people read it: groups of three, a real minus sign, a dash where there is none."""
    if value is None or (isinstance(value, float) and value != value):
        return "–"
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    return f"{value:.4g}".replace("-", "−") if isinstance(value, float) else escape(str(value))


def rows(pairs: list[tuple[str, Any]]) -> str:
    """Return table rows of names and values, escaped."""
    return "".join(f"<tr><th scope='row'>{escape(name)}</th><td>{number(value)}</td></tr>" for name, value in pairs)


def figures_of(run: Run) -> list[tuple[str, Any]]:
    """Return the figures of a run that answer how good it is, with the classical baseline."""
    pairs: list[tuple[str, Any]] = [(name.replace("_", " "), value) for name, value in run.summary().items()]
    if run.status()["baseline"] is not None:  # only then is it computed already
        base = run.baseline
        pairs += [(f"{base['name']}, {part} {base['metric']}", base[part]) for part in ("train", "val", "test")]
    return pairs


def static_html(run: Run) -> str:
    """Return a small HTML fragment: state, loss curve, final figures; no script, no address."""
    state = WORDS.get(run.state, "Failed")
    head = f"{escape(run.name)} · {state}, step {run.step:,} of {run.total_steps:,}"
    fault = ""
    if run.error is not None:
        cure = f" Cure: {run.error['cure']}." if run.error.get("cure") else ""
        fault = f"<p>{escape(str(run.error['message']))}.{escape(cure)}</p>"
    return (
        f"<div><p><b>{head}</b> <small>saved view</small></p>{fault}{loss_svg(run)}"
        f"<table><tbody>{rows(figures_of(run))}</tbody></table></div>"
    )


def loss_svg(run: Run) -> str:
    """Return the loss curves as an SVG drawing: training dotted, validation solid."""
    block, _ = run.columns.bucket(0, run.columns.n, POINTS)
    names = run.columns.names
    step, train, val = (block[names.index(name)] for name in ("step", "loss", "val_loss"))
    values = np.concatenate([train, val])
    values = values[np.isfinite(values)]
    label = "Loss by step" if values.size else "No step yet"
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' "
        f"width='{WIDTH}' height='{HEIGHT}' "
        f"role='img' aria-label='{label}' font-family='sans-serif' font-size='11' fill='#77808c'>"
    )
    if not values.size:
        return f"{head}<text x='{LEFT}' y='{HEIGHT // 2}'>{label}</text></svg>"
    low, high = float(values.min()), float(values.max())
    high = high if high > low else low + 1.0
    last = max(float(step[-1]), 2.0)

    def line(y: NDArray[np.float64], colour: str, style: str) -> str:
        ok = np.isfinite(y)
        px = LEFT + (WIDTH - LEFT - 12) * (step[ok] - 1.0) / (last - 1.0)
        py = 8 + (HEIGHT - BOTTOM - 8) * (high - y[ok]) / (high - low)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(px, py, strict=True))
        return f"<polyline points='{points}' fill='none' stroke='{colour}' {style}/>" if points else ""

    base = HEIGHT - BOTTOM
    axis = (
        f"<path d='M{LEFT} {base}H{WIDTH - 12}' stroke='#9aa5b2'/>"
        f"<text x='{LEFT - 6}' y='16' text-anchor='end'>{number(high)}</text>"
        f"<text x='{LEFT - 6}' y='{base}' text-anchor='end'>{number(low)}</text>"
        f"<text x='{LEFT}' y='{HEIGHT - 10}'>step 1</text>"
        f"<text x='{WIDTH - 12}' y='{HEIGHT - 10}' text-anchor='end'>{int(last):,}</text>"
        f"<text x='{WIDTH - 12}' y='16' text-anchor='end'>loss: training dotted, validation solid</text>"
    )
    dotted, solid = "stroke-width='1.2' stroke-dasharray='2 2'", "stroke-width='2.2'"
    return f"{head}{axis}{line(train, TRAIN, dotted)}{line(val, VALIDATION, solid)}</svg>"
