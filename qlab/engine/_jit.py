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

sizes: dict[str, int] = {}  # of all functions that are compiled on their own, in bytecode

_BARE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # only kernels call it

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function that Python calls: machine code is cached on disk and runs without the GIL.

    numba caches beside this file, or in the user's cache folder where that is read-only.
    """
    _define(function)
    options = {"nogil": True, "error_model": "numpy", "boundscheck": False}
    try:
        return cast(F, numba.njit(cache=True, **options)(function))
    except RuntimeError:  # neither folder can be written: compile once a process rather than not at all
        return cast(F, numba.njit(**options)(function))


def helper(function: F) -> F:
    """Compile a function that only kernels call."""
    _define(function)
    return cast(F, numba.njit(nogil=True, error_model="numpy", boundscheck=False, **_BARE)(function))


def pasted(function: F) -> F:
    """Paste a function into the one place that calls it, before types are inferred; it is never compiled alone."""
    return cast(F, numba.njit(inline="always")(function))


def inlined(function: F) -> F:
    """Compile a helper into the kernels that call it."""
    _define(function)
    return cast(F, numba.njit(nogil=True, error_model="numpy", boundscheck=False, forceinline=True, **_BARE)(function))


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"


def _define(function: Callable[..., Any]) -> None:
    code = getattr(function, "__code__", None)
    sizes[_name(function)] = len(code.co_code) if code else 1


@contextmanager
def compiling(done: Callable[[str], object]) -> Iterator[None]:
    """Call ``done`` with the name of every function defined here that is compiled in the block."""

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, started: Any) -> None:
            """Nothing: only what is finished counts."""

        def on_end(self, ended: Any) -> None:
            name = _name(ended.data["dispatcher"].py_func)
            if name in sizes:
                done(name)

    with event.install_listener("numba:compile", Listener()):
        yield
