"""What an indicator's own screen says: its ratings over time, revisions, others' figures, sources, and ways on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import kpilib as kpi
from kpilib.pages.priority import PriorityPage
from kpilib.pages.screen import steps

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
fictional: true
source: The tiny paper
ratings: {green: Good, amber: Nearly, red: Poor}
rules:
  - {from: 2015-16-Q1, green_within: 0%, amber_within: 10%}
  - {from: 2019-20-Q3, green_within: 0%, amber_within: 5%}
pages:
  - {page: streets, title: Clean streets, kind: priority}
"""
INDICATORS = (
    "indicator,name,page,directorate,frequency,good_is,unit,basis,decimals,definition,service,source,link\n"
    + (
        "litter,Litter,streets,Place,quarterly,high,%,quarter,1,The share of streets free of litter.,Street cleaning,"
        "Street survey,https://example.org/litter\n"
        "bins,Bins,streets,Place,quarterly,high,bins,sum,0,,,,\n"
    )
)
READINGS = (
    "indicator,period,value,reported\n"
    "litter,2019-20-Q1,74,2019-20-Q1\nlitter,2019-20-Q1,76.2,2019-20-Q2\nlitter,2019-20-Q2,75,2019-20-Q2\n"
    "litter,2019-20-Q2,75,2019-20-Q3\nlitter,2019-20-Q3,82,2019-20-Q3\nlitter,2019-20-Q3,99,2019-20-Q4\n"
    "bins,2019-20-Q1,20,2019-20-Q1\nbins,2019-20-Q2,30,2019-20-Q2\nbins,2019-20-Q3,40,2019-20-Q3\n"
)
TARGETS = "indicator,period,kind,low,high\nlitter,2019-20,point,80,\nbins,2019-20,total,120,\n"


@pytest.fixture
def opened(council: Callable[..., Path]) -> Callable[..., PriorityPage]:
    """Open the tiny council's page, with more records where a test gives them."""

    def open_with(**files: str) -> PriorityPage:
        records = {"indicators": INDICATORS, "readings": READINGS, "targets": TARGETS} | files
        page = kpi.open_page("tiny", "streets", "2019-20-Q3", root=council(FRAMEWORK, **records))
        assert isinstance(page, PriorityPage)
        return page

    return open_with


def screen(page: PriorityPage, indicator: str) -> str:
    """Give the words of one card, with what it shows only when it stands alone."""
    row = page.indicators.set_index("indicator", drop=False).loc[indicator]
    return repr(page._card(row))


def test_earlier_figures_are_rated_by_todays_rule(opened: Callable[..., PriorityPage]) -> None:
    """75 of 80 was nearly good by the rule of its own quarter, and is poor by today's."""
    said = screen(opened(), "litter")

    assert "The last three figures of Litter, each rated by the rule of Quarter 3 2019/20." in said
    assert re.search(r"Quarter 3 2019/20 82.0% 80% ● Good Quarter 2 2019/20 75.0% 80% ◆ Poor "
                     r"Quarter 1 2019/20 76.2% 80% ▲ Nearly", said)  # fmt: skip


def test_what_adds_up_is_shown_to_date(opened: Callable[..., PriorityPage]) -> None:
    """A sum is rated on its total to date against the share due by then, and that is what stands beside the rating."""
    said = screen(opened(), "bins")

    assert re.search(r"Quarter 3 2019/20 90 bins 90 ● Good Quarter 2 2019/20 50 bins 60 ◆ Poor", said)


def test_an_indicator_that_waits_has_no_history_and_keeps_its_sources(opened: Callable[..., PriorityPage]) -> None:
    """Without a figure no rating of earlier times is made up."""
    readings = "indicator,period,value,reported,status\nlitter,2019-20-Q3,,2019-20-Q3,awaited\n"
    said = screen(opened(readings=readings), "litter")

    assert "How has it been rated?" not in said
    assert "Where does it come from? Service Street cleaning" in said


def test_a_rating_stated_by_the_council_is_told_apart(opened: Callable[..., PriorityPage]) -> None:
    """The history follows the rule alone, and says so where the council states another rating."""
    stated = "indicator,quarter,rating,reason,approved_by\nlitter,2019-20-Q3,amber,A strike is near,A director\n"
    said = screen(opened(overrides=stated), "litter")

    assert "The rule alone is followed here; “Nearly” is the council's own statement." in said


def test_every_revision_is_told_with_what_was_published_before(opened: Callable[..., PriorityPage]) -> None:
    """Only what changed is a revision, and only what this quarter's report could know."""
    page = opened()

    assert "In the report of Quarter 1 2019/20 published 74.0%, now 76.2% Quarter 2 2019/20 Where" in screen(
        page, "litter"
    )
    assert "What has been revised? No figure of it has been revised." in screen(page, "bins")


def test_a_screen_names_definition_service_source_and_national_figures(opened: Callable[..., PriorityPage]) -> None:
    """What it measures, who measures it, and where the national figures are; else the report's own source."""
    page = opened()

    assert "About this figure The share of streets free of litter." in screen(page, "litter")
    assert "Service Street cleaning Source Street survey National figures at example.org" in screen(page, "litter")
    assert '<a href="https://example.org/litter">at example.org</a>' in page.commentary().html
    assert screen(page, "bins").endswith("Where does it come from? Source The tiny paper")


def test_the_figures_behind_a_chart_say_rating_and_usual_range(opened: Callable[..., PriorityPage]) -> None:
    """Each figure stands with its rating, and with its usual range and signal where there are figures enough."""
    values = [80, 81, 79, 80, 81, 79, 80, 60]
    periods = [f"{year}-Q{number}" for year in ("2018-19", "2019-20") for number in range(1, 5)]
    readings = "indicator,period,value,reported\n" + "".join(
        f"litter,{at},{value},2019-20-Q3\n" for at, value in zip(periods, [*values[:6], 60], strict=False)
    )
    said = repr(opened(readings=readings)._chart(opened(readings=readings).indicators.iloc[0]))

    assert "Period Figure Rating by today's rule Usual range Signal" in said
    assert re.search(r"Quarter 3 2019/20 60.0% Poor \S+ to \S+ average \S+ below its usual range$", said)


@pytest.mark.parametrize("grouped", [False, True], ids=["named", "grouped"])
def test_a_screen_sets_others_beside_the_figure(opened: Callable[..., PriorityPage], grouped: bool) -> None:
    """A few comparators are drawn, with a table of the figures; of a whole group median and rank are given."""
    others = "indicator,period,comparator,value\n" + "".join(
        f"litter,2019-20-Q3,{name},{value}\n" for name, value in (("Smalltown", 84), ("Eastham", 78), ("Westham", 70))
    )
    groups = {"comparators": "comparator,group\n" + "".join(f"{name},neighbours\n" for name in
                                                          ("Smalltown", "Eastham", "Westham"))}  # fmt: skip
    said = screen(opened(benchmarks=others, **(groups if grouped else {})), "litter")

    assert "How do others do?" in said
    if grouped:
        assert "Litter Quarter 3 2019/20, no months old 82.0% 78.0% 2 of 4 2" in said
    else:
        assert "One of the three comparators does better than Tinytown Council." in said
        assert "Litter, best first. Whose figure Figure Smalltown, Quarter 3 2019/20 84%" in said


def test_without_comparators_a_screen_does_not_ask_of_them(opened: Callable[..., PriorityPage]) -> None:
    """No heading stands without anything under it."""
    assert "How do others do?" not in screen(opened(), "litter")


def test_the_ways_on_lead_to_page_list_and_neighbours() -> None:
    """The first card has none before it, and the last none after it."""
    names = [("a", "Apples"), ("b", "Bins"), ("c", "Cats")]

    ways = [re.findall(r'href="([^"]*)"', steps(here, names, "streets", "All", "List")) for here in "abc"]

    assert ways == [
        ["streets.html", "index.html#indicators", "#b"],
        ["streets.html", "index.html#indicators", "#a", "#c"],
        ["streets.html", "index.html#indicators", "#b"],
    ]


def test_the_ways_on_and_what_is_folded_are_hidden_where_no_style_shows_them(
    opened: Callable[..., PriorityPage],
) -> None:
    """On paper and in a notebook a card is no longer than it was, and nothing leads to where it cannot."""
    html = opened().commentary().html

    assert len(re.findall(r'<nav class="steps" aria-label="[^"]+" hidden>', html)) == 2
    assert len(re.findall(r'<div class="more" hidden>', html)) == 2
    assert "Next:" not in repr(opened().commentary())
