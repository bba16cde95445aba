"""Prints what the grid of the Data view must reach, in a real JupyterLab: first rows, bytes a scroll, heap, frames.

1.5 M rows of 16 columns and one of 200 columns. First rows: from the end of the cell's run to painted cells, and from
picking the tab of a large dataset to its painted cells. Bytes are counted on the websocket; the heap after a garbage
collection. ``--upload`` sends 64 MiB through the browser and compares the digest.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from qlab.doctor import find_browser

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.ui.conftest import FLAGS  # noqa: E402
from tests.ui.notebook import Notebook  # noqa: E402
from tests.ui.server import LabServer, lab_server  # noqa: E402

CELL = """import numpy as np, qlab
rng = np.random.default_rng(0)
n = 1_500_000
big = qlab.load({**{f"x{i}": rng.normal(size=n).round(4) for i in range(15)}, "y": rng.integers(0, 2, n)}, name="big")
wide = qlab.load({f"c{i}": rng.normal(size=100_000) for i in range(200)}, name="wide")
d = qlab.Data("iris")
d"""
WAIT = """rows => new Promise(done => {
  const look = () => {
    const view = document.querySelector('.ql-data-scroll');
    const lines = view?.querySelectorAll('.ql-data-lines > [role=row]').length ?? 0;
    const here = lines > 5 && view.getAttribute('aria-rowcount') === String(rows + 1);
    if (here && !view.querySelector('.ql-data-lines .wait')) done(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""
LOAD = f"""async ([name, rows]) => {{
  const field = document.querySelector('.ql-data-source input');
  field.value = name;
  const start = performance.now();
  field.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true }}));
  return await ({WAIT})(rows) - start;
}}"""
SCROLL = """async ([times, by]) => {
  const view = document.querySelector('.ql-data-scroll');
  const spent = [];
  for (let i = 0; i < times; i++) {
    const anywhere = ((i * 7919) % 997) / 997 * (view.scrollHeight - view.clientHeight);
    const start = performance.now();
    view.scrollTop = by === null ? anywhere : view.scrollTop + by;
    await new Promise(requestAnimationFrame); // it draws after this one
    do await new Promise(requestAnimationFrame);
    while (view.querySelector('.ql-data-lines .wait'));
    spent.push(performance.now() - start);
  }
  return spent;
}"""
FRAMES = """async frames => { const v = document.querySelector('.ql-data-scroll'); const stamps = [];
  await new Promise(done => { const step = now => { stamps.push(now); v.scrollTop += 40;
    if (stamps.length <= frames) requestAnimationFrame(step); else done(); }; requestAnimationFrame(step); });
  return stamps.slice(1).map((t, i) => t - stamps[i]); }"""


class Wire:
    """Counts what comes in over the websockets of a page."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.bytes = 0
        self.cdp.send("Network.enable")
        self.cdp.on("Network.webSocketFrameReceived", self._frame)

    def _frame(self, event: dict[str, Any]) -> None:
        payload = event["response"]["payloadData"]
        binary = event["response"]["opcode"] == 2
        self.bytes += len(payload) * 3 // 4 if binary else len(payload.encode())

    def heap(self) -> float:
        """MB in use after a garbage collection."""
        self.cdp.send("HeapProfiler.enable")
        self.cdp.send("HeapProfiler.collectGarbage")
        return float(self.cdp.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def row(what: str, value: str, target: str) -> None:
    print(f"{what:<62} {value:>26}   {target}", flush=True)


def times(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{statistics.median(ordered):.0f} (p95 {ordered[int(0.95 * (len(ordered) - 1))]:.0f}) ms"


def grid(page: Page, wire: Wire, name: str, rows: int) -> None:
    first = page.evaluate(LOAD, [name, rows])
    row(f"{name}: first rows painted after Enter", f"{first:.0f} ms", "<= 300 ms")
    page.locator(".ql-data-preview svg, .ql-data-answer .ql-note").first.wait_for(timeout=120_000)
    page.evaluate(SCROLL, [5, None])
    before, heap = wire.bytes, wire.heap()
    waits = page.evaluate(SCROLL, [200, None])
    row(f"{name}: a jump anywhere until the rows are there", times(waits), "")
    row(f"{name}: bytes a jump, 200 jumps", f"{(wire.bytes - before) / 200 / 1000:.1f} kB", "<= 64 kB a scroll")
    row(f"{name}: heap growth after 200 jumps", f"{wire.heap() - heap:.1f} MB", "<= 30 MB")
    before = wire.bytes
    page.evaluate(SCROLL, [200, 120])
    row(f"{name}: bytes a turn of the wheel, 200 turns", f"{(wire.bytes - before) / 200 / 1000:.1f} kB", "<= 64 kB")
    gaps = page.evaluate(FRAMES, 200)
    fps = 1000 / statistics.fmean(gaps)
    row(f"{name}: frames while it scrolls 40 px a frame", f"{fps:.0f} /s, longest {max(gaps):.0f} ms", "smooth")


def large_upload(page: Page, notebook: Notebook, folder: Path) -> None:
    size = 64 * 2**20
    line = b"0123456789,abcdefghij,3.14159,%015d\n"
    body = b"a,b,c,d\n" + b"".join(line % i for i in range(size // len(line % 0) + 1))
    path = folder / "large.csv"
    path.write_bytes(body[: body.rindex(b"\n", 0, size) + 1])
    want = hashlib.sha256(path.read_bytes()).hexdigest()
    seen: list[int] = []
    start = time.perf_counter()
    page.locator(".ql-data-drop input").set_input_files(str(path))
    rows = path.read_bytes().count(b"\n") - 1
    while page.locator(".ql-data-scroll").get_attribute("aria-rowcount") != str(rows + 1):
        bar = page.locator(".ql-data-progress").get_attribute("aria-valuenow")
        if bar is not None and (not seen or int(bar) != seen[-1]):
            seen.append(int(bar))
        time.sleep(0.05)
        if time.perf_counter() - start > 120:
            sys.exit(f"not there after 120 s; the bar went {seen}")
    spent = time.perf_counter() - start
    got = notebook.evaluate("d.server._here().remark.split('sha256 ')[1][:12]").strip("'")
    row(f"upload of {path.stat().st_size / 2**20:.0f} MiB and its reading", f"{spent:.1f} s", "")
    row("  positions of the bar seen", f"{len(set(seen))}", "moves")
    row("  sha256 of the kernel = of the file", f"{got} {'=' if got == want[:12] else '!='}", "equal")
    if got != want[:12]:
        sys.exit("the digests differ")


def session(server: LabServer, upload: bool) -> None:
    path = find_browser()
    if path is None:
        sys.exit("no Chromium. Cure: `make test`, or set QLAB_CHROMIUM")
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        chromium = play.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1440, "height": 1000})
        notebook = Notebook(page, server)
        notebook.new(CELL, name="bench.ipynb").run(0)
        notebook.widget(".ql-data").locator(".ql-data-preview svg").wait_for()
        wire = Wire(page)
        grid(page, wire, "big", 1_500_000)
        grid(page, wire, "wide", 100_000)
        if upload:
            large_upload(page, notebook, Path(folder))
        page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll().then(() => true)")
        chromium.close()


def main() -> None:
    row("what", "figure", "must reach")
    os.environ.setdefault("QLAB_HOME", tempfile.mkdtemp(prefix="qlab-bench-"))
    with lab_server(ROOT / "notebooks") as server:
        session(server, "--upload" in sys.argv)


if __name__ == "__main__":
    main()
