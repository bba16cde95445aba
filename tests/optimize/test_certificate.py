"""Certificates: what the checker accepts, and that no bit of one can be changed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qlab import OptimizeError
from qlab import optimize as o
from qlab.optimize import bounds, certificate

P = o.knapsack([6, 5, 4], [3, 2, 2], 4)
MADE = certificate.make(P, [0, 1, 1], 9.0, "every string", None, bounds.enumeration(P))
TEXT = MADE.to_json()


def test_a_true_certificate_is_proved() -> None:
    report = o.check(TEXT, P)
    assert report.ok
    assert report.proved
    assert "proved optimal here" in report.text


@given(st.integers(0, 8 * len(TEXT.encode()) - 1))
@settings(max_examples=400)
def test_any_changed_bit_fails(bit: int) -> None:
    raw = bytearray(TEXT.encode())
    raw[bit // 8] ^= 1 << bit % 8
    try:
        changed = raw.decode()
    except UnicodeDecodeError:
        return
    assert not o.check(changed, P).ok


def resealed(**changes: object) -> certificate.Certificate:
    """A forger who also renews the digest."""
    return certificate.Certificate(json.loads(json.dumps({**MADE.content, **changes})))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"x": [1, 1, 0]}, "breaks 'capacity'"),
        ({"x": [0, 0, 1]}, "the value is 4"),
        ({"x": [0, 1]}, "shape"),
        ({"value": 10.0}, "the value is 9"),
        ({"bound": 8.0}, "beyond the value"),
        ({"bound": 9.5}, "doesn't|don't meet|optimal"),
        ({"optimal": False}, "value and bound meet"),
        ({"problem": "0" * 64}, "another problem"),
        ({"format": "x"}, "format"),
        ({"independent": {"bound": 9.0, "source": "s", "evidence": {"kind": "none"}}}, "proves nothing"),
        ({"independent": {"bound": 5.0, "source": "s", "evidence": {"kind": "box"}}}, "the evidence proves 15"),
    ],
)
def test_a_forged_content_is_found_out(changes: dict[str, object], told: str) -> None:
    report = resealed(**changes).check(P)
    assert not report.ok
    import re

    assert re.search(told, report.text), report.text


def test_a_solvers_claim_is_called_a_claim() -> None:
    rng = np.random.default_rng(0)
    p = o.qubo(rng.integers(-9, 10, (20, 20)))
    x = np.zeros(20)
    loose = certificate.make(p, x, -1e4, "MILP", "MILP", bounds.best_independent(p, 0.2))
    report = o.check(loose, p)
    assert report.ok
    assert not report.proved
    assert "claimed by MILP" in report.text
    assert report.independent is not None
    weak = certificate.make(p, x, None, "none", None, None)
    assert "no bound" in o.check(weak, p).text


def test_another_problem_and_no_certificate_are_told() -> None:
    assert "another problem" in o.check(TEXT, o.knapsack([6, 5, 5], [3, 2, 2], 4)).text
    for text in ("", "{}", "[" * 100_000, TEXT.replace("\n ", "\n  "), TEXT + " "):
        assert not o.check(text, P).ok
        with pytest.raises(OptimizeError):
            o.Certificate.from_json(text)
