"""The executive summary, and the overview that opens the report: all indicators at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from kpilib.judgement.rating import ON_TARGET
from kpilib.judgement.verdict import counts, counts_moved
from kpilib.pages import tables, words
from kpilib.pages.page import Page
from kpilib.pages.register import register_words
from kpilib.pages.shown import Shown, fill, together


class SummaryPage(Page):
    """All priorities and directorates together, exceptions first."""

    def by_priority(self) -> Shown:
        """How many indicators have which rating, by priority."""
        counted = counts(self._in_order(), "page", self.framework.colours)
        names = {entry.page: tables.link(f"{entry.page}.html", entry.title) for entry in self.framework.indicator_pages}
        return self._counts(counted, names, self.framework.priority_word.capitalize())

    def by_directorate(self) -> Shown:
        """The same by directorate."""
        counted = counts(self._in_order(), "directorate", self.framework.colours)
        return self._counts(counted, {name: name for name in counted.index}, "Directorate")

    def sources(self) -> Shown:
        """Where the figures come from, and what is assumed; each page lists its own figures."""
        texts = [self.framework.source, self.framework.rule(self.quarter).assumption]
        return fill(
            "paragraph",
            look="small",
            texts=[
                *[text for text in texts if text],
                f"The page of each {self.framework.priority_word} lists its figures as printed.",
            ],
        )

    def _in_order(self) -> pd.DataFrame:
        """The indicators in the order of the framework's pages."""
        order = {entry.page: place for place, entry in enumerate(self.framework.indicator_pages)}
        return self.indicators.sort_values("page", key=lambda pages: pages.map(order), kind="stable")

    def _counts(self, counted: pd.DataFrame, names: dict, head: str) -> Shown:
        rounding = "Percentages are of the rated indicators, rounded, so a row may not add up to 100."
        caption = f"Indicators by {head.lower()} and rating. {rounding}"
        return tables.counts(caption, counted, names, self.framework.ratings, head)

    def changes(self) -> Shown:
        """How the count of each rating moved, and which ratings moved."""
        colours = self.framework.colours
        now, before = self._counted().sum(), counts(self._before, colours=colours).sum()
        heads, columns = [self.last_quarter.name, self.quarter.name], [before, now]
        if len(self._by_rule):
            alike = self._before.assign(rating=self._by_rule["before_by_new_rule"])
            before = counts(alike, colours=colours).sum()
            heads.insert(1, "Then, by today's rule")
            columns.insert(1, before)
        ways = counts_moved(now, before)
        rows = [
            tables.Row(
                tables.tag(rating, self.framework.ratings[rating]),
                [
                    *[tables.count(column, rating) for column in columns],
                    tables.arrow(ways[rating], self.framework.directions[ways[rating]])
                    if ways[rating] != "cannot say"
                    else "",
                ],
            )
            for rating in (*colours, "not rated")
        ]
        caption = (
            "How many indicators have each rating. More of the best is better, and fewer of the worst; "
            "of the ratings between, more is neither."
        )
        numbers = range(1, len(heads) + 1)
        listed = tables.table(caption, ["Rating", *heads, "Direction"], rows, numbers=numbers)
        return together([listed, super().changes()])

    @property
    def _before(self) -> pd.DataFrame:
        """The same indicators as they stood at the quarter before."""
        before = self._judged_before
        return before[before.index.isin(self.indicators["indicator"])]

    def attention(self) -> Shown:
        """
        The exceptions, furthest from target first: how far off, why, and what is being done.

        Those rated red, for as many periods running as the rule asks.
        """
        here = self.indicators[self.indicators["rating"] == "red"]
        asked = self.framework.rule(self.quarter).exceptions_after
        if asked > 1:
            stated = here["rating"] != here["computed_rating"]
            here = here[stated | (here["off_for"] >= asked)]
        rows = [
            tables.Row(
                self._name(row),
                [
                    tables.under(
                        tables.tag("red", row["label"]), tables.arrow(row["direction"], row["direction_label"])
                    ),
                    row["reason"],
                    self._said(row["indicator"], "cause", "issue") or "Not stated",
                    self._said(row["indicator"], "action") or "Not stated",
                ],
            )
            for _, row in here.iterrows()
        ]
        heads = ["Indicator", "Rating", "How far off", "Why", "What is being done"]
        running = f", and off target for {words.number(asked)} periods running or longer" if asked > 1 else ""
        return self._rated(here, ["red"], heads, rows, "attention", running)

    def good_news(self) -> Shown:
        """The indicators that are on target, with their reasons."""
        here = self.indicators[self.indicators["rating"].isin(ON_TARGET)]
        rows = [
            tables.Row(
                self._name(row),
                [
                    tables.tag(row["rating"], row["label"]),
                    row["reason"],
                    tables.arrow(row["direction"], row["direction_label"]),
                ],
            )
            for _, row in here.iterrows()
        ]
        colours = [rating for rating in self.framework.colours if rating in ON_TARGET]
        return self._rated(here, colours, ["Indicator", "Rating", "How it stands", "Direction"], rows, "names")

    def _rated(
        self,
        here: pd.DataFrame,
        colours: list[str],
        heads: list[str],
        rows: list[tables.Row],
        look: str,
        more: str = "",
    ) -> Shown:
        """A table of the indicators of some ratings, or a sentence where there is none."""
        label = " or ".join(f"“{self.framework.ratings[rating]}”" for rating in colours)
        if here.empty:
            return fill("paragraph", texts=[f"No indicator is rated {label}{more}."])
        caption = f"{words.sentence(words.counted(len(here), 'indicator'))[:-1]} rated {label}{more}."
        return tables.table(caption, heads, rows, look=look)

    def _name(self, row: pd.Series) -> tables.Cell:
        """An indicator's name, leading to its own place, with its page's title beneath."""
        titles = {entry.page: entry.title for entry in self.framework.pages}
        link = tables.link(f"{row['page']}.html#{row['indicator']}", row["short_name"])
        return tables.under(link, titles[row["page"]])

    def _said(self, indicator: str, *kinds: str) -> str:
        """What the service says of an indicator: the first of these kinds that it has words for."""
        own = self.comments[self.comments["indicator"] == indicator]
        for kind in kinds:
            texts = [words.attributed(row.text, row.owner, row.due) for row in own[own["kind"] == kind].itertuples()]
            if texts:
                return " ".join(texts)
        return ""

    def risks(self) -> Shown:
        """The register in a sentence or two, with a way to it."""
        if self.framework.risk is None or self._ledger.risks.empty:
            return fill("paragraph", texts=["The records hold no risk register for this quarter."])
        said = register_words(self._ledger, self.framework.risk, self.quarter)
        entry = next((entry for entry in self.framework.pages if entry.kind == "risk_register"), None)
        link = tables.link(f"{entry.page}.html", entry.title) if entry else Markup("")
        return fill("paragraph", texts=[said, link] if entry else [said])


class OverviewPage(SummaryPage):
    """What opens the report: counts, ways to each page, and every indicator to be found."""

    def contents(self) -> Shown:
        """Links to every page, with how each stands."""
        counted = self._counted("page")
        links = [
            (f"{entry.page}.html", entry.title, self._standing(counted, entry.page)) for entry in self.framework.pages
        ]
        return fill("contents", links=links)

    def _standing(self, counted: pd.DataFrame, page: str) -> str:
        if page not in counted.index:
            return ""
        row = counted.loc[page]
        said = [
            f"{row[rating]} {words.lower_first(self.framework.ratings[rating])}"
            for rating in (*self.framework.colours, "not rated")
            if row[rating]
        ]
        return ", ".join(said)

    def finder(self) -> Shown:
        """Every indicator in one table, to be narrowed by text, rating, priority and directorate."""
        framework = self.framework
        titles = {entry.page: entry.title for entry in framework.indicator_pages}
        listing = tables.indicators(
            self.indicators, self.readings, self.quarter.name,
            "Every indicator, furthest from target first.", page_links=True, titles=titles,
        )  # fmt: skip
        return fill(
            "finder",
            ratings=[(rating, framework.ratings[rating]) for rating in (*framework.colours, "not rated")],
            priority_word=framework.priority_word,
            pages=list(titles.items()),
            directorates=sorted(self.indicators["directorate"].unique()),
            table=listing.html,
            script=_script(),
        )


@cache
def _script() -> Markup:
    return Markup((Path(__file__).parent / "finder.js").read_text(encoding="utf-8"))
