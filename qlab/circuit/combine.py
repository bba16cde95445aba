"""Circuits out of circuits: in sequence, repeated, with numbers for symbols; methods of `Circuit`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qlab.circuit.blocks import Block
from qlab.circuit.expr import Expr, Sym, number, parse
from qlab.circuit.gates import BLOCK
from qlab.circuit.model import Circuit
from qlab.circuit.names import MAX_NAME, check_limit
from qlab.circuit.ops import Operation
from qlab.errors import CircuitError


def _substituted(op: Operation, values: dict[Sym, float | Expr]) -> Operation:
    if not op.params or not values:
        return op
    return replace(op, params=tuple(parse(str(p.substitute(values))) for p in op.params))


def _inner_first(blocks: tuple[Block, ...]) -> list[Block]:
    by_name = {block.name: block for block in blocks}
    done: dict[str, Block] = {}

    def visit(block: Block) -> None:
        if block.name not in done:
            for op in block.ops:
                if op.block is not None:
                    visit(by_name[op.block])
            done[block.name] = block

    for block in blocks:
        visit(block)
    return list(done.values())


def _merged(
    mine: tuple[Block, ...], others: tuple[Block, ...], values: dict[Sym, float | Expr]
) -> tuple[tuple[Block, ...], dict[str, str]]:
    """All blocks of two circuits, and the gates that stand for the other's: a name another block has gets a number."""
    known = {block.name: block for block in mine}
    gates: dict[str, str] = {}
    for block in _inner_first(others):
        ops = tuple(_regated(_substituted(op, values), gates) for op in block.ops)
        name, k = block.name, 1
        while name in known and known[name] != replace(block, name=name, ops=ops):
            k += 1
            name = f"{block.name[: MAX_NAME - 5]} {k}"
        known[name] = replace(block, name=name, ops=ops)
        gates[BLOCK + block.name] = BLOCK + name
    return tuple(known.values()), gates


def _regated(op: Operation, gates: dict[str, str]) -> Operation:
    return replace(op, gate=gates[op.gate]) if op.gate in gates else op


def compose(first: Circuit, other: Circuit, at: tuple[int, ...] | None, *, fresh_weights: bool) -> Circuit:
    """Return ``first`` followed by ``other`` on the wires ``at``; see `Circuit.compose`."""
    places = tuple(range(min(other.n_qubits, first.n_qubits))) if at is None else at
    if len(places) != other.n_qubits or len(set(places)) != len(places):
        raise CircuitError(
            f"{other.n_qubits} wires don't fit on {len(set(places))}",
            where="compose, argument qubits",
            cure=f"name {other.n_qubits} different qubits",
        )
    shift = first.n_weights if fresh_weights else 0
    values: dict[Sym, float | Expr] = {s: Sym("w", s.index + shift) for s in other.symbols if shift and s.kind == "w"}
    gates: dict[str, str] = {}
    if other.blocks:
        blocks, gates = _merged(first.blocks, other.blocks, values)
        first = first._rebuilt(first.ops, blocks)
    return first.extend(
        replace(
            _regated(_substituted(op, values), gates),
            id=f"g{first._top + 1 + k}",
            qubits=tuple(places[q] for q in op.qubits),
            controls=tuple(sorted(places[q] for q in op.controls)),
            anticontrols=tuple(sorted(places[q] for q in op.anticontrols)),
        )
        for k, op in enumerate(other.ops)
    )


def repeat(circuit: Circuit, n: int, *, fresh_weights: bool) -> Circuit:
    """Return the circuit n times in a row; see `Circuit.repeat`."""
    if n < 0:
        raise CircuitError(f"a circuit can't be repeated {n} times", cure="use 0 or more", value=n)
    check_limit("ops", n * len(circuit.ops), None)
    out = circuit if n else circuit._with_ops(())
    for _ in range(n - 1):
        out = compose(out, circuit, None, fresh_weights=fresh_weights)
    return out


def bind(circuit: Circuit, x: Sequence[float] | None, w: Sequence[float] | None) -> Circuit:
    """Return the circuit with numbers for inputs and/or weights; see `Circuit.bind`."""
    values: dict[Sym, float | Expr] = {}
    for kind, given, needed in (("x", x, circuit.n_inputs), ("w", w, circuit.n_weights)):
        if given is None:
            continue
        if len(given) < needed:
            raise CircuitError(
                f"{len(given)} values for {kind}, but the circuit reads {needed}",
                where=f"bind, argument {kind}",
                cure=f"give {needed} values",
            )
        values |= {Sym(kind, i): number(float(v)) for i, v in enumerate(given)}
    blocks = tuple(replace(b, ops=tuple(_substituted(op, values) for op in b.ops)) for b in circuit.blocks)
    ops = tuple(_substituted(op, values) for op in circuit.ops)
    bound = circuit._rebuilt(ops, blocks) if blocks else circuit._with_ops(ops)
    return bound.with_(names={key: name for key, name in circuit.names.items() if parse(key) not in values})
