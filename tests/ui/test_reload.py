"""What a panel does when its line breaks: page loaded anew, socket closed or cut again and again, kernel gone."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute

from .notebook import Notebook
from .wire import Wire

SETUP = """import os, tempfile
os.environ["QLAB_HOME"] = tempfile.mkdtemp()
import qlab
fx = qlab.load("digits").features(target="target", classes=[3, 5], qubits=10, reduce="pca", seed=7)
run = qlab.train(qlab.templates.reuploading(10, 4), fx, epochs=40_000, batch=128, seed=1, name="long")
run.panel"""
# training and validation as drawn, before buckets: what the first panel holds of each row
HELD_BY = """i => { const panel = document.querySelectorAll('.ql-panel')[i];
  const t = panel?.querySelector('.ql-pane-loss .ql-plot')?.data ?? [];
  return t.length ? [[...t[0].x], [...t[0].y]] : [[], []]; }"""
HELD = f"() => ({HELD_BY})(0)"
SCROLL = "i => window.jupyterapp.shell.currentWidget.content.scrollToItem(i)"
FOOT = """() => document.querySelector('.ql-panel .ql-foot')?.textContent ?? ''"""
COMPLETE = f"n => {{ const m = /All ([\\d,]+) steps/.exec(({FOOT})()); return m && +m[1].replaceAll(',', '') === n; }}"
STATUS = """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.connectionStatus"""

# JupyterLab throws this over a request of its own when a socket is cut
pytestmark = pytest.mark.forgives("Canceled future for create_subshell_request")


class Line:
    """The sockets of the page's kernels, which can be cut."""

    def __init__(self, page: Page) -> None:
        self.open: list[tuple[WebSocketRoute, WebSocketRoute]] = []
        self.cuts = 0
        page.route_web_socket(lambda url: "/channels" in url, self._route)

    def _route(self, route: WebSocketRoute) -> None:
        self.open.append((route, route.connect_to_server()))

    def cut(self, code: int) -> None:
        for page, server in self.open:
            page.close(code=code, reason="cut by the test")
            server.close()
        self.open.clear()
        self.cuts += 1


def history(notebook: Notebook) -> tuple[list[float], list[float]]:
    """Steps and losses of the run in the kernel."""
    said = notebook.evaluate("import json; json.dumps([run.history.step.tolist(), run.history.loss.tolist()])")
    steps, losses = json.loads(said.strip("'"))
    return steps, losses


def assert_same(notebook: Notebook) -> None:
    """The page holds every step of the ended run once, with its loss."""
    n = int(notebook.evaluate("run.step"))
    page = notebook.page
    page.evaluate(SCROLL, 0)  # what is out of sight is not drawn
    page.wait_for_function(COMPLETE, arg=n, timeout=30_000)
    page.wait_for_function(f"n => {{ const [x] = ({HELD})(); return x.length > 0 && x.at(-1) === n; }}", arg=n)
    x, y = page.evaluate(HELD)
    steps, losses = history(notebook)
    assert (np.diff(x) > 0).all(), "a step is there twice, or out of order"
    assert (x[0], len(steps)) == (1, n)
    assert (min(y), max(y)) == (min(losses), max(losses))  # buckets keep the extremes
    if n <= 1400:  # so few come, and are drawn, as they are
        assert (x, y) == (steps, losses)


def stop(notebook: Notebook) -> None:
    notebook.evaluate("(run.stop(), run.wait())[0]")


def assert_same_at_the_end(notebook: Notebook) -> None:
    notebook.wait_idle()
    stop(notebook)
    assert_same(notebook)


def test_a_socket_closed_for_good_is_said_and_one_click_brings_the_panel_back(notebook: Notebook) -> None:
    page = notebook.page
    line = Line(page)
    notebook.new(SETUP).run(0)
    page.wait_for_selector(".ql-panel .main-svg", timeout=60_000)
    line.cut(1001)
    page.wait_for_selector(".ql-panel[data-state='disconnected']", timeout=30_000)
    assert page.evaluate(STATUS) == "disconnected"  # JupyterLab leaves it at that
    assert "No kernel since" in page.locator(".ql-panel .ql-notes").inner_text()
    assert page.get_by_role("button", name="Pause", exact=True).is_disabled()
    page.get_by_role("button", name="Reconnect").click()
    page.wait_for_selector(".ql-panel[data-state='running']", timeout=15_000)
    assert_same_at_the_end(notebook)


def test_nothing_is_lost_when_the_socket_is_cut_twenty_times(notebook: Notebook) -> None:
    page = notebook.page
    line = Line(page)
    notebook.new(SETUP).run(0)
    page.wait_for_selector(".ql-panel .main-svg", timeout=60_000)
    while line.cuts < 20:
        line.cut(4000)  # any code that is no farewell
        page.wait_for_function(f"() => ({STATUS})() === 'connected'", timeout=30_000)
    page.wait_for_selector(".ql-panel[data-state='running']", timeout=30_000)
    assert_same_at_the_end(notebook)


def test_four_panels_share_one_pull_of_the_history_after_a_reload_in_mid_run(notebook: Notebook) -> None:
    page = notebook.page
    notebook.new(SETUP, "run.panel", "run.panel", "run.panel", name="four.ipynb").run(0)
    for i in (1, 2, 3):
        notebook.run(i)
    notebook.becomes("run.step >= 300", "True")
    notebook.command("docmanager:save")
    wire = Wire(page)
    notebook.open("four.ipynb")
    page.wait_for_selector(".ql-panel[data-state='running'] .main-svg", timeout=60_000)
    came = wire.bytes.copy()
    assert (wire.messages["hello"], page.locator(".ql-panel").count()) == (1, 4)
    assert came["history"] + came["hello"] + came["readings"] + came["comm_msg"] < 1_000_000, came
    stop(notebook)
    n, drawn = int(notebook.evaluate("run.step")), []
    for i in range(4):
        page.evaluate(SCROLL, i)
        page.wait_for_function(f"([i, n]) => ({HELD_BY})(i)[0].at(-1) === n", arg=[i, n], timeout=30_000)
        drawn.append(page.evaluate(HELD_BY, i))
    assert drawn[1:] == drawn[:1] * 3
    assert_same(notebook)


def test_after_a_restart_of_the_kernel_the_run_is_one_click_away(notebook: Notebook) -> None:
    page = notebook.page
    notebook.new(SETUP.replace("tempfile.mkdtemp()", "'stored'"), name="gone.ipynb").run(0)
    page.wait_for_selector(".ql-panel .main-svg", timeout=60_000)
    page.wait_for_function(f"() => ({HELD})()[0].length >= 200", timeout=60_000)
    run_id = notebook.evaluate("run.id").strip("'")
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart().then(() => true)"
    )
    page.wait_for_selector(".ql-panel[data-state='disconnected']", timeout=15_000)
    notebook.wait_idle()
    said = page.locator(".ql-panel .ql-notes").inner_text()
    assert "restarted or shut down" in said
    notebook.evaluate("__import__('os').environ.update(QLAB_HOME='stored')")
    page.get_by_role("button", name=f"Open run {run_id}").click()
    again = page.locator(".ql-panel").nth(1)
    again.locator(".ql-pill:has-text('Interrupted')").wait_for(timeout=60_000)
    assert int(notebook.evaluate(f"len(qlab.open_run('{run_id}').history)")) > 0


def test_two_pages_on_one_kernel_agree(notebook: Notebook) -> None:
    page = notebook.page
    notebook.new(SETUP, name="two.ipynb").run(0)
    page.wait_for_selector(".ql-panel .main-svg", timeout=60_000)
    notebook.command("docmanager:save")
    context: Any = page.context
    other = context.new_page()
    other.goto(notebook.server.url("two.ipynb"), wait_until="domcontentloaded")
    other.wait_for_selector(".ql-panel[data-state='running'] .main-svg", timeout=90_000)
    other.locator(".ql-panel input[aria-label='Learning rate']").first.fill("0.004")
    other.locator(".ql-panel input[aria-label='Learning rate']").first.press("Enter")
    for one in (page, other):
        one.wait_for_selector(".ql-panel .ql-events button:has-text('0.004')", state="attached", timeout=15_000)
    page.get_by_role("button", name="Stop the run").click()
    for one in (page, other):
        one.wait_for_selector(".ql-panel[data-state='stopped']", timeout=15_000)
    n = int(notebook.evaluate("run.step"))
    drawn = []
    for one in (page, other):
        one.wait_for_function(COMPLETE, arg=n, timeout=30_000)
        one.bring_to_front()
        one.wait_for_function(f"n => ({HELD})()[0].at(-1) === n", arg=n, timeout=30_000)
        drawn.append(dict(zip(*one.evaluate(HELD), strict=True)))
    shared = drawn[0].keys() & drawn[1].keys()
    assert len(shared) >= 50
    assert {s: drawn[0][s] for s in shared} == {s: drawn[1][s] for s in shared}
    other.close()
