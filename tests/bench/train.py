"""Prints what training costs: a whole run, what surrounds the gradient, another cell's wait, bytes on the wire.

One process, quiet machine; medians. `make bench` runs it; `--quick` leaves the kernel part out.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

import qlab
from qlab.models import build_model, init, loss_and_grad
from qlab.training import Spec, job, loop
from qlab.training.optim import adam
from qlab.training.run_start import HOLD
from qlab.widgets.stream import PanelServer

ROOT = Path(__file__).resolve().parent.parent.parent
CELLS = 120
SERIES = ("loss", "accuracy", "grad_norm", "lr")
TURNS = 25  # of 320 steps


def main() -> None:
    whole_run()
    overhead()
    wire()
    if "--quick" not in sys.argv:
        other_cell()


def whole_run() -> None:
    """Digits 3 against 5, 8 qubits, 3 layers, 30 epochs, Python included; medians and means of 5 seeds."""
    ds = qlab.load("digits")
    heads = f"{'seconds':>8} {'test':>6} {'baseline':>9}   target"
    print(f"{'digits 3 v 5, 8 qubits, 30 epochs':<40} {heads}")
    for name, circuit in (
        ("reuploading, 3 layers", qlab.templates.reuploading(8, 3)),
        ("hardware_efficient, 3 layers", qlab.templates.hardware_efficient(8, 3)),
    ):
        seconds, test, baseline = [], [], []
        for seed in range(5):
            fx = ds.features(target="target", classes=[3, 5], qubits=8, reduce="pca", encode="angle", seed=seed)
            start = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:  # kept as usual, but not among the user's own runs
                run = qlab.train(circuit, fx, epochs=30, batch=32, lr=0.05, seed=seed, folder=folder)
                run.wait()
                seconds.append(time.perf_counter() - start)
            test.append(run.summary()["test_accuracy"])
            baseline.append(run.baseline["test"])
        row = f"{statistics.median(seconds):>8.2f} {np.mean(test):>6.3f} {np.mean(baseline):>9.3f}"
        print(f"{name:<40} {row}   ≤ 5 s, ≥ 0.93")


def fake(rows: int, n: int) -> Any:
    rng = np.random.default_rng(0)
    X = rng.uniform(-1.5, 1.5, (rows, n))
    part = SimpleNamespace(X=X, y=(X[:, 0] > 0).astype(np.int64))
    return SimpleNamespace(
        train=part, val=None, test=None, task="classification", classes=(0, 1), encode="angle", n_features=n
    )


def overhead() -> None:
    """What a step costs beside training itself, which is written out plainly: batch, loss and gradient, Adam.

    Both loops go on in turns of 320 steps, so that a neighbour on the machine meets both; medians of the turns. The
    run's side is all that its thread does: control, columns, state, clocks, handing the interpreter over.
    """
    heads = f"{'engine':>8} {'plain':>8} {'run':>8} {'instruments':>12} {'target':>8}"
    print(f"\n{'step, batch 64, 3 layers, µs':<40} {heads}")
    for n, target in ((4, ""), (8, "3 %"), (10, "")):
        fx = fake(640, n)
        model = build_model(qlab.templates.reuploading(n, 3), fx)
        spec = Spec.of(model, loss="cross_entropy", batch=64, epochs=40 * TURNS)
        calls = counted(model)
        run = qlab.Run(spec, fx, model)
        ours = job.paced(loop.run(spec, fx, None, model=model, hold=HOLD))
        theirs = plainly(model, fx, spec)
        run._fold(next(ours))
        turns: dict[Any, list[float]] = {plain_turn: [], run_turn: []}
        asked = {plain_turn: 0, run_turn: 0}
        for k in range(TURNS):
            for turn in (plain_turn, run_turn) if k % 2 else (run_turn, plain_turn):
                before, start = calls[0], time.perf_counter()
                made = turn(theirs, ours, run)
                turns[turn].append((time.perf_counter() - start) / made)
                asked[turn] += calls[0] - before - made
        alone = statistics.median(engine_alone(model, fx) for _ in range(9)) * 1e6
        b, c = (statistics.median(turns[turn]) * 1e6 for turn in (plain_turn, run_turn))
        figures = f"{alone:>8.0f} {b:>8.0f} {c:>8.0f} {100 * (c / b - 1):>10.1f} % {target:>8}"
        print(f"{f'{n} qubits':<40} {figures}   {asked[run_turn]} extra evaluations (target 0)")


def plain_turn(theirs: Any, ours: Any, run: Any) -> int:
    """Make at least 320 steps; return how many."""
    for _ in range(32):
        next(theirs)
    return 320


def run_turn(theirs: Any, ours: Any, run: Any) -> int:
    """As `plain_turn`; steps are told several at once."""
    made = 0
    while made < 320:
        event = next(ours)
        run._fold(event)
        made += len(event.rows)
    return made


def counted(model: Any) -> list[int]:
    """Count the evaluations of a model's circuit from now on."""
    calls, plan = [0], model.plan
    for name in ("value_and_vjp", "expectations"):
        call = getattr(plan, name)

        def counting(*args: Any, call: Any = call) -> Any:
            calls[0] += 1
            return call(*args)

        setattr(plan, name, counting)
    return calls


def engine_alone(model: Any, fx: Any) -> float:
    """Return seconds of one call of the engine with a loss that costs nothing."""
    X, w = fx.train.X[:64].copy(), init(model, 0)[: model.circuit.n_weights].copy()
    given = np.full((64, len(model.observables)), 0.01)
    start = time.perf_counter()
    for _ in range(100):
        model.plan.value_and_vjp(X, w, lambda values: (0.0, given))
    return (time.perf_counter() - start) / 100


def plainly(model: Any, fx: Any, spec: Any) -> Iterator[None]:
    """Train as one would by hand, with nothing recorded, an epoch at a time; the same numbers as the loop's."""
    opt, theta = adam(), init(model, spec.seed)
    state = opt.init(theta)
    for epoch in range(spec.epochs):
        order = np.random.default_rng([spec.seed, 2, epoch]).permutation(640)
        for i in range(0, 640, 64):
            chosen = order[i : i + 64]
            _, grad, _ = loss_and_grad(model, theta, fx.train.X[chosen], fx.train.y[chosen])
            theta, state = opt.update(grad, state, theta, spec.lr)
        yield


def wire() -> None:
    """A long run of four series on the wire and in memory, with a page that acknowledges at once."""
    fx = fake(16, 2)
    model = build_model(qlab.templates.reuploading(2, 1), fx)
    run = qlab.Run(Spec.of(model, loss="cross_entropy"), fx, model)
    names = run.columns.names
    sizes: list[tuple[int, int]] = []  # step, bytes
    step, now = 0, 0.0

    def link(message: Any, buffers: list[bytes]) -> None:
        sizes.append((step, sum(map(len, buffers)) + len(json.dumps(message))))

    tracemalloc.start()
    run.columns = type(run.columns)(names)
    server = PanelServer(run, link, clock=lambda: now)
    server.handle({"type": "open", "client": "a", "run": run.id})
    rng = np.random.default_rng(0)
    for step in range(1, 100_001):
        run.columns.append(
            {"step": step, "epoch": 1.0, "time": now, **dict(zip(SERIES, rng.normal(size=4), strict=True))}
        )
        now += 0.001
        if step % 20 == 0:
            server.pump()
            server.handle({"type": "ack", "client": "a", "run": run.id, "seq": server.seq})
    kernel = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    total = sum(size for _, size in sizes)
    early = sum(size for at, size in sizes if at <= 1000)
    late = sum(size for at, size in sizes if at > 99_000)
    print(f"\n{'100,000 steps in 100 s, four series':<52} {'measured':>10} {'target':>10}")
    for name, value, target in (
        ("messages a second", f"{len(sizes) / 100:.1f}", "20"),
        ("bytes of steps 99,001-100,000 / of 1-1,000", f"{late / early:.2f}", "1.2"),
        (f"bytes a point and column ({len(names)} columns)", f"{total / 1e5 / len(names):.1f}", "40"),
        ("on the wire, MB", f"{total / 1e6:.1f}", "10"),
        ("kernel's memory, MB at the most", f"{kernel / 1e6:.1f}", "60"),
    ):
        print(f"{name:<52} {value:>10} {'≤ ' + target:>10}")


def other_cell() -> None:
    """How long another cell takes while a run goes on, in a real kernel."""
    from jupyter_client import KernelManager

    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import qlab, time\n"
        "from tests.bench.train import fake\n"
        "run = qlab.train(qlab.templates.reuploading(8, 3), fake(640, 8), epochs=10**6, batch=64)\n"
        "while run.step < 20: time.sleep(0.05)"
    )
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)

        def ask(text: str) -> float:
            start = time.perf_counter()
            client.execute_interactive(text, timeout=120, output_hook=lambda message: None)
            return time.perf_counter() - start

        idle = sorted(ask("1+1") for _ in range(CELLS))
        ask(code)
        busy = []
        for _ in range(CELLS):
            busy.append(ask("1+1"))
            time.sleep(0.02)
        busy.sort()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print(f"\n{'another cell, 1+1; target p95 ≤ 100, max ≤ 400':<40} {'median':>8} {'p95':>8} {'max':>8}")
    for name, values in (("no run", idle), ("while training, 8 qubits, batch 64", busy)):
        figures = (values[CELLS // 2], values[int(CELLS * 0.95)], values[-1])
        print(f"{name:<40} " + " ".join(f"{1e3 * v:>5.0f} ms" for v in figures))


if __name__ == "__main__":
    main()
