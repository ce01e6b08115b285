"""
An indicator's own screen: what its card adds when it stands alone.

The ways on from it, its ratings over time, what was revised, how others do, and where its figures come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from urllib.parse import urlsplit

import pandas as pd
from markupsafe import Markup

from kpilib.judgement.control import signals
from kpilib.judgement.rating import RUN, history
from kpilib.pages import tables, words
from kpilib.pages.changed import was_and_is
from kpilib.pages.closer import CloserLook
from kpilib.pages.shown import Shown, fill, together
from kpilib.records.framework import OVERVIEW
from kpilib.records.periods import period


def steps(here: str, names: Sequence[tuple[str, str]], page: str, whole: str, listing: str = "") -> Markup:
    """
    The ways on from a card that stands alone: to the whole page, to the report's list, to the cards beside it.

    Args:
        here: the card's id.
        names: every card of the page, id and name, in order.
        page: the page that the card stands on.
        whole: what the whole page is called: `All indicators of this page`.
        listing: what the report's list is called, where it lists these.
    """
    place = [name for name, _ in names].index(here)
    ways = [(f"{page}.html", whole)]
    ways += [(f"{OVERVIEW}.html#indicators", listing)] if listing else []
    ways += [(f"#{names[place - 1][0]}", f"Previous: {names[place - 1][1]}")] if place else []
    ways += [(f"#{names[place + 1][0]}", f"Next: {names[place + 1][1]}")] if place + 1 < len(names) else []
    return fill("steps", name=names[place][1], ways=ways).html


class OwnScreen(CloserLook):
    """A page whose cards can stand alone."""

    def _steps(self, row: pd.Series) -> Markup:
        names = list(zip(self.indicators["indicator"], self.indicators["short_name"], strict=True))
        whole, listing = "All indicators of this page", "Every indicator of the report"
        return steps(row["indicator"], names, self.entry.page, whole, listing)

    def _more(self, row: pd.Series) -> Shown:
        """What a card adds when it stands alone."""
        parts = [self._ratings(row), self._revisions(row), self._compared(row), self._origin(row)]
        return together([part for part in parts if part])

    @cached_property
    def _history(self) -> pd.DataFrame:
        """Every reading of its indicators that compares with the latest, rated by today's rule, the latest first."""
        return history(self.indicators, self.targets, self.readings, self.framework.rule(self.quarter))

    @cached_property
    def _usual(self) -> pd.DataFrame:
        """The usual range of each figure of those indicators that have one."""
        return signals(self.indicators[self.indicators["variation"] != ""], self.readings)

    def _figures_behind(self, row: pd.Series, readings: pd.DataFrame) -> Shown:
        """The figures of a trend chart, each with its rating and its usual range where these are known."""
        known = self._history[self._history["indicator"] == row["indicator"]].set_index("period")
        label = readings["period"].map(known["rating"].map(dict(self.framework.ratings))).fillna("")
        usual = self._usual[self._usual["indicator"] == row["indicator"]].set_index("period")
        ranges = {name: readings["period"].map(usual[name]) for name in ("mean", "lower", "upper", "signal")}
        rated = row["rating"] != "not rated"
        return tables.series(row, readings.assign(label=label if rated else "", **ranges))

    def _ratings(self, row: pd.Series) -> Shown | None:
        """How it has been rated: its last figures, each against the target of its time."""
        own = self._history[self._history["indicator"] == row["indicator"]].head(RUN)
        if own["rating"].eq("not rated").all():
            return None
        labels = self.framework.ratings
        rows = [
            tables.Row(
                each["period_name"],
                [
                    tables.figure(each),
                    tables.target(each) or "Not given",
                    tables.tag(each["rating"], labels[each["rating"]]),
                ],
            )
            for _, each in own.iterrows()
        ]
        many = "The latest figure" if len(own) == 1 else f"The last {words.number(len(own))} figures"
        caption = f"{many} of {row['short_name']}, each rated by the rule of {self.quarter.name}."
        if row["rating"] != row["computed_rating"]:
            caption += f" The rule alone is followed here; “{row['label']}” is the council's own statement."
        heads = ["Period", "Figure", "Target then", "Rating"]
        return _part("How has it been rated?", tables.table(caption, heads, rows, numbers={1, 2}, look="notes"))

    def _revisions(self, row: pd.Series) -> Shown:
        """What has been revised since it was first published."""
        own = self.readings[self.readings["indicator"] == row["indicator"]]
        own = own[own["since"] != ""].sort_values("end", ascending=False)
        if own.empty:
            return _part("What has been revised?", fill("paragraph", texts=["No figure of it has been revised."]))
        unit, decimals = row["unit"], row["decimals"]
        rows = [
            tables.Row(
                each["period_name"],
                [
                    was_and_is(each["was"], each["value"], unit, decimals),
                    period(each["since"], self.framework.year_starts).name,
                ],
            )
            for _, each in own.iterrows()
        ]
        caption = f"Figures of {row['short_name']} that were revised, beside what was published before."
        heads = ["Period", "What was published", "In the report of"]
        return _part("What has been revised?", tables.table(caption, heads, rows, look="notes"))

    def _compared(self, row: pd.Series) -> Shown | None:
        """How others do, where there is a figure of theirs: a chart of a few, a table of whole groups."""
        own = self.benchmarks[(self.benchmarks["indicator"] == row["indicator"]) & self.benchmarks["value"].notna()]
        parts = []
        if pd.notna(row["value"]) and not own["grouped"].all():
            parts.append(self._against(row, ""))
        if own["grouped"].any():
            parts.append(self._beside_groups(row))
        return _part("How do others do?", together(parts)) if parts else None

    def _beside_groups(self, row: pd.Series) -> Shown:
        """Where it stands in whole groups of others, by the latest period that it has."""
        looked = self.standings[self.standings["indicator"] == row["indicator"]]
        groups = self._closest_first(looked[looked["end"] == looked["end"].max()])
        return self._standings_table([(row, groups)], list(groups.index))

    def _origin(self, row: pd.Series) -> Shown | None:
        """Where its figures come from: whose they are, and where the national ones are to be found."""
        known = [("Service", row["service"]), ("Source", row["source"] or self.framework.source)]
        facts: list[tuple[str, tables.Cell]] = [(what, said) for what, said in known if said]
        if row["link"]:
            facts.append(("National figures", tables.link(row["link"], f"at {urlsplit(row['link']).hostname}")))
        return _part("Where does it come from?", fill("facts", facts=facts)) if facts else None


def _part(question: str, answer: Shown) -> Shown:
    return fill("part", question=question, answer=answer)
