"""grain.jsonl in and out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaling import grain_store
from scaling.errors import StudyFileError, UsageError
from scaling.grain_model import GrainEnd, GrainHeader, GrainSession, Level
from scaling.model import Case, WorkloadSpec
from scaling.records import ClusterRecord
from tests.scaling.examples import ENVIRONMENT, PLAN

CASE = Case("grain", 100, "threads", 1, 2)
GRAIN_PLAN = replace(PLAN, spec=WorkloadSpec("grain", size=100), sizes=(100,), cases=(CASE,))
HEADER = GrainHeader("id", "2026-01-01T00:00:00", ("scale", "grain"), GRAIN_PLAN, 0.5, ENVIRONMENT)
SESSION = GrainSession(
    "s1", CASE.key, 1, "ok", "now", 0.5, (Level(8, (0.1, 0.2)), Level(4, (0.1,)))
)
CLUSTER = ClusterRecord("here:1", True, ("a",), (2.0,), ("here",), 3.0)
END = GrainEnd("complete", "later", 5.0)


def written(folder: Path, header: GrainHeader = HEADER) -> Path:
    """Write a result and return its file."""
    with grain_store.Writer(folder, header) as writer:
        for record in (CLUSTER, SESSION, END):
            writer.append(record)
    return folder / grain_store.GRAIN_FILE


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Every record comes back, from the folder as from the file."""
    file = written(tmp_path / "new" / "out")
    data = grain_store.read(file)
    assert data == grain_store.read(file.parent)
    assert data.header == HEADER
    assert (data.clusters, data.sessions, data.ends) == ((CLUSTER,), (SESSION,), (END,))
    assert data.notes == ()


def test_header_alone_is_a_result_of_nothing(tmp_path: Path) -> None:
    """A run that ended at once leaves a file that can be read."""
    with grain_store.Writer(tmp_path, HEADER):
        pass
    assert grain_store.read(tmp_path).sessions == ()


def test_torn_line_is_left_out(tmp_path: Path) -> None:
    """A crash inside a line costs that line alone."""
    file = written(tmp_path)
    file.write_bytes(file.read_bytes()[:-10])
    data = grain_store.read(tmp_path)
    assert (data.sessions, data.ends) == ((SESSION,), ())
    assert data.notes == ("the last line was cut off and is left out",)


def test_changed_line_is_refused(tmp_path: Path) -> None:
    """A number changed by hand does not pass its checksum."""
    file = written(tmp_path)
    file.write_bytes(file.read_bytes().replace(b'"seconds":[0.1,0.2]', b'"seconds":[0.1,0.3]'))
    with pytest.raises(StudyFileError, match="line 3 was changed or damaged"):
        grain_store.read(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not what"),
        (b"{}\n", "is not what"),
        (b'{"format":"rayscale study","schema":1,"kind":"header","crc":1,"record":{}}\n', "not wh"),
        (b'{"format":"rayscale grain","schema":9,"kind":"header","crc":1,"record":{}}\n', "newer"),
        (b'{"format":"rayscale grain","schema":1,"kind":"header","crc":1,"record":{}}\n', "line 1"),
    ],
)
def test_foreign_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """What is no grain result gives one line that says so."""
    (tmp_path / grain_store.GRAIN_FILE).write_bytes(content)
    with pytest.raises(StudyFileError, match=said):
        grain_store.read(tmp_path)


def test_missing_result_is_named(tmp_path: Path) -> None:
    """A folder without a result says what to name instead."""
    assert not grain_store.is_there(tmp_path)
    with pytest.raises(StudyFileError, match="name the folder that 'scale grain' wrote"):
        grain_store.read(tmp_path)


def test_result_is_never_replaced(tmp_path: Path) -> None:
    """A folder that holds something is refused; one that is empty or not there is not."""
    grain_store.refuse_existing(tmp_path)
    grain_store.refuse_existing(tmp_path / "new")
    written(tmp_path)
    with pytest.raises(UsageError, match="not an empty folder"):
        grain_store.refuse_existing(tmp_path)
    with pytest.raises(UsageError, match="cannot write"), grain_store.Writer(tmp_path, HEADER):
        pass


def test_newest_of_the_same_machine(tmp_path: Path) -> None:
    """The newest result counts; not that of another machine, library or way of sending."""
    written(tmp_path / "grain-1")
    written(tmp_path / "grain-2", replace(HEADER, created="2026-01-02T00:00:00"))
    other = replace(ENVIRONMENT, hostname="there")
    written(tmp_path / "grain-3", replace(HEADER, created="2026-02-01", environment=other))
    newer = replace(ENVIRONMENT, versions=(("ray", "2.61.0"), ("numpy", "2.0")))
    written(tmp_path / "grain-4", replace(HEADER, created="2026-02-02", environment=newer))
    single = replace(HEADER, created="2026-02-03", plan=replace(PLAN, batch=1))
    written(tmp_path / "grain-5", single)
    (tmp_path / "study").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / grain_store.GRAIN_FILE).write_bytes(b"nothing")
    assert tmp_path / "grain-2" == grain_store.newest(tmp_path, ENVIRONMENT, None)
    assert tmp_path / "grain-5" == grain_store.newest(tmp_path, ENVIRONMENT, 1)
    assert grain_store.newest(tmp_path / "study", ENVIRONMENT, None) is None


def test_numpy_does_not_matter() -> None:
    """Libraries that no backend needs may differ."""
    other = replace(ENVIRONMENT, versions=(("ray", "2.60.0"), ("numpy", "2.1")), load_1m=3.0)
    assert grain_store.same_machine(ENVIRONMENT, other)
    assert not grain_store.same_machine(ENVIRONMENT, replace(ENVIRONMENT, cpus_affinity=2))
