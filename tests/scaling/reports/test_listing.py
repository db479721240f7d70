"""Lists of what there is."""

from __future__ import annotations

from scaling.reports.listing import Listed, text


def test_long_lines_hang() -> None:
    """Names have a column of their own; what is missing stands below the purpose."""
    missing = "it needs the library dask; install it with: pip install 'rayscale[dask]' " * 2
    shown = text([Listed("one", "a purpose", None), Listed("longest", "a word " * 20, missing)])
    lines = shown.splitlines()
    assert lines[0] == "one      a purpose"
    assert lines[1].startswith("longest  a word a word")
    assert [line[:9] for line in lines[2:]] == [" " * 9] * 4
    assert max(map(len, lines)) <= 80
    assert " ".join(missing.split()) in " ".join(shown.split())
