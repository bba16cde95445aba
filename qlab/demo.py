"""The main job without a screen: data, circuit, training, honest comparison, report. Run by ``qlab demo``."""

from __future__ import annotations

import time
from pathlib import Path

import qlab


def run_demo(out: Path, *, epochs: int = 30, seed: int = 7) -> int:
    """Trains on digits 3 against 5 and prints accuracies beside a logistic regression on the very same features.

    Args:
        out: where the HTML report with the curves is written; folders are made as needed.
        epochs: passes over the training rows.
        seed: seed of the split, the weights and the batches.

    Returns:
        0, the exit code.

    Raises:
        TrainError: the run failed.
    """
    ds = qlab.load("digits")
    fx = ds.features(target="target", classes=[3, 5], qubits=8, reduce="pca", encode="angle", seed=seed)
    circuit = qlab.templates.reuploading(8, 3)
    stats = circuit.stats()
    print(
        f"data      {ds.name}: {ds.rows:,} rows; 3 against 5, {fx.train.X.shape[0]} training rows, {fx.qubits} qubits"
    )
    print(f"circuit   depth {stats['depth']}, {stats['gates']} gates, {stats['weights']} weights")
    start = time.perf_counter()
    run = qlab.train(circuit, fx, epochs=epochs, batch=32, lr=0.05, seed=seed, name="demo-digits-3v5")
    shown = 0
    while run.is_active:
        run.wait(timeout=0.25)
        if run.step >= shown + run.total_steps // 10:
            shown = run.step
            print(f"training  step {run.step:>4} of {run.total_steps}, loss {run.latest('loss'):.3f}")
    run.wait()
    seconds = time.perf_counter() - start
    figures, baseline = run.summary(), run.baseline
    print(f"finished  {run.step} steps in {seconds:.1f} s, first compilation included")
    print(f"\n{'accuracy':<22} {'train':>7} {'test':>7}")
    print(f"{'qlab, hybrid':<22} {figures['train_accuracy']:>7.3f} {figures['test_accuracy']:>7.3f}")
    print(f"{baseline['name']:<22} {baseline['train']:>7.3f} {baseline['test']:>7.3f}")
    ahead = figures["test_accuracy"] - baseline["test"]
    if ahead < 0:
        print(f"The classical model is ahead on the test rows by {-ahead:.3f}.")
    out.parent.mkdir(parents=True, exist_ok=True)
    run.report(out)
    print(f"\nreport    {out}")
    return 0
