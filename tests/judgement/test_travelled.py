"""Counting directions and signals, and what they ask a reader to look at."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement.trend import gain_share
from kpilib.judgement.verdict import is_good_news, needs_attention, travelled

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["better", "same", "worse", "cannot say"]),
        st.sampled_from(["", "common cause", "improvement", "concern", "neutral high"]),
        st.sampled_from(["green", "amber", "red", "not rated"]),
        st.sampled_from(["streets", "desk"]),
    )
)


def judged(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Write a verdict with what is counted here."""
    return pd.DataFrame(rows, columns=["direction", "variation", "rating", "page"], dtype=object)


def test_directions_and_signals_are_counted_by_page() -> None:
    """A page's row counts its directions, its signals, and those that can be compared."""
    frame = judged(
        ("worse", "concern", "red", "streets"),
        ("cannot say", "", "not rated", "streets"),
        ("better", "common cause", "not rated", "desk"),
    )

    counted = travelled(frame, "page")

    assert list(counted.index) == ["streets", "desk"]
    assert counted.loc["streets"].to_dict() == {
        "better": 0, "same": 0, "worse": 1, "cannot say": 1,
        "improvement": 0, "concern": 1, "indicators": 2, "compared": 1,
    }  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_every_indicator_is_counted_once(rows: list[tuple[str, str, str, str]]) -> None:
    """The directions of all pages add up to the indicators."""
    counted = travelled(judged(*rows), "page")

    assert counted[["better", "same", "worse", "cannot say"]].to_numpy().sum() == len(rows)
    assert counted["indicators"].sum() == len(rows)


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_nothing_is_both_good_news_and_in_need_of_attention(rows: list[tuple[str, str, str, str]]) -> None:
    """An indicator is one or the other or neither, and each that got worse needs attention."""
    frame = judged(*rows)

    assert not (needs_attention(frame) & is_good_news(frame)).any()
    assert needs_attention(frame)[frame["direction"] == "worse"].all()


def test_a_share_of_zero_is_unknown() -> None:
    """How much better a figure is than nought cannot be said in per cent; where low is good, a fall is better."""
    frame = pd.DataFrame(
        {"value": [10.0, 8.0, -5.0], "good_is": ["high", "low", "high"], "kind": None,
         "target_low": float("nan"), "target_high": float("nan")}
    )  # fmt: skip

    found = gain_share(frame, pd.Series([0.0, 10.0, -10.0]))

    assert found.isna().tolist() == [True, False, False]
    assert found[1:].round(6).tolist() == [20.0, 50.0]
