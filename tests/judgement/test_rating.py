"""How far a reading is from its target, and what that is called."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from kpilib.judgement.rating import aim, foresee, override, rate, running, towards_total
from kpilib.records.framework import Rule
from kpilib.records.periods import period, quarter

RULE = Rule(since="2019-20-Q1", green_within="1%", amber_within="10%")
NEXT_YEAR = Rule(since="2019-20-Q1", target="next year", green_within="1%", amber_within="10%")
IMPROVED = Rule(since="2019-20-Q1", green_within="1%", amber_within="10%", amber_if_improved=True)
AT = quarter("2019-20-Q3")


def row(**said: Any) -> pd.DataFrame:
    """Build one reading beside its target, as `rate` takes it: 89.19% against 95%, high is good."""
    default = {
        "indicator": "defects",
        "status": "final",
        "value": 89.19,
        "good_is": "high",
        "kind": "point",
        "target_low": 95.0,
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
    } | said
    beside = {"to_date": default["value"], "expected": default["target_low"] * default["share"]}
    return pd.DataFrame([beside | default])


def current(at: str = "2019-20-Q3", value: float = 20.0, **said: Any) -> pd.DataFrame:
    """Build one indicator with its latest reading, as `aim` takes it: a quarter's own figure of loans that add up."""
    found = period(at)
    default = {
        "indicator": "loans",
        "basis": "sum",
        "good_is": "high",
        "status": "final",
        "value": value,
        "period_kind": found.kind,
        "start": float(found.start),
        "end": float(found.end),
        "last_year": math.nan,
        "rank": math.nan,
        "of": math.nan,
        "quartile": math.nan,
        "green_within": "",
        "amber_within": "",
        "break_from_start": math.nan,
        "unit": "loans",
        "decimals": 0,
    }
    return pd.DataFrame([default | said])


def targets(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build targets as records hold them; a row says its period, and `to` where it spans several."""
    built = []
    for said in rows:
        first, last = period(said["period"]), period(said.get("to", said["period"]))
        default = {
            "indicator": "loans",
            "kind": "total",
            "low": 100.0,
            "high": math.nan,
            "spread": "linear",
            "amber_at": math.nan,
            "as_printed": "",
            "start": float(first.start),
            "end": float(last.end),
        }
        built.append(default | {name: said[name] for name in said if name not in ("period", "to")})
    return pd.DataFrame(built)


def readings(said: dict[str, float], indicator: str = "loans") -> pd.DataFrame:
    """Build readings as records hold them, from periods and values."""
    built = []
    for text, value in said.items():
        found = period(text)
        built.append(
            {
                "indicator": indicator,
                "period_kind": found.kind,
                "period": text,
                "start": float(found.start),
                "end": float(found.end),
                "value": value,
            }
        )
    return pd.DataFrame(built)


def rating_of(rule: Rule = RULE, **said: Any) -> str:
    """Rate one reading and give only what it is called."""
    return rate(row(**said), rule).loc[0, "rating"]


def reason_of(rule: Rule = RULE, **said: Any) -> str:
    """Rate one reading and give only the sentence."""
    return rate(row(**said), rule).loc[0, "reason"]


# How a point target is rated.


@pytest.mark.parametrize("good_is", ["high", "on target"])
@pytest.mark.parametrize(
    ("value", "rating"),
    [(120, "green"), (80, "green"), (79.2, "green"), (79.1, "amber"), (72, "amber"), (71.9, "red"), (-5, "red")],
)
def test_high_is_rated_on_how_far_it_falls_below(good_is: str, value: float, rating: str) -> None:
    """Where high is good, or being on target, only what falls below the target counts; both limits are inclusive."""
    assert rating == rating_of(good_is=good_is, value=value, target_low=80.0)


@pytest.mark.parametrize(
    ("value", "rating"),
    [(-5, "green"), (60, "green"), (80.8, "green"), (80.9, "amber"), (88, "amber"), (88.1, "red")],
)
def test_low_is_rated_on_how_far_it_goes_above(value: float, rating: str) -> None:
    """Where low is good, only what goes above the target counts; both limits are inclusive."""
    assert rating == rating_of(good_is="low", value=value, target_low=80.0)


@pytest.mark.parametrize(
    ("value", "rating"),
    [
        (80, "green"),
        (79.2, "green"),
        (80.8, "green"),
        (79.1, "amber"),
        (80.9, "amber"),
        (72, "amber"),
        (88, "amber"),
        (71.9, "red"),
        (88.1, "red"),
    ],
)
def test_near_is_rated_on_both_sides(value: float, rating: str) -> None:
    """Where near the target is good, both sides count alike."""
    assert rating == rating_of(good_is="near", value=value, target_low=80.0)


@pytest.mark.parametrize(
    ("value", "rating"), [(79.5, "green"), (79.4, "amber"), (78, "amber"), (77.9, "red"), (90, "green")]
)
def test_points_are_in_the_unit_of_the_indicator(value: float, rating: str) -> None:
    """A tolerance in points is a distance, whatever the size of the target."""
    rule = Rule(since="2019-20-Q1", green_within="0.5 points", amber_within="2 points")

    assert rating == rating_of(rule, value=value, target_low=80.0)


@pytest.mark.parametrize(("value", "rating"), [(-50.5, "green"), (-50.6, "amber"), (-55, "amber"), (-55.1, "red")])
def test_a_percentage_is_of_the_size_of_the_target(value: float, rating: str) -> None:
    """A percentage of a target below zero is a percentage of its size."""
    assert rating == rating_of(value=value, target_low=-50.0)


def test_a_reading_is_rated_unrounded() -> None:
    """A reading that would be printed as its target, but falls short of it, is not green without a tolerance."""
    rule = Rule(since="2019-20-Q1", green_within="0%", amber_within="10%")

    assert rating_of(rule, value=94.996, decimals=1) == "amber"


def test_a_sum_of_fractions_that_meets_its_target_is_green() -> None:
    """What a computer loses in adding tenths costs no rating."""
    rule = Rule(since="2019-20-Q1", green_within="0%", amber_within="0%")

    assert rating_of(rule, good_is="low", value=0.1 + 0.2, target_low=0.3) == "green"


# Which tolerance holds.


@pytest.mark.parametrize(
    ("green_within", "amber_within", "rating"),
    [
        ("", "", "amber"),
        ("7%", "", "green"),
        ("", "3%", "red"),
        ("0 points", "5 points", "amber"),
        ("", "3 points", "red"),
    ],
)
def test_the_nearest_tolerance_wins(green_within: str, amber_within: str, rating: str) -> None:
    """An indicator's own tolerance wins over the framework's; each of the two is looked up by itself."""
    assert rating == rating_of(value=76, target_low=80.0, green_within=green_within, amber_within=amber_within)


@pytest.mark.parametrize(
    ("good_is", "amber_at", "value", "rating"),
    [
        ("high", 60, 60, "amber"),
        ("high", 60, 59.9, "red"),
        ("high", 60, 79.2, "green"),
        ("high", 78, 77.9, "red"),
        ("low", 100, 100, "amber"),
        ("low", 100, 100.1, "red"),
        ("on target", 60, 60, "amber"),
    ],
)
def test_amber_at_states_the_boundary_as_a_value(good_is: str, amber_at: float, value: float, rating: str) -> None:
    """The last value that is amber may be stated with the target; it takes the place of both amber tolerances."""
    said = {"good_is": good_is, "amber_at": amber_at, "value": value, "target_low": 80.0, "amber_within": "10%"}

    assert rating == rating_of(**said)


def test_amber_at_of_a_range_is_measured_from_the_end_that_was_passed() -> None:
    """With a range of 600 to 680 and amber up to 700, 701 is red where low is good."""
    said = {"kind": "range", "good_is": "low", "target_low": 600.0, "target_high": 680.0, "amber_at": 700.0}

    assert [rating_of(value=value, **said) for value in (700, 701)] == ["amber", "red"]


def test_amber_at_of_a_total_grows_with_it() -> None:
    """A quarter into a year whose total is 600, and amber from 540, amber begins at 135 of the 150 expected."""
    said = {"kind": "total", "target_low": 600.0, "amber_at": 540.0, "share": 0.25}

    assert [rating_of(value=value, **said) for value in (150, 135, 134)] == ["green", "amber", "red"]


@pytest.mark.parametrize("value", [0.01, 50])
def test_a_percentage_of_a_zero_target_is_not_rated(value: float) -> None:
    """A target of zero that is missed cannot be rated by percentages, and the sentence says what is wanted."""
    rated = rate(row(good_is="low", value=value, target_low=0.0), RULE)
    why = "Not rated: a percentage of a target of zero means nothing; the tolerance must be in points."

    assert ("not rated", why) == (rated.loc[0, "rating"], rated.loc[0, "reason"])


@pytest.mark.parametrize("value", [0, -2.52])
def test_a_zero_target_that_is_met_needs_no_tolerance(value: float) -> None:
    """A target of zero that is met or beaten is green, whatever the tolerances."""
    assert rating_of(good_is="low", value=value, target_low=0.0) == "green"


@pytest.mark.parametrize(("value", "rating"), [(0.5, "green"), (0.51, "amber"), (2, "amber"), (2.01, "red")])
def test_a_zero_target_is_rated_by_points(value: float, rating: str) -> None:
    """A target of zero is rated where both tolerances are in points."""
    said = {"good_is": "low", "target_low": 0.0, "green_within": "0.5 points", "amber_within": "2 points"}

    assert rating == rating_of(value=value, **said)


@pytest.mark.parametrize(("value", "rating"), [(0.5, "green"), (2, "amber"), (2.1, "red")])
def test_amber_at_makes_up_for_a_percentage_of_zero(value: float, rating: str) -> None:
    """Where the amber boundary is stated as a value, a target of zero needs no amber tolerance in points."""
    assert rating == rating_of(good_is="low", value=value, target_low=0.0, green_within="0.5 points", amber_at=2.0)


# Red that has improved.


@pytest.mark.parametrize(
    ("good_is", "value", "last_year", "rating"),
    [
        ("high", 50, 49.9, "amber"),
        ("high", 50, 50, "amber"),
        ("high", 50, 50.1, "red"),
        ("high", 50, math.nan, "red"),
        ("on target", 50, 49, "amber"),
        ("low", 120, 121, "amber"),
        ("low", 120, 120, "amber"),
        ("low", 120, 119, "red"),
        ("high", 80, 99, "green"),
        ("high", 75, 99, "amber"),
    ],
)
def test_a_red_that_improved_is_lifted_to_amber(good_is: str, value: float, last_year: float, rating: str) -> None:
    """Where the rule says so, a red no worse than the same quarter last year is amber; nothing else changes."""
    assert rating == rating_of(IMPROVED, good_is=good_is, value=value, last_year=last_year, target_low=80.0)


def test_a_red_is_not_lifted_unless_the_rule_says_so() -> None:
    """Without `amber_if_improved`, a red that improved stays red."""
    assert rating_of(value=50, last_year=40.0, target_low=80.0) == "red"


def test_a_red_that_came_nearer_is_lifted() -> None:
    """Where near the target is good, coming nearer than last year is an improvement too."""
    assert rating_of(IMPROVED, good_is="near", value=100, last_year=110.0, target_low=80.0) == "amber"


# Ranges and quartiles.


@pytest.mark.parametrize(
    ("good_is", "value", "rating"),
    [
        *[(good_is, value, "green") for good_is in ("high", "low", "on target", "near") for value in (600, 650, 680)],
        ("low", 500, "green"),
        ("low", 686.8, "green"),
        ("low", 686.9, "amber"),
        ("low", 748, "amber"),
        ("low", 748.1, "red"),
        ("high", 800, "green"),
        ("high", 594, "green"),
        ("high", 593.9, "amber"),
        ("high", 540, "amber"),
        ("high", 539.9, "red"),
        *[(good_is, value, "amber") for good_is in ("on target", "near") for value in (540, 593.9, 686.9, 748)],
        *[(good_is, value, "red") for good_is in ("on target", "near") for value in (539.9, 748.1)],
        ("none", 650, "not rated"),
    ],
)
def test_a_range_is_rated_from_its_nearer_end(good_is: str, value: float, rating: str) -> None:
    """Inside a range is green, and so is outside on the good side; a percentage is of the end that was passed."""
    assert rating == rating_of(good_is=good_is, kind="range", value=value, target_low=600.0, target_high=680.0)


@pytest.mark.parametrize(("quartile", "rating"), [(1, "green"), (2, "green"), (3, "amber"), (4, "red")])
def test_a_quartile_is_rated_by_the_rank(quartile: int, rating: str) -> None:
    """The target quartile or better is green, the next amber, the one after it red, whatever the tolerances."""
    said = {"kind": "quartile", "target_low": 2.0, "rank": 38.0 * quartile, "of": 152.0, "quartile": quartile}

    assert rating == rating_of(value=1.0, amber_within="500%", green_within="500%", **said)


# Not rated, and never green.


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"status": "awaited", "value": math.nan}, "the figure is awaited"),
        ({"value": math.nan}, "no figure has been reported"),
        ({"kind": math.nan, "target_low": math.nan}, "there is no target"),
        ({"good_is": "none", "value": 99.0}, "the records do not say which way is good"),
        (
            {"kind": "quartile", "target_low": 2.0},
            "the target is a quartile, and no national rank has been reported",
        ),
        (
            {"kind": "total", "to_date": math.nan, "share": 0.75},
            "the value to date is not known, because an earlier figure is missing or not comparable",
        ),
        ({"value": math.inf}, "the figure or its target cannot be measured"),
        ({"target_low": math.nan}, "the figure or its target cannot be measured"),
    ],
)
def test_what_cannot_be_rated_says_why(said: dict[str, Any], why: str) -> None:
    """What cannot be rated is not rated, by rule as stated, and one sentence says why."""
    rated = rate(row(**said), RULE)

    assert ["not rated", "not rated", f"Not rated: {why}."] == [
        rated.loc[0, name] for name in ("computed_rating", "rating", "reason")
    ]


def test_an_improvement_without_a_target_is_not_rated() -> None:
    """A reading without a target is not lifted to amber by having improved."""
    said = {"kind": math.nan, "target_low": math.nan, "value": 90.0, "last_year": 80.0}

    assert rating_of(IMPROVED, **said) == "not rated"


# The reason, word for word.

DAYS = {"unit": "days", "decimals": 2, "good_is": "low", "target_low": 5.0}
ADMISSIONS = {"unit": "per 100,000", "kind": "range", "target_low": 600.0, "target_high": 680.0, "good_is": "low"}
VISITS = {"unit": "visits", "decimals": 0, "kind": "total", "target_low": 4000000.0, "share": 0.75}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "89.19% is 5.81 points below the target of 95%; high is good."),
        ({"decimals": 2}, "89.19% is 5.81 points below the target of 95%; high is good."),
        ({"value": 96.0}, "96% is 1 point above the target of 95%; high is good."),
        ({"value": 95.0}, "95% meets the target of 95%; high is good."),
        ({"value": 7.19, **DAYS}, "7.19 days is 2.19 above the target of 5; low is good."),
        (
            {"value": 29.0, "target_low": 20.0, "unit": "businesses", "decimals": 0, "good_is": "on target"},
            "29 businesses is 9 above the target of 20.",
        ),
        (
            {"value": 52.0, "target_low": 50.0, "good_is": "near"},
            "52% is 2 points above the target of 50%; near the target is good.",
        ),
        ({"value": 698.6, **ADMISSIONS}, "698.6 per 100,000 is 18.6 above the range of 600 to 680; low is good."),
        ({"value": 599.0, **ADMISSIONS}, "599 per 100,000 is 1 below the range of 600 to 680; low is good."),
        ({"value": 680.0, **ADMISSIONS}, "680 per 100,000 is within the range of 600 to 680; low is good."),
        (
            {"value": 69.2, "kind": "quartile", "target_low": 2.0, "rank": 121.0, "of": 151.0, "quartile": 4.0},
            "Ranked 121 of 151, which is quartile 4; the target is quartile 2, and 1 is best.",
        ),
        (
            {"value": 841582.0, "to_date": 2638886.0, **VISITS},
            "2,638,886 visits so far is 361,114 below the 3,000,000 expected by now (75% of 4,000,000); high is good.",
        ),
        (
            {"value": 3000000.0, **VISITS},
            "3,000,000 visits so far meets the 3,000,000 expected by now (75% of 4,000,000); high is good.",
        ),
        (
            {"value": 4100000.0, **VISITS, "share": 1.0},
            "4,100,000 visits is 100,000 above the target of 4,000,000; high is good.",
        ),
        (
            {
                "value": 255000.0,
                "kind": "total",
                "target_low": 11250000.0,
                "share": 0.1,
                "unit": "£",
                "good_is": "on target",
            },
            "£255,000 so far is £870,000 below the £1,125,000 expected by now (10% of £11,250,000).",
        ),
    ],
)  # fmt: skip
def test_every_rating_has_a_plain_reason(said: dict[str, Any], reason: str) -> None:
    """Each kind of target has its own sentence."""
    assert reason == reason_of(**said)


def test_the_gap_in_a_reason_adds_up() -> None:
    """What the reason says is missing is the difference of the two figures that it names."""
    said = {"kind": "total", "target_low": 150.0, "expected": 12.5, "share": 5 / 60, "unit": "loans", "decimals": 0}
    reason = "1 loan so far is 11.5 below the 12.5 expected by now (8% of 150); high is good."

    assert reason == reason_of(value=1.0, **said)


def test_a_reason_never_names_a_gap_of_nothing() -> None:
    """A reading that falls short is not said to be 0.0 points below."""
    assert "0.0 points" not in reason_of(value=94.996, decimals=1)


def test_what_a_computer_loses_in_sharing_is_no_gap() -> None:
    """0.3 of the 0.3 expected meets it, although 75% of 0.4 is a hair more to a computer."""
    reason = "0.3 so far meets the 0.3 expected by now (75% of 0.4); high is good."

    assert reason == reason_of(value=0.3, kind="total", target_low=0.4, share=0.75, unit="")


# The council's own rating.


def overrides(**said: str) -> pd.DataFrame:
    """Build one override as records hold it."""
    default = {
        "indicator": "defects",
        "quarter": "2019-20-Q3",
        "rating": "amber",
        "reason": "The figure was late.",
        "approved_by": "the Director of Highways",
    }
    return pd.DataFrame([default | said])


def test_an_override_keeps_the_computed_rating_beside_it() -> None:
    """A stated rating takes the place of the computed one, which is kept, and the reason says who approved it."""
    stated = override(rate(row(value=50.0), RULE), overrides(), "2019-20-Q3")
    reason = (
        "50% is 45 points below the target of 95%; high is good. By the rule alone it is red. "
        "The council states amber: the figure was late (approved by the Director of Highways)."
    )

    assert ["red", "amber", reason] == [stated.loc[0, name] for name in ("computed_rating", "rating", "reason")]


def test_an_override_may_rate_what_the_rule_cannot() -> None:
    """A figure without a target may be given a rating; that it has none by the rule is said beside it."""
    stated = override(rate(row(kind=math.nan, target_low=math.nan), RULE), overrides(rating="green"), "2019-20-Q3")

    assert stated[["computed_rating", "rating"]].iloc[0].tolist() == ["not rated", "green"]
    assert stated.loc[0, "reason"].startswith("Not rated: there is no target. By the rule alone it is not rated. ")


@pytest.mark.parametrize(
    "stated",
    [overrides(quarter="2019-20-Q2"), overrides(indicator="another"), overrides().iloc[:0]],
    ids=["another quarter", "another indicator", "none"],
)
def test_an_override_touches_nothing_else(stated: pd.DataFrame) -> None:
    """An override of another quarter or indicator changes nothing here."""
    rated = rate(row(), RULE)

    pd.testing.assert_frame_equal(rated, override(rated, stated, "2019-20-Q3"), check_dtype=False)


@pytest.mark.filterwarnings("error")
def test_no_override_at_all_warns_of_nothing() -> None:
    """Without overrides, which is the usual case, nothing is warned of."""
    rated = rate(row(), RULE)

    assert override(rated, overrides().iloc[:0], "2019-20-Q3").loc[0, "rating"] == "amber"


# Which target a reading is rated against.


def aimed(said: list[dict[str, Any]], rule: Rule = RULE, at: str = "2019-20-Q3") -> pd.Series:
    """Find the target of one current reading of a quarter."""
    return aim(current(at), targets(*said), rule, AT).iloc[0]


def test_a_target_holds_for_the_readings_of_its_span() -> None:
    """The target whose span holds the reading is its own; its kind and value are set beside it."""
    found = aimed([{"period": "2018-19", "low": 1.0}, {"period": "2019-20", "low": 2.0}])

    assert (found["target_low"], found["kind"], found["shift"]) == (2.0, "total", 0)


def test_the_shortest_span_wins() -> None:
    """A quarter's point profile is nearer than the year's or the four years' total beside it."""
    found = aimed(
        [
            {"period": "2019-01", "to": "2022-12", "low": 1000.0},
            {"period": "2019-20", "low": 250.0},
            {"period": "2019-20-Q3", "kind": "point", "low": 120.0},
            {"period": "2019-20-Q2", "kind": "point", "low": 50.0},
        ]
    )

    assert (found["kind"], found["target_low"]) == ("point", 120.0)


def test_a_quarter_without_a_profile_falls_back_on_the_total() -> None:
    """Where the profile does not reach the quarter, the total is the target."""
    found = aimed([{"period": "2019-01", "to": "2022-12", "low": 1000.0}, {"period": "2019-20-Q2", "kind": "point"}])

    assert (found["kind"], found["target_low"]) == ("total", 1000.0)


@pytest.mark.parametrize(
    ("rule", "low", "shift"),
    [(RULE, math.nan, math.nan), (NEXT_YEAR, 4.0, 12)],
    ids=["own period", "next year"],
)
def test_next_years_target_counts_only_where_the_rule_says_so(rule: Rule, low: float, shift: float) -> None:
    """Next year's target is used where the rule says `next year`, and is then twelve months ahead."""
    found = aimed([{"period": "2020-21", "low": 4.0}], rule)

    assert found[["target_low", "shift"]].tolist() == pytest.approx([low, shift], nan_ok=True)


def test_this_years_target_wins_over_next_years() -> None:
    """Where the reading's own year has a target, next year's does not count, however short its span."""
    found = aimed([{"period": "2020-21-Q3", "low": 4.0}, {"period": "2019-20", "low": 3.0}], NEXT_YEAR)

    assert (found["target_low"], found["shift"]) == (3.0, 0)


def test_next_years_target_is_that_of_the_quarter_not_of_the_reading() -> None:
    """A school year's result that is the latest known is rated against the target after the report's own year."""
    found = aimed([{"period": "2020-21", "low": 4.0}], NEXT_YEAR, "2018-19")

    assert found["target_low"] == 4.0


def test_a_month_has_its_own_target() -> None:
    """A target of one month is that of the month's reading."""
    assert aimed([{"period": "2019-11", "low": 9.0}, {"period": "2019-10"}], at="2019-11")["target_low"] == 9.0


@pytest.mark.parametrize("rule", [RULE, NEXT_YEAR])
@pytest.mark.parametrize(
    "other",
    [
        {"period": "2018-19"},
        {"period": "2019-20-Q2"},
        {"period": "2019-20-Q4"},
        {"period": "2020-21-Q2"},
        {"period": "2020-21-Q4"},
        {"period": "2021-22"},
        {"period": "2019-20", "indicator": "another"},
    ],
)
def test_a_target_of_another_time_or_indicator_is_none(rule: Rule, other: dict[str, Any]) -> None:
    """A target of another quarter, one that has ended or is two years ahead, and another indicator's do not count."""
    found = aimed([other], rule)

    assert pd.isna(found[["kind", "target_low", "target_high"]]).all()


# Totals.


def totalled(
    value: float,
    known: dict[str, float],
    target: dict[str, Any],
    at: str = "2019-20-Q3",
    rule: Rule = RULE,
    **said: Any,
) -> pd.Series:
    """Set a reading beside its target, add it up and rate it."""
    frame = aim(current(at, value, **said), targets(target), rule, quarter(at) if "Q" in at else AT)
    return rate(towards_total(frame, readings({**known, at: value})), rule).iloc[0]


def test_a_sum_is_added_up_over_its_year() -> None:
    """Three quarters of 20, 30 and 25 are 75 of the 75 expected of a yearly 100."""
    found = totalled(25.0, {"2019-20-Q1": 20.0, "2019-20-Q2": 30.0}, {"period": "2019-20"})

    assert (found["to_date"], found["share"], found["expected"], found["rating"]) == (75.0, 0.75, 75.0, "green")
    assert found["reason"] == "75 loans so far meets the 75 expected by now (75% of 100); high is good."


def test_a_sum_is_added_up_over_several_years() -> None:
    """A five-year total that began in July 2019 expects six sixtieths by December, and nothing earlier is added."""
    known = {"2018-19-Q4": 500.0, "2019-20-Q1": 500.0, "2019-20-Q2": 1.0}
    found = totalled(4.0, known, {"period": "2019-07", "to": "2024-06", "low": 150.0})

    assert found[["to_date", "share", "expected"]].tolist() == pytest.approx([5.0, 0.1, 15.0])
    assert found["rating"] == "red"


def test_a_sum_reaches_back_over_the_year_end() -> None:
    """A total over several years adds up the quarters of every year in it."""
    known = {"2018-19-Q3": 10.0, "2018-19-Q4": 10.0, "2019-20-Q1": 10.0, "2019-20-Q2": 10.0}
    found = totalled(10.0, known, {"period": "2018-10", "to": "2020-09", "low": 80.0})

    assert found[["to_date", "expected"]].tolist() == pytest.approx([50.0, 50.0])


def test_months_add_up_as_quarters_do() -> None:
    """Monthly readings are added month by month, and their share is by month too."""
    found = totalled(5.0, {"2019-04": 5.0}, {"period": "2019-20", "low": 60.0}, at="2019-05")

    assert found[["to_date", "expected"]].tolist() == pytest.approx([10.0, 10.0])


def test_only_readings_of_its_kind_up_to_its_end_are_added() -> None:
    """A year's, a month's and a later quarter's reading are not added to the quarters so far."""
    known = {"2019-20-Q1": 1.0, "2019-20-Q2": 1.0, "2019-20-Q4": 900.0, "2019-20": 900.0, "2019-11": 900.0}
    found = totalled(1.0, known, {"period": "2019-20"})

    assert found["to_date"] == 3.0


@pytest.mark.parametrize("known", [{"2019-20-Q1": 40.0}, {"2019-20-Q1": 40.0, "2019-20-Q2": math.nan}])
def test_a_missing_quarter_leaves_the_sum_unknown(known: dict[str, float]) -> None:
    """However good the rest is, a sum with a quarter missing is not rated, and says why."""
    found = totalled(400.0, known, {"period": "2019-20"})
    reason = "Not rated: the value to date is not known, because an earlier figure is missing or not comparable."

    assert ("not rated", reason) == (found["rating"], found["reason"])


def test_a_running_total_is_its_own_value_to_date() -> None:
    """A `to date` reading is not added to those before it."""
    found = totalled(70.0, {"2019-20-Q1": 20.0, "2019-20-Q2": 50.0}, {"period": "2019-20"}, basis="to date")

    assert (found["to_date"], found["expected"], found["rating"]) == (70.0, 75.0, "amber")


def test_a_flat_total_is_expected_whole_at_any_time() -> None:
    """A total that is spread flat is not shared out over its span."""
    found = totalled(95.0, {}, {"period": "2019-20", "spread": "flat"}, basis="to date")

    assert (found["share"], found["expected"], found["rating"]) == (1.0, 100.0, "amber")
    assert found["reason"] == "95 loans is 5 below the target of 100; high is good."


def test_a_total_with_no_spread_named_is_linear() -> None:
    """Where the record names no spread, the share is by month."""
    found = totalled(70.0, {}, {"period": "2019-20", "spread": ""}, basis="to date")

    assert found["expected"] == 75.0


def test_at_the_end_of_its_span_the_whole_total_is_due() -> None:
    """In the last quarter the reason names the target, not a share of it."""
    known = {"2019-20-Q1": 25.0, "2019-20-Q2": 25.0, "2019-20-Q3": 25.0}
    found = totalled(26.0, known, {"period": "2019-20"}, at="2019-20-Q4")

    assert (found["to_date"], found["expected"]) == (101.0, 100.0)
    assert found["reason"] == "101 loans is 1 above the target of 100; high is good."


def test_next_years_total_is_shared_out_over_this_year() -> None:
    """Where next year's total is the target, this year's quarters are set against this year's share of it."""
    known = {"2018-19-Q4": 900.0, "2019-20-Q1": 20.0, "2019-20-Q2": 30.0}
    found = totalled(25.0, known, {"period": "2020-21"}, rule=NEXT_YEAR)

    assert (found["to_date"], found["expected"]) == (75.0, 75.0)


@pytest.mark.parametrize("basis", ["quarter", "rolling", "snapshot"])
def test_what_does_not_add_up_is_not_shared_out(basis: str) -> None:
    """A figure that neither adds up nor runs on is set against the whole target."""
    found = totalled(80.0, {}, {"period": "2019-20"}, basis=basis)

    assert (found["to_date"], found["expected"]) == (80.0, 100.0)


def test_a_point_target_is_the_same_all_year() -> None:
    """A point target is not shared out, and a quarter is not added to the quarters before it."""
    found = totalled(20.0, {"2019-20-Q1": 20.0, "2019-20-Q2": 30.0}, {"period": "2019-20", "kind": "point"})

    assert (found["to_date"], found["expected"]) == (20.0, 100.0)


def test_a_running_total_of_last_year_is_not_rated_against_this_year() -> None:
    """Where this year has no figure yet, last year's running total is not rated against this year's share."""
    frame = current("2018-19", 471.0, basis="to date")
    aimed_at = aim(frame, targets({"period": "2020-21", "low": 600.0}), NEXT_YEAR, quarter("2019-20-Q1"))
    found = rate(towards_total(aimed_at, readings({"2018-19": 471.0})), NEXT_YEAR).iloc[0]

    assert found["rating"] == "not rated"


# More colours than three, and fewer.

FOUR = Rule(since="2019-20-Q1", blue_beyond="10%", green_within="5%", amber_within="10%")
YELLOW = Rule(since="2019-20-Q1", green_within="1%", yellow_within="5%", amber_within="10%")
TWO = Rule(since="2019-20-Q1", green_within="0%", amber_within=None)


@pytest.mark.parametrize(
    ("good_is", "value", "rating"),
    [
        ("high", 110.1, "blue"),
        ("high", 110, "green"),
        ("high", 95, "green"),
        ("high", 94.9, "amber"),
        ("high", 89.9, "red"),
        ("low", 89.9, "blue"),
        ("low", 90, "green"),
        ("low", 110.1, "red"),
        ("near", 100, "green"),
        ("on target", 150, "green"),
    ],
)
def test_blue_is_further_on_the_good_side_than_the_rule_says(good_is: str, value: float, rating: str) -> None:
    """Better than the target by more than 10% is blue where a way is good; near or on the target it never is."""
    assert rating == rating_of(FOUR, good_is=good_is, value=value, target_low=100.0)


def test_a_range_and_a_quartile_are_never_blue() -> None:
    """What lies far beyond a range on the good side, or two quartiles better, is green and no more."""
    ranged = rating_of(FOUR, kind="range", value=900, target_low=600.0, target_high=680.0)
    ranked = rating_of(FOUR, kind="quartile", target_low=3.0, rank=1, of=151, quartile=1)

    assert (ranged, ranked) == ("green", "green")


@pytest.mark.parametrize(
    ("value", "rating"), [(99, "green"), (98.9, "yellow"), (95, "yellow"), (94.9, "amber"), (89.9, "red")]
)
def test_yellow_lies_between_green_and_amber(value: float, rating: str) -> None:
    """Within 1% is green, within 5% yellow, within 10% amber."""
    assert rating == rating_of(YELLOW, value=value, target_low=100.0)


@pytest.mark.parametrize(("value", "rating"), [(30, "green"), (30.1, "red")])
def test_without_amber_a_target_is_met_or_not(value: float, rating: str) -> None:
    """A maximum of 30 weeks is met or not met."""
    assert rating == rating_of(TWO, good_is="low", value=value, target_low=30.0)


def test_a_quartile_too_is_met_or_not_without_amber() -> None:
    """One quartile below is red where there is no amber."""
    assert rating_of(TWO, kind="quartile", target_low=2.0, rank=100, of=151, quartile=3) == "red"


# What lifts a red.


def test_a_lifted_red_says_what_lifted_it() -> None:
    """The reason names the distance first, and then why it is amber all the same."""
    said = reason_of(IMPROVED, value=60, last_year=59.0)

    assert said.endswith(" By its distance alone it is red; it is amber because it is no worse than a year before.")


@pytest.mark.parametrize(("foreseen", "rating"), [("green", "amber"), ("blue", "amber"), ("amber", "red"), ("", "red")])
def test_a_forecast_on_target_lifts_a_red_where_the_rule_says_so(foreseen: str, rating: str) -> None:
    """Off target, but forecast to reach it by the end of the year, is amber for a council that rates so."""
    rule = Rule(since="2019-20-Q1", amber_if_forecast=True)
    one = row(value=60).assign(forecast_rating=foreseen)

    assert rating == rate(one, rule).loc[0, "rating"]
    assert rate(one, RULE).loc[0, "rating"] == "red"


# A season's share.

YEAR = {"2018-19-Q1": 10.0, "2018-19-Q2": 20.0, "2018-19-Q3": 30.0, "2018-19-Q4": 40.0}
DUE = {"period": "2019-20", "low": 200.0, "spread": "seasonal"}


def test_a_seasonal_total_is_due_as_last_year_went() -> None:
    """Last year had reached 60 of its 100 by the third quarter, so 120 of 200 are due by then."""
    this_year = {"2019-20-Q1": 25.0, "2019-20-Q2": 40.0, "2019-20-Q3": 50.0}
    aimed = aim(current(value=50.0), targets(DUE), RULE, AT)
    judged = rate(towards_total(aimed, readings(YEAR | this_year)), RULE)

    assert judged.loc[0, ["share", "expected", "to_date"]].tolist() == [0.6, 120, 115]
    assert judged.loc[0, "reason"].startswith(
        "115 loans so far is 5 below the 120 expected by now (60% of 200, as by the same time last year)"
    )


def test_a_seasonal_running_total_is_due_as_last_years_ran() -> None:
    """A running total that stood at 60 of 100 a year before is due 60% now."""
    ran = {"2018-19-Q3": 60.0, "2018-19-Q4": 100.0, "2019-20-Q3": 110.0}
    aimed = aim(current(value=110.0, basis="to date"), targets(DUE), RULE, AT)

    assert towards_total(aimed, readings(ran)).loc[0, "expected"] == 120


def test_a_season_over_several_years_adds_this_years_share_to_those_over() -> None:
    """In the third quarter of the second of two years, one year and 60% of the other are due."""
    this_year = {"2019-20-Q1": 25.0, "2019-20-Q2": 40.0, "2019-20-Q3": 50.0}
    due = {"period": "2018-19", "to": "2019-20", "low": 200.0, "spread": "seasonal"}
    aimed = aim(current(value=50.0), targets(due), RULE, AT)

    assert towards_total(aimed, readings(YEAR | this_year)).loc[0, "expected"] == pytest.approx(160)


@pytest.mark.parametrize("lost", ["2018-19-Q1", "2018-19-Q4"])
def test_without_the_whole_of_last_year_there_is_no_season(lost: str) -> None:
    """A quarter of last year that is missing leaves the share unknown, and the indicator not rated."""
    known = {name: value for name, value in YEAR.items() if name != lost}
    this_year = {"2019-20-Q1": 25.0, "2019-20-Q2": 40.0, "2019-20-Q3": 50.0}
    aimed = aim(current(value=50.0), targets(DUE), RULE, AT)
    judged = rate(towards_total(aimed, readings(known | this_year)), RULE)

    assert judged.loc[0, "reason"] == (
        "Not rated: the share expected by now is not known, because last year's figures are missing."
    )


# For how long it has been off target.


def off_for(values: dict[str, float], rating: str = "red", **said: Any) -> int:
    """Count how many periods running one indicator has been off a target of 100 that holds for all of them."""
    *_, last = values
    shown = current(last, values[last], basis="quarter", frequency="quarterly", break_from_start=math.nan)
    shown = shown.assign(computed_rating=rating, **said)
    always = targets({"period": "2015-16", "to": "2019-20", "kind": "point", "low": 100.0})
    known = readings(values).assign(status="final", period_name="")
    return running(shown, always, known, RULE).loc[0, "off_for"]


def test_periods_off_target_are_counted_back_to_the_last_that_was_on() -> None:
    """Two reds after a green are two running."""
    assert off_for({"2019-20-Q1": 100.0, "2019-20-Q2": 80.0, "2019-20-Q3": 80.0}) == 2


def test_what_is_on_target_now_has_been_off_for_none() -> None:
    """A red before it does not count."""
    assert off_for({"2019-20-Q2": 80.0, "2019-20-Q3": 100.0}, "green") == 0


def test_a_missing_period_ends_the_count() -> None:
    """What happened in the quarter without a figure is not known."""
    assert off_for({"2018-19-Q4": 80.0, "2019-20-Q1": 80.0, "2019-20-Q3": 80.0}) == 1


def test_a_break_ends_the_count() -> None:
    """Figures from before a break do not count."""
    values = {"2019-20-Q1": 80.0, "2019-20-Q2": 80.0, "2019-20-Q3": 80.0}

    assert off_for(values, break_from_start=float(period("2019-20-Q2").start)) == 2


def test_eight_periods_are_looked_back_at_most() -> None:
    """Ten reds running are counted as eight."""
    values = {f"{year}-{year - 1999:02d}-Q{number}": 80.0 for year in (2017, 2018, 2019) for number in range(1, 5)}
    del values["2019-20-Q4"]

    assert off_for(values) == 8


# The year's end foreseen.


def test_a_forecast_is_rated_against_the_target_of_the_years_end() -> None:
    """A forecast of 88 for Quarter 4 is amber against that quarter's own target of 95, and green against 85."""
    shown = current(value=80.0, basis="quarter").assign(
        forecast=88.0, forecast_low=80.0, forecast_high=90.0, forecast_end=float(period("2019-20-Q4").end)
    )
    for low, rating in ((95.0, "amber"), (85.0, "green")):
        own = targets(
            {"period": "2019-20-Q4", "kind": "point", "low": low}, {"period": "2019-20", "kind": "point", "low": 1.0}
        )

        assert foresee(shown, own, readings({"2019-20-Q3": 80.0}), RULE, AT).loc[0, "forecast_rating"] == rating


def test_the_forecast_of_a_total_is_rated_against_the_whole_year() -> None:
    """95 of 100 loans by the end of the year is amber."""
    shown = current(value=20.0).assign(
        forecast=95.0, forecast_low=90.0, forecast_high=99.0, forecast_end=float(period("2019-20-Q4").end)
    )
    due = targets({"period": "2019-20", "low": 100.0})

    assert foresee(shown, due, readings({"2019-20-Q3": 20.0}), RULE, AT).loc[0, "forecast_rating"] == "amber"


def test_without_a_forecast_nothing_is_foreseen() -> None:
    """No forecast has no rating, not even `not rated`."""
    shown = current(value=20.0).assign(
        forecast=math.nan, forecast_low=math.nan, forecast_high=math.nan, forecast_end=math.nan
    )

    assert foresee(shown, targets(DUE), readings(YEAR), RULE, AT).loc[0, "forecast_rating"] == ""


def test_the_forecast_of_a_quartile_target_is_not_rated() -> None:
    """A forecast figure has no rank, so whether it keeps a quartile is not known: least of all by today's rank."""
    shown = current(value=80.0, basis="quarter", rank=1.0, of=151.0, quartile=1.0)
    shown = shown.assign(
        forecast=88.0, forecast_low=80.0, forecast_high=90.0, forecast_end=float(period("2019-20-Q4").end)
    )
    due = targets({"period": "2019-20", "kind": "quartile", "low": 2.0})

    assert foresee(shown, due, readings({"2019-20-Q3": 80.0}), RULE, AT).loc[0, "forecast_rating"] == "not rated"


def test_a_break_that_is_still_to_come_takes_no_figure_away() -> None:
    """Looked at from before a break of method, the figures before it are comparable."""
    values = {"2019-20-Q1": 80.0, "2019-20-Q2": 80.0, "2019-20-Q3": 80.0}

    assert off_for(values, break_from_start=float(period("2020-21-Q1").start)) == 3


def test_a_years_sum_is_not_rated_against_a_quarters_target() -> None:
    """40 in the year say nothing of a target of 20 for its last quarter."""
    shown = current(value=10.0).assign(
        forecast=40.0, forecast_low=35.0, forecast_high=45.0, forecast_end=float(period("2019-20-Q4").end)
    )
    due = targets({"period": "2019-20-Q4", "kind": "point", "low": 20.0})

    assert foresee(shown, due, readings({"2019-20-Q3": 10.0}), RULE, AT).loc[0, "forecast_rating"] == "not rated"


def test_both_ends_of_a_forecast_are_rated() -> None:
    """From 90 to 100 of 100 a forecast may be amber or green, and the reader is told."""
    shown = current(value=90.0, basis="quarter").assign(
        forecast=95.0, forecast_low=90.0, forecast_high=100.0, forecast_end=float(period("2019-20-Q4").end)
    )
    due = targets({"period": "2019-20", "kind": "point", "low": 100.0})
    found = foresee(shown, due, readings({"2019-20-Q3": 90.0}), RULE, AT).loc[0]

    assert found[["forecast_low_rating", "forecast_rating", "forecast_high_rating"]].tolist() == [
        "amber",
        "amber",
        "green",
    ]


def test_a_total_is_not_added_up_across_a_break() -> None:
    """Quarters measured otherwise before do not count towards the total, which is then not known."""
    values = {"2019-20-Q1": 10.0, "2019-20-Q2": 20.0, "2019-20-Q3": 30.0}
    shown = current(value=30.0, break_from_start=float(period("2019-20-Q2").start))
    aimed = aim(shown, targets({"period": "2019-20", "low": 100.0}), RULE, AT)

    assert math.isnan(towards_total(aimed, readings(values)).loc[0, "to_date"])


def test_a_gap_is_that_between_the_figures_that_are_printed() -> None:
    """77.75 is printed as 77.8 where one decimal is kept, and so is 4.6 points below 82.4."""
    assert reason_of(value=77.751, target_low=82.4, decimals=1).startswith("77.8% is 4.6 points below")


def test_a_gap_that_rounding_hides_is_told_all_the_same() -> None:
    """82.38 with one decimal would be printed like its target of 82.4, so it is printed with two."""
    assert reason_of(value=82.38, target_low=82.4, decimals=1).startswith(
        "82.38% is 0.02 points below the target of 82.4%"
    )


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ({"value": 94.5, "target_low": 95.0}, "94.5% is 0.5 points below the target of 95%; high is good."),
        ({"value": 94.6, "target_low": 94.8}, "94.6% is 0.2 points below the target of 94.8%; high is good."),
        ({"value": 94.6, "target_low": 94.6}, "94.6% meets the target of 94.6%; high is good."),
        ({"value": 0.002, "target_low": 0.0, "good_is": "low", "decimals": math.nan},
         "0.002% is 0.002 points above the target of 0%; low is good."),
        ({"value": 600.4, "target_low": 600.2, "target_high": 680.0, "kind": "range"},
         "600.4% is within the range of 600.2% to 680%; high is good."),
    ],
)  # fmt: skip
def test_figure_target_and_gap_never_contradict_one_another(said: dict[str, Any], written: str) -> None:
    """Where a figure without decimals is printed like its target, or beyond it, it is printed with as many as tell."""
    assert (
        reason_of(Rule(since="2019-20-Q1", green_within="0%", amber_within="1 points"), **{"decimals": 0.0, **said})
        == written
    )


def test_a_figure_that_changed_is_not_printed_like_the_one_before() -> None:
    """94.4 and 93.6 are both 94 without decimals, and a direction between the two would not be believed."""
    rated = rate(row(value=94.4, target_low=80.0, decimals=0.0, last_year=93.6), RULE)

    assert rated.loc[0, "decimals"] == 1


@pytest.mark.parametrize(("value", "rating"), [(0, "green"), (1, "amber"), (3, "red")])
def test_nought_per_cent_of_a_target_of_nought_is_nought(value: float, rating: str) -> None:
    """With 2 points for amber and 0% for green, a target of zero can be missed by a little or by much."""
    rule = Rule(since="2019-20-Q1", green_within="0%", amber_within="2 points")

    assert rating_of(rule, good_is="low", value=value, target_low=0.0) == rating


def test_a_seasonal_total_within_a_year_is_due_whole_at_its_end() -> None:
    """Of a total for April to September, all is due by the end of September, whatever the rest of last year did."""
    due = {"period": "2019-20-Q1", "to": "2019-20-Q2", "low": 60.0, "spread": "seasonal"}
    known = readings(YEAR | {"2019-20-Q1": 15.0, "2019-20-Q2": 30.0})
    first, second = (
        towards_total(aim(current(at, value), targets(due), RULE, AT), known).loc[0, "expected"]
        for at, value in (("2019-20-Q1", 15.0), ("2019-20-Q2", 30.0))
    )

    assert (first, second) == (pytest.approx(20), 60)
