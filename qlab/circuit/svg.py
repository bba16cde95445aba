"""A still picture of a circuit as SVG text, for notebooks without the designer and for saved ones.

Metrics and colours are those of the designer in its light theme (js/src/core/metrics.ts, js/style/tokens.css);
nothing here is interactive, and every text is escaped.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from qlab.circuit.drawing import columns
from qlab.circuit.labels import short_angle

if TYPE_CHECKING:
    from qlab.circuit.model import Circuit
    from qlab.circuit.ops import Operation

PITCH, GATE, COLUMN, GAP, MARGIN = 56, 40, 52, 12, 8
PORT = 12  # room for the digits of a gate on two wires
MAX_COLUMNS, MAX_ANGLE, MAX_LABEL = 120, 18, 14
# fill, edge, ink
COLOURS = {
    "data": ("#dcebf9", "#1a6db0", "#0a3e6a"),
    "weight": ("#fdeac4", "#9c5d00", "#593600"),
    "mixed": ("url(#ql-mixed)", "#5c6775", "#19202a"),
    "fixed": ("#eceff3", "#5c6775", "#1d2530"),
    "entangle": ("#d2efe3", "#128a63", "#08432f"),
    "read": ("#ffffff", "#1d2530", "#1d2530"),
}
_WIRE, _CLASSICAL, _INK = "#8a94a2", "#5c6775", "#465060"
_SANS = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"
_MONO = "ui-monospace,'SF Mono',Menlo,Consolas,monospace"


def elided(text: str, most: int) -> str:
    """Return a text with an ellipsis in the middle where it is longer than ``most``."""
    if len(text) <= most:
        return text
    head = most // 2
    return f"{text[:head]}…{text[len(text) - (most - head - 1) :]}"


def _angle(op: Operation) -> str:
    """The angles as the designer draws them."""
    return elided(short_angle(",".join(map(str, op.params))), MAX_ANGLE)


def _label(op: Operation) -> str:
    return elided(op.spec.label, MAX_LABEL)


def _width(op: Operation) -> int:
    if _is_cross(op) or _is_target(op):
        return GATE
    text = max(6.6 * len(_angle(op)), 8.4 * len(_label(op))) + 12 + (PORT if len(op.qubits) > 1 else 0)
    return int(min(132 + PORT, max(GATE, text)))


def _is_cross(op: Operation) -> bool:
    return op.gate == "swap"


def _is_target(op: Operation) -> bool:
    return op.gate == "x" and bool(op.controls or op.anticontrols)


class _Canvas:
    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.labels = [elided(name, 18) for name in circuit.qubits]
        self.left = max(68, min(140, 16 + 8 * max(map(len, self.labels), default=0)))
        self.links: list[str] = []
        self.gates: list[str] = []
        self.classical = circuit.n_qubits * PITCH + MARGIN + 16 if circuit.clbits else None

    def y(self, wire: int) -> int:
        return MARGIN + PITCH * wire + PITCH // 2

    def text(self, x: float, y: float, text: str, size: int, ink: str, font: str = _SANS, extra: str = "") -> str:
        return (
            f'<text x="{x:g}" y="{y:g}" font-family="{font}" font-size="{size}" fill="{ink}" '
            f'text-anchor="middle"{extra}>{escape(text)}</text>'
        )

    def box(self, op: Operation, x: float, top: float, width: float, height: float) -> None:
        fill, edge, _ = COLOURS[self.circuit.family(op)]
        self.gates.append(
            f'<rect x="{x - width / 2:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="4" fill="{fill}" '
            f'stroke="{edge}" stroke-width="1.5"/>'
        )

    def named(self, op: Operation, x: float, y: float, angle: bool = True) -> None:
        ink = COLOURS[self.circuit.family(op)][2]
        x += PORT / 2 if len(op.qubits) > 1 else 0
        shift = -3 if op.params and angle else 5
        self.gates.append(self.text(x, y + shift, _label(op), 13, ink, extra=' font-weight="600"'))
        if op.params and angle:
            self.gates.append(self.text(x, y + 13, _angle(op), 11, ink, _MONO))

    def operation(self, op: Operation, x: float, width: float) -> None:
        edge = COLOURS[self.circuit.family(op)][1]
        wires = op.wires
        if len(wires) > 1 and op.gate != "barrier":
            self.links.append(
                f'<path d="M{x:g} {self.y(wires[0])}V{self.y(wires[-1])}" stroke="{edge}" stroke-width="2"/>'
            )
        for q in op.controls:
            self.gates.append(f'<circle cx="{x:g}" cy="{self.y(q)}" r="5" fill="{edge}"/>')
        for q in op.anticontrols:
            self.gates.append(
                f'<circle cx="{x:g}" cy="{self.y(q)}" r="5" fill="#ffffff" stroke="{edge}" stroke-width="2"/>'
            )
        if op.gate == "barrier":
            for q in op.qubits:
                y = self.y(q)
                self.gates.append(
                    f'<path d="M{x:g} {y - PITCH // 2}v{PITCH}" stroke="{edge}" stroke-width="2" '
                    'stroke-dasharray="2 4"/>'
                )
        elif _is_cross(op):
            for q in op.qubits:
                y = self.y(q)
                self.gates.append(f'<path d="M{x - 8:g} {y - 8}l16 16m0-16l-16 16" stroke="{edge}" stroke-width="2"/>')
        elif _is_target(op):
            y = self.y(op.qubits[0])
            self.gates.append(
                f'<circle cx="{x:g}" cy="{y}" r="12" fill="{COLOURS[self.circuit.family(op)][0]}" stroke="{edge}" '
                f'stroke-width="1.5"/><path d="M{x - 12:g} {y}h24m-12-12v24" stroke="{edge}" stroke-width="1.5"/>'
            )
        else:
            self.boxes(op, x, width)
        self.bits(op, x)

    def boxes(self, op: Operation, x: float, width: float) -> None:
        targets = sorted(op.qubits) or [0]
        if len(targets) > 1 and targets[-1] == targets[0] + len(targets) - 1:
            top = self.y(targets[0]) - GATE / 2
            self.box(op, x, top, width, (len(targets) - 1) * PITCH + GATE)
            self.named(op, x, (self.y(targets[0]) + self.y(targets[-1])) / 2)
        else:
            for k, q in enumerate(targets):
                self.box(op, x, self.y(q) - GATE / 2, width, GATE)
                if op.gate == "measure":
                    ink, y = COLOURS["read"][2], self.y(q)
                    self.gates.append(
                        f'<path d="M{x - 11:g} {y + 7}a11 11 0 0 1 22 0M{x:g} {y + 7}l8-14" fill="none" '
                        f'stroke="{ink}" stroke-width="1.5"/>'
                    )
                else:
                    self.named(op, x, self.y(q), angle=k == 0)
        if len(op.qubits) > 1:  # which wire is which
            for k, q in enumerate(op.qubits):
                ink = COLOURS[self.circuit.family(op)][2]
                self.gates.append(self.text(x - width / 2 + 8, self.y(q) + 4, str(k), 11, ink))

    def bits(self, op: Operation, x: float) -> None:
        if self.classical is None or not (op.clbits or op.condition):
            return
        start = self.y(op.wires[-1]) if op.wires else self.y(0)
        self.links.append(
            f'<path d="M{x - 1.5:g} {start}V{self.classical}M{x + 1.5:g} {start}V{self.classical}" '
            f'stroke="{_CLASSICAL}" stroke-width="1"/>'
        )
        if op.clbits:
            self.gates.append(f'<path d="M{x - 5:g} {self.classical - 8}l5 8 5-8z" fill="{_CLASSICAL}"/>')
            text = ",".join(elided(self.circuit.clbits[c], 8) for c in op.clbits)
        elif op.condition is not None:
            names = ",".join(elided(self.circuit.clbits[c], 8) for c in op.condition.clbits)
            text = f"{names} = {op.condition.value}"
        self.gates.append(self.text(x, self.classical + 16, text, 11, _INK, _MONO))


def to_svg(circuit: Circuit) -> str:
    """Return the picture.

    Args:
        circuit: Any circuit; beyond 120 columns the rest is only counted.

    Example:
        >>> from qlab.circuit import Circuit
        >>> to_svg(Circuit(1).append("h", 0))[:4]
        '<svg'
    """
    canvas = _Canvas(circuit)
    every = columns(circuit)
    x = float(canvas.left + 4)
    for column in every[:MAX_COLUMNS]:
        width = max(COLUMN, max(_width(op) for op in column) + GAP)
        for op in column:
            canvas.operation(op, x + width / 2, _width(op))
        x += width
    more = len(every) - MAX_COLUMNS
    end = x + 12
    total = end + (150 if more > 0 else 8)
    height = 2 * MARGIN + PITCH * circuit.n_qubits + (40 if circuit.clbits else 0)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total:g}" height="{height}" viewBox="0 0 {total:g} {height}" '
        f'role="img" aria-label="{escape(_summary(circuit))}">',
        '<defs><linearGradient id="ql-mixed" x1="0" y1="0" x2="1" y2="1"><stop offset=".5" stop-color="#dcebf9"/>'
        '<stop offset=".5" stop-color="#fdeac4"/></linearGradient></defs>',
        f'<rect width="{total:g}" height="{height}" rx="6" fill="#ffffff"/>',
    ]
    for q, label in enumerate(canvas.labels):
        y = canvas.y(q)
        out.append(f'<path d="M{canvas.left - 4} {y}H{end:g}" stroke="{_WIRE}" stroke-width="1.25"/>')
        out.append(
            f'<text x="{canvas.left - 12}" y="{y + 4}" font-family="{_SANS}" font-size="13" fill="{_INK}" '
            f'text-anchor="end">{escape(label)}</text>'
        )
    if canvas.classical is not None:
        y = canvas.classical
        out.append(
            f'<path d="M{canvas.left - 4} {y - 1.5}H{end:g}M{canvas.left - 4} {y + 1.5}H{end:g}" '
            f'stroke="{_CLASSICAL}" stroke-width="1"/>'
        )
    out += canvas.links + canvas.gates
    if more > 0:
        out.append(canvas.text(end + 70, canvas.y(0) + 4, f"… {more} more columns", 12, _INK))
    return "".join([*out, "</svg>"])


def _summary(circuit: Circuit) -> str:
    return f"Circuit {circuit.name}: {circuit.n_qubits} qubits, {len(circuit.ops)} operations"
