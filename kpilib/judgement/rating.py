"""
Rating: how far a reading is from its target, and what that is called.

The shortfall is the distance from the target on the bad side.
Green if it is within `green_within`, amber if within `amber_within`, else red.
No target, no reading, not yet due: not rated, and never green.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kpilib.judgement.figures import gap, goal, show_all
from kpilib.judgement.trend import ending, gain
from kpilib.records.framework import Rule, tolerance
from kpilib.records.periods import Period


def aim(current: pd.DataFrame, targets: pd.DataFrame, rule: Rule, at: Period) -> pd.DataFrame:
    """
    Find the target that each current reading is rated against.

    The target whose span holds the reading's period; of several, the shortest span.
    Where there is none and the rule says `next year`, the target for the year after the quarter's.

    Returns:
        `current` with kind, target_low, target_high, amber_at, target_start, target_end, spread, and shift
        (months by which the target lies ahead).
    """
    pairs = current[["indicator", "start", "end"]].merge(targets, on="indicator", suffixes=("_now", ""))
    own = (pairs["start"] <= pairs["start_now"]) & (pairs["end_now"] <= pairs["end"])
    ahead = (pairs["start"] <= at.end + 12) & (at.end + 12 <= pairs["end"])
    fits = own | ahead if rule.target == "next year" else own
    pairs = pairs.assign(shift=np.where(own, 0, 12), span=pairs["end"] - pairs["start"])[fits]
    best = pairs.sort_values(["shift", "span"], kind="stable").drop_duplicates("indicator").set_index("indicator")
    taken = {"low": "target_low", "high": "target_high", "start": "target_start", "end": "target_end"}
    taken |= {name: name for name in ("kind", "amber_at", "spread", "shift")}
    return current.assign(**{new: current["indicator"].map(best[old]) for old, new in taken.items()})


def towards_total(frame: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """
    For a target that is a total over a span, add the value to date and the share expected by now.

    `sum` readings are added up from the beginning of the span; a missing period leaves the value unknown.
    A `to date` reading is its own value to date. The share is linear, by month.

    Returns:
        the frame with cumulative (whether it is rated on its value to date), to_date, share and expected;
        for other kinds of target these are no, the value, 1 and the target.
    """
    total = frame["kind"] == "total"
    begins = (frame["target_start"] - frame["shift"]).where(total)
    adds = total & (frame["basis"] == "sum")
    pairs = frame.assign(begins=begins)[adds][["indicator", "period_kind", "begins", "end"]].merge(
        readings[readings["value"].notna()], on=["indicator", "period_kind"], suffixes=("_now", "")
    )
    pairs = pairs[(pairs["start"] >= pairs["begins"]) & (pairs["end"] <= pairs["end_now"])]
    pairs = pairs.assign(months=pairs["end"] - pairs["start"] + 1)
    sums = pairs.groupby("indicator")[["value", "months"]].sum()
    gone = frame["end"] - begins + 1
    whole = frame["indicator"].map(sums["months"]) == gone
    summed = frame["indicator"].map(sums["value"]).where(whole)
    span = frame["target_end"] - frame["target_start"] + 1
    grows = total & frame["basis"].isin(["sum", "to date"])
    share = (gone / span).clip(upper=1).where(grows & (frame["spread"] != "flat"), 1.0)
    to_date = summed.where(adds, frame["value"]).where(~grows | (gone > 0))
    return frame.assign(cumulative=grows, to_date=to_date, share=share, expected=frame["target_low"] * share)


def rate(frame: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """
    Rate readings against their targets.

    Args:
        frame: with status, value, to_date, good_is, kind, target_low, target_high, expected, amber_at, quartile,
            last_year, green_within and amber_within (empty where the rule's own holds), unit and decimals.
        rule: the framework's rule; `amber_if_improved` lifts a red that is no worse than the same quarter last year.

    Returns:
        the frame with shortfall, computed_rating, rating and reason.
    """
    frame = frame.assign(shortfall=_shortfall(frame))
    green, green_known = _within(frame, "green_within", rule.green_within)
    amber, amber_known = _within(frame, "amber_within", rule.amber_within)
    stated = (frame["amber_at"] * frame["share"] - _nearest(frame)).abs()
    amber, amber_known = stated.fillna(amber), amber_known | stated.notna()
    quartiles = frame["kind"] == "quartile"
    green, amber = green.mask(quartiles, 0), amber.mask(quartiles, 1)
    known = quartiles | (green_known & amber_known) | (frame["shortfall"] <= 0)
    slack = 1e-9 * frame["expected"].abs().clip(lower=1)
    unrated = _why_not(frame, known)
    improved = gain(frame, frame["last_year"])
    lifted = (improved >= 0) & rule.amber_if_improved
    computed = np.select(
        [
            unrated != "",
            frame["shortfall"] <= green + slack,
            (frame["shortfall"] <= amber + slack) | lifted,
        ],
        ["not rated", "green", "amber"],
        "red",
    )
    frame = frame.assign(computed_rating=computed, rating=computed)
    return frame.assign(reason=pd.Series(_reasons(frame, unrated), index=frame.index, dtype=object))


def override(frame: pd.DataFrame, overrides: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """
    Put the council's stated rating in place of the computed one, which is kept beside it.

    The reason then says both, why, and who approved it.
    """
    stated = overrides[overrides["quarter"] == quarter]
    said = stated["reason"].str.rstrip(".") + " (approved by " + stated["approved_by"] + ")."
    stated = stated.assign(said=" The council states " + stated["rating"] + ": " + said).set_index("indicator")
    who = frame["indicator"]
    rating = frame["rating"].where(~who.isin(stated.index), who.map(stated["rating"]))
    reason = frame["reason"] + " By the rule alone it is " + frame["computed_rating"] + "." + who.map(stated["said"])
    return frame.assign(rating=rating, reason=reason.fillna(frame["reason"]))


def _shortfall(frame: pd.DataFrame) -> pd.Series:
    value, good = frame["to_date"], frame["good_is"]
    below, above = frame["expected"] - value, value - frame["expected"]
    aimed = pd.Series(
        np.select(
            [good.isin(["high", "on target"]), good == "low", good == "near"],
            [below, above, above.abs()],
            np.nan,
        ),
        index=frame.index,
    )
    under, over = frame["target_low"] - value, value - frame["target_high"]
    outside = pd.Series(
        np.select(
            [good == "high", good == "low", good.isin(["on target", "near"])],
            [under, over, np.maximum(under, over)],
            np.nan,
        ),
        index=frame.index,
    )
    aimed = aimed.mask(frame["kind"] == "range", outside)
    return aimed.mask(frame["kind"] == "quartile", frame["quartile"] - frame["target_low"])


def _within(frame: pd.DataFrame, column: str, rule: str) -> tuple[pd.Series, pd.Series]:
    """Give the tolerance of each row in its own unit, and whether it means anything there."""
    said = frame[column].where(frame[column] != "", rule)
    parts = said.map({text: tolerance(text) for text in said.unique()})
    amount, share = parts.str[0].astype(float), parts.str[1].astype(bool)
    base = _nearest(frame).abs()
    return amount.where(~share, amount * base), ~share | (base > 0)


def _nearest(frame: pd.DataFrame) -> pd.Series:
    """The value that the shortfall is measured from: what is expected, or the end of a range that was passed."""
    return frame["expected"].where(
        (frame["kind"] != "range") | (frame["to_date"] < frame["target_low"]), frame["target_high"]
    )


def _why_not(frame: pd.DataFrame, known: pd.Series) -> np.ndarray:
    """Say why a row cannot be rated; nothing where it can."""
    return np.select(
        [
            frame["status"].eq("awaited"),
            frame["value"].isna(),
            frame["kind"].isna(),
            frame["good_is"].eq("none"),
            frame["kind"].eq("total") & ~frame.get("cumulative", pd.Series(True, index=frame.index)).astype(bool),
            frame["kind"].eq("quartile") & frame["quartile"].isna(),
            frame["to_date"].isna(),
            ~np.isfinite(frame["shortfall"].astype(float)),
            ~known,
        ],
        [
            "Not rated: the figure is awaited.",
            "Not rated: no figure has been reported.",
            "Not rated: there is no target.",
            "Not rated: the records do not say which way is good.",
            "Not rated: the only target is a total, and the figure is not one that adds up to it.",
            "Not rated: the target is a quartile, and no national rank has been reported.",
            "Not rated: the value to date is not known, because an earlier figure is missing.",
            "Not rated: the figure or its target cannot be measured.",
            "Not rated: a percentage of a target of zero means nothing; the tolerance must be in points.",
        ],
        "",
    )


def _reasons(frame: pd.DataFrame, unrated: np.ndarray) -> list[str]:
    values, lows = show_all(frame["to_date"], frame), show_all(frame["target_low"], frame, goal)
    highs, expected = show_all(frame["target_high"], frame, goal), show_all(frame["expected"], frame, goal)
    reasons = []
    for row, why, value, low, high, due in zip(frame.itertuples(), unrated, values, lows, highs, expected, strict=True):
        if why:
            reasons.append(why)
            continue
        good = ending(row.good_is)
        if row.kind == "quartile":
            reasons.append(
                f"Ranked {row.rank:.0f} of {row.of:.0f}, which is quartile {row.quartile:.0f}; "
                f"the target is quartile {row.target_low:.0f}, and 1 is best."
            )
        elif row.kind == "range":
            reasons.append(f"{value} is {_range_words(row, low, high)}{good}")
        elif row.share < 1:
            where = _beside(row.to_date, row.expected, row)
            when = f"by the end of {row.period_name}" if getattr(row, "late", False) else "by now"
            reasons.append(f"{value} so far {where} the {due} expected {when} ({row.share:.0%} of {low}){good}")
        else:
            reasons.append(f"{value} {_beside(row.to_date, row.expected, row)} the target of {due}{good}")
    return reasons


def _beside(value: float, due: float, row: Any) -> str:
    """Say how a value lies beside what is due, in words that end before it."""
    if abs(value - due) <= 1e-9 * max(1, abs(due)):
        return "meets"
    return f"is {gap(value - due, row.unit, row.decimals)} {'above' if value > due else 'below'}"


def _range_words(row: Any, low: str, high: str) -> str:
    span = f"the range of {low} to {high}"
    if row.to_date < row.target_low:
        return f"{gap(row.target_low - row.to_date, row.unit, row.decimals)} below {span}"
    if row.to_date > row.target_high:
        return f"{gap(row.to_date - row.target_high, row.unit, row.decimals)} above {span}"
    return f"within {span}"
