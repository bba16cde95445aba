"""`Circuit`: a frozen, ordered list of operations on named wires; every change returns a new value.

It must not import any layer above it. What a circuit can be turned into is in forms.py, blocks in grouping.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as _replace
from typing import Any, SupportsIndex, Unpack

from qlab.circuit.blocks import Block, check_blocks, check_expanded, sizes_of, symbols_in
from qlab.circuit.build import Fields, If, Wires, make_operation
from qlab.circuit.expr import Sym
from qlab.circuit.forms import Forms
from qlab.circuit.grouping import Grouping
from qlab.circuit.names import Names, check_limit, check_names, wire_indices, wire_names
from qlab.circuit.ops import Operation, Param, check
from qlab.errors import CircuitError

_NUMBERED = re.compile(r"g([0-9]+)")


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Circuit(Forms, Grouping):
    """A quantum circuit with symbolic angles, as an immutable value with one canonical text.

    Args:
        qubits: How many wires (named q0, q1, ...), or their names.
        ops: `Operation` values.
        clbits: How many classical bits (named c0, c1, ...), or their names.
        name: 1 to 64 characters.
        names: Other names of symbols, such as ``{"w[0]": "θ[0]"}``.
        blocks: Definitions of the gates called ``"block:NAME"``; see `define` and `group`.
        limits: Raises a limit by name: ``{"qubits": 64, "ops": 10_000}``.

    Raises:
        CircuitError: naming the operation and the field.

    Example:
        >>> bell = Circuit(2).append("h", 0).append("cx", [0, 1])
        >>> bell.stats()["depth"]
        2
    """

    qubits: tuple[str, ...]
    ops: tuple[Operation, ...]
    clbits: tuple[str, ...]
    name: str
    names: Names
    blocks: tuple[Block, ...]
    # Largest g-number in use, so that appending a thousand gates stays linear; follows from ops.
    _top: int = field(compare=False, hash=False)

    def __init__(
        self,
        qubits: int | Sequence[str] = 2,
        ops: Iterable[Operation] = (),
        *,
        clbits: int | Sequence[str] = 0,
        name: str = "circuit",
        names: Mapping[str, str] | None = None,
        blocks: Iterable[Block] = (),
        limits: Mapping[str, int] | None = None,
    ) -> None:
        quantum = wire_names(qubits, "q", "qubits", limits)
        classical = wire_names(clbits, "c", "clbits", limits)
        kept = tuple(ops)
        check_limit("ops", len(kept), limits)
        checked = check_names(name, quantum, classical, names or {})
        defined = tuple(blocks)
        check_blocks(defined, limits)
        sizes = sizes_of(defined)
        seen: set[str] = set()
        for op in kept:
            check(op, len(quantum), len(classical), sizes)
            if op.id in seen:
                raise CircuitError(
                    f"the id {op.id} is used twice",
                    where=f"op {op.id}",
                    cure="give each operation its own id",
                )
            seen.add(op.id)
        if defined:
            check_expanded(kept, defined, limits)
        self._set(quantum, kept, classical, name, checked, defined, _top_number(kept))

    def _set(self, *values: object) -> None:
        for key, value in zip(("qubits", "ops", "clbits", "name", "names", "blocks", "_top"), values, strict=True):
            object.__setattr__(self, key, value)

    def _with_ops(self, ops: tuple[Operation, ...], top: int | None = None) -> Circuit:
        """A circuit on the same wires whose ops are already checked."""
        if len(ops) > len(self.ops):
            raised = {"ops": len(ops)} if len(self.ops) > 10_000 else None
            check_limit("ops", len(ops), raised)
            if self.blocks:
                check_expanded(ops, self.blocks, raised)
        new = object.__new__(Circuit)
        top = _top_number(ops) if top is None else top
        new._set(self.qubits, ops, self.clbits, self.name, self.names, self.blocks, top)
        return new

    def _rebuilt(self, ops: tuple[Operation, ...], blocks: tuple[Block, ...]) -> Circuit:
        """A circuit on the same wires with other operations and blocks, all checked."""
        most = {"qubits": max(64, self.n_qubits), "ops": max(10_000, len(self.ops))}
        return Circuit(
            self.qubits, ops, clbits=self.clbits, name=self.name, names=self.names, blocks=blocks, limits=most
        )

    # What it is

    @property
    def n_qubits(self) -> int:
        """How many wires."""
        return len(self.qubits)

    @property
    def n_clbits(self) -> int:
        """How many classical bits."""
        return len(self.clbits)

    @property
    def symbols(self) -> tuple[Sym, ...]:
        """The distinct symbols read, inside blocks too, inputs first, by index."""
        return symbols_in(self.ops, self.blocks)

    def family(self, op: Operation) -> str:
        """Return the colour family of one of its operations; a block's is that of what it reads."""
        return op.family_with(symbols_in([op], self.blocks))

    @property
    def n_inputs(self) -> int:
        """One more than the largest i of an ``x[i]`` read; 0 if none."""
        return max((s.index + 1 for s in self.symbols if s.kind == "x"), default=0)

    @property
    def n_weights(self) -> int:
        """One more than the largest j of a ``w[j]`` read; 0 if none."""
        return max((s.index + 1 for s in self.symbols if s.kind == "w"), default=0)

    def __len__(self) -> int:
        return len(self.ops)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.ops)

    def op(self, id: str) -> Operation:
        """Return the operation with an id.

        Raises:
            CircuitError: when there is none.
        """
        return self.ops[self._index(id)]

    def _index(self, id: str) -> int:
        for i, op in enumerate(self.ops):
            if op.id == id:
                return i
        raise CircuitError(f"no operation has the id {id!r}", cure="see circuit.ops for the ids", value=id)

    # Changing it

    def append(
        self,
        gate: str,
        qubits: Wires = (),
        *params: Param,
        controls: Wires = (),
        anticontrols: Wires = (),
        clbits: Wires = (),
        condition: If = None,
        matrix: Any = None,
        label: str | None = None,
        id: str | None = None,
    ) -> Circuit:
        """Return the circuit with one operation more at its end.

        Args:
            gate: A name or alias of the gate table: ``"ry"``, ``"cx"``; ``"unitary"``; ``"block:NAME"``.
            qubits: Index or name, or several; for an alias the controls come first. Barrier: none means all.
            params: Angles in radians: numbers, texts such as ``"2*x[0]+w[1]"``, or `Expr`.
            controls: More controls, on 1.
            anticontrols: Controls on 0.
            clbits: Where ``measure`` writes.
            condition: ``(clbit or clbits, value)``.
            matrix: Of ``unitary``: an array (2**k, 2**k) on k ≤ 3 qubits, the first the low bit of its indices.
            label: Of ``unitary``: what the drawing calls it.
            id: Its id; by default the next ``g`` number.

        Raises:
            CircuitError: for an unknown gate, a wire out of range or used twice, a wrong number of angles;
                `ExprError` for an angle that doesn't parse.

        Example:
            >>> str(Circuit(2).append("crx", [0, 1], "x[0]").ops[0].params[0])
            'x[0]'
        """
        return self.insert(
            len(self.ops), gate, qubits, *params, controls=controls, anticontrols=anticontrols,
            clbits=clbits, condition=condition, matrix=matrix, label=label, id=id,
        )  # fmt: skip

    def insert(
        self, index: SupportsIndex, gate: str, qubits: Wires = (), *params: Param, **fields: Unpack[Fields]
    ) -> Circuit:
        """Return the circuit with one operation more before position ``index``; otherwise as `append`."""
        at = index.__index__()
        if not -len(self.ops) <= at <= len(self.ops):
            raise CircuitError(f"position {at} is out of range", cure=f"use 0 to {len(self.ops)}", value=at)
        id = fields.get("id")
        if id is None:
            id = f"g{self._top + 1}"
        elif any(op.id == id for op in self.ops):
            raise CircuitError(f"the id {id} is used twice", where=f"op {id}", cure="leave id out")
        op = make_operation(
            id,
            gate,
            qubits,
            params,
            fields.get("controls", ()),
            fields.get("anticontrols", ()),
            fields.get("clbits", ()),
            fields.get("condition"),
            fields.get("matrix"),
            fields.get("label"),
            (self.qubits, self.clbits),
            sizes_of(self.blocks),
        )
        ops = (*self.ops[:at], op, *self.ops[at:]) if at != len(self.ops) else (*self.ops, op)
        return self._with_ops(ops, max(self._top, _number_of(id)))

    def extend(self, ops: Iterable[Operation]) -> Circuit:
        """Return the circuit with more operations at its end; an id in use becomes the next free one."""
        taken = {op.id for op in self.ops}
        out, top, sizes = list(self.ops), self._top, sizes_of(self.blocks)
        for op in ops:
            check(op, self.n_qubits, self.n_clbits, sizes)
            if op.id in taken:
                top += 1
                op = _replace(op, id=f"g{top}")
            taken.add(op.id)
            top = max(top, _number_of(op.id))
            out.append(op)
        return self._with_ops(tuple(out), top)

    def remove(self, id: str) -> Circuit:
        """Return the circuit without the operation of that id.

        Raises:
            CircuitError: when there is none.
        """
        i = self._index(id)
        return self._with_ops(self.ops[:i] + self.ops[i + 1 :])

    def replace(self, id: str, /, **changes: Any) -> Circuit:
        """Return the circuit with fields of one operation changed.

        Args:
            id: Which operation.
            changes: Any of gate, qubits, params, controls, anticontrols, clbits, condition, matrix, label, id.

        Raises:
            CircuitError: as `append`; TypeError for an unknown field.

        Example:
            >>> c = Circuit(1).append("ry", 0, "x[0]").replace("g1", params=["w[0]"])
            >>> c.n_weights
            1
        """
        i = self._index(id)
        old = self.ops[i]
        parts: dict[str, Any] = {key: getattr(old, key) for key in Operation.__dataclass_fields__}
        unknown = set(changes) - set(parts)
        if unknown:
            raise TypeError(f"replace() has no field {sorted(unknown)[0]!r}; fields: {', '.join(parts)}")
        parts.update(changes)
        params = parts["params"]
        parts["params"] = params if isinstance(params, (tuple, list)) else (params,)
        if parts["id"] != id and any(op.id == parts["id"] for op in self.ops):
            raise CircuitError(f"the id {parts['id']} is used twice", where=f"op {id}", cure="choose a free id")
        new = make_operation(**parts, names=(self.qubits, self.clbits), sizes=sizes_of(self.blocks))
        return self._with_ops((*self.ops[:i], new, *self.ops[i + 1 :]))

    def with_(
        self,
        *,
        qubits: int | Sequence[str] | None = None,
        clbits: int | Sequence[str] | None = None,
        name: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Circuit:
        """Return the circuit with other wires, name or symbol names; the operations must still fit."""
        return Circuit(
            self.qubits if qubits is None else qubits,
            self.ops,
            clbits=self.clbits if clbits is None else clbits,
            name=self.name if name is None else name,
            names=self.names if names is None else names,
            blocks=self.blocks,
            limits={"qubits": max(64, self.n_qubits), "ops": max(10_000, len(self.ops))},
        )

    def compose(self, other: Circuit, qubits: Wires | None = None, *, fresh_weights: bool = False) -> Circuit:
        """Return this circuit followed by another one.

        Args:
            other: Its classical bits must exist here.
            qubits: Where its wires go, in order; by default 0, 1, ...
            fresh_weights: Number its weights behind those of this circuit instead of sharing ``w[0]``, ...

        Raises:
            CircuitError: when the wires don't fit.
        """
        from qlab.circuit.combine import compose

        at = None if qubits is None else wire_indices(qubits, self.qubits, "compose, argument qubits")
        return compose(self, other, at, fresh_weights=fresh_weights)

    def repeat(self, n: int, *, fresh_weights: bool = False) -> Circuit:
        """Return the circuit n ≥ 0 times in a row; with ``fresh_weights`` each has weights of its own."""
        from qlab.circuit.combine import repeat

        return repeat(self, n, fresh_weights=fresh_weights)

    def bind(self, x: Sequence[float] | None = None, w: Sequence[float] | None = None) -> Circuit:
        """Return the circuit with inputs and/or weights replaced by numbers; None leaves them symbols.

        Args:
            x: Shape ``(n_inputs,)``, radians.
            w: Shape ``(n_weights,)``, radians.

        Raises:
            CircuitError: when too few values are given.
        """
        from qlab.circuit.combine import bind

        return bind(self, x, w)


def _number_of(id: str) -> int:
    return int(found[1]) if (found := _NUMBERED.fullmatch(id)) else 0


def _top_number(ops: Iterable[Operation]) -> int:
    return max((_number_of(op.id) for op in ops), default=0)
