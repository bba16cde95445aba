"""A typed door to numba's decorators, so that kernels stay checkable.

numba is taken as untyped on purpose: its own annotations differ from version to version and describe Python
calls, not what kernels may do. Nothing that `import qlab` reaches may import this module.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

numba: Any = importlib.import_module("numba")
llvm: Any = importlib.import_module("llvmlite.ir")
extending: Any = importlib.import_module("numba.extending")
cgutils: Any = importlib.import_module("numba.core.cgutils")
event: Any = importlib.import_module("numba.core.event")

defined: list[str] = []  # names of all functions that are compiled on their own

_BARE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # only kernels call it

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function that Python calls: machine code is cached on disk and runs without the GIL.

    numba caches beside this file, or in the user's cache folder where that is read-only.
    """
    defined.append(function.__name__)
    options = {"nogil": True, "error_model": "numpy", "boundscheck": False}
    try:
        return cast(F, numba.njit(cache=True, **options)(function))
    except RuntimeError:  # neither folder can be written: compile once a process rather than not at all
        return cast(F, numba.njit(**options)(function))


def helper(function: F) -> F:
    """Compile a function that only kernels call."""
    defined.append(function.__name__)
    return cast(F, numba.njit(nogil=True, error_model="numpy", boundscheck=False, **_BARE)(function))


def pasted(function: F) -> F:
    """Paste a function into the one place that calls it, before types are inferred; it is never compiled alone."""
    return cast(F, numba.njit(inline="always")(function))


def inlined(function: F) -> F:
    """Compile a helper into the kernels that call it."""
    defined.append(function.__name__)
    return cast(F, numba.njit(nogil=True, error_model="numpy", boundscheck=False, forceinline=True, **_BARE)(function))


@contextmanager
def compiling(done: Callable[[str], object]) -> Iterator[None]:
    """Call ``done`` with the name of every function of the engine that is compiled in the block."""

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, started: Any) -> None:
            """Nothing: only what is finished counts."""

        def on_end(self, ended: Any) -> None:
            function = ended.data["dispatcher"].py_func
            if function.__name__ in defined:
                done(function.__name__)

    with event.install_listener("numba:compile", Listener()):
        yield
