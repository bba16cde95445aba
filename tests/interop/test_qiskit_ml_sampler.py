"""EngineSampler against Qiskit's StatevectorSampler and exact probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit, QuantumRegister
from qiskit.circuit.library import UnitaryGate
from qiskit.primitives import BitArray, StatevectorSampler
from qiskit.quantum_info import Statevector

from qlab.errors import EngineError
from qlab.interop.qiskit_ml import EngineSampler


def _registers() -> QuantumCircuit:
    alpha, beta, idle = ClassicalRegister(9, "alpha"), ClassicalRegister(2, "beta"), ClassicalRegister(1, "idle")
    qc = QuantumCircuit(QuantumRegister(4, "q"), alpha, beta, idle)
    a, b = Parameter("a"), Parameter("b")
    qc.ry(a, 0)
    qc.cx(0, 2)
    qc.ry(b, 1)
    qc.append(UnitaryGate(np.array([[0, 1], [1, 0]])), [3])
    qc.measure(2, alpha[8])
    qc.measure(1, alpha[0])
    qc.measure(0, beta[1])
    qc.measure(3, beta[0])
    return qc


def test_registers_have_qiskits_shape_packing_and_distribution() -> None:
    qc, values = _registers(), np.array([[[0.9, 2.0], [np.pi, 0.0]]])
    ours = EngineSampler(seed=5).run([(qc, values)], shots=4000).result()[0]
    theirs = StatevectorSampler(seed=5).run([(qc, values)], shots=4000).result()[0]
    assert list(ours.data) == list(theirs.data) == ["alpha", "beta", "idle"]
    for name in ours.data:
        mine, ref = ours.data[name], theirs.data[name]
        assert isinstance(mine, BitArray)
        assert (mine.shape, mine.num_bits, mine.num_shots, mine.array.shape, mine.array.dtype) == (
            ref.shape, ref.num_bits, ref.num_shots, ref.array.shape, ref.array.dtype,
        )  # fmt: skip
    for loc in ((0, 0), (0, 1)):
        mine, ref = (result.join_data().get_counts(loc) for result in (ours, theirs))
        assert set(mine) == set(ref)
        p = Statevector(qc.remove_final_measurements(inplace=False).assign_parameters(values[loc])).probabilities_dict()
        for outcome, probability in p.items():
            q3, q2, q1, q0 = outcome
            text = "0" + q0 + q3 + q2 + "0000000" + q1  # idle, beta, alpha: the last register leftmost
            spread = 5 * np.sqrt(probability * (1 - probability) / 4000) + 1e-12
            assert abs(mine.get(text, 0) / 4000 - probability) <= spread, text


def test_shots_are_reproducible_by_seed_and_independent_within_a_run() -> None:
    qc = QuantumCircuit(6)
    qc.h(range(6))
    qc.measure_all()
    one, two = EngineSampler(seed=9), EngineSampler(seed=9)
    first = one.run([qc, qc, (qc, None, 50)], shots=200).result()
    second = two.run([qc, qc, (qc, None, 50)], shots=200).result()
    for a, b in zip(first, second, strict=True):
        assert a.data.meas == b.data.meas
    assert first[2].data.meas.num_shots == 50
    assert first[0].data.meas != first[1].data.meas
    assert EngineSampler(seed=10).run([qc], shots=200).result()[0].data.meas != first[0].data.meas


def test_sampling_in_small_batches_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    qc, values = _registers(), np.random.default_rng(0).uniform(-3, 3, (40, 2))
    whole = EngineSampler(seed=3).run([(qc, values)], shots=20).result()[0]
    monkeypatch.setattr("qlab.interop.qiskit_ml.sampler._BATCH_BYTES", 1)
    parts = EngineSampler(seed=3).run([(qc, values)], shots=20).result()[0]
    assert all(whole.data[name] == parts.data[name] for name in whole.data)


def test_exact_probabilities_in_the_place_of_counts() -> None:
    qc, values = _registers(), np.array([[0.9, 2.0], [0.3, -1.0]])
    result = EngineSampler(default_shots=None).run([(qc, values)]).result()[0]
    state = [Statevector(qc.remove_final_measurements(inplace=False).assign_parameters(v)) for v in values]
    for i in range(2):
        got = result.data.beta.get_counts(i)
        want = state[i].probabilities_dict(qargs=[3, 0])
        keys = sorted(set(got) | set(want))
        np.testing.assert_allclose([got.get(k, 0.0) for k in keys], [want.get(k, 0.0) for k in keys], atol=1e-12)
    joined = result.join_data()
    assert (joined.shape, joined.num_bits, joined.num_shots) == ((2,), 12, None)
    assert abs(sum(joined[1].get_counts().values()) - 1) < 1e-12
    assert abs(sum(joined.get_counts().values()) - 2) < 1e-12
    assert result.data.idle.get_int_counts(0) == pytest.approx({0: 1.0})
    with pytest.raises(ValueError, match="gamma"):
        result.join_data(["gamma"])
    mixed = EngineSampler(default_shots=None, seed=1).run([(qc, values[0], 30), (qc, values[0])]).result()
    assert isinstance(mixed[0].data.alpha, BitArray)
    assert not isinstance(mixed[1].data.alpha, BitArray)


def test_odd_samplers() -> None:
    with pytest.raises(EngineError, match="default_shots=0"):
        EngineSampler(default_shots=0)
    bare = QuantumCircuit(1)
    with pytest.warns(UserWarning, match="no classical register"):
        result = EngineSampler().run([bare]).result()[0]
    assert list(result.data) == []
    unmeasured = QuantumCircuit(1, 3)
    assert EngineSampler(seed=0).run([unmeasured], shots=7).result()[0].data.c.get_counts() == {"000": 7}
    over = QuantumCircuit(2, 1)  # the second measurement overwrites the first
    over.x(1)
    over.measure(0, 0)
    over.measure(1, 0)
    assert EngineSampler(seed=0).run([over], shots=7).result()[0].data.c.get_counts() == {"1": 7}
