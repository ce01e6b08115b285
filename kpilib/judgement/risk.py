"""
Risks and opportunities: score, appetite, movement, course towards the target, and what the register leaves open.

A score is impact times likelihood; for a risk high is bad, for an opportunity high is good.
The score after actions is the one that counts as the present one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from kpilib.judgement.figures import show
from kpilib.records.carried import CARRIED, CLOSED, unconfirmed
from kpilib.records.periods import Period, day, quarter

UNLISTED = "no longer listed"  # nothing says what became of it: a transcribed paper, or something that is exempt
GONE = (CLOSED, "merged", UNLISTED)
NOT_CONFIRMED = "not confirmed"
REVIEW_OVERDUE = "Its review date has passed."
_STATED = {"increasing": "up", "reducing": "down", "": "not stated"}
_GOOD = {"risk": -1.0, "opportunity": 1.0}


def assess(
    risks: pd.DataFrame,
    bands: Mapping[str, tuple[int, int]],
    at: Period,
    appetite: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """
    Assess a quarter's register.

    Args:
        risks: the register of every quarter up to this one, as records hold it.
        bands: the lowest and highest score of each band.
        at: the quarter.
        appetite: the highest score that is acceptable for a type of risk; types that it leaves out are not judged.

    Returns:
        the quarter's own rows with band, residual_band, effect (what controls or actions change of the score),
        movement since the last quarter's register (new, up, down, level; `no earlier register` where there is none),
        previous_score, movement_direction (better, worse, same, cannot say), stated (the council's own direction),
        appetite and within_appetite (yes, no, unknown; for risks only),
        course and computed_course towards the target (green, amber, red, not rated) and course_reason.
        What is gone since the last register has rows of its own, with movement `closed` where a row of the quarter says
        so, `merged` and merged_into where another took it in, else `no longer listed`.
        What was carried from an earlier register has the movement `not confirmed`, and unconfirmed, a sentence that
        says so and is empty elsewhere.
    """
    here, ended = risks["quarter"] == at.text, risks["direction"] == CLOSED
    now, closing = risks[here & ~ended], risks[here & ended]
    before = risks[(risks["quarter_end"] == at.start - 1) & ~ended]
    risks = risks[~ended]
    gone = before[~before["risk"].isin(now["risk"]) & bool(here.any())]
    gone = pd.concat([gone, closing[~closing["risk"].isin(before["risk"])]])  # what has no row in the quarter before
    assessed = pd.concat([_moved(now, before, at), _gone(gone, now, closing)], ignore_index=True)
    assessed = assessed.assign(
        band=band(assessed["score"], bands),
        residual_band=band(assessed["residual_score"], bands),
        effect=assessed["residual_score"] - assessed["score"],
    )
    return _course(_accepted(assessed, appetite or {}), risks, at)


def standing(assessed: pd.DataFrame) -> pd.DataFrame:
    """Leave out of an assessed register what is closed, merged into another, or no longer listed."""
    return assessed[~assessed["movement"].isin(GONE)]


def band(scores: pd.Series, bands: Mapping[str, tuple[int, int]]) -> pd.Series:
    """Give the band of each score; empty where there is no score or no band holds it."""
    found = pd.Series("", index=scores.index, dtype=object)
    for name, (low, high) in bands.items():
        found = found.mask(scores.between(low, high), name)
    return found


def upper(bands: Mapping[str, tuple[int, int]]) -> list[str]:
    """Name the bands above the middle of the scale, lowest first: two of four or five, and of three the highest."""
    names = list(bands)
    return names[(len(names) + 1) // 2 :] or names


def high(assessed: pd.DataFrame, bands: Mapping[str, tuple[int, int]]) -> pd.DataFrame:
    """
    Choose the risks that stand in an upper band, or stood there before their actions; the highest first.

    Args:
        assessed: from `assess`; opportunities, and what is closed or merged, are left out.
        bands: the lowest and highest score of each band.
    """
    here = standing(assessed)
    above = here["band"].isin(upper(bands)) | here["residual_band"].isin(upper(bands))
    chosen = here[(here["kind"] == "risk") & above]
    return chosen.sort_values(["residual_score", "score"], ascending=False, kind="stable")


def _moved(now: pd.DataFrame, before: pd.DataFrame, at: Period) -> pd.DataFrame:
    then = now["risk"].map(before.set_index("risk")["residual_score"]).astype(float)
    change = now["residual_score"] - then
    better = change * now["kind"].map(_GOOD)
    unknown = "new" if len(before) else "no earlier register"
    since = now[CARRIED] if CARRIED in now else pd.Series("", now.index, dtype=object)
    silent = since != ""
    movements, ways = [NOT_CONFIRMED, "up", "down", "level"], ["cannot say", "better", "worse", "same"]
    return now.assign(
        previous_score=then,
        movement=np.select([silent, change > 0, change < 0, change == 0], movements, unknown),
        movement_direction=np.select([silent, better > 0, better < 0, better == 0], ways, "cannot say"),
        unconfirmed=pd.Series([unconfirmed(each, at) for each in since], now.index, dtype=object),
        stated=now["direction"].replace(_STATED),
        merged_into="",
    )


def _gone(gone: pd.DataFrame, now: pd.DataFrame, closing: pd.DataFrame) -> pd.DataFrame:
    """Say of the risks that only the last register has what became of them, as far as a row says it."""
    taken = now[["risk", "merged_from"]].assign(merged_from=now["merged_from"].str.split("; "))
    into = taken.explode("merged_from").groupby("merged_from")["risk"].agg("; ".join)
    merged_into = gone["risk"].map(into).astype(object).fillna("")
    return gone.assign(
        previous_score=gone["residual_score"],
        movement=np.select([merged_into != "", gone["risk"].isin(closing["risk"])], ["merged", CLOSED], UNLISTED),
        movement_direction="cannot say",
        stated="",
        unconfirmed="",
        merged_into=merged_into,
    )


def _accepted(assessed: pd.DataFrame, appetite: Mapping[str, int]) -> pd.DataFrame:
    judged = (assessed["kind"] == "risk") & ~assessed["movement"].isin(GONE)
    most = assessed["type"].map(appetite).astype(float).where(judged)
    within = np.select([most.isna(), assessed["residual_score"] <= most], ["unknown", "yes"], "no")
    return assessed.assign(appetite=most, within_appetite=within)


def _course(assessed: pd.DataFrame, risks: pd.DataFrame, at: Period) -> pd.DataFrame:
    """
    Judge the way to the target against an even path, month by month.

    It leads from the score of the first quarter in which this target score and date stood, at that quarter's end,
    to the target at its date.
    What the council states of the progress goes before what is computed, which is kept.
    """
    who, date = assessed["risk"], assessed["target_date"]
    aims = risks[risks["target_score"].notna() & (risks["target_date"] != "")]
    aims = aims.merge(assessed[["risk", "target_score", "target_date"]], on=["risk", "target_score", "target_date"])
    first = aims.sort_values("quarter_end", kind="stable").drop_duplicates("risk").set_index("risk")
    start, began = who.map(first["residual_score"]).astype(float), who.map(first["quarter_end"]).astype(float)
    now, target, good = assessed["residual_score"], assessed["target_score"], assessed["kind"].map(_GOOD)
    path = start + (target - start) * (at.end - began) / (_months(date) - 1 - began)
    why = np.select(
        [
            assessed["movement"].isin(GONE),
            target.isna() & (date == ""),
            target.isna(),
            date == "",
            good * (now - target) >= 0,
            date <= at.last_day,
            began == at.end,
            good * (now - start) < 0,
            good * (now - path) >= -1e-9,
        ],
        ["gone", "no target", "no score", "no date", "reached", "over", "set now", "worse", "ahead"],
        "behind",
    )
    computed = pd.Series([_COURSES.get(each, "not rated") for each in why], index=assessed.index, dtype=object)
    judged = assessed.assign(
        computed_course=computed, course=computed.where(assessed["progress"] == "", assessed["progress"])
    )
    since = who.map(first["quarter"]).astype(object)
    reasons = [_course_reason(*row) for row in zip(judged.itertuples(), why, start, path, since, strict=True)]
    return judged.assign(course_reason=pd.Series(reasons, index=judged.index, dtype=object))


def _months(dates: pd.Series) -> pd.Series:
    """Count the months that are over by the end of each date, from year 0, as periods do; a part of one by its days."""
    days = pd.to_datetime(dates, errors="coerce").dt
    return days.year * 12 + days.month - 1 + days.day / days.days_in_month


COURSES = {"green": "On course", "amber": "Behind", "red": "Off course", "not rated": "Not rated"}
_COURSES = {"reached": "green", "ahead": "green", "behind": "amber", "over": "red", "worse": "red"}
_NOT_RATED = {
    "gone": "It is no longer in the register.",
    "no target": "There is no target score, and no date for one.",
    "no score": "There is a target date, but no target score.",
    "no date": "There is a target score, but no date for it.",
    "set now": "The target was set this quarter; its course shows from the next.",
}


def _course_reason(row: Any, why: str, start: float, path: float, since: str) -> str:
    if why in _NOT_RATED:
        said = _NOT_RATED[why]
    elif why == "reached":
        said = f"The score of {show(row.residual_score)} has reached the target of {show(row.target_score)}."
    elif why == "over":
        due = f"The target of {show(row.target_score)} was due by {day(row.target_date)}"
        said = f"{due}, and the score is still {show(row.residual_score)}."
    else:
        aim = f"the target of {show(row.target_score)} by {day(row.target_date)}"
        began = f"{show(start)} in {quarter(since).name}"
        now, so = show(row.residual_score), "on course" if why == "ahead" else "behind"
        said = f"The score is {now}; an even path from {began} to {aim} would be at {show(path)} now, so it is {so}."
        if why == "worse":
            said = f"The score of {now} is worse than {began}, where the way to {aim} began."
    if row.progress in ("", row.computed_course):
        return said
    course = {rating: word.lower() for rating, word in COURSES.items()}
    return f"{said} By the score alone it is {course[row.computed_course]}. The council states {course[row.progress]}."


def actions(notes: pd.DataFrame, at: Period) -> pd.DataFrame:
    """
    List the actions of a quarter, the earliest due first, those without a date last.

    Args:
        notes: the notes on risks, as records hold them; those of other quarters and other kinds are left out.
        at: the quarter. What is due by its last day, and not done, is overdue.

    Returns:
        columns risk, text, owner, due, status, overdue, and state: done, overdue, in progress, planned;
        and where no status is given, not yet due or no date.
    """
    own = notes[(notes["quarter"] == at.text) & (notes["kind"] == "action")]
    own = own.sort_values("due", key=lambda due: due.mask(due == "", "~"), kind="stable")
    overdue = (own["due"] != "") & (own["due"] <= at.last_day) & (own["status"] != "done")
    unsaid = np.where(own["due"] == "", "no date", "not yet due")
    state = own["status"].mask(own["status"] == "", unsaid).mask(overdue, "overdue")
    listed = own[["risk", "text", "owner", "due", "status"]].assign(overdue=overdue, state=state)
    return listed.reset_index(drop=True)


def gaps(assessed: pd.DataFrame, notes: pd.DataFrame, at: Period) -> pd.DataFrame:
    """
    Find what does not hold together in a register, and what it leaves open.

    That nobody confirmed a risk is told elsewhere.

    Args:
        assessed: from `assess`; what is closed or merged is left out.
        notes: the notes on risks.
        at: the quarter.

    Returns:
        columns risk and gap, one sentence each: scores that do not agree with their parts, with the actions, the
        target or the appetite; no owner, direction, target score or date where there should be one;
        a stated direction that the score did not take; a review date, a target date or an action overdue; no action
        where one is due.
    """
    risks = standing(assessed)
    listed = actions(notes, at)
    active = listed[listed["state"] != "done"]
    risk, good = risks["kind"] == "risk", risks["kind"].map(_GOOD)
    score, after, target = risks["score"], risks["residual_score"], risks["target_score"]
    product = risks["impact"] * risks["likelihood"]
    residual = risks["residual_impact"] * risks["residual_likelihood"]
    dated, above = risks["target_date"] != "", risks["within_appetite"] == "no"
    short = good * (after - target) < 0
    moved = risks["movement"].isin(["up", "down", "level"]) & risks["stated"].isin(["up", "down", "level"])
    found = [
        (product.notna() & (product != score), "The score is not impact times likelihood."),
        (residual.notna() & (residual != after), "The score after actions is not impact times likelihood."),
        (risk & (after > score), "The risk is worse after its actions."),
        (risk & (after == score), "Its actions do not lower the score."),
        (~risk & (after < score), "The opportunity is smaller after its actions."),
        (~risk & (after == score), "Its actions do not raise the score."),
        (risks["owner"] == "", "No owner is named."),
        ((risks["direction"] == "") & (risks["unconfirmed"] == ""), "No direction of travel is stated."),
        (moved & (risks["stated"] != risks["movement"]), "The direction stated is not the one that the score took."),
        (above, "The score is above the appetite for its type."),
        (target.notna() & ~dated, "A target score is given without a date."),
        (target.isna() & dated, "A target date is given without a score."),
        (good * (target - score) < 0, "The target is worse than the score before actions."),
        ((risks["review_date"] != "") & (risks["review_date"] <= at.last_day), REVIEW_OVERDUE),
        (
            dated & (risks["target_date"] <= at.last_day) & (short | target.isna()),
            "The date by which the score should be acceptable has passed.",
        ),
        (
            (above | short) & ~risks["risk"].isin(active["risk"]),
            "The score is not yet acceptable, and no action is open.",
        ),
    ]
    named = [risks.loc[where, ["risk"]].assign(gap=sentence) for where, sentence in found]
    nobody = (active["owner"] == "") & (active["due"] == "")
    for where, sentence in (
        (active["overdue"], "An action is overdue."),
        (nobody, "An action has neither owner nor date."),
    ):
        named.append(risks.loc[risks["risk"].isin(active.loc[where, "risk"]), ["risk"]].assign(gap=sentence))
    return pd.concat(named, ignore_index=True)
