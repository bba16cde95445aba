"""Small features and scripted orders for the tests of models, training and panels."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import qlab
from qlab.training import job, recorder


def features(
    rows: int = 40, n: int = 2, *, classes: int = 2, seed: int = 0, task: str = "classification", val: int = 12
) -> Any:
    """Features as `qlab.data` makes them: separable by angle, labels "a", "b", …."""
    rng = np.random.default_rng(seed)

    def split(count: int) -> Any:
        X = np.ascontiguousarray(rng.uniform(-1.5, 1.5, (count, n)))
        if task == "regression":
            return SimpleNamespace(X=X, y=3000.0 + 500.0 * np.sin(X[:, 0]) + 100.0 * X[:, 1])
        y = np.floor((X[:, 0] + 1.5) / 3.0 * classes).astype(np.int64).clip(0, classes - 1)
        return SimpleNamespace(X=X, y=y)

    return SimpleNamespace(
        train=split(rows), val=split(val), test=split(12), task=task, encode="angle", n_features=n, qubits=n,
        classes=None if task == "regression" else tuple("abcdefgh"[:classes]), target="label", lineage="fake",
        transform=lambda data: np.asarray(data.rows, dtype=np.float64),
    )  # fmt: skip


def circuit(n: int = 2, layers: int = 1) -> qlab.Circuit:
    """A small re-uploading circuit."""
    return qlab.templates.reuploading(n, layers)


class Script:
    """Orders given at certain steps: ``{looks: [order, …]}``, one look a step; ``idles`` counts waits."""

    def __init__(self, orders: dict[int, list[tuple[str, Any]]], idle: list[tuple[str, Any]] | None = None) -> None:
        self._orders, self._idle, self.looks, self.idles = orders, idle or [], 0, 0
        self._queue: list[tuple[str, Any]] = []

    def take(self, made: int) -> tuple[str, Any] | None:
        if not self._queue:
            if self.looks in self._orders:
                self._queue = list(self._orders.pop(self.looks))
            else:
                self.looks += 1
                return None
        return self._queue.pop(0)

    def idle(self) -> None:
        self.idles += 1
        if self.idles == 3:
            self._queue = list(self._idle)


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for a condition; an assertion fails if it doesn't come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.fixture
def quick_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A store of the test's own that is written often, and no run left over at the end."""
    monkeypatch.setenv("QLAB_HOME", str(tmp_path))
    monkeypatch.setattr(recorder, "PERIOD", 0.02)
    monkeypatch.setattr(recorder, "CHECKPOINT", 0.0)
    monkeypatch.setattr(recorder, "RETRY", 0.02)
    yield tmp_path
    until(lambda: not job.active_runs())
