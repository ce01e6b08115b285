"""The paper's own figures: Lancashire's report of Quarter 3 2019/20, judged again from its records."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pandas as pd
import pytest

from kpilib.judgement.benchmark import quartile
from kpilib.judgement.rating import aim, towards_total
from kpilib.judgement.risk import assess, gaps
from kpilib.judgement.verdict import counts, judge
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.periods import quarter

AT = quarter("2019-20-Q3")
ROOT = Path(__file__).parents[1]
PAGES = {
    "place_to_live": 16,
    "place_to_work": 10,
    "place_to_prosper": 5,
    "place_to_visit": 3,
    "acts_responsibly": 12,
}
GOOD = ["early_help", "care_providers", "e_downloads", "library_volunteers", "boost_jobs", "admissions_18_64"]
BELOW = [
    "street_lighting",
    "health_checks_quarter",
    "health_checks_year",
    "safeguarding",
    "exclusions",
    "learning_disability_employment",
    "rosebud_loans",
    "sickness",
]
AWAITED = [
    "sustainable_transport",
    "visitors",
    "visitor_impact",
    "visitor_jobs",
    "population_health",
    "reserves",
    "apprenticeship_levy",
    "audit_report",
    "organisational_development",
]
RESIDUAL_PRINTED = {
    "CR1": "16 Major/Likely",
    "CR2": "12 Major/Possible",
    "CR3": "12 Major/Possible",
    "CR4": "16 Major/Likely",
    "CR5": "12 Major/Possible",
    "CR6": "12 Major/Possible",
    "CR7": "12 Major/Possible",
    "CR8": "12 Major/Possible",
    "CR9": "12 Major/Possible",
    "CR10": "16 Major/Likely",
    "CR11": "12 Major/Possible",
    "CR12": "12 Major/Possible",
    "CR13": "12 Major/Possible",
    "CO1": "16 Major/Likely",
    "CO2": "15 Outstanding/Possible",
    "CO3": "12 Major/Possible",
    "CO4": "15 Outstanding/Possible",
}
WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """Give the records as they stood when the report was written."""
    return load_ledger("lancashire-2019", root=ROOT).as_at(AT)


@pytest.fixture(scope="module")
def judged(ledger: Ledger) -> pd.DataFrame:
    """Give the verdict on every indicator and supporting measure, by indicator."""
    return judge(ledger, AT).set_index("indicator")


@pytest.fixture(scope="module")
def shown(judged: pd.DataFrame) -> pd.DataFrame:
    """Give the verdict on the indicators of the paper's own tables."""
    return judged[judged["supports"] == ""]


def numbers(printed: str) -> set[float]:
    """Read every number in a printed cell: `3, 629,829`, `£1.58m`, `7 investments`, `one investment`."""
    joined = re.sub(r"(?<=\d),\s?(?=\d{3})", "", printed)
    scales = {"": 1, "k": 1000, "m": 1000000}
    found = {
        round(float(number) * scales[scale], 6) for number, scale in re.findall(r"(-?\d+(?:\.\d+)?)(k|m)?\b", joined)
    }
    return found | {float(WORDS[word]) for word in re.findall(r"[a-z]+", printed.lower()) if word in WORDS}


def cell(ledger: Ledger, indicator: str, at: str) -> pd.Series:
    """Give one reading."""
    readings = ledger.readings
    return readings[(readings["indicator"] == indicator) & (readings["period"] == at)].iloc[0]


# What there is.


def test_the_paper_has_46_indicators_on_five_pages(shown: pd.DataFrame) -> None:
    """The five objectives have 16, 10, 5, 3 and 12 indicators."""
    assert shown["page"].value_counts().to_dict() == PAGES
    assert len(shown) == 46


def test_the_register_has_13_risks_and_4_opportunities(ledger: Ledger) -> None:
    """The register numbers its risks CR1 to CR13 and its opportunities CO1 to CO4."""
    kinds = ledger.risks.set_index("risk")["kind"].to_dict()
    risks = {f"CR{number}": "risk" for number in range(1, 14)}

    assert kinds == risks | {f"CO{number}": "opportunity" for number in range(1, 5)}


def test_every_value_is_found_as_it_was_printed(ledger: Ledger) -> None:
    """No figure is in the records that is not in the cell, or the words, that the paper printed."""
    figures = ledger.readings[ledger.readings["value"].notna()]
    lost = [
        (row.indicator, row.period, row.value, row.as_printed)
        for row in figures.itertuples()
        if row.value not in numbers(row.as_printed)
    ]

    assert len(figures) > 140
    assert lost == []


def test_every_target_is_found_as_it_was_printed(ledger: Ledger) -> None:
    """Both ends of every target are in the words that the paper printed."""
    targets = ledger.targets
    lost = [
        (row.indicator, row.period, low, row.as_printed)
        for row in targets.itertuples()
        for low in (row.low, row.high)
        if not math.isnan(low) and low not in {abs(number) for number in numbers(row.as_printed)}
    ]

    assert len(targets) == 45
    assert lost == []


# How it is rated.


@pytest.mark.parametrize("indicator", GOOD)
def test_what_the_paper_calls_good_is_green(judged: pd.DataFrame, indicator: str) -> None:
    """The six highlights of good performance are green."""
    assert judged.loc[indicator, "rating"] == "green"
    assert judged.loc[indicator, "label"] == "On track/good"


@pytest.mark.parametrize("indicator", BELOW)
def test_what_the_paper_calls_below_the_desired_level_is_amber_or_red(judged: pd.DataFrame, indicator: str) -> None:
    """All that the paper lists as below the desired level, and both of its health checks, are amber or red."""
    assert judged.loc[indicator, "rating"] in ("amber", "red")


def test_what_is_awaited_is_not_rated(shown: pd.DataFrame) -> None:
    """Every indicator whose report is still to come is not rated, and says so."""
    awaited = shown[shown["status"] == "awaited"]

    assert awaited.index.tolist() == AWAITED
    assert set(awaited["rating"]) == {"not rated"}
    assert set(awaited["reason"]) == {"Not rated: the figure is awaited."}


def test_a_quartile_without_a_rank_is_not_rated(shown: pd.DataFrame) -> None:
    """Beside what is awaited, only the two school preferences are not rated: their targets are quartiles."""
    unrated = shown[(shown["rating"] == "not rated") & (shown["status"] != "awaited")]

    assert unrated.index.tolist() == ["primary_preference", "secondary_preference"]
    assert set(unrated["reason"]) == {"Not rated: the target is a quartile, and no national rank has been reported."}


def test_what_has_no_figure_is_not_said_to_be_awaited(judged: pd.DataFrame) -> None:
    """The paper prints only a rank of the health checks among the eligible, and awaits no figure."""
    assert judged.loc["health_checks_eligible", "reason"] == "Not rated: no figure is printed."


def test_the_design_sentence_comes_out(judged: pd.DataFrame) -> None:
    """Emergency road defects have the very sentence that the design gives as its example."""
    reason = "89.19% is 5.81 points below the target of 95%; high is good."

    assert reason == judged.loc["defects_4_hours", "reason"]


def test_counts_by_page_add_up(shown: pd.DataFrame) -> None:
    """The ratings counted page by page are those counted over all, and each row adds up."""
    pages, total = counts(shown, "page"), counts(shown)
    rated = pages[["green", "amber", "red"]].sum(axis=1)

    assert list(pages["indicators"].items()) == list(PAGES.items())
    assert pages.sum().to_dict() == total.loc["all"].to_dict()
    assert (pages["rated"] == rated).all()
    assert (pages["indicators"] == rated + pages["not rated"]).all()
    assert total.loc["all", ["indicators", "rated", "not rated"]].tolist() == [46, 35, 11]


# What the paper works out.


@pytest.mark.parametrize("indicator", ["library_visits", "pnet_sessions", "library_events", "e_downloads"])
def test_the_cumulative_figures_are_the_three_quarters_added(
    ledger: Ledger, judged: pd.DataFrame, indicator: str
) -> None:
    """The total that the paper prints as cumulative is Quarter 1, 2 and 3, and so is the value to date."""
    quarters = [cell(ledger, indicator, f"2019-20-Q{number}")["value"] for number in (1, 2, 3)]
    printed = cell(ledger, indicator, "2019-20-Q3")["as_printed"].split("Cumulative ")[1]
    total = float(printed.replace(",", ""))

    assert total == sum(quarters)
    assert total == judged.loc[indicator, "to_date"]


def test_library_volunteers_are_a_running_total(judged: pd.DataFrame) -> None:
    """The volunteers' cumulative figure is the reading itself, and is not added up again."""
    assert judged.loc["library_volunteers", ["value", "to_date", "expected"]].tolist() == [525, 525, 450]


@pytest.mark.parametrize(
    ("indicator", "at", "how"),
    [
        ("health_checks_quarter", "2018-19", "rounded"),
        ("health_checks_quarter", "2019-20-Q1", "truncated"),
        ("health_checks_quarter", "2019-20-Q2", "rounded"),
        ("health_checks_quarter", "2019-20-Q3", "rounded"),
        ("health_checks_year", "2018-19", "rounded"),
        ("health_checks_year", "2019-20-Q1", "truncated"),
        ("health_checks_year", "2019-20-Q2", "rounded"),
        ("health_checks_year", "2019-20-Q3", "rounded"),
    ],
)
def test_uptake_is_its_numerator_over_its_denominator(ledger: Ledger, indicator: str, at: str, how: str) -> None:
    """Six uptakes are the percentage rounded to one decimal; the two of Quarter 1 are cut off after it."""
    found = cell(ledger, indicator, at)
    percent = 100 * found["numerator"] / found["denominator"]
    cut = math.floor(percent * 10) / 10
    expected = round(percent, 1) if how == "rounded" else cut

    assert expected == found["value"]
    assert {found["numerator"], found["denominator"]} < numbers(found["as_printed"])


@pytest.mark.parametrize("indicator", ["care_homes_council", "care_providers_council"])
def test_the_councils_own_homes_are_their_count(ledger: Ledger, indicator: str) -> None:
    """21 of 25 homes are 84%, and all 9 providers are 100%."""
    found = cell(ledger, indicator, "2019-20-Q3")

    assert found["value"] == 100 * found["numerator"] / found["denominator"]


@pytest.mark.parametrize(("indicator", "place", "found"), [("early_years", 121, 4), ("ks2", 95, 3)])
def test_ranks_fall_into_the_quartiles_that_the_paper_prints(
    judged: pd.DataFrame, indicator: str, place: int, found: int
) -> None:
    """Rank 121 of 151 is in the fourth quartile and 95 of 151 in the third, in the records too."""
    assert found == quartile(place, 151)
    assert judged.loc[indicator, ["rank", "of", "quartile"]].tolist() == [place, 151, found]


def rosebud(ledger: Ledger, indicator: str, end: int, value: float) -> pd.Series:
    """Set what was lent by the end of a month against the share of the five years' total due by then."""
    frame = ledger.indicators[ledger.indicators["indicator"] == indicator].assign(
        period_kind="month", start=float(end), end=float(end), value=value
    )
    rule = ledger.framework.rule(AT)
    return towards_total(aim(frame, ledger.targets, rule, AT), ledger.readings).iloc[0]


@pytest.mark.parametrize(("at", "percent"), [("2019-11", 11), ("2020-01", 37), ("2020-02", 105)])
def test_rosebud_is_the_share_of_its_profile_that_the_paper_prints(ledger: Ledger, at: str, percent: int) -> None:
    """£100,000, £480,000 and £1.58m are 11%, 37% and 105% of what was due by the end of each month."""
    reading = cell(ledger, "rosebud_value_to_date", at)
    found = rosebud(ledger, "rosebud_value_to_date", reading["end"], reading["value"])

    assert percent == round(100 * found["to_date"] / found["expected"])


def test_the_whole_rosebud_profile_is_due_as_the_paper_says(ledger: Ledger) -> None:
    """The full profile at 31 March 2020 is £1.6875m, which the paper cuts off to £1.68m."""
    due = rosebud(ledger, "rosebud_value_to_date", quarter("2019-20-Q4").end, math.nan)["expected"]

    assert due == pytest.approx(1687500)
    assert math.floor(due / 10000) / 100 == 1.68


def test_rosebud_quarters_add_up_since_july(judged: pd.DataFrame) -> None:
    """Five loans of £255,000 stand against a tenth of 150 loans and £11.25m, half a year into five."""
    assert judged.loc["rosebud_loans", ["to_date", "expected"]].tolist() == pytest.approx([5, 15])
    assert judged.loc["rosebud_value", ["to_date", "expected"]].tolist() == pytest.approx([255000, 1125000])


def test_rosebud_loans_to_date_add_up_in_words(judged: pd.DataFrame) -> None:
    """One loan beside the 12.5 expected is 11.5 below."""
    assert (
        "is 11.5 below the 12.5 expected by the end of November 2019" in judged.loc["rosebud_loans_to_date", "reason"]
    )


def test_boost_is_rated_on_its_quarter_not_on_its_four_years(judged: pd.DataFrame) -> None:
    """The quarter's own profile of 120 jobs and 20 businesses is nearer than the total to December 2022."""
    assert judged.loc[["boost_jobs", "boost_businesses"], "expected"].tolist() == [120, 20]


def test_e_downloads_are_not_compared_with_another_count(judged: pd.DataFrame) -> None:
    """E-downloads are set beside the quarter before, and never beside 2018/19, which counted something else."""
    assert judged.loc["e_downloads", ["previous", "direction"]].tolist() == [86273, "better"]
    assert pd.isna(judged.loc["e_downloads", "last_year"])


@pytest.mark.parametrize(
    ("indicator", "value", "last_year", "way"),
    [
        ("street_lighting", 7.19, 7.0, "worse"),
        ("sickness", 12.28, 12.0, "worse"),
        ("young_people_neet", 2073, 3371, "better"),
    ],
)
def test_the_same_quarter_last_year_is_the_texts(
    judged: pd.DataFrame, indicator: str, value: float, last_year: float, way: str
) -> None:
    """Where the text compares with the same period last year, so do the records."""
    found = judged.loc[indicator, ["value", "last_year", "direction_year"]].tolist()

    assert found == [value, last_year, way]


def test_an_earlier_quarter_is_judged_without_hindsight(ledger: Ledger) -> None:
    """Looked at from Quarter 2, nothing that happened later is shown: 91.46% of the emergency defects, 5 days."""
    found = judge(ledger, quarter("2019-20-Q2")).set_index("indicator")

    assert found.loc[["defects_4_hours", "street_lighting"], "value"].tolist() == [91.46, 5]
    assert not found["period"].isin(["2019-20-Q3", "2020-01", "2020-02"]).any()


# The register.


def test_the_key_is_five_by_five(ledger: Ledger) -> None:
    """The key has five words each way, and its 25 scores fall into one band each."""
    risk = ledger.framework.risk
    holds = [
        sum(low <= impact * likelihood <= high for low, high in risk.bands.values())
        for impact in range(1, 6)
        for likelihood in range(1, 6)
    ]

    assert [len(risk.impact), len(risk.opportunity_impact), len(risk.likelihood)] == [5, 5, 5]
    assert holds == [1] * 25


@pytest.mark.parametrize(("risk", "printed"), RESIDUAL_PRINTED.items())
def test_each_score_after_actions_agrees_with_its_printed_words(ledger: Ledger, risk: str, printed: str) -> None:
    """The printed words, by the key, multiply to the printed score; so do the recorded parts."""
    found = ledger.risks.set_index("risk").loc[risk]
    scales = ledger.framework.risk
    words = scales.impact if found["kind"] == "risk" else scales.opportunity_impact
    score, label = printed.split(" ")
    impact, likelihood = label.split("/")
    parts = [words.index(impact) + 1, scales.likelihood.index(likelihood) + 1]

    assert parts == found[["residual_impact", "residual_likelihood"]].tolist()
    assert [int(score)] * 2 == [parts[0] * parts[1], found["residual_score"]]


def test_each_score_before_actions_is_on_the_key(ledger: Ledger) -> None:
    """Every score is a product of two numbers from one to five, and of its parts where both are given."""
    products = {impact * likelihood for impact in range(1, 6) for likelihood in range(1, 6)}
    risks = ledger.risks
    parts = risks["impact"] * risks["likelihood"]

    assert set(risks["score"]) | set(risks["residual_score"]) <= products
    assert (parts.isna() | (parts == risks["score"])).all()


def test_a_first_register_shows_no_movement(ledger: Ledger) -> None:
    """The quarter before is not in the records, so nothing is called new, closed or moved."""
    found = assess(ledger.risks, ledger.framework.risk.bands, AT)

    assert set(found["movement"]) == {"no earlier register"}
    assert len(found) == 17


def test_actions_lower_risks_and_raise_opportunities(ledger: Ledger) -> None:
    """Only CR4 and CO3 stay as they were; no risk grows and no opportunity shrinks by its actions."""
    found = assess(ledger.risks, ledger.framework.risk.bands, AT).set_index("risk")
    sign = found["kind"].map({"risk": -1, "opportunity": 1})

    assert found.index[found["effect"] == 0].tolist() == ["CR4", "CO3"]
    assert (found["effect"] * sign >= 0).all()


def test_the_registers_own_gaps_are_found(ledger: Ledger) -> None:
    """CR13 has no owner, CR4 and CO3 do not move, all but CR11 have actions of nobody, and no score disagrees."""
    found = gaps(assess(ledger.risks, ledger.framework.risk.bands, AT), ledger.risk_notes, AT)
    by_gap = found.groupby("gap")["risk"].agg(list).to_dict()

    assert by_gap == {
        "Its actions do not lower the score.": ["CR4"],
        "Its actions do not raise the score.": ["CO3"],
        "No owner is named.": ["CR13"],
        "No direction of travel is stated.": ["CR1", "CR3", "CR9", "CR12", "CO1", "CO2", "CO3"],
        "An action has neither owner nor date.": [risk for risk in ledger.risks["risk"] if risk != "CR11"],
    }
