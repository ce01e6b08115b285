"""What a page says where trends are followed: directions and signals first, targets only by contract."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

import kpilib as kpi
from kpilib.pages.page import Page
from kpilib.pages.shown import Shown

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
priority_word: service
fictional: true
ratings: {green: Contract met, amber: Just short, red: Contract missed, not rated: Trend only}
directions: {better: Improving, same: Steady, worse: Worsening, cannot say: No comparison}
rules:
  - {from: 2015-16-Q1, kind: trend, green_within: 0%, amber_within: 5%, steady_within: 1%}
pages:
  - {page: summary, title: Summary, kind: executive_summary}
  - {page: streets, title: Streets, kind: services}
  - {page: desk, title: Help desk, kind: services, partner: Twin Towns Services}
"""
HEAD = "indicator,name,page,directorate,frequency,good_is,unit,basis,decimals,source,link\n"
LAST = [f"{year}-{year - 1999:02d}-Q{number}" for year in range(2015, 2020) for number in range(1, 5)][:-1]
LITTER = [95, 96, 97, 95, 96, 98, 97, 95, 96, 97, 96, 95, 97, 70]
GONE = float("nan")
NATIONAL = "https://statistics.example/litter"


def indicator(name: str, page: str = "streets", *, good: str = "high", basis: str = "quarter", link: str = "") -> str:
    """Write the row of an indicator."""
    return f"{name},{name.capitalize()},{page},Place,quarterly,{good},%,{basis},0,Street book,{link}\n"


def readings(values: Mapping[str, Sequence[float | None]]) -> str:
    """Write a figure for each of the last quarters up to Quarter 3 2019/20; None is awaited, and GONE is no row."""
    lines = ["indicator,period,value,reported,status\n"]
    for name, figures in values.items():
        for at, value in zip(LAST[len(LAST) - len(figures) :], figures, strict=True):
            said = f"{name},{at},,{at},awaited\n" if value is None else f"{name},{at},{value},{at},\n"
            lines += [] if value is GONE else [said]
    return "".join(lines)


@pytest.fixture
def opened(council: Callable[..., Path]) -> Callable[..., Page]:
    """Open a page of the tiny council with figures for its indicators, and targets for some."""

    def open_with(
        page: str = "streets",
        values: Mapping[str, Sequence[float | None]] | None = None,
        *,
        rows: str = "",
        targets: dict[str, float] | None = None,
        framework: str = FRAMEWORK,
        **files: str,
    ) -> Page:
        values = values or {}
        named = rows or "".join(indicator(name) for name in values)
        aims = [f"{name},2015-16,point,{value},,2019-20\n" for name, value in (targets or {}).items()]
        root = council(
            framework,
            indicators=HEAD + named,
            readings=readings(values),
            targets="indicator,period,kind,low,high,to\n" + "".join(aims),
            **files,
        )
        return kpi.open_page("tiny", page, "2019-20-Q3", root=root)

    return open_with


def heads(shown: Shown) -> list[str]:
    """Give the headings of the columns of a table."""
    return re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', shown.html)


def cards(page: Page) -> dict[str, str]:
    """Give the words of each card by its indicator, with what a screen by itself would add left out."""
    found = {}
    for each in page.commentary().html.split('<section class="card')[1:]:
        own = each.split('<div class="more"')[0]
        words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", own)).split())
        found[re.findall(r'id="(\w+)"', each)[0]] = words
    return found


def test_the_headline_says_which_way_and_what_is_unusual(opened: Callable[..., Page]) -> None:
    """Directions come first, then signals by name, then how many contracts are met, in the council's words."""
    values = {"litter": LITTER, "bins": [80, 90], "trees": [80, 80]}
    said = repr(opened("streets", values, targets={"bins": 85, "trees": 90}).headline())

    assert said.startswith(
        "Since the figure before, one got better, one got worse and one stayed the same. "
        "More than the ordinary ups and downs: one for the worse (“Litter”). "
        "Of two indicators with a contract target, one is “Contract met” and one “Contract missed”."
    )
    assert "assumed" not in said


def test_without_contracts_the_headline_speaks_of_no_rating(opened: Callable[..., Page]) -> None:
    """Where no contract sets a target, ratings and thresholds are not spoken of."""
    said = repr(opened("streets", {"litter": [80, 70]}).headline())

    assert "one got worse" in said
    assert not re.search("rated|Contract|target|threshold|Trend only", said)


def test_tiles_count_directions_with_arrow_and_word(opened: Callable[..., Page]) -> None:
    """Each tile has a number, an arrow and the council's word, and shares are of what can be compared."""
    page = opened("streets", {"litter": [80, 70], "bins": [80, 90], "trees": [80, 90], "lamps": [80]})

    assert "2 ↑ Improving (67%) 0 → Steady (0%) 1 ↓ Worsening (33%) 1 · No comparison" in repr(page.headline())
    assert '<li class="cannot-say">' in page.headline().html


def test_signals_for_the_worse_come_first_and_then_the_largest_fall(opened: Callable[..., Page]) -> None:
    """A signal outweighs a step: what rose a little far below its usual range stands before what fell."""
    values = {
        "awaited": [None],
        "rose": [80, 90],
        "same": [80, 80],
        "fell": [80, 75],
        "fell_more": [80, 60],
        "odd": [*LITTER[:-1], 70, 72],
    }
    page = opened("streets", values)

    assert list(page.indicators["indicator"]) == ["odd", "fell_more", "fell", "same", "rose", "awaited"]


def test_the_table_shows_both_earlier_figures_and_no_target_column(opened: Callable[..., Page]) -> None:
    """What it was the quarter and the year before stands beside the figure; no column is there for targets not set."""
    page = opened("streets", {"litter": [60, 65, 66, 80, 70]})

    assert heads(page.overview()) == [
        "Indicator", "Latest figure", "Figure before", "A year before", "Direction", "Trend",
    ]  # fmt: skip
    assert "Litter 70% 80% 60% ↑ Improving ↓ Worsening" in repr(page.overview())
    assert not re.search("Not given|Trend only", repr(page.overview()))


def test_a_contract_s_target_has_a_column_of_its_own(opened: Callable[..., Page]) -> None:
    """Where one indicator has a target, a last column shows it with its rating, and is empty for the others."""
    page = opened("streets", {"litter": [80, 70], "bins": [80, 90]}, targets={"bins": 95})

    assert heads(page.overview())[-1] == "Contract target"
    assert "▲" not in repr(page.overview()).split("Bins")[0]
    assert repr(page.overview()).endswith("◆ Contract missed target 95%")


def test_a_card_without_a_target_lacks_nothing(opened: Callable[..., Page]) -> None:
    """It leads with figure, direction and signal, and does not read as if a rating were missing."""
    card = cards(opened("streets", {"litter": LITTER}))["litter"]

    assert "70% Quarter 3 2019/20 ↓ Worsening from 97% in Quarter 2 2019/20" in card
    assert "Below its usual range, for the worse trend" in card
    assert "Worsening: 70% against 97% in Quarter 2 2019/20; high is good." in card
    assert not re.search("[Rr]ated|Trend only|Not given", card)


def test_a_card_with_a_contract_shows_its_rating_last(opened: Callable[..., Page]) -> None:
    """The contract's target and rating stand behind the direction, with the reason."""
    card = cards(opened("streets", {"litter": [80, 70]}, targets={"litter": 85}))["litter"]

    assert re.search(r"↓ Worsening from 80% in Quarter 2 2019/20 85% target ◆ Contract missed rating", card)
    assert "70% is 15 points below the target of 85%; high is good." in card


def test_what_is_awaited_says_so_and_nothing_of_ratings(opened: Callable[..., Page]) -> None:
    """An awaited figure is awaited, on the table and on its card, and never a zero or a rating."""
    page = opened("streets", {"litter": [None], "bins": [80, 90]})

    assert re.search(r"Litter Awaited", repr(page.overview()))
    assert "Awaited latest figure The figure is awaited." in cards(page)["litter"]
    assert "ated:" not in cards(page)["litter"]


def test_a_card_asks_for_no_words_where_none_are_owed(opened: Callable[..., Page]) -> None:
    """What got better owes no commentary, and its card does not speak of it; what got worse does."""
    found = cards(opened("streets", {"litter": [80, 70], "bins": [80, 90]}))

    assert "Commentary" not in found["bins"]
    assert "Commentary not received for publication. It is asked for because the figure got worse." in found["litter"]


def test_a_partner_is_named_at_the_top(opened: Callable[..., Page]) -> None:
    """The page of a partner says who runs the services; a page of the council's own does not."""
    rows = indicator("calls", "desk") + indicator("litter")
    values = {"calls": [80, 70], "litter": [80, 70]}

    assert "Run for the council by Twin Towns Services" in repr(opened("desk", values, rows=rows).title())
    assert "Run for" not in repr(opened("streets", values, rows=rows).title())


def test_changes_are_of_direction_and_not_of_ratings_that_nobody_gives(opened: Callable[..., Page]) -> None:
    """What turned is shown with the figures of both quarters; of ratings nothing is said where none is given."""
    said = repr(opened("streets", {"litter": [80, 90, 70], "bins": [80, 85, 90]}).changes())

    assert "One direction has changed since Quarter 2 2019/20" in said
    assert "Litter ↑ Improving 90% against 80% in Quarter 1 2019/20 ↓ Worsening 70% against 90% in Quarter 2" in said
    assert "Bins" not in said
    assert "rating" not in said


def test_nothing_that_turned_is_said(opened: Callable[..., Page]) -> None:
    """Where every direction is as it was, one sentence says so; where none was known before, another."""
    assert repr(opened("streets", {"bins": [80, 85, 90]}).changes()) == (
        "No direction has changed since Quarter 2 2019/20."
    )
    assert repr(opened("streets", {"bins": [80, 90]}).changes()) == (
        "No direction can be told for Quarter 2 2019/20, so there is none to compare with."
    )


def test_a_new_signal_and_one_that_went_are_named(opened: Callable[..., Page]) -> None:
    """What is unusual now and was not is told, and what was and no longer is; what still is, is not news."""
    values = {"litter": LITTER, "bins": [*LITTER, 96], "lamps": [*LITTER, 70]}
    said = repr(opened("streets", values).changes())

    assert "not so at Quarter 2 2019/20: “Litter” (below its usual range, for the worse)." in said
    assert "“Bins” no longer shows more than that." in said
    assert "Lamps" not in said.split("ups and downs")[1]


def test_a_contract_s_rating_that_moved_is_told_as_everywhere(opened: Callable[..., Page]) -> None:
    """A rating that a contract asks for is followed as on any other page."""
    said = repr(opened("streets", {"litter": [90, 90, 70]}, targets={"litter": 85}).changes())

    assert "One rating has changed since Quarter 2 2019/20." in said
    assert "● Contract met 90% ◆ Contract missed 70% The figure" in said


def test_the_picture_shows_how_far_each_went(opened: Callable[..., Page]) -> None:
    """Better is to the right and worse to the left, in words too; without a share it is named as not drawn."""
    values = {"litter": [80, 60], "bins": [0, 10], "trees": [1000, 1005], "lamps": [50, 60]}
    page = opened("streets", values)
    alt = html.unescape(re.findall(r'alt="(Change[^"]*)"', page.charts().html)[0])

    assert "Litter: 60% from 80%, 25.0% worse" in alt
    assert "Lamps: 60% from 50%, 20.0% better" in alt
    assert "Trees: 1,005% from 1,000%, 0.5% better (same)" in alt
    assert "Bins" not in alt
    assert "Not drawn, because there is no direction, or the earlier figure is zero: Bins." in repr(page.charts())
    assert "distance from its target" not in repr(page.charts())


def test_national_figures_are_linked_once_for_all_they_serve(opened: Callable[..., Page]) -> None:
    """Each address stands once below the sources, with the indicators that it serves; without any there is no list."""
    rows = indicator("litter", link=NATIONAL) + indicator("bins", link=NATIONAL) + indicator("trees")
    values = {"litter": [80, 70], "bins": [80, 70], "trees": [80, 70]}

    assert re.findall(r'<a href="([^"]*)">([^<]*)</a>', opened("streets", values, rows=rows).sources().html) == [
        (NATIONAL, "Litter; Bins")
    ]
    assert "national" not in repr(opened("streets", values).sources())


def test_directions_against_last_year_keep_the_figure_before_in_sight(opened: Callable[..., Page]) -> None:
    """A council that compares with last year reads so in words, and still sees the figure of the quarter before."""
    framework = FRAMEWORK.replace("steady_within", "compare: last year, steady_within")
    page = opened("streets", {"litter": [60, 65, 66, 80, 70]}, framework=framework)

    assert repr(page.headline()).startswith("Against the same quarter last year, one got better.")
    assert "Litter 70% 80% 60% ↑ Improving" in repr(page.overview())
    assert "against the same quarter last year" in repr(page.charts())


def test_a_running_total_is_told_against_the_year_before_and_once(opened: Callable[..., Page]) -> None:
    """What starts anew each year has the year before as its figure before, named, and one direction from it."""
    rows = indicator("council_tax", basis="to date")
    page = opened("streets", {"council_tax": [56, 80, 98, 28, 58]}, rows=rows)

    assert "58% 56% Quarter 3 2018/19 56% ↑ Improving" in repr(page.overview())


@pytest.mark.parametrize("kind", ["services", "priority"])
def test_a_page_of_a_council_that_goes_by_trends_leads_with_them(opened: Callable[..., Page], kind: str) -> None:
    """Also a page of the kind `priority` speaks of directions where the rule is a trend's."""
    page = opened("streets", {"litter": [80, 70]}, framework=FRAMEWORK.replace("kind: services", f"kind: {kind}"))

    assert "Contract target" not in repr(page.overview())
    assert "1 ↓ Worsening (100%)" in repr(page.headline())


def test_by_the_rule_of_the_quarter_ratings_lead_again(opened: Callable[..., Page]) -> None:
    """A council that turned to targets has its summary by ratings from then on."""
    rule = "\n  - {from: 2019-20-Q3, green_within: 0%, amber_within: 5%}\npages:"
    page = opened(
        "summary", {"litter": [80, 70]}, targets={"litter": 85}, framework=FRAMEWORK.replace("\npages:", rule)
    )

    assert repr(page.headline()).startswith("Of one indicator, one is “Contract missed”.")


def summarised(opened: Callable[..., Page], page: str = "summary") -> Page:
    """Open a page about all services: one unusual, one worse, one that misses its contract, one better."""
    rows = "".join(indicator(name) for name in ("litter", "bins")) + "".join(
        indicator(name, "desk") for name in ("calls", "visits")
    )
    values = {"litter": LITTER, "bins": [80, 75], "calls": [80, 84], "visits": [80, 90]}
    said = "indicator,quarter,kind,text,owner\nbins,2019-20-Q3,cause,Two lorries broke down.,\n"
    return opened(page, values, rows=rows, targets={"calls": 95}, commentary=said)


def test_the_summary_counts_directions_by_service_and_directorate(opened: Callable[..., Page]) -> None:
    """Each service has a row of directions and signals, and all have one."""
    page = summarised(opened)

    assert heads(page.by_priority()) == [
        "Service", "Improving", "Steady", "Worsening", "No comparison",
        "Signals for the better", "Signals for the worse", "Indicators",
    ]  # fmt: skip
    assert "Streets 0 0 2 0 0 1 2 Help desk 2 0 0 0 0 0 2 All 2 0 2 0 0 1 4" in repr(page.by_priority())
    assert "Place 2 0 2 0 0 1 4" in repr(page.by_directorate())


def test_attention_is_for_signals_for_what_got_worse_and_for_contracts_missed(opened: Callable[..., Page]) -> None:
    """The unusual comes first, with the service's words; what got better and misses nothing is left out."""
    said = repr(summarised(opened).attention())

    assert said.startswith("Three indicators with a signal for the worse, a figure that got worse or a contract")
    assert said.index("Litter") < said.index("Bins") < said.index("Calls")
    assert "75% against 80% in Quarter 2 2019/20; high is good. Two lorries broke down. Not received" in said
    assert "◆ Contract missed ↑ Improving 84% is 11 points below the target of 95%" in said
    assert "Visits" not in said


def test_good_news_is_what_got_better_and_needs_no_attention(opened: Callable[..., Page]) -> None:
    """What got better and yet misses its contract is no good news."""
    said = repr(summarised(opened).good_news())

    assert "Visits" in said
    assert "Calls" not in said


def test_a_figure_of_an_earlier_quarter_is_named_as_such(opened: Callable[..., Page]) -> None:
    """Where attention is for an old figure, its quarter is said."""
    page = opened("summary", {"litter": [80, 70, GONE], "bins": [80, 85, 90]})

    assert "The figure is of Quarter 2 2019/20. 70% against 80%" in repr(page.attention())


def test_the_summary_says_how_many_went_which_way_before(opened: Callable[..., Page]) -> None:
    """The counts of directions and of signals stand beside those of the quarter before."""
    page = opened("summary", {"litter": [80, 90, 70], "bins": [80, 85, 90]})

    assert "↑ Improving 2 1 → Steady 0 0 ↓ Worsening 0 1 · No comparison 0 0" in repr(page.changes())


def test_the_overview_lists_indicators_under_their_direction(opened: Callable[..., Page]) -> None:
    """Ways to each page are by direction, and the list of all has the columns of a service's page."""
    page = summarised(opened, "index")

    assert "Streets 2 worsening ↓ Worsening Litter Bins Help desk 2 improving ↑ Improving" in repr(page.contents())
    assert heads(page.finder())[-1] == "Contract target"
    assert 'data-direction="worse"' in page.finder().html


def test_the_summary_of_nothing_says_so(opened: Callable[..., Page]) -> None:
    """Without figures there is neither attention nor good news, and no part of it fails."""
    page = opened("summary", {"litter": [None]})

    assert repr(page.good_news()).startswith("There is no indicator with a signal for the better")
    assert repr(page.attention()).startswith("There is no indicator with a signal for the worse")
    assert "Nothing can be compared with an earlier figure yet." in repr(page.headline())
    assert "nan" not in repr(page.changes()).lower()
