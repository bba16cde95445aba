"""The Lab's channels don't wait for one another."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import qlab


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
