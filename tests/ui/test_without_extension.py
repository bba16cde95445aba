"""Where there is no labextension of qlab (Notebook 7, VS Code, Colab): the same widgets from their own bundles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .notebook import Notebook
from .server import LabServer, lab_server

ROOT = Path(__file__).resolve().parent.parent.parent
CELL = """import qlab
fx = qlab.load("iris").features(target="target", qubits=4, seed=1)
d = qlab.Designer(qlab.templates.reuploading(4, 1))
run = qlab.train(d.circuit, fx, epochs=3)
run.wait()
display(d, run.panel)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    config = tmp_path_factory.mktemp("config")
    (config / "labconfig").mkdir()
    (config / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": {"qlab": True}}))
    with lab_server(ROOT / "notebooks", config=config) as running:
        yield running


def test_designer_and_panel_work_with_plotly_from_the_kernel(notebook: Notebook) -> None:
    notebook.new(CELL).run(0)
    page = notebook.page
    assert page.evaluate("() => window.jupyterapp.listPlugins().filter(p => p.startsWith('qlab:'))") == []
    page.wait_for_selector(".ql-ds [role='application'] [data-id]")
    page.locator(".ql-panel").first.scroll_into_view_if_needed()
    page.wait_for_selector(".ql-panel .js-plotly-plot .main-svg", timeout=60_000)
    assert page.evaluate("() => Symbol.for('qlab.plotly') in globalThis")
