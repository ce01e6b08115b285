"""How far things are: a risk's score and course, the actions on it, and milestones, each with a word and a symbol."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from kpilib.judgement import milestone
from kpilib.judgement.figures import show
from kpilib.judgement.risk import COURSES
from kpilib.pages import tables, words
from kpilib.pages.shown import Shown, fill, together
from kpilib.records.framework import MILESTONES
from kpilib.records.periods import day

WITHIN = {"yes": "within it", "no": "above it"}
LOOKS = dict(zip(MILESTONES, ("green", "green", "amber", "red", "not rated"), strict=True))


def course(judged: str) -> Markup:
    """A course towards a target as a tag: `On course`, `Behind`, `Off course`, `Not rated`."""
    return tables.tag(judged, COURSES[judged])


def look(band: str, kind: str, bands: Collection[str]) -> str:
    """The class of a band, lowest first; an opportunity's has colours of its own, since high is good."""
    names = list(bands)
    family = "band" if kind == "risk" else "gain"
    return f"{family}-{names.index(band) + 1}" if band in names else ""


def score(row: pd.Series, when: str, bands: Collection[str]) -> tables.Cell:
    """A score with its band, before actions or, as `residual_`, after them."""
    name = row[f"{when}band"]
    text = f"{show(row[f'{when}score'])} {name}".strip()
    return fill("band", look=look(name, row["kind"], bands), text=text).html


def target(row: pd.Series) -> tuple[str, str]:
    """The target score of a risk, and by when; two empty texts where neither is given."""
    date = f"by {day(row['target_date'])}" if row["target_date"] else ""
    score = show(row["target_score"])
    return (score or "No score", date or "no date") if score or date else ("", "")


def appetite(row: pd.Series) -> tuple[str, str]:
    """The highest score that is acceptable, and whether the present one is; two empty texts where none is set."""
    if pd.isna(row["appetite"]):
        return "", ""
    return f"Up to {show(row['appetite'])}", WITHIN[row["within_appetite"]]


def above(row: pd.Series) -> list[str]:
    """By how much a risk is above the appetite; nothing where it is not."""
    if row["within_appetite"] != "no":
        return []
    much, most = show(row["residual_score"] - row["appetite"]), show(row["appetite"])
    return [f"The score is {much} above the {most} that is acceptable for this type of risk."]


def counted(actions: pd.DataFrame) -> tables.Cell:
    """How many actions are open, and beneath it how many of them are overdue."""
    late, dated = int(actions["overdue"].sum()), bool((actions["due"] != "").any())
    said = f"{late} overdue" if late else "none overdue" if dated else "none with a date" if len(actions) else ""
    return tables.under(str(len(actions)), said)


def action_table(actions: pd.DataFrame, names: Mapping[str, tables.Cell], caption: str) -> Shown:
    """
    Lay out who does what by when.

    Args:
        actions: from `kpilib.judgement.risk.actions`, in the order to print them.
        names: what each risk is called, by its number.
        caption: which actions these are, and in what order.
    """
    rows = [
        tables.Row(
            names[row.risk],
            [
                row.text,
                row.owner or "No owner named",
                day(row.due) if row.due else "No date",
                tables.under(tables.tag("red", "Overdue"), row.status.capitalize())
                if row.overdue
                else row.state.capitalize(),
            ],
        )
        for row in actions.itertuples()
    ]
    return tables.table(caption, ["Risk", "What", "Who", "By when", "How far"], rows, look="notes")


def risk_name(row: Any, name: tables.Cell) -> tables.Cell:
    """A risk in a table of actions: its number, its title, and that nobody confirmed it, where that is so."""
    return tables.under(name, f"{row.title} (not confirmed for this quarter)" if row.unconfirmed else row.title)


def milestones(assessed: pd.DataFrame) -> Shown:
    """
    Lay out milestones by objective, each with a table, after a sentence on how many stand where.

    Args:
        assessed: from `kpilib.judgement.milestone.assess`, one or more, in the order to print them.
    """
    pieces = [fill("paragraph", texts=[milestone_words(assessed)])]
    for objective, own in assessed.groupby("objective", sort=False):
        pieces += [fill("heading", text=objective), milestone_table(own, milestone_words(own))]
    return together(pieces)


def milestone_words(assessed: pd.DataFrame) -> str:
    """Say how many milestones stand where, and how many of them nobody confirmed."""
    counts = milestone.counts(assessed).loc["all"]
    said = [words.milestones(counts), words.unconfirmed(assessed["unconfirmed"], "milestone")]
    return " ".join(filter(None, said))


def closed_milestones(closed: pd.DataFrame) -> list[str]:
    """Name the milestones that were closed this quarter, a sentence for each, with the commentary on it."""
    return [
        f"Closed this quarter, and counted no longer: {row.milestone} “{row.text}”. {row.commentary}".strip()
        for row in closed.itertuples()
    ]


def milestone_table(assessed: pd.DataFrame, caption: str) -> Shown:
    """
    Lay out milestones: what was promised by when, how it stands, and why.

    Args:
        assessed: from `kpilib.judgement.milestone.assess`, in the order to print them.
        caption: which milestones these are.
    """
    rows = [
        tables.Row(
            f"{row.milestone}: {row.text}",
            [
                day(row.due),
                tables.under(milestone_tag(row.state, row.label), "Not confirmed" if row.unconfirmed else ""),
                row.owner or "No owner named",
                tables.under(row.commentary, row.reason) if row.commentary else row.reason,
            ],
        )
        for row in assessed.itertuples()
    ]
    return tables.table(caption, ["Milestone", "Due", "Progress", "Owner", "Why"], rows, look="milestones wraps")


def milestone_tag(state: str, label: str) -> Markup:
    """The state of a milestone as a tag, in the council's own word."""
    return tables.tag(LOOKS[state], label)
