"""Risks and opportunities: score, band, movement, and what a register leaves open."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from kpilib.judgement.risk import assess, band, gaps
from kpilib.records.periods import quarter

BANDS = {"low": (1, 4), "medium": (5, 9), "high": (10, 15), "very high": (16, 25)}
AT = quarter("2019-20-Q3")
LAST_DAY = "2019-12-31"


def register(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build a register as records hold it: a risk of 16 that its actions bring down to 12, with nothing open."""
    default = {
        "quarter": "2019-20-Q3",
        "risk": "CR1",
        "kind": "risk",
        "owner": "Director of Highways",
        "impact": 4.0,
        "likelihood": 4.0,
        "score": 16,
        "residual_impact": 4.0,
        "residual_likelihood": 3.0,
        "residual_score": 12,
        "direction": "level",
        "target_date": "",
    }
    built = pd.DataFrame([default | row for row in rows], columns=list(default))
    return built.assign(quarter_end=[float(quarter(text).end) for text in built["quarter"]])


def notes(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build notes as records hold them: an action still to be done."""
    default = {"risk": "CR1", "kind": "action", "text": "Mend it.", "due": "2020-03-31", "status": "planned"}
    return pd.DataFrame([default | row for row in rows], columns=list(default))


def assessed(*rows: dict[str, Any]) -> pd.DataFrame:
    """Assess a register of one or more quarters at Quarter 3."""
    return assess(register(*rows), BANDS, AT)


# Bands.


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (1, "low"),
        (4, "low"),
        (5, "medium"),
        (9, "medium"),
        (10, "high"),
        (15, "high"),
        (16, "very high"),
        (25, "very high"),
        (0, ""),
        (26, ""),
        (math.nan, ""),
    ],
)
def test_a_band_holds_the_scores_from_its_lowest_to_its_highest(score: float, name: str) -> None:
    """Both ends belong to a band; no score, or one outside every band, has none."""
    assert name == band(pd.Series([score]), BANDS).iloc[0]


def test_both_scores_have_their_band() -> None:
    """The score before and the score after actions are each put into a band."""
    found = assessed({}).iloc[0]

    assert found[["band", "residual_band"]].tolist() == ["very high", "high"]


@pytest.mark.parametrize(
    ("kind", "score", "after", "effect"), [("risk", 16, 12, -4), ("risk", 16, 16, 0), ("opportunity", 12, 16, 4)]
)
def test_the_effect_is_what_actions_change_of_the_score(kind: str, score: int, after: int, effect: int) -> None:
    """The effect is the score after actions less the score before, for risks and opportunities alike."""
    found = assessed({"kind": kind, "score": score, "residual_score": after}).iloc[0]

    assert effect == found["effect"]


# Movement.


@pytest.mark.parametrize(("then", "movement"), [(9, "up"), (16, "down"), (12, "level")])
@pytest.mark.parametrize("kind", ["risk", "opportunity"])
def test_movement_is_since_the_last_quarter(kind: str, then: int, movement: str) -> None:
    """A score after actions that was lower in the quarter before has gone up, whatever the kind."""
    found = assessed({"kind": kind}, {"kind": kind, "quarter": "2019-20-Q2", "residual_score": then})

    assert found["movement"].tolist() == [movement]


def test_movement_is_that_of_the_score_after_actions() -> None:
    """A change of the score before actions alone is no movement."""
    assert assessed({}, {"quarter": "2019-20-Q2", "score": 25})["movement"].tolist() == ["level"]


def test_a_risk_that_was_not_there_is_new() -> None:
    """A risk that the last quarter's register did not have is new."""
    found = assessed({}, {"risk": "CR2"}, {"quarter": "2019-20-Q2"})

    assert dict(zip(found["risk"], found["movement"], strict=True)) == {"CR1": "level", "CR2": "new"}


def test_a_risk_that_is_gone_is_closed() -> None:
    """A risk that only the last quarter's register has stays as a row of its own, with the scores it had."""
    found = assessed({}, {"quarter": "2019-20-Q2"}, {"quarter": "2019-20-Q2", "risk": "CR2", "residual_score": 6})

    assert found["risk"].tolist() == ["CR1", "CR2"]
    assert found.loc[1, ["movement", "residual_band", "stated"]].tolist() == ["closed", "medium", ""]


def test_a_quarter_without_a_register_closes_nothing() -> None:
    """Where the quarter itself has no register, no risk is said to be closed."""
    assert "closed" not in assessed({"quarter": "2019-20-Q2"})["movement"].tolist()


@pytest.mark.parametrize("before", [[], [{"quarter": "2019-20-Q1"}], [{"quarter": "2018-19-Q3"}]])
def test_without_last_quarters_register_there_is_no_movement(before: list[dict[str, Any]]) -> None:
    """Where the last quarter has no register a risk is not called new, although an older one may have had it."""
    assert assessed({}, *before)["movement"].tolist() == ["no earlier register"]


def test_the_quarter_before_may_lie_in_the_year_before() -> None:
    """Quarter 1 is compared with Quarter 4 of the year before."""
    risks = register({"quarter": "2019-20-Q1"}, {"quarter": "2018-19-Q4", "residual_score": 16})

    assert assess(risks, BANDS, quarter("2019-20-Q1"))["movement"].tolist() == ["down"]


def test_a_later_register_does_not_count() -> None:
    """What a later quarter says is neither shown nor compared with."""
    assert assessed({}, {"quarter": "2019-20-Q4", "residual_score": 1})["movement"].tolist() == ["no earlier register"]


@pytest.mark.parametrize(
    ("direction", "stated"),
    [("increasing", "up"), ("level", "level"), ("reducing", "down"), ("new", "new"), ("", "not stated")],
)
def test_the_stated_direction_is_kept_beside_the_movement(direction: str, stated: str) -> None:
    """The council's own word is said in the same words as the movement, and does not change it."""
    found = assessed({"direction": direction}, {"quarter": "2019-20-Q2", "residual_score": 9}).iloc[0]

    assert found[["stated", "movement"]].tolist() == [stated, "up"]


# What does not hold together, and what is left open.


def found_gaps(*rows: dict[str, Any], **note: Any) -> list[str]:
    """Give the sentences about a register."""
    return gaps(register(*rows), notes(note), LAST_DAY)["gap"].tolist()


def test_a_register_in_order_has_no_gaps() -> None:
    """A risk and an opportunity that hold together have nothing said of them."""
    opportunity = {"risk": "CO1", "kind": "opportunity", "residual_likelihood": 5.0, "residual_score": 20}

    assert found_gaps({}, opportunity) == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"score": 20}, "The score is not impact times likelihood."),
        ({"residual_likelihood": 2.0}, "The score after actions is not impact times likelihood."),
        ({"residual_likelihood": 5.0, "residual_score": 20}, "The risk is worse after its actions."),
        ({"residual_likelihood": 4.0, "residual_score": 16}, "Its actions do not lower the score."),
        ({"kind": "opportunity"}, "The opportunity is smaller after its actions."),
        (
            {"kind": "opportunity", "residual_likelihood": 4.0, "residual_score": 16},
            "Its actions do not raise the score.",
        ),
        ({"owner": ""}, "No owner is named."),
        ({"direction": ""}, "No direction of travel is stated."),
        ({"target_date": "2019-12-30"}, "The date by which the score should be acceptable has passed."),
    ],
)
def test_each_gap_has_its_sentence(said: dict[str, Any], sentence: str) -> None:
    """Each thing that does not hold together is said in one sentence, and nothing else is said with it."""
    found = gaps(register({}, {"risk": "CR2", **said}), notes(), LAST_DAY)

    assert found.to_numpy().tolist() == [["CR2", sentence]]


@pytest.mark.parametrize("absent", [{"impact": math.nan}, {"likelihood": math.nan}])
def test_a_score_whose_parts_are_not_given_is_not_questioned(absent: dict[str, Any]) -> None:
    """Where the paper prints only the product, there is nothing for it to disagree with."""
    assert found_gaps({"score": 25, **absent}) == []


def test_an_overdue_action_is_said_once() -> None:
    """A risk with two overdue actions has the sentence once."""
    found = gaps(register({}), notes({"due": "2019-10-31"}, {"due": "2019-11-30", "status": ""}), LAST_DAY)

    assert found.to_numpy().tolist() == [["CR1", "An action is overdue."]]


@pytest.mark.parametrize(
    "note",
    [
        {"due": "2020-01-01"},
        {"due": ""},
        {"due": "2019-10-31", "status": "done"},
        {"due": "2019-10-31", "kind": "control"},
    ],
)
def test_what_is_done_or_not_yet_due_is_not_overdue(note: dict[str, Any]) -> None:
    """An action without a date, done, or due later, and a date beside anything else, are not overdue."""
    assert found_gaps({}, **note) == []


def test_the_day_itself_has_not_passed() -> None:
    """What is due, or should be acceptable, by the last day of the quarter is not late on that day."""
    assert found_gaps({"target_date": LAST_DAY}, due=LAST_DAY) == []


def test_all_that_is_wrong_is_said() -> None:
    """A risk with several gaps has a sentence for each."""
    assert found_gaps({"owner": "", "direction": "", "score": 17}) == [
        "The score is not impact times likelihood.",
        "No owner is named.",
        "No direction of travel is stated.",
    ]
