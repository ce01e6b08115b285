"""What a page says where the direction of travel, and not a target, tells how a service is doing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import pandas as pd

from kpilib.judgement.figures import bare, show
from kpilib.judgement.trend import comparable, gain_share
from kpilib.judgement.verdict import counts, travelled
from kpilib.pages import tables, words
from kpilib.pages.page import Page
from kpilib.pages.shown import Shown, fill, together

COMPARED = ("better", "same", "worse")
WAYS = (*COMPARED, "cannot say")
FIRST = {"worse": 1, "same": 2, "better": 3, "cannot say": 4}  # what a reader should see first, after signals
KEYS = ("name", "figure", "", "", "direction", "", "target")  # by what a script may order the columns
SIGNALLED = ("improvement", "concern")


class Directions(Page):
    """
    Leads with directions of travel and signals; ratings are of contracts' targets alone.

    It comes before the kind of page whose words it changes.
    """

    def _ordered(self, judged: pd.DataFrame) -> pd.DataFrame:
        """Signals for the worse first, then what got worse, stayed the same and got better; the largest fall first."""
        order = pd.DataFrame(
            {
                "place": judged["direction"].map(FIRST).mask(judged["variation"] == "concern", 0),
                "none": judged["value"].isna(),
                "moved": gain_share(judged, judged["previous"]),
            }
        )
        return judged.loc[order.sort_values(["place", "none", "moved"], kind="stable", na_position="last").index]

    @property
    def targeted(self) -> pd.DataFrame:
        """Those of its indicators that a contract sets a target for."""
        return self.indicators[self.indicators["kind"].notna()]

    @cached_property
    def _with_before(self) -> pd.DataFrame:
        """Its indicators with the figure before, also where directions are told against a year before."""
        return comparable(self.indicators, self.readings)

    def _compared_with(self) -> str:
        return words.compared_with(self.framework.rule(self.quarter).compare)

    def _in_short(self) -> list[str]:
        said = [
            words.movement(self.indicators, self.framework.rule(self.quarter).compare),
            words.beyond_ordinary(self.indicators),
        ]
        if len(self.targeted):
            row = counts(self.targeted, colours=self.framework.colours).sum()
            many = "indicators with a contract target"
            said.append(words.tally(row, self.framework.ratings, "indicator with a contract target", many))
        return said

    def _rests_on_assumptions(self) -> bool:
        """What is assumed here is how trends are read; that stands with the sources, and no rating rests on it."""
        return False

    def tiles(self) -> list[tuple[str, int, str]]:
        """How many indicators went which way, with the council's word and the share of those that can be compared."""
        row, labels = travelled(self.indicators).sum(), self.framework.directions
        shares = [*words.shares([int(row[way]) for way in COMPARED]), ""]
        return [
            (way, row[way], f"{labels[way]} ({share})" if share else labels[way])
            for way, share in zip(WAYS, shares, strict=True)
        ]

    def changes(self) -> Shown:
        """Which directions turned since the quarter before, which signals are new, and what contracts' ratings did."""
        before = self._judged_before.reindex(self.indicators["indicator"]).set_axis(self.indicators.index)
        pieces = [self._turned(before), self._newly_signalled(before)]
        if (self.indicators["rating"] != "not rated").any() or (
            before["rating"].fillna("not rated") != "not rated"
        ).any():
            # The page's own word for ratings, whatever the kinds between make of it.
            return together([*pieces, Page.changes(self)])
        return together([*pieces, *self._besides()])

    def _turned(self, before: pd.DataFrame) -> Shown:
        """The indicators whose direction is not what it was at the quarter before."""
        now, then = self.indicators["direction"], before["direction"]
        turned = self.indicators[(now != then) & now.ne("cannot say") & then.isin(COMPARED)]
        if not then.isin(COMPARED).any():
            text = f"No direction can be told for {self.last_quarter.name}, so there is none to compare with."
            return fill("paragraph", texts=[text])
        if turned.empty:
            return fill("paragraph", texts=[f"No direction has changed since {self.last_quarter.name}."])
        rows = [
            tables.Row(row["short_name"], [self._way(before.loc[place]), self._way(row)])
            for place, row in turned.iterrows()
        ]
        count = words.sentence(words.counted(len(turned), "direction"))[:-1]
        verb = "has" if len(turned) == 1 else "have"
        caption = f"{count} {verb} changed since {self.last_quarter.name}; each is against {self._compared_with()}."
        return tables.table(caption, ["Indicator", self.last_quarter.name, self.quarter.name], rows, look="names")

    def _way(self, row: pd.Series) -> tables.Cell:
        """A direction, with the two figures that it is told from."""
        figures = (
            f"{value(row)} against {show(row['previous'], row['unit'], row['decimals'])} in {row['previous_name']}"
        )
        return tables.under(tables.arrow(row["direction"], row["direction_label"]), figures)

    def _newly_signalled(self, before: pd.DataFrame) -> Shown:
        """Which indicators show more than their ordinary ups and downs now and did not, and which no longer do."""
        here, then = self.indicators, before["variation"]
        if here["variation"].eq("").all():
            return together([])
        new = here[here["variation"].isin(SIGNALLED) & (here["variation"] != then)]
        gone = here[then.isin(SIGNALLED) & here["variation"].ne("") & ~here["variation"].isin(SIGNALLED)]
        names = [f"“{row['short_name']}” ({words.signal(row)})" for _, row in new.iterrows()]
        last = self.last_quarter.name
        said = [
            f"More than the ordinary ups and downs, and not so at {last}: {'; '.join(names)}."
            if names
            else f"No indicator shows more than its ordinary ups and downs that did not at {last}."
        ]
        if len(gone):
            verb = "shows" if len(gone) == 1 else "show"
            names = [f"“{name}”" for name in gone["short_name"]]
            said.append(f"{words.listed(names)} no longer {verb} more than that.")
        return fill("paragraph", texts=[" ".join(said)])

    def listing(self, caption: str, *, titles: Mapping[str, str] | None = None) -> Shown:
        """
        Lay out each indicator's figure, what it was, which way it went and what is unusual.

        A column for a contract's target stands there only where there is one.

        Args:
            titles: the pages' titles, to stand under each name, which then leads to that page.
        """
        heads = ["Indicator", "Latest figure", "Figure before", "A year before", "Direction", "Trend"]
        if len(self.targeted):
            heads.append("Contract target")
        rows = [self._row(row, titles or {}) for _, row in self._with_before.iterrows()]
        return tables.table(
            caption, heads, rows, numbers={1, 2, 3}, look="travelled",
            name="indicators" if titles else "", keys=KEYS[: len(heads)] if titles else (),
        )  # fmt: skip

    def _row(self, row: pd.Series, titles: Mapping[str, str]) -> tables.Row:
        known = pd.notna(row["value"])
        note = row["period_name"] if row["period_name"] != self.quarter.name else ""
        cells = [
            tables.under(value(row), note) if known else tables.latest(row, self.quarter.name),
            self._before_it(row),
            self._year_before(row),
            tables.arrow(row["direction"], row["direction_label"]) if known else "",
            tables.under(tables.last_four(row, self.readings), words.signal(row)),
        ]
        if len(self.targeted):
            cells.append(contract(row))
        href = f"{row['page']}.html#{row['indicator']}" if titles else f"#{row['indicator']}"
        name = tables.under(tables.link(href, row["short_name"]), titles.get(row["page"], ""))
        return tables.Row(name, cells, tables.known(row) if titles else {})

    def _before_it(self, row: pd.Series) -> tables.Cell:
        """The figure before, with its period where that is not the last quarter."""
        figure = bare(row["previous"], row["unit"], row["decimals"])
        return tables.under(
            figure, row["previous_name"] if figure and row["previous_name"] != self.last_quarter.name else ""
        )

    def _year_before(self, row: pd.Series) -> tables.Cell:
        """The figure of a year before, and which way it went since, where that is not what directions are told from."""
        figure = bare(row["last_year"], row["unit"], row["decimals"])
        told = row["last_year_name"] == row["previous_name"] or self.framework.rule(self.quarter).compare == "last year"
        if told or row["direction_year"] == "cannot say":
            return figure
        return tables.under(figure, tables.arrow(row["direction_year"], row["direction_year_label"]))


def value(row: pd.Series) -> str:
    """A figure by itself: what directions are told from, also where a target is rated on the year to date."""
    return show(row["value"], row["unit"], row["decimals"])


def contract(row: pd.Series) -> tables.Cell:
    """A contract's target with its rating; nothing where there is none."""
    if not tables.target(row):
        return ""
    target = f"target {tables.target(row)}" if row["share"] >= 1 else tables.beside_target(row)
    return tables.under(tables.tag(row["rating"], row["label"]), target)
