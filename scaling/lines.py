"""The lines of a study file: records to bytes and back, every one with its checksum."""

from __future__ import annotations

import json
from typing import Any, TypeVar
from zlib import crc32

import msgspec

from scaling.model import StudyHeader
from scaling.records import ClusterRecord, EndRecord, Sample, SessionRecord

# 1: a header line, then cluster, sample, session and end lines, each with the CRC-32 of its record
SCHEMA = 1

Record = ClusterRecord | Sample | SessionRecord | EndRecord
T = TypeVar("T")

_MAGIC = b'{"format":"rayscale study","schema":'
_KINDS: dict[type, str] = {
    ClusterRecord: "cluster",
    Sample: "sample",
    SessionRecord: "session",
    EndRecord: "end",
}


class BadLine(Exception):
    """Raised when a line is not what it should be; the message says why."""


class TornHeader(BadLine):
    """Raised when a study ends inside its first line."""


class NotAStudy(BadLine):
    """Raised when the first line is not the header of a study."""


class NewerSchema(BadLine):
    """Raised when a newer version of this toolkit wrote the study."""

    def __init__(self, schema: int) -> None:
        super().__init__(f"it has schema {schema}, this version reads {SCHEMA}")


class _Version(msgspec.Struct):
    format: str
    schema: int


class _Line(msgspec.Struct):
    kind: str
    crc: int
    record: msgspec.Raw


_VERSION = msgspec.json.Decoder(_Version)
_LINE = msgspec.json.Decoder(_Line)
_HEADER = msgspec.json.Decoder(StudyHeader)
_RECORDS: dict[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(kind) for kind, name in _KINDS.items()
}


def header_line(header: StudyHeader) -> bytes:
    """Return the first line of a study, with its newline."""
    raw = encode(header)
    return b'%b%d,"kind":"header","crc":%d,"record":%b}\n' % (_MAGIC, SCHEMA, crc32(raw), raw)


def record_line(record: Record) -> bytes:
    """Return one line, with its newline. Raises ValueError when it could not be read back."""
    raw = encode(record)
    kind = _KINDS[type(record)]
    _RECORDS[kind].decode(raw)
    return b'{"kind":"%b","crc":%d,"record":%b}\n' % (kind.encode(), crc32(raw), raw)


def parse_header(line: bytes) -> StudyHeader:
    """Return the header from the first line. Raises BadLine or one of its kinds."""
    if not line.startswith(_MAGIC):
        raise TornHeader if _MAGIC.startswith(line) else NotAStudy
    if not line.endswith(b"\n"):
        raise TornHeader
    schema = _decode(_VERSION, line).schema
    if schema > SCHEMA:
        raise NewerSchema(schema)
    parsed = _decode(_LINE, line)
    if schema < 1 or parsed.kind != "header":
        raise BadLine("it should be the header")
    return _record(_HEADER, parsed)


def parse_record(line: bytes) -> Record:
    """Return the record of any later line. Raises BadLine."""
    parsed = _decode(_LINE, line)
    decoder = _RECORDS.get(parsed.kind)
    if decoder is None:
        raise BadLine(f"no line here can be a {parsed.kind[:40]!r}")
    record: Record = _record(decoder, parsed)
    return record


def _record(decoder: msgspec.json.Decoder[T], line: _Line) -> T:
    if crc32(line.record) != line.crc:
        raise BadLine("its checksum does not fit")
    return _decode(decoder, line.record)


def _decode(decoder: msgspec.json.Decoder[T], raw: bytes | msgspec.Raw) -> T:
    try:
        return decoder.decode(raw)
    except (ValueError, RecursionError) as error:
        raise BadLine(str(error)) from None


def encode(record: object) -> bytes:
    """Return a record as JSON; what is not UTF-8 in a text becomes a question mark."""
    try:
        return msgspec.json.encode(record)
    except UnicodeEncodeError:  # a file name that is not UTF-8 reached us through the system
        plain = msgspec.to_builtins(record)
        return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")
