"""
Tables that carry what a reader needs: a caption, headings with scope, and a shape for narrow screens.

A cell is text, which the templates escape, or a piece made here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
from markupsafe import Markup

from kpilib.judgement.figures import bare, goal, show, worked_out
from kpilib.pages import drawing, words
from kpilib.pages.shown import Shown, fill
from kpilib.records.framework import RATINGS

Cell = str | Markup


@dataclass(frozen=True)
class Row:
    """A row: its heading, its cells, and what a script may know about it."""

    name: Cell
    cells: Sequence[Cell]
    about: Mapping[str, str] = field(default_factory=dict)


def table(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Row],
    *,
    numbers: Collection[int] = (),
    foot: Row | None = None,
    look: str = "",
    name: str = "",
) -> Shown:
    """
    Lay out a table.

    Args:
        heads: the columns' headings; the first is that of the rows' names.
        numbers: which columns hold numbers, set to the right.
        look: a class of the style sheet.
        name: an id to link to.
    """
    return fill("table", caption=caption, heads=heads, rows=rows, numbers=numbers, foot=foot, look=look, id=name)


def tag(rating: str, label: str) -> Markup:
    """A rating: symbol, word and colour together."""
    return fill("tag", rating=rating, label=label).html


def arrow(direction: str, label: str) -> Markup:
    """A direction of travel: arrow, and the council's word for it."""
    return fill("arrow", direction=direction, label=label).html


def link(href: str, text: str) -> Markup:
    """A link."""
    return fill("link", href=href, text=text).html


def under(text: Cell, small: Cell) -> Cell:
    """A text with a smaller one below it; just the text where there is no other."""
    return fill("under", text=text, small=small).html if small else text


def figure(row: pd.Series) -> str:
    """The figure that an indicator is rated on: its value, or its value to date."""
    known = row["cumulative"] and pd.notna(row["to_date"])
    return show(row["to_date"] if known else row["value"], row["unit"], row["decimals"])


def target(row: pd.Series) -> str:
    """The target as a reader would say it: `95%`, `600 to 680`, `Quartile 2`, `3,000,000`."""
    if pd.isna(row["target_low"]):
        return ""
    if row["kind"] == "quartile":
        return f"Quartile {row['target_low']:.0f}"
    if row["kind"] == "range":
        return f"{goal(row['target_low'], '', 0)} to {goal(row['target_high'], row['unit'], 0)}"
    return (worked_out if row["share"] < 1 else goal)(row["expected"], row["unit"], row["decimals"])


def target_word(row: pd.Series) -> str:
    """What to call the target that a figure is rated against; a total's is what is due of it by now."""
    if row["share"] < 1:
        return "due by now, as last year went" if row["spread"] == "seasonal" else "an even share by now"
    return "target"


def target_note(row: pd.Series) -> str:
    """What stands under a target that grows: the whole of it."""
    return f"by now, of {goal(row['target_low'], row['unit'], 0)}" if row["share"] < 1 else ""


def beside_target(row: pd.Series) -> str:
    """A figure beside what it is rated against: `7.19 days against 5`, `5 loans against 15 expected by now`."""
    by = f"the end of {row['period_name']}" if row["late"] else "now"
    return f"{figure(row)} against {target(row)}{f' expected by {by}' if row['share'] < 1 else ''}"


def figure_note(row: pd.Series, quarter_name: str) -> str:
    """What stands under a figure: that it is to date, provisional, or of another period than the quarter."""
    notes = []
    if row["cumulative"]:
        notes.append("to date" if pd.notna(row["to_date"]) else "total to date not known")
    if row["period_name"] != quarter_name:
        says = row["period_name"] in row["covers"]
        notes.append(row["covers"] if says else row["period_name"])
    elif row["status"] == "provisional" and row["covers"]:
        notes.append(words.lower_first(row["covers"]))
    if row["status"] in ("provisional", "estimate"):
        notes.append(row["status"])
    return ", ".join(notes)


def indicators(
    judged: pd.DataFrame,
    readings: pd.DataFrame,
    quarter_name: str,
    caption: str,
    *,
    page_links: bool = False,
    titles: Mapping[str, str] | None = None,
) -> Shown:
    """
    The overview: each indicator's figure, target, rating, direction and last four figures.

    Args:
        judged: indicators in the order to print them.
        readings: every reading of theirs, in order of time.
        page_links: link to each indicator's own page, rather than to a place on this one.
        titles: the pages' titles, to stand under each name.
    """
    heads = ["Indicator", "Latest figure", "Target", "Rating", "Direction", "Trend"]
    rows = []
    for _, row in judged.iterrows():
        href = f"{row['page']}.html#{row['indicator']}" if page_links else f"#{row['indicator']}"
        cells: list[Cell] = [
            under(figure(row), figure_note(row, quarter_name)) if figure(row) else _missing(row),
            under(target(row) or "None set", target_note(row)),
            tag(row["rating"], row["label"]),
            under(arrow(row["direction"], row["direction_label"]), words.SIGNALS.get(row["signal"], ""))
            if figure(row)
            else "",
            _last_four(row, readings),
        ]
        name = under(link(href, row["short_name"]), titles[row["page"]] if titles else "")
        about = {f"data-{column}": row[column] for column in ("rating", "page", "directorate", "name")}
        rows.append(Row(name, cells, about))
    return table(caption, heads, rows, numbers={1, 2}, look="names", name="indicators" if titles else "")


def _missing(row: pd.Series) -> str:
    return "Awaited" if row["status"] == "awaited" else "No figure"


def _last_four(row: pd.Series, readings: pd.DataFrame) -> Cell:
    own = readings["indicator"].eq(row["indicator"]) & readings["period_kind"].eq(row["period_kind"])
    last = readings[own & readings["value"].notna()].tail(4)
    if len(last) < 2:
        return ""
    figures = words.listed([bare(value, row["unit"], row["decimals"]) for value in last["value"]])
    said = words.aloud(f"{figures}, from {last['period_name'].iloc[0]} to {last['period_name'].iloc[-1]}")
    return fill("spark", source=drawing.spark(list(last["value"])), alt=said).html


def series(indicator: pd.Series, readings: pd.DataFrame) -> Shown:
    """The figures behind a chart."""
    rows = [
        Row(
            row["period_name"],
            [show(row["value"], indicator["unit"], indicator["decimals"]), row["covers"], row["as_printed"]],
        )
        for _, row in readings.iterrows()
    ]
    caption = f"{indicator['short_name']}: every figure in the records."
    return table(caption, ["Period", "Figure", "What it covers", "As printed"], rows, numbers={1})


def counts(
    caption: str, counted: pd.DataFrame, names: Mapping[str, Cell], labels: Mapping[str, str], head: str
) -> Shown:
    """Counts of each rating by group, with percentages of the rated, and a row for all."""
    ratings = [rating for rating in labels if rating in counted]
    heads = [head, *[labels[rating] for rating in ratings], "Indicators"]
    rows = [Row(names[group], _count_cells(row, ratings)) for group, row in counted.iterrows()]
    total = Row("All", _count_cells(counted.sum(), ratings))
    return table(caption, heads, rows, numbers=range(1, len(heads)), foot=total)


def _count_cells(row: pd.Series, ratings: Sequence[str]) -> list[Cell]:
    return [*[count(row, rating) for rating in ratings], str(row["indicators"])]


def count(row: pd.Series, rating: str) -> str:
    """A count of one rating with its share of the rated; what is not rated has none."""
    share = words.share(row[rating], row["rated"]) if rating in RATINGS else ""
    return f"{row[rating]} ({share})" if share else str(row[rating])
