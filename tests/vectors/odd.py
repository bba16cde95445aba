"""Odd but legal OpenQASM programs, as people and tools write them, and what Qiskit reads of them: content of odd.json.

Of each, qlab's readers in both languages must give the same unitary as Qiskit, or refuse it with place and cure. Qiskit's
reading is kept as plain OpenQASM 2, since its importer of version 3 is a package of its own: with `qiskit-qasm3-import`
installed, `python -m tests.vectors.odd` writes the file anew. Measurements and resets are compared by their statements.
"""

# ruff: noqa: E501

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
V2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
V3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'

PROGRAMS: dict[str, str] = {
    "version 2, no blank anywhere": 'OPENQASM 2.0;include"qelib1.inc";qreg q[2];creg c[2];h q[0];cx q[0],q[1];measure q->c;',
    "version 2, blanks everywhere": V2 + "qreg  q [ 3 ] ;\n\n h\tq [ 0 ] ;\r\n cx q[0] ,\n q[1]\n;\nrz ( pi / 2 ) q[2];\n",
    "version 2 without a version line": 'include "qelib1.inc";\nqreg q[1];\nx q[0];\n',
    "version 2 without an include": "OPENQASM 2.0;\nqreg q[2];\nU(pi/2,0,pi) q[0];\nCX q[0],q[1];\n",
    "comments at both ends": "// first\n" + V2 + "qreg q[1]; // here\n// and\nx q[0];\n// last",
    "own gates before registers": V2 + "gate foo(a,b) p,q { u3(a,b,a*b) p; cx p,q; u1(-a/2) q; }\nqreg q[3];\nfoo(pi/3,0.25) q[2],q[0];\nfoo(1,2) q[1],q[2];\n",
    "own gates call each other": V2 + "gate a(t) x { rz(t) x; }\ngate b(t) x,y { a(t/2) x; cx x,y; a(-t/2) y; }\ngate c(t) x,y,z { b(t) x,y; b(2*t) z,x; barrier x,y; h z; }\nqreg q[3];\nc(0.7) q[1],q[2],q[0];\n",
    "parameters shadow nothing": V2 + "gate g(pi2,x) q { rz(pi2*pi) q; rx(x) q; }\nqreg q[1];\ng(0.5,sin(0.3)) q[0];\n",
    "an empty body": V2 + "gate nothing a,b { }\nqreg q[2];\nh q[0];\nnothing q[0],q[1];\ncx q[0],q[1];\n",
    "empty brackets": V2 + "gate g() a { h a; }\nqreg q[1];\ng() q[0];\nh() q[0];\n",
    "broadcast of one over many": V2 + "qreg c[1];\nqreg t[3];\nh c;\ncx c[0],t;\ncz t,c[0];\nrz(0.2) t;\n",
    "broadcast of equals": V2 + "qreg a[3];\nqreg b[3];\nh a;\ncx a,b;\ncu1(pi/4) a,b;\nccx a,b[0],b[1];\n",
    "broadcast of equal registers": V2 + "qreg a[2];\nqreg b[2];\nqreg t[2];\nh a;\nry(1) b;\nccx a,b,t;\n",
    "functions of version 2": V2 + "qreg q[1];\nrx(sin(pi/6)) q[0];\nry(cos(0.3)*tan(0.2)) q[0];\nrz(exp(0.5)-ln(2)+sqrt(2)) q[0];\nu1(2^3) q[0];\nu1(-2^2) q[0];\n",
    "numbers in all dress": V2 + "qreg q[1];\nrx(.5) q[0];\nrx(5.) q[0];\nrx(1e-2) q[0];\nrx(1.5E+1) q[0];\nrx(007) q[0];\n",
    "integers divide in version 2": V2 + "qreg q[1];\nrx(1/5) q[0];\nry(2+3-1/4) q[0];\nrz((1/2)*pi) q[0];\n",
    "integers divide without a rest": V3 + "const int n = 4;\nqubit q;\nrx(4/2) q;\nry(pi/3) q;\nrz(1/5.0) q;\np(n/2) q;\nrx(-6/3*pi/4) q;\nry(float(1)/4) q;\n",
    "unary signs": V2 + "qreg q[1];\nrx(-pi) q[0];\nry(-(-1)) q[0];\nrz(3--2) q[0];\nu2(-pi/2,+pi/2) q[0];\n",
    "all of qelib1": V2 + "qreg q[4];\nu3(0.1,0.2,0.3) q[0];\nu2(0.1,0.2) q[1];\nu1(0.3) q[2];\ncx q[0],q[1];\nid q[0];\nx q[0];\ny q[1];\nz q[2];\nh q[3];\ns q[0];\nsdg q[1];\nt q[2];\ntdg q[3];\nrx(0.1) q[0];\nry(0.2) q[1];\nrz(0.3) q[2];\ncz q[0],q[2];\ncy q[1],q[3];\nch q[2],q[0];\nccx q[0],q[1],q[2];\ncrz(0.4) q[0],q[3];\ncu1(0.5) q[1],q[2];\ncu3(0.1,0.2,0.3) q[2],q[3];\n",
    "what qelib1 grew later": V2 + "qreg q[5];\nsx q[0];\nsxdg q[1];\np(0.1) q[2];\nu(0.1,0.2,0.3) q[3];\nswap q[0],q[1];\ncswap q[0],q[1],q[2];\ncrx(0.1) q[0],q[1];\ncry(0.2) q[1],q[2];\ncp(0.3) q[2],q[3];\ncsx q[3],q[4];\ncu(0.1,0.2,0.3,0.4) q[0],q[4];\nrxx(0.5) q[0],q[2];\nrzz(0.6) q[1],q[3];\nrccx q[0],q[1],q[2];\nrc3x q[0],q[1],q[2],q[3];\nc3x q[0],q[1],q[2],q[3];\nc3sqrtx q[0],q[1],q[2],q[3];\nc4x q[0],q[1],q[2],q[3],q[4];\nu0(1) q[0];\n",
    "condition of version 2": V2 + "qreg q[2];\ncreg c[2];\nmeasure q[0] -> c[0];\nif(c==1) x q[1];\nif (c == 3) rz(pi/2) q[1];\n",
    "condition on a measurement": V2 + "qreg q[2];\ncreg c[1];\ncreg d[1];\nmeasure q[0] -> c[0];\nif(c==1) measure q[1] -> d[0];\nif(d==0) reset q[0];\n",
    "opaque that nobody calls": V2 + "opaque magic(a) p,q;\nqreg q[2];\nh q;\n",
    "opaque that is called": V2 + "opaque magic(a) p,q;\nqreg q[2];\nmagic(0.1) q[0],q[1];\n",
    "barrier of everything": V2 + "qreg a[2];\nqreg b[1];\nh a;\nbarrier a,b;\nx b[0];\nbarrier a[0],b;\n",
    "names like keywords of the other version": V2 + "qreg input[2];\nqreg def[1];\ncreg bit[1];\nh input;\ncx input[1],def[0];\nmeasure def[0] -> bit[0];\n",
    "a gate as Qiskit writes its own": V2 + "gate gate_QFT_4938(param0) q0,q1 { h q1; cp(param0/2) q1,q0; h q0; swap q0,q1; }\nqreg q[2];\ngate_QFT_4938(pi) q[0],q[1];\n",
    "unitary as Qiskit writes it": V2 + "gate unitary q0 { u(1.5707963267948966,0,3.141592653589793) q0; }\ngate unitary_77(p) q0,q1 { unitary q0; cx q0,q1; rz(p) q1; }\nqreg q[2];\nunitary q[0];\nunitary_77(0.123456789012345678) q[0],q[1];\n",
    "version 3, no include": "OPENQASM 3;\nqubit[2] q;\nU(pi/2, 0, pi) q[0];\nctrl @ U(pi, 0, pi) q[0], q[1];\ngphase(pi/4);\n",
    "version 3.1": 'OPENQASM 3.1;\ninclude "stdgates.inc";\nqubit q;\nh q;\n',
    "version 3 with old registers": V3 + "qreg q[2];\ncreg c[2];\nh q[0];\ncx q[0], q[1];\nmeasure q -> c;\n",
    "all of stdgates": V3 + "qubit[4] q;\np(0.1) q[0];\nx q[0];\ny q[1];\nz q[2];\nh q[3];\ns q[0];\nsdg q[1];\nt q[2];\ntdg q[3];\nsx q[0];\nrx(0.1) q[1];\nry(0.2) q[2];\nrz(0.3) q[3];\ncx q[0], q[1];\ncy q[1], q[2];\ncz q[2], q[3];\ncp(0.4) q[3], q[0];\ncrx(0.5) q[0], q[2];\ncry(0.6) q[1], q[3];\ncrz(0.7) q[2], q[0];\nch q[3], q[1];\nswap q[0], q[3];\nccx q[0], q[1], q[2];\ncswap q[1], q[2], q[3];\ncu(0.1, 0.2, 0.3, 0.4) q[0], q[1];\nCX q[0], q[1];\nphase(0.5) q[2];\ncphase(0.6) q[2], q[3];\nid q[0];\nu1(0.1) q[0];\nu2(0.1, 0.2) q[1];\nu3(0.1, 0.2, 0.3) q[2];\n",
    "two modifiers": V3 + "qubit[4] q;\nctrl @ inv @ s q[0], q[1];\ninv @ ctrl @ t q[1], q[2];\nnegctrl(2) @ x q[0], q[1], q[2];\nctrl @ negctrl @ h q[3], q[0], q[1];\ninv @ inv @ sx q[0];\n",
    "roots and powers": V3 + "qubit[2] q;\npow(0.5) @ x q[0];\npow(1/2) @ z q[1];\npow(-1) @ s q[0];\npow(2) @ t q[1];\npow(0.25) @ rx(1.2) q[0];\npow(3) @ cx q[0], q[1];\nctrl @ pow(0.5) @ x q[1], q[0];\n",
    "a root of an own gate": V3 + "gate g(a) p { ry(a) p; }\nqubit q;\npow(0.5) @ g(1) q;\n",
    "a power of an own gate": V3 + "gate g(a) p, r { ry(a) p; cx p, r; }\nqubit[2] q;\npow(2) @ g(1) q[0], q[1];\npow(-2) @ g(0.5) q[1], q[0];\nctrl @ g(0.3) q[0], q[1], q[0];\n",
    "control of an own gate": V3 + "gate g(a) p, r { ry(a) p; cx p, r; gphase(a/2); }\nqubit[4] q;\nh q;\nctrl @ g(0.3) q[0], q[1], q[2];\nnegctrl @ inv @ g(1.3) q[3], q[2], q[0];\n",
    "global phases": V3 + "qubit[2] q;\ngphase(pi/2);\nctrl @ gphase(pi/4) q[0];\nctrl(2) @ gphase(-pi/8) q[0], q[1];\ninv @ gphase(0.1);\nnegctrl @ gphase(0.2) q[1];\n",
    "let, a slice": V3 + "qubit[5] q;\nlet a = q[1:3];\nh a;\ncx a[0], a[2];\nx a[-1];\n",
    "let, joined": V3 + "qubit[2] p;\nqubit[3] q;\nlet both = p ++ q[0:1];\nh both;\ncx both[0], both[3];\n",
    "let, chosen": V3 + "qubit[5] q;\nlet odd = q[{1, 3}];\nh odd;\ncx odd[0], odd[1];\n",
    "let of a let": V3 + "qubit[6] q;\nlet a = q[0:2:4];\nlet b = a[1:2];\nx b[0];\nh a[0];\ncx a, b[1];\n",
    "slices with steps": V3 + "qubit[6] q;\nh q[0:2:5];\nx q[5:-2:1];\nrx(0.1) q[:];\nry(0.2) q[1:];\nrz(0.3) q[:2];\ncx q[{0, 2}], q[{1, 3}];\n",
    "constants": V3 + "const float a = pi / 4;\nconst float[64] b = 2 * a;\nconst int n = 3;\nconst uint[8] m = 2;\nqubit[n] q;\nrx(b) q[0];\nry(a / n) q[m];\nrz(sin(b)) q[1];\n",
    "inputs": V3 + "input float[64] theta;\ninput angle phi;\nqubit[2] q;\nrx(theta) q[0];\nrz(2 * phi + theta) q[1];\n",
    "an input that nobody reads": V3 + "input float a;\ninput float b;\nqubit q;\nrx(b) q;\n",
    "functions of version 3": V3 + "qubit q;\nrx(arcsin(0.5)) q;\nry(arccos(0.1) + arctan(2)) q;\nrz(log(2) + sqrt(2) + exp(1)) q;\nrx(pi ** 2 / 4) q;\nry(mod(7, 4)) q;\nrx(euler) q;\nry(tau / 3) q;\nrz(ℇ) q;\nrz(π/τ) q;\n",
    "literals of version 3": V3 + "qubit[8] q;\nrx(1_000) q[0x1];\nry(0b101) q[0o7];\nrz(1e-3) q[0b10];\nrx(.5e1) q[3];\n",
    "unicode names": V3 + "gate Größe(θ) ψ { rx(θ) ψ; }\nqubit[2] Φ;\nGröße(pi/2) Φ[1];\nh Φ;\n",
    "comments of version 3": V3 + "/* one\n * two // three\n */ qubit /* here */ [2] q;\nh /**/ q[0]; // end\n//\n/***/cx q[0], q[1];\n",
    "annotations and pragmas": V3 + "@bind [0, 1]\nqubit[2] q;\n@crosstalk\nh q[0];\npragma qiskit.something else ; {\ncx q[0], q[1];\n",
    "measurements in all dress": V3 + "qubit[3] q;\nbit[3] c;\nbit d;\nh q;\nc[0] = measure q[0];\nmeasure q[1] -> c[1];\nd = measure q[2];\nbit[3] e = measure q;\nc[0:1] = measure q[1:2];\n",
    "a measurement for nobody": V3 + "qubit[2] q;\nh q[0];\nmeasure q[0];\n",
    "resets": V3 + "qubit[3] q;\nh q;\nreset q[0];\nreset q[1:2];\nreset q;\n",
    "barriers": V3 + "qubit[3] q;\nh q;\nbarrier;\nbarrier q[0:1];\nx q[0];\nbarrier q;\n",
    "hardware qubits": V3 + "h $0;\ncx $0, $1;\n",
    "hardware qubits, measured": V3 + "bit[2] c;\nx $3;\nc[0] = measure $3;\n",
    "delays": V3 + "qubit[2] q;\nx q[0];\ndelay[100ns] q[0];\ndelay[2dt] q;\nh q[1];\n",
    "a box": V3 + "qubit q;\nbox {\n  h q;\n  x q;\n}\nbox[100ns] { y q; }\n",
    "durations": V3 + "duration d = 100ns;\nqubit q;\ndelay[d] q;\n",
    "a stretch": V3 + "stretch a;\nqubit q;\ndelay[a] q;\n",
    "if": V3 + "qubit[2] q;\nbit[2] c;\nc = measure q;\nif (c[0]) x q[1];\nif (c[1] == 1) { h q[0]; } else { z q[0]; }\nif (c == 2) y q[0];\nif (!c[0]) s q[1];\n",
    "if of bits": V3 + 'qubit[2] q;\nbit[2] c;\nc = measure q;\nif (c == "10") x q[0];\n',
    "if less": V3 + "qubit[2] q;\nbit[2] c;\nc = measure q;\nif (c < 2) x q[0];\n",
    "if cast": V3 + "qubit[2] q;\nbit[2] c;\nc = measure q;\nif (int[2](c) == 2) x q[0];\n",
    "for of a range": V3 + "qubit[4] q;\nfor int i in [0:3] {\n  h q[i];\n}\n",
    "for with a step": V3 + "qubit[5] q;\nfor uint i in [0:2:4] rx(i * pi / 4) q[i];\n",
    "for of a set": V3 + "qubit[5] q;\nfor int[32] i in {0, 3, 4} { h q[i]; cx q[i], q[1]; }\n",
    "while": V3 + "qubit q;\nbit c;\nc = measure q;\nwhile (c) { x q; c = measure q; }\n",
    "def": V3 + "def f(qubit a) { h a; }\nqubit q;\nf(q);\n",
    "switch": V3 + "qubit q;\nbit[2] c;\nswitch (c) { case 0 { x q; } default { h q; } }\n",
    "classical variables": V3 + "int i = 3;\nqubit q;\nrx(i) q;\n",
    "a boolean": V3 + "bool b = true;\nqubit q;\nif (b) x q;\n",
    "an array": V3 + "array[float, 3] a = {1, 2, 3};\nqubit q;\nrx(a[0]) q;\n",
    "extern": V3 + "extern f(float) -> float;\nqubit q;\nrx(f(1)) q;\n",
    "a calibration": V3 + 'defcalgrammar "openpulse";\nqubit q;\nx q;\n',
    "end": V3 + "qubit q;\nx q;\nend;\ny q;\n",
    "an output": V3 + "output bit[2] c;\nqubit[2] q;\nh q;\nc = measure q;\n",
    "bits with a value": V3 + 'bit[2] c = "01";\nqubit q;\nx q;\n',
    "a gate without angles called with none": V3 + "gate g p { x p; }\nqubit[2] q;\ng() q[0];\ng q[1];\n",
    "a gate that shadows stdgates": "OPENQASM 3.0;\ngate h a { U(pi/2, 0, pi) a; gphase(-pi/4); }\nqubit q;\nh q;\n",
}  # fmt: skip

# What qlab's circuits can't hold: line and column of the word that says so.
REFUSED = {
    "opaque that is called": "5:1",
    "roots and powers": "4:1",
    "a root of an own gate": "5:1",
    "a power of an own gate": "7:1",
    "let of a let": "8:1",
    "constants": "7:7",
    "functions of version 3": "8:4",
    "annotations and pragmas": "7:32",
    "a measurement for nobody": "5:13",
    "hardware qubits": "3:3",
    "hardware qubits, measured": "4:3",
    "delays": "5:1",
    "a box": "4:1",
    "durations": "3:1",
    "a stretch": "3:1",
    "if of bits": "6:10",
    "if less": "6:5",
    "if cast": "6:5",
    "for of a range": "4:1",
    "for with a step": "4:1",
    "for of a set": "4:1",
    "while": "6:1",
    "def": "3:1",
    "switch": "5:1",
    "classical variables": "3:1",
    "a boolean": "3:1",
    "an array": "3:1",
    "extern": "3:1",
    "a calibration": "3:1",
    "end": "5:1",
    "bits with a value": "3:12",
}


def _reading(text: str) -> str | None:
    """Qiskit's reading of a program, symbols bound to 0.1, 0.47 … in order of their names, as plain OpenQASM 2."""
    import re

    from qiskit import QuantumCircuit, qasm2, qasm3, transpile

    version = re.search(r"OPENQASM (\d)", text)
    try:
        if version and version[1] == "3":
            qc: Any = qasm3.loads(text)
        else:
            qc = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    except Exception:
        return None
    plain = QuantumCircuit(qc.num_qubits)
    for item in qc.data:
        if item.operation.name in ("measure", "reset", "barrier", "delay"):
            continue
        if item.operation.name in ("if_else", "while_loop", "for_loop", "switch_case", "box"):
            return ""
        if item.clbits or getattr(item.operation, "condition", None):
            return ""
        plain.append(item.operation, [qc.find_bit(q).index for q in item.qubits])
    values = {p: 0.1 + 0.37 * i for i, p in enumerate(sorted(plain.parameters, key=lambda p: p.name))}
    try:
        bare = transpile(plain.assign_parameters(values), basis_gates=["u3", "cx"], optimization_level=0)
    except Exception:
        return None
    return str(qasm2.dumps(bare))


def rows() -> list[dict[str, Any]]:
    """Program; reading: text of OpenQASM 2, "" where it has no unitary, None where Qiskit refuses it; where qlab does."""
    return [
        {"name": name, "text": text, "reading": _reading(text), "refused": REFUSED.get(name)}
        for name, text in PROGRAMS.items()
    ]


if __name__ == "__main__":
    (HERE / "odd.json").write_text(json.dumps(rows(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
