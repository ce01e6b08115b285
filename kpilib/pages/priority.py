"""The page of one priority: its indicators, how they move, and what lies behind them."""

from __future__ import annotations

import pandas as pd

from kpilib.judgement.figures import bare, goal, show
from kpilib.judgement.trend import good_words
from kpilib.pages import charts, tables, words
from kpilib.pages.closer import CloserLook
from kpilib.pages.shown import Shown, fill, together

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
        rated = (self.indicators["rating"] != "not rated").any()
        caption = (
            "Furthest from target first. The last column draws the last figures." if rated else "None is rated yet."
        )
        return tables.indicators(self.indicators, self.readings, self.quarter.name, caption)

    def charts(self) -> Shown:
        """How far each rated indicator is from its target, now and at the quarter before."""
        here = self.indicators[self.indicators["rating"] != "not rated"]
        away = _away(here)
        then = self._judged_before.reindex(here["indicator"])
        fresh = (then["period"].to_numpy() != here["period"].to_numpy()) & (here["direction"] != "cannot say")
        before = pd.Series(_away(then).to_numpy(), here.index).where(fresh)
        drawn = here.assign(away=away, away_before=before)[away.notna()]
        if drawn.empty:
            return fill("paragraph", texts=["There is no figure to draw yet."])
        said = [
            "Each mark is an indicator's distance from its target, as a share of the target: "
            "right of the line is better than the target, left of it worse. "
            f"A ring is where it stood at {self.last_quarter.name}, where the two can be compared; "
            "a target that changes from quarter to quarter moves the mark too."
        ]
        if (drawn["away"].abs() > charts.EDGE).any():
            said.append(f"Marks stop at {charts.EDGE:.0f}%; where one is further off, its label says how far.")
        left = here.loc[away.isna(), "short_name"]
        if len(left):
            said.append(f"Not drawn, because a target of zero or a quartile has no share: {'; '.join(left)}.")
        return together([fill("paragraph", texts=[" ".join(said)]), charts.distance(drawn, self.last_quarter.name)])

    def commentary(self) -> Shown:
        """A card for each indicator: its figures, chart and reason, and what the service says of it."""
        return together([self._card(row) for _, row in self.indicators.iterrows()])

    def _card(self, row: pd.Series) -> Shown:
        notes = self._notes(row["indicator"])
        facts = [row["directorate"], words.FREQUENCY[row["frequency"]], good_words(row["good_is"])]
        known = pd.notna(row["value"])
        if known and not notes:
            notes = [("Commentary", ["None is recorded for this quarter."])]
        cautions = self._cautions(row)
        if cautions:
            notes.append(("About this figure" if known else "About this indicator", [" ".join(cautions)]))
        length = sum(len(item) for _, items in notes for item in items)
        return fill(
            "card",
            id=row["indicator"],
            name=row["short_name"],
            official=row["name"] if row["name"] != row["short_name"] else "",
            facts=[fact for fact in facts if fact],
            figures=self._figures(row) if known else [("rating", tables.tag(row["rating"], row["label"]))],
            chart=self._chart(row) if known else None,
            reasons=[self._reason(row) if known else self._awaited_reason(row)],
            notes=notes,
            long=length > 1500,
        )

    def _awaited_reason(self, row: pd.Series) -> str:
        said = f" The council says: “{row['as_printed']}”" if row["as_printed"] else ""
        return row["reason"] + said

    def _cautions(self, row: pd.Series) -> list[str]:
        """What a reader should know before trusting the figure: the notes of the indicator and of its reading."""
        own = self.readings[
            (self.readings["indicator"] == row["indicator"]) & (self.readings["period"] == row["period"])
        ]
        notes = [row["definition"], row["note"], *own["note"]]
        return [words.sentence(note) for note in notes if isinstance(note, str) and note]

    def _figures(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        """The figures of a card, each with its label."""
        unit, decimals = row["unit"], row["decimals"]
        covers = row["covers"] or row["period_name"]
        figures: list[tuple[str, tables.Cell]] = [(covers, show(row["value"], unit, decimals))]
        if row["cumulative"] and row["basis"] == "sum" and pd.notna(row["to_date"]):
            figures.append(("to date", bare(row["to_date"], unit, decimals)))
        if tables.target(row):
            year = f" for {self._target_year(row)}" if row["shift"] > 0 else ""
            figures.append((f"{'an even share by now' if row['share'] < 1 else 'target'}{year}", tables.target(row)))
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

    def _target_year(self, row: pd.Series) -> str:
        """The year that a target set ahead is for."""
        own = self.targets[
            (self.targets["indicator"] == row["indicator"]) & (self.targets["start"] == row["target_start"])
        ]
        return str(own["period_name"].iloc[0])

    def _chart(self, row: pd.Series) -> Shown:
        readings = self._series(row["indicator"])
        return charts.trend(row, readings, self._dues(row, readings), tables.series(row, readings))

    def _dues(self, row: pd.Series, readings: pd.DataFrame) -> pd.DataFrame:
        """What each period owed of its own: quarterly targets, or the even share of a running total."""
        if row["share"] < 1 and row["basis"] == "to date":
            own = readings[readings["period_kind"] == row["period_kind"]]
            gone = own["end"] - (row["target_start"] - row["shift"]) + 1
            span = row["target_end"] - row["target_start"] + 1
            return own.assign(low=row["target_low"] * gone / span)[gone > 0]
        targets = self.targets[self.targets["indicator"] == row["indicator"]]
        own = targets[(targets["kind"] == "point") & targets["period"].isin(readings["period"])]
        return own.sort_values("end")

    def _reason(self, row: pd.Series) -> str:
        """The reason of the rating, and how others stand."""
        parts = [row["reason"]]
        if row["direction"] == "cannot say":
            parts.append(f"Direction cannot be said. {row['direction_reason']}")
        if row["status"] in ("provisional", "estimate"):
            parts.append(f"The figure is {'an estimate' if row['status'] == 'estimate' else 'provisional'}.")
        parts.extend(self._elsewhere(row))
        if pd.notna(row["rank"]):
            place = f"Ranked {row['rank']:.0f} of {row['of']:.0f} in {row['rank_among']}"
            parts.append(f"{place}, which is quartile {row['quartile']:.0f} (1 is best).")
        return " ".join(parts)

    def _elsewhere(self, row: pd.Series) -> list[str]:
        """What comparators had, a sentence for each period."""
        own = self.benchmarks[(self.benchmarks["indicator"] == row["indicator"]) & self.benchmarks["value"].notna()]
        said = []
        for period, group in own.groupby("period_name", sort=False):
            figures = [f"{each.comparator} {bare(each.value, row['unit'])}" for each in group.itertuples()]
            said.append(f"Elsewhere in {period}: {words.listed(figures)}.")
        return said

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
