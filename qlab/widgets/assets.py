"""Where the built browser half of qlab lies. Reads no file at import; must not know any single widget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import QlabError

STATIC = Path(__file__).parent.parent / "static"


def asset(name: str) -> Path:
    """The path of one built bundle, for anywidget's ``_esm`` and ``_css``.

    Args:
        name: file name in ``qlab/static``, such as ``"designer.js"``.

    Raises:
        QlabError: the bundle has not been built.
    """
    path = STATIC / name
    if not path.is_file():
        raise QlabError(
            f"the browser bundle {name} has not been built",
            where=f"qlab/static/{name}",
            cure="run `make build` in the repository, or install the wheel, which carries the bundles",
        )
    return path


def send_plotly(send: Callable[[dict[str, Any], list[bytes]], None], **about: Any) -> None:
    """Answer a page that asks for plotly.js: its source as a buffer, or an error with the cure where it isn't built.

    Args:
        send: sends a message and its buffers to the page.
        about: put on the error, such as ``run="01JD7-42"``.
    """
    source = STATIC / "plotly.min.js"
    if source.is_file():
        send({"type": "plotly"}, [source.read_bytes()])
        return
    fault = "the plotting code has not been built (at qlab/static/plotly.min.js)"
    send({"type": "error", **about, "message": fault, "cure": "run `make build`"}, [])
