"""Parts of a run's state as JSON-ready values, as the panel protocol carries them. Pure; holds nothing."""

from __future__ import annotations

import math
from typing import Any

from .events import Evaluated, Intervened

TEXTS = {"pause": "paused", "resume": "resumed", "stop": "stopped by hand"}
LAST = 200  # interventions carried; a run steered more often keeps them all in run.events


def intervention(event: Intervened) -> dict[str, Any]:
    """Return an intervention as the panel shows it."""
    text = TEXTS.get(event.kind, event.kind)
    if event.kind == "lr":
        text = f"learning rate {event.old:g} → {event.new:g}"
    return {
        "step": event.step,
        "time": event.time,
        "kind": event.kind,
        "old": event.old,
        "new": event.new,
        "text": text,
    }


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
