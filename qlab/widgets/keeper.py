"""Keeps the picture of a panel in the notebook up to date, so that a saved notebook shows the last state.

Where a page shows the panel it is handed to the page, which writes it into the notebook without drawing the widget
anew; a page that can't do that says so, and then the output is replaced once the run has ended. Where nobody looks
on (nbconvert, papermill) the output has no widget at all, and is replaced after each cell. Draws nothing itself.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from typing import Any

from .link import Message

Bundle = tuple[dict[str, Any], dict[str, Any]]
VIEW = "application/vnd.jupyter.widget-view+json"
FIRST, LONGEST = 1.0, 30.0  # s between two pictures of a run that goes on; each wait is twice the last
LOOK = 0.5  # s between two looks at whether there is news


def headless() -> bool:
    """Whether the cell that runs was sent by a program that shows nothing and can't be asked, such as nbconvert."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return False
    kernel = getattr(get_ipython(), "kernel", None)
    asks = getattr(kernel, "_allow_stdin", True)  # of the request at hand; not there: not known
    return kernel is not None and not asks and not os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


class Keeper:
    """One output of a notebook and the pages that show it.

    Args:
        state: what there is to show, comparable; a change of its first part is shown at once.
        draw: the picture.
        tell: sends a message to all pages.
        model: id of the widget, by which the page finds the output.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        state: Callable[[], tuple[Any, Any, bool]],
        draw: Callable[[], Bundle],
        tell: Callable[[Message], None],
        model: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state, self._draw, self._tell, self._model, self._clock = state, draw, tell, model, clock
        self.display_id = uuid.uuid4().hex
        self._shown: Bundle | None = None  # without page: what the output holds
        self._sent: tuple[Any, Any, bool] | None = None
        self._due = self._wait = 0.0
        self._owed = False
        self._pages = False
        self._replaced: object = None

    # -- with pages ----------------------------------------

    def handle(self, message: object) -> bool:
        """Note what a page says; return whether it was said to the keeper alone."""
        if not isinstance(message, dict):
            return False
        if message.get("type") == "open":
            self._pages, self._owed, self._sent = True, False, None
            self._wait, self._due = FIRST, self._clock() + FIRST
        elif message.get("type") == "still":
            self._owed = False
            if message.get("kept") is False:
                self._replace()
            return True
        return False

    def pump(self) -> float | None:
        """Send a picture if one is due; return seconds until the next look, or None when all is said."""
        if not self._pages:
            return None
        now, state = self._clock(), self._state()
        turned = self._sent is not None and state[0] != self._sent[0]
        if state != self._sent and (turned or now >= self._due) and (turned or not self._owed):
            data, metadata = self._draw()
            self._tell({"type": "still", "model": self._model(), "data": data, "metadata": metadata})
            self._sent, self._owed = state, True
            self._due, self._wait = now + self._wait, min(2 * self._wait, LONGEST)
        return LOOK if state[2] or state != self._sent else None

    def _replace(self) -> None:
        """Replace the output, which draws the widget anew: done once a state, after the run has ended."""
        state = self._state()
        if state[2] or state == self._replaced:
            return
        self._replaced = state
        data, metadata = self._draw()
        view = {"version_major": 2, "version_minor": 0, "model_id": self._model()}
        self.publish(({VIEW: view, **data}, metadata), update=True)

    # -- without ----------------------------------------

    def follow(self) -> Callable[[], None]:
        """Replace the output after each cell until the run has ended; returns how to stop."""
        from IPython.core.getipython import get_ipython

        events = get_ipython().events  # type: ignore[union-attr]

        def refresh(*_: object) -> None:
            drawn = self._draw()
            if drawn != self._shown:
                self._shown = drawn
                self.publish(drawn, update=True)
            if not self._state()[2]:
                stop()

        def stop() -> None:
            if refresh in events.callbacks["post_run_cell"]:
                events.unregister("post_run_cell", refresh)

        events.register("post_run_cell", refresh)
        return stop

    def publish(self, drawn: Bundle, *, update: bool) -> None:
        """Write the output, or replace it."""
        from IPython.display import display

        data, metadata = drawn
        display(data, metadata=metadata, raw=True, display_id=self.display_id, update=update)  # type: ignore[no-untyped-call]
