"""The page of one priority: its indicators, how they move, and what lies behind them."""

from __future__ import annotations

import pandas as pd

from kpilib.judgement.figures import bare, goal, show
from kpilib.judgement.trend import good_words
from kpilib.pages import charts, tables, words
from kpilib.pages.closer import CloserLook
from kpilib.pages.shown import Shown, together
from kpilib.pages.shown import show as fill

HEADINGS = {
    "performance": "Performance",
    "good practice": "Good practice",
    "issue": "Issue",
    "cause": "Cause",
    "action": "Action",
}


class PriorityPage(CloserLook):
    """The page of one priority."""

    def _scope(self, judged: pd.DataFrame) -> pd.DataFrame:
        return judged[judged["page"] == self.entry.page]

    def overview(self) -> Shown:
        """Every indicator in one table, furthest from target first."""
        caption = "Furthest from target first. The last column draws up to four figures of the same kind."
        return tables.indicators(self.indicators, self.readings, self.quarter.name, caption)

    def charts(self) -> Shown:
        """How far each rated indicator is from its target, now and at the quarter before."""
        here = self.indicators[self.indicators["rating"] != "not rated"]
        away = _away(here)
        before = here["indicator"].map(_away(self._judged_before))
        drawn = here.assign(away=away, away_before=before)[away.notna()]
        if drawn.empty:
            return fill("paragraph", texts=["There is no figure to draw yet."])
        said = (
            f"Each mark is an indicator's distance from its target this quarter, as a share of the target; "
            f"the ring is where it stood at {self.last_quarter.name}. "
            "Right of the line is better than the target, left of it worse."
        )
        left = here.loc[away.isna(), "short_name"]
        rest = (
            [f"Not drawn, because a target of zero or a quartile has no share: {'; '.join(left)}."] if len(left) else []
        )
        return together([fill("paragraph", texts=[said, *rest]), charts.distance(drawn, self.last_quarter.name)])

    def commentary(self) -> Shown:
        """A card for each indicator: its figures, chart and reason, and what the service says of it."""
        return together([self._card(row) for _, row in self.indicators.iterrows()])

    def _card(self, row: pd.Series) -> Shown:
        notes = self._notes(row["indicator"])
        facts = [row["directorate"], words.FREQUENCY[row["frequency"]], good_words(row["good_is"])]
        if pd.isna(row["value"]):
            printed = f" The council says: “{row['as_printed']}”." if row["as_printed"] else ""
            return fill(
                "card", id=row["indicator"], name=row["name"], facts=[fact for fact in facts if fact],
                figures=[], chart=None, reasons=[row["reason"] + printed.replace(".”.", "”.")], notes=notes, long=False,
            )  # fmt: skip
        length = sum(len(item) for _, items in notes for item in items)
        return fill(
            "card",
            id=row["indicator"],
            name=row["name"],
            facts=[fact for fact in facts if fact],
            figures=self._figures(row),
            chart=self._chart(row),
            reasons=[self._reason(row)],
            notes=notes or [("Commentary", ["None was received for this quarter."])],
            long=length > 1300,
        )

    def _figures(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        """The figures of a card, each with its label."""
        unit, decimals = row["unit"], row["decimals"]
        covers = row["covers"] or row["period_name"]
        figures: list[tuple[str, tables.Cell]] = [(covers, show(row["value"], unit, decimals))]
        if row["share"] < 1 and row["basis"] == "sum":
            figures.append(("to date", bare(row["to_date"], unit, decimals)))
        if tables.target(row):
            due = "due by now" if row["share"] < 1 else "target"
            figures.append((due, tables.target(row)))
        if row["share"] < 1:
            figures.append(("whole target", goal(row["target_low"], unit, decimals)))
        figures.append(("rating", tables.tag(row["rating"], row["label"])))
        if row["direction"] != "cannot say":
            was = f"from {bare(row['previous'], unit, decimals)} in {row['previous_name']}"
            figures.append((was, tables.arrow(row["direction"])))
        if row["direction_year"] != "cannot say" and row["last_year_name"] != row["previous_name"]:
            was = f"from {bare(row['last_year'], unit, decimals)} in {row['last_year_name']}"
            figures.append((was, tables.arrow(row["direction_year"])))
        return figures

    def _chart(self, row: pd.Series) -> Shown:
        readings = self._series(row["indicator"])
        targets = self.targets[self.targets["indicator"] == row["indicator"]]
        own = targets[(targets["kind"] == "point") & targets["period"].isin(readings["period"])]
        return charts.trend(row, readings, own.sort_values("end"), tables.series(row, readings))

    def _reason(self, row: pd.Series) -> str:
        """The reason of the rating, and how others stand."""
        others = self.benchmarks[(self.benchmarks["indicator"] == row["indicator"])]
        said = [
            f"{each.comparator} {bare(each.value, row['unit'], row['decimals'])}"
            for each in others.itertuples()
            if pd.notna(each.value)
        ]
        parts = [row["reason"]]
        if row["status"] in ("provisional", "estimate"):
            parts.append(f"The figure is {'an estimate' if row['status'] == 'estimate' else 'provisional'}.")
        if said:
            parts.append(f"Elsewhere: {words.listed(said)}.")
        if pd.notna(row["rank"]):
            parts.append(
                f"Ranked {row['rank']:.0f} of {row['of']:.0f} in {row['rank_among']}: quartile {row['quartile']:.0f}."
            )
        return " ".join(parts)

    def _notes(self, indicator: str) -> list[tuple[str, list[str]]]:
        """The service's words, by kind, each action with its owner and date where given."""
        own = self.comments[self.comments["indicator"] == indicator]
        notes = []
        for kind, heading in HEADINGS.items():
            items = [words.attributed(row.text, row.owner, row.due) for row in own[own["kind"] == kind].itertuples()]
            if items:
                notes.append((heading, items))
        return notes


def _away(judged: pd.DataFrame) -> pd.Series:
    """How far a value is from its target, in per cent of the target; plus is the good side."""
    base = judged["expected"].abs().where(judged["kind"] != "quartile")
    return -100 * judged["shortfall"] / base.where(base > 0)
