"""`qlab.compare`: runs side by side, as a table, as long columns and as overlaid curves. Must not draw itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import TrainError
from .control import STEERING
from .events import Intervened
from .run_stored import open_run
from .run_view import RunView

if TYPE_CHECKING:
    import pandas as pd

_COURSE = ("parent", "steered")
POINTS = 2000  # rows of each run in `Comparison.curves`, by default
LEFT_OUT = ("circuit", "name", "lineage")  # of a spec: too long for a table, or shown by another name


class Comparison:
    """Runs beside each other; made by `compare`.

    Example:
        >>> both = qlab.compare([run, child])     # doctest: +SKIP
        >>> both.to_pandas()                      # doctest: +SKIP
        >>> both.figure("val_loss")               # doctest: +SKIP
    """

    def __init__(self, runs: list[RunView]) -> None:
        self.runs = runs
        self._panel: Any = None

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[RunView]:
        return iter(self.runs)

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a run: state, final figures, and of the recipe only what differs.

        ``parent`` is ``"run @ step"`` of a branch, ``steered`` what was changed on the way, ``"lr 0.01 @ 201"`` from
        the first step that it governs; both are left out where no run has any.
        """
        import pandas as pd

        specs = [{k: v for k, v in asdict(run.spec).items() if k not in LEFT_OUT} for run in self.runs]
        texts = [{k: json.dumps(v, sort_keys=True, default=str) for k, v in spec.items()} for spec in specs]
        different = [k for k in specs[0] if len({text.get(k) for text in texts}) > 1]
        rows = []
        for run, spec in zip(self.runs, specs, strict=True):
            circuit = {"gates": run.stats.get("gates"), "weights": run.stats.get("weights")}
            recipe = {k: spec[k] for k in different}
            head = {"id": run.id, "name": run.name, "state": run.state, "step": run.step}
            rows.append({**head, **_course(run), **run.summary(), **recipe, **circuit})
        frame = pd.DataFrame(rows).set_index("id")
        return frame.drop(columns=[k for k in _COURSE if not frame[k].any()])

    def curves(self, column: str = "loss", points: int = POINTS) -> dict[str, tuple[Any, Any]]:
        """Return steps and values of a column by run id, in at most ``points`` rows each, extremes exact.

        Runs that have no such column are left out. Of a branch only its own steps are given.

        Raises:
            TrainError: none has it.
        """
        found = {}
        for run in self.runs:
            names = run.columns.names
            if column in names:
                block, _ = run.columns.bucket(0, run.columns.n, points)
                y = block[names.index(column)]
                known = np.isfinite(y)
                found[run.id] = block[names.index("step")][known], y[known]
        if not found:
            names = sorted({name for run in self.runs for name in run.columns.names})
            raise TrainError(
                f"no run has a column {column!r}", where="compare", cure=f"use one of {', '.join(names)}", value=column
            )
        return found

    def figure(self, column: str = "val_loss", *, across: str = "step", theme: str | None = None) -> Any:
        """Return a `plotly.graph_objects.Figure` of one column, a line a run.

        Args:
            column: such as ``"loss"`` or ``"val_accuracy"``.
            across: ``"step"``, ``"epoch"`` or ``"time"``.
            theme: ``"light"`` or ``"dark"``; by default as the page that shows a panel has it.
        """
        from ..widgets.figures import compared

        return compared(self.runs, column, across, theme)

    @property
    def panel(self) -> Any:
        """The panel with all of them; the first is the one that is steered."""
        if self._panel is None:
            from ..widgets.panel import Panel

            self._panel = Panel(self.runs[0], others=self.runs[1:])
        return self._panel

    def __repr__(self) -> str:
        return f"Comparison of {len(self)} runs: {', '.join(run.id for run in self.runs)}"

    def _repr_html_(self) -> str:
        return str(self.to_pandas().to_html(max_rows=200, border=0))


def _course(run: RunView) -> dict[str, str]:
    """What the recipe doesn't tell: where a run branched off, and how it was steered since."""
    origin = run.origin
    parent = "" if origin is None else f"{origin['run']} @ {origin['step']}"
    orders = [e for e in run.events if isinstance(e, Intervened) and e.kind in STEERING]
    return {"parent": parent, "steered": ", ".join(f"{e.kind} {_plain(e.new)} @ {e.step}" for e in orders)}


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)


def compare(runs: Iterable[Any], *, folder: str | PathLike[str] | None = None) -> Comparison:
    """Return runs side by side.

    Args:
        runs: live runs, stored ones, or ids; a `RunList` is fine.
        folder: where ids are looked up; by default the user's.

    Raises:
        TrainError: there is none, or an id is unknown.

    Example:
        >>> qlab.compare(qlab.runs()[:5]).to_pandas()     # doctest: +SKIP
    """
    if isinstance(runs, (str, RunView)):
        runs = [runs]
    chosen: list[RunView] = []
    for run in runs:
        found = open_run(run, folder=folder) if isinstance(run, str) else run
        if not isinstance(found, RunView):
            raise TrainError(f"a {type(run).__name__} is no run", where="compare", cure="give runs or their ids")
        if all(found.id != other.id for other in chosen):
            chosen.append(found)
    if not chosen:
        raise TrainError("there is no run to compare", where="compare", cure="give at least one, or see qlab.runs()")
    return Comparison(chosen)
