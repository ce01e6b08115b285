"""How a figure stands beside those of other councils."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from kpilib.judgement.benchmark import quartile, rank, standing


@pytest.mark.parametrize(
    ("good_is", "ranks"), [("high", [3, 1, 3, 1, 5]), ("low", [2, 4, 2, 4, 1])], ids=["high", "low"]
)
def test_a_rank_is_one_and_the_number_strictly_better(good_is: str, ranks: list[float]) -> None:
    """Those that tie share the better rank, and the ranks after them are left out."""
    assert ranks == rank(pd.Series([80, 90, 80, 90, 70]), good_is).tolist()


def test_all_alike_are_all_first() -> None:
    """Where nobody is better, everybody is first."""
    assert rank(pd.Series([5.0, 5.0, 5.0]), "low").tolist() == [1, 1, 1]


def test_no_figure_has_no_rank_and_moves_nobody() -> None:
    """A council without a figure has no rank, and does not change those of the others."""
    found = rank(pd.Series([80.0, math.nan, 90.0]), "high").tolist()

    assert found == pytest.approx([2, math.nan, 1], nan_ok=True)


@pytest.mark.parametrize("good_is", ["near", "on target", "none", "High"])
def test_only_high_and_low_can_be_ranked(good_is: str) -> None:
    """Where neither high nor low is good, nothing is better than anything else, and the message says so."""
    with pytest.raises(ValueError, match=f"only `high` and `low` can be ranked, not '{good_is}'"):
        rank(pd.Series([1.0]), good_is)


@pytest.mark.parametrize(
    ("place", "of", "found"),
    [
        (121, 151, 4),
        (95, 151, 3),
        (9, 151, 1),
        (1, 151, 1),
        (37, 151, 1),
        (151, 151, 4),
        (38, 152, 1),
        (39, 152, 2),
        (76, 152, 2),
        (77, 152, 3),
        (114, 152, 3),
        (115, 152, 4),
        *[(place, 4, place) for place in (1, 2, 3, 4)],
        *[(1, of, 1) for of in (1, 2, 3)],
    ],
)
def test_a_quartile_is_a_quarter_of_the_ranks(place: int, of: int, found: int) -> None:
    """The best quarter is 1 and the worst is 4; whoever is first is in the best, however few there are."""
    assert found == quartile(place, of)


def test_quartiles_of_a_column() -> None:
    """A column of ranks gives a column of quartiles, empty where there is no rank."""
    found = quartile(pd.Series([121, math.nan, 95]), pd.Series([151, 151, 151])).tolist()

    assert found == pytest.approx([4, math.nan, 3], nan_ok=True)


def benchmarks(*rows: dict[str, Any]) -> pd.DataFrame:
    """Build benchmarks as records hold them: a rank of 121 of 151 in England."""
    default = {"indicator": "ks2", "comparator": "England", "end": 24.0, "value": 65.0, "rank": 121.0, "of": 151.0}
    return pd.DataFrame([default | row for row in rows])


def stands(*rows: dict[str, Any]) -> dict[str, Any]:
    """Give one indicator's standing."""
    frame = standing(pd.DataFrame({"indicator": ["ks2"]}), benchmarks(*rows))
    return frame.iloc[0].to_dict()


def test_an_indicator_stands_at_its_rank() -> None:
    """Rank, how many were ranked, among whom, and the quartile are set beside the indicator."""
    expected = {"indicator": "ks2", "rank": 121, "of": 151, "rank_among": "England", "quartile": 4}

    assert expected == stands({})


def test_the_latest_rank_counts() -> None:
    """Of several years the last one counts, in whatever order they stand."""
    assert stands({"end": 36.0, "rank": 95.0}, {"end": 24.0})["rank"] == 95


@pytest.mark.parametrize("printed", [{"rank": math.nan}, {"of": math.nan}, {"indicator": "another"}])
def test_a_figure_without_a_rank_has_no_standing(printed: dict[str, Any]) -> None:
    """Without a rank, or without the number ranked, or for another indicator, there is no quartile."""
    found = stands(printed)

    assert pd.isna([found["rank"], found["of"], found["rank_among"], found["quartile"]]).all()


def test_a_later_figure_without_a_rank_hides_none() -> None:
    """A later benchmark that prints no rank leaves the earlier rank standing."""
    assert stands({}, {"end": 36.0, "rank": math.nan})["rank"] == 121


def test_the_widest_rank_of_a_period_is_the_national_one() -> None:
    """Of a national and a regional rank of the same period, the national one counts, whichever stands last."""
    assert stands({}, {"comparator": "North West", "rank": 3.0, "of": 23.0})["of"] == 151
