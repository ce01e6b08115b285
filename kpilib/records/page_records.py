"""The records that a page may show: the rows that concern it, as far as its quarter, and none besides."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from kpilib.records.framework import INDICATOR_PAGES, REGISTER_PAGES, PageEntry
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period

_OF_INDICATORS = ("readings", "targets", "overrides", "benchmarks", "commentary")
_OF_REGISTER = ("risks", "risk_notes")
_TOKEN = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_COUNTING = re.compile(
    r"\b(count|share|milestones|risks|opportunities)\b"
)  # tokens that look at more than one indicator
_NAMED = re.compile(r"[\"']([^\"']+)[\"']")


def page_records(ledger: Ledger, entry: PageEntry, at: Period) -> Ledger:
    """
    Choose the records of a page from all those of its council, in its edition.

    Pages of indicators get the rows of their own indicators, of what supports these, and of those that their words
    name; registers get the register; and a page of a directorate gets the milestones of that.
    Pages about the whole report get everything, and so do those whose words count, and those of a council that printed
    counts of its own.
    The framework is without the pages on which everything is exempt, where the edition is the public one.
    """
    known = replace(ledger.reported(at), framework=ledger.framework.without(ledger.bare.get(at.text, ())))
    words = known.summaries[(known.summaries["page"] == entry.page) & (known.summaries["quarter"] == at.text)]
    tokens = " ".join(_TOKEN.findall(" ".join(words["text"])))
    counts = _COUNTING.search(tokens) or (known.tallies["quarter"] == at.text).any()
    if entry.kind not in (*INDICATOR_PAGES, "risk_register") or (counts and entry.kind in INDICATOR_PAGES):
        return known
    indicators = known.indicators
    own = indicators.loc[indicators["page"] == entry.page, "indicator"]
    names = {*own, *indicators.loc[indicators["supports"].isin(own), "indicator"], *_NAMED.findall(tokens)}
    milestones = known.milestones
    if entry.directorate:
        milestones = milestones[milestones["directorate"] == entry.directorate]
    return replace(
        known,
        indicators=_of(indicators, names),
        tallies=known.tallies.iloc[:0],
        comparators=known.comparators if len(names) else known.comparators.iloc[:0],
        milestones=milestones,
        summaries=words,
        **{name: _of(getattr(known, name), names) for name in _OF_INDICATORS},
        **{name: getattr(known, name).iloc[:0] for name in _OF_REGISTER if entry.kind not in REGISTER_PAGES},
    )


def _of(frame: pd.DataFrame, names: set[str]) -> pd.DataFrame:
    return frame[frame["indicator"].isin(names)]
