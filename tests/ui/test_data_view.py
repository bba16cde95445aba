"""The Data view in a real JupyterLab: rows, filters over all columns, pictures, bad rows, a file that is dropped."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .conftest import Shot
from .notebook import DARK, LIGHT, Notebook
from .test_accessibility import AXE, RUN

BAD = """
lines = open("data/penguins.csv").read().splitlines()
lines[203] = "Gentoo,Biscoe,46.1"
lines[310] = lines[310].rsplit(",", 3)[0] + ",4 400 g,male,2009"
open("bad.csv", "w").write("\\n".join(lines) + "\\n")
import qlab
d = qlab.Data("bad.csv")
d
"""
SLOW = """
import threading, qlab
from qlab.data import read_upload
put, hold, count = read_upload.Upload.put, threading.Event(), iter(range(1000))
def held(self, *args):
    if next(count) == 2:
        hold.wait(60)
    return put(self, *args)
read_upload.Upload.put = held
d = qlab.Data("iris")
d
"""
DROP = """([name, lines]) => {
  const root = document.querySelector('.ql-data');
  const text = 'a,b\\n' + Array.from({ length: lines }, (_, i) => `${i},row ${i % 7}\\n`).join('');
  const held = new DataTransfer();
  held.items.add(new File([text], name));
  const fire = type => root.dispatchEvent(
    new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: held }));
  fire('dragenter');
  const shown = !document.querySelector('.ql-data-drop').hidden;
  const bar = document.querySelector('.ql-data-progress');
  window.watch?.disconnect();
  window.seen = [];
  window.watch = new MutationObserver(() => window.seen.push(bar.getAttribute('aria-valuenow')));
  window.watch.observe(bar, { attributeFilter: ['aria-valuenow'] });
  fire('drop');
  return shown;
}"""


def rows_painted(notebook: Notebook, rows: int) -> None:
    """Waits until the grid shows that many rows, and they are there."""
    notebook.page.wait_for_function(
        """rows => { const v = document.querySelector('.ql-data-scroll');
        return v?.getAttribute('aria-rowcount') === String(rows + 1) && !v.querySelector('.wait')
          && v.querySelector('.ql-data-lines > [role=row]') && !v.hasAttribute('aria-busy'); }""",
        arg=rows,
        timeout=30_000,
    )


def test_rows_are_sorted_filtered_and_walked_through(notebook: Notebook, shot: Shot) -> None:
    notebook.new(BAD).run(0)
    page = notebook.page
    view = notebook.widget(".ql-data")
    rows_painted(notebook, 342)
    assert "2 bad rows left out" in view.locator(".ql-data-badrows").inner_text()
    with page.expect_download() as saved:
        view.get_by_role("button", name="Download the bad rows as CSV").click()
    assert len(Path(saved.value.path()).read_text().splitlines()) == 3

    picture = view.locator(".ql-data-card", has_text="body_mass_g").locator(".ql-data-brush")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.52, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, middle)
    page.mouse.move(box["x"] + box["width"] - 2, middle)
    view.locator(".ql-data-card", has_text="flipper_length_mm").locator(".faded").wait_for(state="attached")
    page.mouse.up()
    chip = view.locator(".ql-data-chip")
    assert "body_mass_g" in chip.inner_text()
    page.wait_for_function("() => /rows of 342/.test(document.querySelector('.ql-data-figures').textContent)")
    kept = int(notebook.evaluate("d.dataset.rows"))
    assert 0 < kept < 342
    assert notebook.evaluate("int(d.dataset['body_mass_g'].min())") >= "4500"
    rows_painted(notebook, kept)

    head = view.locator(".ql-data-window [role=columnheader]", has_text="bill_depth_mm")
    head.click()
    page.wait_for_function("() => document.querySelector('.ql-data [aria-sort=ascending]')")
    rows_painted(notebook, kept)
    first = view.locator(".ql-data-lines > [data-row='0'] > [aria-colindex='5']")
    assert first.inner_text() == "13.1"
    grid = view.locator(".ql-data-scroll")
    grid.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.wait_for_function(f"() => document.querySelector('.ql-data-lines .picked')?.dataset.row === '{kept - 1}'")
    assert view.locator(".cursor").get_attribute("role") == "gridcell"
    page.evaluate(AXE.read_text())
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        notebook.theme(theme)
        shot(f"data-filtered-{name}", ".ql-data")
        assert page.evaluate(RUN, ".ql-data") == [], name
    chip.get_by_role("button").click()
    rows_painted(notebook, 342)

    field = view.locator(".ql-data-source input")
    field.fill("digits")
    field.press("Enter")
    rows_painted(notebook, 1797)
    grey = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 0)"
    cell = view.locator(".ql-data-lines > [data-row='1'] canvas")
    shown = [round(v * 16 / 255) for v in cell.evaluate(f"c => [...({grey})(c)]")]
    assert shown == [int(v) for v in notebook.evaluate("d.dataset.to_pandas().iloc[1, :64].tolist()")[1:-1]
                     .replace(".0", "").split(",")]  # fmt: skip
    view.locator(".ql-data-preview svg").wait_for()
    assert view.locator(".ql-data-balance tbody tr").count() == 10
    shot("data-digits-dark", ".ql-data")
    assert page.evaluate(RUN, ".ql-data") == []
    notebook.theme(LIGHT)


def test_a_dropped_file_arrives_whole_and_can_be_stopped(notebook: Notebook, shot: Shot) -> None:
    notebook.new(SLOW).run(0)
    page = notebook.page
    view = notebook.widget(".ql-data")
    rows_painted(notebook, 150)
    assert page.evaluate(DROP, ["dropped.csv", 300_000]), "the whole widget is a place to drop"
    panel = view.locator(".ql-data-loading")
    panel.wait_for()
    page.wait_for_function("() => Number(document.querySelector('.ql-data-progress').ariaValueNow) >= 30")
    assert "sent to the kernel" in panel.inner_text()
    notebook.theme(DARK)
    shot("data-upload-dark", ".ql-data")
    notebook.theme(LIGHT)
    panel.get_by_role("button", name="Cancel").click()
    panel.wait_for(state="hidden")
    rows_painted(notebook, 150)
    assert notebook.evaluate("hold.set() or d.dataset.name") == "'iris'"

    body = "a,b\n" + "".join(f"{i},row {i % 7}\n" for i in range(300_000))
    assert page.evaluate(DROP, ["dropped.csv", 300_000])
    rows_painted(notebook, 300_000)
    assert len(set(page.evaluate("() => window.seen"))) >= 3, "the bar moved"
    digest = hashlib.sha256(body.encode()).hexdigest()
    assert digest[:12] in notebook.evaluate("d.server._here().remark")
    assert notebook.evaluate("int(d.dataset['a'].sum())") == str(sum(range(300_000)))
    page.evaluate(DROP, ["page.exe", 3])
    view.locator(".ql-data-source .ql-note").wait_for()
    shot("data-refused", ".ql-data")
    assert notebook.evaluate("d.dataset.rows") == "300000", "what was shown stays"
