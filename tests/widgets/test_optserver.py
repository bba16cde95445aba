"""The kernel's end of the Optimise tab: forms and their faults, code that runs, a solve that streams, a stop."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import Any

import pytest

import qlab
from qlab import optimize
from qlab.optimize.events import Angles, Bound, Incumbent, Sampled, StageEnded, StageStarted, Started
from qlab.training.job import ticker
from qlab.widgets import optserver
from qlab.widgets.optexamples import TEMPLATES, form_of, template
from qlab.widgets.optfigure import figure
from qlab.widgets.optform import problem
from qlab.widgets.optserver import OptServer
from qlab.widgets.optstory import MOST, Story, thin

Json = dict[str, Any]


class Page:
    """A page that keeps what it is told; every message must be JSON."""

    def __init__(self) -> None:
        self.got: list[Json] = []
        self.server = OptServer(self._link)

    def _link(self, message: Json, buffers: list[bytes]) -> None:
        json.dumps(message, allow_nan=False)
        self.got.append(message)

    def say(self, **message: Any) -> Json:
        self.server.handle(message)
        self.server.pump()
        return self.got[-1]

    def last(self, kind: str) -> Json:
        return next(m for m in reversed(self.got) if m["type"] == kind)

    def until_over(self, seconds: float = 60) -> Json:
        end = time.monotonic() + seconds
        while (wait := self.server.pump()) is not None:
            assert time.monotonic() < end
            time.sleep(wait)
        status: Json = self.last("status")["status"]
        return status


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_form_and_its_code_state_the_same_problem(kind: str) -> None:
    form = template(kind)
    made, faults = problem(form)
    assert made is not None
    assert not faults
    assert form_of(made) == form, "reading the problem back gives the form"
    page = Page()
    message = page.say(type="template", kind=kind)
    names: Json = {}
    exec(message["code"].split("sol =")[0], names)  # the project's own code
    assert names["p"].hash == made.hash


def test_a_wrong_cell_is_named_with_its_cure_and_keeps_its_text() -> None:
    page = Page()
    page.say(type="template", kind="job_shop")
    told = page.say(type="edit", change="cell", table="tasks", row=1, column=2, text="3 eight")
    (fault,) = told["faults"]
    assert (fault["table"], fault["row"], fault["column"]) == ("tasks", 1, 2)
    assert "job 1, task 2" in fault["message"]
    assert "3 eight" in fault["message"]
    assert "2 5" in fault["cure"]
    assert told["form"]["tables"][0]["rows"][1][2] == "3 eight"
    assert told["code"] == ""
    assert page.say(type="solve")["type"] == "refused"
    told = page.say(type="edit", change="cell", table="tasks", row=1, column=2, text="m3 8")
    assert told["faults"] == []
    assert "(3, 8)" in told["code"]


@pytest.mark.parametrize(
    ("kind", "table", "row", "column", "text", "said"),
    [
        ("knapsack", "tasks", 0, 1, "-3", "isn't allowed"),
        ("knapsack", "resources", 0, 0, "", "empty"),
        ("maxcut", "tasks", 0, 1, "0", "itself"),
        ("maxcut", "tasks", 0, 0, "1.5", "isn't allowed"),
        ("rcpsp", "tasks", 0, 1, "0", "isn't another task"),
        ("rcpsp", "tasks", 3, 2, "9", "needs 9 of 4"),
        ("number_partition", "tasks", 4, 0, "inf", "isn't allowed"),
        ("job_shop", "tasks", 2, 1, "", "missing"),
    ],
)
def test_faults_of_each_kind_of_cell(kind: str, table: str, row: int, column: int, text: str, said: str) -> None:
    page = Page()
    page.say(type="template", kind=kind)
    told = page.say(type="edit", change="cell", table=table, row=row, column=column, text=text)
    (fault,) = told["faults"]
    assert (fault["table"], fault["row"], fault["column"]) == (table, row, column)
    assert said in fault["message"]
    assert fault["cure"]


def test_a_circle_of_tasks_is_told_without_a_cell() -> None:
    page = Page()
    page.say(type="template", kind="rcpsp")
    told = page.say(type="edit", change="cell", table="tasks", row=3, column=1, text="0")
    assert told["faults"][0]["table"] is None
    assert "circle" in told["faults"][0]["message"]


def test_rows_and_columns_come_and_go_but_one_stays() -> None:
    page = Page()
    page.say(type="template", kind="assignment")
    told = page.say(type="edit", change="add column", table="tasks")
    assert told["form"]["tables"][0]["columns"][-1] == "place 4"
    assert "5 places" in told["about"]
    told = page.say(type="edit", change="add row", table="tasks", row=4)
    assert "5 tasks" in told["about"]
    for _ in range(8):
        told = page.say(type="edit", change="drop row", table="tasks", row=0)
    assert len(told["form"]["tables"][0]["rows"]) == 1


def test_an_edited_template_is_kept_until_the_example_is_asked_for_again() -> None:
    page = Page()
    page.say(type="template", kind="number_partition")
    page.say(type="edit", change="cell", table="tasks", row=0, column=0, text="999")
    page.say(type="template", kind="maxcut")
    assert page.say(type="template", kind="number_partition")["form"]["tables"][0]["rows"][0] == ["999"]
    assert page.say(type="template", kind="number_partition", anew=True)["form"]["tables"][0]["rows"][0] == ["25"]


def test_a_file_is_read_edited_and_refused_with_its_line(tmp_path: Path) -> None:
    page = Page()
    good, bad = tmp_path / "shop.txt", tmp_path / "bad.txt"
    good.write_text("2 2\n0 3 1 2\n1 2 0 4\n")
    bad.write_text("2 2\n0 3 1 x\n1 2 0 4\n")
    told = page.say(type="read", path=str(good))
    assert told["form"]["name"] == "shop"
    assert repr(str(good)) in told["code"]
    assert page.say(type="read", path=str(bad))["type"] == "refused"
    refused = page.got[-1]
    assert refused["at"] == "read"
    assert ":2" in f"{refused['where']} {refused['message']}"
    assert page.server.problem is not None
    assert page.server.problem.name == "shop", "what was there stays"
    told = page.say(type="edit", change="cell", table="tasks", row=0, column=0, text="0 5")
    assert "read(" not in told["code"]
    assert "(0, 5)" in told["code"]


def test_a_solve_streams_to_a_certificate() -> None:
    page = Page()
    page.say(type="template", kind="knapsack")
    page.say(type="set", settings={"time_limit": 30, "seed": 3})
    page.say(type="solve")
    status = page.until_over()
    assert status["state"] == "optimal"
    assert status["gap"] == 0.0
    assert status["value"] == page.server.result.value
    assert status["certificate"]["kind"] == "proved"
    assert qlab.optimize.check(status["certificate"]["json"], page.server.problem).ok  # type: ignore[arg-type]
    assert next(s["stage"] for s in status["stages"]) == "coarse"
    assert all(s["seconds"] is not None for s in status["stages"])
    assert status["coarse"]["times_uniform"] > 0
    assert len(status["coarse"]["histogram"]) == 3
    taken = page.last("figure")["figure"]["taken"]
    assert sum(v for v, t in zip([60, 100, 120, 45, 70, 80, 35], taken, strict=True) if t) == status["value"]
    assert not status["stale"]
    assert page.say(type="edit", change="cell", table="tasks", row=0, column=0, text="61")["stale"]


def test_stop_keeps_the_incumbent_and_a_bound_that_holds() -> None:
    page = Page()
    edges = [(i, j, 1 if (i * 7 + j * 13) % 3 else -1) for i in range(90) for j in range(i)]
    page.server.show(qlab.optimize.maxcut(edges, name="glass"))
    page.server.pump()
    page.say(type="set", settings={"time_limit": 300})
    page.say(type="solve")
    end = time.monotonic() + 60
    while page.server.run is not None and page.server.run.value is None and time.monotonic() < end:
        time.sleep(0.02)
    page.server.handle({"type": "stop"})
    status = page.until_over()
    assert status["state"] == "stopped"
    assert status["value"] is not None
    assert status["bound"] >= status["value"]
    assert status["certificate"]["kind"] in {"within", "open"}


def test_an_infeasible_problem_names_what_conflicts() -> None:
    page = Page()
    p = qlab.optimize.Problem(["a", "b"], {"a": 1}, [("both", {"a": 1, "b": 1}, ">=", 3)])
    page.server.show(p)
    page.server.pump()
    page.say(type="solve")
    status = page.until_over()
    assert status["state"] == "failed"
    assert status["error"]["conflict"] == ["both"]
    assert status["error"]["cure"]


def test_status_is_told_at_most_ten_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(optserver.time, "monotonic", lambda: now[0])
    page = Page()
    run = type("Run", (), {"is_active": True, "events": (), "stop": lambda self: None, "result": None})()
    page.server.run, page.server._story = run, Story(template_problem(), "solve 1", 10.0)
    page.server._sent = 100.0
    for k in range(100):
        now[0] = 100.0 + k * 0.01
        run.events = (*run.events, Bound(k * 0.01, float(k), "x"))
        page.server.pump()
    assert 5 <= sum(m["type"] == "status" for m in page.got) <= 10


def template_problem() -> qlab.optimize.Problem:
    made, _ = problem(template("job_shop"))
    assert made is not None
    return made


def test_the_story_keeps_what_each_stage_added() -> None:
    p = template_problem()
    story = Story(p, "k", 1.0)
    import numpy as np

    x = np.zeros(p.n)
    for event in (
        Started("n", p.kind, "min", ("coarse", "refine"), {}, 0),
        StageStarted(0.1, "coarse", "qaoa"),
        Sampled(0.15, {"times_uniform": 3.0, "windows": 1, "histogram": ([0.0, 1.0], [1.0], [1.0])}),
        Incumbent(0.2, 30.0, "QAOA", x),
        StageEnded(0.3, "coarse", "qaoa", 0.2, 31.0, 30.0, "6 windows; 31 to 30", {"times_uniform": float("inf")}),
        StageStarted(0.3, "refine", "cp_sat"),
        StageEnded(0.4, "refine", "cp_sat", 0.1, 30.0, 30.0, "0 improvements; added nothing", {}),
    ):
        story.take(event)
        if isinstance(event, Sampled):
            assert story.json()["coarse"]["times_uniform"] == 3.0
            assert story.json()["coarse"]["histogram"]
    told = story.json()
    assert [s["added"] for s in told["stages"]] == ["31 to 30", "added nothing"]
    assert told["stages"][0]["summary"] == "6 windows"
    assert told["coarse"]["times_uniform"] is None
    points = [[k, k] for k in range(10 * MOST)]
    assert len(thin(points)) <= MOST + 1
    assert thin(points)[0] == points[0]
    assert thin(points)[-1] == points[-1]


def test_the_critical_chain_of_a_schedule_has_no_gap() -> None:
    p = template_problem()
    sol = qlab.optimize.solve(p, coarse="none", refine="local", time_limit=1.0, verify=False)
    made = figure(p, sol.x)
    assert made is not None
    chain = sorted((b for b in made["bars"] if b["critical"]), key=lambda b: b["start"])
    assert chain[-1]["end"] == sol.value == made["end"]
    assert all(a["end"] == b["start"] for a, b in itertools.pairwise(chain))


def test_the_panel_of_a_solve_follows_it_and_of_a_solution_shows_its_end() -> None:
    p = optimize.job_shop([[(0, 3), (1, 2)], [(1, 2), (0, 4)]], name="two jobs")
    solution = optimize.solve(p, time_limit=5, seed=1)
    panel = solution.panel
    try:
        assert panel.run.problem == p
        sent: list[dict[str, Any]] = []
        panel.server._link = lambda message, buffers: sent.append(message)
        ticker.remove(panel.server.pump)  # this thread answers
        panel.server.handle({"type": "open"})
        panel.server.pump()
        status = next(m["status"] for m in reversed(sent) if m["type"] == "status" and m["status"])
        assert (status["state"], status["value"], status["gap"]) == ("optimal", 7, 0.0)
        assert any(m["type"] == "figure" and m["figure"]["kind"] == "gantt" for m in sent)
        assert next(m for m in sent if m["type"] == "form")["settings"]["seed"] == 1
        html = panel._repr_mimebundle_()[0]["text/html"]
        assert "two jobs" in html
        assert "Certified optimal" in html
        assert "<script" not in html
        assert solution.panel is panel
    finally:
        panel.close()


def test_the_panel_of_qaoa_shows_its_angles() -> None:
    run = optimize.qaoa(optimize.maxcut([(0, 1), (1, 2), (2, 3), (3, 0)]), depth=2)
    run.wait()
    panel = run.panel
    try:
        assert panel.server.story.coarse["gammas"] == list(run.angles.gammas)
        assert panel.server.story.state == "done"
        told = [[e.step, e.energy, e.best] for e in run.events if isinstance(e, Angles)]
        assert panel.server.story.json()["coarse"]["energies"] == told
        assert len(told) > 1
    finally:
        panel.close()


def test_solving_again_from_a_panel_asks_for_the_same() -> None:
    p = optimize.job_shop([[(0, 3), (1, 2)], [(1, 2), (0, 4)]])
    run = optimize.start(p, coarse="none", refine="local", time_limit=2, seed=3)
    run.wait()
    panel = run.panel
    try:
        sent: list[dict[str, Any]] = []
        panel.server._link = lambda message, buffers: sent.append(message)
        ticker.remove(panel.server.pump)  # this thread answers
        panel.server.handle({"type": "open"})
        panel.server.pump()
        form = next(m for m in sent if m["type"] == "form")
        assert form["settings"] == {"coarse": "none", "refine": "local", "time_limit": 2, "seed": 3}
        assert "seed=3" in form["code"]
    finally:
        panel.close()


def test_an_ablation_is_shown_pair_by_pair_and_goes_with_its_problem() -> None:
    page = Page()
    page.say(type="template", kind="job_shop")
    page.say(type="ablate")
    assert page.say(type="solve")["type"] in ("refused", "ablation"), "one at a time"
    assert page.last("refused")["message"] == "a solve is going on"
    page.server.pump()
    end = time.monotonic() + 120
    while page.last("ablation")["ablation"]["running"]:
        assert time.monotonic() < end
        page.server.pump()
        time.sleep(0.02)
    told = page.last("ablation")["ablation"]
    assert [r["seed"] for r in told["rows"]] == [0, 1, 2, 3, 4]
    assert "the coarse stage (QAOA)" in told["verdict"]
    page.say(type="template", kind="knapsack")
    assert page.last("ablation")["ablation"] is None


def test_the_circuit_of_what_was_solved_goes_to_the_designer_or_the_reason_is_said() -> None:
    drawn: list[Any] = []
    page = Page()
    assert page.say(type="template", kind="maxcut")["circuit"]["why"].startswith("the designer is in the Lab")
    page.server = OptServer(page._link, on_circuit=drawn.append)
    assert not page.say(type="template", kind="job_shop")["circuit"]["can"]
    p = optimize.maxcut([(0, 1), (1, 2), (2, 0), (2, 3)], name="kite")
    page.server.show(p)
    page.server.pump()
    assert page.last("form")["circuit"]["can"]
    page.say(type="circuit")
    assert (drawn[-1].n_qubits, drawn[-1].n_weights) == (4, 16), "before a solve its angles are weights"
    page.say(type="solve")
    assert page.until_over()["circuit"]["can"]
    page.say(type="circuit")
    assert drawn[-1] == page.server.result.circuit
    assert drawn[-1].n_weights == 0
    far = optimize.maxcut([(i, i + 1) for i in range(30)])
    page.server.show(far)
    page.server.pump()
    assert "more than 20 wires" in page.last("form")["circuit"]["why"]
