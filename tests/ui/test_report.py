"""The report of a run: one HTML file that draws its curves with nothing else, and asks no host."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

import qlab

from .conftest import Shot


def test_the_report_draws_its_curves_from_the_file_alone(page: Page, tmp_path: Path, shot: Shot) -> None:
    fx = qlab.load("iris").features(target="target", qubits=4, seed=1)
    run = qlab.train(qlab.templates.reuploading(4, 2), fx, epochs=10, seed=1, name="iris report")
    run.wait()
    run.report(tmp_path / "run.html")
    page.goto((tmp_path / "run.html").as_uri())
    page.wait_for_selector(".js-plotly-plot .main-svg")
    assert page.locator(".js-plotly-plot .trace").count() >= 4
    assert "iris report" in page.locator("body").inner_text()
    shot("report", "body")
