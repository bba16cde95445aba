"""Prints how hybrid classifiers compare with classical ones on the very same features: test accuracy and seconds.

Data re-uploading, a dressed circuit and, on eight features, a convolutional one, beside logistic regression, an SVC and
an MLP, on the same training rows, scaled alike. Settings are fixed beforehand for all sets; none was chosen by the test
rows. Five seeds, mean ± standard deviation; the seed draws the split and the weights. `--quick` uses two seeds.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import qlab
from qlab import engine
from qlab.errors import QlabError
from qlab.models import qcnn, qcnn_wires

SEEDS = range(2 if "--quick" in sys.argv else 5)
ROWS = 1000  # training and test rows together, at most
SETS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("bars_and_stripes", {}),
    ("two_curves", {}),
    ("hidden_manifold", {}),
    ("mnist", {"classes": [3, 5], "qubits": 8, "reduce": "pca"}),
    ("digits", {"classes": [3, 5], "qubits": 8, "reduce": "pca"}),
)


def dealt(features: int, layers: int) -> qlab.Circuit:
    """Return data re-uploading with the features dealt over several turns on at most eight wires."""
    turns = -(-features // 8)
    wires = -(-features // turns)
    circuit = qlab.Circuit(wires, name="re-uploading")
    for turn in range(layers * turns):
        first, k = (turn % turns) * wires, circuit.n_weights
        for q in range(wires):
            if first + q < features:
                circuit = circuit.append("ry", q, f"x[{first + q}]")
            circuit = circuit.append("ry", q, f"w[{k + 2 * q}]").append("rz", q, f"w[{k + 2 * q + 1}]")
        for q in range(wires if wires > 2 else wires - 1):
            circuit = circuit.append("cx", [q, (q + 1) % wires])
    return circuit


def quantum(kind: str, fx: Any, seed: int) -> tuple[float, int]:
    """Train one hybrid model; return test accuracy and the number of weights."""
    dressed = kind == "dressed"
    if kind == "QCNN":
        run = qlab.train(
            qcnn(8, share=False), fx, observables=[f"Z{q}" for q in qcnn_wires(8)], epochs=40, batch=32, lr=0.05,
            schedule="cosine", seed=seed, record=False,
        )  # fmt: skip
        run.wait()
        return run.summary()["test_accuracy"], run.model.theta.size
    circuit = qlab.templates.reuploading(min(fx.n_features, 8), 3) if dressed else dealt(fx.n_features, 3)
    options: dict[str, Any] = {"before": []} if dressed else {}
    run = qlab.train(circuit, fx, epochs=40, batch=32, lr=0.05, schedule="cosine", seed=seed, record=False, **options)
    run.wait()
    return run.summary()["test_accuracy"], run.model.theta.size


def classical(kind: str, fx: Any, seed: int) -> tuple[float, int]:
    """Fit one classical model; return test accuracy and the number of weights, 0 where that says nothing."""
    made: dict[str, Any] = {
        "logistic regression": LogisticRegression(max_iter=2000),
        "SVC, RBF": SVC(),
        "MLP, 32": MLPClassifier((32,), max_iter=1000, random_state=seed),
    }
    model = make_pipeline(StandardScaler(), made[kind]).fit(fx.train.X, fx.train.y)
    last = model[-1]
    sizes = [w.size for w in (*getattr(last, "coefs_", ()), *getattr(last, "intercepts_", ()))]
    size = sum(sizes) or (last.coef_.size + last.intercept_.size if kind.startswith("logistic") else 0)
    return float(model.score(fx.test.X, fx.test.y)), size


MODELS = (
    ("re-uploading, 3 layers", lambda fx, seed: quantum("re-uploading", fx, seed)),
    ("dressed, 3 layers", lambda fx, seed: quantum("dressed", fx, seed)),
    ("QCNN, 8 wires", lambda fx, seed: quantum("QCNN", fx, seed)),
    ("logistic regression", lambda fx, seed: classical("logistic regression", fx, seed)),
    ("SVC, RBF", lambda fx, seed: classical("SVC, RBF", fx, seed)),
    ("MLP, 32", lambda fx, seed: classical("MLP, 32", fx, seed)),
)


def main() -> None:
    warnings.simplefilter("ignore")
    engine.warm_up()
    for name, options in SETS:
        try:
            ds = qlab.load(name)
        except QlabError as error:
            print(f"{name}: left out, {error.message}")
            continue
        share = min(0.4, 300 / ds.rows) if ds.rows > ROWS else 0.3
        scores: dict[str, list[float]] = {}
        seconds: dict[str, list[float]] = {}
        sizes: dict[str, int] = {}
        for seed in SEEDS:
            fx = ds.features(target="target", encode="angle", test=share, val=0.1, seed=seed, **options)
            for model, fit in MODELS:  # interleaved, so that a busy moment hits all alike
                if model.startswith("QCNN") and fx.n_features != 8:
                    continue
                start = time.perf_counter()
                score, sizes[model] = fit(fx, seed)
                seconds.setdefault(model, []).append(time.perf_counter() - start)
                scores.setdefault(model, []).append(score)
        told = f"{len(fx.train.y)} training rows, {fx.n_features} features"
        print(f"\n{f'{name}: {told}':<58} {'test':>14} {'seconds':>8} {'weights':>8}")
        means = {model: float(np.mean(s)) for model, s in scores.items()}
        for model, s in scores.items():
            size = f"{sizes[model]:>8}" if sizes[model] else f"{'':>8}"
            row = f"{np.mean(s):>6.3f} ± {np.std(s):.3f} {np.median(seconds[model]):>8.2f} {size}"
            print(f"  {model:<56} {row}")
        print(f"  {verdict(means)}")
    images()


def images() -> None:
    """Ten digits by logistic regression: on pixels, and on the channels of a fixed random quanvolution."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    data = load_digits()
    print(f"\n{'ten digits, 8×8 pixels, logistic regression on':<58} {'test':>14} {'seconds':>8} {'columns':>8}")
    steps: tuple[tuple[str, Any], ...] = (
        ("pixels", None),
        ("quanvolution, 2×2 patches side by side", {}),
        ("quanvolution, 2×2 patches one pixel apart", {"stride": 1}),
    )
    for name, options in steps:
        scores, seconds, columns = [], [], 64
        for seed in SEEDS:
            parts = train_test_split(data.data, data.target, test_size=0.3, random_state=seed, stratify=data.target)
            start = time.perf_counter()
            front = [] if options is None else [qlab.Quanvolution(seed=seed, **options)]
            model = make_pipeline(*front, StandardScaler(), LogisticRegression(max_iter=2000))
            scores.append(model.fit(parts[0], parts[2]).score(parts[1], parts[3]))
            seconds.append(time.perf_counter() - start)
            columns = model[-1].coef_.shape[1]
        row = f"{np.mean(scores):>6.3f} ± {np.std(scores):.3f} {np.median(seconds):>8.2f} {columns:>8}"
        print(f"  {name:<56} {row}")


def verdict(means: dict[str, float]) -> str:
    """Say which side is ahead, and by how much."""
    names = [model for model, _ in MODELS]
    ours = max((m for m in names[:3] if m in means), key=means.__getitem__)
    theirs = max(names[3:], key=means.__getitem__)
    gap = means[ours] - means[theirs]
    if abs(gap) < 0.005:
        return f"level: {ours} and {theirs} within half a percent"
    side = "the quantum model wins" if gap > 0 else "the classical model wins"
    return f"{side}: {ours} {means[ours]:.3f}, {theirs} {means[theirs]:.3f}"


if __name__ == "__main__":
    main()
