"""The exceptions: their text, their JSON, their way through pickle."""

from __future__ import annotations

import pickle

import pytest

from qlab import errors
from qlab.circuit import ExprError


@pytest.mark.parametrize("name", ["DataError", "CircuitError", "EngineError", "TrainError", "OptimizeError"])
def test_one_tree_in_readable_words(name: str) -> None:
    error = getattr(errors, name)("wires are 3", where="op g1", cure="use 2", value=3)
    assert isinstance(error, errors.QlabError)
    assert str(error) == "wires are 3 (at op g1). Cure: use 2."
    assert error.to_dict() == {"type": name, "message": "wires are 3", "where": "op g1", "cure": "use 2"}
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), back.value) == (type(error), str(error), 3)


def test_place_and_cure_may_be_missing() -> None:
    assert str(errors.QlabError("no")) == "no"
    assert str(errors.QlabError("no", cure="yes")) == "no. Cure: yes."
    assert str(errors.QlabError("no", where="here")) == "no (at here)"


def test_an_angle_keeps_its_column_through_pickle() -> None:
    error = pickle.loads(pickle.dumps(ExprError("bad", column=4, cure="mend it")))
    assert (error.column, error.where, error.cure) == (4, "column 4", "mend it")
    assert error.at("op g1, field params[0]").where == "op g1, field params[0], column 4"
