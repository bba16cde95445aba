"""The kernel's end of the data view: datasets that are open, what is picked, and the answers to a page.

Knows no widget and starts no thread. Messages to the page: ``dataset`` (tabs, summary, columns), ``plan`` (what the
choice gives), ``page`` (rows, binary), ``preview`` (one row encoded), ``error`` (with ``at``: load, filter or page),
``loading`` (how far a file is read; ``cancel`` from the page stops that at once, from whatever thread it comes).
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..data import Cancel, CancelledError, Dataset, Features, Progress, gallery, load
from ..data.profile import MOST_CLASSES
from ..errors import DataError, QlabError
from .datachoice import Choice, code
from .datapage import describe, page, progress_of
from .link import Link

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """One open dataset: as loaded, as filtered, what is picked, and the row shown encoded."""

    base: Dataset
    dataset: Dataset
    origin: str
    choice: Choice
    condition: str = ""
    row: int = 0
    used: str = ""  # lineage of the features in use, if they came from here


class DataServer:
    """Serves the data view over one link; ``handle`` only notes messages, ``pump`` answers them.

    Args:
        link: sends a message and its buffers to all pages.
        on_features: called with the Features when *Use these features* is pressed.
        wake: called when there is something for ``pump`` to do.
        variables: the names and values of the kernel, for loading what is there already.
    """

    def __init__(
        self,
        link: Link,
        *,
        on_features: Callable[[Features], None] | None = None,
        wake: Callable[[], None] = lambda: None,
        variables: Callable[[], dict[str, Any]] | None = None,
    ) -> None:
        self._link, self._on_features, self._wake = link, on_features, wake
        self._variables = variables or kernel_variables
        self._held: dict[str, Held] = {}
        self._current: str | None = None
        self._made: dict[tuple[str, Choice], Features] = {}
        self._inbox: deque[Json] = deque()
        self._cancel: Cancel | None = None
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
        self._show(dataset, _origin(source, dataset, self._variables))
        self._inbox.append({"type": "tell"})
        self._wake()
        return dataset

    # -- from the page -------------------------------

    def handle(self, message: object, buffers: object = None) -> None:
        """Take a message of a page, from any thread."""
        if isinstance(message, dict):
            if message.get("type") == "cancel":
                if self._cancel is not None:
                    self._cancel.set()  # here, as the thread of `pump` is busy reading
                return
            self._inbox.append(message)
            self._wake()

    def pump(self) -> float | None:
        """Answer everything that came in and never raise; None: nothing is due later. One thread at a time."""
        while self._inbox:
            message = self._inbox.popleft()
            try:
                self._answer(message)
            except CancelledError:
                self._send({"type": "loading", "source": None})
            except QlabError as error:
                self._refuse(message, error.to_dict())
            except Exception as error:
                cure = "run the copied code in a cell to see the whole traceback"
                self._refuse(message, {"message": f"{type(error).__name__}: {error}", "where": None, "cure": cure})
        return None

    def _answer(self, message: Json) -> None:
        kind = message.get("type")
        if kind in {"open", "tell"}:
            self._tell()
        elif kind == "load":
            self._load_text(str(message.get("source", "")))
        elif kind == "pick" and message.get("key") in self._held:
            self._current = str(message["key"])
            self._tell()
        elif kind == "close" and message.get("key") in self._held:
            self._close(str(message["key"]))
        elif self._current is None:
            return
        elif kind == "page":
            self._page(message)
        elif kind == "choose":
            self._choose(dict(message.get("set") or {}))
        elif kind == "row":
            self._put(row=max(0, int(message.get("row", 0))))
            self._preview()
        elif kind == "filter":
            self._filter(str(message.get("condition", "")).strip())
        elif kind == "use":
            self._use()

    def _load_text(self, text: str) -> None:
        text = text.strip().strip("'\"")
        if not text:
            raise DataError("there is nothing to load", where="source", cure="type a path or pick a gallery set")
        found = self._variables().get(text)
        if found is not None and loadable(found):
            dataset, origin = load(found, name=text), text
            if isinstance(found, Dataset):
                dataset = found
        else:
            dataset, origin = self._read(text), repr(text)
        self._show(dataset, origin)
        self._tell()

    def _read(self, text: str) -> Dataset:
        """A file or a gallery set; the page is told how far it is, and may stop it."""
        self._cancel = Cancel()

        def tell(progress: Progress) -> None:
            self._send({"type": "loading", **progress_of(text, progress)})

        try:
            return load(text, progress=tell, cancel=self._cancel)
        finally:
            self._cancel = None

    def _show(self, dataset: Dataset, origin: str) -> None:
        key = f"{dataset.name} {dataset.hash[:8]}"
        if key not in self._held:
            self._held[key] = Held(dataset, dataset, origin, Choice.first(dataset))
        self._current = key

    def _close(self, key: str) -> None:
        keys = list(self._held)
        at = keys.index(key)
        del self._held[key]
        if key == self._current:
            left = list(self._held)
            self._current = left[min(at, len(left) - 1)] if left else None
        self._tell()

    def _choose(self, changes: Json) -> None:
        held = self._here()
        choice = held.choice.changed(held.dataset, changes)
        self._put(choice=choice)
        if choice.target != held.choice.target or choice.classes != held.choice.classes:
            self._tell()
        else:
            self._plan()

    def _filter(self, condition: str) -> None:
        held = self._here()
        dataset = held.base.filter(condition) if condition else held.base
        if dataset.rows == 0:
            raise DataError("no row meets the condition", where=f"filter {condition!r}", cure="loosen the condition")
        self._put(dataset=dataset, condition=condition, row=0)
        self._tell()

    def _use(self) -> None:
        held = self._here()
        fx = self._features(held)
        self.features = fx
        self._held = {k: replace(h, used="") for k, h in self._held.items()}
        self._put(used=fx.lineage.id)
        self._plan()
        if self._on_features is not None:
            self._on_features(fx)

    # -- to the page ---------------------------------

    def _tell(self) -> None:
        if self._current is None:
            self._send({"type": "dataset", "dataset": None, **self._menus()})
            return
        held = self._here()
        classes = _classes(held)
        about = describe(held.dataset, held.choice.target, classes)
        about |= {"key": self._current, "classes": classes, "total": held.base.rows, "condition": held.condition}
        about["hash"] = held.dataset.hash[:12]
        self._send({"type": "dataset", "dataset": about, **self._menus()})
        self._plan()

    def _menus(self) -> Json:
        sets = gallery().reset_index().to_dict("records")
        tabs = [{"key": key, "name": held.dataset.name} for key, held in self._held.items()]
        names = [{"name": n, "about": _about(v)} for n, v in self._variables().items() if loadable(v)]
        return {"tabs": tabs, "gallery": sets, "variables": names[:50]}

    def _plan(self) -> None:
        held = self._here()
        message: Json = {"type": "plan", "key": self._current, "choice": held.choice.json(), "plan": None}
        message["code"] = code(held.dataset, held.origin, held.condition, held.choice)
        try:
            fx = self._features(held)
        except DataError as error:
            self._send({**message, "error": error.to_dict(), "used": False, "preview": None})
            return
        used = held.used == fx.lineage.id
        plan = {**fx.describe(), "scaled": len(fx.train)}
        self._send({**message, "plan": plan, "error": None, "used": used, "preview": _preview(fx, held)})

    def _preview(self) -> None:
        held = self._here()
        try:
            shown = _preview(self._features(held), held)
        except DataError:
            shown = None  # the plan said why
        self._send({"type": "preview", "key": self._current, "preview": shown})

    def _page(self, message: Json) -> None:
        start, n = max(0, int(message.get("from", 0))), max(0, int(message.get("n", 0)))
        dataset = self._here().dataset
        about, block = page(dataset, start, n)
        self._send({"type": "page", "hash": dataset.hash[:12], "id": message.get("id"), **about}, [block])

    def _refuse(self, message: Json, error: Json) -> None:
        at = {"load": "load", "filter": "filter", "choose": "plan", "use": "plan"}.get(str(message.get("type")), "page")
        self._send({**error, "type": "error", "at": at})

    def _send(self, message: Json, buffers: list[bytes] | None = None) -> None:
        self._link(message, buffers or [])

    def _here(self) -> Held:
        assert self._current is not None
        return self._held[self._current]

    def _put(self, **changes: Any) -> None:
        assert self._current is not None
        self._held[self._current] = replace(self._here(), **changes)

    def _features(self, held: Held) -> Features:
        key = (held.dataset.hash, held.choice)
        if key not in self._made:
            if len(self._made) > 20:
                self._made.clear()
            self._made[key] = held.dataset.features(**held.choice.options())
        return self._made[key]


def _preview(fx: Features, held: Held) -> Json:
    row = min(held.row, held.dataset.rows - 1)
    one = held.dataset.take([row])
    parts = {"train": fx.train, "val": fx.val, "test": fx.test}
    part = next((name for name, split in parts.items() if np.any(split.rows == row)), "left out")
    label = one.table.column(fx.target)[0].as_py()
    gaps = [c for c in fx.columns if one.table.column(c).null_count]
    angles = [] if part == "left out" and fx.lineage.options["impute"] == "drop" and gaps else fx.transform(one)[0]
    return {"row": row, "label": label, "part": part, "filled": gaps, "angles": [float(a) for a in angles]}


def _classes(held: Held) -> list[Any] | None:
    """The classes that colour the histograms: at most as many as have a colour."""
    target = next((c for c in held.dataset.profile() if c.name == held.choice.target), None)
    if target is None or target.unique > 20 or target.type not in {"text", "bool", "int"}:
        return None
    chosen = held.choice.classes
    names = list(chosen) if chosen else sorted((v for v, _ in target.top), key=lambda v: (str(type(v)), v))
    return names if 0 < len(names) <= MOST_CLASSES and (chosen or len(names) == target.unique) else None


def loadable(value: Any) -> bool:
    """Return whether a variable of the kernel holds a table."""
    return isinstance(value, Dataset) or (hasattr(value, "__arrow_c_stream__") and not isinstance(value, type))


def kernel_variables() -> dict[str, Any]:
    """Return the names of the notebook; none outside IPython."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return {}
    shell = get_ipython()
    return {} if shell is None else {k: v for k, v in list(shell.user_ns.items()) if not k.startswith("_")}


def _about(value: Any) -> str:
    if isinstance(value, Dataset):
        return f"Dataset, {value.rows:,} × {len(value.columns)}"
    shape = getattr(value, "shape", None)
    size = f", {shape[0]:,} × {shape[1]}" if isinstance(shape, tuple) and len(shape) == 2 else ""
    return type(value).__name__ + size


def _origin(source: Any, dataset: Dataset, variables: Callable[[], dict[str, Any]]) -> str:
    """What stands for ``source`` in a call of `qlab.load`."""
    if isinstance(source, (str, os.PathLike)):
        return repr(os.fspath(source))
    for name, value in variables().items():
        if value is source:
            return name
    if dataset.source.startswith("gallery:"):
        return repr(dataset.source.removeprefix("gallery:"))
    return repr(dataset.source) if os.path.sep in dataset.source or "." in dataset.source else "ds"
