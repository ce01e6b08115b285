"""How far things are: the course of a risk, the actions on it, and milestones, each with a word and a symbol."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from kpilib.judgement.figures import show
from kpilib.judgement.risk import COURSES
from kpilib.pages import tables
from kpilib.pages.shown import Shown, fill
from kpilib.records.framework import MILESTONES
from kpilib.records.periods import day

WITHIN = {"yes": "within it", "no": "above it"}
LOOKS = dict(zip(MILESTONES, ("green", "green", "amber", "red", "not rated"), strict=True))


def course(judged: str) -> Markup:
    """A course towards a target as a tag: `On course`, `Behind`, `Off course`, `Not rated`."""
    return tables.tag(judged, COURSES[judged])


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


def action_table(actions: pd.DataFrame, names: Mapping[str, tables.Cell]) -> Shown:
    """
    Lay out who does what by when.

    Args:
        actions: from `kpilib.judgement.risk.actions`, in the order to print them.
        names: what each risk is called, by its number.
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
    caption = "Actions not yet done that name an owner or a date, the earliest date first."
    return tables.table(caption, ["Risk", "What", "Who", "By when", "How far"], rows, look="notes")


def milestone_table(assessed: pd.DataFrame) -> Shown:
    """
    Lay out milestones: what was promised by when, how it stands, and why.

    Args:
        assessed: from `kpilib.judgement.milestone.assess`, in the order to print them.
    """
    if assessed.empty:
        return fill("paragraph", texts=["The records hold no milestones for this quarter."])
    rows = [
        tables.Row(
            tables.under(f"{row.milestone}: {row.text}", row.objective),
            [
                day(row.due),
                tables.tag(LOOKS[row.state], row.state.capitalize()),
                row.owner or "No owner named",
                tables.under(row.reason, row.commentary),
            ],
        )
        for row in assessed.itertuples()
    ]
    caption = "Milestones: what was promised by when, and how it stands."
    return tables.table(caption, ["Milestone", "Due", "State", "Owner", "Why"], rows, look="names")
