"""The names of a circuit: of itself, of its wires, of its symbols; and the limits on how many of each.

Names reach files, the DOM and OpenQASM: what is allowed is decided here only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import SupportsIndex

from qlab.errors import CircuitError

LIMITS = {"qubits": 64, "clbits": 1024, "ops": 10_000, "blocks": 256, "text": 1_000_000}
MAX_NAME = 64
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SYMBOL = re.compile(r"([xw])\[(0|[1-9][0-9]{0,3})\]")


class Names(Mapping[str, str]):
    """An immutable, hashable mapping from symbols to other names, in symbol order."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, str] | None = None) -> None:
        def order(item: tuple[str, str]) -> tuple[bool, int]:
            found = _SYMBOL.fullmatch(item[0])
            return (found is None or found[1] != "x", int(found[2]) if found else 0)

        pairs = sorted(((k, v) for k, v in (items or {}).items() if k != v), key=order)
        self._items: dict[str, str] = dict(pairs)

    def __getitem__(self, key: str) -> str:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


def check_limit(what: str, n: int, limits: Mapping[str, int] | None, where: Callable[[int], str] | None = None) -> None:
    """Raise CircuitError when there are more than allowed; `where` says the place at which the limit is passed."""
    limit = (limits or {}).get(what, LIMITS[what])
    if n > limit:
        unit = {"text": "bytes", "ops": "operations", "clbits": "classical bits"}.get(what, what)
        raise CircuitError(
            f"{n} {unit}, over the limit of {limit}", where=where(limit) if where else f"field {what}",
            cure=f'make it smaller, or pass limits={{"{what}": {n}}}', value=n,
        )  # fmt: skip


def check_name(name: object, where: str) -> str:
    """Return a name that is legal.

    Raises:
        CircuitError: for an empty or long name, control characters, lone surrogates.
    """
    if not isinstance(name, str) or not 1 <= len(name) <= MAX_NAME or _CONTROL.search(name):
        shown = json.dumps(name)[:80] if isinstance(name, str) else repr(name)[:80]
        raise CircuitError(
            f"the name {shown} is not valid", where=where,
            cure=f"use 1 to {MAX_NAME} characters without control characters", value=name,
        )  # fmt: skip
    return name


def wire_names(given: int | Sequence[str], prefix: str, what: str, limits: Mapping[str, int] | None) -> tuple[str, ...]:
    """Return the names of wires given as a number or as names.

    Raises:
        CircuitError: for no qubit at all, or more wires than allowed.
    """
    where = f"field {what}"
    if isinstance(given, str):
        raise CircuitError(f"{given!r} is one name, not several", where=where, cure=f"write [{given!r}]")
    n = given.__index__() if isinstance(given, SupportsIndex) else len(given)
    if n < 0 or (n == 0 and what == "qubits"):
        message = "a circuit needs at least one wire" if n == 0 else f"{n} wires can't be"
        raise CircuitError(message, where=where, cure="use 1 or more" if what == "qubits" else "use 0 or more", value=n)
    check_limit(what, n, limits)
    return tuple(f"{prefix}{i}" for i in range(n)) if isinstance(given, SupportsIndex) else tuple(given)


def check_names(name: str, qubits: tuple[str, ...], clbits: tuple[str, ...], names: Mapping[str, str]) -> Names:
    """Return the symbol names in normal form, all names of a circuit checked.

    Raises:
        CircuitError: naming the field.
    """
    check_name(name, "field name")
    seen: set[str] = set()
    for what, wires in (("qubits", qubits), ("clbits", clbits)):
        for i, wire in enumerate(wires):
            check_name(wire, f"field {what}")
            if wire in seen:
                raise CircuitError(
                    f"two wires are called {wire!r}",
                    where=f"field {what}[{i}]",
                    cure="give each wire its own name",
                )
            seen.add(wire)
    if isinstance(names, Names):
        return names
    used: set[str] = set()
    for symbol, other in names.items():
        where = "field names"
        if not isinstance(symbol, str) or not _SYMBOL.fullmatch(symbol):
            raise CircuitError(f"{symbol!r} is not a symbol", where=where, cure="use x[0] or w[0]", value=symbol)
        check_name(other, where)
        if other in used:
            raise CircuitError(f"the name {other!r} is used twice", where=where, cure="give each its own name")
        used.add(other)
    return Names(names)


def wire_indices(wires: object, names: tuple[str, ...], where: str) -> tuple[int, ...]:
    """Return the indices of wires given as an index, a name, or a sequence of either.

    Raises:
        CircuitError: for an unknown name; an index is not checked here.
    """
    # An array has __index__ as a number has, but can be gone through.
    several = wires if isinstance(wires, Iterable) and not isinstance(wires, str) else [wires]
    out = []
    for wire in several:
        if isinstance(wire, str):
            if wire not in names:
                cure = f"use one of {', '.join(names[:8])}" if names else "add one to the circuit"
                raise CircuitError(f"no wire is called {wire!r}", where=where, cure=cure, value=wire)
            out.append(names.index(wire))
        elif isinstance(wire, bool) or not isinstance(wire, SupportsIndex):
            raise CircuitError(f"{wire!r} is no wire", where=where, cure="use an index or a name", value=wire)
        else:
            out.append(wire.__index__())
    return tuple(out)
