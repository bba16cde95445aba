"""A panel's server with a run that advances by hand, a link that keeps what is sent, and a clock that stands still."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from qlab.errors import TrainError
from qlab.training.columns import Columns
from qlab.widgets.stream import PanelServer

COLUMNS = ("step", "loss")


class FakeRun:
    """A run that advances by hand."""

    def __init__(self) -> None:
        self.id, self.name, self.version, self.is_active = "R1", "demo", 0, True
        self.columns = Columns(COLUMNS)
        self.orders: list[Any] = []

    def rows(self, n: int) -> None:
        for _ in range(n):
            self.columns.append({"step": self.columns.n + 1.0, "loss": float(np.sin(self.columns.n))})

    def status(self) -> dict[str, Any]:
        return {"state": "running" if self.is_active else "done", "step": self.columns.n}

    def pause(self) -> None:
        self.orders.append("pause")

    def resume(self) -> None:
        self.orders.append("resume")

    def stop(self) -> None:
        self.orders.append("stop")

    @property
    def lr(self) -> float:
        return 0.05

    @lr.setter
    def lr(self, value: Any) -> None:
        if not isinstance(value, float) or value <= 0:
            raise TrainError(f"learning rate {value!r} is not a positive number", cure="give 0.05")
        self.orders.append(value)


class Bench:
    """A server, its run, and a clock that stands still until told."""

    def __init__(self) -> None:
        self.run, self.now, self.wakes = FakeRun(), 100.0, 0
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.server = PanelServer(self.run, self._link, clock=lambda: self.now, wake=self._wake)

    def _link(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        json.dumps(message, allow_nan=False)
        self.sent.append((message, buffers))

    def _wake(self) -> None:
        self.wakes += 1

    def say(self, kind: str, client: str = "a", **more: Any) -> list[dict[str, Any]]:
        """Send a message of a client and return what came back."""
        self.server.handle({"type": kind, "client": client, "run": "R1", **more})
        return self.go(0.0)

    def go(self, seconds: float = 0.1) -> list[dict[str, Any]]:
        """Let time pass, pump once, and return what was sent."""
        self.now += seconds
        before = len(self.sent)
        self.server.pump()
        return [message for message, _ in self.sent[before:]]

    def ack(self, *clients: str) -> None:
        for client in clients or ("a",):
            self.server.handle({"type": "ack", "client": client, "run": "R1", "seq": self.server.seq})


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [m["type"] for m in messages]


def unpack(buffer: bytes, n: int) -> np.ndarray:
    return np.frombuffer(buffer, "<f8").reshape(-1, n)
