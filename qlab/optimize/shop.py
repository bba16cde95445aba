"""Schedules in local search: a job shop's machine orders and a project's priority list, with windows of them."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import Any, Protocol

import numpy as np

from .bounds import quick
from .inspired import seeds
from .parts import NoOverlap
from .problem import Problem
from .terms import FloatArray, IntArray

ORDERS = 720  # of six tasks: the largest window of an order


class Schedule(Protocol):
    """A schedule in the hands of a local search."""

    def round(self) -> FloatArray | None:
        """Make one round of local search; return the best point."""

    def point(self) -> FloatArray:
        """Return the current schedule as a point."""

    def window(self, rng: np.random.Generator, size: int) -> tuple[str, IntArray, IntArray]:
        """Return a name, orders (rows) of some tasks, and their makespans; -1 for an impossible one."""

    def put(self, order: IntArray) -> None:
        """Put one order of the last window back into the schedule."""


def schedule_of(p: Problem, seed: int, start: FloatArray | None) -> Schedule:
    """Return the search of a problem's kind, from a feasible point or a priority rule."""
    return JobShop(p, seed, start) if p.kind == "job_shop" else Project(p, seed, start)


class JobShop:
    """Machine orders as linked lists of tasks."""

    def __init__(self, p: Problem, seed: int, start: FloatArray | None) -> None:
        jobs = p.data["jobs"]
        self.p, self.seed, self.count = p, seed, 0
        self.n = n = p.n - 1
        self.length = np.array([d for job in jobs for _, d in job], np.int64)
        ends = np.cumsum([len(job) for job in jobs])
        self.job_next = np.arange(1, n + 1)
        self.job_next[ends - 1] = -1
        self.job_prev = np.arange(-1, n - 1)
        self.job_prev[ends[:-1]] = -1
        self.machines = [np.array([i for i, _ in c.tasks]) for c in p.constraints if isinstance(c, NoOverlap)]
        self.target = int(quick(p)[0])
        begin = self._dispatch(jobs) if start is None else np.asarray(start)[:n]
        self.next_on, self.prev_on = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
        for tasks in self.machines:
            # tasks without duration may share a start: the longer one comes last
            order = tasks[np.lexsort((tasks, self.length[tasks], begin[tasks]))]
            self.next_on[order[:-1]], self.prev_on[order[1:]] = order[1:], order[:-1]
        self._window: tuple[Any, ...] = ()

    def _dispatch(self, jobs: Any) -> FloatArray:
        """Return starts of a non-delay schedule by the most work remaining."""
        at, free_job = [0] * len(jobs), [0] * len(jobs)
        free: dict[int, int] = {}
        first = np.concatenate([[0], np.cumsum([len(job) for job in jobs])])
        begin = np.zeros(self.n)
        for _ in range(self.n):
            options = []
            for j, job in enumerate(jobs):
                if at[j] < len(job):
                    m, _ = job[at[j]]
                    left = sum(d for _, d in job[at[j] :])
                    options.append((max(free_job[j], free.get(m, 0)), -left, j))
            t, _, j = min(options)
            m, d = jobs[j][at[j]]
            begin[first[j] + at[j]] = t
            free_job[j] = free[m] = t + d
            at[j] += 1
        return begin

    def point(self) -> FloatArray:
        from .kernels_schedule import heads_of

        head = np.empty(self.n, np.int64)
        span = heads_of(self.job_next, self.job_prev, self.next_on, self.prev_on, self.length, head)
        return np.concatenate([head, [max(span, self.p.variables[-1].low)]]).astype(float)

    def round(self) -> FloatArray | None:
        from .kernels_schedule import job_shop_tabu

        self.count += 1
        steps = max(500, 400_000 // self.n)
        job_shop_tabu(self.job_next, self.job_prev, self.length, self.next_on, self.prev_on, steps, self.target,
                      seeds(self.seed, 1, self.count)[0])  # fmt: skip
        return self.point()

    def window(self, rng: np.random.Generator, size: int) -> tuple[str, IntArray, IntArray]:
        from .kernels_schedule import spans

        m = int(rng.integers(len(self.machines)))
        order = [int(i) for i in self.machines[m] if self.prev_on[i] < 0]
        while self.next_on[order[-1]] >= 0:
            order.append(int(self.next_on[order[-1]]))
        k = min(size, len(order))
        if k < 2:
            return f"machine {m}", np.zeros((1, k), np.int64), np.array([int(self.point()[-1])])
        at = int(rng.integers(len(order) - k + 1))
        tasks = np.array(order[at : at + k], np.int64)
        orders = np.array(list(permutations(range(k))), np.int64)
        out = np.empty(len(orders), np.int64)
        spans(self.job_next, self.job_prev, self.length, orders, tasks, self.next_on.copy(), self.prev_on.copy(), out)
        self._window = (tasks, self.prev_on[tasks[0]], self.next_on[tasks[-1]])
        return f"machine {m}, {k} tasks", orders, out

    def put(self, order: IntArray) -> None:
        tasks, before, after = self._window
        chain = [int(before), *(int(tasks[q]) for q in order), int(after)]
        for a, b in pairwise(chain):
            if a >= 0:
                self.next_on[a] = b
            if b >= 0:
                self.prev_on[b] = a
        if before < 0:
            self.prev_on[chain[1]] = -1
        if after < 0:
            self.next_on[chain[-2]] = -1


class Project:
    """A priority list whose serial schedule is the point."""

    def __init__(self, p: Problem, seed: int, start: FloatArray | None) -> None:
        from .scheduling import topological

        d = p.data
        self.p, self.seed, self.count = p, seed, 0
        self.n = n = len(d["durations"])
        self.length = np.array(d["durations"], np.int64)
        self.demand = np.array(d["demands"], np.int64).reshape(n, -1)
        self.capacity = np.array(d["capacities"], np.int64)
        preds: list[list[int]] = [[] for _ in range(n)]
        for i, row in enumerate(d["successors"]):
            for j in row:
                preds[j].append(i)
        self.ptr = np.cumsum([0, *map(len, preds)]).astype(np.int64)
        self.preds = np.array([i for row in preds for i in row] or [0], np.int64)
        self.horizon = int(self.length.sum()) + int(self.length.max(initial=0)) + 1
        self.target = int(quick(p)[0])
        if start is None:
            tail = [int(p.variables[n].high) - int(v.high) for v in p.variables[:n]]
            place = {i: k for k, i in enumerate(topological(d["successors"]))}
            order = self._repair(sorted(range(n), key=lambda i: (-tail[i], place[i])), preds)
        else:
            place = {i: k for k, i in enumerate(topological(d["successors"]))}
            order = sorted(range(n), key=lambda i: (float(start[i]), place[i]))
        self.order = np.array(order, np.int64)
        self._window: IntArray = np.empty(0, np.int64)

    def _repair(self, order: list[int], preds: list[list[int]]) -> list[int]:
        done: set[int] = set()
        out: list[int] = []
        while len(out) < self.n:
            i = next(i for i in order if i not in done and all(q in done for q in preds[i]))
            out.append(i)
            done.add(i)
        return out

    def _lists(self, orders: IntArray) -> tuple[IntArray, IntArray]:
        from .kernels_schedule import list_spans

        starts, out = np.empty((len(orders), self.n), np.int64), np.empty(len(orders), np.int64)
        list_spans(orders, self.length, self.demand, self.capacity, self.ptr, self.preds, self.horizon, starts, out)
        return starts, out

    def point(self) -> FloatArray:
        starts, out = self._lists(self.order[None, :])
        return np.concatenate([starts[0], [max(int(out[0]), self.p.variables[-1].low)]]).astype(float)

    def round(self) -> FloatArray | None:
        from .kernels_schedule import list_search

        self.count += 1
        start = np.empty(self.n, np.int64)
        steps = max(500, 300_000 // self.n)
        list_search(self.order, self.length, self.demand, self.capacity, self.ptr, self.preds, self.horizon, steps,
        self.target,
                    seeds(self.seed, 1, self.count)[0], start)  # fmt: skip
        return self.point()

    def window(self, rng: np.random.Generator, size: int) -> tuple[str, IntArray, IntArray]:
        k = min(size, self.n)
        at = int(rng.integers(self.n - k + 1))
        here = self.order[at : at + k]
        before = [[b for b in range(k) if here[b] in self.preds[self.ptr[i] : self.ptr[i + 1]]] for i in here]
        rows = [o for o in permutations(range(k)) if all(o.index(b) < o.index(a) for a in range(k) for b in before[a])]
        orders = np.array(rows, np.int64)
        lists = np.repeat(self.order[None, :], len(orders), axis=0)
        lists[:, at : at + k] = here[orders]
        self._window = np.array([at, k])
        return f"positions {at} to {at + k - 1} of the list", orders, self._lists(lists)[1]

    def put(self, order: IntArray) -> None:
        at, k = (int(v) for v in self._window)
        self.order[at : at + k] = self.order[at : at + k][order]
