"""
A framework: a council's priorities, words and rules, read from `params/<slug>/framework.yml`.

Defaults are said once, here; whatever the file says is nearer and wins.
Checking is pydantic's; this module says what to check.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.files import read_file
from kpilib.records.periods import MONTHS, Period, period, quarter
from kpilib.records.said import Said, Text, checked, entries, read_yaml, some, wrong
from kpilib.records.snapshot import current

EDITIONS = ("public", "restricted")
RATINGS = ("blue", "green", "yellow", "amber", "red")  # from best to worst; a framework has those that it labels
DIRECTIONS = {"better": "Better", "worse": "Worse", "same": "Same", "cannot say": "Cannot say"}
MILESTONES = ("achieved", "on track", "at risk", "missed", "not yet due")
OVERVIEW = "index"
COVER = "cover_report"
INDICATOR_PAGES = ("priority", "services", "directorate")
REGISTER_PAGES = ("risk_register", "directorate")
WORDED_PAGES = ("executive_summary", "services", "directorate")  # those that print summaries
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TOLERANCE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(%| points)")
_BAND = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")
_DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")  # names that Windows keeps from files


def _tolerance(said: Any) -> Any:
    if not isinstance(said, str) or not _TOLERANCE.fullmatch(said):
        raise wrong(f"{said!r} is not a tolerance", "Write `5%` or `2 points`.")
    return said


def _running(said: Any) -> Any:
    if type(said) is not int or not 1 <= said <= 8:
        raise wrong(f"{said!r} is not a number of periods", "Write 1 to 8.")
    return said


def _page_name(said: Any) -> Any:
    if not isinstance(said, str) or not _SLUG.fullmatch(said) or said == OVERVIEW:
        raise wrong(f"{said!r} cannot be a page's name", f"Use small letters, digits and _; not {OVERVIEW!r}.")
    if is_device(said):
        raise wrong(f"{said!r} is a name that Windows keeps from files", "Add a word to it.")
    return said


def is_device(name: str) -> bool:
    """Say whether a file's name, before its ending, is one that Windows gives to a device."""
    return bool(_DEVICES.fullmatch(name.casefold()))


def _kind_name(said: Any) -> Any:
    if not isinstance(said, str) or not _SLUG.fullmatch(said):
        raise wrong(f"{said!r} cannot be a kind of page", "Name a notebook of notebooks/, without `.ipynb`.")
    return said


def _letter(said: Any) -> Any:
    if not isinstance(said, str | int) or not re.fullmatch("[A-Za-z0-9]{1,4}", str(said)):
        raise wrong(f"{said!r} cannot be an appendix's letter", "Use a letter or a number, such as A or 1.")
    return str(said)


def _band(said: Any) -> Any:
    match = _BAND.fullmatch(said) if isinstance(said, str) else None
    if not match or int(match[1]) > int(match[2]):
        raise wrong(f"{said!r} is not a span of scores", "Write it as `1-4`, the lower first.")
    return int(match[1]), int(match[2])


Tolerance = Annotated[str, BeforeValidator(_tolerance)]
Words = Annotated[tuple[Text, ...], BeforeValidator(entries), AfterValidator(some)]


class Rule(Said):
    """
    How readings are rated from a quarter on.

    A tolerance is `5%` (of the target) or `2 points` (in the indicator's own unit).
    `kind` says what a council judges by: a figure without a target is a gap where it is `target`,
    and none where it is `trend` or `milestone`.
    `target: next year` rates against the target of the year after the quarter's,
    for councils that set targets a year ahead.
    `blue_beyond` is how much better than the target is exceptional, for councils that have such a colour,
    and `yellow_within` the tolerance of a colour between green and amber.
    `amber_if_improved` and `amber_if_forecast` lift a red: that is no worse than a year before,
    or that is forecast to reach the year's target.
    `exceptions_after` is for how many periods running an indicator is off target before it counts as an exception.
    `assumption` tells the reader what the council's papers do not say.
    """

    since: str = Field(alias="from")
    kind: Literal["target", "trend", "milestone"] = "target"
    target: Literal["own period", "next year"] = "own period"
    blue_beyond: Tolerance | None = None
    green_within: Tolerance = "0%"
    yellow_within: Tolerance | None = None
    amber_within: Tolerance | None = "5%"
    amber_if_improved: bool = False
    amber_if_forecast: bool = False
    exceptions_after: Annotated[int, BeforeValidator(_running)] = 1
    steady_within: Tolerance = "0%"
    compare: Literal["previous", "last year"] = "previous"
    assumption: str = ""

    def rates_like(self, other: Rule) -> bool:
        """Say whether another rule gives every figure the same rating."""
        apart = {"since", "assumption", "exceptions_after", "steady_within", "compare"}
        return self.model_dump(exclude=apart) == other.model_dump(exclude=apart)

    @field_validator("since", mode="before")
    @classmethod
    def _is_a_quarter(cls, said: Any) -> Any:
        try:
            quarter(str(said))
        except ValueError as error:
            problem = f"{said!r} is not a quarter"
            raise wrong(problem, "Name the first quarter that the rule holds for, as 2019-20-Q3.") from error
        return said


class PageEntry(Said):
    """
    One page of the framework: its slug, its title, and the kind of notebook that makes it.

    `directorate` limits the page to that directorate; `partner` is who runs its services for the council.
    """

    page: Annotated[str, BeforeValidator(_page_name)]
    title: Text
    kind: Annotated[str, BeforeValidator(_kind_name)]
    directorate: str = ""
    partner: str = ""


class Appendix(Said):
    """Pages bound into one document for the committee; `cells` may name a tag."""

    letter: Annotated[str, BeforeValidator(_letter)]
    title: Text
    pages: Annotated[tuple[str, ...], BeforeValidator(entries), AfterValidator(some)]
    cells: str = "all"


class Section(Said):
    """A section of the cover report; one that `shows` the appendices lists them below its text."""

    heading: Text
    text: str = ""
    shows: Literal["", "appendices"] = ""


class CoverReport(Said):
    """
    The report that the appendices go with, in the council's own manner.

    `head` holds the particulars above it, label and text, and `sections` its parts, in order.
    Texts are Markdown with tokens; an empty one waits for the quarter's own file.
    `numbered` numbers sections and paragraphs: 1, 1.1, 1.2.
    """

    head: Mapping[Text, str] = {}
    sections: Annotated[tuple[Section, ...], BeforeValidator(entries), AfterValidator(some)]
    numbered: bool = False

    @field_validator("sections")
    @classmethod
    def _apart(cls, said: tuple[Section, ...]) -> tuple[Section, ...]:
        headings = [section.heading for section in said]
        for heading in headings:
            if headings.count(heading) > 1:
                raise wrong(f"section {heading!r} is there twice", "Give each a heading of its own.")
        return said


class RiskScales(Said):
    """
    The words of the two scales, lowest first, the bands of the score, and the appetite.

    `appetite` gives the highest score that the council accepts of a type of risk.
    The file may name a band instead, whose highest score is meant; here it is a score always.
    """

    impact: Words
    likelihood: Words
    opportunity_impact: Words
    bands: Annotated[
        Mapping[str, Annotated[tuple[int, int], BeforeValidator(_band)]],
        AfterValidator(some),
        AfterValidator(lambda said: dict(sorted(said.items(), key=lambda band: band[1]))),
    ]
    appetite: Mapping[str, int] = {}
    assumption: str = ""

    @field_validator("appetite", mode="before")
    @classmethod
    def _scores(cls, said: Any, known: ValidationInfo) -> Any:
        if not isinstance(said, dict) or not {"impact", "likelihood", "bands"} <= set(known.data):
            return said
        bands, top = known.data["bands"], len(known.data["impact"]) * len(known.data["likelihood"])
        for kind, most in said.items():
            remedy = f"Write 1 to {top}, or the name of a band."
            if isinstance(most, bool) or not isinstance(most, int | str):
                raise wrong(f"{kind}: {most!r} is neither a score nor a band", remedy)
            if isinstance(most, str) and most not in bands:
                raise wrong(f"{kind}: no band {most!r}", allowed(most, bands))
            if isinstance(most, int) and not 1 <= most <= top:
                raise wrong(f"{kind}: {most} is beyond the scale, which ends at {top}", remedy)
        return {kind: bands[most][1] if isinstance(most, str) else most for kind, most in said.items()}

    @model_validator(mode="after")
    def _agree(self) -> RiskScales:
        if len(self.impact) != len(self.opportunity_impact):
            problem = "impact and opportunity_impact differ in length"
            raise wrong(problem, "Give both the same number of words, lowest first.")
        top = len(self.impact) * len(self.likelihood)
        lows, highs = zip(*self.bands.values(), strict=True)
        if lows != (1, *(high + 1 for high in highs[:-1])) or highs[-1] != top:
            remedy = f"Name them from the lowest score, 1, to the highest, {top}: each score once."
            raise wrong("bands leave out a score, or have one twice", remedy)
        return self


class Framework(Said):
    """
    Everything that `framework.yml` says.

    `commentary: as printed` is for papers that were written before anyone was asked for issue, cause and action:
    what they do not say is then not called missing.
    """

    slug: str
    council: Text
    strategy: Text
    year_starts: int = 4
    priority_word: Text = "priority"
    fictional: bool = False
    source: str = ""
    ratings: Mapping[str, Text]
    directions: Mapping[str, Text] = DIRECTIONS
    rules: Annotated[tuple[Rule, ...], BeforeValidator(entries), AfterValidator(some)]
    pages: Annotated[tuple[PageEntry, ...], BeforeValidator(entries), AfterValidator(some)]
    appendices: Annotated[tuple[Appendix, ...], BeforeValidator(entries)] = ()
    commentary: Literal["asked", "as printed"] = "asked"
    cover_report: CoverReport | None = None
    risk: RiskScales | None = None
    milestones: Mapping[str, Words] = {state: (state,) for state in MILESTONES}

    @field_validator("year_starts", mode="before")
    @classmethod
    def _month(cls, said: Any) -> int:
        if said not in MONTHS:
            raise wrong(f"{said!r} is not a month", allowed(str(said), MONTHS))
        return MONTHS.index(said) + 1

    @field_validator("ratings")
    @classmethod
    def _labelled(cls, said: Mapping[str, str]) -> Mapping[str, str]:
        known = (*RATINGS, "not rated", "awaited")
        for rating in ("green", "red"):
            if rating not in said:
                raise wrong(f"{rating!r} has no label", f"Add `{rating}: …`.")
        for rating in said:
            if rating not in known:
                raise wrong(f"unknown rating {rating!r}", allowed(rating, known))
        said = {"not rated": "Not rated", **said}
        return {rating: said[rating] for rating in known if rating in said}

    @field_validator("directions")
    @classmethod
    def _ways(cls, said: Mapping[str, str]) -> Mapping[str, str]:
        for way in said:
            if way not in DIRECTIONS:
                raise wrong(f"unknown direction {way!r}", allowed(way, DIRECTIONS))
        return {**DIRECTIONS, **said}

    @model_validator(mode="after")
    def _colours_agree(self) -> Framework:
        for colour, key in (("blue", "blue_beyond"), ("yellow", "yellow_within")):
            ruled = any(getattr(rule, key) for rule in self.rules)
            if ruled and colour not in self.ratings:
                raise wrong(f"rules say {key}, and {colour!r} has no label", f"Add `{colour}: …` to ratings.")
            if colour in self.ratings and not ruled:
                raise wrong(f"{colour!r} has a label, and no rule says when", f"Add `{key}: 5%` to a rule.")
        if any("amber_within" in rule.model_fields_set and rule.amber_within is None for rule in self.rules):
            raise wrong(
                "amber_within is empty", "Write `0%`, or leave the line out; without amber, take its label away."
            )
        ambers = ("amber_within", "amber_if_improved", "amber_if_forecast")
        if "amber" not in self.ratings:
            for key in ambers:
                if any(key in rule.model_fields_set and getattr(rule, key) for rule in self.rules):
                    raise wrong(f"rules say {key}, and 'amber' has no label", "Add `amber: …` to ratings.")
        return self

    @field_validator("milestones")
    @classmethod
    def _states(cls, said: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for state in said:
            if state not in MILESTONES:
                raise wrong(f"unknown state {state!r}", allowed(state, MILESTONES))
        said = {state: said.get(state, (state,)) for state in MILESTONES}
        states: dict[str, str] = {}
        for state, status in [(state, status) for state, words in said.items() for status in words]:
            other = states.setdefault(status.casefold(), state)
            if other != state:
                raise wrong(f"{status!r} means both {other!r} and {state!r}", "Give each word to one state.")
        return said

    @model_validator(mode="after")
    def _names_agree(self) -> Framework:
        names = [entry.page for entry in self.pages]
        letters = [appendix.letter for appendix in self.appendices]
        begins = [rule.since for rule in self.rules]
        own = "Give each a name of its own."
        again = "Keep one of them, or let the other begin at another quarter."
        for what, said, remedy in (("page", names, own), ("appendix", letters, own), ("rule from", begins, again)):
            for name in said:
                if said.count(name) > 1:
                    raise wrong(f"{what} {name!r} is there twice", remedy)
        papers = [entry.page for entry in self.pages if entry.kind == COVER] + [f"appendix-{each}" for each in letters]
        for files in (names, papers):
            first: dict[str, str] = {}
            for name in files:
                other = first.setdefault(name.casefold().replace("_", "-"), name)
                if other != name:
                    raise wrong(f"{other!r} and {name!r} would make one file", own)
        if any(entry.kind == COVER for entry in self.pages) and self.cover_report is None:
            raise wrong(
                "a page is of the kind 'cover_report', and nothing says what it holds", "Add `cover_report: …`."
            )
        for entry in self.pages:
            if entry.kind == "directorate" and not entry.directorate:
                raise wrong(f"page {entry.page!r} is of no directorate", "Add `directorate: …`, as in milestones.csv.")
        if any(entry.kind == "risk_register" for entry in self.pages) and self.risk is None:
            raise wrong("a page is of the kind 'risk_register', and there are no scales", "Add `risk: …`.")
        for appendix in self.appendices:
            for name in appendix.pages:
                if appendix.pages.count(name) > 1:
                    raise wrong(f"appendix {appendix.letter}: page {name!r} is there twice", "Keep one of them.")
                if name not in names:
                    raise wrong(f"appendix {appendix.letter}: unknown page {name!r}", allowed(name, names))
        return self

    @property
    def overview(self) -> PageEntry:
        """The page that opens the report; every framework has it without saying so."""
        title = f"{self.titled}: performance and risk" if self.risk else f"{self.titled}: performance"
        return PageEntry.model_construct(page=OVERVIEW, title=title, kind="overview")

    @property
    def sum(self) -> str:
        """The sha256 of all that it says, however it is laid out."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def without(self, pages: Collection[str]) -> Framework:
        """Give the same without some pages, and without the appendices that bind no others."""
        kept = [
            each.model_copy(update={"pages": tuple(page for page in each.pages if page not in pages)})
            for each in self.appendices
        ]
        update = {
            "pages": tuple(entry for entry in self.pages if entry.page not in pages),
            "appendices": tuple(each for each in kept if each.pages),
        }
        return self.model_copy(update=update) if pages else self

    @property
    def asks_commentary(self) -> bool:
        """Whether services are asked to explain what is off target."""
        return self.commentary == "asked"

    @property
    def titled(self) -> str:
        """The council as it is named over every page: one that is made up says so."""
        return f"{self.council} (fictional)" if self.fictional else self.council

    @property
    def colours(self) -> tuple[str, ...]:
        """The ratings that this framework has, from best to worst; `not rated` is none of them."""
        return tuple(rating for rating in RATINGS if rating in self.ratings)

    @property
    def indicator_pages(self) -> tuple[PageEntry, ...]:
        """The pages that show indicators of their own."""
        return tuple(entry for entry in self.pages if entry.kind in INDICATOR_PAGES)

    def quarter(self, text: str) -> Period:
        """Read a quarter of this council's year."""
        return quarter(text, self.year_starts)

    def period(self, text: str) -> Period:
        """Read a period of this council's year."""
        return period(text, self.year_starts)

    def year(self, at: Period) -> Period:
        """Give the council year that a quarter lies in."""
        return period(at.text[:7], self.year_starts)

    def rule(self, at: Period) -> Rule:
        """Give the rule in force in a quarter: the last that had begun by then, else the first of all."""
        order = sorted(self.rules, key=lambda rule: self.quarter(rule.since).start)
        begun = [rule for rule in order if self.quarter(rule.since).start <= at.start]
        found = begun[-1] if begun else order[0]
        return found if "amber" in self.ratings else found.model_copy(update={"amber_within": None})

    def entry(self, page: str) -> PageEntry:
        """
        Give a page's entry, the overview's included.

        Raises:
            RecordsError: the framework has no such page.
        """
        for entry in (self.overview, *self.pages):
            if entry.page == page:
                return entry
        names = [entry.page for entry in self.pages]
        fault = Fault(f"params/{self.slug}/framework.yml", f"no page {page!r}", allowed(page, names))
        raise RecordsError([fault])


def home(root: str | Path | None = None) -> Path:
    """
    Give the folder that holds notebooks/, params/ and data/.

    The nearest is taken: `root`; the first folder with params/ and data/, from where the notebook or the command
    stands upwards; `KPILIB_ROOT`; the folder that kpilib is installed in.
    """
    if root:
        return Path(root).resolve()
    return _around() or _named() or Path(__file__).resolve().parents[2]


def home_note(root: str | Path | None = None) -> str:
    """Say which folder the records are taken from, where that may surprise; nothing where it is as anyone expects."""
    if root:
        return ""
    here, named = _around(), _named()
    if here and named in (None, here):
        return ""
    if here:
        return f"KPILIB_ROOT names {named}, but the records are those of {here}, the folder that this is run in."
    if named:
        return ""
    return f"The records are those of {home()}, as there are no folders params and data here or above."


def _around() -> Path | None:
    """The first folder with params/ and data/, from the working folder upwards."""
    here = Path.cwd()
    return next(
        (each for each in (here, *here.parents) if (each / "params").is_dir() and (each / "data").is_dir()), None
    )


def _named() -> Path | None:
    """The folder that the environment names."""
    named = os.environ.get("KPILIB_ROOT")
    return Path(named).resolve() if named else None


def load_framework(slug: str, root: str | Path | None = None) -> Framework:
    """
    Read a framework by its slug, the name of its folder; in the page of a run, from the run's snapshot.

    Raises:
        RecordsError: with every fault of the file.
    """
    snapshot = current()
    if root is None and snapshot:
        framework: Framework = snapshot.part(slug, "framework")
        snapshot.note_framework(slug)
        return framework
    params = home(root) / "params"
    if not params.is_dir():
        remedy = "Go to a folder that has params and data in it, or name one by --root or KPILIB_ROOT."
        raise RecordsError([Fault(str(params), "is not there", remedy)])
    known = sorted(path.parent.name for path in params.glob("*/framework.yml"))
    if slug not in known:
        remedy = allowed(slug, known) if known else "Put it into a folder of its own, beside notebooks/ and data/."
        raise RecordsError([Fault(str(params), f"no framework {slug!r}", remedy)])
    place = f"params/{slug}/framework.yml"
    said = read_yaml(read_file(params / slug / "framework.yml", place), place)
    if "slug" in said:
        raise RecordsError([Fault(place, "unknown key 'slug'", "Take it away: the folder's name is the slug.")])
    return checked(Framework, {**said, "slug": slug}, place)


def tolerance(text: str) -> tuple[float, bool]:
    """
    Read a tolerance: its amount, and whether it is a share of the target.

    `5%` is (0.05, True); `2 points` is (2.0, False).

    Raises:
        ValueError: the text is no tolerance.
    """
    match = _TOLERANCE.fullmatch(text)
    if not match:
        msg = f"{text!r} is not a tolerance; write `5%` or `2 points`"
        raise ValueError(msg)
    amount = float(match[1])
    return (amount / 100, True) if match[2] == "%" else (amount, False)
