"""The list of stored runs as a widget, and the comm that the *Runs* sidebar of JupyterLab opens.

Joins `RunsServer` to a page; must not know how a run is stored or shown.
"""

from __future__ import annotations

from os import PathLike
from typing import Any

import anywidget
import traitlets as t

from ..training.job import loader
from .assets import asset
from .comm import detach_subshell
from .runs import RunsServer

TARGET = "qlab.runs"


class RunsTable(anywidget.AnyWidget):
    """Stored runs as a table: find, compare, tag, note, delete, open, resume. ``qlab.runs()`` shows itself as one.

    Args:
        folder: of a project; by default the user's.
        only: ids of the runs listed; by default all there are, those yet to come included.

    Example:
        >>> qlab.widgets.runstable.RunsTable("./study")     # doctest: +SKIP
    """

    _esm = asset("runs.js")
    _css = asset("runs.css")

    height = t.Int(420, min=200, max=4000, help="CSS pixels").tag(sync=True)

    def __init__(
        self, folder: str | PathLike[str] | None = None, *, only: tuple[str, ...] | None = None, **settings: Any
    ) -> None:
        super().__init__(**settings)
        self.server = RunsServer(self.send, folder=folder, only=only, wake=loader.wake)
        detach_subshell(self)
        self.on_msg(self._received)
        loader.add(self.server.pump)

    def _received(self, _widget: Any, message: Any, _buffers: Any) -> None:
        # May run on a subshell's thread while a cell runs: only noted here, answered by the loader.
        self.server.handle(message)

    def close(self) -> None:
        """Take the table off every page."""
        loader.remove(self.server.pump)
        super().close()


def offer_sidebar() -> None:
    """Let a page open a comm to the stored runs; the *Runs* sidebar calls this in the kernel it uses. Twice is once."""
    from comm import get_comm_manager

    get_comm_manager().register_target(TARGET, _opened)


def _opened(comm: Any, _message: Any) -> None:
    """Serve one page until it closes the comm."""
    if hasattr(type(comm), "_reply_subshell_for"):
        comm._reply_subshell_for = None  # as `detach_subshell` for a widget
    server = RunsServer(lambda message, _buffers: comm.send(message), wake=loader.wake)
    comm.on_msg(lambda message: server.handle(message["content"]["data"]))
    comm.on_close(lambda _message: loader.remove(server.pump))
    loader.add(server.pump)
