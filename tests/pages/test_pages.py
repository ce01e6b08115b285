"""What pages say, on a tiny council: sentences, escaping, and pages with little or nothing to say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

import kpilib as kpi
from kpilib.pages import theme, words
from kpilib.pages.page import Page
from kpilib.records.faults import RecordsError

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
fictional: true
ratings: {green: Good, amber: Nearly, red: Poor}
rules:
  - {from: 2019-20-Q1, green_within: 0%, amber_within: 5%}
pages:
  - {page: streets, title: Clean streets, kind: priority}
  - {page: homes, title: Warm homes, kind: priority}
  - {page: risks, title: Risks, kind: risk_register}
risk:
  impact: [Minor, Major]
  opportunity_impact: [Minor, Major]
  likelihood: [Rare, Likely]
  bands: {low: 1-2, high: 3-4}
"""
INDICATORS = "indicator,name,short_name,page,directorate,frequency,good_is,unit,basis,decimals\n"
READINGS = "indicator,period,value,reported,status,covers,as_printed\n"
TARGETS = "indicator,period,kind,low,high\n"
LITTER = "litter,Streets free of litter,Litter,streets,Place,quarterly,high,%,quarter,1\n"
RISKS = (
    "quarter,risk,kind,title,type,owner,impact,likelihood,score,residual_impact,residual_likelihood,residual_score,"
    "direction\n"
)
MILESTONE = (
    "quarter,objective,milestone,text,due,status,directorate,owner\n"
    "{},Clean streets,M1,Sweep,2020-05-31,on track,Place,Head of Streets\n"
)


def write(
    root: Path,
    indicators: str = LITTER,
    readings: str = "litter,2019-20-Q2,84,2019-20-Q2,,,\nlitter,2019-20-Q3,80,2019-20-Q3,,,80%\n",
    targets: str = "litter,2019-20,point,85,\n",
    framework: str = FRAMEWORK,
    **files: str,
) -> Path:
    """Write a tiny council's records."""
    for folder in ("params", "data"):
        (root / folder / "tiny").mkdir(parents=True)
    (root / "params/tiny/framework.yml").write_text(framework, "utf-8")
    records = {"indicators": INDICATORS + indicators, "readings": READINGS + readings, "targets": TARGETS + targets}
    for name, text in (records | files).items():
        (root / f"data/tiny/{name}.csv").write_text(text, "utf-8")
    return root


def opened(root: Path, page: str = "streets", quarter: str = "2019-20-Q3") -> Page:
    """Open a page of the tiny council."""
    return kpi.open_page("tiny", page, quarter, root=root)


def parts(page: Page) -> list[str]:
    """Give everything that a page of any kind can show, as HTML."""
    asked = (
        "title headline overview changes charts commentary by_priority by_directorate attention good_news risks "
        "contents finder matrix gaps sources"
    ).split()
    pieces = (getattr(page, name, None) for name in asked)
    return [piece().html for piece in pieces if callable(piece)]


def test_the_headline_counts_names_the_furthest_and_says_which_way(tmp_path: Path) -> None:
    """The first sentences are what a councillor would ask first."""
    page = opened(write(tmp_path))

    assert repr(page.headline()).startswith(
        "Of one indicator, one is “Poor”. Furthest from target: “Litter” (80.0% against 85%). "
        "Since the figure before, one got worse."
    )


@pytest.mark.parametrize("page", ["streets", "homes", "risks", "index"])
@pytest.mark.parametrize(
    "records",
    [
        {},
        {"indicators": "", "readings": "", "targets": "", "milestones": MILESTONE.format("2019-20-Q3")},
        {"readings": "litter,2019-20,,2019-20-Q3,awaited,,In spring\n"},
        {"readings": "", "milestones": MILESTONE.format("2019-20-Q3")},
        {"targets": ""},
        {"targets": "litter,2019-20,point,0,\n"},
        {"targets": "litter,2019-20,quartile,2,\n"},
        {"indicators": LITTER.replace("quarter,1", "sum,0"), "targets": "litter,2019-20,total,400,\n"},
        {"indicators": LITTER.replace("high", "none")},
        {"risks": RISKS},
    ],
    ids="whole bare awaited unread untargeted zero quartile summed neutral register".split(),
)
def test_every_kind_of_page_has_something_to_say_of_little(tmp_path: Path, page: str, records: dict[str, str]) -> None:
    """No kind of page stumbles over missing figures, targets, risks or indicators, nor prints `nan`."""
    html = " ".join(parts(opened(write(tmp_path, **records), page)))

    assert "nan" not in re.sub(r"data:[^\"]*", "", html).lower().replace("finance", "")


def test_a_year_s_sum_is_shown_to_date_also_in_the_last_quarter(tmp_path: Path) -> None:
    """At the end of the year what is rated is the year's sum, and that is what stands in the table."""
    readings = "".join(f"litter,2019-20-Q{n},{value},2019-20-Q{n},,,\n" for n, value in enumerate((25, 25, 25, 20), 1))
    summed = LITTER.replace("quarter,1", "sum,0").replace("%", "loads")
    page = opened(write(tmp_path, summed, readings, "litter,2019-20,total,100,\n"), quarter="2019-20-Q4")

    assert "95 loads to date" in repr(page.overview())
    assert "95 loads is 5 below the target of 100; high is good." in repr(page.commentary())


def test_what_comes_from_records_is_printed_and_not_run(tmp_path: Path) -> None:
    """A script in any text of the records comes out as text, on every page."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    root = write(
        tmp_path,
        indicators=f"litter,{bad},{bad},streets,{bad},quarterly,high,%,quarter,1\n",
        readings=f"litter,2019-20-Q3,80,2019-20-Q3,,{bad},{bad}\n",
        framework=FRAMEWORK.replace("Tinytown Council", bad).replace("Clean streets", bad),
        commentary=f"indicator,quarter,kind,text,owner\nlitter,2019-20-Q3,action,{bad},{bad}\n",
        risks=f"{RISKS}2019-20-Q3,R1,risk,{bad},{bad},{bad},1,2,2,1,1,1,level\n",
        risk_notes=f"quarter,risk,kind,text\n2019-20-Q3,R1,control,{bad}\n",
    )

    for name in ("streets", "risks", "index"):
        html = " ".join(parts(opened(root, name)))
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;alert(1)" in html


def test_a_fictional_council_says_so(tmp_path: Path) -> None:
    """Made-up figures are called made up at the top of every page."""
    for name in ("streets", "risks", "index"):
        assert "Tinytown Council is fictional." in repr(opened(write(tmp_path / name), name).title())


def test_an_unknown_page_is_told_with_its_nearest_match(tmp_path: Path) -> None:
    """A misspelt page is an error that names the one that was meant."""
    with pytest.raises(RecordsError, match=r"Did you mean 'streets'\?"):
        opened(write(tmp_path), "street")


def test_an_unknown_indicator_of_a_closer_look_is_told(tmp_path: Path) -> None:
    """So is a misspelt indicator in a closer look."""
    with pytest.raises(RecordsError, match=r"Did you mean 'litter'\?"):
        opened(write(tmp_path)).seasons("liter")


@pytest.mark.parametrize(
    "word", ["seasons", "profile", "against_others", "against_own_targets", "year_to_date", "beside"]
)
def test_a_closer_look_at_little_says_so(tmp_path: Path, word: str) -> None:
    """With one figure and one target, each closer look says something and breaks nothing."""
    page = opened(write(tmp_path))

    assert "nan" not in repr(getattr(page, word)("litter"))


def test_seasons_name_the_months_of_the_council_s_own_year(tmp_path: Path) -> None:
    """A council whose year begins in January has its first quarter from January to March."""
    page = opened(write(tmp_path, framework=FRAMEWORK.replace("fictional", "year_starts: January\nfictional")))

    assert page.quarter.span == "July to September 2019"
    assert page._quarters()[0] == "Q1\nJan to Mar"


def test_a_picture_needs_words() -> None:
    """A chart without alternative text is refused."""
    with pytest.raises(ValueError, match="a picture needs alternative text"):
        kpi.picture(Figure(), alt="  ")


def test_dollar_signs_are_not_mathematics(tmp_path: Path) -> None:
    """A name with dollar signs is drawn letter for letter."""
    page = opened(write(tmp_path, indicators=LITTER.replace(",Litter,", ",Fees $5 to $x_^,")))

    assert "Fees $5 to $x_^" in repr(page.charts())


def test_charts_leave_an_analyst_s_own_settings_alone(tmp_path: Path) -> None:
    """Opening a page sets the house's looks; what a later cell chooses stays, whatever the page draws."""
    with matplotlib.rc_context({"font.size": 47}):
        page = opened(write(tmp_path))
        sizes = [matplotlib.rcParams["font.size"]]
        matplotlib.rcParams["font.size"] = 31
        page.charts()

        assert [*sizes, matplotlib.rcParams["font.size"]] == [9, 31]


def test_the_same_page_shows_the_same_bytes(tmp_path: Path) -> None:
    """Nothing random, no clock: two openings give the same HTML."""
    root = write(tmp_path)

    assert parts(opened(root)) == parts(opened(root))


def luminance(colour: str) -> float:
    """The relative luminance of a colour, as WCAG defines it."""
    parts_ = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts_ <= 0.03928, parts_ / 12.92, ((parts_ + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_every_tag_and_band_can_be_read() -> None:
    """Ink on ground has a contrast of 4.5 to 1 at least, in every tag and every band."""
    pairs = [(ink, ground) for ink, ground, _, _ in theme.TAGS.values()]
    pairs += [(theme.INK, ground) for ground in (*theme.BANDS, *theme.GAINS)]

    for ink, ground in pairs:
        assert (luminance(ground) + 0.05) / (luminance(ink) + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.counted(0, "risk"), "no risks"),
        (words.counted(1, "opportunity", "opportunities"), "one opportunity"),
        (words.counted(12, "indicator"), "12 indicators"),
        (words.listed(["a", "b", "c"]), "a, b and c"),
        (words.sentence("of two things"), "Of two things."),
        (words.sentence("is it final?"), "Is it final?"),
        (" ".join(words.shares([41, 15, 14])), "59% 21% 20%"),
        (" ".join(words.shares([1, 7])), "12.5% 87.5%"),
        (" ".join(words.shares([23, 8, 8])), "59.0% 20.5% 20.5%"),
        (" ".join(words.shares([1, 1, 1])), "33% 33% 33%"),
        ("".join(words.shares([0, 0])), ""),
        (words.attributed("Lamps are ordered.", "Head of Highways", "2020-03-31"),
         "Lamps are ordered. Owner: Head of Highways. Due: 31 March 2020."),
        (words.attributed("The Head of Highways orders lamps.", "Head of Highways", ""),
         "The Head of Highways orders lamps."),
        (words.aloud("−2.52%"), "minus 2.52%"),
    ],
)  # fmt: skip
def test_words(said: str, expected: str) -> None:
    """Counts, lists, shares and dates are written as the house writes them."""
    assert said == expected


def test_a_quarter_of_which_there_is_no_record_is_no_page(tmp_path: Path) -> None:
    """It would be a page of what is not known, so that it is said in two lines, with the last quarter that there is."""
    with pytest.raises(RecordsError, match="no record is of this quarter; the last is of 2019-20-Q3\n  Name a quarter"):
        opened(write(tmp_path), quarter="2020-21-Q1")


def test_records_are_kept_apart_from_the_project(tmp_path: Path) -> None:
    """KPILIB_ROOT and `root` lead to a council's own folder; nothing of it is written to."""
    root = write(tmp_path / "own")
    before = sorted(path.relative_to(root) for path in root.rglob("*"))
    parts(opened(root))

    assert sorted(path.relative_to(root) for path in root.rglob("*")) == before
    shutil.rmtree(root)


def test_a_figure_of_an_earlier_quarter_is_named_as_such(tmp_path: Path) -> None:
    """Where a quarterly indicator has no figure for the quarter, headline and table say so."""
    page = opened(write(tmp_path, milestones=MILESTONE.format("2019-20-Q4")), quarter="2019-20-Q4")

    assert "One monthly or quarterly indicator has no figure for this quarter" in repr(page.headline())
    assert "80.0% Quarter 3 2019/20" in repr(page.overview())


def test_a_total_is_no_target_for_a_figure_that_does_not_add_up(tmp_path: Path) -> None:
    """One quarter's own figure is never rated against the total of a year."""
    page = opened(write(tmp_path, targets="litter,2019-20,total,400,\n"))

    assert page.indicators["rating"].tolist() == ["not rated"]
    assert "the only target is a total" in repr(page.commentary())
