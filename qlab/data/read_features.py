"""Features on disk as arrays that are mapped in: N processes that open them share one copy. No pickle.

A folder holds ``features.json`` (everything but the arrays, and the lineage) and an ``.npy`` file for each array. It is
written under another name and renamed when it is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from .lineage import Lineage

if TYPE_CHECKING:
    from .features import Features

FORMAT = "features-folder/1"
PARTS = ("train", "val", "test")
ARRAYS = ("X", "y", "labels", "rows")
CURE = "save the features again with fx.save(folder)"


def save(features: Features, folder: str | os.PathLike[str]) -> Path:
    """Write features to a folder and return it; an earlier one of qlab's is replaced, anything else is left alone.

    Raises:
        DataError: the folder holds something else, a label is neither text nor a number, or the disk refuses.
    """
    place = Path(folder).expanduser()
    if place.exists() and not (place / "features.json").is_file() and (not place.is_dir() or any(place.iterdir())):
        raise DataError(f"{str(place)!r} holds other files", where="save", cure="give a new or an empty folder")
    made = place.with_name(f".{place.name}.{secrets.token_hex(6)}.tmp")
    try:
        made.mkdir(parents=True)
        files: dict[str, str] = {}
        for part in PARTS:
            split = getattr(features, part)
            for name in ARRAYS:
                array = np.asarray(getattr(split, name))
                array = array.astype(np.str_) if array.dtype == object else np.ascontiguousarray(array)
                np.save(made / f"{part}-{name}.npy", array, allow_pickle=False)
                files[f"{part}-{name}"] = _digest(array)
        about = {
            "format": FORMAT,
            "classes": None if features.classes is None else [_plain(c) for c in features.classes],
            **{k: getattr(features, k) for k in ("task", "target", "encode", "clipped", "dropped", "name", "source")},
            "names": list(features.names),
            "columns": list(features.columns),
            "texts": sorted(features._texts),
            "lineage": features.lineage.dict(),
            "files": files,
        }
        (made / "features.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
        if place.exists():
            old = made.with_suffix(".old")
            os.replace(place, old)
            try:
                os.replace(made, place)
            except OSError:
                os.replace(old, place)
                raise
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.replace(made, place)
    except OSError as error:
        raise DataError(
            f"the features can't be written: {error.strerror or error}", where=str(place), cure="use another folder"
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return place


def open_features(folder: str | os.PathLike[str], *, lineage: str | None = None, check: bool = False) -> Features:
    """Return saved features, their arrays mapped from disk and read-only; see `Features.open`."""
    from .features import Features, Split

    place = Path(folder).expanduser()
    try:
        about: dict[str, Any] = json.loads((place / "features.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise DataError(f"the folder is of format {about['format']!r}", where=str(place), cure=CURE)
        told = about["lineage"]
        options = {k: tuple(v) if isinstance(v, list) else v for k, v in told["options"].items()}
        made = Lineage(told["id"], told["source"], options, told["versions"])
        if made.computed() != made.id:
            raise DataError("the lineage doesn't belong to what is told of it", where=str(place), cure=CURE)
        if lineage is not None and not made.id.startswith(str(lineage)):
            raise DataError(
                f"these features have the lineage {made.short}, not {str(lineage)[:12]}",
                where=str(place),
                cure="open the folder that was saved from those features",
                value=made.id,
            )
        parts: Any = {}
        for part in PARTS:
            arrays = {}
            for name in ARRAYS:
                array = np.load(place / f"{part}-{name}.npy", mmap_mode="r", allow_pickle=False)
                if check and _digest(array) != about["files"][f"{part}-{name}"]:
                    raise DataError(f"{part}-{name}.npy was changed", where=str(place), cure=CURE)
                arrays[name] = array.view(np.ndarray)
            if len({len(a) for a in arrays.values()}) != 1 or arrays["X"].shape[1:] != (len(about["names"]),):
                raise DataError(f"the arrays of {part} don't fit together", where=str(place), cure=CURE)
            parts[part] = Split(**arrays)
        return Features(
            **parts,
            classes=None if about["classes"] is None else tuple(about["classes"]),
            **{k: about[k] for k in ("task", "target", "encode", "clipped", "dropped", "name", "source")},
            names=tuple(about["names"]),
            columns=tuple(about["columns"]),
            pipeline=None,
            lineage=made,
            _texts=frozenset(about["texts"]),
        )
    except FileNotFoundError as error:
        raise DataError(f"there are no saved features in {str(place)!r}", where="open", cure=CURE) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"the saved features can't be read: {error}", where=str(place), cure=CURE) from error


def _digest(array: np.ndarray[Any, Any]) -> str:
    head = f"{array.dtype.str}{array.shape}".encode()
    return hashlib.sha256(head + np.ascontiguousarray(array).tobytes()).hexdigest()


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, (str, int, float, bool)):
        raise DataError(f"the class {value!r} is neither text nor a number", where="save", cure="use such a target")
    return value
