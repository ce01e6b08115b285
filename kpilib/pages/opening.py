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
from kpilib.records.handed import handed
from kpilib.records.ledger import load_ledger
from kpilib.records.quarterly import read_quarterly

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
    framework: str, page: str, quarter: str, edition: str = "public", *, root: str | Path | None = None
) -> Page:
    """
    Open a page of a report.

    Args:
        framework: the name of the council's folder in params/ and data/, such as `lancashire-2019`.
        page: a page of its framework.yml; `index` is the overview that opens the report.
        quarter: as `2019-20-Q3`.
        edition: `public`, from which exempt records are gone, or `restricted`.
        root: the folder of notebooks/, params/ and data/; without it `KPILIB_ROOT`, or the project's own.

    Raises:
        RecordsError: with every fault of the records, or of what was asked for.
    """
    ledger = load_ledger(framework, edition, root)
    said = ledger.framework
    try:
        at = said.quarter(quarter)
    except ValueError as error:
        raise RecordsError([Fault("quarter", str(error), "Name the quarter of the report.")]) from error
    entry = said.entry(page)
    if entry.kind not in KINDS:
        place = f"params/{framework}/framework.yml @ pages {page}"
        raise RecordsError([Fault(place, f"no kind of page {entry.kind!r}", allowed(entry.kind, KINDS))])
    by_trend = BY_TREND if said.rule(at).kind == "trend" else {}
    own = handed(framework, edition) if root is None else None
    verdicts = own.judged if own else None
    return {**KINDS, **by_trend}[entry.kind](ledger, entry, at, read_quarterly(said, at, root), verdicts)
