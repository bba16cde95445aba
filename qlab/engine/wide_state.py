"""The wide path's buffers and the order of its kernels, for one sample at a time; it must not know angles.

Threads share the tiles of a walk: one call of the pool per walk, so that an interrupt finds every thread done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import pool, warm, wide_backward, wide_edges, wide_forward
from .arrays import ComplexArray, FloatArray, IntArray, empty_aligned
from .wide_program import WideProgram
from .wide_tables import MATRIX, Tables

CHUNKS = 16  # what sums are taken over, however many threads there are
_THREADS_FROM = 1 << 20  # amplitudes times operations: below, a walk takes no longer than to wake a thread
_NOTHING = np.zeros(0, dtype=np.int64)


class WideState:
    """The buffers of one call. Not shared between calls that run at the same time.

    Args:
        program: The walks.
        terms, weights: From `term_table`. owners: Each term's observable.
        n_observables: How many there are.
        gradient: Whether `vjp` will be called.
        dtype: float64 or float32.
        kept: How many samples' final states are kept between forward and backward.
    """

    def __init__(
        self,
        program: WideProgram,
        terms: IntArray,
        weights: FloatArray,
        owners: IntArray,
        n_observables: int,
        *,
        gradient: bool,
        dtype: Any = np.float64,
        kept: int = 1,
    ) -> None:
        warm.make_ready("wide", np.dtype(dtype))
        p = self.program = program
        self.terms, self.weights, self.owners, self.n_obs = terms, weights, owners, n_observables
        self.threads = min(pool.get_threads(), CHUNKS)
        self.size = 2 << p.bits
        self.gradient, self.kept = gradient, kept
        largest = 2 << max(w.bits for w in p.walks)
        self.chi = np.array([[(-1.0) ** (m & k).bit_count() for k in range(8)] for m in range(8)], dtype).reshape(-1)
        self.psi = [empty_aligned(self.size, dtype) for _ in range(kept)]
        if not p.full:
            for psi in self.psi:
                psi.fill(0.0)
        self.buf = empty_aligned(self.threads * largest * (2 if gradient else 1), dtype)
        self.stride = largest * (2 if gradient else 1)
        self.matrices = [empty_aligned(MATRIX * max(1, w.turns), dtype) for w in p.walks]
        self.phases = [empty_aligned(w.groups * 2 << w.bits, dtype) for w in p.walks]
        self.lanes = [w.lanes.astype(dtype) for w in p.walks]
        self.slopes_weights = [np.zeros(max(1, len(w.angles))) for w in p.walks]
        self.scales = [1.0] * len(p.walks)
        self.squares = empty_aligned(self.threads * wide_edges.BLOCK * 8, dtype)
        self.parts = np.zeros(CHUNKS * max(1, len(terms)))
        self.limit = 2.0**-200 if dtype == np.float64 else 2.0**-20
        if gradient:
            self.lam = empty_aligned(self.size, dtype)
            chunks = [min(CHUNKS, w.tiles) for w in p.walks]
            self.sums = np.zeros(max(c * max(1, len(w.angles)) for c, w in zip(chunks, p.walks, strict=True)))
            self.tallies = empty_aligned(
                max(c * w.groups << w.bits for c, w in zip(chunks, p.walks, strict=True)), dtype
            )

    def forward(self, theta: FloatArray, kept: int = 0) -> None:
        """Run the walks from the basis state 0."""
        for k, (walk, start) in enumerate(zip(self.program.walks, self.program.starts, strict=True)):
            self.scales[k] = self._prepare(k, walk, theta[start:])
            self._forward(k, walk, self.psi[kept])

    def expectations(self, kept: int = 0) -> FloatArray:
        """Return the observables' expectations in the state that `forward` left."""
        n, per = len(self.terms), self.size // self._chunks
        if n:
            self._run(
                lambda a, b, worker: wide_edges.measure(
                    a,
                    b,
                    per,
                    self.terms,
                    self.chi,
                    self.psi[kept],
                    self.squares,
                    worker * wide_edges.BLOCK * 8,
                    self.parts,
                ),
                self._chunks,
                (n + 4) * self.size,
            )
        sums = self.parts[: self._chunks * n].reshape(self._chunks, n).sum(axis=0)
        # A term that flips vectors has been added up over one of the two of each pair.
        twice = np.where(self.terms[:, wide_edges.TOP] > 0, 2.0, 1.0)
        weights = self.weights * twice * sums
        return np.bincount(self.owners, weights=weights, minlength=self.n_obs).astype(np.float64)

    def backward(self, theta: FloatArray, cotangent: FloatArray, first: int, kept: int = 0) -> FloatArray:
        """Walk back from the state that `forward` left; return the derivatives by every walk's angles.

        Args:
            theta: What `forward` got last for any sample; matrices are written again if it was another one.
            cotangent: Of every observable.
            first: The earliest walk whose derivatives are wanted.
        """
        p, psi = self.program, self.psi[kept]
        weights = self.weights * cotangent[self.owners]
        per = self.size // self._chunks
        self._run(
            lambda a, b, worker: wide_edges.adjoint_start(
                a * per, b * per, self.terms, self.chi, weights, psi, self.lam
            ),
            self._chunks,
            (len(self.terms) + 4) * self.size,
        )
        out = np.zeros(len(p.offsets) - 1)
        for k in range(len(p.walks) - 1, first - 1, -1):
            walk, start = p.walks[k], p.starts[k]
            if self.kept > 1:
                self.scales[k] = self._prepare(k, walk, theta[start:])
            self._backward(k, walk, psi, k > first)
            wide_edges.finish(
                walk.rows,
                walk.marks,
                2 << walk.bits,
                self.chi,
                min(CHUNKS, walk.tiles),
                self.sums,
                len(walk.angles),
                self.tallies,
                walk.groups,
                self.slopes_weights[k],
                out[start:],
            )
        return out

    def states(self, order: tuple[IntArray, IntArray], phase: float, out: ComplexArray, kept: int = 0) -> None:
        """Write the state in the order of the wires, times ``exp(i phase)``."""
        c, s, per = float(np.cos(phase)), float(np.sin(phase)), max(1, len(out) // CHUNKS)

        def task(a: int, b: int, worker: int) -> None:
            wide_edges.unpack(a * per, b * per, *order, self.psi[kept], c, s, out)

        self._run(task, len(out) // per, 4 * self.size)

    def squares_of(self, order: tuple[IntArray, IntArray], out: FloatArray, kept: int = 0) -> None:
        """Write the probabilities in the order of the wires."""
        per = max(1, len(out) // CHUNKS)

        def task(a: int, b: int, worker: int) -> None:
            wide_edges.unpack_squares(a * per, b * per, *order, self.psi[kept], out)

        self._run(task, len(out) // per, 4 * self.size)

    @property
    def _chunks(self) -> int:
        return min(CHUNKS, self.size // 16)

    def _run(self, task: Callable[[int, int, int], None], count: int, work: int) -> None:
        """Do all chunks; threads take the next one that nobody has, so that a slow one delays nobody."""
        threads = min(self.threads, count) if work >= _THREADS_FROM else 1
        if threads == 1:
            task(0, count, 0)
            return
        chunks = iter(range(count))

        def worker(a: int, b: int, number: int) -> None:
            for chunk in chunks:
                task(chunk, chunk + 1, number)

        pool.run(worker, 0, threads, threads)

    def _prepare(self, k: int, walk: Tables, theta: FloatArray) -> float:
        scale: float = wide_edges.prepare(
            walk.rows,
            walk.marks,
            theta,
            2 << walk.bits,
            self.chi,
            self.matrices[k],
            self.phases[k],
            self.slopes_weights[k],
            self.limit,
        )
        return scale

    def _forward(self, k: int, walk: Tables, psi: FloatArray) -> None:
        chunks = min(CHUNKS, walk.tiles)

        def task(a: int, b: int, worker: int) -> None:
            wide_forward.walk_forward(
                a,
                b,
                walk.tiles // chunks,
                walk.first,
                psi,
                self.buf,
                worker * self.stride,
                2 << walk.bits,
                walk.run,
                walk.runs,
                walk.seen,
                walk.bases,
                walk.checks,
                walk.rows,
                walk.lists,
                walk.marks,
                self.lanes[k],
                self.matrices[k],
                self.phases[k],
                self.scales[k],
            )

        self._run(task, chunks, _work(walk))

    def _backward(self, k: int, walk: Tables, psi: FloatArray, keep: bool) -> None:
        chunks = min(CHUNKS, walk.tiles)
        everywhere = np.zeros_like(walk.seen)

        def task(a: int, b: int, worker: int) -> None:
            wide_backward.walk_back(
                a,
                b,
                walk.tiles // chunks,
                keep,
                psi,
                self.lam,
                self.buf,
                worker * self.stride,
                2 << walk.bits,
                walk.run,
                walk.runs,
                everywhere,
                _NOTHING,
                walk.bases,
                walk.rows,
                walk.lists,
                walk.marks,
                self.lanes[k],
                self.matrices[k],
                self.phases[k],
                self.scales[k],
                self.sums,
                len(walk.angles),
                self.tallies,
                walk.groups,
            )

        self._run(task, chunks, 3 * _work(walk))


def _work(walk: Tables) -> int:
    """Return amplitudes times operations; reading and writing a tile counts as four."""
    return (len(walk.rows) + 4) * walk.tiles << walk.bits
