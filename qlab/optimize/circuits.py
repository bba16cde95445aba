"""QAOA as a `Circuit` that the designer opens and any backend runs: γ are w[0..p), β are w[p..2p).

The phase is exp(-iγC) up to a global phase; mixers are those of `xmixer` and `product`, gate for gate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ..circuit import Circuit, Operation
from ..circuit.ops import normalise
from ..errors import OptimizeError
from .bits import Bits
from .problem import Problem
from .product import Space, spaces
from .terms import Terms

MIXERS = ("x", "xy", "xy_complete", "grover")
KINDS = {"xy": "ring", "xy_complete": "complete", "grover": "grover", "warm": "warm"}


def spins(terms: Terms) -> Terms:
    """Return a polynomial over bits as one over spins s = 1 - 2·bit: keys are products of Z."""
    out: Terms = {}
    for key, value in terms.items():
        for subset in range(1 << len(key)):
            chosen = tuple(k for j, k in enumerate(key) if subset >> j & 1)
            out[chosen] = out.get(chosen, 0.0) + value * (-1) ** len(chosen) / 2 ** len(key)
    size = max((abs(v) for v in out.values()), default=1.0)
    return {k: v for k, v in out.items() if abs(v) > 1e-14 * size}


class _Builder:
    def __init__(self) -> None:
        self.ops: list[Operation] = []

    def add(
        self, gate: str, qubits: Any, *params: Any, controls: Sequence[int] = (), zeros: Sequence[int] = ()
    ) -> None:
        where = f"op g{len(self.ops) + 1}"
        row, targets, angles, ones, noughts = normalise(
            gate, tuple(qubits), params, tuple(controls), tuple(zeros), where
        )
        self.ops.append(Operation(where[3:], row.name, targets, angles, ones, noughts))

    def phase(self, poly: Terms, symbol: str) -> None:
        for key, value in sorted(poly.items(), key=lambda kv: (len(kv[0]), kv[0])):
            angle = f"{2.0 * value!r}*{symbol}"
            if len(key) == 1:
                self.add("rz", key, angle)
            elif len(key) == 2:
                self.add("rzz", key, angle)
            elif key:
                for a, b in pairwise(key):
                    self.add("cx", (a, b))
                self.add("rz", key[-1:], angle)
                for a, b in reversed(list(pairwise(key))):
                    self.add("cx", (a, b))

    def start(self, part: Space, inverse: bool = False) -> None:
        """Prepare a factor's start from zeros, or undo it."""
        if part.tilt is not None:
            self.add("ry", part.bits, -part.tilt if inverse else part.tilt)
        elif len(part.bits) == 1 and part.size == 2:
            self.add("h", part.bits)
        else:
            k = part.size
            steps: list[tuple[str, tuple[int, ...], tuple[float, ...]]] = [("x", part.bits[:1], ())]
            for j in range(k - 1):
                theta = 2.0 * math.acos(math.sqrt(1.0 / (k - j)))
                steps.append(("cry", (part.bits[j], part.bits[j + 1]), (theta,)))
                steps.append(("cx", (part.bits[j + 1], part.bits[j]), ()))
            for gate, qubits, params in reversed(steps) if inverse else steps:
                self.add(gate, qubits, *(-a if inverse else a for a in params))

    def mix(self, part: Space, symbol: str) -> None:
        if part.tilt is not None:
            self.add("ry", part.bits, -part.tilt)
            self.add("rz", part.bits, f"2*{symbol}")
            self.add("ry", part.bits, part.tilt)
        elif len(part.bits) == 1 and part.size == 2:
            self.add("rx", part.bits, f"2*{symbol}")
        else:
            for a, b in part.pairs:
                self.add("xx_plus_yy", (part.bits[a], part.bits[b]), f"2*{symbol}", 0.0)

    def grover(self, parts: Sequence[Space], n: int, symbol: str) -> None:
        for part in parts:
            self.start(part, inverse=True)
        self.add("x", (n - 1,))
        self.add("p", (n - 1,), f"-{symbol}", zeros=range(n - 1))
        self.add("x", (n - 1,))
        for part in parts:
            self.start(part)


def circuit_of(bits: Bits, depth: int, mixer: str = "x", tilts: Sequence[float] | None = None) -> Circuit:
    """Return the QAOA circuit of bits; see `qaoa_circuit`."""
    if mixer not in MIXERS and mixer != "warm":
        raise OptimizeError(f"mixer={mixer!r} is unknown", where="qaoa_circuit", cure=f"use one of {', '.join(MIXERS)}")
    if not isinstance(depth, int) or depth < 1:
        raise OptimizeError(f"depth={depth!r}", where="qaoa_circuit", cure="use a whole number of at least 1")
    if mixer == "x":
        parts = [Space((b,), spaces_plus(), ((0, 1),)) for b in range(bits.n)]
    else:
        parts = spaces(bits, KINDS[mixer], tilts)
    made, poly = _Builder(), spins(bits.terms)
    for part in parts:
        made.start(part)
    for layer in range(depth):
        made.phase(poly, f"w[{layer}]")
        if mixer == "grover":
            made.grover(parts, bits.n, f"w[{depth + layer}]")
        else:
            for part in parts:
                made.mix(part, f"w[{depth + layer}]")
    limits = {"qubits": max(64, bits.n), "ops": max(10_000, len(made.ops))}
    return Circuit(bits.n, made.ops, name="qaoa", limits=limits)


def drawn(figures: Mapping[str, Any], name: str) -> Circuit | None:
    """Return the circuit of a coarse pass with its angles, of its last window if it took windows.

    None where there is none: the orders of a schedule and windows under constraints are mixed over a table of what is
    allowed, which has no short circuit.
    """
    if figures.get("drawn") is None:
        return None
    bits, mixer = figures["drawn"]
    made = circuit_of(bits, len(figures["gammas"]), mixer).with_(name=f"QAOA of {name}"[:64])
    return made.bind(w=[*map(float, figures["gammas"]), *map(float, figures["betas"])])


def spaces_plus() -> Any:
    """Return the amplitudes of |+⟩."""
    import numpy as np

    return np.full(2, 0.5**0.5, dtype=complex)


def qaoa_circuit(p: Problem, depth: int = 1, *, mixer: str = "x", **options: Any) -> Circuit:
    """Return the QAOA circuit of a problem.

    Args:
        p: The problem; see `Problem.to_bits` for ``options``.
        depth: Layers.
        mixer: ``"x"``; ``"xy"`` (ring) and ``"xy_complete"`` keep one-hot groups, free bits get X; ``"grover"``.

    Returns:
        A circuit with 2·depth weights; measured bits are those of ``p.to_bits(keep_groups=mixer != "x")``.

    Example:
        >>> from qlab.optimize import maxcut
        >>> qaoa_circuit(maxcut([(0, 1)])).n_weights
        2
    """
    return circuit_of(p.to_bits(keep_groups=mixer != "x", **options), depth, mixer)
