"""What a page is made of. Texts are plain: the templates escape them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    form: ClassVar[str] = "prose"
    text: str
    lead: bool = False
    """True for what the page is read for."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below that of the section."""

    form: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    form: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it stands for."""

    name: str
    text: str
    mark: str = ""
    """Letter that a grid uses for it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a grid."""

    name: str
    kind: Literal["text", "number", "marks"] = "number"
    """``marks``: every letter of a cell leads to the fact that explains it."""
    facts: tuple[Fact, ...] = ()
    """Those that the letters stand for."""
    alarms: tuple[str, ...] = ()
    """Cells that a reader must not overlook."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first cell of a row names it."""

    form: ClassVar[str] = "grid"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """A list of facts."""

    form: ClassVar[str] = "facts"
    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text that is shown as it is, under the name of who said it."""

    form: ClassVar[str] = "code"
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure that names itself."""

    name: str
    svg: str
    """Markup, the one thing that is not escaped: it comes from the figures alone."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Figures side by side where there is room."""

    form: ClassVar[str] = "pictures"
    items: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A finding: how much it matters, what was seen, what to do."""

    severity: str
    rule: str
    case: str
    """The worst case, which the evidence is about."""
    evidence: str
    also: str
    """Other cases with the same finding."""
    remedy: str


@dataclass(frozen=True, slots=True)
class Notices:
    """Findings, the worst first."""

    form: ClassVar[str] = "notices"
    items: tuple[Notice, ...]


Block = Prose | Heading | Bullets | Grid | Facts | Code | Pictures | Notices


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with a heading of its own."""

    name: str
    """Unique in a page, lower case."""
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that is shown."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
