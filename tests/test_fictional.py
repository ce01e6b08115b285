"""The fictional councils: their figures are the generator's own, and every page says that they are made up."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from kpilib.records.framework import load_framework

ROOT = Path(__file__).resolve().parents[1]
COUNCILS = sorted(path.stem for path in (ROOT / "benchmarks/fictional").glob("*.csv"))


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fictional", ROOT / "benchmarks/fictional.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_fictional_councils_to_test() -> None:
    """A folder without specifications would let every other test here pass unseen."""
    assert "northmoor-county" in COUNCILS


@pytest.mark.parametrize("slug", COUNCILS)
def test_committed_figures_are_what_the_generator_makes(generator: ModuleType, slug: str) -> None:
    """The figures in data/ are those that the specification gives, byte for byte."""
    for name, text in generator.council(slug).items():
        assert (ROOT / "data" / slug / name).read_bytes() == text.encode(), name


@pytest.mark.parametrize("slug", COUNCILS)
def test_one_indicators_row_moves_no_others_figures(
    generator: ModuleType, slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taking one indicator out of a specification leaves every figure of the others as it was."""
    whole = generator.council(slug)["readings.csv"].splitlines()
    for folder, names in (("benchmarks/fictional", [f"{slug}.csv"]), (f"data/{slug}", ["indicators.csv"])):
        (tmp_path / folder).mkdir(parents=True)
        for name in names:
            (tmp_path / folder / name).write_bytes((ROOT / folder / name).read_bytes())
    specification = tmp_path / f"benchmarks/fictional/{slug}.csv"
    heading, first, *others = specification.read_text(encoding="utf-8").splitlines(keepends=True)
    specification.write_text(heading + "".join(others), encoding="utf-8")
    monkeypatch.setattr(generator, "ROOT", tmp_path)
    fewer = generator.council(slug)["readings.csv"].splitlines()
    gone = first.split(",")[0] + ","
    assert fewer == [line for line in whole if not line.startswith(gone)]
    assert len(fewer) < len(whole)


@pytest.mark.parametrize("slug", COUNCILS)
def test_a_fictional_council_says_so(slug: str) -> None:
    """No page can be taken for that of a real council."""
    assert load_framework(slug).fictional is True
