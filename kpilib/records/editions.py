"""
The two editions: which rows the public may see, and what is said of those that it may not.

Beside what is marked exempt, the public edition does without what would give an exempt figure away by subtraction.
Of what is held back only counts and paragraphs of Schedule 12A are ever kept, never a word from a record.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence, Set

import numpy as np
import pandas as pd

from kpilib.records.framework import INDICATOR_PAGES, REGISTER_PAGES, PageEntry
from kpilib.records.periods import Period, period
from kpilib.records.schema import KEYS
from kpilib.records.sums import Keys, add_up, counted, figures_in_time, follows, latest, span

ACT = "Schedule 12A to the Local Government Act 1972"
HELD_BACK = "held back"  # not marked itself, and left out because of what is
KINDS = ("indicator", "figure", "remark", "risk or opportunity", "note on a risk", "milestone", "summary", HELD_BACK)
TELLING = ("indicators.csv", "readings.csv", "risks.csv")  # the files that say of others what is exempt there
_CHECK = "`kpilib check` shows it; mark it as exempt, or correct what it is about."
_IN_QUARTERS = (
    ("readings.csv", "reported"),
    *(
        (f"{name}.csv", "quarter")
        for name in ("overrides", "tallies", "commentary", "risks", "risk_notes", "milestones")
    ),
)
_OWNERS = {"indicator": "indicators.csv", "risk": "risks.csv"}
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_PARAGRAPHS = re.compile(r"(?:paragraphs?|paras?\.?)?\s*([1-7](?:(?:\s*,\s*|\s*&\s*|\s+and\s+)[1-7])*)", re.IGNORECASE)

Texts = dict[str, pd.DataFrame]


def without_exempt(texts: Texts, year_starts: int) -> Texts:
    """
    Leave out every exempt row, every row of an exempt indicator or risk, and what would give an exempt figure away.

    An indicator and the measures that support it are a family: figures of one may be sums over those of another.
    The indicator itself stays, as what a report is about, and what could be taken from it goes:

    - with an exempt measure all measures of its family, and with an exempt indicator its whole family;
    - with an exempt figure those of its indicator for a time that overlaps with its own, and those of its family's
      measures for such a time, or for one that lies in the same figure of the family's indicator;
    - figures of the indicator for such a time, where the measure is the indicator by another name, as a running total
      of it is, or its months.

    Then cells as printed of such a family that hold more than their own figure; the council's rank for the time of an
    exempt figure; a rating stated in the report of a figure that is left out, or while one was the latest; and counts
    of ratings that were printed over what is exempt too.
    """
    indicators = texts["indicators.csv"]
    top, marked = tops(indicators), set(exempt_rows(indicators)["indicator"])
    gone = {"indicator": _with_measures(marked, top), "risk": set(exempt_rows(texts["risks.csv"])["risk"])}
    secret = exempt_rows(texts["readings.csv"])
    secret = secret[~secret["indicator"].isin(gone["indicator"])]
    kept = {}
    for file, frame in texts.items():
        rows = frame.index.difference(exempt_rows(frame).index)
        for key, hidden in gone.items():
            if key in frame:
                rows = rows[~frame.loc[rows, key].isin(hidden)]
        kept[file] = frame.loc[rows]
    risks = kept["risks.csv"]
    if "merged_from" in risks:  # an open risk that took in an exempt one must not name it
        kept["risks.csv"] = risks.assign(
            merged_from=pd.Series(
                [_without(each, gone["risk"]) for each in risks["merged_from"]], risks.index, dtype=str
            )
        )
    readings = kept["readings.csv"].drop(
        index=_giving_away(texts, gone["indicator"], top, year_starts), errors="ignore"
    )
    families = {top.get(name, name) for name in {*secret["indicator"], *marked}}
    kept["readings.csv"] = readings = _printed_alone(readings, _of(readings, top).isin(families))
    kept["benchmarks.csv"] = _unranked(kept["benchmarks.csv"], secret, year_starts)
    lost = texts["readings.csv"].drop(index=readings.index)
    kept["overrides.csv"] = _unstated(kept["overrides.csv"], texts["readings.csv"], lost, year_starts)
    hidden = indicators.loc[indicators["indicator"].isin(gone["indicator"] | set(secret["indicator"])), "directorate"]
    tallies = kept["tallies.csv"]
    kept["tallies.csv"] = tallies[~tallies["directorate"].isin({*hidden, ""})] if len(hidden) else tallies
    known, left = (set(part["benchmarks.csv"]["comparator"]) for part in (texts, kept))
    members = kept["comparators.csv"]  # a comparator of nothing but exempt figures goes with them
    kept["comparators.csv"] = members[~members["comparator"].isin(known - left)]
    for file, frame in kept.items():
        frame.attrs = texts[file].attrs
    return kept


def exempt_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of a file that are marked."""
    return frame[frame["exempt"] != ""] if "exempt" in frame else frame.iloc[:0]


def exempt_readings(texts: Texts) -> pd.Series:
    """Say which rows of readings are exempt: marked, or of an indicator that is."""
    readings, named = texts["readings.csv"], set(exempt_rows(texts["indicators.csv"])["indicator"])
    return readings["indicator"].isin(named) | readings.index.to_series().isin(exempt_rows(readings).index)


def tops(indicators: pd.DataFrame) -> dict[str, str]:
    """Give the indicator at the top of each one's family: itself, unless it supports another; `""` within a circle."""
    supports = indicators.get("supports", pd.Series("", indicators.index))
    above = dict(zip(indicators["indicator"], supports, strict=True))
    found = {}
    for name in above:
        top, steps = name, 0
        while above.get(top) and steps <= len(above):
            top, steps = above[top], steps + 1
        found[name] = top if steps <= len(above) else ""
    return found


def _of(readings: pd.DataFrame, top: Mapping[str, str]) -> pd.Series:
    """Give the family of each row, by the indicator at its top."""
    return readings["indicator"].map(lambda name: top.get(name, name))


def doubtful_rows(texts: Texts) -> list[tuple[str, int, tuple[str, str]]]:
    """
    Find rows without a mark that may be exempt all the same, and which the public edition can neither keep nor quote.

    Returns:
        file, row, and what is wrong and what to do, without a word of the row.
    """
    found = []
    for file, frame in texts.items():
        marked = exempt_rows(frame)
        unmarked = frame.drop(index=marked.index)
        for key, owners in _OWNERS.items():
            if key in frame and file != owners and len(exempt_rows(texts[owners])):
                strange = unmarked.index[~unmarked[key].isin(texts[owners][key])]
                found += [(file, int(row), (f"names no {key} of {owners}", _CHECK)) for row in strange]
        keys = [key for key in KEYS[file] if key in frame]
        secret = set(marked[keys].itertuples(index=False, name=None))
        again = [row for row, *key in unmarked[keys].itertuples(name=None) if tuple(key) in secret]
        found += [(file, int(row), ("stands there twice, and once it is marked as exempt", _CHECK)) for row in again]
    return found


def _with_measures(marked: set[str], top: Mapping[str, str]) -> set[str]:
    """The indicators that the public edition does without: those marked, and all measures of their families."""
    families = {top[name] for name in marked}
    return marked | {name for name, of in top.items() if of in families and name != of}


def _giving_away(texts: Texts, gone: Set[str], top: Mapping[str, str], year_starts: int) -> set[int]:
    """
    Find the figures by which an exempt one could be worked out, those that are exempt themselves included.

    Of indicators that are `gone` as a whole no figure need be found.

    Why it is enough: let another figure stand in the place of an exempt one. Of a measure, the difference can be made
    up by another measure, or by another time, within the same figures of the indicator; and no figure that holds a part
    of either is public. Of an indicator, or a measure that is the indicator by another name, none that holds a part of
    the exempt figure is.
    """
    readings = texts["readings.csv"]
    secret = exempt_readings(texts)
    if not secret.any():
        return set()
    figures = figures_in_time(readings, texts["indicators.csv"], year_starts)
    figures = figures.assign(top=_of(readings, top), secret=secret)
    families = dict(tuple(figures[figures["top"].isin(figures.loc[secret, "top"])].groupby("top")))
    found = set(readings.index[secret])
    same = {name: keys for of, family in families.items() for name, keys in _by_another_name(of, family).items()}
    for row in figures[secret & (~figures["indicator"].isin(gone) | figures["indicator"].isin(same))].itertuples():
        family = families[row.top]
        whole, own = family["indicator"] == row.top, family["indicator"] == row.indicator
        near = own & (family["start"] <= row.end) & (family["end"] >= row.start)
        over = whole & ~near & (family["since"] <= row.end) & (family["end"] >= row.since)
        start, end = min([row.since, *family.loc[over, "since"]]), max([row.end, *family.loc[over, "end"]])
        counts, wholes = same.get(row.indicator, ({}, []))
        if follows(counts.get(row.Index, ()), [_within(keys, start, end) for keys in wholes]):
            near, start, end = near | over, row.since, row.end
        near |= ~whole & (family["since"] <= end) & (family["end"] >= start)
        found |= set(family.index[near & ~(own & (family["period"] == row.period))])
    return found


def _by_another_name(top: str, family: pd.DataFrame) -> dict[str, tuple[dict[int, Keys], list[Keys]]]:
    """Find measures with exempt figures that are their indicator itself, with what their figures and its own count."""
    figures = latest(family)
    whole = figures[figures["indicator"] == top]
    measures = figures[
        (figures["indicator"] != top) & figures["indicator"].isin(family.loc[family["secret"], "indicator"])
    ]
    return {
        name: (counted(own), list(counted(whole).values()))
        for name, own in measures.groupby("indicator")
        if add_up(whole, [own])
    }


def _within(keys: Keys, start: float, end: float) -> Keys:
    """Leave out of what a figure counts the months outside a time."""
    return tuple(key for key in keys if isinstance(key, tuple) or start <= key <= end)


def _overlapping(frame: pd.DataFrame, secret: pd.DataFrame, year_starts: int) -> pd.Series:
    """Find rows for a time that shares months with that of an exempt figure of the same indicator."""
    if secret.empty:
        return pd.Series(False, frame.index)
    both = frame.reset_index().merge(secret[["indicator", "period"]], on="indicator", suffixes=("", "_secret"))
    spans = [both[name].map(lambda text: span(text, year_starts)) for name in ("period", "period_secret")]
    (start, end), (first, last) = (zip(*each, strict=True) if len(both) else ((), ()) for each in spans)
    shared = (np.array(start) <= np.array(last)) & (np.array(first) <= np.array(end))
    return frame.index.to_series().isin(both.loc[shared, "row"])


def _printed_alone(readings: pd.DataFrame, beside: pd.Series) -> pd.DataFrame:
    """Empty the cells as printed, beside an exempt figure, that hold a number other than their own: it may be a sum."""
    if "as_printed" not in readings:
        return readings
    cells = zip(readings["as_printed"], readings["value"], beside, strict=True)
    printed = ["" if hidden and not _is_own(said, value) else said for said, value, hidden in cells]
    return readings.assign(as_printed=pd.Series(printed, readings.index, dtype=str))


def _is_own(printed: str, value: str) -> bool:
    """Say whether every number in a cell as printed is its own figure, rounded as it is written."""
    try:
        return all(is_written(said, float(value)) for said in written(printed))
    except ValueError:  # awaited, or no number, which is told elsewhere
        return not written(printed)


def written(text: str) -> list[str]:
    """Give the numbers that a text holds, in whatever digits, without commas between thousands."""
    return [said.replace(",", "") for said in _NUMBER.findall(unicodedata.normalize("NFKC", text))]


def is_written(said: str, value: float) -> bool:
    """Say whether a number is a value, rounded to as many decimals as it has; a sign or minus before it is not read."""
    return abs(float(said) - abs(value)) <= 0.5 * 10.0 ** -len(said.partition(".")[2]) + 1e-9


def _unranked(benchmarks: pd.DataFrame, secret: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """Take out the council's rank for the time of an exempt figure."""
    hidden = _overlapping(benchmarks, secret, year_starts)
    ranks = [name for name in ("rank", "of") if name in benchmarks]
    return benchmarks.assign(**{name: benchmarks[name].mask(hidden, "") for name in ranks})


def _unstated(stated: pd.DataFrame, readings: pd.DataFrame, lost: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """Take out ratings that were stated in the report of a figure that is left out, or while one was the latest."""
    ends = {name: readings[name].map(lambda text: span(text, year_starts)[1]) for name in ("period", "reported")}
    known = readings.assign(end=ends["period"], since=ends["reported"], lost=readings.index.isin(lost.index))
    known = known.loc[known["value"] != "", ["indicator", "end", "since", "lost"]]
    both = stated.reset_index().merge(known, on="indicator")
    both = both.assign(at=both["quarter"].map(lambda text: span(text, year_starts)[1]))
    both = both[both["since"] <= both["at"]].sort_values(["end", "since"], kind="stable")
    latest = both.drop_duplicates("row", keep="last")
    now = both[both["since"] == both["at"]]
    return stated.drop(index=list({row for each in (latest, now) for row in each.loc[each["lost"], "row"]}))


def _without(merged: str, hidden: set[str]) -> str:
    """Leave out of a list of risks' numbers those that are hidden, also where the list is not well written."""
    found = numbers(merged)
    return "; ".join(number for number in found if number not in hidden) if hidden & set(found) else merged


def numbers(merged: str) -> list[str]:
    """Part a list of risks' numbers, whatever stands between them."""
    return re.findall(r"[A-Za-z0-9]+", merged)


def bare_pages(
    pages: Sequence[PageEntry], texts: Texts, public: Texts, summaries: pd.DataFrame, year_starts: int
) -> dict[str, tuple[str, ...]]:
    """
    Name the pages of each quarter on which everything is exempt, so that the public edition does not tell of them.

    A page that the public has a word or an item of stays, and so does one that has no item in either edition.

    Args:
        texts: every file, exempt rows included, and what was carried into each quarter.
        public: what the public edition has of them.
        summaries: exempt ones included.

    Returns:
        the pages by quarter, of those quarters that have any.
    """
    columns = [summaries["quarter"], *(texts[file][name] for file, name in _IN_QUARTERS if name in texts[file])]
    quarters = [each for each in pd.concat(columns).unique() if each]
    lost = {
        file: texts[file].loc[texts[file].index.difference(public[file].index)]
        for file in ("indicators.csv", "risks.csv", "milestones.csv")
    }
    found: dict[str, tuple[str, ...]] = {}
    for at in (period(text, year_starts) for text in quarters):
        worded = set(summaries.loc[(summaries["exempt"] == "") & (summaries["quarter"] == at.text), "page"])
        bare = [
            entry.page
            for entry in pages
            if entry.page not in worded
            and _items(entry, lost, at, year_starts)
            and not _items(entry, public, at, year_starts)
        ]
        if bare:
            found[at.text] = tuple(bare)
    return found


def _items(entry: PageEntry, texts: Texts, at: Period, year_starts: int) -> int:
    """Count the indicators, risks and milestones that a page has in a quarter."""
    named, found = texts["indicators.csv"], 0
    if entry.kind in INDICATOR_PAGES:
        begins, ends = (named.get(name, pd.Series("", named.index)) for name in ("from", "to"))
        begun = begins.map(lambda text: text == "" or span(text, year_starts)[1] <= at.end)
        ended = ends.map(lambda text: text != "" and span(text, year_starts)[1] < at.end)
        found = int((named["page"].eq(entry.page) & begun.astype(bool) & ~ended.astype(bool)).sum())
    for file, kinds in (("risks.csv", REGISTER_PAGES), ("milestones.csv", ("directorate",))):
        if entry.kind in kinds:
            rows = texts[file][texts[file]["quarter"] == at.text]
            own = rows.get("directorate", pd.Series("", rows.index)).eq(entry.directorate)
            found += int(own.sum()) if entry.directorate else len(rows)
    return found


def paragraphs(said: str) -> str:
    """
    Read the paragraphs of Schedule 12A in a cell: `2, 3`; nothing where it says something else.

    `3`, `Paragraph 3`, `para. 3` and `paragraphs 2 and 3` are understood; nothing else of the cell is kept.
    """
    match = _PARAGRAPHS.fullmatch(said.strip())
    return ", ".join(sorted(set(re.findall("[1-7]", match[1])))) if match else ""


def withheld(texts: Texts, public: Texts, summaries: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """
    Count what the restricted edition has beside the public one, without a word of it.

    What belongs to an exempt indicator or risk is not counted beside it.

    Args:
        texts: every file, exempt rows included.
        public: what the public edition has of them.
        summaries: exempt ones included.

    Returns:
        a row for each item: kind, of `KINDS`; paragraph, as `paragraphs` reads it; start and end, the last months of
        the first and the last quarter in whose report it belongs.
    """

    def items(kind: str, frame: pd.DataFrame, first: str = "quarter", last: str | None = "quarter") -> pd.DataFrame:
        marked = frame["exempt"] if "exempt" in frame else pd.Series("", frame.index)
        start, end = (
            pd.Series(endless, frame.index)
            if name is None or name not in frame
            else frame[name].map(lambda text: span(text, year_starts)[1] if text else endless).astype(float)  # noqa: B023
            for name, endless in ((first, -np.inf), (last, np.inf))
        )
        return pd.DataFrame({"kind": kind, "paragraph": marked.map(paragraphs), "start": start, "end": end})

    gone = {key: set(texts[file][key]) - set(public[file][key]) for key, file in _OWNERS.items()}
    marks = (
        exempt_rows(texts["risks.csv"]).drop_duplicates("risk").set_index("risk").get("exempt", pd.Series(dtype=str))
    )
    risks = texts["risks.csv"][texts["risks.csv"]["risk"].isin(gone["risk"])]
    here = {file: exempt_rows(frame) for file, frame in texts.items()}
    for key in gone:
        here |= {file: frame[~frame[key].isin(gone[key])] for file, frame in here.items() if key in frame}
    lost = texts["readings.csv"].index.difference(public["readings.csv"].index).difference(here["readings.csv"].index)
    lost = texts["readings.csv"].loc[lost]
    named = texts["indicators.csv"]
    unmarked = named[named["indicator"].isin(gone["indicator"] - set(exempt_rows(named)["indicator"]))]
    readings = texts["readings.csv"]
    since = readings["reported"].map(lambda text: span(text, year_starts)[1]).sort_values(kind="stable")
    until = since.groupby([readings["indicator"], readings["period"]]).shift(-1).sub(1).fillna(np.inf)

    def figures(kind: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Each counts from its report until another row of the same figure takes its place."""
        return items(kind, frame, "reported", None).assign(end=until.reindex(frame.index))

    return pd.concat(
        [
            items("indicator", exempt_rows(named), "from", "to"),
            figures("figure", here["readings.csv"]),
            items("remark", here["commentary.csv"]),
            items("risk or opportunity", risks.assign(exempt=risks["risk"].map(marks))),
            items("note on a risk", here["risk_notes.csv"]),
            items("milestone", here["milestones.csv"]),
            items("summary", exempt_rows(summaries)),
            items(HELD_BACK, unmarked, "from", "to"),
            figures(HELD_BACK, lost[~lost["indicator"].isin(gone["indicator"])]),
        ],
        ignore_index=True,
    )
