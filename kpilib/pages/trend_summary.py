"""The executive summary and the overview of a council that goes by trends: what moved, over all services."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kpilib.judgement.figures import lower_first
from kpilib.judgement.rating import OFF_TARGET
from kpilib.judgement.verdict import is_good_news, needs_attention, travelled
from kpilib.pages import tables, words
from kpilib.pages.directions import FIRST, SIGNALLED, WAYS, Directions
from kpilib.pages.shown import Shown, fill, together
from kpilib.pages.summary import OverviewPage, SummaryPage

SIGNALS_SAID = {"improvement": "Signals for the better", "concern": "Signals for the worse"}


class TrendSummary(Directions, SummaryPage):
    """All services together: which way each went, and what needs attention."""

    def by_priority(self) -> Shown:
        """How many indicators went which way, by service."""
        names = {entry.page: tables.link(f"{entry.page}.html", entry.title) for entry in self.framework.indicator_pages}
        return self._travelled_by("page", names, self.framework.priority_word.capitalize())

    def by_directorate(self) -> Shown:
        """The same by directorate."""
        return self._travelled_by("directorate", {name: name for name in self.indicators["directorate"]}, "Directorate")

    def _travelled_by(self, by: str, names: Mapping[str, tables.Cell], head: str) -> Shown:
        counted, labels = travelled(self._in_order(), by), {**self.framework.directions, **SIGNALS_SAID}
        columns = [*WAYS, *SIGNALLED, "indicators"]
        heads = [head, *[labels[column] for column in (*WAYS, *SIGNALLED)], "Indicators"]
        rows = [tables.Row(names[group], [str(row[column]) for column in columns]) for group, row in counted.iterrows()]
        foot = tables.Row("All", [str(counted[column].sum()) for column in columns])
        caption = (
            f"Indicators by {head.lower()} and direction, against {self._compared_with()}. "
            "A signal is more than the ordinary ups and downs."
        )
        return tables.table(caption, heads, rows, numbers=range(1, len(heads)), foot=foot)

    def changes(self) -> Shown:
        """How the count of each direction moved, and which indicators turned."""
        now, then = travelled(self.indicators).sum(), travelled(self._before).sum()
        labels, last = self.framework.directions, self.last_quarter.name
        rows = [tables.Row(tables.arrow(way, labels[way]), [str(then[way]), str(now[way])]) for way in WAYS]
        rows += [tables.Row(SIGNALS_SAID[signal], [str(then[signal]), str(now[signal])]) for signal in SIGNALLED]
        caption = "How many indicators went which way, and how many show more than their ordinary ups and downs."
        counted = tables.table(caption, ["Direction", last, self.quarter.name], rows, numbers={1, 2})
        return together([counted, super().changes()])

    def attention(self) -> Shown:
        """What has a signal for the worse, got worse or misses a contract's target: why, and what is being done."""
        here = self.indicators[needs_attention(self.indicators)]
        heads = ["Indicator", "Direction", "What moved", "Why", "What is being done"]
        rows = [
            tables.Row(
                self._name(row),
                [self._standing_of(row), self._moved(row), *self._explained(row["indicator"])],
            )
            for _, row in here.iterrows()
        ]
        what = "with a signal for the worse, a figure that got worse or a contract target that is missed"
        return together([_listed(here, what, heads, rows, "attention moved"), self._completeness()])

    def good_news(self) -> Shown:
        """What has a signal for the better, or got better."""
        here = self.indicators[is_good_news(self.indicators)]
        rows = [tables.Row(self._name(row), [self._standing_of(row), self._moved(row)]) for _, row in here.iterrows()]
        what = "with a signal for the better or a figure that got better, and nothing that needs attention"
        return _listed(here, what, ["Indicator", "Direction", "What moved"], rows, "names")

    def _standing_of(self, row: pd.Series) -> tables.Cell:
        """A direction with its signal, and the rating where a contract's target is missed."""
        way = tables.arrow(row["direction"], row["direction_label"])
        if row["rating"] in OFF_TARGET:
            return tables.under(tables.tag(row["rating"], row["label"]), way)
        return tables.under(way, words.signal(row))

    def _moved(self, row: pd.Series) -> str:
        """From what to what a figure moved, whether that is unusual, and how far a contract's target is off."""
        said = [f"The figure is of {row['period_name']}."] if row["late"] else []
        said += [row["reason"]] if row["rating"] in OFF_TARGET else []
        said += [row["direction_reason"]] if row["direction"] != "cannot say" else []
        said += [row["control_reason"]] if row["variation"] in SIGNALLED else []
        return " ".join(said)


class TrendIndex(TrendSummary, OverviewPage):
    """What opens the report of such a council."""

    _grouped_by = "direction"

    def _mark(self, row: pd.Series) -> tables.Cell:
        return tables.arrow(row["direction"], row["direction_label"])

    def _in_groups(self, page: str) -> list[tuple[tables.Cell, list[tables.Cell]]]:
        ways = self.indicators.loc[self.indicators["page"] == page, "direction"].unique()
        return [
            group
            for _, group in sorted(zip(ways, super()._in_groups(page), strict=True), key=lambda way: FIRST[way[0]])
        ]

    def _every(self, titles: Mapping[str, str]) -> Shown:
        order = "Every indicator: signals for the worse first, then what got worse, stayed the same and got better."
        return self.listing(order, titles=titles)

    def _standing(self, counted: pd.DataFrame, page: str) -> str:
        here = travelled(self.indicators, "page")
        if page not in here.index:
            return ""
        labels = self.framework.directions
        return ", ".join(f"{here.at[page, way]} {lower_first(labels[way])}" for way in WAYS if here.at[page, way])


def _listed(here: pd.DataFrame, what: str, heads: list[str], rows: list[tables.Row], look: str) -> Shown:
    """A table of some indicators, or a sentence where there is none."""
    if here.empty:
        return fill("paragraph", texts=[f"There is no indicator {what}."])
    caption = f"{words.sentence(words.counted(len(here), 'indicator'))[:-1]} {what}."
    return tables.table(caption, heads, rows, look=look)
