"""The whole verdict on a tiny council: from its records to ratings, words, signals and forecasts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kpilib.judgement.control import signals
from kpilib.judgement.rating import history
from kpilib.judgement.verdict import counts, counts_moved, judge, moved_by_rule, published
from kpilib.records.faults import RecordsError
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.periods import quarter

AT = quarter("2019-20-Q3")
BEFORE = quarter("2019-20-Q2")
FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
fictional: true
ratings: {green: Good, amber: Nearly, red: Poor, not rated: No rating, awaited: Carried over}
directions: {better: Improved, same: Maintained, worse: Declined}
rules:
  - {from: 2015-16-Q1, green_within: 0%, amber_within: 10%}
  - {from: 2019-20-Q3, green_within: 0%, amber_within: 5%}
pages:
  - {page: streets, title: Clean streets, kind: priority}
"""
HEAD = "indicator,name,page,directorate,frequency,good_is,unit,basis,decimals\n"
LITTER = "litter,Streets free of litter,streets,Place,quarterly,high,%,quarter,1\n"
BINS = "bins,Bins emptied,streets,Place,quarterly,high,%,quarter,1\n"
READ = "indicator,period,value,reported,status\n"
AIM = "indicator,period,kind,low,high,to\n"
ALWAYS = AIM + "litter,2012-13,point,100,,2020-21\nbins,2012-13,point,100,,2020-21\n"
QUARTERS = [f"{year}-{year - 1999:02d}-Q{number}" for year in range(2015, 2020) for number in range(1, 5)][:-1]


def series(values: list[float], indicator: str = "litter") -> str:
    """Write a figure for each of the last quarters up to Quarter 3 2019/20."""
    named = QUARTERS[len(QUARTERS) - len(values) :]
    return "".join(f"{indicator},{name},{value},{name},\n" for name, value in zip(named, values, strict=True))


@pytest.fixture
def ledger(council: Callable[..., Path]) -> Callable[..., Ledger]:
    """Load a tiny council as at Quarter 3 2019/20, from its readings."""

    def load(readings: str, framework: str = FRAMEWORK, indicators: str = LITTER, targets: str = ALWAYS) -> Ledger:
        kept = "".join(
            line
            for line in targets.splitlines(keepends=True)
            if line.split(",")[0] in (HEAD + indicators + "indicator")
        )
        root = council(framework, indicators=HEAD + indicators, readings=READ + readings, targets=kept)
        return load_ledger("tiny", root=root).as_at(AT)

    return load


# The council's own words.


def test_the_council_has_its_own_words_for_ratings_and_directions(ledger: Callable[..., Ledger]) -> None:
    """Labels come from framework.yml; a direction that it has no word for keeps the plain one."""
    row = judge(ledger(series([98, 90])), AT).loc[0]

    assert (row["rating"], row["label"]) == ("red", "Poor")
    assert (row["direction"], row["direction_label"]) == ("worse", "Declined")
    assert (row["direction_year"], row["direction_year_label"]) == ("cannot say", "Cannot say")


def test_what_is_awaited_has_a_word_of_its_own(ledger: Callable[..., Ledger]) -> None:
    """A figure that is due and not there is not rated, in the council's word for carrying it over."""
    row = judge(ledger("litter,2019-20-Q3,,2019-20-Q3,awaited\n"), AT).loc[0]

    assert (row["rating"], row["label"]) == ("not rated", "Carried over")


def test_what_is_not_rated_for_another_reason_is_not_called_awaited(ledger: Callable[..., Ledger]) -> None:
    """Without a target it is the council's word for what is not rated."""
    row = judge(ledger(series([98, 90]), targets=AIM), AT).loc[0]

    assert (row["rating"], row["label"]) == ("not rated", "No rating")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("target", "Not rated: there is no target."),
        ("trend", "Not rated: the council follows its trend, and sets no target for it."),
        ("milestone", "Not rated: the council judges by its milestones, and sets no target for it."),
    ],
)
def test_without_a_target_the_reason_says_what_the_council_judges_by(
    ledger: Callable[..., Ledger], kind: str, why: str
) -> None:
    """A missing target is a gap for a council that sets targets, and none for one that does not."""
    framework = FRAMEWORK.replace("amber_within: 5%", f"amber_within: 5%, kind: {kind}")

    assert judge(ledger(series([98, 90]), framework, targets=AIM), AT).loc[0, "reason"] == why


# A rule that changes.


def test_an_indicator_that_only_the_rule_moved_is_found(ledger: Callable[..., Ledger]) -> None:
    """93 was within 10% of 100 and is not within 5%; by today's rule it would have been red a quarter before too."""
    known = ledger(series([93, 93]) + series([99, 80], "bins"), indicators=LITTER + BINS)
    moved = moved_by_rule(known, AT, BEFORE)

    assert judge(known, BEFORE)["rating"].tolist() == ["amber", "amber"]
    assert judge(known, AT)["rating"].tolist() == ["red", "red"]
    assert moved["rating_by_old_rule"].to_dict() == {"litter": "amber", "bins": "red"}
    assert moved["before_by_new_rule"].to_dict() == {"litter": "red", "bins": "amber"}


def test_where_no_rule_changed_there_is_nothing_to_compare(ledger: Callable[..., Ledger]) -> None:
    """Two quarters under one rule need no second judgement."""
    framework = FRAMEWORK.replace("  - {from: 2019-20-Q3, green_within: 0%, amber_within: 5%}\n", "")

    assert moved_by_rule(ledger(series([93, 93]), framework), AT, BEFORE).empty


# Counts.


def test_fewer_reds_are_better_and_fewer_greens_worse() -> None:
    """Dover's counts of 2013/14: green 20 to 26, amber 10 to 5, red 12 to 11; of amber it cannot be said."""
    before = pd.Series({"green": 20, "amber": 10, "red": 12})
    now = pd.Series({"green": 26, "amber": 5, "red": 11})

    assert counts_moved(now, before).to_dict() == {"green": "better", "amber": "cannot say", "red": "better"}
    assert counts_moved(before, now).to_dict() == {"green": "worse", "amber": "cannot say", "red": "worse"}
    assert counts_moved(now, now).to_dict() == {"green": "same", "amber": "cannot say", "red": "same"}


def test_counts_have_the_colours_that_a_framework_has() -> None:
    """A council with blue and without amber counts those, and its percentages are of all that are rated."""
    judged = pd.DataFrame({"rating": ["blue", "red", "not rated"]})

    assert counts(judged, colours=("blue", "green", "red")).loc["all"].to_dict() == {
        "blue": 1,
        "green": 0,
        "red": 1,
        "not rated": 1,
        "indicators": 3,
        "rated": 2,
    }


# Signals and forecasts.


def test_every_judgement_has_its_sentence(ledger: Callable[..., Ledger]) -> None:
    """A figure far below the usual range is rated, compared, noticed and carried forward, each in plain words."""
    row = judge(ledger(series([96, 97, 95, 96, 98, 97, 95, 96, 97, 96, 95, 97, 70])), AT).loc[0]

    assert (row["rating"], row["direction"], row["signal"], row["variation"]) == (
        "red",
        "worse",
        "below limit",
        "concern",
    )
    assert row["assurance"] == "fail"
    assert row["reason"] == "70.0% is 30 points below the target of 100%; high is good."
    assert row["direction_reason"] == "70.0% against 97.0% in Quarter 2 2019/20; high is good."
    assert row["control_reason"].startswith("It is worse than its usual range of ")
    assert "lies above what this process can reach" in row["control_reason"]
    assert row["forecast_reason"].startswith("Quarter 4 2019/20 is forecast at ")
    assert row["forecast_rating"] == "amber"
    assert row["off_for"] == 8


def test_one_figure_alone_is_rated_and_no_more(ledger: Callable[..., Ledger]) -> None:
    """One point has no direction, no usual range and no forecast, and each says so."""
    row = judge(ledger(series([100])), AT).loc[0]

    assert row["rating"] == "green"
    assert (row["direction"], row["variation"], row["assurance"]) == ("cannot say", "", "")
    assert pd.isna(row["forecast"])
    assert row["forecast_rating"] == ""
    assert row["direction_reason"] == "There is no earlier figure that it can be compared with."
    assert row["control_reason"] == "A usual range needs six figures of the same kind; there is one."
    assert row["forecast_reason"].startswith("Too few earlier figures to forecast from")


def test_no_figure_at_all_is_judged_without_complaint(ledger: Callable[..., Ledger]) -> None:
    """An indicator without a reading is not rated, and has neither signal nor forecast."""
    row = judge(ledger(""), AT).loc[0]

    assert (row["rating"], row["variation"], row["forecast_rating"]) == ("not rated", "", "")
    assert row["reason"] == "Not rated: no figure has been reported."


def test_readings_may_stand_in_any_order(ledger: Callable[..., Ledger]) -> None:
    """What is written out of order is judged as if it stood in order."""
    lines = series([96, 97, 95, 96, 98, 97, 95, 94]).splitlines(keepends=True)
    straight, crooked = (judge(ledger("".join(said)), AT) for said in (lines, lines[::-1]))

    pd.testing.assert_frame_equal(published(straight), published(crooked))


def test_negative_figures_are_figures_like_others(ledger: Callable[..., Ledger]) -> None:
    """A balance below zero is rated, compared and given a range that reaches below zero."""
    target = AIM + "litter,2012-13,point,0,,2020-21\n"
    units = LITTER.replace("%,", "£,")
    framework = FRAMEWORK.replace("5%", "5 points").replace("0%", "0 points")
    row = judge(ledger(series([-3, -2, -4, -3, -2, -3, -4, -3]), framework, units, target), AT).loc[0]

    assert row["rating"] == "amber"
    assert row["reason"] == "−£3.0 is £3 below the target of £0; high is good."
    assert row["control_lower"] < -4 < -2 < row["control_upper"]
    assert row["forecast"] < 0


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "1e400"])
def test_an_infinite_figure_is_refused_at_the_door(ledger: Callable[..., Ledger], value: str) -> None:
    """What is no number never reaches judgement."""
    with pytest.raises(RecordsError, match=f"readings.csv, row 2, column value: '{value}' is not a number"):
        ledger(f"litter,2019-20-Q3,{value},2019-20-Q3,\n")


def test_a_figure_said_twice_is_refused_at_the_door(ledger: Callable[..., Ledger]) -> None:
    """Two figures for one period and one report cannot both be true."""
    with pytest.raises(RecordsError, match=r"readings.csv, row 3: litter, 2019-20-Q3, 2019-20-Q3 stands already"):
        ledger("litter,2019-20-Q3,90,2019-20-Q3,\nlitter,2019-20-Q3,91,2019-20-Q3,\n")


def test_a_colour_that_the_council_does_not_have_cannot_be_stated(council: Callable[..., Path]) -> None:
    """An override to blue is refused where framework.yml has no word for blue."""
    stated = "indicator,quarter,rating,reason,approved_by\nlitter,2019-20-Q3,blue,It is,A director\n"
    root = council(
        FRAMEWORK, indicators=HEAD + LITTER, readings=READ + series([90]), targets=ALWAYS[:60], overrides=stated
    )

    with pytest.raises(RecordsError, match=r"overrides.csv, row 2, column rating: .* has no label for 'blue'"):
        load_ledger("tiny", root=root)


def test_the_history_of_ratings_is_by_todays_rule(ledger: Callable[..., Ledger]) -> None:
    """Every earlier figure is rated as it would be today, the latest first."""
    known = ledger(series([100, 93, 96]))
    rated = history(judge(known, AT), known.targets, known.readings, known.framework.rule(AT))

    assert rated["rating"].tolist() == ["amber", "red", "green"]


def test_the_usual_range_starts_anew_after_a_break(ledger: Callable[..., Ledger]) -> None:
    """Figures before a break of method have a range of their own."""
    known = ledger(series([10, 11, 10, 12, 11, 10, 90, 91, 92, 90, 91, 92, 91]))
    cut = known.indicators.assign(break_from_start=float(quarter("2018-19-Q1").start))
    judged = judge(Ledger(**{**known.__dict__, "indicators": cut}), AT)
    ranges = signals(judged, known.readings)

    assert ranges.groupby("mean").size().tolist() == [6, 7]
    assert judged.loc[0, "control_points"] == 7


@pytest.mark.parametrize(
    ("asked", "reason"), [("", "there is no target."), ("commentary: as printed\n", "no target is printed.")]
)
def test_a_transcribed_paper_is_not_said_to_lack_what_it_does_not_print(
    ledger: Callable[..., Ledger], asked: str, reason: str
) -> None:
    """The council may have a target that its paper leaves out."""
    row = judge(ledger(series([96]), framework=asked + FRAMEWORK, targets=AIM), AT).loc[0]

    assert row["reason"] == f"Not rated: {reason}"
