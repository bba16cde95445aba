"""Expectations of a group's final state, and lambda, where the walk back starts.

What is diagonal of an observable is a sparse row of weights by memory index, projectors included; the other
Pauli strings are walked one by one. The Pauli frame xors addresses and turns signs. No kernel allocates.
"""

from __future__ import annotations

from typing import Any

from ._jit import helper
from .arrays import FloatArray, IntArray
from .codes import N_OBS, SIZE, X_FRAME, Z_FRAME
from .vec import load, odd_parity, splat, store


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
            i = base + (index[k] ^ shift)
            re, im = load(psi, i), load(psi, i + 8)
            total = total + splat(psi, weight[k]) * (re * re + im * im)
        store(expected, (g * n_obs + o) * 8, total)
    for m in range(paulis.shape[0]):
        x, z, turn, row, top = paulis[m, 0], paulis[m, 1], paulis[m, 2], paulis[m, 3], paulis[m, 4]
        plus = splat(psi, 0.0)
        minus = splat(psi, 0.0)
        for k in range(0, size, 16):
            if k & top == 0:
                i, j = base + k, base + (k ^ x)
                xr, xi, yr, yi = load(psi, i), load(psi, i + 8), load(psi, j), load(psi, j + 8)
                p = yi * xr - yr * xi if turn else yr * xr + yi * xi
                if odd_parity(k & z):
                    minus = minus + p
                else:
                    plus = plus + p
        c = pauli_coef[m] * (1 - 2 * (odd_parity(x & z_frame) ^ odd_parity(z & shift)))
        at = (g * n_obs + row) * 8
        store(expected, at, load(expected, at) + splat(psi, 2.0 * c) * (plus - minus))


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
            i = lam + (index[k] ^ shift)
            store(work, i, load(work, i) + c * splat(psi, weight[k]))
    for k in range(0, size, 16):
        f = load(work, lam + k)
        store(work, lam + k, f * load(psi, base + k))
        store(work, lam + k + 8, f * load(psi, base + k + 8))
    for m in range(paulis.shape[0]):
        x, z, turn, row = paulis[m, 0], paulis[m, 1], paulis[m, 2], paulis[m, 3]
        flip = odd_parity(x & z_frame) ^ odd_parity(z & shift)
        c = splat(psi, pauli_coef[m] * (1 - 2 * flip)) * load(cotangent, (g * n_obs + row) * 8)
        n = zero - c
        for k in range(0, size, 16):
            f = n if odd_parity(k & z) else c
            xr, xi = load(psi, base + k), load(psi, base + k + 8)
            at = lam + (k ^ x)
            if turn:
                store(work, at, load(work, at) - f * xi)
                store(work, at + 8, load(work, at + 8) + f * xr)
            else:
                store(work, at, load(work, at) + f * xr)
                store(work, at + 8, load(work, at + 8) + f * xi)
