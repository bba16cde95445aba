"""Where the built browser half of qlab lies. Reads no file at import; must not know any single widget."""

from __future__ import annotations

from pathlib import Path

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
