"""The reader of OpenQASM programs: declarations, gates, measurements, resets, barriers, if.

A recursive descent over qasm_lex's tokens. It opens no file: an include is a name of a list. What it does not know
it refuses with file, line and column; it skips nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from qlab.circuit import Circuit, Condition, Operation
from qlab.circuit.expr import MAX_LENGTH, Expr, Sym, number
from qlab.circuit.names import LIMITS
from qlab.circuit.ops import check, to_expr
from qlab.errors import CircuitError
from qlab.interop.qasm_declare import UNSUPPORTED, Declarations
from qlab.interop.qasm_expr import expression, value_of
from qlab.interop.qasm_gates import PRELUDE, Call, Definition, Expander, signature
from qlab.interop.qasm_lex import MAX_NESTING, Source, Token
from qlab.interop.qasm_names import Operand, apply_private
from qlab.interop.qasm_write import SIGNATURES, signature_of

Tests = dict[int, int]
WRITE_OUT = "write it out gate by gate, or load it with Qiskit and use Circuit.from_qiskit"


def read(text: str, file: str, limits: Mapping[str, int]) -> Circuit:
    """Return the circuit of a program; see `qlab.interop.qasm.from_qasm`."""
    source = Source(text, file)
    source.scan(limits.get("nesting", MAX_NESTING))
    program = _Program(source, limits)
    for name in {token.text for token in source.tokens} & PRELUDE.keys():
        known = Source(PRELUDE[name], "qelib1.inc")
        known.scan(MAX_NESTING)
        helper = _Program(known, {})
        helper.statement()
        program.expander.definitions |= helper.expander.definitions
    try:
        return program.circuit()
    except RecursionError:
        raise CircuitError("the program is nested too deep", where=file, cure="write it flatter") from None


class _Program(Declarations):
    def __init__(self, source: Source, limits: Mapping[str, int]) -> None:
        self.most = limits.get("ops", LIMITS["ops"])
        super().__init__(source, limits, Expander(source.fail, self.emit, self.most))
        self.limits = limits
        self.ops: list[Operation] = []
        self.offsets: list[int] = []
        self.tests: Tests = {}
        self.depth = 0

    def circuit(self) -> Circuit:
        while self.tokens.now.kind != "end":
            self.statement()
        if not self.registers.qubits:
            self.tokens.fail("the program declares no qubits", self.tokens.now, "add qubit[2] q;")
        values, names = self.inputs.symbols()
        for i, (op, offset) in enumerate(zip(self.ops, self.offsets, strict=True)):
            if op.params:
                self.ops[i] = replace(op, params=tuple(self.angle(p.substitute(values), offset) for p in op.params))
        out = Circuit(
            self.registers.names("q"), self.ops, clbits=self.registers.names("c"), names=names, limits=self.limits
        )
        return apply_private(out, self.source.private)

    def angle(self, e: Expr, offset: int) -> Expr:
        try:
            if len(str(e)) > MAX_LENGTH and not e.symbols():
                e = number(float(e.evaluate()))
            return to_expr(e, "")
        except CircuitError as error:
            raise CircuitError(error.message, where=self.source.where(offset), cure=error.cure) from None

    def emit(
        self,
        gate: str,
        targets: tuple[int, ...],
        params: tuple[Expr, ...],
        ones: tuple[int, ...],
        zeros: tuple[int, ...],
        offset: int,
        clbits: tuple[int, ...] = (),
    ) -> None:
        if len(self.ops) >= self.most:
            cure = f'make it smaller, or pass limits={{"ops": {10 * self.most}}}'
            self.source.fail(f"the program has more than {self.most} gates when expanded", offset, cure)
        condition = None
        if self.tests and gate != "barrier":
            value = sum(v << i for i, v in enumerate(self.tests.values()))
            condition = Condition(tuple(self.tests), value)
        id = f"g{len(self.ops) + 1}"
        op = Operation(id, gate, targets, params, tuple(sorted(ones)), tuple(sorted(zeros)), clbits, condition)
        try:
            check(op, len(self.registers.qubits), len(self.registers.clbits))
        except CircuitError as error:
            raise CircuitError(error.message, where=self.source.where(offset), cure=error.cure) from None
        self.ops.append(op)
        self.offsets.append(offset)

    # Statements

    def statement(self) -> None:
        tokens, token = self.tokens, self.tokens.now
        word = token.text if token.kind == "name" else ""
        if tokens.take(";"):
            return
        if word == "OPENQASM":
            self.version()
        elif word == "include":
            self.include()
        elif word in ("qreg", "creg", "qubit", "bit", "output"):
            if self.declaration():
                self.assignment()
        elif word == "input":
            self.input()
        elif word == "const":
            self.constant()
        elif word == "gate":
            self.definition()
        elif word == "opaque":
            self.opaque()
        elif word == "let":
            self.let()
        elif word == "if":
            self.conditional()
        elif word == "measure":
            self.measure_arrow()
        elif word in ("reset", "barrier"):
            self.reset_or_barrier()
        elif word in UNSUPPORTED:
            tokens.fail(f"{word} is not supported here", token, WRITE_OUT)
        elif not word:
            tokens.fail(f"a statement was expected before {tokens.shown()}", token, "remove it")
        elif tokens.ahead().text in ("=", "[") and word in self.registers.of("c"):
            self.assignment()
        else:
            self.calls()

    def definition(self) -> None:
        tokens = self.tokens
        start, word = tokens.at, tokens.step()
        name = tokens.name("a name")
        params = self.parameters()
        qubits = self.arguments("{")
        tokens.expect("{")
        places = {q: i for i, q in enumerate(qubits)}
        names = self.names | {p: Sym("p", i) for i, p in enumerate(params)}
        body: list[Call] = []
        while not tokens.take("}"):
            if tokens.take("barrier"):
                self.arguments(";")
                tokens.expect(";")
                continue
            call, operands = self.call(names)
            body.append(replace(call, qubits=tuple(self.local(q, places) for q in operands)))
        own = self.expander.definitions
        words = [t.text for t in tokens.source.tokens[start : tokens.at]]
        if signature_of(words) in SIGNATURES and not own.keys() & {name.text, *(c.name for c in body)}:
            return  # what qlab itself writes for a gate of its table, of gates that mean what they should
        levels = 1 + max((own[c.name].levels for c in body if c.name in own), default=0)
        self.define(name, Definition(len(params), len(qubits), tuple(body), levels), word)

    def local(self, operand: Operand, places: Mapping[str, int]) -> int:
        token, index = operand
        if token.text not in places or index is not None:
            self.tokens.fail(f"the gate has no qubit {token.text[:40]!r}", token, "use one of its own qubits")
        return places[token.text]

    # Calls of gates

    def call(self, names: Mapping[str, Expr]) -> tuple[Call, list[Operand]]:
        """Read a call up to its semicolon; the operands are not yet looked up."""
        tokens, start = self.tokens, self.tokens.now
        controls: list[bool] = []
        power = 1.0
        while tokens.now.text in ("ctrl", "negctrl", "inv", "pow"):
            power *= self.modifier(controls, names)
        name = tokens.name("a gate")
        params: list[Expr] = []
        if tokens.take("("):
            while tokens.now.text != ")":
                params.append(expression(tokens, names))
                if not tokens.take(","):
                    break
            tokens.expect(")")
        operands = []
        while tokens.now.text != ";":
            operands.append(self.registers.operand())
            if not tokens.take(","):
                break
        tokens.expect(";")
        self.arity(name, len(params), len(operands) - len(controls))
        return Call(name.text, tuple(params), (), tuple(controls), power, start.offset), operands

    def modifier(self, controls: list[bool], names: Mapping[str, Expr]) -> float:
        tokens, word, power = self.tokens, self.tokens.step(), -1.0
        if word.text == "pow":
            tokens.expect("(")
            exponent = expression(tokens, names)
            if exponent.symbols():
                tokens.fail("the power must be a number", word, "write pow(2)")
            power = value_of(tokens, word, exponent)
            tokens.expect(")")
        elif word.text != "inv":
            power, n = 1.0, 1
            if tokens.take("("):
                n = tokens.integer("the number of controls")
                tokens.expect(")")
            if not 1 <= n <= 64 - len(controls):
                tokens.fail(f"{n} controls are too many or too few", word, "use 1 to 64")
            controls += [word.text == "ctrl"] * n
        tokens.expect("@")
        return power

    def arity(self, name: Token, params: int, qubits: int) -> None:
        own = self.expander.definitions.get(name.text)
        found = (own.params, own.qubits) if own else signature(name.text)
        if found is None:
            self.tokens.fail(
                f"the gate {name.text[:40]!r} is unknown", name, "define it with gate, or see the spelling"
            )
        if params != found[0]:
            message = f"{name.text} needs {found[0]} angles, got {params}"
            self.tokens.fail(message, name, f"give {found[0]}")
        if qubits != found[1] and not (found[1] < 0 and qubits >= 2):
            wanted = found[1] if found[1] >= 0 else "2 or more"
            self.tokens.fail(f"{name.text} needs {wanted} qubits, got {max(qubits, 0)}", name, f"give {wanted}")

    def calls(self) -> None:
        call, operands = self.call(self.names)
        for qubits in self.registers.broadcast("q", operands):
            self.expander.expand(replace(call, qubits=qubits))

    # Everything else

    def measure(self, qubits: list[int], bits: list[int], token: Token) -> None:
        if len(qubits) != len(bits):
            self.tokens.fail(f"{len(qubits)} qubits are measured into {len(bits)} bits", token, "use as many bits")
        for q, c in zip(qubits, bits, strict=True):
            self.emit("measure", (q,), (), (), (), token.offset, (c,))

    def measure_arrow(self) -> None:
        word = self.tokens.step()
        qubits = self.registers.indices("q", self.registers.operand())
        self.tokens.expect("->", "say where to: measure q[0] -> c[0];")
        bits = self.registers.indices("c", self.registers.operand())
        self.tokens.expect(";")
        self.measure(qubits, bits, word)

    def assignment(self) -> None:
        start = self.tokens.now
        bits = self.registers.indices("c", self.registers.operand())
        self.tokens.expect("=")
        self.tokens.expect("measure", "only a measurement can be assigned to bits")
        qubits = self.registers.indices("q", self.registers.operand())
        self.tokens.expect(";")
        self.measure(qubits, bits, start)

    def reset_or_barrier(self) -> None:
        tokens, word = self.tokens, self.tokens.step()
        qubits: list[int] = []
        while tokens.now.text != ";":
            qubits += self.registers.indices("q", self.registers.operand())
            if not tokens.take(","):
                break
        tokens.expect(";")
        if word.text == "barrier":
            every = tuple(range(len(self.registers.qubits)))
            self.emit("barrier", tuple(qubits) or every, (), (), (), word.offset)
            return
        for q in qubits:
            self.emit("reset", (q,), (), (), (), word.offset)

    def conditional(self) -> None:
        tokens, word = self.tokens, self.tokens.step()
        tokens.expect("(")
        tests = self.condition()
        tokens.expect(")")
        self.block(tests, word)
        if tokens.take("else"):
            if len(tests) != 1:
                tokens.fail("else after a test of several bits is not supported", word, "write a second if")
            self.block({bit: 1 - value for bit, value in tests.items()}, word)

    def block(self, tests: Tests, word: Token) -> None:
        self.depth += 1
        if self.depth > self.limits.get("nesting", MAX_NESTING):
            self.tokens.fail(f"if is nested deeper than {self.depth - 1}", word, "write it flatter")
        outer, start = self.tests, len(self.ops)
        merged = {**outer, **tests}
        never = any(outer.get(bit, value) != value for bit, value in tests.items())
        self.tests = merged
        if self.tokens.take("{"):
            while not self.tokens.take("}"):
                self.statement()
        else:
            self.statement()
        self.tests = outer
        self.depth -= 1
        if never:  # contradicts the test around it
            del self.ops[start:], self.offsets[start:]
        if any(bit in merged for op in self.ops[start:-1] for bit in op.clbits):
            self.tokens.fail("the body writes a bit that it was tested on", word, "measure into another bit")

    def condition(self) -> Tests:
        tests: Tests = {}
        while True:
            token = self.tokens.now
            for bit, value in self.term().items():
                if tests.setdefault(bit, value) != value:
                    self.tokens.fail("the condition contradicts itself", token, "remove it")
            if not self.tokens.take("&&"):
                return tests

    def term(self) -> Tests:
        tokens = self.tokens
        if tokens.take("("):
            inner = self.condition()
            tokens.expect(")")
            return inner
        negated = tokens.take("!", "~") is not None
        token = tokens.now
        if token.text in UNSUPPORTED:
            tokens.fail(f"{token.text} is not supported here", token, "compare the bits themselves: c == 2")
        bits = self.registers.indices("c", self.registers.operand())
        mark = tokens.take("==", "!=")
        value = 1
        if mark:
            value = (
                int(tokens.step().text == "true")
                if tokens.now.text in ("true", "false")
                else tokens.integer("the value")
            )
        flip = negated ^ (mark is not None and mark.text == "!=")
        if (flip or not mark) and len(bits) != 1:
            tokens.fail("only a single bit can be tested so", token, "write c == 3")
        if value >= 1 << len(bits):
            tokens.fail(f"{value} doesn't fit {len(bits)} bits", token, f"use 0 to {(1 << len(bits)) - 1}")
        return {bit: (value >> i & 1) ^ flip for i, bit in enumerate(bits)}
