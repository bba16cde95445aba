"""Groups of bitstrings as observables: the probability of each group as a sum of Z-strings. Must not run circuits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from ..errors import TrainError, not_one_of

RULES = ("modulo", "parity")
MOST = 8  # wires read: a group may need 2^wires strings


def bitstring_groups(
    wires: int | Sequence[int], classes: int, rule: str | Callable[[int], int] = "modulo"
) -> tuple[dict[str, float], ...]:
    """Return one observable a class: the probability that the measured bits belong to it.

    The expectation of a group of bitstrings is a sum of Z-strings, by the Walsh–Hadamard transform of its indicator.

    Args:
        wires: the wires that are read, the first one the least significant bit; a number n stands for the first n
            needed of 0 to n−1: the fewest that tell the classes apart, or all of them for ``"parity"``.
        classes: number of groups, at least 2.
        rule: ``"modulo"``: the number read, modulo classes. ``"parity"``: the number of ones, modulo classes. A
            function takes the number read to the class.

    Raises:
        TrainError: too few wires for the classes, more than 8 wires, or a class outside 0…classes−1.

    Example:
        >>> bitstring_groups(2, 2, "parity")
        ({'I': 0.5, 'Z0 Z1': 0.5}, {'I': 0.5, 'Z0 Z1': -0.5})
    """
    needed = max(1, (classes - 1).bit_length())
    listed = list(range(wires)) if isinstance(wires, int) else [int(q) for q in wires]
    if isinstance(wires, int) and rule == "modulo":
        listed = listed[:needed]
    if not callable(rule) and rule not in RULES:
        raise not_one_of(TrainError, "rule", rule, RULES, where="bitstring_groups")
    enough = len(listed) + 1 if rule == "parity" else 1 << len(listed)
    if classes < 2 or enough < classes:
        raise TrainError(
            f"{len(listed)} wires can't tell {classes} classes apart",
            where="bitstring_groups",
            cure="read more wires, or use fewer classes; at least 2",
            value=classes,
        )
    special = rule == "parity" and classes == 2
    if len(listed) > MOST and not special:
        raise TrainError(
            f"groups of bitstrings on {len(listed)} wires need {2 ** len(listed):,} strings",
            where="bitstring_groups",
            cure=f"read at most {MOST} wires",
            value=len(listed),
        )
    if special:  # two strings, on any number of wires
        every = " ".join(f"Z{q}" for q in sorted(listed))
        return {"I": 0.5, every: 0.5}, {"I": 0.5, every: -0.5}
    size = 1 << len(listed)
    classed = [_class_of(number, rule, classes) for number in range(size)]
    out = []
    for k in range(classes):
        terms = {}
        for chosen in (c for r in range(len(listed) + 1) for c in combinations(range(len(listed)), r)):
            mask = sum(1 << bit for bit in chosen)
            total = sum((-1) ** (number & mask).bit_count() for number in range(size) if classed[number] == k)
            if total:
                terms[" ".join(f"Z{listed[bit]}" for bit in chosen) or "I"] = total / size
        out.append(terms or {"I": 0.0})
    return tuple(out)


def _class_of(number: int, rule: str | Callable[[int], int], classes: int) -> int:
    if callable(rule):
        k = int(rule(number))
        if not 0 <= k < classes:
            raise TrainError(
                f"the rule puts {number:b} into class {k}",
                where="bitstring_groups",
                cure=f"return 0 to {classes - 1}",
                value=k,
            )
        return k
    return (number if rule == "modulo" else number.bit_count()) % classes
