"""Prints how long an order takes to the trainer while a cell blocks the kernel: kernels, JupyterLab's settings.

`--kernels` adds ipykernel 7.1 to 7.3, fetched by pip into a temporary folder; `--lab` a real JupyterLab with each value
of *Kernel Comms over subshells*. `make bench` runs the installed kernel alone.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

OLDER = ("7.1", "7.2", "7.3")
SETTINGS = ("perCommTarget", "perComm", "disabled")
ORDERS = 12
SLEEP = "time.sleep(10); blocks = time.time()"
LOOP = "end = time.time() + 10\nwhile time.time() < end: pass\nblocks = time.time()"
CELLS = (("time.sleep(10)", SLEEP), ("a Python loop of 10 s", LOOP))
STAMP = """
import json, time
stamps, blocks, real = [], 0.0, run._intervened
def taken(event):
    stamps.append((event.step, time.time()))
    real(event)
run._intervened = taken
while run.step < 20: time.sleep(0.05)
"""
# when the browser had the key or the click, by the page's clock; what drives the browser isn't part of the way
GIVEN = """() => { window.given = [];
  const note = e => window.given.push((performance.timeOrigin + e.timeStamp) / 1e3);
  addEventListener('keydown', e => e.key === 'Enter' && note(e), true);
  addEventListener('pointerdown', note, true); }"""
TOLD = "print(json.dumps([stamps, run.step, blocks]))"


def main() -> None:
    print(f"{'an order while a cell blocks for 10 s':<46} {'median':>8} {'max':>8} {'target':>10} {'late steps':>11}")
    installed()
    if "--kernels" in sys.argv:
        older()
    if "--lab" in sys.argv:
        in_lab()


def told(name: str, sent: list[float], stamps: list[Any], step: int) -> None:
    """Print a row: waits of the orders, and steps made after the pause was taken, which came last."""
    waits = [1e3 * (stamp[1] - at) for stamp, at in zip(stamps, sent, strict=False)] or [float("inf")]
    late = step - (stamps[-1][0] - 1) if len(stamps) == len(sent) else -1
    figures = f"{statistics.median(waits):>5.0f} ms {max(waits):>5.0f} ms {'≤ 300 ms':>10} {late:>11}"
    print(f"{name:<46} {figures}   {len(stamps)} of {len(sent)} taken", flush=True)


def installed(path: str = "") -> None:
    """Orders as the panel's own messages, without a browser; ``path`` goes before the kernel's other packages."""
    from jupyter_client import KernelManager

    from tests.widgets.test_comm import SETUP, Kernel

    for name, cell in CELLS:
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(cwd=str(ROOT), env={**os.environ, "PYTHONPATH": path})
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            kernel = Kernel(client)
            kernel.run(SETUP.rsplit("print(", 1)[0] + STAMP)
            run_id, model = kernel.run("print(run.id, panel.model_id)").split()
            version = kernel.run("import ipykernel; print(ipykernel.__version__)")
            subshell = kernel.subshell()
            sent = []
            client.execute(cell)
            time.sleep(1.0)
            for k in range(ORDERS):
                sent.append(time.time())
                order = {"action": "lr", "value": 0.001 * (k + 1)} if k < ORDERS - 1 else {"action": "pause"}
                kernel.say(model, {"type": "control", "run": run_id, **order}, subshell)
                time.sleep(0.4)
            done = time.time()
            client.get_shell_msg(timeout=60)
            stamps, step, ended = json.loads(kernel.run(TOLD))
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        assert ended > done, "the cell had ended by then: nothing is measured"
        told(f"ipykernel {version}: {name}", sent, stamps, step)


def older() -> None:
    """The same with older kernels."""
    for version in OLDER:
        with tempfile.TemporaryDirectory() as folder:
            pip = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder)
            if subprocess.run([*pip, f"ipykernel=={version}.*"], check=False).returncode:
                print(f"ipykernel {version} can't be installed here")
                continue
            installed(folder)


def in_lab() -> None:
    """Orders by hand in the panel's own field, in a browser, with each setting of JupyterLab."""
    from playwright.sync_api import sync_playwright

    from qlab.doctor import find_browser
    from tests.ui.conftest import FLAGS
    from tests.ui.notebook import Notebook
    from tests.ui.server import lab_server
    from tests.ui.test_training import SETUP

    for setting in SETTINGS:
        with lab_server(ROOT / "notebooks") as server, sync_playwright() as playwright:
            kept = server.root.parent / "settings" / "@jupyterlab" / "apputils-extension"
            (kept / "kernels-settings.jupyterlab-settings").write_text(json.dumps({"commsOverSubshells": setting}))
            browser = playwright.chromium.launch(executable_path=find_browser(), headless=True, args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            notebook = Notebook(page, server)
            notebook.new(SETUP, STAMP, *(cell for _, cell in CELLS), TOLD, name="controls.ipynb").run(0)
            notebook.run(1)
            page.wait_for_selector(".ql-panel[data-state='running'] .main-svg", timeout=60_000)
            real = page.evaluate(
                "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.commsOverSubshells"
            )
            assert real == setting
            page.evaluate(GIVEN)
            field = page.locator(".ql-panel input[aria-label='Learning rate']").first
            for index, (name, _) in enumerate(CELLS, 2):
                notebook.start(index)
                page.wait_for_timeout(1_000)
                page.evaluate("() => { window.given.length = 0; }")
                for k in range(ORDERS - 1):
                    field.fill(f"{0.001 * (k + 1 + index):.3f}")
                    field.press("Enter")
                    page.wait_for_timeout(400)
                page.get_by_role("button", name="Pause", exact=True).click()
                sent = page.evaluate("() => window.given")
                done = time.time()
                notebook.page.wait_for_selector(".ql-panel[data-state='paused']", timeout=15_000)
                notebook.wait_idle()
                notebook.run(4)
                stamps, step, ended = json.loads(notebook.text(4))
                assert ended > done, "the cell had ended by then: nothing is measured"
                told(f"JupyterLab, {setting}: {name}", sent, stamps, step)
                notebook.evaluate("(stamps.clear(), run.resume())")
                page.wait_for_selector(".ql-panel[data-state='running']", timeout=15_000)
                notebook.evaluate("(time.sleep(0.5), stamps.clear())")
            browser.close()


if __name__ == "__main__":
    main()
