"""Makes the kernels ready: compiles them on a machine's first use, afterwards loads them from a cache; never silently.

There are three stages: what schedules circuits, the kernels that batches take, and those for one large state. Each is
made ready as a whole before its first use, so that no step of a training run stops to compile. What happens is told to
whoever called `warm_up` on the same thread, else to the user by a line on stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial

import numpy as np

from qlab.circuit import Circuit

Progress = Callable[[float, str], object]

_WHAT = {"circuits": "the reader of circuits", "lanes": "the simulator", "wide": "the simulator of large states"}
_DTYPES = {"d": "complex128", "f": "complex64"}
_ready: set[tuple[str, str]] = set()
_told: ContextVar[Progress | None] = ContextVar("progress", default=None)  # each thread has its own


def warm_up(progress: Progress | None = None, dtype: str = "complex128", wide: bool = False) -> None:
    """Compile or load the kernels, so that the first step of a training run costs what the others do.

    Args:
        progress: Called with a fraction from 0 to 1 and a sentence for the user, after every function that is
            compiled; also for what is compiled later on this thread.
        dtype: The precision to make ready.
        wide: Whether to make the kernels for one large state ready too; otherwise that happens on their first use.
    """
    tell = progress or _line
    tell(0.0, "loading the simulator")
    stages = ("circuits", "lanes", "wide")[: 2 + wide]
    for k, stage in enumerate(stages):
        _told.set(partial(_part, tell, k / len(stages), 1 / len(stages)))
        make_ready(stage, np.dtype(np.float32 if dtype == "complex64" and stage != "circuits" else np.float64))
    _told.set(progress)
    tell(1.0, "the simulator is ready")


def make_ready(stage: str, dtype: np.dtype[np.floating]) -> None:
    """Compile or load a stage's kernels, ``"circuits"``, ``"lanes"`` or ``"wide"``, unless this process did already."""
    key = stage, dtype.char
    if key in _ready:
        return
    _ready.add(key)  # first, since what follows gets here again
    try:
        _compile(stage, _DTYPES[dtype.char])
    except BaseException:  # an interrupt, say: the next use tries again
        _ready.discard(key)
        raise


def _compile(stage: str, dtype: str) -> None:
    tell = _told.get() or _line
    if stage == "wide":
        from . import wide_state  # noqa: F401  # defines what is counted
    elif stage == "lanes":
        from . import kernels  # noqa: F401
    else:
        from . import arrange  # noqa: F401
    from ._jit import compiling, sizes

    def mine(name: str) -> bool:
        package, _, module = name.rpartition(".")[0].rpartition(".")
        own = "wide" if module.startswith("wide_") else "circuits" if module == "arrange" else "lanes"
        return package == __package__ and own == stage

    total, done = sum(size for name, size in sizes.items() if mine(name)), set[str]()

    def count(name: str) -> None:
        if mine(name):
            done.add(name)
            share = sum(sizes[one] for one in done) / total
            tell(min(0.99, share), f"compiling {_WHAT[stage]}, once on this machine: {share:.0%}")

    with compiling(count):
        _exercise(stage, dtype)
    if done:
        tell(0.99, f"compiled {_WHAT[stage]}; this machine need not do it again")


def _exercise(stage: str, dtype: str) -> None:
    """Call every kernel of a stage once."""
    from .plan import Plan
    from .schedule import layers

    if stage == "circuits":
        layers([], None, 1)
        return
    plan = Plan(Circuit(1).append("ry", 0, "x[0] + w[0]"), ["Z0"], dtype)
    plan._path = "wide" if stage == "wide" else "lanes"
    x, w = np.zeros((1, 1)), np.zeros(1)
    plan.value_and_vjp(x, w, np.ones((1, 1)), want_x=True)
    if stage == "wide":
        plan.statevector(x, w)
        plan.probabilities(x, w)


def _part(tell: Progress, start: float, share: float, fraction: float, text: str) -> None:
    tell(start + share * fraction, text)


def _line(fraction: float, text: str) -> None:
    """Show a line on stderr, where a person may be waiting: not for a run's thread, nor for what was only loaded."""
    from .pool import on_main_thread

    if "compil" in text and on_main_thread():
        print(f"\rqlab: {text:<72}", end="\n" if text.startswith("compiled") else "", file=sys.stderr, flush=True)
