"""What the pages of a register say: changes, course, appetite, actions and directorates, on a made-up register."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import borough
import pandas as pd
import pytest

import kpilib as kpi
from kpilib.pages.listing import milestones_csv, risks_csv
from kpilib.pages.open_points import open_points, sentences
from kpilib.pages.page import Page
from kpilib.pages.register import RegisterPage
from kpilib.records.ledger import load_ledger
from kpilib.records.periods import quarter

AT = quarter("2019-20-Q3")
FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2019-20-Q1}]
pages:
  - {page: streets, title: Clean streets, kind: priority}
  - {page: register, title: Risks, kind: risk_register}
  - {page: place, title: "Risks: Place", kind: risk_register, directorate: Place}
  - {page: nowhere, title: "Risks: Nowhere", kind: risk_register, directorate: Nowhere}
risk:
  impact: [Insignificant, Minor, Moderate, Major, Catastrophic]
  opportunity_impact: [Insignificant, Minor, Moderate, Major, Outstanding]
  likelihood: [Rare, Unlikely, Possible, Likely, Certain]
  bands: {low: 1-4, medium: 5-9, high: 10-15, very high: 16-25}
"""
APPETITE = FRAMEWORK + "  appetite: {People: medium, Money: 12}\n"
HEADS = {
    "indicators": "indicator,name,page,directorate,frequency,good_is,unit,basis\n",
    "readings": "indicator,period,value,reported\n",
    "targets": "indicator,period,kind,low,high\n",
}
RISK = {
    "quarter": AT.text,
    "risk": "R1",
    "kind": "risk",
    "title": "Bridges fail",
    "type": "Assets",
    "owner": "Head of Bridges",
    "impact": 5,
    "likelihood": 4,
    "score": 20,
    "residual_impact": 4,
    "residual_likelihood": 3,
    "residual_score": 12,
    "direction": "level",
    "target_score": "",
    "target_date": "",
    "progress": "",
    "merged_from": "",
    "directorate": "Place",
    "note": "",
    "exempt": "",
}
NOTE = {"quarter": AT.text, "risk": "R1", "kind": "action", "text": "", "owner": "", "due": "", "status": ""}
BEFORE = {"quarter": "2019-20-Q2"}
AIM = {"target_score": 8, "target_date": "2020-06-30"}
FIRST = {"quarter": "2019-20-Q1", "residual_likelihood": 4, "residual_score": 16}
PEOPLE = {"risk": "R2", "title": "Staff leave", "type": "People", "directorate": "Resources"}
GRANT = {"risk": "O1", "kind": "opportunity", "title": "Win a grant", "impact": 3, "likelihood": 3, "score": 9}


def table(default: dict[str, Any], rows: tuple[dict[str, Any], ...]) -> str:
    """Write rows of a file, each by what differs in it."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(default))
    writer.writeheader()
    writer.writerows([default | row for row in rows])
    return file.getvalue()


def write(
    root: Path, *rows: dict[str, Any], notes: tuple[dict[str, Any], ...] = (), framework: str = FRAMEWORK, **files: str
) -> Path:
    """Write a tiny council with a register."""
    for folder in ("params", "data"):
        (root / folder / "tiny").mkdir(parents=True)
    (root / "params/tiny/framework.yml").write_text(framework, "utf-8")
    records = {**HEADS, "risks": table(RISK, rows), "risk_notes": table(NOTE, notes), **files}
    for name, text in records.items():
        (root / f"data/tiny/{name}.csv").write_text(text, "utf-8")
    return root


def opened(root: Path, page: str = "register", edition: str = "public") -> RegisterPage:
    """Open a page of the register."""
    found = kpi.open_page("tiny", page, AT.text, edition, root=root)
    assert isinstance(found, RegisterPage)
    return found


def parts(page: Page) -> str:
    """Give everything that a page of the register can show, as HTML."""
    asked = "title headline matrix changes profile overview by_directorate commentary actions gaps sources".split()
    return " ".join(getattr(page, name)().html for name in asked)


def words(page: RegisterPage, name: str) -> str:
    """Give the words of one part of a page."""
    return repr(getattr(page, name)())


# What has changed.


def test_changes_are_said_for_better_or_for_worse(tmp_path: Path) -> None:
    """A lower score is better for a risk, a higher one for an opportunity; the scores are named."""
    rows = [RISK | {"risk": number} for number in ("R1", "R2", "R3")] + [GRANT, GRANT | {"risk": "O2"}]
    then = [{"residual_score": score} for score in (16, 9, 12, 9, 16)]
    root = write(tmp_path, *rows, *[row | BEFORE | score for row, score in zip(rows, then, strict=True)])

    said = words(opened(root), "changes")

    assert "Risks with a lower score, which is better: R1 “Bridges fail” (from 16 to 12)." in said
    assert "Risks with a higher score, which is worse: R2 “Bridges fail” (from 9 to 12)." in said
    assert "Opportunities with a higher score, which is better: O1 “Win a grant” (from 9 to 12)." in said
    assert "Opportunities with a lower score, which is worse: O2 “Win a grant” (from 16 to 12)." in said
    assert "Level: R3." in said


MERGED = (
    {"merged_from": "R3; R4"},
    {"risk": "R9", "direction": "new"},
    BEFORE,
    *[BEFORE | {"risk": number, "title": f"Title of {number}"} for number in ("R3", "R5")],
    BEFORE | {"risk": "R4", "title": "A secret deal", "exempt": "paragraph 3"},
    {"risk": "R5", "title": "Title of R5", "direction": "closed"},
)


def test_what_is_new_closed_or_merged_is_named(tmp_path: Path) -> None:
    """What is closed is named, and what another says that it took in."""
    said = words(opened(write(tmp_path, *MERGED), edition="restricted"), "changes")

    assert "New: R9 “Bridges fail”." in said
    assert "Closed: R5 “Title of R5”." in said
    assert "Merged: R3 “Title of R3” into R1 and R4 “A secret deal” into R1." in said


def test_the_public_is_not_told_of_an_exempt_risk_that_was_merged(tmp_path: Path) -> None:
    """Neither the page nor the published list names it."""
    root = write(tmp_path, *MERGED)
    html = parts(opened(root)) + risks_csv(load_ledger("tiny", "public", root), AT)

    assert "Merged: R3 “Title of R3” into R1." in words(opened(root), "changes")
    assert "R4" not in html
    assert "secret" not in html


def test_what_is_gone_stands_in_no_table(tmp_path: Path) -> None:
    """Closed and merged risks are said to be so, and have neither row nor card."""
    page = opened(write(tmp_path, *MERGED), edition="restricted")

    for name in ("profile", "overview", "commentary", "by_directorate", "gaps"):
        assert not re.search("R3|R4|R5", words(page, name))


UNCONFIRMED = "Not confirmed for Quarter 3 2019/20: as it stood in Quarter 2 2019/20."
SILENT = (
    PEOPLE,
    BEFORE | AIM | {"direction": "increasing"},
    BEFORE | PEOPLE,
    BEFORE | GRANT | {"directorate": "Resources"},
)


def test_what_nobody_confirmed_is_marked_wherever_it_stands(tmp_path: Path) -> None:
    """Table, profile, card, matrix, counts, changes and actions say so, and none of them that it is closed."""
    notes = (BEFORE | NOTE | {"quarter": "2019-20-Q2", "text": "Inspect.", "owner": "Head of Bridges"},)
    page = opened(write(tmp_path, *SILENT, notes=notes))
    count = "Two of three risks and opportunities were not confirmed for this quarter."

    assert words(page, "headline").endswith(count)
    assert count in words(page, "by_directorate")
    assert f"R1 Bridges fail {UNCONFIRMED} 20 very high 12 high Head of Bridges · Not stated" in words(page, "overview")
    assert words(page, "overview").count(UNCONFIRMED) == words(page, "commentary").count(UNCONFIRMED) == 2
    assert words(page, "profile").count(UNCONFIRMED) == 2
    assert "Not confirmed for this quarter: R1." in words(page, "matrix")
    assert "R1 Bridges fail (not confirmed for this quarter) Inspect." in words(page, "actions")
    said = "Level: R2. Not confirmed for this quarter, and told as before: R1 and O1."
    assert words(page, "changes") == f"{said} As the papers state the direction of travel: level: R2."
    assert "losed" not in parts(page)


def test_a_later_answer_is_held_against_what_stood_before(tmp_path: Path) -> None:
    """After a quarter that nobody confirmed, the score is compared with the one that was told then."""
    page = opened(write(tmp_path, {}, FIRST, PEOPLE, BEFORE | PEOPLE))

    assert "Risks with a lower score, which is better: R1 “Bridges fail” (from 16 to 12)." in words(page, "changes")


def test_a_register_of_which_all_is_closed_is_not_missing(tmp_path: Path) -> None:
    """It says that nothing is open, and what was closed; the check asks for no register."""
    root = write(tmp_path, BEFORE, {"direction": "closed"})

    assert words(opened(root), "headline") == "No risk or opportunity is open."
    assert words(opened(root), "changes") == "Closed: R1 “Bridges fail”."
    assert [point.kind for point in open_points(load_ledger("tiny", root=root), AT) if point.stops] == []


def test_the_published_register_says_what_was_not_confirmed(tmp_path: Path) -> None:
    """Its movement is neither level nor closed."""
    found = risks_csv(load_ledger("tiny", "public", write(tmp_path, *SILENT)), AT)

    movements = pd.read_csv(io.StringIO(found)).set_index("risk")["movement"].to_dict()
    assert movements == {"R1": "not confirmed", "R2": "level", "O1": "not confirmed"}


def test_check_asks_each_owner_for_what_was_not_confirmed(tmp_path: Path) -> None:
    """One line for each owner, and each of their risks and milestones keeps the quarter from being released."""
    head = "quarter,objective,milestone,text,due,status,directorate,owner\n"
    late = "".join(f"2019-20-Q{row},2020-09-30,on track,Place,Head of Parks\n"
                   for row in ("2,Clean,M1,Sweep", "2,Clean,M2,Plant", "3,Clean,M3,Mow"))  # fmt: skip
    root = write(tmp_path, *SILENT, milestones=head + late)
    points = [point for point in open_points(load_ledger("tiny", root=root), AT) if point.stops]

    assert sentences(points) == [
        "risks not confirmed, Head of Bridges (2): R1 as it stood in Quarter 2 2019/20; "
        "O1 as it stood in Quarter 2 2019/20.",
        "milestones not confirmed, Head of Parks (2): M1 as it stood in Quarter 2 2019/20; "
        "M2 as it stood in Quarter 2 2019/20.",
    ]
    assert len(points) == 4


def test_a_closed_risk_has_no_open_action_and_its_closing_is_told(tmp_path: Path) -> None:
    """Its dated action stays in the records; one that has no row in the quarter before is told as closed too."""
    note = NOTE | {"text": "Mend the piers.", "owner": "Jo", "due": "2020-03-31"}
    other = {"risk": "R2", "title": "Ice"}
    page = opened(write(tmp_path, BEFORE, {"direction": "closed"}, other, notes=(note,)))
    new = opened(write(tmp_path / "new", other, {"direction": "closed"}))

    assert "Mend the piers." not in words(page, "actions")
    assert "Closed: R1" in words(page, "changes")
    assert "R1" in list(new.risks.loc[new.risks["movement"] == "closed", "risk"])


def test_where_nobody_answered_at_all_each_is_asked_of_its_owner(tmp_path: Path) -> None:
    """A quarter of which there is any record has what stood open before it, marked, though nobody answered for one."""
    head = "quarter,objective,milestone,text,due,status,directorate,owner\n"
    rows = (
        "2019-20-Q2,Clean,M1,Sweep,2020-09-30,on track,Place,Jo\n2019-20-Q2,Clean,M2,Plant,2020-09-30,achieved,Place,\n"
    )
    tallies = f"quarter,directorate,rating,indicators\n{AT.text},Place,green,1\n"
    ledger = load_ledger("tiny", root=write(tmp_path, BEFORE, milestones=head + rows, tallies=tallies))
    points = [point for point in open_points(ledger, AT) if point.stops]

    assert sentences(points) == [
        "risks not confirmed, Head of Bridges (1): R1 as it stood in Quarter 2 2019/20.",
        "milestones not confirmed, Jo (1): M1 as it stood in Quarter 2 2019/20.",
    ]


# Whether the risks are on course.


def test_the_profile_shows_course_appetite_and_open_actions(tmp_path: Path) -> None:
    """Each risk has its score, target, course, appetite, actions and the reasons in words."""
    notes = (
        NOTE | {"text": "Replace the bearings.", "owner": "Head of Bridges", "due": "2019-11-30"},
        NOTE | {"text": "Weigh lorries.", "due": "2020-02-28"},
        NOTE | {"text": "Inspect.", "status": "done"},
    )
    people = PEOPLE | {"residual_likelihood": 4, "residual_score": 16}
    root = write(tmp_path, AIM, FIRST | AIM, people, GRANT, notes=notes, framework=APPETITE)

    said = words(opened(root), "profile")

    assert (
        "R1: Bridges fail Head of Bridges 12 high 8 by 30 June 2020 ● On course None set 2 1 overdue The score is 12; "
        "an even path from 16 in Quarter 1 2019/20 to the target of 8 by 30 June 2020 would be at 12 now, so it is on "
        "course." in said
    )
    assert (
        "R2: Staff leave Head of Bridges 16 very high None set ○ Not rated Up to 9 above it 0 There is no target "
        "score, and no date for one. The score is 7 above the 9 that is acceptable for this type of risk." in said
    )
    assert "O1: Win a grant Head of Bridges 12 high None set ○ Not rated 0 There is no target score" in said


def test_a_stated_course_is_said_to_be_stated(tmp_path: Path) -> None:
    """What the council states is shown, and the computed course is in the reason."""
    said = words(opened(write(tmp_path, AIM | {"progress": "red"}, FIRST | AIM)), "profile")

    assert "◆ Off course as stated" in said
    assert said.endswith("By the score alone it is on course. The council states off course.")


def test_a_register_without_targets_says_so(tmp_path: Path) -> None:
    """There is no empty table; where there is an appetite its table stands, without course and target."""
    none = "This register gives no target scores or dates yet, so no course can be judged."
    bare = opened(write(tmp_path / "bare", {}))
    kept = opened(write(tmp_path / "kept", PEOPLE, framework=APPETITE))

    assert words(bare, "profile") == none
    assert words(kept, "profile").startswith(f"{none} Scores once actions are taken")
    assert "Up to 9 above it" in words(kept, "profile")
    assert "Course" not in kept.profile().html
    assert "Target" not in kept.profile().html


def test_without_an_appetite_nothing_speaks_of_it(tmp_path: Path) -> None:
    """A framework without appetites has no column for them."""
    assert "ppetite" not in parts(opened(write(tmp_path, AIM, FIRST | AIM)))


def test_a_card_shows_target_course_and_appetite_where_they_are_given(tmp_path: Path) -> None:
    """The card of a risk that has them says them with their reasons; that of another is silent on them."""
    money = AIM | {"type": "Money", "residual_likelihood": 4, "residual_score": 16}
    page = opened(write(tmp_path, money, FIRST | AIM, GRANT, framework=APPETITE))
    first, second = page.commentary().html.split("</section>")[:2]

    for said in ("target, by 30 June 2020", "▲</span> Behind", "Up to 12", "acceptable; the score is above it"):
        assert said in first
        assert said not in second
    assert "so it is behind." in first
    assert "There is no target score" not in second
    assert "The score is 4 above the 12 that is acceptable" in first


# Who does what by when.


def test_open_actions_are_listed_by_date(tmp_path: Path) -> None:
    """Those with an owner or a date are in the table, the earliest first; the others are counted."""
    notes = (
        NOTE | {"text": "Later.", "due": "2020-03-31"},
        NOTE | {"text": "Nobody, never."},
        NOTE | {"text": "Some day.", "owner": "Head of Roads", "status": "planned"},
        NOTE | {"text": "Late.", "due": "2019-11-30", "status": "in progress"},
        NOTE | {"text": "Done.", "owner": "Head of Roads", "status": "done"},
    )
    said = words(opened(write(tmp_path, {}, notes=notes)), "actions")

    assert "R1 Bridges fail Late. No owner named 30 November 2019 ◆ Overdue In progress" in said
    assert "R1 Bridges fail Some day. Head of Roads No date Planned" in said
    assert re.search(r"Late\..*Later\..*Some day\.", said)
    assert not re.search(r"Done\.|Nobody", said)
    assert said.endswith("One open action names neither an owner nor a date; it stands on the card of its risk.")


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ((), "No action is open."),
        ((NOTE | {"text": "a", "status": "done"},), "No action is open."),
        ((NOTE | {"text": "a", "owner": "b"},), "Every open action names an owner or a date."),
        (
            (NOTE | {"text": "a"}, NOTE | {"text": "b"}),
            "Two open actions name neither an owner nor a date; they stand on the cards of their risks.",
        ),
    ],
)
def test_what_names_nobody_is_counted(tmp_path: Path, notes: tuple[dict[str, Any], ...], said: str) -> None:
    """How many open actions name neither an owner nor a date is said below the table, or in its place."""
    assert words(opened(write(tmp_path, {}, notes=notes)), "actions").endswith(said)


# By directorate.


def test_directorates_have_their_counts_and_highest_score(tmp_path: Path) -> None:
    """Risks and opportunities are counted, and the highest score of a risk is that of the directorate."""
    high = {"risk": "R3", "residual_likelihood": 4, "residual_score": 16}
    page = opened(write(tmp_path, {}, high, PEOPLE, GRANT | {"directorate": ""}, framework=APPETITE))
    said = words(page, "by_directorate")

    assert "Place 2 0 16 very high 0" in said
    assert "Resources 1 0 12 high 1" in said
    assert "No directorate named 0 1 No risks 0" in said
    assert said.endswith("All 3 1 16 very high 1")


def test_a_register_without_directorates_says_so(tmp_path: Path) -> None:
    """There is no table of one empty name."""
    page = opened(write(tmp_path, {"directorate": ""}))

    assert words(page, "by_directorate") == "The register does not say which directorate has which risk."


def test_a_directorate_s_page_is_about_it_alone(tmp_path: Path) -> None:
    """Risks, notes, gaps, changes and sources of other directorates are not on it."""
    other = PEOPLE | {"owner": "", "note": "A note on R2"}
    notes = (NOTE | {"risk": "R2", "text": "Pay more."}, NOTE | {"text": "Paint them.", "owner": "Head of Paint"})
    root = write(tmp_path, {"note": "A note on R1"}, other, BEFORE, BEFORE | PEOPLE, BEFORE | {"risk": "R7"},
                 BEFORE | PEOPLE | {"risk": "R8"}, {"risk": "R7", "direction": "closed"},
                 PEOPLE | {"risk": "R8", "direction": "closed"}, notes=notes)  # fmt: skip
    page = opened(root, "place")
    html = parts(page)

    assert page.risks["risk"].tolist() == ["R1", "R7"]
    assert page.risk_notes["text"].tolist() == ["Paint them."]
    assert "Risks: Place" in html
    assert "one risk" in words(page, "title")
    for said in ("Bridges fail", "Paint them.", "A note on R1", "Closed: R7 “", "Level: R1."):
        assert said in html
    assert not re.search(r"R2|R8|Staff leave|Pay more|No owner is named", html)
    assert words(page, "by_directorate") == "All of these are of one directorate: Place."
    assert "R2" in parts(opened(root))


def test_a_directorate_without_risks_says_so(tmp_path: Path) -> None:
    """A page of a directorate that the register does not name is no error."""
    page = opened(write(tmp_path, {}), "nowhere")
    said = "The register names no risk or opportunity of Nowhere for this quarter."

    for name in ("headline", "changes", "profile", "actions", "gaps"):
        assert words(page, name) == said


@pytest.mark.parametrize("page", ["register", "place"])
@pytest.mark.parametrize("rows", [[], [BEFORE]])
def test_a_quarter_without_a_register_says_so(tmp_path: Path, page: str, rows: list[dict[str, Any]]) -> None:
    """Where the quarter has no register, every part that would be about it says so, and nothing is closed."""
    milestones = (
        f"quarter,objective,milestone,text,due,status,directorate,owner\n{AT.text},Grow,M1,Plant,2030-01-01,,,\n"
    )
    printed = FRAMEWORK + "commentary: as printed\n"  # elsewhere what stood open before is carried
    shown = opened(write(tmp_path, *rows, milestones=milestones, framework=printed), page)

    for name in ("headline", "changes", "profile", "actions", "gaps"):
        assert words(shown, name) == "The records hold no register for this quarter."
    assert "nan" not in parts(shown).lower()


# Nothing is run, nothing leaks, nothing is lost.


def test_text_of_the_register_is_printed_and_not_run(tmp_path: Path) -> None:
    """A script in any text of the register comes out as text, on the page of the council and of the directorate."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    texts = {"title": bad, "type": bad, "owner": bad, "directorate": bad, "note": bad}
    root = write(
        tmp_path,
        AIM | texts,
        FIRST | AIM | texts,
        notes=(NOTE | {"text": bad, "owner": bad, "due": "2019-10-31"}, NOTE | {"kind": "control", "text": bad}),
        framework=APPETITE.replace("Money", f'"{bad}"').replace("directorate: Place", f'directorate: "{bad}"'),
    )

    for name in ("register", "place"):
        html = parts(opened(root, name))
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert html.count("&lt;script&gt;alert(1)") > 8


def test_the_published_register_has_course_appetite_and_movement(tmp_path: Path) -> None:
    """What the judgement adds stands in risks.csv, gone risks too."""
    root = write(tmp_path, AIM | {"merged_from": "R5"}, FIRST | AIM, BEFORE | AIM, BEFORE | {"risk": "R5"}, PEOPLE,
                 framework=APPETITE)  # fmt: skip
    found = pd.read_csv(io.StringIO(risks_csv(load_ledger("tiny", root=root), AT)), keep_default_na=False)
    found = found.set_index("risk")

    assert found["movement"].to_dict() == {"R1": "level", "R2": "new", "R5": "merged"}
    assert found.loc["R1", ["course", "movement_direction", "merged_from"]].tolist() == ["green", "same", "R5"]
    assert found.loc["R2", ["appetite", "within_appetite"]].tolist() == ["9", "no"]
    assert found.loc["R5", "merged_into"] == "R1"


def test_check_lists_what_register_and_milestones_leave_open(tmp_path: Path) -> None:
    """Each gap is a line with the page, the risk or the milestone that it is about."""
    late = "quarter,objective,milestone,text,due,status,directorate,owner\n2019-20-Q3,Clean,M1,Sweep,2019-12-31,,,\n"
    root = write(tmp_path, PEOPLE, notes=(NOTE | {"risk": "R2", "text": "Pay."},), framework=APPETITE, milestones=late)

    assert sentences(open_points(load_ledger("tiny", root=root), AT)) == [
        "page place: No record is of the directorate 'Place'.",
        "page nowhere: No record is of the directorate 'Nowhere'.",
        "R2: The score is above the appetite for its type.",
        "R2: An action has neither owner nor date.",
        "M1: It is missed or at risk, and has no commentary.",
        "M1: It is missed, and has no new date.",
        "M1: No owner is named.",
    ]


def test_the_published_milestones_have_state_and_reason(tmp_path: Path) -> None:
    """They stand at the end of each row, by the council's own words."""
    head = "quarter,objective,milestone,text,due,status,directorate,owner\n"
    root = write(tmp_path, {}, framework=f"{FRAMEWORK}milestones: {{achieved: [Done]}}\n",
                 milestones=f"{head}2019-20-Q3,Clean,M1,Sweep,2020-03-31,done,,\n")  # fmt: skip

    assert milestones_csv(load_ledger("tiny", root=root), AT).splitlines() == [
        "quarter,objective,milestone,text,due,status,directorate,owner,forecast,commentary,state,reason",
        "2019-20-Q3,Clean,M1,Sweep,2020-03-31,done,,,,,achieved,Stated as done.",
    ]


def test_check_names_the_risks_that_are_no_longer_listed(tmp_path: Path) -> None:
    """In a transcribed paper a risk may have been left out by mistake, so somebody is to look at it."""
    now = "2019-20-Q3,R2,risk,"
    root = write(tmp_path, PEOPLE, framework=f"{APPETITE}commentary: as printed\n")
    path = root / "data/tiny/risks.csv"
    head, *rows = path.read_text("utf-8").splitlines()
    gone = [row.replace(now, "2019-20-Q2,R9,risk,") for row in rows if row.startswith(now)]
    path.write_text("\n".join([head, *rows, *gone]) + "\n", "utf-8")

    said = sentences(open_points(load_ledger("tiny", root=root), AT))

    assert [line for line in said if line.startswith("R9")] == [
        "R9: It has no row for Quarter 3 2019/20, so it is no longer in the register; if it is open, its answer is "
        "missing."
    ]


def test_a_risk_that_an_exempt_one_took_in_is_not_said_to_be_closed(tmp_path: Path) -> None:
    """The public is told that it is no longer in the register, and nothing of what took it in."""
    data = borough.found(tmp_path) / "data" / borough.SLUG
    said = {name: (data / f"{name}.csv").read_text("utf-8").splitlines() for name in ("risks", "risk_notes")}
    taken = [line.replace("level,,,,,People", "level,,,,R1,People") for line in said["risks"]]
    for name, lines in {"risks": taken, "risk_notes": said["risk_notes"]}.items():
        kept = [line for line in lines if not line.startswith(f"{borough.AT},R1,")]
        kept = [line.replace(",R1,People", ",,People") if "Q1,R2" in line else line for line in kept]
        if name == "risks":  # a register that has a public risk yet
            kept += [line.replace("Q1,R1", "Q2,R3").replace("Floods", "Ice") for line in lines if "Q1,R1" in line]
        (data / f"{name}.csv").write_text("\n".join(kept) + "\n", "utf-8")
    pages = {edition: kpi.open_page(borough.SLUG, "register", borough.AT, edition, root=tmp_path)
             for edition in ("public", "restricted")}  # fmt: skip
    texts = {edition: repr(page.headline()) + repr(page.changes()) for edition, page in pages.items()}

    assert "No longer in the register: R1 “Floods in the market”." in texts["public"]
    assert "Merged: R1 “Floods in the market” into R2." in texts["restricted"]
    assert not any(word in texts["public"] for word in ("Closed", "R2", "Merged"))
