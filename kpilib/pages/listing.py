"""Lists without a page: a report's figures, risks and milestones as CSV."""

from __future__ import annotations

import re

import pandas as pd

from kpilib.judgement import milestone, risk
from kpilib.judgement.verdict import judge, published
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period

RISKS = (
    "quarter risk kind title type owner directorate impact likelihood score band residual_impact "
    "residual_likelihood residual_score residual_band direction movement target_score target_date progress "
    "movement_direction merged_from merged_into appetite within_appetite course computed_course course_reason"
).split()
MILESTONES = "quarter objective milestone text due status directorate owner forecast commentary state reason".split()


def indicators_csv(ledger: Ledger, at: Period) -> str:
    """Every indicator as judged at a quarter, in the columns that are promised."""
    return _csv(published(judge(ledger.as_at(at), at)))


def risks_csv(ledger: Ledger, at: Period) -> str:
    """The quarter's register, assessed; a heading alone where the framework has none."""
    scales = ledger.framework.risk
    if scales is None:
        return _csv(pd.DataFrame(columns=RISKS))
    return _csv(risk.assess(ledger.as_at(at).risks, scales.bands, at, scales.appetite)[RISKS])


def milestones_csv(ledger: Ledger, at: Period) -> str:
    """The quarter's milestones as recorded, with the state of each and the reason for it."""
    return _csv(milestone.assess(ledger.as_at(at).milestones, ledger.framework.milestones, at)[MILESTONES])


def _csv(frame: pd.DataFrame) -> str:
    """Write figures unrounded; a whole number without a point, and nothing where there is nothing."""
    whole = frame.apply(
        lambda column: (
            column.astype("Int64")
            if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all()
            else column
        )
    )
    return whole.map(lambda cell: plain(cell) if isinstance(cell, str) else cell).to_csv(
        index=False, lineterminator="\n"
    )


def plain(text: str) -> str:
    """
    Write a text so that no spreadsheet takes it for a formula: a minus as it is printed, an apostrophe before the rest.

    Whether a cell is a formula is told by its first sign alone, in letters of Europe and of Asia alike.
    """
    if re.match(r"\s*-[0-9]", text):
        return text.replace("-", "−", 1)
    return f"'{text}" if re.match(r"\s*[=+@＝＋－＠-]", text) else text
