"""The cover report: particulars, sections and appendices in the council's own manner, with figures from the records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import kpilib as kpi
from kpilib.pages.page import Page
from kpilib.records.faults import RecordsError

FRAMEWORK = """\
council: Tiny Council
strategy: A plan
ratings: {green: Good, red: Bad}
rules:
  - {from: 2019-20-Q1}
pages:
  - {page: cover, title: Performance report, kind: cover_report}
  - {page: streets, title: Streets, kind: priority}
appendices:
  - {letter: A, title: All streets, pages: [streets]}
cover_report:
  numbered: true
  head:
    Report to: Cabinet
    Meeting: ""
  sections:
    - {heading: Brief summary, text: "Of {{ count() }} indicators, {{ count('red') | words }} is bad."}
    - {heading: Detail, text: ""}
    - {heading: Appendices, shows: appendices}
"""
INDICATORS = """\
indicator,name,page,directorate,frequency,good_is,unit,basis,exempt
litter,Clean streets,streets,Place,quarterly,high,%,quarter,
secret,A secret,streets,Place,quarterly,high,%,quarter,paragraph 3
"""
READINGS = "indicator,period,value,reported\nlitter,2019-20-Q1,80,2019-20-Q1\n"
TARGETS = "indicator,period,kind,low,high\nlitter,2019-20,point,90,\n"


@pytest.fixture
def opened(council: Callable[..., Path]) -> Callable[..., Page]:
    """Open the cover report of a tiny council, with what the quarter's own file says."""

    def build(quarters: str = "", framework: str = FRAMEWORK) -> Page:
        root = council(framework, indicators=INDICATORS, readings=READINGS, targets=TARGETS)
        (root / "params/tiny/2019-20-Q1.yml").write_text(quarters or "{}", "utf-8")
        return kpi.open_page("tiny", "cover", "2019-20-Q1", root=root)

    return build


def test_particulars_are_a_label_and_a_text_each(opened: Callable[..., Page]) -> None:
    """What nobody has said yet is to be confirmed, and the quarter's own text goes before."""
    assert "Report to Cabinet Meeting To be confirmed." in repr(opened().particulars())
    own = opened("report: {head: {Meeting: 7 December 2019}}")
    assert "Report to Cabinet Meeting 7 December 2019" in repr(own.particulars())


def test_a_label_is_a_heading_of_its_row(opened: Callable[..., Page]) -> None:
    """A reader who does not see the table hears which text belongs to which label."""
    assert '<th scope="row">Report to</th>' in opened().particulars().html


def test_sections_stand_under_their_headings_with_figures_from_the_records(opened: Callable[..., Page]) -> None:
    """Counts are those of the edition: what is exempt is not counted for the public."""
    detail = """report: {sections: {Detail: 'In {{ quarter }} it was {{ value("litter") }}.'}}"""
    said = repr(opened(detail).report())

    assert "Brief summary Of 1 indicators, one is bad." in said
    assert "Detail In Quarter 1 2019/20 it was 80%." in said


def test_a_section_without_text_waits(opened: Callable[..., Page]) -> None:
    """A heading is never left with nothing below it."""
    assert "Detail To be confirmed." in repr(opened().report())


def test_the_appendices_are_listed_by_letter_and_title(opened: Callable[..., Page]) -> None:
    """They are those of framework.yml."""
    assert "Appendix A All streets" in repr(opened().report())


def test_sections_and_paragraphs_are_numbered_where_the_council_does_so(opened: Callable[..., Page]) -> None:
    """The style sheet counts; the text stays free of numbers."""
    assert 'class="report numbered"' in opened().report().html
    assert 'class="report"' in opened("", FRAMEWORK.replace("numbered: true", "numbered: false")).report().html


def test_what_is_in_a_text_is_escaped(opened: Callable[..., Page]) -> None:
    """A script in a text is printed, not run."""
    html = opened("report: {sections: {Detail: 'So: <script>alert(1)</script>'}}").report().html

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_every_fault_of_the_report_is_told_with_its_place(opened: Callable[..., Page]) -> None:
    """The head's and the sections', by the file that each text stands in."""
    page = opened("""report: {head: {Meeting: '{{ day }}'}, sections: {Detail: '{{ value("secret") }}'}}""")
    with pytest.raises(RecordsError) as refusal:
        page.report()

    places = [fault.place for fault in refusal.value.faults]
    assert places == [
        "params/tiny/2019-20-Q1.yml @ report head Meeting, line 1",
        "params/tiny/2019-20-Q1.yml @ report sections Detail, line 1",
    ]


def test_check_finds_them_too(
    opened: Callable[..., Page], tmp_path: Path, kpilib: Callable[..., CompletedProcess[str]]
) -> None:
    """What a run would trip over, `kpilib check` names before."""
    opened("report: {head: {Meeting: '{{ day }}'}}")
    done = kpilib("check", "tiny", "2019-20-Q1", "--root", str(tmp_path))

    assert done.returncode == 1
    assert "2019-20-Q1.yml @ report head Meeting, line 1: {{ day }}: unknown token 'day'" in done.stderr
