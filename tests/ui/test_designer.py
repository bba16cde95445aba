"""The designer under a real mouse and keyboard: the drawing and Python's circuit are one value."""

from __future__ import annotations

import json

from playwright.sync_api import Locator

from .conftest import Shot
from .notebook import DARK, LIGHT, Notebook

SETUP = "import qlab\nd = qlab.Designer(qubits=3)\nd"
OPS = "import json; json.dumps([(o.gate, list(o.qubits), [str(p) for p in o.params]) for o in d.circuit.ops])"


def ops(notebook: Notebook) -> list[list[object]]:
    return list(json.loads(notebook.evaluate(OPS).strip("'")))


def center(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(notebook: Notebook, start: tuple[float, float], end: tuple[float, float], *, drop: bool = True) -> None:
    mouse = notebook.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + 6, start[1] + 6)
    mouse.move(*end, steps=12)
    if drop:
        mouse.up()


def test_a_gate_dragged_with_the_mouse_changes_pythons_circuit(notebook: Notebook, shot: Shot) -> None:
    notebook.new(SETUP).run(0)
    root = notebook.widget(".ql-ds")
    tile = root.locator("[data-tile='f-h']")
    canvas = root.locator("svg[role='application']")
    box = canvas.bounding_box()
    assert box
    cell = (box["x"] + 68 + 4 + 20, box["y"] + 28 + 28 + 56)  # first column, second wire
    drag(notebook, center(tile), cell)
    root.locator("[role='application'] [data-id]").first.wait_for()
    assert ops(notebook) == [["h", [1], []]]

    gate = root.locator("[role='application'] [data-id]").first
    start = center(gate)
    drag(notebook, start, (start[0], start[1] + 56))
    assert ops(notebook) == [["h", [2], []]]

    drag(notebook, center(root.locator("[role='application'] [data-id]").first), (start[0], start[1] - 56), drop=False)
    notebook.page.keyboard.press("Escape")
    notebook.page.mouse.up()
    assert ops(notebook) == [["h", [2], []]], "Esc during a drag changes nothing"
    shot("designer-drag-light", ".ql-ds")


def test_keyboard_alone_builds_undoes_and_redoes(notebook: Notebook) -> None:
    notebook.new(SETUP).run(0)
    root = notebook.widget(".ql-ds")
    canvas = root.locator("[role='application']")
    canvas.focus()
    keys = notebook.page.keyboard
    for key in ("Shift+E", "y"):
        keys.press(key)
    assert ops(notebook) == [["ry", [i], [f"x[{i}]"]] for i in range(3)]
    canvas.focus()
    keys.press("Control+z")
    assert ops(notebook) == []
    canvas.focus()
    keys.press("Control+Shift+z")
    assert len(ops(notebook)) == 3


def test_assigning_the_circuit_redraws_and_a_bad_one_changes_nothing(notebook: Notebook) -> None:
    notebook.new(SETUP).run(0)
    root = notebook.widget(".ql-ds")
    notebook.evaluate("d.__setattr__('circuit', qlab.Circuit(2).append('h', 0).append('cx', [0, 1]))")
    root.locator("[role='application'] [data-id]").nth(1).wait_for()
    assert root.locator("[role='application'] [data-id]").count() == 2
    index = notebook.append("try:\n    d.circuit = 'not a circuit'\nexcept qlab.CircuitError as e:\n    print(e)")
    notebook.run(index)
    assert "line 1" in notebook.text(index)
    assert root.locator("[role='application'] [data-id]").count() == 2


def test_an_angle_that_does_not_parse_keeps_the_last_good_drawing(notebook: Notebook, shot: Shot) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qlab.Circuit(1).append('ry', 0, 'x[0]'))\nd").run(0)
    root = notebook.widget(".ql-ds")
    root.locator("[role='application'] [data-id]").first.click()
    field = root.locator("input[aria-label^='Angle']").first
    field.fill("w[0] * )")
    root.locator("[role='alert']", has_text="expected").first.wait_for()
    shot("designer-angle-error", ".ql-ds")
    assert ops(notebook) == [["ry", [0], ["x[0]"]]]
    field.fill("2*pi*x[0] + w[0]")
    field.press("Enter")
    assert ops(notebook) == [["ry", [0], ["2*pi*x[0]+w[0]"]]]


def test_the_theme_is_followed_while_open(notebook: Notebook, shot: Shot) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qlab.templates.reuploading(4, 2))\nd").run(0)
    page = notebook.page
    for name, mark in ((LIGHT, "ql-light"), (DARK, "ql-dark"), (LIGHT, "ql-light")):
        notebook.theme(name)
        page.wait_for_selector(f".ql-ds.{mark}")
        shot(f"designer-{mark}", ".ql-ds")
