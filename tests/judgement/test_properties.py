"""What holds of the judgement, whatever the figures."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement.benchmark import quartile, rank, standing
from kpilib.judgement.control import usual
from kpilib.judgement.figures import show_all
from kpilib.judgement.forecast import outturn
from kpilib.judgement.rating import aim, foresee, override, rate, running, towards_total
from kpilib.judgement.risk import assess, band, gaps
from kpilib.judgement.trend import comparable, direction
from kpilib.records.framework import Rule
from kpilib.records.periods import period, quarter

AT = quarter("2019-20-Q3")
BANDS = {"low": (1, 4), "medium": (5, 9), "high": (10, 15), "very high": (16, 25)}
ORDER = ["not rated", "red", "amber", "yellow", "green", "blue"]
MIRROR = {"high": "low", "low": "high", "near": "near"}

briefly = settings(deadline=None, max_examples=40)
tenths = st.integers(-2000, 2000).map(lambda count: count / 10)
steps = st.integers(0, 2000).map(lambda count: count / 10)
perhaps = st.one_of(st.just(math.nan), tenths)
amounts = st.integers(0, 40)
shares = st.sampled_from(["%", " points"])
tolerances = st.builds(lambda amount, word: f"{amount}{word}", amounts, shares)
rules = st.builds(
    Rule,
    since=st.just("2019-20-Q1"),
    blue_beyond=st.one_of(st.none(), tolerances),
    green_within=tolerances,
    yellow_within=st.one_of(st.none(), tolerances),
    amber_within=st.one_of(st.none(), tolerances),
    amber_if_improved=st.booleans(),
)


def row(**said: Any) -> pd.DataFrame:
    """Build one reading beside its target, as `rate` and `direction` take it."""
    default = {
        "indicator": "measure",
        "basis": "quarter",
        "status": "final",
        "value": 50.0,
        "good_is": "high",
        "kind": "point",
        "target_low": 50.0,
        "target_high": math.nan,
        "share": 1.0,
        "amber_at": math.nan,
        "rank": math.nan,
        "of": math.nan,
        "quartile": math.nan,
        "previous": math.nan,
        "previous_name": "Quarter 2 2019/20",
        "last_year": math.nan,
        "green_within": "",
        "amber_within": "",
        "break_from_start": math.nan,
        "start": float(AT.start),
        "unit": "days",
        "decimals": 1,
    } | said
    beside = {"to_date": default["value"], "expected": default["target_low"] * default["share"]}
    return pd.DataFrame([beside | default])


def rating_of(rule: Rule, **said: Any) -> str:
    """Rate one reading and give only what it is called."""
    return rate(row(**said), rule).loc[0, "rating"]


def aims(low: float, width: float, kind: str) -> dict[str, Any]:
    """Build a point target, or a range as wide as said."""
    return {"kind": kind, "target_low": low, "target_high": low + width if kind == "range" else math.nan}


# Rating.


@briefly
@given(
    st.sampled_from(["high", "low", "on target"]),
    st.sampled_from(["point", "range"]),
    rules,
    tenths,
    tenths,
    steps,
    steps,
    perhaps,
)
def test_improving_a_value_never_worsens_its_rating(
    good_is: str, kind: str, rule: Rule, value: float, low: float, width: float, step: float, last_year: float
) -> None:
    """A value further on the good side is rated the same or better; for a range being on target, up to its low end."""
    said = {"good_is": good_is, "last_year": last_year, **aims(low, width, kind)}
    better = value - step if good_is == "low" else value + step
    if kind == "range" and good_is == "on target":
        value, better = min(value, low), min(better, low)

    assert ORDER.index(rating_of(rule, value=value, **said)) <= ORDER.index(rating_of(rule, value=better, **said))


@briefly
@given(rules.filter(lambda rule: not rule.amber_if_improved), tenths, tenths, st.sampled_from([0, 0.25, 0.5, 1]))
def test_coming_nearer_never_worsens_a_rating(rule: Rule, low: float, away: float, part: float) -> None:
    """Where near the target is good, a value that is nearer to it, on either side, is rated the same or better."""
    far, *nearer = (
        ORDER.index(rating_of(rule, good_is="near", target_low=low, value=low + distance))
        for distance in (away, away * part, -away * part)
    )

    assert far <= min(nearer)


@settings(deadline=None, max_examples=150)
@given(
    st.integers(-30000, 30000).map(lambda count: count / 1000),
    st.integers(-3000, 3000).map(lambda count: count / 100),
    st.sampled_from([math.nan, 0, 1, 2, 3]),
    st.sampled_from(["%", "days", "£m"]),
)
def test_a_reason_never_contradicts_itself(value: float, target: float, decimals: float, unit: str) -> None:
    """The figure that it prints less the target that it prints is the gap that it prints, on the side that it says."""
    reason = rate(
        row(value=value, target_low=target, decimals=decimals, unit=unit),
        Rule(since="2019-20-Q1", green_within="0%", amber_within="1 points"),
    ).loc[0, "reason"]
    said = [
        Decimal(number) for number in re.findall(r"-?[0-9]+(?:\.[0-9]+)?", reason.replace("−", "-").replace("£", ""))
    ]

    if " meets " in reason:
        assert said[0] == said[1]
    else:
        figure, apart, aim = said
        assert apart > 0
        assert figure - aim == (apart if " above " in reason else -apart)


@briefly
@given(
    st.sampled_from(list(MIRROR)), st.sampled_from(["point", "range"]), rules, tenths, tenths, steps, perhaps, perhaps
)
def test_a_mirrored_reading_has_the_same_rating(
    good_is: str, kind: str, rule: Rule, value: float, low: float, width: float, last_year: float, amber_at: float
) -> None:
    """With every figure below zero instead of above, and low good instead of high, the rating is the same."""
    amber_at = math.nan if kind == "range" else amber_at
    said = {"value": value, "last_year": last_year, "amber_at": amber_at, **aims(low, width, kind)}
    high = low + width if kind == "range" else low
    mirrored = {"value": -value, "last_year": -last_year, "amber_at": -amber_at, **aims(-high, width, kind)}
    if kind == "range":
        mirrored["target_high"] = -low

    assert rating_of(rule, good_is=good_is, **said) == rating_of(rule, good_is=MIRROR[good_is], **mirrored)


@briefly
@given(
    st.sampled_from(["high", "low", "on target", "near"]),
    st.sampled_from(["point", "range"]),
    tenths,
    tenths,
    steps,
    perhaps,
    amounts,
    amounts,
    shares,
    st.integers(1, 1000),
)
def test_scaling_everything_changes_no_rating(
    good_is: str,
    kind: str,
    value: float,
    low: float,
    width: float,
    last_year: float,
    green: int,
    amber: int,
    word: str,
    times: int,
) -> None:
    """Minutes instead of hours, in value, target and points together, leave the rating as it was."""
    grown = times if word == " points" else 1
    before = Rule(
        since="2019-20-Q1", green_within=f"{green}{word}", amber_within=f"{amber}{word}", amber_if_improved=True
    )
    after = Rule(
        since="2019-20-Q1",
        green_within=f"{green * grown}{word}",
        amber_within=f"{amber * grown}{word}",
        amber_if_improved=True,
    )
    was = rating_of(before, good_is=good_is, value=value, last_year=last_year, **aims(low, width, kind))
    scaled = {"value": value * times, "last_year": last_year * times, **aims(low * times, width * times, kind)}

    assert was == rating_of(after, good_is=good_is, **scaled)


@briefly
@given(
    st.sampled_from(["high", "low", "on target", "near", "none"]),
    st.sampled_from(["quarter", "sum", "to date", "rolling", "snapshot"]),
    st.sampled_from(["final", "provisional", "estimate", "awaited"]),
    rules,
    perhaps,
    perhaps,
    st.booleans(),
)
def test_nothing_is_rated_without_a_target(
    good_is: str, basis: str, status: str, rule: Rule, value: float, last_year: float, next_year: bool
) -> None:
    """Another indicator's target, and one of another time, never rate a reading: green least of all."""
    rule = Rule(since="2019-20-Q1", target="next year" if next_year else "own period", green_within=rule.green_within)
    reading = row(good_is=good_is, basis=basis, status=status, value=value, last_year=last_year)
    frame = aim(reading.assign(period_kind="quarter", start=AT.start, end=AT.end), some_targets(), rule, AT)
    rated = rate(towards_total(frame, some_readings([value])), rule)

    assert rated[["computed_rating", "rating"]].iloc[0].tolist() == ["not rated", "not rated"]
    assert rated.loc[0, "reason"].startswith("Not rated: ")


@briefly
@given(st.sampled_from(["high", "low", "on target", "near", "none"]), rules, perhaps, tenths)
def test_nothing_is_rated_without_a_reading(good_is: str, rule: Rule, last_year: float, low: float) -> None:
    """A target without a reading is not rated, awaited or not."""
    said = {"good_is": good_is, "value": math.nan, "last_year": last_year, "target_low": low}

    assert [rating_of(rule, status=status, **said) for status in ("final", "awaited")] == ["not rated"] * 2


# Direction of travel.


@briefly
@given(st.sampled_from(list(MIRROR)), amounts, tenths, perhaps, tenths)
def test_a_mirrored_change_has_the_same_direction(
    good_is: str, steady: int, value: float, previous: float, low: float
) -> None:
    """With every figure below zero instead of above, and low good instead of high, the direction is the same."""
    plain = row(good_is=good_is, value=value, previous=previous, target_low=low)
    mirrored = row(good_is=MIRROR[good_is], value=-value, previous=-previous, target_low=-low)
    ways = [direction(frame, f"{steady} points").loc[0, "direction"] for frame in (plain, mirrored)]

    assert ways[0] == ways[1]


@briefly
@given(st.sampled_from(["high", "low", "on target", "near"]), amounts, tenths, tenths, tenths)
def test_going_back_is_the_other_way(good_is: str, steady: int, value: float, previous: float, low: float) -> None:
    """What was better one way is worse the other, and what was the same stays the same."""
    there = row(good_is=good_is, value=value, previous=previous, target_low=low)
    back = row(good_is=good_is, value=previous, previous=value, target_low=low)
    ways = [direction(frame, f"{steady} points").loc[0, "direction"] for frame in (there, back)]

    assert ways in (["better", "worse"], ["worse", "better"], ["same", "same"])


# Ranks.

councils = st.lists(st.integers(0, 20), min_size=1, max_size=30)


@briefly
@given(councils, st.randoms(use_true_random=False), st.sampled_from(["high", "low"]))
def test_a_rank_does_not_depend_on_the_order(values: list[int], chance, good_is: str) -> None:
    """However the councils are listed, each has the same rank."""
    listed = pd.Series(values, index=[f"council {number}" for number in range(len(values))])
    shuffled = listed.loc[chance.sample(list(listed.index), len(listed))]

    pd.testing.assert_series_equal(rank(listed, good_is), rank(shuffled, good_is).loc[listed.index])


@briefly
@given(councils)
def test_a_rank_counts_those_strictly_better(values: list[int]) -> None:
    """A rank is 1 and the number strictly better, and the ranks from below are those of the figures below zero."""
    found = rank(pd.Series(values), "high").tolist()

    assert found == [1 + sum(other > value for other in values) for value in values]
    assert found == rank(-pd.Series(values), "low").tolist()


@briefly
@given(st.integers(4, 400), st.data())
def test_a_quartile_is_one_to_four_and_never_falls(of: int, data: st.DataObject) -> None:
    """The first is in quartile 1, the last in quartile 4, and a worse rank is never in a better quartile."""
    first, second = sorted(data.draw(st.tuples(st.integers(1, of), st.integers(1, of))))

    assert [quartile(1, of), quartile(of, of)] == [1, 4]
    assert 1 <= quartile(first, of) <= quartile(second, of) <= 4


# Nothing is changed in place.


def some_readings(values: list[float], indicator: str = "measure") -> pd.DataFrame:
    """Build readings of as many quarters up to Quarter 3 2019/20, as records hold them."""
    ends = [float(AT.end - 3 * back) for back in range(len(values))]
    return pd.DataFrame(
        {
            "indicator": indicator,
            "period_kind": "quarter",
            "period": [f"{back} quarters before" for back in range(len(values))],
            "period_name": [f"{back} quarters before" for back in range(len(values))],
            "start": [end - 2 for end in ends],
            "end": ends,
            "value": pd.Series(values, dtype=float),
            "status": "final",
        }
    )


def some_targets(indicator: str = "another", low: float = 50.0, basis: str = "point") -> pd.DataFrame:
    """Build another indicator's target for this year, and the measure's own for a year long past, as records do."""
    years = [period("2019-20"), period("2009-10")]
    return pd.DataFrame(
        {
            "indicator": [indicator, "measure"],
            "kind": basis,
            "low": low,
            "high": math.nan,
            "spread": "linear",
            "amber_at": math.nan,
            "as_printed": "",
            "start": [float(year.start) for year in years],
            "end": [float(year.end) for year in years],
        }
    )


def some_risks(scores: list[int]) -> pd.DataFrame:
    """Build a register of this quarter, and one of the quarter before, as records hold them."""
    quarters = [AT, quarter("2019-20-Q2")]
    return pd.DataFrame(
        [
            {
                "quarter": at.text,
                "quarter_end": float(at.end),
                "risk": f"CR{number}",
                "kind": "risk",
                "type": "Money",
                "owner": "",
                "impact": 4.0,
                "likelihood": 4.0,
                "score": score,
                "residual_impact": 4.0,
                "residual_likelihood": 3.0,
                "residual_score": score - 1,
                "direction": "level",
                "target_score": 1.0,
                "target_date": "2020-03-31",
                "review_date": "",
                "progress": "",
                "merged_from": "",
            }
            for at in quarters
            for number, score in enumerate(scores)
        ]
    )


@settings(deadline=None, max_examples=20)
@given(st.lists(perhaps, min_size=1, max_size=9), tenths, rules, st.sampled_from(["point", "total"]))
def test_judging_readings_changes_none_of_them(values: list[float], low: float, rule: Rule, kind: str) -> None:
    """Every function that judges a reading leaves the frames it was given as they were."""
    known, targets = some_readings(values), some_targets("measure", low, kind).iloc[:1]
    printed = pd.DataFrame(
        {"indicator": ["measure"], "comparator": "England", "end": 1.0, "rank": [95.0], "of": [151.0]}
    )
    stated = pd.DataFrame(
        [{"indicator": "measure", "quarter": AT.text, "rating": "amber", "reason": "Late.", "approved_by": "us"}]
    )
    reading = row(value=values[0], basis="sum").drop(columns=["rank", "of", "quartile"])
    now = {"period_kind": "quarter", "frequency": "quarterly", "period_name": AT.name}
    frames = [reading.assign(**now, start=float(AT.start), end=float(AT.end), break_from_start=math.nan)]
    given_frames = [frames[0], known, targets, printed, stated]
    before = [frame.copy(deep=True) for frame in given_frames]
    for judge in (
        lambda frame: aim(frame, targets, rule, AT),
        lambda frame: comparable(frame, known),
        lambda frame: standing(frame, printed),
        lambda frame: towards_total(frame, known),
        lambda frame: outturn(frame, known, AT.end + 3),
        lambda frame: foresee(frame, targets, known, rule, AT),
        lambda frame: rate(frame, rule),
        lambda frame: running(frame, targets, known, rule),
        lambda frame: usual(frame, known),
        lambda frame: override(frame, stated, AT.text),
        lambda frame: direction(frame, rule.green_within),
    ):
        was = frames[-1].copy(deep=True)
        frames.append(judge(frames[-1]))
        pd.testing.assert_frame_equal(was, frames[-2])
    show_all(frames[-1]["value"], frames[-1])

    for was, now in zip(before, given_frames, strict=True):
        pd.testing.assert_frame_equal(was, now)


@briefly
@given(st.lists(st.integers(2, 25), min_size=1, max_size=5))
def test_judging_a_register_changes_nothing_in_it(scores: list[int]) -> None:
    """Every function that judges risks leaves the register and its notes as they were."""
    risks = some_risks(scores)
    note = {"quarter": AT.text, "risk": "CR0", "kind": "action", "text": "Mend it.", "owner": ""}
    notes = pd.DataFrame([{**note, "due": "2019-10-31", "status": ""}])
    before, notes_before = risks.copy(deep=True), notes.copy(deep=True)
    gaps(assess(risks, BANDS, AT, {"Money": 9}), notes, AT)
    band(risks["score"], BANDS)

    pd.testing.assert_frame_equal(before, risks)
    pd.testing.assert_frame_equal(notes_before, notes)


@briefly
@given(councils)
def test_ranking_changes_no_figure(values: list[int]) -> None:
    """Ranks and quartiles leave the figures that they are worked out from as they were."""
    series = pd.Series(values)
    quartile(rank(series, "high"), len(values))

    assert values == series.tolist()
