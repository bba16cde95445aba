"""The quick way through a block gives what the exact one gives, on text of every kind, or gives way to it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas._libs.parsers import STR_NA_VALUES

from qlab.data import records
from qlab.data.columns import MISSING
from qlab.data.csv_block import Reader
from qlab.data.csv_layout import Format
from qlab.data.delimited import read_delimited
from qlab.data.read_mapped import Mapped
from qlab.errors import DataError

CELLS = st.sampled_from(
    [
        "",
        "1",
        "-2.5",
        "1e3",
        "007",
        "NA",
        "x",
        "é",
        "True",
        "a b",
        " ",
        '"q"',
        '"a,b"',
        '"two\nlines"',
        '"say ""no"""',
        '"open',
        'half"way',
        "\t",
        "9007199254740993",
        "nan",
        "a\rb",
        '"c\rd"',
    ]
)
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n", "\n \n", ",\n"])


@st.composite
def messy(draw: st.DrawFn) -> str:
    """Lines of nearly always three fields."""
    lines = draw(st.lists(st.tuples(st.lists(CELLS, min_size=3, max_size=3), st.integers(0, 19), ENDS), max_size=14))
    text = ""
    for cells, odd, end in lines:
        cells = cells[:2] if odd == 0 else [*cells, "more"] if odd == 1 else cells
        text += ",".join(cells) + end
    return text if draw(st.booleans()) else text.rstrip("\n")


@given(text=messy(), kinds=st.tuples(*[st.sampled_from(["int", "float", "text", "bool", "empty"])] * 3))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_quick_way_equals_the_exact_one(text: str, kinds: tuple[str, str, str]) -> None:
    layout = Format("t.csv", ",", ("a", "b", "c"), 2, (), kinds)  # type: ignore[arg-type]
    block = text.encode()
    quick = Reader(layout)
    exact = quick.exact(block, 2, last=True)
    got = quick.parse(block, 2, last=True)
    assert got.table.equals(exact.table)
    assert (list(got.rows), list(got.cells)) == (list(exact.rows), list(exact.cells))
    assert (got.rest, got.lines) == (exact.rest, exact.lines)


@given(
    rows=st.lists(
        st.tuples(st.integers(-5, 5), st.sampled_from(["", "a", "b", "ü", "NA", '"x, y"']), st.booleans()),
        min_size=1,
        max_size=60,
    ),
    block=st.integers(1, 200),
)
@settings(max_examples=60, deadline=None)
def test_clean_text_in_blocks_of_any_size_is_what_pandas_reads(rows: list[tuple[int, str, bool]], block: int) -> None:
    text = ("n,t,b\n" + "".join(f"{n},{t},{b}\n" for n, t, b in rows)).encode()

    def blocks() -> Iterator[bytes]:
        for at in range(0, len(text), block):
            yield text[at : at + block]

    table, bad, _ = read_delimited(blocks, where="t.csv")
    assert bad == ()
    # pandas calls a column without any value float; so do we
    pd.testing.assert_frame_equal(table.to_pandas(), pd.read_csv(BytesIO(text)))


def test_the_usual_block_takes_the_quick_way_and_an_odd_one_does_not() -> None:
    layout = Format("t.csv", ",", ("a", "b"), 2, (), ("int", "text"))
    reader = Reader(layout)
    for text in ("1,x\n2,y\n", "1,\n2,y\n", '1,"x, z"\n2,y\n', "1,x\r\n2,y\r\n"):
        assert reader.sound(text.encode()) is not None, text
    for text in ("1\n2,y\n", "1,x\n2\n", "1,x\n2,y,z\n", "1,x\n\n2,y\n", '1,"x\nz"\n2,y\n', "1,x\r2,y\n", "1,x\n\n"):
        assert reader.sound(text.encode()) is None, text
    one = Reader(Format("t.csv", ",", ("a",), 2, (), ("text",)))
    assert one.sound(b"x\n\ny\n") is None  # a blank line is no row


@pytest.mark.parametrize(
    "words", ["1 2 3", "True False", "1.50 -0", "NA ", "99999999999999999999 1", "nan inf", "007 a"]
)
def test_words_stay_words_in_a_block_where_they_look_like_something_else(words: str) -> None:
    layout = Format("t.csv", ",", ("a", "b"), 2, (), ("text", "int"))
    cells = words.split(" ") * 3
    text = "".join(f"{w},{i}\n" for i, w in enumerate(cells)).encode()
    table = Reader(layout).parse(text, 2, last=True).table
    assert table.schema.types == [pa.string(), pa.int64()]
    assert table["a"].to_pylist() == [None if w in {"NA", "", "nan"} else w for w in cells]
    assert table.equals(Reader(layout).exact(text, 2, last=True).table)


@pytest.mark.parametrize(
    ("blocks", "kind"),
    [
        (["1\n", "2.5\n"], pa.float64()),
        (["1\n", "18446744073709551615\n"], pa.uint64()),
        (["-1\n", "18446744073709551615\n"], pa.float64()),
        (["18446744073709551615\n", "1\n", "0.5\n"], pa.float64()),
        (["1\n", "NA\n"], pa.int64()),
    ],
)
def test_blocks_of_different_numbers_are_joined_alike_in_memory_and_on_disk(
    blocks: list[str], kind: pa.DataType, tmp_path: Path
) -> None:
    texts = [b"n\n", *(b.encode() for b in blocks)]
    layout = Format("t.csv", ",", ("n",), 2, (), ("int",))
    memory, _, _ = read_delimited(lambda: iter(texts), where="t.csv", layout=layout)
    disk, _, _ = read_delimited(
        lambda: iter(texts), where="t.csv", layout=layout, sink=lambda: Mapped(tmp_path / "x.arrow")
    )
    assert memory.schema.types == disk.schema.types == [kind]
    assert memory.combine_chunks().equals(disk.combine_chunks())
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_ends_the_reading_leaves_nothing_on_disk(tmp_path: Path) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"a,b\n1,2\n3,4\n"
        raise DataError("the cable was cut")

    layout = Format("t.csv", ",", ("a", "b"), 2, (), ("int", "int"))
    with pytest.raises(DataError, match="cable"):
        read_delimited(blocks, where="t.csv", layout=layout, sink=lambda: Mapped(tmp_path / "x.arrow"))
    assert list(tmp_path.iterdir()) == []


BAD = ["x1", "1e", "--1", "1 2", ".", "1.2.3", "0x"]  # some of them made of nothing but what numbers are made of


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["1", "", "2.5", *BAD, "NA", " 3", "-7", "inf"]), st.sampled_from(["4", "", "n/a?", "5"])
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=150, deadline=None)
def test_rows_with_bad_cells_are_left_out_as_if_they_had_never_been_there(rows: list[tuple[str, str]]) -> None:
    layout = Format("t.csv", ",", ("a", "b", "t"), 2, (), ("float", "int", "text"))
    lines = [f"{a},{b},w{i}" for i, (a, b) in enumerate(rows)]
    good = [line for line, (a, b) in zip(lines, rows, strict=True) if a not in BAD and b != "n/a?"]
    got = Reader(layout).exact(("\n".join(lines) + "\n").encode(), 2, last=True)
    assert {c.line for c in got.cells} == {i + 2 for i, (a, b) in enumerate(rows) if a in BAD or b == "n/a?"}
    if good:
        clean = Reader(layout).exact(("\n".join(good) + "\n").encode(), 2, last=True)
        assert clean.cells == []
        assert got.table.equals(clean.table)
    else:
        assert got.table.num_rows == 0


PIECES = st.sampled_from(
    ['"', '""', ",", "\n", "\r\n", "a", '"x, y"', '"x\ny"', '"q""q"', "1", "1,2", "é", " ", '"a",b']
)


@given(pieces=st.lists(PIECES, max_size=40), fields=st.integers(2, 3), last=st.booleans())
@settings(max_examples=1500, deadline=None)
def test_quoted_records_are_cut_alike_at_once_and_line_by_line(pieces: list[str], fields: int, last: bool) -> None:
    block = "".join(pieces).encode() + b"\n"
    slow = records._cut_quoted(block, b"tail", ",", fields, 7, last=last)
    quick = records.cut_clean(block, b"tail", ",", fields, 7, (), None, last=last)
    if quick is None:
        return
    assert quick.text == slow.text
    assert quick.lines.tolist() == slow.lines.tolist()
    assert quick.starts.tolist() == slow.starts.tolist()
    assert list(quick.bad) == list(slow.bad)
    assert (quick.rest, quick.n_lines) == (slow.rest, slow.n_lines)


def test_a_clean_file_with_quotes_is_cut_at_once() -> None:
    block = b'1,"a, b"\r\n2,"x\ny"\r\n3\n4,"q""q"\n'
    made = records.cut_clean(block.replace(b"\r", b""), b"", ",", 2, 2, (), None, last=True)
    assert made is not None
    assert (made.lines.tolist(), [b.line for b in made.bad], made.n_lines) == ([2, 3, 6], [5], 5)
    assert records.cut_clean(block, b"", ",", 2, 2, (), None, last=True) is not None
    for odd in (b'1,5" disk\n', b'1,"a\n', b'1,"a"b\n', b'1,"x\r\ny"\n'):
        assert records.cut_clean(odd, b"", ",", 2, 2, (), None, last=True) is None


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["1", " 2", "1_0", "x", "", "NA", "n.a.", "1e5", "0x1f", "inf"]), CELLS),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=100, deadline=None)
def test_a_few_doubtful_records_are_judged_as_pandas_reads_them(rows: list[tuple[str, str]]) -> None:
    layout = Format("t.csv", ",", ("a", "b"), 2, ("n.a.",), ("float", "int"))
    texts = [f"{a},{b}\n" for a, b in rows if not set(b) & set(',"\n\r')]
    lines = np.arange(2, 2 + len(texts) + 1)
    plain = "".join([*texts, "0,0\n"]).encode()
    quoted = "".join([*texts, '"0","0"\n']).encode()  # quotes are pandas' business
    wrong, bad = Reader(layout)._sift(plain, lines, [0, 1])
    wanted, told = Reader(layout)._sift(quoted, lines, [0, 1])
    assert wrong.tolist() == wanted.tolist()
    assert bad == told


def test_the_words_for_a_missing_cell_are_those_of_pandas() -> None:
    assert MISSING == STR_NA_VALUES
