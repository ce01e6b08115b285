"""Sentences that a councillor or a resident would say, made from figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kpilib.judgement.figures import listed, number, percent, rounded
from kpilib.judgement.rating import OFF_TARGET, RUN
from kpilib.records.framework import MILESTONES, RATINGS, Rule, tolerance
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
OUTCOMES = {"improvement": ", for the better", "concern": ", for the worse"}
FREQUENCY = {"monthly": "monthly", "quarterly": "quarterly", "termly": "each term", "annual": "yearly"}


def counted(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun: `one indicator`, `12 indicators`, `no risks`."""
    return f"{number(count, 'no')} {one if count == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """Begin with a capital and end with a stop, unless the text has an ending of its own."""
    ended = text if text.endswith(("?", "!", "…", ".”", "?”", "!”")) else text.rstrip(".") + "."
    return ended[:1].upper() + ended[1:]


def shares(counts: Sequence[int]) -> list[str]:
    """
    Write counts as percentages of their sum, halves upwards; nothing of nothing is empty.

    Whole ones, or with one decimal where whole ones would not add up to 100 and those do:
    so equal counts have equal shares, and each share is what a reader works out for herself.
    """
    whole = sum(counts)
    if not whole:
        return ["" for _ in counts]
    plain, exact = ([rounded(100 * count / whole, places) for count in counts] for places in (0, 1))
    places = 1 if sum(plain) != 100 and sum(exact) == 100 else 0
    return [percent(count / whole, places) for count in counts]


def tally(row: pd.Series, labels: Mapping[str, str], one: str = "indicator", many: str = "") -> str:
    """Say how many indicators have which rating: `Of 16 indicators, five are “On track/good”, …`."""
    rated = [rating for rating in labels if rating in RATINGS and row[rating]]
    if not rated:
        return f"{sentence(counted(row['indicators'], one, many))[:-1]}, and none can be rated yet."
    said = [f"{number(row[rating])} “{labels[rating]}”" for rating in rated]
    verb = "is" if row[rated[0]] == 1 else "are"
    said[0] = said[0].replace(" “", f" {verb} “", 1)
    unrated = row["not rated"]
    rest = f"; {number(unrated)} {'is' if unrated == 1 else 'are'} not rated" if unrated else ""
    return sentence(f"of {counted(row['indicators'], one, many)}, {listed(said)}{rest}")


def furthest(judged: pd.DataFrame, figures: pd.Series, most: int = 2) -> str:
    """Name the indicators furthest from target, with their figures; nothing where none is off target."""
    off = judged[judged["rating"].isin(OFF_TARGET) & judged["value"].notna() & judged["target_low"].notna()].head(most)
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


def meanings(said: Rule, labels: Mapping[str, str]) -> dict[str, str]:
    """Say what each rating stands for under a rule, a sentence for each that has a label."""
    stated = "The council states it so."
    found = {
        "blue": f"The figure is more than {said.blue_beyond} better than the target." if said.blue_beyond else stated,
        "green": "The target is met.",
        "yellow": stated,
        "amber": stated,
        "red": "The target is missed.",
        "not rated": "There is no figure or no target, or the records do not say which way is good.",
        "awaited": "The figure is not there yet.",
    }
    beyond = ""
    for rating, within in (("green", said.green_within), ("yellow", said.yellow_within), ("amber", said.amber_within)):
        if within and tolerance(within)[0] and rating in labels:
            met = "met, or " if rating == "green" else ""
            of_it = " of it" if tolerance(within)[1] else ""
            found[rating] = f"The target is {met}missed {beyond}by no more than {within}{of_it}."
            found["red"] = "The target is missed by more than that."
            beyond = "by more than that, but "
    lifts = ["the figure is no worse than at the same quarter last year"] if said.amber_if_improved else []
    lifts += ["the target of the year is forecast to be met"] if said.amber_if_forecast else []
    if lifts and "amber" in labels:
        but = " or ".join(lifts)
        found["amber"] = f"{found['amber']} Or by more, and {but}." if beyond else f"The target is missed, and {but}."
        found["red"] = "The target is missed in any other way."
    return {rating: found[rating] for rating in labels}


def milestones(row: pd.Series) -> str:
    """
    Say how many milestones stand where: `Of nine milestones, three are achieved, five on track and one missed`.

    Args:
        row: one of `kpilib.judgement.milestone.counts`, of one milestone or more.
    """
    total = row["milestones"]
    said = [(row[state], state) for state in MILESTONES if row[state]]
    if len(said) == 1:
        all_of = {1: "The one milestone is", 2: "Both milestones are"}
        return f"{all_of.get(total, f'All {number(total)} milestones are')} {said[0][1]}."
    parts = [f"{number(count)} {state}" for count, state in said]
    parts[0] = f"{number(said[0][0])} {'is' if said[0][0] == 1 else 'are'} {said[0][1]}"
    return f"Of {number(total)} milestones, {listed(parts)}."


def unconfirmed(marks: pd.Series, one: str, many: str = "") -> str:
    """
    Say how many risks or milestones nobody confirmed for the quarter; nothing where all were.

    Args:
        marks: a text for each, empty where it was confirmed.
    """
    count, whole = int((marks != "").sum()), len(marks)
    if not count:
        return ""
    if whole == 1:
        return f"The one {one} was not confirmed for this quarter."
    if count == whole:
        return (
            f"{'Neither' if whole == 2 else 'None'} of the {counted(whole, one, many)} was confirmed for this quarter."
        )
    verb = "was" if count == 1 else "were"
    return sentence(f"{number(count)} of {counted(whole, one, many)} {verb} not confirmed for this quarter")


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
    since = f"against {compared_with(compare)}" if compare == "last year" else f"since {compared_with(compare)}"
    return sentence(f"{since}, {listed(said)}{rest}")


def compared_with(compare: str) -> str:
    """Say what a rule compares figures with."""
    return "the same quarter last year" if compare == "last year" else "the figure before"


def signal(row: pd.Series) -> str:
    """Say what signal a figure gives: `above its usual range, for the worse`; nothing where figures are too few."""
    if not row["variation"]:
        return ""
    return SIGNALS.get(row["signal"], "ordinary ups and downs") + OUTCOMES.get(row["variation"], "")


def beyond_ordinary(judged: pd.DataFrame, most: int = 3) -> str:
    """Name those that show more than their ordinary ups and downs, for the worse and for the better."""
    ranged = judged["variation"].ne("")
    if not ranged.any():
        return ""
    said = []
    for variation, way in (("concern", "for the worse"), ("improvement", "for the better")):
        names = [f"“{name}”" for name in judged.loc[judged["variation"].eq(variation), "short_name"]]
        if names:
            among = "among them " if len(names) > most else ""
            said.append(f"{number(len(names))} {way} ({among}{listed(names[:most])})")
    if not said:
        return "None shows more than its ordinary ups and downs."
    return sentence(f"more than the ordinary ups and downs: {listed(said)}")


def received(owed: pd.DataFrame, missing: str) -> str:
    """
    Say how complete the commentary is that indicators owe.

    Args:
        owed: from `kpilib.judgement.contract.owed`.
        missing: what to say of what is not there: `not received`.
    """
    if owed.empty:
        return "Commentary is asked for on no indicator."
    asked = counted(len(owed), "indicator that is", "indicators that are") + " off target or changed for the worse"
    silent = int((~owed["received"]).sum())
    partly = int((owed["received"] & owed["missing"].map(len).gt(0)).sum())
    said = [f"for {number(silent)} it was {missing}"] if silent else []
    said += [f"for {number(partly)} a part of it is missing"] if partly else []
    return f"Commentary is asked for on {asked}: {listed(said) or 'all was received'}."


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
