"""Parts of a run's state as JSON-ready values, as the panel protocol carries them. Pure; holds nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .events import Evaluated, Intervened, Noted

TEXTS = {"pause": "paused", "resume": "resumed", "stop": "stopped by hand"}
SPANS = 6  # ranges of weights named before "…"
LAST = 200  # interventions carried; a run steered more often keeps them all in run.events


def intervention(event: Intervened | Noted) -> dict[str, Any]:
    """Return an intervention, or a decision of the loop, as the panel shows it."""
    if isinstance(event, Noted):
        told = {"step": event.step, "time": event.time, "kind": event.kind, "old": None, "new": None}
        return {**told, "text": event.text}
    text = TEXTS.get(event.kind, event.kind)
    if event.kind == "lr":
        text = f"learning rate {event.old:g} → {event.new:g}"
    elif event.kind == "batch":
        text = f"batch {event.old} → {event.new}"
    elif event.kind in ("freeze", "thaw"):
        target = event.new
        what = target if isinstance(target, str) else f"weights {_spans(target)}"
        text = f"{'froze' if event.kind == 'freeze' else 'thawed'} {'all weights' if what == 'all' else what}"
    elif event.kind == "term":
        name, weight = event.new
        text = f"weight of {name} → {weight:g}"
    return {
        "step": event.step,
        "time": event.time,
        "kind": event.kind,
        "old": event.old,
        "new": event.new,
        "text": text,
    }


def _spans(numbers: Sequence[int]) -> str:
    """Return numbers as people write them: "0–3, 7"."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in spans[:SPANS]]
    return ", ".join(shown) + (", …" if len(spans) > SPANS else "")


def confusion_of(event: Evaluated | None, classes: tuple[Any, ...] | None) -> dict[str, Any] | None:
    """Return the newest confusion matrix with its labels, or None."""
    if event is None or event.confusion is None or classes is None:
        return None
    return {
        "labels": [str(label) for label in classes],
        "matrix": [list(row) for row in event.confusion],
        "step": event.step,
    }


def finite(value: Any) -> Any:
    """Return a value with every nan and infinity turned into None, which JSON can hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value.item() if hasattr(value, "item") else value
