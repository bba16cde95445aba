"""Installs Node as a wheel into this environment when no usable Node is on PATH. Run by make before building."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import hatch_build

if not hatch_build.find_node():
    print(f"qlab: no usable Node on PATH; installing {hatch_build.NODE_WHEEL} into the environment")
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", hatch_build.NODE_WHEEL], check=True)
    if not hatch_build.find_node():
        raise SystemExit("qlab: Node is still not usable. Cure: install Node 22.12 or newer and run make again.")
