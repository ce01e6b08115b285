"""What is due by a quarter's report, and which figures a careful reader would ask about."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement import due
from kpilib.records.periods import Period, earlier, ending, month, period, quarter

AT = quarter("2019-20-Q3")
YEAR = period("2019-20")
QUARTERS = [earlier(AT, back).text for back in range(7, -1, -1)]  # 2017-18-Q4 to 2019-20-Q3
MONTHS = [month(AT.end - back).text for back in range(11, -1, -1)]  # January to December 2019


def readings(*said: str, indicator: str = "litter", year_starts: int = 4) -> pd.DataFrame:
    """Build readings from texts: `2019-20-Q1`, `2019-20-Q1 in 2019-20-Q2` where it was reported later, `… awaited`."""
    rows = []
    for text in said:
        name, *words = text.split()
        found = period(name, year_starts)
        status = " ".join(words[2:] if words[:1] == ["in"] else words)
        reported = period(words[1], year_starts).end if words[:1] == ["in"] else found.end + -(found.end + 1) % 3
        value = math.nan if status in ("awaited", "not measured") else 80.0
        rows.append((indicator, name, found.kind, float(found.start), float(found.end), value, status, reported))
    names = ["indicator", "period", "period_kind", "start", "end", "value", "status", "reported_end"]
    return pd.DataFrame(rows, columns=names)


def indicators(**frequencies: str) -> pd.DataFrame:
    """Build indicators by name, each with its frequency."""
    return pd.DataFrame(list(frequencies.items()), columns=["indicator", "frequency"]).assign(from_end=math.nan)


def asked(frequency: str, *said: str, at: Period = AT, year: Period = YEAR) -> list[str]:
    """Give the periods that one indicator is asked for."""
    return due.due(indicators(litter=frequency), readings(*said), at, year)["period"].tolist()


# What is due.


@pytest.mark.parametrize(
    ("frequency", "said", "expected"),
    [
        ("quarterly", QUARTERS[:-1], ["2019-20-Q3"]),
        ("quarterly", QUARTERS, []),
        ("monthly", MONTHS[:-1], ["2019-12"]),
        ("monthly", MONTHS[:-3], ["2019-10", "2019-11", "2019-12"]),
        ("annual", ["2017-18", "2018-19"], []),
        ("annual", ["2016-17", "2017-18"], ["2018-19"]),
        ("monthly", QUARTERS[:-1], ["2019-20-Q3"]),
    ],
)
def test_periods_go_on_as_they_did(frequency: str, said: list[str], expected: list[str]) -> None:
    """An indicator's next figure is due by month, quarter or year, as its last ones came, whatever its frequency."""
    assert expected == asked(frequency, *said)


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("monthly", ["2019-12"]),
        ("quarterly", ["2019-20-Q3"]),
        ("termly", ["2019-20-Q3"]),
        ("annual", ["2018-19"]),
    ],
)
def test_without_any_figure(frequency: str, expected: list[str]) -> None:
    """Of an indicator that never had a figure, the last period that is over is due, and no earlier one."""
    assert expected == asked(frequency)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["2019-20-Q1", "2019-20-Q3"], ["2019-20-Q2"]),
        (["2019-20-Q2"], ["2019-20-Q3"]),
        (["2017-18-Q4", "2019-20-Q3"], ["2018-19-Q4", "2019-20-Q1", "2019-20-Q2"]),
    ],
)
def test_gaps(said: list[str], expected: list[str]) -> None:
    """A figure that is missing between others is due for a year, and what came before the first figure never is."""
    assert expected == asked("quarterly", *said)


@pytest.mark.parametrize(
    ("frequency", "said", "expected"),
    [
        ("quarterly", ["2019-20-Q1 in 2019-20-Q2", "2019-20-Q2 in 2019-20-Q3"], []),
        ("quarterly", ["2018-19-Q4 in 2019-20-Q1", "2019-20-Q1 in 2019-20-Q2"], ["2019-20-Q2"]),
        ("quarterly", ["2019-20-Q1 in 2019-20-Q2", "2019-20-Q2 in 2019-20-Q2"], ["2019-20-Q3"]),
        ("monthly", ["2019-09 in 2019-20-Q3", "2019-10 in 2019-20-Q3", "2019-11 in 2019-20-Q3"], []),
        ("monthly", ["2019-08 in 2019-20-Q2", "2019-09 in 2019-20-Q3", "2019-10 in 2019-20-Q3"], ["2019-11"]),
        ("annual", ["2016-17 in 2017-18-Q4", "2017-18 in 2018-19-Q4"], []),
        ("annual", ["2016-17 in 2017-18-Q3", "2017-18 in 2018-19-Q3"], ["2018-19"]),
        ("annual", ["2016-17 in 2017-18-Q4", "2017-18 in 2018-19-Q2"], ["2018-19"]),
    ],
)
def test_arrears(frequency: str, said: list[str], expected: list[str]) -> None:
    """A figure is due as long after its period as the quickest of the last ones was reported, and not sooner."""
    assert expected == asked(frequency, *said)


@pytest.mark.parametrize(
    ("frequency", "said", "expected"),
    [
        ("quarterly", "2019-20-Q1 in 2019-20-Q2", ["2019-20-Q2", "2019-20-Q3"]),
        ("monthly", "2019-10 in 2019-20-Q4", ["2019-11", "2019-12"]),
    ],
)
def test_a_single_late_figure_is_no_habit(frequency: str, said: str, expected: list[str]) -> None:
    """Of an indicator with one figure, which came late, the current period is asked for too."""
    assert asked(frequency, said) == expected


@pytest.mark.parametrize("frequency", ["annual", "termly"])
def test_seldom_figures_recorded_by_quarters(frequency: str) -> None:
    """A yearly or termly figure that is recorded by quarters is due in those quarters that had one a year before."""
    assert asked(frequency, "2017-18-Q3", "2018-19-Q3") == ["2019-20-Q3"]
    assert asked(frequency, "2017-18-Q2", "2018-19-Q2", "2019-20-Q2") == []


def test_what_was_published_as_awaited_is_asked_for_until_it_comes() -> None:
    """Though the indicator has no figure yet; what lies before the first row of it is not."""
    assert asked("quarterly", "2019-20-Q2 awaited") == ["2019-20-Q2", "2019-20-Q3"]


def test_awaited_is_said() -> None:
    """A figure that is recorded as awaited is due, and said to be recorded; one that has no row is not."""
    said = readings("2018-19-Q4", "2019-20-Q1 awaited", "2019-20-Q2")
    found = due.due(indicators(litter="quarterly"), said, AT, YEAR)

    assert list(zip(found["period"], found["recorded"], strict=True)) == [("2019-20-Q1", "awaited"), ("2019-20-Q3", "")]


def test_not_measured_is_not_due() -> None:
    """What was never to be measured is not asked for."""
    assert asked("quarterly", "2018-19-Q4", "2019-20-Q1 not measured", "2019-20-Q2") == ["2019-20-Q3"]


def test_other_kinds_of_period_do_not_count() -> None:
    """A year's figure among quarterly ones neither stands for its quarters nor moves what is due."""
    assert asked("quarterly", "2018-19 in 2019-20-Q2", "2018-19-Q4", "2019-20-Q1", "2019-20-Q2") == ["2019-20-Q3"]


@pytest.mark.parametrize(
    ("frequency", "said", "expected"),
    [("quarterly", ["2019-20-Q2"], "2019-20-Q3"), ("annual", ["2017-18 in 2018-19-Q1"], "2018-19")],
)
def test_years_that_begin_in_january(frequency: str, said: list[str], expected: str) -> None:
    """Quarters and years are named as the council's own year has them."""
    at, year = quarter("2019-20-Q3", 1), period("2019-20", 1)
    found = due.due(indicators(litter=frequency), readings(*said, year_starts=1), at, year)

    assert [expected] == found["period"].tolist()


def test_order() -> None:
    """What is due stands in the order of the indicators, the earliest period first."""
    said = pd.concat([readings("2019-20-Q1"), readings("2019-09", indicator="bins")], ignore_index=True)
    found = due.due(indicators(bins="monthly", litter="quarterly"), said, AT, YEAR)
    expected = [
        *(("bins", text) for text in ("2019-10", "2019-11", "2019-12")),
        *(("litter", text) for text in ("2019-20-Q2", "2019-20-Q3")),
    ]

    assert expected == list(zip(found["indicator"], found["period"], strict=True))


def test_no_indicators() -> None:
    """Where there are no indicators, nothing is due, in the same columns."""
    found = due.due(indicators(), readings(), AT, YEAR)

    assert (list(found), len(found)) == (["indicator", "period", "end", "recorded"], 0)


@st.composite
def records(draw: st.DrawFn) -> pd.DataFrame:
    """Draw readings of two indicators, each period of one once, reported in its quarter or later."""
    rows = []
    for name in ("litter", "bins"):
        kinds = draw(st.lists(st.sampled_from(["month", "quarter", "year"]), min_size=1, max_size=2, unique=True))
        ends = draw(st.lists(st.integers(AT.end - 30, AT.end), unique=True, max_size=8))
        for kind in kinds:
            unit = {"month": 1, "quarter": 3, "year": 12}[kind]
            for end in sorted({end - (end - YEAR.end) % unit for end in ends}):
                status = draw(st.sampled_from(["", "", "final", "awaited", "not measured"]))
                reported = end + -(end + 1) % 3 + 3 * draw(st.integers(0, 3))
                text = f"{ending(kind, end).text} in {ending('quarter', reported).text} {status}"
                rows.append(readings(text.strip(), indicator=name))
    return pd.concat([readings(), *rows], ignore_index=True)


@settings(deadline=None, max_examples=60)
@given(known=records(), frequency=st.sampled_from(["monthly", "quarterly", "termly", "annual"]))
def test_nothing_is_asked_twice(known: pd.DataFrame, frequency: str) -> None:
    """Whatever is recorded, each figure that is due is asked for once, is over, and is not there already."""
    found = due.due(indicators(litter=frequency, bins=frequency), known, AT, YEAR)
    pairs = list(zip(found["indicator"], found["period"], strict=True))
    there = known[known["value"].notna()]

    assert sorted(set(pairs)) == sorted(pairs)
    assert set() == set(pairs) & set(zip(there["indicator"], there["period"], strict=True))
    assert (found["end"] <= AT.end).all()
    assert [float(period(text).end) for text in found["period"]] == found["end"].tolist()
    assert {"", "awaited"} >= set(found["recorded"])


# Doubt.


def doubted(value: float, *past: float, **said: Any) -> str:
    """Say why a figure is doubted after these ones, of quarters, the last one just before it."""
    row = {"good_is": "low", "unit": "visits", "basis": "quarter", "decimals": math.nan} | said
    named = [earlier(AT, back).text for back in range(len(past), 0, -1)]
    return due.doubt(value, pd.Series(past, named, dtype=float), pd.Series(row))


STEADY = (100.0, 102.0, 98.0, 101.0, 99.0, 100.0)


@pytest.mark.parametrize(
    ("value", "past", "expected"),
    [
        (500.0, (100.0,), "it is very far from the figure before, 100"),
        (20.0, (100.0,), "it is very far from the figure before, 100"),
        (499.0, (100.0,), ""),
        (21.0, (100.0,), ""),
        (-100.0, (100.0,), "it is very far from the figure before, 100"),
        (0.0, (100.0, 90.0), "it is nought, which it never was before"),
        (0.0, (100.0, 0.0), ""),
        (7.0, (0.0,), ""),
        (7.0, (), ""),
        (500.0, (100.0, math.nan), "it is very far from the figure before, 100"),
        (1000.0, STEADY, "it is far outside its usual range of 93.62 to 106.38"),
        (10.0, STEADY, "it is far outside its usual range of 93.62 to 106.38"),
        (116.0, STEADY, ""),
        (117.0, STEADY, "it is far outside its usual range of 93.62 to 106.38"),
        (0.0, STEADY, "it is nought, which it never was before"),
    ],
)
def test_doubt(value: float, past: tuple[float, ...], expected: str) -> None:
    """A figure is doubted if it is the first nought, far beyond its usual range, or else five times the one before."""
    assert expected == doubted(value, *past)


def test_no_doubt_near_the_figure_before() -> None:
    """A figure outside its usual range is not asked about where the one before was as far out."""
    assert doubted(1000.0, *STEADY, *STEADY, 995.0) == ""
    assert doubted(1000.0, *STEADY, *STEADY, 100.0)


@pytest.mark.parametrize("basis", due.NO_RANGE)
def test_no_usual_range(basis: str) -> None:
    """A running total or a moving window has no usual range, so that only five times as much is far."""
    assert doubted(300.0, *STEADY, basis=basis) == ""
    assert doubted(500.0, *STEADY, basis=basis) == "it is very far from the figure before, 100"


def test_doubt_names_the_figure_as_printed() -> None:
    """The figure before, and the usual range, are written with their unit and decimals."""
    share = {"unit": "%", "decimals": 1.0}

    assert doubted(66.9, 7.0, **share) == "it is very far from the figure before, 7.0%"
    assert doubted(10.0, *STEADY, **share) == "it is far outside its usual range of 93.6% to 106.4%"


# Figures that may be blanks, repeated figures, and targets that are over.


def noughts(now: float, *past: float, note: str = "", earlier_note: str = "") -> list[bool]:
    """Say whether a figure now is a nought that may be a blank, after those of the quarters before."""
    values = [*past, now]
    starts = [float(AT.start - 3 * back) for back in range(len(values) - 1, -1, -1)]
    notes = [earlier_note for _ in past] + [note]
    known = pd.DataFrame({"indicator": "litter", "start": starts, "value": values, "note": notes})
    judged = pd.DataFrame({"indicator": ["litter"], "start": [float(AT.start)], "value": [now]})
    return due.blanks(judged, known).tolist()


@pytest.mark.parametrize(
    ("now", "past", "expected"),
    [(0.0, (5.0, 3.0), True), (0.0, (5.0, 0.0), False), (0.0, (), False), (2.0, (5.0,), False), (0.0, (-1.0,), False)],
)
def test_blanks(now: float, past: tuple[float, ...], expected: bool) -> None:
    """A nought may be a blank where every figure before it was more than nought."""
    assert [expected] == noughts(now, *past)


def test_a_noted_nought_is_no_blank() -> None:
    """A nought that has a note is taken for one; the note of an earlier figure says nothing of it."""
    assert noughts(0.0, 5.0, note="There were none.") == [False]
    assert noughts(0.0, 5.0, earlier_note="Counted anew.") == [True]


def test_nothing_is_due_of_before_an_indicator_began() -> None:
    """A yearly indicator that is new this quarter is not asked for the year before."""
    new = indicators(litter="annual").assign(from_end=float(AT.end))

    assert due.due(new, readings(), quarter("2019-20-Q4"), YEAR)["period"].tolist() == ["2019-20"]
    assert due.due(new, readings(), AT, YEAR).empty


@pytest.mark.parametrize(
    ("value", "previous", "expected"),
    [
        (12.5, 12.5, True),
        (1250.0, 1250.0, True),
        (-0.125, -0.125, True),
        (12.0, 12.0, False),
        (1200.0, 1200.0, False),
        (0.05, 0.05, False),
        (12.5, 12.6, False),
        (12.5, math.nan, False),
        (math.nan, math.nan, False),
    ],
)
def test_repeated(value: float, previous: float, expected: bool) -> None:
    """A figure is repeated where it is the very one before, to three digits or more, without noughts at its ends."""
    assert [expected] == due.repeated(pd.DataFrame({"value": [value], "previous": [previous]})).tolist()


@pytest.mark.parametrize(
    ("value", "expected_by_target", "last", "expected"),
    [
        (5.0, math.nan, "2018-19", True),
        (5.0, math.nan, "2019-20", False),
        (5.0, math.nan, "2019-20-Q3", False),
        (5.0, math.nan, "", False),
        (5.0, 4.0, "2018-19", False),
        (math.nan, math.nan, "2018-19", False),
    ],
)
def test_ended(value: float, expected_by_target: float, last: str, expected: bool) -> None:
    """A target is out of date where the last one was over before the figure's own period, and none came after it."""
    ends = [float(period(text).end) for text in ("2017-18", last) if last]
    targets = pd.DataFrame({"indicator": ["litter"] * len(ends), "end": ends})
    judged = pd.DataFrame(
        {"indicator": ["litter"], "value": [value], "expected": [expected_by_target], "end": [float(AT.end)]}
    )

    assert [expected] == due.ended(judged, targets).tolist()
