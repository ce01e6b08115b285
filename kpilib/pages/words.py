"""Sentences that a councillor or a resident would say, made from figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kpilib.judgement.figures import number
from kpilib.judgement.rating import OFF_TARGET, RUN
from kpilib.records.framework import RATINGS, Rule, tolerance
from kpilib.records.periods import day

SIGNALS = {
    "above limit": "above its usual range",
    "below limit": "below its usual range",
    "rising trend": "rising steadily",
    "falling trend": "falling steadily",
    "two in three high": "near the top of its usual range",
    "two in three low": "near the bottom of its usual range",
    "run above mean": "long above its average",
    "run below mean": "long below its average",
}
FREQUENCY = {"monthly": "monthly", "quarterly": "quarterly", "termly": "each term", "annual": "yearly"}


def counted(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun: `one indicator`, `12 indicators`, `no risks`."""
    return f"{number(count, 'no')} {one if count == 1 else many or one + 's'}"


def listed(items: Sequence[str]) -> str:
    """Write a list: `a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def sentence(text: str) -> str:
    """Begin with a capital and end with a stop, unless the text has an ending of its own."""
    ended = text if text.endswith(("?", "!", "…", ".”", "?”", "!”")) else text.rstrip(".") + "."
    return ended[:1].upper() + ended[1:]


def lower_first(text: str) -> str:
    """Begin with a small letter, unless the first word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def share(part: int, whole: int) -> str:
    """Write a share as a whole percentage, halves upwards; nothing of nothing is empty."""
    return f"{int(100 * part / whole + 0.5)}%" if whole else ""


def tally(row: pd.Series, labels: Mapping[str, str]) -> str:
    """Say how many indicators have which rating: `Of 16 indicators, five are “On track/good”, …`."""
    rated = [rating for rating in labels if rating in RATINGS and row[rating]]
    if not rated:
        return f"{sentence(counted(row['indicators'], 'indicator'))[:-1]}, and none can be rated yet."
    said = [f"{number(row[rating])} “{labels[rating]}”" for rating in rated]
    verb = "is" if row[rated[0]] == 1 else "are"
    said[0] = said[0].replace(" “", f" {verb} “", 1)
    unrated = row["not rated"]
    rest = f"; {number(unrated)} {'is' if unrated == 1 else 'are'} not rated" if unrated else ""
    return sentence(f"of {counted(row['indicators'], 'indicator')}, {listed(said)}{rest}")


def furthest(judged: pd.DataFrame, figures: pd.Series, most: int = 2) -> str:
    """Name the indicators furthest from target, with their figures; nothing where none is off target."""
    off = judged[judged["rating"].isin(OFF_TARGET)].head(most)
    if off.empty:
        return ""
    named = [f"“{row.short_name}” ({figures[row.Index]})" for row in off.itertuples()]
    return sentence(f"furthest from target: {listed(named)}")


def rule(said: Rule, labels: Mapping[str, str]) -> str:
    """Say how far off the target a rating reaches: `“Good” within 1% of the target and “Nearly” within 5% of it`."""
    reach = {"green": said.green_within, "yellow": said.yellow_within, "amber": said.amber_within}
    parts = [f"“{labels['blue']}” more than {said.blue_beyond} better than the target"] if said.blue_beyond else []
    for rating, within in reach.items():
        if within and rating in labels:
            met = tolerance(within)[0] == 0
            parts.append(f"“{labels[rating]}” {'where the target is met' if met else f'within {within} of the target'}")
    return listed(parts)


def movement(judged: pd.DataFrame, compare: str = "previous") -> str:
    """Say how many got better, worse or stayed since the reading before, and how many cannot be compared."""
    by = judged["direction"].value_counts()
    said = [
        f"{number(by[way])} {verb}"
        for way, verb in (("better", "got better"), ("worse", "got worse"), ("same", "stayed the same"))
        if by.get(way)
    ]
    if not said:
        return "Nothing can be compared with an earlier figure yet."
    rest = f"; {number(by['cannot say'])} cannot be compared" if by.get("cannot say") else ""
    since = "against the same quarter last year" if compare == "last year" else "since the figure before"
    return sentence(f"{since}, {listed(said)}{rest}")


def off_for(row: pd.Series) -> str:
    """Say for how many periods running an indicator has been off target, where it is more than one."""
    if row["off_for"] < 2:
        return ""
    much = " or longer" if row["off_for"] == RUN else ""
    return f"It has been off target for {counted(row['off_for'], period_word(row))} running{much}."


def period_word(row: pd.Series) -> str:
    """Name what an indicator's figures are of: a quarter, a month or a year; a figure where they are of none."""
    whole = row["period_kind"] != "month" or row["frequency"] == "monthly"
    return row["period_kind"] if whole else "figure"


def series(frame: pd.DataFrame, figures: Sequence[str]) -> str:
    """Say a series in words, for a chart's alternative text: `95.65% in Quarter 4 2018/19, …`."""
    said = [f"{figure} in {name}" for figure, name in zip(figures, frame["period_name"], strict=True)]
    return aloud(listed(said))


def aloud(text: str) -> str:
    """Write a text for the ear: a minus sign is not always read."""
    return text.replace("−", "minus ")


def attributed(text: str, owner: str, due: str) -> str:
    """Add to an action who does it and by when, where the records say and the text does not."""
    said = [f"Owner: {owner}." if owner and owner not in text else ""]
    said.append(f"Due: {day(due)}." if due and day(due) not in text else "")
    return " ".join([text, *[part for part in said if part]])
