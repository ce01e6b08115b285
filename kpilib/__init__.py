"""
The words of a notebook: open a page, then ask it.

`page = kpi.open_page("lancashire-2019", "place_to_live", "2019-20-Q3")` opens one.
"""

from kpilib.judgement.benchmark import quartile, rank
from kpilib.judgement.figures import show
from kpilib.judgement.verdict import judge
from kpilib.pages.drawing import picture
from kpilib.pages.opening import open_page
from kpilib.pages.tables import Row, table
from kpilib.records.faults import RecordsError
from kpilib.records.framework import home, load_framework
from kpilib.records.ledger import load_ledger
from kpilib.records.periods import period

__all__ = [
    "RecordsError",
    "Row",
    "home",
    "judge",
    "load_framework",
    "load_ledger",
    "open_page",
    "period",
    "picture",
    "quartile",
    "rank",
    "show",
    "table",
]
