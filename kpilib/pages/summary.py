"""The executive summary, and the overview that opens the report: all indicators at once."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from kpilib.judgement.figures import lower_first
from kpilib.judgement.rating import ON_TARGET
from kpilib.judgement.verdict import counts, counts_moved
from kpilib.pages import progress, tables, theme, words
from kpilib.pages.page import Page
from kpilib.pages.register import register_words
from kpilib.pages.shown import Shown, fill, together
from kpilib.records.framework import DIRECTIONS


class SummaryPage(Page):
    """All priorities and directorates together, exceptions first."""

    def _printed(self, indicators: pd.DataFrame) -> pd.Series | None:
        whole = len(indicators) == len(self.indicators)
        if whole:
            return self._stated.loc["all"] if "all" in self._stated.index else None
        return super()._printed(indicators)

    def _in_short(self) -> list[str]:
        here = self._milestones(self.quarter)
        return [*super()._in_short(), *([progress.milestone_words(here)] if len(here) else [])]

    def by_priority(self) -> Shown:
        """How many indicators have which rating, by priority."""
        if len(self._stated):
            unknown = f"The council did not print how many have which rating by {self.framework.priority_word}."
            return fill("paragraph", texts=[] if self.framework.priority_word == "directorate" else [unknown])
        counted = counts(self._in_order(), "page", self.framework.colours)
        names = {entry.page: tables.link(f"{entry.page}.html", entry.title) for entry in self.framework.indicator_pages}
        return self._counts(counted, names, self.framework.priority_word.capitalize())

    def by_directorate(self) -> Shown:
        """The same by directorate; nothing where each page is of a directorate of its own, and it is said already."""
        pairs = self.indicators[["page", "directorate"]].drop_duplicates()
        if self._stated.empty and pairs["page"].is_unique and pairs["directorate"].is_unique:
            return fill("paragraph", texts=[])
        printed = self._stated.drop(index="all", errors="ignore")
        counted = counts(self._in_order(), "directorate", self.framework.colours) if printed.empty else printed
        return self._counts(counted, {name: name for name in counted.index}, "Directorate")

    def sources(self) -> Shown:
        """Where the figures come from, and what is assumed; each page lists its own figures."""
        texts = [self.source, self.framework.rule(self.quarter).assumption]
        return fill(
            "paragraph",
            look="small",
            texts=[
                *[text for text in texts if text],
                f"The page of each {self.framework.priority_word} says of each figure where it comes from.",
            ],
        )

    def _in_order(self) -> pd.DataFrame:
        """The indicators in the order of the framework's pages."""
        order = {entry.page: place for place, entry in enumerate(self.framework.indicator_pages)}
        return self.indicators.sort_values("page", key=lambda pages: pages.map(order), kind="stable")

    def _counts(self, counted: pd.DataFrame, names: dict, head: str) -> Shown:
        rounding = (
            "Percentages are of the rated indicators, rounded; "
            "with one decimal where only that makes them add up to 100."
        )
        caption = f"Indicators by {head.lower()} and rating. {rounding}"
        if len(self._stated):
            which = "As the council printed them; it printed none for the others."
            return tables.counts(f"{caption} {which}", counted, names, self.framework.ratings, head, total=False)
        return tables.counts(caption, counted, names, self.framework.ratings, head)

    def changes(self) -> Shown:
        """How the count of each rating moved, and which ratings moved."""
        if len(self._stated):
            return super().changes()
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
                    *[tables.shared(column)[rating] for column in columns],
                    tables.arrow(ways[rating], DIRECTIONS[ways[rating]]) if ways[rating] != "cannot say" else "",
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
        Then how complete the commentary is, over all indicators.
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
                    *self._explained(row["indicator"]),
                ],
            )
            for _, row in here.iterrows()
        ]
        heads = ["Indicator", "Rating", "How far off", "Why", "What is being done"]
        running = f", and off target for {words.number(asked)} periods running or longer" if asked > 1 else ""
        listed = self._rated(here, ["red"], heads, rows, "attention", running)
        return together([listed, self._completeness()])

    def _explained(self, indicator: str) -> list[tables.Cell]:
        """Why an indicator stands as it does and what is being done, in the service's words."""
        asked = [("cause", "issue"), ("action",)]
        none = words.sentence(self._missing)[:-1] if self.framework.asks_commentary else "Not printed"
        return [self._said(indicator, *kinds) or none for kinds in asked]

    def _completeness(self) -> Shown:
        """How much of the commentary that is asked for was received."""
        said = [words.received(self.owed, self._missing)] if self.framework.asks_commentary else []
        return fill("paragraph", texts=said)

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
        if "all" in self._stated.index:
            every = words.number(self._stated.loc["all", colours].sum())
            caption = f"{caption[:-1]}: those, of the {every} that there are, that the council names."
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
        said += ["The bands are assumed; see the register."] if self.framework.risk.assumption else []
        entry = next((entry for entry in self.framework.pages if entry.kind == "risk_register"), None)
        link = tables.link(f"{entry.page}.html", entry.title) if entry else Markup("")
        return fill("paragraph", texts=[*said, link] if entry else said)


class OverviewPage(SummaryPage):
    """What opens the report: counts, ways to each page, and every indicator to be found."""

    _grouped_by = "rating"

    def contents(self) -> Shown:
        """Links to every page; of those with indicators, how each stands, and a link to each indicator by rating."""
        counted = self._counted("page")
        entries = [(entry, f"{entry.page}.html") for entry in self.framework.pages]
        return fill(
            "contents",
            others=[(href, entry.title) for entry, href in entries if entry.page not in counted.index],
            priorities=[
                (href, entry.title, self._standing(counted, entry.page), self._in_groups(entry.page))
                for entry, href in entries
                if entry.page in counted.index
            ],
        )

    def _in_groups(self, page: str) -> list[tuple[tables.Cell, list[tables.Cell]]]:
        """The indicators of a page as links, under the ratings that they have, furthest from target first."""
        here = self.indicators[self.indicators["page"] == page]
        return [
            (
                self._mark(group.iloc[0]),
                [tables.link(f"{page}.html#{row['indicator']}", row["short_name"]) for _, row in group.iterrows()],
            )
            for _, group in here.groupby(self._grouped_by, sort=False)
        ]

    def _mark(self, row: pd.Series) -> tables.Cell:
        """What the indicators of a group have in common."""
        return tables.tag(row["rating"], self.framework.ratings[row["rating"]])

    def _standing(self, counted: pd.DataFrame, page: str) -> str:
        printed = self._printed(self.indicators[self.indicators["page"] == page])
        row = counted.loc[page] if printed is None else printed
        said = [
            f"{row[rating]} {lower_first(self.framework.ratings[rating])}"
            for rating in (*self.framework.colours, "not rated")
            if row[rating]
        ]
        return ", ".join(said)

    def finder(self) -> Shown:
        """Every indicator in one table, to be narrowed by text and by what is known of each, and put in order."""
        framework = self.framework
        titles = {entry.page: entry.title for entry in framework.indicator_pages}
        return fill(
            "finder",
            ratings=[(rating, framework.ratings[rating]) for rating in (*framework.colours, "not rated")],
            priority_word=framework.priority_word,
            pages=list(titles.items()),
            directorates=sorted(self.indicators["directorate"].unique()),
            directions=[(way, framework.directions[way]) for way in ("better", "same", "worse", "cannot say")],
            table=self._every(titles).html,
            script=Markup(theme.script()),
        )

    def _every(self, titles: Mapping[str, str]) -> Shown:
        """Every indicator in one table."""
        return tables.indicators(
            self.indicators, self.readings, self.quarter.name,
            "Every indicator, furthest from target first.", page_links=True, titles=titles,
        )  # fmt: skip
