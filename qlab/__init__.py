"""qlab: a hybrid quantum-classical laboratory that lives in JupyterLab.

Public names only. Each is imported on first use, so that ``import qlab`` stays cheap: it must pull in neither
qiskit, plotly, numba, dask nor optuna (``tests/test_import.py`` checks it).

Example:
    >>> import qlab
    >>> circuit = qlab.Circuit(2).append("h", 0).append("cx", [0, 1])
    >>> circuit.stats()["depth"]
    2
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .errors import CircuitError, DataError, EngineError, OptimizeError, QlabError, TrainError

if TYPE_CHECKING:
    __version__: str
    from . import optimize
    from .circuit import Circuit, templates
    from .data import Cancel, Dataset, Features, gallery, load
    from .models import (
        QuantumClassifier,
        QuantumKernelClassifier,
        QuantumKernelRegressor,
        QuantumRegressor,
        Quanvolution,
    )
    from .training import Run, compare, import_run, open_run, replay, resume, runs, train
    from .widgets.data import Data
    from .widgets.designer import Designer
    from .widgets.lab import Lab

_HOMES = {
    "Circuit": "qlab.circuit",
    "templates": "qlab.circuit",
    "load": "qlab.data",
    "Cancel": "qlab.data",
    "gallery": "qlab.data",
    "Dataset": "qlab.data",
    "Features": "qlab.data",
    "QuantumClassifier": "qlab.models",
    "QuantumKernelClassifier": "qlab.models",
    "QuantumKernelRegressor": "qlab.models",
    "QuantumRegressor": "qlab.models",
    "Quanvolution": "qlab.models",
    "train": "qlab.training",
    "Run": "qlab.training",
    "optimize": "qlab.optimize",
    "compare": "qlab.training",
    "import_run": "qlab.training",
    "open_run": "qlab.training",
    "replay": "qlab.training",
    "resume": "qlab.training",
    "runs": "qlab.training",
    "Designer": "qlab.widgets.designer",
    "Data": "qlab.widgets.data",
    "Lab": "qlab.widgets.lab",
}

__all__ = [
    "Cancel",
    "Circuit",
    "CircuitError",
    "Data",
    "DataError",
    "Dataset",
    "Designer",
    "EngineError",
    "Features",
    "Lab",
    "OptimizeError",
    "QlabError",
    "QuantumClassifier",
    "QuantumKernelClassifier",
    "QuantumKernelRegressor",
    "QuantumRegressor",
    "Quanvolution",
    "Run",
    "TrainError",
    "__version__",
    "compare",
    "gallery",
    "import_run",
    "load",
    "open_run",
    "optimize",
    "replay",
    "resume",
    "runs",
    "templates",
    "train",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":  # read on demand: the version is written once, in js/package.json
        return importlib.import_module("importlib.metadata").version("qlab")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'qlab' has no attribute {name!r}; public names: {', '.join(sorted(_HOMES))}")
    module = importlib.import_module(home)
    if home == f"qlab.{name}":  # a whole package, such as qlab.optimize
        return module
    value = getattr(module, name) if hasattr(module, name) else importlib.import_module(f"{home}.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
