"""Driving a notebook in JupyterLab through its own commands: open, run a cell, read its output, switch the theme."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from .server import LabServer

IDLE = """() => { const w = window.jupyterapp?.shell?.currentWidget;
  return w?.sessionContext?.isReady && w.sessionContext.kernelDisplayStatus === 'idle'; }"""
RAN = """i => { const c = window.jupyterapp.shell.currentWidget.content.widgets[i];
  return c.model.executionCount && c.model.executionState !== 'running'; }"""
RUN = """i => { const w = window.jupyterapp.shell.currentWidget; w.content.activeCellIndex = i;
  w.content.deselectAll(); void window.jupyterapp.commands.execute('notebook:run-cell'); }"""
OUTPUT = """i => window.jupyterapp.shell.currentWidget.content.widgets[i].model.outputs.toJSON()"""
LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"


class Notebook:
    """One open notebook in one page."""

    def __init__(self, page: Page, server: LabServer) -> None:
        self.page = page
        self.server = server

    def open(self, path: str) -> Notebook:
        """Opens ``path`` (relative to the served folder) and waits for an idle kernel."""
        self.page.goto(self.server.url(path), wait_until="domcontentloaded")
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-Cell", timeout=90_000)
        self.wait_idle()
        return self

    def new(self, *cells: str, name: str = "scratch.ipynb") -> Notebook:
        """Writes a notebook with these code cells beside the others and opens it."""
        write_notebook(self.server.root / name, *cells)
        return self.open(name)

    def wait_idle(self, timeout: float = 90_000) -> None:
        self.page.wait_for_function(IDLE, timeout=timeout)

    def command(self, name: str, **arguments: Any) -> None:
        """Runs a JupyterLab command by its id."""
        self.page.evaluate("([n, a]) => window.jupyterapp.commands.execute(n, a).then(() => true)", [name, arguments])

    def run(self, index: int, timeout: float = 120_000) -> None:
        """Runs a cell and waits until it has finished; an error in it fails the test with its text."""
        self.start(index)
        self.page.wait_for_function(RAN, arg=index, timeout=timeout)
        errors = [o for o in self.outputs(index) if o["output_type"] == "error"]
        assert not errors, f"cell {index}: {errors[0]['ename']}: {errors[0]['evalue']}"

    def start(self, index: int) -> None:
        """Runs a cell without waiting; in one go, as a widget that takes the focus makes its cell the active one."""
        self.page.evaluate(RUN, index)

    def outputs(self, index: int) -> list[dict[str, Any]]:
        return list(self.page.evaluate(OUTPUT, index))

    def text(self, index: int) -> str:
        """What a cell printed or returned as plain text."""
        parts = []
        for output in self.outputs(index):
            data = output.get("data", {}).get("text/plain", "")
            parts.append(output.get("text", "") or data)
        return "".join("".join(p) for p in parts).strip()

    def evaluate(self, expression: str) -> str:
        """The repr of a Python expression, asked through a cell appended for the purpose."""
        index = self.append(expression)
        self.run(index)
        return self.text(index)

    def becomes(self, expression: str, text: str) -> None:
        """Waits until a Python expression has this repr: an edit in the page takes a moment to reach the kernel."""
        for _ in range(20):
            if (seen := self.evaluate(expression)) == text:
                return
            self.page.wait_for_timeout(250)
        assert seen == text

    def append(self, source: str) -> int:
        """Adds a code cell at the end and returns its index."""
        return int(
            self.page.evaluate(
                """source => { const m = window.jupyterapp.shell.currentWidget.content.model.sharedModel;
                m.addCell({cell_type: 'code', source}); return m.cells.length - 1; }""",
                source,
            )
        )

    def theme(self, name: str) -> None:
        """Switches JupyterLab's theme and waits until its splash has gone; does nothing if the theme is on already.

        The splash covers the page in a screenshot. JupyterLab 4.6 itself throws (removeChild, in its core bundle) when
        themes are switched without this pause.
        """
        if self.page.evaluate("() => document.body.dataset.jpThemeName") == name:
            return
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached", timeout=30_000)
        self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=30_000)

    def widget(self, selector: str) -> Locator:
        """The one widget that matches, scrolled into view."""
        found = self.page.locator(selector).first
        found.wait_for(state="visible", timeout=60_000)
        found.scroll_into_view_if_needed()
        return found


def write_notebook(path: Path, *cells: str) -> None:
    """A minimal notebook of code cells."""
    rows = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for i, source in enumerate(cells)
    ]
    spec = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path.write_text(json.dumps({"cells": rows, "metadata": spec, "nbformat": 4, "nbformat_minor": 5}))
