"""`ProductMixer`: QAOA whose states live in a product of small spaces: one-hot groups, free bits, warm-started bits.

A one-hot group of k bits is one k-level space, so infeasible states don't exist in it; the exported circuit does the
same on k qubits. XY mixers are ordered products of two-level rotations exp(-iβσx), as the circuit's gates are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import OptimizeError
from .bits import Bits
from .terms import FloatArray, IntArray
from .xmixer import _angles

LIMIT = 1 << 22  # states
ComplexArray = npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Space:
    """One factor: its bits, its start and its mixer.

    Attributes:
        bits: The bits it stands for: of a one-hot group level k is bits[k] = 1; of a free bit level 1 is the bit.
        start: Amplitudes of the start, shape (k,).
        pairs: Levels of the rotations exp(-iβσx), in order; empty for a Grover mixer.
        tilt: For a warm-started bit: θ of its start RY(θ)|0⟩, about which it is rotated; else None.
    """

    bits: tuple[int, ...]
    start: ComplexArray
    pairs: tuple[tuple[int, int], ...]
    tilt: float | None = None

    @property
    def size(self) -> int:
        """How many levels."""
        return len(self.start)

    def mixer(self, beta: float) -> tuple[ComplexArray, ComplexArray]:
        """Return U(β) and dU/dβ, (k, k) each."""
        k = self.size
        if self.tilt is not None:
            h = np.array([[np.cos(self.tilt), np.sin(self.tilt)], [np.sin(self.tilt), -np.cos(self.tilt)]])
            return np.cos(beta) * np.eye(2) - 1j * np.sin(beta) * h, -np.sin(beta) * np.eye(2) - 1j * np.cos(beta) * h
        u, du = np.eye(k, dtype=complex), np.zeros((k, k), dtype=complex)
        c, s = np.cos(beta), -1j * np.sin(beta)
        for a, b in self.pairs:
            r, dr = np.eye(k, dtype=complex), np.zeros((k, k), dtype=complex)
            r[a, a] = r[b, b] = c
            r[a, b] = r[b, a] = s
            dr[a, a] = dr[b, b] = -np.sin(beta)
            dr[a, b] = dr[b, a] = -1j * np.cos(beta)
            u, du = r @ u, dr @ u + r @ du
        return u, du


def ring(k: int) -> tuple[tuple[int, int], ...]:
    """Return the pairs of a ring of k levels: even ones, odd ones, the closing one."""
    pairs = [(a, a + 1) for a in range(0, k - 1, 2)] + [(a, a + 1) for a in range(1, k - 1, 2)]
    return (*pairs, (0, k - 1)) if k > 2 else tuple(pairs)


def complete(k: int) -> tuple[tuple[int, int], ...]:
    """Return all pairs of k levels."""
    return tuple((a, b) for d in range(1, k) for a in range(k) if (b := a + d) < k)


def spaces(bits: Bits, mixer: str, tilts: Sequence[float] | None = None) -> list[Space]:
    """Return the factors of a problem's bits for a mixer: ``"ring"``, ``"complete"``, ``"grover"`` or ``"warm"``.

    Raises:
        OptimizeError: for XY mixers without one-hot groups, or groups that share a bit.
    """
    groups = bits.groups if mixer != "warm" else ()
    taken = [b for g in groups for b in g]
    if len(taken) != len(set(taken)):
        raise OptimizeError("two one-hot groups share a bit", where="mixer", cure="use mixer='x'")
    if mixer in ("ring", "complete") and not groups:
        raise OptimizeError(
            "the XY mixer needs one-hot groups, and the problem has none", where="mixer", cure="use mixer='x'"
        )
    out = []
    for g in groups:
        pairs = () if mixer == "grover" else ring(len(g)) if mixer == "ring" else complete(len(g))
        out.append(Space(g, np.full(len(g), len(g) ** -0.5, dtype=complex), pairs))
    for b in range(bits.n):
        if b in set(taken):
            continue
        if mixer == "warm":
            theta = float(tilts[b]) if tilts is not None else np.pi / 2
            out.append(Space((b,), np.array([np.cos(theta / 2), np.sin(theta / 2)], dtype=complex), (), theta))
        else:
            out.append(Space((b,), np.full(2, 0.5**0.5, dtype=complex), () if mixer == "grover" else ((0, 1),)))
    return out


class ProductMixer:
    """QAOA on a product of spaces; the same face as `XMixer`.

    Args:
        bits: The problem over bits, its one-hot groups kept by the mixer (``to_bits(keep_groups=True)``).
        parts: From `spaces`.
        grover: Mix by exp(-iβ|s⟩⟨s|), s the start, instead of factor by factor.
        costs: The cost of each product state, where it isn't the polynomial of ``bits``.

    Raises:
        OptimizeError: for more than four million states.
    """

    def __init__(
        self, bits: Bits, parts: Sequence[Space], *, grover: bool = False, costs: FloatArray | None = None
    ) -> None:
        self.bits, self.parts, self.grover = bits, tuple(parts), grover
        self.shape = tuple(p.size for p in parts)
        size = 1
        for k in self.shape:
            size *= k
            if size > LIMIT:
                raise OptimizeError(
                    f"the feasible space of {bits.n} bits has more than {LIMIT:,} states",
                    where="mixer",
                    cure="use fewer groups: solve(…, coarse='qaoa') takes windows of larger problems by itself",
                )
        self.size = size
        self._costs = self._diagonal() if costs is None else np.asarray(costs, dtype=np.float64)
        start = np.ones(1, dtype=complex)
        for part in self.parts:
            start = np.kron(start, part.start)
        self.start = start

    def _diagonal(self) -> FloatArray:
        where: dict[int, tuple[int, int]] = {}
        for axis, part in enumerate(self.parts):
            for level, b in enumerate(part.bits):
                where[b] = (axis, level if len(part.bits) > 1 or part.size == 1 else 1)
        cost = np.zeros(self.shape)
        for key, value in self.bits.terms.items():
            at: dict[int, int] = {}
            for b in key:
                axis, level = where[b]
                if at.setdefault(axis, level) != level:
                    break  # two bits of one group are never both 1
            else:
                cost[tuple(at.get(axis, slice(None)) for axis in range(len(self.shape)))] += value
        return cost.ravel()

    def costs(self) -> FloatArray:
        """Return the cost of each product state."""
        return self._costs

    def assignment(self, index: int) -> IntArray:
        """Return the bits of a product state."""
        out = np.zeros(self.bits.n, dtype=np.int64)
        for part, level in zip(self.parts, np.unravel_index(index, self.shape), strict=True):
            if len(part.bits) > 1 or part.size == 1:
                out[part.bits[int(level)]] = 1
            else:
                out[part.bits[0]] = int(level)
        return out

    def _apply(self, psi: ComplexArray, unitaries: Sequence[ComplexArray]) -> ComplexArray:
        outer = 1
        for k, u in zip(self.shape, unitaries, strict=True):
            psi = (u @ psi.reshape(outer, k, -1)).reshape(-1)
            outer *= k
        return psi

    def _mix(self, psi: ComplexArray, beta: float) -> ComplexArray:
        if not self.grover:
            return self._apply(psi, [p.mixer(beta)[0] for p in self.parts])
        out: ComplexArray = psi - (1 - np.exp(-1j * beta)) * np.vdot(self.start, psi) * self.start
        return out

    def state(self, gammas: npt.ArrayLike, betas: npt.ArrayLike) -> ComplexArray:
        """Return the state, shape (size,)."""
        g, b = _angles(gammas, betas)
        psi: ComplexArray = self.start
        for gamma, beta in zip(g, b, strict=True):
            psi = self._mix(np.exp(-1j * gamma * self._costs) * psi, beta)
        return psi

    def probabilities(self, gammas: npt.ArrayLike, betas: npt.ArrayLike) -> FloatArray:
        """Return the probability of each product state."""
        p = np.abs(self.state(gammas, betas)) ** 2
        return np.asarray(p / p.sum())

    def energy(self, gammas: npt.ArrayLike, betas: npt.ArrayLike) -> float:
        """Return ⟨C⟩."""
        return float(self.probabilities(gammas, betas) @ self._costs)

    def energy_and_gradient(
        self,
        gammas: npt.ArrayLike,
        betas: npt.ArrayLike,
        weigh: Callable[[FloatArray], tuple[float, FloatArray]] | None = None,
    ) -> tuple[float, FloatArray]:
        """Return ⟨C⟩ and its gradient by the 2p angles; as `XMixer.energy_and_gradient`."""
        g, b = _angles(gammas, betas)
        psi, p = self.state(g, b), len(g)
        prob = np.abs(psi) ** 2
        value, slope = (float(prob @ self._costs), self._costs) if weigh is None else weigh(prob)
        lam = slope * psi
        grad = np.zeros(2 * p)
        for k in range(p - 1, -1, -1):
            if self.grover:
                inner = np.vdot(self.start, psi)
                grad[p + k] = 2 * np.imag(np.vdot(lam, self.start) * inner)
                psi, lam = self._mix(psi, -b[k]), self._mix(lam, -b[k])
            else:
                pairs = [part.mixer(b[k]) for part in self.parts]
                back = [u.conj().T for u, _ in pairs]
                outer = 1
                for size, (u, du) in zip(self.shape, pairs, strict=True):
                    step = (du @ u.conj().T) @ psi.reshape(outer, size, -1)
                    grad[p + k] += 2 * np.real(np.vdot(lam, step))
                    outer *= size
                psi, lam = self._apply(psi, back), self._apply(lam, back)
            grad[k] = 2 * np.imag(np.vdot(lam, self._costs * psi))
            phase = np.exp(1j * g[k] * self._costs)
            psi, lam = phase * psi, phase * lam
        return value, grad
