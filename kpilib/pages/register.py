"""The risk and opportunity register: where each stands, what moved, and what lies behind it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from kpilib.judgement.risk import assess, gaps
from kpilib.pages import tables, words
from kpilib.pages.page import Page
from kpilib.pages.shown import Shown, fill, together
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import RiskScales
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period

NO_REGISTER = "The records hold no register for this quarter."
PLURAL = {"risk": "risks", "opportunity": "opportunities"}
STATED = {"up": "Increasing", "level": "Level", "down": "Reducing", "new": "New", "not stated": "Not stated"}
ARROW = {"up": "↑", "level": "→", "down": "↓", "new": "+", "not stated": "·"}
HEADINGS = {
    "cause": "Causes",
    "consequence": "What could happen",
    "benefit": "What could be gained",
    "control": "In place",
    "progress": "Progress",
    "action": "Actions",
}


class RegisterPage(Page):
    """The risk and opportunity register of a quarter."""

    @property
    def scales(self) -> RiskScales:
        """The words and bands of the scores."""
        if self.framework.risk is None:
            fault = Fault(
                f"params/{self.framework.slug}/framework.yml", "has no `risk` part", "Add the scales and bands."
            )
            raise RecordsError([fault])
        return self.framework.risk

    @cached_property
    def risks(self) -> pd.DataFrame:
        """The quarter's risks and opportunities, assessed, in the register's order; closed ones last."""
        return assess(self._ledger.risks, self.scales.bands, self.quarter)

    @cached_property
    def risk_notes(self) -> pd.DataFrame:
        """Consequences, controls, actions and progress of each."""
        notes = self._ledger.risk_notes
        return notes[notes["quarter"] == self.quarter.text]

    def _open(self, kind: str) -> pd.DataFrame:
        return self.risks[(self.risks["kind"] == kind) & (self.risks["movement"] != "closed")]

    def _facts(self) -> list[str]:
        return [words.counted(len(self._open(kind)), kind, PLURAL[kind]) for kind in PLURAL]

    def headline(self) -> Shown:
        """How many risks stand in which band."""
        return fill("headline", lead=register_words(self._ledger, self.scales, self.quarter), tiles=[], caution="")

    def matrix(self) -> Shown:
        """Each risk placed by impact and likelihood after its actions; opportunities in a table of their own."""
        pieces = [self._matrix(kind) for kind in PLURAL if len(self._open(kind))]
        return together([*pieces, fill("paragraph", texts=[text for text in [self.scales.assumption] if text])])

    def _matrix(self, kind: str) -> Shown:
        here = self._open(kind)
        impact = self.scales.impact if kind == "risk" else self.scales.opportunity_impact
        rows = []
        for number in range(len(impact), 0, -1):
            cells = [self._square(here, kind, number, chance) for chance in range(1, len(self.scales.likelihood) + 1)]
            rows.append({"number": number, "word": impact[number - 1], "cells": cells})
        good = "a high score is bad" if kind == "risk" else "a high score is good"
        caption = f"{PLURAL[kind].capitalize()} by impact and likelihood, once their actions are taken; {good}."
        missing = here[here["residual_impact"].isna() | here["residual_likelihood"].isna()]
        if len(missing):
            caption += f" Not placed, because impact or likelihood is not given: {words.listed(list(missing['risk']))}."
        return fill("matrix", caption=caption, likelihood=self.scales.likelihood, rows=rows)

    def _square(self, here: pd.DataFrame, kind: str, impact: int, likelihood: int) -> dict:
        score = impact * likelihood
        placed = here[(here["residual_impact"] == impact) & (here["residual_likelihood"] == likelihood)]
        return {
            "score": score,
            "band": self._band_of(score),
            "look": self._look(self._band_of(score), kind),
            "risks": [tables.link(f"#{risk}", risk) for risk in placed["risk"]],
        }

    def _band_of(self, score: int) -> str:
        return next((band for band, (low, high) in self.scales.bands.items() if low <= score <= high), "")

    def _look(self, band: str, kind: str) -> str:
        """The class of a band, lowest first; an opportunity's has colours of its own, since high is good."""
        names = list(self.scales.bands)
        family = "band" if kind == "risk" else "gain"
        return f"{family}-{names.index(band) + 1}" if band in names else ""

    def changes(self) -> Shown:
        """What is new, closed, up or down since the last register; and what the council states."""
        if self.risks.empty:
            return fill("paragraph", texts=[NO_REGISTER])
        moved = self.risks["movement"]
        said = []
        if (moved == "no earlier register").all():
            said.append("The records hold no earlier register, so scores cannot be compared with last quarter's.")
        else:
            for word, verb in (
                ("new", "new"),
                ("closed", "closed"),
                ("up", "higher"),
                ("down", "lower"),
                ("level", "level"),
            ):
                names = list(self.risks.loc[moved == word, "risk"])
                if names:
                    said.append(f"{words.sentence(verb)[:-1]}: {words.listed(names)}.")
        stated = self.risks[self.risks["stated"].isin(STATED)]
        parts = [
            f"{STATED[word].lower()}: {words.listed(list(group['risk']))}"
            for word, group in stated.groupby("stated", sort=False)
        ]
        said.append(f"As the papers state the direction of travel: {'; '.join(parts)}.")
        return fill("paragraph", texts=said)

    def overview(self) -> Shown:
        """The register's tables: scores before and after actions, owner, direction."""
        return together([self._register(kind) for kind in PLURAL if len(self._open(kind))])

    def _register(self, kind: str) -> Shown:
        rows = [self._register_row(row) for _, row in self._open(kind).iterrows()]
        before = "Score before" if kind == "risk" else "Score"
        heads = ["Number", "Title", before, "Score after", "Owner", "Direction as stated"]
        caption = {
            "risk": "Risks, in the register's order. The score after is what remains once the actions are taken.",
            "opportunity": "Opportunities: the score after is what they could grow to, and high is good.",
        }[kind]
        return tables.table(caption, heads, rows)

    def _register_row(self, row: pd.Series) -> tables.Row:
        return tables.Row(
            tables.link(f"#{row['risk']}", row["risk"]),
            [
                row["title"],
                self._score(row, ""),
                self._score(row, "residual_"),
                row["owner"] or "No owner named",
                _stated(row["stated"]),
            ],
        )

    def _score(self, row: pd.Series, when: str) -> tables.Cell:
        """A score with its band, before actions or, as `residual_`, after them."""
        band = row[f"{when}band"]
        return fill("band", look=self._look(band, row["kind"]), text=f"{row[f'{when}score']:.0f} {band}".strip()).html

    def commentary(self) -> Shown:
        """A card for each: what could happen, what is in place, what is being done."""
        return together([self._card(row) for _, row in self.risks[self.risks["movement"] != "closed"].iterrows()])

    def _card(self, row: pd.Series) -> Shown:
        own = self.risk_notes[self.risk_notes["risk"] == row["risk"]]
        notes = []
        for kind, heading in HEADINGS.items():
            items = [_note(note) for note in own[own["kind"] == kind].itertuples()]
            if items:
                notes.append((heading, items))
        impact = self.scales.impact if row["kind"] == "risk" else self.scales.opportunity_impact
        figures: list[tuple[str, tables.Cell]] = [
            ("score before actions" if row["kind"] == "risk" else "score", self._score(row, "")),
            ("score after actions", self._score(row, "residual_")),
        ]
        if pd.notna(row["residual_impact"]) and pd.notna(row["residual_likelihood"]):
            likelihood = self.scales.likelihood[int(row["residual_likelihood"]) - 1].lower()
            figures.append(("impact and likelihood after", f"{impact[int(row['residual_impact']) - 1]}, {likelihood}"))
        figures.append(("direction as stated", _stated(row["stated"])))
        facts = [row["type"], row["owner"] or "No owner named", row["directorate"]]
        return fill(
            "card", id=row["risk"], name=f"{row['risk']}: {row['title']}", official="",
            facts=[fact for fact in facts if fact], figures=figures, chart=None, reasons=[], notes=notes, long=True,
        )  # fmt: skip

    def gaps(self) -> Shown:
        """What the register leaves open, found by checking it against itself."""
        if self.risks.empty:
            return fill("paragraph", texts=[NO_REGISTER])
        last_day = self.quarter.last_day
        here = self.risks[self.risks["movement"] != "closed"]
        found = gaps(here, self.risk_notes, last_day)
        actions = self.risk_notes[(self.risk_notes["kind"] == "action") & (self.risk_notes["status"] != "done")]
        owned, dated = int((actions["owner"] != "").sum()), int((actions["due"] != "").sum())
        said = (
            f"Of {words.counted(len(actions), 'action')} not yet done, {words.number(owned) if owned else 'none'} "
            f"{'names' if owned < 2 else 'name'} an owner and {words.number(dated) if dated else 'none'} "
            f"{'has' if dated < 2 else 'have'} a date."
        )
        if actions.empty:
            said = "No action is open."
        if found.empty:
            return fill(
                "paragraph", look="", texts=["Scores, owners, directions and dates are all given, and agree.", said]
            )
        rows = [tables.Row(gap, [words.listed(list(group["risk"]))]) for gap, group in found.groupby("gap", sort=False)]
        caption = "What checking the register against itself finds."
        return together([fill("paragraph", texts=[said]), tables.table(caption, ["What is found", "Where"], rows)])

    def sources(self) -> Shown:
        """Where the register comes from, and the oddities found when it was taken into the records."""
        noted = self.risks[(self.risks["note"] != "") & (self.risks["movement"] != "closed")]
        rows = [tables.Row(row["risk"], [words.sentence(row["note"])]) for _, row in noted.iterrows()]
        pieces = [fill("paragraph", look="small", texts=[text for text in [self.framework.source] if text])]
        if rows:
            pieces.append(tables.table("Notes on what the register prints.", ["Number", "Note"], rows, look="notes"))
        return together(pieces)


def register_words(ledger: Ledger, scales: RiskScales, at: Period) -> str:
    """Say how many risks and opportunities have which score once their actions are taken, and had before."""
    here = assess(ledger.risks, scales.bands, at)
    here = here[here["movement"] != "closed"]
    said = []
    for kind, plural in PLURAL.items():
        own = here[here["kind"] == kind]
        if own.empty:
            continue
        first = f"Of the {words.counted(len(own), kind, plural)}, once actions are taken,"
        by = own.groupby(["residual_score", "residual_band"]).size().sort_index(ascending=False)
        after = [
            f"{words.number(count)} {'scores' if count == 1 else 'score'} {score:.0f} ({band})"
            for (score, band), count in by.items()
        ]
        low, high = own["score"].min(), own["score"].max()
        before = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
        said.append(
            f"{first} {words.listed(after)}; before them, the scores {'are' if low != high else 'are all'} {before}."
        )
    return " ".join(said) or NO_REGISTER


def _stated(word: str) -> tables.Cell:
    """The direction that the papers state: arrow and word."""
    return fill("stated", arrow=ARROW[word], word=STATED[word]).html


def _note(note: Any) -> str:
    text = words.attributed(note.text, note.owner, note.due)
    return f"{note.status.capitalize()}: {text}" if note.status else text
