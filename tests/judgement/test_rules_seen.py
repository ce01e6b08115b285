"""Rules that real councils publish: each is said in framework.yml and the records alone, and comes out as published."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from kpilib.judgement import milestone
from kpilib.judgement.benchmark import rank
from kpilib.judgement.rating import rate
from kpilib.judgement.trend import direction
from kpilib.judgement.verdict import counts, counts_moved, judge, moved_by_rule
from kpilib.pages.opening import open_page
from kpilib.pages.words import shares
from kpilib.records.framework import Framework
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.periods import quarter

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules-seen.md"

TINY = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Green, amber: Amber, red: Red}
rules: [{from: 2008-09-Q1}]
pages:
  - {page: summary, title: Summary, kind: executive_summary}
  - {page: streets, title: Clean streets, kind: priority}
"""

# What framework.yml says for each council, beside the keys that every framework needs.

PLAIN = "{}"

MID_AND_EAST_ANTRIM = """
ratings: {green: Achieved, red: Not achieved}
"""
EAST_SUSSEX = """
ratings: {green: Green, red: Red, awaited: Carry Over}
directions: {cannot say: NC}
"""
HAVERING_2017 = """
ratings: {green: On track, red: Off track}
"""
CHORLEY = """
ratings: {green: On target or within the threshold, red: Outside the threshold}
rules: [{from: 2019-20-Q1, green_within: 5%}]
"""
BRACKNELL = """
rules: [{from: 2010-11-Q1, green_within: 5%, amber_within: 10%}]
"""
MAIDSTONE = """
ratings: {green: Target met, amber: Target slightly missed, red: Target missed}
rules: [{from: 2009-10-Q1, amber_within: 10%}]
"""
BELFAST = """
ratings: {green: On target, amber: Slightly adrift, red: Adrift}
rules: [{from: 2023-24-Q1, green_within: 1%, amber_within: 5%}]
"""
NORTHAMPTONSHIRE = """
ratings: {blue: Green+, green: Green, amber: Amber, red: Red}
rules: [{from: 2013-14-Q1, blue_beyond: 10%, green_within: 5%, amber_within: 10%, steady_within: 2%}]
"""
HAVERING_2013 = """
rules: [{from: 2013-14-Q1, green_within: 10%, amber_within: 10%, amber_if_improved: true}]
"""
EAST_RIDING = """
ratings: {blue: Significantly better, green: On target, red: Worse}
rules: [{from: 2019-20-Q1, blue_beyond: 5%, green_within: 5%}]
"""
WEST_LINDSEY = """
ratings: {blue: Exceeding, green: Within tolerance, red: Below}
rules: [{from: 2019-20-Q1, blue_beyond: 5%, green_within: 5%, exceptions_after: 2}]
"""
MEDWAY = """
ratings: {green: On target, amber: Off target but capable of reaching it, red: Off target}
rules: [{from: 2009-10-Q1, amber_within: 0%, amber_if_forecast: true}]
"""
ANGLESEY = """
ratings: {green: Green, yellow: Yellow, amber: Amber, red: Red}
rules: [{from: 2019-20-Q1, yellow_within: 5%, amber_within: 10%}]
"""
KINGSTON = """
ratings: {blue: Blue, green: Green, yellow: Yellow, amber: Amber, red: Red}
rules: [{from: 2019-20-Q1, blue_beyond: 10%, yellow_within: 5%, amber_within: 10%}]
"""
CHESHIRE_WEST = """
ratings: {green: Green, amber: Amber, red: Red, awaited: M}
"""
ROTHER = """
ratings: {green: On target, amber: Improving towards target, red: Not achieving target}
rules: [{from: 2024-25-Q1, amber_within: 0%, amber_if_improved: true}]
"""
LANCASHIRE = """
ratings: {green: On track/good, amber: Slightly below desired level, red: Requires improvement}
rules: [{from: 2019-20-Q1, green_within: 1%, amber_within: 10%}]
"""
LANCASHIRE_2022 = """
rules:
  - {from: 2021-22-Q1, amber_within: 5%}
  - {from: 2022-23-Q2, amber_within: 2%}
"""
DOVER_2013 = """
directions: {better: Improved, same: Maintained, worse: Decline}
rules: [{from: 2013-14-Q1, amber_within: 10%}]
"""
DOVER_2022 = """
rules: [{from: 2022-23-Q1, kind: trend}]
"""
KENT = """
directions: {better: Improvement, same: No change, worse: Fall}
rules: [{from: 2019-20-Q1, compare: previous}]
"""
NORTH_NORFOLK = """
directions: {better: Improving, same: Close to last year, worse: Significantly worse}
rules: [{from: 2019-20-Q1, compare: last year, steady_within: 5%}]
"""
NORTH_NORFOLK_ACTIONS = """
milestones:
  achieved: [Completed Successfully]
  on track: [On Track]
  at risk: [Some Problems, Needs Attention, On Hold, Postponed or Delayed]
  missed: [Failed]
  not yet due: [Not Started]
"""
BRACKNELL_ACTIONS = """
milestones: {achieved: [Complete], on track: [Green], at risk: [Amber], missed: [Red]}
"""
BELFAST_ACTIONS = """
milestones: {achieved: [Achieved], on track: [Partially achieved]}
"""
NORTHAMPTONSHIRE_MILESTONES = """
milestones: {achieved: [Green], at risk: [Amber], missed: [Red]}
"""
LINCOLNSHIRE_MILESTONES = """
milestones: {on track: [On plan, Ahead of plan], at risk: [Behind plan]}
"""
BOLSOVER_TARGETS = """
milestones: {achieved: [Achieved], on track: [On track], at risk: [Affected by Covid-19], missed: [Overdue]}
"""

INDICATOR = {
    "indicator": "measure",
    "name": "A measure",
    "page": "streets",
    "directorate": "Places",
    "frequency": "quarterly",
    "good_is": "high",
    "unit": "%",
    "basis": "quarter",
}
Rows = Sequence[dict[str, Any]]


def framework(wording: str) -> Framework:
    """Read what a framework.yml says, with the other keys that it needs."""
    return Framework.model_validate({"slug": "tiny", **yaml.safe_load(TINY), **yaml.safe_load(wording)})


def called(wording: str, *values: float, **said: Any) -> list[str]:
    """Rate figures, high being good and the target 100 unless told, and give the council's words for them."""
    council = framework(wording)
    default = {
        "status": "final",
        "good_is": "high",
        "kind": "point",
        "target_low": 100.0,
        "target_high": math.nan,
        "share": 1.0,
        "amber_at": math.nan,
        "rank": math.nan,
        "of": math.nan,
        "quartile": math.nan,
        "last_year": math.nan,
        "green_within": "",
        "amber_within": "",
        "unit": "%",
        "decimals": math.nan,
    }
    frame = pd.DataFrame({"value": [float(value) for value in values]}).assign(**default | said)
    frame = frame.assign(to_date=frame["value"], expected=frame["target_low"])
    rated = rate(frame, council.rule(council.quarter(council.rules[-1].since)))
    return rated["rating"].map(dict(council.ratings)).tolist()


def went(wording: str, value: float, previous: float, good_is: str = "high", last_year: float = math.nan) -> list[str]:
    """Say which way a figure went from the one before, and from last year's, in the council's words."""
    council = framework(wording)
    frame = {"value": value, "previous": previous, "last_year": last_year, "previous_name": "Quarter 2 2019/20"}
    frame |= {"good_is": good_is, "kind": "point", "target_low": math.nan, "target_high": math.nan}
    frame |= {"basis": "quarter", "unit": "", "decimals": math.nan}
    judged = direction(pd.DataFrame([frame]), council.rules[-1].steady_within)
    return [council.directions[judged.loc[0, name]] for name in ("direction", "direction_year")]


def figures(said: dict[str, float], **more: Any) -> Rows:
    """Give rows of readings.csv, from periods and values."""
    return [{"period": text, "value": value, **more} for text, value in said.items()]


def target(low: float, text: str = "2019-20", **more: Any) -> Rows:
    """Give one row of targets.csv; it is a point target unless told."""
    return [{"period": text, "low": low, **more}]


def ledger(root: Path, wording: str, at: str, **files: Rows) -> Ledger:
    """Write a council's files as it would write them, and load what was known at a quarter."""
    council = {**yaml.safe_load(TINY), **yaml.safe_load(wording)}
    (root / "params" / "tiny").mkdir(parents=True)
    (root / "params" / "tiny" / "framework.yml").write_text(yaml.safe_dump(council, sort_keys=False))
    (root / "data" / "tiny").mkdir(parents=True)
    default: dict[str, dict[str, Any]] = {
        "indicators": INDICATOR,
        "readings": {"indicator": "measure", "reported": at},
        "targets": {"indicator": "measure", "kind": "point", "high": ""},
        "overrides": {"indicator": "measure", "quarter": at},
        "benchmarks": {"indicator": "measure", "reported": at},
    }
    for name, rows in {"indicators": [{}], **files}.items():
        pd.DataFrame([default[name] | row for row in rows]).to_csv(root / "data" / "tiny" / f"{name}.csv", index=False)
    return load_ledger("tiny", root=root).as_at(quarter(at))


def judged(root: Path, wording: str, at: str, **files: Rows) -> pd.DataFrame:
    """Judge a council's files at a quarter, by indicator."""
    return judge(ledger(root, wording, at, **files), quarter(at)).set_index("indicator")


def milestones(*said: tuple[str, str], forecast: str = "", at: str = "2019-20-Q3") -> pd.DataFrame:
    """Build milestones as records hold them, each from its status and its due date."""
    rows = [
        {"quarter": at, "milestone": f"M{number}", "status": status, "due": due}
        for number, (status, due) in enumerate(said)
    ]
    return pd.DataFrame(rows).assign(forecast=forecast, owner="Head of Streets", commentary="As planned.")


def states(wording: str, found: pd.DataFrame, at: str = "2019-20-Q3") -> pd.DataFrame:
    """Say how milestones stand, in a council's words."""
    return milestone.assess(found, framework(wording).milestones, quarter(at))


# How figures are rated.


def test_a_maximum_is_achieved_or_not() -> None:
    """With no label for amber, a maximum of 30 weeks is achieved or not achieved."""
    weeks = called(MID_AND_EAST_ANTRIM, 29, 30, 30.1, good_is="low", target_low=30.0)

    assert weeks == ["Achieved", "Achieved", "Not achieved"]


def test_what_is_awaited_is_carried_over(tmp_path: Path) -> None:
    """An outturn that is not there yet is called Carry Over, and is neither red nor green."""
    awaited = [{"period": "2019-20-Q3", "status": "awaited", "value": ""}]
    found = judged(tmp_path, EAST_SUSSEX, "2019-20-Q3", readings=awaited, targets=target(100))

    assert found.loc["measure", ["rating", "label"]].tolist() == ["not rated", "Carry Over"]


def test_green_and_red_may_be_all_there_is() -> None:
    """A hair below its target is red where there is no amber, and only the two are counted: 25 and 10 of 35."""
    council = framework(HAVERING_2017)
    counted = counts(pd.DataFrame({"rating": ["green"] * 25 + ["red"] * 10}), colours=council.colours)

    assert called(HAVERING_2017, 100, 99.9) == ["On track", "Off track"]
    assert counted.loc["all"].to_dict() == {"green": 25, "red": 10, "not rated": 0, "indicators": 35, "rated": 35}


def test_within_the_threshold_is_as_good_as_on_target() -> None:
    """Within 5% of the target counts with what is on or above it."""
    one, other = framework(CHORLEY).ratings["green"], framework(CHORLEY).ratings["red"]

    assert called(CHORLEY, 101, 100, 95, 94.9) == [one, one, one, other]


def test_five_and_ten_per_cent() -> None:
    """Green is on, above or within 5% of the target, amber 5 to 10% below, and red more than 10%."""
    assert called(BRACKNELL, 101, 95, 94.9, 90, 89.9) == ["Green", "Green", "Amber", "Amber", "Red"]


def test_within_ten_per_cent_is_slightly_missed() -> None:
    """Anything below the target and within 10% of it is slightly missed."""
    met, slightly, missed = "Target met", "Target slightly missed", "Target missed"

    assert called(MAIDSTONE, 100, 99.9, 90, 89.9) == [met, slightly, slightly, missed]


def test_slightly_adrift_ends_at_five_per_cent() -> None:
    """Within 1% is on target, and beyond 5% adrift; 5% itself is the last that is slightly adrift here."""
    words = ["On target", "On target", "Slightly adrift", "Slightly adrift", "Adrift"]

    assert called(BELFAST, 100, 99, 98.9, 95, 94.9) == words
    assert called(BELFAST, 99, 101, 101.1, 105, 105.1, good_is="low") == words


def test_four_bands_from_green_plus_to_red() -> None:
    """More than 10% better is Green+, to 5% under Green, to 10% under Amber, and more than 10% under Red."""
    found = called(NORTHAMPTONSHIRE, 110.1, 110, 95, 94.9, 90, 89.9)

    assert found == ["Green+", "Green", "Green", "Amber", "Amber", "Red"]


@pytest.mark.parametrize(
    ("value", "last_year", "word"),
    [
        (90, 99, "Green"),
        (89.9, 89.8, "Amber"),
        (89.9, 89.9, "Amber"),
        (89.9, 90, "Red"),
        (10, 9, "Amber"),
        (89.9, math.nan, "Red"),
    ],
)
def test_far_off_is_amber_where_it_has_not_got_worse(value: float, last_year: float, word: str) -> None:
    """Within 10% is green; beyond it, no worse than the same quarter last year is amber, and anything else red."""
    assert called(HAVERING_2013, value, last_year=last_year) == [word]


def test_each_indicator_may_have_a_tolerance_of_its_own(tmp_path: Path) -> None:
    """The same figure is red where 3% was agreed, and amber where 15% was."""
    agreed = {"strict": "3%", "lenient": "15%"}
    own = [{"indicator": name, "amber_within": within} for name, within in agreed.items()]
    found = judged(
        tmp_path,
        PLAIN,
        "2019-20-Q3",
        indicators=own,
        readings=[{"indicator": name, "period": "2019-20-Q3", "value": 90} for name in agreed],
        targets=[{"indicator": name, **target(100)[0]} for name in agreed],
    )

    assert found["label"].to_dict() == {"strict": "Red", "lenient": "Amber"}


def test_significantly_better_is_beyond_the_tolerance() -> None:
    """Better by more than the tolerance has its own word, on either side within it is on target, the rest is worse."""
    words = ["Significantly better", "On target", "On target", "Worse"]

    assert called(EAST_RIDING, 105.1, 105, 95, 94.9) == words
    assert called(EAST_RIDING, 105.1, 105, 97, 96.9, green_within="3%") == words


def test_an_exception_has_been_below_for_two_periods(tmp_path: Path) -> None:
    """Below tolerance now and the quarter before is listed as an exception; below it only now is not."""
    names = {"long": "Long below", "new": "Newly below", "good": "Above"}
    past = {"long": 80, "new": 96, "good": 120}
    now = {"long": 80, "new": 80, "good": 120}
    ledger(
        tmp_path,
        WEST_LINDSEY,
        "2019-20-Q3",
        indicators=[{"indicator": key, "name": name} for key, name in names.items()],
        readings=[{"indicator": key, "period": "2019-20-Q2", "value": past[key]} for key in names]
        + [{"indicator": key, "period": "2019-20-Q3", "value": now[key]} for key in names],
        targets=[{"indicator": key, **target(100)[0]} for key in names],
    )
    page = open_page("tiny", "summary", "2019-20-Q3", root=tmp_path)
    listed = repr(page.attention())

    assert page.indicators.set_index("indicator")["label"].to_dict() == {
        "long": "Below",
        "new": "Below",
        "good": "Exceeding",
    }
    assert [name for name in names.values() if name in listed] == ["Long below"]


def test_amber_is_off_target_and_forecast_to_reach_it(tmp_path: Path) -> None:
    """Both are at half their target; the one whose year has always ended on it is amber, and the other red."""
    years = [f"{year}-{year - 1999:02d}-Q{number}" for year in (2006, 2007, 2008, 2009) for number in range(1, 5)][:-1]
    found = judged(
        tmp_path,
        MEDWAY,
        "2009-10-Q3",
        indicators=[{"indicator": "late_riser"}, {"indicator": "low"}],
        readings=[{"indicator": "low", "period": text, "value": 50} for text in years]
        + [{"indicator": "late_riser", "period": text, "value": 100 if "Q4" in text else 50} for text in years],
        targets=[{"indicator": name, **target(100, "2009-10")[0]} for name in ("late_riser", "low")],
    )

    assert found["forecast"].to_dict() == {"late_riser": 100, "low": 50}
    assert found["label"].to_dict() == {"late_riser": "Off target but capable of reaching it", "low": "Off target"}
    assert called(MEDWAY, 100, 99.9) == ["On target", "Off target"]


def test_what_is_contextual_is_never_rated() -> None:
    """A figure that no way is good of is not rated, whatever forecast stands as its target."""
    assert called(PLAIN, 80, 100, 120, good_is="none") == ["Not rated", "Not rated", "Not rated"]


def test_yellow_is_a_fourth_colour() -> None:
    """Between green and amber there may be yellow."""
    assert called(ANGLESEY, 100, 99.9, 95, 94.9, 90, 89.9) == ["Green", "Yellow", "Yellow", "Amber", "Amber", "Red"]


def test_blue_is_a_fifth_colour() -> None:
    """Above green there may be blue beside the other four."""
    assert called(KINGSTON, 110.1, 110, 99, 91, 89) == ["Blue", "Green", "Yellow", "Amber", "Red"]


def test_a_missing_figure_has_a_letter_of_its_own(tmp_path: Path) -> None:
    """A figure that is awaited is called M, and what is not rated for another reason is not."""
    found = judged(
        tmp_path,
        CHESHIRE_WEST,
        "2019-20-Q3",
        indicators=[{"indicator": "missing"}, {"indicator": "aimless"}],
        readings=[
            {"indicator": "missing", "period": "2019-20-Q3", "status": "awaited", "value": ""},
            {"indicator": "aimless", "period": "2019-20-Q3", "status": "final", "value": 5},
        ],
        targets=[{"indicator": "missing", **target(100)[0]}],
    )

    assert found["label"].to_dict() == {"missing": "M", "aimless": "Not rated"}


@pytest.mark.parametrize(
    ("value", "last_year", "word"),
    [
        (100, 101, "On target"),
        (99.9, 99.8, "Improving towards target"),
        (99.9, 99.9, "Improving towards target"),
        (99.9, 100, "Not achieving target"),
    ],
)
def test_improving_towards_target_lies_between(value: float, last_year: float, word: str) -> None:
    """A missed target is improving towards it where it is no worse than the same period last year."""
    assert called(ROTHER, value, last_year=last_year) == [word]


def test_a_range_is_met_anywhere_inside_it() -> None:
    """Of an expected range of 600 to 680, both ends are in it, and only the bad side of it is off target."""
    good, slightly, poor = list(framework(LANCASHIRE).ratings.values())[:3]
    said = {"kind": "range", "target_low": 600.0, "target_high": 680.0}

    assert called(LANCASHIRE, 500, 600, 680, 698.6, good_is="low", **said) == [good, good, good, slightly]
    assert called(LANCASHIRE, 500, 600, 680, 698.6, good_is="near", **said) == [poor, good, good, slightly]


def test_a_quartile_is_kept_or_lost_by_rank(tmp_path: Path) -> None:
    """To maintain quartile 2 of 151: quartile 1 and 2 are green, 95th is quartile 3, and 121st quartile 4."""
    places = {"first": 38, "second": 76, "third": 95, "fourth": 121}
    found = judged(
        tmp_path,
        LANCASHIRE,
        "2019-20-Q3",
        indicators=[{"indicator": name, "frequency": "annual"} for name in places],
        readings=[{"indicator": name, "period": "2018-19", "value": 70} for name in places],
        targets=[{"indicator": name, **target(2, "2018-19", kind="quartile")[0]} for name in places],
        benchmarks=[
            {"indicator": name, "period": "2018-19", "comparator": "England", "value": 71, "rank": place, "of": 151}
            for name, place in places.items()
        ],
    )

    assert found["rating"].to_dict() == {"first": "green", "second": "green", "third": "amber", "fourth": "red"}


def test_near_the_middle_is_best() -> None:
    """Where half is meant, 45% and 55% are alike, and rank behind 48%."""
    assert called(BRACKNELL, 50, 47, 53, 45, 55, 44, good_is="near", target_low=50.0) == [
        "Green", "Amber", "Amber", "Amber", "Amber", "Red",
    ]  # fmt: skip
    assert rank(pd.Series([45.0, 48.0, 55.0]), "near", target=50).tolist() == [2, 1, 2]


def test_a_variance_of_nought_is_rated_in_points() -> None:
    """Against a target of 0 the tolerances are points: 0.06% is on track, and 1.68% slightly below the level."""
    points = {"target_low": 0.0, "green_within": "0.5 points", "amber_within": "2 points"}
    labels = framework(LANCASHIRE).ratings

    assert called(LANCASHIRE, -2.52, 0.06, 1.68, good_is="low", **points) == [
        labels["green"], labels["green"], labels["amber"],
    ]  # fmt: skip
    assert called(LANCASHIRE, -2.52, 0.06, 1.68, good_is="near", **points) == [
        labels["red"], labels["green"], labels["amber"],
    ]  # fmt: skip
    assert called(LANCASHIRE, 0.06, good_is="low", target_low=0.0) == ["Not rated"]


def test_a_trend_is_followed_where_there_is_no_target(tmp_path: Path) -> None:
    """What has no target is not rated and still has its direction; a contractual one keeps target and rating."""
    found = judged(
        tmp_path,
        DOVER_2022,
        "2022-23-Q2",
        indicators=[{"indicator": "followed", "good_is": "low"}, {"indicator": "contractual"}],
        readings=[
            {"indicator": name, "period": text, "value": value}
            for name in ("followed", "contractual")
            for text, value in {"2022-23-Q1": 61, "2022-23-Q2": 111}.items()
        ],
        targets=[{"indicator": "contractual", **target(100, "2022-23")[0]}],
    )

    assert found["rating"].to_dict() == {"followed": "not rated", "contractual": "green"}
    assert found["direction"].to_dict() == {"followed": "worse", "contractual": "better"}
    assert found.loc["followed", "reason"] == "Not rated: the council follows its trend, and sets no target for it."


def test_each_quarter_has_its_own_target(tmp_path: Path) -> None:
    """Of 9.5 in the year, 2.44 are profiled for June, 4.875 for September and 7.31 for December."""
    profile = {"2019-20-Q1": 2.44, "2019-20-Q2": 4.875, "2019-20-Q3": 7.31, "2019-20": 9.5}
    known = ledger(
        tmp_path,
        PLAIN,
        "2019-20-Q4",
        indicators=[{"good_is": "low", "unit": "days", "basis": "to date"}],
        readings=figures({"2019-20-Q1": 2.44, "2019-20-Q2": 4.88, "2019-20-Q3": 7.31, "2019-20-Q4": 9.6}),
        targets=[row for text, low in profile.items() for row in target(low, text)],
    )
    found = pd.concat([judge(known, quarter(f"2019-20-Q{number}")) for number in range(1, 5)])

    assert found["expected"].tolist() == [2.44, 4.875, 7.31, 9.5]
    assert found["rating"].tolist() == ["green", "amber", "green", "amber"]


def test_a_profile_may_follow_last_year(tmp_path: Path) -> None:
    """Where last year had reached 60 of its 100 by December, 120 of this year's 200 are due by then."""
    last = {"2018-19-Q1": 10, "2018-19-Q2": 20, "2018-19-Q3": 30, "2018-19-Q4": 40}
    found = judged(
        tmp_path,
        PLAIN,
        "2019-20-Q3",
        indicators=[{"basis": "sum", "unit": "visits"}],
        readings=figures(last | {"2019-20-Q1": 30, "2019-20-Q2": 40, "2019-20-Q3": 50}),
        targets=target(200, kind="total", spread="seasonal"),
    )

    assert found.loc["measure", ["to_date", "expected", "rating"]].tolist() == [120, 120, "green"]


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        ("sum", {"2019-20-Q1": 872939, "2019-20-Q2": 924365, "2019-20-Q3": 841582}),
        ("to date", {"2019-20-Q3": 2638886}),
    ],
)
def test_the_year_to_date_is_rated_against_what_is_due(tmp_path: Path, basis: str, said: dict[str, float]) -> None:
    """Three quarters of visits that add up, or the running total printed beside them, are rated alike."""
    found = judged(
        tmp_path,
        LANCASHIRE,
        "2019-20-Q3",
        indicators=[{"basis": basis, "unit": "visits", "decimals": 0}],
        readings=figures(said),
        targets=target(4000000, kind="total", spread="linear"),
    )

    assert found.loc["measure", ["to_date", "expected"]].tolist() == [2638886, 3000000]
    assert found.loc["measure", "label"] == "Requires improvement"


def test_a_moving_window_is_set_against_the_whole_target(tmp_path: Path) -> None:
    """Twelve months to December are neither added to those to September nor held to a share of the year."""
    found = judged(
        tmp_path,
        LANCASHIRE,
        "2019-20-Q3",
        indicators=[{"basis": "rolling", "good_is": "low", "unit": "days"}],
        readings=figures({"2019-20-Q2": 11.86, "2019-20-Q3": 12.28}, covers="January to December 2019"),
        targets=target(9.83),
    )

    assert found.loc["measure", ["value", "expected", "covers", "direction"]].tolist() == [
        12.28, 9.83, "January to December 2019", "worse",
    ]  # fmt: skip


def test_a_yearly_figure_stands_among_the_quarters(tmp_path: Path) -> None:
    """A dash in a quarter is no reading: last year's figure stands until the next one is due."""
    found = judged(
        tmp_path,
        PLAIN,
        "2019-20-Q3",
        indicators=[{"frequency": "annual", "basis": "snapshot"}],
        readings=[
            *figures({"2017-18": 70, "2018-19": 72}),
            {"period": "2019-20-Q3", "value": "", "status": "not measured", "as_printed": "-"},
        ],
        targets=target(71, "2018-19"),
    )

    assert found.loc["measure", ["period", "value", "rating", "direction", "late"]].tolist() == [
        "2018-19", 72, "green", "better", False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("frequency", "text", "late"), [("quarterly", "2019-20-Q3", False), ("monthly", "2019-11", True)]
)
def test_a_figure_in_arrears_says_what_it_covers(tmp_path: Path, frequency: str, text: str, late: bool) -> None:
    """A quarter's cell that ends in November is that quarter's, and says so; a month's own figure is marked late."""
    found = judged(
        tmp_path,
        PLAIN,
        "2019-20-Q3",
        indicators=[{"frequency": frequency}],
        readings=figures({text: 100}, covers="To the end of November 2019, one month in arrears"),
        targets=target(100),
    )

    assert found.loc["measure", ["rating", "late", "covers"]].tolist() == [
        "green", late, "To the end of November 2019, one month in arrears",
    ]  # fmt: skip


def test_a_provisional_figure_is_rated_until_it_is_revised(tmp_path: Path) -> None:
    """A provisional figure is rated and marked; once it is confirmed, the later report has the new one."""
    known = ledger(
        tmp_path,
        MAIDSTONE,
        "2018-19-Q4",
        readings=[
            {"period": "2018-19-Q3", "value": 91, "status": "provisional", "reported": "2018-19-Q3"},
            {"period": "2018-19-Q3", "value": 89, "status": "final", "reported": "2018-19-Q4"},
        ],
        targets=target(100, "2018-19"),
    )
    first = load_ledger("tiny", root=tmp_path).as_at(quarter("2018-19-Q3"))
    then, now = judge(first, quarter("2018-19-Q3")).iloc[0], judge(known, quarter("2018-19-Q4")).iloc[0]

    assert then[["value", "status", "label"]].tolist() == [91, "provisional", "Target slightly missed"]
    assert now[["value", "status", "label"]].tolist() == [89, "final", "Target missed"]


def test_what_is_delayed_has_neither_rating_nor_direction(tmp_path: Path) -> None:
    """A figure that is delayed is not rated, has no direction, and is not off target, although the one before was."""
    found = judged(
        tmp_path,
        MAIDSTONE,
        "2019-20-Q3",
        readings=[
            *figures({"2018-19-Q3": 100, "2019-20-Q1": 110, "2019-20-Q2": 80}),
            {"period": "2019-20-Q3", "value": "", "status": "awaited"},
        ],
        targets=target(100),
    )

    assert found.loc["measure", ["rating", "direction", "direction_year", "off_for"]].tolist() == [
        "not rated", "cannot say", "cannot say", 0,
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "late"), [("2019-20-Q3", False), ("2019-20-Q2", True)])
def test_an_overdue_figure_is_told_apart_from_its_rating(tmp_path: Path, text: str, late: bool) -> None:
    """Whether a figure is up to date is said beside its rating, and changes none."""
    found = judged(tmp_path, PLAIN, "2019-20-Q3", readings=figures({text: 100}), targets=target(100))

    assert found.loc["measure", ["rating", "late"]].tolist() == ["green", late]


def test_new_thresholds_are_told_apart_from_new_figures(tmp_path: Path) -> None:
    """96 of 100 is amber and then red only because the thresholds moved, and the page says so."""
    at, before = quarter("2022-23-Q2"), quarter("2022-23-Q1")
    known = ledger(
        tmp_path,
        LANCASHIRE_2022,
        at.text,
        readings=figures({"2022-23-Q1": 96, "2022-23-Q2": 96}),
        targets=target(100, "2022-23"),
    )
    both = moved_by_rule(known, at, before).loc["measure"]

    assert judge(known, before)["rating"].tolist() + judge(known, at)["rating"].tolist() == ["amber", "red"]
    assert both.to_dict() == {"rating_by_old_rule": "amber", "before_by_new_rule": "red"}
    assert "only because the thresholds moved" in repr(open_page("tiny", "summary", at.text, root=tmp_path).changes())


def test_a_new_method_is_not_compared_with_the_old(tmp_path: Path) -> None:
    """349 seconds on the new basis are red and have no direction; 106 on the old one are worse than its 74."""
    found = judged(
        tmp_path,
        PLAIN,
        "2019-20-Q1",
        indicators=[
            {"indicator": "wait", "good_is": "low", "unit": "seconds", "break_from": "2019-20-Q1"},
            {"indicator": "wait_old_basis", "good_is": "low", "unit": "seconds", "supports": "wait"},
        ],
        readings=[
            {"indicator": name, "period": text, "value": value}
            for name, text, value in [
                ("wait", "2018-19-Q1", 74),
                ("wait", "2019-20-Q1", 349),
                ("wait_old_basis", "2018-19-Q1", 74),
                ("wait_old_basis", "2019-20-Q1", 106),
            ]
        ],
        targets=[{"indicator": "wait", **target(233)[0]}],
    )

    assert found.loc["wait", ["rating", "direction_year"]].tolist() == ["red", "cannot say"]
    assert found.loc["wait_old_basis", "direction_year"] == "worse"


# Which way figures go.


def test_short_and_long_trend_are_two() -> None:
    """Better than the quarter before and worse than the same quarter last year are said side by side."""
    assert went(KENT, 50, 40, last_year=60) == ["Improvement", "Fall"]


@pytest.mark.parametrize(
    ("wording", "words"),
    [(KENT, ["Improvement", "No change", "Fall"]), (DOVER_2013, ["Improved", "Maintained", "Decline"])],
)
def test_the_council_has_its_own_words_for_the_way(wording: str, words: list[str]) -> None:
    """Up, level and down against the period before are said in the council's words."""
    assert words == [went(wording, value, 50)[0] for value in (51, 50, 49)]


def test_only_the_same_period_last_year_counts(tmp_path: Path) -> None:
    """Against last year's 100, 106 is improving, 104 close to it and 94 worse, whatever the quarter before was."""
    now = {"better": 106, "same": 104, "worse": 94}
    found = judged(
        tmp_path,
        NORTH_NORFOLK,
        "2019-20-Q3",
        indicators=[{"indicator": name} for name in now],
        readings=[
            {"indicator": name, "period": text, "value": figure}
            for name, value in now.items()
            for text, figure in {"2018-19-Q3": 100, "2019-20-Q2": 500, "2019-20-Q3": value}.items()
        ],
        targets=[{"indicator": name, **target(100)[0]} for name in now],
    )

    assert found["direction_label"].tolist() == ["Improving", "Close to last year", "Significantly worse"]


@pytest.mark.parametrize(
    ("value", "way"), [(102.1, "Better"), (102, "Same"), (100, "Same"), (98, "Same"), (97.9, "Worse")]
)
def test_two_per_cent_either_way_is_no_change(value: float, way: str) -> None:
    """Improved is more than 2% better than before, declined more than 2% worse, and what lies between is the same."""
    assert went(NORTHAMPTONSHIRE, value, 100)[0] == way


def test_fewer_rough_sleepers_is_better() -> None:
    """From 13 to 7 rough sleepers is an improvement: the arrow shows performance, not the number."""
    assert went(PLAIN, 7, 13, good_is="low")[0] == "Better"


def test_no_change_is_neither_better_nor_worse() -> None:
    """Equal figures are the same, whichever way is good."""
    assert [went(KENT, 50, 50, good_is)[0] for good_is in ("high", "low")] == ["No change", "No change"]


def test_what_cannot_be_compared_has_the_councils_word() -> None:
    """A figure with nothing before it is NC, not comparable."""
    assert went(EAST_SUSSEX, 50, math.nan) == ["NC", "NC"]


def test_a_season_shows_beside_the_quarter_before() -> None:
    """7.19 days are far more than the 5.00 of the quarter before, and 3% more than the 7.00 of a year before."""
    assert went(PLAIN, 7.19, 5.0, "low", last_year=7.0) == ["Worse", "Worse"]
    assert went(NORTH_NORFOLK, 7.19, 5.0, "low", last_year=7.0) == ["Significantly worse", "Close to last year"]


# Milestones.


def test_a_service_plans_eight_words_are_known() -> None:
    """Each of the eight words means one of five states, until the date is over without completion."""
    words = {
        "Completed Successfully": "achieved",
        "On Track": "on track",
        "Some Problems": "at risk",
        "Needs Attention": "at risk",
        "On Hold": "at risk",
        "Postponed or Delayed": "at risk",
        "Failed": "missed",
        "Not Started": "not yet due",
    }
    ahead = states(NORTH_NORFOLK_ACTIONS, milestones(*[(word, "2020-03-31") for word in words]))
    over = states(NORTH_NORFOLK_ACTIONS, milestones(*[(word, "2019-12-31") for word in words]))

    assert dict(zip(words, ahead["state"], strict=True)) == words
    assert over["state"].tolist() == ["achieved"] + ["missed"] * 7


def test_complete_is_counted_apart_from_in_progress() -> None:
    """Of one complete action and three under way, three are in progress, whatever their colour."""
    found = states(
        BRACKNELL_ACTIONS, milestones(*[(word, "2020-03-31") for word in ("Complete", "Green", "Amber", "Red")])
    )
    counted = milestone.counts(found).loc["all"]

    assert counted[["achieved", "in progress", "milestones"]].tolist() == [1, 3, 4]
    assert counted[["on track", "at risk", "missed"]].tolist() == [1, 1, 1]


def test_partly_achieved_is_on_track_until_its_date() -> None:
    """Work that spans more than one year is on track where its date is ahead, and missed once that is over."""
    found = states(
        BELFAST_ACTIONS, milestones(("Partially achieved", "2021-03-31"), ("Partially achieved", "2019-12-31"))
    )

    assert found["state"].tolist() == ["on track", "missed"]


def test_missed_with_a_plan_has_a_new_date() -> None:
    """Both are missed, and only the one without a new date is told as a gap."""
    planned = milestones(("Amber", "2019-12-31"), forecast="2020-02-29")
    unplanned = milestones(("Red", "2019-12-31"))
    both = [states(NORTHAMPTONSHIRE_MILESTONES, each) for each in (planned, unplanned)]

    assert [found.loc[0, "state"] for found in both] == ["missed", "missed"]
    assert [milestone.gaps(found, quarter("2019-20-Q3"))["gap"].tolist() for found in both] == [
        [],
        ["It is missed, and has no new date."],
    ]
    assert states(NORTHAMPTONSHIRE_MILESTONES, milestones(("Amber", "2020-03-31"))).loc[0, "state"] == "at risk"


def test_on_plan_and_ahead_of_it_are_counted_together() -> None:
    """35 of 53 on plan or ahead of it are 66%."""
    said = ["On plan"] * 30 + ["Ahead of plan"] * 5 + ["Behind plan"] * 18
    found = states(LINCOLNSHIRE_MILESTONES, milestones(*[(word, "2020-03-31") for word in said]))
    counted = milestone.counts(found).loc["all"]

    assert counted[["on track", "at risk", "milestones"]].tolist() == [35, 18, 53]
    assert shares(counted[["on track", "at risk"]]) == ["66%", "34%"]


def test_overdue_goes_by_the_date() -> None:
    """Of 31 targets, 2 are achieved, 23 on track, 4 affected by Covid-19 and 2 over their date."""
    ahead, over = "2021-03-31", "2020-12-31"
    said = [("Achieved", over)] * 2 + [("On track", ahead)] * 23 + [("Affected by Covid-19", ahead)] * 4
    said += [("Overdue", over), ("On track", over)]
    found = states(BOLSOVER_TARGETS, milestones(*said, at="2020-21-Q3"), at="2020-21-Q3")

    assert milestone.counts(found).loc["all", ["achieved", "on track", "missed", "at risk"]].tolist() == [2, 23, 2, 4]


# What the papers' own cells do.

PLANNING = [
    ("major applications", 60.0, 45.45, 46.67, "Red"),
    ("minor applications", 65.0, 66.10, 65.29, "Green"),
    ("other applications", 80.0, 71.34, 62.42, "Red"),
    ("electronic applications", 45.0, 58.92, 58.92, "Green"),
]


@pytest.mark.parametrize(
    ("name", "goal", "quarterly", "to_date", "printed"), PLANNING, ids=[row[0] for row in PLANNING]
)
def test_printed_colours_come_out(name: str, goal: float, quarterly: float, to_date: float, printed: str) -> None:
    """The quarter's figure and the one to date both have the colour that was printed."""
    assert called(DOVER_2013, quarterly, to_date, target_low=goal) == [printed, printed]


def test_printed_colours_bound_the_tolerance() -> None:
    """With 11% instead of 10%, the other applications of the quarter would not be red, as they were printed."""
    assert called(DOVER_2013.replace("10%", "11%"), 71.34, target_low=80.0) == ["Amber"]


def test_fewer_reds_is_better() -> None:
    """From 12 reds to 11 is better, more greens are better, and of fewer ambers it cannot be said."""
    before = pd.Series({"green": 20, "amber": 10, "red": 12})
    now = pd.Series({"green": 26, "amber": 5, "red": 11})

    assert counts_moved(now, before).to_dict() == {"green": "better", "amber": "cannot say", "red": "better"}


def test_shares_are_of_the_rated_and_rounded() -> None:
    """41, 15 and 14 of the 70 rated are 59%, 21% and 20%, whatever the 77 there are; 12 of 42 are 29%."""
    ratings = ["green"] * 41 + ["amber"] * 15 + ["red"] * 14 + ["not rated"] * 7
    counted = counts(pd.DataFrame({"rating": ratings})).loc["all"]

    assert counted[["indicators", "rated"]].tolist() == [77, 70]
    assert shares(counted[["green", "amber", "red"]]) == ["59%", "21%", "20%"]
    assert shares([12, 30]) == ["29%", "71%"]


def test_just_below_the_target_may_still_be_good() -> None:
    """95.7% of 96% is on track, as the covering report calls it, and 95.0% is not."""
    assert called(LANCASHIRE, 95.7, 95.0, target_low=96.0) == ["On track/good", "Slightly below desired level"]


def test_percentages_differ_by_points(tmp_path: Path) -> None:
    """80.9% is 5.1 points below 86%, not 6%."""
    found = judged(
        tmp_path,
        PLAIN,
        "2019-20-Q3",
        indicators=[{"unit": "%"}],
        readings=figures({"2019-20-Q3": 80.9}),
        targets=target(86),
    )

    assert found.loc["measure", "reason"] == "80.9% is 5.1 points below the target of 86%; high is good."


def test_an_excused_figure_keeps_its_computed_rating_beside_it(tmp_path: Path) -> None:
    """Performance excused after a telephone outage is not rated; the rule's red, the reason and who agreed stand by."""
    found = judged(
        tmp_path,
        PLAIN,
        "2019-20-Q3",
        indicators=[{"good_is": "low", "unit": "seconds"}],
        readings=figures({"2019-20-Q3": 349}),
        targets=target(233),
        overrides=[
            {"rating": "not rated", "reason": "The telephones were out of order", "approved_by": "the contract board"}
        ],
    ).loc["measure"]

    assert found[["rating", "computed_rating"]].tolist() == ["not rated", "red"]
    assert found["reason"].endswith(
        "The council states “Not rated”: the telephones were out of order (approved by the contract board)."
    )


# The document that lists all this.


def rows() -> list[list[str]]:
    """Give the rows of the document's tables, each as its cells."""
    lines = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[-1] != "Proof" and not set(row[0]) <= set("- ")]


def proofs(row: list[str]) -> list[str]:
    """Give the tests that a row names."""
    return re.findall(r"`(test_\w+)`", row[-1])


def spoken() -> set[str]:
    """Give the tests of this file that hold a rule."""
    return {name for name in globals() if name.startswith("test_") and "document" not in name}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_rule_in_the_document_is_proved_or_turned_down(row: list[str]) -> None:
    """Each rule of the document names tests that are here, or says why it is not ours."""
    if row[-1].startswith("Not ours: "):
        assert len(row[-1]) > len("Not ours: ") + 20
    else:
        assert proofs(row)
        assert set(proofs(row)) <= spoken()


@pytest.mark.parametrize("row", [row for row in rows() if proofs(row)], ids=lambda row: row[0])
def test_what_the_document_says_is_what_is_tested(row: list[str]) -> None:
    """Each wording in the document stands in the tests that its row names, or in what those read."""
    source = "".join(inspect.getsource(globals()[name]) for name in proofs(row))
    read = [said for name, said in globals().items() if isinstance(said, str) and re.search(rf"\b{name}\b", source)]
    wordings = re.findall(r"`([^`]+)`", row[2])

    assert wordings
    assert [said for said in wordings if said not in "".join([source, *read])] == []


def test_every_test_is_in_the_document() -> None:
    """No rule is tested that the document does not list."""
    assert spoken() - {name for row in rows() for name in proofs(row)} == set()
