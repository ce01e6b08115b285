"""
Tables that carry what a reader needs: a caption, headings with scope, and a shape for narrow screens.

A cell is text, which the templates escape, or a piece made here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
from markupsafe import Markup

from kpilib.judgement.figures import bare, goal, lower_first, show, worked_out
from kpilib.pages import drawing, words
from kpilib.pages.shown import Shown, fill
from kpilib.records.framework import RATINGS

Cell = str | Markup
LONG = 1000  # letters of a cell that may run on to the next sheet of a paper: a third of one
KEYS = ("name", "figure", "target", "rating", "direction", "")


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
    keys: Sequence[str] = (),
) -> Shown:
    """
    Lay out a table.

    Args:
        heads: the columns' headings; the first is that of the rows' names.
        numbers: which columns hold numbers, set to the right.
        look: a class of the style sheet.
        name: an id to link to.
        keys: by what a script may put the rows in order, column by column, as the rows' `data-` attributes name it.
    """
    return fill(
        "table", caption=caption, heads=heads, rows=rows, numbers=numbers, foot=foot, look=look, id=name, keys=keys,
        long=_long,
    )  # fmt: skip


def _long(cell: Cell) -> bool:
    """Whether a cell says a great deal; what it holds beside words does not count."""
    return len(cell) > LONG and len(Markup(cell).striptags()) > LONG


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
        return f"Quartile {show(row['target_low'])}"
    if row["kind"] == "range":
        low, high = row["target_low"], row["target_high"]
        return f"{goal(low, '', row['decimals'])} to {goal(high, row['unit'], row['decimals'])}"
    return (worked_out if row["share"] < 1 else goal)(row["expected"], row["unit"], row["decimals"])


def target_word(row: pd.Series) -> str:
    """What to call the target that a figure is rated against; a total's is what is due of it by now."""
    if row["share"] < 1:
        return "due by now, as last year went" if row["spread"] == "seasonal" else "an even share by now"
    return "target"


def target_note(row: pd.Series) -> str:
    """What stands under a target that grows: the whole of it."""
    return f"by now, of {goal(row['target_low'], row['unit'], row['decimals'])}" if row["share"] < 1 else ""


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
        notes.append(lower_first(row["covers"]))
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
            latest(row, quarter_name),
            under(target(row) or "Not given", target_note(row)),
            rated(row),
            under(arrow(row["direction"], row["direction_label"]), words.SIGNALS.get(row["signal"], ""))
            if figure(row)
            else "",
            last_four(row, readings),
        ]
        name = under(link(href, row["short_name"]), titles[row["page"]] if titles else "")
        rows.append(Row(name, cells, known(row) if titles else {}))
    return table(
        caption, heads, rows, numbers={1, 2}, look="names",
        name="indicators" if titles else "", keys=KEYS if titles else (),
    )  # fmt: skip


def known(row: pd.Series) -> dict[str, str]:
    """What a script may find, narrow and order an indicator by."""
    known = {key: row[key] for key in ("rating", "direction", "page", "directorate")}
    known |= {"name": row["short_name"], "official": row["name"]}
    known |= {
        "figure": _plain(row["to_date"] if row["cumulative"] else row["value"]),
        "target": _plain(row["expected"]),
    }
    return {f"data-{key}": said for key, said in known.items()}


def _plain(value: float) -> str:
    """A number for a script; nothing where there is none."""
    return "" if pd.isna(value) else f"{value:.12g}"


def rated(row: pd.Series) -> Cell:
    """A rating, and below it that the council states it where the rule gives another."""
    stated = row["rating"] != row["computed_rating"]
    return under(tag(row["rating"], row["label"]), "as the council states" if stated else "")


def latest(row: pd.Series, quarter_name: str) -> Cell:
    """The figure that an indicator is rated on, and beneath it what a reader must know of it; or that it has none."""
    if figure(row):
        return under(figure(row), figure_note(row, quarter_name))
    return "Awaited" if row["status"] == "awaited" else "No figure"


def last_four(row: pd.Series, readings: pd.DataFrame) -> Cell:
    """A line of its last four figures, with their words; nothing where there is only one."""
    own = readings["indicator"].eq(row["indicator"]) & readings["period_kind"].eq(row["period_kind"])
    last = readings[own & readings["value"].notna()].tail(4)
    if len(last) < 2:
        return ""
    figures = words.listed([bare(value, row["unit"], row["decimals"]) for value in last["value"]])
    said = words.aloud(f"{figures}, from {last['period_name'].iloc[0]} to {last['period_name'].iloc[-1]}")
    return fill("spark", source=drawing.spark(list(last["value"])), alt=said).html


def series(indicator: pd.Series, readings: pd.DataFrame) -> Shown:
    """
    The figures behind a chart, each with what is known of it; a column that would be empty is left out.

    Args:
        readings: with covers and as_printed; label, the rating in words; mean, lower and upper of its usual range;
            and signal.
    """
    unit, decimals = indicator["unit"], indicator["decimals"]
    known = readings["lower"].notna()
    ranges = [
        under(f"{bare(low, unit, decimals)} to {bare(high, unit, decimals)}", f"average {bare(mean, unit, decimals)}")
        for low, high, mean in zip(readings["lower"], readings["upper"], readings["mean"], strict=True)
    ]
    columns: dict[str, list[Cell]] = {
        "Figure": [show(value, unit, decimals) for value in readings["value"]],
        "What it covers": list(readings["covers"]),
        "As printed": list(readings["as_printed"]),
        "Rating by today's rule": list(readings["label"]),
        "Usual range": [said if there else "" for said, there in zip(ranges, known, strict=True)],
        "Signal": [
            words.SIGNALS.get(signal, "none") if there else ""
            for signal, there in zip(readings["signal"], known, strict=True)
        ],
    }
    columns = {head: cells for head, cells in columns.items() if any(cells)}
    rows = [Row(name, cells) for name, *cells in zip(readings["period_name"], *columns.values(), strict=True)]
    caption = f"{indicator['short_name']}: every figure in the records."
    return table(caption, ["Period", *columns], rows, numbers={1})


def counts(
    caption: str,
    counted: pd.DataFrame,
    names: Mapping[str, Cell],
    labels: Mapping[str, str],
    head: str,
    *,
    total: bool = True,
) -> Shown:
    """Counts of each rating by group, with percentages of the rated, and a row for all where they are all."""
    ratings = [rating for rating in labels if rating in counted]
    heads = [head, *[labels[rating] for rating in ratings], "Indicators"]
    rows = [Row(names[group], [*shared(row).values(), str(row["indicators"])]) for group, row in counted.iterrows()]
    sums = counted.sum()
    foot = Row("All", [*shared(sums).values(), str(sums["indicators"])]) if total else None
    return table(caption, heads, rows, numbers=range(1, len(heads)), foot=foot)


def shared(counted: pd.Series) -> dict[str, str]:
    """Write each count of ratings with its share of the rated: `41 (59%)`; what is not rated has none."""
    colours = [rating for rating in RATINGS if rating in counted]
    shares = dict(zip(colours, words.shares([int(counted[rating]) for rating in colours]), strict=True))
    return {
        rating: f"{counted[rating]} ({shares[rating]})" if shares.get(rating) else str(counted[rating])
        for rating in (*colours, "not rated")
    }
