"""When a figure is a sign of something, and when it is the ordinary ups and downs."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpilib.judgement.control import WAYS, assurance, signals, usual, variation, xmr
from kpilib.records.periods import month, period

PRINTED = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
RISING = [0, 10] * 6 + [2, 3, 4, 5, 6, 7, 8]
ABOVE = [0, 10] * 9 + [6, 7] * 3 + [6]
PAIR = [0, 10] * 12 + [0, 29, 10, 29, 0, 10]

briefly = settings(deadline=None, max_examples=40)
tenths = st.integers(-600, 600).map(lambda count: count / 10)


def quarters(count: int, first: int = 2010) -> list[str]:
    """Name so many quarters, from the first of a council year."""
    return [f"{year}-{(year + 1) % 100:02d}-Q{at + 1}" for year, at in (divmod(4 * first + n, 4) for n in range(count))]


def by_quarter(values: Sequence[float]) -> pd.Series:
    """Put values beside quarters, one after the other."""
    return pd.Series(list(values), index=quarters(len(values)), dtype=float)


def last(values: Sequence[float], good_is: str = "high", **said: Any) -> list[str]:
    """Give the signal of the last value, and its type."""
    return xmr(pd.Series(values), good_is, **said).iloc[-1][["signal", "type"]].tolist()


def signalled(values: Sequence[float] | pd.Series, **said: Any) -> dict[Any, str]:
    """Give the labels that have a signal, and which."""
    found = xmr(pd.Series(values), **said)["signal"]
    return found[found != "common cause"].to_dict()


def limits(values: Sequence[float] | pd.Series, **said: Any) -> list[float]:
    """Give the mean and the limits of the last value, rounded."""
    return xmr(pd.Series(values), **said).iloc[-1][["mean", "lower", "upper"]].astype(float).round(2).tolist()


# The reference, read slowly and without a computer's rounding.


def by_hand(values: list[Fraction], frozen: int | None = None, screen: bool = True) -> list[tuple[Any, ...]]:
    """Work out mean, limits and signal of each point of one segment by the rules as NHS England's tool has them."""
    set_by = values[:frozen]
    mean = sum(set_by, Fraction(0)) / len(set_by)
    ranges = [abs(after - before) for before, after in pairwise(set_by)]
    average = sum(ranges, Fraction(0)) / len(ranges)
    if screen:
        ranges = [each for each in ranges if each < Fraction("3.267") * average]
        average = sum(ranges, Fraction(0)) / len(ranges)
    lower, upper = mean - Fraction("2.66") * average, mean + Fraction("2.66") * average
    near_by = Fraction("2.66") * average * 2 / 3
    sides = [sign(value - mean) for value in values]
    outside = [not lower <= value <= upper for value in values]
    near = [abs(value - mean) > near_by and not out for value, out in zip(values, outside, strict=True)]
    count = len(values)
    run, pair, trend = set(), set(), set()
    for first in range(count - 6):
        window = range(first, first + 7)
        steps = {sign(values[at + 1] - values[at]) for at in window[:-1]}
        if len({sides[at] for at in window}) == 1 and sides[first] != 0:
            run |= set(window)
        if steps in ({1}, {-1}):
            trend |= set(window)
    for first in range(count - 2):
        window = range(first, first + 3)
        if {sides[at] for at in window} in ({1}, {-1}) and sum(near[at] for at in window) >= 2:
            pair |= {at for at in window if near[at]}
    said = []
    for at, value in enumerate(values):
        signal = "common cause"
        if outside[at]:
            signal = "above limit" if value > upper else "below limit"
        elif at in trend:
            onward = sign(values[at + 1] - value) if at + 1 in trend else 0
            heading = onward or sign(value - values[at - 1])
            signal = "rising trend" if heading > 0 else "falling trend"
        elif at in pair:
            signal = f"two in three {'high' if sides[at] > 0 else 'low'}"
        elif at in run:
            signal = f"run {'above' if sides[at] > 0 else 'below'} mean"
        said.append((mean, lower, upper, signal))
    return said


def sign(number: Fraction) -> int:
    """Give 1, -1 or 0."""
    return (number > 0) - (number < 0)


def climb(start: int, steps: list[int]) -> list[int]:
    """Add steps up one by one."""
    return [int(each) for each in np.cumsum([start, *steps])]


pieces = st.one_of(
    st.lists(st.integers(-50, 50), min_size=1, max_size=10),
    st.lists(st.integers(10, 30), min_size=5, max_size=8),
    st.lists(st.integers(-60, -25), min_size=2, max_size=8),
    st.builds(climb, st.integers(-50, 10), st.lists(st.integers(0, 12), min_size=5, max_size=9)),
    st.builds(climb, st.integers(-10, 50), st.lists(st.integers(-12, 0), min_size=5, max_size=9)),
    st.integers(150, 400).map(lambda blip: [blip]),
)
ordinary = (
    st.lists(pieces, min_size=2, max_size=6)
    .map(lambda found: [value for piece in found for value in piece])
    .filter(lambda found: 12 <= len(found) <= 60 and np.median(np.abs(np.diff(found))) > 0)
)


def agrees(chart: pd.DataFrame, expected: list[tuple[Any, ...]]) -> None:
    """Compare a chart with what was worked out by hand."""
    assert chart["signal"].tolist() == [said[-1] for said in expected]
    np.testing.assert_allclose(
        chart[["mean", "lower", "upper"]], [[float(each) for each in said[:3]] for said in expected], atol=1e-9
    )


@settings(deadline=None, max_examples=100)
@given(ordinary, st.booleans())
def test_an_ordinary_series_is_charted_as_the_reference_has_it(tenth: list[int], screen: bool) -> None:
    """Worked out by hand in fractions, point by point, every limit and every signal is the same."""
    chart = xmr(pd.Series([count / 10 for count in tenth]), screen=screen)

    agrees(chart, by_hand([Fraction(count, 10) for count in tenth], screen=screen))


@briefly
@given(ordinary, ordinary)
def test_segments_are_charted_one_by_one(one: list[int], other: list[int]) -> None:
    """After a rebase everything is as if the series began there, and before it as if it ended there."""
    chart = xmr(pd.Series([*one, *other], dtype=float), rebase=[len(one)])

    agrees(chart, by_hand([Fraction(each) for each in one]) + by_hand([Fraction(each) for each in other]))


@briefly
@given(ordinary, st.integers(12, 30))
def test_a_frozen_beginning_sets_the_limits_of_all(values: list[int], freeze: int) -> None:
    """The first points alone set mean and limits; all points are held against them."""
    assume(np.median(np.abs(np.diff(values[:freeze]))) > 0)
    chart = xmr(pd.Series(values, dtype=float), freeze=freeze)

    agrees(chart, by_hand([Fraction(each) for each in values], freeze))


@pytest.mark.parametrize(("screen", "printed"), [(True, [1.94, -0.72, 4.6]), (False, [1.94, -3.06, 6.95])])
def test_the_printed_limits_come_out(screen: bool, printed: list[float]) -> None:
    """The limits printed for the reference's own series come out, and its fifth point alone is special."""
    assert printed == limits(PRINTED, screen=screen)
    assert signalled(PRINTED, screen=screen) == {4: "above limit"}


def test_screening_is_done_once() -> None:
    """What would be left out at a second screening is kept."""
    values = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 6, 7, 6, 7, 106, 107, 106]
    chart = xmr(pd.Series(values))

    # of ranges 1 (15 times), 6 and 99, the 99 goes; the 6 is more than 3.267 times the average of what is left
    assert chart["upper"].iloc[0] - chart["mean"].iloc[0] == pytest.approx(2.66 * (15 + 6) / 16)


def test_a_range_of_just_so_many_averages_is_screened() -> None:
    """A moving range of exactly 3.267 times the average is left out."""
    # 99 ranges of 1 and 1 of x: x is 3.267 times (99 + x) / 100
    x = Fraction("3.267") * 99 / (100 - Fraction("3.267"))
    values = [at % 2 for at in range(100)]
    at_it, below = (limits([*values, float(1 + add)]) for add in (x, x - Fraction(1, 1000)))

    assert round(at_it[2] - at_it[0], 2) == 2.66
    assert round(below[2] - below[0], 2) == round(2.66 * (99 + float(x)) / 100, 2)


# Each signal, and which goes first.


@pytest.mark.parametrize(
    ("values", "high", "low"),
    [
        ([0, 1] * 6 + [5], "above limit", "below limit"),
        (RISING, "rising trend", "falling trend"),
        (PAIR[:-2], "two in three high", "two in three low"),
        (ABOVE, "run above mean", "run below mean"),
        ([0, 1] * 6, "common cause", "common cause"),
    ],
)
def test_each_signal_is_found_high_and_low(values: list[int], high: str, low: str) -> None:
    """Each of the signals is found at the last point of such a series, and upside down its opposite."""
    assert high == last(values)[0]
    assert low == last([-value for value in values])[0]


def test_a_signal_is_one_of_nine() -> None:
    """The signals are named in order of precedence, with common cause last."""
    assert list(WAYS) == [
        "above limit",
        "below limit",
        "rising trend",
        "falling trend",
        "two in three high",
        "two in three low",
        "run above mean",
        "run below mean",
        "common cause",
    ]


@pytest.mark.parametrize("turned", [1, -1])
def test_a_point_beyond_its_limit_is_called_that_first(turned: int) -> None:
    """A point that ends a trend, a run and a pair beyond the limit is called beyond the limit."""
    values = [turned * value for value in [0, 1] * 12 + [2, 3, 4, 5, 6, 7, 8]]
    found = signalled(values)

    assert {"above limit" if turned > 0 else "below limit"} == {found[at] for at in range(28, 31)}
    assert found[24] == ("rising trend" if turned > 0 else "falling trend")


@pytest.mark.parametrize("turned", [1, -1])
def test_a_trend_goes_before_two_in_three(turned: int) -> None:
    """Points of a trend that are near a limit are called a trend."""
    values = [turned * value for value in [0, 10] * 12 + [1, 4, 8, 12, 16, 22, 23]]
    without = [turned * value for value in [0, 10] * 12 + [1, 4, 8, 8, 16, 22, 23]]

    assert last(values)[0] == ("rising trend" if turned > 0 else "falling trend")
    assert last(without)[0] == ("two in three high" if turned > 0 else "two in three low")


@pytest.mark.parametrize("turned", [1, -1])
def test_two_in_three_goes_before_a_run(turned: int) -> None:
    """Points near a limit within a run are called that; the others are called a run."""
    values = [turned * value for value in [0, 10] * 14 + [12, 11, 12, 11, 12, 24, 25]]
    found = signalled(values)
    way, side = ("high", "above") if turned > 0 else ("low", "below")

    assert dict.fromkeys(range(27, 33), f"run {side} mean") | dict.fromkeys((33, 34), f"two in three {way}") == found


def test_a_run_is_seven_points_on_one_side() -> None:
    """Six points on one side are none; of seven or more, every one is called a run."""
    assert signalled([0, 10] * 8 + [0, 6, 7, 6, 7, 6, 7, 0]) == {}
    assert set(signalled([0, 10] * 8 + [0, 6, 7, 6, 7, 6, 7, 6, 0])) == set(range(17, 24))
    assert set(signalled([0, 10] * 9 + [0, 6, 7, 6, 7, 6, 7, 6, 7, 0])) == set(range(19, 27))


def test_points_on_the_mean_are_on_neither_side() -> None:
    """Seven points exactly on the mean are no run, and one of them breaks a run."""
    assert signalled([0, 10] * 8 + [5] * 9 + [0, 10]) == {}
    assert signalled([0, 10] * 8 + [4, 6, 4, 6, 4, 5, 4, 6, 4, 6, 4, 6]) == {}
    ups = [6, 6, 6, 5, 6, 6, 6]
    assert signalled([0, 10] * 8 + ups + [4, 4, 4, 5, 4, 4, 4], screen=False) == {}


def test_a_trend_is_six_steps_one_way() -> None:
    """Six points that rise are none; of seven, every one is; a tie breaks it."""
    assert signalled([0, 10] * 6 + [2, 3, 4, 5, 6, 7, 1]) == {}
    assert signalled([*RISING, 1]) == dict.fromkeys(range(12, 19), "rising trend")
    assert signalled([0, 10] * 6 + [2, 3, 4, 5, 5, 6, 7, 8, 1]) == {}


def test_a_turning_point_goes_with_what_follows() -> None:
    """The highest point between a rise and a fall that are both trends is called falling, as the next one is."""
    found = signalled([0, 20] * 6 + [7, 8, 9, 10, 11, 12, 13, 12, 11, 10, 9, 8, 7])

    assert [found[at] for at in (17, 18, 19, 24)] == ["rising trend", "falling trend", "falling trend", "falling trend"]


def test_a_tie_between_two_trends_keeps_the_first_one_s_way() -> None:
    """Where the next point is as high and begins a trend of its own, the last of a rise still rises."""
    found = signalled([0, 20] * 6 + [7, 8, 9, 10, 11, 12, 13, 13, 12, 11, 10, 9, 8, 7])

    assert [found[18], found[19]] == ["rising trend", "falling trend"]


def test_two_in_three_needs_all_three_on_one_side() -> None:
    """Only the near points are called so, and a point on the other side of the mean between them ends it."""
    assert signalled(PAIR) == {25: "two in three high", 27: "two in three high"}
    assert signalled([0, 10] * 12 + [0, 29, 0, 29, 0, 10]) == {}
    assert signalled([0, 10] * 12 + [0, 29, 10, 10, 29, 0, 10]) == {}


def test_a_point_beyond_a_limit_is_not_near_it() -> None:
    """One near point beside one beyond the limit are not two in three."""
    assert signalled([0, 10] * 12 + [0, 29, 10, 50, 0, 10]) == {27: "above limit"}


def test_a_point_on_its_limit_is_within() -> None:
    """A point exactly on the limit is no signal, and one a little beyond it is."""
    values = [0.0, 1.0] * 10  # frozen: mean 0.5 and limits 2.66 either side

    assert last([*values, 3.16], freeze=20)[0] == "common cause"
    assert last([*values, 3.1601], freeze=20)[0] == "above limit"
    assert last([*values, -2.16], freeze=20)[0] == "common cause"
    assert last([*values, -2.1601], freeze=20)[0] == "below limit"
    assert last([0.0, 0.7] * 10 + [2.212], freeze=20)[0] == "common cause"  # which a computer's sum puts beyond it


# Whether it is for better or worse.


@pytest.mark.parametrize(
    ("good_is", "up", "down"),
    [
        ("high", "improvement", "concern"),
        ("on target", "improvement", "concern"),
        ("low", "concern", "improvement"),
        ("near", "neutral high", "neutral low"),
        ("none", "neutral high", "neutral low"),
    ],
)
@pytest.mark.parametrize("values", [[0, 1] * 6 + [5], RISING, PAIR[:-2], ABOVE])
def test_a_signal_is_for_better_or_worse_by_what_is_good(values: list[int], good_is: str, up: str, down: str) -> None:
    """What goes up is an improvement where high is good, a concern where low is, and neither where none is."""
    assert up == last(values, good_is)[1]
    assert down == last([-value for value in values], good_is)[1]
    assert last([0, 1] * 6, good_is)[1] == "common cause"


def test_a_rising_trend_below_the_mean_is_an_improvement() -> None:
    """Where high is good, a point that rises is an improvement even where it is still below the mean."""
    chart = xmr(pd.Series(RISING))

    assert RISING[12] < chart["mean"].iloc[12]
    assert chart["type"].iloc[12] == "improvement"


@pytest.mark.parametrize(
    ("target", "kind"),
    [(100, "improvement"), (-100, "concern"), (math.nan, "neutral high"), (None, "neutral high")],
)
def test_where_near_is_good_the_target_says_which_way(target: float | None, kind: str) -> None:
    """Below the target up is the improvement, above it down is, and without a target there is no telling."""
    opposite = {"improvement": "concern", "concern": "improvement", "neutral high": "neutral low"}[kind]

    assert kind == last(ABOVE, "near", target=target)[1]
    assert opposite == last([-value for value in ABOVE], "near", target=target)[1]


@pytest.mark.parametrize(("target", "times"), [(0.7, 8), (0.1, 8)])
def test_a_mean_on_its_target_has_no_better_way(target: float, times: int) -> None:
    """Where the mean is the very target, but for what a computer loses in adding, no way is nearer to it."""
    values = [target, target + 0.1, target - 0.1] * times
    chart = xmr(pd.Series([*values, 9.0]), "near", target=target, freeze=len(values))

    assert chart["mean"].iloc[0] != target
    assert chart["type"].iloc[-1] == "neutral high"


def test_a_target_changes_nothing_where_high_is_good() -> None:
    """Only where near is good does the target say which way is better."""
    assert last(ABOVE, "high", target=-100)[1] == "improvement"


@pytest.mark.parametrize("good_is", ["up", "", "High", None])
def test_an_unknown_way_of_being_good_is_refused(good_is: Any) -> None:
    """What is none of the five words is refused, by the chart and by the assurance."""
    with pytest.raises(ValueError, match="does not say which way is good; write high, low, on target, near or none"):
        xmr(pd.Series([1.0]), good_is)
    with pytest.raises(ValueError, match="does not say which way is good"):
        assurance(xmr(pd.Series(PRINTED)), 1, good_is)


# Where the reference fails.


@pytest.mark.parametrize("value", [100.0, 0.0, -3.5, 0.1, 1 / 3, 1e15])
def test_a_constant_series_has_its_limits_at_its_mean(value: float) -> None:
    """A series that never changes has mean and both limits at its value, exactly, and no signal."""
    chart = xmr(pd.Series([value] * 30))

    assert (chart[["mean", "lower", "upper"]] == value).all(axis=None)
    assert set(chart["signal"]) == set(chart["type"]) == {"common cause"}


@pytest.mark.parametrize(
    ("target", "high", "low"), [(95, "pass", "fail"), (100, "pass", "pass"), (100.5, "fail", "pass")]
)
def test_a_constant_series_passes_or_fails(target: float, high: str, low: str) -> None:
    """A figure that is always 100 meets a target of 95 or 100 where high is good, and never one of 100.5."""
    chart = xmr(pd.Series([100.0] * 9))

    assert [high, high, low] == [assurance(chart, target, good) for good in ("high", "on target", "low")]


def test_what_a_computer_loses_is_no_change() -> None:
    """Tenths that differ in the last place only are constant: no step, no side, no signal."""
    dusty = [0.3, 0.1 + 0.2] * 15
    rising = [0.3 + at * 5e-17 for at in range(30)]

    assert dusty[0] != dusty[1]
    assert signalled(dusty) == signalled(rising) == {}
    assert (xmr(pd.Series(dusty))["lower"] == xmr(pd.Series(dusty))["upper"]).all()
    assert assurance(xmr(pd.Series(dusty)), 0.3, "high") == "pass"
    assert assurance(xmr(pd.Series(dusty)), 0.3, "low") == "pass"


def test_a_tiny_change_is_still_a_change() -> None:
    """A series may be small: what counts as nothing is a share of its size."""
    assert signalled([value * 1e-9 for value in PRINTED]) == {4: "above limit"}
    assert signalled([1e10 + value for value in RISING]) == dict.fromkeys(range(12, 19), "rising trend")


@pytest.mark.parametrize("screen", [True, False])
def test_one_step_in_a_flat_series_puts_no_point_outside(screen: bool) -> None:
    """A flat series with one step has limits of three standard deviations; before and after it are runs."""
    values = [80.0] * 10 + [90.0] * 10
    chart = xmr(pd.Series(values), screen=screen)
    spread = 3 * float(np.std(values, ddof=1))

    assert limits(values, screen=screen) == [85.0, round(85 - spread, 2), round(85 + spread, 2)]
    assert chart["signal"].tolist() == ["run below mean"] * 10 + ["run above mean"] * 10


def test_one_blip_in_a_flat_series_is_seen() -> None:
    """In a series that is always the same but once, that one point is beyond the limit, and no other is."""
    found = signalled([100.0] * 12 + [90.0] + [100.0] * 12)

    assert found[12] == "below limit"
    assert "below limit" not in {found.get(at) for at in range(25) if at != 12}
    assert "above limit" not in found.values()


def test_a_series_that_changes_half_the_time_keeps_a_change() -> None:
    """Where half of the moving ranges are nothing, screening leaves some width to the limits."""
    for changes in range(1, 12):
        values = np.cumsum([0.0] * 12 + [50.0] * (changes // 4) + [1.0] * changes)
        chart = xmr(pd.Series(values))

        assert (chart["upper"] > chart["lower"]).all()


def test_a_series_that_rarely_changes_has_a_sane_assurance() -> None:
    """A figure of 100, once 99, is known to meet a target of 95."""
    chart = xmr(pd.Series([100.0] * 9 + [99.0] + [100.0] * 5))

    assert [assurance(chart, target, "high") for target in (95, 99.9, 101)] == ["pass", "inconsistent", "fail"]


def test_seven_points_exactly_on_the_mean_are_no_run() -> None:
    """A constant series longer than a run has none."""
    assert signalled([7.7] * 40) == {}


def test_no_target_has_no_assurance() -> None:
    """Without a target assurance is none, not inconsistent."""
    chart = xmr(pd.Series(PRINTED))

    assert {assurance(chart, target, good) for target in (None, math.nan) for good in ("high", "low")} == {"none"}


# What is missing, and what cannot be.


def test_an_empty_series_has_an_empty_chart() -> None:
    """No figures have no chart, but its columns are there."""
    chart = xmr(pd.Series([], dtype=float))

    assert chart.columns.tolist() == ["mean", "lower", "upper", "signal", "type"]
    assert (len(chart), chart.attrs) == (0, {"points": 0, "trial": True})
    assert (variation(chart), assurance(chart, 1, "high")) == ("common cause", "none")


def test_one_point_is_its_own_mean() -> None:
    """One figure has a mean, no limits and no signal."""
    chart = xmr(pd.Series([5.0]))

    assert chart.iloc[0].fillna("?").tolist() == [5.0, "?", "?", "common cause", "common cause"]
    assert chart.attrs == {"points": 1, "trial": True}
    assert assurance(chart, 1, "high") == "none"


def test_no_known_figure_has_no_mean() -> None:
    """Where every figure is missing nothing is known, and nothing is said."""
    chart = xmr(pd.Series([math.nan] * 3))

    assert chart[["mean", "lower", "upper"]].isna().all(axis=None)
    assert set(chart["signal"]) == set(chart["type"]) == {""}
    assert variation(chart) == "common cause"


@pytest.mark.parametrize(("count", "found"), [(5, {}), (6, {5: "above limit"})])
def test_fewer_than_six_points_have_no_signals(count: int, found: dict[int, str]) -> None:
    """Five points have limits but no signals; six have both."""
    values = [0.0, 0.1] * 2 + [0.0] * (count - 5) + [9.0]
    chart = xmr(pd.Series(values), freeze=4)

    assert values[-1] > chart["upper"].iloc[-1]
    assert found == signalled(values, freeze=4)


@pytest.mark.parametrize(("count", "trial"), [(6, True), (11, True), (12, False)])
def test_fewer_than_twelve_points_have_trial_limits(count: int, trial: bool) -> None:
    """Known points are counted, and eleven are on trial."""
    values = pd.Series([0.0, 1.0] * 6).iloc[:count].tolist()

    assert xmr(pd.Series([*values, math.nan])).attrs == {"points": count, "trial": trial}


def test_the_points_counted_are_those_of_the_latest_segment() -> None:
    """After a rebase the limits are on trial again."""
    assert xmr(pd.Series(PRINTED), rebase=[14]).attrs == {"points": 4, "trial": True}


def test_a_missing_figure_carries_its_segments_limits() -> None:
    """A period without a figure has no signal and no type, but the mean and the limits of its segment."""
    chart = xmr(pd.Series([0, 1, 0, math.nan, 1, 0, 1, math.nan, 100, 101, 100, 101]), rebase=[7])

    assert chart.loc[[3, 7], ["signal", "type"]].to_numpy().tolist() == [["", ""], ["", ""]]
    assert chart.loc[3, "mean"] == 0.5
    assert chart.loc[7, ["mean", "lower", "upper"]].tolist() == chart.loc[8, ["mean", "lower", "upper"]].tolist()
    assert chart.loc[7, "mean"] == 100.5


def test_the_variation_is_that_of_the_latest_known_point() -> None:
    """A figure that is awaited does not hide the signal before it."""
    assert variation(xmr(pd.Series([0, 1] * 6 + [5, math.nan]))) == "improvement"
    assert variation(xmr(pd.Series([0, 1] * 6 + [5, 0]))) == "common cause"
    assert variation(xmr(pd.Series([0, 1] * 6 + [5]), "none")) == "neutral high"


@pytest.mark.parametrize(
    ("values", "at"),
    [(ABOVE, -4), (RISING, -4), (PAIR[:-2], -2)],
)
def test_a_missing_period_breaks_a_run_a_trend_and_a_pair(values: list[int], at: int) -> None:
    """With a period missing in the midst of it, whether empty or absent, there is no signal."""
    full = pd.Series(values, dtype=float)
    known = values[:at] + values[at:]
    gap = pd.Series([*known[:at], math.nan, *known[at:]])

    assert signalled(full) != {}
    assert signalled(gap)[len(values) + at] == ""
    assert set(signalled(gap).values()) == {""}
    assert signalled(gap.dropna()) == {}


def test_a_missing_period_breaks_a_moving_range() -> None:
    """The change across a gap is no moving range."""
    gap = [0.0, 1.0, 0.0, 1.0, math.nan, 3.0, 4.0, 3.0, 4.0]

    assert limits(gap) == [2.0, -0.66, 4.66]


def test_where_no_neighbours_are_known_the_deviation_sets_the_limits() -> None:
    """Where every other period is missing, limits are three standard deviations from the mean."""
    values = [1.0, 3.0, 2.0, 6.0, 4.0, 2.0]
    spread = 3 * float(np.std(values, ddof=1))
    gaps = [each for value in values for each in (value, math.nan)]

    assert limits(gaps) == [3.0, round(3 - spread, 2), round(3 + spread, 2)]


CLOCKS = {
    "quarters": pd.Index(quarters(20)),
    "years": pd.Index([f"{year}-{(year + 1) % 100:02d}" for year in range(1995, 2015)]),
    "months": pd.Index([month(24100 + at).text for at in range(20)]),
    "months of 2010": pd.Index([month(2010 * 12 - 5 + at).text for at in range(20)]),
    "months, quarterly": pd.Index([month(24180 + 3 * at).text for at in range(20)]),
    "months, termly": pd.Index([month(24180 + 4 * at).text for at in range(20)]),
    "periods": pd.period_range("2015Q2", periods=20, freq="Q"),
    "periods of two months": pd.period_range("2015-01", periods=20, freq="2M"),
    "month ends": pd.date_range("2015-01-31", periods=20, freq="ME"),
    "quarter ends": pd.date_range("2015-03-31", periods=20, freq="QE"),
    "year ends": pd.date_range("2001-03-31", periods=20, freq="YE-MAR"),
    "numbers": pd.RangeIndex(5, 25),
    "whole floats": pd.Index(np.arange(2000.0, 2020.0)),
}


@pytest.mark.parametrize("index", CLOCKS.values(), ids=CLOCKS)
def test_an_absent_period_breaks_a_run(index: pd.Index) -> None:
    """Where the labels are periods, one that is absent from the midst of a run leaves none."""
    values = pd.Series([0, 10] * 6 + [6, 7] * 4, index=index, dtype=float)

    assert signalled(values)[index[-1]] == "run above mean"
    assert signalled(values.drop(index[15])) == {}


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([f"week {at}" for at in range(20)]),
        pd.date_range("2019-01-01", periods=20, freq="W"),
        pd.Index(np.arange(20) + 0.5),
    ],
    ids=["texts", "weeks", "halves"],
)
def test_labels_that_are_no_periods_are_taken_as_they_come(index: pd.Index) -> None:
    """Where there is no telling which label is absent, only an empty figure breaks a run."""
    values = pd.Series([0, 10] * 6 + [6, 7] * 4, index=index, dtype=float)

    assert signalled(values.drop(index[15]))[index[-1]] == "run above mean"
    assert "run above mean" not in signalled(values.where(index != index[16])).values()


@pytest.mark.parametrize("index", CLOCKS.values(), ids=CLOCKS)
def test_labels_out_of_order_are_refused(index: pd.Index) -> None:
    """Where labels are periods, an earlier one after a later one is refused, and named."""
    order = [0, 1, 3, 2, *range(4, 20)]

    with pytest.raises(ValueError, match="but is earlier; put the periods in order of time") as refused:
        xmr(pd.Series(1.0, index=index[order]))

    assert str(refused.value).startswith(repr(str(index[2])))


def test_dates_of_one_month_out_of_order_are_refused() -> None:
    """Days and weeks have an order too."""
    with pytest.raises(ValueError, match="but is earlier"):
        xmr(pd.Series(1.0, index=pd.date_range("2019-01-01", periods=9, freq="D")[::-1]))


def test_other_labels_have_no_order() -> None:
    """Names are taken in the order in which they come."""
    assert len(xmr(pd.Series([1.0, 2.0], index=["b", "a"]))) == 2


def test_periods_of_different_kinds_are_refused() -> None:
    """A year among quarters, or among months of which one is no year, is refused."""
    for texts in (["2018-19", "2019-20-Q1"], ["2018-19", "2019-04"]):
        with pytest.raises(ValueError, match=r"'2018-19' is a year and .* give periods of one kind"):
            xmr(pd.Series([1.0, 2.0], index=texts))


def test_a_label_that_is_there_twice_is_refused() -> None:
    """Two figures for one period are refused, and the period is named."""
    with pytest.raises(ValueError, match="'2019-20-Q1' is there twice; give each period one value"):
        xmr(pd.Series([1.0, 2.0], index=["2019-20-Q1"] * 2))


@pytest.mark.parametrize("index", [pd.Index(["2019-20", None]), pd.DatetimeIndex(["2019-01-01", None])])
def test_an_empty_label_is_refused(index: pd.Index) -> None:
    """A figure of no period is refused."""
    with pytest.raises(ValueError, match="a label of the index is empty; give each value its period"):
        xmr(pd.Series([1.0, 2.0], index=index))


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_an_infinite_value_is_refused(value: float) -> None:
    """What is infinite is no figure, and its period is named."""
    with pytest.raises(ValueError, match="the value of '2010-11-Q2' is infinite; correct it"):
        xmr(by_quarter([1.0, value, 2.0]))


@pytest.mark.parametrize(
    "values", [["1", "2"], [True, False], [1, "x"], [1j], pd.to_datetime(["2019-01-01"]), [1.0, True]]
)
def test_values_that_are_no_numbers_are_refused(values: Any) -> None:
    """Texts, dates, and yes and no are not numbers, whatever they look like."""
    with pytest.raises(ValueError, match="not all of them numbers; give numbers, and NaN where there is none"):
        xmr(pd.Series(values))


@pytest.mark.parametrize("dtype", ["int64", "float32", "Int64", "Float64", "object"])
def test_numbers_of_every_type_are_numbers(dtype: str) -> None:
    """However pandas holds them, numbers are charted alike, and what is missing is missing."""
    assert limits(pd.Series(PRINTED, dtype=dtype)) == [1.94, -0.72, 4.6]
    assert limits(pd.Series([*PRINTED, None], dtype="Int64" if dtype == "int64" else dtype)) == [1.94, -0.72, 4.6]


@pytest.mark.parametrize("turned", [1, -1])
def test_values_below_zero_are_values(turned: int) -> None:
    """Limits may be below zero or above 100, and nothing is cut off."""
    lower, upper = limits([turned * (90 + value) for value in PRINTED])[1:]

    assert sorted([turned * 89.28, turned * 94.6]) == [lower, upper]
    assert limits([99, 100, 98, 100] * 4)[2] > 100
    assert limits([1, 0, 2, 0] * 4)[1] < 0


def test_a_target_of_zero_is_a_target() -> None:
    """Zero is compared with like any other target."""
    chart = xmr(pd.Series([-3.0, -4.0] * 6))

    assert [assurance(chart, 0, good) for good in ("high", "low")] == ["fail", "pass"]


# Rebase and freeze.


def test_nothing_runs_across_a_rebase() -> None:
    """After a rebase there are a mean and limits of its own, and neither run nor trend nor range goes across."""
    values = [0, 10] * 6 + [6, 7, 6, 7, 6, 7, 6, 7]
    chart = xmr(by_quarter(values), rebase=["2013-14-Q1"])

    assert chart["mean"].tolist() == [5.0] * 12 + [6.5] * 8
    assert chart["upper"].round(2).tolist() == [31.6] * 12 + [9.16] * 8
    assert set(chart["signal"]) == {"common cause"}


def test_labels_of_a_rebase_may_be_of_any_index() -> None:
    """A rebase is named as the index names its periods."""
    values = [0.0] * 8 + [50.0] * 8
    ends = pd.Series(values, index=pd.date_range("2015-03-31", periods=16, freq="QE"))
    spans = pd.Series(values, index=pd.period_range("2015Q1", periods=16, freq="Q"))

    assert xmr(ends, rebase=[ends.index[8]])["upper"].iloc[[0, -1]].tolist() == [0, 50]
    assert xmr(ends, rebase=pd.DatetimeIndex(["2017-03-31"]))["upper"].iloc[[0, -1]].tolist() == [0, 50]
    assert xmr(spans, rebase=[pd.Period("2017Q1")])["upper"].iloc[[0, -1]].tolist() == [0, 50]


def test_a_rebase_at_the_beginning_changes_nothing() -> None:
    """The first period begins the first segment anyway."""
    pd.testing.assert_frame_equal(xmr(pd.Series(PRINTED)), xmr(pd.Series(PRINTED), rebase=[0]))


def test_frozen_limits_are_held_against_all() -> None:
    """What sets the limits is as if nothing had followed, by a count or by the last period's label."""
    values = by_quarter([0, 1] * 6 + [5, 1, 0, 1, 0])

    assert limits(values, freeze=12) == limits(values, freeze="2012-13-Q4") == limits(values.iloc[:12])
    assert limits(values) != limits(values, freeze=12)
    assert signalled(values, freeze=12) == {"2013-14-Q1": "above limit"}


def test_a_frozen_count_is_of_known_points() -> None:
    """A missing figure is not counted among those that set the limits."""
    values = [0.0, 1.0, math.nan, 0.0, 1.0, 99.0, 98.0]

    assert limits(values, freeze=4) == [0.5, -2.16, 3.16]


def test_each_segment_is_frozen_by_itself() -> None:
    """A count freezes every segment; a label the segment it is in, and not those after it."""
    values = [0.0, 1.0, 0.0, 9.0, 10.0, 30.0, 31.0, 30.0, 50.0]
    by_count = xmr(pd.Series(values), rebase=[5], freeze=2)
    by_label = xmr(by_quarter(values), rebase=["2011-12-Q2"], freeze="2010-11-Q2")

    assert by_count["mean"].iloc[[0, -1]].tolist() == [0.5, 30.5]
    assert by_label["mean"].iloc[[0, -1]].tolist() == [0.5, 35.25]


def test_freezing_more_than_there_is_freezes_nothing() -> None:
    """A count beyond the end takes every point."""
    pd.testing.assert_frame_equal(xmr(pd.Series(PRINTED)), xmr(pd.Series(PRINTED), freeze=100))


def test_one_frozen_point_sets_no_limits() -> None:
    """Where the frozen part of a segment holds one figure, its limits are unknown and there are no signals."""
    chart = xmr(by_quarter(ABOVE), freeze="2010-11-Q1")

    assert chart["upper"].isna().all()
    assert set(chart["signal"]) == {"common cause"}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"rebase": ["2031-32-Q1"]}, "rebase names '2031-32-Q1', which is not in the index; name one of its labels"),
        ({"rebase": [3]}, "rebase names '3', which is not in the index; name one of its labels"),
        ({"rebase": "2010-11-Q2"}, r"rebase is a list of periods; write \['2010-11-Q2'\]"),
        ({"freeze": "2031-32-Q1"}, "freeze names '2031-32-Q1', which is not in the index; name one of its labels"),
        ({"freeze": 1}, "freeze is 1, but limits need at least 2 points; give 2 or more, and best 12"),
        ({"freeze": -1}, "freeze is -1, but limits need at least 2 points"),
    ],
)
def test_what_cannot_be_frozen_or_rebased_is_refused(said: dict[str, Any], sentence: str) -> None:
    """A label that is not there, and a count too small, are refused in one sentence that says what to do."""
    with pytest.raises(ValueError, match=sentence):
        xmr(by_quarter(PRINTED), **said)


# Assurance.


@pytest.mark.parametrize(
    ("good_is", "answers"),
    [
        ("high", ["pass", "pass", "inconsistent", "inconsistent", "fail"]),
        ("on target", ["pass", "pass", "inconsistent", "inconsistent", "fail"]),
        ("low", ["fail", "inconsistent", "inconsistent", "pass", "pass"]),
        ("near", ["none"] * 5),
        ("none", ["none"] * 5),
    ],
)
def test_assurance_compares_the_limits_with_the_target(good_is: str, answers: list[str]) -> None:
    """All of the range on the good side passes, none of it fails; a limit on the target meets it."""
    chart = xmr(pd.Series([0.0, 1.0] * 10))  # limits -2.16 and 3.16

    assert answers == [assurance(chart, target, good_is) for target in (-2.17, -2.16, 0, 3.16, 3.17)]


def test_assurance_is_from_the_latest_limits() -> None:
    """After a rebase it is the new limits that count."""
    chart = xmr(pd.Series([0.0, 1.0] * 6 + [50.0, 51.0] * 6), rebase=[12])

    assert assurance(chart, 40, "high") == "pass"


# What holds whatever the figures.


@briefly
@given(ordinary)
def test_upside_down_better_is_worse_the_other_way_round(values: list[int]) -> None:
    """A series turned over, with low instead of high good, has the same types at every point."""
    high, low = xmr(pd.Series(values)), xmr(pd.Series([-value for value in values]), "low")

    assert high["type"].tolist() == low["type"].tolist()
    assert [-WAYS[each] for each in high["signal"]] == [WAYS[each] for each in low["signal"]]


@briefly
@given(ordinary, st.integers(-5000, 5000), st.integers(1, 1000).map(lambda count: count / 100))
def test_another_unit_has_the_same_signals(values: list[int], shift: int, scale: float) -> None:
    """Figures in another unit, or counted from elsewhere, have their limits moved with them and the same signals."""
    plain = xmr(pd.Series(values, dtype=float))
    moved = xmr(pd.Series(values) * scale + shift)

    assert plain["signal"].tolist() == moved["signal"].tolist()
    for name in ("mean", "lower", "upper"):
        np.testing.assert_allclose(moved[name], plain[name] * scale + shift, rtol=1e-9, atol=1e-6)


@briefly
@given(st.lists(st.one_of(st.just(math.nan), tenths), max_size=30), st.sampled_from(["high", "low", "near"]))
def test_a_chart_is_whole_and_changes_nothing(values: list[float], good_is: str) -> None:
    """Whatever is missing, every row has its answer, the mean lies between the limits, and the input is as it was."""
    series = pd.Series(values, index=quarters(len(values)), dtype=float)
    before = series.copy(deep=True)
    chart = xmr(series, good_is, target=1, freeze=8)
    known = series.notna()

    pd.testing.assert_series_equal(before, series)
    pd.testing.assert_index_equal(series.index, chart.index)
    assert set(chart["signal"][known]) <= set(WAYS)
    assert set(chart["type"][known]) <= {"improvement", "concern", "common cause"}
    assert ((chart["signal"] == "") == ~known).all()
    assert not ((chart["mean"] < chart["lower"]) | (chart["mean"] > chart["upper"])).any()
    assert chart["mean"].notna().all() or not known.any()
    assert (chart["type"].eq("common cause") == chart["signal"].eq("common cause")).all()


@briefly
@given(st.lists(st.sampled_from([0.0, 0.1, 5.0]), min_size=2, max_size=25))
def test_what_changes_has_limits_apart(values: list[float]) -> None:
    """However rarely a series changes, if it does, its limits are apart; if it does not, they are one."""
    chart = xmr(pd.Series(values))

    assert (len(set(values)) > 1) == (chart["upper"] > chart["lower"]).all()


# A whole report.


def indicator(**said: Any) -> dict[str, Any]:
    """Build one indicator's row as `usual` takes it, by default without a target."""
    at = period(said.pop("at", "2012-13-Q4"))
    breaks = said.pop("break_from", None)
    default = {
        "indicator": "lighting",
        "good_is": "high",
        "basis": "quarter",
        "period_kind": at.kind,
        "end": float(at.end),
        "period_name": at.name,
        "break_from_start": float(period(breaks).start) if breaks else math.nan,
        "frequency": "quarterly",
        "kind": math.nan,
        "target_low": math.nan,
        "target_high": math.nan,
        "expected": math.nan,
        "unit": "%",
        "decimals": 1.0,
    }
    return default | said


def readings(values: dict[str, float], name: str = "lighting") -> pd.DataFrame:
    """Build readings as records hold them, from periods and values."""
    found = [period(text) for text in values]
    return pd.DataFrame(
        {
            "indicator": name,
            "period": [each.text for each in found],
            "period_kind": [each.kind for each in found],
            "period_name": [each.name for each in found],
            "start": [float(each.start) for each in found],
            "end": [float(each.end) for each in found],
            "value": list(values.values()),
        },
    )


def judged(values: Sequence[float], **said: Any) -> pd.Series:
    """Judge one indicator by quarterly values, the last of which is its latest."""
    known = dict(zip(quarters(len(values)), values, strict=True))
    return usual(pd.DataFrame([indicator(at=list(known)[-1], **said)]), readings(known)).iloc[0]


def reason(values: Sequence[float], **said: Any) -> str:
    """Give only what is said."""
    return judged(values, **said)["control_reason"]


NORMAL = [80.0, 82.0] * 6


@st.composite
def reports(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, pd.Series]]:
    """Build a report of a few indicators, their readings in any order, and each one's series by quarter."""
    rows, known, series = [], [], {}
    for number in range(draw(st.integers(1, 4))):
        name = f"measure_{number}"
        some = draw(st.lists(st.one_of(st.just(math.nan), tenths), min_size=1, max_size=14))
        values = [*some, *(value / 10 for value in draw(ordinary)), draw(tenths)]
        labels = quarters(len(values))
        good = draw(st.sampled_from(["high", "low", "on target", "near", "none"]))
        target, has = draw(tenths), draw(st.booleans())
        aim = {"kind": "point", "target_low": target, "expected": target} if has else {}
        breaks = draw(st.one_of(st.none(), st.sampled_from(labels)))
        rows.append(indicator(indicator=name, at=labels[-1], good_is=good, break_from=breaks, **aim))
        known.append(readings(dict(zip(labels, values, strict=True)), name))
        series[name] = by_quarter(values)
        series[name].attrs = {"break": breaks}
    shuffled = pd.concat(known).sample(frac=1, random_state=draw(st.integers(0, 9)))
    return pd.DataFrame(rows).set_axis(range(7, 7 + len(rows))), shuffled, series


@briefly
@given(reports())
def test_a_report_agrees_with_its_series_one_by_one(
    report: tuple[pd.DataFrame, pd.DataFrame, dict[str, pd.Series]],
) -> None:
    """
    All indicators at once are charted as each is by itself, at every reading and at the latest.

    But limits stop where figures do: at nought where none was below it, and a share at 100.
    """
    frame, known, series = report
    before = frame.copy(deep=True), known.copy(deep=True)
    summary, points = usual(frame, known).set_index("indicator"), signals(frame, known)

    pd.testing.assert_frame_equal(before[0], frame)
    pd.testing.assert_frame_equal(before[1], known)
    assert points["indicator"].drop_duplicates().tolist() == frame["indicator"].tolist()
    for name, values in series.items():
        row, rebase = summary.loc[name], values.attrs["break"]
        chart = xmr(values, row["good_is"], target=row["expected"], rebase=[rebase] if rebase else [])
        if values.min() >= 0:
            chart["lower"] = chart["lower"].clip(lower=0)
        if row["unit"] == "%" and values.max() <= 100:
            chart["upper"] = chart["upper"].clip(upper=100)
        mine = points[points["indicator"] == name].set_index("period").rename_axis(None)
        columns = ["mean", "lower", "upper", "signal", "type"]
        pd.testing.assert_frame_equal(chart[values.notna()], mine[columns], check_index_type=False)
        enough = chart.attrs["points"] >= 6
        sure = assurance(chart, row["expected"], row["good_is"])
        answers = [chart["signal"].iloc[-1], variation(chart), sure] if enough else ["", "", ""]
        assert answers == row[["signal", "variation", "assurance"]].tolist()
        assert chart.attrs["points"] == row["control_points"] == mine["points"].iloc[-1]
        expected = chart[["mean", "lower", "upper"]].iloc[-1] if enough else [math.nan] * 3
        np.testing.assert_array_equal(
            row[["control_mean", "control_lower", "control_upper"]].astype(float), np.array(expected, dtype=float)
        )


def test_a_large_report_is_quick() -> None:
    """A thousand indicators of a hundred quarters each are judged in less than two seconds of the processor."""
    count, names = 100, [f"measure_{number}" for number in range(1000)]
    values = np.random.default_rng(1).normal(50, 5, (len(names), count)).round(1)
    first = readings(dict(zip(quarters(count, 1990), values[0], strict=True)))
    known = pd.concat([first] * len(names), ignore_index=True)
    known = known.assign(indicator=np.repeat(names, count), value=values.ravel())
    frame = pd.DataFrame([indicator(indicator=name, at=quarters(count, 1990)[-1]) for name in names])
    began = time.process_time()
    summary = usual(frame, known)

    assert time.process_time() - began < 2
    assert set(summary["control_points"]) == {100.0}


def test_only_readings_of_the_same_kind_up_to_the_row_count() -> None:
    """Years, months, later quarters, other indicators and cells without a figure are left out."""
    known = dict(zip(quarters(14), [*NORMAL, 99.0, 99.0], strict=True))
    others = readings({"2009-10": 5.0, "2010-04": 5.0, "2009-10-Q4": math.nan})
    everything = pd.concat([readings(known), others, readings({"2009-10-Q4": 5.0}, "another")])
    row = usual(pd.DataFrame([indicator()]), everything).iloc[0]

    assert row[["control_mean", "control_points", "signal"]].tolist() == [81.0, 12.0, "common cause"]


def test_a_report_without_indicators_or_readings_has_its_columns() -> None:
    """An empty frame, or no readings at all, is judged without a word."""
    frame, known = pd.DataFrame([indicator()]), readings({"2010-11-Q1": 1.0})
    none = usual(frame, known.iloc[:0]).iloc[0]

    assert [none[name] for name in ("signal", "variation", "assurance", "control_reason")] == [""] * 4
    assert len(usual(frame.iloc[:0], known)) == 0
    assert usual(frame.iloc[:0], known).columns.tolist() == usual(frame, known).columns.tolist()
    assert len(signals(frame.iloc[:0], known)) == len(signals(frame, known.iloc[:0])) == 0


def test_the_chart_of_a_report_has_its_columns() -> None:
    """Charts are drawn from these columns, reading by reading."""
    known = readings(dict(zip(quarters(12), NORMAL, strict=True)))
    found = signals(pd.DataFrame([indicator(break_from="2011-12-Q1")]), known)

    assert found.columns.tolist() == (
        ["indicator", "period", "end", "value", "mean", "lower", "upper", "signal", "type", "segment", "points"]
    )
    assert found["segment"].tolist() == [0] * 4 + [1] * 8
    assert found["points"].tolist() == [4] * 4 + [8] * 8


def test_a_break_begins_a_new_range() -> None:
    """What was measured another way sets no limits: the range is that since the break."""
    row = judged([10.0, 20.0] * 4 + [80.0, 82.0] * 4, break_from="2012-13-Q1")

    assert row[["control_mean", "control_points", "signal"]].tolist() == [81.0, 8.0, "common cause"]


def test_a_row_from_before_a_break_is_judged_by_its_own_time() -> None:
    """Where the latest figure is itself from before the break, the earlier range counts."""
    assert judged(NORMAL, break_from="2030-31-Q1")["control_points"] == 12.0


@pytest.mark.parametrize(
    ("kind", "frequency", "step", "together"),
    [
        ("quarter", "quarterly", 3, True),
        ("quarter", "monthly", 3, True),
        ("quarter", "quarterly", 6, False),
        ("quarter", "annual", 12, True),
        ("month", "monthly", 1, True),
        ("month", "monthly", 3, False),
        ("month", "quarterly", 3, True),
        ("month", "quarterly", 4, False),
        ("month", "termly", 4, True),
        ("month", "annual", 12, True),
        ("month", "annual", 24, False),
        ("year", "annual", 12, True),
        ("year", "quarterly", 12, True),
        ("year", "annual", 24, False),
    ],
)
def test_what_is_a_gap_depends_on_how_often_it_is_reported(
    kind: str, frequency: str, step: int, together: bool
) -> None:
    """Figures as far apart as they are reported make a run; further apart, a period between them is missing."""
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    ends = [24000.0 + step * at for at in range(len(ABOVE))]
    known = pd.DataFrame({"indicator": "lighting", "period": "", "period_kind": kind, "end": ends, "value": ABOVE})
    known = known.assign(start=known["end"] - months + 1, period_name="")
    row = usual(pd.DataFrame([indicator(frequency=frequency) | {"period_kind": kind, "end": ends[-1]}]), known).iloc[0]

    assert row["signal"] == ("run above mean" if together else "common cause")


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        ("to date", "A running total starts anew each year, so it has no usual range."),
        ("rolling", "Each figure shares months with the one before, so a usual range would be too narrow."),
    ],
)
def test_some_figures_have_no_usual_range(basis: str, said: str) -> None:
    """A running total and a rolling figure are not judged, and the reason says why; nor are they charted."""
    row = judged(NORMAL, basis=basis, kind="point", target_low=80.0, expected=80.0)
    known = readings(dict(zip(quarters(12), NORMAL, strict=True)))

    assert row[["signal", "variation", "assurance", "control_reason"]].tolist() == ["", "", "", said]
    assert row[["control_mean", "control_lower", "control_upper", "control_points"]].isna().all()
    assert len(signals(pd.DataFrame([indicator(basis=basis)]), known)) == 0


@pytest.mark.parametrize("basis", ["quarter", "sum", "snapshot"])
def test_other_figures_have_a_usual_range(basis: str) -> None:
    """A quarter's own figure, one that adds up, and a position on a day are judged."""
    assert judged(NORMAL, basis=basis)["variation"] == "common cause"


@pytest.mark.parametrize(
    ("count", "there"), [(1, "there is one"), (2, "there are two"), (4, "there are four"), (5, "there are five")]
)
def test_fewer_than_six_figures_are_not_judged(count: int, there: str) -> None:
    """With too few figures nothing is said but how many there are."""
    row = judged(NORMAL[:count], kind="point", target_low=1.0, expected=1.0)

    assert row["control_reason"] == f"A usual range needs six figures of the same kind; {there}."
    assert row[["signal", "variation", "assurance"]].tolist() == ["", "", ""]
    assert row["control_points"] == count
    assert row[["control_mean", "control_lower", "control_upper"]].isna().all()


@pytest.mark.parametrize("basis", ["quarter", "to date"])
def test_where_there_is_no_figure_nothing_is_said(basis: str) -> None:
    """A figure that is awaited is not judged by those before it, and there is no sentence."""
    row = judged([*NORMAL, math.nan], basis=basis, kind="point", target_low=1.0, expected=1.0)

    assert row[["signal", "variation", "assurance", "control_reason"]].tolist() == ["", "", "", ""]
    assert pd.isna(row["control_points"])


@pytest.mark.parametrize(
    ("good_is", "said", "answer"),
    [
        ("high", {"kind": "point", "expected": 70.0}, "pass"),
        ("high", {"kind": "point", "expected": 90.0}, "fail"),
        ("on target", {"kind": "point", "expected": 81.0}, "inconsistent"),
        ("low", {"kind": "point", "expected": 90.0}, "pass"),
        ("low", {"kind": "point", "expected": 70.0}, "fail"),
        ("near", {"kind": "point", "expected": 81.0}, "none"),
        ("none", {"kind": "point", "expected": 81.0}, "none"),
        ("high", {"kind": "total", "target_low": 10.0, "expected": 5.0}, "none"),
        ("high", {"kind": "quartile", "target_low": 1.0, "expected": 1.0}, "none"),
        ("high", {}, "none"),
        ("high", {"kind": "range", "target_low": 70.0, "target_high": 75.0}, "pass"),
        ("high", {"kind": "range", "target_low": 90.0, "target_high": 95.0}, "fail"),
        ("high", {"kind": "range", "target_low": 81.0, "target_high": 95.0}, "inconsistent"),
        ("low", {"kind": "range", "target_low": 87.0, "target_high": 95.0}, "pass"),
        ("low", {"kind": "range", "target_low": 70.0, "target_high": 75.0}, "fail"),
        ("near", {"kind": "range", "target_low": 70.0, "target_high": 90.0}, "pass"),
        ("on target", {"kind": "range", "target_low": 70.0, "target_high": 90.0}, "pass"),
        ("near", {"kind": "range", "target_low": 70.0, "target_high": 75.0}, "fail"),
        ("on target", {"kind": "range", "target_low": 87.0, "target_high": 90.0}, "fail"),
        ("near", {"kind": "range", "target_low": 81.0, "target_high": 90.0}, "inconsistent"),
        ("near", {"kind": "range", "target_low": 70.0, "target_high": 81.0}, "inconsistent"),
        ("none", {"kind": "range", "target_low": 70.0, "target_high": 90.0}, "none"),
    ],
)
def test_assurance_is_against_the_target_of_the_row(good_is: str, said: dict[str, Any], answer: str) -> None:
    """The limits of about 75.7 and 86.3 are held against what the kind of target asks for."""
    assert answer == judged(NORMAL, good_is=good_is, **said)["assurance"]


@pytest.mark.parametrize(
    ("good_is", "said", "kind"),
    [
        ("near", {"kind": "point", "expected": 90.0}, "improvement"),
        ("near", {"kind": "point", "expected": 70.0}, "concern"),
        ("near", {"kind": "range", "target_low": 90.0, "target_high": 95.0}, "improvement"),
        ("near", {"kind": "range", "target_low": 60.0, "target_high": 70.0}, "concern"),
        ("near", {"kind": "range", "target_low": 60.0, "target_high": 95.0}, "neutral high"),
        ("near", {"kind": "quartile", "target_low": 1.0, "expected": 1.0}, "neutral high"),
        ("near", {}, "neutral high"),
        ("on target", {"kind": "point", "expected": 70.0}, "improvement"),
        ("on target", {"kind": "range", "target_low": 60.0, "target_high": 70.0}, "concern"),
        ("on target", {"kind": "range", "target_low": 90.0, "target_high": 95.0}, "improvement"),
    ],
)
def test_nearing_the_target_is_better_where_it_is_aimed_at(good_is: str, said: dict[str, Any], kind: str) -> None:
    """A rise is for better below what is aimed at, for worse above it, and neither within a range."""
    assert kind == judged([*NORMAL, 88.0], good_is=good_is, **said)["variation"]


# What is said of it.


@pytest.mark.parametrize(
    ("values", "good_is", "sentence"),
    [
        (NORMAL, "high", "It is within its usual range of 75.7% to 86.3%."),
        ([*NORMAL, 90.0], "high", "It is better than its usual range of 75.0% to 88.3%."),
        ([*NORMAL, 90.0], "low", "It is worse than its usual range of 75.0% to 88.3%."),
        ([*NORMAL, 90.0], "none", "It is above its usual range of 75.0% to 88.3%."),
        ([*NORMAL, 72.0], "near", "It is below its usual range of 75.0% to 85.6%."),
        ([*NORMAL, 72.0], "high", "It is worse than its usual range of 75.0% to 85.6%."),
        (
            [*NORMAL, *[82.0, 83.0] * 4],
            "high",
            "It has been above its average of 81.6% for nine quarters running, which is better.",
        ),
        (
            [*NORMAL, *[82.0, 83.0] * 5],
            "low",
            "It has been above its average of 81.7% for 11 quarters running, which is worse.",
        ),
        (
            [*NORMAL, *[79.0, 80.0] * 3, 79.0],
            "none",
            "It has been below its average of 80.4% for seven quarters running.",
        ),
        ([*NORMAL, 79, 80, 81, 82, 83, 84, 85], "low", "It has risen seven quarters running, which is worse."),
        ([*NORMAL, 84, 83.5, 83, 82, 81, 80, 79.5, 79], "none", "It has fallen eight quarters running."),
        (
            [*NORMAL * 2, 80, 86, 82, 86],
            "low",
            "Two of the last three quarters were near the worse end of its usual range.",
        ),
        (
            [*NORMAL * 2, 80, 85, 85, 85],
            "high",
            "All of the last three quarters were near the better end of its usual range.",
        ),
        (
            [*NORMAL * 2, 80, 86, 82, 86],
            "none",
            "Two of the last three quarters were near the upper end of its usual range.",
        ),
        (
            [*NORMAL * 2, 82, 76, 80, 76],
            "none",
            "Two of the last three quarters were near the lower end of its usual range.",
        ),
        ([100.0] * 12, "high", "It has been 100.0% in every one of its 12 figures."),
    ],
)
def test_the_reason_says_what_is_unusual(values: list[float], good_is: str, sentence: str) -> None:
    """One plain sentence for each signal, with the range or how long it has lasted, and whether it is for better."""
    assert sentence == reason(values, good_is=good_is)


@pytest.mark.parametrize(
    ("good_is", "said", "sentence"),
    [
        ("high", {"kind": "point", "expected": 95.0}, "The target of 95% lies above what this process can reach."),
        ("low", {"kind": "point", "expected": 70.0}, "The target of 70% lies below what this process can reach."),
        ("high", {"kind": "point", "expected": 70.0}, "All of its usual range meets the target of 70%."),
        (
            "low",
            {"kind": "point", "expected": 81.5},
            "The target of 81.5% lies within its usual range, so its ordinary ups and downs may meet it or miss it.",
        ),
        (
            "high",
            {"kind": "range", "target_low": 70.0, "target_high": 75.0},
            "All of its usual range meets the target of at least 70%.",
        ),
        (
            "low",
            {"kind": "range", "target_low": 70.0, "target_high": 75.0},
            "The target of at most 75% lies below what this process can reach.",
        ),
        (
            "near",
            {"kind": "range", "target_low": 70.0, "target_high": 90.0},
            "All of its usual range lies within the target of 70% to 90%.",
        ),
        (
            "near",
            {"kind": "range", "target_low": 70.0, "target_high": 75.0},
            "All of its usual range lies outside the target of 70% to 75%.",
        ),
        (
            "on target",
            {"kind": "range", "target_low": 70.0, "target_high": 80.0},
            "Only part of its usual range lies within the target of 70% to 80%, "
            "so its ordinary ups and downs may meet it or miss it.",
        ),
    ],
)
def test_the_reason_says_whether_the_target_is_within_reach(good_is: str, said: dict[str, Any], sentence: str) -> None:
    """A second sentence says what the usual range means for the target."""
    assert f"It is within its usual range of 75.7% to 86.3%. {sentence}" == reason(NORMAL, good_is=good_is, **said)


@pytest.mark.parametrize(
    ("target", "sentence"),
    [(90.0, "That meets the target of 90%."), (100.5, "The target of 100.5% lies above what this process can reach.")],
)
def test_the_reason_of_a_constant_series_names_no_range(target: float, sentence: str) -> None:
    """What is always the same is said so, and then whether that is enough."""
    found = reason([100.0] * 9, kind="point", expected=target)

    assert found == (
        f"It has been 100.0% in every one of its nine figures. {sentence} "
        "The range is a trial one: it rests on nine figures, and twelve are wanted."
    )


@pytest.mark.parametrize(("count", "word"), [(6, "six"), (8, "eight"), (10, "10"), (11, "11"), (12, "")])
def test_the_reason_says_when_a_range_is_on_trial(count: int, word: str) -> None:
    """Fewer than twelve figures are said, in words up to nine."""
    trial = f" The range is a trial one: it rests on {word} figures, and twelve are wanted." if word else ""

    assert reason(NORMAL[:count]).partition("%.")[2] == trial


@pytest.mark.parametrize(
    ("unit", "decimals", "values", "sentence"),
    [
        ("days", 0, NORMAL, "It is within its usual range of 76 to 86 days."),
        ("£", 0, [value * 1000 for value in NORMAL], "It is within its usual range of £75,680 to £86,320."),
        ("", 2, [value - 81 for value in NORMAL], "It is within its usual range of −5.32 to 5.32."),
        ("%", math.nan, NORMAL, "It is within its usual range of 75.68% to 86.32%."),
    ],
)
def test_the_reason_prints_figures_as_the_others_do(
    unit: str, decimals: float, values: list[float], sentence: str
) -> None:
    """The unit is named once, money and percentages each time, and the minus is a minus."""
    assert sentence == reason(values, unit=unit, decimals=decimals)


@pytest.mark.parametrize(
    ("kind", "frequency", "step", "many"),
    [
        ("month", "monthly", 1, "months"),
        ("month", "quarterly", 3, "figures"),
        ("month", "annual", 12, "figures"),
        ("quarter", "quarterly", 3, "quarters"),
        ("quarter", "annual", 12, "figures"),
        ("year", "annual", 12, "years"),
    ],
)
def test_the_reason_counts_in_the_periods_reported(kind: str, frequency: str, step: int, many: str) -> None:
    """A run is counted in months, quarters or years; in figures where not each of those has one."""
    values = [80.0, 82.0] * 6 + [82.0, 83.0] * 4
    ends = [24000.0 + step * at for at in range(len(values))]
    known = pd.DataFrame({"indicator": "lighting", "period": "", "period_kind": kind, "end": ends, "value": values})
    frame = pd.DataFrame([indicator(frequency=frequency) | {"period_kind": kind, "end": ends[-1]}])
    found = usual(frame, known.assign(start=known["end"])).iloc[0]

    assert f"nine {many} running" in found["control_reason"]


def test_a_run_is_counted_from_its_last_gap() -> None:
    """What lies before a missing period is not part of the run."""
    values = [*NORMAL, *[82.0, 83.0] * 2, math.nan, *[82.0, 83.0] * 4]

    assert "for eight quarters running" in reason(values)


def test_what_shoots_past_its_aim_is_no_improvement() -> None:
    """Around 50 with 55 to be near to, 80 is further off than ever; 56 would be an improvement."""
    steady = [49.0, 50.0, 49.5, 49.0, 50.0, 49.2, 49.6, 49.3, 50.0, 49.1, 49.4]
    far, near = (xmr(pd.Series([*steady, last]), "near", target=55.0).iloc[-1] for last in (80.0, 56.0))

    assert (far["signal"], far["type"]) == ("above limit", "concern")
    assert (near["signal"], near["type"]) == ("above limit", "improvement")
