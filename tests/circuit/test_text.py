"""The canonical text: round trips, normal form, every refusal with its place."""

# ruff: noqa: E501

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qlab.circuit import Circuit, Operation, from_text, to_text
from qlab.errors import CircuitError
from tests.circuit.strategies import NAMES, circuits, grouped

HERE = Path(__file__).parents[1] / "vectors"
CIRCUITS = json.loads((HERE / "circuits.json").read_text("utf-8"))
BAD = json.loads((HERE / "bad.json").read_text("utf-8"))


@given(circuits())
@settings(max_examples=150, deadline=None)
def test_parse_of_print_is_the_same_circuit(c: Circuit) -> None:
    assert from_text(to_text(c)) == c
    assert to_text(from_text(to_text(c))) == to_text(c)


@given(grouped(matrices=True))
@settings(max_examples=80, deadline=None)
def test_parse_of_print_is_the_same_circuit_with_matrices_and_blocks(c: Circuit) -> None:
    assert from_text(to_text(c)) == c
    assert to_text(from_text(to_text(c))) == to_text(c)


@given(circuits(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_layout_of_the_json_gives_the_same_text(c: Circuit, random: object) -> None:
    def shuffled(value: object) -> object:
        if isinstance(value, dict):
            items = list(value.items())
            random.shuffle(items)  # type: ignore[attr-defined]
            return {key: shuffled(v) for key, v in items}
        return [shuffled(v) for v in value] if isinstance(value, list) else value

    text = json.dumps(shuffled(json.loads(to_text(c))), indent=3)
    assert to_text(from_text(text)) == to_text(c)


@given(NAMES, st.lists(NAMES, min_size=1, max_size=4, unique=True), NAMES)
@settings(max_examples=100, deadline=None)
def test_any_name_survives(name: str, wires: list[str], symbol: str) -> None:
    c = Circuit(wires, name=name, names={"w[3]": symbol})
    assert from_text(c.to_text()) == c
    assert from_text(c.to_text().encode("utf-8").decode("utf-8")) == c


@pytest.mark.parametrize("row", CIRCUITS["circuits"], ids=lambda r: r["name"][:40])
def test_vector_is_canonical(row: dict[str, object]) -> None:
    c = from_text(str(row["text"]))
    assert c.to_text() == row["text"]
    assert c.stats() == row["stats"]
    assert {op.id: c.family(op) for op in c.ops} == row["families"]
    if "flat" in row:
        assert c.flattened().to_text() == row["flat"]
    assert (c.n_inputs, c.n_weights) == (row["n_inputs"], row["n_weights"])


@pytest.mark.parametrize("row", CIRCUITS["variants"], ids=lambda r: r["name"])
def test_variant_comes_to_normal_form(row: dict[str, str]) -> None:
    assert from_text(row["text"]).to_text() == row["canonical"]


@pytest.mark.parametrize("row", BAD, ids=lambda r: r["name"])
def test_bad_text_says_where(row: dict[str, str]) -> None:
    with pytest.raises(CircuitError) as caught:
        from_text(row["text"])
    assert caught.value.where == row["where"]
    assert caught.value.cure
    assert (row["message"] or "the text is not JSON") in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "not JSON"),
        ('{"a": ' * 50_000, "not JSON"),
        ('{"qlab": "circuit/1", "qlab": "circuit/1", "qubits": ["q"], "ops": []}', "given twice"),
        ('{"qlab": NaN}', "NaN is not a number"),
        ('{"qlab": "circuit/1", "qubits": ["q"], "ops": [{"id": "g1", "gate": "h", "qubits": [' + "9" * 5000 + "]}]}", "JSON"),
        ('{"qlab": "circuit/1", "qubits": ["q"], "ops": [{"id": "g1", "gate": "h", "qubits": [1e400]}]}', "not an integer"),
        (" " * 1_000_001, "over the limit of 1000000"),
        ("é" * 500_001, "over the limit of 1000000"),
    ],
)  # fmt: skip
def test_hostile_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(CircuitError, match=message):
        from_text(text)


def test_too_many_ops_are_refused_unless_the_limit_is_raised() -> None:
    c = Circuit(1, [Operation(f"g{i}", "h", (0,)) for i in range(1, 10_002)], limits={"ops": 20_000})
    with pytest.raises(CircuitError, match="10001 operations") as caught:
        from_text(c.to_text())
    assert "limits=" in str(caught.value.cure)
    assert from_text(c.to_text(), limits={"ops": 20_000}) == c


def test_a_thousand_operations_come_back_as_they_were() -> None:
    c = Circuit(8)
    for i in range(1000):
        c = c.append("ry", i % 8, f"2*x[{i % 8}]+w[{i}]")
    assert from_text(c.to_text()) == c
