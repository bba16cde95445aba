"""Tokens of OpenQASM 2 and 3, in one linear pass, with the bound on nesting that every parser after it relies on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from qlab.errors import CircuitError

MAX_NESTING = 64
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<comment>//[^\n]*|/\*(?s:.*?)\*/)"
    r"|(?P<number>0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:[0-9][0-9_]*\.[0-9]*|\.[0-9]+|[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)|(?P<string>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<op>->|==|!=|<=|>=|&&|\|\||\*\*|\+\+|/(?!\*)|[-+*^%()\[\]{};,:=<>@!~&|.#$])"
)
_PRIVATE = "// qlab "  # a comment of our own: names that OpenQASM has no place for


class Token(NamedTuple):
    """A token; kind is number, name, string, op or end; offset counts characters from 0."""

    kind: str
    text: str
    offset: int


@dataclass(slots=True)
class Source:
    """A program and its tokens; says places as ``file:line:column``.

    Raises:
        CircuitError: from `scan`, for a character that belongs nowhere or too deep a nesting.
    """

    text: str
    file: str
    tokens: list[Token] = field(default_factory=list)
    private: str = ""

    def where(self, offset: int) -> str:
        line = self.text.count("\n", 0, offset) + 1
        return f"{self.file}:{line}:{offset - self.text.rfind(chr(10), 0, offset)}"

    def fail(self, message: str, offset: int, cure: str) -> NoReturn:
        raise CircuitError(message, where=self.where(offset), cure=cure)

    def scan(self, max_nesting: int) -> None:
        offset, depth = 0, 0
        opened: list[Token] = []
        while offset < len(self.text):
            found = _TOKEN.match(self.text, offset)
            if found is None:
                self._stray(offset)
            kind, text = str(found.lastgroup), found.group()
            if kind == "comment" and text.startswith(_PRIVATE):
                self.private = text[len(_PRIVATE) :]
            elif kind not in ("space", "comment"):
                token = Token(kind, text, offset)
                self.tokens.append(token)
                if text in ("(", "[", "{"):
                    opened.append(token)
                    depth = len(opened)
                    if depth > max_nesting:
                        cure = f'write it flatter, or pass limits={{"nesting": {2 * max_nesting}}}'
                        self.fail(f"the program is nested deeper than {max_nesting}", offset, cure)
                elif text in (")", "]", "}") and kind == "op":
                    pair = {")": "(", "]": "[", "}": "{"}[text]
                    if not opened or opened.pop().text != pair:
                        self.fail(f"{text} has no {pair} before it", offset, "remove it")
            offset = found.end()
        if opened:
            closing = {"(": ")", "[": "]", "{": "}"}[opened[-1].text]
            self.fail(f"{opened[-1].text} has no {closing} after it", opened[-1].offset, f"add {closing}")
        self.tokens.append(Token("end", "", len(self.text)))

    def _stray(self, offset: int) -> NoReturn:
        if self.text.startswith("/*", offset):
            self.fail("the comment has no end", offset, "add */")
        char = self.text[offset]
        if char in "\"'":
            self.fail("the text in quotes has no end", offset, "add the closing quote in the same line")
        self.fail(f"the character {char!r} has no place here", offset, "remove it")


def whole(text: str) -> int | None:
    """The integer that a number says: 12, 1_000, 0x1F, 0o17, 0b101; None for others, and at most 10^12."""
    plain = text.replace("_", "")
    base = {"x": 16, "o": 8, "b": 2}.get(plain[1:2].lower(), 10)
    digits = plain if base == 10 else plain[2:]
    if not digits or (base == 10 and not digits.isdecimal()):
        return None
    return int(digits, base) if len(digits.lstrip("0")) <= 40 else 10**12


class Tokens:
    """A cursor over the tokens of a source.

    Attributes:
        cuts: Whether integers divide to an integer, as from version 3 on.
        integers: Names of constants that are integers.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.at = 0
        self.cuts = True
        self.integers: set[str] = set()

    @property
    def now(self) -> Token:
        return self.source.tokens[self.at]

    def ahead(self, n: int = 1) -> Token:
        return self.source.tokens[min(self.at + n, len(self.source.tokens) - 1)]

    def step(self) -> Token:
        token = self.now
        if token.kind != "end":
            self.at += 1
        return token

    def take(self, *texts: str) -> Token | None:
        return self.step() if self.now.kind in ("op", "name") and self.now.text in texts else None

    def expect(self, text: str, cure: str | None = None) -> Token:
        return self.take(text) or self.fail(
            f"{text} was expected before {self.shown()}", self.now, cure or f"add {text}"
        )

    def name(self, what: str) -> Token:
        if self.now.kind != "name":
            self.fail(f"{what} was expected before {self.shown()}", self.now, f"write {what}")
        return self.step()

    def integer(self, what: str) -> int:
        token = self.now
        value = whole(token.text) if token.kind == "number" else None
        if value is None:
            self.fail(f"{what} must be an integer, not {self.shown()}", token, "write a number")
        if value >= 10**12:
            self.fail(f"{what} is too large", token, "write a smaller number")
        self.step()
        return value

    def shown(self) -> str:
        return "the end" if self.now.kind == "end" else repr(self.now.text[:40])

    def fail(self, message: str, token: Token, cure: str) -> NoReturn:
        self.source.fail(message, token.offset, cure)
