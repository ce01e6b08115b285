"""The cover report: what the committee is asked to do, with the particulars and the appendices that go with it."""

from __future__ import annotations

from functools import cached_property

from markupsafe import Markup

from kpilib.pages import tables
from kpilib.pages.page import Page
from kpilib.pages.prose import say_all
from kpilib.pages.shown import Shown, fill, together
from kpilib.pages.tokens import Tokens
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import OVERVIEW, CoverReport, Section
from kpilib.records.quarterly import cover_texts

WAITING = "To be confirmed."


class CoverPage(Page):
    """
    The report that goes before a committee, in the council's own manner.

    Its parts are those of framework.yml; what the quarter's own file says goes before.
    """

    def _facts(self) -> list[str]:
        return []

    @property
    def _tells_of_part_two(self) -> bool:
        """So does a cover report, unless its own words do."""
        texts = cover_texts(self.framework, self.quarter, self._quarterly.report)
        return not any("part_two" in text for text, _ in texts.values())

    @property
    def _cover(self) -> CoverReport:
        if self.framework.cover_report is None:
            place = f"params/{self.framework.slug}/framework.yml"
            raise RecordsError([Fault(place, "has no `cover_report` part", "Add its head and its sections.")])
        return self.framework.cover_report

    @cached_property
    def _said(self) -> dict[tuple[str, str], Markup]:
        """The texts of the report with their figures filled in, by part and label or heading."""
        texts = cover_texts(self.framework, self.quarter, self._quarterly.report)
        tokens = Tokens(self._ledger, self.quarter, self._judged)
        shown = say_all([(text, place, 1) for text, place in texts.values()], tokens)
        return {name: each.html for name, each in zip(texts, shown, strict=True)}

    def particulars(self) -> Shown:
        """What stands above a report: meeting, who reports, who is affected, whom to ask."""
        rows = [(label, self._said.get(("head", label), WAITING)) for label in self._cover.head]
        return fill("particulars", rows=rows) if rows else fill("paragraph", texts=[])

    def report(self) -> Shown:
        """The sections of the report, each under its heading."""
        sections = [(section.heading, self._section(section)) for section in self._cover.sections]
        late = fill("paragraph", texts=[text for text in [self._lateness()] if text])
        return together([late, fill("report", numbered=self._cover.numbered, sections=sections)])

    def _section(self, section: Section) -> Markup:
        text = self._said.get(("sections", section.heading))
        if section.shows != "appendices":
            return text or fill("paragraph", texts=[WAITING]).html
        return Markup("\n").join([text or Markup(""), self._appendices().html])

    def _appendices(self) -> Shown:
        """The appendices, by letter and title."""
        rows = [tables.Row(f"Appendix {each.letter}", [each.title]) for each in self.framework.appendices]
        if not rows:
            return fill("paragraph", texts=["None."])
        listed = tables.table("Each appendix is a paper of its own.", ["Appendix", "Title"], rows, look="notes")
        way = tables.link(f"{OVERVIEW}.html#papers", "Open the appendices, or the dashboard")
        return together([listed, fill("paragraph", look="onscreen", texts=[way])])
