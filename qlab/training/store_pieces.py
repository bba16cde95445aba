"""Columns of a run in pieces that a store can keep, with minima and maxima of pieces. Pure arithmetic on arrays.

Rows lie in pieces of level 0, at most `CHUNK` rows each. A full chunk brings its *pyramid*: on level 1 the minimum
and the maximum of each `FAN` rows, on level 2 those of the whole chunk. A zoom over a million rows so reads 16 k
pairs and not the rows, and its extremes are exact all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CHUNK = 4096
FAN = 64
UNITS = (1, FAN, CHUNK)  # rows that one entry of a level stands for
MOST = 20_000  # points a reader may ask for


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the columns: ``rows`` of them from row ``first``, little-endian float64, column after column.

    On levels 1 and 2 an entry is a pair (minimum, maximum) of `UNITS` rows.
    """

    level: int
    first: int
    rows: int
    data: bytes


Fetch = Callable[[int, int, int], Sequence[Piece]]  # level, first row, end row -> the pieces that overlap, in order


def pieces_of(first: int, read: Callable[[int, int], Array], stop: int) -> tuple[list[Piece], list[tuple[int, int]]]:
    """Return the pieces that add rows ``first … stop``, and the ranges whose smaller pieces they replace.

    Args:
        first: rows that are kept already.
        read: returns rows [a, b) as (columns, b − a).
        stop: rows there are now.
    """
    made: list[Piece] = []
    gone: list[tuple[int, int]] = []
    at = first
    while at < stop:
        chunk = at // CHUNK * CHUNK
        if stop < chunk + CHUNK:
            made.append(_piece(0, at, read(at, stop), stop - at))
            break
        block = read(chunk, chunk + CHUNK)
        if at > chunk:
            gone.append((chunk, chunk + CHUNK))
        made.append(_piece(0, chunk, block, CHUNK))
        low, high = _extremes(block, FAN)
        made.append(_piece(1, chunk, np.stack([low, high], axis=2), CHUNK))
        low, high = _extremes(block, CHUNK)
        made.append(_piece(2, chunk, np.stack([low, high], axis=2), CHUNK))
        at = chunk + CHUNK
    return made, gone


def rows_of(columns: int, fetch: Fetch, start: int, stop: int) -> Array:
    """Return rows [start, stop), shape (columns, rows); rows that no piece has are nan."""
    out = np.full((columns, max(0, stop - start)), np.nan)
    for piece in fetch(0, start, stop):
        block = np.frombuffer(piece.data, dtype="<f8").reshape(columns, piece.rows)
        a, b = max(start, piece.first), min(stop, piece.first + piece.rows)
        out[:, a - start : b - start] = block[:, a - piece.first : b - piece.first]
    return out


def bucket(columns: int, fetch: Fetch, total: int, start: int, stop: int, points: int) -> tuple[Array, bool]:
    """Return rows [start, stop) in at most ``points`` rows, as `Columns.bucket` does; extremes are exact."""
    start, stop = max(0, start), min(stop, total)
    rows = max(0, stop - start)
    points = min(points, MOST)
    if points <= 0 or rows <= points:
        return rows_of(columns, fetch, start, stop), True
    buckets = max(1, points // 2)
    level = 2 if rows >= 2 * CHUNK * buckets else 1 if rows >= 2 * FAN * buckets else 0
    low, high = (_raw if level == 0 else _levelled)(columns, fetch, total, start, stop, level)
    edges = np.linspace(0, low.shape[1], min(buckets, low.shape[1]) + 1).astype(np.int64)[:-1]
    out = np.empty((columns, 2 * edges.size))
    out[:, 0::2] = np.fmin.reduceat(low, edges, axis=1)
    out[:, 1::2] = np.fmax.reduceat(high, edges, axis=1)
    return out, False


def _raw(columns: int, fetch: Fetch, _total: int, start: int, stop: int, _level: int) -> tuple[Array, Array]:
    block = rows_of(columns, fetch, start, stop)
    return block, block


def _levelled(columns: int, fetch: Fetch, total: int, start: int, stop: int, level: int) -> tuple[Array, Array]:
    """Minima and maxima of units of rows; where a unit is cut by an end, or has no pyramid yet, of what is inside."""
    unit = UNITS[level]
    first = -(-start // unit) * unit
    last = min(stop // unit * unit, total // CHUNK * CHUNK)  # full chunks only have a pyramid
    if last <= first:
        return _raw(columns, fetch, total, start, stop, 0)
    lows, highs = [], []
    if start < first:
        low, high = _extremes(rows_of(columns, fetch, start, first), unit)
        lows.append(low)
        highs.append(high)
    for piece in fetch(level, first, last):
        block = np.frombuffer(piece.data, dtype="<f8").reshape(columns, -1, 2)
        a, b = max(0, first - piece.first) // unit, (min(last, piece.first + piece.rows) - piece.first) // unit
        lows.append(block[:, a:b, 0])
        highs.append(block[:, a:b, 1])
    if last < stop:
        low, high = _extremes(rows_of(columns, fetch, last, stop), unit)
        lows.append(low)
        highs.append(high)
    return np.concatenate(lows, axis=1), np.concatenate(highs, axis=1)


def _extremes(block: Array, unit: int) -> tuple[Array, Array]:
    edges = np.arange(0, block.shape[1], unit)
    # fmin and fmax pass over nan unless all are
    return np.fmin.reduceat(block, edges, axis=1), np.fmax.reduceat(block, edges, axis=1)


def _piece(level: int, first: int, block: Array, rows: int) -> Piece:
    return Piece(level, first, rows, np.ascontiguousarray(block, dtype="<f8").tobytes())
