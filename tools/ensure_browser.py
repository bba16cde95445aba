"""Makes sure that there is a Chromium for the browser tests, and prints its path. Fails loudly, never skips."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from qlab.doctor import find_browser


def install() -> None:
    """Debian and Ubuntu by apt, everything else by Playwright's own build."""
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False)
        done = subprocess.run([*sudo, "apt-get", "install", "-y", "-qq", "chromium"], stdout=subprocess.DEVNULL)
        if done.returncode == 0 and find_browser():
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if not find_browser():
    print("qlab: no Chromium found; installing one for the browser tests")
    install()
found = find_browser()
if not found:
    raise SystemExit(
        "qlab: the browser tests need Chromium and none could be installed.\n"
        "Cure: install chromium or google-chrome, or set QLAB_CHROMIUM to a browser's path, then run make again."
    )
print(f"qlab: browser {found}")
