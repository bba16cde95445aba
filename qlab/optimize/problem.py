"""`Problem`: one immutable optimisation problem that every solver, encoder and checker reads.

It must not import a solver: QUBO, circuit, CP-SAT and MILP forms are reached from inside the methods that need them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..errors import OptimizeError, not_one_of
from .build import constraints_of, group_constraints, objective_of, variables_of
from .parts import Constraint, Linear, OneHot, Variable
from .terms import Evaluator, FloatArray, Key, lattice

if TYPE_CHECKING:
    import pandas as pd

    from ..circuit import Circuit
    from .bits import Bits, Ising, Qubo

Value = Mapping[Any, float]


@dataclass(frozen=True, init=False, repr=False, eq=False)
class Problem:
    """Variables, an objective and constraints, as a value with a hash.

    Args:
        variables: Names (binary), `Variable`, `Integer`, `OneHot`, in order.
        objective: ``{("x", "y"): 2.0, "x": -1.0, (): 3.0}``: products of variables, by name or index, of any degree.
        constraints: `Linear`, `NoOverlap`, `Cumulative`, or ``({"x": 1, "y": 2}, "<=", 2)`` with an optional name
            in front.
        sense: ``"min"`` or ``"max"``.
        name: Shown to people.
        kind: The template it comes from; decoders and moves go by it.
        data: What the template keeps for them; JSON-ready.

    Raises:
        OptimizeError: naming the variable or constraint that is wrong.

    Example:
        >>> p = Problem(["a", "b"], {"a": 3, "b": 2}, [({"a": 1, "b": 1}, "<=", 1)], sense="max")
        >>> p.value([1, 0]), p.feasible([1, 1])
        (3.0, False)
    """

    variables: tuple[Variable, ...]
    terms: tuple[tuple[Key, float], ...]
    constraints: tuple[Constraint, ...]
    groups: tuple[tuple[int, ...], ...]
    sense: str
    name: str
    kind: str
    data: Mapping[str, Any] = field(repr=False)

    def __init__(
        self,
        variables: Iterable[str | Variable | OneHot],
        objective: Value,
        constraints: Iterable[Any] = (),
        *,
        sense: str = "min",
        name: str = "problem",
        kind: str = "custom",
        data: Mapping[str, Any] | None = None,
    ) -> None:
        if sense not in ("min", "max"):
            raise not_one_of(OptimizeError, "sense", sense, ("min", "max"), where="Problem")
        if not isinstance(name, str) or not name:
            raise OptimizeError(f"{name!r} is no name", where="Problem", cure="give a text", value=name)
        flat, groups = variables_of(variables)
        index = {v.name: i for i, v in enumerate(flat)}
        kept = (*group_constraints(flat, groups), *constraints_of(constraints, index))
        values = {
            "variables": flat,
            "terms": objective_of(objective, index, flat),
            "constraints": kept,
            "groups": groups,
            "sense": sense,
            "name": name,
            "kind": kind,
            "data": dict(data or {}),
        }
        for key, value in values.items():
            object.__setattr__(self, key, value)

    # What it is

    @property
    def n(self) -> int:
        """How many variables."""
        return len(self.variables)

    @property
    def sign(self) -> int:
        """1 when the objective is minimised, -1 when it is maximised: ``sign * value`` is always minimised."""
        return 1 if self.sense == "min" else -1

    @cached_property
    def evaluate(self) -> Evaluator:
        """The objective as a callable."""
        return Evaluator(dict(self.terms))

    @cached_property
    def index(self) -> dict[str, int]:
        """Positions of the variables by name."""
        return {v.name: i for i, v in enumerate(self.variables)}

    @property
    def pure_binary(self) -> bool:
        """Whether every variable is 0 or 1 and every constraint linear."""
        return all(v.binary for v in self.variables) and all(isinstance(c, Linear) for c in self.constraints)

    @cached_property
    def integral(self) -> bool:
        """Whether every value of the objective is a whole number."""
        return all(v == int(v) for _, v in self.terms if math.isfinite(v))

    @cached_property
    def step(self) -> float:
        """The largest number of which all values of the objective but for its constant are multiples; 0 if none is."""
        return lattice([v for k, v in self.terms if k])

    @cached_property
    def constant(self) -> float:
        """The part of the objective that no variable changes."""
        return next((v for k, v in self.terms if not k), 0.0)

    def point(self, x: npt.ArrayLike | Mapping[str, float]) -> FloatArray:
        """Return x as an array in the order of the variables.

        Raises:
            OptimizeError: for a wrong length, an unknown name or a number that isn't finite.
        """
        if isinstance(x, Mapping):
            unknown = [k for k in x if k not in self.index]
            missing = [k for k in self.index if k not in x]
            if unknown or missing:
                what = f"unknown variable {unknown[0]!r}" if unknown else f"no value for {missing[0]!r}"
                raise OptimizeError(what, where=f"problem {self.name}", cure="give one number for each variable")
            x = [x[v.name] for v in self.variables]
        array = np.asarray(x, dtype=np.float64)
        if array.shape != (self.n,):
            raise OptimizeError(
                f"a point has shape {array.shape}, expected {(self.n,)}",
                where=f"problem {self.name}",
                cure="give one number for each variable",
            )
        if not np.isfinite(array).all():
            bad = int(np.flatnonzero(~np.isfinite(array))[0])
            raise OptimizeError(
                f"{array[bad]} isn't a number", where=f"variable {self.variables[bad].name}", cure="give finite numbers"
            )
        return array

    def value(self, x: npt.ArrayLike | Mapping[str, float]) -> float:
        """Return the objective at x, whether x is feasible or not."""
        return self.evaluate(self.point(x))

    def violations(self, x: npt.ArrayLike | Mapping[str, float]) -> list[tuple[str, float]]:
        """Return (name of a variable or constraint, by how much) for everything x breaks."""
        point = self.point(x)
        out = []
        for v, value in zip(self.variables, point.tolist(), strict=True):
            outside = max(v.low - value, value - v.high, abs(value - round(value)))
            if outside > 1e-9:
                out.append((v.name, outside))
        values = point.tolist()
        for c in self.constraints:
            excess = c.excess(values)
            if excess > 0.0:
                out.append((c.name, excess))
        return out

    def feasible(self, x: npt.ArrayLike | Mapping[str, float]) -> bool:
        """Return whether x keeps every range and constraint."""
        return not self.violations(x)

    def better(self, a: float, b: float | None) -> bool:
        """Return whether value a beats value b; anything beats None."""
        return b is None or self.sign * a < self.sign * b - 1e-9 * max(1.0, abs(b))

    # Identity

    def to_json(self) -> dict[str, Any]:
        """Return all that defines it, ready for JSON, in one fixed order; the name is not part of it."""
        return {**self._plain(), "objective": [[list(k), v] for k, v in self.terms]}

    def _plain(self) -> dict[str, Any]:
        """Return the same without the terms, which may be many."""
        return {
            "variables": [[v.name, v.low, None if math.isinf(v.high) else int(v.high)] for v in self.variables],
            "objective": None,
            "constraints": [c.to_json() for c in self.constraints],
            "groups": [list(g) for g in self.groups],
            "sense": self.sense,
            "kind": self.kind,
        }

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the canonical JSON, in hexadecimal."""
        # written term by term: a list for each of many terms would keep the garbage collector, and with it
        # the interpreter, busy for longer than a stop may take
        terms = [f"[[{','.join(map(str, k))}],{float.__repr__(v)}]" for k, v in self.terms]
        parts = {k: json.dumps(v, separators=(",", ":"), allow_nan=False) for k, v in self._plain().items()}
        parts["objective"] = f"[{','.join(terms)}]"
        text = ",".join(f'"{k}":{v}' for k, v in parts.items())
        return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        parts = [f"{self.name!r}", self.kind, f"{self.n} variables", f"{len(self.constraints)} constraints"]
        return f"<Problem {', '.join(parts)}, {self.sense}>"

    # Other forms of it

    def to_bits(self, **options: Any) -> Bits:
        """Return it over bits with penalties, minimised, of any degree; see `qlab.optimize.encode.to_bits`."""
        from .encode import to_bits

        return to_bits(self, **options) if options else self._bits

    def to_qubo(self, **options: Any) -> Qubo:
        """Return x'Qx + offset over bits; products of three and more get helper bits; see `to_bits`."""
        return self.to_bits(**options).to_qubo() if options else self._qubo

    @cached_property
    def _bits(self) -> Bits:
        from .encode import to_bits

        return to_bits(self)

    @cached_property
    def _qubo(self) -> Qubo:
        return self._bits.to_qubo()

    def to_ising(self, **options: Any) -> Ising:
        """Return fields h, couplings J and an offset over spins 1 - 2·bit; see `to_bits`."""
        return self.to_qubo(**options).to_ising()

    def to_diagonal(self, **options: Any) -> FloatArray:
        """Return the energy of each of 2**n bit strings, bit 0 the least significant; see `to_bits`."""
        from .diagonal import energies

        return energies(self.to_bits(**options))

    def to_circuit(self, depth: int = 1, **options: Any) -> Circuit:
        """Return its QAOA circuit, γ as w[0..p) and β as w[p..2p); see `qlab.optimize.qaoa_circuit`."""
        from .circuits import qaoa_circuit

        return qaoa_circuit(self, depth, **options)

    def to_cp_sat(self) -> Any:
        """Return ``(CpModel, variables)`` of OR-tools; needs the extra ``opt``."""
        from .cpsat import build

        model = build(self)
        return model.model, model.variables

    def to_milp(self) -> dict[str, Any]:
        """Return the arguments of ``scipy.optimize.milp``; the first ``n`` columns are the variables."""
        from .milp import build

        return build(self).arguments()

    def decode(self, x: npt.ArrayLike) -> pd.DataFrame:
        """Return x as a table: a schedule, an allocation, a partition, or variables with their values."""
        from .decode import decode

        return decode(self, self.point(x))

    def to_figure(self, x: npt.ArrayLike) -> Any:
        """Return x as a Plotly figure: a Gantt chart, an allocation matrix or a graph."""
        from .plots import figure

        return figure(self, self.point(x))


def names_of(p: Problem, indices: Sequence[int]) -> str:
    """Return up to five names of variables, for messages."""
    shown = ", ".join(p.variables[i].name for i in indices[:5])
    return shown + (", …" if len(indices) > 5 else "")
