"""The one list of what stands between today and publication: what is missing, stale, doubtful or left open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isclose

import pandas as pd

from kpilib.judgement import due, milestone, risk
from kpilib.judgement.contract import owed
from kpilib.judgement.figures import goal, show
from kpilib.judgement.verdict import judge, stated
from kpilib.pages.typed import typed_figures
from kpilib.records.ledger import Ledger, unrecorded
from kpilib.records.periods import Period, period
from kpilib.records.scales import alike, times_apart

YEAR = 12  # months before and after the time of a target, in which a figure may be held against it for its size
BY_OWNER = {
    "figure missing": "figures",
    "commentary missing": "commentary",
    "risk not confirmed": "risks not confirmed",
    "milestone not confirmed": "milestones not confirmed",
}


@dataclass(frozen=True)
class Point:
    """
    One thing to do or to look at: what kind of thing, who is asked, about what, and what there is to say.

    `stops` says whether it keeps a quarter from being released; other points are for someone to look at.
    """

    kind: str
    who: str
    where: str
    what: str
    stops: bool = False


def open_points(ledger: Ledger, at: Period) -> list[Point]:
    """
    Find what a quarter's records leave open; what stops its release comes first.

    Args:
        ledger: all records; with the restricted edition's, points may name what is exempt.
    """
    known = ledger.as_at(at)
    everything = judge(known, at)
    judged = everything[everything["supports"] == ""]
    found = [
        *_nothing_recorded(ledger, at),
        *_missing_figures(known, everything, at),
        *_missing_commentary(known, judged, at),
        *_doubtful(known, judged, at),
        *_unlike(known),
        *_of_other_scale(known),
        *_scopes(known, at),
        *_open_risks(known, at),
        *_open_milestones(known, at),
        *(Point("typed figure", "", place, what, stops) for place, what, stops in typed_figures(known, at, everything)),
    ]
    return sorted(found, key=lambda point: not point.stops)


def sentences(points: Sequence[Point]) -> list[str]:
    """
    Say points in as few lines as may be.

    What is asked of one person or team stands together, and so does what is said of several risks or indicators.
    """
    lines = []
    for key, group in groupby(points, key=lambda point: (point.kind, point.who, point.stops)):
        each = list(group)
        if key[0] in BY_OWNER:
            asked = "; ".join(f"{point.where} {point.what}" for point in each)
            lines.append(f"{BY_OWNER[key[0]]}, {key[1]} ({len(each)}): {asked}.")
            continue
        by_what: dict[str, list[str]] = {}
        for point in each:
            by_what.setdefault(point.what, []).append(point.where)
        lines += [f"{', '.join(where)}: {what}" if any(where) else what for what, where in by_what.items()]
    return lines


def _nothing_recorded(ledger: Ledger, at: Period) -> Iterator[Point]:
    """That no record is of the quarter, so that nothing can be printed; a council that has none at all begins."""
    for fault in unrecorded(ledger, at) if len(ledger.readings) else ():
        yield Point(
            "quarter without records", "", at.text, f"{fault.problem[0].upper()}{fault.problem[1:]}.", stops=True
        )


def _missing_figures(known: Ledger, everything: pd.DataFrame, at: Period) -> Iterator[Point]:
    """What is due and not there, by whom it is asked of; a paper transcribed as it was printed misses nothing."""
    year_starts = known.framework.year_starts
    teams = everything.set_index("indicator")
    team = teams["service"].where(teams["service"] != "", teams["directorate"])
    missing: set[str] = set()
    if known.framework.asks_commentary:
        asked = due.due(known.indicators, known.readings, at, known.framework.year(at))
        asked = asked.assign(who=asked["indicator"].map(team))
        missing = set(asked.loc[asked["recorded"] == "", "indicator"])
        for row in asked[asked["recorded"] == ""].sort_values("who", kind="stable").itertuples():
            name = period(row.period, year_starts).name
            yield Point("figure missing", row.who, row.indicator, f"for {name}", stops=True)
        for row in asked[asked["recorded"] != ""].itertuples():
            name = period(row.period, year_starts).name
            yield Point("figure awaited", row.who, row.indicator, f"The figure for {name} is recorded as awaited.")
    judged = everything[everything["supports"] == ""]
    for name in judged.loc[judged["late"] & ~judged["indicator"].isin(missing), "indicator"]:
        said = f"There is no figure for {at.name}; an earlier one is carried forward."
        yield Point("figure carried forward", team[name], name, said)
    if not known.framework.asks_commentary:
        for name in judged.loc[~judged["indicator"].isin(known.readings["indicator"]), "indicator"]:
            yield Point("figure not printed", team[name], name, "It has no row in readings.csv.")


def _missing_commentary(known: Ledger, judged: pd.DataFrame, at: Period) -> Iterator[Point]:
    """What commentary is owed and missing, by each person or team of whom it is asked."""
    if not known.framework.asks_commentary:
        return
    asked = owed(judged, known.commentary, at)
    asked = asked[asked["missing"].map(len) > 0]
    for who, group in asked.groupby("who", sort=False):
        for row in group.itertuples():
            what = f"({row.why}): {', '.join(row.missing)}"
            yield Point("commentary missing", str(who), row.indicator, what, stops=True)


def _doubtful(known: Ledger, judged: pd.DataFrame, at: Period) -> Iterator[Point]:
    """Figures that may be none, and targets that may be out of date or ask too little."""
    named = judged.set_index("indicator")
    for name in judged.loc[due.blanks(judged, known.readings), "indicator"]:
        said = "It is nought for the first time; say in its note that it is one, or empty the cell."
        yield Point("zero that may be a blank", named.at[name, "directorate"], name, said)
    for name in judged.loc[due.repeated(judged), "indicator"]:
        row = named.loc[name]
        figure = show(row["value"], row["unit"], row["decimals"])
        said = f"{figure} is the very figure of {row['previous_name']}; it may have been carried forward."
        yield Point("figure repeated", row["directorate"], name, said)
    for name in judged.loc[due.ended(judged, known.targets), "indicator"]:
        said = "Its last target is over, and there is none in its place."
        yield Point("target out of date", named.at[name, "directorate"], name, said)
    for name in judged.loc[judged["assurance"] == "pass", "indicator"]:
        said = "All of its usual range meets the target; it may ask too little."
        yield Point("target easily met", named.at[name, "directorate"], name, said)


def _unlike(known: Ledger) -> Iterator[Point]:
    """Percentages that differ from every number in the cell as printed, such as 0.89 beside `89%`."""
    shares = known.indicators.loc[known.indicators["unit"] == "%", "indicator"]
    own = known.readings[known.readings["indicator"].isin(shares) & known.readings["value"].notna()]
    numbers = own["as_printed"].str.findall(r"[0-9]+(?:[.][0-9]+)?")
    for row, found in zip(own.itertuples(), numbers, strict=True):
        if found and not any(isclose(abs(row.value), float(said), rel_tol=1e-5) for said in found):
            said = f"{goal(row.value, decimals=15)} is not in what was printed, {row.as_printed!r}."
            yield Point("unlike as printed", "", f"{row.indicator} {row.period}", said)


def _of_other_scale(known: Ledger) -> Iterator[Point]:
    """Figures and targets so far apart that one may be in another unit, such as 0.89 beside 90; once an indicator."""
    aims = known.targets[known.targets["kind"].isin(["point", "range"])]
    aims = aims.merge(known.indicators[["indicator", "basis", "break_from_start"]], on="indicator")
    pairs = known.readings.merge(aims, on="indicator", suffixes=("", "_of_target"))
    near = (pairs["start"] <= pairs["end_of_target"] + YEAR) & (pairs["end"] >= pairs["start_of_target"] - YEAR)
    pairs = pairs[near & pairs["value"].notna() & ~(pairs["start"] < pairs["break_from_start"])]
    times = [
        times_apart(row.value, row.low, row.low if pd.isna(row.high) else row.high)
        if alike(row.basis, row.period, row.period_of_target)
        else 0.0
        for row in pairs.itertuples()
    ]
    pairs = pairs.assign(times=times)
    for name, group in pairs[pairs["times"] > 0].groupby("indicator", sort=False):
        row = group.iloc[-1]
        target = show(row["low"]) if pd.isna(row["high"]) else f"{show(row['low'])} to {show(row['high'])}"
        more = f", and {len(group) - 1} more likewise" if len(group) > 1 else ""
        apart = show(row["times"], decimals=0)
        said = f"The figure {show(row['value'])} for {row['period_name']} and the target {target} for "
        said += f"{row['period_name_of_target']} are {apart} times apart{more}; one may be in another unit."
        yield Point("figures of different scale", "", str(name), said)


def _scopes(known: Ledger, at: Period) -> Iterator[Point]:
    """Names of directorates that nothing is of, and counts that cannot be used or do not agree."""
    names = {name for frame in (known.indicators, known.milestones, known.risks) for name in frame["directorate"]}
    for entry in known.framework.pages:
        if entry.directorate and names - {""} and entry.directorate not in names:
            said = f"No record is of the directorate {entry.directorate!r}."
            yield Point("unknown directorate", "", f"page {entry.page}", said)
    here = known.tallies[known.tallies["quarter"] == at.text]
    parts, whole = stated(known.tallies, at, known.framework.colours), "all"
    for scope in here["directorate"].unique():
        if (scope or "all") not in parts.index:
            said = f"It gives no count of every rating for {scope or 'the whole council'}, so none of it is used."
            yield Point("count in part", "", "tallies.csv", said)
    if whole in parts.index and (parts.drop(index=whole).sum() > parts.loc[whole]).any():
        said = "It counts more for the directorates than for the whole council."
        yield Point("counts disagree", "", "tallies.csv", said)


def _open_risks(known: Ledger, at: Period) -> Iterator[Point]:
    """What the register leaves open; that it is missing, where the framework has one."""
    scales = known.framework.risk
    if scales is None:
        return
    if not known.risks["quarter"].eq(at.text).any():
        yield Point("register missing", "", "risks.csv", f"There is no risk register for {at.name}.", stops=True)
        return
    assessed = risk.assess(known.risks, scales.bands, at, scales.appetite)
    yield from _unconfirmed(assessed, "risk")
    told = (assessed["movement"] == risk.UNLISTED) & (not known.framework.asks_commentary)
    for name in assessed.loc[told, "risk"]:
        said = f"It has no row for {at.name}, so it is no longer in the register; if it is open, its answer is missing."
        yield Point("risk no longer listed", "", name, said)
    owners = assessed.drop_duplicates("risk").set_index("risk")["owner"]
    for row in risk.gaps(assessed, known.risk_notes, at).itertuples():
        overdue = row.gap == risk.REVIEW_OVERDUE
        kind = "risk past its review date" if overdue else "risk"
        yield Point(kind, "" if not overdue else owners[row.risk], row.risk, row.gap, stops=overdue)


def _open_milestones(known: Ledger, at: Period) -> Iterator[Point]:
    """What the milestones leave open."""
    assessed = milestone.assess(known.milestones, known.framework.milestones, at)
    yield from _unconfirmed(assessed, "milestone")
    for row in milestone.gaps(assessed, at).itertuples():
        yield Point("milestone", "", row.milestone, row.gap)


def _unconfirmed(assessed: pd.DataFrame, what: str) -> Iterator[Point]:
    """The risks or milestones that nobody answered for, by whom each is asked of."""
    silent = assessed[assessed["unconfirmed"] != ""]
    who = silent["owner"].where(silent["owner"] != "", silent["directorate"]).replace("", "no owner named")
    for row in silent.assign(who=who).sort_values("who", kind="stable").itertuples():
        since = period(row.carried_from).name
        yield Point(f"{what} not confirmed", row.who, getattr(row, what), f"as it stood in {since}", stops=True)
