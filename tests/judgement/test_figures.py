"""How a figure is written."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.judgement.figures import bare, gap, goal, show, show_all


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "written"),
    [
        (89.19, "%", 2, "89.19%"),
        (95, "%", 0, "95%"),
        (82, "%", 1, "82.0%"),
        (1125000, "£", 0, "£1,125,000"),
        (1.5, "£", 2, "£1.50"),
        (-7.989, "£m", 3, "−£7.989m"),
        (7.5, "£ million", 1, "£7.5 million"),
        (7.19, "days", 2, "7.19 days"),
        (12.28, "days per FTE", 2, "12.28 days per FTE"),
        (12.4, "per 100,000", 1, "12.4 per 100,000"),
        (3629829, "visits", 0, "3,629,829 visits"),
        (46.6, "", 1, "46.6"),
        (0, "loans", 0, "0 loans"),
        (-3, "days", 0, "−3 days"),
        (-2.52, "%", 2, "−2.52%"),
    ],
)
def test_a_figure_is_written_with_its_unit(value: float, unit: str, decimals: float, written: str) -> None:
    """Percentages and pounds hold their sign close, other units follow, and thousands have commas."""
    assert written == show(value, unit, decimals)


@pytest.mark.parametrize(("value", "written"), [(-1125000, "−£1,125,000"), (-0.4, "£0"), (-0.6, "−£1"), (0, "£0")])
def test_a_sum_of_money_below_zero_has_its_minus_first(value: float, written: str) -> None:
    """A minus stands before the pound sign."""
    assert written == show(value, "£", 0)


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(-0.0, 0, "0%"), (-0.04, 1, "0.0%"), (-0.001, math.nan, "0%"), (-0.05, 2, "−0.05%")],
)
def test_there_is_no_minus_zero(value: float, decimals: float, written: str) -> None:
    """A figure that is rounded to nothing has no minus."""
    assert written == show(value, "%", decimals)


@pytest.mark.parametrize(
    ("value", "written"),
    [(95.0, "95"), (100, "100"), (1000, "1,000"), (0, "0"), (89.1, "89.1"), (9.83, "9.83"), (1 / 3, "0.33")],
)
def test_without_decimals_a_figure_has_as_many_as_it_needs(value: float, written: str) -> None:
    """Where the records name no decimals, as many as the figure has are shown, at most two."""
    assert written == show(value)


@pytest.mark.parametrize(
    ("unit", "written"),
    [
        ("loans", "1 loan"),
        ("businesses", "1 business"),
        ("days per FTE", "1 day per FTE"),
        ("jobs", "1 job"),
        ("points", "1 point"),
        ("per 100,000", "1 per 100,000"),
        ("%", "1%"),
        ("£", "£1"),
        ("people", "1 person"),
        ("children", "1 child"),
        ("families", "1 family"),
        ("breaches", "1 breach"),
        ("boxes", "1 box"),
        ("council taxes", "1 council tax"),
        ("charge points", "1 charge point"),
        ("days lost per FTE", "1 day lost per FTE"),
        ("per 10,000 people", "1 per 10,000 people"),
        ("premises", "1 premises"),
        ("gas", "1 gas"),
        ("series", "1 series"),
        ("kg CO2e", "1 kg CO2e"),
    ],
)
def test_one_is_singular(unit: str, written: str) -> None:
    """One of what is known by its plural is written in the singular, and anything else as the record has it."""
    assert written == show(1, unit, 0)


@pytest.mark.parametrize(
    ("value", "decimals", "written"), [(1, 2, "1.00 days"), (0, 0, "0 days"), (2, 0, "2 days"), (0.96, 1, "1.0 days")]
)
def test_only_a_bare_one_is_singular(value: float, decimals: float, written: str) -> None:
    """Nothing, two, and one with decimals are written in the plural."""
    assert written == show(value, "days", decimals)


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (94.5, 0, "95"),
        (0.125, 2, "0.13"),
        (2.675, 2, "2.68"),
        (-2.5, 0, "−3"),
        (1.005, math.nan, "1.01"),
        (94.4 - 0.1 * 9, 0, "94"),
        (0.1 + 0.2 + 0.2, 0, "1"),
        (999999999999999, 0, "999,999,999,999,999"),
    ],
)
def test_a_half_is_rounded_away_from_zero_as_excel_does(value: float, decimals: float, written: str) -> None:
    """What is rounded is the decimal number of the record, or of the sum of records, and not the float's binary one."""
    assert written == show(value, "", decimals)


@settings(deadline=None, max_examples=300)
@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_every_half_is_rounded_away_from_zero(count: int, decimals: int) -> None:
    """For every number of decimals, on both sides of zero."""
    half = Decimal(2 * count + 1).scaleb(-1) * Decimal(1).scaleb(-decimals)
    expected = half.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)

    assert show(float(half), "", decimals).replace("−", "-") == f"{expected if expected else abs(expected):,f}"


@pytest.mark.parametrize("by", [show, bare, goal])
def test_no_figure_is_an_empty_text(by) -> None:
    """Where there is no figure nothing is written, not even the unit."""
    assert by(math.nan, "%", 2) == ""


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "written"),
    [(6.34, "days", 2, "6.34"), (1, "loans", 0, "1"), (91.46, "%", 2, "91.46%"), (100000, "£", 0, "£100,000")],
)
def test_a_bare_figure_says_only_percent_and_pounds_again(
    value: float, unit: str, decimals: float, written: str
) -> None:
    """Beside a figure that has named the unit already, only % and £ are said again."""
    assert written == bare(value, unit, decimals)


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (95.0, "%", "95%"),
        (9.83, "days per FTE", "9.83"),
        (4000000, "visits", "4,000,000"),
        (11250000, "£", "£11,250,000"),
    ],
)
def test_a_target_has_no_more_decimals_than_it_needs(value: float, unit: str, written: str) -> None:
    """A target is written as councils do, whatever decimals its indicator has."""
    assert written == goal(value, unit, 2)


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "written"),
    [
        (-5.81, "%", 2, "5.81 points"),
        (5.81, "%", 2, "5.81 points"),
        (1, "%", 0, "1 point"),
        (-870000, "£", 0, "£870,000"),
        (2.19, "days", 2, "2.19"),
        (-9, "businesses", 0, "9"),
    ],
)
def test_a_gap_is_a_distance(value: float, unit: str, decimals: float, written: str) -> None:
    """How far apart two figures are has no sign, and percentages differ by points."""
    assert written == gap(value, 0, unit, decimals)


@pytest.mark.parametrize(
    ("value", "other", "decimals", "written"), [(94.46, 95, 1, "0.5"), (94.4, 94.3, 0, "0.1"), (95, 95, 0, "0")]
)
def test_a_gap_is_what_a_reader_finds_who_subtracts(value: float, other: float, decimals: float, written: str) -> None:
    """It lies between the figures as they are printed; where these are alike and the figures are not, it is real."""
    assert written == gap(value, other, "days", decimals)


def test_a_column_is_written_row_by_row() -> None:
    """Each figure of a column has the unit and the decimals of its own row."""
    frame = pd.DataFrame({"unit": ["%", "£", "days"], "decimals": [1, 0, math.nan]})

    assert show_all([1, 2, math.nan], frame) == ["1.0%", "£2", ""]
    assert show_all([1, 2, 3.5], frame, goal) == ["1%", "£2", "3.5"]
