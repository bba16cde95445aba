"""Makes the kernels ready: compiles them on a machine's first use, afterwards loads them from a cache."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qlab.circuit import Circuit

from .plan import compile

Progress = Callable[[float, str], object]


def warm_up(progress: Progress | None = None, dtype: str = "complex128") -> None:
    """Compile or load every kernel, so that the first step of a training run costs what the others do.

    Args:
        progress: Called with a fraction from 0 to 1 and a sentence for the user, after every function that is
            compiled.
        dtype: The precision to make ready.
    """
    tell: Progress = progress or (lambda fraction, text: None)
    tell(0.0, "loading the compiler")
    from . import kernels  # noqa: F401  # defines what is counted
    from ._jit import compiling, defined

    names: set[str] = set()

    def count(name: str) -> None:
        names.add(name)
        share = len(names) / len(defined)
        tell(0.05 + 0.9 * share, f"compiling the simulator, once on this machine: {share:.0%}")

    tell(0.05, "loading the simulator")
    plan = compile(Circuit(1).append("ry", 0, "x[0] + w[0]"), ["Z0"], dtype)
    x, w = np.zeros((1, 1)), np.zeros(1)
    with compiling(count):
        plan.expectations(x, w)
        plan.value_and_vjp(x, w, np.ones((1, 1)), want_x=True)
    tell(1.0, "the simulator is ready")
