"""The kernel's end of the Optimise tab: the form being edited, the solve that goes on, and the answers to a page.

Knows no widget and starts no thread but the solve's own. Messages to the page: ``form`` (tables, faults, sizes, code),
``status`` (at most ten a second), ``figure`` (the incumbent's picture, when it is another one), ``refused``, and the
page's plotly.js. ``stop`` from the page acts at once, from whatever thread it comes.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .. import optimize
from ..circuit import Circuit
from ..errors import OptimizeError, QlabError, not_one_of
from . import optform
from .assets import send_plotly
from .link import Link
from .optablate import Comparison
from .optabout import about, missing, size
from .optcircuit import circuit_of
from .optexamples import TEMPLATES, TITLES, form_of, template
from .optfigure import figure
from .optform import Form, Table
from .optstory import Story, objective

Json = dict[str, Any]
PERIOD = 0.1  # seconds between two messages of status
COARSE = ("qaoa", "path_integral", "bifurcation", "discrete_bifurcation", "annealing", "none")
REFINE = ("auto", "cp_sat", "milp", "local", "none")
LONGEST = 86_400.0  # seconds a solve may be given from a page


class OptServer:
    """Serves the Optimise tab over one link; ``handle`` only notes messages, ``pump`` answers them.

    Args:
        link: sends a message and its buffers to all pages.
        wake: called when there is something for ``pump`` to do.
        on_change: called with nothing when a solve began or ended.
        on_circuit: takes the circuit that is to be opened in the designer; None where there is no designer.
    """

    def __init__(
        self,
        link: Link,
        *,
        wake: Callable[[], None] = lambda: None,
        on_change: Callable[[], None] = lambda: None,
        on_circuit: Callable[[Circuit], None] | None = None,
    ) -> None:
        self._link, self._wake, self._on_change, self._on_circuit = link, wake, on_change, on_circuit
        self._comparison: Comparison | None = None
        self._compared = self._compared_of = -1  # events of it that the page knows, and the problem it is of
        self._forms: dict[str, Form] = {}
        self._form: Form | None = None
        self._read: tuple[optimize.Problem, str] | None = None  # of a file without a form
        self._settings: Json = {"coarse": "qaoa", "refine": "auto", "time_limit": 10.0, "seed": 0}
        self._inbox: deque[Json] = deque()
        self._story: Story | None = None
        self._pictured: Any = None
        self._sent = -math.inf
        self._count = 0
        self._of = 0  # grows with every change of the problem; a solve keeps the one it was started with
        self._solved = -1
        self.run: optimize.Run | None = None
        self.problem: optimize.Problem | None = None

    @property
    def result(self) -> optimize.Solution | None:
        """The latest solution, or None."""
        return None if self.run is None else self.run.result

    @property
    def story(self) -> Story | None:
        """What is known of the latest solve."""
        return self._story

    def attach(self, run: optimize.Run, p: optimize.Problem, limit: float) -> None:
        """Follow a solve that was started in Python, of a problem that the copied code calls ``p``."""
        self._settings |= run.settings
        self._take(p, None)
        self._follow_run(run, p, limit)

    def show(self, p: optimize.Problem) -> None:
        """Show a problem of Python; the copied code then calls it ``p``."""
        self._take(p, None)
        self._inbox.append({"type": "open"})
        self._wake()

    # -- from the page -------------------------------

    def handle(self, message: object, buffers: object = None) -> None:
        """Take a message of a page, from any thread."""
        if isinstance(message, dict):
            if message.get("type") == "stop":
                for run in self._runs():
                    run.stop()  # here, as the thread of `pump` may be busy
            else:
                self._inbox.append(message)
            self._wake()

    def pump(self) -> float | None:
        """Answer everything that came in, tell how the solve goes, and never raise. One thread at a time."""
        while self._inbox:
            message = self._inbox.popleft()
            try:
                self._answer(message)
            except QlabError as error:
                self._refuse(message, error.to_dict())
            except Exception as error:
                cure = "run the copied code in a cell to see the whole traceback"
                self._refuse(message, {"message": f"{type(error).__name__}: {error}", "where": None, "cure": cure})
        waits = [self._follow(), self._follow_comparison()]
        return min((wait for wait in waits if wait is not None), default=None)

    def _answer(self, message: Json) -> None:
        kind = message.get("type")
        if kind == "open":
            self._tell()
            self._pictured = None
            self._status()
            self._compared = -1
        elif kind == "plotly":
            send_plotly(self._send)
        elif kind == "template":
            self._template(str(message.get("kind")), anew=bool(message.get("anew")))
        elif kind == "read":
            self._load(str(message.get("path", "")).strip().strip("'\""))
        elif kind == "edit":
            self._edit(message)
        elif kind == "set":
            self._set(dict(message.get("settings") or {}))
        elif kind == "solve":
            self._solve()
        elif kind == "ablate":
            self._ablate()
        elif kind == "circuit":
            if self.problem is not None and self._on_circuit is not None:
                self._on_circuit(circuit_of(self.problem, self._story_of_it))
        elif kind == "clear":
            self._form = self._read = self.problem = None
            self._tell()

    def _template(self, kind: str, *, anew: bool) -> None:
        if kind not in TEMPLATES:
            raise not_one_of(OptimizeError, "template", kind, TEMPLATES, where="Optimise")
        self._read = None
        if anew:
            self._forms.pop(kind, None)
        self._put(self._forms.get(kind) or template(kind))
        self._tell()

    def _load(self, path: str) -> None:
        if not path:
            raise OptimizeError("there is no path", where="file", cure="type the path of an instance file")
        self._take(optimize.read(path), f"qlab.optimize.read({path!r})")
        self._tell()

    def _take(self, p: optimize.Problem, origin: str | None) -> None:
        form = form_of(p, origin)
        self._of += 1
        self._read = (p, origin or "p") if form is None else None
        if form is None:
            self._form, self.problem = None, p
        else:
            self._put(form)

    def _put(self, form: Form) -> None:
        self._form = form
        self._forms[form.kind] = form
        self._of += 1

    def _edit(self, message: Json) -> None:
        if self._form is None:
            return
        change, row, column = message.get("change"), int(message.get("row", 0)), int(message.get("column", 0))
        if change == "name":
            name = str(message.get("text", "")).strip()[:60] or self._form.name
            self._put(replace(self._form, name=name, origin=None if name != self._form.name else self._form.origin))
        else:
            text = str(message.get("text", ""))[:60]
            self._put(optform.edited(
                self._form, str(message.get("table")), lambda t: changed(t, str(change), row, column, text)
            ))  # fmt: skip
        self._tell()

    def _set(self, settings: Json) -> None:
        new = {**self._settings, **{k: v for k, v in settings.items() if k in self._settings}}
        if new["coarse"] not in COARSE:
            raise not_one_of(OptimizeError, "coarse", new["coarse"], COARSE, where="Optimise")
        if new["refine"] not in REFINE:
            raise not_one_of(OptimizeError, "refine", new["refine"], REFINE, where="Optimise")
        limit, seed = new["time_limit"], new["seed"]
        if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not 0 < limit <= LONGEST:
            raise OptimizeError(f"limit {limit!r}", where="Optimise", cure="give seconds above 0, at most a day")
        if isinstance(seed, bool) or not isinstance(seed, (int, float)) or seed != int(seed) or not 0 <= seed < 2**31:
            raise OptimizeError(f"seed {seed!r}", where="Optimise", cure="use a whole number from 0")
        self._settings = {**new, "time_limit": float(limit), "seed": int(seed)}
        self._tell()

    def _runs(self) -> list[optimize.Run]:
        compared = None if self._comparison is None else self._comparison.run
        return [run for run in (self.run, compared) if run is not None]

    def _idle(self) -> optimize.Problem:
        """Return the problem; raise when there is none, or something is going on."""
        if any(run.is_active for run in self._runs()):
            raise OptimizeError("a solve is going on", where="Optimise", cure="stop it first")
        if self.problem is None:
            raise OptimizeError("there is nothing to solve", where="Optimise", cure="pick a template or mend the cells")
        return self.problem

    def _ablate(self) -> None:
        p = self._idle()
        self._count += 1
        self._comparison, self._compared = Comparison(p, f"ablation {self._count}", self._options()), -1
        self._compared_of = self._of
        self._on_change()

    def _solve(self) -> None:
        p, options = self._idle(), self._options()
        self._follow_run(optimize.start(p, **options), p, options["time_limit"])
        self._status()
        self._on_change()

    def _follow_run(self, run: optimize.Run, p: optimize.Problem, limit: float) -> None:
        self.run = run
        self._count += 1
        self._solved = self._of
        self._story = Story(p, f"solve {self._count}", limit)
        self._story.follow(run)
        self._pictured = None

    def _options(self) -> Json:
        settings = dict(self._settings)
        if settings["refine"] == "auto":
            del settings["refine"]
        return settings

    # -- to the page ---------------------------------

    def _follow(self) -> float | None:
        run, story = self.run, self._story
        if run is None or story is None or story.state != "running":
            return None
        since = time.monotonic() - self._sent
        if since < PERIOD:
            return PERIOD - since
        over = not run.is_active  # read before the events, so that none is missed
        new = story.follow(run)
        if over and story.state == "running":  # the thread died without an event
            story.state = "failed"
        if new or over:
            self._status()
        if over:
            self._on_change()
            return None
        return PERIOD

    def _follow_comparison(self) -> float | None:
        if self._comparison is None:
            return None
        told = self._comparison.json()
        if self._compared_of != self._of and not told["running"]:  # it was of another problem
            self._comparison = None
            self._send({"type": "ablation", "ablation": None})
            return None
        seen = self._comparison.run.version * 2 + told["running"]
        if seen != self._compared:
            self._compared = seen
            self._send({"type": "ablation", "ablation": told})
            if not told["running"]:
                self._on_change()
        return PERIOD if told["running"] else None

    @property
    def _story_of_it(self) -> Story | None:
        """The latest solve, if it was of the problem shown."""
        return self._story if self._solved == self._of else None

    def _circuit(self) -> Json:
        """Return whether the designer can open a circuit now, and why not."""
        if self._on_circuit is None:
            return {"can": False, "why": "the designer is in the Lab: qlab.Lab().optimise(p)"}
        if self.problem is None or (self.run is not None and self.run.is_active):
            return {"can": False, "why": "there is nothing to draw yet"}
        try:
            made = circuit_of(self.problem, self._story_of_it)
        except QlabError as error:
            return {"can": False, "why": error.message}
        return {"can": True, "why": f"{made.n_qubits} wires, {len(made.ops):,} gates"}

    def _status(self) -> None:
        story = self._story
        if story is None:
            self._send({"type": "status", "status": None})
            return
        self._sent = time.monotonic()
        if story.x is not None and story.x is not self._pictured:
            self._pictured = story.x
            self._send({"type": "figure", "key": story.key, "figure": figure(story.p, story.x)})
        told = {**story.json(), "stale": self._solved != self._of}
        if story.state != "running":
            told["circuit"] = self._circuit()
        self._send({"type": "status", "status": told})

    def _tell(self) -> None:
        message: Json = {
            "type": "form", "templates": [{"kind": k, "title": TITLES[k]} for k in TEMPLATES],
            "settings": self._settings, "missing": missing(), "form": None, "faults": [], "size": [], "about": "",
            "code": "", "stale": self._solved != self._of, "circuit": {"can": False, "why": ""},
        }  # fmt: skip
        form = self._form
        if form is not None:
            self.problem, faults = optform.problem(form)
            tables = [t.json() for t in form.tables]
            message |= {
                "form": {"kind": form.kind, "title": TITLES[form.kind], "name": form.name, "tables": tables},
                "faults": [f.json() for f in faults],
                "code": optform.code(form, form.origin, self._options()),
            }
        elif self._read is not None:
            p, origin = self._read
            self.problem = p
            message["form"] = {"kind": p.kind, "title": TITLES.get(p.kind, p.kind), "name": p.name, "tables": []}
            message["code"] = optform.code(Form(p.kind, p.name, ()), origin, self._options())
        if self.problem is not None:
            message |= {"about": about(self.problem), "size": size(self.problem), "objective": objective(self.problem)}
            message["circuit"] = self._circuit()
        self._send(message)

    def _refuse(self, message: Json, error: Json) -> None:
        kind = str(message.get("type"))
        self._send(
            {
                **error,
                "type": "refused",
                "at": kind if kind in {"read", "set", "solve", "edit", "ablate", "circuit"} else "page",
            }
        )

    def _send(self, message: Json, buffers: list[bytes] | None = None) -> None:
        self._link(message, buffers or [])


def changed(t: Table, change: str, row: int, column: int, text: str) -> Table:
    """Return a table with a cell, a row or a column changed; the last of them stays."""
    rows = [list(r) for r in t.rows]
    columns = list(t.columns)
    if not (0 <= row <= len(rows) and 0 <= column <= len(columns)):
        raise OptimizeError(f"row {row}, column {column} isn't there", where=t.title, cure="name one that is shown")
    if change == "cell" and row < len(rows) and column < len(columns):
        rows[row][column] = text
    elif change == "add row" and t.grow in {"rows", "both"}:
        rows.insert(row, list(rows[row - 1]) if rows and row else [t.blank] * len(columns))
    elif change == "drop row" and t.grow in {"rows", "both"} and len(rows) > 1 and row < len(rows):
        del rows[row]
    elif change == "add column" and t.grow == "both":
        stem = columns[0].rsplit(" ", 1)[0]
        columns.append(f"{stem} {len(columns)}")
        rows = [[*r, t.blank] for r in rows]
    elif change == "drop column" and t.grow == "both" and len(columns) > 1:
        columns.pop()
        rows = [r[:-1] for r in rows]
    return replace(t, columns=tuple(columns), rows=tuple(tuple(r) for r in rows))
