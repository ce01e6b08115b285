"""The risk and opportunity register: where each stands, what moved, and what lies behind it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from kpilib.judgement.figures import show
from kpilib.judgement.risk import NOT_CONFIRMED, UNLISTED, actions, assess, band, gaps, standing
from kpilib.pages import progress, tables, words
from kpilib.pages.page import CopiedFrame, Page
from kpilib.pages.screen import steps
from kpilib.pages.shown import Shown, fill, together
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import RiskScales
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period

NO_REGISTER = "The records hold no register for this quarter."
NONE_OPEN = "No risk or opportunity is open."
NO_TARGETS = "This register gives no target scores or dates yet, so no course can be judged."
PLURAL = {"risk": "risks", "opportunity": "opportunities"}
STATED = {"up": "Increasing", "level": "Level", "down": "Reducing", "new": "New", "not stated": "Not stated"}
MOVED = {"up": "higher", "down": "lower"}
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
    """
    The risk and opportunity register of a quarter.

    A page whose entry names a directorate is about the risks and opportunities of that directorate alone.
    """

    @property
    def scales(self) -> RiskScales:
        """The words and bands of the scores."""
        if self.framework.risk is None:
            fault = Fault(
                f"params/{self.framework.slug}/framework.yml", "has no `risk` part", "Add the scales and bands."
            )
            raise RecordsError([fault])
        return self.framework.risk

    @CopiedFrame
    def risks(self) -> pd.DataFrame:
        """The quarter's risks and opportunities, assessed, in the register's order; those that are gone last."""
        assessed = assess(self._ledger.risks, self.scales.bands, self.quarter, self.scales.appetite)
        directorate = self.entry.directorate
        return assessed[assessed["directorate"] == directorate] if directorate else assessed

    @CopiedFrame
    def risk_notes(self) -> pd.DataFrame:
        """Consequences, controls, actions and progress of each."""
        notes = self._ledger.risk_notes
        return notes[(notes["quarter"] == self.quarter.text) & notes["risk"].isin(self.risks["risk"])]

    @cached_property
    def _standing(self) -> pd.DataFrame:
        """What stands in the register now."""
        return standing(self.risks)

    def _open(self, kind: str) -> pd.DataFrame:
        return self._standing[self._standing["kind"] == kind]

    @cached_property
    def _open_actions(self) -> pd.DataFrame:
        listed = actions(self.risk_notes, self.quarter)
        return listed[(listed["state"] != "done") & listed["risk"].isin(self._standing["risk"])]

    @cached_property
    def _aimed(self) -> set[str]:
        """Those that have a target score, a date for it, or a course that the council states."""
        here = self._standing
        known = here["target_score"].notna() | (here["target_date"] != "") | (here["progress"] != "")
        return set(here.loc[known, "risk"])

    def nothing(self) -> str:
        """What to say where there is nothing to show."""
        if self.entry.directorate and self._ledger.risks["quarter"].eq(self.quarter.text).any():
            return f"The register names no risk or opportunity of {self.entry.directorate} for this quarter."
        return NONE_OPEN if len(self.risks) else NO_REGISTER

    def unconfirmed_words(self) -> str:
        """How many risks and opportunities nobody confirmed for the quarter; nothing where all were."""
        return _unconfirmed(self._standing)

    def _facts(self) -> list[str]:
        return [words.counted(len(self._open(kind)), kind, PLURAL[kind]) for kind in PLURAL]

    def headline(self) -> Shown:
        """How many risks stand in which band."""
        lead = f"{_in_bands(self._standing) or self.nothing()} {self.unconfirmed_words()}".strip()
        return fill("headline", lead=lead, tiles=[], caution="")

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
        silent = here[here["unconfirmed"] != ""]
        if len(silent):
            caption += f" Not confirmed for this quarter: {words.listed(list(silent['risk']))}."
        return fill("matrix", caption=caption, likelihood=self.scales.likelihood, rows=rows)

    def _square(self, here: pd.DataFrame, kind: str, impact: int, likelihood: int) -> dict:
        score = impact * likelihood
        name = self._bands[score]
        placed = here[(here["residual_impact"] == impact) & (here["residual_likelihood"] == likelihood)]
        return {
            "score": score,
            "band": name,
            "look": progress.look(name, kind, self.scales.bands),
            "risks": [tables.link(f"#{risk}", risk) for risk in placed["risk"]],
        }

    @cached_property
    def _bands(self) -> pd.Series:
        """The band of every score that there can be."""
        scores = range(len(self.scales.impact) * len(self.scales.likelihood) + 1)
        return band(pd.Series(scores), self.scales.bands)

    def changes(self) -> Shown:
        """What is new, gone, for better or for worse since the last register; and what the council states."""
        if self.risks.empty:
            return fill("paragraph", texts=[self._openly(self.nothing())])
        said = moves(self.risks, self.risk_notes)
        stated = self.risks[self.risks["stated"].isin(STATED) & (self.risks["unconfirmed"] == "")]
        parts = [
            f"{STATED[word].lower()}: {words.listed(list(group['risk']))}"
            for word, group in stated.groupby("stated", sort=False)
        ]
        if parts:
            said.append(f"As the papers state the direction of travel: {'; '.join(parts)}.")
        return fill("paragraph", texts=said)

    def profile(self) -> Shown:
        """
        The risk profile summary: for each, whether it is on course towards its target and within the appetite.

        Where the register gives no targets it says so, and shows what there is if there is an appetite.
        """
        here = self._standing
        if here.empty:
            return fill("paragraph", texts=[self._openly(self.nothing())])
        aimed = bool(self._aimed)
        heads = ["Risk", "Score now", "Target", "Course", "Appetite", "Open actions", "Why"]
        kept = [head for head in heads if aimed or head not in ("Target", "Course")]
        kept = [head for head in kept if self.scales.appetite or head != "Appetite"]
        rows = [self._profile_row(row, kept[1:]) for _, row in here.iterrows()]
        caption = "Scores once actions are taken; for an opportunity a high score is good."
        if aimed:
            caption += " The course is the score against an even path to the target at its date."
        pieces = [] if aimed else [fill("paragraph", texts=[NO_TARGETS])]
        if aimed or self.scales.appetite:
            pieces.append(tables.table(caption, kept, rows, look="notes"))
        return together(pieces)

    def _profile_row(self, row: pd.Series, heads: list[str]) -> tables.Row:
        cells: dict[str, tables.Cell] = {
            "Score now": self._score(row, "residual_"),
            "Target": tables.under(*progress.target(row)) or "None set",
            "Course": tables.under(progress.course(row["course"]), "as stated" if row["progress"] else ""),
            "Appetite": tables.under(*progress.appetite(row)) or ("None set" if row["kind"] == "risk" else ""),
            "Open actions": progress.counted(self._open_actions[self._open_actions["risk"] == row["risk"]]),
            "Why": " ".join(
                filter(
                    None,
                    [row["unconfirmed"], row["course_reason"] if "Course" in heads else "", *progress.above(row)],
                )
            ),
        }
        name = tables.link(f"#{row['risk']}", f"{row['risk']}: {row['title']}")
        return tables.Row(tables.under(name, row["owner"] or "No owner named"), [cells[head] for head in heads])

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
                tables.under(row["title"], row["unconfirmed"]),
                self._score(row, ""),
                self._score(row, "residual_"),
                row["owner"] or "No owner named",
                _stated(row["stated"]),
            ],
        )

    def _score(self, row: pd.Series, when: str) -> tables.Cell:
        return progress.score(row, when, self.scales.bands)

    def by_directorate(self) -> Shown:
        """How many risks and opportunities each directorate has, and how high its risks score."""
        here = self._standing
        if self.entry.directorate:
            return fill("paragraph", texts=[f"All of these are of one directorate: {self.entry.directorate}."])
        if here.empty or (here["directorate"] == "").all():
            return fill("paragraph", texts=["The register does not say which directorate has which risk."])
        order = here["directorate"].replace("", "No directorate named")
        rows = [self._directorate_row(str(name), group) for name, group in here.groupby(order, sort=False)]
        heads = ["Directorate", "Risks", "Opportunities", "Highest risk"]
        numbers = {1, 2}
        if self.scales.appetite:
            heads.append("Above the appetite")
            numbers.add(4)
        caption = "Risks and opportunities by directorate; the score is the one once actions are taken."
        caption = f"{caption} {_unconfirmed(here)}".strip()
        return tables.table(caption, heads, rows, numbers=numbers, foot=self._directorate_row("All", here))

    def _directorate_row(self, name: str, group: pd.DataFrame) -> tables.Row:
        risks = group[group["kind"] == "risk"]
        highest = risks.sort_values("residual_score", ascending=False, kind="stable").head(1)
        cells: list[tables.Cell] = [
            str(len(risks)),
            str(len(group) - len(risks)),
            *([self._score(row, "residual_") for _, row in highest.iterrows()] or ["No risks"]),
        ]
        if self.scales.appetite:
            cells.append(str((group["within_appetite"] == "no").sum()))
        return tables.Row(name, cells)

    def commentary(self) -> Shown:
        """A card for each: what could happen, what is in place, what is being done."""
        return together([self._card(row) for _, row in self._standing.iterrows()])

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
        target, by = progress.target(row)
        if target:
            figures.append((f"target, {by}", target))
        reasons = progress.above(row)
        if row["risk"] in self._aimed:
            reasons = [row["course_reason"], *reasons]
            figures.append(("course as stated" if row["progress"] else "course", progress.course(row["course"])))
        reasons = [row["unconfirmed"], *reasons] if row["unconfirmed"] else reasons
        most, within = progress.appetite(row)
        if most:
            figures.append((f"acceptable; the score is {within}", most))
        figures.append(("direction as stated", _stated(row["stated"])))
        facts = [row["type"], row["owner"] or "No owner named", row["directorate"]]
        return fill(
            "card", id=row["risk"], name=f"{row['risk']}: {row['title']}", official="",
            facts=[fact for fact in facts if fact], figures=figures, chart=None, reasons=reasons, notes=notes,
            long=True, steps=steps(row["risk"], self._named, self.entry.page, "All of this register"), more=None,
        )  # fmt: skip

    @cached_property
    def _named(self) -> list[tuple[str, str]]:
        """The number and the title of each."""
        return [(row.risk, f"{row.risk}: {row.title}") for row in self._standing.itertuples()]

    def actions(self) -> Shown:
        """Who does what by when: the open actions that name an owner or a date."""
        if self._standing.empty:
            return fill("paragraph", texts=[self._openly(self.nothing())])
        here = self._open_actions
        named = here[(here["owner"] != "") | (here["due"] != "")]
        names = {
            row.risk: progress.risk_name(row, tables.link(f"#{row.risk}", row.risk))
            for row in self._standing.itertuples()
        }
        caption = "Actions not yet done that name an owner or a date, the earliest date first."
        pieces = [progress.action_table(named, names, caption)] if len(named) else []
        return together([*pieces, fill("paragraph", texts=[self._unnamed(len(here) - len(named))])])

    def _unnamed(self, count: int) -> str:
        if self._open_actions.empty:
            return self._openly("No action is open.")
        if not count:
            return "Every open action names an owner or a date."
        verb, where = ("names", "it stands on the card of its risk")
        if count > 1:
            verb, where = ("name", "they stand on the cards of their risks")
        return words.sentence(f"{words.counted(count, 'open action')} {verb} neither an owner nor a date; {where}")

    def gaps(self) -> Shown:
        """What the register leaves open, found by checking it against itself."""
        if self.risks.empty:
            return fill("paragraph", texts=[self._openly(self.nothing())])
        found = gaps(self.risks, self.risk_notes, self.quarter)
        here = self._open_actions
        owned, dated = int((here["owner"] != "").sum()), int((here["due"] != "").sum())
        said = (
            f"Of {words.counted(len(here), 'action')} not yet done, {words.number(owned) if owned else 'none'} "
            f"{'names' if owned < 2 else 'name'} an owner and {words.number(dated) if dated else 'none'} "
            f"{'has' if dated < 2 else 'have'} a date."
        )
        if here.empty:
            said = self._openly("No action is open.")
        if found.empty:
            return fill(
                "paragraph", look="", texts=["Scores, owners, directions and dates are all given, and agree.", said]
            )
        rows = [tables.Row(gap, [words.listed(list(group["risk"]))]) for gap, group in found.groupby("gap", sort=False)]
        caption = "What checking the register against itself finds."
        return together([fill("paragraph", texts=[said]), tables.table(caption, ["What is found", "Where"], rows)])

    def sources(self) -> Shown:
        """Where the register comes from, and the oddities found when it was taken into the records."""
        noted = self._standing[self._standing["note"] != ""]
        rows = [tables.Row(row["risk"], [words.sentence(row["note"])]) for _, row in noted.iterrows()]
        pieces = [fill("paragraph", look="small", texts=[text for text in [self.source] if text])]
        if rows:
            pieces.append(tables.table("Notes on what the register prints.", ["Number", "Note"], rows, look="notes"))
        return together(pieces)


def moves(assessed: pd.DataFrame, notes: pd.DataFrame) -> list[str]:
    """
    Say what is new, gone, higher, lower, level and not confirmed in a register, a sentence for each.

    Args:
        assessed: from `kpilib.judgement.risk.assess`.
        notes: those of the quarter; what is noted as the progress of a risk that is closed was said on its closing.
    """
    moved = assessed["movement"]
    none = "The records hold no earlier register, so scores cannot be compared with last quarter's."
    titled = assessed["risk"] + " “" + assessed["title"] + "”"
    names = {word: list(group) for word, group in titled.groupby(moved)}
    said = [none] if "no earlier register" in names else []
    if "new" in names:
        said.append(f"New: {words.listed(names['new'])}.")
    if "closed" in names:
        said.append(f"Closed: {words.listed(names['closed'])}.")
        closed = notes["risk"].isin(assessed.loc[moved == "closed", "risk"]) & notes["kind"].eq("progress")
        said += [f"On the closing of {row.risk}: {row.text}" for row in notes[closed].itertuples()]
    if UNLISTED in names:
        said.append(f"No longer in the register: {words.listed(names[UNLISTED])}.")
    merged = assessed[moved == "merged"]
    if len(merged):
        into = [
            f"{row.risk} “{row.title}” into {row.merged_into.replace('; ', ' and ')}" for row in merged.itertuples()
        ]
        said.append(f"Merged: {words.listed(into)}.")
    for (kind, word), group in assessed[moved.isin(MOVED)].groupby(["kind", "movement"], sort=False):
        scores = [
            f"{row.risk} “{row.title}” (from {show(row.previous_score)} to {show(row.residual_score)})"
            for row in group.itertuples()
        ]
        way = group["movement_direction"].iloc[0]
        said.append(f"{PLURAL[kind].capitalize()} with a {MOVED[word]} score, which is {way}: {words.listed(scores)}.")
    if "level" in names:
        said.append(f"Level: {words.listed(list(assessed.loc[moved == 'level', 'risk']))}.")
    silent = list(assessed.loc[moved == NOT_CONFIRMED, "risk"])
    if silent:
        said.append(f"Not confirmed for this quarter, and told as before: {words.listed(silent)}.")
    return said


def register_words(ledger: Ledger, scales: RiskScales, at: Period) -> list[str]:
    """Say how many risks and opportunities have which score once their actions are taken, and what moved."""
    assessed = assess(ledger.risks, scales.bands, at)
    if assessed.empty:
        return [NO_REGISTER]
    here, notes = standing(assessed), ledger.risk_notes[ledger.risk_notes["quarter"] == at.text]
    return [_in_bands(here) or NONE_OPEN, *filter(None, [_unconfirmed(here)]), *moves(assessed, notes)]


def _unconfirmed(here: pd.DataFrame) -> str:
    """Say how many of a register's risks and opportunities nobody confirmed."""
    kinds = [kind for kind in PLURAL if here["kind"].eq(kind).any()]
    one, many = " or ".join(kinds), " and ".join(PLURAL[kind] for kind in kinds)
    return words.unconfirmed(here["unconfirmed"], one, many)


def _in_bands(here: pd.DataFrame) -> str:
    """Say how many stand in which band, the highest first, and what they scored before; nothing where none are."""
    said = []
    for kind, plural in PLURAL.items():
        own = here[here["kind"] == kind]
        if own.empty:
            continue
        bands = own.sort_values("residual_score", ascending=False, kind="stable").groupby("residual_band", sort=False)
        parts = [(len(group), f"{name or 'in no band'} ({_span(group['residual_score'])})") for name, group in bands]
        whole = words.counted(len(own), kind, plural)
        first = f"{words.number(parts[0][0])} of the {whole}" if len(parts) > 1 else f"the {whole}"
        stand = [f"{first} {'is' if parts[0][0] == 1 else 'are'} {parts[0][1]}"]
        stand += [f"{words.number(count)} {standing}" for count, standing in parts[1:]]
        said.append(f"Once actions are taken, {words.listed(stand)}; before them, {_span(own['score'])}.")
    return " ".join(said)


def _span(scores: pd.Series) -> str:
    """Write scores from the lowest to the highest: `score 12`, `scores 12 to 20`."""
    low, high = scores.min(), scores.max()
    return f"score {show(low)}" if low == high else f"scores {show(low)} to {show(high)}"


def _stated(word: str) -> tables.Cell:
    """The direction that the papers state: arrow and word."""
    return fill("stated", arrow=ARROW[word], word=STATED[word]).html


def _note(note: Any) -> str:
    text = words.attributed(note.text, note.owner, note.due)
    return f"{note.status.capitalize()}: {text}" if note.status else text
