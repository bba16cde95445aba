"""Instance files that are broken in any way get a file and line, or are read; nothing else happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qlab import OptimizeError
from qlab import optimize as o

from .test_read import GOOD

FORMATS = {"two.txt": "job_shop", "gap1.txt": "gap", "bqp3.txt": "bqp", "G0": "maxcut"}
JUNK = ("", "x", "-1", "0", "1e999", "nan", "2.5", "99999999999", "1 1", "\n", ",", "é", "1e308")


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_file_is_told_by_line_or_read(name: str, tmp_path: Path, data: st.DataObject) -> None:
    words = re.split(r"(\s+|,)", GOOD[name][0])
    for _ in range(data.draw(st.integers(1, 3))):
        k = data.draw(st.integers(0, len(words) - 1))
        words[k] = data.draw(st.sampled_from(JUNK))
    cut = data.draw(st.integers(0, len(words)))
    path = tmp_path / name
    path.write_text("".join(words if cut % 3 else words[:cut]), encoding="utf-8")
    fault: OptimizeError | None = None
    try:
        o.read(path, format=FORMATS.get(name))
    except OptimizeError as error:
        fault = error
    if fault is not None:
        assert re.fullmatch(re.escape(str(path)) + r":\d+", fault.where or ""), (fault.where, fault.message)
        assert fault.cure
