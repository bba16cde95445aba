"""OpenQASM that must be refused: every error with file, line, column and cure, and nothing that can stop a kernel."""

# ruff: noqa: E501

from __future__ import annotations

import contextlib
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qlab.circuit import Circuit
from qlab.errors import CircuitError
from qlab.interop.qasm import from_qasm

V2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'

BAD = {
    "empty": ("", "f:1:1", "declares no qubits"),
    "stray character": ("qubit q;\nh ? q;", "f:2:3", "character '?'"),
    "version": ("OPENQASM 4.0;", "f:1:10", "OpenQASM 4.0 is unknown"),
    "version late": ("qubit q;\nOPENQASM 3.0;", "f:2:1", "must come first"),
    "include": ('include "/etc/passwd";', "f:1:9", '"/etc/passwd" is not allowed'),
    "include up": ('include "../secret.inc";', "f:1:9", "not allowed"),
    "include of nothing": ("include stdgates;", "f:1:9", "not allowed"),
    "quotes": ('include "stdgates.inc;\nqubit q;', "f:1:9", "text in quotes has no end"),
    "comment": ("qubit q;\n/* h q;", "f:2:1", "comment has no end"),
    "semicolon": ("qubit q\nh q;", "f:2:1", "; was expected before 'h'"),
    "bracket": ("qubit[2 q;", "f:1:6", "[ has no ] after it"),
    "bracket closed": ("qubit q;\nh q);", "f:2:4", ") has no ( before it"),
    "unknown gate": ("qubit q;\n  foo q;", "f:2:3", "gate 'foo' is unknown"),
    "capital": ("qubit q;\nH q;", "f:2:1", "gate 'H' is unknown"),
    "unknown register": ("qubit q;\nh r;", "f:2:3", "no qubit register is called 'r'"),
    "bit for a qubit": ("qubit q; bit c;\nh c;", "f:2:3", "no qubit register is called 'c'"),
    "out of range": (V2 + "qreg q[2];\nh q[2];", "f:4:3", "q[2] is out of range"),
    "twice": ("qubit[2] q;\ncx q[0], q[0];", "f:2:1", "qubit 0 is used twice"),
    "few angles": ("qubit q;\nrx q;", "f:2:1", "rx needs 1 angles, got 0"),
    "many angles": ("qubit q;\nh(1) q;", "f:2:1", "h needs 0 angles, got 1"),
    "few qubits": ("qubit[2] q;\ncx q[0];", "f:2:1", "cx needs 2 qubits, got 1"),
    "many qubits": ("qubit[2] q;\nh q[0], q[1];", "f:2:1", "h needs 1 qubits, got 2"),
    "controls without qubits": ("qubit q;\nctrl @ x q;", "f:2:8", "x needs 1 qubits, got 0"),
    "registers unequal": ("qubit[2] a; qubit[3] b;\ncx a, b;", "f:2:4", "registers of 2 and 3 qubits"),
    "name twice": ("qubit q;\nbit q;", "f:2:5", "'q' is used twice"),
    "size zero": ("qubit[0] q;", "f:1:10", "size 0"),
    "size zero, version 2": ("OPENQASM 2.0;\nqreg q[0];", "f:2:6", "size 0"),
    "size a name": ("qubit[n] q;", "f:1:7", "the size must be an integer"),
    "angle": ("qubit q;\nrx(2*) q;", "f:2:6", "a value was expected before ')'"),
    "angle name": ("qubit q;\nrx(theta) q;", "f:2:4", "name 'theta' is unknown"),
    "angle function": ("qubit q;\nrx(abs(1)) q;", "f:2:4", "function 'abs' is unknown"),
    "angle infinite": ("qubit q;\nrx(1e999) q;", "f:2:4", "number 1e999 is too large"),
    "exponent": ("qubit q;\ninput float x_0;\nrx(2**x_0) q;", "f:3:5", "exponent must be a number"),
    "exponent a third": ("qubit q;\ninput float x_0;\nrx(x_0**0.3) q;", "f:3:7", "exponent 0.3 is no integer"),
    "exponent too large": ("qubit q;\ninput float x_0;\nrx(x_0**17) q;", "f:3:1", "exponent must be an integer"),
    "angle too long": ("qubit q;\ninput float x_0;\nrx(" + "+".join(["x_0"] * 60) + ") q;", "f:3:1", "more than 200"),
    "integers divide": ("qubit q;\nrx(1/5) q;", "f:2:5", "1/5 is a division of integers, in OpenQASM 3 0"),
    "integers divide to -3": ("qubit q;\nrx(pi*(2-9)/2) q;\nrx((2-9)/2*pi) q;", "f:3:9", "-7/2 is a division of integers, in OpenQASM 3 -3"),
    "an integer constant divides": ("const int[8] n = 3;\nqubit q;\nrx(pi/n) q;\nrx(n/2) q;", "f:4:5", "3/2 is a division"),
    "integers divide in a power": ("qubit q;\npow(1/2) @ x q;", "f:2:6", "1/2 is a division of integers"),
    "input int": ("input int n;", "f:1:7", "input of type 'int'"),
    "power": ("qubit q;\npow(0.5) @ x q;", "f:2:1", "x to the power 0.5 can't be said"),
    "definition twice": ("gate a q { h q; }\ngate a q { x q; }", "f:2:6", "'a' is defined twice"),
    "definition of itself": ("gate a q { a q; } qubit q; a q;", "f:1:12", "gate 'a' is unknown"),
    "definition qubit": ("gate a q { h r; }", "f:1:14", "no qubit 'r'"),
    "definition index": ("gate a q { h q[0]; }", "f:1:14", "no qubit 'q'"),
    "opaque": (V2 + "opaque magic(a) q;\nqreg q[1];\nmagic(1) q[0];", "f:5:1", "opaque"),
    "measure lengths": ("qubit[2] q; bit[3] c;\nc = measure q;", "f:2:1", "2 qubits are measured into 3 bits"),
    "measure nowhere": ("qubit q;\nmeasure q;", "f:2:10", "-> was expected"),
    "assign": ("qubit q; bit c;\nc = 1;", "f:2:5", "measure was expected"),
    "if": ("qubit q; bit[2] c;\nif (c) x q;", "f:2:5", "single bit"),
    "if value": ("qubit q; bit[2] c;\nif (c == 4) x q;", "f:2:5", "4 doesn't fit 2 bits"),
    "if contradicts": ("qubit q; bit c;\nif (c && !c) x q;", "f:2:10", "contradicts itself"),
    "if else": ("qubit q; bit[2] c;\nif (c == 3) x q; else y q;", "f:2:1", "else after a test"),
    "if writes": ("qubit q; bit c;\nif (c) { c = measure q; x q; }", "f:2:1", "tested on"),
    "for": ("qubit q;\nfor int i in [0:3] { h q; }", "f:2:1", "for is not supported"),
    "def": ("def f(int a) { }", "f:1:1", "def is not supported"),
    "nonsense": ("qubit q;\n= q;", "f:2:1", "a statement was expected before '='"),
    "control of a measurement": ("qubit[2] q; bit c;\nctrl @ measure q[0], q[1];", "f:2:8", "'measure' is unknown"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_programs_say_file_line_and_column(case: str) -> None:
    text, where, message = BAD[case]
    with pytest.raises(CircuitError) as caught:
        Circuit.from_qasm(text, file="f")
    assert message in caught.value.message
    assert caught.value.where == where
    assert caught.value.cure


DOUBLING = (
    "gate g0 q { x q; }"
    + "".join(f"gate g{i} q {{ g{i - 1} q; g{i - 1} q; }}" for i in range(1, 41))
    + "qubit q; g40 q;"
)
HOSTILE = {
    "200k parentheses": "qubit q; rx(" + "(" * 200_000 + "1" + ")" * 200_000 + ") q;",
    "200k braces": "qubit q; " + "if (c) {" * 100_000,
    "huge register": V2 + "qreg q[100000000];",
    "huge register in digits": "qubit[" + "9" * 100_000 + "] q;",
    "many registers": "".join(f"qubit[60] q{i};" for i in range(3)),
    "doubling": DOUBLING,
    "doubling of nothing": DOUBLING.replace("x q;", "", 1),
    "chain of definitions": "gate g0 q { }" + "".join(f"gate g{i} q {{ g{i - 1} q; }}" for i in range(1, 5000)) + "qubit q;",
    "power": "qubit q; pow(1e9) @ x q;",
    "powers of powers": "gate a q { pow(1000) @ x q; } gate b q { pow(1000) @ a q; } qubit q; pow(1000) @ b q;",
    "controls": "qubit q; ctrl(1000000000) @ x q;",
    "range": "qubit[2] q; h q[0:1000000000000];",
    "if nested without braces": "qubit q; bit c; " + "if (c) " * 100_000 + "x q;",
    "else nested": "qubit q; bit c; " + "if (c) x q; else " * 50_000 + "x q;",
    "conditions nested": "qubit q; bit c; if (" + "(" * 5000 + "c" + ")" * 5000 + ") x q;",
    "many gates": "qubit q;" + "h q;" * 10_001,
    "broadcast": "qubit[64] q;" + "h q;" * 200,
    "too long": "// " + "a" * 1_000_001,
    "long sum": "qubit q; rx(" + "1+" * 200_000 + "1) q;",
    "long product in a gate": "gate a(t) q { rx(t" + "*t" * 100_000 + ") q; } qubit q; a(2) q;",
    "long inputs": "input float x_" + "9" * 5000 + "; qubit q; rx(x_" + "9" * 5000 + "+zz) q;",
    "many inputs": "".join(f"input float a{i};" for i in range(30_000)),
    "many arguments": "gate g " + ",".join(f"a{i}" for i in range(100_000)) + " { nope a0; }",
    "stray quotes": "'" * 100_000,
    "open comment": "/*" * 100_000,
    "digits": "qubit q; rx(" + "1" * 900_000 + ") q;",
    "modifiers": "qubit[2] q; " + "ctrl @ " * 100_000 + "x q;",
    "inverses of squares": "qubit q; " + "pow(9) @ " * 400 + "x q;",
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_programs_are_refused(case: str) -> None:
    with pytest.raises(CircuitError) as caught:
        from_qasm(HOSTILE[case])
    assert caught.value.where
    assert caught.value.cure
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("qubit q;\n// é" + "a" * 999_990, "f:2:999991"),
        ("a\n" * 600_000, "f:500001:1"),
        ("\ud800" * 400_000, "f:1:333334"),
    ],
    ids=("one line", "many lines", "half pairs"),
)
def test_a_text_that_is_too_long_is_refused_where_it_passes_the_limit(text: str, where: str) -> None:
    with pytest.raises(CircuitError, match="bytes, over the limit of 1000000") as caught:
        from_qasm(text, file="f")
    assert caught.value.where == where


GROWING = {
    "sum": lambda n: "qubit q; rx(" + "1+" * n + "1) q; zz",
    "product in a gate": lambda n: "gate a(t) q { rx(t" + "*t" * n + ") q; } qubit q; a(2) q; zz",
    "ifs": lambda n: "qubit q; bit c; " + "if (c) " * n + "x q; zz",
    "elses": lambda n: "qubit q; bit c; " + "if (c) x q; else " * n + "x q; zz",
    "definitions": lambda n: "gate g0 q { }" + "".join(f"gate g{i + 1} q {{ h q; }}" for i in range(n)) + "qubit q; zz",
    "inputs": lambda n: "".join(f"input float a{i};" for i in range(n)) + "qubit q; zz",
    "arguments": lambda n: "gate g " + ",".join(f"a{i}" for i in range(n)) + " { nope a0; }",
    "modifiers": lambda n: "qubit[2] q; " + "inv @ " * n + "x q[0]; zz",
    "signs": lambda n: "qubit q; rx(" + "-" * n + "1) q; zz",
    "gates": lambda n: "qubit q; " + "h q; " * n + "zz",
    "lines": lambda n: "qubit q;\n" + "h q;\n" * n + "zz",
    "barriers": lambda n: "qubit[9] q; " + "barrier q; " * n + "zz",
}


@pytest.mark.parametrize("case", GROWING)
def test_what_reading_costs_grows_with_the_length_only(case: str) -> None:
    """Counted in calls; tests/bench/corpora.py prints seconds."""

    def cost(n: int) -> int:
        calls = 0

        def tick(_frame: object, event: str, _arg: object) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        text = GROWING[case](n)
        sys.setprofile(tick)
        try:
            with contextlib.suppress(CircuitError):
                from_qasm(text)
        finally:
            sys.setprofile(None)
        return calls

    cost(10)
    assert cost(1600) < 2.2 * cost(800)


def test_an_include_is_never_opened(tmp_path: object) -> None:
    secret = tmp_path / "qelib1.inc"  # type: ignore[operator]
    secret.write_text("token_abc")
    with pytest.raises(CircuitError) as caught:
        from_qasm(f'include "{secret}";')
    assert "token_abc" not in str(caught.value)


def test_limits_can_be_raised_by_name() -> None:
    assert from_qasm("qubit[70] q;", limits={"qubits": 70}).n_qubits == 70
    assert len(from_qasm("qubit q;" + "h q;" * 10_001, limits={"ops": 20_000})) == 10_001
    deep = "qubit q; rx(" + "(" * 100 + "1" + ")" * 100 + ") q;"
    assert len(from_qasm(deep, limits={"nesting": 128})) == 1
    for text, name in (("qubit[70] q;", "qubits"), ("qubit q;" + "h q;" * 10_001, "ops"), (deep, "nesting")):
        with pytest.raises(CircuitError) as caught:
            from_qasm(text)
        assert f'limits={{"{name}"' in str(caught.value.cure)


def test_many_signs_are_one() -> None:
    assert str(from_qasm("qubit q; rx(" + "-" * 200_001 + "1) q;").ops[0].params[0]) == "-1"


def test_no_text_at_all() -> None:
    with pytest.raises(CircuitError, match="is no program text"):
        from_qasm(b"qubit q;")  # type: ignore[arg-type]


WORDS = ["qubit", "bit", "[", "]", "2", "q", "c", ";", "h", "cx", "(", ")", ",", "pi", "if", "{", "}", "gate", "measure", "=",
         "->", "ctrl", "@", "inv", "pow", "==", "1", "else", "input", "float", "x_0", "-", "**", "0.5", "reset", "barrier"]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_row_of_words_is_read_or_refused_with_its_place(words: list[str]) -> None:
    text = "qubit[2] q; bit[2] c; " + " ".join(words)
    try:
        c = from_qasm(text, file="f")
    except CircuitError as caught:
        error = caught
    else:
        assert Circuit.from_text(c.to_text()) == c
        return
    assert str(error.where).startswith("f:1:")
    assert error.cure
