"""Governor, turbo and SMT are what Linux's files say; where there is no file nothing is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from scaling.cpu_settings import cpu_settings
from scaling.lines import encode, header_line, parse_header
from scaling.model import CpuSettings, StudyHeader

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

VIRTUAL = "processor : 0\nflags\t\t: fpu hypervisor lahf_lm\n"


def told(folder: Path, allowed: range = range(2), /, **files: str) -> CpuSettings:
    """Return what is read from files; ``_`` in a name stands for a slash, ``__`` for itself."""
    for name, text in files.items():
        path = name.replace("__", "\0").replace("_", "/").replace("\0", "_")
        place = "proc" if path == "cpuinfo" else "sys/devices/system/cpu"
        file = folder / place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return cpu_settings(folder, allowed)


def test_nothing_is_told_without_files(tmp_path: Path) -> None:
    """As in most virtual machines and containers."""
    assert told(tmp_path) == CpuSettings((), None, None)


def test_governors_of_the_allowed_cpus(tmp_path: Path) -> None:
    """Each once, in order; a CPU that is not ours does not count."""
    found = told(
        tmp_path,
        range(3),
        cpu0_cpufreq_scaling__governor="schedutil\n",
        cpu1_cpufreq_scaling__governor="performance\n",
        cpu2_cpufreq_scaling__governor="schedutil\n",
        cpu3_cpufreq_scaling__governor="powersave\n",
    )
    assert found.governors == ("performance", "schedutil")


@pytest.mark.parametrize(
    ("files", "turbo"),
    [
        ({"intel__pstate_no__turbo": "1\n"}, False),
        ({"intel__pstate_no__turbo": "0\n"}, True),
        ({"cpufreq_boost": "1\n"}, True),
        ({"cpufreq_boost": "0\n"}, False),
        ({"intel__pstate_no__turbo": "0\n", "cpufreq_boost": "0\n"}, True),
        ({"cpufreq_boost": "perhaps\n"}, None),
    ],
)
def test_turbo_of_each_driver(tmp_path: Path, files: dict[str, str], turbo: bool | None) -> None:
    """Intel's driver says when it is off, the others when it is on."""
    assert told(tmp_path, **files).turbo is turbo


@pytest.mark.parametrize(
    ("active", "cpuinfo", "smt"),
    [("1\n", "", True), ("0\n", "", False), ("1\n", VIRTUAL, True), ("0\n", VIRTUAL, None)],
)
def test_virtual_machine_does_not_see_the_hosts_smt(
    tmp_path: Path, active: str, cpuinfo: str, smt: bool | None
) -> None:
    """Its CPUs may be threads of one core all the same."""
    assert told(tmp_path, smt_active=active, cpuinfo=cpuinfo).smt is smt


def test_study_from_before_they_were_recorded_loads(study: StudyBuilder) -> None:
    """Its header does not have the field; a newer one gives back what it holds."""
    header = study.header
    raw = encode(header)
    older = raw.replace(b',"cpu_settings":null', b"")
    line = header_line(header).replace(raw, older)
    line = line.replace(b'"crc":%d' % crc32(raw), b'"crc":%d' % crc32(older))
    assert older != raw
    assert parse_header(line) == header
    known = replace(header.environment, cpu_settings=CpuSettings(("performance",), smt=True))
    newer: StudyHeader = replace(header, environment=known)
    assert parse_header(header_line(newer)) == newer
