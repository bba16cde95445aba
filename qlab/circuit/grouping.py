"""Grouping operations of a circuit into blocks and taking blocks apart; the methods of `Circuit` about blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from qlab.circuit.blocks import Block, expanded, instance_of, placed
from qlab.circuit.ops import ID, Operation
from qlab.errors import CircuitError

if TYPE_CHECKING:
    from qlab.circuit.model import Circuit


class Grouping:
    """Methods of `Circuit`."""

    __slots__ = ()

    def block(self, name: str) -> Circuit:
        """Return the definition of a block as a circuit of its own, to read or to edit.

        Raises:
            CircuitError: when there is none of that name.
        """
        from qlab.circuit.model import Circuit

        c = cast("Circuit", self)
        found = _find(c, name)
        others = tuple(b for b in c.blocks if b.name != name)
        return Circuit(found.qubits, found.ops, name=name, blocks=_needed(found.ops, others))

    def group(self, ids: Iterable[str], name: str) -> Circuit:
        """Return the circuit with some operations as one instance of a new block, on their wires in ascending order.

        What lies between them moves in front of the instance, or behind it where it depends on one of them.

        Args:
            ids: Operations that have a matrix, or barriers; no condition.
            name: The block's name, not in use.

        Raises:
            CircuitError: when one has no matrix, or another operation must stay between two of them.

        Example:
            >>> from qlab.circuit import Circuit
            >>> c = Circuit(2).append("h", 0).append("cx", [0, 1]).group(["g1", "g2"], "Bell")
            >>> [op.gate for op in c.ops]
            ['block:Bell']
        """
        c = cast("Circuit", self)
        wanted = set(ids)
        for id in wanted:
            c.op(id)
        if not wanted:
            raise CircuitError("no operation is selected", cure="name one or more ids")
        if any(block.name == name for block in c.blocks):
            raise CircuitError(f"there is already a block {name}", cure="choose another name", value=name)
        chosen, before, after = _gathered(c, wanted)
        wires = tuple(sorted({q for op in chosen for q in op.wires})) or (0,)
        at = {q: k for k, q in enumerate(wires)}
        inner = tuple(_rewired(op, at) for op in chosen)
        instance = instance_of(name, f"g{c._top + 1}", wires)
        block = Block(name, len(wires), inner)
        return c._rebuilt((*before, instance, *after), (*c.blocks, block))

    def ungroup(self, id: str) -> Circuit:
        """Return the circuit with an instance replaced by what its block holds; the last one takes the block away.

        Operations keep their ids of the definition where these are free, so that this undoes `group`.

        Raises:
            CircuitError: when the operation is no instance of a block.
        """
        c = cast("Circuit", self)
        i = c._index(id)
        instance = c.ops[i]
        name = instance.block
        if name is None:
            raise CircuitError(f"op {id} ({instance.gate}) is no block", where=f"op {id}", cure="choose an instance")
        taken = {op.id for op in c.ops if op.id != id}
        inner, top = [], c._top
        for op in (one for each in _find(c, name).ops for one in placed(each, instance)):
            op, top = _with_id(op, taken, top)
            inner.append(op)
        left = c._rebuilt((*c.ops[:i], *inner, *c.ops[i + 1 :]), c.blocks)
        return left if _users(left, name) else left.undefine(name)

    def define(self, name: str, definition: Circuit | Sequence[Operation], qubits: int | None = None) -> Circuit:
        """Return the circuit with a block defined, or redefined: all its instances follow.

        Args:
            name: The block's name.
            definition: Its operations, or a circuit with them, such as an edited `block`; blocks that it
                brings along are defined too.
            qubits: How many it acts on; by default as before, or as the circuit, or as its operations need.

        Raises:
            CircuitError: naming the block and the operation in it that isn't legal, or an instance that no longer fits.
        """
        from qlab.circuit.model import Circuit

        c = cast("Circuit", self)
        ops = tuple(definition)
        brought: tuple[Block, ...] = ()
        if isinstance(definition, Circuit):
            brought = tuple(b for b in definition.blocks if b not in c.blocks)
            qubits = definition.n_qubits if qubits is None else qubits
        if qubits is None:
            known = [b.qubits for b in c.blocks if b.name == name]
            qubits = known[0] if known else 1 + max((q for op in ops for q in op.wires), default=0)
        new = Block(name, qubits, ops)
        blocks = c.blocks
        for block in (*brought, new):
            if any(b.name == block.name for b in blocks):
                blocks = tuple(block if b.name == block.name else b for b in blocks)
            else:
                blocks = (*blocks, block)
        return c._rebuilt(c.ops, blocks)

    def undefine(self, name: str) -> Circuit:
        """Return the circuit without a block that nothing uses.

        Raises:
            CircuitError: naming an operation or block that uses it.
        """
        c = cast("Circuit", self)
        _find(c, name)
        users = _users(c, name)
        if users:
            raise CircuitError(f"block {name} is used by {users[0]}", where=f"block {name}", cure="ungroup it first")
        return c._rebuilt(c.ops, tuple(b for b in c.blocks if b.name != name))

    def flattened(self) -> Circuit:
        """Return the circuit with all blocks written out, exactly the same state; ids are joined: ``g3_g1``."""
        from qlab.circuit.model import Circuit

        c = cast("Circuit", self)
        if not c.blocks:
            return c
        ops, taken, top = [], {op.id for op in c.ops}, c._top
        for op, source in expanded(c.ops, c.blocks):
            if op.id != source:
                op, top = _with_id(op, taken, top)
            ops.append(op)
        most = {"qubits": c.n_qubits, "clbits": c.n_clbits, "ops": max(1, len(ops))}
        return Circuit(c.qubits, ops, clbits=c.clbits, name=c.name, names=c.names, limits=most)


def _find(c: Circuit, name: str) -> Block:
    for block in c.blocks:
        if block.name == name:
            return block
    cure = "see circuit.blocks for the names"
    raise CircuitError(f"the block {name!r} is not defined", cure=cure, value=name)


def _users(c: Circuit, name: str) -> list[str]:
    places = [f"op {op.id}" for op in c.ops if op.block == name]
    return places + [f"block {b.name}" for b in c.blocks if any(op.block == name for op in b.ops)]


def _needed(ops: Sequence[Operation], blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks that operations use, directly or not, in the order of ``blocks``."""
    by_name = {block.name: block for block in blocks}
    used: set[str] = set()
    todo = [op.block for op in ops if op.block is not None]
    while todo:
        name = todo.pop()
        if name not in used and name in by_name:
            used.add(name)
            todo += [op.block for op in by_name[name].ops if op.block is not None]
    return tuple(block for block in blocks if block.name in used)


def _rewired(op: Operation, at: dict[int, int]) -> Operation:
    return replace(
        op,
        qubits=tuple(at[q] for q in op.qubits),
        controls=tuple(at[q] for q in op.controls),
        anticontrols=tuple(at[q] for q in op.anticontrols),
    )


def _gathered(c: Circuit, wanted: set[str]) -> tuple[list[Operation], list[Operation], list[Operation]]:
    """The chosen operations, and what goes before and behind them."""
    chosen: list[Operation] = []
    before: list[Operation] = []
    after: list[Operation] = []
    mine: set[int] = set()
    late: dict[int, str] = {}  # lines that what must come behind touches, and who
    last = max(i for i, op in enumerate(c.ops) if op.id in wanted)
    for i, op in enumerate(c.ops):
        bits = op.clbits if op.condition is None else (*op.clbits, *op.condition.clbits)
        lines = [*op.wires, *(-1 - bit for bit in bits)]
        if op.id in wanted:
            if not (op.spec.unitary or op.gate == "barrier") or op.condition is not None:
                what = op.gate if op.condition is None else "a gate with a condition"
                cure = "leave it out of the selection"
                raise CircuitError(f"{what} can't be in a block", where=f"op {op.id}", cure=cure)
            between = next((late[q] for q in lines if q in late), None)
            if between is not None:
                message = f"op {between} must stay between the operations to be grouped"
                raise CircuitError(message, where=f"op {between}", cure="add it to the selection")
            chosen.append(op)
            mine.update(lines)
        elif i > last or (chosen and (not mine.isdisjoint(lines) or not late.keys().isdisjoint(lines))):
            after.append(op)
            late |= {line: op.id for line in lines if line not in late}
        else:
            before.append(op)
    return chosen, before, after


def _with_id(op: Operation, taken: set[str], top: int) -> tuple[Operation, int]:
    """The operation under an id of its own: as it is where free and valid, else the next ``g`` number."""
    if op.id in taken or not ID.fullmatch(op.id):
        top += 1
        while f"g{top}" in taken:
            top += 1
        op = replace(op, id=f"g{top}")
    taken.add(op.id)
    return op, top
