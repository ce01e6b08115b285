"""What stands between today and publication, gathered from both editions: as text, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from kpilib.judgement.disclosure import Told, given_away
from kpilib.judgement.figures import listed
from kpilib.pages.listing import plain
from kpilib.pages.open_points import Point, open_points, sentences
from kpilib.pages.prose import token_faults
from kpilib.press.letters import letter_faults
from kpilib.press.plan import Plan
from kpilib.press.prepare import call_faults
from kpilib.records.editions import Texts, without_exempt
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import EDITIONS, home
from kpilib.records.ledger import Ledger, load_ledger, read_texts
from kpilib.records.marks import lifted
from kpilib.records.periods import Period
from kpilib.records.printed import at_risk, looks_changed
from kpilib.records.published import published_faults, unmarked
from kpilib.records.quarterly import read_quarterly
from kpilib.records.schema import KEYS

_WORDS = {
    "indicators": ("name", "short_name", "definition", "source", "note"),
    "readings": ("as_printed", "numerator", "denominator", "covers", "note"),
    "targets": ("as_printed", "note"),
    "overrides": ("reason",),
    "commentary": ("text", "owner"),
    "risks": ("title", "owner", "progress", "note"),
    "risk_notes": ("text", "owner"),
    "milestones": ("objective", "text", "owner", "commentary"),
    "summaries": ("heading", "text"),
}
_CELLS = ("as_printed", "numerator", "denominator")  # which say something of their own indicator only


@dataclass(frozen=True)
class Checked:
    """
    What a check found: faults, with which nothing can be printed; points, of which some stop a release.

    `counted` says how much the records hold; points are found only where there is no fault.
    `published` says that the quarter is released, where it is: then no point stops it any more.
    """

    framework: str
    quarter: str
    counted: str
    faults: Sequence[Fault]
    points: Sequence[Point]
    published: str = ""

    @property
    def stops(self) -> int:
        """How many things keep the quarter from being released."""
        return len(self.faults) + sum(point.stops for point in self.points)

    @property
    def standing(self) -> str:
        """The same in words, to be followed by between what they stand."""
        return "1 thing stands" if self.stops == 1 else f"{self.stops} things stand"


def check(plan: Plan) -> Checked:
    """Check a quarter's records, words and notebooks for both editions; what it says may name what is exempt."""
    slug, faults, ledgers = plan.framework.slug, call_faults(plan), {}
    found = published_faults(plan.framework, plan.quarter, "restricted", plan.root)
    found += letter_faults(plan.framework, "restricted", plan.root)
    faults |= {str(fault): fault for fault in found}
    for edition in reversed(EDITIONS):
        try:
            ledgers[edition] = load_ledger(slug, edition, plan.root)
            said = read_quarterly(plan.framework, plan.quarter, plan.root)
            found = token_faults(ledgers[edition], plan.quarter, said)
        except RecordsError as error:
            found = error.faults
        known = {(fault.place, fault.problem) for fault in faults.values()}  # what is wrong in both is told once
        wholly = [(fault, (fault.place, fault.problem.replace(" in the public edition", ""))) for fault in found]
        faults |= {str(fault): fault for fault, whole in wholly if whole not in known}
    if faults:
        return Checked(slug, plan.quarter.text, "", list(faults.values()), [], plan.published)
    ledger, texts = ledgers["restricted"], read_texts(slug, home(plan.root) / "data" / slug, [])
    counted = f"{len(ledger.indicators)} indicators and measures, {len(ledger.readings)} readings"
    public = without_exempt(texts, plan.framework.year_starts)
    points = [
        *_given_away(texts, public, ledgers["public"], plan.quarter),
        *_lifted(texts, public, ledger, plan.quarter),
        *_unmarked(plan),
        *open_points(ledger, plan.quarter),
        *_printed(texts),
    ]
    if plan.published:
        points = [replace(point, stops=False) for point in points]
    return Checked(slug, plan.quarter.text, counted, [], points, plan.published)


def _given_away(texts: Texts, public: Texts, ledger: Ledger, at: Period) -> Iterator[Point]:
    """Exempt figures that could be worked out from what the public edition prints."""
    for each in given_away(texts, public, _told(ledger, at), ledger.framework.year_starts):
        said = f"It is exempt, and follows from {listed(each.by)} in the public edition; mark one too, or take it out."
        yield Point("exempt figure given away", "", f"{each.indicator} {each.period}", said, stops=True)


def _lifted(texts: Texts, public: Texts, ledger: Ledger, at: Period) -> Iterator[Point]:
    """What was exempt when it was last recorded, and is not marked any more; without a word why, it stops."""
    for each in lifted(texts, public, ledger.summaries, at, ledger.framework.year_starts):
        stops = bool(each.why_in) and not each.why
        remedy = f"mark it, or say in its {each.why_in} why it is public now" if stops else "see that it may be"
        said = f"It is public, and was exempt in {each.before}; {remedy}."
        yield Point("exemption lifted", "", each.what, said, stops)


def _unmarked(plan: Plan) -> Iterator[Point]:
    """What was exempt when it was released, and has lost its mark since."""
    for where, then in unmarked(plan.framework, plan.quarter, plan.root):
        said = f"It was exempt when {then} was released, and its mark is gone; see that it may be public."
        yield Point("exemption lifted", "", where, said)


def _told(public: Ledger, at: Period) -> Iterator[Told]:
    """What the public edition prints in words in a quarter's report."""
    known = public.as_at(at)
    yield Told(f"params/{public.framework.slug}/framework.yml, source", "", public.framework.source)
    for name, columns in _WORDS.items():
        frame = getattr(known, name)
        for row in (frame[frame["quarter"] == at.text] if "quarter" in frame else frame).to_dict("records"):
            about = row.get("indicator", "")
            where = row["file"] if name == "summaries" else f"{name}.csv, {_key(name, row)}"
            for column in columns:
                if row.get(column):
                    yield Told(f"{where}, {column}", about, str(row[column]), column in _CELLS)


def _key(name: str, row: Mapping[str, Any]) -> str:
    """Name a row by what it is about."""
    return " ".join(row[key] for key in KEYS[f"{name}.csv"] if key not in ("text", "reported"))


def _printed(texts: Texts) -> Iterator[Point]:
    """Cells as printed that a spreadsheet program seems to have changed, and how many more one would change."""
    loose = 0
    for file in ("readings.csv", "targets.csv"):
        for row, cell in texts[file].get("as_printed", pd.Series(dtype=str)).items():
            if looks_changed(cell):
                said = f"{cell!r} may be what a spreadsheet program made of it; write what was printed, in quotes."
                yield Point("changed as printed", "", f"{file}, row {row}, column as_printed", said)
            else:
                loose += at_risk(cell)
    if loose:
        cells = "1 cell" if loose == 1 else f"{loose} cells"
        said = f'A spreadsheet program may change {cells} as printed; put quotation marks round each: "8/10".'
        yield Point("unguarded as printed", "", "readings.csv, targets.csv", said)


def report(checked: Checked, form: str) -> str:
    """Say what was found: for people, for a spreadsheet, or for another program; faults have a form of their own."""
    if form == "json":
        found = {
            "framework": checked.framework,
            "quarter": checked.quarter,
            "released": checked.published,
            "stops": checked.stops,
            "faults": [asdict(fault) for fault in checked.faults],
            "points": [asdict(point) for point in checked.points],
        }
        return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if form == "csv":
        page = io.StringIO()
        write = csv.writer(page, lineterminator="\n").writerow
        write(["kind", "stops", "who", "where", "what", "remedy"])
        for fault in checked.faults:
            write(map(plain, ["fault", "yes", "", fault.place, fault.problem, fault.remedy]))
        for point in checked.points:
            stops = "yes" if point.stops else "no"
            write(map(plain, [point.kind, stops, point.who, point.where, point.what, ""]))
        return page.getvalue()
    lines = [checked.published] if checked.published else []
    lines += [f"No fault in the records of {checked.framework}: {checked.counted}."]
    stopping = sentences([point for point in checked.points if point.stops])
    lines += [f"Before publication: {line}" for line in stopping]
    lines += [f"To look at: {line}" for line in sentences([point for point in checked.points if not point.stops])]
    if checked.stops:
        lines.append(f"{checked.standing} between {checked.quarter} and publication.")
    return "\n".join(lines) + "\n"
