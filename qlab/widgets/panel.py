"""The live panel of a run as a widget. Traits hold settings only; figures go through the panel protocol."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets as t

from ..training.job import ticker
from .assets import asset
from .comm import detach_subshell
from .panelset import PanelSet
from .stream import PanelServer

if TYPE_CHECKING:
    from ..training.run_view import RunView as Run

__all__ = ["Panel", "PanelServer", "PanelSet"]


class Panel(anywidget.AnyWidget):
    """Shows a run while it goes on, on any number of pages at once; ``run.panel`` makes the one of a run.

    Args:
        run: what is shown; a stored run's history is served from the store.
        others: runs drawn over it, as `qlab.compare` has them.
        height: of the widget, in CSS pixels.
        settings: what the user arranged on the page: ``{"smoothing": 0.88, "across": "step", "logLoss": False}``.

    Example:
        >>> run.panel.height = 480     # doctest: +SKIP
    """

    _esm = asset("panel.js")
    _css = asset("panel.css")

    run_id = t.Unicode(help="id of the run shown").tag(sync=True)
    title = t.Unicode(help="name of the run shown").tag(sync=True)
    height = t.Int(720, min=200, max=4000, help="CSS pixels").tag(sync=True)
    settings = t.Dict(help="what the user arranged: smoothing 0 to 0.99, across, logLoss").tag(sync=True)

    def __init__(self, run: Run, others: Sequence[Run] = (), **settings: Any) -> None:
        super().__init__(run_id=run.id, title=run.name, **settings)
        self.server = PanelSet(run, self._link, others=others, wake=ticker.wake)
        detach_subshell(self)
        self.on_msg(self._received)
        ticker.add(self.server.pump)

    @property
    def run(self) -> Run:
        """The run shown: the live one again after *Resume*."""
        return self.server.run

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs shown, those branched from the page included."""
        return self.server.runs

    def _received(self, _widget: Any, message: Any, _buffers: Any) -> None:
        # May run on a subshell's thread while a cell runs: only noted here, answered by the ticker.
        self.server.handle(message)

    def _link(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(message, buffers)

    def close(self) -> None:
        """Take the panel off every page; the run goes on."""
        ticker.remove(self.server.pump)
        super().close()

    def to_figure(self) -> Any:
        """Return the curves so far as a `plotly.graph_objects.Figure` of your own."""
        from .report import figure

        return figure(self.run)

    def to_html(self, path: str | PathLike[str]) -> None:
        """Write the run as one HTML page that needs nothing else."""
        from .report import write_report

        write_report(self.run, path)

    def __repr__(self) -> str:
        return f"Panel of {self.run!r}"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        from .still import static_html

        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/html": static_html(self.run), "text/plain": repr(self)}, metadata
