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
    from .circuit import Circuit, templates
    from .data import Dataset, Features, gallery, load
    from .models import QuantumClassifier
    from .training import Run, train
    from .widgets.data import Data
    from .widgets.designer import Designer
    from .widgets.lab import Lab

_HOMES = {
    "Circuit": "qlab.circuit",
    "templates": "qlab.circuit",
    "load": "qlab.data",
    "gallery": "qlab.data",
    "Dataset": "qlab.data",
    "Features": "qlab.data",
    "QuantumClassifier": "qlab.models",
    "train": "qlab.training",
    "Run": "qlab.training",
    "Designer": "qlab.widgets.designer",
    "Data": "qlab.widgets.data",
    "Lab": "qlab.widgets.lab",
}

__all__ = [
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
    "Run",
    "TrainError",
    "__version__",
    "gallery",
    "load",
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
    value = getattr(module, name) if hasattr(module, name) else importlib.import_module(f"{home}.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
