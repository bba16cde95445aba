"""Blocks: named gates defined by other gates. Their rules, and writing them out.

A block holds only what has a matrix, and barriers, so that an instance may have controls and a condition as any
gate may. Its angles read the ``x`` and ``w`` of the whole circuit. js/src/core/blocks.ts is the twin;
docs/decisions/006-unitary-and-blocks.md says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from qlab.circuit.expr import Sym
from qlab.circuit.gates import BLOCK
from qlab.circuit.names import LIMITS, check_limit, check_name
from qlab.circuit.ops import Operation, check, in_order
from qlab.errors import CircuitError

MAX_NESTING = 8


@dataclass(frozen=True, slots=True)
class Block:
    """The definition of a named gate.

    Args:
        name: 1 to 64 characters, unique in the circuit.
        qubits: How many it acts on; its operations use 0 to qubits - 1.
        ops: Gates, barriers and instances of other blocks, with ids of their own.
    """

    name: str
    qubits: int
    ops: tuple[Operation, ...] = ()


def sizes_of(blocks: Iterable[Block]) -> dict[str, int]:
    """Return how many qubits each block takes, by name."""
    return {block.name: block.qubits for block in blocks}


def inside(name: str, error: CircuitError) -> CircuitError:
    """Return an error with the block in front of its place."""
    error.where = f"block {name}, {error.where}" if error.where else f"block {name}"
    return error


def check_blocks(blocks: tuple[Block, ...], limits: Mapping[str, int] | None) -> None:
    """Raise CircuitError unless all definitions are legal: names, operations, no recursion, nesting."""
    check_limit("blocks", len(blocks), limits)
    sizes: dict[str, int] = {}
    for i, block in enumerate(blocks):
        check_name(block.name, f"field blocks[{i}]")
        if block.name in sizes:
            message = f"two blocks are called '{block.name}'"
            raise CircuitError(message, where=f"field blocks[{i}]", cure="give each block its own name")
        sizes[block.name] = block.qubits
    for block in blocks:
        _check_block(block, sizes, limits)
    _check_nesting({block.name: block for block in blocks})


def _check_block(block: Block, sizes: Mapping[str, int], limits: Mapping[str, int] | None) -> None:
    try:
        if block.qubits < 1:
            raise CircuitError("a block needs at least one qubit", where="field qubits", cure="use 1 or more")
        check_limit("qubits", block.qubits, limits)
        check_limit("ops", len(block.ops), limits)
        seen: set[str] = set()
        for op in block.ops:
            if not (op.spec.unitary or op.gate == "barrier"):
                cure = "use gates and barriers only"
                raise CircuitError(f"{op.gate} can't be in a block", where=f"op {op.id}, field gate", cure=cure)
            if op.condition is not None:
                cure = "put the condition on the whole block"
                raise CircuitError("a condition can't be in a block", where=f"op {op.id}, field if", cure=cure)
            check(op, block.qubits, 0, sizes)
            if op.id in seen:
                cure = "give each operation its own id"
                raise CircuitError(f"the id {op.id} is used twice", where=f"op {op.id}", cure=cure)
            seen.add(op.id)
    except CircuitError as error:
        raise inside(block.name, error) from None


def _check_nesting(blocks: Mapping[str, Block]) -> None:
    depths: dict[str, int] = {}
    for root in blocks:
        stack = [(root, False)]
        open_: set[str] = set()
        while stack:
            name, leaving = stack.pop()
            inner = {op.block for op in blocks[name].ops if op.block is not None}
            if leaving:
                open_.discard(name)
                depths[name] = 1 + max((depths[k] for k in inner), default=0)
                if depths[name] > MAX_NESTING:
                    cure = "write out some of its blocks"
                    message = f"block {name} nests deeper than {MAX_NESTING}"
                    raise CircuitError(message, where=f"block {name}", cure=cure)
            elif name in open_:
                cure = "leave it out of its own definition"
                raise CircuitError(f"block {name} contains itself", where=f"block {name}", cure=cure)
            elif name not in depths:
                open_.add(name)
                stack.append((name, True))
                stack += [(k, False) for k in sorted(inner)]


def check_expanded(ops: Iterable[Operation], blocks: tuple[Block, ...], limits: Mapping[str, int] | None) -> None:
    """Raise CircuitError when the operations are too many with all blocks written out."""
    by_name = {block.name: block for block in blocks}
    counts: dict[str, int] = {}

    def count(name: str) -> int:
        if name not in counts:
            counts[name] = sum(1 if op.block is None else count(op.block) for op in by_name[name].ops)
        return counts[name]

    total = sum(1 if op.block is None else count(op.block) for op in ops)
    limit = (limits or {}).get("ops", LIMITS["ops"])
    if total > limit:
        raise CircuitError(
            f"{total} operations with the blocks written out, over the limit of {limit}", where="field ops",
            cure=f'make it smaller, or pass limits={{"ops": {total}}}', value=total,
        )  # fmt: skip


def symbols_in(ops: Iterable[Operation], blocks: tuple[Block, ...]) -> tuple[Sym, ...]:
    """Return the distinct symbols that operations read, also inside blocks, inputs first."""
    by_name = {block.name: block for block in blocks}
    found: set[Sym] = set()
    done: set[str] = set()
    todo = list(ops)
    while todo:
        op = todo.pop()
        found.update(op.symbols)
        if op.block is not None and op.block not in done:
            done.add(op.block)
            todo += by_name[op.block].ops
    return in_order(found)


def placed(inner: Operation, instance: Operation) -> list[Operation]:
    """Return an operation of a definition as it acts for an instance: on its wires, with its controls and condition.

    A global phase under controls is a phase of the last control.
    """
    at = instance.qubits
    op = replace(
        inner,
        qubits=tuple(at[q] for q in inner.qubits),
        controls=tuple(sorted(at[q] for q in inner.controls)),
        anticontrols=tuple(sorted(at[q] for q in inner.anticontrols)),
    )
    if inner.gate == "barrier":
        return [op]
    ones = tuple(sorted((*op.controls, *instance.controls)))
    zeros = tuple(sorted((*op.anticontrols, *instance.anticontrols)))
    op = replace(op, controls=ones, anticontrols=zeros, condition=instance.condition)
    if op.gate != "gphase" or not (ones or zeros):
        return [op]
    if ones:
        return [replace(op, gate="p", qubits=ones[-1:], controls=ones[:-1])]
    turned = replace(op, gate="p", qubits=zeros[-1:], anticontrols=zeros[:-1])
    flip = Operation("x", "x", zeros[-1:], condition=op.condition)
    return [flip, turned, replace(flip)]


def expanded(ops: Iterable[Operation], blocks: tuple[Block, ...]) -> Iterator[tuple[Operation, str]]:
    """Yield operations with all blocks written out, each with the id of the one it comes from.

    Ids of written-out operations join those of the instance and of the operation: ``g3_g1``; not yet unique.
    """
    by_name = {block.name: block for block in blocks}

    def walk(op: Operation) -> Iterator[Operation]:
        if op.block is None:
            yield op
            return
        for inner in by_name[op.block].ops:
            for one in placed(replace(inner, id=f"{op.id}_{inner.id}"), op):
                yield from walk(one)

    for op in ops:
        for one in walk(op):
            yield one, op.id


def instance_of(name: str, id: str, qubits: tuple[int, ...]) -> Operation:
    """Return an instance of a block."""
    return Operation(id, BLOCK + name, qubits)
