"""Loads, or on a machine's first use compiles, the kernels that a solve will need, before its clock starts.

Each kernel is called once on the smallest input there is; nothing here depends on the problem that follows.
"""

from __future__ import annotations

from functools import cache

from . import inspired
from .bits import polynomial
from .local import rounds_for
from .problem import Problem


def ready(p: Problem, coarse: str, refine: str) -> None:
    """Make ready for a problem's kind and the two methods."""
    schedule = p.kind in ("job_shop", "rcpsp")
    if coarse == "qaoa" and not schedule:
        _qaoa()
    elif coarse not in ("qaoa", "none"):
        inspired.sample(polynomial({(0, 1): 1.0}, 2).to_qubo(), coarse, reads=1, effort=1)
    _moves(p.kind if schedule else "rows" if p.constraints else "free")
    if refine != "none":
        _exact()


@cache
def _qaoa() -> None:
    from .diagonal import build
    from .xmixer import XMixer

    XMixer(build({(0, 1): 1.0}, 2)).energy_and_gradient([0.1], [0.1])


@cache
def _moves(kind: str) -> None:
    from .scheduling import job_shop, rcpsp
    from .shop import schedule_of
    from .templates import knapsack, qubo

    if kind in ("job_shop", "rcpsp"):
        import numpy as np

        tiny = job_shop([[(0, 1)], [(0, 1)]]) if kind == "job_shop" else rcpsp([1, 1], [[], []], [[1], [1]], [1])
        schedule = schedule_of(tiny, 0, None)
        schedule.window(np.random.default_rng(0), 2)
        schedule.round()
    else:
        rounds_for(knapsack([1, 1], [1, 1], 1) if kind == "rows" else qubo([[1.0, -1.0], [-1.0, 1.0]]), 0, None).round()


@cache
def _exact() -> None:
    import scipy.linalg
    import scipy.optimize  # noqa: F401  # a second on a slow disk

    from . import cpsat

    cpsat.available()
