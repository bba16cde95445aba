"""Expectations of a group's final state, and lambda, where the walk back starts.

What is diagonal of an observable is a sparse row of weights by memory index, projectors included; the other
Pauli strings are walked one by one. The Pauli frame xors addresses and turns signs. No kernel allocates.
"""

from __future__ import annotations

from typing import Any

from ._jit import helper
from .arrays import FloatArray, IntArray
from .codes import N_OBS, SIZE, X_FRAME, Z_FRAME
from .emit import Emitter, Numbers, Value, emitted
from .vec import load, odd_parity, signed, splat, store


@emitted(1)
def _weighed(e: Emitter, psi: Numbers, i: Value, weight: Value, total: Value) -> Value:
    """Return the total with the weighted square of an amplitude."""
    re, im = psi.load(i), psi.load(i + 8)
    return total + psi.copies(weight) * (re * re + im * im)


@emitted(1)
def _crossed(e: Emitter, psi: Numbers, i: Value, j: Value, turn: Value, odd: Value, total: Value) -> Value:
    """Return the total with, or where ``odd`` without, one of the products of two amplitudes."""
    xr, xi, yr, yi = psi.load(i), psi.load(i + 8), psi.load(j), psi.load(j + 8)
    product = (yi * xr - yr * xi).where(turn, yr * xr + yi * xi)
    return total + product.negative(odd)


@emitted()
def _add(e: Emitter, to: Numbers, at: Value, factor: Value, value: Value) -> None:
    """Add the product of two vectors."""
    to.store(at, to.load(at) + factor * value)


@emitted(1)
def _product(e: Emitter, a: Value, b: Value) -> Value:
    return a * b


@emitted()
def _scale(e: Emitter, work: Numbers, at: Value, psi: Numbers, i: Value) -> None:
    """Write an amplitude times the real factor that stands where its real part goes."""
    factor = work.load(at)
    work.store(at, factor * psi.load(i))
    work.store(at + 8, factor * psi.load(i + 8))


@emitted()
def _add_string(
    e: Emitter, work: Numbers, at: Value, psi: Numbers, i: Value, factor: Value, turn: Value, odd: Value
) -> None:
    """Add an amplitude times a real factor, or i times it, which is negative where ``odd``."""
    f, xr, xi = factor.negative(odd), psi.load(i), psi.load(i + 8)
    work.store(at, work.load(at) + f * (-xi).where(turn, xr))
    work.store(at + 8, work.load(at + 8) + f * xr.where(turn, xi))


@helper
def expect(
    g: int,
    job: IntArray,
    paulis: IntArray,
    pauli_coef: FloatArray,
    rows: IntArray,
    index: IntArray,
    weight: FloatArray,
    psi: Any,
    base: int,
    expected: Any,
) -> None:
    """Write the expectations in the stored state, whose norm isn't 1 yet, to ``expected[group, row, lane]``."""
    n_obs, size, shift, z_frame = job[N_OBS], job[SIZE], job[X_FRAME], job[Z_FRAME]
    for o in range(n_obs):
        total = splat(psi, 0.0)
        for k in range(rows[o], rows[o + 1]):
            total = _weighed(psi, base + (index[k] ^ shift), weight[k], total)
        store(expected, (g * n_obs + o) * 8, total)
    for m in range(paulis.shape[0]):
        x, z, turn, row, top = paulis[m, 0], paulis[m, 1], paulis[m, 2], paulis[m, 3], paulis[m, 4]
        total = splat(psi, 0.0)
        for k in range(0, size, 16):
            if k & top == 0:
                total = _crossed(psi, base + k, base + (k ^ x), turn, odd_parity(k & z), total)
        c = pauli_coef[m] * (1 - 2 * (odd_parity(x & z_frame) ^ odd_parity(z & shift)))
        _add(expected, (g * n_obs + row) * 8, splat(psi, 2.0 * c), total)


@helper
def adjoint_start(
    g: int,
    job: IntArray,
    paulis: IntArray,
    pauli_coef: FloatArray,
    rows: IntArray,
    index: IntArray,
    weight: FloatArray,
    psi: Any,
    base: int,
    work: Any,
    lam: int,
    cotangent: Any,
) -> None:
    """Set ``work[lam:]`` to the sum of cotangent[row] * observable[row] |psi>."""
    n_obs, size, shift, z_frame = job[N_OBS], job[SIZE], job[X_FRAME], job[Z_FRAME]
    zero = splat(psi, 0.0)
    for k in range(0, size, 16):
        store(work, lam + k, zero)
    for o in range(n_obs):
        c = load(cotangent, (g * n_obs + o) * 8)
        for k in range(rows[o], rows[o + 1]):
            _add(work, lam + (index[k] ^ shift), c, splat(psi, weight[k]))
    for k in range(0, size, 16):
        _scale(work, lam + k, psi, base + k)
    for m in range(paulis.shape[0]):
        x, z, turn, row = paulis[m, 0], paulis[m, 1], paulis[m, 2], paulis[m, 3]
        flip = odd_parity(x & z_frame) ^ odd_parity(z & shift)
        c = _product(splat(psi, pauli_coef[m]), signed(load(cotangent, (g * n_obs + row) * 8), flip))
        for k in range(0, size, 16):
            _add_string(work, lam + (k ^ x), psi, base + k, c, turn, odd_parity(k & z))
