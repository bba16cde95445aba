"""A sketch as PNG: for readers of a notebook that show neither HTML nor a widget. Needs no drawing library.

A curve is filled column by column between its lowest and its highest place there, which keeps every extreme.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from .sketch import BOTTOM, HEIGHT, INK, LEFT, RIGHT, WIDTH, Label, Line, Sketch

SCALE = 2  # pixels a CSS pixel
ROWS, CELL = 7, 6  # of a glyph; the sixth column is the gap
# Five by seven dots each, a row as one hexadecimal number of five bits.
FONT = {
    "0": "0E 11 13 15 19 11 0E", "1": "04 0C 04 04 04 04 0E", "2": "0E 11 01 02 04 08 1F", "3": "1F 02 04 02 01 11 0E",
    "4": "02 06 0A 12 1F 02 02", "5": "1F 10 1E 01 01 11 0E", "6": "06 08 10 1E 11 11 0E", "7": "1F 01 02 04 08 08 08",
    "8": "0E 11 11 0E 11 11 0E", "9": "0E 11 11 0F 01 02 0C", "a": "00 00 0E 01 0F 11 0F", "d": "01 01 0D 13 11 11 0F",
    "e": "00 00 0E 11 1F 10 0E", "g": "00 0F 11 11 0F 01 0E", "i": "04 00 0C 04 04 04 0E", "l": "0C 04 04 04 04 04 0E",
    "n": "00 00 16 19 11 11 11", "o": "00 00 0E 11 11 11 0E", "p": "00 00 1E 11 1E 10 10", "r": "00 00 16 19 10 10 10",
    "s": "00 00 0E 10 0E 01 1E", "t": "08 08 1C 08 08 09 06", "v": "00 00 11 11 11 0A 04", "y": "00 00 11 11 0F 01 0E",
    "N": "11 11 19 15 13 11 11", ".": "00 00 00 00 00 0C 0C", ",": "00 00 00 00 0C 04 08", ":": "00 0C 0C 00 0C 0C 00",
    "−": "00 00 00 1F 00 00 00", "+": "00 04 04 1F 04 04 00", " ": "00 00 00 00 00 00 00",
}  # fmt: skip


def png(drawn: Sketch) -> bytes:
    """Return the sketch as a PNG of twice its size in CSS pixels, on a clear ground."""
    colour = np.zeros((HEIGHT * SCALE, WIDTH * SCALE, 3))
    alpha = np.zeros((HEIGHT * SCALE, WIDTH * SCALE))
    if not drawn.empty:
        foot = (HEIGHT - BOTTOM) * SCALE
        alpha[foot : foot + 2, LEFT * SCALE : (WIDTH - RIGHT) * SCALE] = 1.0
        colour[foot : foot + 2] = _rgb("#9aa5b2")
    for line in drawn.lines:
        _over(colour, alpha, _cover(line), line.colour)
    for label in drawn.labels:
        _write(colour, alpha, label)
    pixels = np.dstack([colour, alpha * 255.0]).round().astype(np.uint8)
    return encode(pixels)


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """Return (height, width, 4) red, green, blue and alpha as a PNG file (ISO/IEC 15948)."""
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 4 * width), np.uint8)  # filter 0 before each row
    rows[:, 1:] = pixels.reshape(height, -1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _cover(line: Line) -> NDArray[np.float64]:
    """How much of each pixel the curve covers, 0 to 1."""
    x, y = line.x * SCALE, line.y * SCALE
    wide = WIDTH * SCALE
    if x.size == 1:  # a dot
        x, y = np.array([x[0] - 2, x[0] + 2]), np.repeat(y, 2)
    first, last = int(np.floor(x[0])), min(wide - 1, int(np.ceil(x[-1])))
    edges = np.interp(np.arange(first, last + 2), x, y)
    low, high = np.minimum(edges[:-1], edges[1:]), np.maximum(edges[:-1], edges[1:])
    column = np.clip(np.floor(x).astype(int) - first, 0, last - first)
    np.minimum.at(low, column, y)
    np.maximum.at(high, column, y)
    half = line.width * SCALE / 2
    middle = np.arange(HEIGHT * SCALE)[:, None] + 0.5
    inside = np.clip(np.minimum(middle - (low - half), (high + half) - middle) + 0.5, 0.0, 1.0)
    if line.dotted:
        inside *= (np.arange(first, last + 1) % (4 * SCALE)) < 2 * SCALE
    cover = np.zeros((HEIGHT * SCALE, wide))
    cover[:, first : last + 1] = inside
    return cover


def _write(colour: NDArray[np.float64], alpha: NDArray[np.float64], label: Label) -> None:
    text = label.text.replace("-", "−")
    width = CELL * len(text)
    left = max(0.0, label.x - width) if label.end else label.x
    cover = np.zeros_like(alpha)
    for k, sign in enumerate(text):
        rows = [int(row, 16) for row in FONT.get(sign, FONT[" "]).split()]
        bits = np.array([[(row >> (4 - c)) & 1 for c in range(5)] for row in rows], float)
        dots = np.kron(bits, np.ones((SCALE, SCALE)))
        top, at = int((label.y - ROWS) * SCALE), int((left + CELL * k) * SCALE)
        room = cover[top : top + dots.shape[0], at : at + dots.shape[1]]
        room[:] = dots[: room.shape[0], : room.shape[1]]
    _over(colour, alpha, cover, INK)


def _over(colour: NDArray[np.float64], alpha: NDArray[np.float64], cover: NDArray[np.float64], ink: str) -> None:
    """Lay an ink over what is there (Porter–Duff *over*), in place."""
    rows, columns = np.nonzero(cover)
    top, under = cover[rows, columns], alpha[rows, columns]
    both = top + under * (1.0 - top)
    share = (top / both)[:, None]
    colour[rows, columns] = _rgb(ink) * share + colour[rows, columns] * (1.0 - share)
    alpha[rows, columns] = both


def _rgb(ink: str) -> NDArray[np.float64]:
    return np.array([int(ink[i : i + 2], 16) for i in (1, 3, 5)], float)
