"""
Draws one HTML file as PDF/UA-1: `python -m kpilib.press.paper page.html page.pdf`.

The fonts are those that come with matplotlib, so that every machine draws the same.
Nothing is fetched but those fonts and pictures that the page itself holds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib

_FOLDER = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
_FONTS = {
    (_FOLDER / "DejaVuSans.ttf").as_uri(): "normal; font-style: normal",
    (_FOLDER / "DejaVuSans-Bold.ttf").as_uri(): "bold; font-style: normal",
    (_FOLDER / "DejaVuSans-Oblique.ttf").as_uri(): "normal; font-style: italic",
    (_FOLDER / "DejaVuSans-BoldOblique.ttf").as_uri(): "bold; font-style: italic",
}


def fonts() -> str:
    """The style sheet that names the fonts."""
    return "".join(
        f"@font-face {{ font-family: 'DejaVu Sans'; font-weight: {weight}; src: url('{where}'); }}\n"
        for where, weight in _FONTS.items()
    )


def main(page: str, paper: str) -> int:
    """Draw a page; 3 says that Pango is missing."""
    try:
        import weasyprint
    except OSError:
        return 3
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    class HeldFetcher(URLFetcher):
        """Fetches what the page holds in itself, and the fonts; nothing else."""

        def fetch(self, url: str, headers: object = None) -> object:
            if not url.startswith("data:") and url not in _FONTS:
                msg = f"a page on paper asks nothing of anyone, but names {url[:80]}"
                raise ValueError(msg)
            return super().fetch(url, headers)

    configuration = FontConfiguration()
    fetcher = HeldFetcher()
    drawn = weasyprint.HTML(string=Path(page).read_text(encoding="utf-8"), url_fetcher=fetcher)
    sheet = weasyprint.CSS(string=fonts(), font_config=configuration, url_fetcher=fetcher)
    drawn.write_pdf(paper, stylesheets=[sheet], font_config=configuration, pdf_variant="pdf/ua-1")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
