"""Quantum convolutional network: convolution, pooling, half the wires, again. Builds circuits; must not train.

Source: Cong, Choi, Lukin, Nature Physics 15 (2019) 1273; the two-wire blocks with three angles each are Vatan and
Williams's, Phys. Rev. A 69 (2004) 032315, without their one-wire parts.
"""

from __future__ import annotations

from ..circuit import Circuit
from ..errors import TrainError


def qcnn(n: int, *, keep: int = 1, share: bool = True) -> Circuit:
    """Return the trained part of a quantum convolutional network; put an encoder of the features in front.

    Each layer joins neighbours in a ring, then folds the first half of the wires in use into the second half, until at
    most ``keep`` are left; `qcnn_wires` names those, to be measured.

    Args:
        n: wires, at least 2.
        keep: wires left at the end: 1 for two classes, more for more.
        share: one set of weights for all places of a layer, as in a classical convolution; False gives each its own.

    Raises:
        TrainError: fewer than 2 wires, or ``keep`` out of range.

    Example:
        >>> qcnn(8).n_weights, qcnn_wires(8)
        (18, (7,))
    """
    _check(n, keep)
    circuit, at, live = Circuit(n, name="qcnn"), 0, list(range(n))
    while len(live) > keep:
        pairs = [(live[i], live[i + 1]) for i in range(0, len(live) - 1, 2)]
        ring = [(live[i], live[(i + 1) % len(live)]) for i in range(1, len(live), 2)] if len(live) > 2 else []
        half = len(live) // 2
        folds = list(zip(live[:half], live[len(live) - half :], strict=True))
        for places, block in ((pairs + ring, _convolve), (folds, _pool)):
            for k, (a, b) in enumerate(places):
                circuit = block(circuit, a, b, at if share else at + 3 * k)
            at += 3 if share else 3 * len(places)
        live = live[half:]
    return circuit


def qcnn_wires(n: int, *, keep: int = 1) -> tuple[int, ...]:
    """Return the wires that `qcnn` leaves, which carry the answer."""
    _check(n, keep)
    live = list(range(n))
    while len(live) > keep:
        live = live[len(live) // 2 :]
    return tuple(live)


def _check(n: int, keep: int) -> None:
    if n < 2 or not 1 <= keep < n:
        raise TrainError(
            f"a convolutional network on {n} wires can't keep {keep}",
            where="qcnn",
            cure="use at least 2 wires, and keep from 1 to one less",
            value=(n, keep),
        )


def _convolve(circuit: Circuit, a: int, b: int, at: int) -> Circuit:
    circuit = circuit.append("rz", b, "-pi/2").append("cx", [b, a]).append("rz", a, f"w[{at}]")
    circuit = circuit.append("ry", b, f"w[{at + 1}]").append("cx", [a, b]).append("ry", b, f"w[{at + 2}]")
    return circuit.append("cx", [b, a]).append("rz", a, "pi/2")


def _pool(circuit: Circuit, a: int, b: int, at: int) -> Circuit:
    circuit = circuit.append("rz", b, "-pi/2").append("cx", [b, a]).append("rz", a, f"w[{at}]")
    return circuit.append("ry", b, f"w[{at + 1}]").append("cx", [a, b]).append("ry", b, f"w[{at + 2}]")
