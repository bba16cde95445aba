"""Times every simulator that is installed on the same work, interleaved, and prints medians and ratios.

Each must first give the loss and gradient that a textbook NumPy walk (or, past 10 qubits, the engine) gives.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from qlab import engine
from qlab.engine import capacity

from . import native, with_jax, with_qiskit
from .work import Step, Work, circuit, numpy_step, observable

BATCH = 64
ROWS = tuple((n, kind) for n in (8, 10, 12) for kind in ("Z0", "mean Z"))
ROW_SECONDS, REPEATS = 2.0, 15
SETTLE = 0.03  # seconds before each turn: OpenMP's workers of the one before spin on for a while, on our cores


@dataclass(frozen=True)
class Contender:
    """A simulator and the rows it is timed on."""

    name: str
    build: Callable[[Work], Step]
    needs: tuple[str, ...] = ()
    sizes: tuple[int, ...] = (8, 10, 12)
    kinds: tuple[str, ...] = ("Z0", "mean Z")
    samples: int = BATCH  # fewer are timed and scaled up
    threads: int = 2
    single: bool = False
    shared: bool = False  # one compilation does for both observables
    seconds: dict[int, float] | None = None  # to compile, about; decides what fits into the time cap

    def missing(self) -> list[str]:
        """Return the packages that aren't installed."""
        return [name for name in self.needs if importlib.util.find_spec(name) is None]


def engine_step(work: Work, dtype: str = "complex128") -> Step:
    """Return the engine's step; its plan is compiled once, as a training run does."""
    plan = engine.compile(circuit(work.n), [observable(work.n, work.kind)], dtype)
    loss = [0.0]

    def back(values: np.ndarray) -> tuple[float, np.ndarray]:
        error = values[:, 0] - work.y
        loss[0] = float(error @ error) / len(work.y)
        return loss[0], (2 / len(work.y) * error)[:, None]

    def step() -> tuple[float, np.ndarray]:
        grad = plan.value_and_vjp(work.x, work.w, back)[1]
        return loss[0], grad

    return step


def contenders() -> list[Contender]:
    """Return all, ours first."""
    tc, pl = ("tensorcircuit", "jax"), ("pennylane", "jax")
    found = [
        Contender("qlab engine, 2 threads", engine_step),
        Contender("qlab engine, 1 thread", engine_step, threads=1),
        Contender("qlab EngineQNN", with_qiskit.engine_qnn),
        Contender("EstimatorQNN, our parts", with_qiskit.with_ours),
        Contender("EstimatorQNN, our parts, b=4", with_qiskit.with_ours, sizes=(8,), samples=4),
        Contender("EstimatorQNN default, b=4", with_qiskit.default, sizes=(8,), samples=4),
        Contender("qulacs backprop", native.qulacs, ("qulacs",), (8, 10)),
        Contender("lightning.qubit adjoint", native.lightning, ("pennylane", "pennylane_lightning"), (8, 10)),
        Contender(
            "TensorCircuit-NG jit vmap", with_jax.tensorcircuit, tc, shared=True, seconds={8: 15, 10: 18, 12: 28},
        ),
        Contender(
            "TensorCircuit-NG light cone", with_jax.tensorcircuit_lightcone, tc, kinds=("Z0",),
            seconds={8: 4, 10: 5, 12: 6},
        ),
        # It prunes nothing: Z0 is the same work as mean Z, so one size is enough to show that.
        Contender(
            "default.qubit JAX jit", with_jax.pennylane, pl, kinds=("mean Z",), seconds={8: 17, 10: 27, 12: 38},
        ),
        Contender("default.qubit JAX jit", with_jax.pennylane, pl, (8,), ("Z0",), seconds={8: 17}),
    ]  # fmt: skip
    if "complex64" in capacity.DTYPES:
        small = partial(engine_step, dtype="complex64")
        found.insert(2, Contender("qlab engine, complex64, 2 th.", small, single=True))
        found.append(
            Contender(
                "TensorCircuit-NG complex64", partial(with_jax.tensorcircuit, dtype="complex64"), tc, sizes=(10,),
                kinds=("mean Z",), single=True, seconds={10: 18},
            )
        )  # fmt: skip
    return found


def compare(seconds: float = 290.0) -> dict[tuple[str, int, str], float]:
    """Print the table, leaving out what no longer fits into ``seconds`` and saying so; return the median seconds."""
    medians: dict[tuple[str, int, str], float] = {}
    started = time.perf_counter()
    engine.warm_up()
    everyone = contenders()
    _print_head(everyone)
    # Z0 second: what no longer fits into the time is then the row that other simulators compile nothing new for.
    for n, kind in sorted(ROWS, key=lambda row: (row[0], row[1] == "Z0")):
        work = Work.make(n, kind, BATCH)
        print(f"\nn = {n}, batch {BATCH}, loss of {kind}" + (": light-cone pruning helps us here" * (kind == "Z0")))
        left = seconds - (time.perf_counter() - started)
        found = _row([c for c in everyone if n in c.sizes and kind in c.kinds], work, left)
        medians |= {(name, n, kind): median for name, median in found.items()}
    print(f"\nwhole comparison: {time.perf_counter() - started:.0f} s")
    return medians


def _print_head(everyone: list[Contender]) -> None:
    packages = {"jax": "jax", "tensorcircuit": "tensorcircuit-ng", "pennylane": "pennylane", "qulacs": "qulacs",
                "pennylane_lightning": "pennylane-lightning", "qiskit": "qiskit",
                "qiskit_machine_learning": "qiskit-machine-learning", "numba": "numba", "numpy": "numpy"}  # fmt: skip
    there = [p for module, p in packages.items() if importlib.util.find_spec(module)]
    print("versions: " + ", ".join(f"{p} {importlib.metadata.version(p)}" for p in there))
    print("double precision (complex128, JAX with x64) unless a row says complex64; loss and gradient of the weights")
    print(
        "ratio: time by the time of the engine on 2 threads; compile: first call of a never-seen circuit, less a step"
    )
    for name in dict.fromkeys(one.name for one in everyone if one.missing()):
        print(f"{name:32} not installed: pip install -e '.[bench]'")


def _row(chosen: list[Contender], work: Work, left: float) -> dict[str, float]:
    deadline = time.perf_counter() + left
    ready: list[tuple[Contender, Step, float]] = []
    reference = numpy_step(work.n, work.kind, work.x, work.y, work.w) if work.n <= 10 else engine_step(work)()
    for one in chosen:
        if one.missing():
            continue
        needed = 0.0 if _again(one, work) else (one.seconds or {}).get(work.n, 0.0)
        if needed and time.perf_counter() + needed > deadline:
            print(f"  {one.name:32} left out: about {needed:.0f} s to compile, past the time cap")
            continue
        engine.set_threads(one.threads)
        small = work.first(one.samples)
        expected = reference if one.samples == BATCH else numpy_step(work.n, work.kind, small.x, small.y, small.w)
        t = time.perf_counter()
        step = one.build(small)
        loss, grad = step()
        first = time.perf_counter() - t
        tolerance = 2e-4 if one.single else 1e-6
        np.testing.assert_allclose(loss, expected[0], atol=tolerance, err_msg=one.name)
        np.testing.assert_allclose(grad, expected[1], atol=tolerance, err_msg=one.name)
        ready.append((one, step, first))
    times = _interleaved(ready)
    best = statistics.median(times[0])
    medians: dict[str, float] = {}
    for (one, _, first), taken in zip(ready, times, strict=True):
        scale = BATCH / one.samples
        median = statistics.median(taken)
        medians[one.name] = median * scale
        compiled = "as above" if _again(one, work) else f"{max(0.0, first - median) * 1e3:9.1f} ms"
        note = f"  (batch {one.samples}, scaled by {scale:.0f})" if scale != 1 else ""
        print(
            f"  {one.name:32}{median * scale * 1e3:11.3f} ms  min {min(taken) * scale * 1e3:10.3f}"
            f"  ratio {median * scale / best:9.2f}  compile {compiled:>12}{note}"
        )
    return medians


def _again(one: Contender, work: Work) -> bool:
    return one.shared and work.kind == "Z0"


def _interleaved(ready: list[tuple[Contender, Step, float]]) -> list[list[float]]:
    """Return seconds per step, everyone in turn; who takes long runs fewer times, three at least."""
    times: list[list[float]] = [[] for _ in ready]
    loops = []
    for one, step, _ in ready:
        engine.set_threads(one.threads)
        t = time.perf_counter()
        step()
        loops.append(max(1, int(0.02 / (time.perf_counter() - t + 1e-9))))
    for _ in range(REPEATS):
        for (one, step, _first), taken, inner in zip(ready, times, loops, strict=True):
            if len(taken) >= 3 and sum(taken) * inner > ROW_SECONDS:
                continue
            engine.set_threads(one.threads)
            time.sleep(SETTLE)
            step()
            t = time.perf_counter()
            for _ in range(inner):
                step()
            taken.append((time.perf_counter() - t) / inner)
    return times
