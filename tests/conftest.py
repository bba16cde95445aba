"""For every test, kernels and scripts included: runs are stored in a folder of the session's own, and Ctrl-C works."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def _runs_are_kept_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before = os.environ.get("QLAB_HOME")
    home = tmp_path_factory.mktemp("qlab-home")
    os.environ["QLAB_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["QLAB_HOME"]
    else:
        os.environ["QLAB_HOME"] = before


@pytest.fixture(scope="session", autouse=True)
def _interrupts_arrive() -> None:
    """A shell that starts us in the background has Ctrl-C ignored, and children inherit that."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
