"""The LaTeX fragment says what a paper needs, and compiles."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaling.model import SERIAL
from scaling.reports.latex import text as text_of
from scaling.results import Study
from tests.scaling.examples import HOSTILE
from tests.scaling.finished import hostile, small, troubled

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

PREAMBLE = "\\documentclass{article}\n\\usepackage{booktabs}\n"
SMALL = r"""% Study study-1 of 2026-01-01T00:00:00Z: scale run demo
% It needs \usepackage{booktabs} and nothing else.

\begin{table\ifdim\columnwidth<\textwidth *\fi}[htbp]
  \centering\footnotesize
  \caption{Strong scaling of \texttt{demo} (100 items) on a processor with 4 usable CPUs. Times are
  medians over the blocks; speedup is relative to serial (2.58~s). In brackets 95\,\% intervals by
  order statistics.}
  \label{tab:scaling-study-1-100}
  \par\smallskip\setlength{\tabcolsep}{4pt}
  \begin{tabular}{lrrrrrrr}
    \toprule
     &  &  & \multicolumn{2}{c}{time / s} & \multicolumn{2}{c}{speedup} &  \\
    \cmidrule(lr){4-5} \cmidrule(lr){6-7}
    backend & nodes & workers & median & 95\,\% & value & 95\,\% & eff.\ / \% \\
    \midrule
    serial & 1 & 1 & 2.58 & [2.55, 2.61] & 1.00 & [1.00, 1.00] & 100.0 \\
    processes & 1 & 2 & 1.41 & [1.39, 1.43] & 1.83 & [1.78, 1.88] & 91.5 \\
    \bottomrule
  \end{tabular}
\end{table\ifdim\columnwidth<\textwidth *\fi}

% How it was measured, for the section on the set-up:
{\emergencystretch=4em
\paragraph{Measurement.} Strong scaling of demo (100 items), rayscale 0.1.0, 2026-01-01. Machine: a
"""


def compiled(folder: Path, *fragments: str, preamble: str = PREAMBLE) -> str:
    """Return the log of pdflatex for a document of these fragments; fails where it fails."""
    program = shutil.which("pdflatex")
    if program is None:
        assert "CI" not in os.environ, "pdflatex is missing; see .ci/run"
        pytest.skip("pdflatex is not installed")
    for number, fragment in enumerate(fragments):
        (folder / f"part{number}.tex").write_text(fragment, encoding="ascii")
    body = "\n\\clearpage\n".join(f"\\input{{part{n}}}" for n in range(len(fragments)))
    (folder / "paper.tex").write_text(
        f"{preamble}\\begin{{document}}\n{body}\n\\end{{document}}\n", encoding="ascii"
    )
    done = subprocess.run(
        [program, "-no-shell-escape", "-halt-on-error", "-interaction=nonstopmode", "paper.tex"],
        cwd=folder,
        check=False,
        capture_output=True,
        timeout=60,
    )
    log = (folder / "paper.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-3000:]
    assert (folder / "paper.pdf").read_bytes().startswith(b"%PDF")
    return log


def test_small_study(study: StudyBuilder) -> None:
    """Caption, label, units in the heads, intervals, then the method."""
    assert text_of(small(study)).startswith(SMALL)


def test_small_study_fits_the_page(study: StudyBuilder, tmp_path: Path) -> None:
    """No box is too wide, and nothing is missing from the fonts."""
    log = compiled(tmp_path, text_of(small(study)))
    assert "Overfull" not in log
    assert "Missing character" not in log


def test_table_is_as_wide_as_a_page_of_two_columns(study: StudyBuilder, tmp_path: Path) -> None:
    """Columns are narrower than it: over both of them no box is too wide."""
    preamble = f"\\documentclass[twocolumn]{{article}}\n{PREAMBLE.partition(chr(10))[2]}"
    log = compiled(tmp_path, text_of(troubled(study)), preamble=preamble)
    assert "Overfull" not in log


def test_long_words_stay_on_the_page(study: StudyBuilder, tmp_path: Path) -> None:
    """A reason without any space is broken where the line ends."""
    log = compiled(tmp_path, text_of(troubled(study, "/home/" + "x" * 150)))
    assert "Overfull" not in log


def test_long_table_is_cut_into_pages(study: StudyBuilder, tmp_path: Path) -> None:
    """Each part has its own label and says which it is; one unit and base for all."""
    study.case(SERIAL, [2.0] * 6)
    for backend in ("threads", "processes", "joblib"):
        for workers in range(1, 16):
            study.case(backend, [0.5] * 6, workers=workers)
    told = text_of(Study(study.data))
    assert told.count(r"\toprule") == 2
    assert told.count("speedup is relative to serial (2.00~s)") == 2
    assert told.count("time / s") == 2
    assert r"\label{tab:scaling-study-1-100-1}" in told
    assert "Part 2 of~2." in told
    assert "Float too large" not in compiled(tmp_path, told)


def test_wrong_answer_has_no_interval(study: StudyBuilder) -> None:
    """Its times are there, but they do not count."""
    study.case(SERIAL, [1.0] * 6)
    wrong = study.case("threads", [0.5] * 6)
    study.session(wrong, 7, [0.5], status="wrong")
    assert r"threads & 1 & 1 & wrong & -- & -- & -- & -- \\" in text_of(Study(study.data))


def test_computed_times_have_their_law_and_no_machine(study: StudyBuilder) -> None:
    """Nothing ran anywhere."""
    study.plan = {"simulate": "linear:seconds=1"}
    study.case("simulated", [1.0] * 6)
    told = " ".join(text_of(Study(study.data)).split())
    assert r"computed from the law \texttt{linear:" in told
    assert "a processor" not in told


def test_every_hostile_text_compiles(study: StudyBuilder, tmp_path: Path) -> None:
    """One document of them all."""
    parts = [text_of(hostile(type(study)(), text)) for text in HOSTILE]
    log = compiled(tmp_path, *parts)
    assert "Missing character" not in log
    assert "[U+5DE5]" in parts[-1].replace("{[}", "[").replace("{]}", "]")


def test_other_encodings_and_languages_compile(study: StudyBuilder, tmp_path: Path) -> None:
    """A paper may load T1 fonts and UTF-8, as most do."""
    preamble = f"{PREAMBLE}\\usepackage[T1]{{fontenc}}\n\\usepackage[utf8]{{inputenc}}\n"
    accents = "caf\u00e9 \u0141\u00f3d\u017a \u00c5ngstr\u00f6m \u011f \u0151 \u1e57 \u012b"
    parts = [text_of(hostile(type(study)(), text)) for text in (accents, '"a `b\' "`x"\'')]
    assert "Missing character" not in compiled(tmp_path, *parts, preamble=preamble)


def test_troubled_study_has_notes_below_its_table(study: StudyBuilder) -> None:
    """Cautions by letter, failures with their reason, what the cores allow."""
    told = text_of(troubled(study))
    assert r"ray\textsuperscript{b} & 4 & 4 & 1.63" in told
    assert r"joblib & 1 & 2 & failed & -- & -- & -- & -- \\" in told
    flat = " ".join(told.split())
    assert r"\textsuperscript{b}\,The nodes share the cores of one machine" in flat
    assert r"joblib (2 workers) failed: item 17: killed.\par" in flat
    assert "4 nodes share 2 usable cores: at most 2x is possible here." in flat


def test_each_size_has_its_table(study: StudyBuilder, tmp_path: Path) -> None:
    """With labels of their own; times under a second are in smaller units."""
    for size, seconds in ((10, 0.0025), (20, 2.5)):
        study.case(SERIAL, [seconds] * 6, size=size)
        study.case("threads", [seconds] * 6, size=size)
    told = text_of(Study(study.data))
    assert r"\label{tab:scaling-study-1-10}" in told
    assert r"\label{tab:scaling-study-1-20}" in told
    assert "time / ms" in told
    assert "time / s" in told
    assert "multiply defined" not in compiled(tmp_path, told)


def test_weak_null_and_few_blocks(study: StudyBuilder, tmp_path: Path) -> None:
    """Each says what it is, and compiles."""
    base = study.case(SERIAL, [1.0])
    study.case("processes", [1.25], workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    weak = text_of(Study(study.data))
    assert "(100 items and more, growing with the workers)" in " ".join(weak.split())
    assert "With so few blocks there are no intervals." in " ".join(weak.split())
    twins = type(study)(plan={"null": True})
    for twin in ("-a", "-b"):
        twins.case(SERIAL, [1.0] * 6, twin=twin)
    null = text_of(Study(twins.data))
    assert r"\caption{One case under two names: \texttt{demo}" in null
    compiled(tmp_path, weak, null)


def test_study_without_a_value_compiles(study: StudyBuilder, tmp_path: Path) -> None:
    """A table of statuses; without cases no table."""
    assert r"\begin{table" not in text_of(Study(study.data))
    failed = study.case(SERIAL)
    study.session(failed, 1, [], status="failed")
    told = text_of(Study(study.data))
    assert "serial & 1 & 1 & failed & --" in told
    compiled(tmp_path, told)
