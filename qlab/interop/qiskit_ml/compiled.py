"""Compiled circuits with every parameter an input, and the cache that finds them again.

A circuit is known by being the same object with unchanged data, or by equal data. It must not know primitives.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import numpy as np
from qiskit.circuit import QuantumCircuit

from qlab import engine
from qlab.circuit import Circuit
from qlab.engine.arrays import FloatArray, IntArray

from .observables import Terms
from .reading import all_inputs, measured_qubits, read

_KEPT_CIRCUITS, _KEPT_PLANS = 64, 32
_FILLS_LANES = 16  # samples from which a plan for each observable, pruned to its light cone, is the faster way


class Compiled:
    """One circuit and its plans, one for each set of observables that was asked for.

    Args:
        circuit: Inputs and weights; the columns of ``rows`` below are the inputs, then the weights.
        n_parameters: The width of ``rows``; it may be more than the circuit reads.
        dtype: As `qlab.engine.compile` takes it.
    """

    def __init__(self, circuit: Circuit, n_parameters: int, dtype: str = "complex128") -> None:
        self.circuit, self.n_parameters, self.dtype = all_inputs(circuit), n_parameters, dtype
        self.measured = measured_qubits(circuit)
        self._n_inputs = self.circuit.n_inputs  # the property walks the circuit
        self._plans: dict[tuple[Terms, ...], engine.Plan] = {}

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_plans": {}}  # saved models hold circuits, not buffers

    def plan(self, observables: tuple[Terms, ...]) -> engine.Plan:
        """Return the plan for some observables; the ones used last are kept."""
        found = self._plans.pop(observables, None)
        if found is None:
            listed = [dict(terms) for terms in observables] or None
            found = engine.compile(self.circuit, listed, self.dtype)
        self._plans[observables] = found
        while len(self._plans) > _KEPT_PLANS:
            self._plans.pop(next(iter(self._plans)), None)
        return found

    def expectations(self, rows: FloatArray, observables: tuple[Terms, ...]) -> FloatArray:
        """Return (rows, observables) expectations."""
        plan = self.plan(observables)
        return plan.expectations(self._inputs(rows))

    def gradients(self, rows: FloatArray, observables: tuple[Terms, ...], which: IntArray) -> FloatArray:
        """Return the gradient of one observable per row.

        Args:
            rows: Parameter values, (rows, n_parameters).
            observables: All there are.
            which: (rows,), the observable of each row.

        Returns:
            (rows, n_parameters).
        """
        out = np.zeros((len(rows), self.n_parameters))
        n = self._n_inputs
        if n == 0:
            return out
        if len(observables) == 1 or np.bincount(which).max() < _FILLS_LANES:
            cotangent = np.zeros((len(rows), len(observables)))
            cotangent[np.arange(len(rows)), which] = 1.0
            out[:, :n] = self.plan(observables).value_and_vjp(self._inputs(rows), None, cotangent, want_x=True)[2]
            return out
        for k, terms in enumerate(observables):
            at = np.flatnonzero(which == k)
            if len(at):
                ones = np.ones((len(at), 1))
                x = self._inputs(rows[at])
                out[at, :n] = self.plan((terms,)).value_and_vjp(x, None, ones, want_x=True)[2]
        return out

    def probabilities(self, rows: FloatArray, qubits: Sequence[int]) -> FloatArray:
        """Return (rows, 2**len(qubits)) probabilities, the first qubit the least significant bit."""
        return self.plan(()).probabilities(self._inputs(rows), qubits=qubits)

    def _inputs(self, rows: FloatArray) -> FloatArray:
        return np.ascontiguousarray(rows[:, : self._n_inputs])


class _Kept:
    """A compiled circuit beside a copy of what it was compiled from."""

    def __init__(self, circuit: QuantumCircuit, dtype: str) -> None:
        self.source: weakref.ref[QuantumCircuit] = weakref.ref(circuit)
        self.copy, self.dtype = circuit.copy(), dtype
        self.compiled = Compiled(read(circuit, list(circuit.parameters)), circuit.num_parameters, dtype)

    def is_of(self, circuit: QuantumCircuit, dtype: str) -> bool:
        old = self.copy
        return bool(
            dtype == self.dtype
            and (circuit.num_qubits, circuit.num_clbits) == (old.num_qubits, old.num_clbits)
            and circuit.global_phase == old.global_phase
            and circuit.data == old.data  # exact to the last bit, where QuantumCircuit == forgives 1e-10
        )


_by_object: dict[tuple[int, str], _Kept] = {}
_by_shape: dict[tuple[int, ...], list[_Kept]] = {}


def compiled(circuit: QuantumCircuit, dtype: str = "complex128") -> Compiled:
    """Return the compiled form of a Qiskit circuit, its parameters in Qiskit's order; compiles once per content.

    Raises:
        EngineError, CircuitError: as `qlab.interop.qiskit_ml.reading.read`.
    """
    key = id(circuit), dtype
    kept = _by_object.get(key)
    if kept is not None and kept.source() is circuit and kept.is_of(circuit, dtype):
        return kept.compiled
    shape = circuit.num_qubits, circuit.num_clbits, len(circuit.data), circuit.num_parameters
    kept = next((one for one in _by_shape.get(shape, ()) if one.is_of(circuit, dtype)), None)
    if kept is None:
        kept = _Kept(circuit, dtype)
        if sum(map(len, _by_shape.values())) >= _KEPT_CIRCUITS:
            clear_cache()
        _by_shape.setdefault(shape, []).append(kept)
    kept.source = weakref.ref(circuit)
    if len(_by_object) >= 4 * _KEPT_CIRCUITS:
        _by_object.clear()
    _by_object[key] = kept
    return kept.compiled


def clear_cache() -> None:
    """Forget every compiled circuit."""
    _by_object.clear()
    _by_shape.clear()
