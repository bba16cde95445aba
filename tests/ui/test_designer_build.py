"""Building a circuit as a person does it: previews, touch and pen, counted keys, two notebooks, wires, blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from .conftest import Shot
from .notebook import Notebook
from .test_designer import center, drag, holds, names, ops

GATES = "[role='application'] [data-id]"
SAID = "[aria-live='polite']"
LEFT, RULER, PITCH = 68 + 4, 28, 56  # px of the drawing, as ui/README §4 has them


def cell(root: Locator, col: int, wire: int) -> tuple[float, float]:
    """The middle of a cell of an empty stretch of the drawing, on the page."""
    box = root.locator("svg[role='application']").bounding_box()
    assert box
    return box["x"] + LEFT + 26 + 52 * col, box["y"] + RULER + 30 + PITCH * wire


def shown_state(root: Locator) -> str:
    """What is drawn and what state it has: the labels of the gates and of every Bloch sphere."""
    gates = root.locator(GATES).evaluate_all("all => all.map(g => g.getAttribute('aria-label'))")
    spheres = root.locator(".ql-bl svg").evaluate_all("all => all.map(g => g.getAttribute('aria-label'))")
    return json.dumps([gates, spheres])


def until(page: Page, root: Locator, right: Callable[[str], bool]) -> str:
    """Waits for the frame that shows it; fails with what was shown last."""
    shown = ""
    for _ in range(200):
        shown = shown_state(root)
        if right(shown):
            return shown
        page.evaluate("() => new Promise(done => requestAnimationFrame(done))")
    raise AssertionError(shown)


def test_a_drag_shows_circuit_and_state_as_if_dropped_and_esc_restores_both(notebook: Notebook, shot: Shot) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qlab.Circuit(2).append('h', 0).append('cx', [0, 1]))\nd").run(0)
    page, root = notebook.page, notebook.widget(".ql-ds")
    root.locator(GATES).nth(1).wait_for()
    before = shown_state(root)
    drag(notebook, center(root.locator("[data-tile='f-x']")), cell(root, 2, 1), drop=False)
    preview = until(page, root, lambda now: "X, q1, column 2" in now)
    assert json.loads(preview)[1] == json.loads(before)[1], "X leaves the mixed state of either wire as it is"
    root.locator(".ql-state-about", has_text="preview").wait_for()
    shot("designer-preview", ".ql-ds")
    page.mouse.move(*cell(root, 0, 0), steps=8)
    moved = until(page, root, lambda now: "X, q0" in now)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert until(page, root, lambda now: now == before) != moved
    assert root.locator(".ql-drag").count() == 0
    assert names(ops(notebook)) == ["h", "x"]


def test_a_finger_and_a_pen_drag_gates_as_the_mouse_does(notebook: Notebook) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qubits=2)\nd").run(0)
    page, root = notebook.page, notebook.widget(".ql-ds")
    devtools = page.context.new_cdp_session(page)

    def path(tile: str, wire: int) -> list[tuple[float, float]]:
        (x0, y0), (x1, y1) = center(root.locator(f"[data-tile='{tile}']")), cell(root, 0, wire)
        return [(x0 + (x1 - x0) * k / 8, y0 + (y1 - y0) * k / 8) for k in range(9)]

    def touch(kind: str, *points: tuple[float, float]) -> None:
        marks = [{"x": x, "y": y} for x, y in points]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": marks})

    def pen(kind: str, at: tuple[float, float], buttons: int = 1) -> None:
        state = {"pointerType": "pen", "button": "left", "clickCount": 1, "buttons": buttons}
        devtools.send("Input.dispatchMouseEvent", {**state, "type": kind, "x": at[0], "y": at[1]})

    first, *way = path("f-x", 0)
    pen("mousePressed", first)
    for at in way:
        pen("mouseMoved", at)
    pen("mouseReleased", way[-1], 0)
    root.locator(GATES).wait_for()

    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})  # tiles grow where a finger points
    page.wait_for_function("() => document.querySelector('.ql-tile').getBoundingClientRect().width === 44")
    first, *way = path("f-h", 1)
    touch("touchStart", first)
    root.locator(".ql-drag").wait_for()  # a hold begins it, so that a swipe can scroll
    for at in way:
        touch("touchMove", at)
    touch("touchEnd")
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    root.locator(GATES).nth(1).wait_for()
    holds(notebook, [["h", [1], []], ["x", [0], []]], sorted)


def test_an_ansatz_of_two_layers_takes_few_keys_and_none_leaks(notebook: Notebook) -> None:
    """4 qubits, x[0..3] and 8 weights in at most 60 strokes; each is counted, and each command is spoken."""
    notebook.new("import qlab\nd = qlab.Designer(qubits=4)\nd", "'untouched'").run(0)
    page, root = notebook.page, notebook.widget(".ql-ds")
    canvas, said = root.locator("[role='application']"), root.locator(SAID)
    cells = "() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map(c => c.getSource())"
    before = page.evaluate(cells)
    canvas.focus()
    strokes = ["Shift+E", "y", "Shift+R", "y", "Shift+L", "Shift+R", "y", "Shift+L"]
    heard: list[str] = []
    for key in strokes:
        page.keyboard.press(key)
        heard.append(said.inner_text())
    assert len(strokes) <= 60
    notebook.becomes("[d.circuit.n_inputs, d.circuit.n_weights]", "[4, 8]")
    holds(notebook, 8, lambda held: names(held).count("x"))
    said.filter(has_text="Ring of 4 CX added").wait_for(state="attached")

    # keys that mean something to a notebook: new cell above, below, cut, delete, markdown, find
    canvas.focus()
    for key in ("a", "b", "m", "y", "z", "0", "f", "Control+z", "Control+z"):
        page.keyboard.press(key)
    assert page.evaluate(cells)[: len(before)] == before
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.mode") == "command"
    with page.expect_response(lambda r: r.request.method == "PUT" and "/api/contents/" in r.url):
        canvas.focus()
        page.keyboard.press("Control+s")  # one that it has no use for goes on to JupyterLab

    holds(notebook, True, lambda held: len(held) == root.locator(GATES).count())
    had, drawn = len(ops(notebook)), shown_state(root)
    page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".cm-content").click()
    page.keyboard.type("hxyz")
    page.wait_for_function(f"() => ({cells})().join().includes('hxyz')")
    assert len(ops(notebook)) == had, "what is typed in a cell is no gate"
    assert shown_state(root) == drawn


def test_every_command_is_spoken(notebook: Notebook) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qubits=3)\nd").run(0)
    page, root = notebook.page, notebook.widget(".ql-ds")
    said = root.locator(SAID)
    root.locator("[role='application']").focus()
    for key, sentence in (
        ("h", "H added, q0, column 0"),
        ("Control+a", ""),
        ("d", "H duplicated"),
        ("Alt+ArrowDown", "H moved to q1"),
        ("g", "1 gate grouped as block 1"),
        ("Shift+G", "block 1 written out"),
        ("Delete", "H removed"),
        ("Control+z", "Undone"),
        ("Control+Shift+z", "Redone"),
        ("[", "State before column"),
        ("Shift+]", "State at the end"),
    ):
        page.keyboard.press(key)
        if sentence:
            said.filter(has_text=sentence).wait_for(state="attached", timeout=10_000)


def test_a_block_is_cut_in_one_notebook_and_pasted_in_another_as_openqasm(notebook: Notebook) -> None:
    page = notebook.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    circuit = "qlab.Circuit(3).append('h', 0).append('cx', [0, 1]).append('ry', 2, 'w[0]')"
    notebook.new(f"import qlab\nd = qlab.Designer({circuit})\nd", name="from.ipynb").run(0)
    root = notebook.widget(".ql-ds")
    root.locator(GATES).nth(2).wait_for()
    gates = root.locator(GATES)
    page.mouse.click(*center(gates.nth(0)))
    page.keyboard.down("Shift")
    page.mouse.click(*center(gates.nth(2)))
    page.keyboard.up("Shift")
    root.locator(".sel").nth(1).wait_for()
    page.keyboard.press("Control+c")
    root.locator(SAID, has_text="2 copied").wait_for(state="attached")
    text = page.evaluate("() => navigator.clipboard.readText()")
    assert text.startswith("OPENQASM 3")

    # a marquee around everything, cut
    box = root.locator(".ql-cv").bounding_box()
    assert box
    start = cell(root, 4, 2)
    drag(notebook, (start[0], start[1] + 22), (box["x"] + LEFT + 1, box["y"] + RULER + 3))
    root.locator(".sel").nth(2).wait_for()
    page.keyboard.press("Control+x")
    holds(notebook, [])

    notebook.new("import qlab\nd = qlab.Designer(qubits=3)\nd", name="to.ipynb").run(0)
    other = notebook.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .ql-ds").first
    other.wait_for()
    other.locator("[role='application']").focus()
    page.keyboard.press("Control+v")
    other.locator(GATES).nth(2).wait_for()
    holds(notebook, ["h", "x", "ry"], names)


def test_five_controls_a_condition_and_a_move_that_does_not_commute(notebook: Notebook, shot: Shot) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qubits=6)\nd").run(0)
    page, root = notebook.page, notebook.widget(".ql-ds")
    root.locator("[role='application']").focus()
    for key in ("c", "ArrowDown", "o", "ArrowDown", "c", "ArrowDown", "c", "ArrowDown", "o", "ArrowDown", "x"):
        page.keyboard.press(key)
    field = "[(o.gate, list(o.controls), list(o.anticontrols)) for o in d.circuit.ops]"
    notebook.becomes(field, "[('x', [0, 2, 3], [1, 4])]")

    root.locator("[role='application']").focus()
    for key in ("End", "PageUp", "m", "PageUp", "ArrowRight", "h"):
        page.keyboard.press(key)
    gate = root.locator(f"{GATES}[aria-label^='H, q0']")
    gate.click()
    root.get_by_label("Only if this bit").select_option("0")
    notebook.becomes("[list(o.condition.clbits) for o in d.circuit.ops if o.condition]", "[[0]]")

    shot("designer-steered", ".ql-ds")
    notebook.evaluate("d.__setattr__('circuit', qlab.Circuit(2).append('h', 0).append('cx', [0, 1]))")
    root.locator(f"{GATES}[aria-label^='CX']").wait_for()
    root.locator(f"{GATES}[aria-label^='H, q0']").click()
    page.keyboard.press("Alt+ArrowRight")
    note = root.locator(".ql-note.warn", has_text="Changes the unitary: H passed CX")
    note.wait_for()
    shot("designer-passed", ".ql-ds")
    note.get_by_role("button", name="Undo").click()
    holds(notebook, ["h", "x"], names)


def test_wires_are_named_moved_added_and_removed_and_a_slider_drag_is_one_step(notebook: Notebook, shot: Shot) -> None:
    notebook.new("import qlab\nd = qlab.Designer(qlab.Circuit(3).append('rx', 0, 0.5).append('h', 2))\nd").run(0)
    page, root = notebook.page, notebook.widget(".ql-ds")
    root.get_by_role("tab", name="Wires").click()
    name = root.get_by_label("Name of wire 0")
    name.fill("data")
    name.press("Enter")
    root.get_by_label("Move wire data down").click()
    root.get_by_role("button", name="Add wire", exact=True).click()
    root.get_by_label("Remove wire q1").click()
    notebook.becomes("list(d.circuit.qubits)", "['data', 'q2', 'q3']")
    holds(notebook, [["rx", [0]], ["h", [1]]], lambda held: [op[:2] for op in held])

    root.locator(f"{GATES}[aria-label^='RX']").click()
    slider = root.get_by_role("slider", name="Angle")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    drag(notebook, (box["x"] + box["width"] * 0.6, y), (box["x"] + box["width"] * 0.915, y))
    holds(notebook, ["5*pi/6"], lambda held: held[0][2])
    shot("designer-slider", ".ql-ds")
    root.locator("[role='application']").focus()
    page.keyboard.press("Control+z")
    holds(notebook, ["0.5"], lambda held: held[0][2])


def test_a_block_is_repeated_opened_in_place_and_edited_for_all(notebook: Notebook, shot: Shot) -> None:
    circuit = "qlab.Circuit(2).append('ry', 0, 'w[0]').append('cx', [0, 1])"
    notebook.new(f"import qlab\nd = qlab.Designer({circuit})\nd").run(0)
    page, root = notebook.page, notebook.widget(".ql-ds")
    canvas = root.locator("[role='application']")
    canvas.focus()
    for key in ("Control+a", "g"):
        page.keyboard.press(key)
    times = root.get_by_label("Repeats")
    times.fill("70")
    times.press("Enter")
    block = root.locator(GATES)
    block.filter(has_text="× 70").wait_for()
    expect(block).to_have_count(1)
    notebook.becomes("len(d.circuit.ops)", "70")
    root.locator(".ql-map").wait_for()  # there is more than meets the eye
    shot("designer-repeated", ".ql-ds")

    canvas.focus()
    page.keyboard.press("k")
    root.locator(".k-open .k-target").wait_for()
    page.keyboard.press("Shift+K")
    root.locator(GATES).nth(3).wait_for()
    page.keyboard.press("Shift+K")
    root.locator(GATES).nth(1).wait_for(state="detached")
    shot("designer-opened", ".ql-ds")
    assert notebook.evaluate("len(d.circuit.ops)") == "70", "a look changes nothing"
    canvas.focus()

    page.keyboard.press("Enter")
    root.locator(".ql-back").wait_for()
    page.keyboard.press("End")
    page.keyboard.press("z")
    root.locator(GATES).nth(2).wait_for()
    notebook.becomes("[(b.name, len(b.ops)) for b in d.circuit.blocks]", "[('block 1', 3)]")
    assert notebook.evaluate("d.circuit.stats()['counts'].get('z')") == "70"


def test_pictures_and_code_leave_and_the_caret_finds_its_gate(notebook: Notebook) -> None:
    page = notebook.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    circuit = "qlab.Circuit(2, name='bell').append('h', 0).append('cx', [0, 1])"
    notebook.new(f"import qlab\nd = qlab.Designer({circuit})\nd").run(0)
    root = notebook.widget(".ql-ds")
    root.locator(GATES).nth(1).wait_for()

    def choose(name: str) -> None:
        root.get_by_role("button", name="Export").click()
        root.get_by_role("menuitem", name=re.compile(name)).click()

    for item, file, start in (("SVG", "bell.svg", b"<svg"), ("PNG", "bell.png", b"\x89PNG")):
        with page.expect_download() as saved:
            choose(item)
        assert saved.value.suggested_filename == file
        assert saved.value.path().read_bytes().startswith(start)
    for item, words in (("LaTeX", r"\begin{quantikz}"), ("Alt text", "2 wires, 2 gates")):
        choose(item)
        root.locator(".ql-note", has_text=f"{item} copied").wait_for()
        assert words in page.evaluate("() => navigator.clipboard.readText()")

    code = root.locator(".ql-two:not([hidden]) textarea")
    line = code.input_value().split("\n").index("cx q[0], q[1];")
    code.evaluate(
        "(el, at) => { el.focus(); el.setSelectionRange(at, at); }",
        sum(len(t) + 1 for t in code.input_value().split("\n")[:line]),
    )
    page.keyboard.press("ArrowRight")
    root.locator(".ql-insp-head", has_text="Controlled X").wait_for()
