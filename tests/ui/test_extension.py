"""The JupyterLab extension: launcher cards, palette commands, circuit documents without a kernel, plotly once."""

from __future__ import annotations

import json

from playwright.sync_api import Page

from .conftest import Shot
from .notebook import Notebook
from .server import LabServer


def open_launcher(page: Page, server: LabServer) -> None:
    page.goto(server.url(""), wait_until="domcontentloaded")
    page.wait_for_function("() => window.jupyterapp?.shell", timeout=90_000)
    page.evaluate("() => window.jupyterapp.restored.then(() => true)")
    if page.locator(".jp-LauncherCard").count() == 0:
        page.evaluate("() => window.jupyterapp.commands.execute('launcher:create').then(() => true)")
    page.wait_for_selector(".jp-LauncherCard")


def test_the_launcher_has_both_cards_and_a_circuit_opens_without_a_kernel(page: Page, server: LabServer, shot) -> None:
    known = set(server.root.glob("*.qlab.json"))
    open_launcher(page, server)
    card = page.locator(".jp-LauncherCard", has_text="Quantum circuit").first
    card.wait_for()
    assert page.locator(".jp-LauncherCard", has_text="qlab Lab").count() >= 1
    shot("launcher", ".jp-Launcher")
    card.click()
    page.wait_for_selector(".ql-document [role='application']", timeout=30_000)
    page.locator(".ql-document [role='application']").focus()
    for key in ("Shift+E", "y"):
        page.keyboard.press(key)
    page.wait_for_selector(".ql-document [role='application'] [data-id]")
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty") is True
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save').then(() => true)")
    [saved] = set(server.root.glob("*.qlab.json")) - known
    text = json.loads(saved.read_text())
    assert [op["gate"] for op in text["ops"]] == ["ry"] * 4
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty") is False
    kernels = page.evaluate("() => [...window.jupyterapp.serviceManager.kernels.running()].length")
    assert kernels == 0
    shot("document-light", ".ql-document")


def test_openqasm_files_open_in_the_designer_and_bad_ones_stay_as_they_are(
    page: Page, server: LabServer, shot: Shot
) -> None:
    good, bad = server.root / "bell.qasm", server.root / "bad.qasm"
    good.write_text('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh q[0];\ncx q[0],q[1];\n')
    bad.write_text("OPENQASM 3.0;\nqubit[2] q;\nhh q[0];\n")
    page.goto(server.url("bell.qasm"), wait_until="domcontentloaded")
    page.wait_for_selector(".ql-document [role='application'] [data-id]", timeout=90_000)
    assert page.locator(".ql-document [role='application'] [data-id]").count() == 2
    page.locator(".ql-document [role='application']").focus()
    page.keyboard.press("End")
    page.keyboard.press("x")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save').then(() => true)")
    assert good.read_text().startswith("OPENQASM 2.0;")
    assert good.read_text().rstrip().endswith("x q[0];")
    shot("document-qasm", ".ql-document")

    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:open', {path: 'bad.qasm'}).then(() => true)")
    note = page.locator(".ql-document:visible .ql-note")
    note.wait_for()
    assert "line 3, column 1" in note.inner_text()
    assert "hh q[0];" in page.locator(".ql-document:visible .ql-cl.bad").inner_text()
    page.locator(".ql-document:visible [role='application']").focus()
    page.keyboard.press("x")
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty") is False
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save').then(() => true)")
    assert bad.read_text() == "OPENQASM 3.0;\nqubit[2] q;\nhh q[0];\n"


def test_the_lab_card_opens_a_notebook_with_the_lab(page: Page, server: LabServer, shot: Shot) -> None:
    open_launcher(page, server)
    page.locator(".jp-LauncherCard", has_text="qlab Lab").first.click()
    page.wait_for_selector(".ql-labroot [role='tab']", timeout=90_000)
    assert [t.strip() for t in page.locator(".ql-lab-tabs [role='tab']").all_inner_texts()] == [
        "Data",
        "Circuit",
        "Train",
        "Optimise",
    ]
    shot("lab-data-light", ".ql-labroot")


def test_the_plugins_are_six(page: Page, server: LabServer) -> None:
    open_launcher(page, server)
    listed = page.evaluate("() => window.jupyterapp.listPlugins().filter(p => p.startsWith('qlab:')).sort()")
    names = ("circuit", "circuit-document", "launcher", "plotly", "runs", "stills")
    assert listed == [f"qlab:{name}" for name in names]


def test_plotly_is_loaded_once_for_two_panels(notebook: Notebook) -> None:
    notebook.new(
        "import qlab\nfx = qlab.load('iris').features(target='target', qubits=4, seed=1)\n"
        "runs = []\nfor seed in (1, 2):\n    runs.append(qlab.train(qlab.templates.reuploading(4, 1), fx, seed=seed))\n"
        "    runs[-1].wait()\nfor run in runs:\n    display(run.panel)"
    )
    big: list[str] = []
    notebook.page.on(
        "response", lambda r: big.append(r.url) if int(r.headers.get("content-length", 0)) > 300_000 else None
    )
    notebook.run(0)
    for panel in notebook.page.locator(".ql-panel").all():
        panel.scroll_into_view_if_needed()  # a panel out of sight draws nothing
        panel.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=60_000)
    assert notebook.page.locator(".ql-panel").count() == 2
    assert len([url for url in big if "/labextensions/" in url or "/extensions/qlab" in url]) == 1
