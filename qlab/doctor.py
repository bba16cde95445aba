"""Checks that this machine can run qlab, and says the cure for each failure. Changes nothing but one temporary file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from .widgets.assets import STATIC

BUNDLES = ("designer.js", "data.js", "panel.js", "lab.js", "plotly.min.js")
MEMORY_FLOOR = 1 << 30  # bytes: a notebook, its kernel and a 12-qubit run together
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: what was looked at, what was found, and the cure if it is not well.

    ``optional`` marks what qlab can live without; it is shown as a warning and does not fail the command.
    """

    name: str
    ok: bool
    found: str
    cure: str = ""
    optional: bool = False


def find_browser() -> str | None:
    """The Chromium-like browser that qlab's tests would drive: ``QLAB_CHROMIUM``, PATH, macOS, then Playwright's."""
    wanted = os.environ.get("QLAB_CHROMIUM")
    if wanted:
        return wanted if Path(wanted).is_file() else shutil.which(wanted)
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    return next((p for p in MAC_BROWSERS if Path(p).is_file()), None) or _playwright_browser()


def _playwright_browser() -> str | None:
    caches = (Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright")
    names = ("chrome", "chrome-headless-shell", "headless_shell", "Chromium", "Google Chrome for Testing")
    for cache in caches:
        for folder in sorted(cache.glob("chromium*"), reverse=True):
            for name in names:
                if found := next((p for p in folder.rglob(name) if p.is_file() and os.access(p, os.X_OK)), None):
                    return str(found)
    return None


def python_version() -> Iterator[Check]:
    """Python itself."""
    found = ".".join(map(str, sys.version_info[:3]))
    yield Check("Python", sys.version_info >= (3, 11), found, "install Python 3.11 or newer and run make again")


def packages() -> Iterator[Check]:
    """Every requirement of the installed qlab, against the version that is there."""
    from packaging.requirements import Requirement

    try:
        lines = metadata.requires("qlab") or []
    except metadata.PackageNotFoundError:
        yield Check("qlab", False, "not installed", "pip install -e . in the repository")
        return
    yield Check("qlab", True, metadata.version("qlab"))
    for requirement in map(Requirement, lines):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            found = "not installed"
        ok = found != "not installed" and requirement.specifier.contains(found, prereleases=True)
        yield Check(requirement.name, ok, found, f"pip install '{requirement.name}{requirement.specifier}'")


def bundles() -> Iterator[Check]:
    """The built browser half."""
    missing = [name for name in BUNDLES if not (STATIC / name).is_file()]
    found = f"missing: {', '.join(missing)}" if missing else f"{len(BUNDLES)} files"
    yield Check("browser bundles", not missing, found, "run `make build`, or reinstall the wheel")


def labextension() -> Iterator[Check]:
    """Whether JupyterLab sees the extension, as `jupyter labextension list` prints it."""
    command = [sys.executable, "-m", "jupyterlab.labextensions", "list"]
    cure = "run `make build`; if it is disabled, `jupyter labextension enable qlab`"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.SubprocessError) as error:
        yield Check("labextension", False, str(error), cure)
        return
    lines = [line.split() for line in (done.stdout + done.stderr).splitlines()]
    row = next((words for words in lines if words and words[0] == "qlab"), None)
    text = " ".join(row) if row else "qlab is not listed"
    yield Check("labextension", bool(row) and "enabled" in text and "OK" in text, text, cure)


def memory() -> Iterator[Check]:
    """Memory that is free, within the container's limit."""
    from .engine.capacity import memory_limit

    free = memory_limit()
    cure = "close other programs, or raise the container's memory limit"
    yield Check("memory", free >= MEMORY_FLOOR, f"{free / (1 << 30):.1f} GiB free", cure)


def durable_write() -> Iterator[Check]:
    """A write that survives a power cut, where runs and caches are kept."""
    from jupyter_core.paths import jupyter_data_dir

    folder = Path(jupyter_data_dir())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="qlab-doctor-") as file:
            file.write(b"qlab" * 1024)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        cure = f"free space or grant write access to {folder}, or set JUPYTER_DATA_DIR"
        yield Check("write with fsync", False, f"{folder}: {error.strerror}", cure)
        return
    yield Check("write with fsync", True, str(folder))


def browser() -> Iterator[Check]:
    """A browser for the tests; JupyterLab itself opens in whichever the user has."""
    path = find_browser()
    cure = "install chromium or google-chrome (needed by `make test` only), or set QLAB_CHROMIUM"
    yield Check("browser", path is not None, path or "no Chromium found", cure, optional=True)


CHECKS: tuple[Callable[[], Iterator[Check]], ...] = (
    python_version,
    packages,
    bundles,
    labextension,
    memory,
    durable_write,
    browser,
)


def run_checks() -> list[Check]:
    """Runs every check; one that raises is a failed check with the exception as its finding."""
    report: list[Check] = []
    for check in CHECKS:
        try:
            report.extend(check())
        except Exception as error:
            report.append(Check(check.__name__, False, f"{type(error).__name__}: {error}", "report this as a bug"))
    return report


def print_report(report: list[Check]) -> int:
    """Prints one line a check and returns the exit code: 1 if anything that qlab needs is not well."""
    width = max(len(check.name) for check in report)
    for check in report:
        mark = "ok  " if check.ok else ("warn" if check.optional else "FAIL")
        print(f"{mark}  {check.name:<{width}}  {check.found}")
        if not check.ok:
            print(f"      {'':<{width}}  cure: {check.cure}")
    failed = [check.name for check in report if not check.ok and not check.optional]
    print(f"{len(failed)} of {len(report)} checks failed: {', '.join(failed)}" if failed else "all is well")
    return 1 if failed else 0
