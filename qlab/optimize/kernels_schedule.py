"""Local search of schedules: job-shop tabu over critical blocks, project schedules from priority lists."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine._jit import inlined, kernel
from .kernels_ising import _next

Array = Any


@inlined
def _heads(
    job_next: Array, job_prev: Array, next_on: Array, prev_on: Array, length: Array, head: Array, waiting: Array,
    queue: Array,
) -> int:  # fmt: skip
    """Write earliest starts of a selection; returns the makespan, or -1 when it has a cycle."""
    n = len(length)
    tail = 0
    for i in range(n):
        head[i] = 0
        waiting[i] = (1 if job_prev[i] >= 0 else 0) + (1 if prev_on[i] >= 0 else 0)
        if waiting[i] == 0:
            queue[tail] = i
            tail += 1
    at = span = 0
    while at < tail:
        i = queue[at]
        at += 1
        end = head[i] + length[i]
        span = max(span, end)
        for j in (job_next[i], next_on[i]):
            if j >= 0:
                head[j] = max(head[j], end)
                waiting[j] -= 1
                if waiting[j] == 0:
                    queue[tail] = j
                    tail += 1
    return span if at == n else -1


@inlined
def _swap(a: int, b: int, next_on: Array, prev_on: Array) -> None:
    """Exchange a and its machine successor b."""
    before, after = prev_on[a], next_on[b]
    if before >= 0:
        next_on[before] = b
    if after >= 0:
        prev_on[after] = a
    prev_on[b], next_on[b] = before, a
    prev_on[a], next_on[a] = b, after


@kernel
def spans(job_next: Array, job_prev: Array, length: Array, orders: Array, machine: Array, next_on: Array,
prev_on: Array,
          out: Array) -> None:  # fmt: skip
    """Write the makespan (or -1) for each of ``orders`` (rows) of one machine's tasks between fixed neighbours."""
    n = len(length)
    head, waiting, queue = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    k = orders.shape[1]
    before, after = prev_on[machine[0]], next_on[machine[k - 1]]
    for row in range(len(orders)):
        last = before
        for p in range(k):
            i = machine[orders[row, p]]
            prev_on[i] = last
            if last >= 0:
                next_on[last] = i
            last = i
        next_on[last] = after
        if after >= 0:
            prev_on[after] = last
        out[row] = _heads(job_next, job_prev, next_on, prev_on, length, head, waiting, queue)


@kernel
def heads_of(job_next: Array, job_prev: Array, next_on: Array, prev_on: Array, length: Array, head: Array) -> int:
    """Write the earliest starts of a selection and return its makespan, -1 for a cycle."""
    n = len(length)
    return _heads(job_next, job_prev, next_on, prev_on, length, head, np.empty(n, np.int64), np.empty(n, np.int64))


@kernel
def job_shop_tabu(
    job_next: Array,
    job_prev: Array,
    length: Array,
    next_on: Array,
    prev_on: Array,
    iterations: int,
    target: int,
    seed: Any,
) -> int:
    """Tabu search over swaps at the ends of critical blocks, from the given machine orders; leaves the best there.

    Source: Nowicki and Smutnicki, Management Science 42, 797 (1996), neighbourhood N5, with exact makespans.
    """
    n = len(length)
    head, waiting, queue = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    path = np.empty(n, np.int64)
    until = np.zeros((n, n), np.int64)
    state = np.empty(1, dtype=np.uint64)
    state[0] = seed
    best_next, best_prev = next_on.copy(), prev_on.copy()
    span = _heads(job_next, job_prev, next_on, prev_on, length, head, waiting, queue)
    low, since = span, 0
    for step in range(1, iterations + 1):
        if low <= target:
            break
        count = 0
        here = -1
        for i in range(n):
            if head[i] + length[i] == span and (here < 0 or _next(state) < 0.5):
                here = i
        while here >= 0:
            path[count] = here
            count += 1
            j, m = job_prev[here], prev_on[here]
            from_machine = m >= 0 and head[m] + length[m] == head[here]
            from_job = j >= 0 and head[j] + length[j] == head[here]
            if from_machine and from_job:
                here = m if _next(state) < 0.5 else j
            else:
                here = m if from_machine else (j if from_job else -1)
        pick_a, pick_b, value, ties = -1, -1, 1 << 60, 0
        for p in range(count - 1):
            b, a = path[p], path[p + 1]
            if prev_on[b] != a:
                continue
            starts = p + 2 >= count or prev_on[a] != path[p + 2]  # a is the first of its block
            ends = p == 0 or prev_on[path[p - 1]] != b  # b is the last of its block
            if not ((starts and p + 2 < count) or (ends and p > 0)):
                continue
            _swap(a, b, next_on, prev_on)
            got = _heads(job_next, job_prev, next_on, prev_on, length, head, waiting, queue)
            _swap(b, a, next_on, prev_on)
            if got < 0 or (until[b, a] > step and got >= low):
                continue
            if got < value:
                pick_a, pick_b, value, ties = a, b, got, 1
            elif got == value:
                ties += 1
                if _next(state) * ties < 1.0:
                    pick_a, pick_b = a, b
        if pick_a < 0:  # all moves are forbidden, or the path has no machine block: a random swap
            for _ in range(20):
                a = int(_next(state) * n)
                b = next_on[a]
                if b >= 0:
                    _swap(a, b, next_on, prev_on)
                    if _heads(job_next, job_prev, next_on, prev_on, length, head, waiting, queue) >= 0:
                        break
                    _swap(b, a, next_on, prev_on)
        else:
            _swap(pick_a, pick_b, next_on, prev_on)
            until[pick_a, pick_b] = step + 8 + int(_next(state) * 8)
        span = _heads(job_next, job_prev, next_on, prev_on, length, head, waiting, queue)
        since += 1
        if span < low:
            low, since = span, 0
            best_next[:] = next_on
            best_prev[:] = prev_on
        elif since > 2000:
            next_on[:] = best_next
            prev_on[:] = best_prev
            since = 0
            for _ in range(6):
                a = int(_next(state) * n)
                b = next_on[a]
                if b >= 0:
                    _swap(a, b, next_on, prev_on)
                    if _heads(job_next, job_prev, next_on, prev_on, length, head, waiting, queue) < 0:
                        _swap(b, a, next_on, prev_on)
            span = _heads(job_next, job_prev, next_on, prev_on, length, head, waiting, queue)
    next_on[:] = best_next
    prev_on[:] = best_prev
    return low


@inlined
def _serial(
    order: Array, length: Array, demand: Array, capacity: Array, pred_ptr: Array, preds: Array, use: Array, start: Array
) -> int:
    """Serial schedule generation: each task of the list as early as precedences and resources allow."""
    span = 0
    use[:, :] = 0
    for p in range(len(order)):
        i = order[p]
        t = 0
        for q in range(pred_ptr[i], pred_ptr[i + 1]):
            j = preds[q]
            t = max(t, start[j] + length[j])
        while True:
            clash = -1
            for u in range(t + length[i] - 1, t - 1, -1):
                for r in range(len(capacity)):
                    if use[u, r] + demand[i, r] > capacity[r]:
                        clash = u
                        break
                if clash >= 0:
                    break
            if clash < 0:
                break
            t = clash + 1
        start[i] = t
        for u in range(t, t + length[i]):
            for r in range(len(capacity)):
                use[u, r] += demand[i, r]
        span = max(span, t + length[i])
    return span


@kernel
def list_spans(
    orders: Array, length: Array, demand: Array, capacity: Array, pred_ptr: Array, preds: Array, horizon: int, starts:
    Array,
    out: Array,
) -> None:  # fmt: skip
    """Write starts and makespans of priority lists (rows of ``orders``)."""
    use = np.empty((horizon + 1, len(capacity)), np.int64)
    for row in range(len(orders)):
        out[row] = _serial(orders[row], length, demand, capacity, pred_ptr, preds, use, starts[row])


@kernel
def list_search(
    order: Array, length: Array, demand: Array, capacity: Array, pred_ptr: Array, preds: Array, horizon: int,
    iterations: int, target: int, seed: Any, start: Array,
) -> int:  # fmt: skip
    """Annealed shifts of tasks within a priority list that keeps precedences; leaves the best list and its starts."""
    n = len(order)
    state = np.empty(1, dtype=np.uint64)
    state[0] = seed
    use = np.empty((horizon + 1, len(capacity)), np.int64)
    here, place, trial = order.copy(), np.empty(n, np.int64), np.empty(n, np.int64)
    now = _serial(here, length, demand, capacity, pred_ptr, preds, use, start)
    low = now
    best_start = start.copy()
    for step in range(iterations):
        if low <= target:
            break
        temperature = max(0.05, 1.5 * (1.0 - step / iterations))
        for p in range(n):
            place[here[p]] = p
        p = int(_next(state) * n)
        i = here[p]
        left, right = 0, n - 1
        for q in range(pred_ptr[i], pred_ptr[i + 1]):
            left = max(left, place[preds[q]] + 1)
        for j in range(n):
            for q in range(pred_ptr[j], pred_ptr[j + 1]):
                if preds[q] == i:
                    right = min(right, place[j] - 1)
        if right <= left:
            continue
        to = left + int(_next(state) * (right - left + 1))
        if to == p:
            continue
        trial[:] = here
        if to > p:
            for u in range(p, to):
                trial[u] = here[u + 1]
        else:
            for u in range(p, to, -1):
                trial[u] = here[u - 1]
        trial[to] = i
        got = _serial(trial, length, demand, capacity, pred_ptr, preds, use, start)
        if got <= now or _next(state) < math.exp((now - got) / temperature):
            here[:] = trial
            now = got
            if got < low:
                low = got
                order[:] = here
                best_start[:] = start
    start[:] = best_start
    return low
