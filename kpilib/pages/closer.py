"""
A closer look: what a page's own notebook may ask beyond what its kind shows.

Each word takes the indicators to look at, so that it serves any council's.
"""

from __future__ import annotations

import pandas as pd

from kpilib.judgement.figures import bare, show
from kpilib.pages import charts, tables, words
from kpilib.pages.page import Page
from kpilib.pages.shown import Shown, together
from kpilib.pages.shown import show as fill
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.periods import month


class CloserLook(Page):
    """Looks at chosen indicators from one more side."""

    def _one(self, indicator: str) -> pd.Series:
        """Give an indicator or supporting measure of this page."""
        here = pd.concat([self.indicators, self.supporting]).set_index("indicator", drop=False)
        if indicator not in here.index:
            fault = Fault(self.entry.page, f"has no indicator {indicator!r}", allowed(indicator, here.index))
            raise RecordsError([fault])
        return here.loc[indicator]

    def _series(self, indicator: str) -> pd.DataFrame:
        """Its readings up to this quarter, in order of time."""
        own = self.readings[(self.readings["indicator"] == indicator) & self.readings["value"].notna()]
        return own[own["end"] <= self.quarter.end].sort_values("end")

    def seasons(self, indicator: str) -> Shown:
        """The quarters of each year over one another, and this quarter beside the same one last year."""
        row = self._one(indicator)
        readings = self._series(indicator)
        readings = readings[readings["period_kind"] == "quarter"]
        readings = readings.assign(
            year=readings["period"].str[:7].str.replace("-", "/"), number=readings["period"].str[-1].astype(int)
        )
        said = []
        if pd.notna(row["last_year"]):
            now, then = (
                show(row["value"], row["unit"], row["decimals"]),
                bare(row["last_year"], row["unit"], row["decimals"]),
            )
            apart = bare(abs(row["value"] - row["last_year"]), row["unit"], row["decimals"])
            verdict = {
                "same": "the same as",
                "better": f"better, by {apart}, than",
                "worse": f"worse, by {apart}, than",
            }
            said.append(f"{now} is {verdict[row['direction_year']]} the {then} of {row['last_year_name']}.")
        if pd.notna(row["previous"]):
            said.append(f"{row['previous_name']} had {bare(row['previous'], row['unit'], row['decimals'])}.")
        return together([_heading(row["short_name"], said), charts.seasons(row, readings)])

    def year_to_date(self, *indicators: str) -> Shown:
        """Running totals as a share of the year's target, beside the share of the year gone."""
        chosen = pd.DataFrame([self._one(indicator) for indicator in indicators])
        chosen = chosen.assign(reached=(chosen["to_date"] / chosen["target_low"]).astype(float))
        gone = chosen["share"].max()
        behind = chosen[chosen["reached"] < gone]["short_name"]
        said = [f"{gone:.0%} of the year has gone."]
        said.append(f"Behind an even pace: {'; '.join(behind)}." if len(behind) else "All keep an even pace or better.")
        return together(
            [fill("paragraph", texts=[" ".join(said)]), charts.reached(chosen, gone, f"{gone:.0%} of the year gone")]
        )

    def profile(self, indicator: str) -> Shown:
        """A running total by month against the straight line to its target; later months that are known are shown."""
        row = self._one(indicator)
        points = self.readings[(self.readings["indicator"] == indicator) & self.readings["value"].notna()]
        points = points.sort_values("end")
        start, months = row["target_start"], row["target_end"] - row["target_start"] + 1
        year_end = self.framework.year(self.quarter).end
        due = self._months(start, max(year_end, points["end"].max()))
        due = due.assign(value=row["target_low"] * (due["end"] - start + 1) / months)
        share = points["value"] / (row["target_low"] * (points["end"] - start + 1) / months)
        said = [
            f"{show(each.value, row['unit'], row['decimals'])}{'' if each.status == 'final' else ' (expected)'} "
            f"by the end of {each.period_name} is {part:.0%} of the profile."
            for each, part in zip(points.itertuples(), share, strict=True)
        ]
        last = due.iloc[-1]
        said.append(
            f"The profile reaches {show(last['value'], row['unit'])} by the end of {last['period_name']}, "
            f"on its way to {show(row['target_low'], row['unit'])}."
        )
        return together([_heading(row["short_name"], said), charts.profile(row, points, due)])

    def _months(self, start: float, end: float) -> pd.DataFrame:
        """The months from one to another, with their names."""
        found = [month(count) for count in range(int(start), int(end) + 1)]
        return pd.DataFrame(
            {
                "end": [each.end for each in found],
                "period_name": [each.name for each in found],
                "period_short": [each.short_name for each in found],
            }
        )

    def against_own_targets(self, *indicators: str) -> Shown:
        """Figures as a share of the target that each period has of its own."""
        frames = []
        for indicator in indicators:
            row, readings = self._one(indicator), self._series(indicator)
            targets = self.targets[(self.targets["indicator"] == indicator) & (self.targets["kind"] == "point")]
            both = readings.merge(targets[["period", "low"]], on="period")
            frames.append(both.assign(share=both["value"] / both["low"], short_name=row["short_name"]))
        joined = pd.concat(frames)
        said = [
            f"{name} reached its own quarter's target in {words.number(int((group['share'] >= 1).sum()))} "
            f"of {words.counted(len(group), 'quarter')}."
            for name, group in joined.groupby("short_name", sort=False)
        ]
        return together([fill("paragraph", texts=[" ".join(said)]), charts.shares(joined)])

    def against_others(self, *indicators: str) -> Shown:
        """Figures beside those of the country, the region and others, best first."""
        pieces = []
        for indicator in indicators:
            row = self._one(indicator)
            known = self.benchmarks[(self.benchmarks["indicator"] == indicator) & self.benchmarks["value"].notna()]
            ours = self._series(indicator)
            same = ours[ours["period"].isin(known["period"]) & (ours["period_kind"] == row["period_kind"])]
            own = same.iloc[-1] if len(same) else ours.iloc[-1]
            frame = pd.concat(
                [
                    known.assign(who=known["comparator"] + ", " + known["period_name"], ours=False),
                    pd.DataFrame(
                        [
                            {
                                "who": f"{self.framework.council}, {own['period_name']}",
                                "value": own["value"],
                                "ours": True,
                            }
                        ]
                    ),
                ]
            ).sort_values("value", ascending=row["good_is"] == "low", kind="stable")
            place = list(frame["ours"]).index(True)
            said = [f"{_place(place, len(known))} better than {self.framework.council}."] if len(known) > 1 else []
            pieces.append(together([_heading(row["short_name"], said), charts.others(row, frame)]))
        return together(pieces)

    def beside(self, *indicators: str) -> Shown:
        """The supporting measures of some indicators, beside what they throw light on."""
        rows = []
        for indicator in indicators:
            main = self._one(indicator)
            for _, row in self.supporting[self.supporting["supports"] == indicator].iterrows():
                said = show(row["value"], row["unit"], row["decimals"]) or _ranked(row)
                cells = [said, row["covers"] or row["period_name"], f"{main['short_name']}: {tables.figure(main)}"]
                rows.append(tables.Row(row["name"], cells))
        heads = ["Measure", "Figure", "Period", "Throws light on"]
        return tables.table(
            "Measures that stand beside the indicators; they have no target of their own.", heads, rows, numbers={1}
        )

    def awaited(self) -> Shown:
        """What has no figure yet, and what the council says of when."""
        here = self.indicators[self.indicators["value"].isna()]
        rows = [
            tables.Row(row["name"], [words.FREQUENCY[row["frequency"]], row["directorate"], row["as_printed"]])
            for _, row in here.iterrows()
        ]
        heads = ["Indicator", "Reported", "Directorate", "What the council says"]
        return tables.table("Indicators without a figure so far.", heads, rows)


def _heading(name: str, said: list[str]) -> Shown:
    return fill("closer", name=name, said=" ".join(said))


def _place(better: int, comparators: int) -> str:
    """Say how many comparators do better: `Two of the three comparators do`."""
    whole = f"the {words.counted(comparators, 'comparator')}"
    if not better:
        return f"None of {whole} does"
    return f"{words.number(better).capitalize()} of {whole} {'does' if better == 1 else 'do'}"


def _ranked(row: pd.Series) -> str:
    return f"Ranked {row['rank']:.0f} of {row['of']:.0f}" if pd.notna(row["rank"]) else ""
