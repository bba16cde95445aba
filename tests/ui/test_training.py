"""Training that streams and answers: points arrive while a cell runs, controls act within a step."""

from __future__ import annotations

from .conftest import Shot
from .notebook import DARK, LIGHT, RAN, Notebook

SETUP = """import qlab
fx = qlab.load("digits").features(target="target", classes=[3, 5], qubits=8, reduce="pca", seed=7)
c = qlab.templates.reuploading(8, 3)
run = qlab.train(c, fx, epochs=40_000, batch=32, lr=0.01, seed=7, name="ui")
run.panel"""
# a cell that keeps the kernel to itself until something is true, for a minute at most
BLOCKED = """import time
from pathlib import Path
end, seen = time.monotonic() + 60, False
print("begun", flush=True)
while not seen and time.monotonic() < end:
    time.sleep(0.01)
    seen = {}"""
BEGUN = "i => window.jupyterapp.shell.currentWidget.content.widgets[i].model.outputs.length > 0"
POINTS = """() => { const plot = document.querySelector('.ql-panel .js-plotly-plot');
  return plot?.data ? Math.max(0, ...plot.data.map(t => t.x?.length ?? 0)) : 0; }"""


PROGRESS = ".ql-panel [role='progressbar']"
MOVED = """s => document.querySelector(".ql-panel [role='progressbar']").getAttribute('aria-valuenow') !== s"""


# what sticks out of the toolbar at a width of the panel, and whether the name has room
OUT = """width => { const panel = document.querySelector('.ql-panel'); panel.style.width = `${width}px`;
  const bar = panel.querySelector('.ql-bar'), edge = bar.getBoundingClientRect().right;
  const parts = [...bar.querySelectorAll('button, input, .ql-lr, .ql-title')].filter(e => e.offsetParent !== null);
  return parts.filter(e => e.getBoundingClientRect().right > edge + 0.5).map(e => e.className); }"""


def start(notebook: Notebook) -> None:
    notebook.new(SETUP).run(0)
    notebook.page.wait_for_selector(".ql-panel .js-plotly-plot .main-svg", timeout=60_000)


def steps(notebook: Notebook) -> int:
    return int(notebook.evaluate("run.step"))


def test_points_arrive_while_a_cell_answers(notebook: Notebook, shot: Shot) -> None:
    start(notebook)
    page = notebook.page
    assert notebook.evaluate("1+1") == "2"
    assert notebook.evaluate("run.is_active") == "True"
    page.wait_for_function(f"() => ({POINTS})() >= 100", timeout=60_000)
    before = page.evaluate(POINTS)
    blocked = notebook.append(BLOCKED.format("Path('go').exists()"))
    notebook.start(blocked)
    notebook.page.wait_for_function(BEGUN, arg=blocked)
    step = page.locator(PROGRESS).get_attribute("aria-valuenow")
    page.wait_for_function(MOVED, arg=step)
    assert before >= 100
    (notebook.server.root / "go").touch()
    page.wait_for_function(RAN, arg=blocked)
    assert notebook.evaluate("seen") == "True", "points came while the cell was running"
    (notebook.server.root / "go").unlink()
    shot("training-running-light", ".ql-panel")
    notebook.theme(DARK)
    page.wait_for_selector(".ql-panel.ql-dark")
    shot("training-running-dark", ".ql-panel")
    notebook.theme(LIGHT)
    notebook.evaluate("run.stop()")


def test_pause_holds_the_step_resume_moves_it_and_stop_ends_it(notebook: Notebook, shot: Shot) -> None:
    start(notebook)
    page = notebook.page
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_selector(".ql-panel .ql-pill:has-text('Paused')")
    held = steps(notebook)
    page.wait_for_timeout(1_000)
    assert steps(notebook) == held
    shot("training-paused-light", ".ql-panel")
    widths = (480, 520, 600, 640, 700, 760, 900, 960, 1010, 1100, 1199)
    assert {width: out for width in widths if (out := page.evaluate(OUT, width))} == {}
    page.evaluate("() => { document.querySelector('.ql-panel').style.width = '640px'; }")
    shot("training-narrow-light", ".ql-panel")
    page.evaluate("() => document.querySelector('.ql-panel').style.removeProperty('width')")
    page.get_by_role("button", name="Resume", exact=True).click()
    page.wait_for_selector(".ql-panel .ql-pill:has-text('Running')")
    notebook.becomes(f"run.step > {held}", "True")
    page.get_by_role("button", name="Stop the run").click()
    page.wait_for_selector(".ql-panel .ql-pill:has-text('Stopped')")
    assert notebook.evaluate("run.state") == "'stopped'"


def test_controls_reach_the_trainer_while_a_cell_blocks_the_kernel(notebook: Notebook) -> None:
    start(notebook)
    page = notebook.page
    busy = notebook.append(BLOCKED.format("run.state == 'paused'"))
    notebook.start(busy)
    page.wait_for_function(BEGUN, arg=busy)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_selector(".ql-panel .ql-pill:has-text('Paused')")
    page.wait_for_function(RAN, arg=busy, timeout=60_000)
    assert notebook.evaluate("seen") == "True", "the click waited for the cell"
    notebook.evaluate("run.stop()")


def test_the_learning_rate_is_taken_at_the_next_step(notebook: Notebook) -> None:
    start(notebook)
    field = notebook.page.locator(".ql-panel input[aria-label='Learning rate']").first
    field.fill("0.005")
    field.press("Enter")
    notebook.page.wait_for_selector(".ql-panel .annotation-text:has-text('0.005')")
    assert notebook.evaluate("run.lr") == "0.005"
    assert notebook.evaluate("float(run.history.lr.iloc[-1])") == "0.005"
    notebook.evaluate("run.stop()")


def test_a_reloaded_page_shows_the_whole_history(notebook: Notebook) -> None:
    start(notebook)
    page = notebook.page
    notebook.command("docmanager:save")
    page.wait_for_timeout(500)
    page.reload(wait_until="domcontentloaded")
    page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-Cell", timeout=90_000)
    notebook.wait_idle()
    page.wait_for_selector(".ql-panel .js-plotly-plot .main-svg", timeout=60_000)
    page.wait_for_function(f"() => ({POINTS})() >= 100", timeout=30_000)
    notebook.evaluate("run.stop()")


def test_a_failed_run_says_where_and_what_cures_it(notebook: Notebook, shot: Shot) -> None:
    notebook.new(SETUP.replace("lr=0.01", "lr=1e300")).run(0)
    page = notebook.page
    page.wait_for_selector(".ql-panel .ql-pill:has-text('Failed')", timeout=60_000)
    assert page.locator(".ql-panel [role='alert']").first.inner_text().count("step") >= 1
    shot("training-failed-light", ".ql-panel")
