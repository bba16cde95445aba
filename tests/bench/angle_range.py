"""Prints what the half-width of data angles costs: accuracy of one circuit at three spans, mean of 5 seeds.

The default of ``ds.features(span=…)`` is chosen by the validation column; the test column is shown, not chosen by.
"""

from __future__ import annotations

import math
from pathlib import Path
from statistics import mean
from typing import Any

import qlab

PENGUINS = Path(__file__).resolve().parent.parent.parent / "notebooks" / "data" / "penguins.csv"
BILL = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
SPANS = {"π": math.pi, "π/2": math.pi / 2, "π/4": math.pi / 4}
SEEDS = range(5)


def main() -> None:
    tasks: dict[str, tuple[qlab.Dataset, dict[str, Any]]] = {
        "digits 3 v 5": (qlab.load("digits"), {"target": "target", "classes": [3, 5], "qubits": 6, "reduce": "pca"}),
        "penguins": (qlab.load(PENGUINS), {"target": "species", "columns": BILL, "qubits": 4}),
    }
    print(f"{'data':<14} {'span':>5} {'validation':>11} {'test':>7}")
    for name, (dataset, options) in tasks.items():
        for label, span in SPANS.items():
            figures = [figures_of(dataset, options, span, seed) for seed in SEEDS]
            validation, test = (mean(column) for column in zip(*figures, strict=True))
            print(f"{name:<14} {label:>5} {validation:>11.3f} {test:>7.3f}")


def figures_of(dataset: qlab.Dataset, options: dict[str, Any], span: float, seed: int) -> tuple[float, float]:
    features = dataset.features(seed=seed, span=span, **options)
    run = qlab.train(qlab.templates.reuploading(options["qubits"], 3), features, epochs=20, seed=seed)
    run.wait()
    summary = run.summary()
    return summary["val_accuracy"], summary["test_accuracy"]


if __name__ == "__main__":
    main()
