"""Risks and opportunities: score, band, movement, and what a register leaves open."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement.risk import actions, assess, band, gaps, high, standing, upper
from kpilib.records.periods import quarter

BANDS = {"low": (1, 4), "medium": (5, 9), "high": (10, 15), "very high": (16, 25)}
AT = quarter("2019-20-Q3")
LAST_DAY = "2019-12-31"
SCORES = st.integers(1, 25)
AT_DATES = datetime.date(2019, 7, 1), datetime.date(2029, 12, 31)
briefly = settings(deadline=None, max_examples=40)


def register(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build a register as records hold it: a risk of 16 that its actions bring down to 12, with nothing open."""
    default = {
        "quarter": "2019-20-Q3",
        "risk": "CR1",
        "kind": "risk",
        "type": "Money",
        "owner": "Director of Highways",
        "impact": 4.0,
        "likelihood": 4.0,
        "score": 16,
        "residual_impact": 4.0,
        "residual_likelihood": 3.0,
        "residual_score": 12,
        "direction": "level",
        "target_score": math.nan,
        "target_date": "",
        "review_date": "",
        "progress": "",
        "merged_from": "",
    }
    built = pd.DataFrame([default | row for row in rows], columns=list(default))
    return built.assign(quarter_end=[float(quarter(text).end) for text in built["quarter"]])


def notes(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build notes as records hold them: an action still to be done."""
    default = {
        "quarter": AT.text,
        "risk": "CR1",
        "kind": "action",
        "text": "Mend it.",
        "owner": "",
        "due": "2020-03-31",
        "status": "planned",
    }
    return pd.DataFrame([default | row for row in rows], columns=list(default))


def assessed(*rows: dict[str, Any], appetite: dict[str, int] | None = None) -> pd.DataFrame:
    """Assess a register of one or more quarters at Quarter 3."""
    return assess(register(*rows), BANDS, AT, appetite)


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
    ("names", "above"),
    [
        ("low medium high top", ["high", "top"]),
        ("low medium high", ["high"]),
        ("low minor medium high top", ["high", "top"]),
        ("low high", ["high"]),
        ("any", ["any"]),
    ],
)
def test_the_upper_bands_are_those_above_the_middle(names: str, above: list[str]) -> None:
    """Half of the bands are upper; the middle one of an odd number is not, unless it is the only one."""
    assert upper({name: (place, place) for place, name in enumerate(names.split(), 1)}) == above


def test_high_risks_are_those_of_an_upper_band_before_or_after_actions() -> None:
    """The highest after actions comes first; opportunities, lower risks and what is closed are left out."""
    found = high(
        assessed(
            {"risk": "CR1", "score": 12, "residual_score": 4},
            {"risk": "CR2", "score": 9, "residual_score": 6},
            {"risk": "CR3", "score": 9, "residual_score": 12},
            {"risk": "CR4", "score": 16, "residual_score": 12},
            {"risk": "CO1", "kind": "opportunity", "residual_score": 20},
            {"risk": "CR5", "quarter": "2019-20-Q2"},
        ),
        BANDS,
    )

    assert found["risk"].tolist() == ["CR4", "CR3", "CR1"]


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


def test_a_risk_that_is_gone_without_a_word_is_no_longer_listed() -> None:
    """A risk that only the last quarter's register has stays as a row of its own, and is not said to be closed."""
    found = assessed({}, {"quarter": "2019-20-Q2"}, {"quarter": "2019-20-Q2", "risk": "CR2", "residual_score": 6})

    assert found["risk"].tolist() == ["CR1", "CR2"]
    assert found.loc[1, ["movement", "residual_band", "stated"]].tolist() == ["no longer listed", "medium", ""]


def test_a_risk_is_closed_by_a_row_that_says_so() -> None:
    """Only a row of the quarter with the direction `closed` closes a risk."""
    found = assessed({}, {"quarter": "2019-20-Q2", "risk": "CR2"}, {"risk": "CR2", "direction": "closed"})

    assert dict(zip(found["risk"], found["movement"], strict=True)) == {"CR1": "new", "CR2": "closed"}


def test_a_quarter_without_a_register_closes_nothing() -> None:
    """Where the quarter itself has no register, no risk is said to be gone."""
    assert assessed({"quarter": "2019-20-Q2"})["movement"].tolist() == []


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
    return gaps(assessed(*rows), notes(note), AT)["gap"].tolist()


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
        ({"target_score": 8.0}, "A target score is given without a date."),
        ({"target_date": "2020-12-31"}, "A target date is given without a score."),
        ({"review_date": LAST_DAY}, "Its review date has passed."),
        ({"target_score": 20.0, "target_date": "2020-12-31"}, "The target is worse than the score before actions."),
        (
            {"target_score": 8.0, "target_date": LAST_DAY},
            "The date by which the score should be acceptable has passed.",
        ),
        ({"type": "People"}, "The score is above the appetite for its type."),
    ],
)
def test_each_gap_has_its_sentence(said: dict[str, Any], sentence: str) -> None:
    """Each thing that does not hold together is said in one sentence, and nothing else is said with it."""
    found = gaps(assessed({}, {"risk": "CR2", **said}, appetite={"People": 9}), notes({"risk": "CR2"}), AT)

    assert found.to_numpy().tolist() == [["CR2", sentence]]


@pytest.mark.parametrize("absent", [{"impact": math.nan}, {"likelihood": math.nan}])
def test_a_score_whose_parts_are_not_given_is_not_questioned(absent: dict[str, Any]) -> None:
    """Where the paper prints only the product, there is nothing for it to disagree with."""
    assert found_gaps({"score": 25, **absent}) == []


def test_an_overdue_action_is_said_once() -> None:
    """A risk with two overdue actions has the sentence once."""
    found = gaps(assessed({}), notes({"due": "2019-10-31"}, {"due": "2019-11-30", "status": ""}), AT)

    assert found.to_numpy().tolist() == [["CR1", "An action is overdue."]]


@pytest.mark.parametrize(
    "note",
    [
        {"due": "2020-01-01"},
        {"due": "", "owner": "Head of Roads"},
        {"due": "2019-10-31", "status": "done"},
        {"due": "2019-10-31", "kind": "control"},
        {"due": "2019-10-31", "quarter": "2019-20-Q2"},
    ],
)
def test_what_is_done_or_not_yet_due_is_not_overdue(note: dict[str, Any]) -> None:
    """An action without a date, done, due later or of another quarter, and a date beside else, are not overdue."""
    assert found_gaps({}, **note) == []


def test_the_last_day_itself_is_over() -> None:
    """What is due, or should be acceptable, by the last day of the quarter is late where it is not done by then."""
    target = {"target_score": 8.0, "target_date": LAST_DAY}

    assert found_gaps(target, due=LAST_DAY) == [
        "The date by which the score should be acceptable has passed.",
        "An action is overdue.",
    ]


def test_a_target_reached_by_its_date_has_not_passed() -> None:
    """A date that is over is no gap where the score got there."""
    assert found_gaps({"target_score": 12.0, "target_date": "2019-06-30"}) == []


def test_a_risk_already_below_its_target_is_no_gap() -> None:
    """A target above the present score, but not above the score before actions, is fine."""
    assert found_gaps({"target_score": 14.0, "target_date": "2020-12-31"}) == []


@pytest.mark.parametrize(("target", "said"), [(10.0, 1), (14.0, 0)])
def test_an_opportunity_s_target_is_worse_below_its_score(target: float, said: int) -> None:
    """For an opportunity a target below the score before actions is worse."""
    grown = {"kind": "opportunity", "score": 12, "impact": 3.0, "residual_likelihood": 5.0, "residual_score": 20}
    found = found_gaps({**grown, "target_score": target, "target_date": "2020-12-31"})

    assert said == found.count("The target is worse than the score before actions.")


@pytest.mark.parametrize(
    ("note", "said"),
    [({}, 0), ({"status": "done"}, 1), ({"kind": "control"}, 1), ({"risk": "CR2"}, 1), ({"quarter": "2019-20-Q2"}, 1)],
)
@pytest.mark.parametrize("short", [{"target_score": 8.0, "target_date": "2020-12-31"}, {"type": "People"}])
def test_what_is_not_yet_acceptable_needs_an_open_action(
    short: dict[str, Any], note: dict[str, Any], said: int
) -> None:
    """Above its target, or above the appetite, a risk needs an action that is not done, in this quarter's register."""
    found = gaps(assessed(short, appetite={"People": 9}), notes(note), AT)["gap"].tolist()

    assert said == found.count("The score is not yet acceptable, and no action is open.")


def test_an_action_of_nobody_is_said_once() -> None:
    """A risk with two open actions that name neither owner nor date has one sentence; done actions do not matter."""
    nobody = {"owner": "", "due": ""}
    listed = notes(nobody, {**nobody, "status": ""}, {**nobody, "risk": "CR2", "status": "done"})
    found = gaps(assessed({}, {"risk": "CR2"}), listed, AT)

    assert found.to_numpy().tolist() == [["CR1", "An action has neither owner nor date."]]


@pytest.mark.parametrize(
    ("direction", "then", "said"),
    [("reducing", 9, 1), ("level", 9, 1), ("increasing", 9, 0), ("new", 9, 0), ("", 9, 0), ("reducing", None, 0)],
)
def test_a_stated_direction_that_the_score_did_not_take(direction: str, then: int | None, said: int) -> None:
    """A stated direction is held against the score's own, where the last register has one."""
    before = [] if then is None else [{"quarter": "2019-20-Q2", "residual_score": then}]
    found = found_gaps({"direction": direction}, *before)

    assert said == found.count("The direction stated is not the one that the score took.")


def test_what_is_closed_leaves_nothing_open() -> None:
    """Of a risk that is gone no gap is said."""
    assert found_gaps({}, {"quarter": "2019-20-Q2"}, {"quarter": "2019-20-Q2", "risk": "CR2", "owner": ""}) == []


def test_all_that_is_wrong_is_said() -> None:
    """A risk with several gaps has a sentence for each."""
    assert found_gaps({"owner": "", "direction": "", "score": 17}) == [
        "The score is not impact times likelihood.",
        "No owner is named.",
        "No direction of travel is stated.",
    ]


# Better or worse, closed or merged.


@pytest.mark.parametrize(
    ("kind", "then", "way"),
    [
        ("risk", 16, "better"),
        ("risk", 9, "worse"),
        ("opportunity", 16, "worse"),
        ("opportunity", 9, "better"),
        ("risk", 12, "same"),
        ("opportunity", 12, "same"),
    ],
)
def test_lower_is_better_for_a_risk_and_higher_for_an_opportunity(kind: str, then: int, way: str) -> None:
    """A movement is said to be for better or worse by what is good for its kind."""
    found = assessed({"kind": kind}, {"kind": kind, "quarter": "2019-20-Q2", "residual_score": then}).iloc[0]

    assert found[["movement_direction", "previous_score"]].tolist() == [way, then]


def test_what_is_new_or_closed_is_neither_better_nor_worse() -> None:
    """Nothing can be said of what has only one score."""
    found = assessed({}, {"quarter": "2019-20-Q2", "risk": "CR2"})

    assert found["movement"].tolist() == ["new", "no longer listed"]
    assert found["movement_direction"].tolist() == ["cannot say", "cannot say"]


def test_a_risk_taken_into_another_is_merged_and_not_closed() -> None:
    """Only what the surviving risk names in merged_from is merged."""
    before = [{"quarter": "2019-20-Q2", "risk": number} for number in ("CR1", "CR2", "CR3", "CR4")]
    found = assessed({"merged_from": "CR2; CR3"}, *before).set_index("risk")

    assert found["movement"].to_dict() == {"CR1": "level", "CR2": "merged", "CR3": "merged", "CR4": "no longer listed"}
    assert found["merged_into"].to_dict() == {"CR1": "", "CR2": "CR1", "CR3": "CR1", "CR4": ""}
    assert standing(found).index.tolist() == ["CR1"]


# Appetite.


@pytest.mark.parametrize(
    ("said", "within"),
    [
        ({"residual_score": 9}, "yes"),
        ({"residual_score": 10}, "no"),
        ({"residual_score": 9, "score": 25}, "yes"),
        ({"type": "People"}, "unknown"),
        ({"type": ""}, "unknown"),
        ({"kind": "opportunity", "residual_score": 25}, "unknown"),
    ],
)
def test_the_present_score_of_a_risk_is_held_against_the_appetite(said: dict[str, Any], within: str) -> None:
    """The highest acceptable score is within; a type without one, and an opportunity, are not judged."""
    found = assessed(said, appetite={"Money": 9, "Unheard of": 4}).iloc[0]

    assert found["within_appetite"] == within
    assert pd.isna(found["appetite"]) == (within == "unknown")


def test_what_is_closed_is_not_held_against_the_appetite() -> None:
    """A risk that is gone is neither within nor above the appetite."""
    found = assessed({}, {"quarter": "2019-20-Q2", "risk": "CR2"}, appetite={"Money": 9})

    assert found["within_appetite"].tolist() == ["no", "unknown"]


# The course towards the target.

AIM = {"target_score": 8.0, "target_date": "2020-06-30"}


def course(score: int, began: int = 16, **said: Any) -> pd.Series:
    """Assess a risk whose target was set in Quarter 1, a year before its date: half of the way is gone."""
    then = {**AIM, **said, "quarter": "2019-20-Q1", "residual_score": began, "progress": ""}
    return assessed(then, {**AIM, **said, "residual_score": score}).iloc[-1]


@pytest.mark.parametrize(
    ("score", "colour", "reason"),
    [
        (8, "green", "The score of 8 has reached the target of 8."),
        (4, "green", "The score of 4 has reached the target of 8."),
        (
            12,
            "green",
            "The score is 12; an even path from 16 in Quarter 1 2019/20 to the target of 8 by 30 June 2020 would be at "
            "12 now, so it is on course.",
        ),
        (
            15,
            "amber",
            "The score is 15; an even path from 16 in Quarter 1 2019/20 to the target of 8 by 30 June 2020 would be at "
            "12 now, so it is behind.",
        ),
        (
            16,
            "amber",
            "The score is 16; an even path from 16 in Quarter 1 2019/20 to the target of 8 by 30 June 2020 would be at "
            "12 now, so it is behind.",
        ),
        (
            20,
            "red",
            "The score of 20 is worse than 16 in Quarter 1 2019/20, where the way to the target of 8 by 30 June 2020 "
            "began.",
        ),
    ],
)
def test_the_course_is_the_score_against_an_even_path(score: int, colour: str, reason: str) -> None:
    """No worse than the path is green, behind it amber, worse than at its beginning red; what is reached is green."""
    assert course(score)[["course", "computed_course", "course_reason"]].tolist() == [colour, colour, reason]


@pytest.mark.parametrize(("score", "colour"), [(16, "green"), (12, "green"), (11, "amber"), (8, "amber"), (6, "red")])
def test_an_opportunity_is_on_course_upwards(score: int, colour: str) -> None:
    """For an opportunity the path leads up, and a lower score than at its beginning is red."""
    assert course(score, began=8, kind="opportunity", target_score=16.0)["course"] == colour


@pytest.mark.parametrize(("date", "colour"), [("2019-12-31", "red"), ("2019-07-15", "red"), ("2020-01-01", "amber")])
def test_a_date_that_is_over_without_the_target_is_red(date: str, colour: str) -> None:
    """By the end of the quarter a target due by its last day is missed, however near the score is."""
    found = course(9, target_date=date)

    assert found["course"] == colour
    if colour == "red":
        assert found["course_reason"].startswith("The target of 8 was due by ")
        assert found["course_reason"].endswith(" 2019, and the score is still 9.")


def test_a_target_reached_is_green_after_its_date() -> None:
    """What is reached is green, whenever it was due."""
    assert course(8, target_date="2019-09-30")["course"] == "green"


def test_a_path_in_the_middle_of_a_month_counts_its_days() -> None:
    """The 15th of April stands for half of that month: of a way of 9.5 months six are gone."""
    found = course(16, began=25, target_score=6.0, target_date="2020-04-15")

    assert "would be at 13 now" in found["course_reason"]


@pytest.mark.parametrize("then", [{"target_score": 9.0}, {"target_date": "2020-09-30"}, {"risk": "CR2"}])
def test_a_new_target_or_a_new_date_begins_a_new_way(then: dict[str, Any]) -> None:
    """In the first quarter with its target score and date a risk is not rated, though it had others before."""
    found = assessed({**AIM}, {**AIM, "quarter": "2019-20-Q2", **then}).iloc[0]

    assert found[["course", "course_reason"]].tolist() == [
        "not rated",
        "The target was set this quarter; its course shows from the next.",
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "There is no target score, and no date for one."),
        ({"target_date": "2020-06-30"}, "There is a target date, but no target score."),
        ({"target_score": 8.0}, "There is a target score, but no date for it."),
        ({"target_score": 25.0}, "There is a target score, but no date for it."),
    ],
)
def test_without_target_or_date_there_is_no_course(said: dict[str, Any], reason: str) -> None:
    """What is missing is said, and nothing is green for want of it."""
    found = assessed(said).iloc[0]

    assert found[["course", "computed_course", "course_reason"]].tolist() == ["not rated", "not rated", reason]


def test_what_the_council_states_goes_before_what_is_computed() -> None:
    """The stated progress is shown as the course; the computed one stays beside it, and the reason says both."""
    found = course(12, progress="red")

    assert found[["course", "computed_course"]].tolist() == ["red", "green"]
    assert found["course_reason"].endswith(
        "so it is on course. By the score alone it is on course. The council states off course."
    )


def test_what_the_council_states_alike_is_not_said_twice() -> None:
    """Where both agree, the reason is that of the score."""
    assert course(8, progress="green")["course_reason"] == "The score of 8 has reached the target of 8."


def test_a_stated_course_needs_no_target() -> None:
    """A council may state the progress of a risk that has no target yet."""
    found = assessed({"progress": "amber"}).iloc[0]

    assert found["course"] == "amber"
    assert found["course_reason"].endswith("By the score alone it is not rated. The council states behind.")


def test_what_is_closed_has_no_course() -> None:
    """A risk that is gone is not rated, whatever its target was."""
    found = assessed({}, {**AIM, "quarter": "2019-20-Q2", "risk": "CR2", "residual_score": 4}).iloc[1]

    assert found[["course", "course_reason"]].tolist() == ["not rated", "It is no longer in the register."]


@briefly
@given(SCORES, SCORES, SCORES, st.sampled_from(["risk", "opportunity"]), st.dates(AT_DATES[0], AT_DATES[1]))
def test_a_course_is_green_or_no_worse_than_a_worse_score_s(
    score: int, began: int, target: int, kind: str, date: datetime.date
) -> None:
    """A better score never has a worse course, all else alike."""
    order = ["red", "amber", "green"]
    better = score + (1 if kind == "opportunity" else -1)
    said = {"kind": kind, "target_score": float(target), "target_date": date.isoformat()}

    assert order.index(course(score, began, **said)["course"]) <= order.index(course(better, began, **said)["course"])


# Actions.


def test_actions_are_listed_by_date_with_how_far_they_are() -> None:
    """The earliest due comes first, those without a date last; a date that is over goes before a stated status."""
    listed = notes(
        {"text": "a", "due": "", "status": ""},
        {"text": "b", "due": "", "status": "planned"},
        {"text": "c", "due": "2020-01-01", "status": ""},
        {"text": "d", "due": LAST_DAY, "status": "in progress"},
        {"text": "e", "due": "2019-10-01", "status": "done"},
        {"text": "f", "due": "2020-02-01", "status": "in progress"},
        {"text": "g", "kind": "control"},
        {"text": "h", "quarter": "2019-20-Q2"},
    )
    found = actions(listed, AT)

    assert found[["text", "state", "overdue"]].to_numpy().tolist() == [
        ["e", "done", False],
        ["d", "overdue", True],
        ["c", "not yet due", False],
        ["f", "in progress", False],
        ["a", "no date", False],
        ["b", "planned", False],
    ]
    assert found.columns.tolist() == ["risk", "text", "owner", "due", "status", "overdue", "state"]


# An empty register.


def test_a_register_without_rows_can_be_assessed() -> None:
    """No risks, no notes: nothing to say, and no error."""
    found = assessed()

    assert len(found) == 0
    assert {"course", "course_reason", "within_appetite", "movement_direction", "merged_into"} <= set(found)
    assert len(gaps(found, notes(), AT)) == 0


def test_judging_leaves_the_register_as_it_was() -> None:
    """What comes in stays as it was."""
    risks, listed = register({**AIM, "merged_from": "CR2"}, {"quarter": "2019-20-Q2", "risk": "CR2"}), notes({})
    before, listed_before = risks.copy(deep=True), listed.copy(deep=True)
    gaps(assess(risks, BANDS, AT, {"Money": 9}), listed, AT)

    pd.testing.assert_frame_equal(before, risks)
    pd.testing.assert_frame_equal(listed_before, listed)
