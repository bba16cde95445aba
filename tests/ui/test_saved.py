"""A saved notebook without a kernel: the page of nbconvert, offline, and JupyterLab show the last state of each run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from .conftest import SHOTS
from .notebook import DARK, Notebook

SETUP = """import os, tempfile
os.environ["QLAB_HOME"] = tempfile.mkdtemp()
import qlab
fx = qlab.load("iris").features(target="target", qubits=4, seed=1)
def fit(seed, epochs=3):
    return qlab.train(qlab.templates.reuploading(4, 1), fx, epochs=epochs, batch=16, seed=seed, name=f"seed {seed}")
"""
FIVE = [f"run{i} = fit({i})\nrun{i}.wait()\nrun{i}.panel" for i in range(5)]
LONG = "run = fit(1, epochs=100_000)\nrun.panel"
PENS = """() => [...document.querySelectorAll('.jp-OutputArea img, .output img')].map(img => [img.complete,
  img.naturalWidth, (atob(img.src.split('base64,')[1]).match(/<polyline/g) || []).length])"""
HTML = """i => { const c = window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells[i];
  return (c.toJSON().outputs.map(o => o.data?.['text/html']).find(t => t) ?? '').toString(); }"""


def saved(notebook: Notebook, name: str) -> dict[str, Any]:
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save').then(() => true)")
    return dict(json.loads((notebook.server.root / name).read_text()))


def pictures(nb: dict[str, Any]) -> list[str]:
    """The HTML of each output that has a panel."""
    data = [o.get("data", {}) for cell in nb["cells"] for o in cell["outputs"]]
    shown = [d for d in data if "image/png" in d]
    return ["".join(d["text/html"]) for d in shown]


def test_five_finished_panels_are_all_drawn_by_nbconvert_without_a_network(
    notebook: Notebook, browser: Browser, tmp_path: Path
) -> None:
    notebook.new(SETUP, *FIVE, name="five.ipynb")
    for i in range(6):
        notebook.run(i)
    path = notebook.server.root / "five.ipynb"
    assert len(pictures(saved(notebook, "five.ipynb"))) == 5
    assert path.stat().st_size <= 2_000_000
    target = tmp_path / "five.html"
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(path), "--output", str(target)]
    subprocess.run(command, check=True, capture_output=True)
    context = browser.new_context(offline=True, viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.goto(target.as_uri(), wait_until="load")
    drawn = page.evaluate(PENS)
    assert [pens for _, _, pens in drawn] == [2] * 5  # training and validation of each
    assert all(complete and width > 0 for complete, width, _ in drawn)
    text = page.locator("body").inner_text()
    assert all(f"seed {i} · Done, step" in text for i in range(5))
    page.screenshot(path=SHOTS / "saved-nbconvert.png", full_page=True)
    context.close()


def test_the_saved_picture_follows_the_run_without_drawing_the_panel_anew(notebook: Notebook, browser: Browser) -> None:
    notebook.new(SETUP, LONG, "run.stop()", name="going.ipynb").run(0)
    notebook.run(1)
    page = notebook.page
    page.wait_for_selector(".ql-panel .main-svg", timeout=60_000)
    page.evaluate("() => { document.querySelector('.ql-panel').dataset.mine = 'yes'; }")
    first = page.evaluate(HTML, 1)
    page.wait_for_function(f"([i, was]) => ({HTML})(i) !== was", arg=[1, first], timeout=60_000)
    (going,) = pictures(saved(notebook, "going.ipynb"))
    assert "Running, step" in going
    notebook.run(2)
    page.wait_for_selector(".ql-panel[data-state='stopped']")
    page.wait_for_function(f"i => ({HTML})(i).includes('Stopped, step')", arg=1, timeout=30_000)
    (ended,) = pictures(saved(notebook, "going.ipynb"))
    assert "Stopped, step" in ended
    assert page.locator(".ql-panel[data-mine='yes']").count() == 1  # the same panel as before, zoom and all
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty") is False
    # opened again when its kernel has gone
    page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll().then(() => true)")
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    other = context.new_page()
    _open_without_kernel(other, notebook)
    image = other.locator(".jp-OutputArea-output img")
    image.wait_for(timeout=60_000)
    assert "Stopped, step" in other.locator(".jp-OutputArea-output").inner_text()
    other.locator(".jp-Notebook").screenshot(path=SHOTS / "saved-lab-light.png")
    Notebook(other, notebook.server).theme(DARK)
    other.locator(".jp-Notebook").screenshot(path=SHOTS / "saved-lab-dark.png")
    context.close()


def _open_without_kernel(page: Page, notebook: Notebook) -> None:
    page.goto(notebook.server.url("going.ipynb"), wait_until="domcontentloaded")
    page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-Cell", timeout=90_000)
