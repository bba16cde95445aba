"""The choice between lanes over the batch and lanes over the state: from constants, never from threads or luck."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qlab import engine
from qlab.circuit import templates
from qlab.engine import capacity, wide_choice
from qlab.engine.wide_choice import GROUP, LARGEST, SMALLEST, prefers_wide
from qlab.errors import EngineError


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let constants be kept in a folder of this test alone."""
    monkeypatch.setattr(wide_choice, "_constants", None)
    monkeypatch.setattr(wide_choice, "_places", lambda: [tmp_path / "a" / "paths.json", tmp_path / "b.json"])
    return tmp_path


def never() -> wide_choice.Constants:
    """Fail where a measurement isn't needed."""
    raise AssertionError("measured")


def test_small_and_large_states_need_no_measurement(cache: Path) -> None:
    assert not any(prefers_wide(n, b, never) for n in range(1, SMALLEST) for b in (1, 7, 64))
    assert not prefers_wide(SMALLEST, GROUP, never)
    assert all(prefers_wide(n, b, never) for n in range(LARGEST, 30) for b in (1, 8, 64))
    assert not list(cache.iterdir())


def test_constants_are_measured_once_then_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def measure() -> wide_choice.Constants:
        calls.append(1)
        return 1e-6, 2e-6, 1e-4, 1e-7

    assert prefers_wide(14, 1, measure)
    assert prefers_wide(15, 3, measure)
    assert len(calls) == 1
    monkeypatch.setattr(wide_choice, "_constants", None)  # the next process
    assert wide_choice.constants(never) == (1e-6, 2e-6, 1e-4, 1e-7)
    (cache / "a" / "paths.json").write_text('{"another machine": [1, 2, 3, 4]}')
    monkeypatch.setattr(wide_choice, "_constants", None)
    assert wide_choice.constants(measure) is not None
    assert len(calls) == 2


@pytest.mark.parametrize("text", ["", "[]", "{", '{"%s": ["a", 1, 2, 3]}', '{"%s": [1, 2]}', '{"%s": [-1, 2, 3, 4]}'])
def test_a_broken_file_is_measured_again(text: str, cache: Path) -> None:
    (cache / "a").mkdir()
    (cache / "a" / "paths.json").write_text(text.replace("%s", wide_choice._key()))
    assert wide_choice.constants(lambda: (1.0, 2.0, 3.0, 4.0)) == (1.0, 2.0, 3.0, 4.0)


def test_where_nothing_can_be_written_the_process_remembers(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache / "file").write_text("")
    monkeypatch.setattr(wide_choice, "_places", lambda: [cache / "file" / "x.json"])
    assert wide_choice.constants(lambda: (1.0, 2.0, 3.0, 4.0)) == (1.0, 2.0, 3.0, 4.0)
    assert wide_choice.constants(never) == (1.0, 2.0, 3.0, 4.0)


def test_the_cheaper_path_by_the_constants_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    # A group of eight costs 4 or, from 14 wires on, 16 microunits an amplitude on lanes; one sample on the wide
    # path 3, and 0.01 to start.
    monkeypatch.setattr(wide_choice, "_constants", (4e-6, 16e-6, 0.01, 3e-6))
    assert not prefers_wide(12, 1)  # 0.01 + 0.0123 > 0.0164
    assert prefers_wide(14, 1)
    assert prefers_wide(14, 4)
    assert not prefers_wide(14, 5)  # 5 * (0.01 + 0.0492) > 0.262
    assert prefers_wide(17, 9)  # a second group for one sample
    assert not prefers_wide(17, 16)


def test_a_measurement_gives_constants_that_make_sense() -> None:
    from qlab.engine.plan import _measured

    near, far, each, amplitude = _measured()
    assert near > 0
    assert far > 0
    assert each >= 0
    assert amplitude > 0


@pytest.mark.parametrize("path", ["lanes", "wide"])
def test_a_plan_gives_the_same_on_either_path(path: Any) -> None:
    circuit = templates.efficient_su2(12, 2)
    plan = engine.compile(circuit, ["Z0", {"X3 Y11": 0.5}])
    w, cotangent = np.linspace(-3, 3, circuit.n_weights), np.array([[1.0, -0.5]])
    want_states, want = plan.statevector(None, w), plan.value_and_vjp(None, w, cotangent)
    shots = plan.sample(None, w, shots=50, seed=1)
    plan._path = path
    np.testing.assert_allclose(plan.statevector(None, w), want_states, atol=1e-12)
    np.testing.assert_allclose(plan.probabilities(None, w), np.abs(want_states) ** 2, atol=1e-12)
    np.testing.assert_allclose(plan.expectations(None, w), want[0], atol=1e-12)
    values, grad_w, _ = plan.value_and_vjp(None, w, lambda v: (0.0, cotangent))
    np.testing.assert_allclose(values, want[0], atol=1e-12)
    np.testing.assert_allclose(grad_w, want[1], atol=1e-12)
    assert np.array_equal(plan.sample(None, w, shots=50, seed=1), shots)


def test_what_does_not_fit_is_refused_with_this_paths_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "memory_limit", lambda: 1 << 30)
    monkeypatch.setattr(np, "empty", None)  # whoever allocates before asking fails
    with pytest.raises(EngineError, match=r"26 qubits need 2.01 GiB for gradients[\s\S]*use at most 24 qubits"):
        capacity.check_capacity(26, 1, gradient=True)
    assert engine.estimate_memory(24, 1) < 1.05 * (32 << 24)
    assert engine.estimate_memory(24, 1) > 32 << 24
