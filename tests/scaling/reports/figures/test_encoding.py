"""Figures as files: valid, the same for the same study, and safe whatever users name things."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest

from scaling.errors import UsageError
from scaling.model import SERIAL, Case
from scaling.records import Failure
from scaling.reports import figures
from scaling.reports.figures.lettering import STAND_IN
from scaling.results import Study
from tests.scaling.conftest import EMBEDDED
from tests.scaling.examples import HOSTILE
from tests.scaling.reports.figures import looking
from tests.scaling.reports.figures.conftest import around

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

SVG = "{http://www.w3.org/2000/svg}"
MAGIC = {".png": b"\x89PNG\r\n\x1a\n", ".pdf": b"%PDF-1.", ".svg": b"<svg "}


def svg(study: Study, name: str) -> str:
    """Return a figure as SVG."""
    return figures.draw(study, name).encoded(".svg").decode("utf-8")


@pytest.mark.parametrize("suffix", figures.SUFFIXES)
def test_file_is_what_its_suffix_says(full: Study, suffix: str) -> None:
    """It begins as such files do."""
    assert figures.draw(full, "speedup").encoded(suffix).startswith(MAGIC[suffix])


def test_unknown_suffix_is_an_error(full: Study) -> None:
    """The error lists what there is."""
    with pytest.raises(UsageError, match=r"\.png, \.svg, \.pdf"):
        figures.draw(full, "speedup").encoded(".gif")


@pytest.mark.parametrize("suffix", figures.SUFFIXES)
def test_same_study_gives_the_same_bytes(full: Study, suffix: str) -> None:
    """Drawn twice, or written twice."""
    drawing = figures.draw(full, "speedup")
    first = drawing.encoded(suffix)
    assert first == drawing.encoded(suffix)
    assert first == figures.draw(full, "speedup").encoded(suffix)


SCRIPT = """
import hashlib
from tests.scaling.conftest import StudyBuilder
from scaling.reports import figures
from scaling.results import Study
study = StudyBuilder()
study.case("serial", [2.0] * 6)
study.case("threads", [1.0] * 6, workers=2)
found = Study(study.data)
whole = figures.book(found) + figures.draw(found, "speedup").encoded(".svg")
print(hashlib.sha256(whole).hexdigest())
"""


def test_bytes_do_not_depend_on_the_process_or_its_settings(tmp_path: Path) -> None:
    """Another hash seed and the user's own matplotlibrc change nothing."""
    (tmp_path / "matplotlibrc").write_text("font.size: 30\naxes.facecolor: red\n")
    root = Path(__file__).parents[4]
    found = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, folder in (("1", root), ("2", tmp_path))
    }
    assert len(found) == 1


def test_settings_of_matplotlib_are_left_alone(full: Study) -> None:
    """Drawing changes nothing for other code, and opens no window system."""
    before = dict(mpl.rcParams)
    figures.draw(full, "speedup").encoded(".svg")
    assert before == dict(mpl.rcParams)


def test_svgs_can_stand_in_one_page(full: Study) -> None:
    """Every id begins with the figure's name and is there once; every reference has its id."""
    every: list[str] = []
    for kind in figures.kinds(full):
        text = svg(full, kind.name)
        ids = [one.attrib["id"] for one in ET.fromstring(text).iter() if "id" in one.attrib]  # noqa: S314
        assert all(one.startswith(f"{kind.name}-") for one in ids)
        named = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)
        assert {first or second for first, second in named} <= set(ids)
        assert named
        every += ids
    assert len(every) == len(set(every))


def test_svg_stands_alone(full: Study) -> None:
    """No style sheet, script, document type or address of another place; its text is text."""
    text = svg(full, "speedup")
    root = ET.fromstring(text)  # noqa: S314
    assert {one.tag for one in root.iter()}.isdisjoint({f"{SVG}style", f"{SVG}script"})
    assert "<!" not in text
    assert "<?" not in text
    bare = re.sub(r'xmlns(:\w+)?="[^"]+"', "", text)
    assert "http" not in bare
    assert "threads" in [one.text for one in root.iter(f"{SVG}text")]
    assert len(text) < 120_000


def test_svg_says_what_it_shows(full: Study) -> None:
    """Title and description are there for screen readers, and named by the root."""
    root = ET.fromstring(svg(full, "speedup"))  # noqa: S314
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert (title.text, told.text) == ("Speedup", figures.draw(full, "speedup").alt)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {told.attrib['id']}"


def test_svg_keeps_what_only_other_fonts_can_show(study: StudyBuilder) -> None:
    """Its viewer has them; in formats of fixed letters there is a stand-in."""
    name = "\u5de5\u4f5c \U0001f680"
    study.environment = {"processor": name}
    study.case(SERIAL, around(2.0))
    drawing = figures.draw(Study(study.data), "seconds")
    before = drawing.encoded(".png")
    assert f"demo, 100 items; {name}, 4 usable" in drawing.encoded(".svg").decode("utf-8")
    assert f"; {STAND_IN * 2} {STAND_IN}, 4 usable" in looking.texts(drawing)
    assert before == drawing.encoded(".png")


def test_book_has_a_page_for_each_figure(full: Study) -> None:
    """A PDF of all of them, the same each time."""
    book = figures.book(full)
    assert len(figures.kinds(full)) == len(re.findall(rb"/Type /Page\b", book))
    assert book == figures.encoded(full, ".pdf")


def test_pdf_holds_its_fonts_whole_journals_want_no_type_3(full: Study) -> None:
    """Letters are outlines of a TrueType font, in a single figure and in the book."""
    for content in (figures.book(full), figures.draw(full, "speedup").encoded(".pdf")):
        assert b"/CIDFontType2" in content
        assert b"/Type3" not in content


def test_first_figure_is_the_one_without_a_name(full: Study) -> None:
    """Speedup, where there is speedup."""
    assert figures.encoded(full, ".svg") == figures.draw(full, "speedup").encoded(".svg")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_any_name_is_text(study: StudyBuilder, hostile: str) -> None:
    """A user's names break no format, and no line is wider than the figure."""
    study.environment = {"processor": hostile * 9}
    study.records.append(replace(EMBEDDED, embedded=False, hosts=(hostile * 9, "b")))
    study.cases = [
        Case(hostile, 100, SERIAL, 1, 1),
        Case(hostile, 100, "threads", 1, 2),
        Case(hostile, 100, "processes", 1, 2),
        Case(hostile, 100, "ray", 1, 2),
    ]
    for case, seconds in zip(study.cases, (2.0, 1.0), strict=False):
        for block, value in enumerate(around(seconds), start=1):
            study.session(case, block, [value])
    failure = Failure("raised", hostile)
    study.session(study.cases[2], 1, [], status="failed", failure=failure)
    found = Study(study.data)
    for half in (False, True):
        drawing = figures.draw(found, "speedup", half=half)
        for suffix in (".pdf", ".png")[: 2 - half]:
            assert drawing.encoded(suffix).startswith(MAGIC[suffix])
        ET.fromstring(drawing.encoded(".svg"))  # noqa: S314
        width = drawing.figure.get_size_inches()[0] * drawing.figure.dpi
        for text in looking.every_text(drawing):
            assert -1 <= text.get_window_extent().x0 <= text.get_window_extent().x1 <= width + 1


def test_nothing_runs_out_of_the_figure_or_into_other_text(full: Study) -> None:
    """All text lies within, and no two texts overlap, at both widths."""
    for kind in figures.kinds(full):
        for half in (False, True):
            drawing = figures.draw(full, kind.name, half=half)
            canvas = drawing.figure.bbox
            boxes = [text.get_window_extent() for text in looking.every_text(drawing)]
            for place, box in enumerate(boxes):
                assert canvas.x0 - 1 <= box.x0 <= box.x1 <= canvas.x1 + 1
                assert canvas.y0 - 1 <= box.y0 <= box.y1 <= canvas.y1 + 1
                for other in boxes[place + 1 :]:
                    across = min(box.x1, other.x1) - max(box.x0, other.x0)
                    up = min(box.y1, other.y1) - max(box.y0, other.y0)
                    assert across <= 1 or up <= 2
