"""The page that a notebook opens: its records, judged, and what every kind of page says."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup

from kpilib.judgement import contract, milestone
from kpilib.judgement.figures import lower_first
from kpilib.judgement.verdict import counts, judge, moved_by_rule, stated
from kpilib.pages import changed, part_two, progress, tables, theme, words
from kpilib.pages.drawing import house_looks
from kpilib.pages.prose import say_all
from kpilib.pages.shown import Shown, fill, together
from kpilib.pages.tokens import Tokens
from kpilib.records.faults import Fault, NoSuchPartError, allowed
from kpilib.records.framework import RATINGS, PageEntry
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period, earlier
from kpilib.records.quarterly import Quarterly

SEVERITY = {rating: place for place, rating in enumerate([*reversed(RATINGS), "not rated"])}


class CopiedFrame:
    """
    A page's frame: worked out once, and a copy of it given to whoever asks.

    What a notebook's cell does to its copy changes nothing on the page. A copy costs next to nothing: pandas copies a
    column when it is written to.
    """

    def __init__(self, build: Callable[[Any], pd.DataFrame]) -> None:
        self._build, self.__doc__ = build, build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._kept = f"_frame_{name}"

    def __get__(self, page: Any, owner: type) -> Any:
        """Give the frame of a page; of the class, the frame's own description."""
        if page is None:
            return self
        if self._kept not in page.__dict__:
            page.__dict__[self._kept] = self._build(page)
        return page.__dict__[self._kept].copy(deep=False)


class Page:
    """
    A page of a report, at a quarter, for an edition.

    `indicators`, `readings`, `targets`, `benchmarks` and `comments` are plain frames for an analyst's own cells:
    what this page is about, as it stood when the quarter was reported. `indicators` is judged, furthest off first.
    With a page open, matplotlib draws in the house's looks, until a cell chooses others.
    """

    def __init__(
        self,
        ledger: Ledger,
        entry: PageEntry,
        quarter: Period,
        quarterly: Quarterly | None = None,
        verdicts: tuple[pd.DataFrame, pd.DataFrame] | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        house_looks()
        self.framework = ledger.framework
        self.entry = entry
        self.quarter = quarter
        self.edition = ledger.edition
        self._quarterly = quarterly or Quarterly()
        self._verdicts = verdicts
        self._notebook_notes = notes
        self._ledger = ledger.as_at(quarter)
        ended = ledger.indicators[ledger.indicators["to_end"] == earlier(quarter, 1).end]
        self._retired = ended[ended["supports"] == ""]

    def __repr__(self) -> str:
        return f"{self.framework.council}: {self.entry.title}, {self.quarter.name}, {self.edition} edition"

    def __getattr__(self, name: str) -> Any:
        """Say in two lines that pages of this kind have no part of that name."""
        if name.startswith("_") or inspect.getattr_static(type(self), name, None) is not None:
            return object.__getattribute__(self, name)  # Python's own words, or those of the part that failed
        parts = [part for part in dir(self) if not part.startswith("_")]
        problem = f"has no `{name}`, being of the kind {self.entry.kind!r}"
        raise NoSuchPartError(Fault(f"page {self.entry.page}", problem, allowed(name, parts)))

    @cached_property
    def last_quarter(self) -> Period:
        """The quarter before."""
        return earlier(self.quarter, 1)

    @property
    def source(self) -> str:
        """The papers that the figures come from: the quarter's own where it names them, else the framework's."""
        return self._quarterly.source or self.framework.source

    @cached_property
    def _judged(self) -> pd.DataFrame:
        """Every indicator and supporting measure of the framework, judged, in the records' own order."""
        named = self._verdicts[0] if self._verdicts else judge(self._ledger, self.quarter)
        short = named["short_name"].where(named["short_name"] != "", named["name"])
        return named.assign(short_name=short)

    @cached_property
    def _judged_before(self) -> pd.DataFrame:
        """The same for the quarter before, as now known and under its own rule."""
        before = self._verdicts[1] if self._verdicts else judge(self._ledger, self.last_quarter)
        return before.set_index("indicator")

    @CopiedFrame
    def indicators(self) -> pd.DataFrame:
        """The indicators that this page is about, judged, furthest off target first."""
        return self._ordered(self._scope(self._judged[self._judged["supports"] == ""])).reset_index(drop=True)

    def _scope(self, judged: pd.DataFrame) -> pd.DataFrame:
        """Choose the indicators that this kind of page is about: all of them, unless the kind says otherwise."""
        return judged

    def _ordered(self, judged: pd.DataFrame) -> pd.DataFrame:
        """Put first what a reader should see first: what is furthest off target, unless the kind says otherwise."""
        off = judged["shortfall"] / judged["expected"].abs().where(judged["expected"] != 0)
        order = pd.DataFrame({"severity": judged["rating"].map(SEVERITY), "off": -off, "none": judged["value"].isna()})
        order = order.sort_values(["severity", "none", "off"], kind="stable", na_position="last")
        return judged.loc[order.index]

    @CopiedFrame
    def readings(self) -> pd.DataFrame:
        """The readings of this page's indicators and of what supports them, in order of time."""
        readings = self._about(self._ledger.readings)
        return readings[readings["status"] != "not measured"].sort_values(["indicator", "end", "start"], kind="stable")

    @CopiedFrame
    def targets(self) -> pd.DataFrame:
        """Their targets."""
        return self._about(self._ledger.targets)

    @CopiedFrame
    def benchmarks(self) -> pd.DataFrame:
        """What they are compared with elsewhere."""
        known = self._ledger.benchmarks
        return self._about(known[known["end"] <= self.quarter.end])

    @CopiedFrame
    def comments(self) -> pd.DataFrame:
        """What services wrote about them for this quarter."""
        here = self._about(self._ledger.commentary)
        return here[here["quarter"] == self.quarter.text]

    @CopiedFrame
    def owed(self) -> pd.DataFrame:
        """The indicators that services are to explain for this quarter: why, by whom, and what is missing."""
        owed = contract.owed(self.indicators, self._ledger.commentary, self.quarter)
        return owed if self.framework.asks_commentary else owed.iloc[:0]

    @property
    def _missing(self) -> str:
        """What to say of commentary that is asked for and not there; the public edition may hold some back."""
        return "not received for publication" if self.edition == "public" else "not received"

    def _openly(self, said: str) -> str:
        """Say of what is not there that it may be exempt, where the public edition holds anything back."""
        held = self.edition == "public" and len(self._ledger.withheld)
        return f"{said.removesuffix('.')}, as far as may be published." if held else said

    @CopiedFrame
    def supporting(self) -> pd.DataFrame:
        """The measures that throw light on this page's indicators; they are neither rated nor counted."""
        return self._judged[self._judged["supports"].isin(self.indicators["indicator"])]

    def _about(self, frame: pd.DataFrame) -> pd.DataFrame:
        here = [*self.indicators["indicator"], *self.supporting["indicator"]]
        return frame[frame["indicator"].isin(here)]

    def title(self) -> Shown:
        """The page's title, the months it covers, and its edition."""
        part = "Part I (open to the public)" if self.edition == "public" else "Part II (not for publication)"
        return fill(
            "title",
            style=Markup(theme.notebook()),
            notes=self._notebook_notes,
            title=self.entry.title,
            facts=[self.quarter.name, self.quarter.span, *self._facts(), part],
            exempt=part_two.said(self._ledger.withheld, self.edition) if self._tells_of_part_two else [],
            fictional=self.framework.fictional,
            council=self.framework.council,
        )

    @property
    def _tells_of_part_two(self) -> bool:
        """Whether its title is followed by how much of the report is exempt: where all of the report is told of."""
        return self.entry.kind in ("overview", "executive_summary")

    def _facts(self) -> list[str]:
        return [words.counted(len(self.indicators), "indicator")]

    def tiles(self) -> list[tuple[str, int, str]]:
        """How many indicators have each rating, with the label and the share of the rated."""
        row, labels = self._counted().sum(), self.framework.ratings
        colours = self.framework.colours
        shares = dict(zip(colours, words.shares([int(row[rating]) for rating in colours]), strict=True))
        return [
            (rating, row[rating], f"{labels[rating]} ({shares[rating]})" if shares.get(rating) else labels[rating])
            for rating in (*colours, "not rated")
        ]

    def _counted(self, by: str | None = None) -> pd.DataFrame:
        """How many of its indicators have each of the framework's ratings, as printed where that is all there is."""
        printed = self._printed(self.indicators) if by is None else None
        return counts(self.indicators, by, self.framework.colours) if printed is None else printed.to_frame().T

    @cached_property
    def _stated(self) -> pd.DataFrame:
        """The counts that the council printed without the indicators behind them; empty where it printed none."""
        return stated(self._ledger.tallies, self.quarter, self.framework.colours)

    def _printed(self, indicators: pd.DataFrame) -> pd.Series | None:
        """The counts printed for a directorate, where these are all of its indicators; none where there are no such."""
        of = indicators["directorate"].unique()
        if len(of) != 1 or of[0] not in self._stated.index:
            return None
        every = self._judged[(self._judged["supports"] == "") & (self._judged["directorate"] == of[0])]
        return self._stated.loc[of[0]] if len(every) == len(indicators) else None

    def headline(self) -> Shown:
        """How many are on track, which are furthest off, and how many got better or worse; then the counts."""
        if self.indicators.empty:
            return fill("paragraph", texts=["This page has no indicators for this quarter."])
        said = [*self._in_short(), self._lateness()]
        caution = "Ratings rest on assumed thresholds; see “Where do the figures come from?”."
        return fill(
            "headline",
            lead=" ".join(text for text in said if text),
            tiles=self.tiles(),
            caution=caution if self._rests_on_assumptions() else "",
        )

    def _in_short(self) -> list[str]:
        """The page in a sentence or two."""
        here = self.indicators
        printed = self._printed(here)
        if printed is not None:
            return [
                f"As the council printed it: {lower_first(words.tally(printed, self.framework.ratings))}",
                f"It names few of them: these records hold the {words.number(len(here))} that its text speaks of.",
            ]
        figures = pd.Series([tables.beside_target(each) for _, each in here.iterrows()], here.index)
        return [
            words.tally(self._counted().sum(), self.framework.ratings),
            words.furthest(here, figures),
            words.movement(here, self.framework.rule(self.quarter).compare),
        ]

    def _lateness(self) -> str:
        """How many indicators have no figure for this quarter though they should; nothing where all have."""
        late = int(self.indicators["late"].sum())
        if not late:
            return ""
        of = "monthly or quarterly " + ("indicator has" if late == 1 else "indicators have")
        count = words.number(late).capitalize()
        return f"{count} {of} no figure for this quarter and {'rests' if late == 1 else 'rest'} on an earlier one."

    def _rests_on_assumptions(self) -> bool:
        """Whether the page's ratings rest on what the council's papers do not say."""
        computed = self.indicators["computed_rating"].ne("not rated").any() and self._printed(self.indicators) is None
        return bool(computed and self.framework.rule(self.quarter).assumption)

    def changes(self) -> Shown:
        """What moved since the quarter before: ratings, why they moved, and the figures behind them."""
        before = self._judged_before.reindex(self.indicators["indicator"])
        moved = self.indicators[
            (self.indicators["rating"].to_numpy() != before["rating"].to_numpy())
            & self.indicators["value"].notna().to_numpy()
            & before["value"].notna().to_numpy()
        ]
        said = [self._rated_alike(), *self._moved_by_rule_alone()]
        besides = self._besides()
        if before["rating"].fillna("not rated").eq("not rated").all():
            texts = [f"These records hold no rating for {self.last_quarter.name} to compare with."]
            return together([fill("paragraph", texts=texts), *besides])
        if moved.empty:
            texts = [f"No rating has changed since {self.last_quarter.name}.", *said[1:]]
            return together([fill("paragraph", texts=texts), *besides])
        rows = [self._change(row, before.loc[row["indicator"]]) for _, row in moved.iterrows()]
        heads = ["Indicator", self.last_quarter.name, self.quarter.name, "What moved it"]
        if len(self._by_rule):
            heads.insert(2, "Then, by today's rule")
        count = words.counted(len(moved), "rating")
        verb = "has" if len(moved) == 1 else "have"
        caption = f"{words.sentence(count)[:-1]} {verb} changed since {self.last_quarter.name}."
        return together([fill("paragraph", texts=said), tables.table(caption, heads, rows), *besides])

    def _besides(self) -> list[Shown]:
        """What changed beside ratings: figures revised since they were published, indicators new and retired."""
        said = changed.came_and_went(self.indicators, self._scope(self._retired), self.quarter, self.last_quarter)
        tabled = changed.revised(self.readings, self.indicators, self.quarter)
        return [*tabled, *([fill("paragraph", texts=said)] if said else [])]

    @cached_property
    def _by_rule(self) -> pd.DataFrame:
        """Both quarters under one rule, where the rule changed between them; else empty."""
        return moved_by_rule(self._ledger, self.quarter, self.last_quarter)

    def _change(self, row: pd.Series, then: pd.Series) -> tables.Row:
        labels, rule = self.framework.ratings, []
        if len(self._by_rule):
            by_rule = self._by_rule.at[row["indicator"], "before_by_new_rule"]
            rule = [tables.tag(by_rule, labels[by_rule])]
        cells = [
            tables.under(tables.tag(then["rating"], labels[then["rating"]]), tables.figure(then)),
            *rule,
            tables.under(tables.tag(row["rating"], row["label"]), tables.figure(row)),
            self._mover(row, then),
        ]
        return tables.Row(row["short_name"], cells)

    def _mover(self, row: pd.Series, then: pd.Series) -> str:
        """What moved a rating: the rule, the figure, the target, or what the council states."""
        if row["rating"] != row["computed_rating"] or then["rating"] != then["computed_rating"]:
            return "The council's own statement"
        figure, target = (
            _differ(row, then, "value"),
            _differ(row, then, "kind", "target_low", "target_high", "amber_at"),
        )
        moved = {(True, False): "The figure", (False, True): "The target", (True, True): "Figure and target"}.get(
            (figure, target), "What it is compared with"
        )
        if row["kind"] == "quartile" and _differ(row, then, "rank", "of"):
            moved = "The rank"
        if row["cumulative"]:
            moved = "The figure to date, against what is due by now"
        if self._by_rule.empty:
            return moved
        rules = self._by_rule.loc[row["indicator"]]
        by_rule, by_figure = rules["before_by_new_rule"] == row["rating"], rules["rating_by_old_rule"] == row["rating"]
        if by_rule:
            return "Either the rule or the figure alone" if by_figure else "The rule"
        return moved if by_figure else "The rule and the figure together"

    def _moved_by_rule_alone(self) -> list[str]:
        """A sentence for each rating that indicators have today only because the rule changed."""
        if self._by_rule.empty:
            return []
        now = self.indicators.set_index("indicator")
        old = self._by_rule["rating_by_old_rule"].reindex(now.index)
        new = self._by_rule["before_by_new_rule"].reindex(now.index)
        before = self._judged_before["rating"].reindex(now.index)
        alone = now[(old != now["rating"]) & (new == now["rating"]) & (old == before)]
        said = []
        for rating, group in alone.groupby("rating", sort=False):
            count = words.sentence(words.counted(len(group), "indicator"))[:-1]
            verb = "is" if len(group) == 1 else "are"
            label, names = self.framework.ratings[rating], "; ".join(group["short_name"])
            said.append(f"{count} {verb} “{label}” today only because the thresholds moved: {names}.")
        return said or ["The thresholds moved, and no rating with them."]

    def _rated_alike(self) -> str:
        now, then = self.framework.rule(self.quarter), self.framework.rule(self.last_quarter)
        rule = "this quarter's rule" if now.rates_like(then) else "the rule then in force"
        said = f"{self.last_quarter.name} is rated here from its figures as they are now known, by {rule}."
        if now.rates_like(then):
            return said
        labels = self.framework.ratings
        return f"{said} The rule then: {words.rule(then, labels)}. The rule now: {words.rule(now, labels)}."

    def milestones(self) -> Shown:
        """The quarter's milestones by objective, of one directorate where the page is for one."""
        here = self._milestones(self.quarter)
        closed = progress.closed_milestones(self._closed_milestones)
        pieces = [fill("paragraph", texts=closed)] if closed else []
        if here.empty:
            of = f" of {self.entry.directorate}" if self.entry.directorate else ""
            said = f"No milestone{of} is open." if closed else f"The records hold no milestones{of} for this quarter."
            return together([fill("paragraph", texts=[self._openly(said)]), *pieces])
        return together([progress.milestones(here), *pieces])

    def statements(self) -> Shown:
        """
        What people wrote for this page and quarter, each under its heading, with every figure from the records.

        Raises:
            RecordsError: with every token of all these texts that has no answer.
        """
        texts = self._ledger.summaries
        here = texts[(texts["page"] == self.entry.page) & (texts["quarter"] == self.quarter.text)]
        if here.empty:
            return fill("paragraph", texts=[self._openly("No words were received for this quarter.")])
        tokens = Tokens(self._ledger, self.quarter, self._judged)
        said = say_all([(row.text, row.file, row.line) for row in here.itertuples()], tokens)
        return together(
            [
                fill("prose", id=f"{self.entry.page}-words-{place}", heading=heading, text=text)
                for place, (heading, text) in enumerate(zip(here["heading"], said, strict=True), 1)
            ]
        )

    def _milestones(self, at: Period) -> pd.DataFrame:
        """The milestones of a quarter, assessed; of one directorate where the page is for one."""
        return self._own(milestone.assess(self._ledger.milestones, self.framework.milestones, at))

    @property
    def _closed_milestones(self) -> pd.DataFrame:
        """The milestones that were closed in the quarter; of one directorate where the page is for one."""
        return self._own(milestone.closed(self._ledger.milestones, self.framework.milestones, self.quarter))

    def _own(self, milestones: pd.DataFrame) -> pd.DataFrame:
        own = self.entry.directorate
        return milestones[milestones["directorate"] == own] if own else milestones

    def sources(self) -> Shown:
        """Where each figure comes from: the period it covers, the cell as printed, and its status."""
        texts = [self.source, self.framework.rule(self.quarter).assumption]
        here = self._judged[
            self._judged["indicator"].isin(self.indicators["indicator"]) & self._judged["value"].notna()
        ]
        marked = here["status"].mask(here["status"] == "final", "").str.capitalize()
        columns = {"Period": here["period_name"], "What it covers": here["covers"], "As printed": here["as_printed"],
                   "Marked as": marked, "Source": here["source"]}  # fmt: skip
        columns = {head: cells for head, cells in columns.items() if cells.ne("").any()}
        rows = [tables.Row(name, cells) for name, *cells in zip(here["short_name"], *columns.values(), strict=True)]
        heads = ["Indicator", *columns]
        printed = ", as the council printed it" if "As printed" in columns else ""
        caption = f"The latest figure of each indicator{printed}."
        pieces = [fill("paragraph", look="small", texts=[text for text in texts if text])]
        return together([*pieces, tables.table(caption, heads, rows, look="notes")] if rows else pieces)


def _differ(row: pd.Series, then: pd.Series, *columns: str) -> bool:
    """Say whether two verdicts differ in any of some columns; what is unknown in both is the same."""
    return any(row[name] != then[name] and not (pd.isna(row[name]) and pd.isna(then[name])) for name in columns)
