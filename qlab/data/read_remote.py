"""Files at an address: brought to a temporary file once, counted as they come, then read like any other.

fsspec knows the protocols; qlab itself asks no host. Must not parse what it brings.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from ..errors import DataError
from .read_packed import MOST

PIECE = 1 << 20


@contextmanager
def fetched(address: str, most: int = MOST) -> Iterator[Path]:
    """Give the path of a copy of what is at ``address`` while the context lasts; its ending is the address's.

    Raises:
        DataError: no such protocol, nothing there, or more than ``most`` bytes.
    """
    try:
        import fsspec
    except ImportError:
        raise DataError(
            f"{address!r} is an address, which needs the package fsspec",
            where="load",
            cure="pip install 'qlab[remote]', or download it and give the path",
            value=address,
        ) from None
    name = PurePosixPath(unquote(urlsplit(address).path)).name or "data"
    with tempfile.TemporaryDirectory(prefix="qlab-") as folder:
        path = Path(folder) / name
        try:
            with fsspec.open(address, "rb") as source, path.open("wb") as copy:
                while piece := source.read(PIECE):
                    if copy.tell() + len(piece) > most:
                        raise DataError(
                            f"{address!r} has more than {most / 1e9:.1f} GB",
                            where="load",
                            cure="download it and give the path",
                        )
                    copy.write(piece)
        except DataError:
            raise
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            raise DataError(
                f"{address!r} can't be fetched: {error or type(error).__name__}",
                where="load",
                cure="check the address, or download it and give the path",
                value=address,
            ) from None
        yield path
