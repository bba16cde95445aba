"""`Circuit`: a frozen, ordered list of operations on named wires; every change returns a new value.

It must not import any layer above it at module level: text, statistics, drawing and interop are reached from
inside the methods that need them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as _replace
from typing import TYPE_CHECKING, Any, SupportsIndex, Unpack

from qlab.circuit.build import Fields, If, Wires, make_operation
from qlab.circuit.expr import Sym
from qlab.circuit.names import Names, check_limit, check_names, wire_indices, wire_names
from qlab.circuit.ops import Operation, Param, check, in_order
from qlab.errors import CircuitError

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qlab.circuit.stats import Stats

_NUMBERED = re.compile(r"g([0-9]+)")


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Circuit:
    """A quantum circuit with symbolic angles, as an immutable value with one canonical text.

    Args:
        qubits: How many wires (named q0, q1, ...), or their names.
        ops: `Operation` values.
        clbits: How many classical bits (named c0, c1, ...), or their names.
        name: 1 to 64 characters.
        names: Other names of symbols, such as ``{"w[0]": "θ[0]"}``.
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
        limits: Mapping[str, int] | None = None,
    ) -> None:
        quantum = wire_names(qubits, "q", "qubits", limits)
        classical = wire_names(clbits, "c", "clbits", limits)
        kept = tuple(ops)
        check_limit("ops", len(kept), limits)
        checked = check_names(name, quantum, classical, names or {})
        seen: set[str] = set()
        for op in kept:
            check(op, len(quantum), len(classical))
            if op.id in seen:
                raise CircuitError(
                    f"the id {op.id} is used twice",
                    where=f"op {op.id}",
                    cure="give each operation its own id",
                )
            seen.add(op.id)
        self._set(quantum, kept, classical, name, checked, _top_number(kept))

    def _set(self, *values: object) -> None:
        for key, value in zip(("qubits", "ops", "clbits", "name", "names", "_top"), values, strict=True):
            object.__setattr__(self, key, value)

    def _with_ops(self, ops: tuple[Operation, ...], top: int | None = None) -> Circuit:
        """A circuit on the same wires whose ops are already checked."""
        if len(ops) > len(self.ops):
            check_limit("ops", len(ops), {"ops": len(ops)} if len(self.ops) > 10_000 else None)
        new = object.__new__(Circuit)
        new._set(self.qubits, ops, self.clbits, self.name, self.names, _top_number(ops) if top is None else top)
        return new

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
        """The distinct symbols read, inputs first, by index."""
        return in_order({s for op in self.ops for s in op.symbols})

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
        id: str | None = None,
    ) -> Circuit:
        """Return the circuit with one operation more at its end.

        Args:
            gate: A name or alias of the gate table: ``"ry"``, ``"cx"``, ``"toffoli"``.
            qubits: Index or name, or several; for an alias the controls come first. Barrier: none means all.
            params: Angles in radians: numbers, texts such as ``"2*x[0]+w[1]"``, or `Expr`.
            controls: More controls, on 1.
            anticontrols: Controls on 0.
            clbits: Where ``measure`` writes.
            condition: ``(clbit or clbits, value)``.
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
            clbits=clbits, condition=condition, id=id,
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
            (self.qubits, self.clbits),
        )
        ops = (*self.ops[:at], op, *self.ops[at:]) if at != len(self.ops) else (*self.ops, op)
        return self._with_ops(ops, max(self._top, _number_of(id)))

    def extend(self, ops: Iterable[Operation]) -> Circuit:
        """Return the circuit with more operations at its end; an id in use becomes the next free one."""
        taken = {op.id for op in self.ops}
        out, top = list(self.ops), self._top
        for op in ops:
            check(op, self.n_qubits, self.n_clbits)
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
            changes: Any of gate, qubits, params, controls, anticontrols, clbits, condition, id.

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
        new = make_operation(**parts, names=(self.qubits, self.clbits))
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

    # Other forms of it

    def to_text(self) -> str:
        """Return the canonical JSON text, the same byte for byte in Python and JavaScript."""
        from qlab.circuit.text import to_text

        return to_text(self)

    @staticmethod
    def from_text(text: str, *, limits: Mapping[str, int] | None = None) -> Circuit:
        """Return the circuit of a text; `to_text` of it is the normal form.

        Raises:
            CircuitError: naming line and column, or operation and field.
        """
        from qlab.circuit.text import from_text

        return from_text(text, limits=limits)

    def stats(self) -> Stats:
        """Return depth, gate counts, weights, inputs and light cone; see `qlab.circuit.stats`."""
        from qlab.circuit.stats import stats

        return stats(self)

    def to_qiskit(self) -> QuantumCircuit:
        """Return the circuit for Qiskit, names and order of parameters kept; see `qlab.interop.qiskit`."""
        from qlab.interop.qiskit import to_qiskit

        return to_qiskit(self)

    @staticmethod
    def from_qiskit(
        circuit: QuantumCircuit,
        *,
        inputs: Iterable[object] | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> Circuit:
        """Return a Qiskit circuit as a qlab one; see `qlab.interop.qiskit.from_qiskit`."""
        from qlab.interop.qiskit import from_qiskit

        return from_qiskit(circuit, inputs=inputs, limits=limits)

    def to_qasm(self, version: int = 3) -> str:
        """Return OpenQASM 3 or 2; see `qlab.interop.qasm`."""
        from qlab.interop.qasm import to_qasm

        return to_qasm(self, version)

    @staticmethod
    def from_qasm(text: str, *, file: str = "qasm", limits: Mapping[str, int] | None = None) -> Circuit:
        """Return the circuit of an OpenQASM 2 or 3 text; see `qlab.interop.qasm`.

        Args:
            text: The program, not a path.
            file: What errors call it: ``"bell.qasm:3:7"``.
            limits: Raises a limit by name.
        """
        from qlab.interop.qasm import from_qasm

        return from_qasm(text, file=file, limits=limits)

    def __repr__(self) -> str:
        parts = [f"{self.name!r}", f"{self.n_qubits} qubits", f"{len(self.ops)} ops"]
        parts += [f"{n} {what}" for n, what in ((self.n_inputs, "inputs"), (self.n_weights, "weights")) if n]
        return f"<Circuit {', '.join(parts)}>"

    def __str__(self) -> str:
        from qlab.circuit.drawing import draw

        return draw(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from qlab.circuit.svg import to_svg

        return {"text/plain": f"{self!r}\n{self}", "image/svg+xml": to_svg(self)}


def _number_of(id: str) -> int:
    return int(found[1]) if (found := _NUMBERED.fullmatch(id)) else 0


def _top_number(ops: Iterable[Operation]) -> int:
    return max((_number_of(op.id) for op in ops), default=0)
