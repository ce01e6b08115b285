"""The verdict on every indicator at a quarter: figure, target, rating, direction, forecast and rank, one row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kpilib.judgement import benchmark, control, forecast, rating, trend
from kpilib.judgement.contract import concerns
from kpilib.records.framework import Rule
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period

PUBLISHED = (
    "framework quarter page indicator name directorate frequency good_is unit basis period covers value "
    "status previous_period previous last_year target_low target_high expected rating label "
    "computed_rating reason direction direction_year forecast forecast_rating variation assurance rank of "
    "quartile"
).split()


# What is not in a paper that was transcribed may be known to the council all the same.
_TRANSCRIBED = {
    rating.NO_TARGET["target"]: "Not rated: no target is printed.",
    rating.NO_FIGURE: "Not rated: no figure is printed.",
}


def judge(ledger: Ledger, at: Period, rule: Rule | None = None) -> pd.DataFrame:
    """
    Judge every indicator as it stands at a quarter.

    Args:
        ledger: the records as at the quarter whose report this is.
        at: the quarter looked at; it may be an earlier one, for comparison.
        rule: the rule to judge by; without it, the one in force in that quarter.

    Returns:
        a row for each indicator, in the order of indicators.csv, with the columns of indicators.csv as published
        and those that the pages add: to_date, share, target kind, off_for, the labels of the directions,
        the range of the forecast, the usual range, and a sentence for each of direction, forecast and control.
        Supporting measures are there too, judged like the others; `supports` names what they throw light on.
    """
    framework, known = ledger.framework, ledger.until(at)
    rule = rule or framework.rule(at)
    frame = current_readings(known, at)
    frame = rating.aim(frame, known.targets, rule, at)
    frame = trend.comparable(frame, known.readings, rule.compare)
    printed = trend.unbroken(frame, known.benchmarks)
    among = benchmark.beside(known.readings, known.benchmarks, known.comparators, frame, at)
    frame = benchmark.standing(frame, printed, among)
    frame = rating.towards_total(frame, known.readings)
    frame = forecast.outturn(frame, known.readings, framework.year(at).end)
    frame = rating.foresee(frame, known.targets, known.readings, rule, at)
    frame = rating.rate(frame, rule)
    frame = rating.running(frame, known.targets, known.readings, rule)
    frame = rating.override(frame, known.overrides, at.text, framework.ratings)
    frame = trend.direction(frame, rule.steady_within)
    frame = control.usual(frame, known.readings)
    frame = _labelled(frame.assign(framework=framework.slug, quarter=at.text), framework.ratings, framework.directions)
    return frame if framework.asks_commentary else frame.assign(reason=frame["reason"].replace(_TRANSCRIBED))


def _labelled(frame: pd.DataFrame, ratings: Mapping[str, str], directions: Mapping[str, str]) -> pd.DataFrame:
    """Add the council's own words; what is awaited has a word of its own where the council has one."""
    label = frame["rating"].map(dict(ratings))
    waits = frame["rating"].eq("not rated") & frame["status"].eq("awaited")
    return frame.assign(
        label=label.mask(waits, ratings.get("awaited", ratings["not rated"])),
        direction_label=frame["direction"].map(dict(directions)),
        direction_year_label=frame["direction_year"].map(dict(directions)),
    )


def current_readings(known: Ledger, at: Period) -> pd.DataFrame:
    """
    Give each indicator with its latest reading of a period that is over by a quarter.

    `late` marks a monthly or quarterly indicator whose figure is of an earlier quarter.
    A cell that was not measured is no reading; one awaited for a period still running counts where there is no other.
    """
    readings = known.readings[known.readings["status"].ne("not measured")]
    readings = readings.assign(over=readings["end"] <= at.end)
    order = readings.sort_values(["indicator", "over", "end", "start"], kind="stable")
    latest = order.drop_duplicates("indicator", keep="last").drop(columns=["note", "exempt"])
    frame = known.indicators.merge(latest, on="indicator", how="left")
    frame["status"] = frame["status"].replace("", "final")
    often = frame["frequency"].isin(["monthly", "quarterly"])
    frame["late"] = often & frame["value"].notna() & (frame["end"] < at.end)
    said = ("status", "covers", "as_printed", "period", "period_name", "period_kind")
    return frame.fillna(dict.fromkeys(said, ""))


def published(judged: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of indicators.csv, without supporting measures."""
    return judged.loc[judged["supports"] == "", PUBLISHED]


def counts(
    judged: pd.DataFrame, by: str | None = None, colours: Sequence[str] = ("green", "amber", "red")
) -> pd.DataFrame:
    """
    Count ratings, over all or by page or directorate; percentages are of the rated.

    Args:
        colours: the ratings that the framework has, from best to worst.

    Returns:
        a column for each colour, then not rated, indicators, rated;
        a row for each group in order of first appearance.
    """
    groups = judged[by] if by else pd.Series("all", index=judged.index)
    table = pd.crosstab(groups, judged["rating"]).reindex(
        index=groups.unique(), columns=[*colours, "not rated"], fill_value=0
    )
    return table.assign(indicators=table.sum(axis=1), rated=table[list(colours)].sum(axis=1))


def stated(tallies: pd.DataFrame, at: Period, colours: Sequence[str] = ("green", "amber", "red")) -> pd.DataFrame:
    """
    Give the counts of ratings that a council printed without the indicators behind them.

    Args:
        tallies: as records hold them; a directorate that is empty is the whole council.

    Returns:
        the columns of `counts`, in the same manner; a row for each directorate whose count of every rating is given,
        the whole council as `all`. What is printed in part only cannot be counted, and is left out.
    """
    here = tallies[tallies["quarter"] == at.text]
    groups = here["directorate"].replace("", "all")
    table = here.assign(group=groups).pivot_table(index="group", columns="rating", values="indicators", sort=False)
    table = table.reindex(index=groups.unique(), columns=[*colours, "not rated"]).dropna().astype(int)
    return table.assign(indicators=table.sum(axis=1), rated=table[list(colours)].sum(axis=1))


def travelled(judged: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """
    Count directions of travel and signals, over all or by page or directorate.

    Returns:
        better, same, worse and cannot say; improvement and concern, the signals for the better and for the worse;
        indicators, and compared, those of which a direction can be said;
        a row for each group in order of first appearance.
    """
    groups = judged[by] if by else pd.Series("all", index=judged.index)
    ways, signals = ["better", "same", "worse", "cannot say"], ["improvement", "concern"]
    table = pd.crosstab(groups, judged["direction"]).reindex(index=groups.unique(), columns=ways, fill_value=0)
    signalled = pd.crosstab(groups, judged["variation"]).reindex(index=table.index, columns=signals, fill_value=0)
    total = table.sum(axis=1)
    return table.join(signalled).assign(indicators=total, compared=total - table["cannot say"])


def needs_attention(judged: pd.DataFrame) -> pd.Series:
    """
    Say which indicators to look at where trends are followed: a signal for the worse, a worse figure, a missed target.

    The reasons are those for which commentary is owed; here it does not matter of when the figure is.
    """
    return concerns(judged).any(axis=1)


def is_good_news(judged: pd.DataFrame) -> pd.Series:
    """Say which indicators have a signal for the better, or got better, and need no attention."""
    good = judged["variation"].eq("improvement") | judged["direction"].eq("better")
    return good & ~needs_attention(judged)


def counts_moved(now: pd.Series, before: pd.Series) -> pd.Series:
    """
    Say of the count of each rating whether it moved for the better since the quarter before.

    More blue or green is better, and fewer red.
    Of a colour between them it cannot be said: fewer may have become better or worse.

    Args:
        now: one row of `counts`.
        before: the same of the quarter before.
    """
    change = now - before
    good = pd.Series({name: -1 if name == "red" else int(name in rating.ON_TARGET) for name in change.index})
    said = np.select([good == 0, change == 0, change * good > 0], ["cannot say", "same", "better"], "worse")
    return pd.Series(said, index=change.index)


def moved_by_rule(ledger: Ledger, at: Period, before: Period) -> pd.DataFrame:
    """
    Compare two quarters under one rule, where the rule changed between them.

    Returns:
        a row for each indicator, by indicator: rating_by_old_rule, what this quarter would be under the rule before,
        and before_by_new_rule, what the quarter before would be under this quarter's; empty where no rule changed.
    """
    new, old = ledger.framework.rule(at), ledger.framework.rule(before)
    if new.rates_like(old):
        return pd.DataFrame(columns=["rating_by_old_rule", "before_by_new_rule"], dtype=object)
    return pd.DataFrame(
        {
            "rating_by_old_rule": judge(ledger, at, old).set_index("indicator")["rating"],
            "before_by_new_rule": judge(ledger, before, new).set_index("indicator")["rating"],
        }
    )
