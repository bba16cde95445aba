"""How a run begins that doesn't begin at the beginning, and the events it then gives. Must not know its user."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import TrainError
from ..models.model import Model
from .control import Control, Replay
from .events import Event, Failed, Finished, Step
from .loop import run as run_loop
from .loop import start_state
from .snapshot import Array, Snapshot
from .spec import Spec

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that is read as a digit
HOLD = 0.012  # s; a panel is told ten times a second
Orders = tuple[tuple[int, str, Any], ...]


@dataclass(frozen=True, slots=True)
class Start:
    """Where a run begins that doesn't begin at the beginning.

    Args:
        state: a checkpoint; None for the start of the spec.
        orders: given again at their steps, as `Replay` takes them.
        silent: steps up to this one are made again without a trace, to get from the checkpoint to it.
        rows: (columns, steps) history before it that is this run's own; None for none.
        events: that happened before it.
        elapsed: seconds it took until then.
    """

    state: Snapshot | None = None
    orders: tuple[tuple[int, str, Any], ...] = ()
    silent: int = 0
    rows: Array | None = None
    events: tuple[Event, ...] = ()
    elapsed: float = 0.0


def course(
    spec: Spec,
    features: Any,
    control: Control,
    start: Start,
    *,
    model: Model,
    run_id: str,
    clock: Callable[[], float],
    branched: int | None = None,
    begun: Callable[[Snapshot], None] = lambda state: None,
) -> Iterator[Event]:
    """Yield the events of a run from where it begins.

    Args:
        spec, features, control, model, run_id, clock: as `loop.run` takes them.
        start: where.
        branched: the step it was branched at, or None.
        begun: called with the state it goes on from, before the first event.
    """
    state, orders = start.state, start.orders
    if start.silent > (0 if state is None else state.step):
        state = again(spec, features, control, orders, state, start.silent, model=model)
        orders = tuple(order for order in orders if order[0] > start.silent)
        if state is None or state.step < start.silent:  # told to stop on the way
            control.take()
            yield Finished(branched or 0, 0.0, "stopped", {})
            return
    elif state is None and branched is not None:
        state = start_state(spec, model)
    if state is not None:
        begun(state)
    yield from run_loop(
        spec,
        features,
        Replay(orders, control) if orders else control,
        model=model,
        start=state,
        run_id=run_id,
        clock=clock,
        elapsed=start.elapsed,
        hold=HOLD,
    )


def again(
    spec: Spec, features: Any, control: Control, orders: Orders, state: Snapshot | None, to: int, *, model: Model
) -> Snapshot | None:
    """Make the steps up to ``to`` again without a trace, and return the state there; an earlier one if told to stop.

    Raises:
        TrainError: a step fails that did not fail before.
    """
    replay = Replay(order for order in orders if order[0] <= to)
    for event in run_loop(spec, features, replay, model=model, start=state):
        if isinstance(event, Step):
            state = event.state
            if event.step >= to:
                break
        elif isinstance(event, Failed):
            raise TrainError(f"step {event.step} can't be made again", where="branch") from event.cause
        if control.peek() == "stop":
            break
    return state


def new_id() -> str:
    """Return a short id that sorts by time: seconds in base 32, and three random signs."""
    seconds, text = int(time.time()) - 1_577_836_800, ""
    for _ in range(6):
        seconds, digit = divmod(seconds, 32)
        text = ALPHABET[digit] + text
    return f"{text}-{''.join(secrets.choice(ALPHABET) for _ in range(3))}"
