"""Machine code that puts atoms into layers (see `schedule`): bit arithmetic on masks, a fraction of a millisecond.

An atom moves amplitudes by ``v`` (0 for a phase) and tells them apart by the parities of its masks; two atoms
commute if neither moves what the other tells apart. It must not know angles.
"""

from __future__ import annotations

from ._jit import helper, kernel
from .arrays import IntArray
from .vec import odd_parity


@helper
def grow(spans: IntArray, i: int, mask: int) -> None:
    """Include a mask in a subspace, whose basis is ``spans[i]`` by highest bit."""
    b = spans.shape[1] - 1
    while mask:
        if mask >> b & 1:
            if spans[i, b] == 0:
                spans[i, b] = mask
                return
            mask ^= spans[i, b]
        b -= 1


@helper
def odd(spans: IntArray, i: int, mask: int) -> bool:
    """Return whether a mask shares an odd number of bits with some member of a subspace."""
    if mask:
        for b in range(spans.shape[1]):
            if odd_parity(spans[i, b] & mask):
                return True
    return False


@helper
def clashes(moves: IntArray, signs: IntArray, i: int, v: int, masks: IntArray, first: int, stop: int) -> bool:
    """Return whether an atom fails to commute with what made a layer's subspaces."""
    if odd(signs, i, v):
        return True
    for k in range(first, stop):  # noqa: SIM110  # numba has no generators here
        if odd(moves, i, masks[k]):
            return True
    return False


@helper
def include(moves: IntArray, signs: IntArray, i: int, v: int, masks: IntArray, first: int, stop: int) -> None:
    """Add an atom's move and masks to a layer's subspaces."""
    grow(moves, i, v)
    for k in range(first, stop):
        grow(signs, i, masks[k])


@kernel
def arrange(
    moved: IntArray,
    starts: IntArray,
    masks: IntArray,
    keys: IntArray,
    terms: IntArray,
    moves: IntArray,
    signs: IntArray,
    layers: IntArray,
) -> int:
    """Write each atom's layer; -1 where no observable sees it. Return how many layers there are.

    Args:
        moved: Each key's move.
        starts: Key k has ``masks[starts[k] : starts[k + 1]]``.
        keys: The atoms' keys, in time order; those with the same one differ in their angles alone.
        terms: Observables' masks (x, z); with none, everything is seen.
        moves, signs: Zeros, (atoms + 1, bits): each layer's subspaces.
        layers: (4, atoms + 1): the result, whether each layer turns, and what they are worked out with.
    """
    count = keys.shape[0]
    for t in range(terms.shape[0]):
        grow(moves, count, terms[t, 0])
        grow(signs, count, terms[t, 1])
    for a in range(count - 1, -1, -1):
        layers[0, a], k = 0, keys[a]
        if terms.shape[0]:
            if clashes(moves, signs, count, moved[k], masks, starts[k], starts[k + 1]):
                include(moves, signs, count, moved[k], masks, starts[k], starts[k + 1])
            else:
                layers[0, a] = -1
    used = 0
    # Below the result: whether a layer turns, its last atom; an atom's neighbour in its layer.
    for a in range(count):
        if layers[0, a] < 0:
            continue
        k, chosen = keys[a], -1
        turns = 1 if moved[k] else 0
        for i in range(used - 1, -1, -1):
            if layers[1, i] == turns:
                same = layers[2, i]
                while same >= 0 and keys[same] != k:
                    same = layers[3, same]
                if same >= 0:
                    chosen = i
                    break
                if not turns:  # phases commute
                    chosen = i
                    continue
            if clashes(moves, signs, i, moved[k], masks, starts[k], starts[k + 1]):
                break
            if turns == layers[1, i]:
                chosen = i
        if chosen < 0:
            chosen, used = used, used + 1
            layers[1, chosen], layers[2, chosen] = turns, -1
        layers[0, a], layers[3, a], layers[2, chosen] = chosen, layers[2, chosen], a
        include(moves, signs, chosen, moved[k], masks, starts[k], starts[k + 1])
    return used
