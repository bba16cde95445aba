"""Each plugin of the extension can be switched off alone; the others go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from .server import LabServer, lab_server
from .test_extension import open_launcher

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    config = tmp_path_factory.mktemp("config")
    (config / "labconfig").mkdir()
    disabled = {"disabledExtensions": {"qlab:launcher": True}}
    (config / "labconfig" / "page_config.json").write_text(json.dumps(disabled))
    with lab_server(ROOT / "notebooks", config=config) as running:
        yield running


def test_without_the_launcher_plugin_circuits_still_open(page: Page, server: LabServer) -> None:
    open_launcher(page, server)
    listed = page.evaluate("() => window.jupyterapp.listPlugins().filter(p => p.startsWith('qlab:')).sort()")
    assert listed == ["qlab:circuit", "qlab:circuit-document", "qlab:plotly", "qlab:runs", "qlab:stills"]
    page.locator(".jp-LauncherCard", has_text="Quantum circuit").first.wait_for()
    assert page.locator(".jp-LauncherCard", has_text="qlab Lab").count() == 0
    assert page.evaluate("() => window.jupyterapp.commands.hasCommand('qlab:open-lab')") is False
    page.locator(".jp-LauncherCard", has_text="Quantum circuit").first.click()
    page.wait_for_selector(".ql-document [role='application']", timeout=30_000)
