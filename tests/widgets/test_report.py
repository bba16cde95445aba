"""The figure, the page and the still picture of a run; nothing in them comes from outside."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qlab
from qlab.errors import QlabError
from qlab.widgets import palette
from qlab.widgets.figures import compared, figure
from qlab.widgets.report import report_html
from qlab.widgets.sketch import SERIES, sketch
from qlab.widgets.still import bundle, number, static_html

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
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=['\"]?(?!['\"]?data:image)", text)
    for word in ("test accuracy", "logistic regression, test accuracy", "depth, 2-qubit", "learning rate", "circuit/1"):
        assert word in text


def drawing(text: str) -> str:
    """The SVG inside a still picture."""
    return base64.b64decode(text.split("base64,")[1].split("'")[0]).decode()


def pixels(data: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A PNG of eight bits a channel without filters, decoded by hand."""
    width, height = struct.unpack(">II", data[16:24])
    size = struct.unpack(">I", data[33:37])[0]
    rows = np.frombuffer(zlib.decompress(data[41 : 41 + size]), np.uint8).reshape(height, 1 + 4 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 4)


def contrast(ink: str, ground: str) -> float:
    """WCAG 2.2 contrast of two colours."""

    def luminance(colour: str) -> float:
        parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    a, b = sorted((luminance(ink), luminance(ground)))
    return (b + 0.05) / (a + 0.05)


def test_the_still_picture_is_small_and_has_no_script(run: Any) -> None:
    text = static_html(run)
    assert len(text) < 50_000
    assert drawing(text).count("<polyline") == 2
    assert "step 15 of 15" in text
    assert "script" not in text
    assert "<b>curves" not in text
    assert "<b>curves" not in drawing(text)


def test_the_picture_of_several_runs_has_a_curve_and_a_name_for_each(run: Any) -> None:
    other = qlab.train(circuit(2), features(), epochs=5, batch=16, name="other")
    other.wait(30)
    text = static_html(run, [other])
    assert drawing(text).count("<polyline") == 3
    assert text.count("■") == 2
    assert other.id in text


def test_the_png_shows_the_same_curves_and_their_extremes(run: Any) -> None:
    data, metadata = bundle(run)
    image = pixels(base64.b64decode(data["image/png"]))
    assert image.shape == (2 * metadata["image/png"]["height"], 2 * metadata["image/png"]["width"], 4)
    for line in sketch(run).lines:
        red, green, blue = (int(line.colour[i : i + 2], 16) for i in (1, 3, 5))
        drawn = (image == (red, green, blue, 255)).all(axis=2)
        rows, columns = np.nonzero(drawn)
        solid = [part for part in sketch(run).lines if part.colour == line.colour]
        y = np.concatenate([part.y for part in solid])
        assert abs(rows.min() - 2 * y.min()) < 6
        assert abs(rows.max() - 2 * y.max()) < 6
        assert columns.max() > 2 * max(part.x[-1] for part in solid) - 6
    assert len(data["image/png"]) < 60_000


@pytest.mark.parametrize("ground", ["#ffffff", "#111111", "#15181c"])
def test_the_curves_of_a_saved_picture_can_be_seen_in_both_themes(ground: str) -> None:
    assert min(contrast(colour, ground) for colour in SERIES) >= 3


@pytest.mark.parametrize(("theme", "ground"), [("light", "#ffffff"), ("dark", "#111111")])
def test_a_figure_has_the_theme_it_is_asked_for(run: Any, theme: str, ground: str) -> None:
    fig = figure(run, theme)
    assert fig.layout.paper_bgcolor == fig.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert min(contrast(trace.line.color, ground) for trace in fig.data) >= 3
    assert contrast(fig.layout.font.color, ground) >= 4.5
    assert contrast(fig.layout.annotations[0].font.color, ground) >= 4.5
    many = compared([run], "val_loss", theme=theme)
    assert min(contrast(colour, ground) for colour in many.layout.colorway) >= 3


def test_a_figure_takes_the_theme_of_the_page_that_spoke_last(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette, "_last", "light")
    palette.told("dark")
    palette.told("pink")
    assert figure(run).layout.font.color == palette.DARK.quiet
    with pytest.raises(QlabError, match="sepia"):
        figure(run, "sepia")


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
    assert len(bundle(long)[0]["image/png"]) < 60_000


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (float("nan"), "–"), (12345, "12,345"), (-0.5, "−0.5"), ("<", "&lt;")]
)
def test_numbers(value: Any, text: str) -> None:
    assert number(value) == text
