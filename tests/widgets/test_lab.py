"""The Lab's channels don't wait for one another."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import qlab
from qlab.errors import DataError


def test_a_slow_load_in_the_data_view_holds_up_no_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    began, go_on, pumped = threading.Event(), threading.Event(), threading.Event()

    def slow(self: Any, text: str, on_bad: str) -> None:
        began.set()
        assert go_on.wait(30)

    monkeypatch.setattr("qlab.widgets.dataserver.DataServer._load_text", slow)
    lab = qlab.Lab(circuit=qlab.templates.hardware_efficient(2, 1))
    monkeypatch.setattr(lab, "_order", lambda body: pumped.set())
    try:
        lab._received(lab, {"channel": "data", "body": {"type": "load", "source": "iris"}}, [])
        assert began.wait(30)
        lab._received(lab, {"channel": "lab", "body": {"type": "train"}}, [])
        assert pumped.wait(30), "the thread of the panels waits for the load"
    finally:
        go_on.set()
        lab.close()


def test_the_lab_trains_and_its_panel_answers() -> None:
    lab = qlab.Lab(circuit=qlab.templates.reuploading(2, 1))
    sent: list[dict[str, Any]] = []
    lab._post = lambda channel, message, buffers: sent.append({"channel": channel, **message})  # type: ignore[method-assign]
    try:
        lab.use(qlab.load("moons").features(seed=1), show=False)
        run = lab.train(epochs=2)
        run.wait()
        lab._panel.handle({"type": "open", "client": "a", "run": run.id})
        lab._panel.pump()
        assert next(m for m in sent if m["channel"] == "panel" and m["type"] == "hello")["run"] == run.id
    finally:
        lab.close()


def test_the_encoding_is_drawn_in_front_of_what_was_drawn_and_trains_alike() -> None:
    lab = qlab.Lab()
    try:
        fx = qlab.load("iris").features(encode="iqp", qubits=3, reduce="pca", seed=1)
        lab.encode(fx)
        assert lab.features is fx
        assert [op.gate for op in lab.circuit.ops] == ["h", "rz"] * 3 + ["rzz"] * 2
        ansatz = qlab.Circuit(["a", "b"], name="mine").append("ry", 0, "w[0]").append("cx", [0, 1])
        lab.circuit = ansatz
        lab.encode(fx)
        assert (lab.circuit.name, lab.circuit.qubits[:2], lab.circuit.n_qubits) == ("mine", ("a", "b"), 3)
        assert lab.circuit.ops[-2:] == ansatz.ops, "drawn gates keep their ids"
        drawn = qlab.train(lab.circuit, fx, epochs=2, seed=3)
        drawn.wait()
        bare = qlab.train(ansatz.with_(qubits=lab.circuit.qubits), fx, epochs=2, seed=3)  # gets the encoder by itself
        bare.wait()
        assert drawn.history["loss"].tolist() == bare.history["loss"].tolist()
        lab.encode(qlab.load("moons").features(seed=1))  # it reads x[i] already: replaced, as undo can bring it back
        assert [str(op.params[0]) for op in lab.circuit.ops] == ["x[0]", "x[1]"]
        for encode in ("amplitude", "raw"):
            with pytest.raises(DataError, match="no gates that read"):
                lab.encode(qlab.load("iris").features(encode=encode, seed=1))
        assert lab.features is not None
        assert lab.features.name == "moons"
    finally:
        lab.close()
