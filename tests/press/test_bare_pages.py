"""A page on which everything is exempt is not told of in the public edition, not even by its title."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from borough import AT, SLUG, found
from pypdf import PdfReader

from kpilib.pages.opening import open_page
from kpilib.records.faults import RecordsError

Command = Callable[..., subprocess.CompletedProcess[str]]
TITLE, PAGE = "Sale of the depot", "depot_sale"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A borough with one more page, whose only indicator is exempt, and an appendix that binds that page alone."""
    root = found(tmp_path_factory.mktemp("bare"))
    path = root / "params" / SLUG / "framework.yml"
    page = f"  - {{page: {PAGE}, title: {TITLE}, kind: priority}}\n"
    text = path.read_text("utf-8").replace("  - {page: register,", page + "  - {page: register,")
    text = text.replace("pages: [streets, register]}", f"pages: [streets, {PAGE}, register]}}")
    path.write_text(
        text.replace("risk:\n", f"  - {{letter: B, title: {TITLE} again, pages: [{PAGE}]}}\nrisk:\n"), "utf-8"
    )
    indicators = root / "data" / SLUG / "indicators.csv"
    indicators.write_text(indicators.read_text("utf-8").replace("fee,streets,", f"fee,{PAGE},"), "utf-8")
    return root


def test_nothing_public_tells_of_it(kpilib: Command, root: Path) -> None:
    """No file has its name, and none holds it or its title; the run says that it is left out, and is up to date."""
    done = kpilib("run", SLUG, AT, "--root", str(root))
    again = kpilib("run", SLUG, AT, "--root", str(root))

    folder = root / "outputs" / SLUG / AT / "public"
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Left out, since everything on it is exempt: {PAGE}." in done.stdout
    assert "Everything is up to date" in again.stdout
    assert not [path for path in paths if PAGE in path.name or path.name.startswith("appendix-B")]
    for path in paths:
        assert not [word for word in (TITLE, PAGE) if word.encode() in path.read_bytes()], path
    paper = PdfReader(folder / "appendix-A.pdf")
    assert TITLE not in "".join(page.extract_text() for page in paper.pages) + str(paper.outline)


def test_the_restricted_edition_has_it(kpilib: Command, root: Path) -> None:
    """It is a page like others there."""
    done = kpilib("run", SLUG, AT, "--root", str(root), "--no-pdf", "--edition", "restricted")

    folder = root / "outputs" / SLUG / AT / "restricted"
    assert (done.returncode, done.stderr) == (0, "")
    assert TITLE in (folder / f"pages/{PAGE}.html").read_text("utf-8")
    assert TITLE in (folder / "index.html").read_text("utf-8")


def test_asking_for_it_is_refused(kpilib: Command, root: Path) -> None:
    """By `--page`, and by a notebook, in two lines; the plan says why it is left out."""
    done = kpilib("run", SLUG, AT, "--root", str(root), "--no-pdf", "--page", PAGE)
    plan = kpilib("plan", SLUG, AT, "--root", str(root)).stdout

    assert done.returncode == 1
    assert done.stderr.startswith(f"page {PAGE}: everything on it is exempt in {AT}")
    assert "left out: everything on it is exempt" in next(line for line in plan.splitlines() if f"  {PAGE} " in line)
    with pytest.raises(RecordsError, match="everything on it is exempt"):
        open_page(SLUG, PAGE, AT, root=root)
