"""Prints what training costs: a whole run, what surrounds the gradient, another cell's wait, bytes on the wire.

One process, quiet machine; medians. `make bench` runs it; `--quick` leaves the kernel part out.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

import qlab
from qlab.models import build_model, init, loss_and_grad
from qlab.training import Spec, loop
from qlab.training.optim import adam
from qlab.widgets.stream import PanelServer

ROOT = Path(__file__).resolve().parent.parent.parent
CELLS = 120


def main() -> None:
    whole_run()
    overhead()
    wire()
    if "--quick" not in sys.argv:
        other_cell()


def whole_run() -> None:
    """Digits 3 against 5, 8 qubits, 3 layers, 30 epochs, Python included; medians and means of 5 seeds."""
    ds = qlab.load("digits")
    print(f"{'digits 3 v 5, 8 qubits, 30 epochs':<40} {'seconds':>8} {'test':>6} {'baseline':>9}")
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
        print(f"{name:<40} {row}")


def fake(rows: int, n: int) -> Any:
    rng = np.random.default_rng(0)
    X = rng.uniform(-1.5, 1.5, (rows, n))
    part = SimpleNamespace(X=X, y=(X[:, 0] > 0).astype(np.int64))
    return SimpleNamespace(
        train=part, val=None, test=None, task="classification", classes=(0, 1), encode="angle", n_features=n
    )


def overhead() -> None:
    """What a step costs beside training itself, which is written out plainly: batch, loss and gradient, Adam."""
    heads = f"{'engine':>8} {'plain':>8} {'run':>8} {'instruments':>12}"
    print(f"\n{'step, batch 64, 3 layers, µs':<40} {heads}")
    for n in (4, 8, 10):
        fx = fake(640, n)
        model = build_model(qlab.templates.reuploading(n, 3), fx)
        spec = Spec.of(model, loss="cross_entropy", batch=64, epochs=60)
        alone, plain, full = [], [], []
        for _ in range(9):  # interleaved
            alone.append(engine_alone(model, fx))
            start = time.perf_counter()
            plainly(model, fx, spec)
            plain.append((time.perf_counter() - start) / 600)
            run = qlab.Run(spec, fx, model)
            start = time.perf_counter()
            for event in loop.run(spec, fx, None, model=model):
                run._fold(event)
            full.append((time.perf_counter() - start) / 600)
        a, b, c = (statistics.median(v) * 1e6 for v in (alone, plain, full))
        print(f"{f'{n} qubits':<40} {a:>8.0f} {b:>8.0f} {c:>8.0f} {100 * (c / b - 1):>10.1f} %")


def engine_alone(model: Any, fx: Any) -> float:
    """Return seconds of one call of the engine with a loss that costs nothing."""
    X, w = fx.train.X[:64].copy(), init(model, 0)[: model.circuit.n_weights].copy()
    given = np.full((64, len(model.observables)), 0.01)
    start = time.perf_counter()
    for _ in range(100):
        model.plan.value_and_vjp(X, w, lambda values: (0.0, given))
    return (time.perf_counter() - start) / 100


def plainly(model: Any, fx: Any, spec: Any) -> None:
    """Train as one would by hand, with nothing recorded; the same numbers as the loop's."""
    opt, theta = adam(), init(model, spec.seed)
    state = opt.init(theta)
    for epoch in range(spec.epochs):
        order = np.random.default_rng([spec.seed, 2, epoch]).permutation(640)
        for i in range(0, 640, 64):
            chosen = order[i : i + 64]
            _, grad, _ = loss_and_grad(model, theta, fx.train.X[chosen], fx.train.y[chosen])
            theta, state = opt.update(grad, state, theta, spec.lr)


def wire() -> None:
    """Bytes of a long run on the wire, with a page that acknowledges at once."""
    fx = fake(16, 2)
    model = build_model(qlab.templates.reuploading(2, 1), fx)
    run = qlab.Run(Spec.of(model, loss="cross_entropy"), fx, model)
    sizes: list[int] = []
    now = 0.0
    server = PanelServer(run, lambda m, b: sizes.append(sum(map(len, b)) + len(str(m))), clock=lambda: now)
    server.handle({"type": "open", "client": "a", "run": run.id})
    for step in range(100_000):
        run.columns.append({"step": step + 1.0, "loss": 0.5})
        now += 0.001
        if step % 20 == 0:
            server.pump()
            server.handle({"type": "ack", "client": "a", "run": run.id, "seq": server.seq})
    points = 100_000 * len(run.columns.names)
    total = sum(sizes)
    print(f"\n100,000 steps in 100 s: {len(sizes) / 100:.1f} messages/s, {total / 1e6:.1f} MB, "
          f"{total / points:.1f} B a point")  # fmt: skip


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
    print(f"\n{'another cell, 1+1':<40} {'median':>8} {'p95':>8} {'max':>8}")
    for name, values in (("no run", idle), ("while training, 8 qubits, batch 64", busy)):
        figures = (values[CELLS // 2], values[int(CELLS * 0.95)], values[-1])
        print(f"{name:<40} " + " ".join(f"{1e3 * v:>5.0f} ms" for v in figures))


if __name__ == "__main__":
    main()
