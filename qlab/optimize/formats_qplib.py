"""QPLIB files to problems: pure functions of name and text. A fault is file:line and what was expected."""

from __future__ import annotations

from typing import Any

from .parts import Integer, Linear
from .problem import Problem
from .tokens import Tokens, bad


def read_qplib(file: str, text: str, name: str) -> Problem:
    """QPLIB: linear or quadratic objective, binary or integer variables, linear constraints or none."""
    lines = [(n, line.split("#", 1)[0].strip()) for n, line in enumerate(text.splitlines(), 1)]
    lines = [(n, line) for n, line in lines if line]
    t = Tokens(file, lines)
    t.word("a name")
    line, code = t.line, t.word("a type such as QBL").upper()
    if len(code) != 3 or code[0] not in "LQCD" or code[1] not in "BI" or code[2] not in "NBL":
        raise bad(file, line, f"the type {code!r} isn't supported", "L, Q, C or D; B or I; N, B or L")
    line, way = t.line, t.word("minimize or maximize").lower()
    if way[:3] not in ("min", "max"):
        raise bad(file, line, f"{way!r} is no direction", "minimize or maximize")
    n = t.whole("the number of variables", 1, 200_000)
    rows = t.whole("the number of constraints", 0, 1_000_000) if code[2] == "L" else 0
    terms: dict[tuple[int, ...], float] = {}

    def add(key: tuple[int, ...], v: float) -> None:
        terms[key] = terms.get(key, 0.0) + v

    if code[0] != "L":
        for k in range(t.whole("the number of quadratic terms", 0)):
            i, j = (t.whole(f"quadratic term {k + 1}: a variable", 1, n) - 1 for _ in range(2))
            v = t.number(f"quadratic term {k + 1}: its value")
            if i == j:
                add((i,) if code[1] == "B" else (i, i), v / 2)  # the matrix stands for ½ x'Qx
            else:
                add((min(i, j), max(i, j)), v)
    for i, v in enumerate(_defaults(t, n, "linear objective")):
        add((i,), v)
    add((), t.number("the objective's constant"))
    matrix: list[dict[int, float]] = [{} for _ in range(rows)]
    if rows:
        for k in range(t.whole("the number of constraint entries", 0)):
            r = t.whole(f"constraint entry {k + 1}: a row", 1, rows) - 1
            i = t.whole(f"constraint entry {k + 1}: a variable", 1, n) - 1
            matrix[r][i] = matrix[r].get(i, 0.0) + t.number(f"constraint entry {k + 1}: its value")
    infinity = t.number("the value of infinity")
    constraints = []
    if rows:
        left, right = _defaults(t, rows, "left-hand side"), _defaults(t, rows, "right-hand side")
        for r, (low, high) in enumerate(zip(left, right, strict=True)):
            coef = tuple(sorted(matrix[r].items()))
            if low == high:
                constraints.append(Linear(f"row {r + 1}", coef, "==", low))
                continue
            if low > -infinity:
                constraints.append(Linear(f"row {r + 1} from below", coef, ">=", low))
            if high < infinity:
                constraints.append(Linear(f"row {r + 1} from above", coef, "<=", high))
    variables: list[Any] = [f"x[{k}]" for k in range(n)]
    if code[1] == "I":
        lows, highs = _defaults(t, n, "lower bound"), _defaults(t, n, "upper bound")
        variables = [
            Integer(f"x[{k}]", int(a), None if b >= infinity else int(b))
            for k, (a, b) in enumerate(zip(lows, highs, strict=True))
        ]
    return Problem(variables, terms, constraints, sense=way[:3], name=name, kind="qplib")


def _defaults(t: Tokens, n: int, what: str) -> list[float]:
    out = [t.number(f"the default {what}")] * n
    for k in range(t.whole(f"how many {what}s differ from the default", 0, n)):
        i = t.whole(f"{what} {k + 1}: its number", 1, n) - 1
        out[i] = t.number(f"{what} {k + 1}: its value")
    return out
