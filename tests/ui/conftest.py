"""Fixtures of the browser tests: one server and one browser a session, a watched page a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, sync_playwright

from qlab.doctor import find_browser

from .notebook import Notebook
from .server import LabServer, lab_server

Shot = Callable[[str, str], Path]
ROOT = Path(__file__).resolve().parent.parent.parent
SHOTS = ROOT / "out" / "ui"
FLAGS = [
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.ui)


@pytest.fixture(scope="session")
def server() -> Iterator[LabServer]:
    with lab_server(ROOT / "notebooks") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    assert path, "no Chromium: the browser tests fail rather than skip. Cure: `make test`, or set QLAB_CHROMIUM"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, server: LabServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that must end without a console error and without a request to any other host."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, device_scale_factor=1, reduced_motion="reduce"
    )
    page = context.new_page()
    errors: list[str] = []
    foreign: list[str] = []
    forgiven = [text for mark in request.node.iter_markers("forgives") for text in mark.args]

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} ({message.location.get('url', '')})")

    def on_request(asked: Request) -> None:
        url = urlparse(asked.url)
        if url.scheme in {"http", "https", "ws", "wss"} and url.hostname != "127.0.0.1":
            foreign.append(asked.url)

    def on_fault(error: Error) -> None:
        if not any(text in str(error) for text in forgiven):
            errors.append(error.stack or str(error))

    page.on("console", on_console)
    page.on("pageerror", on_fault)
    page.on("request", on_request)
    yield page
    if request.session.testsfailed:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"failed-{request.node.name}.png")
    context.close()
    server.shut_kernels()
    assert foreign == [], "requests to other hosts"
    assert errors == [], "errors in the browser's console"


@pytest.fixture
def notebook(page: Page, server: LabServer) -> Notebook:
    return Notebook(page, server)


@pytest.fixture
def shot(page: Page) -> Shot:
    """Saves a named screenshot of a widget under out/ui, to be looked at."""

    def take(name: str, selector: str) -> Path:
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        page.locator(selector).first.screenshot(path=path)
        assert path.stat().st_size > 5_000
        return path

    return take
