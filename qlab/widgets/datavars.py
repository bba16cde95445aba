"""What lies in the notebook already and can be looked at, and how a call of ``qlab.load`` names it. Reads nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ..data import Dataset


def loadable(value: Any) -> bool:
    """Return whether a variable of the kernel holds a table."""
    if isinstance(value, type):
        return False
    dask = type(value).__module__.startswith("dask.") and hasattr(value, "compute") and hasattr(value, "columns")
    return isinstance(value, Dataset) or hasattr(value, "__arrow_c_stream__") or dask


def kernel_variables() -> dict[str, Any]:
    """Return the names of the notebook; none outside IPython."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return {}
    shell = get_ipython()
    return {} if shell is None else {k: v for k, v in list(shell.user_ns.items()) if not k.startswith("_")}


def about(value: Any) -> str:
    """Return type and size of a table, as a list of names shows them."""
    if isinstance(value, Dataset):
        return f"Dataset, {value.rows:,} × {len(value.columns)}"
    shape = getattr(value, "shape", None)
    known = isinstance(shape, tuple) and len(shape) == 2 and all(isinstance(n, int) for n in shape)
    return type(value).__name__ + (f", {shape[0]:,} × {shape[1]}" if known and isinstance(shape, tuple) else "")


def origin(source: Any, dataset: Dataset, variables: Callable[[], dict[str, Any]]) -> str:
    """Return what stands for ``source`` in a call of `qlab.load`."""
    if isinstance(source, (str, os.PathLike)):
        return repr(os.fspath(source))
    for name, value in variables().items():
        if value is source:
            return name
    if dataset.source.startswith("gallery:"):
        return repr(dataset.source.removeprefix("gallery:"))
    return repr(dataset.source) if os.path.sep in dataset.source or "." in dataset.source else "ds"
