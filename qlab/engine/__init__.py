"""The batched simulator: expectations, gradients, states and samples of circuits whose angles read data and
weights.

The batch is the innermost SIMD axis and the circuit is data for kernels compiled once per machine. Importing
this package doesn't import numba; running a plan does.

Example:
    >>> import qlab
    >>> from qlab import engine
    >>> plan = engine.compile(qlab.Circuit(1).append("ry", 0, "w[0]"), ["Z0"])
    >>> values, grad_w, _ = plan.value_and_vjp(None, [0.5], [[1.0]])
    >>> bool(abs(grad_w[0] + __import__("math").sin(0.5)) < 1e-12)
    True
"""

from __future__ import annotations

from .capacity import estimate_memory
from .channels import NoiseModel
from .gram import kernel_matrix
from .plan import Plan, compile
from .pool import get_threads, set_threads
from .warm import warm_up

__all__ = ["NoiseModel", "Plan", "compile", "estimate_memory", "get_threads", "kernel_matrix", "set_threads", "warm_up"]
