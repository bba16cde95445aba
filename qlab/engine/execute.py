"""Runs a gate program on a batch: buffers, jobs, their order; it must not know circuits."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from . import codes, pool
from .arrays import FloatArray, IntArray, spares
from .capacity import GROUP, chunk_groups, groups_of
from .codes import AMPLITUDE
from .program import Program

_NS_FORWARD, _NS_BACKWARD = 2.0, 5.0  # per amplitude pair and group; measured
_THREADS_FROM_NS = 40_000  # a hot thread takes a job in about 1 us, a sleeping one in 50; results don't depend on it


class Observables:
    """The kernel's tables of some observables; see `program.term_arrays` and `weight_arrays`."""

    def __init__(
        self, count: int, paulis: tuple[IntArray, FloatArray], weights: tuple[IntArray, IntArray, FloatArray]
    ) -> None:
        self.count = count
        self.paulis, self.pauli_coef = paulis
        self.rows, self.index, self.weight = weights


class Workspace:
    """All buffers of one call: one size of batch, one program. Not shared between calls that run at the same
    time.

    Args:
        program: The gate program.
        n_qubits: Wires.
        samples: The batch.
        observables: Their tables.
        gradient: Whether `vjp` will be called.
        n_sources: How many inputs and weights there are, and how many general expressions of each kind.
        dtype: float64 or float32.
    """

    def __init__(
        self,
        program: Program,
        n_qubits: int,
        samples: int,
        observables: Observables,
        *,
        gradient: bool,
        n_sources: tuple[int, int, int, int],
        dtype: type[np.floating[Any]],
    ) -> None:
        p, g = program, groups_of(samples)
        self.samples, self.groups, self.n_obs, self.dtype = samples, g, observables.count, dtype
        self.size = AMPLITUDE << n_qubits
        ns = p.work * g * (_NS_FORWARD + (_NS_BACKWARD if gradient else 0))
        self.threads = min(pool.get_threads(), g) if ns >= _THREADS_FROM_NS else 1
        self.chunk = chunk_groups(n_qubits, g, self.threads)
        self.n_inputs, self.n_weights = n_sources[:2]
        n_x, n_w = n_sources[0] + n_sources[2], n_sources[1] + n_sources[3]
        self.sources_w, self.sources_x = np.zeros(n_w), np.zeros((n_x, g, GROUP))
        self.read = np.unique(p.terms[p.terms[:, codes.TERM_BATCHED] == 1, codes.TERM_SOURCE])
        self.lanes_x = self.sources_x.reshape(n_x, g * GROUP)
        self.grad_w, self.grad_x = np.zeros(n_w), np.zeros((n_x, g * GROUP) if gradient else (0, 0))
        n_cs, n_build = 16 * p.rows_batched, 8 * p.build
        scratch = n_cs + n_build + self.size * (2 * p.batched_table + 3 * gradient) // 2
        scratch = -(-scratch // 16) * 16
        self.expected = np.zeros((g, self.n_obs, GROUP), dtype)
        self.cotangent = np.zeros((g, self.n_obs, GROUP) if gradient else (0,), dtype)
        self.scale = 1.0
        self.work = spares.take(scratch * self.threads, dtype)
        self.psi = spares.take(0, dtype)
        o = observables
        arrays: dict[int, Any] = {
            codes.OPS: p.ops.copy(),
            codes.LISTS: p.lists,
            codes.ENTRIES: p.entries,
            codes.TERMS: p.terms,
            codes.COEF: p.coef,
            codes.OFFSETS: p.offsets,
            codes.SOURCES_W: self.sources_w,
            codes.SOURCES_X: self.sources_x,
            codes.VALUES: np.zeros(codes.VALUE_COLUMNS * p.rows_shared),
            codes.MOVES: np.zeros(codes.MOVE_COLUMNS * len(p.ops)),
            codes.BUILD: np.zeros(2 * p.build),
            codes.PAULIS: o.paulis,
            codes.PAULI_COEF: o.pauli_coef,
            codes.ROWS: o.rows,
            codes.INDEX: o.index,
            codes.WEIGHT: o.weight,
            codes.GRAD_W: self.grad_w,
            codes.GRAD_X: self.grad_x,
            codes.TABLES: spares.take(p.tables, dtype),
            codes.WORK: self.work,
            codes.EXPECT: self.expected,
            codes.COTANGENT: self.cotangent,
            codes.SLOTS: np.zeros(p.slots * g * GROUP if gradient else 0, dtype),
        }
        self.job = np.zeros(codes.JOB_FIELDS, dtype=np.int64)
        self._arrays = arrays  # the job holds nothing but their addresses
        weakref.finalize(self, _give_back, arrays).atexit = False
        for which, array in arrays.items():
            self._attach(which, array)
        for place, value in (
            (codes.ADDRESS, self.job.ctypes.data),
            (codes.N_OBS, self.n_obs),
            (codes.GROUPS, g),
            (codes.SIZE, self.size),
            (codes.FIRST, p.first),
            (codes.SCRATCH, scratch),
            (codes.N_CS, n_cs),
            (codes.N_BUILD, n_build),
            (codes.GRADIENT, gradient),
        ):
            self.job[place] = value

    @property
    def nbytes(self) -> int:
        """The bytes of its large arrays."""
        return int(self.psi.nbytes + self.work.nbytes + self._arrays[codes.TABLES].nbytes)

    def expectations(self) -> FloatArray:
        """Return (samples, observables), one state a thread at a time."""
        self._hold(self.threads)
        self._run(codes.FORWARD, 0, self.groups, keep=False, prepare=True, evaluate=True)
        return self._values()

    def states(self, start: int, stop: int) -> FloatArray:
        """Return final states ``[group, memory index, re|im, lane]`` up to `scale` and `frame`; the next call
        overwrites them."""
        self._hold(stop - start)
        self._run(codes.FORWARD, start, stop, keep=True, prepare=True, evaluate=False)
        return self.psi[: self.size * (stop - start)].reshape(stop - start, -1, 2, GROUP)

    @property
    def frame(self) -> tuple[int, int, float]:
        """The Pauli frame of the last states: masks (x, z) over memory, and the scale with its sign:
        ``psi[p] = scale * (-1)**parity(z & p) * stored[p ^ x]``."""
        x, z, negative = (int(self.job[k]) for k in (codes.X_FRAME, codes.Z_FRAME, codes.NEGATIVE))
        return x // AMPLITUDE, z // AMPLITUDE, -self.scale if negative else self.scale

    def vjp(self, cotangent: Callable[[FloatArray], FloatArray] | FloatArray) -> FloatArray:
        """Fill the gradients, return (samples, observables); a callable gets all values in between."""
        self._hold(self.chunk)
        whole = self.chunk >= self.groups
        values: FloatArray | None = None
        if callable(cotangent):
            self._run(codes.FORWARD, 0, self.groups, keep=whole, prepare=True, evaluate=True)
            values = self._values()
            cotangent = cotangent(values.copy())  # the caller's own
            done = whole
        else:
            done = False
        given, start = cotangent, 0
        while start < self.groups:
            stop = min(start + self.chunk, self.groups)
            if not done:
                self._run(codes.FORWARD, start, stop, keep=True, prepare=True, evaluate=True)
            if start == 0:
                self._take(given)
            self._run(codes.BACKWARD, start, stop, keep=True, finish=stop == self.groups)
            start = stop
        return self._values() if values is None else values

    def _hold(self, states: int) -> None:
        if len(self.psi) < self.size * states:
            self.psi = spares.take(self.size * states, self.dtype)
            self._arrays[codes.PSI] = self.psi
            self._attach(codes.PSI, self.psi)

    def _attach(self, which: int, array: Any) -> None:
        at = codes.NUMBERS + 2 * which
        self.job[at], self.job[at + 1] = array.ctypes.data, array.size

    def _run(
        self,
        phase: int,
        start: int,
        stop: int,
        *,
        keep: bool,
        prepare: bool = False,
        evaluate: bool = False,
        finish: bool = False,
    ) -> None:
        workers = min(self.threads, stop - start)
        self.job[: codes.WORKERS + 1] = start, stop, start if keep else -1, phase, prepare, evaluate, finish, workers
        scale = pool.serve(self.job, self.dtype, workers)
        if prepare:
            self.scale = scale

    def _take(self, cotangent: FloatArray) -> None:
        full, rest = divmod(self.samples, GROUP)
        lanes = self.cotangent.transpose(0, 2, 1)
        lanes[:full] = cotangent[: full * GROUP].reshape(full, GROUP, self.n_obs)
        if rest:  # lanes beyond the batch stay zero, so that they add nothing
            lanes[full, :rest] = cotangent[full * GROUP :]

    def _values(self) -> FloatArray:
        out = np.empty((self.groups, GROUP, self.n_obs))
        np.multiply(self.expected.transpose(0, 2, 1), self.scale * self.scale, out=out)
        return out.reshape(self.groups * GROUP, self.n_obs)[: self.samples]


def _give_back(arrays: dict[int, Any]) -> None:
    for which in (codes.PSI, codes.WORK, codes.TABLES):
        if which in arrays:
            spares.give(arrays[which])


__all__ = ["Observables", "Workspace"]
