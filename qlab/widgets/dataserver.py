"""The kernel's end of the data view: datasets that are open, what is picked, and the answers to a page.

Knows no widget and starts no thread. Messages to the page: ``dataset`` (tabs, summary, columns), ``plan`` (what the
choice gives), ``preview`` (one row encoded), ``error`` (with ``at``: load, filter, plan, export or page), ``loading``
(how far a file is read; ``cancel`` from the page stops that at once, from whatever thread it comes). What is answered
in milliseconds (rows, brushes, pieces of files) is `dataquick`'s and has a pump of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..data import Cancel, CancelledError, Dataset, Features, Progress, gallery, load
from ..data.read_upload import Upload
from ..errors import DataError, QlabError
from .dataabout import balances, class_labels, describe, progress_of, quick
from .datachoice import Choice, code
from .dataheld import Held, token
from .datapreview import preview
from .dataquick import QUICK, Quick
from .datavars import about, kernel_variables, loadable, origin
from .link import Link

Json = dict[str, Any]
Later = Callable[[], None]
LARGE = 50_000  # rows beyond which the grid is shown before the columns are looked at


class DataServer:
    """Serves the data view over one link; ``handle`` only notes messages, ``pump`` answers them.

    Args:
        link: sends a message and its buffers to all pages.
        on_features: called with the Features when *Use these features* is pressed.
        on_encode: called with them when *Encode in the designer* is pressed; None where there is no designer.
        wake: called when there is something for ``pump`` to do.
        wake_quick: called when there is something for ``pump_quick`` to do; by default ``pump`` does that too.
        variables: the names and values of the kernel, for loading what is there already.
    """

    def __init__(
        self,
        link: Link,
        *,
        on_features: Callable[[Features], None] | None = None,
        on_encode: Callable[[Features], None] | None = None,
        wake: Callable[[], None] = lambda: None,
        wake_quick: Callable[[], None] | None = None,
        variables: Callable[[], dict[str, Any]] | None = None,
    ) -> None:
        self._link, self._wake = link, wake
        self._on_features, self._on_encode = on_features, on_encode
        self._variables = variables or kernel_variables
        self._held: dict[str, Held] = {}
        self._current: str | None = None
        self._made: dict[tuple[str, Choice], Features] = {}
        self._inbox: deque[Json | Later] = deque()
        self._cancel: Cancel | None = None
        self._quick = Quick(self._send, self._shown, self._received)
        self._wake_quick, self._apart = wake_quick or wake, wake_quick is not None
        self.features: Features | None = None

    @property
    def dataset(self) -> Dataset | None:
        """The dataset shown, filtered as it is shown."""
        return None if self._current is None else self._held[self._current].dataset

    # -- from Python ---------------------------------

    def load(self, source: Any) -> Dataset:
        """Show a dataset; ``source`` as in ``qlab.load``.

        Raises:
            DataError: it can't be loaded; what was shown stays.
        """
        dataset = load(source)
        self._show(dataset, origin(source, dataset, self._variables))
        self._inbox.append({"type": "tell"})
        self._wake()
        return dataset

    # -- from the page -------------------------------

    def handle(self, message: object, buffers: object = None) -> None:
        """Take a message of a page, from any thread."""
        if not isinstance(message, dict):
            return
        kind = message.get("type")
        if kind == "cancel" and self._cancel is not None and "id" not in message:
            self._cancel.set()  # here, as the thread of `pump` is busy reading
        if kind in QUICK:
            self._quick.note(message, buffers)
            self._wake_quick()
        else:
            self._inbox.append(message)
            self._wake()

    def pump(self) -> float | None:
        """Answer everything that came in and never raise; None: nothing is due later. One thread at a time."""
        while self._inbox or (self._quick.waits and not self._apart):
            if not self._apart:
                self.pump_quick()
            if self._inbox:
                item = self._inbox.popleft()
                self._answer(item, {} if callable(item) else item)
        return None

    def pump_quick(self) -> float | None:
        """Answer what takes milliseconds, as `pump` does; on a thread of its own or on that of `pump`."""
        while (found := self._quick.next()) is not None:
            message, buffers = found
            self._guard(message, partial(self._quick.answer, message, buffers))
        return None

    def _answer(self, item: Json | Later, message: Json) -> None:
        self._guard(message, item if callable(item) else partial(self._slow, message))

    def _guard(self, message: Json, call: Later) -> None:
        try:
            call()
        except CancelledError:
            self._send({"type": "loading", "source": None})
        except QlabError as error:
            self._refuse(message, error.to_dict())
        except Exception as error:
            cure = "run the copied code in a cell to see the whole traceback"
            self._refuse(message, {"message": f"{type(error).__name__}: {error}", "where": None, "cure": cure})

    def _slow(self, message: Json) -> None:
        kind = message.get("type")
        if kind in {"open", "tell"}:
            self._tell()
        elif kind == "load":
            self._load_text(str(message.get("source", "")), "raise" if message.get("strict") else "collect")
        elif kind == "pick" and message.get("key") in self._held:
            self._current = str(message["key"])
            self._tell()
        elif kind == "close" and message.get("key") in self._held:
            self._close(str(message["key"]))
        elif self._current is None:
            return
        elif kind == "choose":
            self._choose(dict(message.get("set") or {}))
        elif kind == "row":
            self._put(row=max(0, int(message.get("row", 0))))
            self._preview()
        elif kind == "filter":
            self._filter(str(message.get("condition", "")).strip(), dict(message.get("ranges") or {}))
        elif kind == "sort":
            by = message.get("by")
            self._replace(self._here().sorted(None if by is None else str(by), bool(message.get("descending"))))
            self._tell()
        elif kind == "use":
            self._use(self._on_encode if message.get("encode") else self._on_features)
        elif kind == "export":
            self._quick.exports.write(message, self._here())

    def _load_text(self, text: str, on_bad: str = "collect") -> None:
        text = text.strip().strip("'\"")
        if not text:
            raise DataError("there is nothing to load", where="source", cure="type a path or pick a gallery set")
        found = self._variables().get(text)
        if found is not None and loadable(found):
            dataset = found if isinstance(found, Dataset) else load(found, name=text)
            self._show(dataset, text)
        else:
            strict = "" if on_bad == "collect" else f", on_bad={on_bad!r}"
            self._show(self._read(text, text, on_bad), repr(text) + strict)
        self._tell()

    def _received(self, path: Path, upload: Upload, strict: bool) -> None:
        """A file that was uploaded is whole: it is read when its turn has come, and deleted then."""

        def read() -> None:
            with upload:
                dataset = self._read(path, upload.name, "raise" if strict else "collect")._with(source=upload.name)
                remark = f"# {upload.name} was uploaded (sha256 {upload.sha256[:12]}…): put it beside the notebook"
                self._show(dataset, repr(upload.name), remark)
            self._tell()

        self._inbox.append(lambda: self._guard({"type": "load"}, read))
        self._wake()

    def _read(self, source: str | Path, name: str, on_bad: str) -> Dataset:
        """A file or a gallery set; the page is told how far it is, and may stop it."""
        self._cancel = Cancel()

        def tell(progress: Progress) -> None:
            self._send({"type": "loading", **progress_of(name, progress)})

        try:
            return load(source, progress=tell, cancel=self._cancel, on_bad=on_bad)
        finally:
            self._cancel = None

    def _show(self, dataset: Dataset, origin: str, remark: str = "") -> None:
        key = self._key(dataset)
        if key not in self._held:
            self._held[key] = Held.of(dataset, origin, remark)
        self._current = key

    def _key(self, dataset: Dataset) -> str:
        """The tab of a dataset: that of an equal one, if it is open. Large ones are hashed only if they look equal."""
        if dataset.rows <= LARGE:
            return f"{dataset.name} {dataset.hash[:8]}"
        for key, held in self._held.items():
            base = held.base
            alike = (base.name, base.rows, base.nbytes) == (dataset.name, dataset.rows, dataset.nbytes)
            if base.table is dataset.table or (alike and base.hash == dataset.hash):
                return key
        return f"{dataset.name} {token(dataset)}"

    def _close(self, key: str) -> None:
        keys = list(self._held)
        at = keys.index(key)
        del self._held[key]
        if key == self._current:
            left = list(self._held)
            self._current = left[min(at, len(left) - 1)] if left else None
        self._tell()

    def _choose(self, changes: Json) -> None:
        held = self._chosen()
        choice = self._choice(held).changed(held.dataset, changes)
        self._put(choice=choice)
        if choice.target != self._choice(held).target or choice.classes != self._choice(held).classes:
            self._tell()
        else:
            self._plan()

    def _filter(self, condition: str, ranges: Json) -> None:
        self._replace(self._here().filtered(condition, ranges))
        self._tell()

    def _use(self, then: Callable[[Features], None] | None) -> None:
        held = self._chosen()
        fx = self._features(held)
        self.features = fx
        self._held = {k: replace(h, used="") for k, h in self._held.items()}
        self._put(used=fx.lineage.id)
        self._plan()
        if then is not None:
            then(fx)

    # -- to the page ---------------------------------

    def _tell(self) -> None:
        if self._current is None:
            self._send({"type": "dataset", "dataset": None, **self._menus()})
            return
        held = self._here()
        if held.wide.rows > LARGE and not held.wide.profiled:
            shown = {**quick(held), "key": self._current, "provisional": True}
            self._send({"type": "dataset", "dataset": shown, **self._menus()})
        held = self._chosen()
        choice = self._choice(held)
        classes = class_labels(held.wide, choice.target, choice.classes)
        shown = {**describe(held, choice.target, classes), "key": self._current, "provisional": False}
        self._send({"type": "dataset", "dataset": shown, **self._menus()})
        if held.ranges:
            self._quick.note({"type": "brush", "id": None, "ranges": shown["ranges"]}, None)
            self._wake_quick()
        self._plan()

    def _menus(self) -> Json:
        sets = gallery().reset_index().to_dict("records")
        tabs = [{"key": key, "name": held.dataset.name} for key, held in self._held.items()]
        names = [{"name": n, "about": about(v)} for n, v in self._variables().items() if loadable(v)]
        return {"tabs": tabs, "gallery": sets, "variables": names[:50]}

    def _plan(self) -> None:
        held = self._chosen()
        choice = self._choice(held)
        message: Json = {"type": "plan", "key": self._current, "choice": choice.json(), "plan": None}
        message["designer"] = self._on_encode is not None
        message["code"] = code(held.dataset, held.origin, held.whole_condition, choice, held.remark)
        try:
            fx = self._features(held)
        except DataError as error:
            self._send({**message, "error": error.to_dict(), "used": False, "preview": None})
            return
        used = held.used == fx.lineage.id
        plan = {**fx.describe(), "scaled": len(fx.train), "balances": balances(fx)}
        self._send({**message, "plan": plan, "error": None, "used": used, "preview": preview(fx, held)})

    def _preview(self) -> None:
        held = self._chosen()
        try:
            shown = preview(self._features(held), held)
        except DataError:
            shown = None  # the plan said why
        self._send({"type": "preview", "key": self._current, "preview": shown})

    def _refuse(self, message: Json, error: Json) -> None:
        places = {
            "load": "load",
            "upload": "load",
            "chunk": "load",
            "filter": "filter",
            "choose": "plan",
            "use": "plan",
        }
        at = places.get(kind := str(message.get("type")), "export" if kind in {"export", "pull"} else "page")
        self._send({**error, "type": "error", "at": at})

    def _send(self, message: Json, buffers: list[bytes] | None = None) -> None:
        self._link(message, buffers or [])

    # -- what is shown -------------------------------

    def _shown(self) -> tuple[str, Held] | None:
        """Key and dataset shown, from any thread: both are replaced, never changed."""
        key = self._current
        held = self._held.get(key) if key is not None else None
        return None if held is None or key is None else (key, held)

    def _here(self) -> Held:
        assert self._current is not None
        return self._held[self._current]

    def _chosen(self) -> Held:
        """The dataset shown, with something picked of it: on a large one that takes a look at the columns first."""
        if self._here().choice is None:
            self._put(choice=Choice.first(self._here().wide))
        return self._here()

    @staticmethod
    def _choice(held: Held) -> Choice:
        assert held.choice is not None
        return held.choice

    def _replace(self, held: Held) -> None:
        assert self._current is not None
        self._held[self._current] = held

    def _put(self, **changes: Any) -> None:
        self._replace(replace(self._here(), **changes))

    def _features(self, held: Held) -> Features:
        choice = self._choice(held)
        key = (held.dataset.hash, choice)
        if key not in self._made:
            if len(self._made) > 20:
                self._made.clear()
            self._made[key] = held.dataset.features(**choice.options())
        return self._made[key]
