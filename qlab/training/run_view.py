"""What can be read of a run, live or stored: figures, status, faces. Must not compute a step nor touch files itself."""

from __future__ import annotations

import hashlib
import math
from abc import ABC, abstractmethod
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import TrainError
from ..models.model import Model
from ..models.trained import TrainedModel
from .events import Evaluated, Event, Intervened, Noted
from .load import load
from .metrics import merit_name
from .options import TERMS
from .snapshot import Array
from .spec import Spec
from .status import LAST, confusion_of, finite, intervention

if TYPE_CHECKING:
    import pandas as pd

    from ..widgets.panel import Panel
    from .run import Run
    from .store import Store

LOOK_BACK = 4096  # rows read at once in search of the newest figure


class RunView(ABC):
    """The readable half of a run; `Run` goes on, `StoredRun` lies in the store. Safe to read from any thread."""

    id: str
    spec: Spec
    columns: Any  # Columns or StoredColumns
    total_steps: int
    stats: dict[str, Any]
    metrics: dict[str, float]
    error: dict[str, str | None] | None
    started: float | None  # seconds since 1970
    origin: dict[str, Any] | None  # of a branch: {"run", "step", "orders"}; the orders of all it comes from
    warning: dict[str, str | None] | None  # {"message", "cure"} while something is wrong that doesn't end the run
    _baseline: dict[str, Any] | None
    _elapsed: float
    _evaluated: Evaluated | None
    _traceback: str | None
    _panel: Panel | None

    # -- what the two kinds know differently ----------------------------------------

    @property
    @abstractmethod
    def state(self) -> str:
        """``waiting``, ``running``, ``paused``, ``done``, ``stopped``, ``failed`` or ``interrupted``."""

    @property
    @abstractmethod
    def version(self) -> int:
        """A number that grows with every change of the status but the step, for panels."""

    @property
    @abstractmethod
    def is_active(self) -> bool:
        """Whether it waits, runs or is paused."""

    @property
    @abstractmethod
    def events(self) -> tuple[Event, ...]:
        """What happened, oldest first, but for the steps themselves, which are in `history`."""

    @property
    @abstractmethod
    def step(self) -> int:
        """Steps made."""

    @property
    @abstractmethod
    def baseline(self) -> dict[str, Any]:
        """The classical comparison on the same features: ``{"name", "metric", "train", "val", "test"}``."""

    @property
    @abstractmethod
    def store(self) -> Store | None:
        """Where it is kept, or None."""

    @abstractmethod
    def _settings(self) -> dict[str, Any]:
        """What can be steered: ``lr, lr_pending, batch, frozen, terms``."""

    @abstractmethod
    def _weights(self) -> Array | None:
        """θ after the last step, or None."""

    @abstractmethod
    def _model_parts(self) -> tuple[Model, Any]:
        """The compiled model and the features, or what stands for them."""

    # -- figures ----------------------------------------

    @property
    def name(self) -> str:
        """The name shown to people."""
        return self.spec.name

    @property
    def base(self) -> int:
        """Steps made before row 0 of the columns: those of the run this one was branched from."""
        return 0 if self.origin is None else int(self.origin["step"])

    @property
    def epoch(self) -> int:
        """The pass over the data the last step belongs to, from 1; 0 before the first step."""
        newest = self.latest("epoch")
        return 0 if math.isnan(newest) else int(newest)

    @property
    def history(self) -> pd.DataFrame:
        """One row a step, as a new DataFrame; nan where a figure was not measured."""
        import pandas as pd

        block = self.columns.block(0, self.columns.n)
        frame = pd.DataFrame({name: block[i] for i, name in enumerate(self.columns.names)})
        return frame.astype({"step": "int64", "epoch": "int64"})

    @property
    def model(self) -> TrainedModel:
        """The model with the weights of the last step; its predict raises TrainError before the first."""
        model, features = self._model_parts()
        return TrainedModel(model, self._weights(), features, f"run {self.id}")

    @property
    def fingerprint(self) -> str:
        """A fingerprint of the weights after the last step, bit for bit; empty before the first."""
        theta = self._weights()
        return "" if theta is None else hashlib.sha256(theta.astype("<f8").tobytes()).hexdigest()[:32]

    def latest(self, column: str) -> float:
        """Return the newest measured value of a column, nan if there is none.

        Raises:
            TrainError: there is no such column.
        """
        if column not in self.columns.names:
            raise TrainError(
                f"unknown column {column!r}",
                where=f"run {self.id}",
                cure=f"use one of {', '.join(self.columns.names)}",
                value=column,
            )
        at, stop = self.columns.names.index(column), self.columns.n
        while stop > 0:  # backwards in blocks: validation columns are sparse
            start = max(0, stop - LOOK_BACK)
            values = self.columns.block(start, stop)[at]
            known = np.flatnonzero(~np.isnan(values))
            if known.size:
                return float(values[known[-1]])
            stop = start
        return math.nan

    def summary(self) -> dict[str, float]:
        """Return the final figures by name, such as ``test_accuracy``; of the last step while it goes on."""
        if self.metrics:
            return dict(self.metrics)
        figure = merit_name(self.spec.task)
        names = {"train_loss": "loss", f"train_{figure}": figure}
        names |= {name: name for name in ("val_loss", f"val_{figure}")}
        return {name: self.latest(column) for name, column in names.items()}

    def status(self) -> dict[str, Any]:
        """Return the state as the frame protocol carries it: JSON-ready, without nan."""
        figure = merit_name(self.spec.task)
        base = self._baseline
        steered = [intervention(e) for e in self.events if isinstance(e, (Intervened, Noted))][-LAST:]
        error = None if self.error is None else {**self.error, "traceback": self._traceback}
        best = None
        if base is not None and not math.isnan(_number(base["train"])):
            chosen = base["test"] if math.isnan(_number(base["val"])) else base["val"]
            best = {"name": base["name"], figure: chosen}
        status: dict[str, Any] = finite(
            {
                "state": self.state,
                "step": self.step,
                "total": self.total_steps,
                "epoch": self.epoch,
                "epochs": self.spec.epochs,
                **self._settings(),
                "terms": self.terms,
                "stats": self.stats,
                "events": steered,
                "confusion": confusion_of(self._evaluated, self.spec.classes),
                "error": error,
                "warning": self.warning,
                "metrics": dict(self.metrics) or None,
                "elapsed": self._elapsed,
                "seed": self.spec.seed,
                "baseline": best,
                "parent": None if self.origin is None else {"run": self.origin["run"], "step": self.origin["step"]},
                "checkpoints": self._checkpoint_steps(),
                "measured": self._measured(),
                "machine": load.read() if self.is_active else None,
            }
        )
        return status

    def view(self, name: str, **options: Any) -> dict[str, Any]:
        """Return a figure that is worked out when asked for, as plain JSON; on the caller's thread, up to seconds.

        Args:
            name: ``"decision"``, what the model answers on a plane of the features (``grid=48`` points a side,
                ``rows="val"`` drawn on it); ``"embedding"``, where the circuit puts the rows (``rows="val"``);
                ``"transpiled"``, depth and gates on a device (``backend="line"``, or "full", "ring", "grid",
                "heavy-hex" or a Qiskit backend; ``level=1``).
            options: as named.

        Raises:
            QlabError: no such view, an option out of range, no step yet, or rows that aren't in memory.

        Example:
            >>> run.view("transpiled", backend="heavy-hex")["two_qubit"]    # doctest: +SKIP
        """
        from .views import view

        return view(self, name, options)

    def _checkpoint_steps(self) -> list[int]:
        return []

    def _measured(self) -> dict[str, Any]:
        """The newest reading of each instrument: ``{name: [step, seconds, values]}``."""
        return {}

    # -- steering, refused unless a kind can ----------------------------------------

    @property
    def lr(self) -> float:
        """The learning rate; setting it on a live run asks for a new one from the next step on."""
        return float(self._settings()["lr"])

    @lr.setter
    def lr(self, value: float) -> None:
        self._refuse("the learning rate can't change")

    @property
    def terms(self) -> dict[str, float]:
        """The weight of each term that the loss has or could be given: ``data``, and ``l1`` and ``l2`` on the matrices
        of classical layers, where there are any. `Run.term` changes one."""
        classical = self.spec.head == "linear" or self.spec.before is not None
        usual = {name: float(name == "data") for name in (TERMS if classical else ("data",))}
        return {**usual, **self.spec.terms, **self._settings()["terms"]}

    def pause(self) -> None:
        """Hold before the next step; returns at once."""
        self._refuse("it can't be paused")

    def resume(self) -> None:
        """Go on after a pause, with the very numbers of a run that was never paused; returns at once."""
        self._refuse("it can't go on by itself")

    def stop(self) -> None:
        """End before the next step, keeping all there is; returns at once; nothing if it has ended."""
        if self.is_active:
            self._refuse("it can only be stopped where it goes on")

    def steer(self, kind: str, value: Any) -> None:
        """Ask for another batch size, frozen weights or weight of a term: see `Run.steer`."""
        self._refuse("it can't be steered")

    def watch(self, *names: str) -> None:
        """Measure instruments from the next step on: see `Run.watch`."""
        self._refuse("nothing more can be measured")

    def branch(self, step: int | None = None, *, name: str | None = None, data: Any = None, **changes: Any) -> Run:
        """Start another run from a step of this one, with something changed; this one stays as it is.

        The nearest checkpoint at or before ``step`` is taken and the steps between are made again, so that the
        branch begins with the very bits this run had there. Returns at once.

        Args:
            step: steps made by then; by default the last one. 0 is the start.
            name: shown to people.
            data: the features, if they can't be made again from the lineage.
            changes: ``lr``, ``batch``, ``freeze``, ``thaw``, ``term``: as in `Run.steer`.

        Raises:
            TrainError: there is no such step, a value is out of range, the data isn't the one of this run.

        Example:
            >>> child = run.branch(step=120, lr=0.005)    # doctest: +SKIP
        """
        from .resume_run import branch

        return branch(self, step, name=name, data=data, **changes)

    def _refuse(self, what: str) -> None:
        raise TrainError(
            f"run {self.id} is {self.state}, so {what}",
            where="run",
            cure=f"qlab.resume({self.id!r}) goes on from step {self.step}, or start another with qlab.train(…)",
        )

    # -- faces ----------------------------------------

    @property
    def panel(self) -> Panel:
        """The panel, one for each run; of a stored run it serves the stored history."""
        if self._panel is None:
            from ..widgets.panel import Panel

            self._panel = Panel(self)
        return self._panel

    def report(self, path: str | PathLike[str]) -> None:
        """Write one HTML page with the curves, the final figures and the circuit's statistics."""
        from ..widgets.report import write_report

        write_report(self, path)

    def export(self, path: str | PathLike[str]) -> None:
        """Write the run to a file; its suffix says what: ``.csv``, ``.parquet`` or ``.json`` (history), ``.qlabrun``
        (all of it, for another machine: `qlab.import_run`), ``.py`` (`export_script`).

        Raises:
            TrainError: another suffix, or the run isn't stored and ``.qlabrun`` is asked for.
        """
        from .store_export import export

        export(self, path)

    def export_script(self, path: str | PathLike[str] | None = None) -> str:
        """Return a plain script that makes this run again, interventions included, to the last bit; write it too if
        ``path`` is given."""
        from .script import script_of
        from .store_export import put_text

        text = script_of(self)
        if path is not None:
            put_text(path, text)
        return text

    def __repr__(self) -> str:
        figures = [f"step {self.step:,} of {self.total_steps:,}"]
        for name in ("loss", *self.columns.names[-2:]):
            value = self.latest(name)
            if not math.isnan(value):
                figures.append(f"{name} {value:.4g}")
        if self.error is not None:
            figures.append(str(self.error["message"]))
        return f"Run {self.id} {self.name!r} {self.state}: {', '.join(figures)}"

    def _ipython_display_(self) -> None:
        try:
            shown = self.panel._ipython_display_
        except Exception as fault:  # no bundle built, no widget library: IPython then asks for the table
            raise NotImplementedError from fault
        shown()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        try:
            return self.panel._repr_mimebundle_(include=include, exclude=exclude)
        except Exception:  # no bundle built, no widget library: the last state as a table is better than nothing
            from ..widgets.still import static_html

            return {"text/plain": repr(self), "text/html": static_html(self)}


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)
