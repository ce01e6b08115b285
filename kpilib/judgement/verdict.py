"""The verdict on every indicator at a quarter: figure, target, rating, direction and rank, one row each."""

from __future__ import annotations

import pandas as pd

from kpilib.judgement import benchmark, rating, trend
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period

PUBLISHED = (
    "framework quarter page indicator name directorate frequency good_is unit basis period covers value "
    "status previous_period previous last_year target_low target_high expected rating label "
    "computed_rating reason direction direction_year forecast forecast_rating variation assurance rank of "
    "quartile"
).split()


def judge(ledger: Ledger, at: Period) -> pd.DataFrame:
    """
    Judge every indicator as it stands at a quarter.

    Args:
        ledger: the records as at the quarter whose report this is.
        at: the quarter looked at; it may be an earlier one, for comparison.

    Returns:
        a row for each indicator, in the order of indicators.csv, with the columns of indicators.csv as published
        and those that the pages add: to_date, share, target kind, direction_reason, period_name, supports.
        Supporting measures are there too, judged like the others; `supports` names what they throw light on.
    """
    framework, known = ledger.framework, ledger.until(at)
    rule = framework.rule(at)
    frame = current_readings(known, at)
    frame = rating.aim(frame, known.targets, rule, at)
    frame = trend.comparable(frame, known.readings, rule.compare)
    frame = benchmark.standing(frame, known.benchmarks)
    frame = rating.towards_total(frame, known.readings)
    frame = rating.rate(frame, rule)
    frame = rating.override(frame, known.overrides, at.text)
    frame = trend.direction(frame, rule.steady_within)
    return frame.assign(
        framework=framework.slug,
        quarter=at.text,
        label=frame["rating"].map(dict(framework.ratings)),
        **dict.fromkeys(("forecast", "forecast_rating", "variation", "assurance"), ""),
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


def counts(judged: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """
    Count ratings, over all or by page or directorate; percentages are of the rated.

    Returns:
        columns green, amber, red, not rated, indicators, rated; a row for each group in order of first appearance.
    """
    groups = judged[by] if by else pd.Series("all", index=judged.index)
    table = pd.crosstab(groups, judged["rating"]).reindex(
        index=groups.unique(), columns=["green", "amber", "red", "not rated"], fill_value=0
    )
    return table.assign(indicators=table.sum(axis=1), rated=table[["green", "amber", "red"]].sum(axis=1))
