"""The only way back into a run: orders that a handler leaves and the loop takes between two steps.

Must not block and must not touch the run: any thread may call these while a step is being computed.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from .spec import check_lr

IDLE = 0.005  # seconds between two looks while paused; far below what a person notices


class Control:
    """A queue of orders ``(kind, value)``; appending to a deque is atomic, so no lock is needed."""

    __slots__ = ("_orders", "lr_pending")

    def __init__(self) -> None:
        self._orders: deque[tuple[str, Any]] = deque()
        self.lr_pending: float | None = None

    def pause(self) -> None:
        """Ask to hold before the next step."""
        self._orders.append(("pause", None))

    def resume(self) -> None:
        """Ask to go on."""
        self._orders.append(("resume", None))

    def stop(self) -> None:
        """Ask to end before the next step."""
        self._orders.append(("stop", None))

    def set_lr(self, value: object) -> None:
        """Ask for a learning rate from the next step on.

        Raises:
            TrainError: not a positive finite number; nothing is asked for then.
        """
        lr = check_lr(value)
        self.lr_pending = lr
        self._orders.append(("lr", lr))

    def take(self) -> tuple[str, Any] | None:
        """Return the oldest order, or None; for the loop."""
        if not self._orders:
            return None
        order = self._orders.popleft()
        if order[0] == "lr" and not any(kind == "lr" for kind, _ in tuple(self._orders)):
            self.lr_pending = None
        return order

    def idle(self) -> None:
        """Wait a moment, while paused; for the loop."""
        time.sleep(IDLE)
