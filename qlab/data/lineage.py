"""Where features come from, as one id that is the same in every process. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from typing import Any

FORMAT = "features/1"  # raise it when the same options begin to give other bits


@dataclass(frozen=True, slots=True)
class Lineage:
    """Everything that decides the bits of features.

    Args:
        id: hex SHA-256 of the rest; ``str(lineage)`` gives it.
        source: content hash of the dataset.
        options: every option in full, defaults included.
        versions: of the packages whose arithmetic is used.
    """

    id: str
    source: str
    options: Mapping[str, Any]
    versions: Mapping[str, str]

    @classmethod
    def of(cls, source: str, options: Mapping[str, Any]) -> Lineage:
        """Return the lineage of a dataset's hash and the options in full."""
        made = cls("", source, dict(options), _versions())
        return replace(made, id=made.computed())

    def computed(self) -> str:
        """Return the id that the rest gives: another than ``id`` if something was altered."""
        text = json.dumps(
            [FORMAT, self.source, dict(self.options), dict(self.versions)], sort_keys=True, ensure_ascii=False
        )
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def short(self) -> str:
        """The id as a person compares it: ``"7c1e…a90"``."""
        return f"{self.id[:4]}…{self.id[-3:]}"

    def dict(self) -> dict[str, Any]:
        """Return all of it, ready for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return self.id


@cache
def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("numpy", "scikit-learn")}
