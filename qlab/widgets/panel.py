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
from .keeper import VIEW, Keeper, headless
from .palette import told
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
    address = t.Unicode(help="id of the widget's model, see comm.py").tag(sync=True)
    height = t.Int(720, min=200, max=4000, help="CSS pixels").tag(sync=True)
    settings = t.Dict(help="what the user arranged: smoothing 0 to 0.99, across, logLoss").tag(sync=True)

    def __init__(self, run: Run, others: Sequence[Run] = (), **settings: Any) -> None:
        super().__init__(run_id=run.id, title=run.name, **settings)
        self.server = PanelSet(run, self._link, others=others, wake=ticker.wake)
        self.keeper = Keeper(self._state, self._still, lambda m: self.send(m), lambda: str(self.model_id))
        detach_subshell(self)
        self.on_msg(self._received)
        ticker.add(self.server.pump)
        ticker.add(self.keeper.pump)

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
        if isinstance(message, dict) and message.get("type") == "theme":
            told(message.get("theme"))
        elif not self.keeper.handle(message):
            self.server.handle(message)

    def _link(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(message, buffers)

    def _state(self) -> tuple[Any, Any, bool]:
        runs = self.server.runs
        turns = tuple((run.id, run.state) for run in runs)
        return turns, tuple(run.step for run in runs), any(run.is_active for run in runs)

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        from .still import bundle

        return bundle(self.run, self.runs[1:])

    def close(self) -> None:
        """Take the panel off every page; the run goes on."""
        ticker.remove(self.server.pump)
        ticker.remove(self.keeper.pump)
        super().close()

    def to_figure(self, theme: str | None = None) -> Any:
        """Return the curves so far as a `plotly.graph_objects.Figure` of your own; of several runs, their losses.

        Args:
            theme: "light" or "dark"; by default as the page has it.
        """
        from .figures import compared, figure

        return figure(self.run, theme) if len(self.runs) == 1 else compared(self.runs, "val_loss", theme=theme)

    def to_html(self, path: str | PathLike[str]) -> None:
        """Write the run as one HTML page that needs nothing else."""
        from .report import write_report

        write_report(self.run, path)

    def __repr__(self) -> str:
        return f"Panel of {self.run!r}"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        still, sizes = self._still()
        return {**data, **still, "text/plain": repr(self)}, {**metadata, **sizes}

    def _ipython_display_(self) -> None:
        data, metadata = self._repr_mimebundle_()
        if headless():
            del data[VIEW]  # a page without kernel would wait for a widget instead of showing the picture
            self.keeper.follow()
        self.keeper.publish((data, metadata), update=False)
