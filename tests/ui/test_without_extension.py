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


def test_a_panel_stays_a_panel_when_its_run_ends(notebook: Notebook) -> None:
    notebook.new(
        "import qlab\np = qlab.optimize.maxcut([(i, (i + d) % 18) for i in range(18) for d in (1, 5)])\n"
        "run = qlab.optimize.qaoa(p, depth=20, evaluations=100_000)\nrun.panel"
    ).run(0)
    notebook.page.locator(".ql-opt").get_by_role("button", name="Stop").click()
    notebook.becomes("run.panel.keeper._replaced is not None", "True")  # the page can't keep the picture itself
    notebook.page.locator(".ql-opt-foot").get_by_text("stopped after").wait_for()
    notebook.page.locator(".ql-opt").get_by_role("button", name="Solve again").wait_for()
