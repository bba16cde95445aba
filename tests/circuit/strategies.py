"""Hypothesis strategies for angles and circuits."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from qlab.circuit import GATES, Circuit, Expr, Sym
from qlab.circuit.expr import FUNCTIONS, Bin, Call, Neg, Num, Pi

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
def circuits(
    draw: Any,
    max_qubits: int = 4,
    max_ops: int = 8,
    classical: bool = True,
    params: st.SearchStrategy[Expr] = exprs,
    own_ids: bool = True,
) -> Circuit:
    """Circuits of all gates, with controls, measurements and conditions."""
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
        )
    return out
