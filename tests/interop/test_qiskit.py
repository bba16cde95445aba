"""To and from Qiskit: the same gates, unitary, names and order; refusals by name."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from qiskit import QuantumCircuit, QuantumRegister
from qiskit.circuit import (
    AnnotatedOperation,
    ClassicalRegister,
    ControlModifier,
    Gate,
    InverseModifier,
    Parameter,
    ParameterVector,
)
from qiskit.circuit import library as lib
from qiskit.circuit.classical import expr
from qiskit.quantum_info import Operator, Statevector

from qlab.circuit import Circuit, Sym, templates
from qlab.errors import CircuitError
from qlab.interop.qiskit import from_qiskit, to_qiskit
from tests.circuit.strategies import circuits, grouped, smooth
from tests.vectors import cases
from tests.vectors.reference import to_reference

X = list(np.random.default_rng(1).uniform(-2, 2, 6))
W = list(np.random.default_rng(2).uniform(-2, 2, 6))


def unitary(c: Circuit, x: list[float] = X, w: list[float] = W) -> np.ndarray:
    """By a way apart from qlab.interop."""
    reference = to_reference(c, x, w)
    assert reference is not None
    return np.asarray(Operator(reference).data)


def bound(qc: QuantumCircuit, c: Circuit, x: list[float] = X, w: list[float] = W) -> np.ndarray:
    values = {c.names.get(str(s), str(s)): (x if s.kind == "x" else w)[s.index] for s in c.symbols}
    return np.asarray(Operator(qc.assign_parameters({p: values[p.name] for p in qc.parameters})).data)


def shape(c: Circuit) -> list[object]:
    """All of the operations but ids and how an angle is spelt."""
    return [(op.gate, op.qubits, op.controls, op.anticontrols, op.clbits, op.condition, op.symbols) for op in c.ops]


@given(circuits(params=smooth))
@settings(max_examples=200, deadline=None)
def test_round_trip_is_identity(c: Circuit) -> None:
    back = from_qiskit(to_qiskit(c))
    assert len(back) == len(c)
    assert (back.qubits, back.clbits) == (c.qubits, c.clbits)
    for ours, theirs in zip(c.ops, back.ops, strict=True):
        # Qiskit folds an angle such as x[0]-x[0], which then reads nothing.
        assert replace(ours, id="", params=()) == replace(theirs, id="", params=())
        assert set(theirs.symbols) <= set(ours.symbols)
        for a, b in zip(ours.params, theirs.params, strict=True):
            assert float(b.evaluate(X, W)) == pytest.approx(float(a.evaluate(X, W)), rel=1e-9, abs=1e-9)


@given(circuits(max_qubits=4, max_ops=6, classical=False, params=smooth))
@settings(max_examples=100, deadline=None)
def test_unitary_is_the_same_both_ways(c: Circuit) -> None:
    qc = to_qiskit(c)
    assert np.allclose(bound(qc, c), unitary(c), atol=1e-9)
    assert np.allclose(unitary(from_qiskit(qc)), unitary(c), atol=1e-9)


@given(grouped(max_qubits=4, max_ops=6, classical=False, params=smooth, matrices=True))
@settings(max_examples=60, deadline=None)
def test_matrices_and_blocks_are_the_same_both_ways(c: Circuit) -> None:
    qc = to_qiskit(c)
    assert np.allclose(bound(qc, c), unitary(c), atol=1e-9)
    back = from_qiskit(qc)
    assert np.allclose(unitary(back), unitary(c), atol=1e-9)
    assert [op.matrix for op in back.ops] == [op.matrix for op in c.flattened().ops]


def test_unitary_gates_of_qiskit_come_as_matrices() -> None:
    iswap = Operator(lib.iSwapGate()).data
    qc = QuantumCircuit(4)
    qc.append(lib.UnitaryGate(iswap, label="mine"), [2, 0])
    qc.append(lib.UnitaryGate(np.array([[0, 1], [1, 0]])).control(2, ctrl_state="10"), [0, 1, 3])
    qc.append(lib.UnitaryGate(np.eye(2) * (1 + 3e-9)), [1])
    qc.append(lib.UnitaryGate(np.kron(np.kron(iswap, np.eye(2)), np.eye(2))), [0, 1, 2, 3])
    c = from_qiskit(qc)
    assert [(op.gate, op.qubits, op.controls, op.anticontrols, op.label) for op in c.ops[:3]] == [
        ("unitary", (2, 0), (), (), "mine"),
        ("unitary", (3,), (1,), (0,), None),
        ("unitary", (1,), (), (), None),
    ]
    assert np.allclose(c.ops[0].matrix, iswap, atol=0)
    assert np.allclose(unitary(c), Operator(qc).data, atol=1e-8)


def test_a_block_is_an_instruction_with_a_definition() -> None:
    c = Circuit(3).append("ry", 0, "w[0]").append("cx", [0, 1]).group(["g1", "g2"], "größe A")
    c = c.append("block:größe A", [1, 2], controls=[0])
    qc = to_qiskit(c)
    assert [item.operation.name for item in qc.data] == ["größe A", "cgröße A"]
    assert [p.name for p in qc.parameters] == ["w[0]"]
    assert shape(from_qiskit(qc)) == shape(c.flattened())


@pytest.mark.parametrize("c", cases.circuits(), ids=lambda c: c.name[:40])
def test_every_vector_comes_back(c: Circuit) -> None:
    back = from_qiskit(to_qiskit(c))
    assert shape(back) == shape(c.flattened())
    assert (back.qubits, back.clbits, back.names) == (c.qubits, c.clbits, c.names)


def test_names_and_order_are_kept() -> None:
    c = Circuit(1)
    for i in range(12):
        c = c.append("ry", 0, f"w[{i}]").append("rz", 0, f"x[{i}]")
    qc = to_qiskit(c)
    assert [p.name for p in qc.parameters] == [f"w[{i}]" for i in range(12)] + [f"x[{i}]" for i in range(12)]
    assert from_qiskit(qc) == c.with_(name=qc.name)


def test_a_vector_is_read_by_its_index_not_its_name() -> None:
    theta = ParameterVector("θ", 12)
    qc = QuantumCircuit(1)
    for i in (10, 2, 0, 11):
        qc.ry(theta[i], 0)
    c = from_qiskit(qc)
    assert [str(op.params[0]) for op in c.ops] == ["w[2]", "w[1]", "w[0]", "w[3]"]
    assert dict(c.names) == {"w[0]": "θ[0]", "w[1]": "θ[2]", "w[2]": "θ[10]", "w[3]": "θ[11]"}
    assert [p.name for p in to_qiskit(c).parameters] == [p.name for p in qc.parameters]
    assert from_qiskit(to_qiskit(c)).names == c.names


def test_what_is_an_input() -> None:
    a, b = Parameter("a"), Parameter("b")
    x = ParameterVector("x", 3)
    qc = QuantumCircuit(1)
    for p in (b, a, x[2], x[0]):
        qc.ry(p, 0)
    texts = lambda c: [str(op.params[0]) for op in c.ops]  # noqa: E731
    assert texts(from_qiskit(qc)) == ["w[1]", "w[0]", "x[2]", "x[0]"]
    assert texts(from_qiskit(qc, inputs=["b"])) == ["x[0]", "w[0]", "w[2]", "w[1]"]
    assert texts(from_qiskit(qc, inputs=[b, a])) == ["x[0]", "x[1]", "w[1]", "w[0]"]
    assert texts(from_qiskit(qc, inputs=x)) == ["w[1]", "w[0]", "x[2]", "x[0]"]
    assert texts(from_qiskit(qc, inputs=[])) == ["w[1]", "w[0]", "w[3]", "w[2]"]
    with pytest.raises(CircuitError, match="no parameter is called 'zz'") as caught:
        from_qiskit(qc, inputs=["zz"])
    assert "a, b, x[0]" in str(caught.value.cure)


@pytest.mark.parametrize("stem", ["x", "input", "inputs", "data", "feature"])
def test_plain_inputs_are_numbered_by_their_number(stem: str) -> None:
    qc = QuantumCircuit(1)
    for i in (10, 2, 1):
        qc.ry(Parameter(f"{stem}_{i}"), 0)
    assert [str(op.params[0]) for op in from_qiskit(qc).ops] == ["x[2]", "x[1]", "x[0]"]


def test_qiskits_templates_come_in_with_their_order() -> None:
    c = from_qiskit(lib.efficient_su2(12, reps=1))
    assert [op.params[0] for op in c.ops if op.params] == [Sym("w", i) for i in range(48)]
    assert shape(from_qiskit(lib.zz_feature_map(3))) == shape(templates.zz_feature_map(3))
    assert shape(from_qiskit(lib.real_amplitudes(4))) == shape(templates.real_amplitudes(4))


def _foreign() -> dict[str, Callable[[QuantumCircuit], object]]:
    rng = np.random.default_rng(5)
    haar = np.linalg.qr(rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4)))[0]
    return {
        "cu": lambda q: q.cu(0.1, 0.2, 0.3, 0.4, 0, 1),
        "cu open": lambda q: q.append(lib.CUGate(0.1, 0.2, 0.3, 0.4, ctrl_state=0), [0, 1]),
        "ccu": lambda q: q.append(lib.CUGate(0.1, 0.2, 0.3, 0.4).control(1, annotated=False), [2, 1, 0]),
        "u1 u2 u3": lambda q: [q.append(g, [0]) for g in (lib.U1Gate(1), lib.U2Gate(1, 2), lib.U3Gate(1, 2, 3))],
        "cu1 cu3": lambda q: [q.append(lib.CU1Gate(1), [0, 1]), q.append(lib.CU3Gate(1, 2, 3), [1, 2])],
        "c3x open": lambda q: q.append(lib.C3XGate(ctrl_state=5), [3, 1, 0, 2]),
        "c3sx": lambda q: q.append(lib.C3SXGate(), [0, 1, 2, 3]),
        "rccx": lambda q: q.rccx(0, 1, 2),
        "rcccx": lambda q: q.rcccx(0, 1, 2, 3),
        "mcx": lambda q: q.mcx([0, 1, 2], 3),
        "mcp": lambda q: q.mcp(0.7, [0, 1, 2], 3),
        "mcrx": lambda q: q.mcrx(0.7, [0, 1], 3),
        "qft": lambda q: q.append(lib.QFTGate(3), [0, 1, 2]),
        "unitary": lambda q: q.unitary(haar, [2, 0]),
        "controlled unitary": lambda q: q.append(lib.UnitaryGate(haar).control(1, annotated=False), [1, 0, 3]),
        "pauli": lambda q: q.pauli("XYZ", [0, 1, 2]),
        "annotated": lambda q: q.append(AnnotatedOperation(lib.HGate(), [ControlModifier(1), InverseModifier()]), [0, 2]),
        "permutation": lambda q: q.append(lib.PermutationGate([2, 0, 1]), [0, 1, 2]),
        "state": lambda q: q.prepare_state([0.6, 0, 0, 0.8j], [0, 2]),
        "rv": lambda q: q.append(lib.RVGate(0.1, 0.2, 0.3), [0]),
        "diagonal": lambda q: q.append(lib.DiagonalGate([1, 1j, -1, 1]), [0, 1]),
        "phase of the circuit": lambda q: setattr(q, "global_phase", 0.3),
        "composed": lambda q: q.append(_phased().to_gate(), [3, 1]),
        "controlled composed": lambda q: q.append(_phased().to_gate().control(1, ctrl_state=0, annotated=False), [0, 3, 1]),
        "inverse": lambda q: q.append(_phased().to_gate().inverse(), [3, 1]),
    }  # fmt: skip


def _phased() -> QuantumCircuit:
    qc = QuantumCircuit(2, global_phase=0.7)
    qc.h(0)
    qc.iswap(1, 0)
    qc.t(1)
    return qc


@pytest.mark.parametrize("name", _foreign())
def test_foreign_gates_are_taken_apart_exactly(name: str) -> None:
    qc = QuantumCircuit(5)
    _foreign()[name](qc)
    assert np.allclose(unitary(from_qiskit(qc)), Operator(qc).data, atol=1e-8)


def test_angles_in_qiskits_grammar() -> None:
    a, b = Parameter("a"), Parameter("b")
    qc = QuantumCircuit(1)
    angles = [
        a + 1, 1 - a, 2 / (b + 3), a * b, -a, (a - b) / 7, a**2, (a + b) ** -2, (a**2 + 1) ** 0.5, (a**2 + 1) ** -0.5,
        a.sin(), a.cos(), (a / 9).tan(), (a / 9).arcsin(), (a / 9).arccos(), a.arctan(), a.exp(), (a**2 + 1).log(),
        a.conjugate(), abs(a - 3), np.pi - a, 2 * (np.pi - a) * (np.pi - b), (a * 2 + b).assign(b, 0.25), a - a + b,
    ]  # fmt: skip
    for angle in angles:
        qc.rx(angle, 0)
    c = from_qiskit(qc)
    for op, angle in zip(c.ops, angles, strict=True):
        value = angle.bind({p: {"a": 0.3, "b": 0.5}[p.name] for p in angle.parameters}).numeric()
        assert float(op.params[0].evaluate((), [0.3, 0.5])) == pytest.approx(value, rel=1e-12)


def test_pi_survives() -> None:
    qc = QuantumCircuit(1)
    for angle in (np.pi, -np.pi / 2, 3 * np.pi / 4, 0.5, 0, np.pi / 16, 2 * np.pi):
        qc.rx(angle, 0)
    found = [str(op.params[0]) for op in from_qiskit(qc).ops]
    assert found == ["pi", "-pi/2", "3*pi/4", "0.5", "0", "pi/16", "2*pi"]


def test_conditions() -> None:
    qc = QuantumCircuit(QuantumRegister(2, "q"), ClassicalRegister(2, "c"), ClassicalRegister(1, "d"))
    c, d = qc.cregs
    with qc.if_test((c[1], 0)) as otherwise:
        qc.x(0)
        qc.h(1)
    with otherwise:
        qc.y(0)
    with qc.if_test((c, 2)):
        qc.z(0)
    with qc.if_test((d[0], 1)), qc.if_test((c[0], 0)):
        qc.s(0)
    with qc.if_test(expr.logic_and(c[0], expr.logic_not(d[0]))):
        qc.t(0)
    with qc.if_test(expr.equal(c, 1)):
        qc.measure(0, d[0])
    with qc.if_test((c[0], 0)), qc.if_test((c[0], 1)):
        qc.sdg(0)  # never runs
    found = [(op.gate, op.condition.clbits, op.condition.value) for op in from_qiskit(qc).ops if op.condition]
    assert found == [
        ("x", (1,), 0), ("h", (1,), 0), ("y", (1,), 1), ("z", (0, 1), 2), ("s", (2, 0), 1), ("t", (0, 2), 1),
        ("measure", (0, 1), 1),
    ]  # fmt: skip


def test_a_delay_is_an_idle_qubit() -> None:
    assert [op.gate for op in from_qiskit(_with(lambda q: q.delay(5, 0))).ops] == ["h", "id"]


def test_wires_keep_their_names() -> None:
    qc = QuantumCircuit(QuantumRegister(2, "data"), QuantumRegister(1, "anc"), ClassicalRegister(1, "data0"))
    c = from_qiskit(qc)
    assert (c.qubits, c.clbits) == (("data0", "data1", "anc"), ("c0",))
    named = Circuit(["left", "right wire"], clbits=["m"])
    assert from_qiskit(to_qiskit(named)).with_(name="circuit") == named


def _custom(name: str, n: int = 1) -> Gate:
    return Gate(name, n, [])


def _doubling(levels: int, width: int = 2) -> QuantumCircuit:
    gate = lib.XGate()
    for k in range(levels):
        qc = QuantumCircuit(1)
        for _ in range(width):
            qc.append(gate, [0])
        gate = qc.to_gate(label=f"d{k}")
    out = QuantumCircuit(1)
    out.append(gate, [0])
    return out


def _loop(turns: int) -> QuantumCircuit:
    qc = QuantumCircuit(1, 1)
    with qc.for_loop(range(turns)), qc.for_loop(range(turns)):
        pass
    return qc


def _while() -> QuantumCircuit:
    qc = QuantumCircuit(1, 1)
    with qc.while_loop((qc.clbits[0], 0)):
        qc.h(0)
    return qc


def _if_else_on_two() -> QuantumCircuit:
    qc = QuantumCircuit(1, 2)
    with qc.if_test((qc.cregs[0], 3)) as otherwise:
        qc.x(0)
    with otherwise:
        qc.y(0)
    return qc


def _if_or() -> QuantumCircuit:
    qc = QuantumCircuit(1, 2)
    with qc.if_test(expr.logic_or(qc.clbits[0], qc.clbits[1])):
        qc.x(0)
    return qc


def _if_writes() -> QuantumCircuit:
    qc = QuantumCircuit(1, 1)
    with qc.if_test((qc.clbits[0], 1)):
        qc.measure(0, 0)
        qc.x(0)
    return qc


def _with(step: Callable[[QuantumCircuit], object]) -> QuantumCircuit:
    qc = QuantumCircuit(2, 1)
    qc.h(0)
    step(qc)
    return qc


REFUSED = {
    "opaque": (lambda: _with(lambda q: q.append(_custom("mystery"), [0])), "mystery has no meaning", "instruction 1"),
    "while": (_while, "while_loop has no meaning", "instruction 0"),
    "loops of nothing": (lambda: _loop(5000), "for_loop over range", "instruction 0"),
    "endless loop": (lambda: _loop(10**12), "for_loop over range", "instruction 0"),
    "doubling": (lambda: _doubling(14), "more than 10000 operations", "instruction 0"),
    "deep": (lambda: _doubling(45, 1), "levels deep", "instruction 0"),
    "else on two bits": (_if_else_on_two, "else after a test of several bits", "instruction 0"),
    "or": (_if_or, "more than bits joined by and", "instruction 0"),
    "writes": (_if_writes, "writes a bit that it was tested on", "instruction 0"),
    "sign": (lambda: _with(lambda q: q.rx(Parameter("a").sign(), 0)), "can't be said in qlab", "instruction 1"),
    "power": (lambda: _with(lambda q: q.rx(2 ** Parameter("a"), 0)), "exponent reads a parameter", "instruction 1"),
    "third root": (lambda: _with(lambda q: q.rx(Parameter("a") ** (1 / 3), 0)), "is no integer", "instruction 1"),
    "wide": (lambda: QuantumCircuit(65), "65 qubits, over the limit of 64", "field qubits"),
    "no circuit": (lambda: "OPENQASM 3;", "str is not a QuantumCircuit", "from_qiskit"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_gate_and_the_cure(name: str) -> None:
    make, message, where = REFUSED[name]
    with pytest.raises(CircuitError) as caught:
        from_qiskit(make())
    assert message in caught.value.message
    assert caught.value.where == where
    assert caught.value.cure


def test_refusals_on_the_way_out() -> None:
    with pytest.raises(CircuitError, match="has no finite value") as caught:
        to_qiskit(Circuit(1).append("ry", 0, "1/(1-1)"))
    assert caught.value.where == "op g1, field params[0]"
    with pytest.raises(CircuitError, match="two symbols are called"):
        to_qiskit(Circuit(1, names={"w[0]": "w[1]"}).append("ry", 0, "w[0]+w[1]"))


def test_the_state_is_qiskits() -> None:
    c = templates.reuploading(3, 2)
    x, w = list(np.linspace(0, 1, 3)), list(np.linspace(-1, 1, 12))
    qc = to_qiskit(c).assign_parameters(dict(zip(to_qiskit(c).parameters, [], strict=False)))
    values = {p: (x if p.name[0] == "x" else w)[p.index] for p in qc.parameters}
    reference = to_reference(c, x, w)
    assert reference is not None
    assert np.allclose(Statevector(qc.assign_parameters(values)).data, Statevector(reference).data)
