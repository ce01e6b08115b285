"""The page of one directorate: its measures, its milestones by objective, and what is done about its high risks."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from kpilib.judgement import milestone
from kpilib.judgement.figures import bare, show
from kpilib.judgement.risk import actions, high, standing, upper
from kpilib.pages import progress, tables, words
from kpilib.pages.priority import PriorityPage
from kpilib.pages.register import NO_REGISTER, RegisterPage
from kpilib.pages.shown import Shown, fill, together
from kpilib.records.framework import DIRECTIONS, MILESTONES, tolerance
from kpilib.records.periods import Period, earlier

MOVES = {"achieved": "achieved", "missed": "missed", "slipped": "slipped", "recovered": "back on course"}
STATES = {
    "achieved": "It is done.",
    "on track": "It is expected by its date.",
    "at risk": "It may not be done by its date, or is expected after it.",
    "missed": "Its date is over and it is not done, or it will not be done.",
    "not yet due": "Its date is ahead, and nothing more is known.",
}
LAST_YEAR = {
    "better": "Better than at the same quarter last year; where low is good, that is a lower figure.",
    "worse": "Worse than at the same quarter last year.",
    "same": "As it was at the same quarter last year",
    "cannot say": "There is no figure of the same quarter last year that it can be compared with.",
}


class DirectoratePage(PriorityPage):
    """The page of one directorate: the measures of the page, and the directorate's own milestones and risks."""

    @cached_property
    def _register(self) -> RegisterPage:
        """The directorate's part of the register."""
        return RegisterPage(self._ledger, self.entry, self.quarter)

    @cached_property
    def _high(self) -> pd.DataFrame:
        """The directorate's high risks; none where the framework has no register."""
        scales = self.framework.risk
        return high(self._register.risks, scales.bands) if scales else pd.DataFrame()

    def _facts(self) -> list[str]:
        return [
            words.counted(len(self.indicators), "measure"),
            words.counted(len(self._milestones(self.quarter)), "milestone"),
        ]

    def headline(self) -> Shown:
        """How measures, milestones and high risks stand; then the count of each rating."""
        if len(self.indicators):
            return super().headline()
        return fill("headline", lead=" ".join(self._beside_measures()), tiles=[], caution="")

    def _in_short(self) -> list[str]:
        here = self.indicators
        return [
            *self._beside_measures(),
            words.tally(self._counted().sum(), self.framework.ratings, "measure"),
            words.movement(here.assign(direction=here["direction_year"]), "last year"),
        ]

    def _beside_measures(self) -> list[str]:
        """A sentence on the milestones, and one on the high risks."""
        promised = self._milestones(self.quarter)
        said = "It has no milestones for this quarter."
        if len(promised):
            said = progress.milestone_words(promised)
        return [said, self._high_words(), self._register.unconfirmed_words() if self.framework.risk else ""]

    def _high_words(self) -> str:
        """How many of the directorate's risks are high, and how many were before their actions."""
        if self.framework.risk is None:
            return ""
        listed = standing(self._register.risks)
        risks = listed[listed["kind"] == "risk"]
        if risks.empty:
            return "Its part of the register holds no risk." if len(listed) else self._register.nothing()
        names, many = " or ".join(upper(self.framework.risk.bands)), len(risks) > 1
        if self._high.empty:
            none = f"None of its {words.number(len(risks))} risks is" if many else "Its one risk is not"
            return f"{none} {names}, before actions or after them."
        now = int(self._high["residual_band"].isin(upper(self.framework.risk.bands)).sum())
        if not many:
            after = "is" if now else "was"
            return f"Its one risk {after} {names} {'after' if now else 'before'} actions."
        if now == len(risks):
            return f"{'Both' if now == 2 else f'All {words.number(now)}'} of its risks are {names} after actions."
        more = len(self._high) - now
        said = f"Of {words.number(len(risks))} risks, {words.number(now, 'none')} {'is' if now < 2 else 'are'} {names}"
        then = f", and {words.number(more)}{' more' if now else ''} {'was' if more == 1 else 'were'} before them"
        return f"{said} after actions{then if more else ''}."

    def overview(self) -> Shown:
        """Every measure beside the same quarter last year, furthest from target first."""
        heads = ["Measure", self._year_before.name, "Target", "Latest figure", "Progress", "Against last year", "Trend"]
        if self.indicators.empty:
            return fill("paragraph", texts=["This page has no measures for this quarter."])
        caption = "Furthest from target first. The last column draws the last figures."
        rows = [self._measure(row) for _, row in self.indicators.iterrows()]
        return tables.table(caption, heads, rows, numbers={1, 2, 3}, look="measures wraps")

    @cached_property
    def _year_before(self) -> Period:
        return earlier(self.quarter, 4)

    def _measure(self, row: pd.Series) -> tables.Row:
        cells: list[tables.Cell] = [
            self._then(row),
            tables.under(tables.target(row) or "Not given", tables.target_note(row)),
            tables.latest(row, self.quarter.name),
            tables.tag(row["rating"], row["label"]),
            tables.arrow(row["direction_year"], row["direction_year_label"]),
            tables.last_four(row, self.readings),
        ]
        return tables.Row(tables.link(f"#{row['indicator']}", row["short_name"]), cells)

    def _then(self, row: pd.Series) -> tables.Cell:
        """The figure of a year before, and its period where that is not the quarter's, or the whole is to date."""
        if pd.isna(row["last_year"]):
            return "No figure"
        said = bare(row["last_year"], row["unit"], row["decimals"])
        note = "" if row["last_year_name"] == self._year_before.name else row["last_year_name"]
        if row["cumulative"] and row["basis"] == "sum" and row["to_date"] != row["value"]:
            note = f"{row['last_year_name']} alone; now {bare(row['value'], row['unit'], row['decimals'])}"
        return tables.under(said, note)

    def changes(self) -> Shown:
        """What moved since the quarter before: ratings, and milestones."""
        return together([super().changes(), self._moved_milestones()])

    def _moved_milestones(self) -> Shown:
        now, before = self._milestones(self.quarter), self._milestones(self.last_quarter)
        if now.empty or before.empty:
            which = self.quarter.name if now.empty else self.last_quarter.name
            return fill("paragraph", texts=[f"There are no milestones of {which}, so none can have moved."])
        moved = milestone.moved(now, before)
        if moved.empty:
            return fill("paragraph", texts=[f"No milestone has moved since {self.last_quarter.name}."])
        rows = [
            tables.Row(
                f"{row.milestone}: {row.text}",
                [
                    progress.milestone_tag(row.state_before, row.label_before),
                    progress.milestone_tag(row.state, row.label),
                    row.move_reason,
                ],
            )
            for row in moved.itertuples()
        ]
        by = moved["move"].value_counts()
        said = [f"{words.number(by[move])} {word}" for move, word in MOVES.items() if move in by]
        count = words.sentence(words.counted(len(moved), "milestone"))[:-1]
        verb = "has" if len(moved) == 1 else "have"
        caption = f"{count} {verb} moved since {self.last_quarter.name}: {words.listed(said)}."
        heads = ["Milestone", self.last_quarter.name, self.quarter.name, "What moved it"]
        return tables.table(caption, heads, rows, look="names wraps")

    def risks(self) -> Shown:
        """The directorate's high risks: their scores, how they moved, and what is done about each."""
        if self.framework.risk is None:
            return fill("paragraph", texts=[NO_REGISTER])
        if self._high.empty:
            return fill("paragraph", texts=[self._high_words()])
        bands = self.framework.risk.bands
        spans = " or ".join(f"{name} ({bands[name][0]} to {bands[name][1]})" for name in upper(bands))
        caption = f"Risks whose score is {spans}, before their actions or after them; the highest first."
        heads = ["Risk", "Score before", "Score after", f"Since {self.last_quarter.name}", "Mitigation not yet done"]
        rows = [self._risk(row) for _, row in self._high.iterrows()]
        return together([tables.table(caption, heads, rows, look="names"), *self._mitigation()])

    def _risk(self, row: pd.Series) -> tables.Row:
        bands = self._register.scales.bands
        way = row["movement_direction"]
        moved: tables.Cell = row["unconfirmed"]
        moved = {"new": "New", "no earlier register": "No earlier register"}.get(row["movement"], moved)
        if not moved:
            was = "" if way == "same" else f"from {show(row['previous_score'])}"
            moved = tables.under(tables.arrow(way, DIRECTIONS[way]), was)
        own = self._actions[self._actions["risk"] == row["risk"]]
        cells = [
            progress.score(row, "", bands),
            progress.score(row, "residual_", bands),
            moved,
            progress.counted(own[own["state"] != "done"]),
        ]
        return tables.Row(tables.under(self._risk_name(row), row["owner"] or "No owner named"), cells)

    def _risk_name(self, row: pd.Series) -> tables.Cell:
        """The risk's number and title, leading to its card where a register has a page."""
        name = f"{row['risk']}: {row['title']}"
        holds = ("", row["directorate"])
        pages = [entry.page for entry in self.framework.pages if entry.kind == "risk_register"
                 and entry.directorate in holds]  # fmt: skip
        return tables.link(f"{pages[0]}.html#{row['risk']}", name) if pages else name

    @cached_property
    def _actions(self) -> pd.DataFrame:
        """The actions on the high risks, in the order of the risks, done ones last."""
        listed = actions(self._register.risk_notes, self.quarter)
        place = {risk: number for number, risk in enumerate(self._high["risk"])}
        own = listed[listed["risk"].isin(place)]
        order = pd.DataFrame({"risk": own["risk"].map(place), "done": own["state"] == "done"})
        return own.loc[order.sort_values(["risk", "done"], kind="stable").index]

    def _mitigation(self) -> list[Shown]:
        """The mitigation measures of the high risks; those without any are named."""
        pieces = []
        if len(self._actions):
            names: dict[str, tables.Cell] = {
                row.risk: progress.risk_name(row, row.risk) for row in self._high.itertuples()
            }
            caption = "Mitigation measures, risk by risk: the earliest date first, and what is done last."
            pieces.append(progress.action_table(self._actions, names, caption))
        silent = [risk for risk in self._high["risk"] if risk not in set(self._actions["risk"])]
        if silent:
            said = f"No mitigation measure is recorded for {words.listed(silent)}."
            pieces.append(fill("paragraph", texts=[self._openly(said)]))
        return pieces

    def key(self) -> Shown:
        """What the symbols mean: ratings, arrows, and the states of milestones."""
        pieces = [self._key_of_ratings(), self._key_of_arrows()]
        if len(self._milestones(self.quarter)):
            pieces.append(self._key_of_milestones())
        return together(pieces)

    def _key_of_ratings(self) -> Shown:
        framework, rule = self.framework, self.framework.rule(self.quarter)
        rows = [
            tables.Row(tables.tag(rating if rating != "awaited" else "not rated", framework.ratings[rating]), [meaning])
            for rating, meaning in words.meanings(rule, framework.ratings).items()
        ]
        caption = "Progress of measures."
        if rule.target == "next year":
            caption += " The target is that of the year after."
        if (self.indicators[["green_within", "amber_within"]].fillna("") != "").any(axis=None):
            caption += " A measure with thresholds of its own is rated by those."
        return tables.table(caption, ["Symbol", "What it means"], rows, look="key")

    def _key_of_arrows(self) -> Shown:
        steady = self.framework.rule(self.quarter).steady_within
        much = "." if tolerance(steady)[0] == 0 else f", or no more than {steady} better or worse."
        meant = LAST_YEAR | {"same": LAST_YEAR["same"] + much}
        rows = [tables.Row(tables.arrow(way, label), [meant[way]]) for way, label in self.framework.directions.items()]
        caption = "Direction of measures. Arrows show performance, not the number."
        return tables.table(caption, ["Symbol", "What it means"], rows, look="key")

    def _key_of_milestones(self) -> Shown:
        rows = []
        for state in MILESTONES:
            first, *others = [word[:1].upper() + word[1:] for word in self.framework.milestones[state]]
            tag = tables.under(progress.milestone_tag(state, first), f"also: {words.listed(others)}" if others else "")
            rows.append(tables.Row(tag, [STATES[state]]))
        return tables.table("Progress of milestones.", ["Symbol", "What it means"], rows, look="key")
