"""Makes the kernels ready: compiles them on a machine's first use, afterwards loads them from a cache."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qlab.circuit import Circuit

from .plan import compile

Progress = Callable[[float, str], object]


def warm_up(progress: Progress | None = None) -> None:
    """Compile or load every kernel, so that the first step of a training run costs what the others do.

    Args:
        progress: Called with a fraction from 0 to 1 and a sentence for the user.
    """
    tell: Progress = progress or (lambda fraction, text: None)
    tell(0.0, "loading the compiler")
    plan = compile(Circuit(1).append("ry", 0, "x[0] + w[0]"), ["Z0"])
    x, w = np.zeros((1, 1)), np.zeros(1)
    tell(0.1, "preparing the forward kernels")
    plan.expectations(x, w)
    tell(0.5, "preparing the gradient kernels")
    plan.value_and_vjp(x, w, np.ones((1, 1)), want_x=True)
    tell(1.0, "the simulator is ready")
