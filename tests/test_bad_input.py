"""Every bad input of the main job: a QlabError that names the value, the place and the cure, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import qlab


@pytest.fixture(scope="module")
def iris() -> qlab.Features:
    return qlab.load("iris").features(target="target", qubits=4, seed=1)


def unknown_dataset(_: Path, __: qlab.Features) -> None:
    qlab.load("irsi")


def missing_file(folder: Path, _: qlab.Features) -> None:
    qlab.load(folder / "nowhere.csv")


def empty_csv(folder: Path, _: qlab.Features) -> None:
    (folder / "empty.csv").write_text("")
    qlab.load(folder / "empty.csv")


def unknown_gate(_: Path, __: qlab.Features) -> None:
    qlab.Circuit(2).append("hadamrd", 0)


def unreadable_angle(_: Path, __: qlab.Features) -> None:
    qlab.Circuit(1).append("ry", 0, "2*pi*)")


def untrained_predict(_: Path, iris: qlab.Features) -> None:
    qlab.QuantumClassifier(circuit=qlab.templates.reuploading(4, 1)).predict(iris.test.X)


def foreign_wire(_: Path, iris: qlab.Features) -> None:
    qlab.train(qlab.templates.reuploading(4, 1), iris, observables=["Z7"])


def too_few_wires(_: Path, iris: qlab.Features) -> None:
    qlab.train(qlab.Circuit(2).append("ry", 0, "w[0]"), iris)


@pytest.mark.parametrize(
    ("act", "kind", "value", "cure"),
    [
        (unknown_dataset, qlab.DataError, "irsi", "iris"),
        (missing_file, qlab.DataError, "nowhere.csv", ""),
        (empty_csv, qlab.DataError, "empty.csv", ""),
        (unknown_gate, qlab.CircuitError, "hadamrd", "h"),
        (unreadable_angle, qlab.CircuitError, "column 6", ""),
        (untrained_predict, qlab.TrainError, "QuantumClassifier", "fit"),
        (foreign_wire, qlab.EngineError, "Z7", "add a wire"),
        (too_few_wires, qlab.TrainError, "2", "4"),
    ],
)
def test_the_error_names_value_place_and_cure(
    act: Callable[[Path, qlab.Features], None],
    kind: type[qlab.QlabError],
    value: str,
    cure: str,
    tmp_path: Path,
    iris: qlab.Features,
) -> None:
    with pytest.raises(kind) as caught:
        act(tmp_path, iris)
    error = caught.value
    assert value in str(error)
    assert error.cure, "no cure"
    assert cure in str(error)
    assert error.where, "no place"


def test_two_runs_at_once_are_refused_and_the_first_goes_on(iris: qlab.Features) -> None:
    circuit = qlab.templates.reuploading(4, 1)
    first = qlab.train(circuit, iris, epochs=100_000)
    try:
        with pytest.raises(qlab.TrainError, match=first.id) as caught:
            qlab.train(circuit, iris, epochs=1)
        assert "wait" in (caught.value.cure or "")
        assert first.is_active
    finally:
        first.stop()
        first.wait()
    assert qlab.train(circuit, iris, epochs=1).wait()
