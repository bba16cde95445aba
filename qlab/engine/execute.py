"""Runs a gate program on a batch: buffers, threads, the order of the kernels; it must not know circuits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import kernels, kernels_angles, pool
from .arrays import FloatArray, IntArray, empty_aligned
from .capacity import GROUP, chunk_groups, groups_of
from .program import AMPLITUDE, Program

_NS_FORWARD, _NS_BACKWARD = 5, 13  # per amplitude pair and group; measured
_THREADS_FROM_NS = 400_000  # waking a thread costs about 50 us, twice a step; results don't depend on it


class Workspace:
    """All buffers of one call: one size of batch, one program. Not shared between calls that run at the same
    time.

    Args:
        program: The gate program.
        n_qubits: Wires.
        samples: The batch.
        terms, coef: The observables' tables.
        n_observables: How many there are.
        gradient: Whether `vjp` will be called.
        n_general: Rows of general shared and per-sample expressions.
    """

    def __init__(
        self,
        program: Program,
        n_qubits: int,
        samples: int,
        terms: IntArray,
        coef: FloatArray,
        n_observables: int,
        *,
        gradient: bool,
        n_general: tuple[int, int],
        n_sources: tuple[int, int],
    ) -> None:
        p, g = program, groups_of(samples)
        self.program, self.samples, self.groups, self.gradient = p, samples, g, gradient
        self.terms, self.coef, self.n_obs = terms, coef, n_observables
        self.size = AMPLITUDE << n_qubits
        ns = p.work * g * (_NS_FORWARD + (_NS_BACKWARD if gradient else 0))
        self.threads = min(pool.get_threads(), g) if ns >= _THREADS_FROM_NS else 1
        self.cs_w, self.cs_x = empty_aligned(2 * p.rows_w), empty_aligned(16 * p.rows_x * g)
        self.u = empty_aligned(p.u_shared + p.u_batched * g)
        self.axes = empty_aligned(p.axis_shared + p.axis_batched * g)
        self.general_w, self.general_x = np.zeros(n_general[0]), np.zeros((n_general[1], samples))
        self.values = np.empty((g, n_observables, GROUP))
        self.psi = self.scratch = empty_aligned(0)
        if not gradient:
            return
        self.cotangent = np.zeros((g, n_observables, GROUP))
        self.t = empty_aligned(32 * p.t_slots * g)
        self.grad_x = np.zeros((n_sources[0], g, GROUP))
        self.grad_general_w, self.grad_general_x = np.zeros(n_general[0]), np.zeros((n_general[1], g, GROUP))
        self.grad_w = np.zeros(n_sources[1])
        self.chunk = chunk_groups(n_qubits, g, self.threads)

    @property
    def nbytes(self) -> int:
        """The bytes of its states."""
        return self.psi.nbytes + self.scratch.nbytes

    def prepare(self, x: FloatArray, w: FloatArray) -> None:
        """Evaluate angles, matrices and gradient axes; the general expressions are already in place."""
        p = self.program
        kernels_angles.prepare(
            p.slots,
            p.factors,
            p.constants,
            p.angles,
            p.affine,
            x,
            w,
            self.general_w,
            self.general_x,
            self.groups,
            self.cs_w,
            self.cs_x,
            self.u,
            self.axes,
            p.axis_batched,
            self.gradient,
        )

    def expectations(self) -> FloatArray:
        """Return (samples, observables), one state a thread at a time."""
        if len(self.psi) < self.size * self.threads:
            self.psi = empty_aligned(self.size * self.threads)
        if len(self.scratch) < self.size * self.threads // 2:
            self.scratch = empty_aligned(self.size * self.threads // 2)
        self._forward(0, self.groups, keep=False, n_obs=self.n_obs)
        return self._values()

    def states(self, start: int, stop: int) -> FloatArray:
        """Return final states ``[group, memory index, re|im, lane]``; the next call overwrites them."""
        if len(self.psi) < self.size * (stop - start):
            self.psi = empty_aligned(self.size * (stop - start))
        self._forward(start, stop, keep=True, n_obs=0)
        return self.psi[: self.size * (stop - start)].reshape(stop - start, -1, 2, GROUP)

    def vjp(self, cotangent: Callable[[FloatArray], FloatArray] | FloatArray) -> FloatArray:
        """Fill the gradients, return (samples, observables); a callable gets all values in between."""
        if len(self.psi) < self.size * self.chunk:
            self.psi = empty_aligned(self.size * self.chunk)
        if len(self.scratch) < self.size * self.threads:
            self.scratch = empty_aligned(self.size * self.threads)
        whole = self.chunk >= self.groups
        if callable(cotangent):
            self._forward(0, self.groups, keep=whole, n_obs=self.n_obs)
            self._take(cotangent(self._values()))
        else:
            self._take(cotangent)
        if whole:
            if not callable(cotangent):
                self._forward(0, self.groups, keep=True, n_obs=self.n_obs)
            self._backward(0, self.groups)
        else:
            n_obs = 0 if callable(cotangent) else self.n_obs
            for start in range(0, self.groups, self.chunk):
                stop = min(start + self.chunk, self.groups)
                self._forward(start, stop, keep=True, n_obs=n_obs)
                self._backward(start, stop)
        self._finish()
        return self._values()

    def _finish(self) -> None:
        p = self.program
        for grad in (self.grad_w, self.grad_x, self.grad_general_w, self.grad_general_x):
            grad.fill(0.0)
        kernels_angles.finish(
            p.slots,
            p.factors,
            p.angles,
            p.affine,
            self.groups,
            self.t,
            self.axes,
            p.axis_batched,
            self.grad_w,
            self.grad_x.reshape(-1),
            self.grad_general_w,
            self.grad_general_x.reshape(-1),
        )

    def _forward(self, start: int, stop: int, *, keep: bool, n_obs: int) -> None:
        p, size = self.program, self.size
        half = size if self.gradient else size // 2
        stride = size if keep else 0

        def task(g_from: int, g_to: int, worker: int) -> None:
            kernels.forward(
                g_from,
                g_to,
                start,
                stride,
                size,
                p.slots,
                p.table,
                self.u,
                self.psi,
                size * worker,
                self.scratch,
                half * worker,
                self.terms,
                self.coef,
                self.values.reshape(-1),
                n_obs,
            )

        pool.run(task, start, stop, self.threads)

    def _backward(self, start: int, stop: int) -> None:
        p, size = self.program, self.size

        def task(g_from: int, g_to: int, worker: int) -> None:
            kernels.backward(
                g_from,
                g_to,
                start,
                size,
                p.slots,
                p.first,
                p.table,
                self.u,
                self.psi,
                self.scratch,
                size * worker,
                self.terms,
                self.coef,
                self.cotangent.reshape(-1),
                self.n_obs,
                self.t,
                self.groups,
            )

        pool.run(task, start, stop, self.threads)

    def _take(self, cotangent: FloatArray) -> None:
        full, rest = divmod(self.samples, GROUP)
        lanes = self.cotangent.transpose(0, 2, 1)
        lanes[:full] = cotangent[: full * GROUP].reshape(full, GROUP, self.n_obs)
        if rest:  # lanes beyond the batch stay zero, so that they add nothing
            lanes[full, :rest] = cotangent[full * GROUP :]

    def _values(self) -> FloatArray:
        out = np.empty((self.groups, GROUP, self.n_obs))
        out[...] = self.values.transpose(0, 2, 1)
        return out.reshape(-1, self.n_obs)[: self.samples]


def gradient_x(grad: FloatArray, samples: int) -> FloatArray:
    """Return ``[source, group, lane]`` as a fresh ``(samples, source)``."""
    flat: Any = grad.reshape(grad.shape[0], -1)[:, :samples]
    return np.ascontiguousarray(flat.T)
