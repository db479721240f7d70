"""Reads a page as a program does that knows HTML and nothing of the template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

_VOID = {"meta", "link", "br", "img", "input", "hr"}
_FOREIGN = {"style"}


@dataclass
class Element:
    """An element with all that is in it."""

    tag: str
    attributes: dict[str, str]
    parts: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it but that of style sheets, as a browser shows it."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, str):
                yield part
            elif part.tag not in _FOREIGN:
                yield from part._texts()

    def walk(self) -> Iterator[Element]:
        """Yield it and all elements in it."""
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()

    def all(self, *tags: str) -> list[Element]:
        """Return the elements of these tags in it, in their order."""
        return [one for one in self.walk() if one.tag in tags]

    def one(self, name: str) -> Element:
        """Return the element with this id."""
        (found,) = (one for one in self.walk() if one.attributes.get("id") == name)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].parts.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open[-1].tag, f"</{tag}> ends <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)

    def read(self, text: str) -> Self:
        self.feed(text)
        self.close()
        assert len(self.open) == 1, f"<{self.open[-1].tag}> has no end"
        return self


def read(page: str) -> Element:
    """Return the page as a tree; fails where elements do not fit into each other."""
    return _Reader().read(page).open[0]


def shape(page: Element) -> list[tuple[str, tuple[str, ...]]]:
    """Return tags with the names of their attributes: what no text may change."""
    return [(one.tag, tuple(one.attributes)) for one in page.walk()]
