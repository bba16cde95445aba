"""Prints what the designer must reach, in headless Chromium: edit to paint, slider, last against first column, pan.

Each time is what the key's handler takes and then the frame that shows the new amplitudes (script, style, layout and
paint). The wait for that frame is left out, for it is the display's: 0 to 16.7 ms at 60 Hz, whatever a page does.
An edit begins when what the last one moved has come to rest, as under a person's hand; the slider never rests.
The page holds the designer's own bundle over a model in a variable: no kernel, no JupyterLab.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, sync_playwright

from qlab.circuit import Circuit
from qlab.doctor import find_browser

HOME = Path(__file__).resolve().parents[2]
STATIC, JS = HOME / "qlab" / "static", HOME / "js"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]
FREE = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]
HTML = """<!doctype html><meta charset=utf-8><link rel=stylesheet href=/designer.css>
<body data-jp-theme-light=true style="margin:0"><div id=host style="width:1280px"></div><script type=module>
import widget from "/designer.js";
const traits = { circuit_text: await (await fetch("/circuit")).text(), error: "", read_only: false, height: 720 };
const none = () => {};
const set = (k, v) => { traits[k] = v; };
const model = { get: k => traits[k], set, save_changes: none, send: none, on: none, off: none };
widget.render({ model, el: document.getElementById("host") });
const main = document.querySelector(".ql-main");
const shown = () => new Promise(done => requestAnimationFrame(() => {
  const line = new MessageChannel();
  line.port1.onmessage = done;
  line.port2.postMessage(0);
}));
window.press = async (key, more = {}, on = main) => {
  let frame = 0;
  requestAnimationFrame(() => { frame = performance.now(); }); // the first in the frame that follows
  const start = performance.now();
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  const taken = performance.now() - start;
  await shown();
  if (!busy()) return taken + performance.now() - frame;
  while (busy()) await shown(); // a state in slices: its time is all that passes until it is painted
  return performance.now() - start;
};
window.busy = () => document.querySelector(".ql-state-all").ariaBusy === "true";
window.long = [];
new PerformanceObserver(list => long.push(...list.getEntries().map(e => e.duration))).observe({ type: "longtask" });
window.rest = async () => {
  await Promise.allSettled(document.getAnimations().map(a => a.finished));
  await new Promise(done => setTimeout(done, 20));
};
window.bars = () => document.querySelector(".ql-amps").innerHTML;
await shown();
window.ready = true;
</script>"""
EDITS = """async ([columns, wires]) => {
  const times = [];
  const move = (key, n) => {
    for (let k = 0; k < n; k++)
      document.querySelector(".ql-main").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };
  for (let i = 0; i < columns.length; i++) {
    move("Home", 1);
    move("ArrowUp", 60);
    move("ArrowRight", columns[i]);
    move("ArrowDown", wires[i]);
    await press("Shift");
    await rest();
    const before = bars();
    const spent = await press("v");
    const words = document.querySelector(".ql-state-words").checkVisibility();
    times.push(bars() === before && !words ? NaN : spent);
    await rest();
    times.push(await press("z", { ctrlKey: true }));
  }
  return times;
}"""
SLIDER = """async rounds => {
  await press("Home");
  await press("Shift"); // the panel of the gate comes in the frame after the picture
  const thumb = document.querySelector(".ql-insp-all [role=slider]");
  const times = [];
  let stale = 0;
  for (let i = 0; i < rounds; i++) {
    const before = bars();
    times.push(await press(i % 40 < 20 ? "ArrowUp" : "ArrowDown", {}, thumb));
    if (bars() === before) stale += 1;
  }
  return { times, stale };
}"""
PAN = """async frames => {
  const scroll = document.querySelector(".ql-scroll");
  const stamps = [];
  let by = 36;
  await new Promise(done => {
    const step = now => {
      stamps.push(now);
      const was = scroll.scrollLeft;
      scroll.scrollBy(by, 0);
      if (scroll.scrollLeft === was) by = -by;
      if (stamps.length <= frames) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  });
  const nodes = document.querySelectorAll(".ql-gates > .g").length;
  return { gaps: stamps.slice(1).map((t, i) => t - stamps[i]), nodes };
}"""
LAYOUT = """import { build } from "esbuild";
const contents = 'export { layout } from "./src/core/layout"; export { parse } from "./src/core/text";';
const stdin = { contents, resolveDir: ".", loader: "ts" };
const made = await build({ stdin, bundle: true, format: "esm", write: false });
const url = "data:text/javascript;base64," + Buffer.from(made.outputFiles[0].text).toString("base64");
const { layout, parse } = await import(url);
const circuit = parse(await new Response(process.stdin).text());
const times = Array.from({ length: 60 }, () => {
  const start = performance.now();
  layout(circuit);
  return performance.now() - start;
});
console.log(JSON.stringify(times.slice(20)));
"""


def layout_times(circuit: Circuit) -> list[float]:
    """Milliseconds of the layout alone, in Node."""
    command = ["node", "--input-type=module", "-e", LAYOUT]
    found = subprocess.run(command, cwd=JS, input=circuit.to_text(), capture_output=True, text=True, check=True)
    return list(json.loads(found.stdout))


def layered(qubits: int, gates: int, seed: int = 1) -> Circuit:
    """Rotations and CX in turn, so that columns fill: the first gate reads w[0]."""
    rng = random.Random(seed)
    circuit = Circuit(qubits)
    weight = 0
    for i in range(gates):
        wire = i % qubits
        if (i // qubits) % 2 == 0:
            circuit = circuit.append("ry", wire, f"w[{weight}]")
            weight += 1
        elif wire % 2 == 0 and qubits > 1:
            circuit = circuit.append("cx", [wire, (wire + 1 + 2 * rng.randrange(2)) % qubits])
        else:
            circuit = circuit.append("rz", wire, round(rng.uniform(-3, 3), 3))
    return circuit


def columns_of(page: Page) -> int:
    """How many columns are drawn: more than the depth, since a gate takes all wires between its own."""
    label = page.locator(".ql-main").get_attribute("aria-label") or ""
    return int(label.split(" columns")[0].split()[-1])


def open_page(page: Page, circuit: Circuit) -> None:
    def answer(route: Route) -> None:
        path = route.request.url.split("/", 3)[3]
        if path == "circuit":
            route.fulfill(body=circuit.to_text(), content_type="text/plain")
        elif path in {"designer.js", "designer.css"}:
            route.fulfill(path=STATIC / path)
        else:
            route.fulfill(body=HTML if path == "" else "", content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://designer.test/")
    page.wait_for_function("window.ready", timeout=30_000)


def p95(values: list[float]) -> float:
    assert not any(math.isnan(v) for v in values), "an edit whose amplitudes were not painted"
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def row(what: str, value: str, target: str) -> None:
    print(f"{what:<58} {value:>24}   {target}")


def edits(page: Page, columns: list[int], wires: list[int]) -> list[float]:
    return list(page.evaluate(EDITS, [columns, wires]))


def main() -> None:
    path = find_browser()
    if path is None:
        sys.exit("no Chromium. Cure: `make test`, or set QLAB_CHROMIUM")
    rng = random.Random(7)
    row("what", "p95 (median)", "must reach")
    with sync_playwright() as play:
        free = play.chromium.launch(executable_path=path, headless=True, args=FLAGS + FREE)
        for qubits, target in ((16, "< 50 ms"), (12, "< 16 ms")):
            page = free.new_page(viewport={"width": 1280, "height": 800})
            circuit = layered(qubits, 100)
            open_page(page, circuit)
            last = columns_of(page)
            places = [rng.randrange(last) for _ in range(30)], [rng.randrange(qubits) for _ in range(30)]
            edits(page, places[0][:5], places[1][:5])
            times = edits(page, *places)
            row(f"edit to amplitudes, {qubits} x 100 gates, any column", _times(times), target)
            page.close()
        page = free.new_page(viewport={"width": 1280, "height": 800})
        open_page(page, layered(12, 100))
        page.evaluate(SLIDER, 10)
        moved: dict[str, Any] = page.evaluate(SLIDER, 80)
        rate = 1000 / p95(moved["times"])
        row("slider of the first gate, 12 x 100 gates", f"{rate:.0f} updates/s", ">= 30 updates/s at p95")
        row("  updates without a new picture", str(moved["stale"]), "0")
        page.close()
        page = free.new_page(viewport={"width": 1280, "height": 800})
        deep = layered(16, 1250)
        open_page(page, deep)
        depth = columns_of(page)
        page.wait_for_function("!busy()")
        page.evaluate("rest().then(() => long.length = 0)")
        first = edits(page, [0] * 8, [rng.randrange(16) for _ in range(8)])
        ends = edits(page, [depth - 1] * 8, [rng.randrange(16) for _ in range(8)])
        ratio = statistics.median(first) / statistics.median(ends)
        row(f"first against last column, 16 x {depth} columns, time", f"{ratio:.1f} x", ">= 5 x (counted: js tests)")
        row(f"  edit in its first column, {len(deep.ops)} gates", _times(first), "")
        tasks = list(page.evaluate("rest().then(() => long)"))
        row("  tasks over 50 ms in 32 edits, the longest", f"{len(tasks)}, {max(tasks, default=0):.0f} ms", "none")
        moved = page.evaluate(SLIDER, 40)
        rate = 1000 / p95(moved["times"])
        row("  slider of its first gate", f"{rate:.0f} updates/s", "")
        tasks = list(page.evaluate("rest().then(() => long)"))[len(tasks) :]
        row("  tasks over 50 ms of that, the longest", f"{len(tasks)}, {max(tasks, default=0):.0f} ms", "none")
        page.close()
        page = free.new_page(viewport={"width": 1280, "height": 800})
        large = layered(50, 1000)
        open_page(page, large)
        places = [rng.randrange(columns_of(page)) for _ in range(12)], [rng.randrange(50) for _ in range(12)]
        row("edit to paint, 50 wires x 1,000 gates, no state", _times(edits(page, *places)), "")
        work: dict[str, Any] = page.evaluate(PAN, 200)
        row("  layout of it, warm, in Node", _times(layout_times(large)), "< 20 ms")
        row("  work of a panned frame", _times(work["gaps"][5:]), "< 20 ms")
        page.close()
        free.close()
        paced = play.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        page = paced.new_page(viewport={"width": 1280, "height": 800})
        for name, wide in (("50 wires x 1,000 gates", large), ("1 wire x 1,000 gates", layered(1, 1000))):
            open_page(page, wide)
            page.evaluate(PAN, 20)
            pan: dict[str, Any] = page.evaluate(PAN, 200)
            fps = 1000 / statistics.fmean(pan["gaps"])
            row(f"pan, {name}, {pan['nodes']} gates in the DOM", f"{fps:.0f} frames/s", ">= 50 frames/s")
        paced.close()
    size = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in ("designer.js", "designer.css"))
    row("bundle, gzip, script and styles", f"{size / 1000:.0f} kB", "<= 400 kB")


def _times(values: list[float]) -> str:
    return f"{p95(values):.1f} ms ({statistics.median(values):.1f})"


if __name__ == "__main__":
    main()
