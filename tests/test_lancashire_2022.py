"""The paper's own figures: what Lancashire's report of Quarter 2 2022/23 prints, and nothing beyond it."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from kpilib.judgement.verdict import judge
from kpilib.pages.summary import SummaryPage
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.periods import quarter

AT = quarter("2022-23-Q2")
ROOT = Path(__file__).parents[1]
ADULTS = "Adult Services and Health and Wellbeing"
PRINTED = {
    ("sickness", "2021-22-Q2"): 3.35,
    ("sickness", "2022-23-Q2"): 3.05,
    ("long_term_sickness", "2021-22-Q2"): 2.45,
    ("long_term_sickness", "2022-23-Q2"): 2.02,
    ("forecast_overspend", "2022-23-Q1"): 17740000,
    ("forecast_overspend", "2022-23-Q2"): 7989000,
    ("overspend_share", "2022-23-Q2"): 0.84,
    ("health_visits_14_days", "2022-23-Q1"): 52.4,
    ("health_visits_14_days", "2022-23-Q2"): 31,
    ("customer_satisfaction", "2022-23-Q2"): 92.6,
    ("calls_answered", "2022-23-Q2"): 85.4,
    ("new_jobs", "2022-23-Q2"): 11.4,
    ("rosebud_interest", "2022-23-Q2"): 45.6,
    ("skills_pledge", "2022-23-Q2"): 43,
    ("infrastructure_programme", "2022-23-Q2"): 64,
}
STATED_RED = [
    "assessment_timeliness",
    "safeguarding_outcomes",
    "long_term_support",
    "permanent_admissions_1",
    "permanent_admissions_2",
]
STATED = {"carers_formal_support": "green", **dict.fromkeys(STATED_RED, "red")}
BESIDE_TARGET = {"customer_satisfaction": "green", "infrastructure_programme": "amber"}


@pytest.fixture(scope="module")
def records() -> Ledger:
    """Give all the records, of whatever quarter."""
    return load_ledger("lancashire-2022", root=ROOT)


@pytest.fixture(scope="module")
def ledger(records: Ledger) -> Ledger:
    """Give the records as they stood when the report was written."""
    return records.as_at(AT)


@pytest.fixture(scope="module")
def judged(ledger: Ledger) -> pd.DataFrame:
    """Give the verdict on what the paper names, by indicator; the supporting measures are not the paper's."""
    verdict = judge(ledger, AT).set_index("indicator")
    return verdict[verdict["supports"] == ""]


@pytest.fixture(scope="module")
def said(records: Ledger) -> str:
    """Give the sections of the executive summary as they are printed, figures filled in."""
    return repr(SummaryPage(records, records.framework.entry("executive_summary"), AT).statements())


def counted(ledger: Ledger, at: str, directorate: str = "") -> dict[str, float]:
    """Give the counts that were printed for a quarter, of the whole council or of a directorate."""
    rows = ledger.tallies[(ledger.tallies["quarter"] == at) & (ledger.tallies["directorate"] == directorate)]
    return dict(zip(rows["rating"], rows["indicators"], strict=True))


def own(ledger: Ledger) -> pd.DataFrame:
    """Give the readings that come from the paper."""
    return ledger.readings[~ledger.readings["indicator"].str.startswith("asc_")]


# The counts.


def test_the_council_counts_77_indicators_and_rates_70(ledger: Ledger) -> None:
    """Of 77 indicators 70 were rated: 41 (59%) green, 15 (21%) amber and 14 (20%) red."""
    counts = counted(ledger, "2022-23-Q2")
    rated = {rating: count for rating, count in counts.items() if rating != "not rated"}

    assert rated == {"green": 41, "amber": 15, "red": 14}
    assert (sum(rated.values()), sum(counts.values())) == (70, 77)
    assert [round(100 * count / 70) for count in rated.values()] == [59, 21, 20]


def test_adult_services_count_fifteen_indicators(ledger: Ledger) -> None:
    """Five of its fifteen are green, three amber, five red, and two are not populated."""
    counts = counted(ledger, "2022-23-Q2", ADULTS)

    assert counts == {"green": 5, "amber": 3, "red": 5, "not rated": 2}
    assert sum(counts.values()) == 15


def test_of_quarter_1_one_count_alone_is_printed(ledger: Ledger) -> None:
    """Three indicators of adult services were red in Quarter 1; the paper counts nothing else of it."""
    then = ledger.tallies[ledger.tallies["quarter"] == "2022-23-Q1"]

    assert counted(ledger, "2022-23-Q1", ADULTS) == {"red": 3}
    assert len(then) == 1


# The figures.


def test_the_records_hold_the_figures_that_are_printed_and_no_others(ledger: Ledger) -> None:
    """Each figure stands under its period, and there is none that the paper does not print."""
    readings = own(ledger)
    found = readings.set_index(["indicator", "period"])["value"].to_dict()

    assert found == PRINTED
    assert set(readings["reported"]) == {"2022-23-Q2"}


def test_every_value_is_found_as_it_was_printed(ledger: Ledger) -> None:
    """A figure is in the words of the paper that stand beside it, where £7.989m is 7,989,000."""
    lost = []
    for row in own(ledger).itertuples():
        scale = 1000000 if row.as_printed.endswith("m") else 1
        numbers = [round(scale * float(number), 2) for number in re.findall(r"\d+(?:\.\d+)?", row.as_printed)]
        lost += [] if row.value in numbers else [(row.indicator, row.period)]

    assert lost == []


def test_the_visits_are_printed_as_a_number_too(ledger: Ledger) -> None:
    """The 31% is 925 visits, and the 52.4% of the quarter before 1,481; what they are a share of is not printed."""
    visits = ledger.readings[ledger.readings["indicator"] == "health_visits_14_days"].set_index("period")

    assert visits["numerator"].to_dict() == {"2022-23-Q1": 1481, "2022-23-Q2": 925}
    assert visits["denominator"].isna().all()


def test_two_targets_are_printed(ledger: Ledger) -> None:
    """Satisfaction has a target of 90%, and the infrastructure programme is green from 80%."""
    targets = ledger.targets.set_index("indicator")["low"].to_dict()

    assert targets == {"customer_satisfaction": 90, "infrastructure_programme": 80}


def test_a_range_is_no_figure(ledger: Ledger) -> None:
    """Neither “94% to 100%” nor “in excess of 90%” became a figure."""
    assert not set(ledger.readings["indicator"]) & {"trading_standards_satisfaction", "highways"}


@pytest.mark.parametrize(
    ("indicator", "against", "least", "most"),
    [
        ("sickness", "last_year", 8.5, 9.5),
        ("long_term_sickness", "last_year", 17.5, 18),
        ("forecast_overspend", "previous", 50, 55),
    ],
)
def test_the_falls_are_those_that_the_paper_speaks_of(
    judged: pd.DataFrame, indicator: str, against: str, least: float, most: float
) -> None:
    """Sickness fell by 9%, long-term sickness by almost 18%, and the overspend by over 50%."""
    row = judged.loc[indicator]
    fell = 100 * (row[against] - row["value"]) / row[against]

    assert least < fell < most
    assert row["direction"] == "better"


# The ratings.


def test_nothing_is_rated_that_the_paper_neither_rates_nor_gives_figure_and_target_for(judged: pd.DataFrame) -> None:
    """Six ratings are stated, two rest on a figure beside its target, and everything else is not rated."""
    rated = judged.loc[judged["rating"] != "not rated", "rating"].to_dict()

    assert rated == STATED | BESIDE_TARGET


def test_stated_ratings_have_no_figure_and_are_never_computed(ledger: Ledger, judged: pd.DataFrame) -> None:
    """Where the paper states a rating alone, the records hold no figure, and the rule has no say."""
    stated = judged.loc[list(STATED)]

    assert set(ledger.overrides["indicator"]) == set(STATED)
    assert stated["value"].isna().all()
    assert set(stated["computed_rating"]) == {"not rated"}


def test_the_programme_is_amber_without_being_told(ledger: Ledger, judged: pd.DataFrame) -> None:
    """The paper calls 64% amber against 80%, and so does the assumed rule; it is not one of the stated ratings."""
    assert judged.loc["infrastructure_programme", ["computed_rating", "label"]].tolist() == ["amber", "Amber"]
    assert "infrastructure_programme" not in set(ledger.overrides["indicator"])


def test_what_has_no_figure_is_neither_nought_nor_awaited(judged: pd.DataFrame) -> None:
    """What the paper names without a figure has none here, and is not said to be on its way."""
    silent = judged[judged["value"].isna()]

    assert len(silent) == len(judged) - len({indicator for indicator, _ in PRINTED})
    assert set(silent["status"]) == {""}


# The words.


@pytest.mark.parametrize(
    "words",
    [
        "77 key performance indicators",
        "70 were rated: 41 (59%) green, 15 (21%) amber and 14 (20%) red",
        "to 3.05 days per FTE this quarter from 3.35",
        "from 2.45",
        "to £7,989,000, which is 0.84% of the net revenue budget",
        "Of 15, five are green, three amber and five red",
        "(31%), against 1,481 (52.4%)",
        "64% overall, which is amber, where 80% would be green",
        "(92.6% against a target of 90%); 85.4% of calls",
    ],
)
def test_the_sections_print_the_papers_figures(said: str, words: str) -> None:
    """What the sections say in their own words carries the figures of the records, rounded as the paper has them."""
    assert words in said


def test_the_falls_are_printed_in_whole_per_cents(said: str) -> None:
    """Sickness 9%, almost 18% and more than half, as the Chief Executive has it."""
    assert re.search(r"Sickness absence fell by 9%", said)
    assert re.search(r"Long-term absence fell by almost 18%", said)
    assert re.search(r"fell by more than half \(55%\)", said)


# Adult social care beside that of other councils.


def test_no_year_is_shown_that_came_out_later(records: Ledger) -> None:
    """What was known by Quarter 2 2022/23 ends with 2020/21, and nothing later is in the records at all."""
    measures = records.readings[records.readings["indicator"].str.startswith("asc_")]

    for frame in (records.benchmarks, measures):
        assert frame["reported_end"].max() <= AT.end
        assert frame["period"].max() == "2020-21"


def test_the_figures_of_others_are_those_of_the_earlier_framework(records: Ledger) -> None:
    """Every measure shown has the very figures that lancashire-2019 holds for it, and no row less."""
    shown = set(records.benchmarks["indicator"])
    then = load_ledger("lancashire-2019", root=ROOT).as_at(AT).benchmarks
    columns = ["indicator", "period", "comparator", "value"]
    both = [
        frame.loc[frame["indicator"].isin(shown), columns].sort_values(columns[:3]).reset_index(drop=True)
        for frame in (records.benchmarks, then)
    ]

    assert len(shown) == 5
    pd.testing.assert_frame_equal(*both)
