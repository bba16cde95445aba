"""QuantumLayer: gradients against differences in double precision, shapes, training, pickling; needs the extra."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import qlab
from qlab import engine
from qlab.errors import EngineError

torch = pytest.importorskip("torch")

from qlab.interop.torch import QuantumLayer  # noqa: E402


def layer(**options):
    circuit = qlab.templates.reuploading(3, 2)
    return QuantumLayer(circuit, ["Z0", {"Z0 Z1": 0.5, "X2": -1.0}], **{"dtype": torch.float64, **options})


def test_gradcheck_by_inputs_and_weights() -> None:
    one = layer()
    x = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(one, (x,), eps=1e-6, atol=1e-7)

    def by_weights(w):
        return torch.func.functional_call(one, {"weights": w}, (x.detach(),))

    assert torch.autograd.gradcheck(by_weights, (one.weights,), eps=1e-6, atol=1e-7)


def test_values_are_the_engines_whatever_the_leading_shape() -> None:
    one = layer()
    x = torch.randn(2, 5, 3, dtype=torch.float64)
    found = one(x)
    assert found.shape == (2, 5, 2)
    want = engine.compile(one.circuit, one.observables).expectations(
        x.reshape(-1, 3).numpy(), one.weights.detach().numpy()
    )
    np.testing.assert_allclose(found.detach().numpy().reshape(-1, 2), want, atol=1e-14)
    assert one(x[0, 0]).shape == (2,)


def test_single_precision_in_and_out() -> None:
    one = layer(dtype=torch.float32)
    out = one(torch.randn(4, 3))
    assert out.dtype == torch.float32
    out.sum().backward()
    assert one.weights.grad.dtype == torch.float32


def test_between_classical_layers_it_learns() -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), layer(dtype=torch.float32), torch.nn.Linear(2, 1))
    x = torch.rand(64, 2) * 2 - 1
    y = (x[:, :1] * x[:, 1:] > 0).float()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    losses = []
    for _ in range(150):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    assert net[0].weight.grad.abs().max() > 0


def test_state_and_pickle() -> None:
    one = layer(seed=3)
    assert list(one.state_dict()) == ["weights"]
    two = pickle.loads(pickle.dumps(one))
    x = torch.randn(2, 3, dtype=torch.float64)
    torch.testing.assert_close(one(x), two(x), rtol=0, atol=0)


def test_what_does_not_fit() -> None:
    with pytest.raises(EngineError, match="reads 3 inputs"):
        layer()(torch.zeros(2, 4))
    with pytest.raises(EngineError, match="the circuit has 12"):
        layer(weights=[0.0])
    x = torch.randn(1, 3, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad((layer()(x) ** 2).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()
