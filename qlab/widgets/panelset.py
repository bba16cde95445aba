"""Several runs in one panel: a `PanelServer` for each over one link, and what concerns more than one of them.

Overlays a run, branches, resumes, lists. Knows no widget; work that may take a while goes to a thread of
`qlab.training.job`, and its outcome is told by the next `pump`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from ..errors import QlabError, TrainError, not_one_of
from ..training.job import background
from ..training.resume_run import resume
from ..training.run_stored import open_run
from ..training.run_view import RunView
from ..training.status import finite
from .link import Link, Message
from .runs import RunsServer
from .stream import PERIOD, PanelServer

MOST = 50  # runs in one panel
BRANCH = ("lr", "batch", "freeze", "thaw", "term")
SLOW = ("branch", "continue")
OFFERED = ("decision", "embedding", "transpiled")  # figures of `RunView.view` that a page may ask for
OPTIONS = {"backend": str, "grid": int, "rows": str}
GRID = 96  # points a side that a page may ask for


class PanelSet:
    """Streams several runs to any number of pages over one link; the first is the current one.

    ``handle`` may be called from any thread; ``pump`` from one thread at a time: as `PanelServer`.

    Args:
        run: the current one.
        link: sends a message to all pages.
        others: drawn over it.
        clock: seconds that never go back.
        wake: called when ``pump`` should be called soon.
        spawn: runs a call beside; a test may pass one that calls at once.
    """

    def __init__(
        self,
        run: RunView,
        link: Link,
        *,
        others: Iterable[RunView] = (),
        clock: Callable[[], float] = time.monotonic,
        wake: Callable[[], None] = lambda: None,
        spawn: Callable[[str, Callable[[], None]], None] = background,
    ) -> None:
        self._link, self._clock, self._wake, self._spawn = link, clock, wake, spawn
        self._servers: dict[str, PanelServer] = {}
        self._runs: dict[str, RunView] = {}
        self._inbox: deque[Message] = deque()
        self._done: deque[Callable[[], None]] = deque()
        for one in (run, *others):
            self._add(one)
        store = run.store
        self._list = RunsServer(link, folder=None if store is None else store.folder, wake=wake)

    @property
    def runs(self) -> tuple[RunView, ...]:
        """The runs shown; the first is the current one."""
        return tuple(self._runs.values())

    @property
    def run(self) -> RunView:
        """The current run."""
        return next(iter(self._runs.values()))

    # -- in ----------------------------------------

    def handle(self, message: object) -> None:
        """Take a message of a page; a faulty one is answered with an error, never raised."""
        if not isinstance(message, dict) or self._list.handle(message):
            return
        kind, run_id = message.get("type"), message.get("run")
        slow = kind == "control" and message.get("action") in SLOW
        if kind in ("set", "add", "drop", "view") or slow or self._comes_back(message):
            self._inbox.append(message)
            self._wake()
            return
        if kind == "close" and run_id is None:
            for server in list(self._servers.values()):
                server.handle(message)
            return
        first = next(iter(self._servers.values()))
        server = self._servers.get(run_id, first) if isinstance(run_id, str) else first
        server.handle(message)  # of a run that isn't shown: the first one refuses it by name

    def _comes_back(self, message: Message) -> bool:
        """Whether this is *Resume* pressed on a run that has ended."""
        run = self._runs.get(str(message.get("run")))
        wanted = message.get("type") == "control" and message.get("action") == "resume"
        return wanted and run is not None and not run.is_active

    # -- out ----------------------------------------

    def pump(self) -> float | None:
        """Answer what came in, send what is due; return seconds until the next call, or None."""
        while self._inbox:
            self._answer(self._inbox.popleft())
        while self._done:
            self._done.popleft()()
        live = sum(1 for run in self._runs.values() if run.is_active)
        waits = [self._list.pump()]
        for server in list(self._servers.values()):
            server.period = PERIOD * max(1, live)
            waits.append(server.pump())
        return min((wait for wait in waits if wait is not None), default=None)

    def _answer(self, message: Message) -> None:
        base = {"run": message.get("run"), "id": message.get("id")}
        try:
            kind = message["type"]
            if kind == "set":
                self._tell(message.get("client"))
            elif kind == "add":
                self._overlay(message)
            elif kind == "drop":
                self._drop(message)
            elif kind == "view":
                self._view(message)
            else:
                self._steer(message, base)
        except QlabError as error:
            self._fault(base, error)

    def _tell(self, client: object = None) -> None:
        """Say which runs there are, to one page or to all."""
        rows = [brief(run) for run in self._runs.values()]
        views = list(OFFERED) if callable(getattr(self.run, "view", None)) else []
        self._link({"type": "set", "client": client, "current": self.run.id, "runs": rows, "views": views}, [])

    def _overlay(self, message: Message) -> None:
        run_id = message.get("run")
        if run_id not in self._runs:
            if len(self._runs) >= MOST:
                raise TrainError(f"{MOST} runs are shown already", where="panel", cure="take one off first")
            store = self.run.store
            self._add(open_run(str(run_id), folder=None if store is None else store.folder))
        self._tell()

    def _drop(self, message: Message) -> None:
        run_id = str(message.get("run"))
        if run_id in self._runs and len(self._runs) > 1:
            del self._runs[run_id], self._servers[run_id]
        self._tell()

    def _steer(self, message: Message, base: Message) -> None:
        run = self._runs.get(str(message.get("run")))
        if run is None:
            raise TrainError(f"this panel doesn't show run {message.get('run')!r}", where="panel", cure="add it first")
        if message.get("action") == "branch":
            step, changes = _branch_of(message.get("value"))
            self._beside(base, lambda: run.branch(step, **changes), "branched")
        else:
            self._beside(base, lambda: resume(run, parallel=True), "resumed")  # type: ignore[arg-type]

    def _view(self, message: Message) -> None:
        """Compute a figure beside; the page hears of a fault where it would have shown the figure."""
        run, name = self._runs.get(str(message.get("run"))), message.get("name")
        told = {key: message.get(key) for key in ("run", "id", "client", "name")}
        options = _options_of(message.get("options"))

        def work() -> None:
            try:
                if run is None or name not in OFFERED or not hasattr(run, "view"):
                    raise not_one_of(TrainError, "view", name, OFFERED, where=f"run {message.get('run')}")
                answer = {"value": finite(run.view(str(name), **options)), "fault": None}
            except QlabError as error:
                answer = {"value": None, "fault": {"message": error.message, "cure": error.cure}}
            except Exception as error:  # the page must hear of it, and the next one must be answered
                answer = {"value": None, "fault": {"message": f"{type(error).__name__}: {error}", "cure": None}}
            self._done.append(lambda: self._link({"type": "view", **told, **answer}, []))
            self._wake()

        self._spawn("view", work)

    def _beside(self, base: Message, call: Callable[[], RunView], kind: str) -> None:
        def work() -> None:
            try:
                made = call()
                self._done.append(lambda: self._made(made, kind, base))
            except QlabError as error:
                fault = error
                self._done.append(lambda: self._fault(base, fault))
            except Exception as error:
                told = TrainError(f"{type(error).__name__}: {error}", where=str(base.get("run")))
                self._done.append(lambda: self._fault(base, told))
            self._wake()

        self._spawn(kind, work)

    def _made(self, run: RunView, kind: str, base: Message) -> None:
        if run.id in self._servers:
            self._runs[run.id] = run
            self._servers[run.id].follow(run)
        else:
            self._add(run)
        self._link({"type": kind, **base, "child": run.id, "name": run.name}, [])
        self._tell()

    def _fault(self, base: Message, error: QlabError) -> None:
        self._link({"type": "error", **base, "message": error.message, "cure": error.cure}, [])

    def _add(self, run: RunView) -> None:
        if run.id not in self._runs:
            self._runs[run.id] = run
            self._servers[run.id] = PanelServer(run, self._link, clock=self._clock, wake=self._wake)


def brief(run: RunView) -> Message:
    """Return what a list of the panel shows of a run."""
    origin = run.origin
    return {
        "id": run.id,
        "name": run.name,
        "state": run.state,
        "step": run.step,
        "total": run.total_steps,
        "columns": list(run.columns.names),
        "parent": None if origin is None else origin["run"],
        "parent_step": None if origin is None else origin["step"],
    }


def _options_of(given: Any) -> dict[str, Any]:
    """Return of what a page sent what a view can be asked with."""
    known = given if isinstance(given, dict) else {}
    options: dict[str, Any] = {k: known[k] for k, kind in OPTIONS.items() if isinstance(known.get(k), kind)}
    if "grid" in options:
        options["grid"] = min(options["grid"], GRID)
    return options


def _branch_of(value: Any) -> tuple[int | None, dict[str, Any]]:
    """Return step and changes of a branch order of a page.

    Raises:
        TrainError: it isn't one.
    """
    if not isinstance(value, dict):
        raise TrainError("a branch has no settings", where="branch", cure="send {step, lr, …} as value")
    known = {"step", "name", *BRANCH}
    unknown = sorted(str(key) for key in set(value) - known)
    if unknown:
        raise TrainError(f"a branch has no {unknown[0]!r}", where="branch", cure=f"use {', '.join(sorted(known))}")
    changes = {key: value[key] for key in BRANCH if value.get(key) is not None}
    name = value.get("name")
    if name is not None and (not isinstance(name, str) or len(name) > 200):
        raise TrainError("the name of a branch is no text of at most 200 signs", where="name", value=name)
    step = value.get("step")
    if isinstance(step, float) and step.is_integer():
        step = int(step)  # a page has no other numbers
    return step, {**changes, **({"name": name} if name else {})}
