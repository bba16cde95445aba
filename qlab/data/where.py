"""The conditions of `Dataset.filter`: a grammar of our own, never ``eval``.

condition  = comparison { "and" comparison }
comparison = column ( "==" | "!=" | "<=" | ">=" | "<" | ">" ) value | column "is" ["not"] "missing"
           | column "in" "(" value { "," value } ")"; "missing" may stand among the values
column     = word | "`" any text "`"
value      = number | 'text' | "text" | true | false | word
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DataError
from .names import unknown

LONGEST = 1000
TOKEN = re.compile(
    r"""\s*(?:(?P<list>in\s*\((?:[^()'"]|'[^']*'|"[^"]*")*\))|(?P<quoted>'[^']*'|"[^"]*")|`(?P<column>[^`]+)`|(?P<op>==|!=|<=|>=|<|>)"""
    r"""|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))|(?P<word>[^\s'"`<>=!]+))"""
)
OPERATORS = {
    "==": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    ">": pc.greater,
    "<=": pc.less_equal,
    ">=": pc.greater_equal,
}
ITEM = re.compile(r"""\s*(?:(?P<quoted>'[^']*'|"[^"]*")|(?P<word>[^\s,'"][^,'"]*?))\s*(?:,|$)""")


def where_mask(table: pa.Table, condition: str) -> pa.ChunkedArray:
    """Return which rows of ``table`` meet ``condition``; a missing cell meets none but ``is missing``.

    Raises:
        DataError: with the column (from 1) where the condition can't be read.
    """
    tokens = _tokens(condition)
    ends_in_and = bool(tokens) and tokens[-1][1] == "and"
    mask: Any = None
    while tokens:
        part = _comparison(table, tokens, condition)
        mask = part if mask is None else pc.and_(mask, part)
        if tokens and tokens.pop(0)[1] != "and":
            raise _fault("'and' was expected", condition, len(condition))
        if not tokens and ends_in_and:
            raise _fault("a comparison was expected after 'and'", condition, len(condition))
    if mask is None:
        raise _fault("a condition was expected", condition, 0)
    return pc.fill_null(mask, False)


def _tokens(text: str) -> list[tuple[str, str, int]]:
    if len(text) > LONGEST:
        raise DataError(f"a condition of {len(text)} characters is too long", where="filter", cure="split it in two")
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _fault(f"{text[at : at + 10].strip()!r} can't be read", text, at)
        tokens.append((match.lastgroup, match.group(match.lastgroup), match.start(match.lastgroup)))
        at = match.end()
    return tokens


def _comparison(table: pa.Table, tokens: list[tuple[str, str, int]], text: str) -> Any:
    kind, name, at = tokens.pop(0)
    if kind not in {"word", "column"}:
        raise _fault("a column was expected", text, at)
    if name not in table.column_names:
        raise unknown("column", name, table.column_names, where=f"filter, column {at + 1}")
    column = table.column(name)
    if not tokens:
        raise _fault(f"a comparison was expected after {name!r}", text, len(text))
    kind, operator, at = tokens.pop(0)
    if kind == "list":
        return _among(column, operator, text, at)
    if operator == "is":
        words = [t[1] for t in tokens[:2]]
        if words[:1] == ["missing"]:
            del tokens[:1]
            return pc.is_null(column)
        if words == ["not", "missing"]:
            del tokens[:2]
            return pc.is_valid(column)
        raise _fault("'missing' or 'not missing' was expected after 'is'", text, at + 2)
    if kind != "op":
        raise _fault("==, !=, <, >, <= or >= was expected", text, at)
    if not tokens:
        raise _fault(f"a value was expected after {operator}", text, len(text))
    kind, value, at = tokens.pop(0)
    return OPERATORS[operator](column, _scalar(column.type, kind, value, text, at))


def _among(column: Any, written: str, text: str, at: int) -> Any:
    inside = written[written.index("(") + 1 : -1]
    mask: Any = None
    end = 0
    while end < len(inside):
        match = ITEM.match(inside, end)
        if match is None:
            break
        kind = str(match.lastgroup)
        value = match.group(kind)
        plain = kind == "word" and value == "missing"
        part = pc.is_null(column) if plain else pc.equal(column, _scalar(column.type, kind, value, text, at))
        mask = pc.fill_null(part, False) if mask is None else pc.or_(mask, pc.fill_null(part, False))
        end = match.end()
    if mask is None or end < len(inside) or inside.rstrip().endswith(","):
        raise _fault("values with commas between them were expected in the brackets", text, at + 2)
    return mask


def _scalar(wanted: pa.DataType, kind: str, value: str, text: str, at: int) -> pa.Scalar:
    plain = value[1:-1] if kind == "quoted" else value
    try:
        if pa.types.is_boolean(wanted):
            return pa.scalar({"true": True, "false": False}[plain.lower()])
        if pa.types.is_integer(wanted) or pa.types.is_floating(wanted):
            if kind == "quoted":
                raise ValueError
            return pa.scalar(float(plain))
        return pa.scalar(plain, pa.string()).cast(wanted)
    except (ValueError, KeyError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise _fault(f"{plain!r} can't be compared with a column of type {wanted}", text, at) from None


def _fault(what: str, text: str, at: int) -> DataError:
    example = "write a column, a comparison and a value, as in body_mass_g > 4000"
    return DataError(what, where=f"filter {text!r}, column {at + 1}", cure=example, value=text)
