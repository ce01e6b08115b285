"""Figures typed into prose by hand: `kpilib check` says of each how it stands to the records."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kpilib.pages.open_points import open_points, sentences
from kpilib.records.ledger import load_ledger
from kpilib.records.periods import quarter

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
fictional: true
ratings: {green: Good, amber: Nearly, red: Poor}
rules:
  - {from: 2020-21-Q1}
pages:
  - {page: summary, title: Summary, kind: executive_summary}
  - {page: people, title: Our people, kind: priority}
"""
INDICATORS = """indicator,name,short_name,page,directorate,frequency,good_is,unit,basis,decimals
agency,Days of agency staff,,people,Resources,quarterly,low,days per FTE,quarter,2
sickness,Days lost to sickness,Sickness,people,Resources,quarterly,low,days per FTE,quarter,2
calls,Calls answered in 5 minutes,,people,Customers,quarterly,high,%,quarter,1
loans,Loans granted,,people,Growth,quarterly,high,loans,sum,0
"""
READINGS = """indicator,period,value,reported
agency,2022-23-Q2,3.05,2022-23-Q2
sickness,2021-22-Q2,3.35,2021-22-Q2
sickness,2022-23-Q2,3.05,2022-23-Q2
calls,2022-23-Q2,85.4,2022-23-Q2
loans,2022-23-Q2,1250,2022-23-Q2
"""
TARGETS = "indicator,period,kind,low,high\nsickness,2022-23,point,2.5,\n"
TALLIES = "quarter,directorate,rating,indicators\n" + "".join(
    f"2022-23-Q2,,{rating},{count}\n" for rating, count in (("green", 41), ("amber", 15), ("red", 14), ("not rated", 7))
)
RECORDS = {"indicators": INDICATORS, "readings": READINGS, "targets": TARGETS, "tallies": TALLIES}


@pytest.fixture
def typed(council: Callable[..., Path]) -> Callable[[str], list[str]]:
    """Give what the check says of the figures of a text, which begins on line 5."""

    def said_of(text: str) -> list[str]:
        root = council(FRAMEWORK, **RECORDS)
        here = root / "data/tiny/summaries/2022-23-Q2"
        here.mkdir(parents=True)
        (here / "1-chief.md").write_text(f"---\npage: summary\nheading: Chief Executive\n---\n{text}\n", "utf-8")
        points = sentences(open_points(load_ledger("tiny", root=root), quarter("2022-23-Q2")))
        place = "data/tiny/summaries/2022-23-Q2/1-chief.md, line "
        return [point.removeprefix(place) for point in points if "typed by hand" in point]

    return said_of


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sickness was 3.05 days.", 'agrees with the records; write {{ value("sickness") }}.'),
        ("We lost 3.35 days to illness.", 'agrees with the records; write {{ previous("sickness") }}.'),
        ("Days lost to sickness fell from 3.35.", 'agrees with the records; write {{ previous("sickness") }}.'),
        ("Sickness fell by 9%.", 'agrees with the records; write {{ change("sickness") }}.'),
        ("SICKNESS is to be 2.5 days.", 'agrees with the records; write {{ target("sickness") }}.'),
        ("Callers were served in 85.4 per cent.", 'agrees with the records; write {{ value("calls") }}.'),
        ("We granted 1,250 loans.", 'agrees with the records; write {{ value("loans") }}.'),
        ("We granted 1.25k loans.", 'agrees with the records; write {{ value("loans") }}.'),
        ("Of 77 indicators some are good.", 'agrees with the records; write {{ count() }}.'),
        ("Those rated green are 59%.", 'agrees with the records; write {{ share("green") }}.'),
        ("14 are Poor.", 'agrees with the records; write {{ count("red") }}.'),
        ("It rose.\n\n{{ name('sickness') }} was 3.35.", 'agrees with the records; write {{ previous("sickness") }}.'),
        (
            "Sickness was 3.15 days.",
            'disagrees with the records, which have 3.05 days per FTE; write {{ value("sickness") }}.',
        ),
        (
            "Sickness was 3.15 this time.",
            'disagrees with the records, which have 3.05 days per FTE; write {{ value("sickness") }}.',
        ),
        (
            "Calls answered in 5 minutes: 86%.",
            'disagrees with the records, which have 85.4%; write {{ value("calls") }}.',
        ),
        ("We hired 12 nurses.", "is in no record."),
        ("Sickness rose, and 12 nurses left.", "is in no record."),
        ("Sickness rose. We spent 3.35 hours on it.", "is in no record."),
        ("The fund has £8m.", "is in no record."),
        ("It took 41 minutes.", "is in no record."),
    ],
)  # fmt: skip
def test_a_typed_figure_agrees_disagrees_or_is_in_no_record(
    text: str, said: str, typed: Callable[[str], list[str]]
) -> None:
    """A figure is held to what its sentence names, then to all of the same unit; counts to sentences about them."""
    [point] = typed(text)

    assert point.partition("is typed by hand and ")[2] == said


def test_a_point_names_the_line_and_the_figure(typed: Callable[[str], list[str]]) -> None:
    """Two figures on two lines are two points."""
    said = typed("We have £8m,\nor\n{{ value('sickness') }} and 12,345.5 % more.")

    assert [re.match(r"\d+: “.*?”", point)[0] for point in said] == ["5: “£8m”", "7: “12,345.5 %”"]  # type: ignore[index]


@pytest.mark.parametrize(
    "text",
    [
        "It was {{ value('sickness') }} against {{ value('sickness', '2021-22-Q2') }}.",
        "In 2022 and 2022/23, 2022-23 and 2022-23-Q2.",
        "On 8 September 2022, 8th September, March 2023 and September 8, 2022.",
        "Key Stage 2 and Key Stage 4, Round 2, Quarters 1, 2 and 3, Q3 and Appendix 1.",
        "COVID-19 and the 2nd, 24/7.",
        "1. One\n2. Two",
        "[There](https://example.org/12) and https://example.org/34.",
        "Calls answered in 5 minutes are fewer.",
        "Five of our fifteen.",
    ],
)
def test_years_dates_and_names_are_no_figures(text: str, typed: Callable[[str], list[str]]) -> None:
    """What only tells when, where or which is left alone, and so are tokens."""
    assert typed(text) == []


def test_a_word_that_opens_a_sentence_names_nothing(typed: Callable[[str], list[str]]) -> None:
    """“Only 12” is a figure although it stands after a capital."""
    assert typed("Only 12 remain.") == ["5: “12” is typed by hand and is in no record."]


def test_another_quarters_words_are_not_looked_at(council: Callable[..., Path]) -> None:
    """Only what is to be printed now is checked."""
    root = council(FRAMEWORK, **RECORDS)
    here = root / "data/tiny/summaries/2022-23-Q1"
    here.mkdir(parents=True)
    (here / "1.md").write_text("---\npage: summary\nheading: A\n---\nWe have 12.\n", "utf-8")

    assert "typed by hand" not in " ".join(
        sentences(open_points(load_ledger("tiny", root=root), quarter("2022-23-Q2")))
    )
