"""
The commentary contract: which indicators a service must explain in a quarter, why, and what it has not said yet.

What is off target, got worse, or changed for the worse by more than chance owes an issue, a cause and an action.
All else owes nothing, though it may have its line.
"""

from __future__ import annotations

import pandas as pd

from kpilib.judgement.figures import listed
from kpilib.judgement.rating import OFF_TARGET
from kpilib.records.periods import Period

KINDS = ("issue", "cause", "action")
OWNER, DATE = "owner of the action", "date of the action"
_BEYOND = "a change for the worse that is more than the usual ups and downs"


def concerns(judged: pd.DataFrame) -> pd.DataFrame:
    """Say of each indicator whether it is off target, got worse, and has a signal for the worse."""
    return pd.DataFrame(
        {
            "off target": judged["rating"].isin(OFF_TARGET),
            "worse": judged["direction"] == "worse",
            "concern": judged["variation"] == "concern",
        }
    )


def owed(judged: pd.DataFrame, commentary: pd.DataFrame, at: Period) -> pd.DataFrame:
    """
    Find the indicators that owe commentary for a quarter, and what of it is missing.

    An indicator owes it where its rating, as stated, is off target, its direction is worse, or its variation is a
    concern; that a target is out of reach (`assurance`) is no reason by itself.
    A supporting measure owes nothing, nor does an indicator without a figure.
    Nothing is owed for a monthly or quarterly figure of an earlier quarter (`late`), which was explained when it
    came; a yearly or termly one is this year's or term's until the next comes, so it owes as often as it is shown.

    Args:
        judged: from `kpilib.judgement.verdict.judge`.
        commentary: as records hold it; later quarters are left out, earlier ones tell only whom to ask.
        at: the quarter.

    Returns:
        a row for each indicator that owes, in the order they came, whether or not all is there:
        indicator, directorate; who (of whom it is asked: the owner named first in the quarter's actions, else in
        those of the last quarter that named one; else the service, else the directorate);
        why (`rated red and got worse`) and because (the same as a clause, in the council's own words);
        missing (a tuple of `KINDS`, `OWNER` and `DATE`; empty where all is there) and received (any row at all).
        One action with both owner and date is enough; of several, the one that says most counts.
    """
    asked = (judged["supports"] == "") & judged["value"].notna() & ~judged["late"].astype(bool)
    reasons = concerns(judged)
    here = judged[asked & reasons.any(axis=1)]
    why, because = [], []
    for row, holds in zip(here.itertuples(), reasons.loc[here.index].to_numpy(), strict=True):
        short = (f"rated {row.rating}", "got worse", f"shows {_BEYOND}")
        clause = (f"the rating is “{row.label}”", "the figure got worse", f"its figures show {_BEYOND}")
        why.append(listed([said for said, true in zip(short, holds, strict=True) if true]))
        because.append(listed([said for said, true in zip(clause, holds, strict=True) if true]))
    said = commentary[commentary["quarter"] == at.text]
    service = here["service"].where(here["service"] != "", here["directorate"])
    return here[["indicator", "directorate"]].assign(
        who=here["indicator"].map(_last_owner(commentary, at)).astype(object).fillna(service),
        why=pd.Series(why, index=here.index, dtype=object),
        because=pd.Series(because, index=here.index, dtype=object),
        missing=_missing(here["indicator"], said),
        received=here["indicator"].isin(said["indicator"]),
    )


def _missing(indicators: pd.Series, said: pd.DataFrame) -> pd.Series:
    """Find what a quarter's commentary lacks; owner and date are missed only where there is an action."""
    actions = said[said["kind"] == "action"]
    says = (actions["owner"] != "").astype(int) + (actions["due"] != "")
    fullest = actions.assign(says=says).sort_values("says", ascending=False, kind="stable")
    fullest = fullest.drop_duplicates("indicator").set_index("indicator")
    lacks = {kind: ~indicators.isin(said.loc[said["kind"] == kind, "indicator"]) for kind in KINDS}
    lacks |= {name: indicators.map(fullest[column]).eq("") for name, column in ((OWNER, "owner"), (DATE, "due"))}
    names = pd.Series(list(lacks))
    found = [tuple(names[row]) for row in pd.DataFrame(lacks).to_numpy(bool)]
    return pd.Series(found, index=indicators.index, dtype=object)


def _last_owner(commentary: pd.DataFrame, at: Period) -> pd.Series:
    """Give the owner named first in the latest quarter, up to this one, whose actions name any; by indicator."""
    named = (commentary["kind"] == "action") & (commentary["owner"] != "") & (commentary["quarter_end"] <= at.end)
    latest = commentary[named].sort_values("quarter_end", ascending=False, kind="stable")
    return latest.drop_duplicates("indicator").set_index("indicator")["owner"]
