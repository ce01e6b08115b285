"""The page of one priority: its indicators, how they move, and what lies behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilib.judgement.contract import DATE, OWNER
from kpilib.judgement.control import FEWEST
from kpilib.judgement.figures import bare, goal, percent, show
from kpilib.judgement.trend import ending, good_words
from kpilib.pages import charts, tables, words
from kpilib.pages.screen import OwnScreen
from kpilib.pages.shown import Shown, fill, together

HEADINGS = {
    "performance": "Performance",
    "good practice": "Good practice",
    "issue": "Issue",
    "cause": "Cause",
    "action": "Action",
}
MISSING = {OWNER: "an owner for the action", DATE: "a date for the action"}


class PriorityPage(OwnScreen):
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
            none = "There is no figure with a target that a distance could be drawn from."
            return fill("paragraph", texts=[none, self._signals()])
        said = [
            "Each mark is an indicator's distance from its target, as a share of the target: "
            "right of the line is better than the target, left of it worse. "
            f"A ring is where it stood at {self.last_quarter.name}, where the two can be compared; "
            "a target that changes from quarter to quarter moves the mark too."
        ]
        if (drawn["away"].abs() > charts.EDGE).any():
            said.append(
                f"Marks stop at {percent(charts.EDGE / 100)}; where one is further off, its label says how far."
            )
        left = here.loc[away.isna(), "short_name"]
        if len(left):
            said.append(f"Not drawn, because a target of zero or a quartile has no share: {'; '.join(left)}.")
        return together(
            [
                fill("paragraph", texts=[" ".join(said)]),
                charts.distance(drawn, self.last_quarter.name),
                fill("paragraph", texts=[self._signals()]),
            ]
        )

    def _signals(self) -> str:
        """Which indicators show more than their ordinary ups and downs, where there are figures enough to tell."""
        here = self.indicators[self.indicators["value"].notna()]
        ranged = here[here["variation"] != ""]
        if ranged.empty:
            return (
                "Whether a change is real or just the ordinary ups and downs cannot be told yet: "
                f"that takes {words.number(FEWEST)} figures of the same kind, and no indicator here has as many."
            )
        told = ranged[ranged["signal"].isin(words.SIGNALS)]
        named = [f"“{row['short_name']}” is {words.signal(row)}" for _, row in told.iterrows()]
        of = f"Of {words.counted(len(ranged), 'indicator')} with figures enough to tell"
        if not named:
            return f"{of}, none shows more than its ordinary ups and downs."
        verb = "shows" if len(named) == 1 else "show"
        return f"{of}, {words.number(len(named))} {verb} more than the ordinary ups and downs: {'; '.join(named)}."

    def commentary(self) -> Shown:
        """A card for each indicator: its figures, chart and reason, and what the service says of it."""
        return together([self._card(row) for _, row in self.indicators.iterrows()])

    def _card(self, row: pd.Series) -> Shown:
        notes = self._notes(row["indicator"])
        facts = [row["directorate"], words.FREQUENCY[row["frequency"]], good_words(row["good_is"])]
        known = pd.notna(row["value"])
        if known:
            notes.extend(self._silence(row))
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
            figures=self._figures(row) if known else self._no_figure(row),
            chart=self._chart(row) if known else None,
            reasons=self._reasons(row) if known else [self._awaited_reason(row)],
            notes=notes,
            long=length > 1500,
            steps=self._steps(row),
            more=self._more(row),
        )

    def _silence(self, row: pd.Series) -> list[tuple[str, list[str]]]:
        """What the service has not said of an indicator with a figure, and whether it is asked for."""
        asked = self.owed[self.owed["indicator"] == row["indicator"]]
        if asked.empty:
            why = ": the figure is of an earlier quarter" if row["late"] else ""
            none = f"None is recorded for this quarter, and none is asked for{why}."
            if not self.framework.asks_commentary:
                none = "None is printed for this quarter."
            return [] if row["indicator"] in set(self.comments["indicator"]) else [("Commentary", [self._openly(none)])]
        found = asked.iloc[0]
        if not found["received"]:
            return [("Commentary", [f"Commentary {self._missing}. It is asked for because {found['because']}."])]
        missing = "; ".join(MISSING.get(each, each) for each in found["missing"])
        return [("Commentary", [f"{words.sentence(self._missing)[:-1]}: {missing}."])] if missing else []

    def _no_figure(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        """What stands on a card in the place of its figures where there is none."""
        return [("rating", tables.tag(row["rating"], row["label"]))]

    def _awaited_reason(self, row: pd.Series) -> str:
        said = f" The council says: “{row['as_printed']}”" if row["as_printed"] else ""
        return self._rated_because(row) + said

    def _rated_because(self, row: pd.Series) -> str:
        """Why it has its rating, or none."""
        return str(row["reason"])

    def _cautions(self, row: pd.Series) -> list[str]:
        """What a reader should know before trusting the figure: the notes of the indicator and of its reading."""
        own = self.readings[
            (self.readings["indicator"] == row["indicator"]) & (self.readings["period"] == row["period"])
        ]
        notes = [row["definition"], row["note"], *own["note"]]
        return [words.sentence(note) for note in notes if isinstance(note, str) and note]

    def _figures(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        """The figures of a card, each with its label."""
        return [*self._latest(row), *self._aimed(row), *self._travelled(row)]

    def _latest(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        """The figure itself."""
        return [(row["covers"] or row["period_name"], show(row["value"], row["unit"], row["decimals"]))]

    def _aimed(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        """What is known of its target, and the rating."""
        unit, decimals = row["unit"], row["decimals"]
        figures: list[tuple[str, tables.Cell]] = []
        if row["cumulative"] and row["basis"] == "sum" and pd.notna(row["to_date"]):
            figures.append(("to date", bare(row["to_date"], unit, decimals)))
        if tables.target(row):
            year = f" for {self._target_year(row)}" if row["shift"] > 0 else ""
            figures.append((f"{tables.target_word(row)}{year}", tables.target(row)))
        if row["share"] < 1:
            figures.append(("whole target", goal(row["target_low"], unit, decimals)))
        return [*figures, ("rating", tables.tag(row["rating"], row["label"]))]

    def _travelled(self, row: pd.Series) -> list[tuple[str, tables.Cell]]:
        """Which way it went, against what it was before and a year before."""
        unit, decimals = row["unit"], row["decimals"]
        figures: list[tuple[str, tables.Cell]] = []
        if row["direction"] != "cannot say":
            was = f"from {bare(row['previous'], unit, decimals)} in {row['previous_name']}"
            figures.append((was, tables.arrow(row["direction"], row["direction_label"])))
        if row["direction_year"] != "cannot say" and row["last_year_name"] != row["previous_name"]:
            was = f"from {bare(row['last_year'], unit, decimals)} in {row['last_year_name']}"
            figures.append((was, tables.arrow(row["direction_year"], row["direction_year_label"])))
        return figures

    def _target_year(self, row: pd.Series) -> str:
        """The year that a target set ahead is for."""
        own = self.targets[
            (self.targets["indicator"] == row["indicator"]) & (self.targets["start"] == row["target_start"])
        ]
        return str(own["period_name"].iloc[0])

    def _chart(self, row: pd.Series) -> Shown:
        readings = self._series(row["indicator"])
        usual = self._usual[self._usual["indicator"] == row["indicator"]]
        said = " ".join(self._reasons(row))
        return charts.trend(row, readings, self._dues(row, readings), usual, said, self._figures_behind(row, readings))

    def _dues(self, row: pd.Series, readings: pd.DataFrame) -> pd.DataFrame:
        """What each period owed of its own: quarterly targets, or the share of a running total."""
        if row["share"] < 1 and row["basis"] == "to date" and row["spread"] == "seasonal":
            return readings[readings["period"] == row["period"]].assign(low=row["expected"])
        if row["share"] < 1 and row["basis"] == "to date":
            own = readings[readings["period_kind"] == row["period_kind"]]
            gone = own["end"] - (row["target_start"] - row["shift"]) + 1
            span = row["target_end"] - row["target_start"] + 1
            return own.assign(low=row["target_low"] * gone / span)[gone > 0]
        targets = self.targets[self.targets["indicator"] == row["indicator"]]
        own = targets[(targets["kind"] == "point") & targets["period"].isin(readings["period"])]
        return own.sort_values("end")

    def _reasons(self, row: pd.Series) -> list[str]:
        """
        What is known of a figure, a sentence for each thing.

        First its rating, its direction and how others stand; then what is usual for it, and how the year may end.
        """
        said = [self._rated_because(row), words.off_for(row), self._direction(row)]
        if row["status"] in ("provisional", "estimate"):
            said.append(f"The figure is {'an estimate' if row['status'] == 'estimate' else 'provisional'}.")
        said.extend(self._elsewhere(row))
        if pd.notna(row["rank"]):
            where = "among" if row["rank_among"] in self._groups else "in"
            place = f"Ranked {show(row['rank'])} of {show(row['of'])} {where} {row['rank_among']}"
            said.append(f"{place}, which is quartile {show(row['quartile'])} (1 is best).")
        usual = row["control_reason"] if row["variation"] else ""
        if usual and row["forecast_seasonal"] and row["variation"] == "common cause":
            usual += " It goes up and down with the seasons, which widens this range: only a large change shows."
        return [part for part in (" ".join(filter(None, said)), usual, self._forecast(row)) if part]

    def _direction(self, row: pd.Series) -> str:
        """Which way it went, and against what; which way is good is said with the rating."""
        if row["direction"] == "cannot say":
            return f"Direction cannot be said. {row['direction_reason']}"
        good = ending(row["good_is"])
        reason = row["direction_reason"]
        rated = self._rated_because(row)
        return f"{row['direction_label']}: {reason.removesuffix(good) + '.' if good in rated else reason}"

    def _forecast(self, row: pd.Series) -> str:
        """How the year may end, and how that would be rated."""
        if pd.isna(row["forecast"]):
            return ""
        found = {row[f"forecast{end}_rating"] for end in ("", "_low", "_high")}
        own = "" if self.framework.asks_commentary else " This is arithmetic on its figures; the council printed none."
        if row["signal"] in ("above limit", "below limit"):
            return (
                f"{row['forecast_reason']} The last figure lies beyond its usual range, so the past may mislead.{own}"
            )
        if "not rated" in found:
            return f"{row['forecast_reason']}{own}"
        labels = self.framework.ratings
        then = f" It would then be rated “{labels[row['forecast_rating']]}”"
        if len(found) > 1:
            best, *_, worst = [f"“{labels[rating]}”" for rating in self.framework.colours if rating in found]
            then += f"; its range reaches from {best} to {worst}"
        return f"{row['forecast_reason']}{then}.{own}"

    def _elsewhere(self, row: pd.Series) -> list[str]:
        """What comparators had, a sentence for each period; those of a whole group are for a closer look."""
        named = self.benchmarks[self.benchmarks["value"].notna() & ~self.benchmarks["grouped"]]
        own = named[named["indicator"] == row["indicator"]]
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
    """How far a value is from its target, or from the nearer end of a range, in per cent of it; plus is good."""
    base = judged["expected"].abs().where(judged["kind"] != "quartile")
    shortfall = judged["shortfall"]
    ranged = judged["kind"] == "range"
    below, above = judged["target_low"] - judged["value"], judged["value"] - judged["target_high"]
    outside = np.maximum(below, above).clip(lower=0)
    base = base.mask(ranged, judged["target_low"].where(below > 0, judged["target_high"]).abs())
    shortfall = shortfall.mask(ranged, outside * np.sign(shortfall))
    return -100 * shortfall / base.where(base > 0)
