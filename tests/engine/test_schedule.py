"""What merging, tangents, the Pauli frame and deferred scales must not change; threads, precision, projectors."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qlab import engine
from qlab.circuit import Circuit, templates
from qlab.engine import codes
from qlab.engine.lower import lower
from qlab.engine.schedule import layers

from .reference import qiskit_state, random_circuit
from .test_errors import refused

ROOT = Path(__file__).resolve().parents[2]
NEAR_PI = [s * k * np.pi + d for s in (1, -1) for k in (0.5, 1, 2, 3) for d in (-1e-9, 0.0, 1e-9)]


@pytest.fixture(autouse=True)
def _same_threads():
    before = engine.get_threads()
    yield
    engine.set_threads(before)


def test_a_layer_of_rotations_is_one_layer_of_turns_and_one_of_phases() -> None:
    found = layers(lower(templates.efficient_su2(6, 3)).passes, None, 6)
    assert found.turns.tolist() == [True, False] * 4
    assert (np.bincount(found.layer) >= 6).all()


def test_constant_diagonals_that_cancel_leave_nothing() -> None:
    circuit = Circuit(2).append("h", 0).append("s", 0).append("cz", [0, 1]).append("sdg", 0).append("cz", [0, 1])
    found = layers(lower(circuit.append("h", 0)).passes, [(0, 1)], 2)
    left = found.offset[~found.turns[found.layer]]
    np.testing.assert_allclose(np.abs(left), [np.pi])  # the Z of the second H, which is RY(pi/2) Z


@pytest.mark.parametrize("angle", NEAR_PI)
@pytest.mark.parametrize("gate", ["ry", "rx", "rxx"])
def test_tangents_near_their_poles(gate: str, angle: float) -> None:
    circuit = Circuit(3)
    for q in range(3):
        circuit = circuit.append("u", q, 0.4 + q, 0.3, 0.9)
    circuit = circuit.append(gate, [0, 1] if gate == "rxx" else [1], "w[0]").append("cx", [1, 2])
    for q in range(3):
        circuit = circuit.append("ry", q, f"w[{1 + q}]").append("rz", q, "w[0]/2")
    circuit = circuit.append("ccx", [0, 1, 2]).append("cry", [2, 0], "w[3]")
    plan = engine.compile(circuit, ["Z0", "X1 Y2", "|101>"])
    w = np.array([angle, -angle, angle / 3, 0.2])
    np.testing.assert_allclose(plan.statevector(None, w)[0], qiskit_state(circuit, np.empty(0), w), atol=1e-12)
    _, grad, _ = plan.value_and_vjp(None, w, np.ones((1, 3)))
    h = 1e-6
    for j, unit in enumerate(np.eye(4) * h):
        slope = (plan.expectations(None, w + unit) - plan.expectations(None, w - unit)).sum() / (2 * h)
        assert abs(grad[j] - slope) < 1e-8


@pytest.mark.parametrize("dtype", ["complex128", "complex64"])
@pytest.mark.parametrize("entangle", [True, False])
def test_deep_circuits_neither_overflow_nor_drift(dtype: str, entangle: bool) -> None:
    # Every cosine is at its least, 2**-0.5: 600 layers of four would scale the state by 2**1200.
    circuit = Circuit(4)
    for _ in range(600):
        for q in range(4):
            circuit = circuit.append("ry", q, "w[0]")
        for q in range(3 if entangle else 0):
            circuit = circuit.append("cx", [q, q + 1])
    plan = engine.compile(circuit, ["Z0", "X1 Z3"], dtype=dtype)
    tolerance = 1e-9 if dtype == "complex128" else 2e-3
    w = np.array([np.pi / 2])
    values, grad, _ = plan.value_and_vjp(None, w, np.ones((1, 2)))
    want = qiskit_state(circuit, np.empty(0), w)
    np.testing.assert_allclose(plan.statevector(None, w)[0], want, atol=tolerance)
    signs = 1 - 2 * (np.arange(16) & 1)
    assert abs(values[0, 0] - np.sum(signs * np.abs(want) ** 2)) < tolerance
    h = 1e-6
    exact = engine.compile(circuit, ["Z0", "X1 Z3"])
    slope = (exact.expectations(None, w + h) - exact.expectations(None, w - h)).sum() / (2 * h)
    assert abs(grad[0] - slope) < (1e-3 if dtype == "complex128" else 1.0) * max(1.0, abs(slope)) * 1e-2


@pytest.mark.parametrize("dtype", ["complex128", "complex64"])
def test_any_number_of_threads_gives_the_same_bits_for_any_batch(dtype: str) -> None:
    rng = np.random.default_rng(4)
    circuit = templates.reuploading(8, 2).append("rzz", [0, 3], "x[1]*w[2]").append("rx", 2, "w[1]")
    plan = engine.compile(circuit, ["Z0", {"X1 Y2": 0.5, "|0000-1-->": 1.0}], dtype=dtype)
    w = rng.normal(size=circuit.n_weights)
    for batch in (8, 13, 31, 64, 67):
        x, cotangent = rng.normal(size=(batch, circuit.n_inputs)), rng.normal(size=(batch, 2))
        results = []
        for threads in (1, 2, 3, 5):
            engine.set_threads(threads)
            results.append((*plan.value_and_vjp(x, w, cotangent, want_x=True), plan.statevector(x, w)))
        for other in results[1:]:
            assert all(a.tobytes() == b.tobytes() for a, b in zip(results[0], other, strict=True))


def test_helpers_really_take_groups() -> None:
    from qlab.engine import pool

    circuit = templates.efficient_su2(10, 3)
    plan = engine.compile(circuit)
    engine.set_threads(2)
    for _ in range(3):
        plan.value_and_vjp(np.empty((64, 0)), np.ones(circuit.n_weights), np.ones((64, 10)))
    crew = pool._crews[np.float64]
    assert crew.board[codes.TICKET] >= 6
    assert crew.board[codes.JOB] == 0
    assert crew.board[codes.ENTERED] == 0


def test_angles_of_any_size_keep_their_digits() -> None:
    plan = engine.compile(Circuit(1).append("ry", 0, "x[0]"), ["Z0"])
    angles = np.array([0.0, 1e-9, 3.1, -3.2, np.pi, 7.0, -250.0, 1e4, -1e6, 3e7])
    np.testing.assert_allclose(plan.expectations(angles[:, None])[:, 0], np.cos(angles), atol=5e-15)


def test_projectors_are_probabilities() -> None:
    rng = np.random.default_rng(1)
    circuit = random_circuit(rng, 5, 25)
    x, w = rng.normal(size=(9, 3)), rng.normal(size=4)
    names = ["|01011>", "|----1>", "|1-0-->", {"|01011>": 0.5, "|0101->": -1.0, "Z0": 2.0, "X1": 0.25}]
    plan = engine.compile(circuit, [*names, "Z0", "X1"])
    values = plan.expectations(x, w)
    p = plan.probabilities(x, w)
    np.testing.assert_allclose(values[:, 0], p[:, 0b01011], atol=1e-14)
    np.testing.assert_allclose(values[:, 1], p[:, 1::2].sum(1), atol=1e-14)
    held = [i for i in range(32) if i >> 4 & 1 == 1 and i >> 2 & 1 == 0]
    np.testing.assert_allclose(values[:, 2], p[:, held].sum(1), atol=1e-14)
    mixed = 0.5 * p[:, 11] - p[:, 10] - p[:, 11] + 2 * values[:, 4] + 0.25 * values[:, 5]
    np.testing.assert_allclose(values[:, 3], mixed, atol=1e-14)
    cotangent = rng.normal(size=(9, 6))
    _, grad, _ = plan.value_and_vjp(x, w, cotangent)
    h = 1e-6
    for j, unit in enumerate(np.eye(4) * h):
        slope = np.sum((plan.expectations(x, w + unit) - plan.expectations(x, w - unit)) * cotangent) / (2 * h)
        assert abs(grad[j] - slope) < 1e-6 * (1 + abs(slope))


def test_a_projector_on_all_wires_is_one_amplitude() -> None:
    n = 10
    every = ["|" + "".join(bits) + ">" for bits in itertools.product("01", repeat=n)]
    plan = engine.compile(templates.efficient_su2(n, 1), every)
    assert len(plan._observables.index) == 1 << n
    assert len(plan._observables.paulis) == 0
    w = np.linspace(-2, 2, plan.n_weights)
    np.testing.assert_allclose(plan.expectations(None, w), plan.probabilities(None, w), atol=1e-15)


def test_a_projector_that_does_not_fit_is_named() -> None:
    with refused(r"'\|01>' has 2 places", "3 wires", r"observables\[1\]", "Cure"):
        engine.compile(Circuit(3), ["Z0", "|01>"])
    for bad in ("|012>", "|0 1>", "|011"):
        with refused("is not a projector", "Cure", "highest first"):
            engine.compile(Circuit(3), bad)


def test_kernels_are_cached_by_a_read_only_install(tmp_path: Path) -> None:
    # A file where the folder of the cache would be can't be written to by root either.
    site = tmp_path / "site"
    shutil.copytree(
        ROOT / "qlab", site / "qlab", ignore=shutil.ignore_patterns("__pycache__", "labextension", "static")
    )
    (site / "qlab" / "engine" / "__pycache__").write_text("")
    code = "import qlab.engine.kernels as k; from pathlib import Path;print(k.serve._cache.cache_path)"
    env = {**os.environ, "PYTHONPATH": str(site), "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    env.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=env, check=True
    )
    assert Path(done.stdout.strip()).is_relative_to(tmp_path / "cache")


WARMING = """
import numpy as np
from qlab import Circuit, engine
told = []
engine.warm_up(lambda *a: told.append(a))
f = [a for a, _ in told]
assert f == sorted(f) and f[0] == 0.0 and f[-1] == 1.0
first = sum("compiling" in t for _, t in told)
plan = engine.compile(Circuit(18).append("ry", 0, "x[0]"), ["Z0", "X1"])
def use():
    plan.value_and_vjp([[0.1]], [], np.ones((1, 2)), want_x=True)
    plan.expectations([[0.1]])
    plan.probabilities([[0.1]])
    plan.statevector([[0.1]])
    small = engine.compile(Circuit(2).append("ry", 0, "x[0]").append("crx", [0, 1], "w[0]"), ["Z0", "X1"])
    small.value_and_vjp(np.zeros((40, 1)), [0.1], np.ones((40, 2)), want_x=True)
    small.statevector(np.zeros((40, 1)), [0.1])
use()
later = sum("compiling the simulator of large states" in t for _, t in told)
compiled = []
from qlab.engine._jit import compiling
with compiling(compiled.append):
    use()
assert not compiled, compiled
print(first, later)
"""


def test_nothing_is_compiled_silently_nor_twice(tmp_path: Path) -> None:
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.run([sys.executable, "-c", WARMING], capture_output=True, text=True, env=env, check=True)
        for _ in range(2)
    ]
    first, later = map(int, runs[0].stdout.split())
    assert first > 10  # the kernels of batches
    assert later > 10  # those of large states, on their first use
    assert runs[1].stdout.split() == ["0", "0"]  # the second process loads what the first one compiled
    assert not runs[1].stderr
