"""The looks of a page: colours, symbols, the style sheet and the script, said once for screen, paper and charts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

NAVY = "#12436d"
PLUM = "#801650"
INK = "#0b0c0c"
SOFT = "#505a5f"
HAIRLINE = "#cfd4d7"
GREY = "#8a9296"
PALE = "#f3f5f6"
# Ink, ground, symbol, and the edge of a tile.
TAGS = {
    "blue": ("#0b3c66", "#dbe9f6", "★", "#1d70b8"),
    "green": ("#00522c", "#d9efe3", "●", "#00703c"),
    "yellow": ("#5c4a00", "#fdf6c3", "■", "#d9b700"),
    "amber": ("#6b3d00", "#fdeccb", "▲", "#e8950c"),
    "red": ("#8a1a12", "#f9dcd9", "◆", "#b3261e"),
    "not rated": ("#3d4447", "#eef0f1", "○", "#7d868b"),
}
ARROWS = {"better": "↑", "worse": "↓", "same": "→", "cannot say": "·"}
FONTS = '"DejaVu Sans", Verdana, Arial, sans-serif'
# Bands of risk, mildest first: paler to darker of one colour, since the word and the score carry the meaning.
BANDS = ("#eef0f1", "#fdeccb", "#f9dcd9", "#f2b8b1", "#e59a91")
# Bands of opportunity, smallest first: high is good, so they are of another colour.
GAINS = ("#eef0f1", "#e3f0ea", "#c9e5d8", "#a6d4be", "#86c4a8")


def variables(of: str) -> str:
    """Give the colours and fonts as variables of the style sheets, for what a selector chooses."""
    named = {"navy": NAVY, "plum": PLUM, "ink": INK, "soft": SOFT, "hairline": HAIRLINE, "pale": PALE}
    for rating, (ink, ground, _, edge) in TAGS.items():
        name = rating.replace(" ", "-")
        named |= {f"{name}-ink": ink, f"{name}-ground": ground, f"{name}-edge": edge}
    named |= {f"band-{number}": colour for number, colour in enumerate(BANDS, 1)}
    named |= {f"gain-{number}": colour for number, colour in enumerate(GAINS, 1)}
    said = "".join(f"--{name}:{value};" for name, value in named.items())
    return f"{of}{{{said}--fonts:{FONTS};}}\n"


def screen() -> str:
    """Give the style sheet of a page on screen."""
    return variables(":root") + _sheet("screen.css")


def notebook() -> str:
    """
    Give the same for a notebook, nested in what pages show, so that it leaves the rest of the screen alone.

    What a notebook's own sheets say of tables, links and headings, in light or dark, is taken back first.
    The id in the selector, which nothing bears, gives every rule here more weight than any of theirs.
    """
    rules = _sheet("notebook.css") + _sheet("screen.css")
    return f"{variables('.kpi-part')}.kpi-part:is(#kpi, .kpi-part) {{\n{rules}}}\n"


def paper(*, upright: bool = False) -> str:
    """Give what differs on paper, which lies on its side unless it is upright."""
    return _sheet("paper.css") + ("@page { size: A4 portrait; margin: 15mm 16mm 13mm; }\n" if upright else "")


def script() -> str:
    """Give the one script that a page may run: it narrows and orders the table of indicators."""
    return _sheet("finder.js")


@cache
def _sheet(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
