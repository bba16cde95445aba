"""One solve as a widget in a notebook cell: the view of the Lab's Optimise tab over a run that was started in Python.

Holds no logic of its own: `OptServer` answers the pages, `Keeper` keeps the picture of a saved notebook.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets as t

from ..training.job import ticker
from .assets import asset
from .comm import detach_subshell
from .keeper import Keeper
from .optserver import OptServer

if TYPE_CHECKING:
    from ..optimize import Problem, Run


class OptPanel(anywidget.AnyWidget):
    """Shows a solve while it goes on and after; ``run.panel`` and ``solution.panel`` make it.

    Args:
        run: of `qlab.optimize.start` or `qlab.optimize.qaoa`.
        problem: what it solves.
        limit: its time limit in seconds.

    Example:
        >>> qlab.optimize.start(p, time_limit=60).panel     # doctest: +SKIP
    """

    _esm = asset("optimise.js")
    _css = asset("optimise.css")

    title = t.Unicode(help="name of the problem").tag(sync=True)

    def __init__(self, run: Run, problem: Problem, limit: float) -> None:
        super().__init__(title=run.name)
        self.server = OptServer(self._link, wake=ticker.wake)
        self.server.attach(run, problem, limit)
        self.keeper = Keeper(self._state, self._still, lambda m: self.send(m), lambda: str(self.model_id))
        detach_subshell(self)
        self.on_msg(self._received)
        ticker.add(self.server.pump)
        ticker.add(self.keeper.pump)

    @property
    def run(self) -> Run:
        """The run shown: another one after *Solve again*."""
        assert self.server.run is not None
        return self.server.run

    def _received(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if not self.keeper.handle(message):
            self.server.handle(message)

    def _link(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(message, buffers)

    def _state(self) -> tuple[Any, Any, bool]:
        return self.run.state, self.run.version, self.run.is_active

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"text/html": still(self.server)}, {}

    def close(self) -> None:
        """Take the panel off every page; the solve goes on."""
        ticker.remove(self.server.pump)
        ticker.remove(self.keeper.pump)
        super().close()

    def __repr__(self) -> str:
        return f"Panel of {self.run!r}"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, **self._still()[0], "text/plain": repr(self)}, metadata

    def _ipython_display_(self) -> None:
        self.keeper.publish(self._repr_mimebundle_(), update=False)


def still(server: OptServer) -> str:
    """Return the last state as a fragment of HTML without script: figures, stages, the certificate's sentence."""
    story = server.story
    if story is None:
        return "<p>nothing was solved</p>"
    told = story.json()

    def number(v: Any) -> str:
        return "–" if v is None else f"{v:,.6g}".replace("-", "−")

    gap = "–" if told["gap"] is None else f"{told['gap']:.2%}"
    figures = (
        (told["objective"], number(told["value"])),
        ("Bound", f"{number(told['bound'])} {told['bound_source']}"),
        ("Gap", gap),
        ("Time", f"{told['seconds']:.2f} s"),
    )
    rows = "".join(f"<tr><th scope='row'>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in figures)
    stages = "".join(
        f"<tr><td>{escape(s['stage'])}</td><td>{escape(s['method'])}</td>"
        f"<td>{'' if s['seconds'] is None else format(s['seconds'], '.2f') + ' s'}</td>"
        f"<td>{escape(s['added'])}</td><td>{escape(s['summary'])}</td></tr>"
        for s in told["stages"]
    )
    end = told["certificate"] or {"title": "", "text": ""}
    fault = "" if told["error"] is None else f"<p>{escape(str(told['error'].get('message')))}</p>"
    return (
        f"<p><strong>{escape(told['name'])}</strong> · {escape(told['state'])}</p>{fault}<table>{rows}</table>"
        f"<table>{stages}</table><p>{escape(end['title'])}: {escape(end['text'])}</p>"
    )
