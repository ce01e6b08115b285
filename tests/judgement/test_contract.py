"""The commentary contract: who owes an explanation for a quarter, why, and what of it is missing."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement.contract import DATE, KINDS, OWNER, owed
from kpilib.judgement.rating import OFF_TARGET
from kpilib.records.framework import RATINGS
from kpilib.records.periods import quarter

AT = quarter("2019-20-Q3")
BEYOND = "a change for the worse that is more than the usual ups and downs"
LABELS = {"green": "Good", "amber": "Nearly", "red": "Poor", "not rated": "Not rated"}
COLUMNS = ["indicator", "directorate", "who", "why", "because", "missing", "received"]


def judged(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build the verdict on indicators: a good one, which got better by no more than the usual."""
    default = {
        "indicator": "litter",
        "directorate": "Place",
        "service": "",
        "supports": "",
        "value": 80.0,
        "late": False,
        "rating": "green",
        "direction": "better",
        "variation": "common cause",
    }
    frame = pd.DataFrame([default | row for row in rows], columns=list(default))
    return frame.assign(label=frame["rating"].map(LABELS))


def commentary(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build remarks as records hold them: a cause of this quarter."""
    default = {"indicator": "litter", "quarter": AT.text, "kind": "cause", "text": "Wind.", "owner": "", "due": ""}
    frame = pd.DataFrame([default | row for row in rows], columns=list(default), dtype=object)
    return frame.assign(quarter_end=[float(quarter(text).end) for text in frame["quarter"]])


def action(**said: str) -> dict[str, str]:
    """Build an action with an owner and a date."""
    return {"kind": "action", "text": "More bins.", "owner": "Head of Parks", "due": "2020-03-31"} | said


COMPLETE = ({"kind": "issue", "text": "Litter."}, {}, action())


def one(said: dict[str, Any], *rows: dict[str, Any]) -> pd.Series:
    """Give what one indicator owes."""
    found = owed(judged(said), commentary(*rows), AT)
    assert len(found) == 1
    return found.iloc[0]


# Who owes, and why.


@pytest.mark.parametrize(
    ("said", "why", "because"),
    [
        ({"rating": "red"}, "rated red", "the rating is “Poor”"),
        ({"rating": "amber"}, "rated amber", "the rating is “Nearly”"),
        ({"direction": "worse"}, "got worse", "the figure got worse"),
        ({"variation": "concern"}, f"shows {BEYOND}", f"its figures show {BEYOND}"),
        (
            {"rating": "red", "direction": "worse"},
            "rated red and got worse",
            "the rating is “Poor” and the figure got worse",
        ),
        (
            {"rating": "red", "direction": "worse", "variation": "concern"},
            f"rated red, got worse and shows {BEYOND}",
            f"the rating is “Poor”, the figure got worse and its figures show {BEYOND}",
        ),
        ({"rating": "not rated", "direction": "worse"}, "got worse", "the figure got worse"),
    ],
)
def test_each_reason_is_said_plainly(said: dict[str, Any], why: str, because: str) -> None:
    """What is off target, got worse or shows a concern owes commentary, and every reason is named."""
    assert one(said)[["why", "because"]].tolist() == [why, because]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"rating": "not rated", "direction": "cannot say", "variation": ""},
        {"direction": "same"},
        {"variation": "neutral low"},
        {"rating": "red", "supports": "bins"},
        {"rating": "red", "value": math.nan},
        {"rating": "red", "direction": "worse", "variation": "concern", "late": True},
    ],
    ids="good unrated same neutral supporting unknown late".split(),
)
def test_what_is_good_supporting_unknown_or_of_an_earlier_quarter_owes_nothing(said: dict[str, Any]) -> None:
    """Nothing is asked about a good figure, a supporting measure, a figure that is not there, or an old one."""
    found = owed(judged(said), commentary(), AT)

    assert found.empty
    assert found.columns.tolist() == COLUMNS


def test_those_that_owe_keep_their_order() -> None:
    """A row for each that owes, as the indicators came, and none for the others."""
    found = owed(
        judged({"indicator": "a", "rating": "red"}, {"indicator": "b"}, {"indicator": "c", "direction": "worse"}),
        commentary({"indicator": "c"}),
        AT,
    )

    assert found.columns.tolist() == COLUMNS
    assert found[["indicator", "received"]].to_numpy().tolist() == [["a", False], ["c", True]]


# What is missing.


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ((), ("issue", "cause", "action")),
        (({"kind": "performance"}, {"kind": "good practice"}), ("issue", "cause", "action")),
        (({},), ("issue", "action")),
        ((action(),), ("issue", "cause")),
        ((action(owner=""),), ("issue", "cause", OWNER)),
        ((action(due=""),), ("issue", "cause", DATE)),
        ((action(owner="", due=""),), ("issue", "cause", OWNER, DATE)),
        ((action(owner="", due=""), action()), ("issue", "cause")),
        ((action(), action(owner="", due="")), ("issue", "cause")),
        ((action(owner=""), action(due="")), ("issue", "cause", OWNER)),
        (({"kind": "cause", "owner": "Head of Parks", "due": "2020-03-31"}, action(owner="")), ("issue", OWNER)),
        (COMPLETE, ()),
    ],
)
def test_what_is_missing_is_named(rows: tuple[dict[str, Any], ...], missing: tuple[str, ...]) -> None:
    """Issue, cause and action; and of the action that says most, its owner and date."""
    found = one({"rating": "red"}, *rows)

    assert found["missing"] == missing
    assert found["received"] == bool(rows)


@pytest.mark.parametrize("other", [{"quarter": "2019-20-Q2"}, {"quarter": "2019-20-Q4"}, {"indicator": "bins"}])
def test_words_of_another_quarter_or_indicator_do_not_count(other: dict[str, str]) -> None:
    """Each quarter and each indicator needs words of its own."""
    found = one({"rating": "red"}, *[row | other for row in COMPLETE])

    assert found["missing"] == KINDS
    assert not found["received"]


# Of whom it is asked.


@pytest.mark.parametrize(
    ("said", "rows", "who"),
    [
        ({}, (), "Place"),
        ({"service": "Street cleaning"}, (), "Street cleaning"),
        ({"service": "Street cleaning"}, (action(),), "Head of Parks"),
        ({}, (action(owner=""), action(owner="Head of Streets"), action()), "Head of Streets"),
        ({}, (action(quarter="2018-19-Q4"), action(quarter="2019-20-Q1", owner="Head of Streets")), "Head of Streets"),
        ({}, (action(quarter="2019-20-Q1"), action(owner="")), "Head of Parks"),
        ({}, (action(quarter="2019-20-Q4"),), "Place"),
        ({}, (action(indicator="bins"),), "Place"),
        ({}, ({"kind": "cause", "owner": "Head of Parks"},), "Place"),
    ],
)
def test_it_is_asked_of_the_last_owner_else_the_service_else_the_directorate(
    said: dict[str, str], rows: tuple[dict[str, Any], ...], who: str
) -> None:
    """The owner of this quarter's action goes first, then of the last before it; a later quarter is not known yet."""
    assert one({"rating": "red"} | said, *rows)["who"] == who


# What holds whatever comes.

VERDICTS = st.fixed_dictionaries(
    {
        "rating": st.sampled_from([*RATINGS, "not rated"]),
        "direction": st.sampled_from(["better", "same", "worse", "cannot say"]),
        "variation": st.sampled_from(["improvement", "concern", "neutral high", "common cause", ""]),
        "value": st.sampled_from([80.0, math.nan]),
        "late": st.booleans(),
        "supports": st.sampled_from(["", "bins"]),
    }
)
REMARKS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["performance", "good practice", *KINDS]),
            "quarter": st.sampled_from(["2019-20-Q2", AT.text]),
            "owner": st.sampled_from(["", "Head of Streets"]),
            "due": st.sampled_from(["", "2020-01-31"]),
        }
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(VERDICTS, REMARKS)
def test_a_complete_set_of_rows_leaves_nothing_owing(said: dict[str, Any], rows: list[dict[str, str]]) -> None:
    """Whatever was or was not written before, an issue, a cause and an action with owner and date are enough."""
    assert owed(judged(said), commentary(*rows, *COMPLETE), AT)["missing"].map(len).sum() == 0


@settings(deadline=None, max_examples=60)
@given(VERDICTS, REMARKS)
def test_an_indicator_owes_only_for_a_reason(said: dict[str, Any], rows: list[dict[str, str]]) -> None:
    """A good figure that got no worse and shows no concern never owes; a present one with a reason always does."""
    owes = len(owed(judged(said), commentary(*rows), AT)) == 1
    reason = said["rating"] in OFF_TARGET or said["direction"] == "worse" or said["variation"] == "concern"
    present = not said["late"] and not said["supports"] and not math.isnan(said["value"])

    assert owes == (reason and present)


def test_asking_leaves_what_came_as_it_was() -> None:
    """Neither the verdict nor the commentary is changed."""
    frames = judged({"rating": "red"}, {"indicator": "bins"}), commentary(*COMPLETE)
    before = [frame.copy(deep=True) for frame in frames]
    owed(*frames, AT)

    for frame, copy in zip(frames, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)
