"""``scale export`` draws figures of real studies."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

Scale = Callable[..., Any]
STUDY = ("compare", "work.py:square", "--items", "range:50", "--backends", "threads", "--quick")


def test_figures_of_a_real_study(scale: Scale, work: Path) -> None:
    """One by suffix, one by name, all as a book; what cannot be drawn is one line."""
    assert scale(*STUDY, "--workers", "1,2", "--trace", "--quiet", "--output", "out").code == 0
    for name in ("x.svg", "x.png", "x.pdf"):
        done = scale("export", "out", "-o", name)
        assert (done.code, done.out, done.err) == (0, "", "")
    ET.fromstring((work / "x.svg").read_bytes())  # noqa: S314
    pages = re.findall(rb"/Type /Page\b", (work / "x.pdf").read_bytes())
    assert len(pages) == 6
    done = scale("export", "out", "-o", "one.pdf", "--figure", "timeline")
    assert (done.code, done.err) == (0, "")
    assert len(re.findall(rb"/Type /Page\b", (work / "one.pdf").read_bytes())) == 1
    for arguments, said in (
        (("-o", "y.svg", "--figure", "pie"), "there is no figure 'pie'; choose one of speedup,"),
        (("-o", "y.svg", "--figure", "twins"), "measure them with: scale run --null"),
        (("-o", "y.csv", "--figure", "speedup"), "--figure is for .png, .svg, .pdf"),
    ):
        done = scale("export", "out", *arguments)
        assert done.code == 2
        assert said in done.error
    assert not list(work.glob("y.*"))


def test_figure_of_a_grain_folder(scale: Scale, work: Path, grain: Path) -> None:
    """What ``scale grain`` found is drawn as METG; as a table it is its CSV."""
    assert scale("export", str(grain), "-o", "x.svg").code == 0
    assert b"METG" in (work / "x.svg").read_bytes()
    assert scale("export", str(grain), "-o", "x.csv").code == 0
    assert (work / "x.csv").read_bytes() == (grain / "grain.csv").read_bytes()
    done = scale("export", str(grain), "-o", "x.trace.json")
    assert (done.code, (work / "x.trace.json").exists()) == (2, False)
