"""The path for one large state: threads share its tiles, and vector lanes hold neighbouring amplitudes.

A `WidePlan` evaluates the same circuits as `Plan`, sample after sample. It must not know `Circuit`; `plan`
decides when to come here. Importing it doesn't import numba.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import angles, capacity, pool
from .arrays import ComplexArray, FloatArray
from .lower import Lowered, Pass
from .observables import Term
from .wide_program import WideProgram, build, term_table, wire_order

if TYPE_CHECKING:
    from .wide_state import WideState


class WidePlan:
    """A lowered circuit and its observables, ready to run on one large state.

    Args:
        lowered: The circuit.
        passes: Those of its passes that the observables can see.
        terms: The observables' Pauli strings.
        n_observables, n_inputs, n_weights: Sizes.
        dtype: float64 or float32, for the real and imaginary parts.
        tile_bits: Bits of an index within a tile, at least 5; 0 chooses.
    """

    def __init__(
        self,
        lowered: Lowered,
        passes: Sequence[Pass],
        terms: Sequence[Term],
        n_observables: int,
        n_inputs: int,
        n_weights: int,
        *,
        dtype: Any = np.float64,
        tile_bits: int = 0,
    ) -> None:
        self._lowered, self._passes, self._tile_bits, self._dtype = lowered, passes, tile_bits, dtype
        self.n_qubits, self.n_obs, self.n_inputs, self.n_weights = lowered.frame.n, n_observables, n_inputs, n_weights
        frame = lowered.frame
        self._masks = [frame.pauli(t.x, t.z)[:2] for t in terms]
        self._terms, self._term_weights = term_table(terms, frame)
        self._owners = np.array([t.row for t in terms], dtype=np.int64)
        self._programs: dict[bool, WideProgram] = {}
        self._free: dict[tuple[bool, bool, int, int], WideState] = {}

    def expectations(self, x: FloatArray, w: FloatArray) -> FloatArray:
        """Return (batch, n_observables)."""
        source = _Source(self, x, w)
        with _Borrowed(self, False, False, 1) as state:
            out = np.empty((len(x), self.n_obs))
            for b in range(len(x)):
                state.forward(source.theta(b, state.program))
                out[b] = state.expectations()
        return out

    def value_and_vjp(
        self,
        x: FloatArray,
        w: FloatArray,
        cotangent: Callable[[FloatArray], FloatArray] | FloatArray,
        want_x: bool,
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Return values, grad_w, and grad_x where it is wanted; see `Plan.value_and_vjp`."""
        source, batch = _Source(self, x, w), len(x)
        values = np.empty((batch, self.n_obs))
        kept = capacity.wide_kept(self.n_qubits, batch) if callable(cotangent) else 1
        with _Borrowed(self, False, True, kept) as state:
            program = state.program
            first = program.first_wanted([a.source.reads_w or (want_x and a.source.reads_x) for a in program.angles])
            if callable(cotangent):
                for b in range(batch):
                    state.forward(source.theta(b, program), b % kept)
                    values[b] = state.expectations(b % kept)
                cotangent = cotangent(values)
                again = kept < batch
            else:
                again = True
            for b in range(batch):
                theta = source.theta(b, program)
                if again:
                    state.forward(theta, b % kept)
                    values[b] = state.expectations(b % kept)
                source.chain(b, program, state.backward(theta, cotangent[b], first, b % kept))
        return values, *source.gradients(want_x)

    def statevector(self, x: FloatArray, w: FloatArray, out: ComplexArray) -> None:
        """Fill (batch, 2**n) amplitudes in the order of the wires."""
        self._each(x, w, lambda state, order, phase, row: state.states(order, phase, row), out)

    def probabilities(self, x: FloatArray, w: FloatArray, out: FloatArray) -> None:
        """Fill (batch, 2**n) probabilities in the order of the wires."""
        self._each(x, w, lambda state, order, phase, row: state.squares_of(order, row), out)

    def _each(self, x: FloatArray, w: FloatArray, write: Callable[..., None], out: Any) -> None:
        source, order = _Source(self, x, w), wire_order(self._lowered.frame)
        with _Borrowed(self, True, False, 1) as state:
            for b in range(len(x)):
                theta = source.theta(b, state.program)
                state.forward(theta)
                write(state, order, float(theta[-1]), out[b])

    def _program(self, whole: bool) -> WideProgram:
        found = self._programs.get(whole)
        if found is None:
            passes = self._lowered.passes if whole else self._passes
            found = build(passes, self.n_qubits, None if whole else self._masks, self._tile_bits)
            self._programs[whole] = found
        return found


class _Borrowed:
    """A state that nobody else uses; after an error or an interrupt it isn't kept for the next call."""

    def __init__(self, plan: WidePlan, whole: bool, gradient: bool, kept: int) -> None:
        self._plan, self._key = plan, (whole, gradient, kept, pool.get_threads())

    def __enter__(self) -> WideState:
        from .wide_state import WideState

        plan, (whole, gradient, kept, _) = self._plan, self._key
        found = plan._free.pop(self._key, None)
        if found is None:
            plan._free.clear()  # never hold two sets of states
            found = WideState(
                plan._program(whole),
                plan._terms,
                plan._term_weights,
                plan._owners,
                plan.n_obs,
                gradient=gradient,
                dtype=plan._dtype,
                kept=kept,
            )
        self._state = found
        return found

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._plan._free[self._key] = self._state


class _Source:
    """The values that angles read, for each sample, and the gradients on their way back."""

    def __init__(self, plan: WidePlan, x: FloatArray, w: FloatArray) -> None:
        table = plan._lowered.angles
        self._table, self._x, self._w = table, x, w
        shared, batched = np.zeros(len(table.shared)), np.zeros((len(table.batched), len(x)))
        angles.evaluate(table.shared, np.empty(0), w, shared)
        angles.evaluate(table.batched, x, w, batched)
        same = np.broadcast_to(np.concatenate([w, shared]), (len(x), len(w) + len(shared)))
        # Columns: weights, general expressions of weights, inputs, general expressions of inputs.
        self._values = np.concatenate([same, x, batched.T], axis=1)
        self._ends = np.cumsum([len(w), len(shared), x.shape[1], len(batched)])
        self._slopes = np.zeros_like(self._values)
        self._columns: dict[int, tuple[Any, FloatArray, FloatArray]] = {}

    def theta(self, b: int, program: WideProgram) -> FloatArray:
        """Return the angles of all walks for sample b."""
        columns, offsets, scales = self._read(program)
        return program.theta(offsets + scales * self._values[b, columns])

    def chain(self, b: int, program: WideProgram, slopes: FloatArray) -> None:
        """Take the derivatives of sample b by the walks' angles."""
        columns, _, scales = self._read(program)
        self._slopes[b] = np.bincount(columns, weights=scales * program.chain(slopes), minlength=self._values.shape[1])

    def gradients(self, want_x: bool) -> tuple[FloatArray, FloatArray | None]:
        """Return grad_w, and grad_x if it is wanted."""
        weights, shared, inputs, batched = np.split(self._slopes, self._ends[:-1], axis=1)
        grad_w, grad_x = weights.sum(axis=0), inputs.copy() if want_x else None
        angles.chain_shared(self._table.shared, self._w, shared.sum(axis=0), grad_w)
        angles.chain_batched(self._table.batched, self._x, self._w, batched.T, grad_w, grad_x)
        return grad_w, grad_x

    def _read(self, program: WideProgram) -> tuple[Any, FloatArray, FloatArray]:
        if id(program) not in self._columns:
            starts = [0, *self._ends[:-1]]
            columns = [a.source.row + starts[2 * a.source.batched + a.source.general] for a in program.angles]
            self._columns[id(program)] = (
                np.array(columns, dtype=np.int64),
                np.array([a.offset for a in program.angles]),
                np.array([a.scale for a in program.angles]),
            )
        return self._columns[id(program)]
