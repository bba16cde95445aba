"""`EngineQNN`: a neural network of qiskit-machine-learning whose forward and backward passes are the engine's.

It must not train; `NeuralNetworkClassifier`, `NeuralNetworkRegressor` and `TorchConnector` do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit_machine_learning.neural_networks import NeuralNetwork

from qlab.circuit import Circuit
from qlab.engine.arrays import FloatArray
from qlab.errors import EngineError
from qlab.interop.qiskit_params import Symbols

from .compiled import Compiled
from .observables import Terms, terms_of
from .reading import read


class EngineQNN(NeuralNetwork):
    """Expectations of observables as a network: inputs are data, weights are trained. Shapes are `EstimatorQNN`'s.

    ``forward`` gives (batch, outputs), ``backward`` gives (batch, outputs, inputs) or None and (batch, outputs,
    weights): a gradient per sample, since that is what trainers and connectors contract with their own losses. The
    engine walks back with every weight an angle per sample: one walk per output, 1.4 to 1.8 times as long as the one
    for a summed gradient.

    Expectations are exact. Those of an `EstimatorQNN` are so only with the estimator that it makes for itself: one
    that is given, such as Qiskit's `StatevectorEstimator`, is asked for a standard error of ``default_precision``,
    1/64, and adds normal noise of that spread to each. ``EstimatorQNN(…, default_precision=0.0)`` answers as this one.

    Args:
        circuit: A `qlab.Circuit` (its ``x`` and ``w``), or a `QuantumCircuit`.
        observables: One or several: operators of Qiskit, or qlab's own ``"Z0"`` and ``{"Z0 Z1": 0.5}``. By default Z on
            all qubits together, as `EstimatorQNN` has it.
        input_params: For a `QuantumCircuit`: its data parameters, in the order of the input's columns.
        weight_params: For a `QuantumCircuit`: its trained parameters, in the order of the weights. If only one of the
            two is given, the other is what is left; if neither, parameters named x, input, data or feature are data.
        input_gradients: Whether ``backward`` gives the inputs' gradients too; needed below other layers in torch.
        dtype: ``"complex128"``, or another that `qlab.engine.compile` takes.

    Raises:
        EngineError: for parameters that aren't in the circuit, are named twice or missing; for an observable that
            doesn't fit; naming an instruction that has no gradient.

    Example:
        >>> from qiskit.circuit import ParameterVector
        >>> x, t = ParameterVector("x", 1), ParameterVector("t", 1)
        >>> qc = QuantumCircuit(1); _ = qc.ry(x[0] + t[0], 0)
        >>> EngineQNN(circuit=qc, weight_params=t).backward([[0.0]], [0.5])[1].round(4).tolist()
        [[[-0.4794]]]
    """

    def __init__(
        self,
        *,
        circuit: Circuit | QuantumCircuit,
        observables: Any = None,
        input_params: Sequence[Parameter] | None = None,
        weight_params: Sequence[Parameter] | None = None,
        input_gradients: bool = False,
        dtype: str = "complex128",
    ) -> None:
        self._source = circuit
        if isinstance(circuit, QuantumCircuit):
            self._input_params, self._weight_params = split_parameters(circuit, input_params, weight_params)
            n_inputs, n_weights = len(self._input_params), len(self._weight_params)
            own = read(circuit, self._input_params + self._weight_params)
        else:
            if input_params is not None or weight_params is not None:
                raise EngineError(
                    "a qlab.Circuit says itself what its inputs and weights are",
                    where="arguments input_params, weight_params",
                    cure="leave them out; angles in x[i] are inputs, angles in w[j] weights",
                )
            self._input_params, self._weight_params = [], []
            n_inputs, n_weights, own = circuit.n_inputs, circuit.n_weights, circuit
        self._n_qubits = own.n_qubits
        single = observables is None or isinstance(observables, str | Mapping) or not isinstance(observables, Sequence)
        if observables is None:
            observables = " ".join(f"Z{q}" for q in range(own.n_qubits))
        self._observables = (observables,) if single else tuple(observables)
        if not self._observables:
            raise EngineError("there is no observable", where="argument observables", cure='give one, such as "Z0"')
        self._terms: tuple[Terms, ...] = tuple(
            terms_of(o, own.n_qubits, f"observables[{i}]") for i, o in enumerate(self._observables)
        )
        self._compiled = Compiled(own, n_inputs + n_weights, dtype)
        self._compiled.plan(self._terms)  # a circuit or an observable that can't run is refused here, not in a fit
        super().__init__(
            num_inputs=n_inputs,
            num_weights=n_weights,
            sparse=False,
            output_shape=len(self._terms),
            input_gradients=input_gradients,
        )

    def __repr__(self) -> str:
        return (
            f"EngineQNN({self._n_qubits} qubits, {self.num_inputs} inputs, {self.num_weights} weights, "
            f"{len(self._terms)} outputs)"
        )

    @property
    def circuit(self) -> Circuit | QuantumCircuit:
        """Return the circuit as it was given."""
        return self._source

    @property
    def observables(self) -> tuple[Any, ...]:
        """Return the observables as they were given."""
        return self._observables

    @property
    def input_params(self) -> list[Parameter]:
        """Return the data parameters of a `QuantumCircuit`, in the order of the input's columns."""
        return list(self._input_params)

    @property
    def weight_params(self) -> list[Parameter]:
        """Return the trained parameters of a `QuantumCircuit`, in the order of the weights."""
        return list(self._weight_params)

    def _rows(self, input_data: FloatArray | None, weights: FloatArray | None) -> FloatArray:
        x = np.empty((1, 0)) if input_data is None else input_data
        w = np.empty(0) if weights is None else weights
        if x.shape[1] != self.num_inputs or len(w) != self.num_weights:
            raise EngineError(
                f"got inputs of {x.shape[1]} columns and {len(w)} weights, expected {self.num_inputs} and "
                f"{self.num_weights}",
                where="arguments input_data, weights",
                cure="give one column per input and one number per weight",
                value=(x.shape[1], len(w)),
            )
        return np.concatenate([x, np.broadcast_to(w, (len(x), len(w)))], axis=1)

    def _forward(self, input_data: FloatArray | None, weights: FloatArray | None) -> FloatArray:
        return self._compiled.expectations(self._rows(input_data, weights), self._terms)

    def _backward(
        self, input_data: FloatArray | None, weights: FloatArray | None
    ) -> tuple[FloatArray | None, FloatArray | None]:
        if self.num_weights == 0 and not self.input_gradients:
            return None, None
        rows = self._rows(input_data, weights)
        outputs = len(self._terms)
        which = np.tile(np.arange(outputs), len(rows))
        found = self._compiled.gradients(np.repeat(rows, outputs, axis=0), self._terms, which)
        found = found.reshape(len(rows), outputs, -1)
        return (found[..., : self.num_inputs] if self.input_gradients else None), found[..., self.num_inputs :]


def split_parameters(
    circuit: QuantumCircuit, inputs: Sequence[Parameter] | None, weights: Sequence[Parameter] | None
) -> tuple[list[Parameter], list[Parameter]]:
    """Return a circuit's data and weight parameters in order.

    Raises:
        EngineError: for a parameter that isn't in the circuit, is in both lists, or is in neither.
    """
    everything = list(circuit.parameters)
    if inputs is None and weights is None:
        symbols = Symbols(circuit, None, {})
        ordered = sorted(everything, key=lambda p: symbols.of(p).index)
        kinds = {p: symbols.of(p).kind for p in everything}
        return [p for p in ordered if kinds[p] == "x"], [p for p in ordered if kinds[p] == "w"]
    given_x, given_w = list(inputs or ()), list(weights or ())
    named = set(given_x) | set(given_w)
    left = [p for p in everything if p not in named]
    strange = [p.name for p in (*given_x, *given_w) if p not in everything]
    what = ""
    if strange:
        what = f"the parameter {strange[0]!r} isn't in the circuit"
    elif len(named) < len(given_x) + len(given_w):
        what = "a parameter is named twice"
    elif left and inputs is not None and weights is not None:
        what = f"the parameter {left[0].name!r} is neither an input nor a weight"
    if what:
        raise EngineError(
            what,
            where="arguments input_params, weight_params",
            cure="list each parameter of the circuit once; it has " + ", ".join(p.name for p in everything[:8]),
        )
    return (left if inputs is None else given_x), (left if weights is None else given_w)
