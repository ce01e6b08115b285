"""
The two editions: which rows the public may see, and what is said of those that it may not.

Beside what is marked exempt, the public edition does without what would give an exempt figure away by subtraction.
Of what is held back only counts and paragraphs of Schedule 12A are ever kept, never a word from a record.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from kpilib.records.periods import Period, period

ACT = "Schedule 12A to the Local Government Act 1972"
HELD_BACK = "held back"  # not marked itself, and left out because of what is
KINDS = ("indicator", "figure", "remark", "risk or opportunity", "note on a risk", "milestone", "summary", HELD_BACK)
_OWNERS = {"indicator": "indicators.csv", "risk": "risks.csv"}
_PARAGRAPHS = re.compile(r"(?:paragraphs?|paras?\.?)?\s*([1-7](?:(?:\s*,\s*|\s*&\s*|\s+and\s+)[1-7])*)", re.IGNORECASE)

Texts = dict[str, pd.DataFrame]


def without_exempt(texts: Texts, year_starts: int) -> Texts:
    """
    Leave out every exempt row, every row of an exempt indicator or risk, and what would give an exempt figure away.

    The last are: measures that support the same indicator as an exempt one, or as one with an exempt figure; figures
    for a time that overlaps with that of an exempt figure of the same indicator; cells as printed beside one that hold
    more than their own figure; the council's rank for such a time; a rating stated in the report of a figure that is
    left out, or while one was the latest; and counts of ratings that were printed over what is exempt too.
    """
    gone = {"indicator": _exempt_indicators(texts), "risk": set(_exempt(texts["risks.csv"])["risk"])}
    secret = _exempt(texts["readings.csv"])
    secret = secret[~secret["indicator"].isin(gone["indicator"])]
    kept = {}
    for file, frame in texts.items():
        rows = frame.index.difference(_exempt(frame).index)
        for key, hidden in gone.items():
            if key in frame:
                rows = rows[~frame.loc[rows, key].isin(hidden)]
        kept[file] = frame.loc[rows]
    risks, readings = kept["risks.csv"], kept["readings.csv"]
    if "merged_from" in risks:  # an open risk that took in an exempt one must not name it
        kept["risks.csv"] = risks.assign(
            merged_from=pd.Series(
                [_without(each, gone["risk"]) for each in risks["merged_from"]], risks.index, dtype=str
            )
        )
    readings = _printed_alone(readings[~_overlapping(readings, secret, year_starts)], secret)
    kept["readings.csv"] = readings
    kept["benchmarks.csv"] = _unranked(kept["benchmarks.csv"], secret, year_starts)
    lost = texts["readings.csv"].drop(index=readings.index)
    kept["overrides.csv"] = _unstated(kept["overrides.csv"], texts["readings.csv"], lost, year_starts)
    named = texts["indicators.csv"]
    hidden = named.loc[named["indicator"].isin(gone["indicator"] | set(secret["indicator"])), "directorate"]
    tallies = kept["tallies.csv"]
    kept["tallies.csv"] = tallies[~tallies["directorate"].isin({*hidden, ""})] if len(hidden) else tallies
    known, left = (set(part["benchmarks.csv"]["comparator"]) for part in (texts, kept))
    members = kept["comparators.csv"]  # a comparator of nothing but exempt figures goes with them
    kept["comparators.csv"] = members[~members["comparator"].isin(known - left)]
    for file, frame in kept.items():
        frame.attrs = texts[file].attrs
    return kept


def _exempt(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["exempt"] != ""] if "exempt" in frame else frame.iloc[:0]


def _exempt_indicators(texts: Texts) -> set[str]:
    """
    The indicators that the public edition does without.

    What supports an exempt indicator goes with it, and what supports that.
    What supports the same indicator as an exempt measure goes too: the whole less the rest would be that measure.
    Where a figure alone is exempt these go likewise, and its own indicator stays.
    """
    indicators = texts["indicators.csv"]
    marked = set(_exempt(indicators)["indicator"])
    if "supports" not in indicators:
        return marked
    above = indicators.set_index("indicator")["supports"]
    figures = set(_exempt(texts["readings.csv"])["indicator"])
    return _with_family(marked, above) | (_with_family(marked | figures, above) - figures)


def _with_family(gone: set[str], above: pd.Series) -> set[str]:
    """Add what supports indicators, and what supports the same ones as they do."""
    while True:
        supported = set(above[above.index.isin(gone) & (above != "")])
        more = set(above[above.isin(gone | supported)].index) - gone
        if not more:
            return gone
        gone = gone | more


def _overlapping(frame: pd.DataFrame, secret: pd.DataFrame, year_starts: int, *, same: bool = False) -> pd.Series:
    """Find rows for another period (or the `same`) that shares months with that of an exempt figure of an indicator."""
    if secret.empty:
        return pd.Series(False, frame.index)
    both = frame.reset_index().merge(secret[["indicator", "period"]], on="indicator", suffixes=("", "_secret"))
    spans = [both[name].map(lambda text: _span(text, year_starts)) for name in ("period", "period_secret")]
    (start, end), (first, last) = (zip(*each, strict=True) if len(both) else ((), ()) for each in spans)
    shared = (np.array(start) <= np.array(last)) & (np.array(first) <= np.array(end))
    return frame.index.to_series().isin(both.loc[shared & (same | (both["period"] != both["period_secret"])), "row"])


def _span(text: str, year_starts: int) -> tuple[float, float]:
    """The first and last month of a period; of what cannot be read, all of time."""
    try:
        found: Period = period(text, year_starts)
    except ValueError:
        return -np.inf, np.inf
    return found.start, found.end


def _printed_alone(readings: pd.DataFrame, secret: pd.DataFrame) -> pd.DataFrame:
    """Empty the cells as printed that hold more than one number, beside an exempt figure: one may be the sum so far."""
    if "as_printed" not in readings:
        return readings
    several = readings["as_printed"].str.count(r"[0-9][0-9,.]*") > 1
    hidden = several & readings["indicator"].isin(secret["indicator"])
    return readings.assign(as_printed=readings["as_printed"].mask(hidden, ""))


def _unranked(benchmarks: pd.DataFrame, secret: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """Take out the council's rank for the time of an exempt figure."""
    hidden = _overlapping(benchmarks, secret, year_starts, same=True)
    ranks = [name for name in ("rank", "of") if name in benchmarks]
    return benchmarks.assign(**{name: benchmarks[name].mask(hidden, "") for name in ranks})


def _unstated(stated: pd.DataFrame, readings: pd.DataFrame, lost: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """Take out ratings that were stated in the report of a figure that is left out, or while one was the latest."""
    ends = {name: readings[name].map(lambda text: _span(text, year_starts)[1]) for name in ("period", "reported")}
    known = readings.assign(end=ends["period"], since=ends["reported"], lost=readings.index.isin(lost.index))
    known = known.loc[known["value"] != "", ["indicator", "end", "since", "lost"]]
    both = stated.reset_index().merge(known, on="indicator")
    both = both.assign(at=both["quarter"].map(lambda text: _span(text, year_starts)[1]))
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


def paragraphs(said: str) -> str:
    """
    Read the paragraphs of Schedule 12A in a cell: `2, 3`; nothing where it says something else.

    `3`, `Paragraph 3`, `para. 3` and `paragraphs 2 and 3` are understood; nothing else of the cell is kept.
    """
    match = _PARAGRAPHS.fullmatch(said.strip())
    return ", ".join(sorted(set(re.findall("[1-7]", match[1])))) if match else ""


def withheld(texts: Texts, summaries: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """
    Count what the restricted edition has beside the public one, without a word of it.

    What belongs to an exempt indicator or risk is not counted beside it.

    Args:
        texts: every file, exempt rows included.
        summaries: likewise.

    Returns:
        a row for each item: kind, of `KINDS`; paragraph, as `paragraphs` reads it; start and end, the last months of
        the first and the last quarter in whose report it belongs.
    """

    def items(kind: str, frame: pd.DataFrame, first: str = "quarter", last: str | None = "quarter") -> pd.DataFrame:
        marked = frame["exempt"] if "exempt" in frame else pd.Series("", frame.index)
        start, end = (
            pd.Series(endless, frame.index)
            if name is None or name not in frame
            else frame[name].map(lambda text: _span(text, year_starts)[1] if text else endless).astype(float)  # noqa: B023
            for name, endless in ((first, -np.inf), (last, np.inf))
        )
        return pd.DataFrame({"kind": kind, "paragraph": marked.map(paragraphs), "start": start, "end": end})

    public = without_exempt(texts, year_starts)
    gone = {key: set(texts[file][key]) - set(public[file][key]) for key, file in _OWNERS.items()}
    marks = _exempt(texts["risks.csv"]).drop_duplicates("risk").set_index("risk").get("exempt", pd.Series(dtype=str))
    risks = texts["risks.csv"][texts["risks.csv"]["risk"].isin(gone["risk"])]
    here = {file: _exempt(frame) for file, frame in texts.items()}
    for key in gone:
        here |= {file: frame[~frame[key].isin(gone[key])] for file, frame in here.items() if key in frame}
    lost = texts["readings.csv"].index.difference(public["readings.csv"].index).difference(here["readings.csv"].index)
    lost = texts["readings.csv"].loc[lost]
    named = texts["indicators.csv"]
    unmarked = named[named["indicator"].isin(gone["indicator"] - set(_exempt(named)["indicator"]))]
    readings = texts["readings.csv"]
    since = readings["reported"].map(lambda text: _span(text, year_starts)[1]).sort_values(kind="stable")
    until = since.groupby([readings["indicator"], readings["period"]]).shift(-1).sub(1).fillna(np.inf)

    def figures(kind: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Each counts from its report until another row of the same figure takes its place."""
        return items(kind, frame, "reported", None).assign(end=until.reindex(frame.index))

    return pd.concat(
        [
            items("indicator", _exempt(named), "from", "to"),
            figures("figure", here["readings.csv"]),
            items("remark", here["commentary.csv"]),
            items("risk or opportunity", risks.assign(exempt=risks["risk"].map(marks))),
            items("note on a risk", here["risk_notes.csv"]),
            items("milestone", here["milestones.csv"]),
            items("summary", _exempt(summaries)),
            items(HELD_BACK, unmarked, "from", "to"),
            figures(HELD_BACK, lost[~lost["indicator"].isin(gone["indicator"])]),
        ],
        ignore_index=True,
    )
