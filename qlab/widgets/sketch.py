"""The loss curves of runs as places on a small canvas, for the drawings that need no script. Writes no file format.

Colours hold 3:1 on white and on the darkest surface, since a saved picture can't know the theme of its reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ..training.run_view import RunView as Run

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 196, 60, 12, 8, 28
POINTS = 1200  # drawn a curve; two a pixel are enough for its extremes
SERIES = ("#4c6fe0", "#d0641f", "#2f9457", "#a05fe0", "#8a7b16", "#c9488f", "#1393a5", "#7d7489")
INK = "#77808c"


@dataclass(frozen=True, slots=True)
class Line:
    """A curve in pixels; ``x`` doesn't fall."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    colour: str
    width: float
    dotted: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A text whose baseline begins, or with ``end`` ends, at (x, y)."""

    x: float
    y: float
    text: str
    end: bool = False


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is drawn: curves over an axis at the foot, and labels."""

    lines: tuple[Line, ...]
    labels: tuple[Label, ...]

    @property
    def empty(self) -> bool:
        """Whether there is no figure yet."""
        return not self.lines


def short(value: float) -> str:
    """Return an axis label of at most three digits."""
    return f"{value:.3g}".replace("-", "−")


def sketch(run: Run, others: Sequence[Run] = ()) -> Sketch:
    """Place the loss of ``run`` (training dotted, validation solid) and the validation loss of the others."""
    found: list[tuple[NDArray[np.float64], NDArray[np.float64], str, float, bool]] = []
    for k, one in enumerate((run, *others)):
        names = one.columns.names
        block, _ = one.columns.bucket(0, one.columns.n, POINTS)
        step, train, val = (block[names.index(name)] for name in ("step", "loss", "val_loss"))
        colour = SERIES[k % len(SERIES)]
        if k == 0 and np.isfinite(train).any():
            found.append((step, train, colour, 1.2, True))
        if np.isfinite(val).any():
            found.append((step, val, colour, 2.2 if k == 0 else 1.5, False))
        elif k > 0 and np.isfinite(train).any():
            found.append((step, train, colour, 1.5, False))
    if not found:
        return Sketch((), (Label(LEFT, HEIGHT // 2, "No step yet"),))
    values = np.concatenate([y[np.isfinite(y)] for _, y, *_ in found])
    low, high = float(values.min()), float(values.max())
    high = high if high > low else low + 1.0
    last = max(2.0, *(float(step[-1]) for step, *_ in found))

    def placed(step: NDArray[np.float64], y: NDArray[np.float64], colour: str, width: float, dotted: bool) -> Line:
        ok = np.isfinite(y)
        px = LEFT + (WIDTH - LEFT - RIGHT) * (step[ok] - 1.0) / (last - 1.0)
        py = TOP + (HEIGHT - BOTTOM - TOP) * (high - y[ok]) / (high - low)
        return Line(px, py, colour, width, dotted)

    edge, base = WIDTH - RIGHT, HEIGHT - BOTTOM
    labels = (
        Label(LEFT - 6, 16, short(high), end=True),
        Label(LEFT - 6, base, short(low), end=True),
        Label(LEFT, HEIGHT - 10, "step 1"),
        Label(edge, HEIGHT - 10, f"{int(last):,}", end=True),
        Label(edge, 16, "loss: training dotted, validation solid", end=True),
    )
    return Sketch(tuple(placed(*one) for one in found), labels)


def to_svg(drawn: Sketch, title: str) -> str:
    """Return the sketch as an SVG document; ``title`` must be escaped."""
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' height='{HEIGHT}' "
        f"role='img' aria-label='{title}' font-family='sans-serif' font-size='11' fill='{INK}'>"
    )
    ends = {True: " text-anchor='end'", False: ""}
    parts = [f"<text x='{t.x:g}' y='{t.y:g}'{ends[t.end]}>{t.text}</text>" for t in drawn.labels]
    if not drawn.empty:
        parts.append(f"<path d='M{LEFT} {HEIGHT - BOTTOM}H{WIDTH - RIGHT}' stroke='#9aa5b2'/>")
    for line in drawn.lines:
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(line.x, line.y, strict=True))
        dash = " stroke-dasharray='2 2'" if line.dotted else ""
        parts.append(
            f"<polyline points='{points}' fill='none' stroke='{line.colour}' stroke-width='{line.width}'{dash}/>"
        )
    return f"{head}{''.join(parts)}</svg>"
