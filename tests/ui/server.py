"""A real JupyterLab for the browser tests: own home and settings, a random token, XSRF on, ended by its own group."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_TIMEOUT = 90.0  # seconds; a cold start on a loaded machine took 12


@dataclass(frozen=True, slots=True)
class LabServer:
    """Where the server listens, its token, the folder it serves and its log."""

    base: str
    token: str
    root: Path
    log: Path

    def url(self, path: str) -> str:
        """The address that opens ``path`` in JupyterLab, logged in, with an empty workspace; "" is the launcher."""
        tree = f"/tree/{path}" if path else ""
        return f"{self.base}/lab{tree}?reset&token={self.token}"

    def shut_kernels(self) -> None:
        """End all kernels, once no page looks at them: ipykernel 7.4 may mix its last messages of several threads."""
        with self._ask("sessions") as answer:
            sessions = json.load(answer)
        for session in sessions:
            with contextlib.suppress(urllib.error.HTTPError):  # gone meanwhile
                self._ask(f"sessions/{session['id']}", "DELETE").close()

    def _ask(self, what: str, method: str = "GET") -> Any:
        headers = {"Authorization": f"token {self.token}"}
        ask = urllib.request.Request(f"{self.base}/api/{what}", method=method, headers=headers)
        return urllib.request.urlopen(ask, timeout=60)


def _settings(folder: Path) -> None:
    notices = folder / "@jupyterlab" / "apputils-extension"
    notices.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
    (notices / "notification.jupyterlab-settings").write_text(json.dumps(quiet))


@contextlib.contextmanager
def lab_server(notebooks: Path, *, config: Path | None = None) -> Iterator[LabServer]:
    """Serves a copy of ``notebooks``; yields once it answers, and leaves nothing behind.

    ``config`` is a folder of Jupyter's configuration; default an empty one.
    """
    tmp = Path(tempfile.mkdtemp(prefix="qlab-ui-"))
    root = tmp / "root"
    shutil.copytree(notebooks, root, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    _settings(tmp / "settings")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTHONPATH"))}
    env |= {
        "HOME": str(tmp),
        "JUPYTER_CONFIG_DIR": str(config or tmp / "config"),
        "JUPYTER_DATA_DIR": str(tmp / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp / "runtime"),
        "JUPYTER_PLATFORM_DIRS": "1",
        "IPYTHONDIR": str(tmp / "ipython"),
        "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", str(Path.home() / ".cache" / "qlab-test-numba")),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token, base, log = secrets.token_hex(16), f"http://127.0.0.1:{port}", tmp / "server.log"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"),
        *("--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}"),
        *(f"--LabApp.workspaces_dir={tmp / 'workspaces'}", f"--LabApp.user_settings_dir={tmp / 'settings'}"),
        *("--LabApp.expose_app_in_browser=True", "--LabApp.news_url="),
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]
    with log.open("w") as sink:
        process = subprocess.Popen(
            command, cwd=root, env=env, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _wait_until_up(process, f"{base}/api/status?token={token}", log)
            yield LabServer(base, token, root, log)
        finally:
            _stop(process, LabServer(base, token, root, log))
    shutil.rmtree(tmp, ignore_errors=True)


def _wait_until_up(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"JupyterLab ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not answer in {START_TIMEOUT:.0f} s:\n{log.read_text()[-3000:]}")


def _stop(process: subprocess.Popen[bytes], server: LabServer) -> None:
    with contextlib.suppress(OSError):
        server._ask("shutdown", "POST").close()
    for sign, patience in ((None, 15), (signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        if sign is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return
