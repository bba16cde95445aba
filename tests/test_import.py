"""`import qlab` is cheap: nothing heavy comes with it, and every public name resolves."""

from __future__ import annotations

import subprocess
import sys

import pytest

import qlab

HEAVY = (
    "qiskit",
    "plotly",
    "numba",
    "dask",
    "optuna",
    "pandas",
    "sklearn",
    "scipy",
    "pyarrow",
    "anywidget",
    "torch",
)


def test_import_pulls_in_nothing_heavy() -> None:
    code = f"import qlab, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", qlab.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(qlab, name) is not None


def test_an_unknown_name_lists_the_public_ones() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'trian'.*train"):
        qlab.trian  # noqa: B018
