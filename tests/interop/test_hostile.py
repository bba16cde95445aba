"""Texts nobody means well with: slips in OpenQASM, noise as angles, names that are scripts."""

from __future__ import annotations

import json
import random
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from qlab.circuit import Circuit, expr
from qlab.errors import CircuitError
from qlab.interop.qasm import from_qasm, to_qasm
from tests.vectors.mutate import slips

PAYLOADS = json.loads((Path(__file__).parents[1] / "vectors" / "payloads.json").read_text(encoding="utf-8"))
PARTS = [
    *"0123456789.+-*/()[]xwpie ",
    *("**", "pi", "x[0]", "w[12]", "sin(", "arcsin(", "sqrt(", "exp(", "log(", "1e308", "1e-320", "**-16"),
    *("x[", "w[-1]", "\0", "é", "𝛉", "−", "\n", "NaN", "Infinity", "x[0]**", "__class__", "eval("),
]
SHAPES = ("(", "-", "1+", "sin(", "x[0]**2*", "[", "9", "x", " ", "((1)+", "1/")
TAGS = {"svg", "g", "rect", "path", "line", "circle", "text", "title", "desc", "defs", "stop", "linearGradient"}


def refusal(act: Callable[[], object]) -> CircuitError | None:
    """The typed error, or None; any other exception fails the test."""
    try:
        act()
    except CircuitError as error:
        return error
    return None


def test_a_slip_is_placed_on_its_line() -> None:
    refused = placed = 0
    for text, line in slips(600):
        error = refusal(lambda text=text: from_qasm(text, file="f"))  # type: ignore[misc]
        if error is None:
            continue
        assert error.where is not None, text
        assert error.cure, text
        refused += 1
        placed += error.where.split(":")[1] == str(line)
    assert refused > 500
    assert placed / refused >= 0.95


def test_noise_as_an_angle_is_a_value_or_a_typed_error() -> None:
    rng = random.Random(7)
    values = 0
    for _ in range(100_000):
        text = "".join(rng.choices(PARTS, k=rng.randint(1, 8)))
        try:
            found = expr.parse(text)
        except CircuitError:
            continue
        values += 1
        if values % 20 == 0:
            assert expr.parse(str(found)) == found
            if len(found.symbols()) == 0:
                assert isinstance(float(found.evaluate()), float)
    assert values > 5_000


def calls(act: Callable[[], object]) -> int:
    """How many Python functions run: what a text costs, whatever the machine is doing besides."""
    count = 0

    def tick(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(tick)
    try:
        act()
    except CircuitError:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_a_monstrous_angle_is_refused_early(shape: str) -> None:
    with pytest.raises(CircuitError) as caught:
        expr.parse(shape * 200_000)
    assert len(caught.value.message) < 300
    assert calls(lambda: expr.parse(shape * 200_000)) < 20_000


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_name_that_is_a_script_stays_a_name(payload: str) -> None:
    circuit = Circuit([payload, "b"], clbits=[payload[:60] + "0"], name=payload, names={"w[0]": payload})
    circuit = circuit.append("ry", 0, "w[0]").append("cx", [0, 1]).append("measure", 0, clbits=[0])
    svg = circuit._repr_mimebundle_()["image/svg+xml"]
    for element in ET.fromstring(svg).iter():
        assert element.tag.rpartition("}")[2] in TAGS
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            assert "javascript:" not in value or name in {"aria-label", "aria-labelledby"}
    assert Circuit.from_text(circuit.to_text()) == circuit
    again = from_qasm(to_qasm(circuit), file="f")
    assert again.name == payload
    assert again.qubits == circuit.qubits
    assert [op.gate for op in again.ops] == ["ry", "x", "measure"]
