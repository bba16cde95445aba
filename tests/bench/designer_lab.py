"""Prints how far designer and Python lie apart in a real JupyterLab: an edit to `d.circuit`, an assignment to paint.

Both sides read the clock of one machine. An edit is a key pressed in the page; it has arrived when an observer of the
trait has read `d.circuit`. An assignment is made by a thread of the kernel; it is there in the frame after its gate is
in the page. Circuits of 4 x 20 and 16 x 100 gates, 30 of each; other cells are idle.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the tests are no installed package

from qlab.doctor import find_browser
from tests.ui.notebook import Notebook
from tests.ui.server import lab_server

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
TIMES = 30
CELL = """import json, threading, time, qlab
c = qlab.Circuit({wires})
for i in range({gates}):
    q = i % {wires}
    c = c.append("ry", q, f"w[{{i}}]") if i % 3 else c.append("cx", [q, (q + 1) % {wires}])
d = qlab.Designer(c)
came, sent = [], []
d.observe(lambda change: came.append((len(d.circuit.ops), time.time() * 1000)), "circuit_text")
def assign():
    for k in range({times}):
        time.sleep(0.25)
        sent.append(time.time() * 1000)
        d.circuit = c.append("h", 0, id=f"new{{k}}")
d"""
EDIT = """async () => {
  const start = performance.timeOrigin + performance.now();
  document.querySelector('.ql-main').dispatchEvent(new KeyboardEvent('keydown', { key: 'h', bubbles: true }));
  await new Promise(done => setTimeout(done, 250));
  return start;
}"""
WATCH = """() => {
  window.drawn = [];
  const seen = new Set();
  const look = () => {
    const now = document.querySelector(".ql-gates [data-id^='new']")?.dataset.id;
    if (now && !seen.has(now)) { seen.add(now); window.drawn.push(performance.timeOrigin + performance.now()); }
    requestAnimationFrame(look);
  };
  look();
}"""


def row(what: str, values: list[float], target: str) -> None:
    p95 = sorted(values)[math.ceil(0.95 * len(values)) - 1]
    print(f"{what:<50} {p95:6.0f} ms ({statistics.median(values):.0f})   {target}", flush=True)


def measure(notebook: Notebook, wires: int, gates: int) -> None:
    notebook.new(CELL.format(wires=wires, gates=gates, times=TIMES)).run(0)
    page, size = notebook.page, f"{wires} x {gates}"
    notebook.widget(".ql-ds").locator("[role='application']").focus()
    page.keyboard.press("End")
    starts = [float(page.evaluate(EDIT)) for _ in range(TIMES)]
    came = json.loads(notebook.evaluate("json.dumps(came)").strip("'"))
    arrived = dict(reversed(came))  # the first message of each length
    ends = [arrived[gates + 1 + k] for k in range(TIMES)]
    row(f"edit to d.circuit, {size}", [b - a for a, b in zip(starts, ends, strict=True)], "<= 300 ms")
    page.evaluate(WATCH)
    notebook.run(notebook.append("threading.Thread(target=assign).start()"))
    page.wait_for_function("n => window.drawn.length === n", arg=TIMES, timeout=60_000)
    sent = json.loads(notebook.evaluate("json.dumps(sent)").strip("'"))
    drawn = list(page.evaluate("window.drawn"))
    row(f"assignment to paint, {size}", [b - a for a, b in zip(sent, drawn, strict=True)], "<= 100 ms")


def main() -> None:
    path = find_browser()
    if path is None:
        sys.exit("no Chromium. Cure: `make test`, or set QLAB_CHROMIUM")
    flags = ["--no-sandbox", "--disable-dev-shm-usage"]
    with lab_server(NOTEBOOKS) as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, headless=True, args=flags)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        for wires, gates in ((4, 20), (16, 100)):
            measure(Notebook(page, server), wires, gates)
        browser.close()


if __name__ == "__main__":
    main()
