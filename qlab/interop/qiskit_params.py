"""Angles, names and registers between Qiskit and qlab; only qiskit.py uses it.

Qiskit's parameters have an identity beside their name, and an order that is not always numeric: what is which
symbol is decided here, once for a circuit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qiskit.circuit import (
    ClassicalRegister,
    Parameter,
    ParameterExpression,
    ParameterVector,
    QuantumCircuit,
    QuantumRegister,
)

from qlab.circuit import Circuit
from qlab.circuit.expr import Bin, Call, Expr, Neg, Num, Pi, Sym, exponent_of, number, parse
from qlab.errors import CircuitError

_ELEMENT = re.compile(r"(.+)\[(0|[1-9][0-9]{0,3})\]")
_INDEXED = re.compile(r"(.*?)[\[_]?([0-9]+)\]?_?")
_INPUTS = {"x", "xs", "input", "inputs", "data", "feature", "features"}
_CALLS = {"SIN": "sin", "COS": "cos", "TAN": "tan", "ASIN": "arcsin", "ACOS": "arccos", "ATAN": "arctan",
          "EXP": "exp", "LOG": "log"}  # fmt: skip
_SIGNS = {"ADD": "+", "SUB": "-", "MUL": "*", "DIV": "/"}


def parameters_for(circuit: Circuit) -> dict[Sym, Parameter]:
    """Return a Qiskit parameter for each symbol read: an element of a vector where its name has an index."""
    sizes = {"x": circuit.n_inputs, "w": circuit.n_weights}
    names = {s: circuit.names.get(str(s), str(s)) for s in circuit.symbols}
    if len(set(names.values())) < len(names):
        twice = next(n for n in names.values() if list(names.values()).count(n) > 1)
        raise CircuitError(f"two symbols are called {twice!r}", where="field names", cure="give each its own name")
    for name in names.values():
        if found := _ELEMENT.fullmatch(name):
            sizes[found[1]] = max(sizes.get(found[1], 0), int(found[2]) + 1)
    vectors: dict[str, ParameterVector] = {}
    out: dict[Sym, Parameter] = {}
    for symbol, name in names.items():
        if found := _ELEMENT.fullmatch(name):
            vector = vectors.setdefault(found[1], ParameterVector(found[1], sizes[found[1]]))
            out[symbol] = vector[int(found[2])]
        else:
            out[symbol] = Parameter(name)
    return out


def angle(e: Expr, parameters: Mapping[Sym, Parameter], where: str) -> Any:
    """Return the angle as a number, or as a Qiskit expression where it reads a symbol."""
    try:
        value = float(e.evaluate()) if not e.symbols() else _build(e, parameters)
    except (ValueError, ZeroDivisionError, OverflowError):
        value = math.nan
    if isinstance(value, float) and not math.isfinite(value):
        raise CircuitError(f"the angle {e} has no finite value", where=where, cure="change it", value=str(e))
    return value


def _build(e: Expr, parameters: Mapping[Sym, Parameter]) -> Any:
    match e:
        case Sym():
            return parameters[e]
        case Neg(a):
            return -_build(a, parameters)
        case Call(fn, a):
            inner = _build(a, parameters)
            if not isinstance(inner, ParameterExpression):
                return float(e.evaluate())
            return inner**0.5 if fn == "sqrt" else getattr(inner, fn)()
        case Bin("**", a, b):
            return _build(a, parameters) ** exponent_of(b)
        case Bin(op, a, b):
            left, right = _build(a, parameters), _build(b, parameters)
            return (
                left + right
                if op == "+"
                else left - right
                if op == "-"
                else left * right
                if op == "*"
                else left / right
            )
        case _:
            return float(e.evaluate())


def pretty(value: float) -> Expr:
    """Return a number as ``k*pi/m`` where that is the same bit for bit, so that π survives Qiskit."""
    for m in (1, 2, 3, 4, 6, 8, 12, 16) if value else ():
        k = round(abs(value) * m / math.pi)
        if 0 < k <= 32 and math.gcd(k, m) == 1:
            e: Expr = Pi() if k == 1 else Bin("*", Num(float(k)), Pi())
            e = e if m == 1 else Bin("/", e, Num(float(m)))
            if float(e.evaluate()) == abs(value):
                if value > 0:
                    return e
                return parse("-" + str(e))
    return number(value)


def from_angle(value: object, symbol_of: Callable[[Parameter], Sym], where: str) -> Expr:
    """Return a Qiskit angle as an expression.

    Raises:
        CircuitError: when it can't be said in qlab's grammar.
    """
    if isinstance(value, Parameter):
        return symbol_of(value)
    if isinstance(value, ParameterExpression):
        if not value.parameters:
            value = value.numeric()
        else:
            return _checked(value, symbol_of, where)
    if isinstance(value, complex) and value.imag == 0:
        value = value.real
    if not hasattr(value, "__float__") or not math.isfinite(float(value)):
        raise CircuitError(
            f"the angle {value!r} is no finite number", where=where, cure="use a real number", value=value
        )
    return pretty(float(value))


def _checked(value: ParameterExpression, symbol_of: Callable[[Parameter], Sym], where: str) -> Expr:
    def refuse(why: str) -> CircuitError:
        return CircuitError(
            f"the angle {str(value)[:80]} can't be said in qlab: {why}", where=where,
            cure="bind its parameters, or rewrite it with + - * / ** and sin cos tan arcsin arccos arctan exp log",
        )  # fmt: skip

    try:
        e = parse(str(_replay(value, symbol_of)))
    except (CircuitError, AttributeError, IndexError, KeyError) as error:
        raise refuse(str(error)) from None
    # The record of how an expression was made is not public in Qiskit: two points tell whether it was understood.
    for k in (0.0, 0.21):
        trial = {p: 0.37 + k + 0.05 * i for i, p in enumerate(sorted(value.parameters, key=lambda p: p.name))}
        theirs = value.bind(trial).numeric()
        ours = e.substitute({symbol_of(p): v for p, v in trial.items()})
        both = (complex(theirs), complex(float(ours.evaluate())))
        if all(map(math.isfinite, (both[0].real, both[1].real))) and abs(both[0] - both[1]) > 1e-9 * (1 + abs(both[0])):
            raise refuse("its form is not known")
    return e


def _replay(value: ParameterExpression, symbol_of: Callable[[Parameter], Sym]) -> Expr:
    stack: list[Expr] = []

    def operand(given: object) -> Expr:
        if given is None:
            return stack.pop()
        return symbol_of(given) if isinstance(given, Parameter) else pretty(float(given))  # type: ignore[arg-type]

    for item in value._qpy_replay:
        name = str(item.op).rpartition(".")[2]
        if name in _CALLS:
            stack.append(Call(_CALLS[name], operand(item.lhs)))
            continue
        if name == "ABS":
            stack.append(Call("sqrt", Bin("**", operand(item.lhs), Num(2.0))))
            continue
        if name == "CONJ":
            stack.append(operand(item.lhs))
            continue
        right = operand(item.rhs)
        left = operand(item.lhs)
        if name in ("RSUB", "RDIV", "RPOW"):
            left, right, name = right, left, name[1:]
        stack.append(_power(left, right) if name == "POW" else _binary(_SIGNS[name], left, right))
    (result,) = stack
    return result


def _binary(op: str, a: Expr, b: Expr) -> Expr:
    if op == "*" and (Neg(Num(1.0)) in (a, b)):
        return Neg(b if a == Neg(Num(1.0)) else a)
    return Bin(op, a, b)


def _power(a: Expr, b: Expr) -> Expr:
    if b.symbols():
        raise CircuitError("an exponent reads a parameter")
    value = float(b.evaluate())
    if value == int(value):
        return Bin("**", a, number(value))
    if abs(value) == 0.5:
        root = Call("sqrt", a)
        return root if value > 0 else Bin("/", Num(1.0), root)
    raise CircuitError(f"the exponent {b} is no integer")


class Symbols:
    """Which symbol each parameter of a Qiskit circuit is, and the names to keep."""

    def __init__(self, circuit: QuantumCircuit, inputs: Iterable[object] | None, known: Mapping[str, str]) -> None:
        self._symbols: dict[Parameter, Sym] = {}
        left = list(circuit.parameters)
        if inputs is None:
            self._known(left, known)
            left = [p for p in left if p not in self._symbols]
            data = sorted((p for p in left if _base(p)[0].lower() in _INPUTS), key=_base)
        else:
            data = _chosen(left, inputs)
        self._number("x", data)
        self._number("w", [p for p in left if p not in data])
        self.names = {str(s): p.name for p, s in self._symbols.items() if p.name != str(s)}

    def of(self, parameter: Parameter) -> Sym:
        return self._symbols[parameter]

    def _known(self, parameters: list[Parameter], known: Mapping[str, str]) -> None:
        by_name = {p.name: p for p in parameters}
        for symbol, name in known.items():
            if re.fullmatch(r"[xw]\[[0-9]{1,4}\]", symbol) and name in by_name:
                self._symbols[by_name[name]] = Sym(symbol[0], int(symbol[2:-1]))

    def _number(self, kind: str, parameters: list[Parameter]) -> None:
        taken = {s.index for s in self._symbols.values() if s.kind == kind}
        rest = []
        for p in parameters:
            found = _ELEMENT.fullmatch(p.name)
            if found and found[1] == kind and int(found[2]) not in taken:  # x[3] stays x[3]
                self._symbols[p] = Sym(kind, int(found[2]))
                taken.add(int(found[2]))
            else:
                rest.append(p)
        start = max(taken, default=-1) + 1
        for i, p in enumerate(rest, start):
            self._symbols[p] = Sym(kind, i)


def _base(p: Parameter) -> tuple[str, int]:
    found = _ELEMENT.fullmatch(p.name) or _INDEXED.fullmatch(p.name)
    return (found[1], int(found[2])) if found else (p.name, -1)


def _chosen(parameters: list[Parameter], inputs: Iterable[object]) -> list[Parameter]:
    out: list[Parameter] = []
    for wanted in [inputs] if isinstance(inputs, (str, Parameter, ParameterVector)) else inputs:
        name = getattr(wanted, "name", wanted)
        found = [p for p in parameters if p.name == name] or sorted(
            (p for p in parameters if getattr(getattr(p, "vector", None), "name", None) == name), key=_base
        )
        if not found:
            near = ", ".join(sorted({p.name for p in parameters})[:8]) or "none"
            raise CircuitError(
                f"no parameter is called {name!r}", where="from_qiskit, argument inputs", cure=f"use some of: {near}"
            )
        out += [p for p in found if p not in out]
    return out


def _groups(names: tuple[str, ...], prefix: str) -> list[tuple[str, int]]:
    """Registers for wires of these names: q0, q1, q2 are q of 3; any other name is a register of its own."""
    if names == tuple(f"{prefix}{i}" for i in range(len(names))):
        return [(prefix, len(names))] if names else []
    return [(name, 1) for name in names]


def add_registers(out: QuantumCircuit, circuit: Circuit) -> dict[str, Any]:
    """Add the wires, and return what Qiskit can't hold of the names."""
    quantum, classical = _groups(circuit.qubits, "q"), _groups(circuit.clbits, "c")
    for name, n in quantum:
        out.add_register(QuantumRegister(n, name))
    for name, n in classical:
        out.add_register(ClassicalRegister(n, name))
    return {"names": dict(circuit.names)} if circuit.names else {}


def wire_names(circuit: QuantumCircuit, metadata: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return names for qubits and classical bits: of registers of one bit their own, else register and index."""
    taken: set[str] = set()
    out = []
    for bits, prefix in ((circuit.qubits, "q"), (circuit.clbits, "c")):
        names = []
        for i, bit in enumerate(bits):
            name = f"{prefix}{i}"
            if registers := circuit.find_bit(bit).registers:
                register, k = registers[0]
                alone = len(register) == 1 and register.name != prefix
                name = register.name if alone else f"{register.name}{k}"
            if not name.isprintable() or not 1 <= len(name) <= 64 or name in taken:
                n = i
                while (name := f"{prefix}{n}") in taken:
                    n += 1 + len(bits)
            taken.add(name)
            names.append(name)
        out.append(names)
    return out[0], out[1]
