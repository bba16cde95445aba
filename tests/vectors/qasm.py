"""The OpenQASM programs that hold both readers and both writers to the same behaviour: the content of qasm.json.

Good programs come with the circuit they are, bad ones with place and message, mutated ones with either; circuits with
the OpenQASM 3 that both print. Deterministic. Hostile programs are too long for a file: each language's test makes them.
"""

# ruff: noqa: E501

from __future__ import annotations

import json
import random

from qlab.circuit import Circuit
from qlab.circuit.gates import lookup
from qlab.errors import CircuitError
from qlab.interop.qasm import from_qasm, to_qasm
from tests.interop.test_qasm_bad import BAD
from tests.vectors import cases

V2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
V3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'

GOOD = {
    "bell": V2 + "qreg q[2];\ncreg c[2];\nh q[0];\ncx q[0],q[1];\nmeasure q -> c;\n",
    "symbols": V3 + "input float x_0;\ninput float w_10;\ninput float w_2;\nqubit[2] q;\nry(x_0) q[0];\nrz(w_10*x_0+w_2) q[1];\n",
    "qiskit's names": V3 + "input float[64] _θ_10_;\ninput float[64] _θ_2_;\ninput float[64] _x_0_;\nqubit[1] q;\nry(_θ_10_) q[0];\nrz(_θ_2_) q[0];\nrx(_x_0_) q[0];\n",
    "names kept": V3 + "input float alpha;\ninput float data_1;\ninput float data_0;\nqubit q;\nry(alpha) q;\nrz(data_1+data_0) q;\n",
    "private comment": V3 + '// qlab {"name": "λ", "qubits": ["a", "b"], "names": {"w[0]": "θ"}}\ninput float w_0;\nqubit[2] q;\nry(w_0) q[1];\n',
    "private comment that lies": V3 + '// qlab {"name": 7, "qubits": ["a"], "clbits": 3, "names": {"z": "q"}}\nqubit[2] q;\nh q;\n',
    "private comment broken": "// qlab {{{\nqubit q;\nh q;\n",
    "broadcast": "qubit[3] a;\nqubit[3] b;\nqubit t;\nh a;\ncx a, b;\ncx t, b;\nccx a, b, t;\n",
    "slices": "qubit[4] q;\nh q[0:2];\nx q[-1];\ncx q[0:1], q[2:3];\n",
    "modifiers": "qubit[4] q;\nctrl @ negctrl @ ry(0.5) q[0], q[1], q[2];\nctrl(2) @ inv @ s q[0], q[1], q[3];\ninv @ u(0.1,0.2,0.3) q[0];\npow(3) @ sx q[1];\npow(-2) @ t q[2];\npow(0.5) @ rz(pi) q[3];\nctrl @ gphase(pi/3) q[0];\nnegctrl @ gphase(0.25) q[1];\ngphase(0.5);\ninv @ dcx q[0], q[1];\ninv @ iswap q[2], q[3];\n",
    "definitions": V3 + "gate layer(a, b) p, q { ry(a) p; rz(b/2) q; cx p, q; }\ngate twice(a) p, q { layer(a, 2*a) p, q; inv @ layer(a, -a) q, p; }\nqubit[3] q;\ntwice(pi/7) q[0], q[2];\nctrl @ layer(0.1, 0.2) q[1], q[0], q[2];\npow(2) @ layer(1, 2) q[1], q[0];\n",
    "own gate of the table": "gate rzx(t) c, d { h d; cx c, d; rz(t) d; cx c, d; h d; }\nqubit[2] q;\nrzx(0.3) q[0], q[1];\n",
    "own gate with a table's name": "gate iswap a, b { swap a, b; }\nqubit[2] q;\niswap q[0], q[1];\n",
    "prelude": V2 + "qreg q[4];\nrccx q[0],q[1],q[2];\nrc3x q[0],q[1],q[2],q[3];\n",
    "legacy": V2 + "qreg q[2];\nu0(1) q[0];\nu1(0.1) q[0];\nu2(0.2,0.3) q[0];\nu3(0.4,0.5,0.6) q[1];\ncu1(pi) q[0],q[1];\ncu3(1,2,3) q[0],q[1];\nU(0,0,pi) q[0];\nCX q[0],q[1];\n",
    "cu": "qubit[2] q;\ncu(1, 2, 3, 0) q[0], q[1];\ncu(1, 2, 3, 0.5) q[0], q[1];\ninv @ cu(1, 2, 3, 0.5) q[0], q[1];\n",
    "expressions": "input float x_0;\nqubit q;\nrx(2*pi*x_0**2-sin(x_0)/3) q;\nry(--x_0+-(1-2)) q;\nrz(sqrt(x_0)^2 + x_0**0.5 + pow(2, 3) + float(1) + tau + ln(2) + asin(0.5)) q;\nrx(1_000.5e-3*π) q;\np(2**0.5) q;\nrx(-x_0**2) q;\nry(1/x_0**-0.5) q;\n",
    "constants": "const float a = pi/2;\nconst float[64] b = a*2;\nqubit q;\nrx(b) q;\n",
    "conditions": "qubit[2] q;\nbit[3] c;\nc[0] = measure q[0];\nif (c[0]) x q[1];\nif (c[0] == false) { y q[1]; z q[0]; }\nif (c == 5) h q[0];\nif (!c[1] && c[2] != 0) s q[0];\nif (c[0]) { if (c[1]) x q[0]; } else { t q[1]; }\n",
    "condition that can't be": "qubit q;\nbit c;\nif (c) { if (!c) x q; h q; }\n",
    "version 2 condition": V2 + "qreg q[1];\ncreg a[2];\ncreg b[1];\nif(a==2) x q[0];\nif(b==0) y q[0];\n",
    "measure at once": "qubit[2] q;\nbit[2] c = measure q;\noutput bit d;\nd = measure q[0];\n",
    "reset and barrier": "qubit[3] q;\nreset q;\nbarrier;\nbarrier q[0], q[2];\nreset q[1];\n",
    "single wires": "qubit alice;\nqubit[1] bob;\nbit m;\nh alice;\ncx alice, bob;\nm = measure bob[0];\n",
    "names that clash": "qubit[2] q;\nqubit q0;\nbit[2] q1;\nh q;\n",
    "comments": "/* a\nb */ qubit q; // c\nh /* d */ q;\n",
    "controls by name": "qubit[5] q;\nmcx q[0], q[1], q[2], q[3], q[4];\nc3x q[0], q[1], q[2], q[3];\ncccx q[0], q[1], q[2], q[3];\n",
    "large numbers": "qubit q;\nrx(1e300) q;\nry(123456789012345678901234567890) q;\nrz(1e-7) q;\n",
}  # fmt: skip

MORE_BAD = {
    "zero to a negative power": ("qubit q;\nrx(0**(-0.5)) q;", "", ""),
    "root of a negative number": ("qubit q;\nrx((-1)**0.5) q;", "", ""),
    "column after a wide character": ("qubit q; /* 𝛉 */ foo q;", "", ""),
    "name of the table with a capital": ("qubit q;\nRy(1) q;", "", ""),
    "nested 65 deep": ("qubit q; rx(" + "(" * 65 + "1" + ")" * 65 + ") q;", "", ""),
    "argument twice": ("gate a(t) p, p { }", "", ""),
}


UNKNOWN = (
    "ryy2", "hadamrd", "cnott", "foo", "zzzz", "measur", "RXZ", "__proto__", "sqrtx", "toff", "rxy", "ccrx2", "phas", "resett",
    "swp", "iswp", "xxyy", "u4", "mcxx", "barier", "qft", "cc", "x" * 100, "θ", "",
)  # fmt: skip


def _cure(name: str) -> str:
    try:
        lookup(name)
    except CircuitError as error:
        return str(error.cure)
    raise AssertionError(f"{name} is known")


def verdict(text: str) -> dict[str, object]:
    """What Python's reader makes of a program."""
    try:
        return {"canonical": from_qasm(text, file="f").to_text()}
    except CircuitError as error:
        _, line, column = (error.where or "f:0:0").split(":")
        return {"line": int(line), "column": int(column), "message": error.message}


def mutants(count: int) -> list[str]:
    """Good programs with one slip each, as a person types them."""
    rng = random.Random(20260101)
    texts = [*GOOD.values(), *(to_qasm(c) for c in cases.circuits() if len(c) < 40)]
    out = []
    for _ in range(count):
        text = rng.choice(texts)
        at = rng.randrange(len(text))
        kind = rng.randrange(5)
        if kind == 0:
            text = text[:at] + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + rng.choice(";,()[]{}@*-+/0q \n\"'~=é𝛉") + text[at:]
        elif kind == 2:
            text = text[:at] + rng.choice("0123456789abcqx(){}[];") + text[at + 1 :]
        elif kind == 3:
            lines = text.split("\n")
            lines.insert(rng.randrange(len(lines)), lines.pop(rng.randrange(len(lines))))
            text = "\n".join(lines)
        else:
            text = text[:at]
        out.append(text)
    return out


def qasm_text() -> str:
    """The content of qasm.json."""

    def rows(items: list[dict[str, object]]) -> str:
        return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in items) + "\n]"

    good = [{"name": name, "text": text} | verdict(text) for name, text in GOOD.items()]
    assert all("canonical" in row for row in good), [row for row in good if "canonical" not in row]
    bad = [{"name": name, "text": case[0]} | verdict(case[0]) for name, case in {**BAD, **MORE_BAD}.items()]
    assert all("message" in row for row in bad), [row for row in bad if "message" not in row]
    mutated: list[dict[str, object]] = [{"text": text} | verdict(text) for text in mutants(250)]
    written: list[dict[str, object]] = []
    for circuit in [*cases.circuits(), _awkward()]:
        written.append({"name": circuit.name, "text": circuit.to_text(), "qasm": to_qasm(circuit)})
    unknown: list[dict[str, object]] = [{"gate": name, "cure": _cure(name)} for name in UNKNOWN]
    parts = {"good": good, "bad": bad, "mutated": mutated, "written": written, "unknown": unknown}
    return "{\n" + ",\n".join(f'"{key}": {rows(value)}' for key, value in parts.items()) + "\n}\n"


def _awkward() -> Circuit:
    """Angles that divide integers, and names of its own."""
    c = Circuit(["a", "b"], clbits=["m"], name='odd "name"', names={"w[0]": "θ[0]"})
    for angle in ("1/2", "-1/2*pi", "2*(3/4)", "1/(2*w[0])", "x[0]/2", "1/2+w[10]", "1/x[0]**2", "1/2**3"):
        c = c.append("ry", 0, angle)
    return c.append("measure", 1, clbits=[0])
