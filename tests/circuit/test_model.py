"""`Circuit` as a value: building, changing, combining, and the error of every wrong step."""

# ruff: noqa: E501

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qlab.circuit import Circuit, Condition, ExprError, Operation
from qlab.errors import CircuitError
from tests.circuit.strategies import circuits


def bell() -> Circuit:
    return Circuit(2, clbits=1).append("h", 0).append("cx", [0, 1])


def test_aliases_are_stored_in_normal_form() -> None:
    c = Circuit(4).append("toffoli", [3, 1, 0]).append("mcx", [3, 2, 1, 0]).append("cnot", ["q2", "q0"])
    assert [(op.gate, op.controls, op.qubits) for op in c.ops] == [
        ("x", (1, 3), (0,)),
        ("x", (1, 2, 3), (0,)),
        ("x", (2,), (0,)),
    ]
    assert [op.display for op in c.ops] == ["ccx", "cccx", "cx"]


def test_controls_of_alias_and_argument_add_up() -> None:
    op = Circuit(4).append("cx", [3, 0], controls=[1], anticontrols=[2]).ops[0]
    assert (op.controls, op.anticontrols, op.wires) == ((1, 3), (2,), (0, 1, 2, 3))


def test_families() -> None:
    c = Circuit(2, clbits=1).append("ry", 0, "x[0]").append("crz", [0, 1], "w[0]").append("rx", 0, "x[0]*w[1]")
    c = c.append("cx", [0, 1]).append("swap", [0, 1]).append("h", 0).append("barrier").append("measure", 0, clbits=0)
    c = c.append("x", 0, condition=(0, 1)).append("rzz", [0, 1], "w[0]").append("rzz", [0, 1], 1.0)
    assert [op.family for op in c.ops] == [
        "data", "weight", "mixed", "entangle", "entangle", "fixed", "read", "read", "read", "weight", "entangle",
    ]  # fmt: skip


def test_counting_of_symbols() -> None:
    c = Circuit(1).append("ry", 0, "x[3]").append("rz", 0, "w[7]*w[2]")
    assert (c.n_inputs, c.n_weights) == (4, 8)
    assert [str(s) for s in c.symbols] == ["x[3]", "w[2]", "w[7]"]
    assert (Circuit(1).n_inputs, Circuit(1).n_weights) == (0, 0)


def test_a_value_is_immutable_hashable_and_equal_by_content() -> None:
    a, b = bell(), bell()
    assert a == b
    assert hash(a) == hash(b)
    assert len({a, b, a.append("h", 0)}) == 2
    with pytest.raises(AttributeError):
        a.name = "other"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        a.extra = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        a.ops[0].gate = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        a.names["w[0]"] = "a"  # type: ignore[index]
    assert pickle.loads(pickle.dumps(a)) == a
    assert copy.deepcopy(a) == a
    assert a.append("h", 1).remove("g3") == a


def test_names_belong_to_the_value() -> None:
    a = Circuit(1, names={"w[2]": "b", "x[0]": "a", "w[1]": "w[1]"})
    assert dict(a.names) == {"x[0]": "a", "w[2]": "b"}
    assert a != Circuit(1)
    assert hash(a) == hash(Circuit(1, names={"x[0]": "a", "w[2]": "b"}))


@given(circuits(), st.data())
@settings(max_examples=60, deadline=None)
def test_insert_then_remove_is_nothing(c: Circuit, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(c)))
    more = c.insert(at, "h", 0)
    new = more.ops[at]
    assert len(more) == len(c) + 1
    assert more.remove(new.id) == c
    assert Circuit.from_text(more.to_text()) == more


@given(circuits())
@settings(max_examples=60, deadline=None)
def test_ids_are_unique_and_next_is_one_more(c: Circuit) -> None:
    ids = [op.id for op in c.ops]
    assert len(set(ids)) == len(ids)
    top = max((int(i[1:]) for i in ids if i[0] == "g"), default=0)
    assert c.append("h", 0).ops[-1].id == f"g{top + 1}"
    if ids:  # the same after a removal, as after reading the text
        shorter = c.remove(ids[-1])
        assert shorter.append("h", 0) == Circuit.from_text(shorter.to_text()).append("h", 0)


def test_replace_changes_fields_and_keeps_place() -> None:
    c = bell().replace("g1", gate="ry", params=["x[0]"])
    assert (c.ops[0].id, c.ops[0].gate, str(c.ops[0].params[0])) == ("g1", "ry", "x[0]")
    assert c.replace("g2", controls=[], qubits=[0]).ops[1].wires == (0,)
    assert c.replace("g2", id="cx1").op("cx1").gate == "x"
    assert c.replace("g1", params="w[0]").n_weights == 1
    with pytest.raises(TypeError, match="no field 'angle'"):
        c.replace("g1", angle=1)
    with pytest.raises(CircuitError, match="used twice"):
        c.replace("g1", id="g2")
    with pytest.raises(CircuitError, match="no operation has the id 'g9'"):
        c.replace("g9", gate="x")


def test_compose_places_wires_and_renames_ids() -> None:
    block = Circuit(2).append("ry", 0, "w[0]").append("cx", [0, 1])
    c = Circuit(3).append("ry", 0, "w[0]").compose(block, [2, 0])
    assert [(op.id, op.qubits, op.controls) for op in c.ops] == [("g1", (0,), ()), ("g2", (2,), ()), ("g3", (0,), (2,))]
    assert c.n_weights == 1
    assert str(Circuit(2).append("ry", 0, "w[2]").compose(block, fresh_weights=True).ops[1].params[0]) == "w[3]"
    with pytest.raises(CircuitError, match="don't fit"):
        Circuit(1).compose(block)
    with pytest.raises(CircuitError, match="don't fit"):
        Circuit(3).compose(block, [1, 1])
    with pytest.raises(CircuitError, match="out of range"):
        Circuit(3).compose(block, [0, 7])


def test_repeat() -> None:
    block = Circuit(1).append("ry", 0, "x[0]").append("rz", 0, "w[0]")
    assert (len(block.repeat(0)), len(block.repeat(3)), block.repeat(3).n_weights) == (0, 6, 1)
    fresh = block.repeat(3, fresh_weights=True)
    assert (fresh.n_weights, fresh.n_inputs) == (3, 1)
    with pytest.raises(CircuitError, match="repeated -1 times"):
        block.repeat(-1)
    with pytest.raises(CircuitError, match="over the limit of 10000"):
        block.repeat(10**9)


def test_bind() -> None:
    c = Circuit(1, names={"w[0]": "a", "x[0]": "b"}).append("ry", 0, "2*x[0]+w[0]").append("h", 0)
    half = c.bind(x=[0.25])
    assert (str(half.ops[0].params[0]), half.n_inputs, dict(half.names)) == ("0.5+w[0]", 0, {"w[0]": "a"})
    assert str(c.bind([0.25], [-1.0]).ops[0].params[0]) == "-0.5"
    with pytest.raises(CircuitError, match="0 values for w, but the circuit reads 1"):
        c.bind(w=[])


def test_extend_keeps_free_ids() -> None:
    c = bell().extend([Operation("g1", "h", (1,)), Operation("mine", "x", (0,))])
    assert [op.id for op in c.ops] == ["g1", "g2", "g3", "mine"]


WRONG = {
    "unknown gate": (lambda c: c.append("rjy", 0, 1), "op g3, field gate", "is unknown"),
    "no parse": (lambda c: c.append("u", 0, 1, "2*(x[0]", 1), "op g3, field params[1], column 8", "has no )"),
    "angle nan": (lambda c: c.append("ry", 0, float("nan")), "op g3, field params[0]", "not a finite number"),
    "angle of no type": (lambda c: c.append("ry", 0, [1]), "op g3, field params[0]", "neither a number"),
    "angle true": (lambda c: c.append("ry", 0, True), "op g3, field params[0]", "neither a number"),
    "out of range": (lambda c: c.append("h", 2), "op g3, field qubits", "qubit 2 is out of range"),
    "negative": (lambda c: c.append("h", -1), "op g3, field qubits", "qubit -1 is out of range"),
    "no such wire": (lambda c: c.append("h", "q7"), "op g3, field qubits", "no wire is called 'q7'"),
    "no wire at all": (lambda c: c.append("h", 0.5), "op g3, field qubits", "0.5 is no wire"),
    "twice": (lambda c: c.append("cx", [1, 1]), "op g3, field controls", "qubit 1 is used twice"),
    "few angles": (lambda c: c.append("u", 0, 1), "op g3, field params", "u needs 3 angles (theta, phi, lam), got 1"),
    "many angles": (lambda c: c.append("h", 0, 1), "op g3, field params", "h needs no angles, got 1"),
    "few qubits": (lambda c: c.append("cx", 0), "op g3, field qubits", "cx needs 2 qubits, got 1"),
    "many qubits": (lambda c: c.append("h", [0, 1]), "op g3, field qubits", "h needs 1 qubit, got 2"),
    "bare mcx": (lambda c: c.append("mcx", [0]), "op g3, field qubits", "mcx needs 2 qubits, got 1"),
    "no bit": (lambda c: c.append("measure", 0), "op g3, field clbits", "measure takes 1 classical bit, got 0"),
    "bit out of range": (lambda c: c.append("measure", 0, clbits=4), "op g3, field clbits", "classical bit 4"),
    "bit of a gate": (lambda c: c.append("h", 0, clbits=0), "op g3, field clbits", "h takes 0 classical bits"),
    "id taken": (lambda c: c.append("h", 0, id="g1"), "op g1", "the id g1 is used twice"),
    "id bad": (lambda c: c.append("h", 0, id="1g"), "op 1g", "the id '1g' is not valid"),
    "control of a measurement": (lambda c: c.append("measure", 0, controls=1, clbits=0), "op g3, field controls", "can't"),
    "controlled phase": (lambda c: c.append("gphase", [], 1, controls=0), "op g3, field controls", "can't have controls"),
    "condition too large": (lambda c: c.append("x", 0, condition=(0, 2)), "op g3, field if", "doesn't fit"),
    "condition on nothing": (lambda c: c.append("x", 0, condition=([], 0)), "op g3, field if", "distinct"),
    "condition on a barrier": (lambda c: c.append("barrier", condition=(0, 1)), "op g3, field if", "barrier"),
    "insert far away": (lambda c: c.insert(9, "h", 0), None, "position 9 is out of range"),
    "remove nothing": (lambda c: c.remove("g9"), None, "no operation has the id 'g9'"),
    "wires for ops": (lambda c: c.with_(qubits=1), "op g2, field qubits", "qubit 1 is out of range"),
    "no qubits": (lambda c: Circuit(0), "field qubits", "at least one wire"),
    "negative qubits": (lambda c: Circuit(-3), "field qubits", "can't be"),
    "65 qubits": (lambda c: Circuit(65), "field qubits", "65 qubits, over the limit of 64"),
    "one name": (lambda c: Circuit("abc"), "field qubits", "one name, not several"),
    "names equal": (lambda c: Circuit(["a", "a"]), "field qubits[1]", "two wires are called 'a'"),
    "name empty": (lambda c: c.with_(name=""), "field name", "not valid"),
    "symbol name": (lambda c: c.with_(names={"y[0]": "a"}), "field names", "not a symbol"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_every_wrong_step_names_place_and_cure(case: str) -> None:
    step, where, message = WRONG[case]
    before = bell()
    with pytest.raises(CircuitError) as caught:
        step(before)
    assert message in caught.value.message
    assert caught.value.where == where
    assert caught.value.cure
    assert before == bell()


def test_an_angle_that_does_not_parse_has_its_column() -> None:
    with pytest.raises(ExprError) as caught:
        bell().append("ry", 0, "x[0]*")
    assert (caught.value.column, caught.value.where) == (6, "op g3, field params[0], column 6")


def test_limits_can_be_raised_by_name() -> None:
    wide = Circuit(100, limits={"qubits": 100})
    assert wide.append("h", 99).n_qubits == 100
    with pytest.raises(CircuitError, match="over the limit of 10000"):
        Circuit(1, [Operation(f"g{i}", "h", (0,)) for i in range(10_001)])
    many = Circuit(1, [Operation(f"g{i}", "h", (0,)) for i in range(10_001)], limits={"ops": 20_000})
    assert len(many.append("h", 0)) == 10_002


def test_numpy_numbers_are_numbers() -> None:
    import numpy as np

    c = Circuit(np.int64(2)).append("ry", np.int64(1), np.float64(0.5)).append("cx", np.array([0, 1]))
    assert str(c.ops[0].params[0]) == "0.5"
    assert Circuit.from_text(c.to_text()) == c


def test_drawings() -> None:
    c = (
        Circuit(["a", "b", "c"], clbits=1, name="d")
        .append("h", 0)
        .append("ccx", [0, 2, 1])
        .append("x", 0, anticontrols=[2])
    )
    c = c.append("measure", 0, clbits=0).append("ry", 1, "x[0]", condition=Condition((0,), 1)).append("swap", [0, 1])
    text = str(c)
    assert text.splitlines()[0].startswith("a: ─H─●─")
    assert len({len(line) for line in text.splitlines()}) == 1
    assert "RY(x[0])?c0=1" in text
    assert repr(c) == "<Circuit 'd', 3 qubits, 6 ops, 1 inputs>"
    assert str(Circuit(1).append("h", 0).repeat(300)).endswith("more columns")
    bundle = c._repr_mimebundle_()
    assert bundle["text/plain"].startswith("<Circuit")
