"""Makes the kernels ready that a solve will need, before its clock starts: compiled on first use, afterwards loaded.

Each is called once on the smallest input there is. That happens on a thread of its own, which goes on when a stop
doesn't wait for it; what is ready then is so for the next solve.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from .events import Preparing
from .job import background
from .problem import Problem

_done: set[str] = set()


def needed(p: Problem, coarse: str, refine: str, *, window: int = 20) -> list[str]:
    """Return the names of what a solve may call: kernels, and libraries that take their time to load."""
    names = ["libraries"]
    if p.kind == "job_shop":
        names += ["heads of tasks"] + ["orders of a machine"] * (coarse == "qaoa")
        names += ["tabu search of schedules"] * (refine == "local")
    elif p.kind == "rcpsp":
        names += ["serial schedules"] + ["search of lists"] * (refine == "local")
    else:
        if coarse == "qaoa":
            whole = bool(p.constraints) or not p.pure_binary or p.n <= window
            names += ["costs of bit strings", "QAOA forward"] + ["QAOA backward"] * whole
        if refine == "local" or (p.pure_binary and refine != "none") or (coarse == "qaoa" and p.constraints):
            rows = bool(p.constraints) and p.pure_binary and all(len(k) <= 2 for k, _ in p.terms)
            names += ["moves under constraints"] if rows or (p.constraints and coarse == "qaoa") else []
            names += [] if rows else ["tabu search", "annealing"]
    samplers = {"annealing": "dwave-samplers", "path_integral": "path integrals"}
    if coarse not in ("qaoa", "none"):
        names.append(samplers.get(coarse, "bifurcation"))
    return [*names, "CP-SAT"] if refine == "cp_sat" else names


def for_qaoa(mixer: str, dtype: str, warm: bool) -> list[str]:
    """Return the names of what `qlab.optimize.qaoa` may call."""
    if warm:
        return ["libraries", "tabu search"]
    if mixer != "x":
        return ["libraries"]
    narrow = " in float32" if dtype == "float32" else ""
    return ["libraries", "costs of bit strings", f"QAOA forward{narrow}", f"QAOA backward{narrow}"]


def is_ready(names: list[str]) -> bool:
    """Return whether nothing of these would be compiled."""
    return all(name in _done for name in names)


def ready(names: list[str], stop: Callable[[], bool] = lambda: False) -> Iterator[Preparing]:
    """Make ready what isn't yet, telling of each; a stop ends it at once."""
    names = [name for name in names if name not in _done]

    def work(emit: Callable[[Any], None]) -> None:
        from ..engine._jit import compiling

        for k, name in enumerate(names):
            emit(Preparing(0.0, k + 1, len(names), name, False))
            told: list[str] = []

            def first(_: str, k: int = k, name: str = name, told: list[str] = told) -> None:
                if not told:
                    told.append(name)
                    emit(Preparing(0.0, k + 1, len(names), name, True))

            with compiling(first):
                EXERCISES[name]()
            _done.add(name)

    if names:
        for item in background(work, stop, end=math.inf):
            if isinstance(item, Preparing):
                yield item


def _libraries() -> None:
    import scipy.linalg
    import scipy.optimize
    import scipy.sparse  # noqa: F401  # a second on a slow disk

    from . import milp, window  # noqa: F401


def _cp_sat() -> None:
    from . import cpsat

    cpsat.cp_model()


def _costs() -> None:
    from .diagonal import build

    build({(0, 1): 1.0}, 2)


def _mixer(dtype: str, back: bool) -> None:
    from .diagonal import build
    from .xmixer import XMixer

    x = XMixer(build({(0, 1): 1.0}, 2), dtype=dtype, threads=1)
    (x.energy_and_gradient if back else x.energy)([0.1], [0.1])


def _tiny() -> Any:
    from .bits import polynomial

    return polynomial({(0, 1): 1.0}, 2).to_qubo()


def _sampler(method: str) -> None:
    from . import inspired

    inspired.sample(_tiny(), method, reads=1, effort=1)


def _tabu() -> None:
    from .tabu import tabu

    tabu(_tiny(), iterations=1)


def _anneal() -> None:
    from .tabu import Restarts

    Restarts(_tiny(), 0).step()


def _moves() -> None:
    from .local import rounds_for
    from .templates import knapsack

    rounds_for(knapsack([1, 1], [1, 1], 1), 0, None).round()


def _shop(what: str) -> None:
    import numpy as np

    from .scheduling import job_shop
    from .shop import JobShop

    shop = JobShop(job_shop([[(0, 1)], [(0, 1)]]), 0, None)
    {"heads": shop.point, "orders": lambda: shop.window(np.random.default_rng(0), 2), "tabu": shop.round}[what]()


def _project(what: str) -> None:
    from .scheduling import rcpsp
    from .shop import Project

    project = Project(rcpsp([1, 1], [[], []], [[1], [1]], [1]), 0, None)
    {"lists": project.point, "search": project.round}[what]()


EXERCISES: dict[str, Callable[[], object]] = {
    "libraries": _libraries,
    "CP-SAT": _cp_sat,
    "costs of bit strings": _costs,
    "QAOA forward": lambda: _mixer("float64", False),
    "QAOA backward": lambda: _mixer("float64", True),
    "QAOA forward in float32": lambda: _mixer("float32", False),
    "QAOA backward in float32": lambda: _mixer("float32", True),
    "tabu search": _tabu,
    "annealing": _anneal,
    "moves under constraints": _moves,
    "heads of tasks": lambda: _shop("heads"),
    "orders of a machine": lambda: _shop("orders"),
    "tabu search of schedules": lambda: _shop("tabu"),
    "serial schedules": lambda: _project("lists"),
    "search of lists": lambda: _project("search"),
    "path integrals": lambda: _sampler("path_integral"),
    "bifurcation": lambda: _sampler("bifurcation"),
    "dwave-samplers": lambda: _sampler("annealing"),
}
