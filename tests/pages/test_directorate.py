"""What the page of a directorate says: measures against last year, milestones by objective, high risks, and a key."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import kpilib as kpi
from kpilib.judgement import milestone
from kpilib.pages import progress, words
from kpilib.pages.directorate import DirectoratePage
from kpilib.records.framework import MILESTONES, Rule
from kpilib.records.periods import quarter

AT = quarter("2023-24-Q2")
FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
fictional: true
ratings: {green: Good, amber: Nearly, red: Poor}
directions: {better: Improved, same: Maintained, worse: Declined}
rules: [{from: 2015-16-Q1, green_within: 0%, amber_within: 10%, steady_within: 0.5%}]
pages:
  - {page: place, title: Place, kind: directorate, directorate: Place}
  - {page: people, title: People, kind: directorate, directorate: People}
  - {page: register, title: Risks, kind: risk_register}
milestones:
  achieved: [Complete, Done]
  at risk: [Some problems]
risk:
  impact: [Insignificant, Minor, Moderate, Major, Catastrophic]
  opportunity_impact: [Insignificant, Minor, Moderate, Major, Outstanding]
  likelihood: [Rare, Unlikely, Possible, Likely, Certain]
  bands: {low: 1-4, medium: 5-9, high: 10-15, very high: 16-25}
"""
INDICATORS = "indicator,name,page,directorate,frequency,good_is,unit,basis,decimals\n"
LITTER = "litter,Clean streets,place,Place,quarterly,high,%,quarter,0\n"
BINS = "bins,Missed bins,place,Place,quarterly,low,,quarter,0\n"
TREES = "trees,Trees planted,place,Place,quarterly,high,,quarter,0\n"
TARGETS = "indicator,period,kind,low,high\nlitter,2023-24,point,80,\nbins,2023-24,point,20,\n"
READINGS = "indicator,period,value,reported\n"
THEN = "litter,2022-23-Q2,70,2022-23-Q2\nbins,2022-23-Q2,10,2022-23-Q2\n"
LAST_QUARTER = "litter,2023-24-Q1,90,2023-24-Q1\nbins,2023-24-Q1,25,2023-24-Q1\n"
NOW = "litter,2023-24-Q2,82,2023-24-Q2\nbins,2023-24-Q2,30,2023-24-Q2\ntrees,2023-24-Q2,5,2023-24-Q2\n"
MILESTONES_CSV = "quarter,objective,milestone,text,due,status,directorate,owner,forecast,commentary\n"
BENCHES = "Green town,M1,Put up benches,2023-08-31"
PATHS = "Green town,M2,Mend the paths,2024-03-31"
LAMPS = "Safe town,M3,Light the square,2023-12-31"
PROMISED = (
    MILESTONES_CSV
    + f"2023-24-Q1,{BENCHES},on track,Place,Head of Parks,,\n"
    + f"2023-24-Q1,{PATHS},on track,Place,Head of Parks,,\n"
    + f"2023-24-Q1,{LAMPS},on track,Place,,,\n"
    + f"2023-24-Q2,{BENCHES},done,Place,Head of Parks,,\n"
    + f"2023-24-Q2,{PATHS},on track,Place,Head of Parks,2024-04-30,The contractor is late.\n"
    + f"2023-24-Q2,{LAMPS},on track,Place,,,\n"
    + "2023-24-Q2,Schools,M4,Open a school,2023-12-31,on track,Schools,,,\n"
)
RISKS = (
    "quarter,risk,kind,title,type,owner,impact,likelihood,score,residual_impact,residual_likelihood,residual_score,"
    "direction,directorate\n"
)
REGISTER = (
    RISKS
    + "2023-24-Q1,R1,risk,Bridges fail,Assets,Head of Bridges,5,4,20,4,4,16,level,Place\n"
    + "2023-24-Q2,R1,risk,Bridges fail,Assets,Head of Bridges,5,4,20,4,3,12,reducing,Place\n"
    + "2023-24-Q2,R2,risk,Floods,Assets,,4,3,12,2,2,4,level,Place\n"
    + "2023-24-Q2,R3,risk,Gulls,Assets,,2,2,4,1,2,2,level,Place\n"
    + "2023-24-Q2,O1,opportunity,A grant,Money,,4,4,16,5,4,20,level,Place\n"
    + "2023-24-Q2,R9,risk,Staff leave,People,,5,5,25,5,5,25,level,Schools\n"
)
NOTES = (
    "quarter,risk,kind,text,owner,due,status\n"
    "2023-24-Q2,R1,action,Weigh lorries.,Head of Roads,2023-06-30,done\n"
    "2023-24-Q2,R1,action,Replace the bearings.,Head of Bridges,2023-08-31,in progress\n"
    "2023-24-Q2,R3,action,Buy nets.,Head of Parks,2024-01-31,planned\n"
)
NO_ACTIONS = "quarter,risk,kind,text,owner,due,status\n"


@pytest.fixture
def opened(council: Callable[..., Path]) -> Callable[..., DirectoratePage]:
    """Open the page of a directorate of the tiny council with these records."""

    def open_with(page: str = "place", framework: str = FRAMEWORK, **files: str) -> DirectoratePage:
        records = {"indicators": INDICATORS + LITTER + BINS + TREES, "targets": TARGETS,
                   "readings": READINGS + THEN + LAST_QUARTER + NOW, **files}  # fmt: skip
        found = kpi.open_page("tiny", page, AT.text, root=council(framework, **records))
        assert isinstance(found, DirectoratePage)
        return found

    return open_with


@pytest.fixture
def place(opened: Callable[..., DirectoratePage]) -> DirectoratePage:
    """A directorate with measures, milestones and risks."""
    return opened(milestones=PROMISED, risks=REGISTER, risk_notes=NOTES)


# What nobody confirmed.


def test_what_nobody_confirmed_is_marked_and_counted(opened: Callable[..., DirectoratePage]) -> None:
    """Milestones and high risks that have no row stand as they did, with words; their counts say how many."""
    promised = "".join(line for line in PROMISED.splitlines(keepends=True) if "2023-24-Q2,Green" not in line)
    risks = "".join(line for line in REGISTER.splitlines(keepends=True) if "2023-24-Q2,R1" not in line)
    page = opened(milestones=promised, risks=risks)
    mark = "Not confirmed for Quarter 2 2023/24: as it stood in Quarter 1 2023/24."
    said = repr(page.milestones())

    assert said.startswith(
        "Of three milestones, two are on track and one missed. Two of three milestones were not confirmed for this "
        "quarter."
    )
    assert f"Due 31 August 2023 and not achieved. {mark}" not in said
    assert f"◆ Missed Not confirmed Head of Parks {mark} Stated as on track, but due 31 August 2023 and not" in said
    assert "and not reported as achieved." in said
    assert f"● On track Not confirmed Head of Parks {mark} Stated as on track; due 31 March 2024." in said
    assert said.count(mark) == 2
    assert f"R1: Bridges fail Head of Bridges 20 very high 16 very high {mark}" in repr(page.risks())
    assert "One of four risks and opportunities was not confirmed for this quarter." in repr(page.headline())


def test_milestones_that_were_closed_are_named_with_their_commentary(opened: Callable[..., DirectoratePage]) -> None:
    """They are in no table and no count, and are not called achieved."""
    then, now = "on track,Place,Head of Parks,2024-04-30,The contractor is late.", "closed,Place,,,The park is sold."
    page = opened(milestones=PROMISED.replace(then, now))
    said = repr(page.milestones())

    assert said.startswith("Of two milestones, one is achieved and one on track.")
    assert said.endswith("Closed this quarter, and counted no longer: M2 “Mend the paths”. The park is sold.")
    assert "M2:" not in said


# In short.


def test_the_headline_says_how_measures_milestones_and_high_risks_stand(place: DirectoratePage) -> None:
    """Ratings, directions against last year, milestones and high risks each have their sentence."""
    said = repr(place.headline())

    for sentence in (
        "Of three measures, one is “Good” and one “Poor”; one is not rated.",
        "Against the same quarter last year, one got better and one got worse; one cannot be compared.",
        "Of three milestones, one is achieved, one on track and one at risk.",
        "Of three risks, one is high or very high after actions, and one more was before them.",
    ):
        assert sentence in said
    assert "three measures · three milestones" in repr(place.title())


def test_a_directorate_without_measures_still_tells_of_the_rest(opened: Callable[..., DirectoratePage]) -> None:
    """Its milestones and risks are in the headline, and no table of measures stands empty."""
    page = opened("people", milestones=PROMISED.replace(",Schools,,,", ",People,,,"), risks=REGISTER, risk_notes=NOTES)

    assert "The one milestone is on track." in repr(page.headline())
    assert "The register names no risk or opportunity of People for this quarter." in repr(page.headline())
    assert repr(page.overview()) == "This page has no measures for this quarter."


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["5,4,20,4,4,16"], "Its one risk is high or very high after actions."),
        (["5,4,20,2,2,4"], "Its one risk was high or very high before actions."),
        (["5,4,20,4,4,16"] * 3, "All three of its risks are high or very high after actions."),
        (["5,4,20,4,4,16", "5,4,20,4,4,16", "2,2,4,2,2,4"], "Of three risks, two are high or very high after actions."),
        (["2,2,4,2,2,4"], "Its one risk is not high or very high, before actions or after them."),
        (["2,2,4,2,2,4"] * 2, "None of its two risks is high or very high, before actions or after them."),
        (["5,4,20,2,2,4"] * 2, "Of two risks, none is high or very high after actions, and two were before them."),
        (["5,4,20,4,4,16"] * 2, "Both of its risks are high or very high after actions."),
    ],
)
def test_high_risks_are_counted_after_actions_and_before(
    opened: Callable[..., DirectoratePage], rows: list[str], said: str
) -> None:
    """How many are in the two upper bands of four after their actions, and how many others were before."""
    lines = [f"2023-24-Q2,R{place},risk,A risk,,,{row},,Place\n" for place, row in enumerate(rows, 1)]

    assert said in repr(opened(risks=RISKS + "".join(lines)).headline())


# Measures.


def test_measures_stand_beside_the_same_quarter_last_year(place: DirectoratePage) -> None:
    """Each has the figure of then, target, figure of now, rating and direction; one not known then says so."""
    said = repr(place.overview())

    assert "Measure Quarter 2 2022/23 Target Latest figure Progress Against last year Trend" in said
    assert "Clean streets 70% 80% 82% ● Good ↑ Improved" in said
    assert "Missed bins 10 20 30 ◆ Poor ↓ Declined" in said
    assert "Trees planted No figure Not given 5 ○ Not rated · Cannot say" in said


def test_a_figure_of_another_period_than_the_quarter_is_named(opened: Callable[..., DirectoratePage]) -> None:
    """A yearly measure is compared with the year before, and the cell says which."""
    yearly = "air,Clean air,place,Place,annual,high,%,quarter,0\n"
    figures = "air,2021-22,50,2022-23-Q1\nair,2022-23,60,2023-24-Q1\nbins,2023-24-Q2,30,2023-24-Q2\n"
    said = repr(opened(indicators=INDICATORS + yearly + BINS, targets="indicator,period,kind,low,high\n",
                       readings=READINGS + figures).overview())  # fmt: skip

    assert "Clean air 50% 2021/22 Not given 60% 2022/23" in said


# Milestones.


def test_milestones_stand_by_objective_in_the_council_s_words(place: DirectoratePage) -> None:
    """Each objective heads its own table, counts come first, and no other directorate's milestones are there."""
    said = repr(place.milestones())

    assert said.startswith("Of three milestones, one is achieved, one on track and one at risk. Green town Of two")
    assert "Safe town The one milestone is on track." in said
    assert "M1: Put up benches 31 August 2023 ● Done Head of Parks Stated as done." in said
    assert "M2: Mend the paths 31 March 2024 ▲ Some problems Head of Parks The contractor is late. Stated as" in said
    assert "M3: Light the square 31 December 2023 ● On track No owner named Stated as on track" in said
    assert "M4" not in said
    assert place.milestones().html.count("<h3>") == 2


def test_a_directorate_without_milestones_says_so(opened: Callable[..., DirectoratePage]) -> None:
    """There is no empty table, and the key leaves their states out."""
    page = opened()

    assert repr(page.milestones()) == "The records hold no milestones of Place for this quarter."
    assert "It has no milestones for this quarter." in repr(page.headline())
    assert "Progress of milestones" not in repr(page.key())


def test_text_of_milestones_is_printed_and_not_run() -> None:
    """A script in any of their texts comes out as text."""
    bad = "<script>alert(1)</script>"
    row = dict.fromkeys(("objective", "milestone", "text", "owner", "commentary"), bad)
    frame = pd.DataFrame([{"quarter": AT.text, "due": "2024-03-31", "status": "", "forecast": "", **row}])
    html = progress.milestones(milestone.assess(frame, {state: (state,) for state in MILESTONES}, AT)).html

    assert bad not in html
    assert html.count("&lt;script&gt;") == 5


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["missed"], "The one milestone is missed."),
        (["achieved"] * 2, "Both milestones are achieved."),
        (["not yet due"] * 12, "All 12 milestones are not yet due."),
        (["missed", "achieved", "missed"], "Of three milestones, one is achieved and two missed."),
    ],
)
def test_milestones_are_counted_in_words(states: list[str], said: str) -> None:
    """The best state comes first, and what all share is said of all."""
    assert words.milestones(milestone.counts(pd.DataFrame({"state": states})).loc["all"]) == said


# Changes.


def test_milestones_that_moved_stand_among_the_changes(place: DirectoratePage) -> None:
    """Each shows how it stood then and stands now, with what moved it; the others are left out."""
    said = repr(place.changes())

    assert "Two milestones have moved since Quarter 1 2023/24: one achieved and one slipped." in said
    assert "M1: Put up benches ● On track ● Done Achieved since then." in said
    assert (
        "M2: Mend the paths ● On track ▲ Some problems Now expected 30 April 2024, "
        "30 days later than was expected then." in said
    )
    assert "M3" not in said


def test_without_milestones_then_none_is_said_to_have_moved(opened: Callable[..., DirectoratePage]) -> None:
    """A first quarter with milestones has nothing to compare them with; nor has one where nothing moved."""
    first = MILESTONES_CSV + f"2023-24-Q2,{LAMPS},,Place,,,\n"
    again = first + f"2023-24-Q1,{LAMPS},,Place,,,\n"

    assert repr(opened(milestones=first).changes()).endswith(
        "There are no milestones of Quarter 1 2023/24, so none can have moved."
    )
    assert repr(opened(milestones=again).changes()).endswith("No milestone has moved since Quarter 1 2023/24.")


# High risks.


def test_high_risks_stand_with_their_mitigation_measures(place: DirectoratePage) -> None:
    """Scores before and after, the movement, and each measure with owner, date and how far; the others are left out."""
    said = repr(place.risks())

    assert "Risks whose score is high (10 to 15) or very high (16 to 25), before their actions or after them;" in said
    assert "R1: Bridges fail Head of Bridges 20 very high 12 high ↑ Better from 16 1 1 overdue" in said
    assert "R2: Floods No owner named 12 high 4 low New 0" in said
    assert "R1 Bridges fail Replace the bearings. Head of Bridges 31 August 2023 ◆ Overdue In progress" in said
    assert said.index("Replace the bearings.") < said.index("Weigh lorries. Head of Roads 30 June 2023 Done")
    assert said.endswith("No mitigation measure is recorded for R2.")
    for other in ("R3", "O1", "R9", "Buy nets"):
        assert other not in said
    assert 'href="register.html#R1"' in place.risks().html


def test_where_no_risk_is_high_one_sentence_says_so(opened: Callable[..., DirectoratePage]) -> None:
    """No register, no risk of this directorate, opportunities alone, or no high risk: each is said plainly."""
    grant = RISKS + "2023-24-Q2,O1,opportunity,A grant,Money,,4,4,16,5,4,20,level,Place\n"
    low = RISKS + "2023-24-Q2,R1,risk,Gulls,Assets,,2,2,4,1,2,2,level,Place\n"
    other = RISKS + "2023-24-Q2,R1,risk,Gulls,Assets,,5,5,25,5,5,25,level,Schools\n"
    unruled = re.sub(r"  - .*risk_register.*\n", "", FRAMEWORK[: FRAMEWORK.index("risk:\n")])

    assert repr(opened(risks=low).risks()) == "Its one risk is not high or very high, before actions or after them."
    assert repr(opened(risks=grant).risks()) == "Its part of the register holds no risk."
    assert repr(opened(risks=other).risks()) == ("The register names no risk or opportunity of Place for this quarter.")
    for page in (opened(risks=RISKS), opened(framework=unruled, risks=RISKS)):
        assert repr(page.risks()) == "The records hold no register for this quarter."


# The key.


def test_the_key_says_what_every_symbol_means(place: DirectoratePage) -> None:
    """Ratings by the rule in force, arrows against last year, and milestones in all of the council's words."""
    said = repr(place.key())

    for row in (
        "● Good The target is met.",
        "▲ Nearly The target is missed by no more than 10% of it.",
        "◆ Poor The target is missed by more than that.",
        "○ Not rated There is no figure or no target,",
        "↑ Improved Better than at the same quarter last year",
        "→ Maintained As it was at the same quarter last year, or no more than 0.5% better or worse.",
        "● Complete also: Done It is done.",
        "▲ Some problems It may not be done by its date",
        "◆ Missed Its date is over and it is not done",
    ):
        assert row in said


@pytest.mark.parametrize(
    ("rule", "labels", "said"),
    [
        ({"amber_within": None}, "green red", {"green": "The target is met.", "red": "The target is missed."}),
        (
            {"green_within": "2 points", "amber_within": None},
            "green red",
            {"green": "The target is met, or missed by no more than 2 points.",
             "red": "The target is missed by more than that."},
        ),
        (
            {"blue_beyond": "5%", "amber_within": "0%", "amber_if_improved": True},
            "blue green amber",
            {"blue": "The figure is more than 5% better than the target.",
             "green": "The target is met.",
             "amber": "The target is missed, and the figure is no worse than at the same quarter last year."},
        ),
        (
            {"yellow_within": "2%", "amber_if_forecast": True},
            "yellow amber red",
            {"yellow": "The target is missed by no more than 2% of it.",
             "amber": "The target is missed by more than that, but by no more than 5% of it. "
                      "Or by more, and the target of the year is forecast to be met.",
             "red": "The target is missed in any other way."},
        ),
        ({"amber_within": "0%"}, "amber", {"amber": "The council states it so."}),
    ],
)  # fmt: skip
def test_each_rating_has_its_meaning_under_a_rule(rule: dict[str, str], labels: str, said: dict[str, str]) -> None:
    """Only the ratings that have a label are said, from best to worst."""
    given = Rule(**{"from": "2015-16-Q1", **rule})

    assert words.meanings(given, dict.fromkeys(labels.split(), "")) == said


def test_every_part_says_something(opened: Callable[..., DirectoratePage]) -> None:
    """With no records beside the measures, every part of the page still speaks, and nothing prints a gap."""
    page = opened()
    parts = "title headline statements milestones overview changes charts commentary risks sources key".split()

    for name in parts:
        said = repr(getattr(page, name)())
        assert said
        assert "nan" not in said
