"""What changes each quarter, read from `params/<slug>/<quarter>.yml`: the cover report's own texts, and the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.files import read_file
from kpilib.records.framework import CoverReport, Framework, home
from kpilib.records.periods import Period
from kpilib.records.said import Said, Text, checked, read_yaml
from kpilib.records.snapshot import current

OWN = ("source", "report")  # what is for this module, and no parameter of a notebook


class Report(Said):
    """The texts that a quarter puts in place of the framework's: by label of the head, and by heading."""

    head: Mapping[str, Text] = {}
    sections: Mapping[str, Text] = {}


class Quarterly(Said):
    """A quarter's own file, but for the parameters of notebooks."""

    source: Text | None = None
    report: Report = Report()


def place(framework: Framework, at: Period) -> str:
    """Name the quarter's own file, as faults do."""
    return f"params/{framework.slug}/{at.text}.yml"


def read_parameters(framework: Framework, at: Period, root: str | Path | None = None) -> dict[str, object]:
    """
    Read everything that a quarter's own file says; `{}` where there is none.

    Raises:
        RecordsError: the file is not a YAML list of names and values.
    """
    where = place(framework, at)
    snapshot = current()
    if root is None and snapshot:
        content = snapshot.part(framework.slug, "parameters").get(where)
    else:
        path = home(root) / where
        content = read_file(path, where) if path.exists() else None
    return {} if content is None else read_yaml(content, where)


def read_quarterly(framework: Framework, at: Period, root: str | Path | None = None) -> Quarterly:
    """
    Read what a quarter's own file says of the report; whatever it leaves out is as framework.yml has it.

    Raises:
        RecordsError: with every fault, such as a text for a heading that the cover report does not have.
    """
    said = {name: value for name, value in read_parameters(framework, at, root).items() if name in OWN}
    where = place(framework, at)
    found = checked(Quarterly, said, where)
    faults = list(_strange(found.report, framework.cover_report, where))
    if faults:
        raise RecordsError(faults)
    return found


def cover_texts(framework: Framework, at: Period, report: Report) -> dict[tuple[str, str], tuple[str, str]]:
    """
    Give the texts of the cover report, by part (head or sections) and label or heading: text, and where it stands.

    The quarter's own goes before the framework's; what neither says is left out.
    """
    cover = framework.cover_report
    if cover is None:
        return {}
    usual = {"head": cover.head, "sections": {section.heading: section.text for section in cover.sections}}
    found = {}
    for part, texts in usual.items():
        for name, text in texts.items():
            own = getattr(report, part).get(name)
            where = (
                f"{place(framework, at)} @ report" if own else f"params/{framework.slug}/framework.yml @ cover_report"
            )
            if own or text:
                found[part, name] = (own or text, f"{where} {part} {name}")
    return found


def _strange(report: Report, cover: CoverReport | None, where: str) -> Iterator[Fault]:
    """Find texts for which the framework's cover report has no place."""
    known = {
        "head": list(cover.head) if cover else [],
        "sections": [section.heading for section in cover.sections] if cover else [],
    }
    for part, names in known.items():
        for name in getattr(report, part):
            if name not in names:
                remedy = allowed(name, names) if cover else "Add `cover_report: …` to framework.yml."
                yield Fault(f"{where} @ report {part}", f"{name!r} is not in the cover report", remedy)
