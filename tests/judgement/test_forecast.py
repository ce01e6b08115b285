"""Where an indicator will stand at the end of the year, by which method, and how far off that may be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement.forecast import outturn
from kpilib.records.periods import period

YEAR_END = period("2019-20").end
NO_TARGET = {"kind": math.nan, "target_start": math.nan, "target_end": math.nan, "shift": math.nan}

briefly = settings(deadline=None, max_examples=40)
figures = st.lists(st.integers(0, 500).map(float), min_size=1, max_size=18)
bases = st.sampled_from(["quarter", "sum", "to date", "rolling", "snapshot"])


def total(first: str = "2019-20", last: str = "2019-20") -> dict[str, Any]:
    """Build a total target over a span of periods."""
    start, end = float(period(first).start), float(period(last).end)
    return {"kind": "total", "target_start": start, "target_end": end, "shift": 0.0}


def readings(known: dict[str, float], indicator: str = "visits") -> pd.DataFrame:
    """Build readings as records hold them, from periods and values."""
    found = [period(text) for text in known]
    return pd.DataFrame(
        {
            "indicator": indicator,
            "period_kind": [each.kind for each in found],
            "start": [float(each.start) for each in found],
            "end": [float(each.end) for each in found],
            "period_name": [each.name for each in found],
            "value": list(known.values()),
        }
    )


def latest(known: dict[str, float], indicator: str = "visits", **said: Any) -> pd.DataFrame:
    """Build the row of an indicator whose latest reading is the last one said."""
    default = {
        "basis": "quarter",
        "frequency": "quarterly",
        "unit": "days",
        "decimals": math.nan,
        "break_from_start": float(period(said.pop("break_from")).start) if "break_from" in said else math.nan,
        "to_date": said.pop("to_date", list(known.values())[-1]),
        "good_is": "high",
    }
    return readings(known, indicator).tail(1).reset_index(drop=True).assign(**(default | NO_TARGET | said))


def forecast(known: dict[str, float], **said: Any) -> pd.Series:
    """Forecast one indicator from its readings, the last of which is the latest."""
    return outturn(latest(known, **said), readings(known), YEAR_END).iloc[0]


def quarters(*values: float, until: str = "2019-20-Q3") -> dict[str, float]:
    """Name the quarters of values, the last of which is that of a quarter."""
    last = int(until[:4]) * 4 + int(until[-1]) - 1
    counts = [divmod(last - back, 4) for back in range(len(values) - 1, -1, -1)]
    names = [f"{year}-{(year + 1) % 100:02d}-Q{number + 1}" for year, number in counts]
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def years(*values: float) -> dict[str, float]:
    """Name the council years of values, the last of which is that of 2018/19."""
    first = 2019 - len(values)
    names = [f"{year}-{(year + 1) % 100:02d}" for year in range(first, 2019)]
    return {name: float(value) for name, value in zip(names, values, strict=True)}


# Figures that do not add up: as now, as a year before, or as now and then changing as last year.


def test_a_figure_stays_as_it_is() -> None:
    """After 10, 12, 11, 15 and 14 the next is forecast at 14: the tries missed by 2, 1, 4 and 1."""
    found = forecast(quarters(10, 12, 11, 15, 14))

    assert found[["forecast", "forecast_error", "forecast_tests"]].tolist() == [14.0, 2.0, 4]
    assert found["forecast_reason"] == (
        "Quarter 4 2019/20 is forecast at 14 days, between 10 and 18: as it is now. "
        "Tried on four earlier quarters, this missed by 2 on average; the range is its widest miss."
    )


def test_the_range_is_what_four_tries_in_five_kept_within() -> None:
    """Of the errors 1, 2, 3, 4, 5 and 60 the fifth is kept within by five tries in six, the fourth only by four."""
    found = forecast(years(100, 101, 99, 102, 98, 103, 43))

    assert found[["forecast_low", "forecast", "forecast_high"]].tolist() == [38.0, 43.0, 48.0]


def test_a_method_is_tried_as_far_ahead_as_it_is_needed() -> None:
    """In Quarter 2 the year's end is two quarters off: of 10, 11, 13, 16 and 20, tried by 3, 5 and 7."""
    found = forecast(quarters(10, 11, 13, 16, 20, until="2019-20-Q2"))

    assert found[["forecast", "forecast_error", "forecast_tests"]].tolist() == [20.0, 5.0, 3]
    assert found["forecast_reason"].startswith("Quarter 4 2019/20 is forecast at 20 days, between 13 and 27")


def test_a_figure_of_the_season_is_as_a_year_before() -> None:
    """Where each quarter repeats that of the year before, the fourth is forecast as it was last year."""
    found = forecast(quarters(*[10, 40, 20, 70] * 2, 10, 40, 20))

    assert found[["forecast", "forecast_low", "forecast_high", "forecast_error"]].tolist() == [70.0, 70.0, 70.0, 0.0]
    assert found["forecast_reason"] == (
        "Quarter 4 2019/20 is forecast at 70 days: as it was a year before. "
        "Tried on seven earlier quarters, this was right each time."
    )


def test_a_season_that_rises_changes_as_it_did_last_year() -> None:
    """From 28, and 50 more in the fourth quarter as last year, the forecast is 78."""
    found = forecast(quarters(10, 40, 20, 70, 14, 44, 24, 74, 18, 48, 28))

    assert found["forecast"] == 28 + 74 - 24
    assert ": as it is now, then changing as it did last year." in found["forecast_reason"]


def test_the_method_that_missed_by_less_is_taken() -> None:
    """The same quarter a year before is far off and the quarter before is near, so that the figure stays as it is."""
    found = forecast(quarters(10, 20, 30, 40, 50, 51, 50, 51, 50, 51, 50))

    assert found["forecast"] == 50.0


def test_the_simplest_wins_a_tie() -> None:
    """All methods are right about a figure that never changes; it stays as it is."""
    found = forecast(quarters(*[95.1] * 10), unit="%")

    assert found["forecast_reason"] == (
        "Quarter 4 2019/20 is forecast at 95.1%: as it is now. "
        "Tried on nine earlier quarters, this was right each time."
    )


def test_what_a_computer_loses_in_adding_does_not_decide() -> None:
    """On the last three 'as now' and 'a year before' both missed by 1.3 in all, but for a computer's rounding."""
    found = forecast(quarters(1.1, 0.9, 1.1, 0.4, 0.1, 0.6, 1.1))

    assert found["forecast"] == 1.1


def test_methods_are_compared_on_the_same_tries() -> None:
    """
    The figure jumped up and down when the season could not be tried yet, and a year later a quarter is missing.

    Where both can be tried, 'as now' missed by 2, 0, 2 and 0 and the season by 2 each time; only with the jump,
    400 up and 400 down, 'as now' would be the worse.
    """
    known = quarters(100, 500, 100, 100, 102, math.nan, 102, 102, 104, 104, 104)
    found = forecast(known)

    assert found["forecast"] == 104.0
    assert found[["forecast_tests", "forecast_error"]].tolist() == [8, (400 + 400 + 0 + 2 + 0 + 2 + 0 + 0) / 8]


def test_months_are_forecast_for_the_last_month_of_the_year() -> None:
    """In January, March is two months off."""
    found = forecast({f"2019-{number:02d}": float(number) for number in range(8, 13)} | {"2020-01": 13.0})

    assert found[["forecast", "forecast_tests", "forecast_end"]].tolist() == [13.0, 4, YEAR_END]
    assert "March 2020 is forecast at 13 days" in found["forecast_reason"]
    assert (
        "Tried on four earlier months, this missed by 2 on average; the range is its widest miss."
        in found["forecast_reason"]
    )


def test_a_yearly_figure_is_as_it_was_last() -> None:
    """The year before last and further back only serve to try this."""
    found = forecast(years(60, 64, 61, 66), frequency="annual", unit="%")

    assert found["forecast_reason"] == (
        "2019/20 is forecast at 66%, between 61% and 71%: as it was in 2018/19. "
        "Tried on three earlier years, this missed by 4 points on average; the range is its widest miss."
    )


def test_a_figure_measured_in_one_month_of_the_year_is_forecast_for_that_month() -> None:
    """What is measured every September is forecast for September of this year, not for its last month."""
    found = forecast({f"{year}-09": float(year) for year in range(2013, 2019)}, frequency="annual")

    assert "September 2019 is forecast at 2,018 days" in found["forecast_reason"]
    assert found["forecast_end"] == period("2019-09").end


def test_another_kind_of_period_does_not_count() -> None:
    """Neither a year's figure nor a month's is an earlier figure of a quarter."""
    found = forecast({"2018-09": 9.0, "2018-12": 9.0, "2018-19": 9.0} | quarters(10, 12, 11))

    assert math.isnan(found["forecast"])


def test_what_no_way_is_good_for_is_forecast_too() -> None:
    """A forecast is a number, whichever way is good."""
    assert forecast(quarters(10, 12, 11, 15), good_is="none")["forecast"] == 15.0


def test_a_figure_that_does_not_add_up_does_not_run_towards_a_total() -> None:
    """A position at the quarter's end is forecast as such, even beside a target that is a total over years."""
    found = forecast(quarters(10, 12, 11, 15, 14), basis="snapshot", **total("2018-19", "2022-23"))

    assert found["forecast_reason"].startswith("Quarter 4 2019/20 is forecast at 14 days, between 10 and 18:")


# Figures that add up.


def test_a_pace_that_no_earlier_figure_bears_out_is_no_forecast() -> None:
    """Three quarters of 2,638,886 visits may be a season or a trend; there is nothing to try the pace on."""
    found = forecast(quarters(872939, 924365, 841582), basis="sum", unit="visits", decimals=0, to_date=2638886.0)

    assert found[["forecast", "forecast_low", "forecast_high", "forecast_error"]].isna().all()
    assert found["forecast_tests"] == 0
    assert found["forecast_reason"].startswith("Too few earlier figures to forecast from")


def test_the_pace_is_tried_on_as_many_quarters_as_now() -> None:
    """
    In Quarter 2 the rest of the year is as two quarters were.

    Of 10, 10, 12, 12, 15 and 15 the tries missed by 4 (24 for 20), 5 (27 for 22) and 6 (30 for 24).
    """
    found = forecast(quarters(10, 10, 12, 12, 15, 15, until="2019-20-Q2"), basis="sum")

    assert found[["forecast", "forecast_error", "forecast_tests"]].tolist() == [60.0, 5.0, 3]
    assert found[["forecast_low", "forecast_high"]].tolist() == [54.0, 66.0]


def test_the_rest_of_the_year_may_be_as_it_was_last_year() -> None:
    """Every year 70 come in the last quarter: 10, 40, 20 and then 70 make 140."""
    found = forecast(quarters(*[10, 40, 20, 70] * 3, 10, 40, 20), basis="sum")

    assert found["forecast"] == 140.0
    assert ": the rest of the year as it was last year. Tried on" in found["forecast_reason"]


def test_the_rest_of_the_year_may_be_like_last_years_in_proportion() -> None:
    """Each quarter is twice that of the year before: 40, 160 and 80, and then twice 140, make 560."""
    found = forecast(quarters(10, 40, 20, 70, 20, 80, 40, 140, 40, 160, 80), basis="sum")

    assert found["forecast"] == 560.0
    assert "like last year's, in proportion to the year so far." in found["forecast_reason"]


def test_a_sum_with_a_missing_quarter_is_unknown() -> None:
    """Without Quarter 2 the year so far is not known, and no forecast is made of the rest."""
    found = forecast({"2019-20-Q1": 10.0, "2019-20-Q3": 30.0}, basis="sum", to_date=math.nan)

    assert math.isnan(found["forecast"])
    assert found["forecast_reason"] == "The total cannot be forecast: an earlier figure is missing, or not comparable."


@pytest.mark.parametrize("until", ["2018-19-Q4", "2018-19-Q3"])
@pytest.mark.parametrize("basis", ["sum", "to date"])
def test_what_adds_up_to_a_year_needs_a_figure_of_the_year(until: str, basis: str) -> None:
    """Last year's quarters say nothing of the pace of this year."""
    found = forecast(quarters(10, 20, 30, 40, until=until), basis=basis, **total())

    assert math.isnan(found["forecast"])
    assert found["forecast_reason"] == "Too few earlier figures to forecast from: this year has none yet."


def test_a_yearly_sum_is_as_it_was_last() -> None:
    """A figure for each whole year is not added up to a year."""
    assert forecast(years(60, 64, 61, 66), frequency="annual", basis="sum", **total())["forecast"] == 66.0


def test_a_total_over_years_is_what_it_has_come_to_and_the_rest_of_the_year() -> None:
    """100 since April 2018, and this year's pace of 20 for the last quarter, make 120; last year's was 10."""
    found = forecast(quarters(10, 10, 10, 10, 10, 20, 30), basis="sum", to_date=100.0, **total("2018-19", "2022-23"))

    assert found["forecast"] == 100 + (10 + 20 + 30) / 3
    assert found["forecast_reason"].startswith("2019/20 is forecast to end at 120 days since April 2018")


def test_a_total_that_began_within_the_year_has_the_pace_since_then() -> None:
    """2.5 loans a quarter make 7.5 since July by the end of March; Quarter 1 is before the beginning."""
    found = forecast(quarters(*[2.5] * 8), basis="sum", unit="loans", to_date=5.0, **total("2019-20-Q2", "2023-24"))

    assert found["forecast"] == 7.5
    assert "7.5 loans since July 2019: at the pace of the year so far" in found["forecast_reason"]


def test_a_total_over_years_with_a_missing_figure_is_unknown() -> None:
    """Where the value to date is not known, neither is what it will come to."""
    found = forecast(quarters(10, 20, 30), basis="sum", to_date=math.nan, **total("2018-19", "2022-23"))

    assert math.isnan(found["forecast"])


def test_a_target_that_lies_a_year_ahead_is_aimed_at_as_if_it_were_this_years() -> None:
    """A total for 2020/21 against which 2019/20 is measured makes a total of 2019/20."""
    found = forecast(quarters(*[10] * 8), basis="sum", to_date=30.0, **(total("2020-21", "2020-21") | {"shift": 12.0}))

    assert found["forecast"] == 40.0
    assert "since" not in found["forecast_reason"]


def test_a_total_that_is_over_before_the_years_end_is_none_to_end_at() -> None:
    """Where the target is a total of Quarter 3 alone, the sum is still forecast for the whole year."""
    found = forecast(quarters(*[20] * 8), basis="sum", to_date=20.0, **total("2019-20-Q3", "2019-20-Q3"))

    assert found["forecast"] == 80.0
    assert "since" not in found["forecast_reason"]


def test_a_yearly_sum_towards_a_total_over_years_adds_a_year() -> None:
    """40 a year make 120 in three."""
    target = total("2017-18", "2021-22")
    found = forecast(years(*[40] * 6), frequency="annual", basis="sum", to_date=80.0, **target)

    assert found["forecast"] == 120.0
    assert "at the pace so far" in found["forecast_reason"]


# Running totals and running shares.


def test_what_runs_on_without_a_total_to_reach_is_not_forecast_untested() -> None:
    """A figure for the year to date may be an average, which does not grow with the months."""
    assert math.isnan(forecast(quarters(12, 22, 30), basis="to date")["forecast"])


def test_a_running_total_is_tried_at_the_same_point_of_earlier_years() -> None:
    """Third quarters of 30, 33 and 36 were followed by 42, 42 and 50, where the pace says 40, 44 and 48."""
    known = quarters(10, 20, 30, 42, 11, 22, 33, 42, 12, 24, 36, 50, 13, 26, 39)
    found = forecast(known, basis="to date", unit="homes", **total())

    assert found[["forecast", "forecast_error", "forecast_tests"]].tolist() == [52.0, 2.0, 3]
    assert found["forecast_reason"] == (
        "2019/20 is forecast to end at 52 homes, between 50 and 54: at the pace of the year so far. "
        "Tried at the same point of three earlier years, this missed by 2 on average; "
        "the range is its widest miss."
    )


def test_a_running_total_may_grow_as_it_did_last_year() -> None:
    """Every year doubles in its last quarter: 40 becomes 80, where the pace says 53."""
    known = quarters(5, 8, 10, 20, 8, 15, 20, 40, 5, 9, 12, 24, 6, 11, 15, 30, 15, 30, 40)
    found = forecast(known, basis="to date", **total())

    assert found["forecast"] == 80.0
    assert ": growing from now as it grew last year." in found["forecast_reason"]


def test_an_average_to_date_stays_as_it_is() -> None:
    """An average of 20 days after nine months is no 27 after twelve, and the earlier years show it."""
    known = quarters(20, 21, 20, 21, 19, 20, 21, 20, 20, 21, 20, 19, 21, 20, 20)

    assert forecast(known, basis="to date")["forecast"] == 20.0


def test_a_share_to_date_does_not_grow_with_the_months() -> None:
    """97% after nine months is not 129%, and the same point of earlier years is what it is tried on."""
    known = quarters(90, 91, 92, 93, 91, 92, 93, 92, 94, 94, 95, 96, 96, 97, 97)
    found = forecast(known, basis="to date", unit="%")

    assert found[["forecast", "forecast_tests"]].tolist() == [97.0, 3]
    assert "at the same point of three earlier years, this missed by 1 point on average" in found["forecast_reason"]


def test_a_share_to_date_may_change_as_it_did_last_year() -> None:
    """Collected by the end of the third quarter and of the year: 80 and 95 last year, 82 and so 97 this year."""
    known = quarters(28, 55, 79, 94, 28, 54, 78, 93, 29, 55, 79, 94, 28, 55, 80, 95, 29, 56, 82)
    found = forecast(known, basis="to date", unit="%")

    assert found["forecast"] == 97.0


def test_a_share_to_date_needs_earlier_years() -> None:
    """Three quarters of this year are nothing to try a year's end on, whatever the target."""
    known = quarters(38.3, 37.2, 38.5)

    for target in ({}, total(), total("2018-19", "2022-23")):
        assert math.isnan(forecast(known, basis="to date", unit="%", **target)["forecast"])


def test_a_running_total_over_years_keeps_the_pace_since_it_began() -> None:
    """14 after seven quarters since April 2018 are 16 after eight; what ran before the beginning does not count."""
    known = quarters(90, 95, 99, 2, 4, 6, 8, 10, 12, 14)
    found = forecast(known, basis="to date", unit="homes", **total("2018-19", "2022-23"))

    assert found[["forecast", "forecast_error", "forecast_tests"]].tolist() == [16.0, 0.0, 6]
    assert found["forecast_reason"] == (
        "2019/20 is forecast to end at 16 homes since April 2018: at the pace so far. "
        "Tried on six earlier quarters, this was right each time."
    )


# What is not known, or not comparable.


@pytest.mark.parametrize(
    ("values", "tried"), [((10,), "none"), ((10, 12), "one"), ((10, 12, 11), "two")], ids=["one", "two", "three"]
)
def test_too_few_earlier_figures_make_no_forecast(values: tuple[float, ...], tried: str) -> None:
    """A method that can be tried fewer than three times is not believed."""
    found = forecast(quarters(*values))

    assert found[["forecast", "forecast_low", "forecast_high", "forecast_error", "forecast_end"]].isna().all()
    assert found[["forecast_tests", "forecast_reason"]].tolist() == [
        0,
        f"Too few earlier figures to forecast from: a method can be tried on {tried} of them, and it takes three.",
    ]


def test_nothing_from_before_a_break_counts() -> None:
    """Of seven figures the last five are measured anew: they are tried four times."""
    known = quarters(900, 950, 10, 12, 11, 15, 14)

    assert forecast(known, break_from="2018-19-Q3")[["forecast_error", "forecast_tests"]].tolist() == [2.0, 4]
    assert math.isnan(forecast(known, break_from="2019-20-Q1")["forecast"])


def test_a_break_that_is_still_to_come_does_no_harm() -> None:
    """Where the latest figure is itself from before the break, the earlier ones are comparable with it."""
    assert forecast(quarters(10, 12, 11, 15, 14), break_from="2019-20-Q4")["forecast_tests"] == 4


def test_a_gap_is_unknown() -> None:
    """Without Quarter 4 2018/19 neither the step into it nor the step out of it is tried."""
    known = quarters(10, 12, 11, 15, 14, 13, 17)
    del known["2018-19-Q4"]
    found = forecast(known)

    assert found[["forecast_tests", "forecast_error"]].tolist() == [4, (2 + 1 + 1 + 4) / 4]


def test_a_reading_without_a_figure_is_a_gap() -> None:
    """A period of which only is known that it was not measured is unknown, not zero."""
    known = quarters(10, 12, 11, 15, 14, 13, 17)

    assert forecast(known | {"2018-19-Q4": math.nan})["forecast_tests"] == 4


def test_a_figure_of_a_later_period_is_not_looked_at() -> None:
    """What is only expected for a period after the latest one is no earlier figure."""
    known = quarters(10, 12, 11, 15, 14)
    found = outturn(latest(known), readings(known | {"2019-20-Q4": 99.0}), YEAR_END).iloc[0]

    assert found[["forecast", "forecast_error", "forecast_tests"]].tolist() == [14.0, 2.0, 4]


@pytest.mark.parametrize("basis", ["quarter", "sum", "to date", "rolling", "snapshot"])
def test_a_year_that_is_over_is_not_forecast(basis: str) -> None:
    """With the fourth quarter reported there is nothing left to forecast."""
    found = forecast(quarters(10, 12, 11, 15, 14, until="2019-20-Q4"), basis=basis)

    assert math.isnan(found["forecast"])
    assert found["forecast_reason"] == "The year is over."


def test_a_yearly_figure_that_has_come_is_not_forecast() -> None:
    """What is measured every September is known in September, though the year is not over."""
    found = forecast({f"{year}-09": float(year) for year in range(2013, 2020)}, frequency="annual")

    assert math.isnan(found["forecast"])
    assert found["forecast_reason"] == "The year's figure is known already."


def test_without_a_figure_there_is_nothing_to_say() -> None:
    """An indicator that never had a figure has no forecast, and no reason is given for that."""
    empty = latest(quarters(1)).assign(value=math.nan, start=math.nan, end=math.nan, period_kind="")
    found = outturn(empty, readings(quarters(1), "another"), YEAR_END).iloc[0]

    assert math.isnan(found["forecast"])
    assert found["forecast_reason"] == ""


# The ends of what is possible.


def test_no_range_goes_below_nothing_where_no_figure_did() -> None:
    """Fewer than none cannot be; a figure that was once below zero may be so again."""
    assert forecast(quarters(9, 1, 8, 2))["forecast_low"] == 0.0
    assert forecast(quarters(-1, 7, 1, 8, 2))["forecast_low"] == -6.0


def test_no_range_goes_above_100_percent_where_no_figure_did() -> None:
    """More than all cannot be; what was once above 100%, or is no percentage, may be so again."""
    assert forecast(quarters(91, 99, 92, 98), unit="%")["forecast_high"] == 100.0
    assert forecast(quarters(101, 91, 99, 92, 98), unit="%")["forecast_high"] == 108.0
    assert forecast(quarters(91, 99, 92, 98))["forecast_high"] == 106.0


def test_the_forecast_itself_stays_within_what_is_possible() -> None:
    """Changing as last year would make it 103%; it cannot be more than 100%."""
    found = forecast(quarters(50, 60, 70, 80, 65, 75, 85, 95, 75, 85, 95), unit="%")

    assert "changing as it did last year" in found["forecast_reason"]
    assert found[["forecast", "forecast_high"]].tolist() == [100.0, 100.0]


def test_a_total_does_not_fall_below_what_it_has_reached() -> None:
    """Forecast at 80 and once missed by 100, the year still cannot end with less than the 60 there are."""
    found = forecast(quarters(200, 80, 80, 20, 20, 20), basis="sum")

    assert found[["forecast_low", "forecast", "forecast_high"]].tolist() == [60.0, 80.0, 180.0]


# How it is said.


@pytest.mark.parametrize(("count", "word"), [(10, "nine"), (11, "10")])
def test_numbers_up_to_nine_are_words(count: int, word: str) -> None:
    """Nine is written as a word, ten in figures."""
    found = forecast(years(*range(count)))

    assert f"Tried on {word} earlier years" in found["forecast_reason"]


def test_an_error_is_said_roughly() -> None:
    """What was missed by 12,345 on average is said as 12,000."""
    found = forecast(quarters(0, 12345, 0, 12345, 0), unit="£")

    assert found["forecast_error"] == 12345.0
    assert "this missed by £12,000 on average" in found["forecast_reason"]


def test_a_year_is_named_from_its_own_first_month() -> None:
    """Where the year begins in January, its last quarter is October to December."""
    known = [period(f"2019-20-Q{number}", 1) for number in (1, 2, 3)]
    earlier = [period(f"2018-19-Q{number}", 1) for number in (3, 4)]
    built = readings(dict.fromkeys(["2019-20-Q1"], 1.0)).loc[[0] * 5].reset_index(drop=True)
    built = built.assign(
        start=[float(each.start) for each in earlier + known],
        end=[float(each.end) for each in earlier + known],
        value=[10.0, 12.0, 11.0, 15.0, 14.0],
    )
    row = latest(quarters(14)).assign(start=built["start"].iloc[-1], end=built["end"].iloc[-1])
    found = outturn(row, built, period("2019-20", 1).end).iloc[0]

    assert found["forecast_reason"].startswith("Quarter 4 2019/20 is forecast at 14 days")
    assert found["forecast_end"] == period("2019-12").end


# What holds whatever the figures.


@briefly
@given(values=figures, basis=bases, factor=st.sampled_from([0.25, 2.0, 1024.0]), reach=st.booleans())
def test_scaling_the_figures_scales_the_forecast(values: list[float], basis: str, factor: float, reach: bool) -> None:
    """In another unit, the forecast, its range and its error are the same in that unit."""
    target = total() if reach else {}
    plain = forecast(quarters(*values), basis=basis, to_date=sum(values[-3:]), **target)
    scaled = forecast(
        quarters(*[value * factor for value in values]), basis=basis, to_date=sum(values[-3:]) * factor, **target
    )
    columns = ["forecast", "forecast_low", "forecast_high", "forecast_error"]

    np.testing.assert_allclose(
        scaled[columns].astype(float), plain[columns].astype(float) * factor, rtol=1e-9, atol=1e-9
    )
    assert scaled["forecast_tests"] == plain["forecast_tests"]


@briefly
@given(values=figures, basis=bases, unit=st.sampled_from(["%", "days"]))
def test_a_forecast_lies_within_its_range(values: list[float], basis: str, unit: str) -> None:
    """Where there is a range there are three tries at least, and the forecast is in it and not below nothing."""
    found = forecast(quarters(*values), basis=basis, unit=unit)

    assert math.isnan(found["forecast_low"]) == (found["forecast_tests"] < 3)
    if found["forecast_tests"] >= 3:
        assert 0 <= found["forecast_low"] <= found["forecast"] <= found["forecast_high"]


@briefly
@given(values=figures, basis=bases, order=st.randoms())
def test_the_order_of_the_readings_does_not_matter(values: list[float], basis: str, order: Any) -> None:
    """Readings are told apart by their periods, wherever their rows stand."""
    known = quarters(*values)
    mixed = order.sample(range(len(values)), len(values))
    straight = outturn(latest(known, basis=basis), readings(known), YEAR_END)
    shuffled = outturn(latest(known, basis=basis), readings(known).iloc[mixed], YEAR_END)

    pd.testing.assert_frame_equal(straight, shuffled)


@briefly
@given(every=st.lists(st.tuples(figures, bases, st.sampled_from(["%", "days"])), min_size=2, max_size=3))
def test_each_indicator_is_forecast_by_itself(every: list[tuple[list[float], str, str]]) -> None:
    """Forecast all at once, each indicator has the forecast that it has alone."""
    rows, known, alone = [], [], []
    for number, (values, basis, unit) in enumerate(every):
        rows.append(latest(quarters(*values), f"measure_{number}", basis=basis, unit=unit))
        known.append(readings(quarters(*values), f"measure_{number}"))
        alone.append(outturn(rows[-1], known[-1], YEAR_END))
    together = outturn(pd.concat(rows, ignore_index=True), pd.concat(known), YEAR_END)

    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))


def test_the_input_is_untouched() -> None:
    """What goes in comes out with more columns, and is itself as it was."""
    known = quarters(10, 12, 11, 15, 14)
    row, figures_known = latest(known), readings(known)
    row_before, figures_before = row.copy(deep=True), figures_known.copy(deep=True)
    found = outturn(row, figures_known, YEAR_END)

    pd.testing.assert_frame_equal(row, row_before)
    pd.testing.assert_frame_equal(figures_known, figures_before)
    pd.testing.assert_frame_equal(found[row.columns], row)
    assert found.columns.drop(row.columns).tolist() == [
        "forecast",
        "forecast_low",
        "forecast_high",
        "forecast_error",
        "forecast_tests",
        "forecast_end",
        "forecast_seasonal",
        "forecast_reason",
    ]


def test_no_indicators_make_no_forecasts() -> None:
    """A framework without indicators has the columns all the same."""
    found = outturn(latest(quarters(1)).iloc[:0], readings(quarters(1)), YEAR_END)

    assert found["forecast"].tolist() == []
