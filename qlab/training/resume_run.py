"""Going on from what was stored: resume, branch, replay. Starts runs; must not make a step itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike
from typing import Any, get_args

from ..errors import TrainError
from ..models.model import Model
from .control import STEERING, checked
from .events import Event, Failed, Finished, Intervened, Warned
from .keep import environment, keep, keep_on
from .recorder import event_key, event_step
from .run import Run
from .run_start import Start, new_id
from .run_stored import StoredRun, stored
from .run_view import RunView
from .snapshot import Snapshot
from .spec import Spec
from .store import is_alive, open_store

HOLDING = ("pause", "resume", "stop")  # orders that change no number
Order = tuple[int, str, Any]  # first step it governs, kind, value


def resume(
    run: str | StoredRun | Run,
    data: Any = None,
    *,
    folder: str | PathLike[str] | None = None,
    parallel: bool = False,
) -> Run:
    """Go on with a stored run from its last checkpoint, and return at once.

    The run keeps its id. What was recorded after the checkpoint, interventions included, is made again, and then it
    goes on: the result is the one of the run that was never interrupted, to the last bit.

    Args:
        run: an id or the beginning of one, or a run that has ended.
        data: the features or the dataset; by default the features are made again from their lineage.
        folder: of the project; by default the user's.
        parallel: allow it while another run is active.

    Raises:
        TrainError: no such run; it goes on somewhere, or is done; the data must be given or is another.

    Example:
        >>> run = qlab.resume("6KQ3V0-A7B")     # doctest: +SKIP
    """
    old = stored_of(run, folder)
    record = old._store.backend.read(old.id)
    if record is None:
        raise TrainError(f"run {old.id} was deleted", where="store", cure="see qlab.runs()", value=old.id)
    if is_alive(record.live):
        where = f"process {record.live.get('pid')} on {record.live.get('host')}"
        raise TrainError(
            f"run {old.id} goes on, written by {where}",
            where="qlab.resume",
            cure="stop it there first, or branch from it: run.branch(…)",
            value=old.id,
        )
    old.refresh()
    if old.state == "done":
        raise TrainError(
            f"run {old.id} is done: all {old.step} steps were made",
            where="qlab.resume",
            cure="branch from one of its steps: run.branch(step=…)",
            value=old.id,
        )
    if data is None and isinstance(run, Run):
        data = run.features
    model = run._model if isinstance(run, Run) else old._model_parts()[0]
    features = old.encoded(data)
    state = old.snapshot()
    at = old.base if state is None else state.step
    orders = [order for order in orders_of(old.events) if order[0] > at]
    if state is None and old.origin is not None:
        return _from_origin(old, features, model, orders, parallel)
    fresh = Start(
        state=state,
        orders=tuple(orders),
        rows=old.columns.block(0, at - old.base),
        events=tuple(e for e in old.events if not _told_again(e, at)),
        elapsed=_elapsed(old, at),
    )
    return _go_on(old, Run(old.spec, features, model, run_id=old.id, start=fresh, origin=old.origin), orders, parallel)


def _from_origin(old: StoredRun, features: Any, model: Model, orders: list[Order], parallel: bool) -> Run:
    """Go on with a branch that was interrupted before its first checkpoint: it is branched again under its id."""
    assert old.origin is not None
    before: list[Order] = [(int(s), str(k), v) for s, k, v in old.origin["orders"]]
    start = Start(orders=(*before, *orders), silent=old.base)
    return _go_on(old, Run(old.spec, features, model, run_id=old.id, start=start, origin=old.origin), orders, parallel)


def _go_on(old: StoredRun, run: Run, orders: list[Order], parallel: bool) -> Run:
    record = old._store.backend.read(old.id)
    assert record is not None
    run._baseline = old.baseline if old._baseline else None
    told = {event_key(e) for e in old.events if _told_again(e, run.step) and not isinstance(e, Intervened)}
    keep_on(run, old._store.another(), record, len(orders), told)
    here = environment()
    changed = [f"{name} {was} → {here.get(name)}" for name, was in old.environment.items() if here.get(name) != was]
    if changed:
        run._note("versions", f"made with other versions before: {', '.join(changed)}; the last bits may differ")
    run._start(parallel=parallel)
    return run


def branch(
    run: RunView,
    step: int | None = None,
    *,
    name: str | None = None,
    data: Any = None,
    **changes: Any,
) -> Run:
    """Start another run from a step of a run: see `RunView.branch`."""
    made = run.step
    at = made if step is None else step
    if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at <= made:
        raise TrainError(
            f"run {run.id} has no step {step!r}",
            where="branch",
            cure=f"give a step from 0 to {made:,}",
            value=step,
        )
    model, _ = run._model_parts()
    features = run.features if isinstance(run, Run) and data is None else None
    if features is None:
        features = stored_of(run).encoded(data)
    unknown = sorted(set(changes) - set(STEERING))
    if unknown:
        raise TrainError(
            f"a branch can't change {unknown[0]!r}", where="branch", cure=f"use {', '.join(STEERING)}", value=unknown[0]
        )
    orders = [order for order in all_orders(run) if order[0] <= at]
    new: list[Order] = [(at + 1, k, checked(k, v, model.slices, model.size)) for k, v in changes.items()]
    spec = replace(run.spec, name=name or f"{run.name} · from {at}")
    origin = {"run": run.id, "step": at, "orders": [list(order) for order in orders]}
    state = _nearest(run, at)
    start = Start(
        state=state,
        orders=tuple(o for o in (*orders, *new) if o[0] > (0 if state is None else state.step)),
        silent=at,
    )
    child = Run(spec, features, model, start=start, origin=origin)
    store = run.store
    if store is not None:
        keep(child, store.folder)
    child._start(parallel=True)
    return child


def replay(
    spec: str | Spec | Mapping[str, Any],
    data: Any,
    interventions: Iterable[tuple[int, str, Any] | Event] = (),
    *,
    stop: int | None = None,
    parallel: bool = False,
) -> Run:
    """Make a run again from its spec, its data and what was done to it; `Run.export_script` writes such a call.

    Args:
        spec: a `Spec`, its JSON text, or that as a dict.
        data: the features.
        interventions: ``(step, kind, value)``: the first step it governs, and ``"pause"``, ``"resume"``, ``"stop"`` or
            an order as `Run.steer` takes it. Or the events of a run, ``run.events``: those that nobody's hand made
            are passed over, since the recipe makes them again.
        stop: the last step to make; None for all.
        parallel: allow it while another run is active.

    Returns:
        The run, which has begun; it isn't stored.

    Raises:
        TrainError: the spec or an intervention can't be used.
    """
    if isinstance(spec, Mapping):
        spec = json.dumps(dict(spec))
    told = spec if isinstance(spec, Spec) else Spec.from_json(spec)
    model = told.model()
    orders = _without_lone_pauses(_order(one, model) for one in interventions if _by_hand(one))
    if stop is not None:
        orders.append((stop + 1, "stop", None))
    run = Run(told, data, model, run_id=new_id(), start=Start(orders=tuple(orders)))
    run._start(parallel=parallel)
    return run


def _by_hand(one: tuple[int, str, Any] | Event) -> bool:
    """Whether it is an order, not an event that the recipe makes again, nor the stop that ended the run told of."""
    if isinstance(one, Intervened):
        return one.kind != "stop"  # the run may have gone on since; replay's own ``stop`` says where it ends
    return not isinstance(one, get_args(Event))


def _order(one: Any, model: Model) -> Order:
    """Return an order as it is given again.

    Raises:
        TrainError: it isn't one.
    """
    try:
        at, kind, value = (one.step, one.kind, one.new) if isinstance(one, Intervened) else one
        at = int(at)
    except (TypeError, ValueError):
        raise TrainError(
            f"{one!r} is no intervention",
            where="interventions",
            cure="give (step, kind, value), such as (120, 'lr', 0.01), or the events of a run",
            value=one,
        ) from None
    return at, kind, None if kind in HOLDING else checked(kind, value, model.slices, model.size)


def _without_lone_pauses(orders: Iterable[Order]) -> list[Order]:
    """Return the orders without a pause that no resume ends before the next step: a replay would hold there."""
    kept: list[Order] = []
    held: Order | None = None
    for order in orders:
        if held is not None and order[0] > held[0]:
            kept.remove(held)
            held = None
        if order[1] in HOLDING:
            held = order if order[1] == "pause" else None
        kept.append(order)
    if held is not None:
        kept.remove(held)
    return kept


def orders_of(events: Iterable[Event]) -> list[Order]:
    """Return the orders that changed the steps to come, oldest first, as they can be given again."""
    return [(e.step, e.kind, e.new) for e in events if isinstance(e, Intervened) and e.kind in STEERING]


def all_orders(run: RunView, *, holding: bool = False) -> list[Order]:
    """Return the orders of a run and, for a branch, of those it comes from; ``holding``: its pauses too."""
    inherited: list[Order] = []
    if run.origin is not None:
        inherited = [(int(step), str(kind), value) for step, kind, value in run.origin["orders"]]
    if not holding:
        return [*inherited, *orders_of(run.events)]
    own = [(e.step, e.kind, e.new) for e in run.events if isinstance(e, Intervened) and e.kind != "stop"]
    return _without_lone_pauses([*inherited, *own])


def stored_of(run: str | RunView, folder: str | PathLike[str] | None = None) -> StoredRun:
    """Return the stored side of a run.

    Raises:
        TrainError: it isn't stored.
    """
    if isinstance(run, StoredRun):
        return run
    if isinstance(run, str):
        named = open_store(folder)
        return stored(named, named.find(run))
    store = run.store
    if store is None:
        raise TrainError(
            f"run {run.id} isn't stored",
            where="store",
            cure="train with record=True, which is the default",
            value=run.id,
        )
    return stored(store, store.find(run.id))


def _nearest(run: RunView, at: int) -> Snapshot | None:
    """The newest state known at step ``at`` or before; None is the start."""
    if isinstance(run, Run):
        now = run.snapshot
        if now is not None and now.step == at:
            return now
        store = run.store
        return None if store is None else store.checkpoints(run.id).latest(at)
    assert isinstance(run, StoredRun)
    return run.snapshot(at)


def _told_again(event: Event, at: int) -> bool:
    """Whether a run that goes on from step ``at`` will tell this event itself."""
    if isinstance(event, Intervened) and event.kind not in STEERING:
        return False
    return not isinstance(event, (Warned, Finished, Failed)) and event_step(event) > at


def _elapsed(old: StoredRun, at: int) -> float:
    row = at - old.base - 1
    if row < 0:
        return 0.0
    return float(old.columns.block(row, row + 1)[old.columns.names.index("time"), 0])
