"""The cover report: what the committee is asked to do, with the particulars and the appendices that go with it."""

from __future__ import annotations

from functools import cached_property

from markupsafe import Markup

from kpilib.pages import tables
from kpilib.pages.page import Page
from kpilib.pages.prose import say
from kpilib.pages.shown import Shown, fill, together
from kpilib.pages.tokens import Tokens
from kpilib.records import quarterly
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import CoverReport, Section

WAITING = "To be confirmed."


class CoverPage(Page):
    """
    The report that goes before a committee, in the council's own manner.

    Its parts are those of framework.yml; what the quarter's own file says goes before.
    """

    def _facts(self) -> list[str]:
        return []

    @property
    def _cover(self) -> CoverReport:
        if self.framework.cover_report is None:
            place = f"params/{self.framework.slug}/framework.yml"
            raise RecordsError([Fault(place, "has no `cover_report` part", "Add its head and its sections.")])
        return self.framework.cover_report

    @cached_property
    def _tokens(self) -> Tokens:
        return Tokens(self._ledger, self.quarter, self._judged)

    def particulars(self) -> Shown:
        """What stands above a report: meeting, who reports, who is affected, whom to ask."""
        own = self._quarterly.report.head
        rows = [
            tables.Row(label, [self._said("head", label, own.get(label, ""), text).html])
            for label, text in self._cover.head.items()
        ]
        return fill("particulars", rows=rows) if rows else fill("paragraph", texts=[])

    def report(self) -> Shown:
        """The sections of the report, each under its heading."""
        return fill(
            "report",
            numbered=self._cover.numbered,
            sections=[(section.heading, self._section(section)) for section in self._cover.sections],
        )

    def _section(self, section: Section) -> Markup:
        own = self._quarterly.report.sections.get(section.heading, "")
        lists = [self._appendices()] if section.shows == "appendices" else []
        if lists and not own + section.text:
            return lists[0].html
        return together([self._said("sections", section.heading, own, section.text), *lists]).html

    def _said(self, part: str, name: str, own: str, usual: str) -> Shown:
        """A text of the report with its figures filled in: the quarter's own, or the framework's, or that it waits."""
        where = quarterly.place(self.framework, self.quarter) if own else f"params/{self.framework.slug}/framework.yml"
        place = f"{where} @ {'report' if own else 'cover_report'} {part} {name}"
        return say(own or usual or WAITING, self._tokens, place, 1)

    def _appendices(self) -> Shown:
        """The appendices, by letter and title."""
        rows = [tables.Row(f"Appendix {each.letter}", [each.title]) for each in self.framework.appendices]
        if not rows:
            return fill("paragraph", texts=["None."])
        return tables.table("The appendices of this report.", ["Appendix", "Title"], rows, look="notes")
