"""grain.jsonl, in and out: one line for each record with its checksum, saved as it goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self
from zlib import crc32

import msgspec

from scaling import lines, places
from scaling.errors import ScaleError, StudyFileError, UsageError
from scaling.files import write_whole
from scaling.grain_model import GrainData, GrainEnd, GrainHeader, GrainSession
from scaling.model import Environment
from scaling.records import ClusterRecord

GRAIN_FILE = places.GRAIN_FILE

# 1: a header line, then cluster, session and end lines, each with the CRC-32 of its record
SCHEMA = 1

Record = ClusterRecord | GrainSession | GrainEnd

_FORMAT = "rayscale grain"
_KINDS: dict[str, type] = {"cluster": ClusterRecord, "session": GrainSession, "end": GrainEnd}
_COMPARED = ("rayscale", "ray", "joblib", "distributed", "cloudpickle")
"""Distributions that decide what an item costs a backend."""


class _Line(msgspec.Struct, omit_defaults=True, kw_only=True):
    format: str = ""
    """Only the first line says these two."""
    schema: int = 0
    kind: str
    crc: int
    record: msgspec.Raw


def file_in(path: Path) -> Path:
    """Return the grain file of a folder, or the path itself where it names one."""
    return path if path.name == GRAIN_FILE else path / GRAIN_FILE


def is_there(path: Path) -> bool:
    """Tell whether a path names a grain result."""
    with suppress(OSError):
        return file_in(path).is_file()
    return False


def refuse_existing(path: Path) -> None:
    """Raise UsageError where something of another run is, or no folder can be."""
    try:
        taken = path.exists() and (not path.is_dir() or any(path.iterdir()))
    except OSError as error:
        raise _unwritable(path, error) from None
    if taken:
        raise UsageError(f"--output {path} is not an empty folder; choose another")


class Writer:
    """Makes a grain file and adds to it. Open only within ``with``."""

    def __init__(self, folder: Path, header: GrainHeader) -> None:
        self._file = file_in(folder)
        self._header = header
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, _line("header", self._header), fresh=True)
            self._stream = self._file.open("ab", buffering=0)
        except OSError as error:
            raise _unwritable(self._file.parent, error) from None
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def append(self, record: Record) -> None:
        """Add one line; it is on the disk when this returns."""
        assert self._stream is not None, "a Writer is used within 'with'"
        kind = next(name for name, of in _KINDS.items() if isinstance(record, of))
        try:
            self._stream.write(_line(kind, record))
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise ScaleError(
                f"cannot save to {self._file}: {error.strerror}; what was saved before is safe"
            ) from None


def read(path: Path) -> GrainData:
    """Load what ``scale grain`` wrote: its folder or the file. Raises StudyFileError."""
    file = file_in(path)
    if not is_there(path):
        raise StudyFileError(
            f"there is no {GRAIN_FILE} in {path}; name the folder that 'scale grain' wrote"
        )
    try:
        first, *rest = file.read_bytes().split(b"\n")
    except OSError as error:
        raise StudyFileError(f"cannot read {file}: {error.strerror}; check it") from None
    header = _header(first, file)
    torn = rest.pop() if rest else b""
    records = [_record(line, number, file) for number, line in enumerate(rest, start=2)]
    return GrainData(
        header=header,
        clusters=tuple(r for r in records if isinstance(r, ClusterRecord)),
        sessions=tuple(r for r in records if isinstance(r, GrainSession)),
        ends=tuple(r for r in records if isinstance(r, GrainEnd)),
        notes=("the last line was cut off and is left out",) if torn else (),
    )


def newest(results: Path, environment: Environment, batch: int | None) -> Path | None:
    """Return the newest folder under ``results`` whose grain result holds for a study.

    It does when it was measured on the same machine, with equal versions of Python and of the
    backends' libraries, and with the same ``--batch``. None when there is none.
    """
    fitting: list[tuple[str, Path]] = []
    for folder, data in _all(results):
        same = same_machine(data.header.environment, environment)
        if same and data.header.plan.batch == batch and data.sessions:
            fitting.append((data.header.created, folder))
    return max(fitting, default=("", None))[1]


def same_machine(one: Environment, other: Environment) -> bool:
    """Tell whether what an item costs on one is what it costs on the other."""
    return _what_counts(one) == _what_counts(other)


def _what_counts(environment: Environment) -> tuple[object, ...]:
    versions = dict(environment.versions)
    return (
        environment.hostname,
        environment.usable_cpus,
        environment.implementation,
        environment.python,
        *(versions.get(name) for name in _COMPARED),
    )


def _all(results: Path) -> Iterator[tuple[Path, GrainData]]:
    """Yield what can be read; what cannot is for the command that names it to say."""
    with suppress(OSError):
        for file in sorted(results.glob(f"*/{GRAIN_FILE}")):
            with suppress(StudyFileError):
                yield file.parent, read(file)


def _line(kind: str, record: object) -> bytes:
    raw = lines.encode(record)
    line = _Line(kind=kind, crc=crc32(raw), record=msgspec.Raw(raw))
    if isinstance(record, GrainHeader):
        line.format, line.schema = _FORMAT, SCHEMA
    return msgspec.json.encode(line) + b"\n"


def _header(line: bytes, file: Path) -> GrainHeader:
    try:
        parsed = msgspec.json.decode(line, type=_Line)
    except ValueError:
        raise StudyFileError(f"{file} is not what 'scale grain' wrote; run it again") from None
    if parsed.format == _FORMAT and parsed.schema > SCHEMA:
        raise StudyFileError(
            f"a newer version of this tool wrote {file}; update: pip install -U rayscale"
        )
    if parsed.format != _FORMAT or parsed.kind != "header":
        raise StudyFileError(f"{file} is not what 'scale grain' wrote; run it again")
    header: GrainHeader = _decoded(parsed, GrainHeader, 1, file)
    return header


def _record(line: bytes, number: int, file: Path) -> Record:
    try:
        parsed = msgspec.json.decode(line, type=_Line)
    except ValueError as error:
        raise _changed(file, number, str(error)) from None
    if parsed.kind not in _KINDS:
        raise _changed(file, number, f"no line here can be a {parsed.kind[:40]!r}")
    record: Record = _decoded(parsed, _KINDS[parsed.kind], number, file)
    return record


def _decoded(line: _Line, kind: type, number: int, file: Path) -> Any:
    if crc32(line.record) != line.crc:
        raise _changed(file, number, "its checksum does not fit")
    try:
        return msgspec.json.decode(line.record, type=kind)
    except ValueError as error:
        raise _changed(file, number, str(error)) from None


def _changed(file: Path, number: int, why: str) -> StudyFileError:
    return StudyFileError(f"{file} line {number} was changed or damaged ({why}); run it again")


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write {path}: {error.strerror}; choose another with --output")
