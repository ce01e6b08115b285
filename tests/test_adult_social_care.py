"""Adult social care beside that of other councils: the published figures, ranked again from the records."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from kpilib.judgement.benchmark import beside
from kpilib.pages.closer_charts import _strip
from kpilib.pages.drawing import row_canvas
from kpilib.pages.priority import PriorityPage
from kpilib.pages.shown import Shown
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.periods import quarter

AT = quarter("2019-20-Q3")
ROOT = Path(__file__).parents[1]
MEASURES = [
    "asc_carer_quality_of_life",
    "asc_quality_of_life",
    "asc_information_users",
    "asc_information_carers",
    "asc_short_term_services",
    "asc_requests",
    "asc_workforce_turnover",
]
NEIGHBOURS = """
    Derbyshire, East Sussex, Essex, Gloucestershire, Kent, Leicestershire, Lincolnshire, Norfolk, Nottinghamshire,
    Somerset, Staffordshire, Suffolk, Warwickshire, West Sussex, Worcestershire
"""
# What the 15 nearest neighbours had in 2018/19, read from the source and put in order by hand.
EASE = [77.6, 77.1, 75.5, 74.8, 74.5, 74.1, 73.1, 72.2, 70.9, 65.8, 64.4, 64.1, 62.8, 60.7, 59.7]
CARERS = [7.9, 7.8, 7.7, 7.7, 7.7, 7.5, 7.4, 7.3, 7.3, 7.2, 7.2, 7.1, 7.1, 7.1, 7.0]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """Give all the records, of whatever quarter."""
    return load_ledger("lancashire-2019", root=ROOT)


@pytest.fixture(scope="module")
def standings(ledger: Ledger) -> pd.DataFrame:
    """Give where the council stood when the report of Quarter 3 2019/20 was written."""
    return opened(ledger).standings.set_index(["indicator", "period", "group"])


def opened(ledger: Ledger, at: str = AT.text) -> PriorityPage:
    """Open the page that shows adult social care."""
    return PriorityPage(ledger, ledger.framework.entry("acts_responsibly"), quarter(at))


def known(ledger: Ledger) -> pd.DataFrame:
    """Give the figures of others of these measures alone."""
    return ledger.benchmarks[ledger.benchmarks["indicator"].isin(MEASURES)]


def alt(shown: Shown) -> str:
    """Give the words of a picture."""
    found = re.search(r'<img [^>]*alt="([^"]*)"', shown.html)
    return unescape(found[1]) if found else ""


# The records.


@pytest.mark.parametrize(
    ("period", "measures", "each"),
    [
        ("2015-16", 3, 151),
        ("2016-17", 7, 151),
        ("2017-18", 5, 151),
        ("2018-19", 7, 151),
        ("2019-20", 5, 150),
        ("2020-21", 3, 150),
        ("2021-22", 7, 151),
        ("2022-23", 5, 151),
    ],
)
def test_every_other_authority_is_there_in_every_year(ledger: Ledger, period: str, measures: int, each: int) -> None:
    """Each measure of a year has all authorities but the council: 152 less one, or 151 after two became one."""
    counted = known(ledger).loc[lambda rows: rows["period"] == period, "indicator"].value_counts()

    assert counted.tolist() == [each] * measures


def test_everybody_is_among_all_authorities(ledger: Ledger) -> None:
    """Whoever has a figure is in the widest group, and nobody else is; the council itself is in neither."""
    members = ledger.comparators
    everybody = members.loc[members["group"] == "all authorities", "comparator"]

    assert set(known(ledger)["comparator"]) == set(everybody)
    assert not everybody.str.contains("Lancashire").any()
    assert known(ledger)["grouped"].all()


def test_the_nearest_neighbours_are_the_published_ones(ledger: Ledger) -> None:
    """The 15 nearest neighbours are those of the published list."""
    members = ledger.comparators
    found = members.loc[members["group"] == "nearest neighbours", "comparator"].tolist()

    assert found == re.split(r",\s+", NEIGHBOURS.strip())


def test_the_figures_named_elsewhere_are_still_shown_by_name(ledger: Ledger) -> None:
    """England, the North West and the others that the paper prints belong to no group."""
    others = ledger.benchmarks[~ledger.benchmarks["indicator"].isin(MEASURES)]

    assert len(others) == 17
    assert not others["grouped"].any()


def test_a_score_of_nought_is_no_figure(ledger: Ledger) -> None:
    """The five zeros printed for the quality of life in 2019-20 are empty here, and their rows say so."""
    rows = known(ledger)
    nought = rows[rows["source"].str.contains("0 printed")]

    assert sorted(nought["comparator"]) == ["City of London", "Isles of Scilly", "Kent", "Trafford", "Wokingham"]
    assert nought["value"].isna().all()
    assert rows.loc[rows["indicator"] == "asc_quality_of_life", "value"].min() == 0.28


@pytest.mark.parametrize(
    ("at", "latest"),
    [
        ("2016-17-Q2", None),
        ("2016-17-Q3", "2015-16"),
        ("2019-20-Q2", "2017-18"),
        ("2019-20-Q3", "2018-19"),
        ("2023-24-Q3", "2022-23"),
    ],
)
def test_nothing_is_shown_before_it_was_published(ledger: Ledger, at: str, latest: str | None) -> None:
    """A report has nothing of a year whose figures came out later, neither of others nor of the council."""
    then = ledger.as_at(quarter(at))
    own = then.readings[then.readings["indicator"].isin(MEASURES)]

    for frame in (known(then), own):
        assert frame["period"].max() == latest if latest else frame.empty
    assert opened(ledger, at).standings["period"].eq(latest).any() == bool(latest)


def test_what_has_not_happened_yet_is_compared_with_nothing(ledger: Ledger) -> None:
    """A figure that others have for a time after the quarter, if it is ever recorded so early, is not shown."""
    early = replace(ledger, benchmarks=ledger.benchmarks.assign(reported_end=0.0))

    assert opened(early).standings["period"].max() == "2018-19"


# The ranks.


@pytest.mark.parametrize(
    ("indicator", "own", "neighbours", "place", "middle", "better", "of"),
    [
        ("asc_information_users", 68.6, EASE, 10, 72.2, 92, 151),
        ("asc_carer_quality_of_life", 7.5, CARERS, 6, 7.3, 57, 151),
    ],
)
def test_ranks_are_those_that_the_published_figures_give(
    ledger: Ledger,
    standings: pd.DataFrame,
    indicator: str,
    own: float,
    neighbours: list[float],
    place: int,
    middle: float,
    better: int,
    of: int,
) -> None:
    """Among its neighbours and among all, the council's rank is 1 and those counted by hand to be strictly better."""
    close = standings.loc[(indicator, "2018-19", "nearest neighbours")]
    wide = standings.loc[(indicator, "2018-19", "all authorities")]
    rows = known(ledger)
    names = ledger.comparators.loc[ledger.comparators["group"] == "nearest neighbours", "comparator"]
    here = rows[(rows["indicator"] == indicator) & (rows["period"] == "2018-19") & rows["comparator"].isin(names)]

    assert sorted(here["value"], reverse=True) == neighbours
    assert close[["value", "median", "rank", "of"]].tolist() == [own, middle, place, 16]
    assert wide[["rank", "of"]].tolist() == [better + 1, of]
    assert close["gap"] == pytest.approx(own - middle)


def test_a_tie_shares_the_better_rank(ledger: Ledger, standings: pd.DataFrame) -> None:
    """One neighbour and 13 authorities have the very 7.5 of the council, and none of them is before it."""
    rows = known(ledger)
    same = rows[(rows["indicator"] == "asc_carer_quality_of_life") & (rows["period"] == "2018-19")]

    assert (same["value"] == 7.5).sum() == 13
    assert (same["value"] > 7.5).sum() == 57
    assert standings.loc[("asc_carer_quality_of_life", "2018-19", "all authorities"), "rank"] == 58


@pytest.mark.parametrize("indicator", ["asc_requests", "asc_workforce_turnover"])
def test_where_no_way_is_good_there_is_no_rank(standings: pd.DataFrame, indicator: str) -> None:
    """Requests and turnover have medians, and neither rank nor gap, because nobody says which way is good."""
    rows = standings.loc[indicator]

    assert rows["median"].notna().all()
    assert rows[["rank", "gap", "quartile", "best"]].isna().all(axis=None)
    assert rows.loc["2018-19", "not_comparable"].tolist() == ["The records do not say which way is good."] * 2


def test_requests_were_counted_in_another_way_before(standings: pd.DataFrame) -> None:
    """The requests of 2015/16, about half of those of the year after, are not set beside later ones."""
    rows = standings.loc["asc_requests"]["not_comparable"]

    assert rows.loc["2015-16"].tolist() == ["The way of counting has changed since this period."] * 2


def test_only_those_with_a_figure_are_ranked(standings: pd.DataFrame) -> None:
    """114 others have a turnover for 2018/19, and 149 a figure of how easy information is to find for 2015/16."""
    assert standings.loc[("asc_workforce_turnover", "2018-19", "all authorities"), "compared"] == 114
    assert standings.loc[("asc_information_users", "2015-16", "all authorities"), ["compared", "of"]].tolist() == [
        149,
        150,
    ]


def test_the_order_of_the_records_does_not_matter(ledger: Ledger) -> None:
    """Turned round, the same records give the same ranks to the last digit."""
    then = ledger.as_at(AT)
    turned = [frame.iloc[::-1] for frame in (then.readings, then.benchmarks, then.comparators)]
    measures = then.indicators.assign(target_low=float("nan"), target_high=float("nan"))

    pd.testing.assert_frame_equal(
        beside(then.readings, then.benchmarks, then.comparators, measures, AT), beside(*turned, measures, AT)
    )


# The page.


def test_each_measure_says_where_the_council_stands(ledger: Ledger) -> None:
    """A sentence has the year, both figures, how far apart they are, the ranks, the quartile and the age."""
    said = repr(opened(ledger).among_others("asc_information_users"))

    assert (
        "In 2018/19 Lancashire County Council had 68.6%, 3.6 points worse than the median of nearest neighbours "
        "(72.2%, from 15 figures). It ranked 10 of 16 among nearest neighbours and 93 of 151 among all authorities, "
        "which is quartile 3 (1 is best). The figure is nine months old."
    ) in said
    assert "113 of 150 138 of 151 63 of 150 93 of 151" in said
    assert "Sources: Office for Local Government adult social care figures." in said


def test_a_measure_without_a_good_way_says_so(ledger: Ledger) -> None:
    """It is above or below the median, not better or worse, and has no rank."""
    said = repr(opened(ledger).among_others("asc_requests"))

    assert (
        "In 2018/19 Lancashire County Council had 2,228 requests per 100,000 people, 875 above the median of nearest "
        "neighbours (1,353, from 15 figures). The records do not say which way is good. It has no rank."
    ) in said
    assert "for Requests resulting in a service, where the records do not say which way is good, more is" in said
    assert "ranked" not in said


def test_a_quarter_later_figures_are_older(ledger: Ledger) -> None:
    """In Quarter 3 2020/21 the carers were last asked in 2018/19, which is 21 months ago by then."""
    said = repr(opened(ledger, "2020-21-Q3").among_others("asc_information_carers"))

    assert "In 2018/19 Lancashire County Council had 62.0%" in said
    assert "The figure is 21 months old." in said


def test_no_year_to_come_is_on_the_page(ledger: Ledger) -> None:
    """The page of Quarter 3 2019/20 names no year after 2018/19 but its own, and prints no missing figure as one."""
    said = repr(opened(ledger).among_others(*MEASURES))

    assert set(re.findall(r"\d{4}/\d{2}", said)) == {"2015/16", "2016/17", "2017/18", "2018/19", "2019/20"}
    assert said.count("2019/20") == said.count("Quarter 3 2019/20") == 1
    assert "nan" not in said


def test_before_anything_was_published_the_page_says_so(ledger: Ledger) -> None:
    """Where no figure of others is known yet, each measure says that there is nothing to compare."""
    said = repr(opened(ledger, "2016-17-Q2").among_others(*MEASURES))

    assert said.count("There is nothing to compare yet.") == len(MEASURES)


def test_a_missing_figure_of_the_council_is_said(ledger: Ledger) -> None:
    """Without a figure of its own the council has no rank; the others' median stands."""
    readings = ledger.readings
    gone = (readings["indicator"] == "asc_information_users") & (readings["period"] == "2018-19")
    shown = opened(replace(ledger, readings=readings[~gone])).among_others("asc_information_users")

    assert (
        "In 2018/19 the median of nearest neighbours was 72.2%, from 15 figures. "
        "The council has no figure for this period."
    ) in repr(shown)
    assert "2018/19: no figure; the strip reaches from 54.2% to 90.7%" in alt(shown)


@pytest.mark.parametrize(
    ("good_is", "said"),
    [
        (
            "high",
            "rank 10 of 16 among nearest neighbours and 93 of 151 among all authorities; the strip reaches from 54.2%",
        ),
        (
            "low",
            "rank 7 of 16 among nearest neighbours and 59 of 151 among all authorities; the strip reaches from 90.7%",
        ),
        ("none", "68.6%; the strip reaches from 54.2% to"),
    ],
)
def test_the_picture_says_its_figures_worst_first(ledger: Ledger, good_is: str, said: str) -> None:
    """The words of the picture have the council's figure and rank, and the ends of the strip from left to right."""
    indicators = ledger.indicators.assign(
        good_is=ledger.indicators["good_is"].mask(ledger.indicators["indicator"] == "asc_information_users", good_is)
    )

    assert said in alt(opened(replace(ledger, indicators=indicators)).among_others("asc_information_users"))


@pytest.mark.parametrize(("furthest", "arrows"), [(20.0, []), (5000.0, [">"])])
def test_figures_far_beyond_the_others_do_not_press_them_together(furthest: float, arrows: list[str]) -> None:
    """A single figure far out is an arrow at the end of the strip, and the others still take all its breadth."""
    _, axes = row_canvas(["Requests"])
    others = pd.DataFrame({"value": [*map(float, range(1, 20)), furthest], "close": False})
    row = pd.Series({"good_is": "high", "value": 7.0, "median": 10.0, "unit": "", "decimals": 0, "directed": True})
    ends = _strip(axes, 0, row, others)
    marks = {line.get_marker(): line.get_xdata() for line in axes.lines if len(line.get_xdata())}

    assert ends == ("1", "19" if arrows else "20")
    assert [marker for marker in marks if marker in "<>"] == arrows
    assert max(marks["o"]) - min(marks["o"]) == pytest.approx(0.74)


@pytest.mark.parametrize(("top", "ends"), [(float("nan"), ("70", "49")), (60.0, ("40", "55"))])
def test_near_a_target_the_nearest_is_at_the_right(top: float, ends: tuple[str, str]) -> None:
    """Where near 50 is good, 70 is at the left and 49 at the right; where the target is 50 to 60, 55 is inside it."""
    _, axes = row_canvas(["Waste"])
    others = pd.DataFrame({"value": [40.0, 49.0, 55.0, 70.0], "close": False})
    target = {"target_low": 50.0, "target_high": top}
    row = pd.Series({"good_is": "near", "value": 45.0, "median": 49.0, "unit": "", "decimals": 0, "directed": True})

    assert _strip(axes, 0, pd.concat([row, pd.Series(target)]), others) == ends


def test_one_group_is_enough(ledger: Ledger) -> None:
    """With one group alone, median and rank are of that group."""
    alone = ledger.comparators[ledger.comparators["group"] == "all authorities"]
    said = repr(opened(replace(ledger, comparators=alone)).among_others("asc_information_users"))

    assert (
        "1.8 points worse than the median of all authorities (70.4%, from 150 figures). "
        "It ranked 93 of 151 among all authorities"
    ) in said
    assert "nearest neighbours" not in said.replace("list of nearest neighbours", "")


def test_groups_are_not_listed_one_by_one(ledger: Ledger) -> None:
    """What names each comparator has nothing to say of a measure that is compared with groups."""
    said = repr(opened(ledger).against_others("asc_information_users", "home_after_91_days"))

    assert "Easy to find information: service users There is nothing to compare yet." in said
    assert "Derbyshire" not in said
