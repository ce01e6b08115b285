"""What differs between two builds of a report, as a reader sees it: figures, ratings, risks, milestones and words."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from html import unescape
from itertools import takewhile
from pathlib import Path

from bs4 import BeautifulSoup

from kpilib.judgement.figures import number
from kpilib.judgement.risk import COURSES
from kpilib.pages.words import counted
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.periods import earlier, month, period, quarter

KINDS = ("rating", "figure", "target", "risk", "milestone")  # in the order in which they are told; words come after
TABLES = {"indicators": "indicator", "risks": "risk", "milestones": "milestone"}
GONE = ("closed", "merged")  # how a register that still lists a risk says that it is over
EARLIER = ("before", "a year before")  # between two quarters they are other figures by nature
BLOCKS = "p li tr h1 h2 h3 h4 caption figcaption summary dt dd img".split()
UNREAD = "script, style, nav, head, header, footer, svg, [aria-hidden=true], .spark"
# What people wrote, and names. All else on a page is drawn up from the records that the tables hold.
WRITTEN = (
    ".prose *, .report *, .particulars *, .card > .soft, .card .facts *, h1, h2, h3, "
    ".card .body h4 ~ p:not(.reason), .card .body h4 ~ ul li"
)
COUNTED = ".lead, .tiles li, caption, thead tr"  # what is said of all indicators or risks of a page at once
MOST, AROUND = 40, 6  # words of a passage that are shown, and how many of them before and after what differs
CLOSER = "A closer look"  # the part of a page that goes beyond indicators.csv
_COUNT = "no none one two three four five six seven eight nine ten eleven twelve is are has have to and score scores"
_NUMBER = re.compile(rf"[^a-z]*|.*[0-9].*|{_COUNT.replace(' ', '|')}")  # a number, or a word that goes with one
_PICTURE = re.compile(r'src="data:[^"]*"')

Plain = Callable[[str], str]
Key = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class Change:
    """One thing that a reader finds otherwise: what is new has nothing before, and what is gone nothing after."""

    kind: str
    where: str
    before: str
    after: str

    def __str__(self) -> str:
        what = f"{self.kind} " if self.kind in ("figure", "rating", "target") else ""
        if self.before and self.after:
            return f"{self.where}: {what}was {self.before}; now {self.after}"
        return f"{self.where}: new, {self.after}" if self.after else f"{self.where}: gone, was {self.before}"


@dataclass(frozen=True)
class Row:
    """An indicator, a risk or a milestone: its name, where it stands, and what is compared, by kind of change."""

    name: str
    where: str
    aspects: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Build:
    """A report as it was made: what it is of, its tables by the keys of their rows, and its HTML by file."""

    framework: str
    quarter: str
    edition: str
    tables: dict[str, dict[str, Row]]
    html: dict[str, str]


@dataclass(frozen=True)
class Passage:
    """A paragraph, row or heading: where it stands, and which indicators and risks it is about, by their keys."""

    text: str
    plain: str  # without the names of the quarter
    page: str
    heading: str
    about: frozenset[str]
    written: bool
    counted: bool
    closer: bool

    @property
    def shape(self) -> tuple[str, ...]:
        """Its words, with all numbers alike, so that a row finds itself again when its figures change."""
        return tuple(re.sub("[0-9][0-9.,]*", "0", self.plain).split())

    def may_be(self, was: Passage) -> bool:
        """Whether it may be what became of another: of the same kind, in the same place, about the same."""
        same = self.heading == was.heading and self.written == was.written
        return same and (self.about == was.about or not self.about.isdisjoint(was.about))

    def as_read(self) -> Key:
        """What it says, and of what."""
        return self.text, self.about

    def as_kept(self) -> Key:
        """What it says but for the names of the quarter, and of what."""
        return self.plain, self.about


Pair = tuple[Passage | None, Passage | None]  # a passage and what became of it; one is missing where it is new or gone


def compare(before: Path, after: Path) -> list[Change]:
    """
    Say what a reader finds otherwise in the second of two builds: ratings and figures first, words last.

    What only follows from a rating, figure or risk that is told, such as a reason or a count, is not told again.
    Between two quarters their own names are no difference, and passages without a like are only counted.

    Args:
        before: the folder of a build, as `kpilib run` makes it.
        after: the folder of the other.

    Returns:
        Nothing where both are the same in everything that a reader sees.

    Raises:
        RecordsError: one of the folders is no build.
    """
    old, new = _read(before), _read(after)
    plain = (_plain(old, new), _plain(new, old))
    rows = [told for table in TABLES for told in _rows(table, old, new, plain)]
    changes = sorted((change for _, change in rows), key=lambda change: KINDS.index(change.kind))
    changes += _words(old, new, plain, rows)
    reports = [f"{build.framework}, {build.edition} edition" for build in (old, new)]
    if reports[0] != reports[1]:
        changes.insert(0, Change("file", "Two different reports", *reports))
    files = [] if changes else same_bytes(before, after)
    return [*changes, *(Change("file", name, _sum(before / name), _sum(after / name)) for name in files)]


def same_bytes(before: Path, after: Path) -> list[str]:
    """Name the files that differ or are in one folder only, but for manifest.json, which alone holds times."""
    names = {path.relative_to(top).as_posix() for top in (before, after) for path in top.rglob("*") if path.is_file()}
    return sorted(name for name in names - {"manifest.json"} if _sum(before / name) != _sum(after / name))


def _sum(path: Path) -> str:
    return f"sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}" if path.is_file() else ""


def _read(folder: Path) -> Build:
    """Read a build; refuse what is none."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        framework, at, edition = (str(manifest[name]) for name in ("framework", "quarter", "edition"))
        quarter(at)
        paths = [*sorted(folder.glob("pages/*.html")), *sorted(folder.glob("*.html"))]  # papers after what they bind
        html = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
        tables = {table: _table(folder / f"{table}.csv", table, html) for table in TABLES}
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        why = f"{type(error).__name__}: {error}"
        if isinstance(error, FileNotFoundError):
            why = f"it has no {Path(error.filename).name}"
        remedy = "Name a folder that `kpilib run` made: outputs/<framework>/<quarter>/<edition>."
        raise RecordsError([Fault(str(folder), f"is no build of a report ({why})", remedy)]) from error
    return Build(framework, at, edition, tables, html)


def _table(path: Path, table: str, html: dict[str, str]) -> dict[str, Row]:
    """
    Read a table, without risks that are closed or merged.

    A column loses its points where all of it is whole, so 97.0 and 97 are the same.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{name: re.sub(r"\.0$", "", cell) for name, cell in row.items()} for row in csv.DictReader(file)]
    return {row[TABLES[table]]: _row(table, row, html) for row in rows if row.get("movement") not in GONE}


def _row(table: str, row: dict[str, str], html: dict[str, str]) -> Row:
    """Take what is compared from a row; an indicator is named as its page names it."""
    if table == "risks":
        after, before = (f"{row[f'{side}score']} ({row[f'{side}band']})" for side in ("residual_", ""))
        aspects = {
            "score after actions": after,
            "score before actions": before,
            "target": " by ".join(filter(None, (row["target_score"], row["target_date"]))),
            "course": COURSES.get(row["course"], row["course"]).lower(),
            **{name: row[name] for name in ("direction", "owner", "title")},
        }
        return Row(row["title"], f"{row['risk']} {row['title']}", {"risk": aspects})
    if table == "milestones":
        aspects = {name: row[name] for name in ("state", "status", "due", "forecast", "owner", "text")}
        return Row(row["text"], f"{row['milestone']} {row['text']}", {"milestone": aspects})
    page = html.get(f"pages/{row['page']}.html", "")
    found = re.search(rf'id="{re.escape(row["indicator"])}-name"[^>]*>([^<]+)<', page)
    title = re.search(r"<h1[^>]*>([^<]+)<", page)
    name = unescape(found[1]) if found else row["name"]
    rating, by_rule = row["rating"], row["computed_rating"]
    colour = rating if by_rule == rating else f"{rating}, though {by_rule} by the rule"
    figure = f"£{row['value']}" if row["unit"] == "£" else f"{row['value']} {row['unit']}".replace(" %", "%").strip()
    return Row(
        name,
        f"{name} ({unescape(title[1]) if title else row['page']})",
        {
            "rating": {"": f"“{row['label']}”" if row["label"].lower() == colour else f"“{row['label']}” ({colour})"},
            "figure": {
                "": figure if row["value"] else "none",
                "for": period(row["period"]).name if row["period"] else "",
                "status": row["status"],
                "covering": row["covers"],
                "direction": row["direction"],
                "before": row["previous"],
                "a year before": row["last_year"],
            },
            "target": {"": " to ".join(filter(None, (row["target_low"], row["target_high"]))) or "none"},
        },
    )


def _plain(build: Build, other: Build) -> Plain:
    """
    Give what takes the names of a build's quarter, and of quarters, months and years around it, out of a text.

    A year that begins in another month than April moves the months of both builds alike.
    """
    if build.quarter == other.quarter:
        return lambda text: text
    own = quarter(build.quarter)
    names: dict[str, str] = {}
    for back in range(-4, 5):
        then = earlier(own, back)
        names |= dict.fromkeys((then.name, then.short_name, then.span, then.text), f"quarter {back}")
        names[then.name.split()[-1]] = f"year {int(own.text[:4]) - int(then.text[:4])}"
    for back in range(-12, 15):
        names[month(own.end - back).name] = f"month {back}"
    known = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    return lambda text: known.sub(lambda found: names[found[0]], text)


def _rows(table: str, old: Build, new: Build, plain: tuple[Plain, Plain]) -> Iterator[tuple[str, Change]]:
    """What changed in a table, row by row, each with the row's key."""
    for key in {**new.tables[table], **old.tables[table]}:
        was, now = (build.tables[table].get(key) for build in (old, new))
        if was and now:
            for kind in now.aspects:
                sides = was.aspects[kind], now.aspects[kind]
                if labels := _apart(*sides, plain, old.quarter != new.quarter):
                    said = ([f"{label} {side[label] or 'none'}".strip() for label in labels] for side in sides)
                    yield key, Change(kind, now.where, *map(", ".join, said))
        elif one := now or was:
            yield key, Change("figure" if table == "indicators" else TABLES[table], one.where, _whole(was), _whole(now))


def _apart(was: dict[str, str], now: dict[str, str], plain: tuple[Plain, Plain], quarters: bool) -> list[str]:
    """Which aspects of a row to tell: those that differ, and with them the figure itself."""
    differ = [label for label, text in was.items() if text != now[label]]
    if quarters:
        differ = [each for each in differ if each not in EARLIER and plain[0](was[each]) != plain[1](now[each])]
    return [label for label in was if label in ("", *differ)] if differ else []


def _whole(row: Row | None) -> str:
    """Say all of a row that is new or gone, but for what names it already and what is of another time."""
    aspects = (
        [(label or kind, text) for kind, said in row.aspects.items() for label, text in said.items()] if row else []
    )
    return ", ".join(f"{label} {text}" for label, text in aspects if text and label not in (*EARLIER, "title", "text"))


def _words(old: Build, new: Build, plain: tuple[Plain, Plain], told: list[tuple[str, Change]]) -> list[Change]:
    """What changed in the words of the pages, but for what only follows from the rows told or from other words."""
    changes = [
        Change("words", file, *("a page of the report" if file in build.html else "" for build in (old, new)))
        for file in sorted(old.html.keys() ^ new.html.keys())
    ]
    pairs = list(_pairs(old, new, plain))
    keys = {key for key, _ in told}
    said = {_bare(word) for _, change in told for word in f"{change.before} {change.after}".split()}
    follows = {pair for pair in pairs if told and _follows(pair, keys, said)}
    figures = _gathered(follows)
    rest = [pair for pair in pairs if pair not in follows]
    rest = [pair for pair in rest if not (_one(pair).written and _numeric(pair) and _within(pair, figures))]
    written = _gathered(pair for pair in rest if _one(pair).written)
    rest = [pair for pair in rest if _one(pair).written or not _within(pair, written)]
    alone = [pair for pair in rest if old.quarter != new.quarter and not all(pair)]
    places: dict[str, list[Pair]] = {}
    for pair in (pair for pair in rest if pair not in alone):
        one = _one(pair)
        where = f"{one.heading} ({one.page})" if one.heading else one.page
        if one.written:
            changes.append(Change("words", where, *_quoted(pair)))
        else:
            places.setdefault(where, []).append(pair)
    for where, (first, *others) in places.items():
        here = f"{where}, first of {len(others) + 1} lines" if others else where
        changes.append(Change("words", here, *_quoted(first)))
    for page in dict.fromkeys(_one(pair).page for pair in alone):
        gone, come = ([side for side in sides if side and side.page == page] for sides in zip(*alone, strict=True))
        passages = f"{counted(len(come), 'passage')} in place of {number(len(gone), 'none')}"
        changes.append(Change("words", page, "", passages))
    return changes


def _pairs(old: Build, new: Build, plain: tuple[Plain, Plain]) -> Iterator[Pair]:
    """Each passage that differs with what became of it, page by page; what stands on several pages once."""
    rows = [each for build in (old, new) for table in build.tables.values() for each in table.items()]
    names = {name: key for key, row in rows for name in (key, row.name)}
    known: tuple[set[Key], set[Key]] = (set(), set())
    for file in new.html:
        if file not in old.html or old.html[file] == new.html[file]:
            continue
        sides = [_passages(build.html[file], file, names, own) for build, own in zip((old, new), plain, strict=True)]
        for key in (Passage.as_read, Passage.as_kept):  # a day that both name may be in the quarter of one alone
            shared = Counter(map(key, sides[0])) & Counter(map(key, sides[1]))
            sides = [_without(side, key, shared) for side in sides]
        sides = [[each for each in side if each.as_read() not in seen] for side, seen in zip(sides, known, strict=True)]
        for side, seen in zip(sides, known, strict=True):
            seen.update(map(Passage.as_read, side))
        gone, come = sides
        for was in gone:
            like = {now.shape: now for now in come if now.may_be(was)}
            now = next((like[tuple(near)] for near in get_close_matches(was.shape, like, n=1, cutoff=0.5)), None)
            if now:
                come.remove(now)
            yield was, now
        yield from ((None, now) for now in come)


def _without(side: list[Passage], key: Callable[[Passage], Key], shared: Counter[Key]) -> list[Passage]:
    """Leave out the passages that the other side has too, each as often as it has them."""
    left, rest = shared.copy(), []
    for each in side:
        left[key(each)] -= 1
        if left[key(each)] < 0:
            rest.append(each)
    return rest


def _passages(html: str, file: str, names: dict[str, str], plain: Plain) -> list[Passage]:
    """Read a page's passages in order, without what is not read; a row of a table is one passage."""
    soup = BeautifulSoup(_PICTURE.sub("", html), "html.parser")
    for each in soup.select(UNREAD):
        each.decompose()
    written, counts = ({id(tag) for tag in soup.select(what)} for what in (WRITTEN, COUNTED))
    known = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})\b")
    found, page, part, heading = [], file, "", ""
    for tag in soup.find_all(BLOCKS):
        if tag.find_parent("tr") or (tag.name != "tr" and tag.find(BLOCKS)):
            continue
        text = " ".join((str(tag.get("alt", "")) if tag.name == "img" else tag.get_text(" ")).split())
        if tag.name in ("h1", "h2", "h3"):
            page, heading = (text, "") if tag.name == "h1" else (page, text)
            part = part if tag.name == "h3" else heading
        card = tag.find_parent(class_="card")
        links = {str(link["href"]).rpartition("#")[2] for link in tag.find_all("a", href=True)}
        named = {str(card.get("id"))} if card else links & set(names.values()) or map(names.get, known.findall(text))
        about = frozenset(key for key in named if key)
        which = id(tag) in written, id(tag) in counts, part == CLOSER
        found.append(Passage(text, plain(text), page, plain(heading), about, *which))
    return [each for each in found if each.text]


def _follows(pair: Pair, keys: set[str], said: set[str]) -> bool:
    """Whether a passage was drawn up from rows that are told: it is about one of them, or counts in their words."""
    one = _one(pair)
    if one.written:
        return False
    if any(side and not side.about.isdisjoint(keys) for side in pair):
        return True
    return not one.closer and (one.counted or (not one.about and _numeric(pair, said)))


def _one(pair: Pair) -> Passage:
    """Either side of a pair, to say what both are about."""
    return next(side for side in reversed(pair) if side)


def _differing(pair: Pair) -> tuple[set[str], set[str]]:
    """The words of a pair that are gone, and those that have come, without their stops."""
    was, now = (side.plain.split() if side else [] for side in pair)
    gone, come = [], []
    for step, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if step != "equal":
            gone += was[i:j]
            come += now[k:m]
    return set(map(_bare, gone)), set(map(_bare, come))


def _bare(word: str) -> str:
    return word.strip(".,;:()“”").lower()


def _numeric(pair: Pair, known: Collection[str] = ()) -> bool:
    """Whether a pair differs in nothing but numbers and signs, and words that are known."""
    return all(word in known or _NUMBER.fullmatch(word) for words in _differing(pair) for word in words)


def _gathered(pairs: Iterable[Pair]) -> tuple[set[str], set[str]]:
    """All words that are gone from some passages, and all that have come."""
    each = [_differing(pair) for pair in pairs]
    return {word for gone, _ in each for word in gone}, {word for _, come in each for word in come}


def _within(pair: Pair, words: tuple[set[str], set[str]]) -> bool:
    """Whether all that differs in a pair differs in other passages too."""
    return all(own <= others for own, others in zip(_differing(pair), words, strict=True))


def _quoted(pair: Pair) -> list[str]:
    """Quote both sides of a pair, and of a long passage the words around what differs."""
    sides = [side.text.split() if side else [] for side in pair]
    first = _alike(*sides)
    last = _alike(*(side[first:][::-1] for side in sides))
    start, said = max(0, first - AROUND), []
    for side in sides:
        end = min(len(side) - last + AROUND, start + MOST)
        shown = " ".join(side[start:end])
        said.append(f"“{'… ' if start else ''}{shown}{' …' if end < len(side) else ''}”" if side else "")
    return said


def _alike(one: list[str], other: list[str]) -> int:
    """With how many of the same words two passages begin."""
    return sum(1 for _ in takewhile(lambda words: words[0] == words[1], zip(one, other, strict=False)))
