"""
Charts that say one thing: direct labels, a labelled target, no legend where a label serves.

Each is an SVG picture with alternative text made from the same figures.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from functools import wraps
from textwrap import fill as wrapped
from typing import Any, ParamSpec

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kpilib.judgement.figures import bare, goal, show
from kpilib.pages import words
from kpilib.pages.shown import Shown, fill
from kpilib.pages.theme import GREY, HAIRLINE, INK, NAVY, PLUM, SOFT, TAGS

_STEP = {"month": 1, "quarter": 3, "year": 12}
_FREQUENCY = {"annual": 12, "termly": 4, "quarterly": 3, "monthly": 1}
_LOOKS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kpilib",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": 9,
    "axes.edgecolor": HAIRLINE,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "text.color": INK,
    "text.parse_math": False,
    "axes.labelcolor": SOFT,
}

EDGE = 50.0
_ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}

_Given = ParamSpec("_Given")


def _styled(draw: Callable[_Given, Shown]) -> Callable[_Given, Shown]:
    """Draw in the house's looks, whatever an analyst's own settings are, and leave those alone."""

    @wraps(draw)
    def drawn(*given: _Given.args, **named: _Given.kwargs) -> Shown:
        with matplotlib.rc_context(_LOOKS):
            return draw(*given, **named)

    return drawn


def picture(figure: Figure, alt: str, caption: str = "", data: Shown | None = None, about: str = "") -> Shown:
    """
    Show a figure with its alternative text; a picture without words is refused.

    Args:
        figure: a matplotlib figure.
        alt: what it shows, in words, with the figures.
        caption: a line beneath it.
        data: a table to be opened beneath it.
        about: whose figures the table holds.

    Raises:
        ValueError: `alt` is empty.
    """
    if not alt.strip():
        msg = "a picture needs alternative text: say in words what it shows, with the figures"
        raise ValueError(msg)
    file = io.StringIO()
    with matplotlib.rc_context(_LOOKS):
        figure.savefig(
            file, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight", pad_inches=0.06
        )
    code = base64.b64encode(file.getvalue().encode()).decode()
    return fill("picture", source=f"data:image/svg+xml;base64,{code}", alt=alt, caption=caption, data=data, about=about)


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    sns.despine(figure, left=True)
    axes.tick_params(length=0, labelsize=9)
    return figure, axes


def _rows(names: Sequence[str], width: float = 4.8) -> tuple[Figure, Axes]:
    """A canvas with a row for each name, the name above its row, so that nothing is lost on a narrow screen."""
    lines = [wrapped(name, 62, max_lines=2, placeholder=" …") for name in names]
    figure, axes = _canvas(width, 0.35 + 0.42 * len(names))
    axes.set(ylim=(len(names) - 0.6, -0.75), yticks=[], xticks=[], xlabel="", ylabel="")
    for place, name in enumerate(lines):
        axes.annotate(name, (0, place - 0.42), xycoords=("axes fraction", "data"), va="center",
                      bbox=_ON_WHITE)  # fmt: skip
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


@_styled
def trend(indicator: pd.Series, readings: pd.DataFrame, targets: pd.DataFrame, data: Shown | None = None) -> Shown:
    """
    Chart one indicator over time, with its target.

    Args:
        indicator: its row of the verdict.
        readings: its readings with a value, in order of time.
        targets: its targets for single periods, where each has its own; else empty.
        data: the figures as a table, to be opened beneath.

    Figures that add up to a year's are bars; a whole year before them is left out, being of another size.
    A year's figure before quarterly ones is a hollow mark, not joined to them.
    """
    unit, decimals = indicator["unit"], indicator["decimals"]
    kind = indicator["period_kind"]
    main = readings[readings["period_kind"] == kind]
    others = readings[(readings["period_kind"] != kind) & (readings["end"] < main["start"].min())]
    if indicator["basis"] == "sum":
        others = others.iloc[:0]
    step = max(_STEP[kind], _FREQUENCY[indicator["frequency"]] if kind == "month" else 1)
    first = main["end"].iloc[0]
    x = (main["end"] - first) / step
    before = pd.Series(range(-len(others), 0), index=others.index, dtype=float)
    figure, axes = _canvas(4.2, 1.6)
    if indicator["basis"] == "sum":
        sns.barplot(x=x, y=main["value"], color=NAVY, ax=axes, native_scale=True, saturation=1, width=0.55)
        bottom, top = 0.0, main["value"].max()
    else:
        groups = x.diff().gt(1.01).cumsum()
        sns.lineplot(x=x, y=main["value"], units=groups, estimator=None, color=NAVY, marker="o",
                     markeredgewidth=0, linewidth=2, ax=axes)  # fmt: skip
        bottom, top = readings["value"].min(), readings["value"].max()
    if len(others):
        axes.plot(before, others["value"], "o", markerfacecolor="white", markeredgecolor=NAVY)
    span = [*_target_marks(axes, indicator, main, x, targets), bottom, top]
    room = max(max(span) - min(span), abs(max(span)) * 0.04) or 1
    axes.set_ylim(0 if indicator["basis"] == "sum" else min(span) - 0.35 * room, max(span) + 0.35 * room)
    for place, value in zip(before, others["value"], strict=True):
        _label(axes, bare(value, unit, decimals), place, value)
    values = list(main["value"])
    dues = targets.set_index("period")["low"].to_dict()
    bars = indicator["basis"] == "sum"
    for number, (place, value) in enumerate(zip(x, values, strict=True)):
        around = [] if bars else values[max(number - 1, 0) : number] + values[number + 1 : number + 2]
        due = dues.get(main["period"].iloc[number])
        below = value < due if due is not None else bool(around) and value < min(around)
        _label(axes, bare(value, unit, decimals), place, value, below=below, bold=number == len(values) - 1)
    places = [*before, *x]
    axes.set_xlim(min(places) - 0.5, max(places) + 0.5)
    axes.set_xticks(places, [name.replace(" ", "\n", 1) for name in [*others["period_short"], *main["period_short"]]])
    axes.set(yticks=[], xlabel="", ylabel="")
    return picture(
        figure,
        trend_words(indicator, pd.concat([others, main]), targets),
        caption="" if indicator["basis"] == "sum" else "The scale does not start at zero.",
        data=data,
        about=indicator["short_name"],
    )


def _label(
    axes: Axes, text: str, x: float, y: float, *, below: bool = False, bold: bool = False, colour: str = INK
) -> None:
    """Write a figure above its mark, or below a dip; on white, so that no line runs through it."""
    axes.annotate(
        text, (x, y), xytext=(0, -8 if below else 7), textcoords="offset points", ha="center",
        va="top" if below else "bottom", weight="bold" if bold else "normal", color=colour,
        bbox=_ON_WHITE, zorder=5,
    )  # fmt: skip


def _target_marks(
    axes: Axes, indicator: pd.Series, main: pd.DataFrame, x: pd.Series, targets: pd.DataFrame
) -> list[float]:
    """Draw the target and give the values that it takes up."""
    unit = indicator["unit"]
    if len(targets):
        dues = main["period"].map(targets.set_index("period")["low"])
        for place, due in zip(x, dues, strict=True):
            if pd.notna(due):
                axes.plot([place - 0.25, place + 0.25], [due, due], color=PLUM, linewidth=2, linestyle=(0, (3, 1.5)))
                below = main["value"].iloc[list(x).index(place)] >= due
                _label(axes, f"target {bare(due, unit)}", place, due, below=below, colour=PLUM)
        return list(dues.dropna())
    if indicator["kind"] == "range":
        low, high = indicator["target_low"], indicator["target_high"]
        axes.axhspan(low, high, color=PLUM, alpha=0.12, linewidth=0)
        axes.annotate(f"target {bare(low)} to {bare(high, unit)}", (1.01, (low + high) / 2),
                      xycoords=("axes fraction", "data"), color=PLUM, va="center")  # fmt: skip
        return [low, high]
    due, label = _single_target(indicator)
    if pd.isna(due):
        return []
    axes.axhline(due, color=PLUM, linewidth=1.4, linestyle=(0, (4, 2)))
    axes.annotate(label, (1.01, due), xycoords=("axes fraction", "data"), color=PLUM, va="center")
    return [due]


def _single_target(indicator: pd.Series) -> tuple[float, str]:
    """Give the height and label of a target line; for a sum, the even share of one period."""
    if indicator["kind"] == "total" and indicator["basis"] == "sum":
        months = indicator["target_end"] - indicator["target_start"] + 1
        due = indicator["target_low"] * _STEP[indicator["period_kind"]] / months
        return due, f"even share\n{bare(due, indicator['unit'])}"
    if indicator["kind"] in ("point", "total"):
        due = indicator["expected"]
        return due, f"target\n{bare(due, indicator['unit'])}"
    return float("nan"), ""


def trend_words(indicator: pd.Series, readings: pd.DataFrame, targets: pd.DataFrame) -> str:
    """Say what the chart of an indicator shows."""
    figures = [show(value, indicator["unit"], indicator["decimals"]) for value in readings["value"]]
    said = f"{indicator['short_name']}: {words.series(readings, figures)}."
    if len(targets):
        dues = words.series(targets, [goal(value, indicator["unit"], 0) for value in targets["low"]])
        return f"{said} {'The target is' if len(targets) == 1 else 'The targets are'} {dues}."
    if indicator["kind"] == "range":
        return f"{said} The target is {bare(indicator['target_low'])} to {bare(indicator['target_high'])}."
    due, label = _single_target(indicator)
    if pd.isna(due):
        return said
    what = "An even share of the target" if label.startswith("even") else "The target"
    return f"{said} {what} is {bare(due, indicator['unit'])}."


@_styled
def distance(judged: pd.DataFrame, last_name: str) -> Shown:
    """
    Chart how far each rated indicator is from its target, now and at the last quarter.

    Args:
        judged: with short_name, rating, away and away_before, in per cent of the target; minus is the bad side.
        last_name: the last quarter's name.
    """
    reach = pd.concat([judged["away"], judged["away_before"], pd.Series([-10.0, 10.0])]).clip(-EDGE, EDGE)
    left, right = 1.08 * reach.min(), 1.08 * reach.max()
    figure, axes = _rows([f"{row.short_name}: {_signed(row.away)}" for row in judged.itertuples()])
    y = pd.Series(range(len(judged)), index=judged.index)
    now, then = judged["away"].clip(-EDGE, EDGE), judged["away_before"].clip(-EDGE, EDGE)
    axes.hlines(y, then, now, color=GREY, linewidth=2)
    axes.plot(then, y, "o", markerfacecolor="white", markeredgecolor=SOFT, markersize=6)
    for rating, group in judged.groupby("rating"):
        axes.plot(now[group.index], y[group.index], {"green": "o", "amber": "^", "red": "D"}[rating],
                  color=TAGS[rating][0], markersize=7, linestyle="none")  # fmt: skip
    axes.hlines(y, left, right, color=HAIRLINE, linewidth=0.8, zorder=0)
    axes.axvline(0, color=PLUM, linewidth=1.4, linestyle=(0, (4, 2)), zorder=0)
    for place, value in zip(y, judged["away"], strict=True):
        if abs(value) > EDGE:
            axes.annotate("«" if value < 0 else "»", (left if value < 0 else right, place), va="center", ha="center")
    axes.set_xlim(left, right)
    axes.annotate("on target", (0, len(judged) - 0.55), color=PLUM, ha="center", va="top", annotation_clip=False)
    said = [f"{row.short_name} {_apart(row.away)}{_was(row.away_before, last_name)}" for row in judged.itertuples()]
    return picture(figure, f"Distance from target, as a share of the target. {'; '.join(said)}.")


def _signed(value: float) -> str:
    """A distance from target in words: `12.0% worse`, `0.3% better`, `on target`."""
    return f"{abs(value):.1f}% {'better' if value > 0 else 'worse'}" if abs(value) > 1e-9 else "on target"


def _apart(value: float) -> str:
    return f"is {_signed(value)} than its target" if abs(value) > 1e-9 else "is on target"


def _was(value: float, name: str) -> str:
    return "" if pd.isna(value) else f" (at {name}: {_signed(value)})"


@_styled
def seasons(indicator: pd.Series, readings: pd.DataFrame, spans: Sequence[str]) -> Shown:
    """
    Chart the quarters of each year over one another, so that a season shows.

    Args:
        readings: quarterly readings with columns year, number (1 to 4), value and period_name.
        spans: the names of the four quarters.
    """
    figure, axes = _canvas(4.2, 1.9)
    years = list(dict.fromkeys(readings["year"]))
    colours = {year: NAVY if year == years[-1] else SOFT for year in years}
    sns.lineplot(readings, x="number", y="value", hue="year", palette=colours, marker="o", markeredgewidth=0,
                 linewidth=2, legend=False, ax=axes)  # fmt: skip
    for year, group in readings.groupby("year", sort=False):
        for row in group.itertuples():
            figure_words = bare(row.value, indicator["unit"], indicator["decimals"])
            now = year == years[-1]
            _label(axes, figure_words, row.number, row.value, below=not now, bold=now, colour=INK if now else SOFT)
        end = group.iloc[-1]
        axes.annotate(year, (end["number"], end["value"]), xytext=(16, 0), textcoords="offset points",
                      va="center", color=colours[year], weight="bold")  # fmt: skip
    due, label = _single_target(indicator)
    if pd.notna(due):
        axes.axhline(due, color=PLUM, linewidth=1.4, linestyle=(0, (4, 2)))
        axes.annotate(label, (1.01, due), xycoords=("axes fraction", "data"), color=PLUM, va="center")
    axes.margins(y=0.3)
    axes.set(xlim=(0.6, 4.6), yticks=[], xlabel="", ylabel="")
    axes.set_xticks([1, 2, 3, 4], spans)
    said = "; ".join(
        f"{year}: "
        + words.series(group, [bare(value, indicator["unit"], indicator["decimals"]) for value in group["value"]])
        for year, group in readings.groupby("year", sort=False)
    )
    return picture(
        figure,
        f"{indicator['short_name']} by quarter, a line for each year. {said}.",
        "The scale does not start at zero.",
    )


@_styled
def reached(frame: pd.DataFrame, gone: float, gone_words: str) -> Shown:
    """
    Chart what share of the year's target each running total has reached, beside the share of the year gone.

    Args:
        frame: with short_name and reached, a share of the whole target.
    """
    figure, axes = _rows(list(frame["short_name"]))
    share = 100 * frame["reached"]
    places = list(range(len(frame)))
    sns.barplot(x=share, y=places, orient="h", native_scale=True, color=NAVY, saturation=1, width=0.3, ax=axes)
    for place, value in zip(places, share, strict=True):
        axes.annotate(f"{value:.0f}%", (value, place), xytext=(5, 0), textcoords="offset points", va="center",
                      weight="bold", bbox=_ON_WHITE)  # fmt: skip
    axes.axvline(100 * gone, color=PLUM, linewidth=1.4, linestyle=(0, (4, 2)))
    axes.annotate(gone_words, (100 * gone, len(frame) - 0.55), color=PLUM, ha="center", va="top", annotation_clip=False)
    axes.set(
        xlim=(0, max(105, share.max() * 1.1)),
        ylim=(len(frame) - 0.6, -0.75),
        xticks=[],
        yticks=[],
        xlabel="",
        ylabel="",
    )
    said = [f"{name} {value:.0f}%" for name, value in zip(frame["short_name"], share, strict=True)]
    return picture(figure, f"Share of the year's target reached: {words.listed(said)}; {gone_words}.")


@_styled
def profile(indicator: pd.Series, points: pd.DataFrame, due: pd.DataFrame) -> Shown:
    """
    Chart a running total by month against its straight-line profile.

    Args:
        points: readings with end, value, status, period_name and period_short.
        due: the profile, with end, value and period_short for each month drawn.
    """
    unit = indicator["unit"]
    figure, axes = _canvas(4.6, 2.1)
    axes.plot(due["end"], due["value"], color=PLUM, linewidth=1.4, linestyle=(0, (4, 2)))
    last = due.iloc[-1]
    axes.annotate(f"profile\n{bare(last['value'], unit)}", (last["end"], last["value"]), xytext=(6, 0),
                  textcoords="offset points", color=PLUM, va="center")  # fmt: skip
    sure = points["status"] != "estimate"
    sns.lineplot(x=points["end"], y=points["value"], color=NAVY, linewidth=2, ax=axes)
    axes.plot(points["end"][sure], points["value"][sure], "o", color=NAVY)
    axes.plot(points["end"][~sure], points["value"][~sure], "o", markerfacecolor="white", markeredgecolor=NAVY)
    for row in points.itertuples():
        label = bare(row.value, unit) + ("\nexpected" if row.status == "estimate" else "")
        axes.annotate(label, (row.end, row.value), xytext=(-7, 5), textcoords="offset points", ha="right")
    axes.set(ylim=(0, max(due["value"].max(), points["value"].max()) * 1.18), yticks=[], xlabel="", ylabel="")
    axes.set_xticks(due["end"], [name.replace(" 20", "\n") for name in due["period_short"]])
    figures = [show(value, unit) + (" expected" if status == "estimate" else "")
               for value, status in zip(points["value"], points["status"], strict=True)]  # fmt: skip
    return picture(
        figure,
        f"{indicator['short_name']}: {words.series(points, figures)}. "
        f"The straight-line profile reaches {show(last['value'], unit)} by the end of {last['period_name']}.",
    )


@_styled
def shares(frame: pd.DataFrame) -> Shown:
    """
    Chart figures as a share of their own period's target, a panel for each indicator.

    Args:
        frame: with short_name, end, period_name, period_short and share.
    """
    names = list(dict.fromkeys(frame["short_name"]))
    said = []
    figure = Figure(figsize=(4.8, 1.7 * len(names)), layout="constrained")
    panels = figure.subplots(len(names), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, name in zip(panels, names, strict=True):
        group = frame[frame["short_name"] == name]
        sns.lineplot(x=group["end"], y=group["share"], color=NAVY, marker="o", markeredgewidth=0, linewidth=2, ax=axes)
        axes.axhline(1, color=PLUM, linewidth=1.4, linestyle=(0, (4, 2)))
        axes.annotate("target", (1.01, 1), xycoords=("axes fraction", "data"), color=PLUM, va="center")
        axes.set_title(name, loc="left", fontsize=9, weight="bold")
        figures = [f"{100 * share:.0f}%" for share in group["share"]]
        for row, text in zip(group.itertuples(), figures, strict=True):
            _label(axes, text, row.end, row.share, below=row.share < 1, bold=row.end == group["end"].max())
        axes.set(yticks=[], xlabel="", ylabel="")
        axes.tick_params(length=0)
        said.append(f"{name}: {words.series(group, figures)}")
    room = frame["share"].max() - frame["share"].min()
    panels[-1].set(ylim=(frame["share"].min() - 0.4 * room, frame["share"].max() + 0.35 * room),
                   xlim=(frame["end"].min() - 1, frame["end"].max() + 1))  # fmt: skip
    ticks = frame.drop_duplicates("end").sort_values("end")
    panels[-1].set_xticks(ticks["end"], [name.replace(" ", "\n") for name in ticks["period_short"]])
    sns.despine(figure, left=True)
    return picture(figure, f"Share of each quarter's target. {'. '.join(said)}.")


@_styled
def others(indicator: pd.Series, frame: pd.DataFrame) -> Shown:
    """
    Chart a figure among its comparators, as bars from zero, so that a small gap looks small.

    Args:
        frame: with who, value and ours (true for the council's own figure), best first.
    """
    figures = [f"{row.who}: {show(row.value, indicator['unit'])}" for row in frame.itertuples()]
    figure, axes = _rows(figures)
    places = list(range(len(frame)))
    colours = [NAVY if ours else GREY for ours in frame["ours"]]
    axes.barh(places, frame["value"], height=0.3, color=colours)
    axes.set_xlim(0, frame["value"].max() * 1.05)
    return picture(figure, f"{indicator['short_name']}, best first. {'; '.join(figures)}.")
