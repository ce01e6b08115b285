"""What a report says of Part II: how many items it holds, under which paragraphs, and what its sheets bear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import kpilib as kpi
from kpilib.pages.asking import forms
from kpilib.pages.part_two import marking, said
from kpilib.records.editions import HELD_BACK
from kpilib.records.ledger import load_ledger
from kpilib.records.periods import quarter

ACT = "Schedule 12A to the Local Government Act 1972"
AT = "2019-20-Q2"


def items(*each: tuple[str, str]) -> pd.DataFrame:
    """Build what is withheld: kind and paragraphs of each item."""
    return pd.DataFrame(each, columns=["kind", "paragraph"]).assign(start=0.0, end=0.0)


@pytest.mark.parametrize(
    ("withheld", "expected"),
    [
        ([("figure", "3")], f"One figure is exempt, under paragraph 3 of {ACT}, and is"),
        ([("figure", "")], f"One figure is exempt, under {ACT}, and is"),
        ([("figure", "3"), ("figure", "3")], f"Two figures are exempt, under paragraph 3 of {ACT}, and are"),
        (
            [("milestone", "2, 3"), ("figure", "1"), ("indicator", "3")],
            f"One indicator, one figure and one milestone are exempt, under paragraphs 1, 2 and 3 of {ACT}, and are",
        ),
        (
            [("risk or opportunity", "3")] * 2 + [("note on a risk", "3")] * 3 + [("summary", "3")] * 12,
            "Two risks or opportunities, three notes on risks and 12 summaries are exempt, "
            f"under paragraph 3 of {ACT}, and are",
        ),
        ([("remark", "7")], f"One remark is exempt, under paragraph 7 of {ACT}, and is"),
        ([("remark", "7"), (HELD_BACK, "")], f"One remark is exempt, under paragraph 7 of {ACT}, and is"),
    ],
)
def test_what_is_said(withheld: list[tuple[str, str]], expected: str) -> None:
    """Each edition says how many items of each kind are exempt, under which paragraphs, and which edition has them."""
    assert said(items(*withheld), "public")[0] == f"{expected} not in this edition."
    assert said(items(*withheld), "restricted")[0] == f"{expected} in this edition alone."


@pytest.mark.parametrize("edition", ["public", "restricted"])
@pytest.mark.parametrize("withheld", [[], [(HELD_BACK, "")]])
def test_where_nothing_is_exempt(withheld: list[tuple[str, str]], edition: str) -> None:
    """Where nothing is exempt in a quarter, nothing is said."""
    assert said(items(*withheld), edition) == []


@pytest.mark.parametrize(
    ("unnamed", "expected"),
    [
        (1, "For one item of these the records name no paragraph."),
        (2, "For two items of these the records name no paragraph."),
    ],
)
def test_items_without_a_paragraph(unnamed: int, expected: str) -> None:
    """Items for which the records name no paragraph are counted in a sentence of their own, in both editions."""
    withheld = items(("figure", "3"), *[("remark", "")] * unnamed)

    assert [expected] == said(withheld, "public")[1:]
    assert [expected] == said(withheld, "restricted")[1:]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (1, "One further figure or measure is left out too, since the rest could be worked out from them."),
        (2, "Two further figures or measures are left out too, since the rest could be worked out from them."),
    ],
)
def test_what_is_held_back(more: int, expected: str) -> None:
    """The public edition says how many figures and measures it does without beside; the restricted one has them."""
    withheld = items(("figure", "3"), *[(HELD_BACK, "")] * more)

    assert [expected] == said(withheld, "public")[1:]
    assert said(withheld, "restricted")[1:] == []


@pytest.mark.parametrize(
    ("withheld", "expected"),
    [
        ([], "Part II: not for publication"),
        ([("figure", "")], "Part II: not for publication, exempt under Schedule 12A"),
        ([("figure", "3")], "Part II: not for publication, exempt under paragraph 3 of Schedule 12A"),
        (
            [("figure", "3"), ("remark", "1, 3"), ("summary", ""), (HELD_BACK, "")],
            "Part II: not for publication, exempt under paragraphs 1 and 3 of Schedule 12A",
        ),
    ],
)
def test_marking(withheld: list[tuple[str, str]], expected: str) -> None:
    """Each sheet of the restricted edition is marked with the paragraphs; none of the public edition is."""
    assert expected == marking(items(*withheld), "restricted")
    assert marking(items(*withheld), "public") == ""


# On pages.

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2019-20-Q1}]
pages:
  - {page: summary, title: Summary, kind: executive_summary}
  - {page: cover, title: Cover, kind: cover_report}
  - {page: streets, title: Streets, kind: priority}
cover_report:
  sections: [{heading: Part II, text: '{{ part_two }}'}]
"""
FILES = {
    "indicators": "indicator,name,page,directorate,frequency,good_is,unit,basis,exempt\n"
    "litter,Litter,streets,Place,quarterly,low,%,quarter,\n"
    "bins,Bins,streets,Place,quarterly,low,%,quarter,Paragraph 3\n",
    "readings": "indicator,period,value,reported\nlitter,2019-20-Q2,5,2019-20-Q2\nbins,2019-20-Q2,5,2019-20-Q2\n",
    "targets": "indicator,period,kind,low,high\n",
}
WHERE = {"public": "not in this edition", "restricted": "in this edition alone"}


@pytest.fixture
def root(council: Callable[..., Path]) -> Path:
    """A tiny council with an exempt indicator."""
    return council(FRAMEWORK, **FILES)


def sentence(edition: str) -> str:
    """What an edition says of the exempt indicator."""
    return f"One indicator is exempt, under paragraph 3 of {ACT}, and is {WHERE[edition]}."


@pytest.mark.parametrize("edition", WHERE)
@pytest.mark.parametrize(("page", "times"), [("index", 1), ("summary", 1), ("cover", 0), ("streets", 0)])
def test_pages_that_open_a_report_say_it(root: Path, page: str, times: int, edition: str) -> None:
    """The overview and the summary say below their title what is exempt; pages of a part of the report do not."""
    title = repr(kpi.open_page("tiny", page, AT, edition, root=root).title())

    assert (times, times) == (title.count(sentence(edition)), title.count("exempt"))


@pytest.mark.parametrize("edition", WHERE)
@pytest.mark.parametrize("own", [True, False])
def test_cover_report(root: Path, own: bool, edition: str) -> None:
    """A cover report says it once: in its own place where it has one, else below its title."""
    path = root / "params/tiny/framework.yml"
    path.write_text(path.read_text("utf-8").replace("{{ part_two }}", "{{ part_two }}" if own else "Words."), "utf-8")
    page = kpi.open_page("tiny", "cover", AT, edition, root=root)
    title, report = repr(page.title()), repr(page.report())

    assert report == f"Part II {sentence(edition) if own else 'Words.'}"
    assert (0 if own else 1) == title.count(sentence(edition))


def test_token_where_nothing_is_exempt(council: Callable[..., Path]) -> None:
    """Where nothing is exempt the cover report's own place says so."""
    root = council(FRAMEWORK, **FILES | {"indicators": FILES["indicators"].replace("Paragraph 3", "")})

    assert repr(kpi.open_page("tiny", "cover", AT, root=root).report()) == "Part II Nothing is exempt."


@pytest.mark.parametrize(
    ("edition", "expected"),
    [
        ("public", ("", [["litter"]])),
        (
            "restricted",
            ("Part II: not for publication, exempt under paragraph 3 of Schedule 12A", [["litter", "bins"]]),
        ),
    ],
)
def test_forms(root: Path, edition: str, expected: tuple[str, list[list[str]]]) -> None:
    """A form of the restricted edition is marked and asks for what is exempt; one of the public edition is neither."""
    asked = list(forms(load_ledger("tiny", edition, root), quarter("2019-20-Q3")))

    assert expected == (asked[0].marking, [form.rows["Figures"]["indicator"].tolist() for form in asked])
