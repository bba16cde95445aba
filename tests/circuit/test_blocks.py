"""Blocks: grouping and ungrouping, definitions that all instances follow, and the state unchanged throughout."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qlab.circuit import Block, Circuit, Operation
from qlab.errors import CircuitError
from tests.circuit.strategies import circuits, grouped, smooth
from tests.circuit.test_unitary_ops import matrix_of

LAYER = (
    Circuit(2).append("ry", 0, "x[0]*w[0]").append("ry", 1, "w[1]").append("cx", [0, 1]).append("gphase", [], "w[2]")
)


def layered() -> Circuit:
    """Three wires with two instances of LAYER."""
    return Circuit(3).define("layer", LAYER).append("block:layer", [0, 1]).append("block:layer", [2, 1], controls=0)


def test_group_takes_the_place_of_its_operations_and_ungroup_gives_them_back() -> None:
    c = Circuit(3).append("h", 0).append("x", 2).append("cx", [0, 1]).append("ry", 2, "w[0]").append("z", 1)
    made = c.group(["g1", "g3"], "Bell")
    assert [(op.id, op.gate, op.qubits) for op in made.ops] == [
        ("g2", "x", (2,)), ("g6", "block:Bell", (0, 1)), ("g4", "ry", (2,)), ("g5", "z", (1,)),
    ]  # fmt: skip
    assert made.blocks == (Block("Bell", 2, (c.op("g1"), c.op("g3"))),)
    back = made.ungroup("g6")
    assert back.blocks == ()
    assert sorted(back.ops, key=lambda op: op.id) == list(c.ops)


def test_what_must_stay_between_is_named() -> None:
    c = Circuit(2).append("h", 0).append("cx", [0, 1]).append("x", 1)
    with pytest.raises(CircuitError, match="op g2 must stay between") as caught:
        c.group(["g1", "g3"], "A")
    assert (caught.value.where, caught.value.cure) == ("op g2", "add it to the selection")
    bits = Circuit(2, clbits=1).append("h", 0).append("measure", 0, clbits=0).append("x", 1, condition=(0, 1))
    for ids, word in ((["g2"], "measure can't"), (["g3"], "a gate with a condition can't"), ([], "no operation")):
        with pytest.raises(CircuitError, match=word):
            bits.group(ids, "A")
    with pytest.raises(CircuitError, match="already a block layer"):
        layered().group(["g1"], "layer")


def test_what_depends_on_what_goes_behind_goes_behind() -> None:
    c = Circuit(3).append("h", 0).append("cx", [0, 1]).append("x", 1).append("h", 2)
    assert [op.id for op in c.group(["g1", "g4"], "A").ops] == ["g5", "g2", "g3"]


def test_a_condition_of_an_instance_is_one_of_each_gate() -> None:
    c = Circuit(2, clbits=1).define("A", Circuit(2).append("h", 0).append("barrier").append("cx", [0, 1]))
    c = c.append("block:A", [0, 1], condition=(0, 1))
    assert [op.condition == c.ops[0].condition for op in c.flattened().ops] == [True, False, True]
    assert [op.condition == c.ops[0].condition for op in c.ungroup("g1").ops] == [True, False, True]


@given(circuits(classical=False, params=smooth, max_ops=6, matrices=True), st.integers(0, 63))
@settings(max_examples=60, deadline=None)
def test_grouping_and_ungrouping_keep_the_state(c: Circuit, choice: int) -> None:
    ids = [op.id for k, op in enumerate(c.ops) if choice >> k & 1]
    try:
        made = c.group(ids, "A")
    except CircuitError:
        return
    np.testing.assert_allclose(matrix_of(made), matrix_of(c), atol=1e-9)
    instance = next(op.id for op in made.ops if op.block)
    back = made.ungroup(instance)
    assert {op.id: op for op in back.ops} == {op.id: op for op in c.ops}
    np.testing.assert_allclose(matrix_of(made.flattened()), matrix_of(c), atol=1e-9)
    assert made.stats() == back.stats()


@given(grouped(classical=False, params=smooth, max_ops=7, matrices=True), st.lists(st.integers(0, 1), max_size=2))
@settings(max_examples=40, deadline=None)
def test_an_instance_with_controls_is_its_definition_with_controls(c: Circuit, kinds: list[int]) -> None:
    n = c.n_qubits
    outer = Circuit(n + len(kinds)).define("all", c)
    for q in range(outer.n_qubits):
        outer = outer.append("h", q)
    ones = [n + k for k, one in enumerate(kinds) if one]
    zeros = [n + k for k, one in enumerate(kinds) if not one]
    outer = outer.append("block:all", range(n), controls=ones, anticontrols=zeros)
    assert not outer.flattened().blocks
    np.testing.assert_allclose(matrix_of(outer.flattened()), matrix_of(outer), atol=1e-9)
    one_level = outer.ungroup(outer.ops[-1].id)
    np.testing.assert_allclose(matrix_of(one_level), matrix_of(outer), atol=1e-9)


def test_all_instances_follow_a_definition() -> None:
    c = layered()
    edited = c.block("layer").append("h", 1)
    after = c.define("layer", edited)
    assert [op.gate for op in after.flattened().ops].count("h") == 2
    assert after.ops == c.ops
    with pytest.raises(CircuitError, match="block layer acts on 3 qubits, got 2") as caught:
        c.define("layer", Circuit(3).append("h", 2))
    assert caught.value.where == "op g1, field qubits"
    with pytest.raises(CircuitError, match="contains itself"):
        c.define("layer", [Operation("g1", "block:layer", (0, 1))])
    with pytest.raises(CircuitError, match="block layer is used by op g1"):
        c.undefine("layer")
    assert c.remove("g1").remove("g2").undefine("layer") == Circuit(3)


def test_symbols_weights_family_and_statistics_look_inside() -> None:
    c = layered()
    assert (c.n_inputs, c.n_weights) == (1, 3)
    assert c.family(c.ops[0]) == "mixed"
    assert c.stats()["counts"] == {"ry": 2, "cx": 1, "gphase": 1, "cry": 2, "ccx": 1, "p": 1}
    assert c.stats() == c.flattened().stats()
    assert Circuit(2).define("layer", LAYER).n_weights == 0
    assert [op.id for op in c.flattened().ops][:2] == ["g1_g1", "g1_g2"]


def test_binding_composing_and_repeating_take_the_blocks_along() -> None:
    c = layered()
    bound = c.bind(x=[0.5])
    assert bound.n_inputs == 0
    np.testing.assert_allclose(matrix_of(bound.bind(w=[1, 2, 3])), matrix_of(c.bind([0.5], [1, 2, 3])), atol=1e-12)
    assert c.compose(c).blocks == c.blocks
    twice = c.repeat(2, fresh_weights=True)
    assert [b.name for b in twice.blocks] == ["layer", "layer 2"]
    assert twice.n_weights == 6
    assert twice.compose(c).blocks == twice.blocks
    other = Circuit(3).define("layer", Circuit(1).append("h", 0)).append("block:layer", 2)
    mixed = c.compose(other)
    np.testing.assert_allclose(matrix_of(mixed), matrix_of(other) @ matrix_of(c), atol=1e-12)


def test_nesting_and_size_are_limited() -> None:
    c = Circuit(1).define("b0", Circuit(1).append("h", 0))
    for k in range(1, 8):
        c = c.define(f"b{k}", [Operation("g1", f"block:b{k - 1}", (0,))])
    assert len(c.append("block:b7", 0).flattened()) == 1
    with pytest.raises(CircuitError, match="block b8 nests deeper than 8"):
        c.define("b8", [Operation("g1", "block:b7", (0,))])
    many = Circuit(1).define("b", [Operation(f"g{k}", "h", (0,)) for k in range(101)])
    for _ in range(99):
        many = many.append("block:b", 0)
    with pytest.raises(CircuitError, match="10100 operations with the blocks written out"):
        many.append("block:b", 0)


def test_the_drawing_shows_the_block_and_escapes_its_name() -> None:
    c = Circuit(3).append("h", 0).append("cx", [0, 1]).group(["g1", "g2"], "<b>&")
    assert "<b>" not in c._repr_mimebundle_()["image/svg+xml"]
    assert "&lt;b&gt;&amp;" in c._repr_mimebundle_()["image/svg+xml"]
    assert "<b>&:0" in str(c)
