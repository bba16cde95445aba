"""The exceptions of qlab: every one names the value, the place and the cure.

    QlabError
    ├── DataError        a file, a table or a column that can't be used as asked
    ├── CircuitError     a circuit, an angle, a gate name or an OpenQASM text
    │   └── ExprError    an angle that doesn't parse (defined in qlab.circuit.expr; has .column)
    ├── EngineError      a simulation that can't run: too large, or an operation it doesn't know
    ├── TrainError       a training run that can't start, go on or be resumed
    └── OptimizeError    a problem that is ill-posed, infeasible or too large

This module imports nothing of qlab, so that every layer may raise these.
"""

from __future__ import annotations

from collections.abc import Iterable


class QlabError(Exception):
    """An error that says what is wrong, where, and what to do about it.

    Args:
        message: One sentence that names the offending value, without a full stop.
        where: The place: ``"line 3, column 7"``, ``"op g3, field params[0], column 5"``, a file.
        cure: One imperative sentence that mends it, without a full stop.
        value: The offending value itself, for programs; it is not printed.

    Example:
        >>> str(QlabError("qubit 4 is out of range", where="op g3", cure="use 0 to 3"))
        'qubit 4 is out of range (at op g3). Cure: use 0 to 3.'
    """

    def __init__(
        self, message: str, *, where: str | None = None, cure: str | None = None, value: object = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.cure = cure
        self.value = value

    def __str__(self) -> str:
        text = self.message if self.where is None else f"{self.message} (at {self.where})"
        return text if self.cure is None else f"{text}. Cure: {self.cure}."

    def __reduce__(self) -> tuple[object, tuple[type[QlabError], str, dict[str, object]]]:
        # Keyword-only arguments are lost by Exception's own pickling, which worker processes rely on.
        return _rebuild, (type(self), self.message, dict(self.__dict__))

    def to_dict(self) -> dict[str, str | None]:
        """Return ``{"type", "message", "where", "cure"}``, ready for JSON and the browser."""
        return {"type": type(self).__name__, "message": self.message, "where": self.where, "cure": self.cure}


def not_one_of(kind: type[QlabError], what: str, value: object, allowed: Iterable[str], *, where: str) -> QlabError:
    """Return the error of a name that isn't in a short list: what it is, and the names there are."""
    cure = f"use one of {', '.join(map(repr, allowed))}"
    return kind(f"{what}={value!r} is unknown", where=where, cure=cure, value=value)


def _rebuild(kind: type[QlabError], message: str, state: dict[str, object]) -> QlabError:
    error = kind.__new__(kind, message)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


class DataError(QlabError):
    """A file, a table or a column that can't be used as asked."""


class CircuitError(QlabError):
    """A circuit, an angle, a gate name or an OpenQASM text that is not valid."""


class EngineError(QlabError):
    """A simulation that can't run: too large for memory, or an operation it doesn't support."""


class TrainError(QlabError):
    """A training run that can't start, go on or be resumed."""


class OptimizeError(QlabError):
    """An optimisation problem that is ill-posed, infeasible or too large."""
