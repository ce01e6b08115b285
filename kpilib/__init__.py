"""
The words of a notebook: open a page, then ask it.

`page = kpi.open_page("lancashire-2019", "place_to_live", "2019-20-Q3")` opens one.
Each word is fetched when it is first used, so that a command that needs no figures does not wait for pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
_ROOMS = {
    "judgement.benchmark": ("quartile", "rank"),
    "judgement.figures": ("show",),
    "judgement.verdict": ("judge",),
    "pages.drawing": ("picture",),
    "pages.opening": ("open_page",),
    "pages.tables": ("Row", "table"),
    "records.faults": ("RecordsError",),
    "records.framework": ("home", "load_framework"),
    "records.ledger": ("load_ledger",),
    "records.periods": ("period",),
}


def __getattr__(name: str) -> Any:
    for room, words in _ROOMS.items():
        if name in words:
            return getattr(import_module(f"kpilib.{room}"), name)
    msg = f"module 'kpilib' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
