"""A quarter's work from end to end: what is asked, received, checked, printed, released, revised and verified."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from borough import AT, CANARY, NEXT, NUMBER, SLUG, found
from openpyxl import load_workbook

from kpilib.press import release as releasing
from kpilib.press.cli import main
from kpilib.press.current import sha256
from kpilib.press.run import Outcome
from kpilib.records.forms import HEAD
from kpilib.records.releases import ABOUT

Say = Callable[..., tuple[int, str, str]]


def written(root: Path, at: str = "") -> list[Path]:
    """Give the files of reports that were made, of a quarter where one is named; locks are none."""
    paths = (root / "outputs" / SLUG / at).rglob("*")
    return [path for path in paths if path.is_file() and path.name != "lock"]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The borough's root, with its quarter released in both editions."""
    root = found(tmp_path_factory.mktemp("walked"))
    assert main(["release", SLUG, AT, "--root", str(root)]) == 0
    return root


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """The command line: gives its exit status, and what it said on both streams."""
    monkeypatch.setenv("KPILIB_ROOT", "/nowhere")

    def call(root: Path, *arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([*arguments, "--root", str(root)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def every_byte(folder: Path) -> Iterator[tuple[str, str]]:
    """Everything that a file says: its bytes, its parts unpacked, and of a PDF its streams, texts and outlines."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        yield name, name + path.read_bytes().decode("latin-1")
        if path.suffix == ".xlsx":
            archive = zipfile.ZipFile(path)
            yield from ((name, archive.read(part).decode("utf-8", "replace")) for part in archive.namelist())
        if path.suffix == ".pdf":
            read = pypdf.PdfReader(path)
            yield name, " ".join(page.extract_text() for page in read.pages)
            for number in range(1, len(read.xref_objStm) + sum(map(len, read.xref.values())) + 1):
                each = read.get_object(number)
                yield name, repr(each)
                if isinstance(each, pypdf.generic.StreamObject):
                    yield name, each.get_data().decode("latin-1")


def tells(folder: Path) -> set[str]:
    """The kinds of files below a folder that tell what is exempt, written one way or another."""
    spelt = re.compile("|".join([CANARY, re.escape(NUMBER), "48,615.37", CANARY.encode("utf-16-be").decode("latin-1")]))
    return {Path(name).suffix for name, said in every_byte(folder) if spelt.search(said)}


def fill(path: Path) -> None:
    """Fill in a form as a directorate would: each figure a little more, each word said, each risk as before."""
    book = load_workbook(path)
    answers = {
        "Issue": "It took longer.", "Cause": "Parts were late.", "Action": "Keep parts.", "It stands": "as before",
        "Owner of the action": "Head of Parts", "Date of the action": date(2024, 6, 30), "Status": "on track",
    }  # fmt: skip
    for name in ("Figures", "Commentary", "Risks", "Milestones"):
        if name in book.sheetnames:
            sheet = book[name]
            heads = {cell.value: cell.column for cell in sheet[HEAD]}
            for row in range(HEAD + 1, sheet.max_row + 1):
                for heading in heads.keys() & answers.keys() if name != "Figures" else ():
                    sheet.cell(row, heads[heading]).value = answers[heading]
                if name == "Figures":
                    before = sheet.cell(row, heads["Figure before"]).value
                    sheet.cell(row, heads["Figure"]).value = round(before * 1.001, 2)
    revised = book["Earlier figures"]
    for row in range(HEAD + 1, revised.max_row + 1):
        if (revised.cell(row, 2).value, revised.cell(row, 3).value) == ("litter", AT):
            revised.cell(row, 6).value, revised.cell(row, 7).value = 90.1, "One ward had been left out."
    book.save(path)


def test_a_quarter_goes_its_way(walked: Path, say: Say, tmp_path: Path) -> None:
    """Collect, fill, receive, check, print, and the quarter before is still what was published, byte for byte."""
    root = Path(shutil.copytree(walked, tmp_path / "council"))

    asked = say(root, "collect", SLUG, NEXT, "--edition", "restricted")
    forms = sorted((root / "outputs" / SLUG / NEXT / "returns/restricted").iterdir())
    unready = say(root, "check", SLUG, NEXT)
    for path in forms:
        fill(path)
    received = say(root, "receive", *map(str, forms))
    ready = say(root, "check", SLUG, NEXT)
    printed = say(root, "run", SLUG, NEXT, "--no-pdf")
    same = say(root, "verify", SLUG, AT, "--jobs", "1")

    assert (asked[0], [path.name for path in forms]) == (0, ["people.xlsx", "place.xlsx"])
    assert unready[0] == 1
    assert "Before publication: figures, Place (2): litter for Quarter 3 2023/24; repairs for" in unready[1]
    assert received[0] == 0, received[2]
    assert "Revision: litter, 2023-24-Q2: published 90.6, now 90.1\n" in received[1]
    assert ready[0] == 0, ready[1]
    assert printed[0] == 0, printed[2]
    pages = root / "outputs" / SLUG / NEXT / "public/pages"
    assert "published 90.6%, now 90.1%" in (pages / "streets.html").read_text("utf-8")
    assert same[:2] == (
        0,
        "The public edition of 2023-24-Q2, made again, is the same in every byte.\n"
        "The restricted edition of 2023-24-Q2, made again, is the same in every byte.\n",
    )


def test_what_is_exempt_is_in_no_byte_that_the_public_gets(walked: Path, tmp_path: Path) -> None:
    """Neither a word nor the number: not in pages, notebooks, papers, figures, manifest, file names or forms."""
    root = Path(shutil.copytree(walked, tmp_path / "council"))
    for edition in ("public", "restricted"):
        assert main(["collect", SLUG, NEXT, "--edition", edition, "--root", str(root)]) == 0
    made, frozen = root / "outputs" / SLUG, root / "data" / SLUG / "releases" / AT

    assert tells(made / AT / "public") == tells(frozen / "public") == tells(made / NEXT / "returns/public") == set()
    assert tells(frozen / "restricted") == {".html", ".ipynb", ".csv", ".pdf"}
    assert tells(made / NEXT / "returns/restricted") == {".xlsx"}


def test_the_public_edition_says_how_much_is_in_part_ii(walked: Path) -> None:
    """How many items of which kind, and under which paragraphs; where a record names none, that too."""
    frozen = walked / "data" / SLUG / "releases" / AT
    said = (
        "One indicator, one remark, one risk or opportunity, one note on a risk, one milestone and one summary are "
        "exempt, under paragraphs 3, 4 and 5 of Schedule 12A to the Local Government Act 1972, and are not in this "
        "edition. For one item of these the records name no paragraph."
    )

    for name in ("index.html", "pages/summary.html"):
        assert said in (frozen / "public" / name).read_text("utf-8")


def test_the_restricted_edition_bears_the_exemption_on_every_page(walked: Path) -> None:
    """At the head and foot of every web page, and at the head of every sheet of paper."""
    restricted = walked / "data" / SLUG / "releases" / AT / "restricted"
    marking = "Part II: not for publication, exempt under paragraphs 3, 4 and 5 of Schedule 12A"
    pages = list(restricted.rglob("*.html"))
    sheets = pypdf.PdfReader(restricted / "appendix-A.pdf").pages

    assert {path.read_text("utf-8").count(marking) >= 2 for path in pages} == {True}
    assert {marking in " ".join(sheet.extract_text().split()) for sheet in sheets} == {True}
    assert "not for publication" not in (restricted.parent / "public/index.html").read_text("utf-8")


def test_a_release_holds_all_that_was_published_and_what_it_was_made_from(walked: Path) -> None:
    """Both editions, the records, versions, and the sha256 of every file; and a quarter is released once."""
    frozen = walked / "data" / SLUG / "releases" / AT
    about = json.loads((frozen / "release.json").read_text("utf-8"))
    there = {path.relative_to(frozen).as_posix() for path in frozen.rglob("*") if path.is_file()}

    assert set(about["files"]) == there - {"release.json"}
    assert {
        "public/appendix-A.pdf",
        "restricted/index.html",
        "records/readings.csv",
        "records/params/framework.yml",
    } <= there
    assert {"kpilib", "pandas", "weasyprint"} <= set(about["versions"])
    assert main(["release", SLUG, AT, "--root", str(walked)]) == 1


def test_a_quarter_that_is_not_ready_is_not_released(say: Say, tmp_path: Path) -> None:
    """The check's refusal is the release's, and nothing is made; despite it there must be a reason."""
    root = found(tmp_path)
    with (root / "data" / SLUG / "commentary.csv").open("a", encoding="utf-8") as file:
        file.write(f"litter,{NEXT},performance,It is early to say.,,,\n")

    status, _, said = say(root, "release", SLUG, NEXT)

    assert status == 1
    assert said.startswith("2023-24-Q3: 8 things stand between it and publication\n  `kpilib check made-up-borough")
    assert not (root / "data" / SLUG / "releases").exists()
    assert written(root) == []


@pytest.mark.parametrize("command", ["run", "release"])
def test_a_quarter_without_any_record_is_refused(say: Say, tmp_path: Path, command: str) -> None:
    """Nothing is made of it; what it is asked for can be collected and checked all the same."""
    root = found(tmp_path)

    refused = say(root, command, SLUG, NEXT)
    made = written(root)

    assert refused == (
        1,
        "",
        "2023-24-Q3: no record is of this quarter; the last is of 2023-24-Q2\n"
        "  Name a quarter that has records, or take its own into them: docs/adopt.md says how.\n",
    )
    assert made == []
    assert say(root, "collect", SLUG, NEXT)[0] == 0
    assert say(root, "check", SLUG, NEXT)[1].startswith("No fault in the records")


def test_a_released_quarter_says_so_and_that_nothing_stands_before_it(walked: Path, say: Say) -> None:
    """In the check, in the plan, and in a run that has nothing to do."""
    line = f"what was published is kept in data/{SLUG}/releases/{AT}/public, and what is made now is a copy."

    checked = say(walked, "check", SLUG, AT)
    planned = say(walked, "plan", f"{SLUG}/{AT}", f"{SLUG}/2023-24-Q1")
    say(walked, "run", SLUG, AT)
    again = say(walked, "run", SLUG, AT)

    assert re.match(rf"2023-24-Q2 is released since \d+ \w+ \d+: {re.escape(line)}\n", checked[1])
    assert checked[0] == 0
    assert "publication" not in checked[1].replace(line, "")
    assert planned[1].count(line) == 1
    assert again[1].splitlines()[0].startswith("Everything is up to date in ")
    assert again[1].count(line) == 1


def test_a_published_figure_written_over_stops_check_run_and_release(walked: Path, say: Say, tmp_path: Path) -> None:
    """Of the released quarter and of the next; put back, all is well; verify tells it beside what became of pages."""
    root = Path(shutil.copytree(walked, tmp_path / "council"))
    readings = root / "data" / SLUG / "readings.csv"
    as_published = readings.read_text("utf-8")
    readings.write_text(as_published.replace(f"litter,{AT},90.6,", f"litter,{AT},95,") + f"litter,{NEXT},92,{NEXT},,\n")
    fault = f"column value: litter, {AT}, {AT}: '90.6' was published, and '95' stands here now\n  Put '90.6' back: "

    faulty = [say(root, *call) for call in (
        ("check", SLUG, AT), ("check", SLUG, NEXT), ("run", SLUG, AT), ("run", SLUG, NEXT), ("release", SLUG, NEXT),
        ("export", SLUG, AT), ("collect", SLUG, NEXT),
    )]  # fmt: skip
    verified = say(root, "verify", SLUG, AT, "--jobs", "2")
    readings.write_text(as_published)
    mended = say(root, "run", SLUG, AT)

    assert [(status, fault in said) for status, _, said in faulty] == [(1, True)] * 7
    assert faulty[0][1].startswith("2023-24-Q2 is released since ")
    assert faulty[5][1] == ""
    assert written(root, NEXT) == []
    assert verified[0] == 1
    assert fault in verified[1]
    assert "The public edition of 2023-24-Q2, made again, is not the same" in verified[1]
    assert "Streets free of litter (Clean streets): figure was 90.6%" in verified[1]
    assert mended[::2] == (0, "")


def test_a_reason_to_release_all_the_same_is_kept_and_printed(say: Say, tmp_path: Path) -> None:
    """It stands in release.json, and on every page for everyone to read, text and not HTML."""
    root = found(tmp_path)
    for name in ("indicators", "commentary", "risks", "risk_notes", "milestones"):
        path = root / "data" / SLUG / f"{name}.csv"
        kept = [row for row in path.read_text("utf-8").splitlines() if CANARY not in row and "More streets" not in row]
        path.write_text("\n".join(kept) + "\n", "utf-8")
    for name in ("readings", "targets"):
        path = root / "data" / SLUG / f"{name}.csv"
        path.write_text(re.sub("(?m)^fees,.*\n", "", path.read_text("utf-8")), "utf-8")
    shutil.rmtree(root / "data" / SLUG / "summaries")
    framework = root / "params" / SLUG / "framework.yml"
    framework.write_text(re.sub("(?m)^.*(summary|register|appendices).*\n", "", framework.read_text("utf-8")), "utf-8")

    status, said, _ = say(root, "release", SLUG, AT, "--despite", "The <b>service</b> is on strike")

    frozen = root / "data" / SLUG / "releases" / AT
    assert status == 0
    assert "Released although 1 thing was open, and every page says so" in said
    assert json.loads((frozen / "release.json").read_text("utf-8"))["despite"] == "The <b>service</b> is on strike"
    for path in (frozen / "public").rglob("*.html"):
        assert "The reason given: The &lt;b&gt;service&lt;/b&gt; is on strike" in path.read_text("utf-8")


def test_verify_says_what_is_no_longer_the_same(walked: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure written over in the records, or a file of the release itself, is named."""
    frozen = walked / "data" / SLUG / "releases" / AT

    def other(plan: object, *_: object) -> Outcome:
        shutil.copytree(frozen / plan.edition, plan.folder)  # type: ignore[attr-defined]
        figures = plan.folder / "indicators.csv"  # type: ignore[attr-defined]
        figures.write_text(figures.read_text("utf-8").replace(",90.6,final", ",99,final"), "utf-8")
        return Outcome(plan.folder)  # type: ignore[attr-defined]

    monkeypatch.setattr(releasing, "run", other)
    status, said, _ = say(walked, "verify", SLUG, AT)

    assert status == 1
    assert "The public edition of 2023-24-Q2, made again, is not the same: 1 file differs." in said
    assert "Streets free of litter" in said
    assert "90.6" in said
    assert "99" in said


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (lambda there: rewrite(there, "records/indicators.csv", "Days to repair a street light", "Days to mend a lamp"),
         "The public edition of 2023-24-Q2, made again from the records that the release keeps, is not the same"),
        (lambda there: shutil.rmtree(there / "public"), "public is not there."),
        (lambda there: shutil.rmtree(there / "restricted"), "restricted is not there."),
        (lambda there: (there / "public/added.html").write_text("<p>Added</p>", "utf-8"),
         "public/added.html is not as its manifest.json has it."),
        (lambda there: (there / "public/indicators.csv").unlink(),
         "public/indicators.csv is not as its manifest.json has it."),
    ],
    ids=["record", "public", "restricted", "added", "removed"],
)  # fmt: skip
def test_a_release_changed_together_with_its_own_list_is_not_the_same(
    edit: Callable[[Path], Any], line: str, walked: Path, say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever edits, removes or adds a file can write its sum into release.json too, but not what follows from it."""
    root = Path(shutil.copytree(walked, tmp_path / "council"))
    there, published = root / "data" / SLUG / "releases" / AT, tmp_path / "published"
    shutil.copytree(there, published)
    edit(there)
    about = json.loads((there / ABOUT).read_text("utf-8"))
    paths = [path for path in there.rglob("*") if path.is_file() and path.name != ABOUT]
    about["files"] = {path.relative_to(there).as_posix(): sha256(path) for path in paths}
    (there / ABOUT).write_text(json.dumps(about), "utf-8")

    def as_published(plan: Any, *_: object) -> Outcome:
        shutil.copytree(published / plan.edition, plan.folder)
        if plan.root != root and "mend a lamp" in (plan.root / "data" / SLUG / "indicators.csv").read_text("utf-8"):
            rewrite(plan.folder, "indicators.csv", "Days to repair a street light", "Days to mend a lamp")
        return Outcome(plan.folder)

    monkeypatch.setattr(releasing, "run", as_published)
    status, said, _ = say(root, "verify", SLUG, AT)

    assert status == 1
    assert line in said


def rewrite(folder: Path, name: str, before: str, after: str) -> None:
    """Put other words into a file."""
    text = (folder / name).read_text("utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after), "utf-8")


def test_verify_of_what_was_never_released_is_refused(say: Say, tmp_path: Path) -> None:
    """There is nothing to hold it against."""
    assert say(found(tmp_path), "verify", SLUG, AT)[::2] == (
        1,
        f"data/{SLUG}/releases/{AT}: is not there\n  Release it first: kpilib release {SLUG} {AT}\n",
    )
