"""Figures as files, the same bytes for the same figure."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from xml.sax.saxutils import escape

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from scaling.analysis.units import printable
from scaling.errors import UnknownName
from scaling.reports.figures import style
from scaling.reports.figures.drawing import SUFFIXES, Drawing

DPI = 200
_TAG = re.compile(r"<[^!?/][^>]*>")
_NAMED = re.compile(r'(?<= id=")|(?<=href="#)|(?<=url\(#)')
_STYLE = re.compile(r"\s*<defs>\s*<style[^<]*</style>\s*</defs>")
_PDF_METADATA = {"Creator": None, "Producer": None, "CreationDate": None}
_SVG_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}


def encoded(drawing: Drawing, suffix: str) -> bytes:
    """Return the figure as a file. Raises UsageError for a suffix that there is not."""
    writers: dict[str, Callable[[Drawing], bytes]] = {".png": _png, ".svg": _svg, ".pdf": _pdf}
    if suffix not in writers:
        raise UnknownName("format of figures", suffix, list(SUFFIXES))
    return writers[suffix](drawing)


def book(drawings: Iterable[Drawing]) -> bytes:
    """Return a PDF with a page for each figure; all are as wide as a page."""
    out = BytesIO()
    # Fonts are written when the book is closed, in the style of that moment.
    with style.applied(half=False), PdfPages(out, metadata=_PDF_METADATA) as pages:
        for drawing in drawings:
            pages.savefig(drawing.figure, dpi=DPI)
    return out.getvalue()


def _png(drawing: Drawing) -> bytes:
    return _saved(drawing, "png", {"Software": None, **_words(drawing)})


def _words(drawing: Drawing) -> dict[str, str | None]:
    return {"Title": drawing.title, "Description": printable(drawing.alt)}


def _pdf(drawing: Drawing) -> bytes:
    return _saved(drawing, "pdf", {**_PDF_METADATA, "Title": drawing.title})


def _saved(drawing: Drawing, form: str, metadata: dict[str, str | None]) -> bytes:
    out = BytesIO()
    with style.applied(half=drawing.half, salt=drawing.name):
        drawing.figure.savefig(out, format=form, dpi=DPI, metadata=metadata)
    return out.getvalue()


def _svg(drawing: Drawing) -> bytes:
    """Return an SVG that can stand beside others in one page.

    Its ids begin with the figure's name, and no style is for elements that are not its own.
    """
    with _as_written(drawing.figure):
        text = _saved(drawing, "svg", dict(_SVG_METADATA)).decode("utf-8")
    text = _STYLE.sub("", text[text.index("<svg") :], count=1)
    named = _TAG.sub(lambda tag: _NAMED.sub(f"{drawing.name}-", tag[0]), text)
    end = named.index(">")
    return f"{named[:end]} {_root(drawing)}>\n{_told(drawing)}{named[end + 1 :]}".encode()


@contextmanager
def _as_written(figure: Figure) -> Iterator[None]:
    """Show texts as their labels keep them within ``with``: the viewer finds a font for each."""
    drawn = [(text, text.get_text()) for text in figure.texts]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        for text, line in drawn:
            text.set_text(text.get_label() or line)
        try:
            yield
        finally:
            for text, line in drawn:
                text.set_text(line)


def _root(drawing: Drawing) -> str:
    name = drawing.name
    return (
        f'role="img" aria-labelledby="{name}-title {name}-told" '
        'stroke-linejoin="round" stroke-linecap="butt"'
    )


def _told(drawing: Drawing) -> str:
    title, alt = escape(drawing.title), escape(printable(drawing.alt))
    return (
        f'<title id="{drawing.name}-title">{title}</title>\n'
        f'<desc id="{drawing.name}-told">{alt}</desc>'
    )
