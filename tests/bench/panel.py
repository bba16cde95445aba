"""Prints what the panel costs in a browser: the memory of 100,000 steps.

A real JupyterLab and a headless Chromium; the figure beside its target. `make bench` runs it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from qlab.doctor import find_browser  # noqa: E402
from tests.ui.conftest import FLAGS  # noqa: E402
from tests.ui.notebook import Notebook  # noqa: E402
from tests.ui.server import lab_server  # noqa: E402

SETUP = """import os, tempfile
os.environ["QLAB_HOME"] = tempfile.mkdtemp()
import qlab
fx = qlab.load("iris").features(target="target", qubits=4, seed=1)
def fit(seed, **more):
    return qlab.train(qlab.templates.reuploading(4, 1), fx, batch=16, seed=seed, parallel=True, **more)
"""
LONG = "run = fit(1, epochs=17_000, name='long')\nrun.panel"
DONE = "() => document.querySelector('.ql-panel')?.dataset.state === 'done'"


def heap(page: Page) -> float:
    """Megabytes of live JavaScript objects."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def told(figure: str, target: str, reached: str) -> None:
    print(f"{figure:<58} {target:>14} {reached:>14}")


def memory(notebook: Notebook) -> None:
    """What 102,000 steps of a panel of all default panes add to the page."""
    page = notebook.page
    notebook.new(SETUP, LONG, name="bench.ipynb").run(0)
    before = heap(page)
    notebook.run(1)
    page.wait_for_selector(".ql-panel .main-svg", timeout=60_000)
    page.wait_for_function(DONE, timeout=180_000)
    told("heap of 102,000 steps, all columns, MB", "<= 60", f"{heap(page) - before:.1f}")


def main() -> None:
    told("figure", "target", "reached")
    with lab_server(ROOT / "notebooks") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), headless=True, args=FLAGS)
        for part in (memory,):
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            part(Notebook(page, server))
            page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll().then(() => true)")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
