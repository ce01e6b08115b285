"""
What a page needs of the records: the rows that concern it, as far as its quarter, and none besides.

A page that is given its share alone cannot depend on anything else, so that its share says when it is to be made again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields, replace

import pandas as pd

from kpilib.records.framework import INDICATOR_PAGES, PageEntry
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period
from kpilib.records.quarterly import Quarterly

_OF_INDICATORS = ("readings", "targets", "overrides", "benchmarks", "commentary")
_OF_REGISTER = ("risks", "risk_notes")
_REGISTER_KINDS = ("risk_register", "directorate")
_TOKEN = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_COUNTING = re.compile(
    r"\b(count|share|milestones|risks|opportunities)\b"
)  # tokens that look at more than one indicator
_NAMED = re.compile(r"[\"']([^\"']+)[\"']")


@dataclass(frozen=True)
class Share:
    """
    The records that a page is handed: what is recorded, and what the quarter's own file says.

    `judged` holds the verdicts on its indicators, at the quarter and at the one before, where they are known already:
    they follow from the rest, and spare each page the judging.
    """

    ledger: Ledger
    quarterly: Quarterly
    judged: tuple[pd.DataFrame, pd.DataFrame] | None = None

    def with_verdicts(self, now: pd.DataFrame, before: pd.DataFrame) -> Share:
        """Give the same with its part of the verdicts on all indicators."""
        own = set(self.ledger.indicators["indicator"])
        few = tuple(frame[frame["indicator"].isin(own)].reset_index(drop=True) for frame in (now, before))
        return replace(self, judged=(few[0], few[1]))

    def digests(self) -> dict[str, str]:
        """Give the sha256 of its rows of each record file, by the file's name from the root; none of an empty one."""
        place = f"data/{self.ledger.framework.slug}"
        frames = {part.name: getattr(self.ledger, part.name) for part in fields(self.ledger)}
        frames = {name: frame for name, frame in frames.items() if isinstance(frame, pd.DataFrame) and len(frame)}
        names = {"summaries": f"{place}/summaries", "withheld": f"{place}: counts of Part II"}
        return {names.get(name, f"{place}/{name}.csv"): _digest(frame) for name, frame in sorted(frames.items())}


def share(ledger: Ledger, quarterly: Quarterly, entry: PageEntry, at: Period, *, whole: bool = False) -> Share:
    """
    Give a page its share of the records.

    Pages of indicators get the rows of their own indicators, of what supports these, and of those that their words
    name; registers get the register.
    Pages about the whole report get everything, and so do those whose words count, and those of a council that printed
    counts of its own.

    Args:
        ledger: the records of the page's edition.
        whole: for a page whose own notebook asks for more than its kind does.
    """
    known = _reported(ledger, at)
    words = known.summaries[(known.summaries["page"] == entry.page) & (known.summaries["quarter"] == at.text)]
    tokens = " ".join(_TOKEN.findall(" ".join(words["text"])))
    counts = _COUNTING.search(tokens) or (known.tallies["quarter"] == at.text).any()
    if whole or entry.kind not in (*INDICATOR_PAGES, "risk_register") or (counts and entry.kind in INDICATOR_PAGES):
        return Share(known, quarterly)
    indicators = known.indicators
    own = indicators.loc[indicators["page"] == entry.page, "indicator"]
    names = {*own, *indicators.loc[indicators["supports"].isin(own), "indicator"], *_NAMED.findall(tokens)}
    milestones = known.milestones
    mine = milestones[(milestones["directorate"] == entry.directorate) & (entry.directorate != "")]
    return Share(
        replace(
            known,
            indicators=_of(indicators, names),
            tallies=known.tallies.iloc[:0],
            comparators=known.comparators if len(names) else known.comparators.iloc[:0],
            milestones=mine,
            summaries=words,
            **{name: _of(getattr(known, name), names) for name in _OF_INDICATORS},
            **{name: getattr(known, name).iloc[:0] for name in _OF_REGISTER if entry.kind not in _REGISTER_KINDS},
        ),
        quarterly,
    )


def _of(frame: pd.DataFrame, names: set[str]) -> pd.DataFrame:
    return frame[frame["indicator"].isin(names)]


def _reported(ledger: Ledger, at: Period) -> Ledger:
    """Leave out what was reported or said after a quarter; earlier figures stay, revised or not."""
    begun = ledger.indicators["from_end"].isna() | (ledger.indicators["from_end"] <= at.end)
    held = ledger.withheld
    spoken = ("overrides", "tallies", "commentary", "risks", "risk_notes", "milestones", "summaries")
    until = {name: getattr(ledger, name) for name in spoken}
    return replace(
        ledger,
        indicators=ledger.indicators[begun],
        readings=ledger.readings[ledger.readings["reported_end"] <= at.end],
        benchmarks=ledger.benchmarks[ledger.benchmarks["reported_end"] <= at.end],
        withheld=held[(held["start"] <= at.end) & (held["end"] >= at.end)],
        **{name: frame[frame["quarter_end"] <= at.end] for name, frame in until.items()},
    )


def _digest(frame: pd.DataFrame) -> str:
    """The sha256 of a frame's cells and column names; where its rows stood in the file does not count."""
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()
    return hashlib.sha256(",".join(frame.columns).encode() + rows).hexdigest()
