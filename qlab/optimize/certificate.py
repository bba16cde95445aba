"""A certificate: the solution, its value, a bound and where the bound comes from; and the checker, which has no solver.

What a bound's proof is worth is said in words: *proved* when the checker itself recomputes a bound that meets the value
(an eigenvalue, dual values, a machine's preemptive schedule, every string), *claimed* when a solver says so. For a
claim the checker still verifies the problem, the feasibility, the value, and gives its own weaker bound.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

from ..errors import OptimizeError
from . import bounds
from .problem import Problem

FORMAT = "qlab certificate 1"
FIELDS = (
    "format",
    "problem",
    "kind",
    "sense",
    "x",
    "value",
    "bound",
    "bound_source",
    "solver",
    "optimal",
    "independent",
)


@dataclass(frozen=True)
class Report:
    """What the checker found.

    Attributes:
        ok: Nothing is wrong with the certificate.
        faults: What is wrong, one sentence each.
        proved: The checker's own bound meets the value: optimal without trusting anyone.
        value, bound, independent: The value, the certificate's bound, and the bound recomputed here.
        text: One sentence for people.
    """

    ok: bool
    faults: tuple[str, ...]
    proved: bool
    value: float | None
    bound: float | None
    independent: float | None
    text: str


@dataclass(frozen=True)
class Certificate:
    """An answer that can be checked; ``content`` is plain JSON. Made by `solve`, read by `Certificate.from_json`."""

    content: dict[str, Any]

    def to_json(self) -> str:
        """Return the one canonical text; changing any of its bits makes it fail."""
        return json.dumps({**self.content, "digest": _digest(self.content)}, indent=1, allow_nan=False) + "\n"

    @staticmethod
    def from_json(text: str) -> Certificate:
        """Return the certificate of a text.

        Raises:
            OptimizeError: when the text isn't exactly what `to_json` wrote.
        """
        try:
            content = json.loads(text)
            digest = content.pop("digest")
            made = Certificate(content)
            same = digest == _digest(content) and made.to_json() == text and set(content) == set(FIELDS)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise OptimizeError(
                f"this isn't a certificate: {error}", where="certificate", cure="use the file as written"
            ) from error
        if not same:
            raise OptimizeError(
                "the certificate was changed: its digest doesn't fit its content",
                where="certificate",
                cure="use the file as it was written, or solve again",
            )
        return made

    def check(self, p: Problem) -> Report:
        """Verify it against a problem; see `check`."""
        return check(self, p)


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, separators=(",", ":"), allow_nan=False).encode()).hexdigest()


def make(
    p: Problem, x: Any, bound: float | None, source: str, solver: str | None, independent: bounds.Proof | None
) -> Certificate:
    """Return the certificate of a feasible point; ``solver`` names who claims the bound, None if it is recomputable."""
    value = p.value(x)
    finite = bound is not None and math.isfinite(bound)
    gap = bounds.gap_of(p, value, bound)
    proof = None
    if independent is not None and math.isfinite(independent[0]):
        proof = {"bound": independent[0], "source": independent[1], "evidence": independent[2]}
    return Certificate(
        {
            "format": FORMAT,
            "problem": p.hash,
            "kind": p.kind,
            "sense": p.sense,
            "x": [round(v) for v in p.point(x).tolist()],
            "value": value,
            "bound": bound if finite else None,
            "bound_source": source,
            "solver": solver,
            "optimal": gap == 0.0,
            "independent": proof,
        }
    )


def check(certificate: Certificate | str, p: Problem) -> Report:
    """Verify a certificate without any solver: problem, feasibility, value, bound.

    Args:
        certificate: Or its JSON text.
        p: The problem that it is said to be of.

    Example:
        >>> from qlab.optimize import maxcut
        >>> p = maxcut([(0, 1)])
        >>> check(make(p, [0, 1], 1.0, "ranges", None, bounds.quick(p)), p).proved
        True
    """
    if isinstance(certificate, str):
        try:
            certificate = Certificate.from_json(certificate)
        except OptimizeError as error:
            return Report(False, (error.message,), False, None, None, None, f"fails: {error.message}")
    c = certificate.content
    faults = []
    if c.get("format") != FORMAT:
        faults.append(f"the format {c.get('format')!r} is unknown")
    if c["problem"] != p.hash:
        faults.append("it is of another problem: the hashes differ")
        return Report(False, tuple(faults), False, None, None, None, "fails: " + faults[0])
    value: float | None = None
    try:
        broken = p.violations(c["x"])
        value = p.value(c["x"])
    except OptimizeError as error:
        faults.append(error.message)
        broken = []
    if broken:
        faults.append(f"the solution breaks {broken[0][0]!r} by {broken[0][1]:g}")
    slack = 1e-9 * max(1.0, abs(value or 0.0))
    if value is not None and abs(value - c["value"]) > slack:
        faults.append(f"the value is {value:g}, not {c['value']:g}")
    own: float | None = None
    if c["independent"] is not None:
        proof = bounds.replay(p, c["independent"]["evidence"])
        if proof is None:
            faults.append("the evidence of the bound proves nothing")
        else:
            own = proof[0]
            if p.sign * (c["independent"]["bound"] - own) > slack:
                faults.append(f"the evidence proves {own:g}, not {c['independent']['bound']:g}")
    bound = c["bound"]
    if bound is not None and value is not None and p.sign * (bound - value) > slack:
        faults.append(f"the bound {bound:g} is beyond the value {value:g}")
    if bound is not None and c["solver"] is None and (own is None or p.sign * (bound - own) > slack):
        faults.append(f"the bound {bound:g} isn't what the evidence proves")
    gap = bounds.gap_of(p, value, bound)
    if c["optimal"] != (gap == 0.0):
        faults.append("it says optimal, but value and bound don't meet" if c["optimal"] else "value and bound meet")
    proved = not faults and bounds.gap_of(p, value, own) == 0.0
    text = _words(c, faults, proved, value, bound, own, gap)
    return Report(not faults, tuple(faults), proved, value, bound, own, text)


def _words(c: Any, faults: list[str], proved: bool, value: Any, bound: Any, own: Any, gap: Any) -> str:
    if faults:
        return "fails: " + "; ".join(faults)
    if proved:
        return f"feasible, value {value:g}, proved optimal here ({c['independent']['source']})"
    mine = "" if own is None else f"; the bound proved here is {own:g} ({c['independent']['source']})"
    if gap == 0.0:
        return f"feasible, value {value:g}, optimal by the claim of {c['solver']}, which isn't re-proved here{mine}"
    if bound is None:
        return f"feasible, value {value:g}, no bound"
    who = "proved here" if c["solver"] is None else f"claimed by {c['solver']}"
    return f"feasible, value {value:g}, bound {bound:g} {who}, gap {gap:.2%}{mine if c['solver'] else ''}"
