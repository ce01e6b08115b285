"""What differs between two builds of a report, as a reader sees it: figures, ratings, risks, milestones and words."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from kpilib.judgement.figures import number, show
from kpilib.judgement.risk import COURSES
from kpilib.pages.words import counted
from kpilib.press.current import sha256
from kpilib.press.passages import Pair, Plain, bare, follows, gathered, numeric, one_of, pairs, quoted, within
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.periods import earlier, month, period, quarter

KINDS = ("rating", "figure", "target", "risk", "milestone")  # in the order in which they are told; words come after
TABLES = {"indicators": "indicator", "risks": "risk", "milestones": "milestone"}
GONE = ("closed", "merged", "no longer listed")  # how a register that still lists a risk says that it is over
EARLIER = ("before", "a year before")  # between two quarters they are other figures by nature


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
    return f"sha256 {sha256(path)[:12]}" if path.is_file() else ""


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
        rows = [
            {name: re.sub(r"^(-?[0-9]+)\.0$", r"\1", cell) for name, cell in row.items()}
            for row in csv.DictReader(file)
        ]
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
    return Row(
        name,
        f"{name} ({unescape(title[1]) if title else row['page']})",
        {
            "rating": {"": f"“{row['label']}”" if row["label"].lower() == colour else f"“{row['label']}” ({colour})"},
            "figure": {
                "": _figure(row["value"], row["unit"]) or "none",
                "for": period(row["period"]).name if row["period"] else "",
                "status": row["status"],
                "covering": row["covers"],
                "direction": row["direction"],
                "before": _figure(row["previous"], ""),
                "a year before": _figure(row["last_year"], ""),
            },
            "target": {
                "": " to ".join(_figure(row[end], "") for end in ("target_low", "target_high") if row[end]) or "none"
            },
        },
    )


def _figure(cell: str, unit: str) -> str:
    """Write a figure as pages do, but with all the decimals that it has: what differs must look so."""
    return show(float(cell), unit, len(cell.partition(".")[2])) if cell else ""


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
    rows = [each for build in (old, new) for table in build.tables.values() for each in table.items()]
    names = {name: key for key, row in rows for name in (key, row.name)}
    differing = list(pairs(old.html, new.html, names, plain))
    keys = {key for key, _ in told}
    said = {bare(word) for _, change in told for word in f"{change.before} {change.after}".split()}
    following = {pair for pair in differing if told and follows(pair, keys, said)}
    figures = gathered(following)
    rest = [pair for pair in differing if pair not in following]
    rest = [pair for pair in rest if not (one_of(pair).written and numeric(pair) and within(pair, figures))]
    written = gathered(pair for pair in rest if one_of(pair).written)
    rest = [pair for pair in rest if one_of(pair).written or not within(pair, written)]
    alone = [pair for pair in rest if old.quarter != new.quarter and not all(pair)]
    places: dict[str, list[Pair]] = {}
    for pair in (pair for pair in rest if pair not in alone):
        one = one_of(pair)
        where = f"{one.heading} ({one.page})" if one.heading else one.page
        if one.written:
            changes.append(Change("words", where, *quoted(pair)))
        else:
            places.setdefault(where, []).append(pair)
    for where, (first, *others) in places.items():
        here = f"{where}, first of {len(others) + 1} lines" if others else where
        changes.append(Change("words", here, *quoted(first)))
    for page in dict.fromkeys(one_of(pair).page for pair in alone):
        gone, come = ([side for side in sides if side and side.page == page] for sides in zip(*alone, strict=True))
        passages = f"{counted(len(come), 'passage')} in place of {number(len(gone), 'none')}"
        changes.append(Change("words", page, "", passages))
    return changes
