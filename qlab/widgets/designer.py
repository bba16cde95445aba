"""The circuit designer as a widget. One synced trait carries the circuit; must not know how it is drawn."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

import anywidget
import traitlets as t

from ..circuit import Circuit
from ..errors import CircuitError
from .assets import asset, send_plotly
from .comm import detach_subshell

__all__ = ["CircuitTrait", "Designer"]


class CircuitTrait(anywidget.AnyWidget):
    """What a widget with a drawing shares: the trait ``circuit_text``, checked, and ``circuit`` as a value.

    A text from the page that is no circuit is refused: ``error`` says why, the last good text is kept and
    sent back. The same from Python raises.
    """

    circuit_text = t.Unicode(help="the canonical text of the circuit").tag(sync=True, echo_update=False)
    accepted = t.Int(0, help="CRC-32 of the text Python holds: is the page in step").tag(sync=True)
    error = t.Unicode("", help="JSON of the last refusal, or nothing").tag(sync=True)

    _known: tuple[str, Circuit] | None = None
    _from_page = False

    @t.default("circuit_text")
    def _default_text(self) -> str:
        return Circuit(4).to_text()

    @property
    def circuit(self) -> Circuit:
        """The drawing; assigning a `Circuit` or its text redraws it.

        Raises:
            CircuitError: on assigning what is no circuit; the drawing stays as it was.
        """
        text = self.circuit_text
        if self._known is None or self._known[0] != text:
            self._known = (text, Circuit.from_text(text))
        return self._known[1]

    @circuit.setter
    def circuit(self, value: Circuit | str) -> None:
        self.circuit_text = _as_text(value)

    def observe_circuit(self, handler: Callable[[Circuit], object]) -> Callable[[], None]:
        """Call ``handler(circuit)`` after each change of the drawing; the returned function ends it."""

        def changed(_change: object) -> None:
            handler(self.circuit)

        self.observe(changed, names="circuit_text")
        return lambda: self.unobserve(changed, names="circuit_text")

    @t.validate("circuit_text")
    def _checked(self, proposal: dict[str, Any]) -> str:
        try:
            circuit = Circuit.from_text(proposal["value"])
        except CircuitError as fault:
            if not self._from_page:
                raise
            self.error = json.dumps(fault.to_dict(), default=str)
            return self._known[0] if self._known is not None else Circuit(4).to_text()
        text = circuit.to_text()
        self._known = (text, circuit)
        self.error = ""
        self.accepted = zlib.crc32(text.encode())
        return text

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take values from the page, then send back a text that was not taken as it came."""
        if "circuit_text" not in sync_data:
            super().set_state(sync_data)
            return
        _ = self.circuit  # what is kept if the text is refused
        with self._page():
            super().set_state(sync_data)
        if self.circuit_text != sync_data["circuit_text"]:
            self.send_state("circuit_text")

    @contextmanager
    def _page(self) -> Iterator[None]:
        self._from_page = True
        try:
            yield
        finally:
            self._from_page = False


class Designer(CircuitTrait):
    """Draw a circuit: drag gates, type angles such as ``w[0]*x[1]``, or use the keyboard (press ``?``).

    Args:
        circuit: what is drawn at first, a `Circuit` or its canonical text; default an empty one.
        qubits: wires of the empty one, a number or their names.
        name: of the circuit.
        height: of the widget, in CSS pixels.
        read_only: whether the page may only look, select and copy.

    Raises:
        CircuitError: ``circuit`` is not one.

    Example:
        >>> d = qlab.Designer(qubits=4)   # doctest: +SKIP
        >>> d.circuit.stats()             # doctest: +SKIP
    """

    _esm = asset("designer.js")
    _css = asset("designer.css")

    read_only = t.Bool(False, help="whether the page may change nothing").tag(sync=True)
    height = t.Int(720, min=200, max=4000, help="CSS pixels").tag(sync=True)

    def __init__(
        self,
        circuit: Circuit | str | None = None,
        *,
        qubits: int | Sequence[str] = 4,
        name: str | None = None,
        **settings: Any,
    ) -> None:
        if circuit is None:
            text = Circuit(qubits, name=name or "circuit").to_text()
        else:
            text = _as_text(circuit)
            if name is not None:
                text = Circuit.from_text(text).with_(name=name).to_text()
        super().__init__(circuit_text=text, **settings)
        detach_subshell(self)
        self.on_msg(self._asked)

    def _asked(self, _widget: object, message: object, _buffers: object) -> None:
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "plotly":
            send_plotly(lambda answer, buffers: self.send(answer, buffers))
        elif kind == "who":  # a page can't tell which output it is drawn in
            self.send({"type": "who", "model": self.model_id})

    def __repr__(self) -> str:
        return f"Designer({self.circuit!r})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        still = _still(self.circuit)
        return {**data, "text/html": still, "text/plain": repr(self)}, metadata


def _as_text(value: Circuit | str) -> str:
    if isinstance(value, Circuit):
        return value.to_text()
    if isinstance(value, str):
        return value
    raise CircuitError(
        f"{type(value).__name__} is not a circuit",
        where="Designer.circuit",
        cure="give a qlab.Circuit or its text; a Qiskit circuit through qlab.Circuit.from_qiskit",
        value=value,
    )


def _still(circuit: Circuit) -> str:
    """The drawing where no widget can live: a saved notebook, nbconvert. The page writes a newer one after an edit.

    It is an image with its data in it: what cleans the HTML of notebooks leaves that, and takes a bare ``<svg>`` out.
    """
    picture = circuit._repr_mimebundle_().get("image/svg+xml")
    if picture is None:
        drawn = f"<pre>{escape(str(circuit))}</pre>"
    else:
        data = b64encode(picture.encode()).decode()
        drawn = f'<img alt="{escape(repr(circuit))}" src="data:image/svg+xml;base64,{data}">'
    return f"{drawn}<p><small>{escape(circuit.name)}, saved view</small></p>"
