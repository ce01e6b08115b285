"""
A closer look: what a page's own notebook may ask beyond what its kind shows.

Each word takes the indicators to look at, so that it serves any council's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from kpilib.judgement import benchmark
from kpilib.judgement.figures import bare, gap, percent, show
from kpilib.pages import closer_charts, tables, words
from kpilib.pages.page import CopiedFrame, Page
from kpilib.pages.shown import Shown, fill, together
from kpilib.records.faults import CallError, Fault, RecordsError, allowed
from kpilib.records.periods import month

Standings = list[tuple[pd.Series, pd.DataFrame]]  # measures, each with its standings by group


class CloserLook(Page):
    """Looks at chosen indicators from one more side."""

    def _one(self, indicator: str) -> pd.Series:
        """Give an indicator or supporting measure of this page."""
        here = pd.concat([self.indicators, self.supporting]).set_index("indicator", drop=False)
        if indicator not in here.index:
            fault = Fault(self.entry.page, f"has no indicator {indicator!r}", allowed(indicator, here.index))
            raise RecordsError([fault])
        return here.loc[indicator]

    def _named(self, indicators: Sequence[str]) -> list[pd.Series]:
        """Give some indicators or supporting measures of this page: one at least."""
        if not indicators:
            remedy = (
                f'Name one or more, such as "{self.indicators["indicator"].iloc[0]}".'
                if len(self.indicators)
                else ("This page has none to name.")
            )
            raise CallError(Fault(self.entry.page, "no indicator is named to look at more closely", remedy))
        return [self._one(indicator) for indicator in indicators]

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
            now = show(row["value"], row["unit"], row["decimals"])
            then = bare(row["last_year"], row["unit"], row["decimals"])
            apart = gap(row["value"], row["last_year"], row["unit"], row["decimals"])
            verdict = {
                "same": "is the same as",
                "better": f"is better, by {apart}, than",
                "worse": f"is worse, by {apart}, than",
            }.get(row["direction_year"], "stands beside")
            said.append(f"{now} {verdict} the {then} of {row['last_year_name']}.")
        if pd.notna(row["previous"]):
            said.append(f"{row['previous_name']} had {bare(row['previous'], row['unit'], row['decimals'])}.")
        return together([_heading(row["short_name"], said), closer_charts.seasons(row, readings, self._quarters())])

    def _quarters(self) -> list[str]:
        """The four quarters of the council's year, with their months."""
        quarters = [self.framework.quarter(f"{self.quarter.text[:7]}-Q{number}") for number in range(1, 5)]
        return [f"Q{number}\n{each.months_short}" for number, each in enumerate(quarters, 1)]

    def year_to_date(self, *indicators: str) -> Shown:
        """Running totals as a share of the year's target, beside the share of the year gone."""
        chosen = pd.DataFrame(self._named(indicators))
        aims = chosen["target_low"].where(chosen["target_low"] > 0)
        chosen = chosen.assign(reached=(chosen["to_date"] / aims).astype(float))
        year = self.framework.year(self.quarter)
        gone = (self.quarter.end - year.start + 1) / year.months
        behind = chosen[chosen["reached"] < chosen["share"]]["short_name"]
        unknown = chosen[chosen["reached"].isna()]["short_name"]
        said = [f"{percent(gone)} of the year has gone."]
        late = chosen[chosen["late"].astype(bool)]["short_name"]
        if len(late):
            said.append(f"Without a figure for this quarter, and shown as they stood before: {'; '.join(late)}.")
        if len(unknown):
            said.append(f"Without a total to date, or a target above nought: {'; '.join(unknown)}.")
        said.append(
            f"Behind what is due by now: {'; '.join(behind)}." if len(behind) else "None is behind what is due by now."
        )
        chosen = chosen[chosen["reached"].notna()]
        drawn = [closer_charts.reached(chosen, gone, f"{percent(gone)} of the year gone")] if len(chosen) else []
        return together([fill("paragraph", texts=[" ".join(said)]), *drawn])

    def profile(self, indicator: str) -> Shown:
        """A running total by month against the straight line to its target; later months that are known are shown."""
        row = self._one(indicator)
        points = self.readings[(self.readings["indicator"] == indicator) & self.readings["value"].notna()]
        points = points.sort_values("end")
        if points.empty or row["kind"] != "total" or not row["target_low"]:
            return _heading(row["short_name"], ["There is no total to profile it against, or no figure yet."])
        start, months = row["target_start"] - row["shift"], row["target_end"] - row["target_start"] + 1
        points = points[points["end"] >= start]
        year_end = self.framework.year(self.quarter).end
        due = self._months(start, max(year_end, points["end"].max()))
        due = due.assign(value=row["target_low"] * (due["end"] - start + 1) / months)
        share = points["value"] / (row["target_low"] * (points["end"] - start + 1) / months)
        said = [
            f"{show(each.value, row['unit'], row['decimals'])}{' (expected)' if each.status == 'estimate' else ''} "
            f"by the end of {each.period_name} is {percent(part)} of the profile."
            for each, part in zip(points.itertuples(), share, strict=True)
        ]
        last = due.iloc[-1]
        said.append(
            f"The profile reaches {show(last['value'], row['unit'])} by the end of {last['period_name']}, "
            f"on its way to {show(row['target_low'], row['unit'])}."
        )
        return together([_heading(row["short_name"], said), closer_charts.profile(row, points, due)])

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
        for row in self._named(indicators):
            readings = self._series(row["indicator"])
            targets = self.targets[(self.targets["indicator"] == row["indicator"]) & (self.targets["kind"] == "point")]
            targets = targets[targets["low"] > 0]
            both = readings.merge(targets[["period", "low"]], on="period")
            named = {name: row[name] for name in ("short_name", "unit", "decimals")}
            frames.append(both.assign(share=both["value"] / both["low"], **named))
        joined = pd.concat(frames)
        if joined.empty:
            return fill("paragraph", texts=["No period has a target of its own."])
        said = [
            f"{name} reached its own quarter's target in {words.number(int((group['share'] >= 1).sum()))} "
            f"of {words.counted(len(group), 'quarter')}."
            for name, group in joined.groupby("short_name", sort=False)
        ]
        return together([fill("paragraph", texts=[" ".join(said)]), closer_charts.shares(joined)])

    def against_others(self, *indicators: str) -> Shown:
        """Figures beside those of the country, the region and others, best first."""
        return together([self._against(row) for row in self._named(indicators)])

    def _against(self, row: pd.Series, heading: str | None = None) -> Shown:
        """Its figure beside those of others; under its own name, unless another heading, or none, is wanted."""
        heading = row["short_name"] if heading is None else heading
        named = self.benchmarks[~self.benchmarks["grouped"]]
        known = named[(named["indicator"] == row["indicator"]) & named["value"].notna()]
        known = known.sort_values("end", kind="stable").drop_duplicates("comparator", keep="last")
        series = self._series(row["indicator"])
        if known.empty or series.empty:
            return _heading(heading, ["There is nothing to compare yet."])
        same = series[series["period"].isin(known["period"]) & (series["period_kind"] == row["period_kind"])]
        ours = pd.concat([same, series.tail(1)]).drop_duplicates("period")
        frame = pd.concat([self._who(known, known["comparator"], False), self._who(ours, self.framework.council, True)])
        frame = frame.sort_values("value", ascending=row["good_is"] == "low", kind="stable")
        compared = (same if len(same) else ours).iloc[-1]["value"]
        better = int(
            (known["value"] < compared).sum() if row["good_is"] == "low" else (known["value"] > compared).sum()
        )
        sources = [f"{words.sentence(source)}" for source in dict.fromkeys(known["source"]) if source]
        place = [_place(better, list(known["comparator"]), self.framework.council)]
        return together(
            [
                _heading(heading, place if row["good_is"] in ("high", "low") else []),
                closer_charts.others(row, frame),
                fill("paragraph", look="small", texts=[f"Sources: {' '.join(sources)}"] if sources else []),
            ]
        )

    def _who(self, frame: pd.DataFrame, name: pd.Series | str, ours: bool) -> pd.DataFrame:
        """Name each figure by whose it is and when, unless its name says when already."""
        named = frame.assign(who=name, ours=ours)
        dated = [
            row.who if row.period_name in row.who else f"{row.who}, {row.period_name}" for row in named.itertuples()
        ]
        return named.assign(who=dated)

    @CopiedFrame
    def standings(self) -> pd.DataFrame:
        """Where the council stands in each group of comparators, by indicator and period; see `benchmark.beside`."""
        judged = pd.concat([self.indicators, self.supporting])
        return benchmark.beside(self.readings, self.benchmarks, self._ledger.comparators, judged, self.quarter)

    @cached_property
    def _groups(self) -> list[str]:
        """The groups of comparators, the closest first: that with the fewest members."""
        return list(self._ledger.comparators["group"].value_counts(ascending=True).index)

    def among_others(self, *indicators: str) -> Shown:
        """Where the council stands in whole groups of others, by the latest period that each measure has."""
        measures = self._named(indicators)
        looked = self.standings[self.standings["indicator"].isin(indicators)]
        last = looked[looked["end"] == looked.groupby("indicator")["end"].transform("max")]
        chosen = [(row, self._closest_first(last[last["indicator"] == row["indicator"]])) for row in measures]
        known = [(row, groups) for row, groups in chosen if len(groups)]
        names = [name for name in self._groups if any(name in groups.index for _, groups in known)]
        council = self.framework.council
        said = [_heading(row["short_name"], _stands(row, groups, council)) for row, groups in chosen]
        if not known:
            return together(said)
        about = self.benchmarks[self.benchmarks["grouped"] & self.benchmarks["indicator"].isin(indicators)]
        sources = [words.sentence(source) for source in dict.fromkeys(about["source"]) if source]
        notes = [f"Sources: {' '.join(sources)}"] if sources else []
        notes.append(self._members(names[0]))
        cautions = pd.DataFrame([row for row, _ in known]).groupby("note", sort=False)["short_name"].agg(list)
        notes.extend(note if len(whose) > 1 else f"{whose[0]}: {note}" for note, whose in cautions.items() if note)
        lead = (
            f"A rank counts {council} among those that have a figure; "
            "those with the same figure share the better place. "
            f"A median is that of the others. Shown is what was published by {self.quarter.name}. "
            "A rank does not say how far apart figures are; the strips do."
        )
        return together(
            [
                fill("paragraph", texts=[lead]),
                *said,
                self._strips(known, about, names),
                self._standings_table(known, names),
                self._ranks_by_period(measures, looked[looked["group"] == names[-1]], names[-1]),
                fill("paragraph", look="small", texts=[" ".join(notes)] if notes else []),
            ]
        )

    def _members(self, group: str) -> str:
        """Name the members of a group."""
        members = self._ledger.comparators
        named = sorted(members.loc[members["group"] == group, "comparator"])
        return f"{words.sentence(group)[:-1]}: {words.listed(named)}."

    def _closest_first(self, standings: pd.DataFrame) -> pd.DataFrame:
        """A measure's standings by group, the closest first; of several periods that end alike, that of the most."""
        fullest = standings.sort_values("compared", kind="stable")["period"].tail(1)
        standings = standings[standings["period"].isin(fullest)]
        standings = standings[(standings["compared"] > 0) | (standings["compared"].max() == 0)].set_index("group")
        return standings.reindex([name for name in self._groups if name in standings.index])

    def _strips(self, known: Standings, about: pd.DataFrame, names: list[str]) -> Shown:
        """Every figure of the same period, a strip for each measure."""
        kept = ["indicator", "short_name", "unit", "decimals", "good_is", "target_low", "target_high"]
        measures = pd.DataFrame(
            [
                {
                    **row[kept],
                    **groups.iloc[0][["period", "period_name", "value"]],
                    "median": groups["median"].get(names[0], math.nan),
                    "ranks": _ranks(groups),
                    "directed": groups["best"].notna().any(),
                }
                for row, groups in known
            ]
        )
        members = self._ledger.comparators
        close = members.loc[members["group"] == names[0], "comparator"]
        marks = about[about["value"].notna()].merge(measures[["indicator", "period"]])
        marks = marks.assign(close=marks["comparator"].isin(close))
        drawn = measures[measures["indicator"].isin(marks["indicator"])]
        return closer_charts.strips(drawn, marks, self.framework.council, names) if len(drawn) else together([])

    def _standings_table(self, known: Standings, names: list[str]) -> Shown:
        """The same in figures: how old they are, medians and ranks."""
        rows = []
        for row, groups in known:
            first, every = groups.iloc[0], groups.reindex(names)
            value = bare(first["value"], row["unit"], row["decimals"]) or "No figure"
            medians = [bare(median, row["unit"], row["decimals"]) for median in every["median"]]
            ranks = [_rank(each) for _, each in every.iterrows()]
            quartile = show(every.iloc[-1]["quartile"])
            age = words.counted(int(first["age_months"]), "month")
            measure = tables.under(row["short_name"], f"{first['period_name']}, {age} old")
            rows.append(tables.Row(measure, [value, *medians, *ranks, quartile]))
        heads = ["Measure", self.framework.council, *[f"Median of {name}" for name in names]]
        heads += [*[f"Rank among {name}" for name in names], "Quartile"]
        caption = f"The latest figures beside those of others. The quartile is that among {names[-1]}; 1 is best."
        return tables.table(caption, heads, rows, numbers=range(1, len(heads)), look="names")

    def _ranks_by_period(self, measures: list[pd.Series], standings: pd.DataFrame, group: str) -> Shown:
        """Each measure's rank in one group, period by period."""
        ranked = standings[standings["rank"].notna()].sort_values("end", kind="stable")
        periods = list(dict.fromkeys(ranked["period_name"]))
        rows = []
        for row in measures:
            own = ranked[ranked["indicator"] == row["indicator"]].set_index("period_name")
            if len(own):
                cells = [_rank(own.loc[name]) if name in own.index else "" for name in periods]
                rows.append(tables.Row(row["short_name"], cells))
        if len(periods) < 2:
            return together([])
        caption = (
            f"Ranks among {group}, period by period; an empty cell has none to give. "
            "A rank also moves when others do better or worse."
        )
        return tables.table(caption, ["Measure", *periods], rows, numbers=range(1, len(periods) + 1))

    def beside(self, *indicators: str) -> Shown:
        """The supporting measures of some indicators, beside what they throw light on."""
        rows = []
        for main in self._named(indicators):
            for _, row in self.supporting[self.supporting["supports"] == main["indicator"]].iterrows():
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


def _place(better: int, comparators: list[str], council: str) -> str:
    """Say how many comparators do better: `Both comparators do better than …`."""
    count = len(comparators)
    if count == 1:
        return (
            f"The figure of {comparators[0]} is better than that of {council}."
            if better
            else f"{council} does no worse than {comparators[0]}."
        )
    if better == 0:
        return f"{council} does no worse than any of the {words.number(count)} comparators."
    who = "Both" if count == 2 else f"All {words.number(count)}"
    if better < count:
        who = f"{words.number(better).capitalize()} of the {words.number(count)}"
    return f"{who} comparators {'do' if better > 1 else 'does'} better than {council}."


def _stands(row: pd.Series, groups: pd.DataFrame, council: str) -> list[str]:
    """Say how a figure stands beside the median of the closest group, then its rank in each, and how old it is."""
    if groups.empty:
        return ["There is nothing to compare yet."]
    close = groups.iloc[0]
    unit, decimals, when = row["unit"], row["decimals"], close["period_name"]
    median = bare(close["median"], unit, decimals)
    count = words.counted(int(close["compared"]), "figure")
    if pd.isna(close["value"]):
        return [*([f"In {when} the median of {close.name} was {median}, from {count}."] if median else []),
                close["not_comparable"]]  # fmt: skip
    own = f"In {when} {council} had {show(close['value'], unit, decimals)}"
    beside = f", {_apart(close, unit, decimals)} the median of {close.name} ({median}, from {count})" if median else ""
    place = f"It ranked {_ranks(groups)}, which is quartile {show(groups.iloc[-1]['quartile'])} (1 is best)."
    age = [f"The figure is {words.counted(int(close['age_months']), 'month')} old."] if close["age_months"] else []
    return [f"{own}{beside}.", f"{close['not_comparable']} It has no rank." if close["not_comparable"] else place, *age]


def _apart(close: pd.Series, unit: str, decimals: float) -> str:
    """Say how far a figure is from the median: better or worse where that can be said, else above or below."""
    apart, known = close["value"] - close["median"], pd.notna(close["gap"])
    way = close["gap"] if known else apart
    if abs(way) <= 1e-9:
        return "the same as" if abs(apart) <= 1e-9 else "as good as"
    alike = abs(abs(way) - abs(apart)) <= 1e-9  # else it is how much nearer to the target one is than the other
    much = gap(close["value"], close["median"], unit, decimals) if alike else gap(way, 0, unit, decimals)
    good, bad = ("better than", "worse than") if known else ("above", "below")
    return f"{much} {good if way > 0 else bad}"


def _ranks(groups: pd.DataFrame) -> str:
    """Name the rank in each group: `10 of 16 among nearest neighbours and 93 of 151 among all authorities`."""
    return words.listed([f"{_rank(row)} among {row.name}" for _, row in groups.iterrows() if pd.notna(row["rank"])])


def _rank(standing: pd.Series) -> str:
    """Write a rank; nothing where there is no such group."""
    if pd.isna(standing["compared"]):
        return ""
    return f"{show(standing['rank'])} of {show(standing['of'])}" if pd.notna(standing["rank"]) else "No rank"


def _ranked(row: pd.Series) -> str:
    return f"Ranked {show(row['rank'])} of {show(row['of'])}" if pd.notna(row["rank"]) else ""
