"""Prints what a bad line costs a panel: frames lost and out of order, sockets closed for good. `make bench` runs it.

A real JupyterLab in a headless Chromium. On the socket between them 10 % of a panel's own messages are dropped and
10 % come after the next one, in both directions, while a run goes on; once it ended, the time is taken until the page
holds what the kernel holds, number for number. Then sockets are closed with code 1001, which JupyterLab takes for
farewell: the time until the panel says so, and until it lives again after *Reconnect*.
"""

from __future__ import annotations

import random
import sys
import time
from ast import literal_eval
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, WebSocketRoute, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from qlab.doctor import find_browser  # noqa: E402
from tests.ui.conftest import FLAGS  # noqa: E402
from tests.ui.notebook import Notebook  # noqa: E402
from tests.ui.server import lab_server  # noqa: E402
from tests.ui.test_reload import COMPLETE, HELD, SCROLL, Line, history  # noqa: E402
from tests.ui.wire import kinds_of  # noqa: E402

ROUNDS = 5
STEPS = 400
SETUP = """import os, tempfile
os.environ["QLAB_HOME"] = tempfile.mkdtemp()
import qlab
fx = qlab.load("digits").features(target="target", classes=[3, 5], qubits=10, reduce="pca", seed=7)
run = qlab.train(qlab.templates.reuploading(10, 4), fx, epochs=40_000, batch=128, seed=1)
run.panel"""


END = "(run.stop(), run.wait(), (__import__('time').time(), run.step))[2]"


class Bad:
    """A page's sockets, on which a panel's messages are lost or come late."""

    def __init__(self, page: Page, seed: int) -> None:
        self.rng, self.lost, self.late, self.whole = random.Random(seed), 0, 0, 0
        page.route_web_socket(lambda url: "/channels" in url, self._route)

    def _route(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(self._between(server.send))
        server.on_message(self._between(route.send))

    def _between(self, send: Callable[[str | bytes], None]) -> Callable[[str | bytes], None]:
        held: list[str | bytes] = []

        def take(message: str | bytes) -> None:
            if isinstance(message, bytes) and kinds_of(message)[1]:
                self.whole += 1
                chance = self.rng.random()
                if chance < 0.1:
                    self.lost += 1
                    return
                if chance < 0.2 and not held:
                    self.late += 1
                    held.append(message)
                    return
            send(message)
            while held:
                send(held.pop())

        return take


def row(what: str, figure: str, target: str) -> None:
    print(f"{what:<58} {figure:<34} {target}", flush=True)


def lossy(notebook: Notebook, page: Page) -> None:
    took = []
    for seed in range(ROUNDS):
        bad = Bad(page, seed)
        notebook.new(SETUP, name=f"lossy{seed}.ipynb").run(0)
        page.wait_for_selector(".ql-panel .main-svg", timeout=60_000)
        notebook.becomes(f"run.step >= {STEPS}", "True")
        ended, n = literal_eval(notebook.evaluate(END))
        page.evaluate(SCROLL, 0)  # what is out of sight is not drawn
        page.wait_for_function(COMPLETE, arg=n, timeout=60_000)
        page.wait_for_function(f"n => ({HELD})()[0].at(-1) === n", arg=n)
        took.append(time.time() - ended)
        x, y = page.evaluate(HELD)
        same = (x, y) == history(notebook)
        what = f"{bad.lost} of {bad.whole} messages lost, {bad.late} late"
        row(f"  {n} steps, {what}", f"{took[-1]:.2f} s, {'the same' if same else 'NOT THE SAME'}", "")
    row("both ends hold the same after the run's end, worst", f"{max(took):.2f} s", "<= 2 s")


def closed(notebook: Notebook, page: Page) -> None:
    said, back = [], []
    line = Line(page)
    notebook.new(SETUP, name="closed.ipynb").run(0)
    for _ in range(ROUNDS):
        page.wait_for_selector(".ql-panel[data-state='running']", timeout=60_000)
        start = time.perf_counter()
        line.cut(1001)
        page.wait_for_selector(".ql-panel[data-state='disconnected']", timeout=60_000)
        said.append(time.perf_counter() - start)
        button = page.get_by_role("button", name="Reconnect")
        button.wait_for()
        start = time.perf_counter()
        button.click()
        page.wait_for_selector(".ql-panel[data-state='running']", timeout=60_000)
        back.append(time.perf_counter() - start)
    row("closed with 1001: the panel says so, worst", f"{max(said):.2f} s", "<= 3 s")
    row("  running again after one click, worst", f"{max(back):.2f} s", "")
    notebook.evaluate("(run.stop(), run.wait())[0]")


def main() -> None:
    path = find_browser()
    if path is None:
        sys.exit("no Chromium. Cure: `make test`, or set QLAB_CHROMIUM")
    with lab_server(ROOT / "notebooks") as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        for part in (lossy, closed):
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            part(Notebook(page, server), page)
            page.close()
            server.shut_kernels()
        browser.close()


if __name__ == "__main__":
    main()
