"""EngineQNN, and qiskit-machine-learning's own objects with our primitives, against the same with theirs."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from qiskit.circuit import Parameter, ParameterVector, QuantumCircuit
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import SparsePauliOp
from qiskit_machine_learning.algorithms import NeuralNetworkClassifier, NeuralNetworkRegressor
from qiskit_machine_learning.algorithms.classifiers import VQC
from qiskit_machine_learning.kernels import FidelityQuantumKernel
from qiskit_machine_learning.neural_networks import EstimatorQNN, NeuralNetwork, SamplerQNN
from qiskit_machine_learning.optimizers import ADAM, COBYLA, L_BFGS_B
from qiskit_machine_learning.primitives import QMLEstimator, QMLSampler
from qiskit_machine_learning.state_fidelities import ComputeUncompute

import qlab
import qlab.engine
from qlab.errors import EngineError
from qlab.interop.qiskit_ml import AdjointEstimatorGradient, EngineEstimator, EngineQNN, EngineSampler
from tests.interop.qiskit_ml_cases import network_circuit, random_observable


def _pair(
    n: int = 2, outputs: int = 1, input_gradients: bool = False, **primitives: object
) -> tuple[EngineQNN, EstimatorQNN]:
    qc, x, w = network_circuit(n)
    rng = np.random.default_rng(n)
    observables = [random_observable(rng, n) for _ in range(outputs)]
    same = {"circuit": qc, "observables": observables, "input_params": x, "weight_params": w}
    more = {"input_gradients": input_gradients}
    return EngineQNN(**same, **more), EstimatorQNN(**same, **more, **primitives)  # type: ignore[arg-type]


def _data(n: int, samples: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(-2, 2, (samples, n)), rng.uniform(-2, 2, 2 * n)


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("input_gradients", [False, True])
@pytest.mark.parametrize("shape", [(1,), (5,), (2, 3)], ids=str)
def test_forward_and_backward_have_estimator_qnns_shapes_and_values(
    outputs: int, input_gradients: bool, shape: tuple[int, ...]
) -> None:
    ours, theirs = _pair(2, outputs, input_gradients)
    x, w = _data(2, int(np.prod(shape)))
    x = x.reshape(*shape, 2)
    assert isinstance(ours, NeuralNetwork)
    for name in ("num_inputs", "num_weights", "output_shape", "sparse", "input_gradients"):
        assert getattr(ours, name) == getattr(theirs, name), name
    mine, ref = ours.forward(x, w), theirs.forward(x, w)
    assert mine.shape == ref.shape
    np.testing.assert_allclose(mine, ref, atol=1e-10)
    for a, b in zip(ours.backward(x, w), theirs.backward(x, w), strict=True):
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, atol=1e-8)


def test_one_sample_without_a_batch_axis_and_flat_weights() -> None:
    ours, theirs = _pair(2, 2, True)
    x, w = _data(2, 1)
    for a, b in zip(
        (ours.forward(x[0], list(w)), *ours.backward(x[0], list(w))),
        (theirs.forward(x[0], list(w)), *theirs.backward(x[0], list(w))),
        strict=True,
    ):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, atol=1e-8)


@pytest.mark.parametrize("outputs", [1, 2, 40])
def test_many_samples_and_many_outputs_agree_with_single_ones(outputs: int) -> None:
    ours, _ = _pair(2, outputs, True)
    x, w = _data(2, 20)
    gx, gw = ours.backward(x, w)
    for i in (0, 7, 19):
        one_x, one_w = ours.backward(x[i], w)
        np.testing.assert_allclose(gx[i], one_x[0], atol=1e-12)
        np.testing.assert_allclose(gw[i], one_w[0], atol=1e-12)


def test_a_qlab_circuit_and_qlab_observables() -> None:
    c = qlab.Circuit(2).append("ry", 0, "pi*x[0]").append("cx", [0, 1]).append("rx", 1, "w[1]*x[1] + w[0]")
    ours = EngineQNN(circuit=c, observables=["Z0", {"Z0 Z1": 0.5, "X1": -1.0}], input_gradients=True)
    qc = c.to_qiskit()
    theirs = EstimatorQNN(
        circuit=qc,
        observables=[SparsePauliOp("IZ"), SparsePauliOp(["ZZ", "XI"], [0.5, -1.0])],
        input_params=qc.parameters[2:],
        weight_params=qc.parameters[:2],
        input_gradients=True,
    )
    assert [p.name for p in qc.parameters] == ["w[0]", "w[1]", "x[0]", "x[1]"]
    x, w = np.array([[0.3, -0.8], [0.1, 2.0]]), [0.4, -1.3]
    np.testing.assert_allclose(ours.forward(x, w), theirs.forward(x, w), atol=1e-10)
    for a, b in zip(ours.backward(x, w), theirs.backward(x, w), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-8)
    assert ours.circuit is c


def test_networks_without_inputs_or_without_weights() -> None:
    t = ParameterVector("t", 2)
    qc = QuantumCircuit(1)
    qc.ry(t[0], 0)
    qc.rx(t[1], 0)
    for names in ({"weight_params": t}, {"input_params": t, "input_gradients": True}, {"input_params": t}):
        ours, theirs = EngineQNN(circuit=qc, **names), EstimatorQNN(circuit=qc, **names)  # type: ignore[arg-type]
        given = (None, [0.3, 0.4]) if "weight_params" in names else ([[0.3, 0.4]], None)
        np.testing.assert_allclose(ours.forward(*given), theirs.forward(*given), atol=1e-10)
        for a, b in zip(ours.backward(*given), theirs.backward(*given), strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                np.testing.assert_allclose(a, b, atol=1e-8)


def test_which_parameters_are_inputs() -> None:
    x, t = ParameterVector("x", 2), ParameterVector("t", 2)
    qc = QuantumCircuit(1)
    for p in (t[0], x[1], t[1], x[0]):
        qc.ry(p, 0)
    by_name = EngineQNN(circuit=qc)
    assert (by_name.input_params, by_name.weight_params) == (list(x), list(t))
    assert EngineQNN(circuit=qc, weight_params=[x[1], t[0]]).input_params == [t[1], x[0]]
    assert EngineQNN(circuit=qc, input_params=[]).weight_params == list(qc.parameters)
    for wrong, says in (
        ({"input_params": [Parameter("y")]}, "'y' isn't in the circuit"),
        ({"input_params": [x[0]], "weight_params": [t[0], t[1]]}, r"'x\[1\]' is neither"),
        ({"input_params": [x[0], x[0]]}, "named twice"),
    ):
        with pytest.raises(EngineError, match=says):
            EngineQNN(circuit=qc, **wrong)  # type: ignore[arg-type]
    with pytest.raises(EngineError, match="says itself"):
        EngineQNN(circuit=qlab.Circuit(1).append("ry", 0, "x[0]"), input_params=[x[0]])


def test_what_cannot_run_is_refused_when_the_network_is_made() -> None:
    qc, x, w = network_circuit()
    with pytest.raises(EngineError, match="3 qubits, the circuit 2"):
        EngineQNN(circuit=qc, observables=SparsePauliOp("ZZZ"), input_params=x, weight_params=w)
    with pytest.raises(EngineError, match="isn't Hermitian"):
        EngineQNN(circuit=qc, observables=SparsePauliOp("ZZ", [1j]), input_params=x, weight_params=w)
    with pytest.raises(EngineError, match="names wire 5"):
        EngineQNN(circuit=qc, observables="Z5", input_params=x, weight_params=w)
    with pytest.raises(EngineError, match="type int"):
        EngineQNN(circuit=qc, observables=[3], input_params=x, weight_params=w)
    reset = qc.copy()
    reset.reset(0)
    with pytest.raises(EngineError, match=f"instruction {len(qc.data)}"):
        EngineQNN(circuit=reset, input_params=x, weight_params=w)
    good = EngineQNN(circuit=qc, input_params=x, weight_params=w)
    with pytest.raises(EngineError, match="holds nan"):
        good.forward([[0.0, np.nan]], np.zeros(4))
    with pytest.raises(EngineError, match="0 weights, expected 2 and 4"):
        good.forward([[0.0, 0.0]], None)


def test_a_network_survives_a_pickle() -> None:
    ours, _ = _pair(2, 2)
    x, w = _data(2, 3)
    before = ours.forward(x, w)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(ours)).forward(x, w), before)


# --- their trainers, kernels and networks with our parts, from the same start to the same weights


def _labels(x: np.ndarray) -> np.ndarray:
    return np.where(x[:, 0] * x[:, 1] > 0, 1.0, -1.0)


@pytest.mark.parametrize("kind", [NeuralNetworkClassifier, NeuralNetworkRegressor])
@pytest.mark.parametrize(
    "optimizer", [lambda: L_BFGS_B(maxiter=4), lambda: ADAM(maxiter=5, lr=0.1)], ids=["bfgs", "adam"]
)
def test_trainers_reach_the_same_weights_with_our_network(kind: type, optimizer) -> None:  # type: ignore[no-untyped-def]
    x, w = _data(2, 6)
    ours, theirs = (kind(net, optimizer=optimizer(), initial_point=w).fit(x, _labels(x)) for net in _pair())
    np.testing.assert_allclose(ours.weights, theirs.weights, atol=1e-6)
    assert np.abs(ours.weights - w).max() > 1e-2
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x), atol=1e-6)


def test_a_classifier_of_several_outputs_trains_the_same() -> None:
    x, w = _data(2, 6)
    y = np.eye(3)[np.arange(6) % 3]
    fits = [
        NeuralNetworkClassifier(net, loss="cross_entropy", one_hot=True, optimizer=COBYLA(maxiter=12), initial_point=w)
        for net in (_Softened(net) for net in _pair(2, 3))
    ]
    weights = [fit.fit(x, y).weights for fit in fits]
    np.testing.assert_allclose(weights[0], weights[1], atol=1e-6)


class _Softened(NeuralNetwork):
    """Another network's outputs as probabilities, which cross entropy needs."""

    def __init__(self, inner: NeuralNetwork) -> None:
        super().__init__(inner.num_inputs, inner.num_weights, False, inner.output_shape)
        self._inner = inner

    def _forward(self, input_data: np.ndarray, weights: np.ndarray) -> np.ndarray:
        e = np.exp(self._inner.forward(input_data, weights))
        return e / e.sum(1, keepdims=True)

    def _backward(self, input_data: np.ndarray, weights: np.ndarray) -> tuple[None, np.ndarray]:
        p, (_, g) = self._forward(input_data, weights), self._inner.backward(input_data, weights)
        return None, p[..., None] * (g - (p[..., None] * g).sum(1, keepdims=True))


def test_estimator_qnn_with_our_parts_equals_and_trains_as_with_its_own() -> None:
    x, w = _data(2, 5)
    _, default = _pair(2, 2, True)
    _, with_ours = _pair(2, 2, True, estimator=EngineEstimator(), gradient=AdjointEstimatorGradient())
    np.testing.assert_allclose(with_ours.forward(x, w), default.forward(x, w), atol=1e-10)
    for a, b in zip(with_ours.backward(x, w), default.backward(x, w), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-8)
    _, shifted = _pair(2, 2, True, estimator=EngineEstimator())  # their parameter shift on our estimator
    np.testing.assert_allclose(shifted.backward(x, w)[1], default.backward(x, w)[1], atol=1e-8)
    fits = [
        NeuralNetworkRegressor(net, optimizer=ADAM(maxiter=4, lr=0.1), initial_point=w).fit(x, _labels(x)).weights
        for net in (_pair()[1], _pair(estimator=EngineEstimator(), gradient=AdjointEstimatorGradient())[1])
    ]
    np.testing.assert_allclose(fits[1], fits[0], atol=1e-6)


@pytest.mark.parametrize("interpreted", [False, True])
def test_sampler_qnn_with_our_sampler_equals_its_default(interpreted: bool) -> None:
    qc, x, w = network_circuit()
    data, weights = _data(2, 3)
    same: dict[str, Any] = {"circuit": qc, "input_params": x, "weight_params": w, "input_gradients": True}
    if interpreted:
        same |= {"interpret": lambda k: k % 2, "output_shape": 2}
    ours, theirs = SamplerQNN(**same, sampler=EngineSampler(default_shots=None)), SamplerQNN(**same)
    np.testing.assert_allclose(ours.forward(data, weights), theirs.forward(data, weights), atol=1e-10)
    for mine, ref in zip(ours.backward(data, weights), theirs.backward(data, weights), strict=True):
        assert mine.shape == ref.shape
        np.testing.assert_allclose(mine, ref, atol=1e-8)
    counted = SamplerQNN(**same, sampler=EngineSampler(default_shots=20000, seed=1)).forward(data, weights)
    assert np.abs(counted - theirs.forward(data, weights)).max() < 5 * np.sqrt(0.25 / 20000)
    assert np.abs(counted * 20000 - np.round(counted * 20000)).max() < 1e-6


def test_vqc_reaches_the_same_weights_with_our_sampler() -> None:
    qc, _, w = network_circuit()
    ansatz = qc.assign_parameters({p: 0.2 for p in qc.parameters if p not in set(w)})
    data, start = _data(2, 3)
    fits = [
        VQC(
            feature_map=zz_feature_map(2, reps=1),
            ansatz=ansatz,
            optimizer=ADAM(maxiter=3, lr=0.2),
            initial_point=start,
            **more,
        ).fit(data, np.eye(2)[[0, 1, 1]])
        for more in ({"sampler": EngineSampler(default_shots=None)}, {})
    ]
    np.testing.assert_allclose(fits[0].weights, fits[1].weights, atol=1e-6)
    assert np.abs(fits[0].weights - start).max() > 1e-2


@pytest.mark.parametrize("local", [False, True])
def test_fidelity_kernel_with_our_sampler_equals_its_default(local: bool) -> None:
    x = np.random.default_rng(0).uniform(0, 2, (4, 2))
    ours, theirs = (
        FidelityQuantumKernel(
            feature_map=zz_feature_map(2, reps=1), fidelity=ComputeUncompute(sampler, local=local)
        ).evaluate(x)
        for sampler in (EngineSampler(default_shots=None), QMLSampler())
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-10)


def test_a_whole_kernel_matrix_is_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = qlab.engine.Plan.probabilities

    def counted(plan: Any, X: np.ndarray, *args: Any, **more: Any) -> np.ndarray:
        calls.append(len(X))
        return real(plan, X, *args, **more)

    monkeypatch.setattr(qlab.engine.Plan, "probabilities", counted)
    kernel = FidelityQuantumKernel(feature_map=zz_feature_map(2, reps=1), fidelity=ComputeUncompute(EngineSampler()))
    kernel.evaluate(np.random.default_rng(0).uniform(0, 2, (6, 2)))
    assert calls == [6 * 5 // 2]


# --- torch


def test_torch_connector_forward_backward_and_a_step_as_with_estimator_qnn() -> None:
    torch = pytest.importorskip("torch")
    from qiskit_machine_learning.connectors import TorchConnector

    x, w = _data(2, 5)
    y = torch.tensor(_labels(x), dtype=torch.float32)
    results = []
    for net in _pair(2, 2, True):
        torch.manual_seed(0)
        front = torch.nn.Linear(2, 2)
        model = torch.nn.Sequential(front, TorchConnector(net, initial_weights=w), torch.nn.Linear(2, 1))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
        for _ in range(3):
            optimizer.zero_grad()
            loss = ((model(torch.tensor(x, dtype=torch.float32))[:, 0] - y) ** 2).mean()
            loss.backward()
            optimizer.step()
        results.append([p.detach().numpy().copy() for p in model.parameters()])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert not np.allclose(results[0][0], torch.nn.Linear(2, 2).weight.detach().numpy())


def test_torch_gradient_is_autograds_own() -> None:
    torch = pytest.importorskip("torch")
    from qiskit_machine_learning.connectors import TorchConnector

    c = qlab.Circuit(1).append("ry", 0, "x[0]").append("ry", 0, "w[0]")
    layer = TorchConnector(EngineQNN(circuit=c, observables=["Z0", "X0"], input_gradients=True), initial_weights=[0.3])
    x = torch.tensor([[0.2], [1.1]], requires_grad=True)
    weight = torch.tensor([0.3], requires_grad=True)
    twin = x.detach().clone().requires_grad_()
    scale = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
    (layer(x) * scale).sum().backward()
    (torch.cat([torch.cos(twin + weight), torch.sin(twin + weight)], 1) * scale).sum().backward()
    assert torch.allclose(x.grad, twin.grad, atol=1e-6)
    assert torch.allclose(layer.weight.grad, weight.grad, atol=1e-6)
    one = layer(torch.tensor([0.2]))
    assert one.shape == (2,)
    layer.zero_grad()
    one.sum().backward()
    assert layer.weight.grad.shape == (1,)


def test_the_reference_estimator_is_exact_too() -> None:
    """What the comparisons above lean on: their default network draws no shots."""
    assert isinstance(_pair()[1].estimator, QMLEstimator)
    _, one = _pair()
    x, w = _data(2, 2)
    np.testing.assert_array_equal(one.forward(x, w), one.forward(x, w))
