"""Several runs in one panel, what is steered from it, and the list of runs; with a fake link and no thread."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import qlab
from qlab.widgets.panelset import PanelSet
from qlab.widgets.runs import RunsServer
from qlab.widgets.stream import PERIOD

from ..training.fakes import circuit, features, quick_store, until

__all__ = ["quick_store"]  # a fixture
pytestmark = pytest.mark.usefixtures("quick_store")

LONG = {"epochs": 100_000, "batch": 16}


class Desk:
    """A panel of runs, its link and a clock that stands still until told."""

    def __init__(self, *runs: Any) -> None:
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.now = 100.0
        self.panel = PanelSet(
            runs[0],
            lambda m, b: self.sent.append((m, b)),
            others=runs[1:],
            clock=lambda: self.now,
            spawn=lambda name, call: call(),
        )

    def say(self, kind: str, after: float = 0.0, **more: Any) -> list[dict[str, Any]]:
        first = len(self.sent)
        self.panel.handle({"type": kind, "client": "a", **more})
        self.now += after
        self.panel.pump()
        return [m for m, _ in self.sent[first:]]

    def only(self, kind: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
        found = [m for m in messages if m["type"] == kind]
        assert len(found) == 1, messages
        return found[0]


def done(**options: Any) -> Any:
    run = qlab.train(circuit(2), features(), **{"epochs": 4, "batch": 16, **options})
    run.wait(30)
    return run


def test_each_run_has_a_stream_of_its_own_and_the_set_says_which_there_are() -> None:
    one, two = done(name="one"), qlab.open_run(done(name="two").id)
    desk = Desk(one, two)
    told = desk.only("set", desk.say("set"))
    assert told["current"] == one.id
    assert [(r["id"], r["name"], r["state"], r["step"]) for r in told["runs"]] == [
        (one.id, "one", "done", 12),
        (two.id, "two", "done", 12),
    ]
    for run in (one, two):
        hello = desk.only("hello", desk.say("open", run=run.id))
        assert (hello["run"], hello["n"], hello["columns"]) == (run.id, 12, list(run.columns.names))
        history = desk.only("history", desk.say("pull", run=run.id, id="p", **{"from": 0, "to": 12, "points": 0}))
        rows = np.frombuffer(desk.sent[-1][1][0]).reshape(len(run.columns.names), history["n"])
        np.testing.assert_array_equal(rows, run.columns.block(0, 12))
    error = desk.only("error", desk.say("pull", run="R9", id="p"))
    assert "R9" in error["message"]
    desk.say("close")
    desk.now += 1
    assert desk.panel.pump() is None


def test_runs_are_laid_over_and_taken_off() -> None:
    one, two = done(), done()
    desk = Desk(one)
    assert [r["id"] for r in desk.only("set", desk.say("add", run=two.id))["runs"]] == [one.id, two.id]
    assert [r["id"] for r in desk.only("set", desk.say("add", run=two.id))["runs"]] == [one.id, two.id]
    assert "no run" in desk.only("error", desk.say("add", run="zz"))["message"]
    assert [r["id"] for r in desk.only("set", desk.say("drop", run=one.id))["runs"]] == [two.id]
    assert [r["id"] for r in desk.only("set", desk.say("drop", run=two.id))["runs"]] == [two.id]  # the last one stays


def test_every_control_reaches_the_run_at_its_next_step_or_is_refused_by_name() -> None:
    run = qlab.train(circuit(2), features(), **LONG)
    desk = Desk(run)
    for action, value in (("lr", 0.01), ("batch", 8.0), ("freeze", "circuit"), ("thaw", [0, 1]), ("term", ["l2", 0.1])):
        before = len(run.status()["events"])
        assert desk.say("control", run=run.id, action=action, value=value) == []
        until(lambda before=before: len(run.status()["events"]) > before)
    desk.say("control", run=run.id, action="watch", value=["layers", "weights"])
    until(lambda: set(run.status()["measured"]) == {"layers", "weights"})
    assert run.status()["watched"] == ["layers", "weights"]
    for action, value in (
        ("lr", "fast"), ("batch", 0), ("batch", None), ("freeze", "tail"), ("freeze", [10**9]), ("freeze", {"a": 1}),
        ("thaw", "x" * 10_000), ("term", ["l9", 1]), ("term", "l2"), ("watch", "thermometer"), ("explode", 1),
        ("branch", None), ("branch", {"step": 10**9}), ("branch", {"step": 1, "epochs": 3}), ("branch", {"lr": -1}),
        ("branch", {"name": 3}),
    ):  # fmt: skip
        error = desk.only("error", desk.say("control", run=run.id, action=action, value=value))
        assert error["message"]
    run.stop()
    run.wait(30)
    kinds = [e["kind"] for e in run.status()["events"]]
    assert kinds == ["lr", "batch", "freeze", "thaw", "term", "stop"]
    assert run.batch == 8


def test_a_branch_from_the_page_joins_the_panel() -> None:
    run = done()
    desk = Desk(run)
    answers = desk.say("control", run=run.id, id="b1", action="branch", value={"step": 5.0, "lr": 0.01, "name": "kid"})
    desk.panel.pump()
    told = desk.only("branched", [m for m, _ in desk.sent])
    child = desk.panel.runs[-1]
    assert (told["id"], told["run"], told["child"], told["name"]) == ("b1", run.id, child.id, "kid")
    assert answers[-1]["type"] == "set" or desk.sent[-1][0]["type"] == "set"
    child.wait(30)  # type: ignore[attr-defined]
    row = [m for m, _ in desk.sent if m["type"] == "set"][-1]["runs"][-1]
    assert (row["parent"], row["parent_step"]) == (run.id, 5)
    assert float(child.history["lr"].iloc[0]) == 0.01


def test_resume_pressed_on_a_run_that_was_stopped_goes_on_in_the_same_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    run = qlab.train(circuit(2), features(), **LONG)
    until(lambda: run.step > 20)
    run.stop()
    run.wait(30)
    monkeypatch.setattr(
        "qlab.widgets.panelset.resume", lambda r, parallel: qlab.resume(r, features(), parallel=parallel)
    )
    desk = Desk(qlab.open_run(run.id))
    desk.say("open", run=run.id)
    desk.say("control", run=run.id, id="r", action="resume")
    desk.panel.pump()
    live = desk.panel.run
    assert live.is_active
    kinds = [m["type"] for m, _ in desk.sent]
    assert kinds.count("hello") == 2  # every page starts anew
    desk.only("resumed", [m for m, _ in desk.sent])
    until(lambda: live.step > run.step)
    desk.say("control", run=run.id, action="stop")
    live.wait(30)  # type: ignore[attr-defined]
    assert live.state == "stopped"


def test_many_live_runs_share_ten_frames_a_second_out() -> None:
    runs = [qlab.train(circuit(2), features(), parallel=True, **LONG) for _ in range(3)]
    desk = Desk(*runs)
    for run in runs:
        desk.say("open", run=run.id)
    desk.sent.clear()
    for _ in range(30):
        desk.now += PERIOD / 3
        desk.panel.pump()
        for run in runs:
            seq = desk.panel._servers[run.id].seq
            desk.panel.handle({"type": "ack", "client": "a", "run": run.id, "seq": seq})
    assert len(desk.sent) <= 20  # in one second, statuses included
    for run in runs:
        run.stop()
        run.wait(30)


def test_the_list_of_runs_answers_a_page() -> None:
    ids = [done(name=name).id for name in ("one", "two", "three")]
    sent: list[dict[str, Any]] = []
    server = RunsServer(lambda m, b: sent.append(m))

    def ask(kind: str, **more: Any) -> dict[str, Any]:
        assert server.handle({"type": kind, "client": "a", "id": "q", **more})
        server.pump()
        assert (sent[-1]["client"], sent[-1]["id"]) == ("a", "q")
        return sent[-1]

    told = ask("runs", **{"from": 0, "n": 2})
    assert (told["all"], told["total"], [r["name"] for r in told["rows"]]) == (3, 3, ["three", "two"])
    assert ask("edit", runs=ids[:2], action="tag", value="good")["count"] == 2
    told = ask("runs", tag="good", text="TWO")
    assert (told["total"], told["tags"], told["rows"][0]["tags"]) == (1, ["good"], ["good"])
    assert ask("edit", runs=ids[:1], action="note", value="why")["rows"][0]["note"] == "why"
    assert "qlab.replay" in ask("script", run=ids[0])["text"]
    for bad in (
        {"runs": ids, "action": "explode"},
        {"runs": [], "action": "delete"},
        {"runs": "all", "action": "delete"},
        {"runs": [ids[0], "zz"], "action": "delete"},
        {"runs": ids, "action": "tag", "value": ""},
        {"runs": ids, "action": "tag", "value": 3},
    ):
        assert ask("edit", **bad)["type"] == "error"
    assert ask("script", run=None)["type"] == "error"
    assert ask("edit", runs=ids[:1], action="delete")["count"] == 1
    assert ask("runs")["all"] == 2
    assert not server.handle({"type": "open"})
    assert not server.handle(None)


def test_a_figure_is_computed_beside_and_a_fault_is_told_where_it_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    one = done()
    asked: list[Any] = []

    def view(self: Any, name: str, **options: Any) -> dict[str, Any]:
        asked.append((name, options))
        if name == "transpiled":
            raise qlab.QlabError("no such machine", cure="use line")
        return {"step": 12, "p": [[float("nan"), 0.5]]}

    monkeypatch.setattr(type(one), "view", view, raising=False)
    desk = Desk(one)
    assert desk.only("set", desk.say("set"))["views"] == ["decision", "embedding", "transpiled"]
    sent = desk.say("view", run=one.id, id="v1", name="decision", options={"grid": 10**9, "rows": "val", "evil": 1})
    answer = desk.only("view", sent)
    assert (answer["id"], answer["client"], answer["value"]["p"]) == ("v1", "a", [[None, 0.5]])
    assert asked == [("decision", {"grid": 96, "rows": "val"})]
    fault = desk.only("view", desk.say("view", run=one.id, id="v2", name="transpiled"))
    assert (fault["value"], fault["fault"]) == (None, {"message": "no such machine", "cure": "use line"})
    for wrong in ({"name": "secrets"}, {"name": None}, {"name": "decision", "run": "R9"}):
        told = desk.only("view", desk.say("view", **{"run": one.id, "id": "v3", **wrong}))
        assert told["fault"]["message"]
