"""study.jsonl, in and out: saved as it goes, safe against crashes and edits."""

from __future__ import annotations

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from scaling.errors import ScaleError, StudyFileError, UsageError
from scaling.files import write_whole
from scaling.lines import (
    BadLine,
    NewerSchema,
    NotAStudy,
    Record,
    TornHeader,
    header_line,
    parse_header,
    parse_record,
    record_line,
)
from scaling.model import StudyHeader
from scaling.places import STUDY_FILE
from scaling.records import ClusterRecord, EndRecord, Sample, SessionRecord
from scaling.studydata import StudyData, missing_samples, only_what_counts

__all__ = ["STUDY_FILE", "StudyData", "Writer", "create", "locate", "read", "refuse_existing"]

_LONGEST_HEADER = 1 << 28


def locate(path: Path) -> Path:
    """Return the study file that STUDY names: the file itself, or the one in the folder."""
    try:
        file = path / STUDY_FILE if path.is_dir() else path
        if file.is_file():
            return file
        exists = path.exists()
    except OSError as error:
        raise _unreadable(path, error) from None
    if exists:
        raise StudyFileError(
            f"there is no {STUDY_FILE} in {path}; name the folder that 'scale run' wrote"
        )
    raise StudyFileError(f"there is no study at {path}; name the folder that 'scale run' wrote")


def refuse_existing(path: Path) -> None:
    """Raise UsageError where there is a study already."""
    if _file_in(path).exists():
        raise _holds_one(path)


def create(path: Path, header: StudyHeader) -> Path:
    """Write a new study with its header, whole or not at all, and return its file.

    ``path`` is the study's folder, or the study.jsonl in it. Raises UsageError where there is a
    study already.
    """
    file = _file_in(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(file.parent, error) from None
    try:
        write_whole(file, header_line(header), fresh=True)
    except FileExistsError:
        raise _holds_one(path) from None
    except OSError as error:
        raise _unwritable(file.parent, error) from None
    return file


class Writer:
    """Adds records to a study. Open only within ``with``; one process at a time has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._end = 0

    def __enter__(self) -> Self:
        path = locate(self._path)
        try:
            file = path.open("r+b", buffering=0)
        except OSError as error:
            raise _unwritable(path, error) from None
        try:
            _lock(file, path)
            self._end = _cut_torn_line(file, path)
        except BaseException:
            file.close()
            raise
        self._file = file
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def append(self, record: Record) -> None:
        """Add one line; it is on the disk when this returns."""
        assert self._file is not None, "a Writer is used within 'with'"
        line = record_line(record)
        try:
            self._write(self._file, line)
        except OSError as error:
            raise ScaleError(
                f"cannot save to {self._path}: {error.strerror}; what was saved before is safe: "
                f"make room, then go on with --resume"
            ) from None

    def _write(self, file: IO[bytes], line: bytes) -> None:
        try:
            written = 0
            while written < len(line):
                written += file.write(line[written:])
        except BaseException:
            file.truncate(self._end)
            file.seek(self._end)
            raise
        self._end += len(line)
        os.fsync(file.fileno())


def read(path: Path) -> StudyData:
    """Load the study that ``path`` names. Raises StudyFileError when it is not sound."""
    file = locate(path)
    try:
        with file.open("rb") as stream:
            first = stream.readline(_LONGEST_HEADER)
            header = header_of(first, file)
            rest = stream.read()
    except OSError as error:
        raise _unreadable(file, error) from None
    *lines, tail = rest.split(b"\n")
    with _no_collections():
        records = [_record(line, number, file) for number, line in enumerate(lines, start=2)]
    data = StudyData(
        header=header,
        clusters=tuple(r for r in records if isinstance(r, ClusterRecord)),
        samples=tuple(r for r in records if isinstance(r, Sample)),
        sessions=tuple(r for r in records if isinstance(r, SessionRecord)),
        ends=tuple(r for r in records if isinstance(r, EndRecord)),
        notes=("the last line was cut off and is left out",) if tail else (),
        torn=bool(tail),
        valid_bytes=len(first) + len(rest) - len(tail),
    )
    if changed := missing_samples(data):
        raise StudyFileError(f"{file} was changed: {changed}; bring back the original file")
    return only_what_counts(data)


@contextmanager
def _no_collections() -> Iterator[None]:
    """Keep the garbage collector off records that are all kept: it would walk them many times."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def header_of(line: bytes, file: Path) -> StudyHeader:
    """Return the header from the first line of a study file. Raises StudyFileError."""
    if not line:
        raise StudyFileError(f"{file} is empty; run the study again")
    try:
        return parse_header(line)
    except TornHeader:
        raise StudyFileError(f"{file} ends inside its first line; run the study again") from None
    except NotAStudy:
        raise StudyFileError(f"{file} is not a study of this tool; name a study folder") from None
    except NewerSchema as error:
        raise StudyFileError(
            f"a newer version of this tool wrote {file} ({error}); update: pip install -U rayscale"
        ) from None
    except BadLine as error:
        raise _changed(file, 1, error) from None


def _record(line: bytes, number: int, file: Path) -> Record:
    try:
        return parse_record(line)
    except BadLine as error:
        raise _changed(file, number, error) from None


def _lock(file: IO[bytes], path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            f"{path} is being written by another run; wait for its end or stop it first"
        ) from None
    except OSError:  # cluster file systems are often mounted without locks; work there all the same
        return


def _cut_torn_line(file: IO[bytes], path: Path) -> int:
    content = file.read()
    end = content.rfind(b"\n") + 1
    header_of(content[: content.find(b"\n") + 1 or None], path)
    if end < len(content):
        file.truncate(end)
    return file.seek(end)


def _file_in(path: Path) -> Path:
    return path if path.name == STUDY_FILE else path / STUDY_FILE


def _holds_one(path: Path) -> UsageError:
    folder = _file_in(path).parent
    return UsageError(
        f"{folder} holds a study already; go on with it (--resume {folder}) or "
        f"choose another folder with --output"
    )


def _changed(file: Path, number: int, why: BadLine) -> StudyFileError:
    return StudyFileError(
        f"{file} line {number} was changed or damaged ({why}); bring back the original file"
    )


def _unreadable(path: Path, error: OSError) -> StudyFileError:
    return StudyFileError(f"cannot read {path}: {error.strerror}; check its permissions")


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"cannot write {path}: {error.strerror}; check it or choose another with --output"
    )
