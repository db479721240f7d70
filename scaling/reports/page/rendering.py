"""From a page's contents to its one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.analysis.units import printable
from scaling.reports.page.blocks import Page

if TYPE_CHECKING:
    from jinja2 import Environment


def html(page: Page) -> str:
    """Return the file: no script, nothing loaded from elsewhere."""
    return _environment().get_template("page.html.j2").render(page=page)


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("scaling.reports", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _clean(value: object) -> object:
    """Show characters that steer a reader's screen, as those that turn text round, as ``?``."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return printable(value)
    return value
