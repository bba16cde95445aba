"""Prints what the panel costs in a browser: memory of 100,000 steps, redraws, a reload with four panels in mid-run.

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
from tests.ui.wire import Wire  # noqa: E402

SETUP = """import os, tempfile
os.environ["QLAB_HOME"] = tempfile.mkdtemp()
import qlab
fx = qlab.load("iris").features(target="target", qubits=4, seed=1)
def fit(seed, **more):
    return qlab.train(qlab.templates.reuploading(4, 1), fx, batch=16, seed=seed, parallel=True, **more)
"""
LONG = "run = fit(1, epochs=17_000, name='long')\nrun.panel"
DONE = "() => document.querySelector('.ql-panel')?.dataset.state === 'done'"


SIXTEEN = """for i in range(15): fit(i, epochs=100).wait()
ds = qlab.load("digits").features(target="target", classes=[3, 5], qubits=8, reduce="pca", seed=7)
live = qlab.train(qlab.templates.reuploading(8, 3), ds, epochs=10**6, batch=64, name="live")
while live.step < 200: pass
qlab.compare([live, *qlab.runs()[1:16]]).panel"""
SLOWLY = """import time
plan = live._model.plan
call = plan.value_and_vjp
plan.value_and_vjp = lambda *given: (time.sleep(0.01), call(*given))[1]"""
# draws of the Loss pane in some seconds, and the curves of each
COUNT = """async () => {
  const plotly = await globalThis[Symbol.for('qlab.plotly')], react = plotly.react;
  const begun = performance.now();
  let drawn = 0, curves = 0;
  plotly.react = (div, data, ...rest) => {
    if (div.closest('.ql-pane-loss')) { drawn++; curves = data.filter(t => t.x?.length > 1).length; }
    return react(div, data, ...rest);
  };
  await new Promise(done => setTimeout(done, 4000));
  plotly.react = react;
  return [1e3 * drawn / (performance.now() - begun), curves]; }"""
DRAWN = """n => (document.querySelector('.ql-pane-loss .ql-plot')?.data ?? [])
  .filter(t => t.x?.length > 1).length >= n"""
MID = """run = fit(2, epochs=10**6)
while run.step < 20_000: pass
run.panel"""
# when the first panel drew what it has of 20,000 steps or more, since it was asked for
WHOLE = """() => { const t = document.querySelector('.ql-panel .ql-pane-loss .ql-plot')?.data?.[0]?.x;
  return t?.length > 1 && t[0] <= 20 && t.at(-1) > 20000 && performance.now(); }"""
SEEN = "() => document.querySelector('.ql-panel .ql-bar') && performance.now()"


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


def redraws(notebook: Notebook) -> None:
    """How often the Loss pane of a live run is drawn, with the curves of fifteen other runs over it."""
    notebook.new(SETUP, SIXTEEN, name="redraws.ipynb").run(0)
    notebook.run(1)
    notebook.page.wait_for_function(DRAWN, arg=16, timeout=60_000)
    rate, curves = notebook.page.evaluate(COUNT)
    told(f"redraws a second, 16 runs, {curves} curves in a pane", ">= 8", f"{rate:.1f}")
    notebook.run(notebook.append(SLOWLY))
    told("the same, of a run that leaves the page a core", ">= 8", f"{notebook.page.evaluate(COUNT)[0]:.1f}")


def reload(notebook: Notebook) -> None:
    """A page with four panels of a run of 20,000 steps, loaded anew while it goes on."""
    page = notebook.page
    notebook.new(SETUP, MID, "run.panel", "run.panel", "run.panel", name="four.ipynb").run(0)
    for i in range(1, 5):
        notebook.run(i)
    page.wait_for_selector(".ql-panel .main-svg", timeout=60_000)
    notebook.command("docmanager:save")
    wire = Wire(page)
    page.goto(notebook.server.url("four.ipynb"), wait_until="domcontentloaded")
    start = page.wait_for_function(SEEN, timeout=60_000).json_value()
    end = page.wait_for_function(WHOLE, timeout=60_000).json_value()
    total = sum(wire.bytes.values())
    kinds = ", ".join(f"{kind} {n / 1e3:.0f} kB" for kind, n in wire.bytes.most_common(4))
    told("reload with four panels: whole history after, s", "<= 3", f"{(end - start) / 1e3:.1f}")
    told("all that came until then, MB", "<= 1", f"{total / 1e6:.2f}   {kinds}")


def main() -> None:
    told("figure", "target", "reached")
    with lab_server(ROOT / "notebooks") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), headless=True, args=FLAGS)
        for part in (redraws, reload, memory):
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            part(Notebook(page, server))
            page.close()
            server.shut_kernels()
        browser.close()


if __name__ == "__main__":
    main()
