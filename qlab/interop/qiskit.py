"""Circuits to and from Qiskit, with names and order of parameters kept.

Both directions are exact: same unitary, global phase included. It never transpiles or simplifies. What qlab has no
gate for is taken apart by its Qiskit definition; what has none is refused by name, never left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from qiskit import QiskitError, QuantumCircuit
from qiskit.circuit import (
    ClassicalRegister,
    Clbit,
    ControlledGate,
    Delay,
    ForLoopOp,
    IfElseOp,
    Instruction,
    ParameterExpression,
    Qubit,
)
from qiskit.circuit import library as lib
from qiskit.circuit.classical import expr as classical
from qiskit.quantum_info import Clifford

from qlab.circuit import Block, Circuit, Condition, Operation
from qlab.circuit.expr import Bin, Expr, Num, Pi, number
from qlab.circuit.names import LIMITS, check_limit
from qlab.circuit.unitary import Matrix
from qlab.errors import CircuitError
from qlab.interop.qiskit_own import instance_gate, matrix_gate, matrix_of
from qlab.interop.qiskit_params import Symbols, add_registers, angle, from_angle, parameters_for, wire_names

MAX_DEPTH = 40  # definitions within definitions

CLASSES: dict[str, Any] = {
    "h": lib.HGate, "x": lib.XGate, "y": lib.YGate, "z": lib.ZGate, "s": lib.SGate, "sdg": lib.SdgGate,
    "t": lib.TGate, "tdg": lib.TdgGate, "sx": lib.SXGate, "sxdg": lib.SXdgGate, "id": lib.IGate,
    "rx": lib.RXGate, "ry": lib.RYGate, "rz": lib.RZGate, "p": lib.PhaseGate, "r": lib.RGate, "u": lib.UGate,
    "swap": lib.SwapGate, "iswap": lib.iSwapGate, "ecr": lib.ECRGate, "dcx": lib.DCXGate, "rxx": lib.RXXGate,
    "ryy": lib.RYYGate, "rzz": lib.RZZGate, "rzx": lib.RZXGate, "xx_plus_yy": lib.XXPlusYYGate,
    "xx_minus_yy": lib.XXMinusYYGate, "gphase": lib.GlobalPhaseGate, "measure": lib.Measure, "reset": lib.Reset,
}  # fmt: skip
_NAMES = {cls: name for name, cls in CLASSES.items()} | {lib.U1Gate: "p", lib.U3Gate: "u", lib.U2Gate: "u2"}


def to_qiskit(circuit: Circuit) -> QuantumCircuit:
    """Return the circuit for Qiskit.

    Inputs and weights become the elements of `ParameterVector`s ``x`` and ``w``, or what ``names`` says. Wires become
    registers by their names, blocks instructions with a definition. Qiskit's own order of ``parameters`` is by name of
    vector, then by index.

    Raises:
        CircuitError: for an angle without a finite value, or two symbols of one name.

    Example:
        >>> qc = to_qiskit(Circuit(2).append("ry", 0, "x[0]").append("cx", [0, 1]))
        >>> [str(p) for p in qc.parameters]
        ['x[0]']
    """
    parameters = parameters_for(circuit)
    out = QuantumCircuit(name=circuit.name)
    metadata = add_registers(out, circuit)
    if metadata:
        out.metadata = {"qlab": metadata}
    writer = _Writer(parameters, {block.name: block for block in circuit.blocks})
    for op in circuit.ops:
        writer.emit(out, op, [] if op.condition is None else list(_bits_of(op.condition)))
    return out


def _bits_of(condition: Condition) -> Iterable[tuple[int, int]]:
    return ((bit, condition.value >> i & 1) for i, bit in enumerate(condition.clbits))


class _Writer:
    """Appends operations to circuits, that of the whole and those of definitions."""

    def __init__(self, parameters: Mapping[Any, Any], blocks: Mapping[str, Block]) -> None:
        self.parameters, self.blocks = parameters, blocks

    def emit(self, out: QuantumCircuit, op: Operation, tests: Iterable[tuple[int, int]] = ()) -> None:
        outer, rest = list(tests)[:1], list(tests)[1:]
        for bit, value in outer:  # one test within the other: any choice of bits can be said so
            with out.if_test((out.clbits[bit], value)):
                self.emit(out, op, rest)
            return
        if op.gate == "barrier":
            out.barrier([out.qubits[q] for q in op.qubits])
            return
        controls = [*op.controls, *op.anticontrols]
        gate = self.gate(op, len(controls))
        out.append(gate, [out.qubits[q] for q in (*controls, *op.qubits)], [out.clbits[c] for c in op.clbits])

    def gate(self, op: Operation, controls: int) -> Any:
        """The instruction on controls, anti-controls and targets in this order."""
        if op.matrix is not None:
            return matrix_gate(op, self.emit)
        if op.block is not None:
            return instance_gate(op, self.blocks[op.block], self.emit)
        angles = [angle(p, self.parameters, f"op {op.id}, field params[{i}]") for i, p in enumerate(op.params)]
        gate = CLASSES[op.gate](*angles)
        if controls:
            ones = (1 << len(op.controls)) - 1  # bit i of ctrl_state belongs to control i
            gate = gate.control(controls, ctrl_state=ones, annotated=False)
        return gate


def from_qiskit(
    circuit: QuantumCircuit,
    *,
    inputs: Iterable[object] | None = None,
    limits: Mapping[str, int] | None = None,
) -> Circuit:
    """Return a Qiskit circuit as a qlab one.

    Args:
        circuit: Any circuit of gates, measurements, resets, barriers and ``if_test``.
        inputs: Which parameters are data ``x``, in order: names, `Parameter`s, `ParameterVector`s or their names. By
            default those named x, input, data or feature, with an index or not. All others are weights ``w`` in
            Qiskit's own order (an index of a vector counts as a number: θ[2] before θ[10]).
        limits: Raises a limit by name.

    Raises:
        CircuitError: naming the instruction and its place in ``circuit.data``.

    Example:
        >>> from qiskit import QiskitError, QuantumCircuit
        >>> qc = QuantumCircuit(2); _ = qc.h(0); _ = qc.cx(0, 1)
        >>> [op.display for op in from_qiskit(qc).ops]
        ['h', 'cx']
    """
    if not isinstance(circuit, QuantumCircuit):
        raise CircuitError(
            f"{type(circuit).__name__} is not a QuantumCircuit", where="from_qiskit", cure="pass a QuantumCircuit"
        )
    check_limit("qubits", circuit.num_qubits, limits)
    metadata = (circuit.metadata or {}).get("qlab") or {}
    symbols = Symbols(circuit, inputs, metadata.get("names") or {})
    reader = _Reader(circuit, symbols, (limits or {}).get("ops", LIMITS["ops"]))
    reader.body(circuit, list(range(circuit.num_qubits)), list(range(circuit.num_clbits)), (), 0)
    qubits, clbits = wire_names(circuit, metadata)
    name = circuit.name[:64] if isinstance(circuit.name, str) and circuit.name.isprintable() else ""
    return Circuit(qubits, reader.ops, clbits=clbits, name=name or "circuit", names=symbols.names, limits=limits)


def _synthesised(op: Any) -> Any:
    """Gates for what has a matrix on four qubits and no definition; None where it has no matrix either."""
    from qiskit.quantum_info import Operator

    try:
        return lib.UnitaryGate(Operator(op)).definition
    except (QiskitError, TypeError, ValueError, AttributeError):
        return None


class _Reader:
    """Collects operations; qubits and bits are indices of the whole circuit throughout."""

    def __init__(self, circuit: QuantumCircuit, symbols: Symbols, most: int) -> None:
        self.clbits: dict[Clbit, int] = {bit: i for i, bit in enumerate(circuit.clbits)}
        self.symbols, self.most = symbols, most
        self.ops: list[Operation] = []
        self.place = ""
        self.turns = 0

    def body(
        self,
        circuit: QuantumCircuit,
        qubits: list[int],
        clbits: list[int],
        tests: tuple[tuple[int, int], ...],
        depth: int,
    ) -> None:
        self.phase(circuit.global_phase, tests)
        at: dict[Qubit, int] = dict(zip(circuit.qubits, qubits, strict=True))
        bits: dict[Clbit, int] = dict(zip(circuit.clbits, clbits, strict=True))
        for i, item in enumerate(circuit.data):
            if depth == 0:
                self.place = f"instruction {i}"
            self.instruction(item.operation, [at[q] for q in item.qubits], [bits[c] for c in item.clbits], tests, depth)

    def error(self, message: str, cure: str) -> CircuitError:
        return CircuitError(message, where=self.place, cure=cure)

    def add(
        self,
        gate: str,
        qubits: Iterable[int],
        params: tuple[Expr, ...],
        tests: tuple[tuple[int, int], ...],
        *,
        controls: Iterable[int] = (),
        anticontrols: Iterable[int] = (),
        clbits: Iterable[int] = (),
        matrix: Matrix | None = None,
        label: str | None = None,
    ) -> None:
        if len(self.ops) >= self.most:
            raise self.error(
                f"the circuit has more than {self.most} operations when taken apart",
                f'make it smaller, or pass limits={{"ops": {10 * self.most}}}',
            )
        condition = None
        if tests and gate != "barrier":
            value = sum(bit_value << i for i, (_, bit_value) in enumerate(tests))
            condition = Condition(tuple(bit for bit, _ in tests), value)
        id = f"g{len(self.ops) + 1}"
        self.ops.append(
            Operation(
                id, gate, tuple(qubits), params, tuple(sorted(controls)), tuple(sorted(anticontrols)),
                tuple(clbits), condition, matrix, label[:64] or None if label else None,
            )
        )  # fmt: skip

    def angle(self, value: object) -> Expr:
        return from_angle(value, self.symbols.of, self.place)

    def phase(self, value: object, tests: tuple[tuple[int, int], ...]) -> None:
        if isinstance(value, ParameterExpression) or value:
            self.add("gphase", (), (self.angle(value),), tests)

    def instruction(
        self, op: Instruction, qubits: list[int], clbits: list[int], tests: tuple[tuple[int, int], ...], depth: int
    ) -> None:
        if op.name == "barrier":
            if qubits:
                self.add("barrier", qubits, (), tests)
            return
        if isinstance(op, Delay):  # idle qubits, drawn as such
            for q in qubits:
                self.add("id", (q,), (), tests)
            return
        if isinstance(op, IfElseOp):
            self.conditional(op, qubits, clbits, tests, depth)
            return
        if isinstance(op, ForLoopOp):
            self.loop(op, qubits, clbits, tests, depth)
            return
        base, ones, zeros = op, [], []  # type: Any, list[int], list[int]
        rest = qubits
        while isinstance(base, ControlledGate) and len(rest) == base.num_ctrl_qubits + base.base_gate.num_qubits:
            for i, q in enumerate(rest[: base.num_ctrl_qubits]):
                (ones if base.ctrl_state >> i & 1 else zeros).append(q)
            rest = rest[base.num_ctrl_qubits :]
            base = base.base_gate
        params = list(getattr(base, "params", ()))  # a Clifford has none
        if isinstance(op, ControlledGate) and len(params) == 3 and len(op.params) == 4 and op.params[3] != 0:
            params = list(op.params)  # CU keeps its fourth angle beside its base gate
        if (name := self.known(base, params, ones, zeros)) is not None:
            self.gate(name, params, rest, clbits, tests, ones, zeros)
            return
        if isinstance(base, lib.UnitaryGate) and (rows := matrix_of(base)) is not None:
            label = base.label if isinstance(base.label, str) and base.label.isprintable() else None
            self.add("unitary", rest, (), tests, controls=ones, anticontrols=zeros, matrix=rows, label=label)
            return
        if isinstance(op, lib.PermutationGate):
            self.permutation([int(k) for k in op.pattern], qubits, tests)
            return
        definition = getattr(op, "definition", None)
        if definition is None and isinstance(op, Clifford):
            definition = op.to_circuit()
        if definition is None and op.num_qubits <= 4 and not op.num_clbits:
            if (rows := matrix_of(op)) is not None:
                self.add("unitary", qubits, (), tests, matrix=rows)
                return
            definition = _synthesised(op)
        if definition is None:
            cure = f"remove {op.name}, or decompose it in Qiskit first"
            raise self.error(f"unsupported: {op.name} has no meaning as gates", cure)
        if depth >= MAX_DEPTH:
            raise self.error(f"{op.name} is defined more than {MAX_DEPTH} levels deep", "decompose it in Qiskit first")
        self.body(definition, qubits, clbits, tests, depth + 1)

    def known(self, base: Any, params: list[Any], ones: list[int], zeros: list[int]) -> str | None:
        """The name of a gate of the table, or None where its definition must be read."""
        name = _NAMES.get(getattr(base, "base_class", type(base)))
        if name is None or ((ones or zeros) and name in ("gphase", "measure", "reset")):
            return None
        if len(params) == 4 and (zeros or not ones):  # controlled U with a phase of its own
            return None
        return name

    def gate(
        self,
        name: str,
        given: list[Any],
        qubits: list[int],
        clbits: list[int],
        tests: tuple[tuple[int, int], ...],
        ones: list[int],
        zeros: list[int],
    ) -> None:
        params = tuple(self.angle(p) for p in given)
        if name == "u2":
            name, params = "u", (Bin("/", Pi(), Num(2.0)), *params)
        if len(params) == 4:  # CU's γ is a phase on the controls
            gamma = params[3]
            params = params[:3]
            if gamma != number(0.0):
                self.add("p", ones[-1:], (gamma,), tests, controls=ones[:-1])
        self.add(name, qubits, params, tests, controls=ones, anticontrols=zeros, clbits=clbits)

    def permutation(self, pattern: list[int], qubits: list[int], tests: tuple[tuple[int, int], ...]) -> None:
        """Qubit pattern[k] goes to place k, by swaps."""
        at = list(range(len(pattern)))  # which qubit's state each place holds
        for k, wanted in enumerate(pattern):
            j = at.index(wanted)
            if j != k:
                self.add("swap", (qubits[k], qubits[j]), (), tests)
                at[k], at[j] = at[j], at[k]

    def loop(
        self, op: ForLoopOp, qubits: list[int], clbits: list[int], tests: tuple[tuple[int, int], ...], depth: int
    ) -> None:
        """A loop over numbers, written out."""
        values, parameter, block = op.params
        if not isinstance(values, Collection) or len(values) > self.most - self.turns:
            message = f"unsupported: for_loop over {values!r:.60} can't be written out in {self.most} turns"
            raise self.error(message, "use fewer turns, or write the gates out")
        for value in values:
            self.turns += 1
            if self.turns > self.most:
                raise self.error(f"unsupported: for_loops of more than {self.most} turns", "use fewer turns")
            body = block if parameter is None else block.assign_parameters({parameter: value}, strict=False)
            self.body(body, qubits, clbits, tests, depth + 1)

    def conditional(
        self, op: IfElseOp, qubits: list[int], clbits: list[int], tests: tuple[tuple[int, int], ...], depth: int
    ) -> None:
        wanted = self.tested(op.condition)
        blocks = [(wanted, op.blocks[0])]
        if len(op.blocks) > 1:
            if len(wanted) != 1:
                raise self.error("else after a test of several bits can't be said", "write a second if_test")
            ((bit, value),) = wanted
            blocks.append((((bit, 1 - value),), op.blocks[1]))
        for extra, block in blocks:
            start = len(self.ops)
            merged = dict(tests)
            if any(merged.setdefault(bit, value) != value for bit, value in extra):
                continue  # contradicts the test around it, so it never runs
            self.body(block, qubits, clbits, tuple(merged.items()), depth + 1)
            written = {c for inner in self.ops[start:-1] for c in inner.clbits}
            if written & set(merged):
                raise self.error("the body writes a bit that it was tested on", "measure into another bit")

    def tested(self, condition: Any) -> tuple[tuple[int, int], ...]:
        """The bits a condition is about, and their values."""
        if isinstance(condition, tuple):
            target, value = condition
            if isinstance(target, Clbit):
                return ((self.clbits[target], int(value)),)
            return tuple((self.clbits[bit], int(value) >> i & 1) for i, bit in enumerate(target))
        found = self.expression(condition, True)
        if found is None:
            raise self.error("the condition is more than bits joined by and", "use if_test((bit, value)), nested")
        return tuple(found.items())

    def expression(self, node: Any, wanted: bool) -> dict[int, int] | None:
        match node:
            case classical.Var(var=Clbit() as bit):
                return {self.clbits[bit]: int(wanted)}
            case classical.Cast(operand=inner):
                return self.expression(inner, wanted)
            case classical.Unary(op=op, operand=inner) if op.name in ("LOGIC_NOT", "BIT_NOT"):
                return self.expression(inner, not wanted)
            case classical.Binary(op=op, left=left, right=right) if wanted and op.name in ("LOGIC_AND", "BIT_AND"):
                one, two = self.expression(left, True), self.expression(right, True)
                if one is None or two is None or any(one.get(bit, v) != v for bit, v in two.items()):
                    return None
                return one | two
            case classical.Binary(op=op, left=classical.Var(var=var), right=classical.Value(value=value)):
                if not wanted or op.name != "EQUAL" or not isinstance(var, ClassicalRegister):
                    return None
                return {self.clbits[bit]: value >> i & 1 for i, bit in enumerate(var)}
        return None
