"""Every notebook in `notebooks/` runs from top to bottom in a real kernel, without a browser."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent.parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_is_a_quickstart() -> None:
    assert FOLDER / "01-quickstart.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.get("outputs") for cell in notebook.cells)


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if p.stem[:2] != "01"], ids=lambda p: p.stem)
def test_a_workshop_notebook_is_a_lesson(path: Path) -> None:
    """Short; an aim first, a question to guess at, a word on the classical model, and exercises last."""
    cells = nbformat.read(path, as_version=4).cells
    words = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert sum(cell.cell_type == "code" for cell in cells) <= 12
    assert "**Aim.**" in words[0]
    assert any("**Guess" in text for text in words)
    assert "classical" in "\n".join(words)
    lesson, exercises = words[-1].split("## Exercises")
    assert "## What to take away" in lesson
    assert sum(line[:2] in ("1.", "2.") for line in exercises.splitlines()) == 2
    machine = [str(Path.home()), "/home/", "/tmp/", "http://", "https://"]
    assert [word for word in machine for cell in cells if word in cell.source] == []  # offline, on any machine


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_executes(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(FOLDER)}}).execute()
    errors = [o for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "error"]
    assert errors == []
