"""`XMixer`: QAOA with the X mixer, evaluated on the diagonal of its cost. No circuit is simulated.

Source: Farhi, Goldstone, Gutmann, arXiv:1411.4028; adjoint gradients: Jones and Gacon, arXiv:2009.02823. A cost that
doesn't change when all bits flip is simulated on half the states: bit n-1 is fixed and its mixer flips all the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engine import pool
from ..engine.arrays import empty_aligned
from ..errors import OptimizeError
from .diagonal import Diagonal, check_size
from .terms import FloatArray

LOW = 12  # qubits of a block of contiguous amplitudes
_SMALL = 0.04  # radians within which the Taylor rest of a phase is exact to 1e-12
_NOTHING = np.empty(0, dtype=np.uint16)


class XMixer:
    """QAOA states exp(-iβ_p ΣX) exp(-iγ_p C) … |+⟩ of a diagonal cost C.

    Args:
        diagonal: The cost, minimised.
        dtype: ``"float64"`` or ``"float32"`` for the state.
        threads: Of the kernels; results are the same for any number.

    Raises:
        OptimizeError: when the state doesn't fit, with the need.

    Example:
        >>> from qlab.optimize import maxcut
        >>> from qlab.optimize.diagonal import build
        >>> bits = maxcut([(0, 1)]).to_bits()
        >>> round(XMixer(build(bits.terms, 2)).energy([np.pi / 2], [np.pi / 8]), 9)
        -1.0
    """

    def __init__(self, diagonal: Diagonal, *, dtype: str = "float64", threads: int | None = None) -> None:
        if dtype not in ("float64", "float32"):
            raise OptimizeError(f"dtype={dtype!r} is unknown", where="XMixer", cure="use 'float64' or 'float32'")
        self.diagonal, self.dtype = diagonal, np.dtype(dtype)
        self.threads = pool.get_threads() if threads is None else threads
        check_size(diagonal.n, width=self.dtype.itemsize)
        n = self.n = diagonal.n
        source: Any = diagonal.codes if diagonal.codes is not None else diagonal.values
        self.mirrored = n > LOW and bool(np.array_equal(source[: 1 << (n - 1)], source[: (1 << (n - 1)) - 1 : -1]))
        self.bits = max(LOW, n - 1 if self.mirrored else n)  # of the simulated index
        self.copies = 1 << max(0, LOW - n)
        kept = source[: 1 << (n - 1)] if self.mirrored else np.tile(source, self.copies)
        self.coded = diagonal.codes is not None
        self.codes = kept if self.coded else _NOTHING
        self.values = np.empty(0) if self.coded else kept
        self.levels = (diagonal.levels if self.coded else np.ones(1)).astype(self.dtype)
        gaps = np.diff(diagonal.levels)
        self.step = float(gaps[0]) if len(gaps) and np.allclose(gaps, gaps[0], rtol=1e-12) else 0.0
        self._state: tuple[Any, ...] = ()

    # Angles to figures

    def energy(self, gammas: npt.ArrayLike, betas: npt.ArrayLike) -> float:
        """Return ⟨C⟩; gammas in radians per unit of cost, betas in radians, shape (p,) each."""
        g, b = _angles(gammas, betas)
        cost, norm = self._forward(g, b)
        return float(cost / norm)

    def probabilities(self, gammas: npt.ArrayLike, betas: npt.ArrayLike) -> FloatArray:
        """Return the probability of each bit string, shape (2**n,), float64."""
        g, b = _angles(gammas, betas)
        self._forward(g, b, keep=True)
        re, im = self._state[:2]
        p = re.astype(np.float64) ** 2
        p += im.astype(np.float64) ** 2
        if self.mirrored:
            p = np.concatenate([p, p[::-1]])
        elif self.copies > 1:
            p = p.reshape(self.copies, -1).sum(0)
        out: FloatArray = p / p.sum()
        return out

    def energy_and_gradient(
        self,
        gammas: npt.ArrayLike,
        betas: npt.ArrayLike,
        weigh: Callable[[FloatArray], tuple[float, FloatArray]] | None = None,
    ) -> tuple[float, FloatArray]:
        """Return ⟨C⟩ and its gradient by the 2p angles, gammas first, by one walk back.

        Args:
            gammas, betas: Shape (p,) each.
            weigh: For an objective other than the mean: from the probabilities of the kept bit strings to its value and
                its derivative by each of them; see `qlab.optimize.objective`.
        """
        g, b = _angles(gammas, betas)
        check_size(self.n, width=self.dtype.itemsize, gradient=True)
        from . import kernels_x_back

        kernel: Any = kernels_x_back.backward
        p = len(g)
        factor = abs(_mixer(b[-1])[2]) ** self._qubits
        codes, values, coded = self.codes, self.values, self.coded
        told = None
        if weigh is None:
            self._forward(g, b, last=False)  # the first pass back ends it
        else:
            self._forward(g, b, keep=True)
            re, im = self._state[:2]
            told, slope = weigh((re.astype(np.float64) ** 2 + im.astype(np.float64) ** 2) * factor * factor)
            codes, values, coded = _NOTHING, slope, False
        state = self._buffers(True)
        grad = np.zeros(2 * p)
        energy = 0.0
        for k in range(p, -1, -1):
            turning = 0 if k < p else 2 if weigh is None else 1
            after, before = self._layer(b, k, back=True), self._layer(b, k - 1, back=True)
            f = abs(_mixer(b[k])[2]) ** self._qubits if k < p else 1.0
            table, scale = self._table(-g[k] if k < p else 0.0, f)
            shape, tiles = self._shape(k, 2)
            sums = np.empty((tiles, 5))
            scratch = self._scratch(4, shape)
            each = len(scratch) // self.threads
            costs = (codes, values, coded) if turning else (self.codes, self.values, self.coded)

            def task(start: int, stop: int, worker: int, *, costs: Any = costs, k: int = k, after: Any = after,
                     before: Any = before, table: Any = table, scale: Any = scale, shape: Any = shape,
                     sums: Any = sums, each: int = each, scratch: Any = scratch, turning: int = turning
                     ) -> None:  # fmt: skip
                kernel(*state, *costs, self.levels, table, scale, *shape, start, stop, after, k < p, before, turning,
                       factor, self.step, scratch, worker * each, sums)  # fmt: skip

            pool.run(task, 0, tiles, self.threads)
            one, middle, two, cost, norm = sums.sum(0)
            if turning:
                energy = cost / norm
            else:
                grad[p + k] += 2.0 * one * float(after[3]) ** self._half(k + 1)
                grad[k] = 2.0 * middle
            if k > 0:
                grad[p + k - 1] += 2.0 * two
        return float(energy if told is None else told), grad

    # The passes

    def costs(self) -> FloatArray:
        """Return the cost of each kept bit string, as `energy_and_gradient` hands them to ``weigh``."""
        out: FloatArray = self.diagonal.levels[self.codes] if self.coded else self.values
        return out

    @property
    def _qubits(self) -> int:
        """Qubits that are mixed, the padding ones included."""
        return max(self.n, LOW)

    def _half(self, k: int) -> int:
        """How many qubits pass k mixes; the mirrored one goes with the low ones."""
        return LOW if k % 2 == 0 else self._qubits - LOW

    def _shape(self, k: int, states: int = 1) -> tuple[tuple[Any, ...], int]:
        """Return (rows, row_u, width, tile_u, in_lanes, far) of pass k, and how many tiles it has."""
        block = 1 << (LOW - 1 if self.mirrored else LOW)
        size = 1 << self.bits
        if k % 2 == 0:
            far = size if self.mirrored else 0
            return (1 << (LOW - 3), 8, 8, block, True, far), size >> LOW
        rows = size // block
        width = max(8, (32 if rows <= 256 else 16 if rows <= 1024 else 8) // states)  # a panel stays in L1
        return (rows, block, width, width, False, 0), block // width

    def _layer(self, b: FloatArray, k: int, *, back: bool = False) -> Any:
        if k < 0 and not back:
            return np.array([1.0 / math.sqrt(1 << self.bits), 0.0, -1.0, 0.0], dtype=self.dtype)
        if not 0 <= k < len(b):
            return np.zeros(4, dtype=self.dtype)
        t, swap, factor = _mixer(b[k])
        if back:
            return np.array([-t, swap, 1.0, factor * factor], dtype=self.dtype)
        return np.array([t, swap, 1.0, 0.0], dtype=self.dtype)

    def _table(self, gamma: float, factor: float) -> tuple[Any, FloatArray]:
        """Return the phase factors by code, cos and sin in turn, and the grid that plain costs are rounded to."""
        if self.coded:
            grid, scale = self.diagonal.levels, np.zeros(4)
        else:
            low, span = self.diagonal.low, max(self.diagonal.high - self.diagonal.low, 1e-300)
            steps = max(1 << 16, min(1 << 22, math.ceil(abs(gamma) * span / _SMALL)))
            width = span / (steps - 1)
            grid = np.asarray(low + width * np.arange(steps), dtype=np.float64)
            scale = np.array([low, 1.0 / width, -gamma, width])
        table = np.empty(2 * len(grid), dtype=self.dtype)
        table[::2] = factor * np.cos(gamma * grid)
        table[1::2] = -factor * np.sin(gamma * grid)
        return table, scale

    def _buffers(self, gradient: bool) -> tuple[Any, ...]:
        count = 4 if gradient else 2
        if len(self._state) < count:
            extra = count - len(self._state)
            self._state += tuple(empty_aligned(1 << self.bits, self.dtype.type) for _ in range(extra))
        return self._state[:count]

    def _scratch(self, states: int, shape: tuple[Any, ...]) -> Any:
        rows, width = shape[0], shape[2]
        whole = rows * width + 8 * 8
        each = states * whole + 3 * rows * width + 64
        return empty_aligned(each * self.threads, self.dtype.type)

    def _forward(self, g: FloatArray, b: FloatArray, *, keep: bool = False, last: bool = True) -> tuple[float, float]:
        """Run all passes and return Σ p·cost and Σ p of the state as it is scaled; or all but the last, and zeros."""
        from . import kernels_x

        forward: Any = kernels_x.forward

        re, im = self._buffers(False)
        p = len(g)
        factor = 1.0
        sums = np.empty((1, 2))
        for k in range(p + last):
            ends = k == p
            before, after = self._layer(b, k - 1), self._layer(b, k)
            table, scale = self._table(0.0 if ends else g[k], factor)
            factor = 1.0 if ends else abs(_mixer(b[k])[2]) ** self._qubits
            shape, tiles = self._shape(k)
            sums = np.empty((tiles, 2))
            scratch = self._scratch(2, shape)
            each = len(scratch) // self.threads

            def task(start: int, stop: int, worker: int, before: Any = before, after: Any = after, table: Any = table,
                     scale: Any = scale, shape: Any = shape, sums: Any = sums, ends: bool = ends, each: int = each,
                     scratch: Any = scratch) -> None:  # fmt: skip
                forward(re, im, self.codes, self.values, self.coded, self.levels, table, scale, *shape, start, stop,
                before,
                        not ends, after, scratch, worker * each, sums, ends, keep)  # fmt: skip

            pool.run(task, 0, tiles, self.threads)
        cost, norm = sums.sum(0) if last else (0.0, 0.0)
        return float(cost), float(norm)


def _mixer(beta: float) -> tuple[float, float, float]:
    """Return t, swap and the factor of one qubit, up to a phase: tan and cos, or -cot and sin near π/2."""
    c, s = math.cos(beta), math.sin(beta)
    return (s / c, 0.0, c) if abs(c) >= abs(s) else (-c / s, 1.0, s)


def _angles(gammas: npt.ArrayLike, betas: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    g, b = np.atleast_1d(np.asarray(gammas, dtype=float)), np.atleast_1d(np.asarray(betas, dtype=float))
    if g.shape != b.shape or g.ndim != 1 or len(g) == 0 or not np.isfinite(g).all() or not np.isfinite(b).all():
        raise OptimizeError(
            f"gammas have shape {g.shape}, betas {b.shape}",
            where="angles",
            cure="give as many finite gammas as betas, at least one",
        )
    return g, b
