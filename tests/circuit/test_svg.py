"""The still picture: well-formed for every circuit, escaped, bounded, in the colours of the designer."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from hypothesis import given, settings

from qlab.circuit import Circuit, templates
from qlab.circuit.svg import COLOURS, elided, to_svg
from tests.circuit.strategies import circuits

TOKENS = (Path(__file__).parents[2] / "js" / "style" / "tokens.css").read_text("utf-8")


@given(circuits(max_qubits=5, max_ops=10))
@settings(max_examples=60, deadline=None)
def test_any_circuit_gives_well_formed_xml_inside_its_frame(c: Circuit) -> None:
    root = ET.fromstring(to_svg(c))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for node in root.iter():
        if "x" in node.attrib and "y" in node.attrib:
            assert 0 <= float(node.attrib["x"]) <= width
            assert 0 <= float(node.attrib["y"]) <= height


def test_names_are_escaped() -> None:
    svg = to_svg(Circuit(['<script>"&', "b"], clbits=["</text>"], name='"><script>').append("measure", 0, clbits=0))
    assert "<script" not in svg
    ET.fromstring(svg)


def test_a_long_circuit_is_cut_and_counted() -> None:
    svg = to_svg(templates.efficient_su2(4, 400))
    assert len(svg) < 300_000
    assert re.search(r"… \d+ more columns", svg)


def test_colours_are_those_of_the_tokens() -> None:
    light = TOKENS[: TOKENS.index(".ql-dark {")]
    tokens = {"data": "data", "weight": "weight", "fixed": "fixed", "entangle": "ent", "read": "meas"}
    for family, name in tokens.items():
        fill, edge, ink = COLOURS[family]
        for token, value in ((f"{name}-fill", fill), (name, edge), (f"{name}-ink", ink)):
            assert re.search(rf"--ql-{token}:\s*{value};", light), token


def test_elided() -> None:
    assert elided("abcdefgh", 5) == "ab…gh"
    assert elided("abc", 5) == "abc"


def test_notebooks_get_text_and_picture() -> None:
    bundle = templates.reuploading(2, 1)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/svg+xml"}
    assert "●" in bundle["text/plain"]
