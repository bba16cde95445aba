"""The last state of a run without kernel or script: a table and drawn curves as HTML, and as PNG. Imports no widget."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from .picture import png
from .sketch import HEIGHT, SERIES, WIDTH, sketch, to_svg

if TYPE_CHECKING:
    from ..training.run_view import RunView as Run

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


def static_html(run: Run, others: Sequence[Run] = ()) -> str:
    """Return a small HTML fragment: state, loss curves, final figures; no script, no address.

    The drawing is an image with its data in it: what cleans the HTML of notebooks (JupyterLab of one that isn't
    trusted, code hosts) leaves that, and takes a bare ``<svg>`` out.
    """
    state = WORDS.get(run.state, "Failed")
    head = f"{escape(run.name)} · {state}, step {run.step:,} of {run.total_steps:,}"
    fault = ""
    if run.error is not None:
        cure = f" Cure: {run.error['cure']}." if run.error.get("cure") else ""
        fault = f"<p>{escape(str(run.error['message']))}.{escape(cure)}</p>"
    drawn = sketch(run, others)
    label = "No step yet" if drawn.empty else f"Loss by step, run {run.name}"
    data = b64encode(to_svg(drawn, escape(label)).encode()).decode()
    image = f"<img alt='{escape(label)}' width='{WIDTH}' height='{HEIGHT}' src='data:image/svg+xml;base64,{data}'>"
    over = "".join(_key(k, one) for k, one in enumerate((run, *others))) if others else ""
    return (
        f"<div><p><b>{head}</b> <small>saved view</small></p>{fault}{image}{over}"
        f"<table style='margin-left:0'><tbody>{rows(figures_of(run))}</tbody></table></div>"
    )


def _key(k: int, run: Run) -> str:
    colour = SERIES[k % len(SERIES)]
    return f"<p><b style='color:{colour}'>■</b> {escape(run.name)} <small>run {escape(run.id)}</small></p>"


def bundle(run: Run, others: Sequence[Run] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the last state as HTML and PNG, keyed by MIME type, and the metadata that goes with them."""
    picture = b64encode(png(sketch(run, others))).decode()
    data = {"text/html": static_html(run, others), "image/png": picture}
    return data, {"image/png": {"width": WIDTH, "height": HEIGHT}}
