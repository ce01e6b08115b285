"""Whatever a council's records legally say, every page answers everything, or says in two lines what it cannot."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd import SLUG, ask_all, council, write

from kpilib.pages.opening import open_page
from kpilib.records.faults import TwoLineError


@settings(max_examples=3, deadline=None, derandomize=True, database=None)
@given(st.randoms(use_true_random=False))
def test_every_page_of_any_council_answers_or_faults_in_two_lines(chance: Random) -> None:
    """Odd polarities, units, periods, targets, benchmarks, risks and rules, or none of them, end in no traceback."""
    with tempfile.TemporaryDirectory() as root:
        write(council(chance), Path(root))

        faults = ask_all(Path(root), chance.choice(["public", "restricted"]))

    assert [fault for fault in faults if len(fault.splitlines()) % 2] == []


INDICATOR = """indicator,name,page,directorate,frequency,good_is,unit,basis
litter,Litter,streets,Place,quarterly,high,%,quarter
bins,Bins,streets,Place,quarterly,low,bins,sum
"""
TINY = {
    "params/odd-council/framework.yml": "council: Tiny\nstrategy: A plan\nratings: {green: On track, red: Off track}\n"
    "rules: [{from: 2021-22-Q1}]\npages: [{page: streets, title: Streets, kind: priority}]\n",
    "data/odd-council/indicators.csv": INDICATOR,
    "data/odd-council/readings.csv": "indicator,period,value,reported\nlitter,2023-24-Q2,91,2023-24-Q2\n",
    "data/odd-council/targets.csv": "indicator,period,kind,low,high\nlitter,2023-24,point,0,\n"
    "litter,2023-24-Q2,point,0,\nbins,2023-24,total,100,\n",
    "data/odd-council/comparators.csv": "comparator,group\nNorthtown,neighbours\nSouthtown,neighbours\n",
}


def test_a_closer_look_copes_with_targets_of_nought_and_no_figure(tmp_path: Path) -> None:
    """A share of nought is not drawn, and a total's even share needs a period to be the share of."""
    write(TINY, tmp_path)

    assert ask_all(tmp_path) == []
    page = open_page(SLUG, "streets", "2023-24-Q2", root=tmp_path)
    assert "Without a total to date, or a target above nought: Litter; Bins." in repr(
        page.year_to_date("litter", "bins")
    )
    with pytest.raises(TwoLineError, match="no indicator is named"):
        page.year_to_date()


@pytest.mark.parametrize(
    "benchmarks",
    [
        "litter,2023-24-Q3,Northtown,88,2023-24-Q2\nlitter,2023-24-Q3,Southtown,88,2023-24-Q2\n",
        "litter,2022-23,Northtown,88,\nlitter,2022-23-Q4,Southtown,88,\nlitter,2022-23-Q4,Northtown,87,\n",
    ],
    ids=["of a later quarter", "of a year and its last quarter"],
)
def test_benchmarks_of_any_period_break_no_page(benchmarks: str, tmp_path: Path) -> None:
    """A comparator's figure for the next quarter is not shown yet, and of periods that end alike one is."""
    head = "indicator,period,comparator,value,reported\n"
    write(TINY | {"data/odd-council/benchmarks.csv": head + benchmarks}, tmp_path)

    assert ask_all(tmp_path) == []
    shown = open_page(SLUG, "streets", "2023-24-Q2", root=tmp_path)
    assert "2023-24-Q3" not in set(shown.benchmarks["period"])
