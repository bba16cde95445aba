"""Growing columns: growth, exact extremes in buckets, and a reader beside a writer."""

from __future__ import annotations

import sys
import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qlab.training.columns import Columns


def filled(n: int) -> Columns:
    c = Columns(("step", "loss"))
    for i in range(n):
        c.append({"step": float(i + 1), "loss": float(np.sin(i)) if i % 3 else float("nan")})
    return c


def test_it_grows_and_keeps_all_rows() -> None:
    c = filled(5000)
    assert c.n == 5000
    np.testing.assert_array_equal(c.column("step"), np.arange(1.0, 5001.0))
    assert c.block(4998, 9999).shape == (2, 2)
    assert c.block(7000, 9000).shape == (2, 0)


def test_a_missing_figure_is_nan() -> None:
    c = Columns(("a", "b"))
    c.append({"a": 1.0})
    assert np.isnan(c.column("b")[0])


@given(n=st.integers(1, 400), points=st.integers(1, 50))
def test_buckets_keep_exact_extremes_and_ends(n: int, points: int) -> None:
    c = filled(n)
    rows, exact = c.bucket(0, n, points)
    assert exact == (n <= points)
    if exact:
        np.testing.assert_array_equal(rows, c.block(0, n))
        return
    assert rows.shape[1] <= max(points, 2)
    assert (rows[0, 0], rows[0, -1]) == (1.0, float(n))
    whole = c.column("loss")
    if np.isfinite(whole).any():
        assert np.nanmin(rows[1]) == np.nanmin(whole)
        assert np.nanmax(rows[1]) == np.nanmax(whole)
    assert (np.diff(rows[0]) >= 0).all()


def test_a_reader_never_sees_an_unfinished_row() -> None:
    c = Columns(("a", "b"))
    done = threading.Event()

    def write() -> None:
        for i in range(30_000):
            c.append({"a": float(i), "b": -float(i)})
        done.set()

    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threading.Thread(target=write, daemon=True).start()
        while not done.is_set():
            block = c.block(0, c.n)
            np.testing.assert_array_equal(block[0], np.arange(block.shape[1]))
            np.testing.assert_array_equal(block[1], -block[0])
    finally:
        sys.setswitchinterval(old)
        done.wait(60)
