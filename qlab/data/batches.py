"""Minibatches of a split: a seeded permutation an epoch, copied into one buffer that is used again and again. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError


class Batches:
    """Goes over the rows in a new order each epoch; the order depends on the seed and the epoch alone.

    The arrays it yields are views of one buffer and hold until the next step: copy what has to stay.

    Args:
        X: (rows, features) float64, also mapped from disk.
        y: (rows,) targets.
        size: rows a batch; the last one of an epoch may be shorter.
        seed: of the orders.
        drop_last: leave out a last batch that is shorter.

    Raises:
        DataError: a size below 1, or no rows.

    Example:
        >>> import qlab
        >>> batches = qlab.load("iris").features(seed=1).train.batches(32, seed=7)
        >>> [len(y) for X, y in batches]
        [32, 32, 26]
    """

    def __init__(
        self, X: NDArray[np.float64], y: NDArray[Any], size: int, *, seed: int = 0, drop_last: bool = False
    ) -> None:
        for name, value, least in (("size", size, 1), ("seed", seed, 0)):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
                cure = f"use a whole number from {least} on"
                raise DataError(f"{name}={value!r} can't be used", where="batches", cure=cure, value=value)
        if len(y) == 0:
            raise DataError("there are no rows", where="batches", cure="use a part that has rows")
        self._X, self._y, self.size, self.seed, self._drop = X, y, min(int(size), len(y)), int(seed), drop_last
        self.epoch = self._at = 0
        self._rows = np.empty((self.size, X.shape[1]), dtype=np.float64)
        self._targets = np.empty(self.size, dtype=y.dtype)
        self._order = self._permutation()

    def __len__(self) -> int:
        """Return the number of batches of an epoch."""
        return len(self._y) // self.size if self._drop else -(-len(self._y) // self.size)

    def __iter__(self) -> Iterator[tuple[NDArray[np.float64], NDArray[Any]]]:
        """Yield (X, y) up to the end of the epoch; a loop that was left goes on, the one after is the next."""
        size, rows, targets = self.size, self._rows, self._targets
        # The arrays' own methods: a third of a small batch's time would go into the calls of numpy's functions.
        take_rows, take_targets = self._X.take, self._y.take
        for at in range(self._at * size, len(self) * size, size):
            chosen = self._order[at : at + size]
            if (n := len(chosen)) < size:
                rows, targets = rows[:n], targets[:n]
            take_rows(chosen, 0, rows, "clip")
            take_targets(chosen, 0, targets, "clip")
            self._at += 1
            yield rows, targets
        self.epoch, self._at = self.epoch + 1, 0
        self._order = self._permutation()

    def state(self) -> dict[str, int]:
        """Return where it is, ready for JSON: seed, epoch, batches of it that were given out, size and rows."""
        return {"seed": self.seed, "epoch": self.epoch, "at": self._at, "size": self.size, "rows": len(self._y)}

    def restore(self, state: dict[str, int]) -> Batches:
        """Go on where another one was; returns itself.

        Raises:
            DataError: the state is of other rows or of another size.
        """
        wanted = {"size": self.size, "rows": len(self._y)}
        if {k: state.get(k) for k in wanted} != wanted:
            raise DataError(
                f"this state is of {state.get('rows')} rows in batches of {state.get('size')}, "
                f"and here are {wanted['rows']} in batches of {wanted['size']}",
                where="batches",
                cure="restore it on the same features and the same size",
                value=state,
            )
        self.seed, self.epoch, self._at = int(state["seed"]), int(state["epoch"]), int(state["at"])
        self._order = self._permutation()
        return self

    def _permutation(self) -> NDArray[np.intp]:
        return np.random.default_rng([self.seed, self.epoch]).permutation(len(self._y)).astype(np.intp, copy=False)
