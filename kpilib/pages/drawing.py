"""How the house draws: its looks, its canvases, and pictures that always have words."""

from __future__ import annotations

import base64
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from textwrap import fill as wrapped
from typing import Any, ParamSpec

import matplotlib
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kpilib.pages.shown import Shown, fill
from kpilib.pages.theme import HAIRLINE, INK, NAVY, SOFT
from kpilib.records.faults import CallError, Fault

LOOKS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kpilib",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": 9,
    "timezone": "UTC",
    "axes.edgecolor": HAIRLINE,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "text.color": INK,
    "text.parse_math": False,
    "axes.labelcolor": SOFT,
}

ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}

_NOTHING = re.compile(r'\s*(<metadata>.*?</metadata>|<g id="[^"]*"/>)', re.DOTALL)  # what a picture says of no use

_Given = ParamSpec("_Given")


@contextmanager
def looks() -> Iterator[None]:
    """Draw in the house's looks, whatever settings the user's files and an analyst's cells make, and keep these."""
    with matplotlib.rc_context():
        house_looks()
        yield


def house_looks() -> None:
    """Take back what settings a user's or a folder's matplotlibrc made, so that a picture is the same for everyone."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(LOOKS)


def styled(draw: Callable[_Given, Shown]) -> Callable[_Given, Shown]:
    """Draw in the house's looks."""

    @wraps(draw)
    def drawn(*given: _Given.args, **named: _Given.kwargs) -> Shown:
        with looks():
            return draw(*given, **named)

    return drawn


def picture(drawn: Figure | Axes, alt: str, caption: str = "", data: Shown | None = None, about: str = "") -> Shown:
    """
    Show a figure with its alternative text; a picture without words is refused.

    The figure is closed, so that a notebook does not show it a second time, without its words.

    Args:
        drawn: a matplotlib figure, or axes of one, as pandas and seaborn give them.
        alt: what it shows, in words, with the figures.
        caption: a line beneath it.
        data: a table to be opened beneath it.
        about: whose figures the table holds.

    Raises:
        CallError: `alt` is empty, or `drawn` is not a figure.
    """
    if not isinstance(alt, str) or not alt.strip():
        remedy = 'Say in words what it shows, with the figures: kpi.picture(figure, alt="…").'
        raise CallError(Fault("kpi.picture", "a picture needs alternative text, and `alt` is empty", remedy))
    figure = drawn.get_figure(root=True) if isinstance(drawn, Figure | Axes) else None
    if not isinstance(figure, Figure):
        problem = f"{type(drawn).__name__} is neither a figure nor axes of one"
        remedy = (
            "Give a figure or axes: of `figure, axes = plt.subplots()` either one, of a grid of seaborn its .figure."
        )
        raise CallError(Fault("kpi.picture", problem, remedy))
    file = io.StringIO()
    with looks():
        figure.savefig(
            file, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight", pad_inches=0.06
        )
    if "matplotlib.pyplot" in sys.modules:  # else nobody has opened it there
        sys.modules["matplotlib.pyplot"].close(figure)
    svg = _NOTHING.sub("", file.getvalue())
    code = base64.b64encode(svg.encode()).decode()
    return fill("picture", source=f"data:image/svg+xml;base64,{code}", alt=alt, caption=caption, data=data, about=about)


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure of so many inches, with no more lines than it needs."""
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    sns.despine(figure, left=True)
    axes.tick_params(length=0, labelsize=9)
    figure.patch.set_visible(False)  # the page is white itself
    axes.patch.set_visible(False)
    return figure, axes


def row_canvas(names: Sequence[str], width: float = 4.8) -> tuple[Figure, Axes]:
    """A canvas with a row for each name, the name above its row, so that nothing is lost on a narrow screen."""
    lines = [wrapped(name, 62, max_lines=2, placeholder=" …") for name in names]
    figure, axes = canvas(width, 0.35 + 0.42 * len(names))
    axes.set(ylim=(len(names) - 0.6, -0.75), yticks=[], xticks=[], xlabel="", ylabel="")
    for place, name in enumerate(lines):
        axes.annotate(name, (0, place - 0.42), xycoords=("axes fraction", "data"), va="center",
                      bbox=ON_WHITE)  # fmt: skip
    sns.despine(figure, left=True, bottom=True)
    return figure, axes


def spark(values: Sequence[float]) -> str:
    """Draw the last few figures as a small line, the latest with a dot; as a picture's source."""
    low, high = min(values), max(values)
    rise = (high - low) or 1
    points = [
        (4 + 80 * place / (len(values) - 1), 12 if low == high else 20 - 16 * (value - low) / rise)
        for place, value in enumerate(values)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 24">'
        f'<polyline points="{path}" fill="none" stroke="{NAVY}" stroke-width="2"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{NAVY}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def label(
    axes: Axes, text: str, x: float, y: float, *, below: bool = False, bold: bool = False, colour: str = INK
) -> None:
    """Write a figure above its mark, or below a dip; on white, so that no line runs through it."""
    axes.annotate(
        text, (x, y), xytext=(0, -8 if below else 7), textcoords="offset points", ha="center",
        va="top" if below else "bottom", weight="bold" if bold else "normal", color=colour,
        bbox=ON_WHITE, zorder=5,
    )  # fmt: skip
