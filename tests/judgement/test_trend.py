"""Which way performance went, and when there is no telling."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from kpilib.judgement.trend import comparable, direction, good_words
from kpilib.records.periods import period


def current(at: str = "2019-20-Q3", **said: Any) -> pd.DataFrame:
    """Build one indicator with its latest reading, as `comparable` takes it; `break_from` is a period."""
    found = period(at)
    default = {
        "indicator": "lighting",
        "basis": "quarter",
        "period_kind": found.kind,
        "start": float(found.start),
        "end": float(found.end),
        "break_from_start": float(period(said.pop("break_from")).start) if "break_from" in said else math.nan,
    }
    return pd.DataFrame([default | said])


def readings(said: dict[str, float], indicator: str = "lighting") -> pd.DataFrame:
    """Build readings as records hold them, from periods and values."""
    built = []
    for text, value in said.items():
        found = period(text)
        built.append(
            {
                "indicator": indicator,
                "period_kind": found.kind,
                "period": text,
                "period_name": found.name,
                "start": float(found.start),
                "end": float(found.end),
                "value": value,
            }
        )
    return pd.DataFrame(built)


def compared(known: dict[str, float], at: str = "2019-20-Q3", **said: Any) -> pd.Series:
    """Find what one current reading may be compared with."""
    return comparable(current(at, **said), readings(known)).iloc[0]


def judged(steady_within: str = "0%", **said: Any) -> pd.Series:
    """Judge one reading of 50% after 40% in the quarter before, where high is good."""
    default = {
        "value": 50.0,
        "previous": 40.0,
        "previous_name": "Quarter 2 2019/20",
        "last_year": math.nan,
        "good_is": "high",
        "basis": "quarter",
        "target_low": math.nan,
        "target_high": math.nan,
        "kind": "point",
        "unit": "%",
        "decimals": 0,
    }
    return direction(pd.DataFrame([default | said]), steady_within).iloc[0]


# What may be compared.


def test_the_reading_before_is_the_last_one_of_its_kind() -> None:
    """A quarter is compared with the quarter before it, not with a month, a year or a quarter yet to come."""
    known = {"2019-20-Q1": 1.0, "2019-20-Q2": 2.0, "2019-20-Q3": 3.0, "2019-20-Q4": 4.0, "2019-09": 9.0, "2018-19": 8.0}
    found = compared(known)

    assert found[["previous", "previous_period", "previous_name"]].tolist() == [2.0, "2019-20-Q2", "Quarter 2 2019/20"]


@pytest.mark.parametrize(
    ("at", "before"),
    [("2019-20", "2018-19"), ("2019-04", "2018-04"), ("2019-11", "2019-10"), ("2019-20-Q1", "2018-19-Q4")],
)
def test_years_and_months_are_compared_with_their_own_kind(at: str, before: str) -> None:
    """A year is compared with a year, a month with a month, and a first quarter with the last of the year before."""
    others = {"2018-19-Q4": 7.0, "2018-19": 7.0, "2018-04": 7.0, "2019-10": 7.0}
    kept = {text: value for text, value in others.items() if period(text).end < period(at).end}

    assert before == compared(kept, at)["previous_period"]


def test_a_quarter_without_a_figure_is_passed_over() -> None:
    """A cell that holds no figure is not compared with; the one before it is."""
    assert compared({"2019-20-Q1": 1.0, "2019-20-Q2": math.nan})["previous"] == 1.0


def test_the_order_of_the_records_does_not_matter() -> None:
    """The latest reading is found wherever its row stands."""
    assert compared({"2019-20-Q2": 2.0, "2018-19-Q4": 4.0, "2019-20-Q1": 1.0})["previous"] == 2.0


def test_another_indicators_readings_do_not_count() -> None:
    """An indicator is compared only with itself."""
    found = comparable(current(), readings({"2019-20-Q2": 2.0, "2018-19-Q3": 1.0}, "another")).iloc[0]

    assert found[["previous", "last_year"]].isna().all()


def test_last_year_is_the_same_quarter_a_year_earlier() -> None:
    """The same quarter last year is found beside the quarter before; no other quarter stands in for it."""
    found = compared({"2018-19-Q2": 2.0, "2018-19-Q3": 7.0, "2019-20-Q2": 5.0})

    assert found[["previous", "last_year", "last_year_name"]].tolist() == [5.0, 7.0, "Quarter 3 2018/19"]
    assert pd.isna(compared({"2018-19-Q2": 2.0, "2018-19-Q4": 4.0})["last_year"])


def test_nothing_is_compared_across_a_break() -> None:
    """A reading from before the break is neither the one before nor last year's."""
    found = compared({"2018-19-Q3": 7.0, "2018-19-Q4": 6.0}, break_from="2019-20-Q1")

    assert found[["previous", "last_year"]].isna().all()


def test_the_break_itself_may_be_compared_with() -> None:
    """The first reading after the break is comparable with those that follow it."""
    assert compared({"2018-19-Q4": 6.0, "2019-20-Q1": 5.0}, break_from="2019-20-Q1")["previous"] == 5.0


def test_readings_before_a_break_may_be_compared_with_one_another() -> None:
    """Where the current reading is itself from before the break, earlier ones are comparable with it."""
    assert compared({"2018-19-Q3": 7.0}, at="2018-19-Q4", break_from="2019-20-Q1")["previous"] == 7.0


def test_a_running_total_is_compared_with_last_year_only() -> None:
    """A running total starts anew each year, so that only the same quarter last year is comparable."""
    found = compared({"2019-20-Q2": 400.0, "2018-19-Q3": 500.0}, basis="to date")
    alone = compared({"2019-20-Q2": 400.0}, basis="to date")

    assert found[["last_year", "previous", "previous_period"]].tolist() == [500.0, 500.0, "2018-19-Q3"]
    assert alone[["previous", "previous_period", "previous_name"]].isna().all()


@pytest.mark.parametrize("basis", ["quarter", "sum", "rolling", "snapshot"])
def test_every_other_basis_is_compared_with_the_quarter_before(basis: str) -> None:
    """A quarter's own figure, a moving window and a position on a day are compared with the one before."""
    assert compared({"2019-20-Q2": 2.0}, basis=basis)["previous"] == 2.0


# Which way it went.


@pytest.mark.parametrize(
    ("good_is", "up", "down"),
    [("high", "better", "worse"), ("on target", "better", "worse"), ("low", "worse", "better")],
)
def test_the_arrow_shows_performance(good_is: str, up: str, down: str) -> None:
    """A rise is better where high or being on target is good, and worse where low is."""
    assert [up, down, "same"] == [judged(good_is=good_is, value=value)["direction"] for value in (41.0, 39.0, 40.0)]


def test_last_year_is_judged_by_itself() -> None:
    """The two directions need not agree."""
    found = judged(value=50.0, previous=40.0, last_year=60.0)

    assert found[["direction", "direction_year"]].tolist() == ["better", "worse"]


@pytest.mark.parametrize(
    ("value", "previous", "way"),
    [(52, 40, "better"), (40, 52, "worse"), (58, 42, "same"), (48, 40, "better"), (50, 50, "same")],
)
def test_near_is_judged_by_the_distance_from_the_target(value: float, previous: float, way: str) -> None:
    """Where near the target is good, coming nearer to it from either side is better."""
    assert way == judged(good_is="near", target_low=50.0, value=float(value), previous=float(previous))["direction"]


def test_near_inside_a_range_is_neither_better_nor_worse() -> None:
    """Both within the range of 600 to 680, 670 is no worse than 610."""
    found = judged(good_is="near", kind="range", target_low=600.0, target_high=680.0, value=670.0, previous=610.0)

    assert found["direction"] == "same"


@pytest.mark.parametrize(
    ("steady_within", "value", "way"),
    [
        ("2%", 40.8, "same"),
        ("2%", 39.2, "same"),
        ("2%", 40.9, "better"),
        ("2%", 39.1, "worse"),
        ("0.5 points", 40.5, "same"),
        ("0.5 points", 39.4, "worse"),
        ("0%", 40.01, "better"),
        ("0%", 40.0, "same"),
    ],
)
def test_a_change_within_the_steady_band_is_none(steady_within: str, value: float, way: str) -> None:
    """A change up to the band, in points or in percent of the earlier figure, is `same`."""
    assert way == judged(steady_within, value=value)["direction"]


@pytest.mark.parametrize(("value", "way"), [(-10.2, "same"), (-10.3, "worse"), (-9.7, "better")])
def test_the_steady_band_of_a_figure_below_zero_has_its_size(value: float, way: str) -> None:
    """A percentage of a figure below zero is a percentage of its size."""
    assert way == judged("2%", value=value, previous=-10.0)["direction"]


def test_a_sum_of_fractions_is_no_change() -> None:
    """What a computer loses in adding tenths is no change."""
    assert judged(value=0.1 + 0.2, previous=0.3)["direction"] == "same"


# What is said of it.


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "50% against 40% in Quarter 2 2019/20; high is good."),
        (
            {"unit": "days", "decimals": 2, "good_is": "low", "value": 7.19, "previous": 5.0},
            "7.19 days against 5.00 in Quarter 2 2019/20; low is good.",
        ),
        (
            {"unit": "£", "good_is": "on target", "value": 155000.0, "previous": 100000.0},
            "£155,000 against £100,000 in Quarter 2 2019/20.",
        ),
        (
            {"good_is": "near", "target_low": 45.0},
            "50% against 40% in Quarter 2 2019/20; near the target is good.",
        ),
        ({"previous": 50.0}, "50% against 50% in Quarter 2 2019/20; high is good."),
    ],
)
def test_a_direction_says_what_it_compares(said: dict[str, Any], reason: str) -> None:
    """The sentence names both figures, the earlier period, and which way is good."""
    assert reason == judged(**said)["direction_reason"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"value": math.nan}, "There is no figure to compare."),
        ({"value": math.nan, "basis": "to date", "good_is": "none"}, "There is no figure to compare."),
        ({"good_is": "none"}, "The records do not say which way is good."),
        ({"previous": math.nan}, "There is no earlier figure that it can be compared with."),
        ({"previous": math.nan, "good_is": "near"}, "There is no earlier figure that it can be compared with."),
        ({"good_is": "near"}, "Without a target there is no telling which way is good."),
        (
            {"previous": math.nan, "basis": "to date"},
            "A running total can be compared only with the same quarter last year, which is not in the records.",
        ),
    ],
)
def test_what_cannot_be_compared_says_why(said: dict[str, Any], reason: str) -> None:
    """Where there is no telling, the direction is `cannot say`, and one sentence says why."""
    assert ["cannot say", reason] == judged(**said)[["direction", "direction_reason"]].tolist()


@pytest.mark.parametrize(
    ("good_is", "words"),
    [
        ("high", "high is good"),
        ("low", "low is good"),
        ("on target", ""),
        ("near", "near the target is good"),
        ("none", ""),
    ],
)
def test_which_way_is_good_is_said_in_words(good_is: str, words: str) -> None:
    """Each way of being good has its words; where the records do not say, there are none."""
    assert words == good_words(good_is)
