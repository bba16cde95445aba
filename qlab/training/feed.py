"""What a loop turns over at each step: the rows it is fed, and the seconds on its watch. Must not know events."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .stage import Split, Stage, batch_of

BLOCK = 1 << 18  # numbers gathered at once: 2 MB


class Feed:
    """The rows of each step, as views of a block that is gathered once for many steps."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage, self._seed, self._usual = stage, seed, batch_of(stage.spec, stage.opt, stage.rows)
        self._epoch, self._order = -1, np.empty(0, dtype=np.int64)
        self._start = self._stop = 0
        self._x, self._y = stage.train[0][:0], stage.train[1][:0]
        self._block = max(1, BLOCK // max(1, stage.train[0].shape[1]))

    def take(self, epoch: int, cursor: int, batch: int) -> Split:
        """Return X and y of a step; not to be written to.

        Args:
            epoch: the pass, from 0.
            cursor: its rows taken before.
            batch: rows wanted, 0 for the stage's usual number; fewer at the end of the pass.
        """
        stage = self._stage
        if stage.opt.whole:  # the same rows, in the same order
            return stage.train
        if self._epoch != epoch:
            self._epoch, self._stop = epoch, 0
            self._order = np.random.default_rng([self._seed, 2, epoch]).permutation(stage.rows)
        stop = cursor + (batch or self._usual)
        if cursor < self._start or stop > self._stop:
            stop = min(stop, stage.rows)
            if cursor < self._start or stop > self._stop:
                self._gather(cursor, stop)
        here = slice(cursor - self._start, stop - self._start)
        return self._x[here], self._y[here]

    def _gather(self, start: int, stop: int) -> None:
        """Copy the rows from ``start`` at least to ``stop``, in this pass's order, to where they lie together."""
        stage = self._stage
        self._start, self._stop = start, min(max(stop, start + self._block), stage.rows)
        chosen = self._order[start : self._stop]
        self._x, self._y = np.take(stage.train[0], chosen, axis=0), np.take(stage.train[1], chosen)


class Watch:
    """Seconds since the start, pauses left out."""

    def __init__(self, clock: Callable[[], float], elapsed: float = 0.0) -> None:
        self._clock = clock
        self._zero = clock() - elapsed
        self._held: float | None = None

    def elapsed(self) -> float:
        return (self._clock() if self._held is None else self._held) - self._zero

    @property
    def zero(self) -> float:
        """What the clock showed at the start, as if there had been no pause."""
        return self._zero

    def hold(self) -> None:
        self._held = self._clock()

    def go(self) -> None:
        if self._held is not None:
            self._zero += self._clock() - self._held
            self._held = None
