"""How a figure stands beside those of other councils."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement.benchmark import beside, quartile, rank, standing
from kpilib.records.periods import period, quarter

AT = quarter("2019-20-Q3")
briefly = settings(deadline=None, max_examples=40)


@pytest.mark.parametrize(
    ("good_is", "ranks"), [("high", [3, 1, 3, 1, 5]), ("low", [2, 4, 2, 4, 1])], ids=["high", "low"]
)
def test_a_rank_is_one_and_the_number_strictly_better(good_is: str, ranks: list[float]) -> None:
    """Those that tie share the better rank, and the ranks after them are left out."""
    assert ranks == rank(pd.Series([80, 90, 80, 90, 70]), good_is).tolist()


def test_all_alike_are_all_first() -> None:
    """Where nobody is better, everybody is first."""
    assert rank(pd.Series([5.0, 5.0, 5.0]), "low").tolist() == [1, 1, 1]


def test_no_figure_has_no_rank_and_moves_nobody() -> None:
    """A council without a figure has no rank, and does not change those of the others."""
    found = rank(pd.Series([80.0, math.nan, 90.0]), "high").tolist()

    assert found == pytest.approx([2, math.nan, 1], nan_ok=True)


@pytest.mark.parametrize("good_is", ["near", "on target", "none", "High"])
def test_only_high_and_low_can_be_ranked(good_is: str) -> None:
    """Where neither high nor low is good, nothing is better than anything else, and the message says so."""
    with pytest.raises(ValueError, match=f"only `high` and `low` can be ranked, not '{good_is}'"):
        rank(pd.Series([1.0]), good_is)


@pytest.mark.parametrize(
    ("place", "of", "found"),
    [
        (121, 151, 4),
        (95, 151, 3),
        (9, 151, 1),
        (1, 151, 1),
        (37, 151, 1),
        (151, 151, 4),
        (38, 152, 1),
        (39, 152, 2),
        (76, 152, 2),
        (77, 152, 3),
        (114, 152, 3),
        (115, 152, 4),
        *[(place, 4, place) for place in (1, 2, 3, 4)],
        *[(1, of, 1) for of in (1, 2, 3)],
    ],
)
def test_a_quartile_is_a_quarter_of_the_ranks(place: int, of: int, found: int) -> None:
    """The best quarter is 1 and the worst is 4; whoever is first is in the best, however few there are."""
    assert found == quartile(place, of)


def test_quartiles_of_a_column() -> None:
    """A column of ranks gives a column of quartiles, empty where there is no rank."""
    found = quartile(pd.Series([121, math.nan, 95]), pd.Series([151, 151, 151])).tolist()

    assert found == pytest.approx([4, math.nan, 3], nan_ok=True)


def benchmarks(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build benchmarks as records hold them: a rank of 121 of 151 in England."""
    default = {"indicator": "ks2", "comparator": "England", "end": 24.0, "value": 65.0, "rank": 121.0, "of": 151.0}
    return pd.DataFrame([default | row for row in rows])


def stands(*rows: dict[str, Any]) -> dict[str, Any]:
    """Give one indicator's standing."""
    frame = standing(pd.DataFrame({"indicator": ["ks2"]}), benchmarks(*rows))
    return frame.iloc[0].to_dict()


def test_an_indicator_stands_at_its_rank() -> None:
    """Rank, how many were ranked, among whom, and the quartile are set beside the indicator."""
    expected = {"indicator": "ks2", "rank": 121, "of": 151, "rank_among": "England", "quartile": 4}

    assert expected == stands({})


def test_the_latest_rank_counts() -> None:
    """Of several years the last one counts, in whatever order they stand."""
    assert stands({"end": 36.0, "rank": 95.0}, {"end": 24.0})["rank"] == 95


@pytest.mark.parametrize("printed", [{"rank": math.nan}, {"of": math.nan}, {"indicator": "another"}])
def test_a_figure_without_a_rank_has_no_standing(printed: dict[str, Any]) -> None:
    """Without a rank, or without the number ranked, or for another indicator, there is no quartile."""
    found = stands(printed)

    assert pd.isna([found["rank"], found["of"], found["rank_among"], found["quartile"]]).all()


def test_a_later_figure_without_a_rank_hides_none() -> None:
    """A later benchmark that prints no rank leaves the earlier rank standing."""
    assert stands({}, {"end": 36.0, "rank": math.nan})["rank"] == 121


def test_the_widest_rank_of_a_period_is_the_national_one() -> None:
    """Of a national and a regional rank of the same period, the national one counts, whichever stands last."""
    assert stands({}, {"comparator": "North West", "rank": 3.0, "of": 23.0})["of"] == 151


# Near a target.


def test_near_is_ranked_by_the_distance_from_the_target() -> None:
    """Where near 50 is good, 49.9 and 50.1 share the first place, and 45 and 56 come after them by distance."""
    assert rank(pd.Series([45.0, 50.1, 56.0, 49.9]), "near", target=50.0).tolist() == [3, 1, 4, 1]


def test_what_a_computer_loses_breaks_no_tie() -> None:
    """0.1 and 0.3 are as near to 0.2, though subtraction on a computer says otherwise."""
    assert rank(pd.Series([0.1, 0.3]), "near", target=0.2).tolist() == [1, 1]


def test_near_without_a_target_cannot_be_ranked() -> None:
    """Without a target nothing is nearer than anything else, and the message says that a target is what lacks."""
    with pytest.raises(ValueError, match="not 'near' without a target"):
        rank(pd.Series([1.0]), "near")


@pytest.mark.parametrize(
    ("values", "target"), [([1.0, math.inf], None), ([1.0, -math.inf], 1.0), ([1.0], math.inf), ([1.0], math.nan)]
)
def test_what_is_infinite_cannot_be_ranked(values: list[float], target: float | None) -> None:
    """An infinite figure or target is a slip, and no place in a ranking."""
    with pytest.raises(ValueError, match="an infinite figure cannot be ranked"):
        rank(pd.Series(values), "near" if target is not None else "high", target=target)


# Beside groups of others.


def others(values: dict[str, float], at: str = "2018-19", indicator: str = "ease") -> pd.DataFrame:
    """Build benchmarks as records hold them: what each comparator had in one period."""
    found = period(at)
    span = {"period": at, "period_name": found.name, "start": float(found.start), "end": float(found.end)}
    rows = [{"indicator": indicator, "comparator": name, "value": value, **span} for name, value in values.items()]
    return pd.DataFrame(rows, columns=["indicator", "comparator", "value", *span])


def grouped(**groups: str) -> pd.DataFrame:
    """Build comparators: the members of each group, by their first letters."""
    return pd.DataFrame(
        [(name, group) for group, names in groups.items() for name in names], columns=["comparator", "group"]
    )


def measured(**said: Any) -> pd.DataFrame:
    """Build one measure of which high is good; `break_from` is a period."""
    broken = {"break_from_start": float(period(said.pop("break_from")).start)} if "break_from" in said else {}
    default = {
        "indicator": "ease",
        "good_is": "high",
        "break_from_start": math.nan,
        "target_low": math.nan,
        "target_high": math.nan,
    }
    return pd.DataFrame([default | broken | said])


def had(value: float, at: str = "2018-19") -> pd.DataFrame:
    """Build the council's own reading."""
    return pd.DataFrame([{"indicator": "ease", "period": at, "value": value}])


FIVE = {"A": 60.0, "B": 70.0, "C": 70.0, "D": 80.0, "E": 95.0}
ALL = grouped(all="ABCDE")


def set_beside(value: float, known: dict[str, float] | None = None, **said: Any) -> pd.Series:
    """Set one figure beside five others, of which high is good unless said otherwise."""
    return beside(had(value), others(FIVE if known is None else known), ALL, measured(**said), AT).iloc[0]


def test_the_median_is_that_of_the_others() -> None:
    """Of 60, 70, 70, 80 and 95 the median is 70, the mean 75 and the best 95, whatever the council has."""
    for value in (10.0, 70.0, 99.0, math.nan):
        found = set_beside(value)

        assert found[["compared", "median", "mean", "best", "value"]].tolist()[:4] == [5, 70, 75, 95]


def test_an_even_number_has_its_median_between_the_middle_two() -> None:
    """Of 60, 70, 80 and 95 the median is 75."""
    assert set_beside(70.0, {"A": 95.0, "B": 60.0, "C": 80.0, "D": 70.0})["median"] == 75


@pytest.mark.parametrize(
    ("value", "good_is", "place"),
    [
        *[(100, "high", 1), (95, "high", 1), (94, "high", 2), (70, "high", 3), (69, "high", 5), (50, "high", 6)],
        *[(50, "low", 1), (60, "low", 1), (70, "low", 2), (71, "low", 4), (95, "low", 5), (96, "low", 6)],
    ],
)
def test_the_council_is_ranked_among_the_others(value: float, good_is: str, place: int) -> None:
    """Its rank is 1 and the number strictly better, so that a tie shares the better rank; it is one of six."""
    found = set_beside(float(value), good_is=good_is)

    assert found[["rank", "of"]].tolist() == [place, 6]
    assert found["quartile"] == quartile(place, 6)
    assert found["not_comparable"] == ""


@pytest.mark.parametrize(
    ("said", "value", "apart", "best"),
    [
        ({}, 73.5, 3.5, 95),
        ({}, 65, -5, 95),
        ({"good_is": "low"}, 65, 5, 60),
        ({"good_is": "low"}, 73.5, -3.5, 60),
        ({"good_is": "near", "target_low": 78.0}, 79, 7, 80),
        ({"good_is": "near", "target_low": 78.0}, 90, -4, 80),
        ({"good_is": "near", "target_low": 72.0, "target_high": 82.0}, 75, 2, 80),
        ({}, 70, 0, 95),
    ],
)
def test_a_gap_to_the_median_above_nothing_is_the_better_side(
    said: dict[str, Any], value: float, apart: float, best: float
) -> None:
    """The gap is in the indicator's unit, and plus where the council does better, whichever way is good."""
    found = set_beside(float(value), **said)

    assert found[["gap", "best"]].tolist() == pytest.approx([apart, best])


def test_near_a_target_is_ranked_by_distance_here_too() -> None:
    """Where near 78 is good, only 80 is nearer than 75; 81 is exactly as far off as 75."""
    found = set_beside(75.0, FIVE | {"E": 81.0}, good_is="near", target_low=78.0)

    assert found[["rank", "of"]].tolist() == [2, 6]


def test_a_comparator_without_a_figure_does_not_count() -> None:
    """It is neither ranked nor in the median."""
    found = set_beside(75.0, FIVE | {"B": math.nan, "E": math.nan})

    assert found[["compared", "median", "rank", "of"]].tolist() == [3, 70, 2, 4]


@pytest.mark.parametrize(
    ("value", "said", "why"),
    [
        (math.nan, {}, "The council has no figure for this period."),
        (75.0, {"good_is": "none"}, "The records do not say which way is good."),
        (75.0, {"good_is": "near"}, "Without a target there is no telling which way is good."),
        (
            75.0,
            {"good_is": "on target"},
            "Each council has a target of its own, so that the figures alone do not say who does better.",
        ),
        (75.0, {"break_from": "2019-20"}, "The way of counting has changed since this period."),
    ],
)
def test_what_cannot_be_compared_says_why_and_keeps_the_median(value: float, said: dict[str, Any], why: str) -> None:
    """There is no gap, no rank and no quartile, and a sentence says why; the median of the others stands."""
    found = set_beside(value, **said)

    assert found["not_comparable"] == why
    assert found[["gap", "rank", "of", "quartile"]].isna().all()
    assert found["median"] == 70


@pytest.mark.parametrize("good_is", ["none", "on target", "near"])
def test_where_no_way_is_good_nobody_is_best(good_is: str) -> None:
    """There is no best figure where the records do not say what good would be."""
    assert pd.isna(set_beside(75.0, good_is=good_is)["best"])


def test_none_of_the_others_may_have_a_figure() -> None:
    """A group whose members all lack a figure is there, and says so."""
    found = set_beside(75.0, dict.fromkeys("ABCDE", math.nan))

    assert found["compared"] == 0
    assert found["not_comparable"] == "None of the others has a figure for this period."


@pytest.mark.parametrize(
    ("break_from", "compared"), [("2018-19", True), ("2015-16", True), ("2019-20", False), ("2020-21", True)]
)
def test_only_a_break_between_then_and_now_forbids_a_rank(break_from: str, compared: bool) -> None:
    """Figures from the break on are ranked, and so are all while the break is still to come."""
    assert compared == pd.notna(set_beside(75.0, break_from=break_from)["rank"])


@pytest.mark.parametrize(("at", "age"), [("2018-19", 9), ("2016-17", 33), ("2019-20-Q3", 0), ("2019-11", 1)])
def test_a_figure_has_an_age(at: str, age: int) -> None:
    """Its age is the months from the end of its period to the end of the quarter."""
    found = beside(had(75.0, at), others(FIVE, at), ALL, measured(), AT)

    assert found["age_months"].tolist() == [age]


def test_each_group_has_its_own_median_and_rank() -> None:
    """A comparator may belong to several groups; one that belongs to none is passed over."""
    found = beside(had(75.0), others(FIVE | {"England": 99.0}), grouped(all="ABCDE", near="AB"), measured(), AT)

    assert found["group"].tolist() == ["all", "near"]
    assert found[["compared", "median", "rank", "of"]].to_numpy().tolist() == [[5, 70, 3, 6], [2, 65, 1, 3]]


def test_each_period_stands_for_itself_in_order_of_time() -> None:
    """An earlier year is compared with that year's own figures; a year that the council lacks says so."""
    known = pd.concat([others(FIVE), others({"A": 80.0}, "2016-17"), others({"A": 10.0, "B": 20.0}, "2017-18")])
    own = pd.concat([had(75.0), had(90.0, "2016-17")])
    found = beside(own, known, ALL, measured(), AT)

    assert found["period"].tolist() == ["2016-17", "2017-18", "2018-19"]
    assert found["rank"].tolist() == pytest.approx([1, math.nan, 3], nan_ok=True)
    assert found["not_comparable"].ne("").tolist() == [False, True, False]


def test_periods_of_other_kinds_stand_in_order_of_time_too() -> None:
    """January 2019 ends before the year 2018/19 does, and comes before it."""
    known = pd.concat([others(FIVE), others(FIVE, "2019-01")])
    found = beside(had(75.0), known, ALL, measured(), AT)

    assert found["period"].tolist() == ["2019-01", "2018-19"]


def test_without_groups_there_is_nothing_beside() -> None:
    """Where no comparator belongs to a group, the frame is empty and has all its columns."""
    found = beside(had(75.0), others(FIVE), ALL.iloc[:0], measured(), AT)

    assert found.empty
    assert list(found) == list(beside(had(75.0), others(FIVE), ALL, measured(), AT))


names = st.lists(st.sampled_from("ABCDEFGH"), min_size=1, unique=True)
figures = st.one_of(st.just(math.nan), st.integers(0, 12).map(lambda count: count / 10))


@briefly
@given(st.data(), names, figures, st.sampled_from(["high", "low", "near", "none"]), st.sampled_from([math.nan, 0.5]))
def test_the_order_of_the_comparators_does_not_matter(
    data: st.DataObject, known: list[str], own: float, good_is: str, target: float
) -> None:
    """However the rows of others and of groups stand, the same comes out to the last digit."""
    rows = others({name: data.draw(figures) for name in known})
    groups = grouped(all="ABCDEFGH", near="ACE")
    frames = []
    for turned in (False, True):
        order = data.draw(st.permutations(range(len(rows)))) if turned else range(len(rows))
        second = data.draw(st.permutations(range(len(groups)))) if turned else range(len(groups))
        measure = measured(good_is=good_is, target_low=target)
        frames.append(beside(had(own), rows.iloc[list(order)], groups.iloc[list(second)], measure, AT))

    pd.testing.assert_frame_equal(*frames)


@briefly
@given(st.lists(figures, min_size=1, max_size=8), figures, st.sampled_from(["high", "low", "near"]))
def test_ranks_beside_others_are_those_of_a_ranking(values: list[float], own: float, good_is: str) -> None:
    """The rank worked out beside a group is the one that ranking all of them together gives."""
    known = dict(zip("ABCDEFGH", values, strict=False))
    target = 0.5 if good_is == "near" else None
    found = beside(
        had(own), others(known), grouped(all="ABCDEFGH"), measured(good_is=good_is, target_low=target or math.nan), AT
    ).iloc[0]
    ranked = rank(pd.Series([own, *values]), good_is, target=target)
    alone = ranked.iloc[1:].isna().all()

    assert found["rank"] == pytest.approx(math.nan if alone else ranked.iloc[0], nan_ok=True)


@briefly
@given(st.lists(figures, min_size=1, max_size=8), figures)
def test_setting_figures_beside_others_changes_none_of_them(values: list[float], own: float) -> None:
    """The frames that are compared, and those that are ranked, stay as they were."""
    known = others(dict(zip("ABCDEFGH", values, strict=False)))
    given_frames = [had(own), known, grouped(all="ABCDEFGH"), measured()]
    before = [frame.copy(deep=True) for frame in given_frames]
    found = beside(*given_frames, AT)
    was = found.copy(deep=True)
    standing(measured(), known.assign(rank=math.nan, of=math.nan), found)

    for old, new in zip([*before, was], [*given_frames, found], strict=True):
        pd.testing.assert_frame_equal(old, new)


# A rank that is worked out stands in for one that is printed.


def stood(printed: dict[str, Any], **groups: str) -> pd.Series:
    """Give the standing of a figure of 75 beside five others, where a rank may be printed too."""
    worked_out = beside(had(75.0), others(FIVE), grouped(**groups), measured(), AT)
    same_time = {"indicator": "ease", "end": float(period("2018-19").end)}
    return standing(measured(), benchmarks(same_time | printed), worked_out).iloc[0]


def test_a_printed_rank_holds_before_one_that_is_worked_out() -> None:
    """What the council printed is not overwritten by what its figures would give."""
    assert stood({}, all="ABCDE")[["rank", "of", "rank_among"]].tolist() == [121, 151, "England"]


def test_a_rank_printed_long_ago_does_not_hold_before_a_newer_one() -> None:
    """The latest period's rank is the one that is shown."""
    assert stood({"end": 1.0}, all="ABCDE")["rank_among"] == "all"


def test_where_none_is_printed_the_rank_is_that_among_the_largest_group() -> None:
    """Of a rank among two neighbours and one among all five, that among five stands, as 3 of 6."""
    found = stood({"rank": math.nan, "of": math.nan}, near="AB", all="ABCDE")

    assert found[["rank", "of", "rank_among", "quartile"]].tolist() == [3, 6, "all", 2]


def test_without_either_there_is_no_standing() -> None:
    """A benchmark without a rank and a group without members leave rank and quartile empty."""
    found = stood({"rank": math.nan, "of": math.nan}, all="XYZ")

    assert found[["rank", "of", "rank_among", "quartile"]].isna().all()
