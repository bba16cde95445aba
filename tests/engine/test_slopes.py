"""Slopes of angles by numbers against the symbolic derivative; memory that plans hand on to each other."""

from __future__ import annotations

import gc
import threading
from typing import Any

import numpy as np
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from qlab import engine
from qlab.circuit.expr import FUNCTIONS, Expr, parse
from qlab.engine.arrays import Spares, spares
from qlab.engine.slopes import affine, slopes

from .reference import random_circuit

LEAVES = st.sampled_from(["x[0]", "x[1]", "w[0]", "w[1]", "pi", "2", "0.5"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
        st.tuples(inner, st.integers(-2, 3)).map(lambda t: f"({t[0]})**{t[1]}"),
        inner.map(lambda t: f"(-{t})"),
        st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda t: f"{t[0]}({t[1]})"),
    )


ANGLES = st.recursive(LEAVES, _grown, max_leaves=6).filter(lambda t: len(t) < 150).map(parse)


@seed(20261123)
@settings(max_examples=400, deadline=None, database=None)
@given(e=ANGLES, number=st.integers(0, 999))
def test_slopes_are_the_derivatives(e: Expr, number: int) -> None:
    rng = np.random.default_rng(number)
    x, w = rng.uniform(-1, 1, (3, 2)), rng.uniform(0.1, 1, 2)
    value, found = e.evaluate(x, w), slopes(e, x, w)
    for s in e.symbols():
        want, got = (np.broadcast_to(v, (3,)) for v in (e.derivative(s).evaluate(x, w), found.get(s, 0.0)))
        sound = np.broadcast_to(np.isfinite(value), (3,)) & np.isfinite(want) & (np.abs(want) < 1e6)
        np.testing.assert_allclose(got[sound], want[sound], rtol=1e-8, atol=1e-10, err_msg=f"{e} by {s}")
    line = affine(e)
    if line is not None and np.isfinite(line[:2]).all() and np.isfinite(value).all():
        offset, scale, symbol = line
        source = 0.0 if symbol is None else x[:, symbol.index] if symbol.kind == "x" else w[symbol.index]
        np.testing.assert_allclose(np.broadcast_to(value, (3,)), offset + scale * source, rtol=1e-9, atol=1e-12)


def test_what_is_affine_needs_no_expression_at_run_time() -> None:
    texts = ["2*x[0]-1", "-w[0]/3+pi", "(x[1]+1)*2", "w[1]**1", "sin(0.5)*x[0]", "x[0]+x[0]"]
    assert all(affine(parse(text)) is not None for text in texts)
    assert all(affine(parse(text)) is None for text in ["x[0]*w[0]", "sin(x[0])", "w[0]**2", "1/x[0]", "x[0]+w[0]"])


def test_memory_goes_from_plan_to_plan_and_to_one_at_a_time() -> None:
    own = Spares(1 << 20)
    first = own.take(20_000, np.float64)
    own.give(first)
    again, other = own.take(15_000, np.float64), own.take(15_000, np.float64)
    assert again.ctypes.data == first.ctypes.data
    assert not np.shares_memory(again, other)
    assert own.take(9_000, np.float32).ctypes.data % 64 == 0
    own.give(np.zeros(1 << 18))  # more than may be kept
    assert not own._kept


def test_a_plan_computes_the_same_in_the_memory_of_another() -> None:
    rng = np.random.default_rng(5)
    x, w, cotangent = rng.normal(size=(40, 3)), rng.normal(size=4), rng.normal(size=(40, 1))
    circuit = random_circuit(rng, 9, 60)

    def run() -> bytes:
        values, grad, _ = engine.compile(circuit, ["Z0"]).value_and_vjp(x, w, cotangent)
        gc.collect()
        return values.tobytes() + grad.tobytes()

    want = run()
    for one in spares._kept.values():
        one[:] = 0xFF  # NaNs, for whoever reads what it has not written
    assert run() == want


def test_memory_is_given_back_by_any_thread_and_by_the_collector() -> None:
    own, faults = Spares(1 << 20), []

    class Held:
        def __init__(self, array: Any) -> None:
            self.array, self.itself = array, self  # only the collector finds it

        def __del__(self) -> None:
            own.give(self.array)

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for _ in range(400):
            array = own.take(int(rng.integers(9_000, 30_000)), np.float64)
            array[:] = seed
            Held(own.take(9_000, np.float64))
            if not (array == seed).all():
                faults.append(seed)
            own.give(array)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sum(one.nbytes for one in own._kept.values()) <= 1 << 20
