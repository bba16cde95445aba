"""A circuit as a layer of PyTorch: gradients by its weights and by its inputs, from one walk of the engine.

Needs the extra: ``pip install "qlab[torch]"``. Must not be imported by anything else in qlab.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import engine
from ..circuit import Circuit
from ..errors import EngineError

try:
    import torch
except ImportError as error:
    raise EngineError(
        "PyTorch is not installed",
        where="qlab.interop.torch",
        cure='install the extra: pip install "qlab[torch]"',
    ) from error


class _Expectations(torch.autograd.Function):  # type: ignore[misc, unused-ignore]
    """Expectations forward, the adjoint method backward; once differentiable."""

    @staticmethod
    def forward(ctx: Any, x: Any, w: Any, plan: Any) -> Any:
        inputs, weights = _array(x), _array(w)
        ctx.plan, ctx.inputs, ctx.weights = plan, inputs, weights
        ctx.kinds = (x.dtype, x.device, w.dtype, w.device)
        values = plan.expectations(inputs, weights)
        return torch.from_numpy(values).to(dtype=w.dtype, device=x.device)

    @staticmethod
    @torch.autograd.function.once_differentiable  # type: ignore[untyped-decorator, unused-ignore]
    def backward(ctx: Any, by_values: Any) -> Any:
        need_x, need_w = ctx.needs_input_grad[:2]
        x_kind, x_place, w_kind, w_place = ctx.kinds
        cotangent = _array(by_values)
        _, by_w, by_x = ctx.plan.value_and_vjp(ctx.inputs, ctx.weights, cotangent, need_x)
        grad_x = torch.from_numpy(by_x).to(dtype=x_kind, device=x_place) if need_x else None
        grad_w = torch.from_numpy(by_w).to(dtype=w_kind, device=w_place) if need_w else None
        return grad_x, grad_w, None


class QuantumLayer(torch.nn.Module):  # type: ignore[misc, unused-ignore]
    """A layer that takes (…, n_inputs) angles to (…, n_observables) expectation values in [−1, 1].

    The simulation runs in the engine on the CPU, in double precision; tensors of other kinds are converted there and
    back. Only first derivatives: a second backward through it raises PyTorch's own error.

    Args:
        circuit: reads x[i] and w[j].
        observables: Pauli strings or weighted sums; default Z on every wire.
        weights: (n_weights,) starting values; default small random angles by ``seed``.
        seed: of the starting weights.
        dtype: of the parameter and the output, a torch dtype; default torch's.

    Raises:
        EngineError: the circuit can't be simulated, or the weights don't fit.

    Example:
        >>> layer = QuantumLayer(Circuit(1).append("ry", 0, "x[0] + w[0]"))   # doctest: +SKIP
        >>> layer(torch.zeros(3, 1)).shape                                    # doctest: +SKIP
        torch.Size([3, 1])
    """

    def __init__(
        self,
        circuit: Circuit,
        observables: Sequence[str | dict[str, float]] | None = None,
        *,
        weights: Any = None,
        seed: int = 0,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.circuit = circuit
        self.observables = [f"Z{q}" for q in range(circuit.n_qubits)] if observables is None else list(observables)
        self.plan = engine.compile(circuit, self.observables)
        if weights is None:
            weights = np.random.default_rng([seed, 1]).normal(0.0, 0.3, circuit.n_weights)
        given = np.asarray(weights, dtype=np.float64)
        if given.shape != (circuit.n_weights,):
            raise EngineError(
                f"{given.shape} weights were given and the circuit has {circuit.n_weights}",
                where="QuantumLayer",
                cure=f"give {circuit.n_weights} numbers, or leave weights out",
                value=given.shape,
            )
        kind = torch.get_default_dtype() if dtype is None else dtype
        self.weights = torch.nn.Parameter(torch.tensor(given, dtype=kind))

    def forward(self, x: Any) -> Any:
        """Return expectation values, (…, n_observables), of angles x (…, n_inputs) in radians.

        Raises:
            EngineError: the last axis isn't n_inputs wide.
        """
        if x.shape[-1] != self.circuit.n_inputs:
            raise EngineError(
                f"x has shape {tuple(x.shape)} and the circuit reads {self.circuit.n_inputs} inputs",
                where="QuantumLayer",
                cure=f"pass tensors whose last axis is {self.circuit.n_inputs} wide",
                value=tuple(x.shape),
            )
        flat = x.reshape(-1, self.circuit.n_inputs)
        return _Expectations.apply(flat, self.weights, self.plan).reshape(*x.shape[:-1], -1)

    def extra_repr(self) -> str:
        """Return what is shown of it in a printed model."""
        c = self.circuit
        return f"{c.n_qubits} qubits, {c.n_inputs} inputs, {c.n_weights} weights, {len(self.observables)} observables"

    def __getstate__(self) -> dict[str, Any]:
        # a plan holds buffers of this process; the engine makes it again
        return {name: value for name, value in self.__dict__.items() if name != "plan"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.plan = engine.compile(self.circuit, self.observables)


def _array(tensor: Any) -> Any:
    return np.ascontiguousarray(tensor.detach().to(dtype=torch.float64, device="cpu").numpy())
