"""What of the exempt figures could be worked out from the public ones, held against councils whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement.disclosure import Given, Told, given_away
from kpilib.records.editions import Texts, without_exempt
from kpilib.records.periods import period
from kpilib.records.schema import FILES

YEAR = "2019-20"
QUARTERS = [f"{YEAR}-Q{number}" for number in (1, 2, 3, 4)]
MONTHS = [f"{2019 + (number > 12)}-{(number - 1) % 12 + 1:02d}" for number in range(4, 16)]
MARK = "3"


Cells = Mapping[tuple[str, str], str]  # by indicator and period: a figure, or the mark beside it


def council(supports: Mapping[str, str], figures: Cells, marked: Sequence[object], **basis: str) -> Texts:
    """Write the records of a council: its indicators, figures, and which of either are exempt."""
    texts = {file: pd.DataFrame(columns=list(columns), dtype=str).rename_axis("row") for file, columns in FILES.items()}
    named = [{"indicator": name, "supports": of, "basis": basis.get(name, "sum"), "exempt": MARK * (name in marked)}
             for name, of in supports.items()]  # fmt: skip
    rows = [{"indicator": name, "period": at, "value": value, "reported": f"{YEAR}-Q4",
             "exempt": MARK * ((name, at) in marked)} for (name, at), value in figures.items()]  # fmt: skip
    for file, lines in (("indicators.csv", named), ("readings.csv", rows)):
        whole = pd.DataFrame(lines, index=range(2, len(lines) + 2)).rename_axis("row")
        texts[file] = whole.reindex(columns=list(FILES[file]), fill_value="")
    return texts


def naive(texts: Texts) -> Texts:
    """Leave out what is marked, and no more."""
    hidden = texts["indicators.csv"].loc[texts["indicators.csv"]["exempt"] != "", "indicator"]
    readings = texts["readings.csv"]
    return {**texts, "readings.csv": readings[(readings["exempt"] == "") & ~readings["indicator"].isin(hidden)]}


def solved(texts: Texts, public: Texts, *told: Told) -> list[Given]:
    """Give what a public edition gives away, in years that begin in April."""
    return given_away(texts, public, told, 4)


def by_quarter(name: str, *values: str) -> dict[tuple[str, str], str]:
    """Give figures of one indicator, quarter by quarter."""
    return {(name, at): value for at, value in zip(QUARTERS, values, strict=False) if value}


# What gives a figure away where no more is left out than what is marked.

LIBRARIES = {"visits": "", "month": "visits"}
VISITS = by_quarter("visits", "5510", "5475") | {
    ("month", "2019-07"): "1800", ("month", "2019-08"): "1725", ("month", "2019-09"): "1950"
}  # fmt: skip
PEOPLE = {"all": "", "men": "all", "women": "all"}
BY_SEX = {**by_quarter("all", "17", "19.5"), **by_quarter("men", "7", "8"), **by_quarter("women", "10", "11.6")}
HOMES = {"homes": "", "so_far": "homes"}
BUILT = {**by_quarter("homes", "12", "15", "11"), **by_quarter("so_far", "12", "27")}


@pytest.mark.parametrize(
    ("supports", "figures", "exempt", "by"),
    [
        (LIBRARIES, VISITS, ("month", "2019-08"), ["visits 2019-20-Q2", "month 2019-07", "month 2019-09"]),
        (PEOPLE, BY_SEX, ("men", QUARTERS[1]), ["all 2019-20-Q2", "women 2019-20-Q2"]),
        (PEOPLE, BY_SEX, ("all", QUARTERS[1]), ["men 2019-20-Q2", "women 2019-20-Q2"]),
        (HOMES, BUILT, ("so_far", QUARTERS[1]), ["homes 2019-20-Q2", "so_far 2019-20-Q1"]),
        (HOMES, BUILT, ("homes", QUARTERS[1]), ["so_far 2019-20-Q1", "so_far 2019-20-Q2"]),
        (
            {"visits": ""},
            {**by_quarter("visits", "1", "2", "3", "4"), ("visits", YEAR): "10"},
            ("visits", QUARTERS[1]),
            ["visits 2019-20-Q1", "visits 2019-20-Q3", "visits 2019-20-Q4", "visits 2019-20"],
        ),
    ],
    ids=["months of a quarter", "part", "whole", "running total", "step", "quarters of a year"],
)  # fmt: skip
def test_figures_that_give_one_away(
    supports: Mapping[str, str], figures: Cells, exempt: tuple[str, str], by: list[str]
) -> None:
    """A figure is given away by those from which it follows, within their rounding, and these are named."""
    texts = council(supports, figures, [exempt], so_far="to date")

    assert solved(texts, naive(texts)) == [Given(*exempt, tuple(by))]
    assert solved(texts, without_exempt(texts, 4)) == []


def test_a_measure_that_is_exempt_as_a_whole() -> None:
    """Each figure of an exempt measure is given away by its whole and the other measures."""
    texts = council(PEOPLE, BY_SEX, ["men"])

    assert [(each.indicator, each.period) for each in solved(texts, naive(texts))] == [
        ("men", QUARTERS[0]),
        ("men", QUARTERS[1]),
    ]
    assert solved(texts, without_exempt(texts, 4)) == []


def test_figures_that_do_not_add_up() -> None:
    """Where a whole is no sum of its measures, as with rates, nothing follows."""
    rates = {**by_quarter("all", "50", "60"), **by_quarter("men", "40", "70"), **by_quarter("women", "55", "52")}
    texts = council(PEOPLE, rates, [("men", QUARTERS[1])])

    assert solved(texts, naive(texts)) == []


# What is told in words.

TOTAL = by_quarter("visits", "5510", "4321", "5000")


@pytest.mark.parametrize(
    ("text", "indicator", "by"),
    [
        ("14,831 so far", "visits", ["visits 2019-20-Q1", "visits 2019-20-Q3", "“14831” in a note"]),
        ("4,321 came.", "visits", ["“4321” in a note"]),
        ("4,321 came.", "", ["“4321” in a note"]),
        ("14,831 so far", "", []),
        ("4,322 came.", "visits", []),
    ],
)
def test_numbers_in_words(text: str, indicator: str, by: list[str]) -> None:
    """A text about an indicator may tell a total, and any text an exempt figure as it is."""
    texts = council({"visits": ""}, TOTAL, [("visits", QUARTERS[1])])
    told = Told("a note", indicator, text)

    assert [list(each.by) for each in solved(texts, without_exempt(texts, 4), told)] == ([by] if by else [])


def test_a_figure_that_is_held_back_and_told_in_words() -> None:
    """A figure that was held back for an exempt one's sake gives it away where a text tells it."""
    texts = council(PEOPLE, {name: value.replace(".", "00") for name, value in BY_SEX.items()} | {
        ("all", QUARTERS[1]): "1900", ("men", QUARTERS[1]): "750", ("women", QUARTERS[1]): "1150",
        ("all", QUARTERS[0]): "1700", ("men", QUARTERS[0]): "700", ("women", QUARTERS[0]): "1000",
    }, [("men", QUARTERS[1])])  # fmt: skip
    public = without_exempt(texts, 4)

    assert solved(texts, public) == []
    assert [each.by for each in solved(texts, public, Told("a remark", "all", "1,150 of them were women"))] == [
        ("all 2019-20-Q2", "“1150” in a remark")
    ]


# Councils whose truth is known.


@dataclass(frozen=True)
class Made:
    """A made-up council: its records, and of each figure which months of which smallest parts it counts."""

    texts: Texts
    counts: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)


@st.composite
def councils(draw: st.DrawFn, *, every_quarter: bool = False) -> Made:
    """Make up an indicator with breakdowns, running totals and months of it, and mark some of it as exempt."""
    random, most = Random(draw(st.integers(0, 2**32))), draw(st.sampled_from([2, 10**6]))
    parts = [name for name in ("men", "women", "others") if draw(st.booleans())]
    ages = draw(st.booleans()) and len(parts) > 1
    first = period("2018-04").start
    months = 24
    atoms = [*product(parts or ["all"], ("young", "old") if ages else ("",))]
    truth = np.array([[random.randint(0, most) for _ in range(months)] for _ in atoms])
    of = {part: [number for number, atom in enumerate(atoms) if part in atom] for part in parts}
    of |= {age: [number for number, atom in enumerate(atoms) if age in atom] for age in (("young", "old") * ages)}
    of |= {"all": list(range(len(atoms)))} | ({"again": list(range(len(atoms)))} if draw(st.booleans()) else {})
    bases = ["sum"] if every_quarter else ["sum", "to date", "rolling"]
    basis = {name: draw(st.sampled_from(bases)) for name in of}
    figures, counts = {}, {}
    for name, rows in of.items():
        some = draw(
            st.lists(st.sampled_from([*MONTHS, *QUARTERS, YEAR, "2018-19"]), min_size=1, max_size=9, unique=True)
        )
        for at in sorted({*some, *(QUARTERS if every_quarter else ())}):
            span = period(at)
            since = {"sum": span.start, "to date": span.end - (span.end - 3) % 12, "rolling": span.end - 11}[
                basis[name]
            ]
            counted = np.zeros(truth.shape)
            counted[rows, min(since, span.start) - first : span.end - first + 1] = 1
            figures[name, at], counts[name, at] = f"{(counted * truth).sum():.0f}", counted.ravel()
    marked = draw(st.lists(st.sampled_from([*figures, *of]), min_size=1, max_size=3, unique=True))
    return Made(council({name: "" if name == "all" else "all" for name in of}, figures, marked, **basis), counts)


@settings(deadline=None, max_examples=30)
@given(councils())
def test_the_public_edition_gives_nothing_away(made: Made) -> None:
    """Whatever is exempt, nothing of it follows from what the public edition keeps, whoever knows what is a part."""
    public = without_exempt(made.texts, 4)
    known = [made.counts[row.indicator, row.period] for row in public["readings.csv"].itertuples()]

    assert solved(made.texts, public) == []
    assert [name for name in secrets(made.texts) if reached(made.counts[name], known)] == []


@settings(deadline=None, max_examples=30)
@given(councils(every_quarter=True))
def test_what_is_marked_alone_is_found_to_be_given_away(made: Made) -> None:
    """Where no more than what is marked is left out, what is found to follow is what follows from the truth."""
    public = naive(made.texts)
    known = [made.counts[row.indicator, row.period] for row in public["readings.csv"].itertuples()]
    found = {(each.indicator, each.period) for each in solved(made.texts, public)}

    assert found >= {name for name in secrets(made.texts) if reached(made.counts[name], known)}


def secrets(texts: Texts) -> list[tuple[str, str]]:
    """Name the exempt figures."""
    shown = set(naive(texts)["readings.csv"].index)
    return [(row.indicator, row.period) for row in texts["readings.csv"].itertuples() if row.Index not in shown]


def reached(figure: np.ndarray, known: Sequence[np.ndarray]) -> bool:
    """Say whether a figure is a sum of what is known, by trying whether knowing it too would tell any more."""
    if not known:
        return False
    return bool(np.linalg.matrix_rank(np.array([*known, figure])) == np.linalg.matrix_rank(np.array(known)))
