"""The designer under a real mouse and keyboard: the drawing and Python's circuit are one value."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, expect

from .conftest import Shot
from .notebook import DARK, LIGHT, Notebook

SETUP = "import qlab\nd = qlab.Designer(qubits=3)\nd"
OPS = "import json; json.dumps([(o.gate, list(o.qubits), [str(p) for p in o.params]) for o in d.circuit.ops])"


def ops(notebook: Notebook) -> list[list[Any]]:
    """What the kernel holds now; an edit takes a moment to reach it, so `holds` is what waits for one."""
    return list(json.loads(notebook.evaluate(OPS).strip("'")))


def holds(notebook: Notebook, wanted: object, read: Callable[[list[list[Any]]], object] = list) -> None:
    """Waits until what the kernel holds reads so."""
    for _ in range(60):
        if (seen := read(ops(notebook))) == wanted:
            return
        notebook.page.wait_for_timeout(100)
    assert seen == wanted


def names(held: list[list[Any]]) -> list[str]:
    """The gates alone."""
    return [op[0] for op in held]


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
    holds(notebook, [["h", [1], []]])

    gate = root.locator("[role='application'] [data-id]").first
    start = center(gate)
    drag(notebook, start, (start[0], start[1] + 56))
    holds(notebook, [["h", [2], []]])

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
    holds(notebook, [["ry", [i], [f"x[{i}]"]] for i in range(3)])
    canvas.focus()
    keys.press("Control+z")
    holds(notebook, [])
    canvas.focus()
    keys.press("Control+Shift+z")
    holds(notebook, 3, len)


def test_assigning_the_circuit_redraws_and_a_bad_one_changes_nothing(notebook: Notebook) -> None:
    notebook.new(SETUP).run(0)
    root = notebook.widget(".ql-ds")
    notebook.evaluate("d.__setattr__('circuit', qlab.Circuit(2).append('h', 0).append('cx', [0, 1]))")
    expect(root.locator("[role='application'] [data-id]")).to_have_count(2)
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
    holds(notebook, [["ry", [0], ["2*pi*x[0]+w[0]"]]])


def test_openqasm_is_typed_and_the_state_is_shown_at_a_column(notebook: Notebook, shot: Shot) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qlab.Circuit(2).append('h', 0).append('ry', 1, 'w[0]'))\nd").run(0)
    root = notebook.widget(".ql-ds")
    code = root.locator(".ql-two:not([hidden]) textarea")
    keys = notebook.page.keyboard
    code.click()
    keys.press("Control+End")
    keys.type("cx q[0], q[1];\nbit c;\nc = measure q[0];\nif (c) { z q[1]; }\n")
    holds(notebook, ["h", "ry", "x", "measure", "z"], names)
    assert code.input_value().endswith("cx q[0], q[1];\nbit c;\nc = measure q[0];\nif (c) { z q[1]; }\n")

    code.click()
    keys.press("Control+End")
    keys.type("ry(w_0*) q[1];")
    banner = root.locator(".ql-two:not([hidden]) .ql-code-err")
    banner.wait_for()
    banner.filter(has_text="A value was expected before ')'").wait_for()
    assert len(ops(notebook)) == 5, "an error keeps the last good circuit"
    shot("designer-qasm-error", ".ql-ds")
    banner.get_by_role("button", name="Last good text").click()

    about = root.locator(".ql-state-about")
    about.filter(has_text="One branch: c").wait_for()
    canvas = root.locator("[role='application']")
    canvas.focus()
    for _ in range(3):
        keys.press("[")
    about.filter(has_text="before column").wait_for()
    shot("designer-marker", ".ql-ds")

    canvas.focus()
    keys.press("Home")
    keys.press("Shift+ArrowDown")
    keys.press("g")
    root.locator("[aria-label='Name of the block']").wait_for()
    notebook.becomes("[b.name for b in d.circuit.blocks]", "['block 1']")
    shot("designer-block", ".ql-ds")


def test_the_theme_is_followed_while_open(notebook: Notebook, shot: Shot) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qlab.templates.reuploading(4, 2))\nd").run(0)
    page = notebook.page
    for name, mark in ((LIGHT, "ql-light"), (DARK, "ql-dark"), (LIGHT, "ql-light")):
        notebook.theme(name)
        page.wait_for_selector(f".ql-ds.{mark}")
        shot(f"designer-{mark}", ".ql-ds")


CROWDED = """import qlab
c = qlab.Circuit(50)
for i in range(1000):
    wire, layer = i % 50, i // 50
    if layer % 2 == 0:
        c = c.append("ry", wire, f"w[{i}]")
    else:
        c = c.append("cx", [wire, (wire + layer) % 50])
d = qlab.Designer(c, height=600)
d"""


def test_a_crowded_circuit_draws_what_is_in_view_and_has_a_map(notebook: Notebook, shot: Shot) -> None:
    notebook.new(CROWDED).run(0)
    root = notebook.widget(".ql-ds")
    gates = root.locator("[role='application'] [data-id]")
    gates.first.wait_for()
    root.get_by_text("50 wires need 16 PB a copy; shown to 16").wait_for()
    assert gates.count() < 500
    chart = root.locator(".ql-map")
    box = chart.bounding_box()
    assert box
    assert root.locator(".ql-map-view").bounding_box()["width"] < box["width"] / 3  # type: ignore[index]
    first = gates.first.get_attribute("data-id")
    notebook.page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + 20)
    root.locator(f"[role='application'] [data-id='{first}']").wait_for(state="detached")
    assert 0 < gates.count() < 500
    shot("designer-crowded-light", ".ql-ds")
    notebook.theme(DARK)
    notebook.page.wait_for_selector(".ql-ds.ql-dark")
    shot("designer-crowded-dark", ".ql-ds")
    notebook.theme(LIGHT)
