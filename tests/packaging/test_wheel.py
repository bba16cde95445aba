"""The wheel as a newcomer gets it: with Node, without Node, from the sdist; then in an empty environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "node_modules",
    "static",
    "labextension",
    "lib",
    "out",
    "dist",
    "build",
    ".*_cache",
    "__pycache__",
)
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as a fresh clone has it, nothing built; taken once, so that all builds see the same."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("clone") / "qlab", ignore=LEFT_OUT))


def pip_wheel(source: Path, out: Path, path: str | None = None) -> Path:
    """`pip wheel` in isolation; returns the one wheel of qlab."""
    env = {**os.environ, "PATH": path} if path else dict(os.environ)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(out), str(source)]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    [wheel] = out.glob("qlab-*.whl")
    return wheel


def contents(wheel: Path) -> dict[str, bytes]:
    """Every file of a wheel but its own metadata, whose order and times may differ."""
    with zipfile.ZipFile(wheel) as archive:
        return {n: archive.read(n) for n in archive.namelist() if ".dist-info/" not in n}


def names(wheel: Path) -> set[str]:
    """The files of a wheel; the hash in a chunk's name depends on the folder it was built in and is left out."""
    return {re.sub(r"\.[0-9a-f]{16}\.js$", ".js", name) for name in contents(wheel)}


def path_without_node() -> str:
    """PATH with every folder that has a node replaced by nothing; system tools stay reachable through links."""
    return os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not (Path(p) / "node").exists())


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("with-node")
    return pip_wheel(Path(shutil.copytree(clone, top / "qlab")), top / "out")


@pytest.fixture(scope="module")
def sdist(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sdist")
    source = shutil.copytree(clone, out / "source")
    done = subprocess.run(
        [sys.executable, "-m", "build", "-q", "--sdist", "--outdir", str(out), str(source)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    [archive] = out.glob("qlab-*.tar.gz")
    return archive


def test_the_wheel_holds_both_halves_once(wheel: Path) -> None:
    found = set(contents(wheel))
    bundles = {f"qlab/static/{name}.{kind}" for name in ("designer", "data", "panel", "lab") for kind in ("js", "css")}
    assert bundles <= found
    assert "qlab/static/plotly.min.js" in found
    assert "qlab/py.typed" in found
    extension = {n.split("/share/jupyter/labextensions/qlab/")[1] for n in found if "/labextensions/qlab/" in n}
    assert {"package.json", "install.json"} <= extension
    assert any(n.startswith("static/remoteEntry") for n in extension)
    assert "schemas/qlab/launcher.json" in extension
    assert not [n for n in found if n.startswith("qlab/labextension/")], "the extension is shipped twice"
    assert not [n for n in found if "node_modules" in n or n.endswith((".ts", ".map"))]


def test_without_node_on_path_the_same_bundles_come_out(clone: Path, wheel: Path, tmp_path: Path) -> None:
    path = path_without_node()
    assert shutil.which("node", path=path) is None
    other = pip_wheel(Path(shutil.copytree(clone, tmp_path / "qlab")), tmp_path / "out", path=path)
    assert names(other) == names(wheel)
    for name, body in contents(wheel).items():
        if name.startswith("qlab/") and not name.endswith("build.json"):
            assert contents(other)[name] == body, name


def test_the_sdist_needs_no_node(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        packed = archive.getnames()
        archive.extractall(tmp_path, filter="data")
    assert not [n for n in packed if "node_modules" in n]
    [source] = [p for p in tmp_path.iterdir() if p.is_dir()]
    broken = tmp_path / "bin"
    broken.mkdir()
    for name in ("node", "npm"):  # a build that calls either of them fails
        (broken / name).write_text("#!/bin/sh\nexit 97\n")
        (broken / name).chmod(0o755)
    made = pip_wheel(source, tmp_path / "out", path=f"{broken}{os.pathsep}{path_without_node()}")
    assert names(made) == names(wheel)


def test_installed_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "JUPYTER", "VIRTUAL_ENV"))}
    env["PATH"] = f"{home / 'bin'}{os.pathsep}{path_without_node()}"

    def run(*command: str) -> str:
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout + done.stderr

    run(str(python), "-m", "pip", "install", "-q", str(wheel))
    listed = run(str(home / "bin" / "jupyter"), "labextension", "list")
    [line] = [text for text in listed.splitlines() if text.split()[:1] == ["qlab"]]
    assert "enabled" in line
    assert "OK" in line
    told = run(str(home / "bin" / "qlab"), "doctor")
    assert "all is well" in told
    code = "import qlab; d = qlab.Designer(qubits=3); d.circuit = d.circuit.append('h', 0); print(len(d.circuit.ops))"
    assert run(str(python), "-c", code).strip() == "1"
