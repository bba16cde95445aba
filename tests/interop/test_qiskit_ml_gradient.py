"""AdjointEstimatorGradient against qiskit-machine-learning's own gradients."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import CouplingMap, generate_preset_pass_manager
from qiskit_machine_learning.gradients import (
    DerivativeType,
    LinCombEstimatorGradient,
    ParamShiftEstimatorGradient,
)
from qiskit_machine_learning.primitives import QMLEstimator

from qlab import engine
from qlab.errors import EngineError
from qlab.interop.qiskit_ml import AdjointEstimatorGradient
from tests.interop.qiskit_ml_cases import random_circuit, random_observable


@pytest.mark.parametrize("seed", range(10))
def test_gradient_equals_parameter_shift_and_linear_combination(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    circuits = [random_circuit(rng, n), random_circuit(rng, n, depth=7, n_parameters=3)]
    observables = [random_observable(rng, n) for _ in range(2)]
    rows = [(c, o) for c in circuits for o in observables for _ in range(2)]
    cs, os = [c for c, _ in rows], [o for _, o in rows]
    values = [rng.uniform(-3, 3, c.num_parameters) for c in cs]
    asked = [None if i % 3 else list(c.parameters)[::-2] for i, c in enumerate(cs)]
    ours = AdjointEstimatorGradient().run(cs, os, values, asked).result()
    shift = ParamShiftEstimatorGradient(QMLEstimator()).run(cs, os, values, asked).result()
    for mine, ref in zip(ours.gradients, shift.gradients, strict=True):
        np.testing.assert_allclose(mine, ref, atol=1e-8)
    few = [0, 5]
    lin = LinCombEstimatorGradient(StatevectorEstimator()).run(
        [cs[i] for i in few], [os[i] for i in few], [values[i] for i in few]
    )
    whole = AdjointEstimatorGradient().run([cs[i] for i in few], [os[i] for i in few], [values[i] for i in few])
    for mine, ref in zip(whole.result().gradients, lin.result().gradients, strict=True):
        np.testing.assert_allclose(mine, ref, atol=1e-8)


def test_gradient_of_many_rows_and_outputs_is_one_batch_per_output(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    qc = random_circuit(rng, 3)
    observables = [random_observable(rng, 3) for _ in range(2)]
    values = rng.uniform(-3, 3, (20, qc.num_parameters))
    calls: list[int] = []
    real = engine.Plan.value_and_vjp

    def counted(plan: engine.Plan, X: np.ndarray, *args: object, **more: object) -> object:
        calls.append(len(X))
        return real(plan, X, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(engine.Plan, "value_and_vjp", counted)
    ours = AdjointEstimatorGradient().run(
        [qc] * 40, [o for o in observables for _ in range(20)], np.concatenate([values, values])
    )
    got = ours.result().gradients
    assert calls == [20, 20]
    ref = ParamShiftEstimatorGradient(QMLEstimator()).run([qc] * 2, observables, [values[7]] * 2).result().gradients
    np.testing.assert_allclose([got[7], got[27]], ref, atol=1e-8)


def test_gradient_goes_through_a_pass_manager_and_its_layout() -> None:
    rng = np.random.default_rng(2)
    qc = random_circuit(rng, 3)
    observable = random_observable(rng, 3)
    values = rng.uniform(-3, 3, (2, qc.num_parameters))
    line = generate_preset_pass_manager(
        2, coupling_map=CouplingMap.from_line(5), basis_gates=["rz", "sx", "x", "cx"], seed_transpiler=3,
        initial_layout=[4, 2, 3],
    )  # fmt: skip
    plain = AdjointEstimatorGradient().run([qc] * 2, [observable] * 2, values).result().gradients
    mapped = AdjointEstimatorGradient(pass_manager=line)
    np.testing.assert_allclose(mapped.run([qc] * 2, [observable] * 2, values).result().gradients, plain, atol=1e-8)


def test_gradient_refuses_what_is_not_one() -> None:
    with pytest.raises(EngineError, match="derivative_type"):
        AdjointEstimatorGradient(derivative_type=DerivativeType.COMPLEX)
    qc = QuantumCircuit(1, 1)
    qc.ry(Parameter("a"), 0)
    with pytest.raises(ValueError, match="number of values"):
        AdjointEstimatorGradient().run([qc], [SparsePauliOp("Z")], [[0.1, 0.2]])
    with pytest.raises(ValueError, match="number of circuits"):
        AdjointEstimatorGradient().run([qc, qc], [SparsePauliOp("Z")], [[0.1]])
    qc.measure(0, 0)
    qc.x(0)
    with pytest.raises(EngineError, match=r"instruction 2 \(x\)"):
        AdjointEstimatorGradient().run([qc], [SparsePauliOp("Z")], [[0.1]]).result()
