"""A compact drawing in characters, for ``str(circuit)``; the browser's layout is another, in js/src/core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qlab.circuit.labels import short_angle

if TYPE_CHECKING:
    from qlab.circuit.model import Circuit
    from qlab.circuit.ops import Operation

WIDTH = 100  # characters a block of columns may take before the next block begins
MAX_COLUMNS = 200


def columns(circuit: Circuit) -> list[list[Operation]]:
    """Return the operations column by column, each as early as its wires allow.

    An operation takes every wire between its lowest and its highest, so that nothing lies on a link.
    """
    free = [0] * (circuit.n_qubits + circuit.n_clbits)
    out: list[list[Operation]] = []
    for op in circuit.ops:
        bits = op.clbits if op.condition is None else (*op.clbits, *op.condition.clbits)
        wires = op.wires or tuple(range(circuit.n_qubits))
        span = [*range(wires[0], wires[-1] + 1)] if wires else []
        span += [circuit.n_qubits + c for c in bits]
        at = max((free[w] for w in span), default=0)
        for w in span:
            free[w] = at + 1
        while len(out) <= at:
            out.append([])
        out[at].append(op)
    return out


def draw(circuit: Circuit) -> str:
    """Return the circuit as lines of text, one a wire, folded at 100 characters.

    Example:
        >>> from qlab.circuit import Circuit
        >>> print(draw(Circuit(2).append("h", 0).append("cx", [0, 1]).append("ry", 1, "x[0]")))
        q0: ─H─●──────────
        q1: ───X─RY(x[0])─
    """
    labels = [f"{name}: " for name in circuit.qubits]
    margin = max(map(len, labels), default=0)
    labels = [label.ljust(margin) for label in labels]
    blocks: list[list[str]] = []
    lines = list(labels)
    cells = [_column(circuit, ops) for ops in columns(circuit)]
    for column in cells[:MAX_COLUMNS]:
        width = max(map(len, column), default=0)
        if lines and len(lines[0]) + width + 2 > WIDTH and len(lines[0]) > margin:
            blocks.append(lines)
            lines = list(labels)
        lines = [f"{line}─{cell.center(width, '─')}" for line, cell in zip(lines, column, strict=True)]
    blocks.append(lines)
    text = "\n\n".join("\n".join(line + "─" for line in block) for block in blocks)
    more = len(cells) - MAX_COLUMNS
    return text if more <= 0 else f"{text}\n… and {more} more columns"


def _column(circuit: Circuit, ops: list[Operation]) -> list[str]:
    cells = [""] * circuit.n_qubits
    for op in ops:
        wires = op.wires
        for w in range(wires[0] + 1, wires[-1]) if wires else ():
            cells[w] = "┼" if op.gate != "barrier" else ""
        for w in op.controls:
            cells[w] = "●"
        for w in op.anticontrols:
            cells[w] = "○"
        for k, w in enumerate(op.qubits or ((0,) if circuit.n_qubits else ())):
            cells[w] = _label(circuit, op, k)
    return cells


def _label(circuit: Circuit, op: Operation, port: int) -> str:
    if op.gate == "swap":
        return "╳"
    label = op.spec.label
    if op.params:
        label += f"({short_angle(','.join(map(str, op.params)))})"
    elif op.gate == "measure":
        label += "→" + circuit.clbits[op.clbits[0]]
    if len(op.qubits) > 1 and op.gate != "barrier":
        label += f":{port}"
    if op.condition is not None:
        bits = ",".join(circuit.clbits[c] for c in op.condition.clbits)
        label += f"?{bits}={op.condition.value}"
    return label
