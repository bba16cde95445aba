"""Hypothesis strategies for angles and circuits."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
from hypothesis import strategies as st

from qlab.circuit import GATES, Circuit, Expr, Sym
from qlab.circuit.expr import FUNCTIONS, Bin, Call, Neg, Num, Pi
from qlab.circuit.gates import UNITARY
from qlab.errors import CircuitError

numbers = st.one_of(
    st.integers(0, 20).map(float), st.floats(0, 1e30, allow_nan=False), st.floats(0, 1e-3, allow_nan=False)
).map(Num)
symbols = st.builds(Sym, st.sampled_from("xw"), st.integers(0, 5))
exponents = st.integers(0, 16).map(lambda n: Num(float(n))) | st.integers(0, 16).map(lambda n: Neg(Num(float(n))))


def _deeper(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(Neg, inner),
        st.builds(Bin, st.sampled_from("+-*/"), inner, inner),
        st.builds(Bin, st.just("**"), inner, exponents),
        st.builds(Call, st.sampled_from(FUNCTIONS), inner),
    )


exprs: st.SearchStrategy[Expr] = st.recursive(st.one_of(numbers, symbols, st.just(Pi())), _deeper, max_leaves=6).filter(
    lambda e: len(str(e)) <= 200
)

# Smooth everywhere, so that slopes can be measured and unitaries compared.
smooth: st.SearchStrategy[Expr] = st.recursive(
    st.one_of(st.integers(0, 4).map(lambda n: Num(n / 2)), symbols, st.just(Pi())),
    lambda inner: st.one_of(
        st.builds(Neg, inner),
        st.builds(Bin, st.sampled_from("+-*"), inner, inner),
        st.builds(Bin, st.just("**"), inner, st.sampled_from([Num(2.0), Num(3.0)])),
        st.builds(Call, st.sampled_from(["sin", "cos", "arctan"]), inner),
    ),
    max_leaves=4,
)

NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=64)


@st.composite
def unitaries(draw: Any, qubits: int) -> np.ndarray:
    """Unitary matrices: random ones, permutations and diagonals."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    size = 2**qubits
    kind = draw(st.integers(0, 2))
    if kind == 1:
        return np.eye(size)[rng.permutation(size)]
    if kind == 2:
        return np.diag(np.exp(1j * rng.uniform(-4, 4, size)))
    q, r = np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))
    return q * (np.diag(r) / np.abs(np.diag(r)))


@st.composite
def circuits(
    draw: Any,
    max_qubits: int = 4,
    max_ops: int = 8,
    classical: bool = True,
    params: st.SearchStrategy[Expr] = exprs,
    own_ids: bool = True,
    matrices: bool = False,
) -> Circuit:
    """Circuits of all gates, with controls, measurements and conditions; on demand with matrices."""
    n = draw(st.integers(1, max_qubits))
    bits = draw(st.integers(0, 2)) if classical else 0
    out = Circuit(n, clbits=bits, name=draw(NAMES))
    for _ in range(draw(st.integers(0, max_ops))):
        usable = [g for g in GATES.values() if g.targets <= n and g.clbits <= bits and (classical or g.unitary)]
        gate = draw(st.sampled_from(usable))
        wires = draw(st.permutations(range(n)))
        count = draw(st.integers(1, n)) if gate.variadic else gate.targets
        rest = wires[count:]
        k = draw(st.integers(0, len(rest))) if gate.controllable else 0
        split = draw(st.integers(0, k))
        condition = None
        if bits and gate.name != "barrier" and draw(st.integers(0, 3)) == 0:
            which = draw(st.permutations(range(bits)))[: draw(st.integers(1, bits))]
            condition = (which, draw(st.integers(0, 2 ** len(which) - 1)))
        more: dict[str, Any] = {}
        if matrices and rest and draw(st.integers(0, 2)) == 0:
            k, count = min(k, len(rest) - 1), draw(st.integers(1, min(3, n - min(k, len(rest) - 1))))
            rest, gate = wires[count:], UNITARY
            more = {"matrix": draw(unitaries(count)), "label": draw(st.none() | NAMES)}
        fresh = f"my_{len(out)}" if own_ids and draw(st.booleans()) else None
        out = out.append(
            gate.name,
            wires[:count],
            *[draw(params) for _ in gate.params],
            controls=rest[:split],
            anticontrols=rest[split:k],
            clbits=list(range(gate.clbits)),
            condition=condition,
            id=fresh,
            **more,
        )
    return out


@st.composite
def grouped(draw: Any, **options: Any) -> Circuit:
    """Circuits with blocks, made by grouping at random; some groups within groups."""
    out = draw(circuits(**options))
    for name in draw(st.lists(NAMES, max_size=3, unique=True)):
        ids = [op.id for op in out.ops if draw(st.booleans())]
        with contextlib.suppress(CircuitError):
            out = out.group(ids, name)
    return out
