"""The words of two reports held against each other: which passages differ, and which only follow from what is told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from itertools import takewhile

from bs4 import BeautifulSoup

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


def pairs(
    old: Mapping[str, str], new: Mapping[str, str], names: Mapping[str, str], plain: tuple[Plain, Plain]
) -> Iterator[Pair]:
    """
    Find each passage that differs with what became of it, page by page; what stands on several pages once.

    Args:
        old, new: the HTML of two builds, by file.
        names: what indicators, risks and milestones are called, with their keys.
        plain: for each build, what takes the names of its quarter out of a text.
    """
    known: tuple[set[Key], set[Key]] = (set(), set())
    for file in new:
        if file not in old or old[file] == new[file]:
            continue
        sides = [_passages(html[file], file, names, own) for html, own in zip((old, new), plain, strict=True)]
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


def _passages(html: str, file: str, names: Mapping[str, str], plain: Plain) -> list[Passage]:
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


def follows(pair: Pair, keys: set[str], said: set[str]) -> bool:
    """Whether a passage was drawn up from rows that are told: it is about one of them, or counts in their words."""
    one = one_of(pair)
    if one.written:
        return False
    if any(side and not side.about.isdisjoint(keys) for side in pair):
        return True
    return not one.closer and (one.counted or (not one.about and numeric(pair, said)))


def one_of(pair: Pair) -> Passage:
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
    return set(map(bare, gone)), set(map(bare, come))


def bare(word: str) -> str:
    """A word without its stops, in small letters."""
    return word.strip(".,;:()“”").lower()


def numeric(pair: Pair, known: Collection[str] = ()) -> bool:
    """Whether a pair differs in nothing but numbers and signs, and words that are known."""
    return all(word in known or _NUMBER.fullmatch(word) for words in _differing(pair) for word in words)


def gathered(pairs: Iterable[Pair]) -> tuple[set[str], set[str]]:
    """All words that are gone from some passages, and all that have come."""
    each = [_differing(pair) for pair in pairs]
    return {word for gone, _ in each for word in gone}, {word for _, come in each for word in come}


def within(pair: Pair, words: tuple[set[str], set[str]]) -> bool:
    """Whether all that differs in a pair differs in other passages too."""
    return all(own <= others for own, others in zip(_differing(pair), words, strict=True))


def quoted(pair: Pair) -> list[str]:
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
