"""What pages and `kpilib check` say of commentary: asked for and not received, received in part, or not asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import kpilib as kpi
from kpilib.pages import words
from kpilib.pages.open_points import open_points, sentences
from kpilib.pages.page import Page
from kpilib.records.periods import quarter

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
fictional: true
ratings: {green: Good, amber: Nearly, red: Poor}
rules:
  - {from: 2019-20-Q1, green_within: 0%, amber_within: 10%}
pages:
  - {page: summary, title: Summary, kind: executive_summary}
  - {page: streets, title: Clean streets, kind: priority}
"""
NAMES = ("litter", "bins", "trees")
INDICATORS = "indicator,name,page,directorate,service,frequency,good_is,unit,basis,decimals\n" + "".join(
    f"{name},{name.capitalize()},streets,Place,{service},quarterly,high,%,quarter,0\n"
    for name, service in zip(NAMES, ("Street cleaning", "Waste", ""), strict=True)
)
TARGETS = "indicator,period,kind,low,high\n" + "".join(f"{name},2019-20,point,80,\n" for name in NAMES)
HEADING = "indicator,quarter,kind,text,owner,due\n"
ISSUE = "{},2019-20-Q3,issue,It is dirty.,,\n"
CAUSE = "{},2019-20-Q3,cause,It was windy.,,\n"
ACTION = "{},2019-20-Q3,action,More sweeping.,Head of Streets,2020-03-31\n"
COMPLETE = ISSUE + CAUSE + ACTION
FIGURES = {"litter": (70, 60), "bins": (70, 75), "trees": (80, 85)}
AT = quarter("2019-20-Q3")


@pytest.fixture
def written(council: Callable[..., Path]) -> Callable[..., Path]:
    """Write the tiny council: litter is poor and got worse, bins are nearly good and got better, trees are good."""

    def write(commentary: str = "", figures: dict[str, tuple[float, ...]] = FIGURES, **files: str) -> Path:
        readings = "indicator,period,value,reported\n" + "".join(
            f"{name},2019-20-Q{at},{value},2019-20-Q{at}\n"
            for name, values in figures.items()
            for at, value in enumerate(values, 2)
        )
        records = {"indicators": INDICATORS, "readings": readings, "targets": TARGETS}
        return council(FRAMEWORK, **records | files, commentary=HEADING + commentary)

    return write


@pytest.fixture
def opened(written: Callable[..., Path]) -> Callable[..., Page]:
    """Open a page of the tiny council with this commentary."""
    return lambda page="streets", *said, **files: kpi.open_page("tiny", page, AT.text, root=written(*said, **files))


def card(page: Page, indicator: str) -> str:
    """Give the words of one indicator's card, from the first reason to the last remark."""
    pattern = rf'<section class="card[^"]*" id="{indicator}".*?(<p class="reason">.*?)</div>'
    found = re.search(pattern, page.commentary().html, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


# The card.


def test_a_card_that_is_owed_words_says_that_none_came_and_why_they_are_asked_for(opened: Callable[..., Page]) -> None:
    """Every reason is named in the council's own words."""
    page = opened()

    assert card(page, "litter").endswith(
        "Commentary Commentary not received for publication. "
        "It is asked for because the rating is “Poor” and the figure got worse."
    )
    assert card(page, "bins").endswith("It is asked for because the rating is “Nearly”.")


def test_a_good_card_without_words_alarms_nobody(opened: Callable[..., Page]) -> None:
    """Where nothing is asked for, nothing is missed."""
    said = card(opened(), "trees")

    assert said.endswith("Commentary None is recorded for this quarter, and none is asked for.")
    assert "not received" not in said


def test_a_good_card_may_have_its_one_line(opened: Callable[..., Page]) -> None:
    """Nothing is missed beside it."""
    said = card(opened("streets", "trees,2019-20-Q3,good practice,Volunteers helped.,,\n"), "trees")

    assert said.endswith("Good practice Volunteers helped.")


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        (ISSUE + ACTION, "cause"),
        (CAUSE, "issue; action"),
        (ISSUE + CAUSE + ACTION.replace("2020-03-31", ""), "a date for the action"),
        (ISSUE + ACTION.replace("Head of Streets", ""), "cause; an owner for the action"),
        (ISSUE + ACTION.replace("Head of Streets,2020-03-31", ","),
         "cause; an owner for the action; a date for the action"),
    ],
)  # fmt: skip
def test_a_card_with_some_words_says_after_them_what_is_still_missing(
    opened: Callable[..., Page], rows: str, missing: str
) -> None:
    """The kinds that did not come are named, and no other."""
    said = card(opened("streets", rows.format(*["litter"] * 3)), "litter")

    assert said.endswith(f"Commentary Not received for publication: {missing}.")
    assert "Commentary not received" not in said


def test_a_card_with_all_its_words_says_nothing_of_the_contract(opened: Callable[..., Page]) -> None:
    """Issue, cause, and action with owner and date are all that is asked."""
    said = card(opened("streets", COMPLETE.format(*["litter"] * 3)), "litter")

    assert said.endswith("Action More sweeping. Owner: Head of Streets. Due: 31 March 2020.")
    assert "received" not in said


def test_nothing_is_asked_about_a_figure_of_an_earlier_quarter(opened: Callable[..., Page]) -> None:
    """A late figure was explained when it came, and the card says why nothing is asked now."""
    said = card(opened("streets", figures=FIGURES | {"litter": (60,)}), "litter")

    assert said.endswith(
        "None is recorded for this quarter, and none is asked for: the figure is of an earlier quarter."
    )


def test_an_overridden_rating_counts_as_stated(opened: Callable[..., Page]) -> None:
    """What the council states good owes nothing, and what it states poor owes an explanation."""
    overrides = "indicator,quarter,rating,reason,approved_by\nbins,2019-20-Q3,{},Agreed.,Director\n"
    overrides += "trees,2019-20-Q3,{},Agreed.,Director\n"
    page = opened(overrides=overrides.format("green", "red"))

    assert page.owed["indicator"].tolist() == ["litter", "trees"]
    assert "none is asked for" in card(page, "bins")
    assert card(page, "trees").endswith("It is asked for because the rating is “Poor”.")


# The executive summary.


def test_the_summary_says_what_was_not_received(opened: Callable[..., Page]) -> None:
    """An exception whose cause did not come says so in its own cell."""
    said = repr(opened("summary", ACTION.format("litter")).attention())

    assert "Not received for publication More sweeping. Owner: Head of Streets." in said
    assert "Not stated" not in said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "",
            "two indicators that are off target or changed for the worse: for two it was not received for publication.",
        ),
        (
            COMPLETE.format(*["litter"] * 3),
            "two indicators that are off target or changed for the worse: for one it was not received for publication.",
        ),
        (
            CAUSE.format("litter"),
            "two indicators that are off target or changed for the worse: "
            "for one it was not received for publication and for one a part of it is missing.",
        ),
        (
            COMPLETE.format(*["litter"] * 3) + COMPLETE.format(*["bins"] * 3),
            "two indicators that are off target or changed for the worse: all was received.",
        ),
    ],
)
def test_the_summary_says_how_complete_the_commentary_is(opened: Callable[..., Page], rows: str, said: str) -> None:
    """How many were asked, for how many nothing came, and for how many a part is missing."""
    assert repr(opened("summary", rows).attention()).endswith(f" Commentary is asked for on {said}")


def test_the_summary_says_so_where_nothing_is_asked_for(opened: Callable[..., Page]) -> None:
    """With everything good there is nothing to explain."""
    said = repr(opened("summary", figures={"litter": (80, 85)}).attention())

    assert said.endswith("Commentary is asked for on no indicator.")


def test_one_indicator_is_spoken_of_as_one() -> None:
    """The sentence agrees with its number."""
    owed = pd.DataFrame({"received": [True], "missing": [()]})

    assert words.received(owed, "not received") == (
        "Commentary is asked for on one indicator that is off target or changed for the worse: all was received."
    )


# The check.


def commentary_points(root: Path) -> list[str]:
    """Give what `kpilib check` lists of commentary."""
    points = sentences(open_points(kpi.load_ledger("tiny", root=root), AT))
    return [point for point in points if point.startswith("commentary, ")]


def test_the_check_lists_what_is_missing_by_owner(written: Callable[..., Path]) -> None:
    """The owner named last goes before the service, and one point names all that is asked of one."""
    earlier = "".join(
        f"{name},2019-20-Q2,action,More sweeping.,Head of Streets,2019-12-31\n" for name in ("litter", "trees")
    )

    assert commentary_points(written(earlier + ISSUE.format("litter"), FIGURES | {"trees": (85, 70)})) == [
        "commentary, Head of Streets (2): litter (rated red and got worse): cause, action; "
        "trees (rated red and got worse): issue, cause, action.",
        "commentary, Waste (1): bins (rated amber): issue, cause, action.",
    ]


def test_without_owner_and_service_the_directorate_is_asked(written: Callable[..., Path]) -> None:
    """Trees have no service."""
    rows = "trees,2019-20-Q3,action,More planting.,,\n"

    assert commentary_points(written(rows, {"trees": (85, 70)})) == [
        "commentary, Place (1): trees (rated red and got worse): issue, cause, owner of the action, date of the action."
    ]


def test_the_check_is_silent_where_all_was_received(written: Callable[..., Path]) -> None:
    """A complete set of rows leaves no point."""
    rows = COMPLETE.format(*["litter"] * 3) + COMPLETE.format(*["bins"] * 3)

    assert commentary_points(written(rows)) == []


def test_the_restricted_edition_counts_exempt_words(written: Callable[..., Path]) -> None:
    """What the public may not see was received all the same, where it may be seen."""
    root = written(figures={"litter": (70, 60)})
    rows = COMPLETE.format(*["litter"] * 3).replace("\n", ",3\n")
    (root / "data/tiny/commentary.csv").write_text(HEADING.replace("\n", ",exempt\n") + rows, "utf-8")
    found = {
        edition: sentences(open_points(kpi.load_ledger("tiny", edition, root), AT))
        for edition in ("public", "restricted")
    }

    assert [any(point.startswith("commentary, ") for point in points) for points in found.values()] == [True, False]
