"""Circuits as documents and their sidebar, plots of the estimates, two versions at once, notebooks without a kernel."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Browser, Locator, Page, expect

from qlab import Circuit

from .conftest import Shot
from .notebook import Notebook
from .server import LabServer
from .test_accessibility import AXE, RUN
from .test_designer import center, holds, names

CHANGE = """import time
from pathlib import Path
def change():
    while not Path("change").exists():
        time.sleep(0.01)
    d.circuit = qlab.Circuit(2).append("y", 1)
threading.Thread(target=change, daemon=True).start()"""
GATES = "[role='application'] [data-id]"
CONTEXT = "window.jupyterapp.shell.currentWidget.context"


def open_document(page: Page, server: LabServer, name: str, text: str) -> Locator:
    (server.root / name).write_text(text)
    page.goto(server.url(name), wait_until="domcontentloaded")
    root = page.locator(".ql-document:visible").first
    root.locator("[role='application']").wait_for(timeout=90_000, state="attached")
    return root


def count(root: Locator, n: int) -> None:
    root.locator(GATES).nth(n - 1).wait_for()
    root.locator(GATES).nth(n).wait_for(state="detached")


def test_a_document_is_marked_saved_and_restored_and_its_sidebar_loads_it(
    page: Page, server: LabServer, shot: Shot
) -> None:
    root = open_document(page, server, "work.qlab.json", Circuit(3, name="work").append("ry", 0, "w[0]").to_text())
    count(root, 1)
    page.evaluate("() => window.jupyterapp.commands.execute('qlab:show-circuit').then(() => true)")
    side = page.locator(".ql-circuitside")
    side.locator(".ql-facts", has_text="Depth").wait_for()
    side.locator("[data-tile='f-h']").click()
    count(root, 2)
    start, cell = center(side.locator("[data-tile='f-x']")), center(root.locator(GATES).first)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 8, start[1] + 8)
    page.mouse.move(cell[0], cell[1] + 112, steps=8)
    shot("sidebar-drag", "#main")
    page.mouse.up()
    count(root, 3)
    expect(side.locator(".ql-facts dd").nth(2)).to_have_text(re.compile("^3 "))
    page.wait_for_function(f"() => {CONTEXT}.model.dirty")

    side.get_by_role("button", name="Insert a cell").click()  # saves, since the cell reads the file
    page.locator(".jp-Notebook .jp-OutputArea-output svg, .jp-Notebook .jp-OutputArea-output img").first.wait_for(
        timeout=90_000
    )
    cells = page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map(c => c.source).join()"
    )
    assert 'Path("work.qlab.json")' in cells
    shot("sidebar-cell", "#main")

    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:open', {path: 'work.qlab.json'}).then(() => 1)")
    root.locator("[role='application']").focus()
    page.wait_for_function(f"() => !{CONTEXT}.model.dirty")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    root.locator(GATES).first.wait_for(state="detached")
    page.wait_for_function(f"() => {CONTEXT}.model.dirty")
    page.evaluate(f"async () => {{ await {CONTEXT}.restoreCheckpoint(); await {CONTEXT}.revert(); }}")
    count(root, 3)
    assert len(json.loads((server.root / "work.qlab.json").read_text())["ops"]) == 3


def test_a_text_that_is_no_circuit_is_shown_alone_and_the_plots_come_from_plotly(
    page: Page, server: LabServer, shot: Shot
) -> None:
    good = Circuit(2, name="worth").append("ry", 0, "w[0]").append("ry", 1, "w[1]").append("cx", [0, 1]).to_text()
    broken = good.replace('"ry"', '"rry"')
    root = open_document(page, server, "broken.qlab.json", broken)
    root.locator(".ql-note", has_text="rry").wait_for()
    assert root.locator(".ql-scroll").is_hidden()
    root.locator(".ql-cl", has_text="rry").first.wait_for()
    shot("document-broken", ".ql-document")
    assert (server.root / "broken.qlab.json").read_text() == broken

    (server.root / "broken.qlab.json").write_text(good)
    page.evaluate(f"async () => {{ await {CONTEXT}.revert(); }}")
    count(root, 3)
    loaded: list[str] = []
    page.on("response", lambda r: loaded.append(r.url) if int(r.headers.get("content-length", 0)) > 800_000 else None)
    estimate = root.locator(".ql-worth button:not(:disabled)", has_text="Expressibility")
    estimate.wait_for(timeout=60_000)
    assert loaded == [], "plotly.js is asked for when the first plot opens"
    estimate.click()
    sheet = root.get_by_role("dialog", name="Expressibility")
    sheet.locator(".js-plotly-plot .yerror").first.wait_for(state="attached")
    assert sheet.locator(".ql-plot-bar").count() == 0
    shot("worth-plotly", ".ql-document")
    page.keyboard.press("Escape")
    root.locator("[role='application']").focus()
    page.keyboard.press("h")
    root.locator(".ql-worth .is-old").first.wait_for()


def test_both_edited_at_once_loses_neither(notebook: Notebook, shot: Shot) -> None:
    cells = (
        "import qlab, threading\nd = qlab.Designer(qlab.Circuit(2).append('h', 0))\nd",
        CHANGE,
    )
    notebook.new(*cells).run(0)
    page, root = notebook.page, notebook.widget(".ql-ds")
    count(root, 1)
    notebook.run(1)
    # what the page says is kept back, as on a slow line, while Python changes the circuit too
    page.evaluate("""() => { const send = WebSocket.prototype.send; const held = [];
      WebSocket.prototype.send = function (data) { held.push(() => send.call(this, data)); };
      window.letGo = () => { WebSocket.prototype.send = send; for (const one of held) one(); }; }""")
    root.locator("[role='application']").focus()
    page.keyboard.press("x")
    (notebook.server.root / "change").touch()
    choice = root.get_by_role("alertdialog")
    choice.wait_for()
    page.evaluate("() => window.letGo()")
    page.evaluate(AXE.read_text())
    assert page.evaluate(RUN, ".ql-ds") == []
    shot("designer-conflict", ".ql-ds")
    choice.get_by_role("button", name="Keep mine").click()
    choice.wait_for(state="hidden")
    holds(notebook, ["h", "x"], lambda held: sorted(names(held)))
    root.locator("[role='application']").focus()
    page.keyboard.press("Control+z")
    holds(notebook, ["y"], names)  # Python's version stays in undo


def test_a_saved_notebook_shows_the_last_drawing_without_a_kernel(notebook: Notebook, browser: Browser) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qlab.Circuit(2).append('h', 0))\nd", name="kept.ipynb").run(0)
    page, root = notebook.page, notebook.widget(".ql-ds")
    count(root, 1)
    root.locator("[role='application']").focus()
    page.keyboard.press("End")
    page.keyboard.press("z")
    page.wait_for_function(
        "() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.model.toJSON()).includes('Z on q0')"
    )
    notebook.command("docmanager:save")
    page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll().then(() => true)")
    context = browser.new_context()
    other = context.new_page()  # not the watched one: the widgets' own renderer reports the lost model as an error
    other.goto(notebook.server.url("kept.ipynb"), wait_until="domcontentloaded")
    picture = other.locator(".jp-OutputArea-output img")
    picture.wait_for(timeout=60_000)
    assert "Z on q0" in (picture.get_attribute("alt") or "")
    assert other.locator(".ql-ds").count() == 0
    context.close()
