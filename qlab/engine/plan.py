"""`compile` and `Plan`: the engine's public face. A circuit becomes tables in well under a millisecond per
gate.

Nothing here imports numba: the kernels load when a plan first runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from qlab.circuit import Circuit
from qlab.errors import EngineError

from . import angles, capacity, pool, wide_choice
from .arrays import ComplexArray, FloatArray, IntArray
from .checks import as_cotangent, as_matrix, as_vector, check_turns, obstacle_of
from .cone import Cone
from .frame import Frame, Span
from .lower import Lowered, Pass, lower, visible
from .observables import Observable, Term, split_observables, written_out
from .program import Program, build, memory_order, term_arrays, weight_arrays
from .sampling import Sampling
from .schedule import Layers, layers

if TYPE_CHECKING:
    from .execute import Observables, Workspace
    from .wide import WidePlan

Cotangent = Any  # (batch, n_observables), or a callable values -> (loss, cotangent)
_KEPT_WORKSPACES = 4
_LARGE_BYTES = 64 << 20  # a workspace beyond it is kept alone, and weighed against the free memory each time


def compile(
    circuit: Circuit, observables: Sequence[Observable] | Observable | None = None, dtype: str = "complex128"
) -> Plan:
    """Return a plan that evaluates a circuit on batches; no machine code is compiled for it.

    Args:
        circuit: Gates with angles in ``x[i]`` and ``w[j]``; measurements at its end are ignored. One with
            measurements, resets or conditions in the middle can only be sampled.
        observables: Pauli strings (``"Z0"``, ``"X0 Y2"``, ``"I"``), projectors (``"|0-1>"``: a character per
            wire, the highest first, ``-`` for any value) or real-weighted sums (``{"|00>": 0.5, "Z0": 1.0}``);
            by default Z on every wire.
        dtype: ``"complex128"``, or ``"complex64"``: half the memory, faster, good to about 1e-5.

    Raises:
        EngineError: naming an operation that isn't a gate, an observable's wire that isn't there, or the
        memory it
            would take if even one sample doesn't fit.

    Example:
        >>> import qlab
        >>> plan = compile(qlab.Circuit(1).append("ry", 0, "x[0]"), ["Z0"])
        >>> plan.expectations([[0.0], [np.pi]]).round(12).tolist()
        [[1.0], [-1.0]]
    """
    if dtype not in capacity.DTYPES:
        raise EngineError(
            f"the dtype {dtype!r} is unknown",
            where="argument dtype",
            cure="use " + ", ".join(capacity.DTYPES),
            value=dtype,
        )
    too_large = capacity.refusal(circuit.n_qubits, 1, gradient=False, dtype=dtype)
    if observables is None:
        observables = [f"Z{q}" for q in range(circuit.n_qubits)]
    obstacle = obstacle_of(circuit)
    if obstacle is None:
        plan = Plan(circuit, observables, dtype)
        if too_large is None or plan._narrow_fits():
            return plan
    if too_large is not None:
        raise too_large
    from .trajectory import TrajectoryPlan

    assert obstacle is not None
    return TrajectoryPlan(circuit, observables, obstacle)


class Plan(Sampling):
    """A circuit and observables, ready to run. Immutable to its user; safe to call from several threads.

    Attributes:
        circuit: The circuit.
        n_qubits, n_inputs, n_weights, n_observables: Its sizes.
        obstacle: The error that asking for anything but samples raises; None for a circuit of gates.
    """

    def __init__(
        self, circuit: Circuit, observables: Sequence[Observable] | Observable, dtype: str = "complex128"
    ) -> None:
        self.circuit, self.dtype = circuit, dtype
        self._precision: type[np.floating[Any]] = np.float32 if dtype == "complex64" else np.float64
        single = isinstance(observables, str) or hasattr(observables, "items")
        self.n_observables = 1 if single else len(observables)
        self._terms, self._projectors = split_observables(observables, circuit.n_qubits)
        self._lowered: Lowered = lower(circuit)
        self.n_qubits = circuit.n_qubits
        self.n_inputs, self.n_weights = self._lowered.angles.n_inputs, self._lowered.angles.n_weights
        frame = self._lowered.frame
        self._masks = [frame.pauli(t.x, t.z)[:2] for t in self._terms]
        self._masks += [(0, frame.row[q]) for p in self._projectors for q in range(frame.n) if p.mask >> q & 1]
        self._programs: dict[str, Program] = {}
        self._free: dict[tuple[str, int, int], list[Workspace]] = {}
        self._path: Literal["lanes", "wide"] | None = None  # a test's or a measurement's own choice
        self._small: set[tuple[object, ...]] = set()  # calls on lanes that need no look at the memory

    def __repr__(self) -> str:
        return (
            f"Plan({self.n_qubits} qubits, {self.n_inputs} inputs, {self.n_weights} weights, "
            f"{self.n_observables} observables, {len(self._passes)} passes)"
        )

    def expectations(self, X: Any = None, w: Any = None) -> FloatArray:
        """Return the observables' expectations.

        Args:
            X: Inputs in radians or whatever the angles expect, shape (batch, n_inputs); None is one sample
            without any. w: Weights, shape (n_weights,).

        Returns:
            (batch, n_observables) float64.

        Raises:
            EngineError: with both shapes, the row and column of a NaN, or the memory it would take.
        """
        x, weights = self._check(X, w)
        wide = self._chosen(len(x), gradient=False)
        if wide is not None:
            return wide.expectations(x, weights)
        ws = self._prepared("values", x, weights)
        values = ws.expectations()
        self._give("values", ws)
        return values

    def value_and_vjp(
        self, X: Any, w: Any, cotangent: Cotangent, want_x: bool = False
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Return expectations and the gradient of ``sum(cotangent * expectations)``, by one walk back
        (adjoint method).

        Args:
            X: Inputs, shape (batch, n_inputs).
            w: Weights, shape (n_weights,).
            cotangent: ∂loss/∂expectations, shape (batch, n_observables), or a callable that gets the
            expectations and
                returns ``(loss, cotangent)``.
            want_x: Whether the gradient of the inputs is wanted too.

        Returns:
            values (batch, n_observables), grad_w (n_weights,), grad_x (batch, n_inputs) or None.

        Raises:
            EngineError: as `expectations`, and for a cotangent of another shape or with a NaN.

        Source: Jones and Gacon, arXiv:2009.02823.
        """
        x, weights = self._check(X, w)
        wide = self._chosen(len(x), gradient=True)
        shape = (len(x), self.n_observables)
        if callable(cotangent):
            given: Callable[[FloatArray], FloatArray] | FloatArray = partial(_call, cotangent, shape)
        else:
            given = as_cotangent(cotangent, shape)
        if wide is not None:
            return wide.value_and_vjp(x, weights, given, want_x)
        mode = "full" if want_x else "weights"
        ws = self._prepared(mode, x, weights)
        values = ws.vjp(given)
        grad_w = ws.grad_w[: self.n_weights].copy()
        grad_x = np.ascontiguousarray(ws.grad_x[: self.n_inputs, : len(x)].T) if want_x else None
        table = self._lowered.angles
        if table.shared:
            angles.chain_shared(table.shared, weights, ws.grad_w[self.n_weights :], grad_w)
        if table.batched:
            rows = ws.grad_x[self.n_inputs :, : len(x)]
            angles.chain_batched(table.batched, x, weights, rows, grad_w, grad_x)
        self._give(mode, ws)
        return values, grad_w, grad_x

    def statevector(self, X: Any = None, w: Any = None) -> ComplexArray:
        """Return the final states, (batch, 2**n_qubits), qubit 0 least significant; global phase included."""
        states: ComplexArray = self._each_state(X, w, np.complex128)
        return states

    def probabilities(self, X: Any = None, w: Any = None, qubits: Sequence[int] | None = None) -> FloatArray:
        """Return outcome probabilities, shape (batch, 2**len(qubits)).

        Args:
            X: Inputs, shape (batch, n_inputs).
            w: Weights, shape (n_weights,).
            qubits: The wires to keep, the first one the least significant bit; by default all.

        Raises:
            EngineError: for a wire that isn't there or is named twice.
        """
        full: FloatArray = self._each_state(X, w, np.float64)
        if qubits is None:
            return full
        wires = [int(q) for q in qubits]
        if len(set(wires)) < len(wires) or any(q < 0 or q >= self.n_qubits for q in wires):
            raise EngineError(
                f"qubits {wires} are not distinct wires of the circuit",
                where="argument qubits",
                cure=f"use distinct numbers from 0 to {self.n_qubits - 1}",
                value=wires,
            )
        axes = full.reshape(len(full), *[2] * self.n_qubits)
        gone = tuple(self.n_qubits - q for q in range(self.n_qubits) if q not in wires)
        kept = sorted(wires, reverse=True)
        summed = axes.sum(axis=gone)
        order = [0, *[1 + kept.index(q) for q in reversed(wires)]]
        return np.ascontiguousarray(summed.transpose(order)).reshape(len(full), -1)

    def _each_state(self, X: Any, w: Any, kind: type[np.complex128] | type[np.float64]) -> Any:
        x, weights = self._check(X, w)
        extra = len(x) * np.dtype(kind).itemsize << self.n_qubits
        wide = self._chosen(len(x), gradient=False, whole=True, extra=extra)
        out: Any = np.empty((len(x), 1 << self.n_qubits), dtype=kind)
        if wide is not None:
            (wide.statevector if kind is np.complex128 else wide.probabilities)(x, weights, out)
            return out
        ws = self._prepared("states", x, weights)
        for start in range(0, ws.groups, ws.chunk):
            state = ws.states(start, min(start + ws.chunk, ws.groups))
            x_mask, z_mask, scale = ws.frame
            order = self._order ^ x_mask
            signs = scale * (1.0 - 2.0 * (np.bitwise_count(self._order & z_mask) & 1))
            for g, one in enumerate(state, start):
                rows = out[g * capacity.GROUP : (g + 1) * capacity.GROUP]
                re, im = one[order, 0, : len(rows)].T, one[order, 1, : len(rows)].T
                if kind is np.complex128:
                    rows.real, rows.imag = signs * re, signs * im
                else:
                    rows[...] = (re * re + im * im) * scale**2
        self._give("states", ws)
        return out

    def _chosen(self, batch: int, *, gradient: bool, whole: bool = False, extra: int = 0) -> WidePlan | None:
        """Return the path for one large state where that is the faster one; refuse what doesn't fit on the one taken.

        Args:
            batch: Samples.
            gradient: Whether there is a walk back.
            whole: Whether all amplitudes count, not only those that observables see.
            extra: Bytes of the result.
        """
        sizes: dict[str, Any] = {
            "batch": batch, "gradient": gradient, "dtype": self.dtype, "threads": pool.get_threads()
        }  # fmt: skip
        call = (whole, extra, self._path, *sizes.values())
        if call in self._small:
            return None
        check: Any = partial(capacity.refusal, **sizes, extra=extra)
        if self._prefers_wide(batch, whole):
            if (refusal := check(self.n_qubits, wide=True)) is None:
                return self._wide_plan
            if whole or self._schedule[1].n == self.n_qubits:
                raise refusal
        n = self.n_qubits if whole or self.n_qubits < wide_choice.SMALLEST else self._schedule[1].n
        if (refusal := check(n, wide=False)) is not None:
            raise refusal
        if capacity.lanes_bytes(n, **sizes) + extra < _LARGE_BYTES:
            self._small.add(call)
        return None

    def _prefers_wide(self, batch: int, whole: bool) -> bool:
        if self._projectors and not whole:  # one amplitude on the other path, but 2**k strings of Z there
            return False
        if self._path is not None:
            return self._path == "wide"
        if not wide_choice.prefers_wide(self.n_qubits, batch, _measured):
            return False
        return whole or wide_choice.prefers_wide(self._schedule[1].n, batch, _measured)

    @cached_property
    def _schedule(self) -> tuple[Layers, Frame | Cone]:
        """What the observables see, on as few qubits as they see."""
        seen = layers(self._lowered.gates, self._masks, self.n_qubits)
        cone = Cone(self._lowered.frame, seen)
        return (cone.narrowed(seen), cone) if cone.n < self.n_qubits else (seen, self._lowered.frame)

    def _narrow_fits(self) -> bool:
        """Whether what the observables see fits, if nothing else; a plain no takes no kernel, which takes a second."""
        moves, check = Span(), partial(capacity.refusal, batch=1, gradient=False, dtype=self.dtype)
        for p in self._passes:
            if not p.diagonal:
                moves.add(p.v)
        return check(len(moves)) is None and check(self._schedule[1].n) is None

    @cached_property
    def _passes(self) -> tuple[Pass, ...]:
        return visible(self._lowered.passes, self._masks)

    @cached_property
    def _wide_plan(self) -> WidePlan:
        from .wide import WidePlan

        sizes = self.n_observables, self.n_inputs, self.n_weights
        return WidePlan(self._lowered, self._passes, self._terms, *sizes, dtype=self._precision)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The observables' Pauli strings, projectors written out; an error for one on more than a dozen wires."""
        return self._terms + written_out(self._projectors)

    @cached_property
    def _observables(self) -> Observables:
        from .execute import Observables

        frame, count, terms = self._schedule[1], self.n_observables, self._terms
        if isinstance(frame, Cone):
            terms = tuple(t for t in terms if frame.reaches(t.x))
        return Observables(count, term_arrays(terms, frame), weight_arrays(terms, self._projectors, frame, count))

    @cached_property
    def _order(self) -> IntArray:
        return memory_order(self._lowered.frame)

    def _check(self, X: Any, w: Any) -> tuple[FloatArray, FloatArray]:
        if X is None:
            X = np.empty((1, 0))
        return as_matrix(X, "X", self.n_inputs, "input of the circuit"), as_vector(w, "w", self.n_weights)

    def _program(self, mode: Literal["values", "weights", "full", "states"] | str) -> Program:
        found = self._programs.get(mode)
        if found is None:
            schedule, frame = self._schedule
            if mode == "states":
                schedule, frame = layers(self._lowered.gates, None, self.n_qubits), self._lowered.frame
            sources = self.n_inputs, self.n_weights
            found = self._programs[mode] = build(schedule, frame.n, want_x=mode == "full", n_sources=sources)
        return found

    def _prepared(self, mode: str, x: FloatArray, w: FloatArray) -> Workspace:
        """Take a workspace that nobody else uses, and evaluate the angles in it."""
        from .execute import Workspace

        table = self._lowered.angles
        key = mode, len(x), pool.get_threads()
        try:
            ws = self._free[key].pop()
        except (KeyError, IndexError):
            ws = Workspace(
                self._program(mode),
                self.n_qubits if mode == "states" else self._schedule[1].n,
                len(x),
                self._observables,
                gradient=mode in ("weights", "full"),
                n_sources=(self.n_inputs, self.n_weights, len(table.batched), len(table.shared)),
                dtype=self._precision,
            )
        ws.sources_w[: self.n_weights] = w
        ws.lanes_x[: self.n_inputs, : len(x)] = x.T
        if table.shared:
            angles.evaluate(table.shared, np.empty(0), w, ws.sources_w[self.n_weights :])
        if table.batched:
            angles.evaluate(table.batched, x, w, ws.lanes_x[self.n_inputs :, : len(x)])
        check_turns(ws.lanes_x, ws.read, len(x))
        return ws

    def _give(self, mode: str, ws: Workspace) -> None:
        """Keep a workspace for the next call; one that an error or an interrupt broke off never gets here."""
        key = mode, ws.samples, pool.get_threads()
        if key not in self._free and len(self._free) >= _KEPT_WORKSPACES:
            self._free.pop(next(iter(self._free)), None)
        if ws.nbytes > _LARGE_BYTES:
            self._free.clear()
        kept = self._free.setdefault(key, [])
        if len(kept) < 2:
            kept.append(ws)


def _measured() -> wide_choice.Constants:
    """Return what both paths cost on this machine."""

    def step(n: int, batch: int, wide: bool) -> Callable[[], Any]:
        plan = Plan(wide_choice.probe(n), [{f"Z{q}": 1.0 for q in range(n)}, f"Z{n - 1}"])  # they see all amplitudes
        plan._path = "wide" if wide else "lanes"
        w, cotangent = np.linspace(-3, 3, plan.n_weights), np.ones((batch, 2))
        return partial(plan.value_and_vjp, np.empty((batch, 0)), w, cotangent)

    return wide_choice.measured(step)


def _call(callback: Callable[[FloatArray], Any], shape: tuple[int, int], values: FloatArray) -> FloatArray:
    found = callback(values)
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise EngineError(
            f"the cotangent's callable returned {found!r:.60}",
            where="argument cotangent",
            cure="return (loss, cotangent)",
        )
    return as_cotangent(found[1], shape)
