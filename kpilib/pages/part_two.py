"""What a report says of Part II: how many items it holds, and under which paragraphs they are exempt."""

from __future__ import annotations

import pandas as pd

from kpilib.judgement.figures import listed
from kpilib.pages.words import counted
from kpilib.records.editions import ACT, HELD_BACK, KINDS

_MANY = {"risk or opportunity": "risks or opportunities", "note on a risk": "notes on risks", "summary": "summaries"}


def said(withheld: pd.DataFrame, edition: str) -> list[str]:
    """
    Say what is exempt in a quarter's report, in an edition: sentences, or none where nothing is.

    Args:
        withheld: a row for each item, as at the quarter, from the ledger.
    """
    items = withheld[withheld["kind"] != HELD_BACK]
    if items.empty:
        return []
    kinds = items["kind"].value_counts()
    each = listed([counted(kinds[kind], kind, _MANY.get(kind, "")) for kind in KINDS if kind in kinds])
    where = "not in this edition" if edition == "public" else "in this edition alone"
    under = f", under {_paragraphs(items)} of {ACT}" if _paragraphs(items) else f", under {ACT}"
    verb = "is" if len(items) == 1 else "are"
    texts = [f"{each[:1].upper()}{each[1:]} {verb} exempt{under}, and {verb} {where}."]
    unnamed = int((items["paragraph"] == "").sum())
    if unnamed:
        texts.append(f"For {counted(unnamed, 'item')} of these the records name no paragraph.")
    more = len(withheld) - len(items)
    if more and edition == "public":
        texts.append(f"{counted(more, 'further figure or measure', 'further figures or measures').capitalize()} "
                     f"{'is' if more == 1 else 'are'} left out too, since the rest could be worked out from them."
                     )  # fmt: skip
    return texts


def marking(withheld: pd.DataFrame, edition: str) -> str:
    """The words that every sheet of the restricted edition bears; the public edition bears none."""
    if edition == "public":
        return ""
    items = withheld[withheld["kind"] != HELD_BACK]
    if items.empty:
        return "Part II: not for publication"
    under = f"{_paragraphs(items)} of " if _paragraphs(items) else ""
    return f"Part II: not for publication, exempt under {under}Schedule 12A"


def _paragraphs(items: pd.DataFrame) -> str:
    """The paragraphs named, in order: `paragraphs 2 and 3`; nothing where none is."""
    named = sorted({number for said in items["paragraph"] for number in said.split(", ") if number})
    return f"paragraph{'s' if len(named) > 1 else ''} {listed(named)}" if named else ""
