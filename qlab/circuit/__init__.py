"""Circuits as values: gates, angles, canonical text, statistics, templates. Pure; imports no other layer."""

from __future__ import annotations

from qlab.circuit import templates
from qlab.circuit.blocks import Block
from qlab.circuit.expr import Expr, ExprError, Sym, parse
from qlab.circuit.gates import ALIASES, GATES, Gate, resolve
from qlab.circuit.model import Circuit
from qlab.circuit.ops import Condition, Operation
from qlab.circuit.stats import Stats
from qlab.circuit.text import from_text, to_text

__all__ = [
    "ALIASES",
    "GATES",
    "Block",
    "Circuit",
    "Condition",
    "Expr",
    "ExprError",
    "Gate",
    "Operation",
    "Stats",
    "Sym",
    "from_text",
    "parse",
    "resolve",
    "templates",
    "to_text",
]
