"""What a loop turns over at each step: the rows it is fed, and the seconds on its watch. Must not know events."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .snapshot import Snapshot
from .stage import Split, Stage, batch_of

BLOCK = 1 << 18  # numbers gathered at once: 2 MB


class Feed:
    """The rows of each step, as views of a block that is gathered once for many steps."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage, self._seed = stage, seed
        self._epoch, self._order = -1, np.empty(0, dtype=np.int64)
        self._start = self._stop = 0
        self._x, self._y = stage.train[0][:0], stage.train[1][:0]
        self._block = max(1, BLOCK // max(1, stage.train[0].shape[1]))

    def take(self, state: Snapshot) -> Split:
        """Return X and y of the step after ``state``; to be read only until the next call."""
        stage = self._stage
        if stage.opt.whole:  # the same rows, in the same order
            return stage.train
        if self._epoch != state.epoch:
            self._epoch, self._stop = state.epoch, 0
            self._order = np.random.default_rng([self._seed, 2, state.epoch]).permutation(stage.rows)
        a = state.cursor
        b = min(a + batch_of(stage.spec, stage.opt, stage.rows, state.batch), stage.rows)
        if a < self._start or b > self._stop or self._stop == 0:
            self._start, self._stop = a, min(max(b, a + self._block), stage.rows)
            chosen = self._order[a : self._stop]
            self._x, self._y = np.take(stage.train[0], chosen, axis=0), np.take(stage.train[1], chosen)
        return self._x[a - self._start : b - self._start], self._y[a - self._start : b - self._start]


class Watch:
    """Seconds since the start, pauses left out."""

    def __init__(self, clock: Callable[[], float], elapsed: float = 0.0) -> None:
        self._clock = clock
        self._zero = clock() - elapsed
        self._held: float | None = None

    def elapsed(self) -> float:
        return (self._clock() if self._held is None else self._held) - self._zero

    def hold(self) -> None:
        self._held = self._clock()

    def go(self) -> None:
        if self._held is not None:
            self._zero += self._clock() - self._held
            self._held = None
