"""EngineEstimator against Qiskit's StatevectorEstimator, and how circuits are found again."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import Operator, Pauli, SparseObservable, SparsePauliOp, Statevector

from qlab import engine
from qlab.errors import EngineError
from qlab.interop.qiskit_ml import EngineEstimator, EngineSampler, clear_cache
from tests.interop.qiskit_ml_cases import network_circuit, random_circuit, random_observable


@pytest.fixture(autouse=True)
def _fresh() -> None:
    clear_cache()


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry per plan that the engine compiles."""
    seen: list[int] = []
    real = engine.compile

    def counted(*args: object, **more: object) -> object:
        seen.append(1)
        return real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "compile", counted)
    return seen


@pytest.mark.parametrize("seed", range(8))
def test_estimator_equals_qiskits_on_random_circuits_and_broadcast_shapes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    qc = random_circuit(rng, n)
    p = qc.num_parameters
    one, two, three = (random_observable(rng, n) for _ in range(3))
    angles = rng.uniform(-3, 3, (3, 4, p))
    pubs = [
        (qc, one, angles[0, 0]),
        (qc, [one, two, three], angles[0, 0]),
        (qc, one, angles),
        (qc, [one, two, three, one], angles),  # pairs along the last axis
        (qc, [[one], [two], [three]], angles[:, :1]),
        (qc, [[[one]], [[two]]], angles),  # a grid
        (qc, [[one, two]], angles[:, :1, :]),
    ]
    ours = EngineEstimator().run(pubs).result()
    theirs = StatevectorEstimator().run(pubs).result()
    for mine, ref in zip(ours, theirs, strict=True):
        assert mine.data.evs.shape == ref.data.evs.shape == mine.data.stds.shape
        np.testing.assert_allclose(mine.data.evs, ref.data.evs, atol=1e-10)
        assert not mine.data.stds.any()


def test_many_pairs_are_split_so_that_unwanted_ones_are_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    qc = random_circuit(rng, 3)
    observables = [random_observable(rng, 3) for _ in range(5)]
    angles = rng.uniform(-3, 3, (5, qc.num_parameters))
    want = StatevectorEstimator().run([(qc, observables, angles)]).result()[0].data.evs
    monkeypatch.setattr("qlab.interop.qiskit_ml.estimator._GRID_WORK", 0)
    asked: list[tuple[int, int]] = []
    real = engine.Plan.expectations

    def counted(plan: engine.Plan, X: np.ndarray, w: object = None) -> np.ndarray:
        asked.append((len(X), plan.n_observables))
        return real(plan, X, w)

    monkeypatch.setattr(engine.Plan, "expectations", counted)
    got = EngineEstimator().run([(qc, observables, angles)]).result()[0].data.evs
    np.testing.assert_allclose(got, want, atol=1e-10)
    assert asked == [(1, 1)] * 5


@pytest.mark.parametrize("seed", [11, np.random.default_rng(4)])
def test_noise_is_qiskits_number_for_number(seed: object) -> None:
    rng = np.random.default_rng(0)
    qc = random_circuit(rng, 3)
    pubs = [(qc, [random_observable(rng, 3), random_observable(rng, 3)], rng.normal(size=(4, 1, qc.num_parameters)))]
    twin = np.random.default_rng(4) if isinstance(seed, np.random.Generator) else seed
    ours = EngineEstimator(seed=seed).run(pubs, precision=0.1).result()[0]  # type: ignore[arg-type]
    theirs = StatevectorEstimator(seed=twin).run(pubs, precision=0.1).result()[0]  # type: ignore[arg-type]
    np.testing.assert_allclose(ours.data.evs, theirs.data.evs, atol=1e-10)
    assert ours.metadata["target_precision"] == 0.1


def test_noise_only_where_it_is_asked_for() -> None:
    qc = QuantumCircuit(1)
    qc.ry(0.5, 0)
    exact = float(np.cos(0.5))
    asked = EngineEstimator().run([(qc, "Z")], precision=0.2).result()[0]
    assert abs(float(asked.data.evs) - exact) < 1e-12
    assert asked.metadata["exact"]
    noisy = [
        float(EngineEstimator(default_precision=0.2, seed=s).run([(qc, "Z")]).result()[0].data.evs) for s in range(400)
    ]
    assert abs(np.std(noisy) - 0.2) < 0.04
    assert abs(np.mean(noisy) - exact) < 0.05
    own = EngineEstimator(seed=1).run([(qc, "Z", [], 0.0), (qc, "Z", [], 0.3)]).result()
    assert abs(float(own[0].data.evs) - exact) < 1e-12
    assert abs(float(own[1].data.evs) - exact) > 1e-6


def test_every_kind_of_observable() -> None:
    qc = random_circuit(np.random.default_rng(5), 3)
    values = np.linspace(-1, 1, qc.num_parameters)
    state = Statevector(qc.assign_parameters(values))
    cases = [
        ("XYZ", Operator(Pauli("XYZ"))),
        (Pauli("-ZIX"), Operator(Pauli("-ZIX"))),
        (SparsePauliOp(["ZII", "IXX"], [0.5, -2]), Operator(SparsePauliOp(["ZII", "IXX"], [0.5, -2]))),
    ]
    for observable, matrix in cases:
        got = EngineEstimator().run([(qc, observable, values)]).result()[0].data.evs
        np.testing.assert_allclose(got, state.expectation_value(matrix).real, atol=1e-10)
    projector = SparseObservable.from_list([("0+r", 1.5), ("1-l", -0.25), ("III", 2.0)])
    dense = Operator(SparsePauliOp.from_sparse_observable(projector.as_paulis()))
    got = EngineEstimator().run([(qc, projector, values)]).result()[0].data.evs
    np.testing.assert_allclose(got, state.expectation_value(dense).real, atol=1e-10)


def test_the_same_circuit_is_compiled_once_and_an_edited_one_again(compilations: list[int]) -> None:
    qc, _, _ = network_circuit()
    z = SparsePauliOp("ZZ")
    values = np.arange(qc.num_parameters) / 7
    estimator = EngineEstimator()
    first = float(estimator.run([(qc, z, values)]).result()[0].data.evs)
    estimator.run([(qc, z, [values, -values])] * 3).result()
    estimator.run([(qc.copy(), z, values)]).result()  # another object, equal content
    assert len(compilations) == 1
    qc.rx(1e-12, 0)  # the same object, other content: even what Qiskit's == overlooks
    nudged = float(estimator.run([(qc, z, values)]).result()[0].data.evs)
    assert len(compilations) == 2
    assert abs(nudged - first) < 1e-9
    qc.data[-1] = qc.data[0]
    again = float(estimator.run([(qc, z, values)]).result()[0].data.evs)
    assert len(compilations) == 3
    assert abs(again - float(StatevectorEstimator().run([(qc, z, values)]).result()[0].data.evs)) < 1e-10


def test_a_cache_that_is_full_starts_again(compilations: list[int]) -> None:
    circuits = [random_circuit(np.random.default_rng(s), 1, depth=2, n_parameters=1) for s in range(70)]
    first = EngineEstimator().run([(c, "Z", [0.3]) for c in circuits]).result()
    second = EngineEstimator().run([(c, "Z", [0.3]) for c in circuits[-3:]]).result()
    assert len(compilations) == 70
    for a, b in zip(list(first)[-3:], second, strict=True):
        assert float(a.data.evs) == float(b.data.evs)


def test_final_measurements_and_leading_resets_are_no_obstacle() -> None:
    qc = QuantumCircuit(2, 2)
    qc.reset(0)
    qc.ry(0.4, 0)
    qc.cx(0, 1)
    qc.barrier()
    qc.measure([0, 1], [0, 1])
    got = EngineEstimator().run([(qc, ["ZI", "ZZ"])]).result()[0].data.evs
    np.testing.assert_allclose(got, [np.cos(0.4), 1.0], atol=1e-12)


def _conditional() -> QuantumCircuit:
    qc = QuantumCircuit(1, 1)
    qc.measure(0, 0)
    with qc.if_test((qc.clbits[0], 1)):
        qc.x(0)
    return qc


def _measured_early() -> QuantumCircuit:
    qc = QuantumCircuit(1, 1)
    qc.h(0)
    qc.measure(0, 0)
    qc.h(0)
    return qc


def _reset_late() -> QuantumCircuit:
    qc = QuantumCircuit(1, 1)
    qc.h(0)
    qc.reset(0)
    qc.measure(0, 0)
    return qc


@pytest.mark.parametrize(
    ("make", "place", "says"),
    [
        (_conditional, "instruction 1", "if_else"),
        (_measured_early, "instruction 1", r"instruction 2 \(h\)"),
        (_reset_late, "instruction 1", r"\(reset\)"),
    ],
)
def test_circuits_without_a_final_state_are_refused_by_the_instruction(make, place: str, says: str) -> None:  # type: ignore[no-untyped-def]
    for job in (EngineEstimator().run([(make(), "Z")]), EngineSampler().run([make()])):
        with pytest.raises(EngineError, match=says) as caught:
            job.result()
        assert caught.value.where == place
        assert caught.value.cure


def test_errors_of_observables_name_pub_and_cure() -> None:
    qc = QuantumCircuit(14)
    with pytest.raises(EngineError, match="13 projectors") as caught:
        EngineEstimator().run([(qc, "Z" * 14), (qc, SparseObservable("0" * 13 + "I"))]).result()
    assert "pub 1" in str(caught.value)
