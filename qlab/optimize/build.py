"""What a person writes for `Problem`, in normal form: names become indices, powers of bits vanish, lists tuples."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import OptimizeError
from .parts import SENSES, Constraint, Cumulative, Linear, NoOverlap, OneHot, Variable
from .terms import Key

LIMIT = 200_000  # variables; a problem beyond it would take minutes to check


def variables_of(given: Iterable[Any]) -> tuple[tuple[Variable, ...], tuple[tuple[int, ...], ...]]:
    """Return the variables, one-hot ones spread out, and the groups of indices of which exactly one is 1."""
    if isinstance(given, (str, bytes)):
        raise OptimizeError(f"{given!r} isn't a list of variables", where="variables", cure="give a list of names")
    flat: list[Variable] = []
    groups: list[tuple[int, ...]] = []
    for item in given:
        if isinstance(item, OneHot):
            groups.append(tuple(range(len(flat), len(flat) + item.size)))
            flat += [Variable(f"{item.name}[{k}]") for k in range(item.size)]
        elif isinstance(item, Variable):
            flat.append(item)
        elif isinstance(item, str):
            flat.append(Variable(item))
        else:
            raise OptimizeError(
                f"{item!r} is no variable", where="variables", cure="give names, Variable, Integer or OneHot"
            )
    if not flat:
        raise OptimizeError("the problem has no variables", where="variables", cure="give at least one")
    if len(flat) > LIMIT:
        raise OptimizeError(f"{len(flat):,} variables are too many", where="variables", cure=f"use at most {LIMIT:,}")
    seen: set[str] = set()
    for v in flat:
        if v.name in seen:
            raise OptimizeError(
                f"the name {v.name!r} is used twice", where="variables", cure="give each variable its own name"
            )
        seen.add(v.name)
    return tuple(flat), tuple(groups)


def group_constraints(flat: tuple[Variable, ...], groups: tuple[tuple[int, ...], ...]) -> tuple[Linear, ...]:
    """Return the constraint of each one-hot group."""
    return tuple(
        Linear(f"one of {flat[g[0]].name.rsplit('[', 1)[0]}", tuple((i, 1.0) for i in g), "==", 1.0) for g in groups
    )


def _position(key: Any, index: Mapping[str, int], where: str) -> int:
    if isinstance(key, str):
        if key not in index:
            raise OptimizeError(f"no variable is called {key!r}", where=where, cure="see problem.variables", value=key)
        return index[key]
    try:
        i = int(key)
    except (TypeError, ValueError):
        raise OptimizeError(f"{key!r} is no variable", where=where, cure="use a name or an index", value=key) from None
    if not 0 <= i < len(index):
        raise OptimizeError(f"variable {i} is out of range", where=where, cure=f"use 0 to {len(index) - 1}", value=i)
    return i


def _number(value: Any, where: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise OptimizeError(f"{value!r} is no finite number", where=where, cure="give a number", value=value)
    return number


def objective_of(
    given: Mapping[Any, float], index: Mapping[str, int], flat: tuple[Variable, ...]
) -> tuple[tuple[Key, float], ...]:
    """Return the objective's terms, sorted by degree and index."""
    if not isinstance(given, Mapping):
        raise OptimizeError(
            f"the objective is a {type(given).__name__}",
            where="objective",
            cure='give a dict such as {("x", "y"): 2.0, "x": -1.0}',
        )
    out: dict[Key, float] = {}
    for key, value in given.items():
        parts = key if isinstance(key, tuple) else (key,)
        where = f"objective, term {key!r}"
        indices = sorted(_position(k, index, where) for k in parts)
        reduced: list[int] = []
        for i in indices:
            if not (flat[i].binary and reduced and reduced[-1] == i):
                reduced.append(i)
        k = tuple(reduced)
        out[k] = out.get(k, 0.0) + _number(value, where)
    return tuple(sorted(((k, v) for k, v in out.items() if v != 0.0), key=lambda kv: (len(kv[0]), kv[0])))


def constraints_of(given: Iterable[Any], index: Mapping[str, int]) -> tuple[Constraint, ...]:
    """Return the constraints in normal form, each with a name of its own."""
    out: list[Constraint] = []
    seen: set[str] = set()
    for k, item in enumerate(given):
        where = f"constraint {k}"
        if isinstance(item, (NoOverlap, Cumulative)):
            made: Constraint = _structured(item, index, where)
        elif isinstance(item, Linear):
            made = linear(item.name, dict(item.terms), item.sense, item.rhs, index)
        elif isinstance(item, (tuple, list)) and len(item) in (3, 4):
            name, rest = (item[0], item[1:]) if len(item) == 4 else (f"c{k}", item)
            if not isinstance(rest[0], Mapping):
                raise OptimizeError(
                    f"{rest[0]!r} is no sum", where=where, cure='give a dict of coefficients: {"x": 1.0}'
                )
            made = linear(str(name), rest[0], rest[1], rest[2], index)
        else:
            raise OptimizeError(
                f"{item!r} is no constraint", where=where, cure='give ({"x": 1, "y": 1}, "<=", 1) or a Linear'
            )
        if made.name in seen:
            raise OptimizeError(f"two constraints are called {made.name!r}", where=where, cure="give other names")
        seen.add(made.name)
        out.append(made)
    return tuple(out)


def linear(name: str, terms: Mapping[Any, float], sense: str, rhs: float, index: Mapping[str, int]) -> Linear:
    """Return a linear constraint in normal form."""
    where = f"constraint {name!r}"
    if sense not in SENSES:
        raise OptimizeError(f"{sense!r} is no comparison", where=where, cure="use <=, >= or ==", value=sense)
    merged: dict[int, float] = {}
    for key, value in terms.items():
        i = _position(key, index, where)
        merged[i] = merged.get(i, 0.0) + _number(value, where)
    kept = tuple(sorted((i, a) for i, a in merged.items() if a != 0.0))
    return Linear(name, kept, sense, _number(rhs, where))


def _structured(item: NoOverlap | Cumulative, index: Mapping[str, int], where: str) -> NoOverlap | Cumulative:
    for task in item.tasks:
        _position(task[0], index, where)
        if any(int(v) != v or v < 0 for v in task[1:]):
            raise OptimizeError(
                f"the task {task} has a duration or demand that isn't a whole number from 0",
                where=f"constraint {item.name!r}",
                cure="scale times and demands to whole numbers",
                value=task,
            )
    if isinstance(item, Cumulative):
        big = [t for t in item.tasks if t[2] > item.capacity and t[1] > 0]
        if big:
            raise OptimizeError(
                f"a task needs {big[0][2]}, but the capacity is {item.capacity}: no schedule exists",
                where=f"constraint {item.name!r}",
                cure="raise the capacity or lower the demand",
                value=big[0],
            )
    return item
