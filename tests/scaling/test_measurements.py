"""Any CSV file gives points, or one line that says what is wrong with it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaling.analysis.points import Points
from scaling.errors import UsageError
from scaling.measurements import read


def points(folder: Path, text: str | bytes, x: str = "n", column: str = "rate") -> Points:
    """Read a file with this content."""
    file = folder / "m.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(file, x=x, throughput=column)


def test_repeats_and_any_order(tmp_path: Path) -> None:
    """Equal N are repeats, rows may come in any order, other columns do not matter."""
    found = points(tmp_path, "who,n,rate\na,4,30\nb,1,10\nc,4,34\n\nd,1,12\n")
    assert [(p.count, p.throughput, len(p.values)) for p in found.fitted] == [
        (1, 11, 2),
        (4, 32, 2),
    ]
    assert (found.name, found.counted, found.unit, found.work) == ("m.csv", "n", "rate", None)


def test_seconds_become_throughput(tmp_path: Path) -> None:
    """Seconds of the same work: throughput is passes in a second."""
    file = tmp_path / "m.csv"
    file.write_text("\ufeffn , s\n1,4\n2,2.5\n", encoding="utf-8")
    found = read(file, x="n", seconds="s")
    assert [p.throughput for p in found.fitted] == [0.25, 0.4]
    assert found.work == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; its first row must name the columns"),
        ("n,rate\n", "has no rows below its header"),
        ("n,rate\n1,5\n1,6\n", "has only n = 1; a law needs several different values"),
        ("n,speed\n1,5\n", "has no column 'rate'; its columns are: n, speed"),
        ("n,rate,rate\n1,5,5\n", "has 2 columns 'rate'; rename all but one"),
        ("n,rate\n1,5\n2,fast\n", "line 3: rate is 'fast', which is no number"),
        ("n,rate\n1,5\n2,nan\n", "line 3: rate is 'nan', which is not finite"),
        ("n,rate\n1,inf\n", "line 2: rate is 'inf', which is not finite"),
        ("n,rate\n1,0\n", "line 2: rate is '0'; it must be more than 0"),
        ("n,rate\n1,-4\n", "line 2: rate is '-4'; it must be more than 0"),
        ("n,rate\n0,4\n", "line 2: n is '0'; it counts workers or nodes, from 1 on"),
        ("n,rate\n-2,4\n", "line 2: n is '-2'; it counts workers or nodes, from 1 on"),
        ("n,rate\n1,\n", "line 2: rate is empty"),
        ("n,rate\n1\n", "line 2: rate is empty"),
        ("n,rate\n1,1e200\n", "line 2: rate is '1e200', which is out of all proportion"),
        (b"\x7fELF\0\0\1\2", "is not text"),
        (b"n,rate\n\xff\xfe,1\n", "is not text"),
        ('n,rate\n1,"' + "x" * 200_000, "cannot be read as CSV"),
    ],
)
def test_bad_input_has_one_clear_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    """Each mistake names its row or what is there instead."""
    with pytest.raises(UsageError) as caught:
        points(tmp_path, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_file_must_be_there_and_one_column_named(tmp_path: Path) -> None:
    """A missing file, a folder, and no or two columns are mistakes."""
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path / "none.csv", x="n", seconds="s")
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path, x="n", seconds="s")
    for given_columns in ({}, {"throughput": "a", "seconds": "b"}):
        with pytest.raises(UsageError, match="either --throughput"):
            read(tmp_path, x="n", **given_columns)


def test_a_column_of_times_is_no_number_of_workers(tmp_path: Path) -> None:
    """Thousands of different N are the wrong column."""
    rows = "\n".join(f"{n},1" for n in range(1, 1200))
    with pytest.raises(UsageError, match="more than 1000 different values of 'n'"):
        points(tmp_path, f"n,rate\n{rows}\n")


def test_millions_of_rows_are_aggregated(tmp_path: Path) -> None:
    """A million rows become a few points in seconds, and can be fitted."""
    from scaling.analysis.laws import fit_points

    text = "n,rate\n" + "1,10\n2,19\n4,36\n8,65\n" * 250_000
    start = time.perf_counter()
    fit = fit_points(points(tmp_path, text))
    assert time.perf_counter() - start < 60
    assert [len(p.values) for p in fit.points.fitted] == [250_000] * 4
    assert fit.method == "bootstrap"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.text("n,rate1.-e\n\"'; \0", max_size=80)))
def test_any_file_is_read_or_refused(tmp_path: Path, content: str | bytes) -> None:
    """Whatever the file holds, the answer is points or one line."""
    head = b"n,rate\n" if isinstance(content, str) else b""
    body = content.encode() if isinstance(content, str) else content
    message = ""
    try:
        for point in points(tmp_path, head + body).fitted:
            assert point.count >= 1
            assert point.throughput > 0
    except UsageError as error:
        message = str(error)
    assert "\n" not in message
