"""The table of runs as a widget: what it lists, what a notebook stores of it; readings of an instrument, thinned."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import qlab
from qlab.training.events import Measured
from qlab.widgets.runs import RunsServer
from qlab.widgets.stream import READINGS, PanelServer


@pytest.fixture
def three(tmp_path: Path) -> list[Any]:
    features = qlab.load("iris").features(target="target", qubits=2, reduce="pca", seed=0)
    circuit = qlab.templates.reuploading(2, 1)
    made = []
    for seed in range(3):
        made.append(qlab.train(circuit, features, epochs=1, seed=seed, name=f"r{seed}", folder=tmp_path))
        made[-1].wait()
    return made


def ask(server: RunsServer, out: list[Any], **message: Any) -> dict[str, Any]:
    out.clear()
    assert server.handle({"client": "p", "id": "1", **message})
    server.pump()
    (answer,) = out
    return dict(answer)


def test_a_narrowed_list_shows_and_edits_only_its_own(three: list[Any], tmp_path: Path) -> None:
    out: list[Any] = []
    server = RunsServer(lambda message, _: out.append(message), folder=tmp_path, only=(three[0].id, three[2].id))
    answer = ask(server, out, type="runs")
    assert {row["id"] for row in answer["rows"]} == {three[0].id, three[2].id}
    assert answer["all"] == 2
    refused = ask(server, out, type="edit", runs=[three[1].id], action="delete")
    assert refused["type"] == "error"
    assert three[1].id in refused["message"]
    assert three[1].id in qlab.runs(tmp_path)


def test_a_list_is_a_widget_with_a_table_for_readers_without_one(three: list[Any], tmp_path: Path) -> None:
    whole = qlab.runs(tmp_path)
    for found in (whole, whole.filter(lambda row: row["name"] == "r1")):
        data, _ = found._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in data
        assert data["text/html"].count("<tr") == 1 + len(found)
        assert data["text/plain"] == repr(found)


def test_readings_are_thinned_and_the_newest_is_always_among_them() -> None:
    held = deque(
        Measured(step, step / 10, "entanglement", {"q": float("nan") if step == 1 else 0.5}) for step in range(1, 1001)
    )
    run: Any = SimpleNamespace(
        id="r", measured={"entanglement": held}, columns=SimpleNamespace(n=0), version=0, is_active=False
    )
    out: list[Any] = []
    server = PanelServer(run, lambda message, _: out.append(message))

    def readings(**message: Any) -> list[int]:
        out.clear()
        server._answer({"type": "readings", "run": "r", "name": "entanglement", **message}, 0.0)
        return [row[0] for row in out[0]["rows"]]

    steps = readings()
    assert len(steps) <= READINGS
    assert steps[-1] == 1000
    assert steps == sorted(set(steps))
    assert readings(since=990) == list(range(991, 1001))
    assert readings(since=0, n=20)[-1] == 1000
    assert len(readings(since=0, n=20)) <= 20
    assert readings(name="nothing") == []
