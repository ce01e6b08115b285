"""What of a quarter's report is up to date, page by page, and why the rest is not."""

from __future__ import annotations

from kpilib.press.plan import Plan
from kpilib.press.prepare import prepare
from kpilib.press.quarter import Quarter
from kpilib.records.faults import RecordsError


def standing(plan: Plan) -> dict[str, str]:
    """
    Say of each page whether it is up to date, and if not, why.

    Raises:
        RecordsError: faults in the records or the parameters.
    """
    prepared = prepare([plan])[0]
    if prepared.faults:
        raise RecordsError(prepared.faults)
    quarter = Quarter(plan, prepared)
    said = {}
    for planned in plan.pages:
        if planned.entry.page in prepared.bare:
            said[planned.entry.page] = "left out: everything on it is exempt"
            continue
        changed = quarter.why(planned)
        why = "not made yet" if changed is None else f"to be made again: {', '.join(changed)} changed"
        said[planned.entry.page] = why if changed or changed is None else "up to date"
    return said
