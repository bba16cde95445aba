"""The kernel's end of the panel protocol, with a fake link and a fake clock; the recorded frames; the report."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qlab.widgets.stream import pack

from .panel_bench import Bench, kinds, unpack

VECTORS = Path(__file__).parent.parent / "vectors" / "frames.json"


def test_without_a_client_nothing_is_sent_and_the_ticker_may_sleep() -> None:
    b = Bench()
    b.run.rows(500)
    assert b.go() == []
    assert b.server.pump() is None


def test_hello_tells_columns_count_and_status_and_the_past_is_left_to_a_pull() -> None:
    b = Bench()
    b.run.rows(7)
    (hello,) = b.say("open")
    assert hello == {
        "type": "hello", "client": "a", "run": "R1", "seq": 0, "name": "demo", "columns": ["step", "loss"], "n": 7,
        "status": {"state": "running", "step": 7},
    }  # fmt: skip
    b.run.rows(2)
    (append,) = [m for m in b.go() if m["type"] == "append"]
    assert (append["from"], append["n"], append["seq"]) == (7, 2, 1)
    np.testing.assert_array_equal(unpack(b.sent[-1][1][0], 2)[0], [8.0, 9.0])


def test_rows_coalesce_to_ten_frames_a_second() -> None:
    b = Bench()
    b.say("open")
    frames = 0
    for _ in range(1000):  # one second, a row and an acknowledgement each millisecond
        b.run.rows(1)
        frames += kinds(b.go(0.001)).count("append")
        b.ack()
    assert 9 <= frames <= 10
    assert kinds([m for m, _ in b.sent]).count("status") <= 1


def test_at_most_two_frames_are_unacknowledged() -> None:
    b = Bench()
    b.say("open")
    for _ in range(10):
        b.run.rows(3)
        b.go(0.15)
    assert b.server.seq == 2
    b.ack()
    (append,) = [m for m in b.go() if m["type"] == "append"]
    assert (append["from"], append["n"]) == (6, 24)


def test_a_tab_closed_for_ten_minutes_leaves_little_at_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    b = Bench()
    monkeypatch.setattr(b.run, "status", lambda: {"state": "running", "step": b.run.columns.n, "more": "x" * 8_000})
    b.say("open")
    b.go()
    before = len(b.sent)
    for _ in range(6_000):  # what is sent meanwhile waits in the Jupyter server's memory
        b.run.rows(100)
        b.go(0.1)
    sent = b.sent[before:]
    assert sum(len(json.dumps(message)) + sum(map(len, buffers)) for message, buffers in sent) < 1_000_000
    assert kinds(b.say("open", "anew"))[0] == "hello"


def test_the_slowest_active_client_sets_the_pace() -> None:
    b = Bench()
    b.say("open", "a")
    b.say("open", "b")
    for _ in range(6):
        b.run.rows(1)
        b.go(0.15)
        b.ack("a")
    assert b.server.seq == 2
    b.ack("b")
    assert "append" in kinds(b.go())


def test_a_silent_client_leaves_the_window_after_two_seconds_and_may_return() -> None:
    b = Bench()
    b.say("open", "a")
    b.say("open", "b")
    for _ in range(30):
        b.run.rows(1)
        b.go(0.1)
        b.ack("a")
    assert not b.server.clients["b"].active
    assert b.server.seq > 8
    b.ack("b")
    b.go(0.1)
    assert b.server.clients["b"].active


def test_with_all_clients_silent_only_ever_rarer_probes_go_out() -> None:
    b = Bench()
    b.say("open")
    size, seconds = 0, 600.0
    end = b.now + seconds
    b.run.rows(5)
    b.go()
    start = len(b.sent)
    while b.now < end:
        b.run.rows(1)
        b.go(0.1)
    found = b.sent[start:]
    size = sum(len(json.dumps(m)) + sum(map(len, bufs)) for m, bufs in found)
    assert size < 100_000
    assert len(found) < 40
    b.go(60.0)
    assert b.server.clients == {}  # forgotten, so that the ticker can sleep
    assert b.server.pump() is None


def test_the_last_frame_lost_is_made_good_by_a_probe() -> None:
    b = Bench()
    b.say("open")
    b.run.rows(5)
    b.go()
    b.run.is_active = False
    b.run.version += 1
    b.go()
    again = [m for _ in range(10) for m in b.go(0.1)]
    assert kinds(again)[0] == "status"
    assert (again[0]["seq"], again[0]["n"]) == (b.server.seq, 5)
    b.ack()
    assert b.go(5.0) == []
    assert b.server.pump() is None


def test_lost_frames_are_pulled_and_both_ends_agree() -> None:
    rng = np.random.default_rng(7)
    b = Bench()
    client = Client(b)
    for step in range(400):
        if step < 300:
            b.run.rows(int(rng.integers(0, 5)))
        if step == 300:
            b.run.is_active = False
            b.run.version += 1
        b.now += 0.05
        b.server.pump()
        client.receive(lose=lambda: rng.random() < 0.1)
        if step > 340 and client.have == b.run.columns.n:
            break
    assert client.have == b.run.columns.n > 300
    np.testing.assert_array_equal(client.data, b.run.columns.block(0, client.have))


class Client:
    """What a page does, in its simplest form: keep a gapless prefix, pull what is missing."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.read = bench, 0
        self.data = np.empty((2, 0))
        self.say("open")

    @property
    def have(self) -> int:
        return self.data.shape[1]

    def say(self, kind: str, **more: Any) -> None:
        self.bench.server.handle({"type": kind, "client": "c", "run": "R1", **more})

    def receive(self, lose: Any) -> None:
        news, self.read = self.bench.sent[self.read :], len(self.bench.sent)
        for message, buffers in news:
            if lose() and message["type"] != "hello":
                continue
            if message["type"] in ("append", "history"):
                block = unpack(buffers[0], message["n"])
                at, end = message["from"], message["from"] + message["n"]
                if at <= self.have < end:
                    self.data = np.concatenate([self.data, block[:, self.have - at :]], axis=1)
                elif at > self.have:
                    self.say("pull", id="p", **{"from": self.have, "to": end, "points": 0})
            if message["type"] == "status" and message["n"] > self.have:
                self.say("pull", id="p", **{"from": self.have, "to": message["n"], "points": 0})
            if "seq" in message and message["type"] != "hello":
                self.say("ack", seq=message["seq"])


def test_two_clients_get_the_same_rows() -> None:
    b = Bench()
    one, two = Client(b), Client(b)
    two.say = lambda kind, **m: b.server.handle({"type": kind, "client": "d", "run": "R1", **m})  # type: ignore[method-assign]
    two.say("open")
    for _ in range(50):
        b.run.rows(3)
        b.now += 0.11
        b.server.pump()
        one.receive(lambda: False)
        two.receive(lambda: False)
    b.now += 1
    b.server.pump()
    one.receive(lambda: False)
    two.receive(lambda: False)
    np.testing.assert_array_equal(one.data, two.data)
    assert one.have == 150


def test_a_pull_is_answered_at_once_exact_or_bucketed() -> None:
    b = Bench()
    b.run.rows(1000)
    b.say("open")
    (answer,) = b.say("pull", id="p1", **{"from": 10, "to": 20, "points": 100})
    assert (answer["id"], answer["from"], answer["n"], answer["total"], answer["exact"]) == ("p1", 10, 10, 1000, True)
    (answer,) = b.say("pull", id="p2", **{"from": 0, "to": 1000, "points": 50})
    assert (answer["n"], answer["exact"]) == (50, False)
    rows = unpack(b.sent[-1][1][0], 50)
    assert (rows[0, 0], rows[0, -1]) == (1.0, 1000.0)
    assert rows[1].max() == b.run.columns.column("loss").max()


@pytest.mark.parametrize(
    "span",
    [{"from": -5, "to": 10**12}, {"from": 2000, "to": 5}, {"from": "x", "to": None}, {}, {"points": float("nan")}],
)
def test_a_pull_out_of_range_is_clipped(span: dict[str, Any]) -> None:
    b = Bench()
    b.run.rows(10)
    b.say("open")
    (answer,) = b.say("pull", id=1, **span)
    assert answer["type"] == "history"
    assert len(b.sent[-1][1][0]) == answer["n"] * 16


def test_control_only_sets_flags_at_once_on_the_callers_thread() -> None:
    b = Bench()
    for action in ("pause", "resume", "stop"):
        b.server.handle({"type": "control", "run": "R1", "action": action})
    b.server.handle({"type": "control", "run": "R1", "action": "lr", "value": 0.01})
    assert b.run.orders == ["pause", "resume", "stop", 0.01]
    assert b.wakes == 4
    assert b.sent == []


@pytest.mark.parametrize(
    "message",
    [
        {"type": "control", "run": "R1", "action": "lr", "value": "fast"},
        {"type": "control", "run": "R1", "action": "explode"},
        {"type": "control", "run": "R2", "action": "stop"},
        {"type": "pull", "run": "R2", "client": "a"},
    ],
)
def test_a_faulty_message_is_answered_with_its_cure(message: dict[str, Any]) -> None:
    b = Bench()
    b.server.handle(message)
    (error,) = b.go()
    assert error["type"] == "error"
    assert error["cure"]
    assert b.run.orders == []


def test_nonsense_is_ignored() -> None:
    b = Bench()
    for message in (None, 3, "open", [], {}, {"type": "ack"}, {"type": "open"}, {"type": "open", "client": 3}):
        b.server.handle(message)
        b.go()
    assert b.sent == []


def test_a_client_the_kernel_does_not_know_is_taken_up_by_its_first_word() -> None:
    b = Bench()
    b.run.rows(4)
    for seq in (10**9, "9", None, -1):
        b.say("ack", "z", seq=seq)
    assert b.server.clients["z"].active
    b.ack("z")
    b.run.rows(1)
    assert "append" in kinds(b.go())


def test_close_forgets_a_client() -> None:
    b = Bench()
    b.say("open")
    b.say("close")
    b.run.rows(3)
    assert b.go() == []


def test_status_is_sent_on_change_and_coalesced() -> None:
    b = Bench()
    b.say("open")
    b.run.version += 1
    assert kinds(b.go()) == ["status"]
    b.run.version += 5
    assert kinds(b.go(0.01)) == []
    assert kinds(b.go(0.1)) == ["status"]


def test_plotly_is_sent_once_as_bytes_or_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    b = Bench()
    monkeypatch.setattr("qlab.widgets.assets.STATIC", tmp_path)
    assert "make build" in b.say("plotly")[0]["cure"]
    (tmp_path / "plotly.min.js").write_bytes(b"var Plotly")
    assert b.say("plotly") == [{"type": "plotly"}]
    assert b.sent[-1][1] == [b"var Plotly"]


def test_the_recorded_frames_are_what_the_server_sends() -> None:
    """`tests/vectors/frames.json` also feeds the decoder's test in JavaScript."""
    recorded = json.loads(VECTORS.read_text(encoding="utf-8"))
    b = Bench()
    b.run.rows(3)
    b.say("open")
    b.run.rows(3)
    b.run.version += 1
    b.go()
    b.say("pull", id="p", **{"from": 0, "to": 3, "points": 0})
    b.server.handle({"type": "control", "run": "R2"})
    b.go()
    keys = {m["type"]: set(m) for m, _ in b.sent}
    assert set(keys) == {"hello", "append", "status", "history", "error"}
    for frame in recorded["frames"]:
        message = frame["msg"]
        assert set(message) == keys[message["type"]]
        if frame["buffers"]:
            rows = np.array(frame["rows"], dtype=np.float64)
            assert rows.shape == (message["n"], len(recorded["columns"]))
            assert base64.b64decode(frame["buffers"][0]) == pack(rows.T)
