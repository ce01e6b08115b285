"""`kpilib check` on figures of another scale than their target, and on cells as printed that programs change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpilib.pages.open_points import open_points, sentences
from kpilib.press.checking import check
from kpilib.press.plan import make_plan
from kpilib.records.ledger import load_ledger
from kpilib.records.periods import quarter

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2023-24-Q1}]
pages: [{page: streets, title: Clean streets, kind: priority}, {page: summary, title: All, kind: executive_summary}]
"""
INDICATORS = """indicator,name,page,directorate,frequency,good_is,unit,basis,break_from
litter,Litter,streets,Place,quarterly,high,%,{},{}
"""
READINGS = """indicator,period,value,reported,as_printed
litter,2023-24-Q1,84.7,2023-24-Q1,{}
litter,2023-24-Q2,85,2023-24-Q2,{}
"""
TARGETS = "indicator,period,kind,low,high\nlitter,2023-24,{}\n"


def written(
    council: Callable[..., Path], target: str, *, basis: str = "quarter", broken: str = "", printed: str = ","
) -> Path:
    """Write a council with two figures and a target."""
    files = {"indicators": INDICATORS.format(basis, broken), "targets": TARGETS.format(target)}
    return council(FRAMEWORK, **files, readings=READINGS.format(*printed.split(",")))


def scales(root: Path) -> list[str]:
    """Give what the check says of scales."""
    points = open_points(load_ledger("tiny", root=root), quarter("2023-24-Q2"))
    assert not any(point.stops for point in points if point.kind == "figures of different scale")
    return sentences([point for point in points if point.kind == "figures of different scale"])


def test_a_target_of_another_scale_is_asked_about_once(council: Callable[..., Path]) -> None:
    """Figure and target are both named, and however many figures are as far off it is one line."""
    assert scales(written(council, "point,9000,")) == [
        "litter: The figure 85 for Quarter 2 2023/24 and the target 9,000 for 2023/24 are 106 times apart, "
        "and 1 more likewise; one may be in another unit."
    ]


def test_a_range_is_held_by_its_nearer_end(council: Callable[..., Path]) -> None:
    """What lies within a range, or near one of its ends, is no question, and what is far from both is."""
    assert len(scales(written(council, "range,0.8,0.9"))) == 1
    assert scales(written(council, "range,0.8,90")) == []


@pytest.mark.parametrize(
    ("target", "basis", "broken"),
    [("total,9000,", "quarter", ""), ("point,9000,", "sum", ""), ("point,9000,", "quarter", "2023-24-Q3"),
     ("point,4000,", "quarter", "")],
)  # fmt: skip
def test_what_cannot_be_held_together_is_not_asked_about(
    council: Callable[..., Path], target: str, basis: str, broken: str
) -> None:
    """Totals, figures that add up, figures before a break in the way of measuring, and less than fifty times."""
    assert scales(written(council, target, basis=basis, broken=broken)) == []


def printed(root: Path) -> list[str]:
    """Give what the check says of cells as printed; none of it stops a release."""
    points = [point for point in check(make_plan("tiny", "2023-24-Q2", root=root)).points if "printed" in point.kind]
    assert not any(point.stops for point in points)
    return sentences([point for point in points if point.kind != "unlike as printed"])


def test_cells_that_a_program_changed_are_named_and_those_it_would_change_counted(
    council: Callable[..., Path],
) -> None:
    """A day where a ratio was printed is told with its row; how many cells have no marks is told in one line."""
    assert printed(written(council, "point,90,", printed="10/08/26,85%")) == [
        "readings.csv, row 2, column as_printed: '10/08/26' may be what a spreadsheet program made of it; "
        "write what was printed, in quotes.",
        "readings.csv, targets.csv: A spreadsheet program may change 1 cell as printed; "
        'put quotation marks round each: "8/10".',
    ]


def test_cells_in_marks_are_meant_as_they_are(council: Callable[..., Path]) -> None:
    """Neither a time of day nor a percentage in quotation marks is asked about."""
    assert printed(written(council, "point,90,", printed='"""03:01:00""","""85%"""')) == []
