"""The gate table: consistent, current in both languages, and found by every name people use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qlab.circuit.gates import ALIASES, GATES, lookup, outputs, resolve
from qlab.errors import CircuitError
from tests.vectors.reference import matrix

ROOT = Path(__file__).resolve().parents[2]
UNITARY = [g for g in GATES.values() if g.unitary]


@pytest.mark.parametrize("path", outputs(ROOT), ids=lambda p: p.name)
def test_generated_file_is_current(path: Path) -> None:
    assert path.read_text("utf-8") == outputs(ROOT)[path], "run python -m qlab.circuit.gates --write"


def test_vectors_are_current() -> None:
    from tests.vectors.make import outputs as vectors

    for path, text in vectors().items():
        assert path.read_text("utf-8") == text, f"{path.name}: run python tests/vectors/make.py --write"


@pytest.mark.parametrize("gate", UNITARY, ids=lambda g: g.name)
def test_flags_agree_with_the_matrix(gate: object) -> None:
    m = matrix(gate.name, [0.7, -1.3, 2.1][: len(gate.params)])  # type: ignore[attr-defined]
    assert m.shape == (2**gate.targets,) * 2  # type: ignore[attr-defined]
    assert gate.hermitian == np.allclose(m @ m, np.eye(len(m)))  # type: ignore[attr-defined]
    assert gate.diagonal == np.allclose(m, np.diag(np.diag(m)))  # type: ignore[attr-defined]


def test_aliases_lead_to_gates_and_hide_none() -> None:
    for alias, (name, _) in ALIASES.items():
        assert name in GATES
        assert alias not in GATES


@pytest.mark.parametrize(
    ("name", "gate", "controls"),
    [("cnot", "x", 1), ("TOFFOLI", "x", 2), ("cswap", "swap", 1), ("mcx", "x", -1), ("u3", "u", 0), ("CCRY", "ry", 2),
     ("cxx_plus_yy", "xx_plus_yy", 1), ("h", "h", 0), ("cu1", "p", 1), ("fredkin", "swap", 1), ("ccccz", "z", 4)],
)  # fmt: skip
def test_resolve(name: str, gate: str, controls: int) -> None:
    found = resolve(name)
    assert found is not None
    assert (found[0].name, found[1]) == (gate, controls)


@pytest.mark.parametrize("name", ["", "c", "cmeasure", "cbarrier", "cgphase", "foo", "__class__", "c" * 1000])
def test_resolve_nothing(name: str) -> None:
    assert resolve(name) is None


@pytest.mark.parametrize(
    ("name", "near"), [("rjy", '"ry"'), ("hadamar", '"hadamard"'), ("cnott", '"cnot"'), (3, "GATES")]
)
def test_an_unknown_gate_says_the_nearest(name: object, near: str) -> None:
    with pytest.raises(CircuitError, match="is unknown") as caught:
        lookup(name)
    assert near in str(caught.value.cure)
