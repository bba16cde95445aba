"""axe-core finds nothing serious in the designer, the panel and each tab of the Lab, in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Shot
from .notebook import DARK, LIGHT, Notebook

AXE = Path(__file__).resolve().parent.parent.parent / "js" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """selector => axe.run(selector, { resultTypes: ['violations'] }).then(r => r.violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).slice(0, 3).join('; ')}`))"""
CELL = """import qlab
fx = qlab.load("iris").features(target="target", qubits=4, seed=1)
run = qlab.train(qlab.templates.reuploading(4, 1), fx, epochs=5)
run.wait()
lab = qlab.Lab("iris", qlab.templates.reuploading(4, 1), features=fx)
lab.train(epochs=5).wait()
lab"""


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_axe_finds_nothing_serious(notebook: Notebook, theme: str) -> None:
    notebook.new(CELL).run(0)
    page = notebook.page
    notebook.theme(theme)
    lab = notebook.widget(".ql-labroot")
    page.evaluate(AXE.read_text())
    for tab, ready in (
        ("Data", ".ql-data-card"),
        ("Circuit", "[role='application'] [data-id]"),
        ("Train", ".main-svg"),
    ):
        lab.get_by_role("tab", name=tab).click()
        lab.locator(ready).first.wait_for()
        assert page.evaluate(RUN, ".ql-labroot") == [], tab
    notebook.theme(LIGHT)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_axe_finds_nothing_serious_in_what_opens(notebook: Notebook, theme: str) -> None:
    notebook.new("import qlab\nqlab.Designer(qlab.templates.reuploading(4, 2))").run(0)
    page = notebook.page
    notebook.theme(theme)
    root = notebook.widget(".ql-ds")
    page.evaluate(AXE.read_text())
    root.get_by_role("button", name="Templates").click()
    assert page.evaluate(RUN, ".ql-ds") == [], "menu of templates"
    root.locator(".ql-menu > button", has_text="Hardware-efficient").click()
    root.get_by_role("dialog").wait_for()
    assert page.evaluate(RUN, ".ql-ds") == [], "settings of a template"
    page.keyboard.press("Escape")
    root.get_by_role("button", name="Export").click()
    assert page.evaluate(RUN, ".ql-ds") == [], "menu of exports"
    page.keyboard.press("Escape")
    root.locator(".ql-worth button:not(:disabled)").first.click(timeout=30_000)
    root.get_by_role("dialog").locator(".modebar-btn").first.wait_for(state="attached")
    assert page.evaluate(RUN, ".ql-ds") == [], "plot of an estimate"
    page.keyboard.press("Escape")
    root.locator("[role='application']").focus()
    page.keyboard.press("?")
    root.get_by_role("dialog").wait_for()
    assert page.evaluate(RUN, ".ql-ds") == [], "sheet of keys"
    notebook.theme(LIGHT)


@pytest.mark.parametrize(("theme", "width"), [(LIGHT, 960), (DARK, 640)])
def test_axe_finds_nothing_serious_in_matrices_wires_and_blocks(
    notebook: Notebook, shot: Shot, theme: str, width: int
) -> None:
    circuit = "qlab.Circuit(4).append('unitary', [0, 1], matrix=np.eye(4)).append('ry', 3, 'pi/2')"
    notebook.new(f"import qlab, numpy as np\nqlab.Designer({circuit})").run(0)
    page = notebook.page
    notebook.theme(theme)
    root = notebook.widget(".ql-ds")
    root.evaluate("(el, width) => { el.style.width = `${width}px`; }", width)
    page.evaluate(AXE.read_text())

    def clean(what: str) -> None:
        assert page.evaluate(RUN, ".ql-ds") == [], what
        shot(f"designer-{what.replace(' ', '-')}-{width}", ".ql-ds")

    gates = root.locator("[role='application'] [data-id]")
    gates.first.click()
    root.get_by_role("button", name="Edit (Enter)").click()
    entries = root.locator(".ql-cell")
    expect(entries.first).to_be_focused()
    for entry in entries.all():
        expect(entry).to_be_in_viewport(ratio=1)
    clean("matrix")
    entries.nth(5).fill("0.5+")
    entries.nth(5).press("Enter")
    expect(entries.nth(5)).to_have_attribute("aria-invalid", "true")
    expect(root.locator(".ql-matrix [role='alert']")).to_be_in_viewport(ratio=1)
    clean("matrix entry")
    page.keyboard.press("Escape")
    expect(root.locator("[role='application']")).to_be_focused()
    gates.nth(1).click()
    if width < 760:
        root.get_by_role("tab", name="Gate").first.click()
    root.get_by_role("button", name="Add control").click()
    root.locator(".ql-menu").wait_for()
    clean("controls")
    page.keyboard.press("Escape")
    root.locator("[role='application']").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("g")
    root.get_by_label("Name of the block").wait_for()
    clean("block of gates")
    if width >= 760:
        page.keyboard.press("Escape")
        for tab in ("Weights", "Wires"):
            root.get_by_role("tab", name=tab).click()
            expect(root.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
            clean(tab.lower())
    notebook.theme(LIGHT)
