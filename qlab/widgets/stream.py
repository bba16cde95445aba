"""The kernel's end of the panel protocol: what to send, to whom, when. Knows no widget and starts no thread.

A client acknowledges what it draws. New rows and status wait, and so coalesce, while the slowest active
client owes two frames; one that says nothing for two seconds no longer holds the others up, and is probed ever
more rarely until it speaks again. What is lost on the way is noticed by row numbers and pulled.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import QlabError
from ..training.status import finite
from .assets import send_plotly
from .link import Link, Message, Watched

PERIOD = 0.1  # s between frames
WINDOW = 2  # frames a client may owe
PATIENCE = 2.0  # s without an acknowledgement until a client is left out of the window
FORGET = 600.0  # s of silence until a client that owes frames is forgotten
PROBE = 0.3, 60.0  # s: first and longest wait for a sign of life before the status is sent again
WATCHED = 20  # instruments that a page may name at once
RESTATE = 1.0  # s between statuses that only bring a new step
READINGS = 150  # of an instrument in one answer: a pane is 300 pixels wide
DIGITS = 5  # of a reading: more than can be seen
PLAIN = ("pause", "resume", "stop")
STEERING = ("lr", "batch", "freeze", "thaw", "term")
CONTROLS = (*PLAIN, *STEERING, "watch")


@dataclass(slots=True)
class Client:
    """One page: the last frame it acknowledged, and since when it owes the next."""

    acked: int
    heard: float
    since: float | None = None
    probe_at: float = 0.0
    probe_wait: float = PROBE[0]
    active: bool = True


class PanelServer:
    """Streams one run to any number of pages over one link.

    ``handle`` may be called from any thread and only notes the message (orders to the run are flags, set at
    once); ``pump`` does the work and must be called from one thread at a time.

    Args:
        run: what is shown.
        link: sends a message to all pages.
        clock: seconds that never go back.
        wake: called when a message came and ``pump`` should be called soon.
    """

    def __init__(
        self,
        run: Watched,
        link: Link,
        *,
        clock: Callable[[], float] = time.monotonic,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.run, self._link, self._clock, self._wake = run, link, clock, wake
        self.clients: dict[str, Client] = {}
        self.seq = 0
        self.period = PERIOD  # a set of many live runs shares ten frames a second out among them
        self._inbox: deque[Message] = deque()
        self._rows = 0  # rows sent
        self._version = -1  # of the status sent last
        self._step_at = -1  # rows when the status was sent last
        self._frame_at = self._status_at = float("-inf")

    # -- in ----------------------------------------

    def handle(self, message: object) -> None:
        """Take a message of a page; a faulty one is answered with an error, never raised."""
        if not isinstance(message, dict):
            return
        if message.get("type") == "control":
            try:
                self._control(message)
            except QlabError as error:
                self._inbox.append({"type": "refused", "message": error.message, "cure": error.cure})
        else:
            self._inbox.append(message)
        self._wake()

    def _control(self, message: Message) -> None:
        action = message.get("action")
        if message.get("run") != self.run.id or action not in CONTROLS:
            raise QlabError(
                f"unknown order {action!r} for run {message.get('run')!r}",
                cure=f"send {', '.join(CONTROLS)} to run {self.run.id}",
            )
        value = message.get("value")
        if action == "lr":
            self.run.lr = value  # type: ignore[assignment]  # the run checks it
        elif action == "watch":
            names = value if isinstance(value, list) else [value]
            self.run.watch(*(str(name) for name in names[:WATCHED]))
        elif action in STEERING:
            self.run.steer(action, value)
        else:
            getattr(self.run, action)()

    def follow(self, run: Watched) -> None:
        """Show another object of the same run, such as the live one after it was resumed; every page starts anew."""
        self.run = run
        self._rows, self._version, self._step_at = run.columns.n, run.version, run.columns.n
        for name in list(self.clients):
            self._open(name, self._clock())

    # -- out ----------------------------------------

    def pump(self) -> float | None:
        """Answer what came in, send what is due; return seconds until the next call, or None."""
        now = self._clock()
        while self._inbox:
            self._answer(self._inbox.popleft(), now)
        self._judge(now)
        active = [client for client in self.clients.values() if client.active]
        if active and now - self._frame_at >= self.period - 1e-6:  # a timer may round
            self._frames(active, now)
        self._probe(now)
        if not self.clients:
            return None
        if active and (self.run.is_active or self._rows < self.run.columns.n or self._version != self.run.version):
            since = now - self._frame_at
            return self.period - since if 0.0 <= since < self.period else self.period
        owing = [client.probe_at for client in self.clients.values() if client.since is not None]
        return max(0.01, min(owing) - now) if owing else None

    def _answer(self, message: Message, now: float) -> None:
        kind, name = message.get("type"), message.get("client")
        if kind == "refused":
            self._send({"type": "error", "run": self.run.id, "message": message["message"], "cure": message["cure"]})
            return
        if kind == "plotly":
            send_plotly(self._send, run=self.run.id)
            return
        if message.get("run", self.run.id) != self.run.id:
            self._send(
                {
                    "type": "error",
                    "run": message.get("run"),
                    "message": f"this panel shows run {self.run.id}, not {message.get('run')}",
                    "cure": "open the panel of that run: run.panel",
                }
            )
            return
        if isinstance(name, str):
            self._heard(name, kind, message, now)
        if kind == "pull":
            self._pull(message)
        elif kind == "readings":
            self._readings(message)

    def _heard(self, name: str, kind: object, message: Message, now: float) -> None:
        if kind == "close":
            self.clients.pop(name, None)
            return
        if kind == "open":
            self._open(name, now)
            return
        client = self.clients.get(name)
        if client is None:  # forgotten, or the kernel's panel is younger than the page: it pulls what it misses
            client = self.clients[name] = Client(self.seq, now)
        client.heard, client.active, client.probe_wait = now, True, PROBE[0]
        seq = message.get("seq")
        if kind == "ack" and isinstance(seq, int) and client.acked < seq <= self.seq:
            client.acked = seq
        client.since = now if client.acked < self.seq else None
        client.probe_at = now + client.probe_wait

    def _open(self, name: str, now: float) -> None:
        others = any(client.active for other, client in self.clients.items() if other != name)
        n = self.run.columns.n
        version = self.run.version
        if not others:  # nobody else needs what lies before: the newcomer pulls it, bucketed
            self._rows, self._version, self._step_at, self._status_at = n, version, n, now
        self.clients[name] = Client(self.seq, now)
        self._send(
            {
                "type": "hello",
                "client": name,
                "run": self.run.id,
                "seq": self.seq,
                "name": self.run.name,
                "columns": list(self.run.columns.names),
                "n": n,
                "status": self.run.status(),
            }
        )

    def _pull(self, message: Message) -> None:
        total = self.run.columns.n
        start = min(max(0, _whole(message.get("from"), 0)), total)
        stop = min(max(start, _whole(message.get("to"), total)), total)
        block, exact = self.run.columns.bucket(start, stop, _whole(message.get("points"), 0))
        answer = {"type": "history", "run": self.run.id, "id": message.get("id"), "from": start}
        self._send({**answer, "n": block.shape[1], "total": total, "exact": exact}, [pack(block)])

    def _readings(self, message: Message) -> None:
        """Send what an instrument has measured after a step, thinned evenly, the newest always among it."""
        since = _whole(message.get("since"), -1)
        held = list(getattr(self.run, "measured", {}).get(str(message.get("name")), ()))
        held = [event for event in held if event.step > since]
        every = max(1, -(-len(held) // min(READINGS, max(1, _whole(message.get("n"), READINGS)))))
        kept = held[::-1][::every][::-1]
        rows = [[event.step, event.time, rounded(finite(event.values))] for event in kept]
        answer = {"type": "readings", "run": self.run.id, "id": message.get("id"), "name": message.get("name")}
        self._send({**answer, "total": len(held), "rows": rows})

    def _judge(self, now: float) -> None:
        """Leave silent clients out of the window, and forget those silent for long."""
        for name, client in list(self.clients.items()):
            if client.since is None:
                continue
            if now - client.since > PATIENCE:
                client.active = False
            if now - client.heard > FORGET:
                del self.clients[name]

    def _frames(self, active: list[Client], now: float) -> None:
        def room() -> bool:
            return all(self.seq - client.acked < WINDOW for client in active)

        version, n, seq = self.run.version, self.run.columns.n, self.seq
        if n > self._rows and room():
            block = self.run.columns.block(self._rows, n)
            rows = block.shape[1]
            self._frame({"type": "append", "from": self._rows, "n": rows}, [pack(block)], now)
            self._rows += rows
        stale = n != self._step_at and now - self._status_at >= RESTATE
        if (version != self._version or stale) and room():
            self._frame({"type": "status", "n": n, "status": self.run.status()}, [], now)
            self._version, self._step_at, self._status_at = version, n, now
        if self.seq != seq:  # one that is a little late doesn't make the next one late, too
            late = now - self._frame_at - self.period
            self._frame_at = now - late if 0.0 < late < self.period / 2 else now

    def _frame(self, body: Message, buffers: list[bytes], now: float) -> None:
        """Send a numbered message, which every active client now owes an answer to."""
        self.seq += 1
        for client in self.clients.values():
            if client.since is None:
                client.since, client.probe_wait, client.probe_at = now, PROBE[0], now + PROBE[0]
        self._send({"type": body.pop("type"), "run": self.run.id, "seq": self.seq, **body}, buffers)

    def _probe(self, now: float) -> None:
        """Send the status again, under its old number, to clients that owe an answer: a frame may be lost."""
        due = [c for c in self.clients.values() if c.since is not None and now >= c.probe_at]
        if not due:
            return
        for client in due:
            client.probe_wait = min(2 * client.probe_wait, PROBE[1])
            client.probe_at = now + client.probe_wait
        n = self.run.columns.n
        message = {"type": "status", "run": self.run.id, "seq": self.seq, "n": n, "status": self.run.status()}
        self._send(message)

    def _send(self, message: Message, buffers: list[bytes] | None = None) -> None:
        self._link(message, buffers or [])


def rounded(value: Any) -> Any:
    """Return a reading with so many digits as can be seen: a third of the bytes."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, (list, tuple)) else value


def pack(block: NDArray[np.float64]) -> bytes:
    """Return (columns, rows) as the wire has them: Float64, little-endian, one column after the other."""
    return np.ascontiguousarray(block, dtype="<f8").tobytes()


def _whole(value: Any, otherwise: int) -> int:
    return int(value) if isinstance(value, (int, float)) and value == value and abs(value) < 2**53 else otherwise
