"""Instance files: each format against what it stands for, and malformed ones by file, line and expectation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qlab import OptimizeError
from qlab import optimize as o

SM = """************************************************************************
jobs (incl. supersource/sink ):  4
horizon                       :  9
RESOURCES
  - renewable                 :  2   R
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     4       2    0
  3      1     5       2    1
  4      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    3    1
************************************************************************
"""
QPLIB = """tiny
QBL
maximize
3 # variables
1 # constraints
2
1 1 4.0
2 1 3.0
0.0
1
3 5.0
1.5
3
1 1 1.0
1 2 1.0
1 3 1.0
1.0e30
-1.0e30
0
2.0
0
"""
GOOD = {
    "two.txt": ("# two jobs\n2 2\n0 3 1 2\n1 2 0 4\n", "job_shop"),
    "gap1.txt": ("1\n2 3\n4 5 6\n7 8 9\n1 1 1\n2 2 2\n2 4\n", "gap"),
    "bqp3.txt": ("1\n3 3\n1 1 5\n1 2 -4\n3 3 2\n", "qubo"),
    "G0": ("3 2\n1 2 1\n2 3 -1\n", "maxcut"),
    "nug2.dat": ("2\n0 1\n1 0\n0 5\n5 0\n", "qap"),
    "j3.sm": (SM, "rcpsp"),
    "tiny.qplib": (QPLIB, "qplib"),
    "shop.csv": ("job,machine,duration\na,mill,3\na,saw,2\nb,saw,2\nb,mill,4\n", "job_shop"),
    "plan.csv": ("task,duration,after,crew\ndig,3,,2\nlay,2,dig,1\nroof,4,dig lay,2\ncapacity,,,2\n", "rcpsp"),
}


def made(folder: Path, name: str, text: str | None = None) -> Path:
    path = folder / name
    path.write_text(GOOD[name][0] if text is None else text)
    return path


@pytest.mark.parametrize("name", GOOD)
def test_each_format_is_told_by_itself(name: str, tmp_path: Path) -> None:
    p = o.read(made(tmp_path, name))
    assert p.kind == GOOD[name][1]
    assert p.name == name.rsplit(".", 1)[0]


def test_what_the_files_mean(tmp_path: Path) -> None:
    assert o.read(made(tmp_path, "two.txt")) == o.job_shop([[(0, 3), (1, 2)], [(1, 2), (0, 4)]])
    assert o.read(made(tmp_path, "shop.csv")) == o.job_shop([[(0, 3), (1, 2)], [(1, 2), (0, 4)]])
    gap = o.read(made(tmp_path, "gap1.txt"))
    assert gap == o.gap([[4, 5, 6], [7, 8, 9]], [[1, 1, 1], [2, 2, 2]], [2, 4], sense="max")
    assert o.read(made(tmp_path, "gap1.txt"), sense="min").sense == "min"
    bqp = o.read(made(tmp_path, "bqp3.txt"))
    assert bqp.sense == "max"
    assert bqp.value([1, 1, 1]) == 5 - 2 * 4 + 2  # an entry off the diagonal counts twice
    assert o.read(made(tmp_path, "G0")).value([0, 1, 0]) == 0
    assert o.read(made(tmp_path, "G0")).value([0, 1, 1]) == 1
    qap = o.read(made(tmp_path, "nug2.dat"))
    assert qap.value([1, 0, 0, 1]) == 10
    sm = o.read(made(tmp_path, "j3.sm"))
    assert sm == o.rcpsp([0, 4, 5, 0], [[1, 2], [3], [3], []], [[0, 0], [2, 0], [2, 1], [0, 0]], [3, 1])
    plan = o.read(made(tmp_path, "plan.csv"))
    assert plan == o.rcpsp([3, 2, 4], [[1, 2], [2], []], [[2], [1], [2]], [2])
    q = o.read(made(tmp_path, "tiny.qplib"))
    x = np.array([1.0, 1.0, 0.0])
    matrix = np.array([[4.0, 3.0, 0], [3.0, 0, 0], [0, 0, 0]])
    assert q.value(x) == pytest.approx(0.5 * x @ matrix @ x + 1.5)
    assert q.feasible([1, 1, 0])
    assert not q.feasible([1, 1, 1])


def test_the_optimum_beside_an_instance_and_several_in_a_file(tmp_path: Path) -> None:
    text = "2\n1 2\n3 4\n1 1\n5\n7\n1 1\n9\n1\n1\n8\n"
    assert o.read(made(tmp_path, "gap2.txt", text), index=1).value([1]) == 9
    with pytest.raises(OptimizeError, match="problem 5 was asked for"):
        o.read(made(tmp_path, "gap2.txt", text), index=5)


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "expected"),
    [
        ("two.txt", "1 2 0 4", "1 2 0 x", 4, "the duration on machine 0"),
        ("two.txt", "1 2 0 4", "1 2 9 4", 4, "a machine"),
        ("two.txt", "1 2 0 4\n", "", 3, "a line for job 1"),
        ("two.txt", "2 2", "2", 2, "the number of machines"),
        ("gap1.txt", "2 4\n", "2\n", 7, "the capacity of agent 1"),
        ("gap1.txt", "7 8 9", "7 8 z", 4, "the cost, row 2, column 3"),
        ("bqp3.txt", "1 2 -4", "1 9 -4", 4, "entry 2: a row or column"),
        ("bqp3.txt", "3 3 2", "3 3", 5, "entry 3: the value"),
        ("G0", "2 3 -1", "2 7 -1", 3, "edge 2: a node"),
        ("G0", "2 3 -1\n", "", 2, "2 edges"),
        ("G0", "2 3 -1", "2 2 -1", 3, "two different nodes"),
        ("nug2.dat", "5 0", "5", 5, "the second matrix, row 2, column 2"),
        (
            "j3.sm",
            "   2        1          1           4",
            "   2        1          3           4",
            10,
            "successor 2 of 3",
        ),
        ("j3.sm", "  3      1     5       2    1", "  3      1     5       2", 19, "2 demands"),
        ("j3.sm", "RESOURCEAVAILABILITIES", "RESOURCES AGAIN", 25, "RESOURCEAVAILABILITIES"),
        ("tiny.qplib", "QBL", "QCX", 2, "L, Q, C or D"),
        ("tiny.qplib", "2 1 3.0", "2 9 3.0", 8, "quadratic term 2: a variable"),
        ("shop.csv", "b,saw,2", "b,saw,two", 4, "the duration"),
        ("shop.csv", "b,saw,2", "b,saw", 4, "3 cells"),
        ("plan.csv", "lay,2,dig,1", "lay,2,dog,1", 3, "one of dig"),
        ("plan.csv", "capacity,,,2\n", "", 4, "capacity"),
    ],
)
def test_a_malformed_file_is_told_by_line(
    name: str, old: str, new: str, line: int, expected: str, tmp_path: Path
) -> None:
    text = GOOD[name][0]
    assert old in text
    path = made(tmp_path, name, text.replace(old, new, 1))
    kind = {"G0": "maxcut", "two.txt": "job_shop", "gap1.txt": "gap", "bqp3.txt": "bqp"}.get(name)
    with pytest.raises(OptimizeError) as caught:
        o.read(path, format=kind)
    assert caught.value.where == f"{path}:{line}"
    assert expected in caught.value.cure


def test_files_that_are_nothing_are_told(tmp_path: Path) -> None:
    with pytest.raises(OptimizeError, match="can't be read"):
        o.read(tmp_path / "none.txt")
    with pytest.raises(OptimizeError, match="empty"):
        o.read(made(tmp_path, "e.txt", ""))
    with pytest.raises(OptimizeError, match="tells no format"):
        o.read(made(tmp_path, "w.txt", "hello world\n"))
    (tmp_path / "b.txt").write_bytes(b"2 2\n\xff\xfe 1 2\n")
    with pytest.raises(OptimizeError) as caught:
        o.read(tmp_path / "b.txt")
    assert caught.value.where.endswith("b.txt:2")
    with pytest.raises(OptimizeError, match="format='xml'"):
        o.read(tmp_path / "b.txt", format="xml")
