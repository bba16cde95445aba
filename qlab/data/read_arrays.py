"""Readers of NumPy archives and folders of images: arrays in, one column a number or pixel out.

A NumPy file is never unpickled, and its header is held against the size of the file before anything is allocated.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..errors import DataError
from .read_packed import MOST, check_archive

PIXELS = 64 * 64  # most columns an image becomes without being asked to
LABELS = ("target", "y", "label", "labels")
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff")


def read_numpy(path: Path, arrays: Sequence[str] | None) -> pa.Table:
    """Return the arrays of an ``.npz`` archive, or the one of an ``.npy`` file, as columns.

    Args:
        path: the file.
        arrays: which ones, by default all; they must have one length. (n,) becomes a column, (n, k) and (n, h, w)
            become k and h·w columns called ``name0``, ``name1``, … (``px0``, … for images).

    Raises:
        DataError: object arrays, a header that doesn't fit the file, arrays of different lengths.
    """
    made = _npy(path) if path.suffix.lower() == ".npy" else _npz(path)
    if arrays is not None:
        gone = [name for name in arrays if name not in made]
        if gone:
            raise DataError(
                f"there is no array {gone[0]!r}", where=path.name, cure=f"use some of {_shapes(made)}", value=gone[0]
            )
        made = {name: made[name] for name in arrays}
    if len({a.shape[0] if a.ndim else -1 for a in made.values()}) != 1:
        raise DataError(
            f"the arrays have different lengths: {_shapes(made)}",
            where=path.name,
            cure="name those that belong together, as in arrays=['x_train', 'y_train']",
        )
    columns: dict[str, NDArray[Any]] = {}
    for name, array in made.items():
        for label, column in _columns(name, array, path):
            if label in columns:
                raise DataError(f"two arrays give a column {label!r}", where=path.name, cure="name one with arrays=")
            columns[label] = column
    return pa.table({name: pa.array(np.ascontiguousarray(c)) for name, c in columns.items()})


def _columns(name: str, array: NDArray[Any], path: Path) -> list[tuple[str, NDArray[Any]]]:
    if array.dtype.kind not in "biufUS":
        raise DataError(f"array {name!r} holds {array.dtype} values", where=path.name, cure="save numbers or texts")
    if array.ndim == 0 or array.ndim > 4:
        raise DataError(f"array {name!r} has the shape {array.shape}, no rows", where=path.name)
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    if array.ndim == 1:
        return [("target" if name.lower() in LABELS else name, array)]
    flat = array.reshape(len(array), -1)
    prefix = "px" if array.ndim > 2 else name
    return [(f"{prefix}{i}", flat[:, i]) for i in range(flat.shape[1])]


def _shapes(arrays: dict[str, NDArray[Any]]) -> str:
    return ", ".join(f"{name} {a.shape}" for name, a in list(arrays.items())[:10])


def _npy(path: Path) -> dict[str, NDArray[Any]]:
    with path.open("rb") as stream:
        _check_header(stream, path.stat().st_size, path, path.stem)
        stream.seek(0)
        return {path.stem: np.lib.format.read_array(stream, allow_pickle=False)}


def _npz(path: Path) -> dict[str, NDArray[Any]]:
    check_archive(path)
    made = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            with archive.open(member) as stream:
                _check_header(stream, member.file_size, path, name)
            try:
                with archive.open(member) as stream:
                    made[name] = np.lib.format.read_array(stream, allow_pickle=False)
            except (ValueError, EOFError, zipfile.BadZipFile) as error:
                raise DataError(f"array {name!r} can't be read: {error}", where=path.name) from None
    if not made:
        raise DataError("the archive holds no arrays", where=path.name, cure="write it with numpy.savez")
    return made


def _check_header(stream: Any, size: int, path: Path, name: str) -> None:
    try:
        major, _ = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
        held = size - stream.tell()
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{name!r} is no NumPy array: {error}", where=path.name, cure="save it again") from None
    if dtype.hasobject:
        raise DataError(
            f"array {name!r} holds Python objects, which would have to be run to be read",
            where=path.name,
            cure="save plain numbers or texts",
        )
    said = math.prod(shape) * dtype.itemsize
    if any(n < 0 for n in shape) or said != held or said > MOST:
        raise DataError(
            f"the header of {name!r} tells of {said:,} bytes, and {held:,} are there",
            where=path.name,
            cure="save it again",
        )


def read_images(folder: Path, size: tuple[int, int] | None) -> tuple[pa.Table, tuple[int, int]]:
    """Return a folder of images as grey pixels ``px0`` … (0 to 255, row by row), with the sub-folder as ``target``,
    and the width and height of each.

    Args:
        folder: images in it (then without a target) or in one sub-folder a class.
        size: (width, height) to which each is scaled; by default they must all be of one size.

    Raises:
        DataError: no images, different sizes, one too large, or a link that leads out of the folder.
    """
    try:
        from PIL import Image
    except ImportError:
        raise DataError(
            "images need the package pillow", where=folder.name, cure="pip install 'qlab[images]'"
        ) from None
    root = folder.resolve()
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES and p.is_file())
    if not files:
        raise DataError(
            "the folder holds no images",
            where=folder.name,
            cure="give the path of one file in it, or put .png or .jpg images there",
        )
    first: tuple[int, int] | None = None
    rows, labels = [], []
    for path in files:
        at = str(path.relative_to(folder))
        if not path.resolve().is_relative_to(root):
            raise DataError(f"{at!r} is a link that leads out of the folder", where=folder.name, cure="copy the image")
        try:
            with Image.open(path) as image:
                wanted = size or image.size
                first = first or wanted
                if wanted != first or wanted[0] * wanted[1] > PIXELS:
                    raise _sizes(folder, at, wanted, first)
                if image.size[0] * image.size[1] > 50_000_000:
                    raise DataError(f"{at!r} has {image.size[0]} × {image.size[1]} pixels", where=folder.name)
                grey = image.convert("L")
                rows.append(np.asarray(grey if size is None else grey.resize(size), dtype=np.uint8).ravel())
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            raise DataError(f"{at!r} is no image that can be read: {error}", where=folder.name) from None
        labels.append(path.relative_to(folder).parts[0] if path.parent != folder else None)
    pixels = np.asfortranarray(np.stack(rows))
    table = {f"px{i}": pa.array(pixels[:, i]) for i in range(pixels.shape[1])}
    labelled = table if labels == [None] * len(labels) else {**table, "target": pa.array(labels, pa.string())}
    return pa.table(labelled), first or (0, 0)


def _sizes(folder: Path, at: str, found: tuple[int, int], first: tuple[int, int]) -> DataError:
    if found == first:
        return DataError(
            f"{at!r} has {found[0]} × {found[1]} pixels, and each would be a column",
            where=folder.name,
            cure="scale the images down, as in size=(8, 8)",
        )
    return DataError(
        f"{at!r} has {found[0]} × {found[1]} pixels, the images before it {first[0]} × {first[1]}",
        where=folder.name,
        cure="scale them to one size, as in size=(8, 8)",
    )
