"""Optimisation: coarse quantum or quantum-inspired search, fine classical search, verified answers.

Public names only, each imported on first use. `solve` does the whole of it; `Problem` and the templates state what is
asked; `read` takes instance files; `check` re-verifies a certificate without any solver.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ablation import ablate
    from .certificate import Certificate, check
    from .circuits import qaoa_circuit
    from .job import Run
    from .parts import Binary, Cumulative, Integer, Linear, NoOverlap, OneHot, Variable
    from .pipeline import solve, start, stream
    from .problem import Problem
    from .reading import read
    from .recursive import recursive_qaoa
    from .scheduling import job_shop, rcpsp
    from .solution import Solution
    from .templates import assignment, gap, knapsack, maxcut, number_partition, portfolio, qubo
    from .variational import qaoa

_HOMES = {
    "Binary": "parts",
    "Certificate": "certificate",
    "Cumulative": "parts",
    "Integer": "parts",
    "Linear": "parts",
    "NoOverlap": "parts",
    "OneHot": "parts",
    "Problem": "problem",
    "Run": "job",
    "Solution": "solution",
    "Variable": "parts",
    "ablate": "ablation",
    "assignment": "templates",
    "check": "certificate",
    "gap": "templates",
    "job_shop": "scheduling",
    "knapsack": "templates",
    "maxcut": "templates",
    "number_partition": "templates",
    "portfolio": "templates",
    "qaoa": "variational",
    "qaoa_circuit": "circuits",
    "qubo": "templates",
    "rcpsp": "scheduling",
    "read": "reading",
    "recursive_qaoa": "recursive",
    "solve": "pipeline",
    "start": "pipeline",
    "stream": "pipeline",
}

__all__ = [
    "Binary",
    "Certificate",
    "Cumulative",
    "Integer",
    "Linear",
    "NoOverlap",
    "OneHot",
    "Problem",
    "Run",
    "Solution",
    "Variable",
    "ablate",
    "assignment",
    "check",
    "gap",
    "job_shop",
    "knapsack",
    "maxcut",
    "number_partition",
    "portfolio",
    "qaoa",
    "qaoa_circuit",
    "qubo",
    "rcpsp",
    "read",
    "recursive_qaoa",
    "solve",
    "start",
    "stream",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        names = ", ".join(sorted(_HOMES))
        raise AttributeError(f"module 'qlab.optimize' has no attribute {name!r}; public names: {names}")
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
