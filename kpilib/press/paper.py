"""
Draws HTML as PDF/UA-1.

The fonts are those that come with matplotlib, so that every machine draws the same, whatever fonts and aliases it has.
Nothing is fetched but those fonts and pictures that the page itself holds.
"""

from __future__ import annotations

import contextlib
import gc
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree.ElementTree import Element

import page as validator

from kpilib.press.engine import PageError
from kpilib.press.letters import FONTS
from kpilib.records.faults import Fault

_SETTINGS = "FONTCONFIG_FILE"
_FONTS = {
    (FONTS / "DejaVuSans.ttf").as_uri(): "'DejaVu Sans'; font-weight: normal; font-style: normal",
    (FONTS / "DejaVuSans-Bold.ttf").as_uri(): "'DejaVu Sans'; font-weight: bold; font-style: normal",
    (FONTS / "DejaVuSans-Oblique.ttf").as_uri(): "'DejaVu Sans'; font-weight: normal; font-style: italic",
    (FONTS / "DejaVuSans-BoldOblique.ttf").as_uri(): "'DejaVu Sans'; font-weight: bold; font-style: italic",
    (FONTS / "DejaVuSansMono.ttf").as_uri(): "'DejaVu Sans Mono'",
}
_SHOWN = 3  # broken rules that a fault names


def fonts() -> str:
    """The style sheet that names the fonts."""
    named = [f"@font-face {{ font-family: {face}; src: url('{where}'); }}\n" for where, face in _FONTS.items()]
    return "".join([*named, "pre, code { font-family: 'DejaVu Sans Mono'; }\n"])


@contextlib.contextmanager
def _own_fonts() -> Iterator[None]:
    """Let fontconfig, which reads its settings when a drawing begins, know of no font and no alias of the machine."""
    before = os.environ.get(_SETTINGS)
    os.environ[_SETTINGS] = str(Path(__file__).with_name("fonts.conf"))
    try:
        yield
    finally:  # others, such as a browser, need those of the machine
        del os.environ[_SETTINGS]
        if before is not None:
            os.environ[_SETTINGS] = before


def weasyprint() -> ModuleType:
    """
    Load what draws.

    Raises:
        OSError: Pango is missing.
    """
    with warnings.catch_warnings(), _own_fonts():
        warnings.filterwarnings("ignore", message="No fonts configured")  # a paper brings its own
        import weasyprint
    return weasyprint


def draw(html: str, *, tagged: bool = True) -> bytes:
    """
    Draw a page.

    Args:
        tagged: as PDF/UA-1; else without tags, to be printed beneath what has them.

    Raises:
        PageError: Pango is missing.
    """
    try:
        weasy = weasyprint()
    except OSError as error:
        remedy = (
            "Install Pango (Debian and Ubuntu: libpango-1.0-0 and libpangoft2-1.0-0; macOS: brew install pango; "
            "conda: environment.yml brings it). The HTML is made and whole."
        )
        raise PageError(Fault("PDF", "cannot be drawn: Pango is missing", remedy)) from error
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    class HeldFetcher(URLFetcher):
        """Fetches what the page holds in itself, and the fonts; nothing else."""

        def fetch(self, url: str, headers: object = None) -> object:
            if not url.startswith("data:") and url not in _FONTS:
                msg = f"a page on paper asks nothing of anyone, but names {url[:80]}"
                raise ValueError(msg)
            return super().fetch(url, headers)

    with _own_fonts():
        configuration = FontConfiguration()
    fetcher = HeldFetcher()
    gc.disable()  # a drawing makes millions of things, and lets go of them at its end: looking for waste costs a tenth
    try:
        drawn = weasy.HTML(string=html, url_fetcher=fetcher)
        _leave_out_unseen(drawn.etree_element)
        sheet = weasy.CSS(string=fonts(), font_config=configuration, url_fetcher=fetcher)
        return drawn.write_pdf(
            stylesheets=[sheet], font_config=configuration, pdf_variant="pdf/ua-1" if tagged else None
        )
    finally:
        gc.enable()


def validated(drawn: bytes) -> bytes:
    """
    Give a paper back if it holds PDF/UA-1.

    Raises:
        PageError: it does not, and whoever listens to it would not be told all that others see.
    """
    found = validator.validate_pdf_bytes(drawn, profile="ua1")
    if not found.is_compliant:
        broken = list(dict.fromkeys(f"{each.rule_id}: {each.message}" for each in found.failures))
        more = f"; and {len(broken) - _SHOWN} more" if broken[_SHOWN:] else ""
        remedy = (
            "Look at what cells of your own show on its pages, such as a sign that the font does not have or a heading "
            "that skips a level. The web pages are made."
        )
        raise PageError(Fault("", f"does not hold PDF/UA-1 ({'; '.join(broken[:_SHOWN])}{more})", remedy))
    return drawn


def _leave_out_unseen(element: Element) -> None:
    """Take out what the style sheet for paper shows nothing of, before its styles are worked out for nothing."""
    for child in list(element):
        if child.tag == "details" or "hidden" in child.attrib:
            place = list(element).index(child)
            if child.tail and place:
                element[place - 1].tail = (element[place - 1].tail or "") + child.tail
            elif child.tail:
                element.text = (element.text or "") + child.tail
            element.remove(child)
        else:
            _leave_out_unseen(child)
