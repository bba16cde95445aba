"""Local search of binary problems with linear constraints: flips, and moves within one-hot groups."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine._jit import inlined, kernel
from .kernels_ising import _next

Array = Any


@inlined
def _broken(value: float, low: float, high: float) -> float:
    if value < low - 1e-9:
        return low - value
    if value > high + 1e-9:
        return value - high
    return 0.0


@inlined
def _flip_cost(k: int, x: Array, field: Array, col_ptr: Array, col_row: Array, col_val: Array, activity: Array,
low: Array,
               high: Array, weight: Array) -> float:  # fmt: skip
    sign = 1.0 - 2.0 * x[k]
    cost = sign * field[k]
    for q in range(col_ptr[k], col_ptr[k + 1]):
        r = col_row[q]
        cost += weight[r] * (
            _broken(activity[r] + sign * col_val[q], low[r], high[r]) - _broken(activity[r], low[r], high[r])
        )
    return float(cost)


@inlined
def _flip(k: int, x: Array, field: Array, indptr: Array, indices: Array, values: Array, col_ptr: Array, col_row: Array,
          col_val: Array, activity: Array) -> None:  # fmt: skip
    sign = 1.0 - 2.0 * x[k]
    x[k] = 1 - x[k]
    for q in range(indptr[k], indptr[k + 1]):
        field[indices[q]] += sign * values[q]
    for q in range(col_ptr[k], col_ptr[k + 1]):
        activity[col_row[q]] += sign * col_val[q]


@kernel
def moves(
    indptr: Array, indices: Array, values: Array, linear: Array, col_ptr: Array, col_row: Array, col_val: Array, low:
    Array,
    high: Array, group: Array, members: Array, member_ptr: Array, x: Array, best: Array, iterations: int, step_weight:
    float,
    seed: Any,
) -> float:  # fmt: skip
    """Tabu search with growing weights of broken rows; the best feasible point goes to ``best``.

    ``group[k]`` is the one-hot group of a variable or -1. Moves: flip a free variable; move a group to another option;
    exchange the options of two groups; exchange two free variables (one on, one off). Returns the best objective, 1e300
    if none was feasible.
    """
    n, rows = len(linear), len(low)
    state = np.empty(1, dtype=np.uint64)
    state[0] = seed
    field, activity = linear.copy(), np.zeros(rows)
    weight = np.full(rows, step_weight)
    until = np.zeros(n, np.int64)
    groups = len(member_ptr) - 1
    chosen = np.zeros(groups, np.int64)
    for k in range(n):
        if x[k] == 1:
            for q in range(indptr[k], indptr[k + 1]):
                field[indices[q]] += values[q]
            for q in range(col_ptr[k], col_ptr[k + 1]):
                activity[col_row[q]] += col_val[q]
            if group[k] >= 0:
                chosen[group[k]] = k
    objective = 0.0
    for k in range(n):
        if x[k] == 1:
            objective += 0.5 * (linear[k] + field[k])
    found = 1e300
    for step in range(1, iterations + 1):
        pick, other, value, ties = -1, -1, 1e300, 0
        for k in range(n):
            g = group[k]
            if g >= 0 and x[k] == 1:
                continue
            first = _flip_cost(k, x, field, col_ptr, col_row, col_val, activity, low, high, weight)
            out = -1
            if g >= 0:
                out = chosen[g]
                _flip(k, x, field, indptr, indices, values, col_ptr, col_row, col_val, activity)
                first += _flip_cost(out, x, field, col_ptr, col_row, col_val, activity, low, high, weight)
                _flip(k, x, field, indptr, indices, values, col_ptr, col_row, col_val, activity)
            if until[k] >= step:
                continue
            if first < value - 1e-12:
                pick, other, value, ties = k, out, first, 1
            elif first < value + 1e-12:
                ties += 1
                if _next(state) * ties < 1.0:
                    pick, other = k, out
        third, fourth = -1, -1
        for _ in range(min(200, n)):  # sampled exchanges
            if groups > 1:
                g, h = int(_next(state) * groups), int(_next(state) * groups)
                a, b = chosen[g], chosen[h]
                pa, pb = a - members[member_ptr[g]], b - members[member_ptr[h]]
                if (
                    g == h
                    or pa == pb
                    or member_ptr[g] + pb >= member_ptr[g + 1]
                    or member_ptr[h] + pa >= member_ptr[h + 1]
                ):
                    continue
                c, d = members[member_ptr[g] + pb], members[member_ptr[h] + pa]
            else:
                c, a = int(_next(state) * n), int(_next(state) * n)
                if group[c] >= 0 or group[a] >= 0 or x[c] == 1 or x[a] == 0:
                    continue
                b, d = -1, -1
            if until[c] >= step:
                continue
            cost = 0.0
            for k in (a, b, c, d):
                if k >= 0:
                    cost += _flip_cost(k, x, field, col_ptr, col_row, col_val, activity, low, high, weight)
                    _flip(k, x, field, indptr, indices, values, col_ptr, col_row, col_val, activity)
            for k in (a, b, c, d):
                if k >= 0:
                    _flip(k, x, field, indptr, indices, values, col_ptr, col_row, col_val, activity)
            if cost < value - 1e-12:
                pick, other, third, fourth, value = c, a, d, b, cost
        if pick < 0:
            continue
        if value > -1e-12:  # a local minimum: what is broken weighs more
            for r in range(rows):
                if _broken(activity[r], low[r], high[r]) > 0.0:
                    weight[r] *= 1.3
        for k in (other, fourth, pick, third):
            if k >= 0:
                objective += (1.0 - 2.0 * x[k]) * field[k]
                _flip(k, x, field, indptr, indices, values, col_ptr, col_row, col_val, activity)
                until[k] = step + 4 + int(_next(state) * 8)
                if group[k] >= 0 and x[k] == 1:
                    chosen[group[k]] = k
        bad = False
        for r in range(rows):
            if _broken(activity[r], low[r], high[r]) > 0.0:
                bad = True
                break
        if not bad and objective < found - 1e-9:
            found = objective
            for k in range(n):
                best[k] = x[k]
    return found
