"""The charts of a closer look: seasons, years to date, profiles, targets of each period, and other areas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kpilib.judgement.figures import bare, goal, percent, show
from kpilib.pages import tables, words
from kpilib.pages.charts import single_target
from kpilib.pages.drawing import ON_WHITE, canvas, label, picture, row_canvas, styled
from kpilib.pages.shown import Shown
from kpilib.pages.theme import GREY, INK, NAVY, PLUM, SOFT


@styled
def seasons(indicator: pd.Series, readings: pd.DataFrame, spans: Sequence[str]) -> Shown:
    """
    Chart the quarters of each year over one another, so that a season shows.

    Args:
        readings: quarterly readings with columns year, number (1 to 4), value and period_name.
        spans: the names of the four quarters.
    """
    figure, axes = canvas(4.2, 1.9)
    years = list(dict.fromkeys(readings["year"]))
    colours = {year: NAVY if year == years[-1] else SOFT for year in years}
    sns.lineplot(readings, x="number", y="value", hue="year", palette=colours, marker="o", markeredgewidth=0,
                 linewidth=2, legend=False, ax=axes)  # fmt: skip
    for year, group in readings.groupby("year", sort=False):
        for row in group.itertuples():
            figure_words = bare(row.value, indicator["unit"], indicator["decimals"])
            now = year == years[-1]
            label(axes, figure_words, row.number, row.value, below=not now, bold=now, colour=INK if now else SOFT)
        end = group.iloc[-1]
        axes.annotate(year, (end["number"], end["value"]), xytext=(16, 0), textcoords="offset points",
                      va="center", color=colours[year], weight="bold")  # fmt: skip
    due, words_of_target = single_target(indicator)
    if pd.notna(due):
        axes.axhline(due, color=PLUM, linewidth=1.4, linestyle=(0, (4, 2)))
        axes.annotate(words_of_target, (1.01, due), xycoords=("axes fraction", "data"), color=PLUM, va="center")
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
        _by_period(indicator, readings),
        f"{indicator['short_name']} by quarter",
    )


@styled
def reached(frame: pd.DataFrame, gone: float, gone_words: str) -> Shown:
    """
    Chart what share of the year's target each running total has reached, beside the share of the year gone.

    Args:
        frame: with short_name, to_date, target_low, unit, decimals, and reached, a share of the whole target.
    """
    figure, axes = row_canvas(list(frame["short_name"]))
    share = 100 * frame["reached"]
    places = list(range(len(frame)))
    sns.barplot(x=share, y=places, orient="h", native_scale=True, color=NAVY, saturation=1, width=0.3, ax=axes)
    for place, value in zip(places, share, strict=True):
        axes.annotate(percent(value / 100), (value, place), xytext=(5, 0), textcoords="offset points", va="center",
                      weight="bold", bbox=ON_WHITE)  # fmt: skip
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
    said = [f"{name} {percent(value / 100)}" for name, value in zip(frame["short_name"], share, strict=True)]
    rows = [
        tables.Row(
            row["short_name"],
            [
                show(row["to_date"], row["unit"], row["decimals"]),
                goal(row["target_low"], row["unit"], row["decimals"]),
                percent(row["reached"]),
            ],
        )
        for _, row in frame.iterrows()
    ]
    data = tables.table(
        f"Totals to date beside the year's targets; {gone_words}.",
        ["Indicator", "To date", "Target", "Share reached"], rows, numbers={1, 2, 3},
    )  # fmt: skip
    alt = f"Share of the year's target reached: {words.listed(said)}; {gone_words}."
    return picture(figure, alt, data=data, about="the year to date")


@styled
def profile(indicator: pd.Series, points: pd.DataFrame, due: pd.DataFrame) -> Shown:
    """
    Chart a running total by month against its straight-line profile.

    Args:
        points: readings with end, value, status, period_name and period_short.
        due: the profile, with end, value and period_short for each month drawn.
    """
    unit = indicator["unit"]
    figure, axes = canvas(4.6, 2.1)
    axes.plot(due["end"], due["value"], color=PLUM, linewidth=1.4, linestyle=(0, (4, 2)))
    last = due.iloc[-1]
    axes.annotate(f"profile\n{bare(last['value'], unit)}", (last["end"], last["value"]), xytext=(6, 0),
                  textcoords="offset points", color=PLUM, va="center")  # fmt: skip
    sure = points["status"] != "estimate"
    sns.lineplot(x=points["end"], y=points["value"], color=NAVY, linewidth=2, ax=axes)
    axes.plot(points["end"][sure], points["value"][sure], "o", color=NAVY)
    axes.plot(points["end"][~sure], points["value"][~sure], "o", markerfacecolor="white", markeredgecolor=NAVY)
    for row in points.itertuples():
        text = bare(row.value, unit) + ("\nexpected" if row.status == "estimate" else "")
        axes.annotate(text, (row.end, row.value), xytext=(-7, 5), textcoords="offset points", ha="right")
    axes.set(ylim=(0, max(due["value"].max(), points["value"].max()) * 1.18), yticks=[], xlabel="", ylabel="")
    axes.set_xticks(due["end"], [name.replace(" 20", "\n") for name in due["period_short"]])
    figures = [show(value, unit) + (" expected" if status == "estimate" else "")
               for value, status in zip(points["value"], points["status"], strict=True)]  # fmt: skip
    dues = due.set_index("end")["value"]
    rows = [
        tables.Row(row.period_name, [text, bare(dues.get(row.end), unit, 0)])
        for row, text in zip(points.itertuples(), figures, strict=True)
    ]
    caption = f"{indicator['short_name']}: the total by the end of each month, beside its straight-line profile."
    return picture(
        figure,
        f"{indicator['short_name']}: {words.series(points, figures)}. "
        f"The straight-line profile reaches {show(last['value'], unit)} by the end of {last['period_name']}.",
        data=tables.table(caption, ["Month", "Total", "Profile"], rows, numbers={1, 2}),
        about=f"the profile of {indicator['short_name']}",
    )


@styled
def shares(frame: pd.DataFrame) -> Shown:
    """
    Chart figures as a share of their own period's target, a panel for each indicator.

    Args:
        frame: with short_name, unit, decimals, end, period_name, period_short, value, low (the target) and share.
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
        figures = [percent(share) for share in group["share"]]
        for row, text in zip(group.itertuples(), figures, strict=True):
            label(axes, text, row.end, row.share, below=row.share < 1, bold=row.end == group["end"].max())
        axes.set(yticks=[], xlabel="", ylabel="")
        axes.tick_params(length=0)
        said.append(f"{name}: {words.series(group, figures)}")
    room = frame["share"].max() - frame["share"].min()
    panels[-1].set(ylim=(frame["share"].min() - 0.4 * room, frame["share"].max() + 0.35 * room),
                   xlim=(frame["end"].min() - 1, frame["end"].max() + 1))  # fmt: skip
    ticks = frame.drop_duplicates("end").sort_values("end")
    panels[-1].set_xticks(ticks["end"], [name.replace(" ", "\n") for name in ticks["period_short"]])
    sns.despine(figure, left=True)
    rows = [
        tables.Row(
            f"{row.short_name}, {row.period_name}",
            [show(row.value, row.unit, row.decimals), goal(row.low, row.unit, row.decimals), percent(row.share)],
        )
        for row in frame.itertuples()
    ]
    heads = ["Indicator and period", "Figure", "Target", "Share"]
    data = tables.table("Each figure as a share of its own target.", heads, rows, numbers={1, 2, 3})
    return picture(figure, f"Share of each quarter's target. {'. '.join(said)}.", data=data, about="each target")


@styled
def others(indicator: pd.Series, frame: pd.DataFrame) -> Shown:
    """
    Chart a figure among its comparators, as bars from zero, so that a small gap looks small.

    Args:
        frame: with who, value and ours (true for the council's own figure), best first.
    """
    figures = [f"{row.who}: {bare(row.value, indicator['unit'])}" for row in frame.itertuples()]
    figure, axes = row_canvas(figures)
    places = list(range(len(frame)))
    colours = [NAVY if ours else GREY for ours in frame["ours"]]
    axes.barh(places, frame["value"], height=0.3, color=colours)
    axes.set_xlim(0, frame["value"].max() * 1.05)
    name = indicator["short_name"]
    rows = [tables.Row(row.who, [show(row.value, indicator["unit"])]) for row in frame.itertuples()]
    data = tables.table(f"{name}, best first.", ["Whose figure", "Figure"], rows, numbers={1})
    alt = f"{name}, best first. {'; '.join(figures)}."
    return picture(figure, alt, data=data, about=f"{name} elsewhere")


def _by_period(indicator: pd.Series, readings: pd.DataFrame) -> Shown:
    """The figures of one indicator, period by period."""
    figures = [show(value, indicator["unit"], indicator["decimals"]) for value in readings["value"]]
    rows = [tables.Row(name, [text]) for name, text in zip(readings["period_name"], figures, strict=True)]
    return tables.table(f"{indicator['short_name']}, quarter by quarter.", ["Quarter", "Figure"], rows, numbers={1})


@styled
def strips(measures: pd.DataFrame, marks: pd.DataFrame, council: str, groups: Sequence[str]) -> Shown:
    """
    Chart where a council's figures lie among those of others: a strip for each measure, better to the right.

    A strip spans its own figures, but reaches no further beyond the middle half of them than three times the breadth
    of that half: a few figures far out would press all others together, and are an arrow at its end instead.

    Args:
        measures: a row for each strip, with indicator, short_name, period_name, unit, decimals, good_is, target_low,
            target_high, value (the council's), median (of the closest group), ranks in words, and directed: whether
            it is known which way is good.
        marks: the others' figures, with indicator, value and close (whether of the closest group).
        council: whose figure is labelled.
        groups: the names of the groups, the closest first.
    """
    names = [f"{row.short_name}, {row.period_name}" for row in measures.itertuples()]
    figure, axes = row_canvas(names)
    figure.set_size_inches(4.8, 0.35 + 0.66 * len(names))
    figure.subplots_adjust(left=0.06, right=0.94)
    axes.set_xlim(0, 1)
    said, rows = [], []
    for place, (name, (_, row)) in enumerate(zip(names, measures.iterrows(), strict=True)):
        left, right = _strip(axes, place, row, marks[marks["indicator"] == row["indicator"]])
        own, median = (bare(row[column], row["unit"], row["decimals"]) for column in ("value", "median"))
        middle = f", the median of {groups[0]} is {median}" if median else ""
        rank = f", rank {row['ranks']}" if row["ranks"] else ""
        rows.append(tables.Row(name, [left, median, right, own or "No figure"]))
        said.append(f"{name}: {own or 'no figure'}{rank}; the strip reaches from {left} to {right}{middle}")
    dots = f"dark dots are {groups[0]}, pale ones the rest of " if len(groups) > 1 else "dots are "
    aimless = list(measures.loc[~measures["directed"].astype(bool), "short_name"])
    more = f"; for {words.listed(aimless)}, where the records do not say which way is good, more is" if aimless else ""
    return picture(
        figure,
        words.aloud(f"{council} among others. {'. '.join(said)}."),
        f"The diamond is {council}; {dots}{groups[-1]}; the line is the median of {groups[0]}. "
        f"Better is to the right{more}. Each strip has a scale of its own, from the figure at its left end "
        "to the one at its right; an arrow stands for figures beyond it.",
        tables.table(
            "What each strip shows, from its left end to its right.",
            ["Measure and period", "Left end", f"Median of {groups[0]}", "Right end", council],
            rows, numbers={1, 2, 3, 4},
        ),
        f"{council} among others",
    )  # fmt: skip


def _strip(axes: Axes, place: int, row: pd.Series, others: pd.DataFrame) -> tuple[str, str]:
    """Draw one strip, and give the figures at its ends."""
    mine = pd.Series([row["value"]]).dropna()
    theirs, own = _goodness(others["value"], row), _goodness(mine, row)
    quarter, three = theirs.quantile(0.25), theirs.quantile(0.75)
    reach = 3 * (three - quarter)
    span = pd.concat([theirs[theirs.between(quarter - reach, three + reach)], own])
    low, high = span.min(), span.max()

    def across(amounts: pd.Series) -> pd.Series:
        share = (amounts - low) / (high - low) if high > low else 0 * amounts + 0.5
        return 0.13 + 0.74 * share.clip(0, 1)

    marks = others.assign(x=across(theirs).round(2))[theirs.between(low, high)].sort_values("close", ascending=False)
    stacks = marks.groupby("x")["x"]
    turn = stacks.cumcount()
    marks = marks.assign(y=place + (turn + 1) // 2 * (-1) ** turn * min(0.06, 0.36 / stacks.size().max()))
    for close, colour, size in ((False, GREY, 2.5), (True, INK, 3.5)):
        here = marks[marks["close"] == close]
        axes.plot(here["x"], here["y"], "o", color=colour, markersize=size, markeredgewidth=0)
    for x in across(_goodness(pd.Series([row["median"]]).dropna(), row)):
        axes.plot([x, x], [place - 0.22, place + 0.22], color=PLUM, linewidth=2, solid_capstyle="butt")
    for sign, x in [("<", 0.115)] * bool((theirs < low).any()) + [(">", 0.885)] * bool((theirs > high).any()):
        axes.plot([x], [place], sign, color=GREY, markersize=5)
    for x in across(own):
        axes.plot([x], [place], "D", color=NAVY, markersize=7.5, markeredgecolor="white", zorder=4)
        written = bare(row["value"], row["unit"], row["decimals"])
        axes.annotate(written, (x, place + 0.31), ha="center", va="center", weight="bold", bbox=ON_WHITE)
    every = pd.concat([others["value"], mine], ignore_index=True)
    drawn = pd.concat([theirs, own], ignore_index=True).sort_values(kind="stable")
    ends = every[drawn[drawn.between(low, high)].index]
    left, right = (bare(value, row["unit"], row["decimals"]) for value in (ends.iloc[0], ends.iloc[-1]))
    axes.annotate(left, (0.095, place), ha="right", va="center", color=SOFT)
    axes.annotate(right, (0.905, place), ha="left", va="center", color=SOFT)
    return left, right


def _goodness(values: pd.Series, row: pd.Series) -> pd.Series:
    """Turn figures into amounts that grow to the right; more is to the right where no way is known to be good."""
    if row["good_is"] == "near" and row["directed"]:
        top = row["target_low"] if pd.isna(row["target_high"]) else row["target_high"]
        return -np.maximum(np.maximum(row["target_low"] - values, values - top), 0)
    return -values if row["good_is"] == "low" else values
