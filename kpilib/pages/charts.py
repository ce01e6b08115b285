"""
Charts that say one thing: direct labels, a labelled target, no legend where a label serves.

Each is an SVG picture with alternative text made from the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from kpilib.judgement.figures import bare, enough, goal, show
from kpilib.judgement.trend import step as apart
from kpilib.pages import tables, words
from kpilib.pages.drawing import canvas, label, picture, row_canvas, styled
from kpilib.pages.shown import Shown
from kpilib.pages.theme import GREY, HAIRLINE, NAVY, PLUM, SOFT, TAGS
from kpilib.records.periods import LENGTH

EDGE = 50.0
SIGNALS = {
    "improvement": ("P", "#00522c"),
    "concern": ("D", "#8a1a12"),
    "neutral high": ("s", SOFT),
    "neutral low": ("s", SOFT),
}
MARKS = {"blue": "*", "green": "o", "yellow": "s", "amber": "^", "red": "D"}
LATEST = 24
FEW = 8
TICKS = 5
_BAND = "#e3e7e9"


@styled
def trend(
    indicator: pd.Series,
    readings: pd.DataFrame,
    targets: pd.DataFrame,
    usual: pd.DataFrame,
    reasons: str,
    data: Shown | None = None,
) -> Shown:
    """
    Chart one indicator over time, with its target, its usual range and its forecast.

    Args:
        indicator: its row of the verdict.
        readings: its readings with a value, in order of time; the latest two dozen are drawn.
        targets: its targets for single periods, where each has its own; else empty.
        usual: its usual range at each reading, with end, mean, lower, upper and type; empty where it has none.
        reasons: what is said of it in words, for those who do not see the chart.
        data: the figures as a table, to be opened beneath.

    Figures that add up to a year's are bars; a whole year before them is left out, being of another size.
    A year's figure before quarterly ones is a hollow mark, not joined to them.
    """
    unit, decimals = indicator["unit"], indicator["decimals"]
    kind = indicator["period_kind"]
    main = readings[readings["period_kind"] == kind].tail(LATEST)
    others = readings[(readings["period_kind"] != kind) & (readings["end"] < main["start"].min())]
    if indicator["basis"] == "sum" or len(main) > FEW:
        others = others.iloc[:0]
    step = float(apart(indicator.to_frame().T).iloc[0])
    first = main["end"].iloc[0]
    x = (main["end"] - first) / step
    before = pd.Series(range(-len(others), 0), index=others.index, dtype=float)
    figure, axes = canvas(4.2, 1.6)
    spans = _usual_marks(axes, usual[usual["end"] >= first], first, step)
    if indicator["basis"] == "sum":
        sns.barplot(x=x, y=main["value"], color=NAVY, ax=axes, native_scale=True, saturation=1, width=0.55)
        bottom, top = 0.0, main["value"].max()
    else:
        size = 6 if len(main) <= FEW else 4
        for _, run in main["value"].groupby(x.diff().gt(1.01).cumsum()):  # no line where a period is missing
            axes.plot(x[run.index], run, color=NAVY, linewidth=2, marker="o", markeredgewidth=0, markersize=size)
        bottom, top = readings["value"].min(), readings["value"].max()
    if len(others):
        axes.plot(before, others["value"], "o", markerfacecolor="white", markeredgecolor=NAVY)
    ahead = _forecast_marks(axes, indicator, first, step)
    span = [*_target_marks(axes, indicator, main, x, targets), *spans, *ahead.values(), bottom, top]
    room = max(max(span) - min(span), abs(max(span)) * 0.04) or 1
    axes.set_ylim(0 if indicator["basis"] == "sum" else min(span) - 0.35 * room, max(span) + 0.35 * room)
    for place, value in zip(before, others["value"], strict=True):
        label(axes, bare(value, unit, decimals), place, value)
    values = list(main["value"])
    named = _named(values)
    dues = targets.set_index("period")["low"].to_dict()
    bars = indicator["basis"] == "sum"
    for number, (place, value) in enumerate(zip(x, values, strict=True)):
        if number not in named:
            continue
        around = [] if bars else values[max(number - 1, 0) : number] + values[number + 1 : number + 2]
        due = dues.get(main["period"].iloc[number])
        below = value < due if due is not None else bool(around) and value < min(around)
        label(axes, bare(value, unit, decimals), place, value, below=below, bold=number == len(values) - 1)
    ticks = list(zip([*before, *x], [*others["period_short"], *main["period_short"]], strict=True))
    axes.set_xlim(min([*before, *x]) - 0.5, max([*x, *ahead]) + max(0.5, 0.07 * len(main)))
    year = max(round(12 / step), 1)  # of many, the same quarter or month of each year is named
    every = 1 if len(ticks) <= FEW else year * -(-len(ticks) // (TICKS * year))
    places, names = zip(*reversed(ticks[::-every]), strict=True)
    axes.set_xticks(places, _years_once(names))
    axes.set(yticks=[], xlabel="", ylabel="")
    caption = [
        "The grey band is its usual range." if spans else "",
        "The hollow diamond is the forecast, with its range." if ahead else "",
        "Larger marks are signals." if _signalled(usual[usual["end"] >= first]).any() else "",
        "" if indicator["basis"] == "sum" else "The scale does not start at zero.",
    ]
    return picture(
        figure,
        f"{trend_words(indicator, pd.concat([others, main]), targets)} {reasons}",
        caption=" ".join(filter(None, caption)),
        data=data,
        about=indicator["short_name"],
    )


def _years_once(names: Sequence[str]) -> list[str]:
    """Put the year below the quarter or the month, and only where it changes, so that labels keep apart."""
    parted = [name.partition(" ") for name in names]
    years = [year for _, _, year in parted]
    return [
        first if not year or year == before else f"{first}\n{year}"
        for (first, _, year), before in zip(parted, ["", *years], strict=False)
    ]


def _named(values: list[float]) -> set[int]:
    """Choose the figures to be written out: all of a few; of many the last, and the lowest and highest far from it."""
    last = len(values) - 1
    if len(values) <= FEW:
        return set(range(len(values)))
    extremes = {values.index(min(values)), values.index(max(values))}
    return {last} | {place for place in extremes if last - place > len(values) / 6}


def _usual_marks(axes: Axes, usual: pd.DataFrame, first: float, step: float) -> list[float]:
    """Draw the usual range as a band with its average, and a mark of its own on each signal; give what they span."""
    known = usual[usual["lower"].notna()]
    if known.empty:
        return []
    x = (known["end"] - first) / step
    for _, part in known.groupby(["lower", "upper"], sort=False):
        edge = [x[part.index].min() - 0.4, x[part.index].max() + 0.4]
        low, mean, high = part.iloc[0][["lower", "mean", "upper"]].astype(float)
        axes.fill_between(edge, low, high, color=_BAND, linewidth=0, zorder=0)
        axes.plot(edge, [mean, mean], color=GREY, linewidth=0.8, zorder=0.5)
    for kind, (marker, colour) in SIGNALS.items():
        here = _signalled(known) & known["type"].eq(kind)
        axes.plot(x[here], known["value"][here], marker, color=colour, markersize=7, linestyle="none", zorder=4)
    return [float(known["lower"].min()), float(known["upper"].max())]


def _signalled(usual: pd.DataFrame) -> pd.Series:
    """Choose the signals to be marked: figures beyond the range, and what the latest figure is part of."""
    latest = usual["signal"].iloc[-1] if len(usual) else ""
    return usual["signal"].isin(["above limit", "below limit", latest]) & usual["type"].isin(SIGNALS)


def _forecast_marks(axes: Axes, indicator: pd.Series, first: float, step: float) -> dict[float, float]:
    """Draw the forecast as a hollow mark with its range; give the places and heights that it takes up."""
    due = indicator["forecast"]
    if pd.isna(due) or indicator["basis"] == "sum":
        return {}
    place, last = (indicator["forecast_end"] - first) / step, (indicator["end"] - first) / step
    low, high = indicator["forecast_low"], indicator["forecast_high"]
    axes.plot([last, place], [indicator["value"], due], color=SOFT, linewidth=1.2, linestyle=(0, (1, 2)), zorder=1)
    taken = {place: due}
    if pd.notna(low):
        axes.plot([place, place], [low, high], color=SOFT, linewidth=1.2, zorder=1)
        taken |= {place - 0.01: low, place + 0.01: high}
    axes.plot([place], [due], "D", markerfacecolor="white", markeredgecolor=SOFT, markersize=5, zorder=3)
    return taken


def _target_marks(
    axes: Axes, indicator: pd.Series, main: pd.DataFrame, x: pd.Series, targets: pd.DataFrame
) -> list[float]:
    """Draw the target and give the values that it takes up."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    if len(targets):
        seasonal = indicator["cumulative"] and indicator["spread"] == "seasonal"
        due_word = "due" if seasonal else "even share" if indicator["cumulative"] else "target"
        dues = main["period"].map(targets.set_index("period")["low"])
        known = [(place, due) for place, due in zip(x, dues, strict=True) if pd.notna(due)]
        for place, due in known:
            axes.plot([place - 0.25, place + 0.25], [due, due], color=PLUM, linewidth=2, linestyle=(0, (3, 1.5)))
        for place, due in known[-1:]:
            below = main["value"].iloc[list(x).index(place)] >= due
            label(axes, f"{due_word} {goal(due, unit, decimals)}", place, due, below=below, colour=PLUM)
        return list(dues.dropna())
    if indicator["kind"] == "range":
        low, high = indicator["target_low"], indicator["target_high"]
        axes.axhspan(low, high, color=PLUM, alpha=0.12, linewidth=0)
        axes.annotate(f"target\n{goal(low, '', decimals)} to\n{goal(high, unit, decimals)}", (1.01, (low + high) / 2),
                      xycoords=("axes fraction", "data"), color=PLUM, va="center")  # fmt: skip
        return [low, high]
    due, words_of_target = single_target(indicator)
    if pd.isna(due):
        return []
    axes.axhline(due, color=PLUM, linewidth=1.4, linestyle=(0, (4, 2)))
    axes.annotate(words_of_target, (1.01, due), xycoords=("axes fraction", "data"), color=PLUM, va="center")
    return [due]


def single_target(indicator: pd.Series) -> tuple[float, str]:
    """Give the height and label of a target line; for a sum, the even share of one period."""
    if indicator["kind"] == "total" and indicator["basis"] == "sum":
        if indicator["spread"] == "seasonal" or not indicator["period_kind"]:  # without a figure there is no period
            return float("nan"), ""
        months = indicator["target_end"] - indicator["target_start"] + 1
        due = indicator["target_low"] * LENGTH[indicator["period_kind"]] / months
        return due, f"even share\n{goal(due, indicator['unit'], indicator['decimals'])}"
    if indicator["kind"] in ("point", "total"):
        due = indicator["expected"]
        return due, f"target\n{goal(due, indicator['unit'], indicator['decimals'])}"
    return float("nan"), ""


def trend_words(indicator: pd.Series, readings: pd.DataFrame, targets: pd.DataFrame) -> str:
    """Say what the chart of an indicator shows; of many figures the first, the lowest, the highest and the last."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    figures = pd.Series([show(value, unit, decimals) for value in readings["value"]], readings.index)
    if len(readings) > FEW:
        chosen = [readings.index[0], readings["value"].idxmin(), readings["value"].idxmax(), readings.index[-1]]
        parts = [
            f"{which} {words.aloud(figures[place])} in {readings.at[place, 'period_name']}"
            for which, place in zip(("first", "lowest", "highest", "latest"), chosen, strict=True)
        ]
        said = f"{indicator['short_name']}, {len(readings)} figures: {words.listed(parts)}."
    else:
        said = f"{indicator['short_name']}: {words.series(readings, list(figures))}."
    if len(targets):
        dues = words.series(targets, [goal(value, unit, decimals) for value in targets["low"]])
        what = "even shares of the target" if indicator["cumulative"] else "targets"
        if indicator["cumulative"] and indicator["spread"] == "seasonal":
            what = "shares due, as last year went"
        return f"{said} The {what}: {dues}."
    if indicator["kind"] == "range":
        low, high = indicator["target_low"], indicator["target_high"]
        return f"{said} The target is {goal(low, '', decimals)} to {goal(high, unit, decimals)}."
    due, words_of_target = single_target(indicator)
    if pd.isna(due):
        return said
    what = "An even share of the target" if words_of_target.startswith("even") else "The target"
    return f"{said} {what} is {goal(due, unit, decimals)}."


@styled
def distance(judged: pd.DataFrame, last_name: str) -> Shown:
    """
    Chart how far each rated indicator is from its target, now and at the last quarter.

    Args:
        judged: with short_name, rating, away and away_before, in per cent of the target; minus is the bad side.
        last_name: the last quarter's name.
    """
    figure, axes = row_canvas([f"{row.short_name}: {_signed(row.away)}" for row in judged.itertuples()])
    y = pd.Series(range(len(judged)), index=judged.index)
    now, then = judged["away"].clip(-EDGE, EDGE), judged["away_before"].clip(-EDGE, EDGE)
    axes.hlines(y, then, now, color=GREY, linewidth=2)
    axes.plot(then, y, "o", markerfacecolor="white", markeredgecolor=SOFT, markersize=6)
    for rating, group in judged.groupby("rating"):
        axes.plot(now[group.index], y[group.index], MARKS[rating],
                  color=TAGS[rating][0], markersize=7, linestyle="none")  # fmt: skip
    _line_between(axes, judged["away"], judged["away_before"], "on target", PLUM)
    said = [f"{row.short_name} {_apart(row.away)}{_was(row.away_before, last_name)}" for row in judged.itertuples()]
    rows = [
        tables.Row(row.short_name, [_signed(row.away), "" if pd.isna(row.away_before) else _signed(row.away_before)])
        for row in judged.itertuples()
    ]
    what = "Distance from target, as a share of the target"
    data = tables.table(f"{what}.", ["Indicator", "Now", last_name], rows)
    return picture(figure, f"{what}. {'; '.join(said)}.", data=data, about="distance from target")


@styled
def movement(judged: pd.DataFrame, compared_with: str) -> Shown:
    """
    Chart how much better or worse each indicator's figure is than the one that it is compared with.

    Args:
        judged: with short_name, moved (in per cent of the earlier figure; minus is worse), direction, variation,
            said (the two figures: `95% from 97%`) and signal_words.
        compared_with: what they are compared with: `the figure before`.
    """
    figure, axes = row_canvas([f"{row.short_name}: {_moved(row)}" for row in judged.itertuples()])
    y = pd.Series(range(len(judged)), index=judged.index)
    now = judged["moved"].clip(-EDGE, EDGE)
    axes.hlines(y, 0, now, color=GREY, linewidth=2)
    for variation, group in judged.groupby(judged["variation"].where(judged["variation"].isin(SIGNALS), "")):
        mark, colour = SIGNALS.get(variation, ("o", NAVY))
        axes.plot(now[group.index], y[group.index], mark, color=colour, markersize=7, linestyle="none", zorder=4)
    _line_between(axes, judged["moved"], now, "no change", SOFT)
    said = [
        f"{row.short_name}: {words.aloud(row.said)}, {_moved(row)}"
        + (f"; {row.signal_words}" if row.variation in SIGNALS else "")
        for row in judged.itertuples()
    ]
    rows = [tables.Row(row.short_name, [row.said, _moved(row), row.signal_words]) for row in judged.itertuples()]
    what = f"Change against {compared_with}, as a share of it"
    data = tables.table(f"{what}.", ["Indicator", "Figures", "Change", "Signal"], rows)
    return picture(figure, f"{what}. {'. '.join(said)}.", data=data, about="change")


def _moved(row: Any) -> str:
    """A change in words; where it is within the rule's tolerance, that it counts as none."""
    if abs(row.moved) <= 1e-9:
        return "no change"
    return _signed(row.moved) + (" (same)" if row.direction == "same" else "")


def _line_between(axes: Axes, values: pd.Series, others: pd.Series, name: str, colour: str) -> None:
    """Draw the line between worse and better, and say where a mark stops short of its value."""
    reach = pd.concat([values, others, pd.Series([-10.0, 10.0])]).clip(-EDGE, EDGE)
    left, right = 1.08 * reach.min(), 1.08 * reach.max()
    y = range(len(values))
    axes.hlines(y, left, right, color=HAIRLINE, linewidth=0.8, zorder=0)
    axes.axvline(0, color=colour, linewidth=1.4, linestyle=(0, (4, 2)), zorder=0)
    for place, value in zip(y, values, strict=True):
        if abs(value) > EDGE:
            axes.annotate("«" if value < 0 else "»", (left if value < 0 else right, place), va="center", ha="center")
    axes.set_xlim(left, right)
    axes.annotate(name, (0, len(values) - 0.55), color=colour, ha="center", va="top", annotation_clip=False)


def _signed(value: float) -> str:
    """A distance from target in words: `12.0% worse`, `0.3% better`, `on target`."""
    if abs(value) <= 1e-9:
        return "on target"
    much = abs(value)
    return f"{show(much, '%', enough(much, 0, 1))} {'better' if value > 0 else 'worse'}"


def _apart(value: float) -> str:
    return f"is {_signed(value)} than its target" if abs(value) > 1e-9 else "is on target"


def _was(value: float, name: str) -> str:
    return "" if pd.isna(value) else f" (at {name}: {_signed(value)})"
