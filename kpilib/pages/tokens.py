"""What a token of prose may ask for: figures, counts and names of a quarter, each from the records or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cached_property

import pandas as pd

from kpilib.judgement import milestone, risk, trend
from kpilib.judgement.figures import as_goal, as_share, gap, percent, rounded, show
from kpilib.judgement.verdict import counts
from kpilib.pages import part_two, tables, words
from kpilib.records.faults import allowed
from kpilib.records.framework import DIRECTIONS, MILESTONES
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period, period

EXAMPLES = {
    "value": 'value("sickness") or value("sickness", "2022-23-Q1")',
    "to_date": 'to_date("new_jobs")',
    "target": 'target("sickness")',
    "previous": 'previous("sickness")',
    "last_year": 'last_year("sickness")',
    "change": 'change("sickness") or change("sickness", "last year")',
    "gap": 'gap("sickness")',
    "rating": 'rating("sickness")',
    "direction": 'direction("sickness")',
    "name": 'name("sickness")',
    "count": 'count(), count("rated") or count("red", directorate="Adult Services")',
    "share": 'share("red") or share("red", page="place_to_live")',
    "milestones": 'milestones() or milestones("achieved", directorate="Resources")',
    "risks": 'risks() or risks("high")',
    "opportunities": "opportunities()",
    "quarter": "quarter",
    "span": "span",
    "council": "council",
    "strategy": "strategy",
    "part": "part",
    "part_two": "part_two",
}
NUMBERS = ("count", "milestones", "risks", "opportunities")  # those that give a whole number, which may be added


class TokenError(Exception):
    """A token that asks for what is not there: what is wrong, and what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(problem, remedy)


class Tokens:
    """
    The vocabulary of tokens, answered from the records as they stood at a quarter.

    An indicator is named by its key in indicators.csv; supporting measures have figures too, and are never counted.

    Args:
        ledger: the records as at the quarter.
        at: the quarter.
        judged: every indicator and supporting measure, from `kpilib.judgement.verdict.judge`.
    """

    def __init__(self, ledger: Ledger, at: Period, judged: pd.DataFrame) -> None:
        self.quarter = at
        self._ledger = ledger
        # `previous` is the figure before, whatever a framework takes its direction of travel against
        self._judged = trend.comparable(judged, ledger.readings).set_index("indicator", drop=False)

    @cached_property
    def vocabulary(self) -> dict[str, Callable[..., str | int] | str]:
        """Every name that a token may use: functions, and plain texts."""
        framework = self._ledger.framework
        texts = {
            "quarter": self.quarter.name,
            "span": self.quarter.span,
            "council": framework.council,
            "strategy": framework.strategy,
            "part": "Part I" if self._ledger.edition == "public" else "Part II",
            "part_two": " ".join(part_two.said(self._ledger.withheld, self._ledger.edition)) or "Nothing is exempt.",
        }
        return {name: texts[name] if name in texts else getattr(self, name) for name in EXAMPLES}

    def value(self, indicator: str, of: str = "") -> str:
        """The figure of this quarter, or of a period that is named."""
        row = self._row(indicator)
        return _print(self._in(row, of) if of else self._now(row)["value"], row)

    def to_date(self, indicator: str) -> str:
        """The total so far: of the span of its target, or of the council year."""
        row = self._now(self._row(indicator))
        if row["basis"] == "to date" or row["cumulative"]:
            total = row["to_date"]
        elif row["basis"] == "sum":
            total = self._this_year(row)
        else:
            raise TokenError(f"{indicator!r} is not a figure that adds up", f'Write {{{{ value("{indicator}") }}}}.')
        if pd.isna(total):
            raise TokenError(f"{indicator!r} has no total to date", "Record the figures missing from readings.csv.")
        return _print(total, row)

    def target(self, indicator: str) -> str:
        """The target that it is rated against; of a total, what is due by now."""
        row = self._row(indicator)
        target = tables.target(row)
        if not target:
            raise TokenError(f"{indicator!r} has no target for {self._text}", "Leave it out, or add it to targets.csv.")
        several = row["target_high"] if row["kind"] == "range" else row["expected"]
        unit = "" if row["unit"].startswith("£") else show(several, row["unit"]).partition(" ")[2]
        return target if row["kind"] == "quartile" else f"{target} {unit}".strip()

    def previous(self, indicator: str) -> str:
        """The figure before."""
        row = self._row(indicator)
        return _print(self._then(row, "previous"), row)

    def last_year(self, indicator: str) -> str:
        """The figure of the same period last year."""
        row = self._row(indicator)
        return _print(self._then(row, "last year"), row)

    def change(self, indicator: str, against: str = "previous") -> str:
        """How much it changed, in whole per cent of the earlier figure, without a sign."""
        row = self._row(indicator)
        then = Decimal(str(self._then(row, against)))
        if not then:
            remedy = f'Write both figures: {{{{ {against.replace(" ", "_")}("{indicator}") }}}} and the one now.'
            raise TokenError(f"{indicator!r} was 0, and nothing is a percentage of that", remedy)
        share = abs((Decimal(str(row["value"])) - then) / then)
        return "less than 1%" if share and not rounded(100 * share, 0) else percent(share)

    def gap(self, indicator: str) -> str:
        """How far it is from its target, on either side, between the figures as they are printed."""
        row = self._now(self._row(indicator))
        if row["kind"] == "quartile" or pd.isna(row["shortfall"]):
            remedy = "Leave it out, or look at its figure and target."
            raise TokenError(f"{indicator!r} has no distance from a target", remedy)
        aim = row["expected"]
        if row["kind"] == "range":
            aim = min(max(row["to_date"], row["target_low"]), row["target_high"])
        by = as_share if row["share"] < 1 else as_goal
        return gap(row["to_date"], aim, row["unit"], row["decimals"], by)

    def rating(self, indicator: str) -> str:
        """The council's words for its rating."""
        return self._row(indicator)["label"]

    def direction(self, indicator: str) -> str:
        """The council's words for its direction of travel."""
        return self._row(indicator)["direction_label"]

    def name(self, indicator: str) -> str:
        """Its short name, or its name."""
        row = self._row(indicator)
        return row["short_name"] or row["name"]

    def count(self, of: str = "", *, directorate: str = "", page: str = "") -> int:
        """How many indicators: all, `rated`, of a rating, or of a direction; as the council counted, where it did."""
        framework = self._ledger.framework
        tallied = self._tallied(directorate, page)
        here = self._scope(directorate, page)
        known(of, ["", "rated", "not rated", *framework.colours, *DIRECTIONS], "count")
        if of in DIRECTIONS:
            if len(tallied):
                remedy = "Leave it out: tallies.csv counts ratings alone."
                raise TokenError(f"{_whose(directorate)} printed no count of {of!r}", remedy)
            return int((here["direction"] == of).sum())
        parts = {"": [*framework.colours, "not rated"], "rated": [*framework.colours]}.get(of, [of])
        if len(tallied):
            return sum(self._tally(tallied, part, directorate) for part in parts)
        return int(counts(here, colours=framework.colours).sum()[parts].sum())

    def share(self, of: str, *, directorate: str = "", page: str = "") -> str:
        """Its share of the rated indicators, in whole per cent, rounded so that all of them add up."""
        colours = self._ledger.framework.colours
        known(of, colours, "rating")
        each = [self.count(colour, directorate=directorate, page=page) for colour in colours]
        if not sum(each):
            raise TokenError("no indicator here is rated, so there is no share", "Leave it out.")
        return words.shares(each)[colours.index(of)]

    def milestones(self, state: str = "", *, directorate: str = "") -> int:
        """How many milestones of the quarter, in a state, of a directorate."""
        known(state, ["", *MILESTONES], "state")
        here = milestone.assess(self._ledger.milestones, self._ledger.framework.milestones, self.quarter)
        if here.empty:
            raise TokenError(f"there are no milestones for {self._text}", "Record them in milestones.csv.")
        known(directorate, ["", *here["directorate"], *self._main["directorate"]], "directorate")
        here = here[here["directorate"] == directorate] if directorate else here
        return int((here["state"] == state).sum()) if state else len(here)

    def risks(self, band: str = "") -> int:
        """How many risks are open, in a band of the score after actions."""
        scales = self._ledger.framework.risk
        known(band, ["", *(scales.bands if scales else [])], "band")
        here = self._register("risk")
        return int((here["residual_band"] == band).sum()) if band else len(here)

    def opportunities(self) -> int:
        """How many opportunities are open."""
        return len(self._register("opportunity"))

    @property
    def directorates(self) -> list[str]:
        """Those that have indicators, or that the council counted."""
        return sorted({*self._main["directorate"], *self._tallies["directorate"]} - {""})

    @property
    def _text(self) -> str:
        return self.quarter.text

    @cached_property
    def _main(self) -> pd.DataFrame:
        """The indicators without supporting measures: those that are counted."""
        return self._judged[self._judged["supports"] == ""]

    @cached_property
    def _tallies(self) -> pd.DataFrame:
        tallies = self._ledger.tallies
        return tallies[tallies["quarter"] == self._text]

    def _row(self, indicator: str) -> pd.Series:
        if indicator not in self._judged.index:
            public = " in the public edition" if self._ledger.edition == "public" else ""
            raise TokenError(f"unknown indicator {indicator!r}{public}", allowed(indicator, self._judged.index))
        return self._judged.loc[indicator]

    def _now(self, row: pd.Series) -> pd.Series:
        """A row that has a figure of this quarter, not one that rests on an earlier."""
        if pd.notna(row["value"]) and not row["late"]:
            return row
        remedy = "Leave the sentence out until the figure is in readings.csv."
        if row["late"]:
            token = f'{{{{ value("{row["indicator"]}", "{row["period"]}") }}}}'
            remedy = f"Its latest is of {row['period_name']}: write {token}, and say of when it is."
        raise TokenError(f"{row['indicator']!r} has no figure for {self._text}", remedy)

    def _in(self, row: pd.Series, of: str) -> float:
        """The figure of a period."""
        try:
            text = period(of, self._ledger.framework.year_starts).text
        except ValueError as error:
            raise TokenError(f"{of!r} is not a period", "Write 2019-20-Q3, 2019-20 or 2019-11.") from error
        readings = self._ledger.readings
        own = readings[readings["indicator"].eq(row["indicator"]) & readings["value"].notna()].set_index("period")
        if text not in own.index:
            remedy = f"It has figures for: {', '.join(own.sort_values('end').index)}." if len(own) else "It has none."
            raise TokenError(f"{row['indicator']!r} has no figure for {text}", remedy)
        return own.at[text, "value"]

    def _then(self, row: pd.Series, against: str) -> float:
        """The earlier figure that this quarter's may be compared with."""
        known(against, ["previous", "last year"], "comparison")
        then = self._now(row)[against.replace(" ", "_")]
        if pd.isna(then):
            when = "last year" if against == "last year" else "before"
            problem = f"{row['indicator']!r} has no figure of {when} that {self._text} can be compared with"
            raise TokenError(problem, "Leave the comparison out, or record the earlier figure in readings.csv.")
        return then

    def _this_year(self, row: pd.Series) -> float:
        """A sum from the beginning of the council year; unknown where a period is missing."""
        begins = self._ledger.framework.year(self.quarter).start
        readings = trend.unbroken(self._judged, self._ledger.readings)
        own = readings[readings["indicator"].eq(row["indicator"]) & readings["period_kind"].eq(row["period_kind"])]
        own = own[(own["start"] >= begins) & (own["end"] <= row["end"]) & own["value"].notna()]
        whole = (own["end"] - own["start"] + 1).sum() == row["end"] - begins + 1
        return own["value"].sum() if whole else float("nan")

    def _scope(self, directorate: str, page: str) -> pd.DataFrame:
        """The indicators of a directorate and of a page; all of them without either."""
        known(directorate, ["", *self.directorates], "directorate")
        known(page, ["", *(entry.page for entry in self._ledger.framework.indicator_pages)], "page")
        here = self._main
        for column, wanted in (("directorate", directorate), ("page", page)):
            here = here[here[column] == wanted] if wanted else here
        return here

    def _tallied(self, directorate: str, page: str) -> pd.Series:
        """What the council counted, by rating; pages are never counted so."""
        here = self._tallies[(self._tallies["directorate"] == directorate) & (page == "")]
        return here.set_index("rating")["indicators"]

    def _tally(self, tallied: pd.Series, rating: str, directorate: str) -> int:
        if rating not in tallied:
            problem = f"{_whose(directorate)} has no row {rating!r} in tallies.csv for {self._text}"
            raise TokenError(problem, "Add it, with 0 where there was none.")
        return int(tallied[rating])

    def _register(self, kind: str) -> pd.DataFrame:
        scales, risks = self._ledger.framework.risk, self._ledger.risks
        if scales is None or not risks["quarter"].eq(self._text).any():
            raise TokenError(f"there is no risk register for {self._text}", "Record it in risks.csv.")
        standing = risk.standing(risk.assess(risks, scales.bands, self.quarter, scales.appetite))
        return standing[standing["kind"] == kind]


def _print(value: float, row: pd.Series) -> str:
    return show(value, row["unit"], row["decimals"])


def _whose(directorate: str) -> str:
    return directorate or "the council"


def known(word: str, choices: Iterable[str], what: str) -> None:
    """
    Let a word pass that is among the choices.

    Raises:
        TokenError: it is not, with the nearest of them.
    """
    choices = set(choices)
    if word not in choices:
        raise TokenError(f"unknown {what} {word!r}", allowed(word, choices - {""}))
