"""
Risks and opportunities: score, band, movement, and what the register itself leaves open.

A score is impact times likelihood; for a risk high is bad, for an opportunity high is good.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kpilib.records.periods import Period


def assess(risks: pd.DataFrame, bands: Mapping[str, tuple[int, int]], at: Period) -> pd.DataFrame:
    """
    Assess a quarter's register.

    Args:
        risks: the register of every quarter up to this one, as records hold it.
        bands: the lowest and highest score of each band.
        at: the quarter.

    Returns:
        the quarter's own rows with band, residual_band, effect (what controls or actions change of the score),
        movement since the last quarter's register (new, up, down, level; `no earlier register` where there is none)
        and closed risks as rows of their own, with movement `closed`.
    """
    now = risks[risks["quarter"] == at.text]
    before = risks[risks["quarter_end"] == at.start - 1].set_index("risk")
    then = now["risk"].map(before["residual_score"])
    change = now["residual_score"] - then
    stated = now["direction"].map({"increasing": "up", "level": "level", "reducing": "down", "new": "new"})
    movement = np.select(
        [change.notna() & (change > 0), change.notna() & (change < 0), change.notna()],
        ["up", "down", "level"],
        "new" if len(before) else "no earlier register",
    )
    closed = before[~before.index.isin(now["risk"]) & bool(len(now))].reset_index()
    assessed = pd.concat(
        [now.assign(movement=movement, stated=stated.fillna("not stated")), closed.assign(movement="closed", stated="")]
    )
    return assessed.assign(
        band=band(assessed["score"], bands),
        residual_band=band(assessed["residual_score"], bands),
        effect=assessed["residual_score"] - assessed["score"],
    ).reset_index(drop=True)


def band(scores: pd.Series, bands: Mapping[str, tuple[int, int]]) -> pd.Series:
    """Give the band of each score; empty where there is no score or no band holds it."""
    found = pd.Series("", index=scores.index, dtype=object)
    for name, (low, high) in bands.items():
        found = found.mask(scores.between(low, high), name)
    return found


def gaps(risks: pd.DataFrame, notes: pd.DataFrame, today: str) -> pd.DataFrame:
    """
    Find what does not hold together in a register, and what it leaves open.

    Args:
        risks: one quarter's register.
        notes: its notes.
        today: the last day of the quarter, as 2019-12-31.

    Returns:
        columns risk and gap, one sentence each: a score that is not impact times likelihood, a residual score that
        is worse than the score, no owner, an action overdue, a target date passed.
    """
    risk = risks["kind"] == "risk"
    product = risks["impact"] * risks["likelihood"]
    residual = risks["residual_impact"] * risks["residual_likelihood"]
    found = [
        _gap(risks, product.notna() & (product != risks["score"]), "The score is not impact times likelihood."),
        _gap(
            risks,
            residual.notna() & (residual != risks["residual_score"]),
            "The score after actions is not impact times likelihood.",
        ),
        _gap(risks, risk & (risks["residual_score"] > risks["score"]), "The risk is worse after its actions."),
        _gap(risks, risk & (risks["residual_score"] == risks["score"]), "Its actions do not lower the score."),
        _gap(
            risks,
            ~risk & (risks["residual_score"] < risks["score"]),
            "The opportunity is smaller after its actions.",
        ),
        _gap(risks, ~risk & (risks["residual_score"] == risks["score"]), "Its actions do not raise the score."),
        _gap(risks, risks["owner"] == "", "No owner is named."),
        _gap(risks, risks["direction"] == "", "No direction of travel is stated."),
        _gap(
            risks,
            (risks["target_date"] != "") & (risks["target_date"] < today),
            "The date by which the score should be acceptable has passed.",
        ),
    ]
    actions = notes[notes["kind"] == "action"]
    late = (actions["due"] != "") & (actions["due"] < today) & (actions["status"] != "done")
    found.append(_gap(actions, late, "An action is overdue."))
    return pd.concat(found, ignore_index=True).drop_duplicates(ignore_index=True)


def _gap(frame: pd.DataFrame, where: pd.Series, sentence: str) -> pd.DataFrame:
    return frame.loc[where, ["risk"]].assign(gap=sentence)
