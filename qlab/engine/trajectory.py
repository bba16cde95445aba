"""Circuits with measurements, resets and conditions in the middle: sampled, since they have no one final state.

`TrajectoryPlan` is what `compile` returns for them: it samples, and names the operation where an exact expectation, a
state or a gradient is asked for. It must not know channels: a noise model brings its own actions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from qlab.circuit import Circuit, Operation
from qlab.errors import EngineError

from . import capacity
from .arrays import FloatArray, IntArray
from .branches import Action, BitArray, Gate, Machine, Measure, Reset, Rows
from .observables import Observable, parse_observables
from .plan import Plan, compile

if TYPE_CHECKING:
    from .channels import NoiseModel


class TrajectoryPlan(Plan):
    """A plan of a circuit that only samples: `sample`, `sample_clbits` and `noisy_expectations`.

    Attributes:
        obstacle: The error that all other methods raise; it names the operation.
    """

    def __init__(self, circuit: Circuit, observables: Sequence[Observable] | Observable, obstacle: EngineError) -> None:
        self.circuit, self.obstacle, self.dtype = circuit, obstacle, "complex128"
        self.n_qubits, self.n_inputs, self.n_weights = circuit.n_qubits, circuit.n_inputs, circuit.n_weights
        single = isinstance(observables, str) or hasattr(observables, "items")
        self.n_observables = 1 if single else len(observables)
        self.terms = parse_observables(observables, circuit.n_qubits)

    def __repr__(self) -> str:
        return f"TrajectoryPlan({self.n_qubits} qubits, {self.n_inputs} inputs, {self.n_weights} weights)"

    def _refuse(self) -> NoReturn:
        error = self.obstacle
        assert error is not None
        raise EngineError(error.message, where=error.where, cure=error.cure, value=error.value)

    def expectations(self, X: Any = None, w: Any = None) -> FloatArray:
        """Raise EngineError naming the operation: there is no exact expectation; see `noisy_expectations`."""
        self._refuse()

    def value_and_vjp(self, X: Any, w: Any, cotangent: Any, want_x: bool = False) -> Any:
        """Raise EngineError naming the operation: there is no gradient."""
        self._refuse()

    def statevector(self, X: Any = None, w: Any = None) -> Any:
        """Raise EngineError naming the operation: there is no one state."""
        self._refuse()

    def probabilities(self, X: Any = None, w: Any = None, qubits: Sequence[int] | None = None) -> FloatArray:
        """Raise EngineError naming the operation; `sample` gives frequencies."""
        self._refuse()


def sampled(
    plan: Plan, X: Any, w: Any, shots: int, seed: int | None, noise: NoiseModel | None
) -> tuple[IntArray, BitArray]:
    """Return basis states (batch, shots) and classical bits (batch, shots, n_clbits); see `Plan.sample`."""
    x, weights = plan._check(X, w)
    rng = np.random.default_rng(seed)
    n, batch = plan.n_qubits, len(x)
    states = np.empty((batch, shots), dtype=np.int64)
    bits = np.zeros((batch, shots, plan.circuit.n_clbits), dtype=np.uint8)
    filled = np.zeros(batch, dtype=np.int64)
    for rows in final_rows(plan, x, weights, shots, rng, noise):
        for k, sample in enumerate(rows.samples):
            edges = np.cumsum(rows.states[k].real ** 2 + rows.states[k].imag ** 2)
            count, start = int(rows.shots[k]), int(filled[sample])
            drawn = np.searchsorted(edges[:-1], rng.random(count) * edges[-1], side="right")
            states[sample, start : start + count] = drawn
            bits[sample, start : start + count] = rows.bits[k]
            filled[sample] += count
    if noise is not None:
        for q in range(n):
            wrong = np.take(noise.wrong, states >> q & 1)
            if any(noise.wrong):
                states ^= (rng.random(states.shape) < wrong).astype(np.int64) << q
    bits_of(plan.circuit, states, bits)
    order = rng.random((batch, shots)).argsort(axis=1)  # rows come branch by branch; shots are independent
    return np.take_along_axis(states, order, axis=1), np.take_along_axis(bits, order[:, :, None], axis=1)


def bits_of(circuit: Circuit, states: IntArray, bits: BitArray | None = None) -> BitArray:
    """Return (batch, shots, n_clbits): what the measurements at the end read off basis states (batch, shots)."""
    out = np.zeros((*states.shape, circuit.n_clbits), dtype=np.uint8) if bits is None else bits
    ops = circuit.flattened().ops
    for i in sorted(at_the_end(ops)):
        out[:, :, ops[i].clbits[0]] = states >> ops[i].qubits[0] & 1
    return out


def final_rows(
    plan: Plan, x: FloatArray, w: FloatArray, shots: int, rng: np.random.Generator, noise: NoiseModel | None
) -> Iterator[Rows]:
    """Yield all branches of all samples at the circuit's end, in parts; measurements at the end are left to the caller.

    Raises:
        EngineError: for the memory it would take.
    """
    flat = plan.circuit.flattened()
    late = at_the_end(flat.ops)
    ops = [op for i, op in enumerate(flat.ops) if i not in late and op.gate not in ("barrier", "id")]
    if noise is not None:  # an idle gate takes its time too
        ops = [op for i, op in enumerate(flat.ops) if i not in late and op.gate != "barrier"]
    start = next((i for i, op in enumerate(ops) if not _certain(op, noise)), len(ops))
    actions = [action for op in ops[start:] for action in _actions(op, noise)]
    state = 16 << plan.n_qubits
    splits = 2 + sum(not isinstance(action, Gate) for action in actions)
    most = 3 * state * min(shots * len(x), splits * max(1, (64 << 20) // state))
    capacity.check_capacity(plan.n_qubits, 1, gradient=False, extra=most)
    machine = Machine(actions, plan.n_qubits, x, w, rng)
    prefix = Circuit(plan.n_qubits, ops[:start], limits={"qubits": plan.n_qubits, "ops": max(1, start)})
    first = compile(prefix, [])
    for k in range(0, len(x), machine.most):
        some = x[k : k + machine.most]
        rows = Rows(
            first.statevector(some[:, : prefix.n_inputs], w[: prefix.n_weights]),
            np.arange(k, k + len(some)),
            np.full(len(some), shots, dtype=np.int64),
            np.zeros((len(some), flat.n_clbits), dtype=np.uint8),
        )
        yield from machine.run(rows)


def _certain(op: Operation, noise: NoiseModel | None) -> bool:
    """Whether all shots go the same way, and the operation needs no bits."""
    return op.spec.unitary and op.condition is None and (noise is None or not noise.after(op))


def _actions(op: Operation, noise: NoiseModel | None) -> list[Action]:
    if op.gate == "measure":
        return [Measure(op) if noise is None else Measure(op, noise.wrong)]
    if op.gate == "reset":
        return [Reset(op)]
    return [Gate(op), *([] if noise is None else noise.after(op))]


def at_the_end(ops: Sequence[Operation]) -> set[int]:
    """Return which operations are measurements that can be read off a sample of the final state.

    Nothing but barriers and such measurements may touch the wire later, nothing may read the bit later, and no other
    measurement may write it later.
    """
    out: set[int] = set()
    touched: set[int] = set()
    used: set[int] = set()
    for i in range(len(ops) - 1, -1, -1):
        op = ops[i]
        if op.gate == "barrier":
            continue
        if op.condition is not None:
            used.update(op.condition.clbits)
        if op.gate == "measure" and op.condition is None and op.qubits[0] not in touched and op.clbits[0] not in used:
            out.add(i)
        else:
            touched.update(op.wires)
            used.update(op.clbits)
    return out
