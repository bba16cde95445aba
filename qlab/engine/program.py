"""The gate program: the passes of a circuit as the integer and float tables the kernels read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import codes
from .angles import Angle, angle_arrays
from .arrays import FloatArray, IntArray
from .frame import Constraint, Frame, solve, span
from .lower import Pass
from .matrices import X, constant_row
from .observables import Term

AMPLITUDE = 16  # doubles of one amplitude of a group: 8 real, 8 imaginary
_MATRIX = 64  # doubles of one 2x2 matrix of a group


@dataclass(frozen=True, slots=True)
class Program:
    """Tables of one circuit; see `codes` for their columns.

    ``u_doubles`` and ``axis_doubles`` are (fixed, per group) sizes; ``first`` is the earliest slot with a
    wanted gradient.
    """

    slots: IntArray
    factors: IntArray
    constants: FloatArray
    table: IntArray
    angles: IntArray
    affine: FloatArray
    rows_w: int
    rows_x: int
    u_batched: int
    axis_batched: int
    u_shared: int
    axis_shared: int
    t_slots: int
    first: int
    work: int  # amplitude pairs of all passes, for the decision to use threads


def build(passes: Sequence[Pass], n_qubits: int, *, want_x: bool) -> Program:
    """Return the program of some passes.

    Args:
        passes: From `lower`.
        n_qubits: Wires of the state.
        want_x: Whether gradients of inputs will be asked for.
    """
    angles: dict[Angle, int] = {}
    constants: list[FloatArray] = []
    factors: list[tuple[int, int, int, int]] = []
    slots = np.zeros((len(passes), codes.SLOT_COLUMNS), dtype=np.int64)
    tables = _Tables(n_qubits)
    sizes = {"u": [0, 0], "axis": [0, 0]}
    t_slots, work, first = 0, 0, len(passes)
    # Per-sample matrices and axes lie behind the shared ones; their offsets become absolute below.
    for s, p in enumerate(passes):
        batched = int(any(f.angle is not None and f.angle.source.batched for f in p.factors))
        start, wanted = len(factors), False
        for f in p.factors:
            if f.angle is None:
                assert f.matrix is not None
                constants.append(constant_row(f.matrix))
                factors.append((codes.CONST, len(constants) - 1, 0, 0))
                continue
            want = f.angle.source.reads_w or (want_x and f.angle.source.reads_x)
            axis = sizes["axis"][batched] if want else 0
            if want:
                sizes["axis"][batched] += 32
            row = angles.setdefault(f.angle, len(angles))
            factors.append((f.kind, row, int(want), axis))
            wanted = wanted or want
        kind = _kind(p)
        lo, lo_n, hi, hi_n = tables.add(p)
        slots[s] = (
            kind,
            p.v * AMPLITUDE,
            lo,
            lo_n,
            hi,
            hi_n,
            sizes["u"][batched],
            0,
            t_slots if wanted else -1,
            start,
            len(factors),
            batched,
        )
        sizes["u"][batched] += _MATRIX
        work += lo_n * hi_n
        if wanted:
            t_slots += 1
            first = min(first, s)
    factor_array = np.array(factors, dtype=np.int64).reshape(-1, 4)
    for slot in slots[slots[:, codes.BATCHED] == 1]:
        factor_array[slot[codes.F_FROM] : slot[codes.F_TO], codes.F_AXIS] += sizes["axis"][0]
    slots[:, codes.U_STRIDE] = slots[:, codes.BATCHED] * sizes["u"][1]
    slots[:, codes.U] += slots[:, codes.BATCHED] * sizes["u"][0]
    table, affine, rows_w, rows_x = angle_arrays(list(angles))
    return Program(
        slots,
        factor_array,
        np.array(constants, dtype=np.float64).reshape(-1, 17),
        tables.array(),
        table,
        affine,
        rows_w,
        rows_x,
        sizes["u"][1],
        sizes["axis"][1],
        sizes["u"][0],
        sizes["axis"][0],
        t_slots,
        first,
        work,
    )


def term_arrays(terms: Sequence[Term], frame: Frame) -> tuple[IntArray, FloatArray]:
    """Return the kernel's ``terms`` and ``coef``, with signs and the factor 2 of halved sums folded in."""
    rows = np.zeros((len(terms), codes.TERM_COLUMNS), dtype=np.int64)
    coef = np.zeros(len(terms), dtype=np.float64)
    for k, term in enumerate(terms):
        x, z, sign = frame.pauli(term.x, term.z)
        turns = term.turns
        top = 1 << (x.bit_length() - 1) if x else 0
        rows[k] = x * AMPLITUDE, z * AMPLITUDE, turns & 1, term.row, top * AMPLITUDE
        coef[k] = term.coefficient * (-1) ** sign * (-1) ** (turns // 2) * (2 if x else 1)
    return rows, coef


def memory_order(frame: Frame) -> IntArray:
    """Return the memory index of every logical basis state."""
    return np.array(span(frame.shift, frame.col), dtype=np.int64)


def _kind(p: Pass) -> int:
    if p.m == 0:
        return codes.PHASE
    if len(p.factors) == 1 and p.factors[0].matrix is not None and np.array_equal(p.factors[0].matrix, X):
        return codes.SWAP
    if p.diagonal:
        return codes.DIAGONAL
    return codes.REAL if all(f.real for f in p.factors) else codes.GENERAL


class _Tables:
    """Amplitude numbers of every distinct subspace, as two lists whose pairwise xor are all of them."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._chunks: list[list[int]] = []
        self._size = 0
        self._seen: dict[tuple[Constraint, ...], tuple[int, int, int, int]] = {}

    def add(self, p: Pass) -> tuple[int, int, int, int]:
        """Return (lo, lo_n, hi, hi_n) of the amplitudes a pass walks."""
        constraints = p.constraints if p.m == 0 else ((p.m, 0), *p.constraints)
        found = self._seen.get(constraints)
        if found is None:
            start, basis = solve(self._n, constraints)
            cut = min(len(basis), max(6, (len(basis) + 1) // 2))
            low, high = span(0, basis[:cut]), span(start, basis[cut:])
            found = self._size, len(low), self._size + len(low), len(high)
            self._seen[constraints] = found
            self._chunks += [low, high]
            self._size += len(low) + len(high)
        return found

    def array(self) -> IntArray:
        """Return all lists behind each other, times the size of an amplitude."""
        return np.array([i for chunk in self._chunks for i in chunk], dtype=np.int64) * AMPLITUDE
