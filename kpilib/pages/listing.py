"""Lists without a page: a report's figures as CSV, and what its records leave open."""

from __future__ import annotations

from math import isclose

import pandas as pd

from kpilib.judgement import milestone, risk
from kpilib.judgement.contract import owed
from kpilib.judgement.verdict import judge, published, stated
from kpilib.pages.typed import typed_figures
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
    return whole.to_csv(index=False, lineterminator="\n")


def open_points(ledger: Ledger, at: Period) -> list[str]:
    """What to look at before a quarter is printed: old figures, and what words, register and milestones leave open."""
    known = ledger.as_at(at)
    everything = judge(known, at)
    judged = everything[everything["supports"] == ""]
    late = list(judged.loc[judged["late"], "indicator"])
    unread = list(judged.loc[~judged["indicator"].isin(ledger.readings["indicator"]), "indicator"])
    points = [f"no row in readings.csv: {', '.join(unread)}."] if unread else []
    points += [f"no figure for {at.name}, an earlier one is used: {', '.join(late)}."] if late else []
    points += [f"{row.indicator} {row.period}: {row.value:g} is not in what was printed, {row.as_printed!r}."
               for row in _unlike(known.readings, known.indicators).itertuples()]  # fmt: skip
    if known.framework.asks_commentary:
        points += _missing_commentary(judged, known.commentary, at)
    points += [f"page {page}: no record is of the directorate {name!r}." for page, name in _unknown_directorates(known)]
    points += [f"tallies.csv gives no count of every rating for {scope or 'the whole council'}, so none of it is used."
               for scope in _partly_counted(known, at)]  # fmt: skip
    parts, whole = stated(known.tallies, at, known.framework.colours), "all"
    if whole in parts.index and (parts.drop(index=whole).sum() > parts.loc[whole]).any():
        points.append("tallies.csv counts more for the directorates than for the whole council.")
    easy = judged.loc[judged["assurance"] == "pass", "indicator"]
    points += (
        [f"all of the usual range meets the target; it may ask too little: {', '.join(easy)}."] if len(easy) else []
    )
    return [*points, *_open_risks(known, at), *_open_milestones(known, at), *typed_figures(known, at, everything)]


def _unknown_directorates(known: Ledger) -> list[tuple[str, str]]:
    """The pages of a directorate that no indicator, milestone or risk is of; its name may be misspelt."""
    names = {name for frame in (known.indicators, known.milestones, known.risks) for name in frame["directorate"]}
    named = [(entry.page, entry.directorate) for entry in known.framework.pages if entry.directorate]
    return [(page, name) for page, name in named if names - {""} and name not in names]


def _partly_counted(known: Ledger, at: Period) -> list[str]:
    """The scopes of which tallies.csv counts some ratings only."""
    here = known.tallies[known.tallies["quarter"] == at.text]
    whole = stated(known.tallies, at, known.framework.colours).index
    return [scope for scope in here["directorate"].unique() if (scope or "all") not in whole]


def _missing_commentary(judged: pd.DataFrame, commentary: pd.DataFrame, at: Period) -> list[str]:
    """What commentary is owed and missing, a point for each person or team of whom it is asked."""
    asked = owed(judged, commentary, at)
    asked = asked[asked["missing"].map(len) > 0]
    points = []
    for who, group in asked.groupby("who", sort=False):
        each = [f"{row.indicator} ({row.why}): {', '.join(row.missing)}" for row in group.itertuples()]
        points.append(f"commentary, {who} ({len(group)}): {'; '.join(each)}.")
    return points


def _open_risks(known: Ledger, at: Period) -> list[str]:
    """What the register leaves open; that it is missing, where the framework has one."""
    scales = known.framework.risk
    if scales is None:
        return []
    if not known.risks["quarter"].eq(at.text).any():
        return [f"no risk register for {at.name} in risks.csv."]
    assessed = risk.assess(known.risks, scales.bands, at, scales.appetite)
    found = risk.gaps(assessed, known.risk_notes, at)
    return [f"{', '.join(group['risk'])}: {gap}" for gap, group in found.groupby("gap", sort=False)]


def _open_milestones(known: Ledger, at: Period) -> list[str]:
    """What the milestones leave open."""
    assessed = milestone.assess(known.milestones, known.framework.milestones, at)
    return [f"{row.milestone}: {row.gap}" for row in milestone.gaps(assessed, at).itertuples()]


def _unlike(readings: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Find percentages that differ from every number in the cell as printed, such as 0.89 beside `89%`."""
    shares = indicators.loc[indicators["unit"] == "%", "indicator"]
    own = readings[readings["indicator"].isin(shares) & readings["value"].notna()]
    numbers = own["as_printed"].str.findall(r"[0-9]+(?:[.][0-9]+)?")
    alike = [
        not found or any(isclose(abs(value), float(said), rel_tol=1e-5) for said in found)
        for value, found in zip(own["value"], numbers, strict=True)
    ]
    return own[[not each for each in alike]]
