"""A problem over bits: `Bits` (any degree, with penalties), `Qubo` and `Ising`. Values only; built in encode.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from ..errors import OptimizeError
from .terms import Affine, Evaluator, FloatArray, IntArray, Terms, add, degree, indices

Slack = tuple[
    float, tuple[tuple[int, float], ...], tuple[tuple[int, int], ...]
]  # slack left at x = rest + Σ a·x; its bits


@dataclass(frozen=True, eq=False)
class Bits:
    """Minimise ``energy(b) = sign·objective + penalty·broken²`` over bits.

    Attributes:
        n: Bits, those of slacks and helpers included.
        objective: sign·objective over bits.
        broken: The penalty polynomial: 0 where every constraint is kept, at least 1 elsewhere (if ``safe``).
        penalty: The factor of ``broken``.
        safe: Whether the lowest energy is proven to be the problem's optimum.
        proof: Why it is safe, or what isn't.
        affine: Each variable as a constant and coefficients of bits.
        groups: Bits of which exactly one is 1; ``kept`` says that a mixer must see to it, not the penalty.
        names: One for each bit.
    """

    n: int
    objective: Terms
    broken: Terms
    penalty: float
    safe: bool
    proof: str
    sign: int
    affine: tuple[Affine, ...]
    groups: tuple[tuple[int, ...], ...]
    kept: bool
    names: tuple[str, ...]
    slacks: tuple[Slack, ...] = field(default=(), repr=False)

    @cached_property
    def terms(self) -> Terms:
        """The whole polynomial that is minimised."""
        out = dict(self.objective)
        add(out, self.broken.items(), self.penalty)
        return out

    @cached_property
    def energy(self) -> Evaluator:
        """The energy as a callable."""
        return Evaluator(self.terms)

    def decode(self, bits: npt.ArrayLike) -> FloatArray:
        """Return the variables of a bit string, shape (n,) to the problem's (n,)."""
        b = np.asarray(bits, dtype=np.float64)
        return np.array([c + sum(a * b[i] for i, a in linear) for c, linear in self.affine])

    def encode(self, x: npt.ArrayLike) -> IntArray:
        """Return bits of a point, slack bits at their best; helper bits of products are not set here."""
        point = np.asarray(x, dtype=np.float64)
        bits = np.zeros(self.n, dtype=np.int64)
        for (constant, linear), value in zip(self.affine, point.tolist(), strict=True):
            _write(bits, linear, round(value - constant))
        for rest, coefs, weights in self.slacks:
            left = rest + sum(a * point[i] for i, a in coefs)
            top = sum(w for _, w in weights)
            _write(bits, tuple((b, float(w)) for b, w in weights), min(max(0, round(left)), top))
        return bits

    def to_qubo(self) -> Qubo:
        """Return the quadratic form; each product of two bits that longer terms share becomes a helper bit.

        Source: Rosenberg, Cahiers du Centre d'Études de Recherche Opérationnelle 17 (1975): y = b·c is enforced by
        M(b·c - 2b·y - 2c·y + 3y), with M above the sum of the sizes of the terms that use y.
        """
        terms = dict(self.terms)
        n, helpers = self.n, []
        while degree(terms) > 2:
            count: dict[tuple[int, int], int] = {}
            for key in terms:
                if len(key) > 2:
                    for pair in combinations(key, 2):
                        count[pair] = count.get(pair, 0) + 1
            i, j = max(count, key=lambda pair: (count[pair], pair))
            used = {k: v for k, v in terms.items() if len(k) > 2 and i in k and j in k}
            m = sum(abs(v) for v in used.values()) + 1.0
            for key, value in used.items():
                del terms[key]
                add(terms, [(tuple(sorted((*(q for q in key if q not in (i, j)), n))), value)])
            add(terms, [((i, j), m), (tuple(sorted((i, n))), -2 * m), (tuple(sorted((j, n))), -2 * m), ((n,), 3 * m)])
            helpers.append((n, i, j))
            n += 1
        pairs = [k for k in terms if len(k) == 2]
        i, j = indices(pairs, 2)
        coef = np.fromiter((terms[k] for k in pairs), np.float64, len(pairs))
        order = np.lexsort((j, i))
        linear = np.zeros(n)
        for key, value in terms.items():
            if len(key) == 1:
                linear[key[0]] = value
        return Qubo(
            n,
            linear,
            i[order],
            j[order],
            coef[order],
            terms.get((), 0.0),
            self,
            tuple(helpers),
        )


def _write(bits: IntArray, linear: tuple[tuple[int, float], ...], value: int) -> None:
    """Set bits whose weights sum to the value: the largest weight that fits first."""
    left = float(value)
    for bit, weight in sorted(linear, key=lambda t: -t[1]):
        if 0 < weight <= left + 1e-9:
            bits[bit] = 1
            left -= weight
        elif weight == 0.0 and left == 0.0 and value == 0:
            bits[bit] = 1  # the one-hot bit of the lowest value
            break
    if abs(left) > 1e-6:
        raise OptimizeError(
            f"the value {value} is outside its range", where="Bits.encode", cure="give a point in range"
        )


@dataclass(frozen=True, eq=False)
class Qubo:
    """Minimise Σ linear·b + Σ coef·b[i]·b[j] + offset; ``i < j``.

    Attributes:
        bits: Where it comes from; the first ``bits.n`` bits are its own, the rest are ``helpers`` (y, i, j).
    """

    n: int
    linear: FloatArray
    i: IntArray
    j: IntArray
    coef: FloatArray
    offset: float
    bits: Bits
    helpers: tuple[tuple[int, int, int], ...] = ()

    @property
    def safe(self) -> bool:
        """Whether its lowest energy is proven to be the problem's optimum."""
        return self.bits.safe

    @property
    def proof(self) -> str:
        """Why it is safe, or what isn't."""
        return self.bits.proof

    def matrix(self) -> FloatArray:
        """Return the upper triangular Q with ``energy = b'Qb + offset``."""
        q = np.diag(self.linear)
        q[self.i, self.j] = self.coef
        return q

    def energy(self, b: npt.ArrayLike) -> float:
        """Return the energy of a bit string, shape (n,)."""
        v = np.asarray(b, dtype=np.float64)
        return float(self.linear @ v + (self.coef * v[self.i]) @ v[self.j] + self.offset)

    def complete(self, bits: npt.ArrayLike) -> IntArray:
        """Return the problem's bits with the helper bits at the products they stand for."""
        b = np.zeros(self.n, dtype=np.int64)
        b[: self.bits.n] = np.asarray(bits, dtype=np.int64)[: self.bits.n]
        for y, i, j in self.helpers:
            b[y] = b[i] & b[j]
        return b

    def to_ising(self) -> Ising:
        """Return it over spins s = 1 - 2b."""
        h = -self.linear / 2.0
        np.subtract.at(h, self.i, self.coef / 4.0)
        np.subtract.at(h, self.j, self.coef / 4.0)
        offset = self.offset + float(self.linear.sum()) / 2.0 + float(self.coef.sum()) / 4.0
        return Ising(self.n, h, self.i, self.j, self.coef / 4.0, offset, self)

    @cached_property
    def neighbours(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Couplings in compressed rows: ``indptr``, ``indices``, ``values``; each pair in both rows."""
        rows, cols = np.concatenate([self.i, self.j]), np.concatenate([self.j, self.i])
        values = np.concatenate([self.coef, self.coef])
        order = np.lexsort((cols, rows))
        indptr = np.zeros(self.n + 1, dtype=np.int64)
        np.add.at(indptr, rows + 1, 1)
        return np.cumsum(indptr), cols[order], values[order]


@dataclass(frozen=True, eq=False)
class Ising:
    """Minimise Σ h·s + Σ J·s[i]·s[j] + offset over spins 1 and -1; bit 0 is spin 1."""

    n: int
    h: FloatArray
    i: IntArray
    j: IntArray
    J: FloatArray
    offset: float
    qubo: Qubo

    def energy(self, s: npt.ArrayLike) -> float:
        """Return the energy of spins, shape (n,)."""
        v = np.asarray(s, dtype=np.float64)
        return float(self.h @ v + (self.J * v[self.i]) @ v[self.j] + self.offset)


def bits_of(state: int, n: int) -> IntArray:
    """Return the bits of a basis state, bit 0 the least significant."""
    return (np.int64(state) >> np.arange(n)) & 1


def state_of(bits: npt.ArrayLike) -> int:
    """Return the basis state of bits."""
    return sum(1 << k for k, b in enumerate(np.asarray(bits).tolist()) if b)


def polynomial(terms: Mapping[tuple[int, ...], float], n: int) -> Bits:
    """Return bare `Bits` of a polynomial that has no constraints: a window, or a test."""
    affine = tuple((0.0, ((k, 1.0),)) for k in range(n))
    names = tuple(f"b[{k}]" for k in range(n))
    return Bits(n, dict(terms), {}, 0.0, True, "no constraints", 1, affine, (), False, names)
