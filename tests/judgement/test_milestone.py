"""Milestones: how each stands, why, by how much it is late, and what they leave open."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement.milestone import assess, counts, gaps, moved
from kpilib.records.framework import MILESTONES
from kpilib.records.periods import quarter

AT = quarter("2019-20-Q3")
WORDS = {state: (state,) for state in MILESTONES}
AHEAD, OVER = "2020-03-31", "2019-11-30"


def milestones(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build milestones as records hold them: one due in the next quarter, of which nothing else is known."""
    default = {
        "quarter": AT.text,
        "objective": "Green town",
        "milestone": "M1",
        "due": AHEAD,
        "status": "",
        "directorate": "Place",
        "owner": "Head of Parks",
        "forecast": "",
        "commentary": "",
    }
    return pd.DataFrame([default | row for row in rows], columns=list(default))


def assessed(*rows: dict[str, Any]) -> pd.DataFrame:
    """Assess milestones by the five words themselves."""
    return assess(milestones(*rows), WORDS, AT)


@pytest.mark.parametrize(
    ("said", "state", "reason"),
    [
        ({"status": "achieved"}, "achieved", "Stated as achieved."),
        ({"status": "achieved", "due": OVER}, "achieved", "Stated as achieved."),
        ({"due": "2019-12-31"}, "missed", "Due 31 December 2019 and not achieved."),
        (
            {"due": "2019-12-31", "forecast": "2020-02-28"},
            "missed",
            "Due 31 December 2019 and not achieved; now expected 28 February 2020.",
        ),
        (
            {"due": OVER, "forecast": "2019-12-15", "status": "missed"},
            "missed",
            "Due 30 November 2019 and not achieved, nor by 15 December 2019, as was expected.",
        ),
        (
            {"due": OVER, "status": "on track", "forecast": "2020-01-31"},
            "missed",
            "Stated as on track, but due 30 November 2019 and not achieved; now expected 31 January 2020.",
        ),
        (
            {"due": OVER, "status": "not yet due"},
            "missed",
            "Stated as not yet due, but due 30 November 2019 and not achieved.",
        ),
        (
            {"status": "missed", "forecast": "2020-06-30"},
            "missed",
            "Stated as missed, before its date of 31 March 2020; now expected 30 June 2020.",
        ),
        ({"status": "at risk"}, "at risk", "Stated as at risk; due 31 March 2020."),
        (
            {"status": "at risk", "forecast": "2020-03-15"},
            "at risk",
            "Stated as at risk; due 31 March 2020, expected 15 March 2020.",
        ),
        (
            {"status": "at risk", "forecast": "2020-04-30"},
            "at risk",
            "Stated as at risk; now expected 30 April 2020, after its date of 31 March 2020.",
        ),
        (
            {"status": "on track", "forecast": "2020-04-30"},
            "at risk",
            "Stated as on track, but now expected 30 April 2020, after its date of 31 March 2020.",
        ),
        ({"forecast": "2020-04-30"}, "at risk", "Now expected 30 April 2020, after its date of 31 March 2020."),
        ({"status": "on track"}, "on track", "Stated as on track; due 31 March 2020."),
        ({"forecast": AHEAD}, "on track", "Due 31 March 2020, expected 31 March 2020."),
        ({"status": "not yet due"}, "not yet due", "Stated as not yet due; due 31 March 2020."),
        ({}, "not yet due", "Due 31 March 2020."),
    ],
)
def test_each_milestone_has_its_state_and_its_reason(said: dict[str, Any], state: str, reason: str) -> None:
    """The date goes before what is stated, but for what is achieved; a forecast that slips goes before `on track`."""
    assert assessed(said)[["state", "reason"]].to_numpy().tolist() == [[state, reason]]


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({"due": OVER}, 31.0),
        ({"due": "2019-12-31"}, 0.0),
        ({"due": OVER, "forecast": "2019-12-15"}, 31.0),
        ({"due": OVER, "forecast": "2020-01-31"}, 62.0),
        ({"forecast": "2020-04-30"}, 30.0),
        ({"status": "missed"}, math.nan),
        ({"status": "at risk"}, math.nan),
        ({"status": "achieved", "due": OVER}, math.nan),
        ({"forecast": "2020-03-15"}, math.nan),
        ({}, math.nan),
    ],
)
def test_days_late_are_counted_where_something_says_how_many(said: dict[str, Any], days: float) -> None:
    """They run from the due date to the forecast, or to the end of the quarter; what is not late has none."""
    assert assessed(said)["days_late"].tolist() == pytest.approx([days], nan_ok=True)


@pytest.mark.parametrize("status", ["Completed Successfully", "COMPLETED SUCCESSFULLY", "done"])
def test_the_council_s_own_words_are_known_whatever_their_case(status: str) -> None:
    """A council's word for a state stands for it."""
    words = {**WORDS, "achieved": ("Completed Successfully", "Done")}

    assert assess(milestones({"status": status}), words, AT)["state"].tolist() == ["achieved"]


def test_only_the_quarter_s_own_rows_are_assessed() -> None:
    """A milestone of another quarter's report is left out, and the columns that came are still there."""
    found = assessed({"quarter": "2019-20-Q2"}, {"milestone": "M2"}, {"quarter": "2019-20-Q4"})

    assert found["milestone"].tolist() == ["M2"]
    assert found.columns.tolist() == [*milestones(), "unconfirmed", "state", "label", "reason", "days_late"]


def test_no_milestones_are_no_error() -> None:
    """Where there are none, nothing is said."""
    assert len(assessed()) == 0
    assert len(gaps(assessed(), AT)) == 0
    assert counts(assessed()).empty


@settings(deadline=None, max_examples=60)
@given(
    st.dates(datetime.date(2019, 1, 1), datetime.date(2021, 12, 31)),
    st.none() | st.dates(datetime.date(2019, 1, 1), datetime.date(2021, 12, 31)),
    st.sampled_from(["", *MILESTONES]),
)
def test_what_is_over_is_achieved_or_missed(due: datetime.date, forecast: datetime.date | None, status: str) -> None:
    """No milestone is on track once its date is over, and none is green that was stated missed."""
    row = {"due": due.isoformat(), "forecast": forecast.isoformat() if forecast else "", "status": status}
    found = assessed(row).iloc[0]

    assert found["state"] in MILESTONES
    assert (found["state"] == "achieved") == (status == "achieved")
    if due.isoformat() <= AT.last_day or status == "missed":
        assert found["state"] in ("achieved", "missed")
    assert not found["days_late"] < 0
    assert found["reason"][0].isupper()
    assert found["reason"].endswith(".")


def test_assessing_leaves_the_milestones_as_they_were() -> None:
    """What comes in stays as it was."""
    given_rows = milestones({}, {"milestone": "M2", "due": OVER})
    before = given_rows.copy(deep=True)
    counts(assess(given_rows, WORDS, AT), "objective")

    pd.testing.assert_frame_equal(before, given_rows)


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ({"status": "done"}, "Done"),
        ({"status": "On hold"}, "On hold"),
        ({"status": "On hold", "due": OVER}, "Off track"),
        ({"status": "on track"}, "On track"),
        ({"status": "on track", "forecast": "2020-04-30"}, "Some problems"),
        ({}, "Not yet due"),
    ],
)
def test_a_state_is_named_in_the_council_s_own_word(said: dict[str, Any], label: str) -> None:
    """The word that was stated stands where it means the state; else the first that the council has for the state."""
    words = {
        **WORDS,
        "achieved": ("complete", "done"),
        "at risk": ("some problems", "on hold"),
        "missed": ("off track",),
    }

    assert assess(milestones(said), words, AT)["label"].tolist() == [label]


# Counts.


def test_what_is_achieved_is_counted_apart_from_what_is_in_progress() -> None:
    """Each group has a count of every state, of what is still in progress, and of all; in order of appearance."""
    found = counts(
        assessed(
            {"milestone": "M1", "objective": "Safe town", "status": "achieved"},
            {"milestone": "M2", "objective": "Green town", "due": OVER},
            {"milestone": "M3", "objective": "Safe town", "status": "on track"},
            {"milestone": "M4", "objective": "Safe town"},
        ),
        "objective",
    )

    assert found.index.tolist() == ["Safe town", "Green town"]
    assert found.columns.tolist() == [*MILESTONES, "in progress", "milestones"]
    assert found.to_numpy().tolist() == [[1, 1, 0, 0, 1, 2, 3], [0, 0, 0, 1, 0, 1, 1]]


def test_without_groups_all_are_counted_in_one_row() -> None:
    """The one row is of all."""
    assert counts(assessed({}, {"milestone": "M2", "status": "achieved"})).loc["all", "milestones"] == 2


# What is left open.


@pytest.mark.parametrize(
    ("said", "sentences"),
    [
        ({}, []),
        ({"status": "achieved", "due": OVER}, []),
        ({"owner": ""}, ["No owner is named."]),
        ({"status": "at risk"}, ["It is missed or at risk, and has no commentary."]),
        ({"status": "at risk", "commentary": "Rain."}, []),
        ({"due": OVER, "commentary": "Rain."}, ["It is missed, and has no new date."]),
        ({"due": OVER, "commentary": "Rain.", "forecast": "2019-12-15"}, ["It is missed, and has no new date."]),
        ({"due": OVER, "commentary": "Rain.", "forecast": "2020-01-31"}, []),
    ],
)
def test_each_gap_has_its_sentence(said: dict[str, Any], sentences: list[str]) -> None:
    """What is off its course needs a word on it, what is missed a new date, and every milestone an owner."""
    found = gaps(assessed(said), AT)

    assert found["gap"].tolist() == sentences
    assert set(found["milestone"]) <= {"M1"}


# What moved.

BEFORE = quarter("2019-20-Q2")


def compared(then: dict[str, Any], now: dict[str, Any]) -> pd.DataFrame:
    """Compare one milestone at two quarters."""
    before = assess(milestones({**then, "quarter": BEFORE.text}), WORDS, BEFORE)
    return moved(assessed(now), before)


@pytest.mark.parametrize(
    ("then", "now", "move", "reason"),
    [
        ({"status": "at risk"}, {"status": "achieved"}, "achieved", "Achieved since then."),
        ({"due": OVER, "status": "on track"}, {"due": OVER}, "missed", "Due 30 November 2019 and not achieved."),
        (
            {"due": OVER},
            {"due": OVER, "forecast": "2020-01-31"},
            "missed",
            "Due 30 November 2019 and not achieved; now expected 31 January 2020.",
        ),
        (
            {"forecast": "2020-02-29"},
            {"forecast": "2020-03-01"},
            "slipped",
            "Now expected 1 March 2020, 1 day later than was expected then.",
        ),
        (
            {"forecast": "2020-02-29"},
            {},
            "slipped",
            "Now expected 31 March 2020, 31 days later than was expected then.",
        ),
        (
            {},
            {"due": "2020-06-30", "status": "on track"},
            "slipped",
            "Its date was moved from 31 March 2020 to 30 June 2020, 91 days later than was expected then.",
        ),
        (
            {},
            {"due": "2020-04-30", "forecast": "2020-06-30"},
            "slipped",
            "Its date was moved from 31 March 2020 to 30 April 2020. "
            "Now expected 30 June 2020, 91 days later than was expected then.",
        ),
        ({"status": "on track"}, {"status": "at risk"}, "slipped", "Stated as at risk; due 31 March 2020."),
        ({"status": "achieved"}, {"status": "on track"}, "slipped", "Stated as on track; due 31 March 2020."),
        ({"status": "at risk"}, {"status": "on track"}, "recovered", "Stated as on track; due 31 March 2020."),
        (
            {"due": "2019-09-30", "forecast": AHEAD},
            {"status": "on track"},
            "recovered",
            "Its date was moved from 30 September 2019 to 31 March 2020. Stated as on track; due 31 March 2020.",
        ),
    ],
)
def test_each_move_of_a_milestone_has_its_reason(
    then: dict[str, Any], now: dict[str, Any], move: str, reason: str
) -> None:
    """What was achieved or missed since, expected later, or for better or worse in its state, is told with why."""
    assert compared(then, now)[["move", "move_reason"]].to_numpy().tolist() == [[move, reason]]


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({}, {}),
        ({}, {"status": "on track"}),
        ({"status": "achieved"}, {"status": "achieved", "forecast": "2020-06-30"}),
        ({"due": "2019-09-30"}, {"due": "2019-09-30"}),
        ({"due": "2019-09-30"}, {"due": "2019-09-30", "forecast": AHEAD}),
        ({"forecast": AHEAD}, {"forecast": "2020-02-28"}),
        ({"milestone": "M2"}, {}),
    ],
)
def test_what_stands_as_it_did_has_not_moved(then: dict[str, Any], now: dict[str, Any]) -> None:
    """A start, a first new date for what is missed, an earlier date, or a milestone of one quarter is no move."""
    assert compared(then, now).empty


@pytest.mark.parametrize(
    ("then", "now", "days"),
    [
        ({}, {"forecast": "2020-04-30"}, 30.0),
        ({"status": "on track"}, {"status": "at risk"}, math.nan),
        ({"due": "2019-09-30", "forecast": "2019-12-31"}, {"due": "2019-09-30", "forecast": "2020-01-31"}, 31.0),
    ],
)
def test_days_slipped_run_from_one_expected_day_to_the_other(
    then: dict[str, Any], now: dict[str, Any], days: float
) -> None:
    """They are counted from the day that was expected to the one that now is, where both are known."""
    assert compared(then, now)["days_slipped"].tolist() == pytest.approx([days], nan_ok=True)


def test_what_moved_keeps_how_it_stood() -> None:
    """The state and the council's word of both quarters stand side by side."""
    found = compared({"status": "on track"}, {"status": "achieved"}).iloc[0]

    assert found[["state_before", "label_before", "state", "label"]].tolist() == [
        "on track",
        "On track",
        "achieved",
        "Achieved",
    ]


def test_without_an_earlier_quarter_nothing_moved() -> None:
    """Where either quarter has no milestones, nothing is compared."""
    assert moved(assessed({}), assessed()).empty
    assert moved(assessed(), assessed({})).empty
