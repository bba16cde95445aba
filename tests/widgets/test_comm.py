"""The panel in a real kernel: frames and controls pass while a cell blocks, and nothing is routed behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client import BlockingKernelClient, KernelManager

ROOT = Path(__file__).resolve().parent.parent.parent
SETUP = f"""
import sys, tempfile, pathlib
sys.path.insert(0, {str(ROOT)!r})
import qlab.widgets.assets as assets
stub = pathlib.Path(tempfile.mkdtemp())
for name in ("panel.js", "panel.css"):
    (stub / name).write_text("export default {{}}" if name.endswith("js") else "")
assets.STATIC = stub  # the bundle need not be built for this
import qlab, time
from tests.training.fakes import circuit, features
run = qlab.train(circuit(2), features(64), epochs=1_000_000, batch=16)
panel = run.panel
print(panel.model_id, type(panel.comm)._reply_subshell_for is not None, panel.comm._reply_subshell_for)
"""


class Kernel:
    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def run(self, code: str) -> str:
        out: list[str] = []

        def hook(message: dict[str, Any]) -> None:
            assert message["msg_type"] != "error", message["content"]
            if message["msg_type"] == "stream":
                out.append(message["content"]["text"])

        self.client.execute_interactive(code, timeout=120, output_hook=hook)
        return "".join(out).strip()

    def subshell(self) -> str:
        message = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(message)
        reply = self.client.get_control_msg(timeout=20)
        found: str = reply["content"]["subshell_id"]
        return found

    def say(self, model: str, body: dict[str, Any], subshell: str | None = None) -> None:
        content = {"comm_id": model, "data": {"method": "custom", "content": body}}
        message = self.client.session.msg("comm_msg", content)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)

    def begun(self, request: str) -> None:
        """Wait until a cell is running."""
        while (message := self.client.get_iopub_msg(timeout=60))["parent_header"].get("msg_id") != request:
            assert message["msg_type"] != "error", message["content"]

    def heard(self, model: str, seconds: float = 60) -> Iterator[tuple[dict[str, Any], list[Any]]]:
        """Yield what the panel sends within some seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                message = self.client.get_iopub_msg(timeout=left)
            except Exception:
                return
            if message["msg_type"] != "comm_msg" or message["content"]["comm_id"] != model:
                continue
            data = message["content"]["data"]
            if data.get("method") == "custom":
                yield data["content"], message["buffers"]


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(ROOT))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_frames_and_controls_pass_while_a_cell_blocks(kernel: Kernel, tmp_path: Path) -> None:
    model, routed, now = kernel.run(SETUP).split()
    assert (routed, now) == ("True", "None")
    subshell = kernel.subshell()
    go = tmp_path / "go"
    blocked = kernel.client.execute(f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)")
    kernel.begun(blocked)
    kernel.say(model, {"type": "open", "client": "t", "run": ""}, subshell)
    run_id = next(m for m, _ in kernel.heard(model) if m["type"] == "error")["message"].split()[4].rstrip(",")
    kernel.say(model, {"type": "open", "client": "t", "run": run_id}, subshell)
    rows = 0
    appends, first = 0, time.monotonic()
    for message, buffers in kernel.heard(model):
        if message["type"] == "hello":
            assert message["client"] == "t"
            columns = len(message["columns"])
        if message["type"] == "append":
            assert len(buffers[0]) == 8 * columns * message["n"]
            rows += message["n"]
            appends += 1
        if "seq" in message:
            kernel.say(model, {"type": "ack", "client": "t", "run": run_id, "seq": message["seq"]}, subshell)
        if appends == 8:
            break
    assert rows > 100
    # eight must pass while the cell blocks, however slow the machine; and never more than ten a second
    assert appends >= 8
    assert appends <= 10 * (time.monotonic() - first) + 1
    kernel.say(model, {"type": "control", "run": run_id, "action": "pause"}, subshell)
    for message, _ in kernel.heard(model):
        if message["type"] == "status" and message["status"]["state"] == "paused":
            break
        if "seq" in message:
            kernel.say(model, {"type": "ack", "client": "t", "run": run_id, "seq": message["seq"]}, subshell)
    else:
        raise AssertionError("not paused while the cell blocked")
    assert not kernel.client.shell_channel.msg_ready(), "the cell had ended by then: nothing is proved"
    go.touch()
    assert kernel.client.get_shell_msg(timeout=60)["parent_header"]["msg_id"] == blocked


def test_a_saved_notebook_gets_a_picture_and_a_table(kernel: Kernel) -> None:
    kernel.run("run.stop(); run.wait(60)")
    data = kernel.run("data, _ = run._repr_mimebundle_(); print(sorted(data)); print(data['text/html'][:200])")
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "text/html" in data
    assert "Stopped, step" in data
    assert kernel.run("print(run.panel is panel, repr(panel)[:9])") == "True Panel of"


def test_a_new_comm_is_detached_too(kernel: Kernel) -> None:
    code = "panel.comm = None; panel.open(); print(panel.comm._reply_subshell_for)"
    assert kernel.run(code) == "None"
