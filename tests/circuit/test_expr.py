"""Angles: parse and print, values, slopes, errors with their column."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qlab.circuit import Expr, ExprError, Sym, parse
from qlab.circuit.expr import Bin, Neg, Num, exponent_of, format_number, number
from qlab.circuit.labels import short_angle
from qlab.errors import CircuitError
from tests.circuit.strategies import exprs, smooth

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "expr.json").read_text("utf-8"))


@given(exprs)
@settings(max_examples=300, deadline=None)
def test_parse_of_print_is_the_same_tree(e: Expr) -> None:
    assert parse(str(e)) == e
    assert hash(parse(str(e))) == hash(e)


@given(st.text("xw[]()0123.+-*/ epi^", max_size=30))
@settings(max_examples=500, deadline=None)
def test_any_text_parses_to_a_fixed_point_or_says_a_column(text: str) -> None:
    try:
        e = parse(text)
    except ExprError as caught:
        error = caught
    else:
        error = None
    if error is not None:
        assert 1 <= error.column <= len(text) + 1
        assert error.cure
        return
    assert str(parse(str(e))) == str(e)


@given(st.floats(0, allow_nan=False, allow_infinity=False))
@settings(max_examples=500, deadline=None)
def test_numbers_come_back_bit_for_bit(value: float) -> None:
    assert float(format_number(value)) == value


@pytest.mark.parametrize("row", VECTORS["valid"], ids=lambda r: r["input"][:40])
def test_vector_of_a_valid_angle(row: dict[str, object]) -> None:
    e = parse(str(row["input"]))
    assert str(e) == row["canonical"]
    assert [str(s) for s in e.symbols()] == row["symbols"]
    if "value" in row:
        x, w = VECTORS["x"], VECTORS["w"]
        assert float(e.evaluate(x, w)) == pytest.approx(row["value"], rel=1e-11, abs=1e-11)
        for text, slope in row["derivatives"].items():  # type: ignore[attr-defined]
            symbol = parse(text)
            assert isinstance(symbol, Sym)
            assert float(e.derivative(symbol).evaluate(x, w)) == pytest.approx(slope, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("row", VECTORS["invalid"], ids=lambda r: repr(r["input"][:40]))
def test_vector_of_an_invalid_angle(row: dict[str, object]) -> None:
    with pytest.raises(ExprError) as caught:
        parse(str(row["input"]))
    assert caught.value.column == row["column"]
    assert caught.value.where == f"column {row['column']}"
    assert caught.value.message == row["message"]


@given(smooth, st.integers(0, 5), st.sampled_from("xw"), st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_derivative_is_the_slope(e: Expr, index: int, kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, w = rng.uniform(-1, 1, (2, 6))
    h = 1e-5
    shift = np.zeros(6)
    shift[index] = h
    up = e.evaluate(*((x + shift, w) if kind == "x" else (x, w + shift)))
    down = e.evaluate(*((x - shift, w) if kind == "x" else (x, w - shift)))
    assume(abs(up) < 1e3)
    slope = float(e.derivative(Sym(kind, index)).evaluate(x, w))
    assume(abs(slope) < 1e3)
    assert slope == pytest.approx((up - down) / (2 * h), rel=1e-4, abs=1e-4)


def test_evaluation_broadcasts() -> None:
    e = parse("w[1]*x[0]+x[2]")
    x = np.arange(24.0).reshape(4, 2, 3)
    w = np.array([0.0, 2.0])
    assert np.array_equal(e.evaluate(x, w), 2 * x[..., 0] + x[..., 2])
    many = np.arange(8.0).reshape(4, 1, 2)
    assert e.evaluate(x, many).shape == (4, 2)
    assert parse("pi/2").evaluate(x, w).shape == ()
    assert parse("w[0]").evaluate(x, w).shape == ()


def test_a_value_outside_a_domain_is_not_finite_and_not_a_warning() -> None:
    assert math.isnan(float(parse("sqrt(x[0])").evaluate([-1.0])))
    assert math.isinf(float(parse("1/x[0]").evaluate([0.0])))
    assert math.isinf(float(parse("x[0]**-2").evaluate([0.0])))


@pytest.mark.parametrize(("x", "w", "what"), [([1.0], (), "w[2]"), ((), [0.0, 1.0], "w[2]"), ([], [1, 2, 3], "x[0]")])
def test_too_few_values_name_the_symbol(x: list[float], w: list[float], what: str) -> None:
    with pytest.raises(CircuitError, match="is read, but only") as caught:
        parse("w[2]+x[0]").evaluate(x, w)
    assert what in caught.value.message
    assert caught.value.cure


def test_substitution_folds_what_reads_nothing() -> None:
    e = parse("2*x[0]+w[0]*pi")
    assert str(e.substitute({Sym("x", 0): 0.25})) == "0.5+w[0]*pi"
    assert str(e.substitute({Sym("x", 0): Sym("w", 3)})) == "2*w[3]+w[0]*pi"


def test_nodes_are_immutable_and_never_negative() -> None:
    with pytest.raises(AttributeError):
        Num(1.0).value = 2.0  # type: ignore[misc]
    for value in (-1.0, math.nan, math.inf):
        with pytest.raises(CircuitError):
            Num(value)
    assert number(-2.5) == Neg(Num(2.5))
    assert str(number(-0.0)) == "0"
    with pytest.raises(CircuitError, match="not a finite number"):
        number(math.inf)
    with pytest.raises(CircuitError, match="integer literal"):
        exponent_of(Bin("+", Num(1.0), Num(1.0)))
    assert repr(parse("x[0]+1")) == "Expr('x[0]+1')"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("1.5707963267948966", "pi/2"),
        ("-3.141592653589793", "-pi"),
        ("2.356194490192345*x[0]", "3*pi/4*x[0]"),
        ("x[0]/0.7853981633974483", "x[0]/(pi/4)"),
        ("w[12]*1.0471975511965976**2", "w[12]*(pi/3)**2"),
        ("0.30000000000000004+x[1234]", "0.3+x[1234]"),
        ("1.2345678e-7", "1.23457e-7"),
        ("123456789.123", "123457000"),
        ("0.123456", "0.123456"),
        ("100000000", "100000000"),
        ("3.1415926", "3.14159"),
    ],
)
def test_labels_are_short_and_read_the_same(text: str, label: str) -> None:
    assert short_angle(text) == label
    x, w = np.linspace(0.5, 1, 2000), np.linspace(0.2, 2, 20)
    assert np.isclose(parse(label).evaluate(x, w), parse(text).evaluate(x, w), rtol=1e-5)


@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False))
def test_a_label_has_six_digits_or_is_of_pi(value: float) -> None:
    label = short_angle(str(number(value)))
    assert "pi" in label or len(label.partition("e")[0].replace(".", "").strip("0")) <= 6
    assert np.isclose(parse(label).evaluate(), value, rtol=1e-5, atol=0)
