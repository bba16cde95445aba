"""Names in OpenQASM programs: registers and their operands, inputs and which symbols they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from qlab.circuit import Circuit
from qlab.circuit.expr import MAX_INDEX, Expr, Sym
from qlab.circuit.names import LIMITS
from qlab.errors import CircuitError
from qlab.interop.qasm_lex import Token, Tokens


class Span(NamedTuple):
    """``first:step:last`` in brackets; an end that isn't written is None."""

    first: int | None
    step: int
    last: int | None

    def of(self, n: int) -> list[int]:
        """The places among n; -1 is the last."""
        up = self.step > 0
        ends = (self.first, 0 if up else n - 1), (self.last, n - 1 if up else 0)
        first, last = (default if i is None else i + n if i < 0 else i for i, default in ends)
        if not (0 <= first < n and 0 <= last < n):
            return []
        return list(range(first, last + (1 if up else -1), self.step))


Operand = tuple[Token, list[int] | Span | None]
_OWN = re.compile(r"([xw])_(0|[1-9][0-9]{0,3})")
_QISKIT = re.compile(r"_(.+)_([0-9]{1,6})_")  # what Qiskit makes of θ[10]
_NUMBERED = re.compile(r"(.+?)_?([0-9]{1,6})")
INPUTS = {"x", "xs", "input", "inputs", "data", "feature", "features"}


class Registers:
    """The declared registers; qubits and bits are numbered through all of them."""

    def __init__(self, tokens: Tokens, limits: Mapping[str, int]) -> None:
        self.tokens, self.limits = tokens, limits
        # name -> kind, indices, declared as an array
        self._ranges: dict[str, tuple[str, Sequence[int], bool]] = {}
        self.qubits: list[str] = []
        self.clbits: list[str] = []

    def __contains__(self, name: object) -> bool:
        return name in self._ranges

    def of(self, kind: str) -> set[str]:
        return {name for name, (k, _, _) in self._ranges.items() if k == kind}

    def add(self, kind: str, name: Token, size: int | None) -> None:
        what = "qubits" if kind == "q" else "clbits"
        wires = self.qubits if kind == "q" else self.clbits
        n = 1 if size is None else size
        limit = self.limits.get(what, LIMITS[what])
        if name.text in self._ranges:
            self.tokens.fail(f"the name {name.text[:40]!r} is used twice", name, "choose another")
        if n < 1:
            self.tokens.fail(f"a register of size {n} holds nothing", name, "use 1 or more")
        if len(wires) + n > limit:  # before anything of that size is made
            cure = f'use fewer, or pass limits={{"{what}": {len(wires) + n}}}'
            self.tokens.fail(f"{len(wires) + n} {what}, over the limit of {limit}", name, cure)
        self._ranges[name.text] = (kind, range(len(wires), len(wires) + n), size is not None)
        alone = size is None or (n == 1 and name.text != kind)
        wires += [name.text] if alone else [f"{name.text}{i}" for i in range(n)]

    def names(self, kind: str) -> list[str]:
        """Names of wires: legal ones, unique among all."""
        wires = self.qubits if kind == "q" else self.clbits
        taken = set(self.qubits) if kind == "c" else set()
        out: list[str] = []
        for i, name in enumerate(wires):
            n = i
            while name in taken or len(name) > 64:
                name = f"{kind}{n}"
                n += len(wires)
            taken.add(name)
            out.append(name)
        return out

    def alias(self, name: Token, operands: Sequence[Operand]) -> None:
        """Give what the operands stand for, one after another, a name of its own."""
        if name.text in self._ranges:
            self.tokens.fail(f"the name {name.text[:40]!r} is used twice", name, "choose another")
        first = self._ranges.get(operands[0][0].text)
        kind = first[0] if first else "q"
        found = [i for operand in operands for i in self.indices(kind, operand)]
        if len(found) != len(set(found)):
            self.tokens.fail(f"{name.text[:40]} names a wire twice", name, "name each wire once")
        self._ranges[name.text] = (kind, found, True)

    def operand(self) -> Operand:
        """Read ``q``, ``q[-1]``, ``q[0:2:4]``, ``q[1:]`` or ``q[{0, 2}]``; `indices` says whether it exists."""
        tokens = self.tokens
        if tokens.now.text == "$":
            tokens.fail("hardware qubits such as $0 are not supported here", tokens.now, "declare qubit[2] q;")
        name = tokens.name("a qubit or a register")
        if not tokens.take("["):
            return name, None
        chosen: list[int] | Span
        if tokens.take("{"):
            chosen = [self._index()]
            while tokens.take(","):
                chosen.append(self._index())
            tokens.expect("}")
        else:
            chosen = self._span(name)
        tokens.expect("]")
        return name, chosen

    def _span(self, name: Token) -> list[int] | Span:
        tokens = self.tokens
        first = None if tokens.now.text == ":" else self._index()
        if first is not None and not tokens.take(":"):
            return [first]
        if first is None:
            tokens.step()
        last = None if tokens.now.text in ("]", ":") else self._index()
        if not tokens.take(":"):
            return Span(first, 1, last)
        if not last:
            tokens.fail("the step of the range must be an integer, not 0 or nothing", name, "write q[0:2:4]")
        return Span(first, last, None if tokens.now.text == "]" else self._index())

    def _index(self) -> int:
        sign = -1 if self.tokens.take("-") else 1
        return sign * self.tokens.integer("the index")

    def indices(self, kind: str, operand: Operand) -> list[int]:
        """The indices an operand stands for, among all qubits or bits."""
        name, chosen = operand
        what = "qubit" if kind == "q" else "bit"
        found = self._ranges.get(name.text)
        if found is None or found[0] != kind:
            known = ", ".join(sorted(self.of(kind))[:8])
            cure = f"use one of {known}" if known else f"declare it with {what}[2] {name.text[:40]};"
            self.tokens.fail(f"no {what} register is called {name.text[:40]!r}", name, cure)
        every = found[1]
        if chosen is None:
            return list(every)
        if isinstance(chosen, Span):
            places = chosen.of(len(every))
            if not places:
                message = f"the range of {name.text[:40]} holds nothing or ends outside"
                self.tokens.fail(message, name, f"use 0 to {len(every) - 1}")
            return [every[i] for i in places]
        for i in chosen:
            if not -len(every) <= i < len(every):
                cure = f"use 0 to {len(every) - 1}"
                self.tokens.fail(f"{name.text[:40]}[{i}] is out of range", name, cure)
        return [every[i] for i in chosen]

    def broadcast(self, kind: str, operands: Sequence[Operand]) -> Iterator[tuple[int, ...]]:
        """Single qubits for every element of the registers among the operands."""
        lists = [self.indices(kind, o) for o in operands]
        whole = [
            k for k, o in enumerate(operands) if (o[1] is None and self._ranges[o[0].text][2]) or len(lists[k]) > 1
        ]
        sizes = {len(lists[k]) for k in whole}
        if len(sizes) > 1:
            sizes_text = " and ".join(map(str, sorted(sizes)))
            self.tokens.fail(f"registers of {sizes_text} qubits can't be paired", operands[0][0], "use equal sizes")
        for i in range(max(sizes, default=1)):
            yield tuple(found[i] if k in whole else found[0] for k, found in enumerate(lists))


class Inputs:
    """The declared inputs, as placeholders until all are known."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def add(self, name: str) -> Sym:
        self._names.append(name)
        return Sym("i", len(self._names) - 1)

    def symbols(self) -> tuple[dict[Sym, float | Expr], dict[str, str]]:
        """What each placeholder is, and the names to keep.

        Under one stem the number decides, not the alphabet; stems follow each other as declared.
        """
        out: dict[Sym, float | Expr] = {}
        names: dict[str, str] = {}
        stems: dict[str, list[tuple[int, int, str]]] = {}
        taken: dict[str, set[int]] = {"x": set(), "w": set()}
        for k, name in enumerate(self._names):
            stem, number, shown = _parts(name)
            if stem in taken and 0 <= number <= MAX_INDEX and number not in taken[stem]:
                out[Sym("i", k)] = Sym(stem, number)
                taken[stem].add(number)
            else:
                stems.setdefault(stem, []).append((number, k, shown))
        following = {kind: max(found, default=-1) + 1 for kind, found in taken.items()}
        for stem, group in stems.items():
            kind = "x" if stem.lower() in INPUTS else "w"
            for _, k, shown in sorted(group):
                symbol = Sym(kind, following[kind])
                following[kind] += 1
                out[Sym("i", k)] = symbol
                if shown != str(symbol) and 1 <= len(shown) <= 64 and shown not in names.values():
                    names[str(symbol)] = shown
        return out, names


def _parts(name: str) -> tuple[str, int, str]:
    """Stem, number and the name to show."""
    if found := _OWN.fullmatch(name):
        return found[1], int(found[2]), f"{found[1]}[{found[2]}]"
    if found := _QISKIT.fullmatch(name):
        return found[1], int(found[2]), f"{found[1]}[{int(found[2])}]"
    if found := _NUMBERED.fullmatch(name):
        return found[1], int(found[2]), name
    return name, -1, name


def apply_private(circuit: Circuit, text: str) -> Circuit:
    """Return the circuit with the names of qlab's own comment, as far as they fit; a comment can't make an error."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return circuit
    if not isinstance(found, dict):
        return circuit
    for key in ("name", "qubits", "clbits", "names"):
        value = found.get(key)
        try:
            if key == "name" and isinstance(value, str):
                circuit = circuit.with_(name=value)
            elif key == "names" and isinstance(value, dict):
                circuit = circuit.with_(names=value)
            elif key == "qubits" and isinstance(value, list) and len(value) == circuit.n_qubits:
                circuit = circuit.with_(qubits=value)
            elif key == "clbits" and isinstance(value, list) and len(value) == circuit.n_clbits:
                circuit = circuit.with_(clbits=value)
        except CircuitError:
            continue
    return circuit
