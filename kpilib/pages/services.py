"""The page of one service, or of a partner's: where it is heading, what its head says, targets only by contract."""

from __future__ import annotations

from urllib.parse import urlsplit

import pandas as pd

from kpilib.judgement.figures import bare, percent
from kpilib.judgement.trend import gain_share
from kpilib.pages import charts, tables, words
from kpilib.pages.directions import Directions
from kpilib.pages.priority import PriorityPage
from kpilib.pages.shown import Shown, fill, together


class ServicesPage(Directions, PriorityPage):
    """The page of one service; its entry may name the partner who runs it for the council."""

    def _facts(self) -> list[str]:
        partner = [f"Run for the council by {self.entry.partner}"] if self.entry.partner else []
        return [*partner, *super()._facts()]

    def overview(self) -> Shown:
        """Every indicator in one table, signals for the worse and what got worse first."""
        order = "Signals for the worse first, then what got worse, what stayed the same and what got better."
        return self.listing(f"{order} Direction is against {self._compared_with()}; Trend draws the last figures.")

    def charts(self) -> Shown:
        """How much better or worse each figure is than the one it is compared with, and which are unusual."""
        here = self.indicators
        moved = gain_share(here, here["previous"]).where(here["direction"] != "cannot say")
        said = [
            f"{bare(row.value, row.unit, row.decimals)} from {bare(row.previous, row.unit, row.decimals)}"
            for row in here.itertuples()
        ]
        signals = [words.signal(row) for _, row in here.iterrows()]
        drawn = here.assign(moved=moved, said=said, signal_words=signals)[moved.notna()]
        unusual = fill("paragraph", texts=[self._signals()])
        if drawn.empty:
            return together([fill("paragraph", texts=["There is nothing to compare yet."]), unusual])
        texts = [
            f"Each mark is how much a figure has changed against {self._compared_with()}, as a share of it: "
            "right of the line is better, left of it worse. "
            "A diamond is a signal for the worse and a cross one for the better."
        ]
        if (drawn["moved"].abs() > charts.EDGE).any():
            texts.append(
                f"Marks stop at {percent(charts.EDGE / 100)}; where one is further off, its label says how far."
            )
        if (drawn["direction"].eq("same") & drawn["moved"].ne(0)).any():
            texts.append("“Same” beside a change says that it is too small to count as one.")
        left = here.loc[moved.isna(), "short_name"]
        if len(left):
            texts.append(f"Not drawn, because there is no direction, or the earlier figure is zero: {'; '.join(left)}.")
        return together(
            [fill("paragraph", texts=[" ".join(texts)]), charts.movement(drawn, self._compared_with()), unusual]
        )

    def sources(self) -> Shown:
        """Where each figure comes from, and where the figures of others are to be found."""
        linked = self.indicators[self.indicators["link"] != ""]
        if linked.empty:
            return super().sources()
        links = [
            (href, "; ".join(group["short_name"]), f"on {urlsplit(href).netloc}")
            for href, group in linked.groupby("link", sort=False)
        ]
        return together([super().sources(), fill("links", lead="Compare with national figures:", links=links)])

    def _figures(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        return [*self._latest(row), *self._travelled(row), *_signalled(row), *self._aimed(row)]

    def _aimed(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        return super()._aimed(row) if row["indicator"] in set(self.targeted["indicator"]) else []

    def _no_figure(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        return [("latest figure", tables.latest(row, self.quarter.name))]

    def _rated_because(self, row: pd.Series) -> str:
        """Say nothing of a rating where no contract asks for one."""
        reason = super()._rated_because(row)
        if pd.isna(row["value"]):
            return words.sentence(reason.removeprefix("Not rated: "))
        return reason if pd.notna(row["kind"]) else ""

    def _silence(self, row: pd.Series) -> list[tuple[str, list[str]]]:
        """Say only what was asked for and not received: the head of service speaks for the rest."""
        return super()._silence(row) if row["indicator"] in set(self.owed["indicator"]) else []


def _signalled(row: pd.Series) -> list[tuple[str, tables.Cell]]:
    """What the control chart says of a figure."""
    said = words.signal(row)
    return [("trend", words.sentence(said)[:-1])] if said else []
