"""OpenQASM 2 and 3: round trips, Qiskit's own readers and writers as referees, names and order."""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.circuit import ParameterVector
from qiskit.circuit import library as lib
from qiskit.quantum_info import Operator

from qlab.circuit import Circuit, templates
from qlab.circuit.synth import written
from qlab.errors import CircuitError
from qlab.interop.qasm import from_qasm, to_qasm
from tests.circuit.strategies import circuits, grouped, smooth
from tests.interop.test_qiskit import W, X, unitary
from tests.vectors import cases

V2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
V3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'


def numbered(c: Circuit) -> Circuit:
    ops = [replace(op, id=f"g{i}") for i, op in enumerate(c.ops, 1)]
    return Circuit(c.qubits, ops, clbits=c.clbits, name=c.name, names=c.names)


def same_up_to_phase(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(abs(abs(np.vdot(a, b)) / len(a) - 1) < 1e-8)


def says_all(c: Circuit) -> bool:
    """Whether each operation is one statement of version 3: all but U with anti-controls only, and numbers like 1/2."""
    return not any(op.gate == "u" and op.anticontrols and not op.controls for op in c.ops)


@given(circuits(own_ids=False, params=smooth))
@settings(max_examples=150, deadline=None)
def test_version_3_round_trip(c: Circuit) -> None:
    back = from_qasm(to_qasm(c))
    if says_all(c):
        assert [replace(op, params=()) for op in back.ops] == [replace(op, params=()) for op in c.ops]
        assert back.with_() == numbered(c) or any("." in str(p) or "/" in str(p) for op in c.ops for p in op.params)
    assert (back.qubits, back.clbits, back.name, back.names) == (c.qubits, c.clbits, c.name, c.names)


@given(circuits(max_qubits=3, max_ops=5, classical=False, params=smooth))
@settings(max_examples=60, deadline=None)
def test_version_3_keeps_the_unitary(c: Circuit) -> None:
    assert np.allclose(unitary(from_qasm(to_qasm(c))), unitary(c), atol=1e-9)


@given(grouped(max_qubits=4, max_ops=4, classical=False, params=smooth, matrices=True))
@settings(max_examples=30, deadline=None)
def test_matrices_and_blocks_are_written_out(c: Circuit) -> None:
    assert np.allclose(unitary(from_qasm(to_qasm(c))), unitary(c), atol=1e-9)


@given(grouped(max_qubits=3, max_ops=3, classical=False, params=smooth, matrices=True))
@settings(max_examples=15, deadline=None)
def test_matrices_and_blocks_are_written_out_in_version_2(c: Circuit) -> None:
    text = to_qasm(c.bind(X, W), 2)
    theirs = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    assert same_up_to_phase(Operator(theirs).data, unitary(c))


@given(circuits(max_qubits=3, max_ops=5, classical=False, params=smooth))
@settings(max_examples=60, deadline=None)
def test_version_2_is_read_alike_by_qiskit_and_by_us(c: Circuit) -> None:
    text = to_qasm(c.bind(X, W), 2)
    theirs = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    assert same_up_to_phase(Operator(theirs).data, unitary(c))
    assert same_up_to_phase(unitary(from_qasm(text)), unitary(c))


@pytest.mark.parametrize("c", cases.circuits(), ids=lambda c: c.name[:40])
def test_every_vector_comes_back(c: Circuit) -> None:
    back = from_qasm(to_qasm(c))
    c = written(c)
    if says_all(c):
        assert back == numbered(c)
    elif c.n_qubits <= 5:
        assert np.allclose(unitary(back, cases_x(), cases_w()), unitary(c, cases_x(), cases_w()))


def cases_x() -> list[float]:
    return [0.3, -1.1, 0.7, 2.2]


def cases_w() -> list[float]:
    return list(np.linspace(0.3, 2, 12))


@pytest.mark.parametrize("name", ["efficient_su2", "zz_feature_map"])
def test_what_qiskit_writes_is_read(name: str) -> None:
    qc = getattr(lib, name)(3)
    values = np.linspace(-1, 1, qc.num_parameters)
    expected = Operator(qc.assign_parameters(values)).data
    c = from_qasm(qasm3.dumps(qc))
    assert np.allclose(unitary(c, list(values), list(values)), expected)
    assert same_up_to_phase(unitary(from_qasm(qasm2.dumps(qc.assign_parameters(values)))), expected)


def _all_gates() -> QuantumCircuit:
    qc = QuantumCircuit(5)
    for gate, n in [
        (lib.HGate(), 1), (lib.SXdgGate(), 1), (lib.RGate(0.3, 0.4), 1), (lib.UGate(1, 2, 3), 1), (lib.CUGate(1, 2, 3, 4), 2),
        (lib.RXXGate(0.5), 2), (lib.RYYGate(0.5), 2), (lib.RZXGate(0.5), 2), (lib.ECRGate(), 2), (lib.iSwapGate(), 2),
        (lib.DCXGate(), 2), (lib.XXPlusYYGate(0.5, 0.2), 2), (lib.XXMinusYYGate(0.5, 0.2), 2), (lib.CSGate(), 2),
        (lib.CSXGate(), 2), (lib.RCCXGate(), 3), (lib.C3XGate(), 4), (lib.C3SXGate(), 4), (lib.CSwapGate(), 3), (lib.MCXGate(4), 5),
        (lib.CCZGate(), 3), (lib.XGate().control(3, ctrl_state=2), 4), (lib.QFTGate(3), 3),
    ]:  # fmt: skip
        qc.append(gate, list(range(n)))
    return qc


def test_all_of_qiskits_gates_in_both_versions() -> None:
    qc = _all_gates()
    expected = Operator(qc).data
    assert same_up_to_phase(unitary(from_qasm(qasm2.dumps(qc))), expected)
    assert same_up_to_phase(unitary(from_qasm(qasm3.dumps(qc))), expected)


def test_order_survives_version_3() -> None:
    c = Circuit(1)
    for i in (10, 2, 0):
        c = c.append("ry", 0, f"w[{i}]").append("rz", 0, f"x[{i}]")
    text = to_qasm(c)
    assert [line for line in text.splitlines() if "input" in line] == [
        f"input float {s}_{i};" for s in "xw" for i in (0, 2, 10)
    ]  # fmt: skip
    assert from_qasm(text) == c


def test_names_of_qiskits_inputs_are_numbers_again() -> None:
    theta = ParameterVector("θ", 12)
    qc = QuantumCircuit(1)
    for i in (10, 2, 0, 11):
        qc.ry(theta[i], 0)
    c = from_qasm(qasm3.dumps(qc))
    assert [str(op.params[0]) for op in c.ops] == ["w[2]", "w[1]", "w[0]", "w[3]"]
    assert dict(c.names) == {"w[0]": "θ[0]", "w[1]": "θ[2]", "w[2]": "θ[10]", "w[3]": "θ[11]"}


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (["x_0", "w_3"], ["x[0]", "w[3]"]),
        (["x_10", "x_2"], ["x[10]", "x[2]"]),
        (["theta", "input_1", "input_0"], ["w[0]", "x[1]", "x[0]"]),
        (["b_10", "b_9", "a"], ["w[1]", "w[0]", "w[2]"]),
        (["w_1", "theta"], ["w[1]", "w[2]"]),
        (["data3", "x_1"], ["x[2]", "x[1]"]),
        (["x"], ["x[0]"]),
    ],
)
def test_which_input_is_which_symbol(declared: list[str], expected: list[str]) -> None:
    text = (
        V3 + "qubit q;" + "".join(f"input float[64] {n};" for n in declared) + "".join(f"rx({n}) q;" for n in declared)
    )
    assert [str(op.params[0]) for op in from_qasm(text).ops] == expected


def test_own_names_travel_in_a_comment_that_can_do_no_harm() -> None:
    c = Circuit(["left", "right one"], name="mine", names={"w[0]": "θ[0]"}).append("ry", 0, "w[0]")
    assert from_qasm(to_qasm(c)) == c
    for comment in (
        "{",
        "[]",
        '{"qubits": 3}',
        '{"qubits": ["a"]}',
        '{"name": ""}',
        '{"names": {"q": "b"}}',
        "{" * 5000,
    ):
        assert from_qasm(f"// qlab {comment}\nqubit[2] q; h q;") == Circuit(2).append("h", 0).append("h", 1)


LANGUAGE = {
    "version 2": (V2 + "qreg q[2];creg c[2];h q[0];cx q[0],q[1];measure q->c;", "h0 x1c0 m0>0 m1>1"),
    "broadcast": ("qubit[2] a; qubit[2] b; qubit c; cx a, b; cx a[0], b; cx c, a; h b;", "x2c0 x3c1 x2c0 x3c0 x0c4 x1c4 h2 h3"),
    "ranges": ("qubit[4] q; h q[1:2]; x q[-1];", "h1 h2 x3"),
    "no header": ("qubit q; h q;", "h0"),
    "barriers and resets": ("qubit[2] q; barrier; barrier q[1]; reset q;", "b0,1 b1 r0 r1"),
    "measure at once": ("qubit[2] q; bit[2] c = measure q;", "m0>0 m1>1"),
    "assign": ("qubit q; bit c; c = measure q; bit[3] d; d[2] = measure q;", "m0>0 m0>3"),
    "modifiers": ("qubit[3] q; ctrl @ x q[0], q[1]; negctrl @ ctrl @ z q[2], q[1], q[0]; ctrl(2) @ h q[0], q[1], q[2];", "x1c0 z0c1a2 h2c0,1"),
    "inverse": ("qubit[2] q; inv @ s q[0]; inv @ t q[0]; inv @ sx q[0]; inv @ h q[0]; inv @ inv @ s q[0]; inv @ dcx q[0], q[1];", "sdg0 tdg0 sxdg0 h0 s0 dcx1,0"),
    "inverse with angles": ("qubit[2] q; inv @ rx(0.5) q[0]; inv @ U(1,2,3) q[0]; inv @ iswap q[0], q[1];", "rx0(-0.5) u0(-1|-3|-2) xx_plus_yy0,1(pi|0)"),
    "powers": ("qubit q; pow(2) @ s q; pow(-1) @ s q; pow(0) @ x q; pow(0.5) @ rz(0.5) q;", "s0 s0 sdg0 rz0(0.5*0.5)"),
    "phases": ("qubit[2] q; gphase(pi/4); ctrl @ gphase(1) q[0]; ctrl(2) @ gphase(1) q[0], q[1];", "gphase(pi/4) p0(1) p1c0(1)"),
    "phase on zero": ("qubit q; negctrl @ gphase(1) q;", "x0 p0(1) x0"),
    "definition": ("gate bell a, b { h a; cx a, b; } qubit[2] q; bell q[1], q[0]; inv @ bell q[0], q[1];", "h1 x0c1 x1c0 h0"),
    "definition with angles": ("gate r2(a, b) q { rz(a/2) q; gphase(b); ry(-b) q; } qubit[2] q; ctrl @ r2(pi, 0.5) q[0], q[1];", "rz1c0(pi/2) p0(0.5) ry1c0(-0.5)"),
    "definition of definitions": ("gate a q { h q; } gate b q { a q; x q; } qubit q; b q;", "h0 x0"),
    "a definition hides a standard gate": ("gate h q { x q; } qubit q; h q;", "x0"),
    "our own definition is the gate": ("gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; } qubit[2] q; rzz(1) q[0], q[1];", "rzz0,1(1)"),
    "but not of gates that mean something else": ("gate h q { x q; } gate rzx(t) a, b { h b; cx a, b; rz(t) b; cx a, b; h b; } qubit[2] q; rzx(1) q[0], q[1];", "x1 x1c0 rz1(1) x1c0 x1"),
    "under any names of its own": ("gate rzz(z) m, n { cx m, n; rz(z) n; cx m, n; } qubit[2] q; rzz(1) q[0], q[1];", "rzz0,1(1)"),
    "another definition is expanded": (V2 + "gate rzz(t) a,b {cx a,b;u1(t) b;cx a,b;} qreg q[2]; rzz(1) q[0],q[1];", "x1c0 p1(1) x1c0"),
    "old names": (V2 + "qreg q[3];u1(1) q[0];u2(1,2) q[0];u3(1,2,3) q[0];cu1(1) q[0],q[1];cu3(1,2,3) q[0],q[1];CX q[0],q[1];U(1,2,3) q[0];u0(1) q[0];", "p0(1) u0(pi/2|1|2) u0(1|2|3) p1c0(1) u1c0(1|2|3) x1c0 u0(1|2|3) id0"),
    "cu": ("qubit[2] q; cu(1,2,3,0.5) q[0], q[1]; cu(1,2,3,0) q[0], q[1]; inv @ cu(1,2,3,4) q[0], q[1];", "p0(0.5) u1c0(1|2|3) u1c0(1|2|3) p0(-4) u1c0(-1|-3|-2)"),
    "if": ("qubit q; bit[2] c; if (c[0]) x q; if (!c[1]) { y q; z q; } else h q;", "x0?0=1 y0?1=0 z0?1=0 h0?1=1"),
    "if with values": ("qubit q; bit[2] c; if (c == 2) x q; if (c[0] == true && c[1] == false) y q; if (c[1] != 1) z q; if (c[0]) if (c[1]) h q;", "x0?0,1=2 y0?0,1=1 z0?1=0 h0?0,1=3"),
    "if in version 2": (V2 + "qreg q[1];creg c[2];if(c==3) x q[0];", "x0?0,1=3"),
    "angles": ("qubit q; const float a = pi/8; rx(2*a) q; rx(sin(0.5)**2) q; rx(2^3) q; rx(τ/4) q; rx(-(1+2)/3) q; rx(1e-3) q; rx(1_000.5) q;", "rx0(2*(pi/8)) rx0(sin(0.5)**2) rx0(2**3) rx0(2*pi/4) rx0(-(1+2)/3) rx0(0.001) rx0(1000.5)"),
    "functions": ("qubit q; input float x_0; rx(ln(x_0+2)) q; rx(arcsin(x_0)) q; rx(sqrt(x_0)) q; rx(x_0**0.5) q; rx(pow(x_0, 2)) q; rx(pow(4, 0.5)) q;", "rx0(log(x[0]+2)) rx0(arcsin(x[0])) rx0(sqrt(x[0])) rx0(sqrt(x[0])) rx0(x[0]**2) rx0(2)"),
    "comments": ("/* a\n b */ qubit q; // c\nh q; /**/ x q;", "h0 x0"),
    "unicode": ("qubit größe; input float θ; rx(θ) größe;", "rx0(w[0])"),
}  # fmt: skip


def brief(c: Circuit) -> str:
    """A circuit in few characters: gate, qubits, c controls, a anti-controls, > bit, ? condition, angles."""
    out = []
    for op in c.ops:
        join = lambda values: ",".join(map(str, values))  # noqa: E731
        short = {"measure": "m", "barrier": "b", "reset": "r"}.get(op.gate, op.gate)
        text = short + join(op.qubits)
        text += f"c{join(op.controls)}" * bool(op.controls) + f"a{join(op.anticontrols)}" * bool(op.anticontrols)
        text += f">{join(op.clbits)}" * bool(op.clbits) + f"({'|'.join(map(str, op.params))})" * bool(op.params)
        out.append(text + (f"?{join(op.condition.clbits)}={op.condition.value}" if op.condition else ""))
    return " ".join(out)


@pytest.mark.parametrize("case", LANGUAGE)
def test_language(case: str) -> None:
    text, expected = LANGUAGE[case]
    assert brief(from_qasm(text)) == expected


def test_wires_are_named_by_their_registers() -> None:
    c = from_qasm("qubit[2] a; qubit b; bit[2] a1x; bit c;")
    assert (c.qubits, c.clbits) == (("a0", "a1", "b"), ("a1x0", "a1x1", "c"))
    clash = from_qasm("qubit[2] a; bit a0; bit[1] b;")
    assert (clash.qubits, clash.clbits) == (("a0", "a1"), ("c0", "b"))


def test_version_2_says_what_it_can_not() -> None:
    with pytest.raises(CircuitError, match=r"x\[0\] has no value") as caught:
        to_qasm(Circuit(1).append("h", 0).append("ry", 0, "x[0]"), 2)
    assert (caught.value.where, "version=3" in str(caught.value.cure)) == ("op g2", True)
    c = Circuit(1, clbits=3).append("x", 0, condition=([0, 2], 1))
    with pytest.raises(CircuitError, match="some of the bits"):
        to_qasm(c, 2)
    with pytest.raises(CircuitError, match="OpenQASM 4 is unknown"):
        to_qasm(c, 4)
    single = Circuit(1, clbits=2).append("measure", 0, clbits=1).append("x", 0, condition=(1, 1))
    assert brief(from_qasm(to_qasm(single, 2))) == "m0>1 x0?1=1"
    whole = Circuit(1, clbits=2).append("x", 0, condition=([0, 1], 2))
    assert qasm2.loads(to_qasm(Circuit(2, clbits=2).append("h", 0), 2)).num_qubits == 2
    assert brief(from_qasm(to_qasm(whole, 2))) == "x0?0,1=2"


def test_half_is_a_half_in_version_3() -> None:
    text = to_qasm(Circuit(1).append("ry", 0, "1/2*x[0]").append("ry", 0, "pi/2").append("ry", 0, "x[0]**2*(3/4)"))
    assert "ry(1.0/2.0*x_0)" in text
    assert "ry(pi/2)" in text
    assert "ry(x_0**2*(3.0/4.0))" in text


def test_templates_in_version_3() -> None:
    for c in (templates.reuploading(3, 2), templates.zz_feature_map(4), templates.efficient_su2(3)):
        assert from_qasm(to_qasm(c)) == c


def test_reading_imports_no_qiskit() -> None:
    import subprocess
    import sys

    code = (
        "import sys, qlab.circuit as c; q = c.Circuit(2).append('ecr', [0, 1]).to_qasm();"
        "c.Circuit.from_qasm(q); assert not any(m.split('.')[0] == 'qiskit' for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
