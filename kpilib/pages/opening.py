"""The door a notebook goes through."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from kpilib.pages.cover import CoverPage
from kpilib.pages.directorate import DirectoratePage
from kpilib.pages.page import Page
from kpilib.pages.priority import PriorityPage
from kpilib.pages.register import RegisterPage
from kpilib.pages.services import ServicesPage
from kpilib.pages.summary import OverviewPage, SummaryPage
from kpilib.pages.trend_summary import TrendIndex, TrendSummary
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.framework import Framework, PageEntry, home_note
from kpilib.records.ledger import Ledger, recorded, unrecorded
from kpilib.records.page_records import page_records
from kpilib.records.periods import Period, earlier
from kpilib.records.published import published_faults
from kpilib.records.quarterly import place, read_quarterly
from kpilib.records.releases import is_released
from kpilib.records.snapshot import current

KINDS: dict[str, type[Page]] = {
    "cover_report": CoverPage,
    "priority": PriorityPage,
    "services": ServicesPage,
    "executive_summary": SummaryPage,
    "directorate": DirectoratePage,
    "risk_register": RegisterPage,
    "overview": OverviewPage,
}
BY_TREND: dict[str, type[Page]] = {
    "priority": ServicesPage,
    "executive_summary": TrendSummary,
    "overview": TrendIndex,
}


def open_page(
    framework: str, page: str | Page, quarter: str, edition: str = "public", *, root: str | Path | None = None
) -> Page:
    """
    Open a page of a report: the records that concern it, judged.

    In the page of a run they are of the run's snapshot, and it is noted that the page depends on them.

    Args:
        framework: the name of the council's folder in params/ and data/, such as `lancashire-2019`.
        page: a page of its framework.yml; `index` is the overview that opens the report.
            An opened page stands for its own name, so that a notebook's cell `page = kpi.open_page(…, page, …)`
            can be run again.
        quarter: as `2019-20-Q3`.
        edition: `public`, from which exempt records are gone, or `restricted`.
        root: the folder of notebooks/, params/ and data/; without it, the one that `kpi.home()` gives.

    Raises:
        RecordsError: with every fault of what was asked for, or of the records.
    """
    name = page.entry.page if isinstance(page, Page) else page
    _check_texts(framework=framework, page=name, quarter=quarter, edition=edition)
    ledger = recorded(framework, edition, root)
    said, snapshot = ledger.framework, current() if root is None else None
    try:
        entry, at = _asked(said, name, quarter)
    except RecordsError:
        if snapshot:  # a cell may cope with that, and show something else once there is such a page
            snapshot.note_framework(framework)
        raise
    shown = page_records(ledger, entry, at)
    if snapshot:
        snapshot.note(("page", framework, name, quarter), page_sums(shown, at, snapshot.part(framework, "parameters")))
    empty = unrecorded(ledger, at) or all_exempt(ledger, name, quarter)
    if empty:
        raise RecordsError(empty)
    kind = {**KINDS, **(BY_TREND if said.rule(at).kind == "trend" else {})}[entry.kind]
    if snapshot is None:
        return kind(shown, entry, at, read_quarterly(said, at, root), notes=_notes(ledger, at, root))
    verdicts = _verdicts(snapshot.part(framework, "verdicts"), shown, at)
    return kind(shown, entry, at, read_quarterly(said, at), verdicts)


def all_exempt(ledger: Ledger, page: str, quarter: str) -> list[Fault]:
    """Find that everything on a page is exempt, so that the public edition does not have it: at most one fault."""
    if page not in ledger.bare.get(quarter, ()):
        return []
    return [Fault(f"page {page}", f"everything on it is exempt in {quarter}", "Open it in the restricted edition.")]


def page_sums(shown: Ledger, at: Period, files: Mapping[str, bytes]) -> dict[str, str]:
    """
    Give the sha256 of all that a page is of: its records by file, the framework, and the quarter's own file.

    Args:
        files: those of params/, by their names from the root.
    """
    own, framework = place(shown.framework, at), shown.framework
    said = {own: hashlib.sha256(files[own]).hexdigest()} if own in files else {}
    return shown.sums() | said | {f"params/{framework.slug}/framework.yml": framework.sum}


def _verdicts(
    known: Mapping[tuple[str, str], pd.DataFrame], shown: Ledger, at: Period
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Choose the verdicts on a page's indicators, at its quarter and at the one before, where both are known."""
    found = [known.get((at.text, each.text)) for each in (at, earlier(at, 1))]
    own = set(shown.indicators["indicator"])
    now, before = (
        None if frame is None else frame[frame["indicator"].isin(own)].reset_index(drop=True) for frame in found
    )
    return None if now is None or before is None else (now, before)


def _notes(ledger: Ledger, at: Period, root: str | Path | None) -> list[str]:
    """Say what whoever opens a page in a notebook should know: whose records it shows, and whether it is published."""
    changed = published_faults(ledger.framework, at, ledger.edition, root)
    notes = [home_note(root), is_released(ledger.framework, at, root), *map(str, changed)]
    return [note for note in notes if note]


def _check_texts(**given: object) -> None:
    """Refuse parameters that are no texts, such as a year without quotation marks."""
    faults = [
        Fault(name, f"{value!r} is not a text", "Write it in quotation marks, as in the first cell of a notebook.")
        for name, value in given.items()
        if not isinstance(value, str)
    ]
    if faults:
        raise RecordsError(faults)


def _asked(framework: Framework, page: str, quarter: str) -> tuple[PageEntry, Period]:
    """Find the page and the quarter that are asked for, or raise RecordsError with what is wrong with either."""
    faults: list[Fault] = []
    entry = at = None
    try:
        entry = framework.entry(page)
    except RecordsError as error:
        faults += error.faults
    try:
        at = framework.quarter(quarter)
    except ValueError as error:
        faults.append(Fault("quarter", str(error), "Name the quarter of the report."))
    if entry and entry.kind not in KINDS:
        place = f"params/{framework.slug}/framework.yml @ pages {page}"
        faults.append(Fault(place, f"no kind of page {entry.kind!r}", allowed(entry.kind, KINDS)))
    if faults or entry is None or at is None:
        raise RecordsError(faults)
    return entry, at
