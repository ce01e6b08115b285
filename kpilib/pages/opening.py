"""The door a notebook goes through."""

from __future__ import annotations

from pathlib import Path

from kpilib.pages.cover import CoverPage
from kpilib.pages.directorate import DirectoratePage
from kpilib.pages.page import Page
from kpilib.pages.priority import PriorityPage
from kpilib.pages.register import RegisterPage
from kpilib.pages.services import ServicesPage
from kpilib.pages.summary import OverviewPage, SummaryPage
from kpilib.pages.trend_summary import TrendIndex, TrendSummary
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.framework import Framework, PageEntry, home_note, load_framework
from kpilib.records.handed import handed
from kpilib.records.ledger import Ledger, load_ledger, unrecorded
from kpilib.records.periods import Period
from kpilib.records.published import published_faults
from kpilib.records.quarterly import read_quarterly
from kpilib.records.releases import is_released

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
    Open a page of a report.

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
    said = load_framework(framework, root)
    entry, at = _asked(said, name, quarter)
    ledger = load_ledger(framework, edition, root)
    by_trend = BY_TREND if said.rule(at).kind == "trend" else {}
    own = handed(framework, edition) if root is None else None
    verdicts = own.judged if own else None
    notes = [] if own else _notes(ledger, at, root)
    kind = {**KINDS, **by_trend}[entry.kind]
    return kind(ledger, entry, at, read_quarterly(said, at, root), verdicts, notes)


def _notes(ledger: Ledger, at: Period, root: str | Path | None) -> list[str]:
    """
    Say what whoever opens a page in a notebook should know: whose records it shows, and whether they are published.

    Raises:
        RecordsError: no record is of the quarter, so that there is nothing to show.
    """
    empty = unrecorded(ledger, at)
    if empty:
        raise RecordsError(empty)
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
