"""What each directorate is asked for a quarter: the figures due, with what went before, and what else to confirm."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from kpilib.judgement import due, trend
from kpilib.judgement.figures import goal, show
from kpilib.judgement.rating import aim
from kpilib.pages.part_two import marking
from kpilib.records.carried import CLOSED, ends
from kpilib.records.forms import KEYS, SHEETS, Form
from kpilib.records.ledger import Ledger
from kpilib.records.marks import mark_of_last, standing_mark
from kpilib.records.periods import Period, period

EARLIER = {"month": 12, "quarter": 8, "year": 3}  # how many published periods of each kind may be revised in a form


def forms(ledger: Ledger, at: Period, everything: Ledger | None = None) -> Iterator[Form]:
    """
    Make a form for each directorate that has anything to be asked; what has no directorate has a form of its own.

    What was exempt when it was last recorded is asked for with its mark filled in, and not at all in public forms.

    Args:
        ledger: all records, for the edition of which the forms shall be.
        at: the quarter.
        everything: all records, exempt ones included; those of the edition, where they are not given.
    """
    known, marked = ledger.as_at(at), (everything or ledger).as_at(at).readings
    titled = known.indicators.assign(
        title=known.indicators["short_name"].where(known.indicators["short_name"] != "", known.indicators["name"])
    )
    whose = titled.set_index("indicator")["directorate"]
    asked = {
        "Figures": _exempt_as_before(_figures(known, marked, titled, at), marked, ledger.edition),
        "Commentary": _commentary(known, titled, at),
        "Earlier figures": _earlier(known, titled),
        "Risks": _risks(known, at),
        "Milestones": _milestones(known, at),
    }
    for name in ("Figures", "Commentary", "Earlier figures"):
        asked[name] = asked[name].assign(directorate=asked[name]["indicator"].map(whose))
    names = dict.fromkeys(name for frame in asked.values() for name in frame["directorate"])
    held = ledger.withheld  # what is asked for now may have been exempt in an earlier quarter
    said = marking(held[held["start"] <= at.end], ledger.edition)
    for directorate in names:
        rows = {name: frame[frame["directorate"] == directorate] for name, frame in asked.items()}
        yield Form(ledger.framework, at, directorate, ledger.edition, said, rows)


def _figures(known: Ledger, recorded: pd.DataFrame, titled: pd.DataFrame, at: Period) -> pd.DataFrame:
    """What is due, as far as it is not recorded, exempt or held back; with the figures before and the target."""
    framework = known.framework
    asked = due.due(known.indicators, recorded, at, framework.year(at)).merge(titled, on="indicator")
    found = {text: period(text, framework.year_starts) for text in asked["period"]}
    asked = asked.assign(
        period_kind=[found[text].kind for text in asked["period"]],
        start=[float(found[text].start) for text in asked["period"]],
        end=[float(found[text].end) for text in asked["period"]],
    )
    asked = aim(asked, known.targets, framework.rule(at), at)
    # one at a time, since an indicator may be asked for several periods
    pieces = [trend.comparable(asked.loc[[row]], known.readings) for row in asked.index]
    asked = pd.concat(pieces) if pieces else asked.assign(previous=math.nan, last_year=math.nan)
    return asked.assign(target=[_target(row) for _, row in asked.iterrows()])


def _exempt_as_before(asked: pd.DataFrame, marked: pd.DataFrame, edition: str) -> pd.DataFrame:
    """Give each figure that is asked for the mark that stands for it; for the public edition, leave out those."""
    own = dict(tuple(marked.groupby("indicator")))
    pairs = zip(asked["indicator"], asked["end"], strict=True)
    marks = [standing_mark(own.get(name, marked.iloc[:0]), end) for name, end in pairs]
    asked = asked.assign(exempt=pd.Series(marks, asked.index, dtype=object))
    return asked[asked["exempt"] == ""] if edition == "public" else asked


def _marks(rows: pd.DataFrame, key: str, at: Period) -> dict[str, str]:
    """Give the mark of what was last said of each indicator, risk or milestone before a quarter."""
    return {str(name): mark_of_last(own, at) for name, own in rows.groupby(key)}


def _target(row: pd.Series) -> str:
    """The target that a figure will be rated against, in full."""
    low, unit, decimals = row["target_low"], row["unit"], row["decimals"]
    if pd.isna(low):
        return "none"
    if row["kind"] == "quartile":
        return f"quartile {show(low)}"
    if row["kind"] == "range":
        return f"{goal(low, '', decimals)} to {goal(row['target_high'], unit, decimals)}"
    return f"{goal(low, unit, decimals)} in all" if row["kind"] == "total" else goal(low, unit, decimals)


def _commentary(known: Ledger, titled: pd.DataFrame, at: Period) -> pd.DataFrame:
    """Each indicator, with what was to be done about it when it was last written about."""
    actions = known.commentary[(known.commentary["kind"] == "action") & (known.commentary["quarter"] != at.text)]
    latest = actions.sort_values("quarter_end", kind="stable").drop_duplicates("indicator", keep="last")
    said = {
        row.indicator: "; ".join(part for part in (row.text, row.owner, row.due) if part) for row in latest.itertuples()
    }
    main = titled[titled["supports"] == ""]
    marks = _marks(known.commentary, "indicator", at)
    return main[["indicator", "title"]].assign(
        last_action=main["indicator"].map(said).astype(object).fillna(""),
        exempt=[marks.get(name, "") for name in main["indicator"]],
    )


def _earlier(known: Ledger, titled: pd.DataFrame) -> pd.DataFrame:
    """The last published figures of each indicator, the latest first."""
    real = known.readings[known.readings["value"].notna()].sort_values("end", ascending=False, kind="stable")
    place = real.groupby(["indicator", "period_kind"]).cumcount()
    recent = real[place < real["period_kind"].map(EARLIER)]
    merged = titled.merge(recent[["indicator", "period", "value"]], on="indicator")
    return merged.rename(columns={"value": "published"})


def _risks(known: Ledger, at: Period) -> pd.DataFrame:
    """The risks and opportunities of the last register before this quarter."""
    columns = [column.name for column in SHEETS["Risks"]]
    before = known.risks[known.risks["quarter"] != at.text]
    last = before[(before["quarter_end"] == before["quarter_end"].max()) & (before["direction"] != CLOSED)]
    shown = {"owner_before": "owner", "impact_before": "residual_impact", "likelihood_before": "residual_likelihood",
             "score_before": "residual_score"}  # fmt: skip
    marks = _marks(known.risk_notes[known.risk_notes["kind"] == "progress"], "risk", at)
    return (
        last.assign(**{name: last[old] for name, old in shown.items()})[
            [*KEYS["Risks"], "title", "kind", *shown, "directorate"]
        ]
        .reindex(columns=[*columns, "directorate"])
        .assign(exempt=[marks.get(name, "") for name in last["risk"]])
    )


def _milestones(known: Ledger, at: Period) -> pd.DataFrame:
    """The milestones of the last quarter before this one that are neither achieved nor closed."""
    before = known.milestones[known.milestones["quarter"] != at.text]
    last = before[before["quarter_end"] == before["quarter_end"].max()]
    open_ = last[~ends(last["status"], known.framework.milestones)]
    return open_.assign(status_before=open_["status"])
