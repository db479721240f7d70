"""A study file gives back what was saved, and says what is wrong with it."""

from __future__ import annotations

import errno
import json
import os
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaling import store
from scaling.errors import ScaleError, StudyFileError, UsageError
from scaling.lines import header_line, record_line
from scaling.model import SERIAL

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.fixture
def saved(study: StudyBuilder, tmp_path: Path) -> Path:
    """Save two cases of two blocks each."""
    study.embedded()
    study.case(SERIAL, [2.0, 2.1])
    study.case("threads", [1.0, 1.1], workers=2)
    study.end()
    return study.save(tmp_path / "s")


def change_line(file: Path, number: int, old: str, new: str) -> None:
    """Edit one line by hand."""
    lines = file.read_text().splitlines(keepends=True)
    assert old in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new)
    file.write_text("".join(lines))


def test_gives_back_what_was_saved(study: StudyBuilder, saved: Path) -> None:
    """Every record comes back equal, and nothing is noted."""
    data = store.read(saved.parent)
    expected = replace(study.data, valid_bytes=saved.stat().st_size)
    assert expected == data


def test_folder_and_file_name_the_same_study(saved: Path) -> None:
    """STUDY is the folder or its study.jsonl."""
    assert store.locate(saved.parent) == store.locate(saved) == saved


def test_create_refuses_where_a_study_is(study: StudyBuilder, saved: Path) -> None:
    """A second study in a folder is refused, and the first is untouched."""
    before = saved.read_bytes()
    with pytest.raises(UsageError, match="--resume"):
        store.create(saved.parent, study.header)
    with pytest.raises(UsageError, match="--resume"):
        store.refuse_existing(saved.parent)
    store.refuse_existing(saved.parent / "other")
    assert before == saved.read_bytes()
    assert [saved] == list(saved.parent.iterdir())


def test_create_refuses_a_file_in_the_way(study: StudyBuilder, tmp_path: Path) -> None:
    """A file where the folder should be is a usage error."""
    (tmp_path / "x").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        store.create(tmp_path / "x", study.header)


def test_two_writers_are_refused(saved: Path) -> None:
    """One process at a time writes a study; afterwards the next one may."""
    with (
        store.Writer(saved),
        pytest.raises(UsageError, match="being written by another run"),
        store.Writer(saved.parent),
    ):
        pass
    with store.Writer(saved):
        pass


def test_resumed_writer_cuts_the_torn_line(study: StudyBuilder, saved: Path) -> None:
    """What was half-written is dropped and the next record follows the last whole line."""
    whole = saved.read_bytes()
    saved.write_bytes(whole + b'{"kind":"sam')
    study.end("interrupted")
    with store.Writer(saved) as writer:
        writer.append(study.records[-1])
    assert whole + record_line(study.records[-1]) == saved.read_bytes()


class FullDisk:
    """A file that has room for a few bytes more."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def write(self, content: bytes) -> int:
        if self._room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written, self._room = content[: self._room], 0
        return int(self._file.write(written))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_full_disk_leaves_the_study_whole(study: StudyBuilder, saved: Path) -> None:
    """What a failed write left behind is cut away, and the study can be gone on with."""
    whole = saved.read_bytes()
    with store.Writer(saved) as writer:
        file, writer._file = writer._file, FullDisk(writer._file, room=5)  # type: ignore[assignment]
        with pytest.raises(ScaleError, match="No space left"):
            writer.append(study.records[-1])
        assert whole == saved.read_bytes()
        writer._file = file
        writer.append(study.records[-1])
    assert whole + record_line(study.records[-1]) == saved.read_bytes()


def test_samples_without_the_end_of_their_session_are_left_out(
    study: StudyBuilder, saved: Path
) -> None:
    """An unfinished session does not count, and the note says how much was left out."""
    case = study.cases[0]
    with store.Writer(saved) as writer:
        for index in range(2):
            writer.append(study.sample("lost", case, 3, index, 9.0))
    data = store.read(saved)
    assert study.data.samples == data.samples
    assert data.notes == ("2 samples of a session that did not end: left out",)


def test_first_of_two_sessions_of_a_block_counts(study: StudyBuilder, tmp_path: Path) -> None:
    """A case and block that ended twice counts once, with the first samples."""
    case = study.case(SERIAL, [2.0])
    study.session(case, 1, [7.0, 7.0])
    data = store.read(study.save(tmp_path))
    assert [sample.seconds for sample in data.samples] == [2.0]
    assert data.notes == ("1 session of a case and block that had ended before: left out",)


def test_text_that_is_not_unicode_is_saved(study: StudyBuilder, tmp_path: Path) -> None:
    """A command line with a broken file name does not stop a study."""
    study.case(SERIAL)
    header = replace(study.header, command=("scale", "run", "caf\udce9.py:f"))
    data = store.read(store.create(tmp_path, header))
    assert data.header.command == ("scale", "run", "caf?.py:f")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"{}\n", "not a study"),
        (b'[{"a": 1}]', "not a study"),
        (b"\x7fELF\x00\xff\n\n", "not a study"),
        (b"workers,seconds\n1,2\n", "not a study"),
        (b'{"format":"rayscale', "ends inside its first line"),
        (b'{"format":"rayscale study","schema":1,"kind"', "ends inside its first line"),
        (b'{"format":"rayscale study","schema":2,"new":[]}\n', "newer version"),
        (b'{"format":"rayscale study","schema":"1"}\n', "line 1 was changed"),
        (b'{"format":"rayscale study","schema":0,"kind":"header","crc":0,"record":{}}\n', "line 1"),
    ],
)
def test_what_is_no_study_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    """A file that is something else, or was cut in its header, is refused in one line."""
    file = tmp_path / "study.jsonl"
    file.write_bytes(content)
    for reader in (store.read, lambda path: store.Writer(path).__enter__()):
        with pytest.raises(StudyFileError, match=said) as error:
            reader(file)
        assert "\n" not in str(error.value)
    assert content == file.read_bytes()


def test_missing_study_is_named(tmp_path: Path) -> None:
    """A path that is not there, and a folder without a study, say so."""
    with pytest.raises(StudyFileError, match="no study at"):
        store.read(tmp_path / "nowhere")
    with pytest.raises(StudyFileError, match=r"no study\.jsonl in"):
        store.read(tmp_path)
    with pytest.raises(StudyFileError, match="cannot read"):
        store.read(tmp_path / ("x" * 300))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_study_is_named(saved: Path) -> None:
    """A file without read permission is a study file error."""
    saved.chmod(0)
    with pytest.raises(StudyFileError, match="cannot read"):
        store.read(saved)


@pytest.mark.parametrize(
    ("number", "old", "new", "why"),
    [
        (1, '"seed":1', '"seed":2', "checksum"),
        (3, '"seconds":2.0', '"seconds":1.0', "checksum"),
        (4, '"samples":1', '"samples":one', "invalid"),
        (4, '"session"', '"header"', "can be a"),
        (5, "{", "", "Expected `object`"),
    ],
)
def test_edited_line_is_named(saved: Path, number: int, old: str, new: str, why: str) -> None:
    """A change by hand is noticed, with the number of the line."""
    change_line(saved, number, old, new)
    with pytest.raises(StudyFileError, match=rf"line {number} was changed.*({why})"):
        store.read(saved)


def test_wrong_type_behind_a_right_checksum_is_named(saved: Path) -> None:
    """A checksum made to fit does not let a wrong type in."""
    record = json.dumps({"reason": "complete", "ended": 7, "seconds": 1.0})
    line = f'{{"kind":"end","crc":{crc32(record.encode())},"record":{record}}}\n'
    number = saved.read_bytes().count(b"\n") + 1
    with saved.open("a") as file:
        file.write(line)
    with pytest.raises(StudyFileError, match=rf"line {number} .*Expected `str`"):
        store.read(saved)


def test_deeply_nested_line_is_named(saved: Path) -> None:
    """Brackets without end are an edited line, not a stack overflow."""
    with saved.open("ab") as file:
        file.write(b'{"kind":"end","crc":1,"record":' + b"[" * 100_000 + b"\n")
    with pytest.raises(StudyFileError, match="was changed or damaged"):
        store.read(saved)


def test_sample_taken_out_is_noticed(saved: Path) -> None:
    """A sample line removed by hand is missed."""
    lines = saved.read_bytes().splitlines(keepends=True)
    saved.write_bytes(b"".join(lines[:2] + lines[3:]))
    with pytest.raises(StudyFileError, match="took 1 samples, the file holds 0"):
        store.read(saved)


def test_file_cut_anywhere_loads_or_is_named(saved: Path) -> None:
    """A study cut at any byte loads up to its last whole line, or is refused in one line."""
    whole = saved.read_bytes()
    header = whole.index(b"\n") + 1
    for length in range(len(whole)):
        saved.write_bytes(whole[:length])
        if length < header:
            with pytest.raises(StudyFileError):
                store.read(saved)
            continue
        data = store.read(saved)
        assert whole.rfind(b"\n", 0, length) + 1 == data.valid_bytes
        assert data.torn == (data.valid_bytes < length)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0), junk=st.binary(min_size=1, max_size=40), goes_on=st.booleans())
def test_damaged_study_loads_or_is_named(
    study: StudyBuilder, tmp_path: Path, place: int, junk: bytes, goes_on: bool
) -> None:
    """Bytes written over any place give a study or a study file error, nothing else."""
    if not study.cases:
        study.case(SERIAL, [2.0, 2.1])
    whole = header_line(study.header) + b"".join(map(record_line, study.records))
    begin = place % len(whole)
    rest = whole[begin + len(junk) :] if goes_on else b""
    file = tmp_path / "study.jsonl"
    file.write_bytes(whole[:begin] + junk + rest)
    with suppress(StudyFileError):
        store.read(file)


def test_ten_thousand_samples_load_quickly(study: StudyBuilder, tmp_path: Path) -> None:
    """A long study is there within a second of CPU time."""
    case = study.case(SERIAL)
    for block in range(1, 1001):
        study.session(case, block, [1.0] * 10)
    file = tmp_path / "study.jsonl"
    file.write_bytes(b"".join([header_line(study.header), *map(record_line, study.records)]))
    begin = time.process_time()
    data = store.read(file)
    assert time.process_time() - begin < 1.0
    assert len(data.samples) == 10_000
