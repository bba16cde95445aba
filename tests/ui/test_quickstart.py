"""The quickstart as a newcomer meets it: cell by cell, in a real JupyterLab."""

from __future__ import annotations

from .conftest import Shot
from .notebook import DARK, LIGHT, Notebook


def test_the_quickstart_runs_cell_by_cell(notebook: Notebook, shot: Shot) -> None:
    page = notebook.open("01-quickstart.ipynb").page
    kinds = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.map(c => c.model.type)")
    codes = [i for i, kind in enumerate(kinds) if kind == "code"]
    assert len(codes) >= 9
    for index in codes:
        notebook.run(index)
    assert notebook.evaluate("run.state") == "'done'"
    assert int(notebook.evaluate("run.step")) >= 1000
    panel = notebook.widget(".ql-panel")
    page.wait_for_selector(".ql-panel .js-plotly-plot .main-svg", timeout=60_000)
    assert panel.locator(".ql-pill").first.inner_text() == "Done"
    shot("quickstart-panel-light", ".ql-panel")
    notebook.theme(DARK)
    notebook.widget(".ql-ds")
    page.wait_for_selector(".ql-ds.ql-dark")
    shot("quickstart-designer-dark", ".ql-ds")
    notebook.theme(LIGHT)
