"""The figure, the page and the still picture of a run; nothing in them comes from outside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import qlab
from qlab.widgets.report import figure, report_html
from qlab.widgets.still import number, static_html

from ..training.fakes import circuit, features


@pytest.fixture(scope="module")
def run() -> Any:
    found = qlab.train(circuit(2), features(), epochs=5, batch=16, name="<b>curves & more</b>")
    found.wait(30)
    return found


def test_the_figure_has_loss_and_accuracy_of_both_kinds(run: Any) -> None:
    fig = figure(run)
    assert [trace.name for trace in fig.data] == ["training", "validation"] * 2
    assert len(fig.data[0].x) == run.step
    assert len(fig.data[1].x) == 5
    assert fig.layout.shapes[-1].y0 == run.status()["baseline"]["accuracy"]


def test_the_report_holds_everything_and_asks_for_nothing(run: Any, tmp_path: Path) -> None:
    run.report(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text == report_html(run) or len(text) > 3e6  # element ids are random
    assert "&lt;b&gt;curves &amp; more&lt;/b&gt;" in text
    assert "<b>curves" not in text
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", text)
    for word in ("test accuracy", "logistic regression, test accuracy", "depth, 2-qubit", "learning rate", "circuit/1"):
        assert word in text


def test_the_still_picture_is_small_and_has_no_script(run: Any) -> None:
    text = static_html(run)
    assert len(text) < 50_000
    assert text.count("<polyline") == 2
    assert "step 15 of 15" in text
    assert "script" not in text
    assert "<b>curves" not in text


def test_a_run_without_a_step_has_a_picture_too() -> None:
    fx = features()
    model = qlab.models.build_model(circuit(2), fx)
    empty = qlab.Run(qlab.training.Spec.of(model, loss="cross_entropy"), fx, model)
    assert "No step yet" in static_html(empty)
    assert figure(empty).data[0].x.size == 0


def test_a_long_run_is_thinned() -> None:
    fx = features()
    model = qlab.models.build_model(circuit(2), fx)
    long = qlab.Run(qlab.training.Spec.of(model, loss="cross_entropy"), fx, model)
    for i in range(1, 30_001):
        long.columns.append({"step": i, "loss": 1.0 / i})
    assert len(figure(long).data[0].x) <= 4000
    assert len(static_html(long)) < 50_000


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (float("nan"), "–"), (12345, "12,345"), (-0.5, "−0.5"), ("<", "&lt;")]
)
def test_numbers(value: Any, text: str) -> None:
    assert number(value) == text
