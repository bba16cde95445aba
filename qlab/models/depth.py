"""How deep a weight sits: the number of trained angles on the longest way to it. Pure; must not run circuits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..circuit import Circuit, Operation


def trained_depth(circuit: Circuit) -> list[tuple[int, Operation, bool]]:
    """Return each operation with its depth and whether it is trained; measurements and barriers are left out.

    Two trained operations of the same depth act on different wires and none is on a way to the other. What is less
    deep comes before all of them.
    """
    level = [0] * circuit.n_qubits
    found = []
    for op in circuit.flattened().ops:
        if op.gate in ("measure", "barrier"):
            continue
        trained = any(symbol.kind == "w" for symbol in op.symbols)
        at = max((level[q] for q in op.wires), default=0) + trained
        for q in op.wires:
            level[q] = at
        found.append((at, op, trained))
    return found


def depth_of_weights(circuit: Circuit) -> NDArray[np.int64]:
    """Return the layer of each weight, (n_weights,), from 0: the depth of the first operation that reads it, less 1.

    Example:
        >>> depth_of_weights(Circuit(1).append("ry", 0, "w[1]").append("rz", 0, "w[0]")).tolist()
        [1, 0]
    """
    layer = np.full(circuit.n_weights, -1, dtype=np.int64)
    for at, op, _ in trained_depth(circuit):
        for symbol in op.symbols:
            if symbol.kind == "w" and layer[symbol.index] < 0:
                layer[symbol.index] = at - 1
    return np.asarray(np.maximum(layer, 0))
