"""The Lab: data, circuit, training and optimising in one tabbed widget. Joins the servers; holds no logic of theirs."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets as t

from ..circuit import Circuit
from ..errors import CircuitError, DataError, QlabError, TrainError
from ..models.encoder import DRAWN, encoder, in_front
from ..training import train
from ..training.job import Ticker, loader, pager, ticker
from .assets import asset
from .comm import detach_subshell
from .data import DataServer
from .designer import CircuitTrait
from .optserver import OptServer
from .panelset import PanelSet

if TYPE_CHECKING:
    from ..data import Dataset, Features
    from ..optimize import Problem, Solution
    from ..training import Run

SETTINGS = ("optimizer", "lr", "epochs", "batch", "seed")
PERIOD = 0.5  # seconds between looks at the run for the tab's percentage
solver = Ticker("qlab-optimise")  # reading an instance or counting its bits holds up no panel and no load


class Lab(CircuitTrait, anywidget.AnyWidget):
    """Data, circuit and training in one widget; nothing needs to be typed, and all of it can be reached from Python.

    Args:
        dataset: shown first in *Data*; a Dataset, or anything that ``qlab.load`` takes.
        circuit: shown in *Circuit*; default an empty one.
        features: used at once, as if *Use these features* had been pressed.
        height: of the widget, in CSS pixels.

    Attributes:
        dataset: the dataset shown, or None.
        features: the features in use, or None.
        circuit: the drawing; assigning it redraws.
        run: the latest run, or None.

    Example:
        >>> lab = qlab.Lab("digits")   # doctest: +SKIP
        >>> lab.run.history.tail()     # doctest: +SKIP
    """

    _esm = asset("lab.js")
    _css = asset("lab.css")

    state = t.Dict(help="what the tabs show of features and run").tag(sync=True)
    address = t.Unicode(help="id of the widget's model, see comm.py").tag(sync=True)
    tab = t.Enum(("data", "circuit", "train", "optimise"), default_value="data").tag(sync=True)
    height = t.Int(804, min=400, max=4000, help="CSS pixels").tag(sync=True)

    def __init__(
        self,
        dataset: Dataset | Any = None,
        circuit: Circuit | None = None,
        *,
        features: Features | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self.run: Run | None = None
        self.features: Features | None = None
        self._error: dict[str, Any] | None = None
        self._panel: PanelSet | None = None
        self._inbox: deque[dict[str, Any]] = deque()
        self._data = DataServer(
            self._channel("data"),
            on_features=self.use,
            on_encode=self.encode,
            wake=loader.wake,
            wake_quick=pager.wake,
        )
        self._optimise = OptServer(self._channel("optimise"), wake=solver.wake, on_circuit=self._draw)
        self.circuit = circuit if circuit is not None else Circuit(2, name="circuit")
        if dataset is not None:
            self._data.load(dataset)
        if features is not None:
            self.use(features, show=False)
        self._tell()
        detach_subshell(self)
        self.on_msg(self._received)
        self.observe(self._redrawn, names="circuit_text")
        loader.add(self._data.pump)
        pager.add(self._data.pump_quick)
        solver.add(self._optimise.pump)
        ticker.add(self._pump)

    @property
    def dataset(self) -> Dataset | None:
        """The dataset shown in *Data*."""
        return self._data.dataset

    @property
    def solution(self) -> Solution | None:
        """The latest solution of *Optimise*, or None."""
        return self._optimise.result

    def optimise(self, problem: Problem) -> None:
        """Show a problem in *Optimise*; small ones of a template can be edited there."""
        self._optimise.show(problem)
        self._post("lab", {"type": "go", "tab": "optimise"}, [])

    def _draw(self, circuit: Circuit) -> None:
        """Show a circuit of *Optimise* in *Circuit*; the drawing before it is one undo away."""
        self.circuit = circuit
        self._post("lab", {"type": "go", "tab": "circuit"}, [])

    def use(self, features: Features, *, show: bool = True) -> None:
        """Take these features; an empty drawing gets a wire for each qubit they need, and *Circuit* is shown."""
        drawn = self.circuit
        if not drawn.ops and drawn.n_qubits != features.qubits:
            drawn = Circuit(features.qubits, name=drawn.name)
        self._take(features, drawn, show=show)

    def encode(self, features: Features) -> None:
        """Take these features and draw the gates that read them: in front of a drawing that reads no x[i], in place of
        one that does, which undo brings back. *Circuit* is shown.

        Raises:
            DataError: the encoding is ``"amplitude"``, which training puts in front by itself, or ``"raw"``.
        """
        if features.encode not in DRAWN:
            raise DataError(
                f"the encoding {features.encode!r} has no gates that read the features one by one",
                where="Lab.encode",
                cure=f"encode with {', '.join(map(repr, DRAWN))}, or use the features and draw the rest",
                value=features.encode,
            )
        drawn = self.circuit
        first = encoder(features.encode, features.n_features)
        if drawn.ops and drawn.n_inputs == 0:
            more = max(0, features.qubits - drawn.n_qubits)
            free = [wire for wire in Circuit(features.qubits + more).qubits if wire not in drawn.qubits]
            first = in_front(first, drawn.with_(qubits=[*drawn.qubits, *free[:more]]))
        self._take(features, first.with_(name=drawn.name), show=True)

    def _take(self, features: Features, circuit: Circuit, *, show: bool) -> None:
        self.features = features
        self._error = None
        if circuit != self.circuit:
            self.circuit = circuit
        self._tell()
        if show:
            self._post("lab", {"type": "go", "tab": "circuit"}, [])

    def train(self, **options: Any) -> Run:
        """Train the drawing on the features in use; the options of ``qlab.train``.

        Raises:
            TrainError: no features are in use, the drawing doesn't fit them, or another run is active.
        """
        if self.features is None:
            raise TrainError(
                "there are no features to train on",
                where="Lab, tab Data",
                cure="press Use these features in the tab Data, or call lab.use(features)",
            )
        if not self.circuit.ops:
            raise CircuitError(
                "the circuit has no gates",
                where="Lab, tab Circuit",
                cure="drag a gate onto a wire or take a template in the tab Circuit",
            )
        wires, need = self.circuit.n_qubits, self.features.qubits
        if wires < need and self.circuit.n_inputs < need:  # fewer wires that read every feature are a choice
            raise CircuitError(
                f"the circuit has {wires} wires and the features need {need}",
                where="Lab, tab Circuit",
                cure=f"add wires that read the others in the tab Circuit, or reduce to {wires} qubits in the tab Data",
            )
        run = train(self.circuit, self.features, **options)
        self.run, self._error = run, None
        self._panel = PanelSet(run, self._channel("panel"), wake=ticker.wake)
        self._tell()
        return run

    def close(self) -> None:
        """Take the widget off every page; a run goes on."""
        loader.remove(self._data.pump)
        pager.remove(self._data.pump_quick)
        solver.remove(self._optimise.pump)
        ticker.remove(self._pump)
        super().close()

    def __repr__(self) -> str:
        return f"Lab(dataset={self.dataset!r}, circuit={self.circuit!r}, run={self.run!r})"

    # -- messages ------------------------------------------------------------------------------------------------

    def _channel(self, name: str) -> Any:
        return lambda message, buffers: self._post(name, message, buffers)

    def _post(self, channel: str, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send({"channel": channel, "body": message}, buffers)

    def _received(self, _widget: Any, message: Any, buffers: Any) -> None:
        # May run on a subshell's thread while a cell runs: only noted here, answered by the ticker.
        if not isinstance(message, dict):
            return
        channel, body = message.get("channel"), message.get("body")
        if channel == "panel" and self._panel is not None:
            self._panel.handle(body)
        elif channel == "data":
            self._data.handle(body, buffers)
        elif channel == "optimise":
            self._optimise.handle(body, buffers)
        elif channel == "lab" and isinstance(body, dict):
            self._inbox.append(body)
            ticker.wake()

    def _pump(self) -> float | None:
        while self._inbox:
            self._order(self._inbox.popleft())
        waits: list[float | None] = []
        if self._panel is not None:
            waits.append(self._panel.pump())
        if self.run is not None:
            self._tell()
            waits.append(PERIOD if self.run.is_active else None)
        return min((wait for wait in waits if wait is not None), default=None)

    def _order(self, body: dict[str, Any]) -> None:
        if body.get("type") != "train":
            return
        settings = body.get("settings") or {}
        try:
            self.train(**{key: settings[key] for key in SETTINGS if key in settings})
        except QlabError as error:
            place = "circuit" if isinstance(error, CircuitError) else "data" if isinstance(error, DataError) else None
            self._error = {**error.to_dict(), "tab": place}
        except Exception as error:
            self._error = {"message": f"{type(error).__name__}: {error}", "where": None, "cure": None}
        self._tell()

    def _redrawn(self, _change: Any) -> None:
        if self._error is not None:  # it was about the drawing before
            self._error = None
            self._tell()

    def _tell(self) -> None:
        features = self.features
        run = self.run
        self.state = {
            "features": None
            if features is None
            else {"name": features.name, "qubits": features.qubits, "rows": int(features.train.X.shape[0])},
            "run": None
            if run is None
            else {"id": run.id, "state": run.state, "progress": round(run.step / max(1, run.total_steps), 2)},
            "error": self._error,
        }
