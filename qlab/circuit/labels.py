"""Angles as labels show them: numbers to six digits, or as the fraction of π that they are. For reading only.

What is saved and edited keeps every digit. As js/src/core/anglelabel.ts; tests/vectors/expr.json holds both to it.
"""

from __future__ import annotations

import math
import re

from qlab.circuit.expr import format_number

_NUMBER = re.compile(r"(?<![\w.\[])(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.\]])", re.ASCII)
_DIGITS = 6
_MOST = 64
_PARTS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16)


def short_angle(text: str) -> str:
    """Return the canonical text of an angle, made short.

    Example:
        >>> short_angle("2.356194490192345*x[0]+0.30000000000000004")
        '3*pi/4*x[0]+0.3'
    """

    def shortened(found: re.Match[str]) -> str:
        literal = found[0]
        mantissa = literal.partition("e")[0].replace(".", "")
        if len(mantissa.lstrip("0").rstrip("0")) <= _DIGITS:
            return literal
        part = _of_pi(float(literal))
        if part is None:
            return format_number(float(f"{float(literal):.{_DIGITS}g}"))
        bound = text[: found.start()].endswith("/") or text.startswith("**", found.end())
        return f"({part})" if bound and part != "pi" else part

    return _NUMBER.sub(shortened, text)


def _of_pi(value: float) -> str | None:
    """``3*pi/4`` where the value is that to twelve digits."""
    for d in _PARTS if value < _MOST * math.pi else ():
        n = math.floor(value * d / math.pi + 0.5)
        if 1 <= n <= _MOST and abs(value - n * math.pi / d) <= 1e-12 * value:
            return ("" if n == 1 else f"{n}*") + "pi" + ("" if d == 1 else f"/{d}")
    return None
