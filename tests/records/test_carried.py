"""What nobody answered for: which risks and milestones stay as they were, and which have ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kpilib.records.ledger import Ledger, load_ledger

Council = Callable[..., Path]
FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2019-20-Q1}]
pages: [{page: streets, title: Streets, kind: priority}]
risk:
  impact: [Minor, Major]
  opportunity_impact: [Minor, Major]
  likelihood: [Rare, Likely]
  bands: {low: 1-2, high: 3-4}
"""
FILES = {
    "indicators": "indicator,name,page,directorate,frequency,good_is,unit,basis\n",
    "readings": "indicator,period,value,reported\n",
    "targets": "indicator,period,kind,low,high\n",
}
RISKS = (
    "quarter,risk,kind,title,type,owner,impact,likelihood,score,residual_impact,residual_likelihood,residual_score,"
    "direction,merged_from,exempt\n"
)
NOTES = "quarter,risk,kind,text,status\n"
MILESTONES = "quarter,objective,milestone,text,due,status,directorate,owner,exempt\n"


def register(*rows: str) -> str:
    """Write a register from texts: `Q1 R1`, then the direction and what was merged, if any; `exempt` last."""
    said = []
    for row in rows:
        quarter, risk, *words = row.split()
        exempt = "3" if "exempt" in words else ""
        direction, merged, *_ = [*(word for word in words if word != "exempt"), "", ""]
        said.append(
            f"2019-20-{quarter},{risk},risk,Title,,Owner,2,2,4,2,1,2,{direction or 'level'},{merged},{exempt}\n"
        )
    return RISKS + "".join(said)


def milestones(*rows: str) -> str:
    """Write milestones from texts: `Q1 M1 on track`; `exempt` first where one is."""
    said = []
    for row in rows:
        exempt = row.startswith("exempt ")
        quarter, name, status = row.removeprefix("exempt ").split(" ", 2)
        said.append(f"2019-20-{quarter},Clean,{name},Sweep,2020-09-30,{status},,,{'3' if exempt else ''}\n")
    return MILESTONES + "".join(said)


def stands(frame: pd.DataFrame, who: str) -> list[str]:
    """Say of each row what it is about, in which quarter, and whose answer it repeats: `Q2 R1 from Q1`."""
    return [
        f"{row['quarter'][-2:]} {row[who]}{' from ' + row['carried_from'][-2:] if row['carried_from'] else ''}"
        for _, row in frame.sort_values("quarter_end", kind="stable").iterrows()
    ]


@pytest.fixture
def load(council: Council) -> Callable[..., Ledger]:
    """Write a tiny council's risks, notes and milestones, and load them."""

    def loaded(edition: str = "public", framework: str = FRAMEWORK, **files: str) -> Ledger:
        return load_ledger("tiny", edition, council(framework, **(FILES | files)))

    return loaded


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["Q1 R1", "Q1 R2", "Q2 R2"], ["Q1 R1", "Q1 R2", "Q2 R1 from Q1", "Q2 R2"]),
        (["Q1 R1", "Q2 R2", "Q3 R2"], ["Q1 R1", "Q2 R1 from Q1", "Q2 R2", "Q3 R1 from Q1", "Q3 R2"]),
        (["Q1 R1", "Q2 R2", "Q3 R1"], ["Q1 R1", "Q2 R1 from Q1", "Q2 R2", "Q3 R1", "Q3 R2 from Q2"]),
        (["Q1 R1", "Q1 R2", "Q2 R1 closed", "Q2 R2", "Q3 R2"], ["Q1 R1", "Q1 R2", "Q2 R1", "Q2 R2", "Q3 R2"]),
        (["Q1 R1", "Q1 R2", "Q2 R1 level R2", "Q3 R1"], ["Q1 R1", "Q1 R2", "Q2 R1", "Q3 R1"]),
        (["Q1 R1", "Q3 R2"], ["Q1 R1", "Q3 R1 from Q1", "Q3 R2"]),
        (["Q3 R1"], ["Q3 R1"]),
    ],
    ids=["unanswered", "twice", "answered later", "closed", "merged", "after a quarter without any", "begun later"],
)
def test_a_risk_stays_until_it_is_closed_or_merged(
    load: Callable[..., Ledger], rows: list[str], expected: list[str]
) -> None:
    """Without a row it is carried into each quarter that has a register, and says whose answer it repeats."""
    assert stands(load(risks=register(*rows)).risks, "risk") == expected


def test_a_carried_risk_keeps_what_holds_and_nothing_of_its_last_quarter_alone(load: Callable[..., Ledger]) -> None:
    """Score and owner stay, and causes, controls and open actions; not its direction, progress, or what was done."""
    notes = "".join(
        f"2019-20-Q1,R1,{note}\n"
        for note in ("cause,Old,", "progress,So far,", "action,Mend it,planned", "action,Look,done")
    )
    ledger = load(risks=register("Q1 R1 increasing", "Q2 R2"), risk_notes=NOTES + notes)
    risk = ledger.risks[ledger.risks["carried_from"] != ""].iloc[0]
    kept = ledger.risk_notes[ledger.risk_notes["quarter"] == "2019-20-Q2"]

    assert risk[["quarter", "residual_score", "owner", "direction"]].tolist() == ["2019-20-Q2", 2, "Owner", ""]
    assert kept["text"].tolist() == ["Old", "Mend it"]


@pytest.mark.parametrize(
    "rows",
    [
        ["Q1 R1", "Q1 R2", "Q2 R2 level R1 exempt", "Q2 R3"],
        ["Q1 R1", "Q1 R3", "Q2 R1 level exempt", "Q2 R3", "Q3 R3"],
        ["Q1 R1", "Q1 R3", "Q2 R1 closed exempt", "Q2 R3"],
    ],
    ids=["merged into an exempt one", "exempt later", "closed and exempt"],
)
def test_the_public_is_not_told_that_what_is_exempt_was_not_confirmed(
    load: Callable[..., Ledger], rows: list[str]
) -> None:
    """A risk that the public may no longer see does not come back as one that nobody answered for."""
    assert [row for row in stands(load(risks=register(*rows)).risks, "risk") if "from" in row] == []


def test_what_is_carried_of_part_ii_is_counted_there(load: Callable[..., Ledger]) -> None:
    """An exempt risk that nobody answered for stands in the restricted edition, so the public one counts it."""
    ledger = load(risks=register("Q1 R1 level exempt", "Q2 R2"))
    held = ledger.withheld[ledger.withheld["kind"] == "risk or opportunity"]

    assert stands(ledger.risks, "risk") == ["Q2 R2"]
    assert len(held) == 2


def test_a_printed_register_is_complete(load: Callable[..., Ledger]) -> None:
    """Of a paper that was transcribed, what is not in it has ended, as it always did."""
    printed = f"{FRAMEWORK}commentary: as printed\n"
    ledger = load(framework=printed, risks=register("Q1 R1", "Q2 R2"), milestones=milestones("Q1 M1 ", "Q2 M2 "))

    assert stands(ledger.risks, "risk") == ["Q1 R1", "Q2 R2"]
    assert stands(ledger.milestones, "milestone") == ["Q1 M1", "Q2 M2"]


@pytest.mark.parametrize("status", ["achieved", "Closed"])
def test_a_milestone_stays_until_it_is_achieved_or_closed(load: Callable[..., Ledger], status: str) -> None:
    """An open one without a row is carried, again and again; one that has ended is not."""
    said = milestones("Q1 M1 on track", f"Q1 M2 {status}", "Q2 M3 ", "Q3 M3 ")
    found = stands(load(milestones=said).milestones, "milestone")

    assert found == ["Q1 M1", "Q1 M2", "Q2 M1 from Q1", "Q2 M3", "Q3 M1 from Q1", "Q3 M3"]


def test_a_council_s_own_word_closed_means_what_the_council_means(load: Callable[..., Ledger]) -> None:
    """Where framework.yml calls an open milestone closed, it is not ended by that word."""
    own = f"{FRAMEWORK}milestones: {{at risk: [Closed]}}\n"
    said = milestones("Q1 M1 Closed", "Q2 M2 ")

    assert "Q2 M1 from Q1" in stands(load(framework=own, milestones=said).milestones, "milestone")


def test_an_exempt_milestone_is_carried_for_the_restricted_edition_alone(load: Callable[..., Ledger]) -> None:
    """The row that is repeated is exempt, and so is the one that repeats it."""
    said = milestones("Q1 M1 on track", "exempt Q2 M1 on track", "Q3 M2 on track")

    assert stands(load(milestones=said).milestones, "milestone") == ["Q1 M1", "Q3 M2"]
    assert "Q3 M1 from Q2" in stands(load("restricted", milestones=said).milestones, "milestone")


def test_an_action_that_was_done_in_a_quarter_without_an_answer_stays_done(load: Callable[..., Ledger]) -> None:
    """Notes are carried from the register before, as it was filled: what was added goes on, what was done ends."""
    notes = NOTES + (
        "2019-20-Q1,R1,action,Mend the roof,in progress\n2019-20-Q2,R1,action,Mend the roof,done\n"
        "2019-20-Q2,R1,action,Paint the door,planned\n"
    )
    held = load(risks=register("Q1 R1", "Q2 R2", "Q3 R2"), risk_notes=notes).risk_notes

    assert held.loc[held["quarter"] == "2019-20-Q3", "text"].tolist() == ["Paint the door"]


def test_a_quarter_in_which_nobody_answered_for_any_is_filled_too(load: Callable[..., Ledger]) -> None:
    """Any record of the quarter will do: here a milestone, with a register in which every answer is missing."""
    ledger = load(risks=register("Q1 R1"), milestones=milestones("Q1 M1 on track", "Q2 M1 on track"))

    assert stands(ledger.risks, "risk") == ["Q1 R1", "Q2 R1 from Q1"]
