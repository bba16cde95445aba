"""What an OpenQASM program declares: version, includes, registers, inputs, constants, opaque gates."""

from __future__ import annotations

from collections.abc import Mapping

from qlab.circuit.expr import Expr
from qlab.interop.qasm_expr import expression
from qlab.interop.qasm_gates import MAX_LEVELS, PRELUDE, Definition, Expander
from qlab.interop.qasm_lex import Source, Token, Tokens
from qlab.interop.qasm_names import Inputs, Registers

INCLUDES = ("qelib1.inc", "stdgates.inc")
MAX_INPUTS = 20_000
UNSUPPORTED = {
    "for", "while", "switch", "def", "return", "box", "delay", "cal", "defcal", "defcalgrammar", "extern",
    "int", "uint", "float", "angle", "bool", "complex", "array", "duration", "stretch", "break", "continue", "end",
    "pragma",
}  # fmt: skip


class Declarations:
    """The declaring half of a program; qasm_read adds the statements that do something."""

    def __init__(self, source: Source, limits: Mapping[str, int], expander: Expander) -> None:
        self.source = source
        self.tokens = Tokens(source)
        self.registers = Registers(self.tokens, limits)
        self.inputs = Inputs()
        self.names: dict[str, Expr] = {}
        self.expander = expander

    def version(self) -> None:
        word = self.tokens.step()
        if word.offset != self.source.tokens[0].offset:
            self.tokens.fail("OPENQASM must come first", word, "move it to the top")
        number = self.tokens.step()
        if number.kind != "number" or number.text.split(".")[0] not in ("2", "3"):
            self.tokens.fail(f"OpenQASM {number.text[:20]} is unknown", number, "write OPENQASM 2.0; or OPENQASM 3.0;")
        self.tokens.cuts = number.text[0] == "3"
        self.tokens.expect(";")

    def include(self) -> None:
        self.tokens.step()
        name = self.tokens.step()
        if name.kind != "string" or name.text[1:-1] not in INCLUDES:
            self.tokens.fail(f"the include {name.text[:80]} is not allowed", name, "use " + " or ".join(INCLUDES))
        if self.source.tokens[0].text != "OPENQASM" and name.text[1:-1] == "qelib1.inc":
            self.tokens.cuts = False  # version 2, left unsaid
        self.tokens.expect(";")

    def declaration(self) -> bool:
        """Read a register; True where a measurement is assigned to it at once, which is next then."""
        tokens = self.tokens
        tokens.take("output")
        word = tokens.name("a type").text
        if word not in ("qreg", "creg", "qubit", "bit"):
            tokens.fail(f"{word[:40]!r} is not supported here", tokens.source.tokens[tokens.at - 1], "use bit")
        old = word in ("qreg", "creg")
        size = None if old else self.size()
        name = tokens.name("a name")
        if old:
            size = self.size()
        if name.text in self.names:
            tokens.fail(f"the name {name.text[:40]!r} is used twice", name, "choose another")
        self.registers.add("q" if word in ("qreg", "qubit") else "c", name, size)
        if word == "bit" and tokens.now.text == "=":
            tokens.at -= 1  # bit[2] c = measure q; goes on as c = measure q;
            return True
        tokens.expect(";")
        return False

    def size(self) -> int | None:
        if not self.tokens.take("["):
            return None
        n = self.tokens.integer("the size")
        self.tokens.expect("]")
        return n

    def input(self) -> None:
        tokens = self.tokens
        tokens.step()
        kind = tokens.name("float")
        if kind.text not in ("float", "angle"):
            tokens.fail(f"an input of type {kind.text[:40]!r} is not supported", kind, "use input float")
        self.size()
        name = tokens.name("a name")
        if name.text in self.names or name.text in self.registers:
            tokens.fail(f"the name {name.text[:40]!r} is used twice", name, "choose another")
        if len(self.names) >= MAX_INPUTS:
            tokens.fail(f"the program has more than {MAX_INPUTS} inputs", name, "use fewer")
        self.names[name.text] = self.inputs.add(name.text)
        tokens.expect(";")

    def constant(self) -> None:
        tokens = self.tokens
        tokens.step()
        kind = tokens.name("float")
        self.size()
        name = tokens.name("a name")
        tokens.expect("=")
        self.names[name.text] = expression(tokens, self.names)
        if kind.text in ("int", "uint"):
            tokens.integers.add(name.text)
        tokens.expect(";")

    def let(self) -> None:
        tokens = self.tokens
        tokens.step()
        name = tokens.name("a name")
        if name.text in self.names:
            tokens.fail(f"the name {name.text[:40]!r} is used twice", name, "choose another")
        tokens.expect("=")
        operands = [self.registers.operand()]
        while tokens.take("++"):
            operands.append(self.registers.operand())
        tokens.expect(";")
        self.registers.alias(name, operands)

    def opaque(self) -> None:
        word = self.tokens.step()
        name = self.tokens.name("a name")
        params = self.parameters()
        qubits = self.arguments(";")
        self.tokens.expect(";")
        self.define(name, Definition(len(params), len(qubits), None, 1), word)

    def define(self, name: Token, definition: Definition, word: Token) -> None:
        if name.text in self.expander.definitions and name.text not in PRELUDE:
            self.tokens.fail(f"the gate {name.text[:40]!r} is defined twice", name, "choose another name")
        if definition.levels > MAX_LEVELS:
            self.tokens.fail(f"gates are defined more than {MAX_LEVELS} levels deep", word, "write it flatter")
        self.expander.definitions[name.text] = definition

    def parameters(self) -> list[str]:
        found: list[str] = []
        if self.tokens.take("("):
            while self.tokens.now.text != ")":
                found.append(self.tokens.name("a parameter").text)
                if not self.tokens.take(","):
                    break
            self.tokens.expect(")")
        return found

    def arguments(self, end: str) -> list[str]:
        found: dict[str, None] = {}  # a list would take quadratic time to search
        while self.tokens.now.text != end:
            name = self.tokens.name("a qubit")
            if name.text in found:
                self.tokens.fail(f"the qubit {name.text[:40]!r} is named twice", name, "choose another name")
            found[name.text] = None
            if not self.tokens.take(","):
                break
        return list(found)
