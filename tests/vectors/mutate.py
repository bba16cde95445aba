"""OpenQASM programs with one slip in a known line: what both languages' readers must place. Deterministic."""

from __future__ import annotations

import random

from qlab.circuit import Circuit, templates
from qlab.interop.qasm import to_qasm
from tests.vectors import cases
from tests.vectors.qasm import GOOD

SLIPS = ";,()[]{}@*-+/=qx0~?"
# As Qiskit's exporters and its manual write them: registers of other names, definitions, bits, conditions.
LIKE_QISKIT = (
    'OPENQASM 2.0;\ninclude "qelib1.inc";\ngate majority a,b,c\n{\n  cx c,b;\n  cx c,a;\n  ccx a,b,c;\n}\n'
    "qreg cin[1];\nqreg a[3];\nqreg b[3];\nqreg cout[1];\ncreg ans[4];\nx a[0];\nx b;\n"
    "majority cin[0],b[0],a[0];\nmajority a[0],b[1],a[1];\nmajority a[1],b[2],a[2];\ncx a[2],cout[0];\n"
    "measure b[0] -> ans[0];\nmeasure b[1] -> ans[1];\nmeasure cout[0] -> ans[3];\n",
    'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\ncreg c0[1];\ncreg c1[1];\nu3(0.3,0.2,0.1) q[0];\nh q[1];\n'
    "cx q[1],q[2];\nbarrier q;\ncx q[0],q[1];\nh q[0];\nmeasure q[0] -> c0[0];\nmeasure q[1] -> c1[0];\n"
    "if(c0==1) z q[2];\nif(c1==1) x q[2];\n",
    'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float[64] _θ_0_;\ninput float[64] _θ_1_;\nbit[2] meas;\n'
    "qubit[2] q;\nry(_θ_0_) q[0];\nry(_θ_1_) q[1];\ncx q[0], q[1];\nbarrier q[0], q[1];\n"
    "meas[0] = measure q[0];\nmeas[1] = measure q[1];\n",
)  # fmt: skip


def sources() -> list[str]:
    """Good programs of several lines, each statement within one line."""
    circuits: list[Circuit] = [c for c in cases.circuits() if 3 < len(c) < 60]
    circuits += [templates.reuploading(3, 2), templates.real_amplitudes(4, 2)]
    texts = [*GOOD.values(), *LIKE_QISKIT, *(to_qasm(c) for c in circuits)]
    return [t for t in texts if t.count("\n") > 3 and "/*" not in t]


def slips(count: int, seed: int = 20260102) -> list[tuple[str, int]]:
    """``count`` pairs of a program with one character too many, too few or wrong, and the line (from 1) it is in."""
    rng = random.Random(seed)
    texts = sources()
    out = []
    while len(out) < count:
        lines = rng.choice(texts).split("\n")
        number = rng.randrange(len(lines))
        line = lines[number]
        code = line.split("//")[0]
        if not code.strip():
            continue
        at = rng.randrange(len(code))
        kind = rng.randrange(3)
        if kind == 0:
            line = line[:at] + line[at + 1 :]
        elif kind == 1:
            line = line[:at] + rng.choice(SLIPS) + line[at:]
        else:
            line = line[:at] + rng.choice(SLIPS) + line[at + 1 :]
        if line != lines[number]:
            out.append(("\n".join([*lines[:number], line, *lines[number + 1 :]]), number + 1))
    return out
