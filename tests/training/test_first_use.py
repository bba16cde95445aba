"""A run on a machine where the engine isn't compiled yet says what it waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

import qlab
from qlab import engine

from .fakes import circuit, features


def test_a_run_shows_the_compilation_it_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    compiling, go = threading.Event(), threading.Event()

    def warm_up(progress: Callable[[float, str], object]) -> None:
        progress(0.0, "loading the simulator")
        progress(0.5, "compiling the simulator, once on this machine: 50%")
        compiling.set()
        go.wait(30)
        progress(1.0, "the simulator is ready")

    monkeypatch.setattr(engine, "warm_up", warm_up)
    run = qlab.train(circuit(2), features(), epochs=1, batch=16)
    assert compiling.wait(30)
    assert run.status()["warning"] == {"message": "compiling the simulator, once on this machine: 50%", "cure": None}
    assert run.status()["step"] == 0
    go.set()
    assert run.wait(30)
    assert run.status()["warning"] is None
