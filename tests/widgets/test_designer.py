"""The designer's traits: one text, checked on both ways; what the page sends wrongly is refused."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from typing import Any

import pytest

from qlab.circuit import Circuit, templates
from qlab.errors import CircuitError
from qlab.widgets.designer import Designer


def bell() -> Circuit:
    return Circuit(2, name="bell").append("h", 0).append("cx", [0, 1])


def from_page(widget: Designer, text: str) -> list[Any]:
    """Deliver a text as the page would; returns the keys sent back."""
    sent: list[Any] = []

    def record(key: Any = None) -> None:
        sent.append(key)

    widget.send_state = record  # type: ignore[method-assign]
    widget.set_state({"circuit_text": text})
    return sent


def test_default_is_an_empty_circuit_of_four_wires() -> None:
    d = Designer()
    assert d.circuit == Circuit(4)
    assert d.circuit_text == Circuit(4).to_text()
    assert d.accepted == zlib.crc32(d.circuit_text.encode())


@pytest.mark.parametrize(
    ("settings", "wires"), [({"qubits": 2}, ("q0", "q1")), ({"qubits": ["a", "b", "c"]}, ("a", "b", "c"))]
)
def test_wires_by_number_or_name(settings: dict[str, Any], wires: tuple[str, ...]) -> None:
    assert Designer(**settings).circuit.qubits == wires


def test_takes_a_circuit_or_its_text_and_a_name() -> None:
    assert Designer(bell()).circuit == bell()
    assert Designer(bell().to_text()).circuit == bell()
    assert Designer(bell(), name="mine").circuit.name == "mine"
    assert Designer(qubits=1, name="mine").circuit.name == "mine"


def test_refuses_what_is_no_circuit() -> None:
    with pytest.raises(CircuitError, match="list is not a circuit"):
        Designer([1, 2])  # type: ignore[arg-type]
    with pytest.raises(CircuitError):
        Designer("{bad")


def test_assigning_a_circuit_changes_the_one_trait() -> None:
    d = Designer()
    seen: list[Circuit] = []
    stop = d.observe_circuit(seen.append)
    d.circuit = bell()
    assert json.loads(d.circuit_text)["name"] == "bell"
    assert seen == [bell()]
    stop()
    d.circuit = Circuit(1)
    assert len(seen) == 1


def test_invalid_assignment_raises_and_keeps_the_drawing() -> None:
    d = Designer(bell())
    with pytest.raises(CircuitError):
        d.circuit = "{bad"  # type: ignore[assignment]
    with pytest.raises(CircuitError):
        d.circuit_text = "{}"
    assert d.circuit == bell()
    assert d.error == ""


def test_text_from_the_page_arrives() -> None:
    d = Designer(bell())
    more = bell().append("ry", 1, "w[0]")
    sent = from_page(d, more.to_text())
    assert d.circuit == more
    assert "circuit_text" not in sent, "the page has it already"
    assert d.accepted == zlib.crc32(more.to_text().encode())


def test_bad_text_from_the_page_is_refused_and_the_last_good_one_sent_back() -> None:
    d = Designer(bell())
    bad = bell().append("ry", 1, "w[0]").to_text().replace("w[0]", "w[0]**x[1]")
    sent = from_page(d, bad)
    assert d.circuit == bell()
    assert "circuit_text" in sent
    fault = json.loads(d.error)
    assert fault["type"] == "ExprError"
    assert "exponent" in fault["message"]
    assert fault["where"]
    from_page(d, bell().append("x", 0).to_text())
    assert d.error == ""


def test_text_not_in_normal_form_is_sent_back_in_it() -> None:
    d = Designer(bell())
    loose = json.dumps(json.loads(bell().append("x", 0).to_text()))
    sent = from_page(d, loose)
    assert d.circuit_text == bell().append("x", 0).to_text()
    assert "circuit_text" in sent


def test_only_one_trait_carries_the_circuit() -> None:
    d = Designer(templates.reuploading(3, 2))
    state = {k: v for k, v in d.get_state().items() if k not in ("_esm", "_css")}
    assert [k for k, v in state.items() if isinstance(v, str) and "ops" in v] == ["circuit_text"]


def test_saved_notebook_shows_a_still_picture() -> None:
    d = Designer(bell())
    data, _ = d._repr_mimebundle_()
    assert "text/html" in data
    assert "bell" in data["text/plain"]
    assert "<script" not in data["text/html"]


def test_names_are_escaped_in_the_still_picture() -> None:
    d = Designer(Circuit(["<img src=x>"], name="<b>name</b>"))
    html = d._repr_mimebundle_()[0]["text/html"]
    assert "<b>" not in html
    assert "<img src=x>" not in html
    drawn = re.search(r'<img alt="[^"<>]*" src="data:image/svg\+xml;base64,([^"]*)">', html)
    assert drawn is not None
    assert b"<img" not in b64decode(drawn[1])


def test_page_only_settings() -> None:
    d = Designer(read_only=True, height=400)
    assert d.read_only
    assert d.height == 400
