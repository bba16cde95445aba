"""Kernels are ready before the clock starts, and a stop or the end of the time waits for nothing that doesn't end."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import networkx as nx
import pytest

from qlab import OptimizeError
from qlab import optimize as o
from qlab.engine import _jit
from qlab.optimize import certificate, pipeline, ready, refine
from qlab.optimize.events import Incumbent, Paired, Preparing

from .problems import FT06, PROJECT, random_binary, random_groups

KERNELS = ("kernels_diagonal", "kernels_ising", "kernels_moves", "kernels_schedule", "kernels_x", "kernels_x_back")


def dispatchers() -> dict[str, Any]:
    """All compiled functions that Python calls."""
    modules = [importlib.import_module(f"qlab.optimize.{name}") for name in KERNELS]
    found = {f"{m.__name__}.{k}": v for m in modules for k, v in vars(m).items() if hasattr(v, "signatures")}
    return {k: v for k, v in found.items() if v.targetoptions.get("nogil") and "forceinline" not in v.targetoptions}


CASES = {
    "free, windows": (o.maxcut(nx.random_regular_graph(3, 30, seed=1)), {"window": 8, "windows": 2}),
    "free, whole": (o.maxcut(nx.random_regular_graph(3, 8, seed=1)), {}),
    "rows": (random_binary(2, n=7), {}),
    "groups": (random_groups(1), {}),
    "groups, windows": (o.gap([[3, 5, 4] * 3] * 3, [[1] * 9] * 3, [4, 4, 4]), {"windows": 2}),
    "cubic rows": (random_binary(3, n=6, degree=3), {}),
    "integers": (o.Problem([o.Integer("n", 0, 9), "b"], {"n": 2, "b": 1}, [("sum", {"n": 1, "b": 3}, ">=", 4)]), {}),
    "shop": (o.job_shop(FT06), {"windows": 2}),
    "project": (o.rcpsp(*PROJECT), {"windows": 2}),
}
METHODS = [("qaoa", "local"), ("qaoa", None), ("path_integral", "milp"), ("bifurcation", "cp_sat"), ("none", "local"),
           ("discrete_bifurcation", "none")]  # fmt: skip


@pytest.mark.parametrize(("coarse", "fine"), METHODS)
@pytest.mark.parametrize("name", CASES)
def test_once_ready_a_solve_compiles_nothing(name: str, coarse: str, fine: str | None) -> None:
    p, options = CASES[name]
    made = dispatchers()
    assert len(made) >= 12
    for one in made.values():
        one._reset_overloads()
    ready._done.clear()
    for _ in ready.ready(ready.needed(p, coarse, fine or refine.choose(p), window=options.get("window", 16))):
        pass
    before = {k: len(v.signatures) for k, v in made.items()}
    assert any(before.values()) or "integers" in name or coarse == "none"
    with suppress(OptimizeError):  # two reads may find nothing feasible; they were made all the same
        o.solve(p, coarse=coarse, refine=fine, time_limit=20, steps=1, reads=2, **options)
    assert {k: len(v.signatures) for k, v in made.items()} == before


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_once_ready_qaoa_compiles_nothing(dtype: str) -> None:
    made = dispatchers()
    for init in ("ramp", "warm"):
        for one in made.values():
            one._reset_overloads()
        ready._done.clear()
        for _ in ready.ready(ready.for_qaoa("x", dtype, init == "warm")):
            pass
        before = {k: len(v.signatures) for k, v in made.items()}
        run = o.qaoa(CASES["free, whole"][0], depth=2, init=init, dtype=dtype, evaluations=12)
        run.wait()
        assert {k: len(v.signatures) for k, v in made.items()} == before


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The kernels are new to this machine, and their compiler doesn't come back before the event is set."""
    go = threading.Event()

    @contextmanager
    def compiling(done: Any) -> Iterator[None]:
        done("first")
        yield

    monkeypatch.setattr(ready, "_done", set())
    monkeypatch.setattr(_jit, "compiling", compiling)
    monkeypatch.setitem(ready.EXERCISES, "libraries", lambda: go.wait(60))
    yield go
    go.set()
    for thread in threading.enumerate():
        if thread.name == "qlab-solver":
            thread.join(60)


@pytest.mark.parametrize("name", ["free, whole", "shop", "project"])
def test_a_stop_during_preparing_waits_for_no_compiler(name: str, stuck: threading.Event) -> None:
    p, _ = CASES[name]
    run = o.start(p, time_limit=60)
    while not any(isinstance(e, Preparing) and e.compiled for e in run.events):
        assert run.is_active
    run.stop()
    assert run.wait(30)
    assert not stuck.is_set(), "it ended while the compiler was still at work"
    assert run.result.reason == "stopped"
    assert run.result.feasible
    assert o.check(run.result.certificate, p).ok
    told = [e for e in run.events if isinstance(e, Preparing)]
    assert told[-1].text == f"preparing kernels, 1 of {told[-1].total}; only on first use"


def test_who_waits_is_told_what_is_compiled(stuck: threading.Event, capsys: pytest.CaptureFixture[str]) -> None:
    run = o.start(CASES["free, whole"][0], time_limit=60)
    assert not run.wait(0.5)
    stuck.set()
    assert run.wait(60)
    told = capsys.readouterr().err
    assert "qlab: preparing kernels, 1 of" in told
    assert "kernels are ready" in told


def test_a_stop_of_qaoa_during_preparing_ends_it(stuck: threading.Event) -> None:
    run = o.qaoa(CASES["free, whole"][0], depth=2)
    while not any(isinstance(e, Preparing) and e.compiled for e in run.events):
        assert run.is_active
    run.stop()
    assert run.wait(30)
    assert (run.state, run.result, stuck.is_set()) == ("stopped", None, False)


def test_a_stop_before_any_feasible_point_says_so(stuck: threading.Event) -> None:
    p = o.Problem(["a", "b"], {"a": 1}, [("one", {"a": 1, "b": 1}, ">=", 1)])
    run = o.start(p, time_limit=60)
    run.stop()
    with pytest.raises(OptimizeError, match="stopped before a feasible point"):
        run.wait(30)


@pytest.mark.parametrize("why", ["stop", "time"])
def test_a_stage_that_does_not_end_is_left_and_changes_nothing_more(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    p, go, gone = o.maxcut([(0, 1), (1, 2), (2, 3)]), threading.Event(), threading.Event()

    def endless(s: Any, *rest: Any) -> Any:
        yield s.offer([0, 1, 0, 0], "local search")
        go.wait(60)
        assert s.stop(), "it is told that it was left"
        s.offer([0, 1, 0, 1], "local search")
        gone.set()
        return "late"

    monkeypatch.setattr(refine, "local", endless)
    run = o.start(p, coarse="none", refine="local", verify=False, time_limit=60 if why == "stop" else 0.3)
    while run.value is None:
        assert run.is_active
    if why == "stop":
        run.stop()
    assert run.wait(30)
    result = run.result
    assert (result.value, result.reason) == (2.0, "stopped" if why == "stop" else "time limit")
    go.set()
    assert gone.wait(30)
    assert (result.value, run.value) == (2.0, 2.0)
    assert sum(isinstance(e, Incumbent) for e in run.events) == 1


def test_a_check_that_takes_too_long_is_left_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    real = certificate.check
    monkeypatch.setattr(pipeline.certificate, "check", lambda c, p: go.wait(60) and real(c, p))
    run = o.start(CASES["free, windows"][0], coarse="none", refine="local", time_limit=0.2)
    assert run.wait(30)
    go.set()
    assert run.result.report is None
    assert "not checked" in run.result.stages[-1].summary
    assert real(run.result.certificate, run.result.problem).ok


def test_an_ablation_streams_its_pairs_and_a_stop_keeps_them() -> None:
    from qlab.optimize.ablation import start

    p = o.job_shop(FT06)
    run = start(p, seeds=1000, steps=1, time_limit=20)
    while sum(isinstance(e, Paired) for e in run.events) < 2:
        assert run.is_active
    run.stop()
    assert run.wait(30)
    pairs = [e for e in run.events if isinstance(e, Paired)]
    assert [r["seed"] for r in run.result.rows] == list(range(len(pairs)))
    assert 2 <= len(pairs) < 1000
    assert f"of {len(pairs)}" in run.result.verdict or f"all {len(pairs)}" in run.result.verdict
