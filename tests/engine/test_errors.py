"""What the engine refuses: value, place and cure are in the message, and it stays usable afterwards."""

from __future__ import annotations

import _thread
import os
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from qlab import engine, machine
from qlab.circuit import Circuit, templates
from qlab.engine import capacity
from qlab.errors import EngineError

ROOT = Path(__file__).resolve().parents[2]
PLAN = engine.compile(Circuit(2).append("ry", 0, "x[0] + w[1]").append("rx", 1, "x[1]*w[0]"), ["Z0"])
X, W = np.zeros((4, 2)), np.zeros(2)


def refused(*parts: str) -> object:
    """Return a context that expects an EngineError whose text has all parts, in order."""
    return pytest.raises(EngineError, match=r"[\s\S]*".join(parts))


def test_an_observable_on_a_wire_that_is_not_there() -> None:
    with refused("Z5.*names wire 5", "wires 0 to 1", r"observables\[1\]", "Cure"):
        engine.compile(Circuit(2), ["Z0", "Z5"])


@pytest.mark.parametrize("text", ["Q0", "Z", "Z0 ; Z1", "Z0 Z0", "0.5 Z0"])
def test_an_observable_that_is_not_a_pauli_string(text: str) -> None:
    with refused("observable", "Cure"):
        engine.compile(Circuit(2), [text])


def test_weights_of_observables_are_finite_reals() -> None:
    with refused("weight of 'Z0' is nan"):
        engine.compile(Circuit(2), [{"Z0": float("nan")}])


def test_operations_that_are_not_gates_are_named() -> None:
    measured = Circuit(2, clbits=1).append("h", 0).append("measure", 0, clbits=0)
    with refused("op g2 measures wire 0 before op g3", "Cure", r"plan\.sample_clbits", r"plan\.noisy_expectations"):
        engine.compile(measured.append("cx", [0, 1])).expectations()
    with refused(r"op g1 \(reset\)", r"plan\.sample_clbits", r"plan\.noisy_expectations"):
        engine.compile(Circuit(1).append("reset", 0)).value_and_vjp(None, None, [[1.0]])
    with refused(r"op g3 \(x\) is a classical condition"):
        engine.compile(measured.append("x", 1, condition=(0, 1))).statevector()


def test_values_that_are_not_finite_are_placed() -> None:
    bad = X.copy()
    bad[2, 1] = np.nan
    with refused("X holds nan", "X, row 2, column 1"):
        PLAN.expectations(bad, W)
    with refused("w holds inf", "w, column 1"):
        PLAN.value_and_vjp(X, [0.0, np.inf], np.ones((4, 1)))
    with refused("cotangent holds nan", "row 3, column 0"):
        PLAN.value_and_vjp(X, W, [[1.0], [1.0], [1.0], [np.nan]])
    assert np.array_equal(PLAN.expectations(X, W), np.ones((4, 1)))


def test_an_angle_outside_its_domain_names_operation_and_row() -> None:
    plan = engine.compile(Circuit(1).append("ry", 0, "arcsin(x[0])"), ["Z0"])
    with refused(r"arcsin\(x\[0\]\) is nan", "op g1, row 1 of X"):
        plan.expectations([[0.5], [1.5]])


def test_wrong_shapes_say_both() -> None:
    with refused(r"X has shape \(4, 3\), expected \(batch, 2\)"):
        PLAN.expectations(np.zeros((4, 3)), W)
    with refused(r"X has shape \(1, 0\), expected \(batch, 2\)"):
        PLAN.expectations(None, W)
    with refused(r"w has shape \(3,\), expected \(2,\)"):
        PLAN.expectations(X, np.zeros(3))
    with refused(r"cotangent has shape \(4, 2\), expected \(4, 1\)"):
        PLAN.value_and_vjp(X, W, np.zeros((4, 2)))
    with refused("X has no rows"):
        PLAN.expectations(np.zeros((0, 2)), W)
    with refused("X is not an array of real numbers"):
        PLAN.expectations([["a", "b"]], W)


def test_what_a_stranger_may_give_is_refused_in_words_or_works() -> None:
    with refused("X is not an array of real numbers: it is complex"):
        PLAN.expectations(X + 1j, W)
    with refused("the cotangent's callable returned None", r"return \(loss, cotangent\)"):
        PLAN.value_and_vjp(X, W, lambda values: None)
    with refused("-1 qubits", "Cure"):
        engine.estimate_memory(-1)
    for huge in (1e14, -1e300):
        with refused("no digits left", "X, row 1", "Cure"):
            PLAN.expectations([[0.0, 0.0], [huge, 0.0]], W)
    wide = engine.compile(Circuit(1).append("ry", 0, "arctan(x[0])"), ["Z0"])  # finite, though what it reads is huge
    np.testing.assert_allclose(wide.expectations([[1e300]]), [[0.0]], atol=1e-15)
    nothing = engine.compile(Circuit(2).append("ry", 0, "w[0]"), [])
    values, grad, _ = nothing.value_and_vjp(np.empty((3, 0)), [0.1], np.ones((3, 0)))
    assert values.shape == (3, 0)
    assert grad.tolist() == [0.0]
    full = Circuit(64)  # as many wires as a circuit may have: every bit of a machine word
    for q in range(0, 64, 2):
        full = full.append("ry", q, 0.1 * q).append("cx", [q, q + 1])
    np.testing.assert_allclose(engine.compile(full, ["Z63", "Z0"]).expectations(), [[np.cos(6.2), 1.0]], atol=1e-14)


def test_a_circuit_too_large_is_refused_before_anything_is_allocated() -> None:
    circuit = templates.real_amplitudes(34, 1)
    with refused("34 qubits need .* [GT]iB", "are free", r"use at most \d+ qubits") as raised:
        engine.compile(circuit)
    assert raised.value.value >= 16 << 34  # type: ignore[attr-defined]
    tracemalloc.start()
    with refused("34 qubits need .* [GT]iB", "are free", r"use at most \d+ qubits"):
        engine.compile(circuit)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20


def test_a_refusal_waits_for_no_kernel() -> None:
    code = (
        "import sys; from qlab import engine, templates; from qlab.errors import EngineError\n"
        "try: engine.compile(templates.real_amplitudes(34, 1))\n"
        "except EngineError: assert 'numba' not in sys.modules; print('refused')"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=env)
    assert done.stdout.strip() == "refused"


def test_a_batch_too_large_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "memory_limit", lambda: 1 << 30)
    plan = engine.compile(Circuit(20).append("h", 0), ["Z0"])
    with refused("20 qubits need", "200 samples, but"):
        plan.statevector(np.empty((200, 0)))


def test_the_cgroup_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("max", 1 << 20), ("current", 1 << 19)):
        (tmp_path / name).write_text(str(value))
    files = ((str(tmp_path / "max"), str(tmp_path / "current")),)
    monkeypatch.setattr(machine, "CGROUP_FILES", files)
    monkeypatch.setattr(machine, "_page_cache", lambda: 0)
    assert capacity.memory_limit() == 1 << 19


def test_threads_and_shots_are_whole_numbers_from_one() -> None:
    for bad in (0, -1, 1.5, True):
        with refused("threads were asked for", "at least 1"):
            engine.set_threads(bad)  # type: ignore[arg-type]
    with refused("0 shots"):
        PLAN.sample(X, W, shots=0)
    with refused("dtype 'float16'", "complex128"):
        engine.compile(Circuit(1), dtype="float16")
    with refused(r"qubits \[0, 2\]"):
        PLAN.probabilities(X, W, qubits=[0, 2])


def repeat(times: int, plan: engine.Plan, *args: np.ndarray) -> None:
    """Call the gradient many times."""
    for _ in range(times):
        plan.value_and_vjp(*args)


def test_an_interrupt_leaves_it_usable() -> None:
    circuit = templates.efficient_su2(12, 4)
    plan = engine.compile(circuit)
    w = np.linspace(0, 1, circuit.n_weights)
    x, cotangent = np.empty((64, 0)), np.ones((64, 12))
    want = plan.value_and_vjp(x, w, cotangent)[1]
    timer = threading.Timer(0.02, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        repeat(10_000, plan, x, w, cotangent)
    assert np.array_equal(plan.value_and_vjp(x, w, cotangent)[1], want)


def test_importing_and_compiling_do_not_load_numba() -> None:
    code = (
        "import sys, qlab; from qlab import engine; engine.compile(qlab.Circuit(2).append('h', 0));"
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_without_a_folder_to_cache_in_kernels_still_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    from qlab.engine import _jit

    def njit(cache: bool = False, **options: object):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(_jit.numba, "njit", njit)
    assert _jit.kernel(abs)(-2) == 2


def test_what_fits_depends_on_precision_and_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "memory_limit", lambda: 900 << 20)  # 810 MiB may be asked for

    def turned(n: int) -> Circuit:
        circuit = Circuit(n)
        for q in range(n):
            circuit = circuit.append("ry", q, f"w[{q}]")
        return circuit

    with refused("26 qubits need", "at most 25 qubits"):
        engine.compile(turned(26))
    assert engine.compile(turned(26), dtype="complex64").n_qubits == 26
    # What the observables see counts: one qubit, were there forty.
    few = engine.compile(turned(40), ["Z3"])
    np.testing.assert_allclose(few.expectations(None, np.ones(40)), [[np.cos(1.0)]], atol=1e-14)
    with refused("40 qubits need", "at most"):
        few.statevector(None, np.ones(40))
    # A projector on all wires runs eight samples at a time; a plan that sees one qubit of 25 needs no memory.
    with refused("25 qubits need", "at most"):
        engine.compile(turned(25), "|" + "0" * 25 + ">").expectations(None, np.ones(25))
    few = engine.compile(turned(25), "|" + "-" * 18 + "0" * 7 + ">")
    np.testing.assert_allclose(few.expectations(None, np.ones(25)), [[np.cos(0.5) ** 14]], atol=1e-14)
