"""The rules of the house: which way imports run, where libraries live, how thin notebooks are."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
FLOORS = ("records", "judgement", "pages", "press")
MODULES = sorted((PROJECT / "kpilib").rglob("*.py"))
NOTEBOOKS = sorted((PROJECT / "notebooks").rglob("*.ipynb"))
OWN = sorted((PROJECT / "notebooks").glob("*/*.ipynb"))
HOMES = {
    "openpyxl": ("records",),
    "yaml": ("records",),
    "pandera": ("records",),
    "pydantic": ("records",),
    "seaborn": ("pages",),
    "matplotlib": ("pages", "press"),
    "mistune": ("pages",),
    "papermill": ("press",),
    "nbconvert": ("press",),
    "page": ("press",),
    "pikepdf": ("press",),
    "weasyprint": ("press",),
    "distributed": ("press",),
}
ROUNDERS = (
    "judgement/figures.py",
    "judgement/due.py",  # how many digits a figure has
    "judgement/forecast.py",  # an error to two digits, which `gap` then writes
    "pages/drawing.py",  # places of a drawing
    "pages/tables.py",  # what a script orders rows by
    "press/workers.py",  # seconds of a limit
)


def imports(module: Path) -> set[str]:
    """Give the names that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_figures_are_rounded_in_one_place(module: Path) -> None:
    """Only `judgement.figures` rounds what is printed; others write places of drawings, seconds or what is not read."""
    if module.relative_to(PROJECT / "kpilib").parts[0] == "records":
        pytest.skip("records are below judgement, and write figures as they are")
    tree = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    specs = [
        ast.unparse(node.format_spec) for node in tree if isinstance(node, ast.FormattedValue) and node.format_spec
    ]

    rounding = [spec for spec in specs if re.search(r"[0-9,][fFeEgG%]|^f'[gf%]'$", spec)]

    assert rounding == [] or module.relative_to(PROJECT / "kpilib").as_posix() in ROUNDERS


def code(notebook: Path) -> list[nbformat.NotebookNode]:
    """Give the code cells of a notebook."""
    return [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_imports_run_one_way_upwards(module: Path) -> None:
    """A floor imports from itself and from the floors below it, never from one above."""
    floor = module.relative_to(PROJECT / "kpilib").parts[0]
    if floor not in FLOORS:
        pytest.skip("the door itself stands on no floor")
    above = FLOORS[FLOORS.index(floor) + 1 :]

    found = {name for name in imports(module) if name.startswith("kpilib.") and name.split(".")[1] in above}

    assert found == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_each_heavy_library_has_one_home(module: Path) -> None:
    """YAML and pandera are read in records, drawing is done in pages, notebooks are run in press."""
    floor = module.relative_to(PROJECT / "kpilib").parts[0]

    strangers = {
        name for name in imports(module) if name.split(".")[0] in HOMES and floor not in HOMES[name.split(".")[0]]
    }

    assert strangers == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_nothing_in_the_package_names_a_council(module: Path) -> None:
    """A council is three folders and no Python, but for an example of how to open its page."""
    words = module.read_text(encoding="utf-8").lower().replace("lancashire-2019", "")

    assert not re.search(r"lancashire|dover|halton", words)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_notebooks_are_thin(notebook: Path) -> None:
    """No cell is longer than five lines, and none defines, branches, loops or catches."""
    cells = code(notebook)

    assert max(len(cell.source.splitlines()) for cell in cells) <= 5
    for cell in cells:
        kinds = (ast.FunctionDef, ast.ClassDef, ast.If, ast.For, ast.While, ast.Try, ast.Lambda, ast.With)
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, kinds)]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_words_in_notebooks_state_no_figure(notebook: Path) -> None:
    """Headings are questions or names; every figure comes from the records."""
    words = [cell.source for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "markdown"]

    assert [text for text in words if re.search(r"\d", text)] == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_parameters_are_typed_and_explained(notebook: Path) -> None:
    """Each parameter stands on a line of its own, with its type and a word of help."""
    first = code(notebook)[0]

    assert first.metadata.tags == ["parameters"]
    assert [line.split(":")[0] for line in first.source.splitlines()] == ["framework", "page", "quarter", "edition"]
    assert all(re.fullmatch(r'\w+: str = ".*"  # .+', line) for line in first.source.splitlines())


@pytest.mark.parametrize("notebook", OWN, ids=lambda path: path.stem)
def test_a_page_keeps_the_cells_of_its_kind(notebook: Path) -> None:
    """A page's own notebook has every cell of its kind's, in the same order, and may add a closer look."""
    framework = yaml.safe_load((PROJECT / "params" / notebook.parent.name / "framework.yml").read_text("utf-8"))
    kind = next(entry["kind"] for entry in framework["pages"] if entry["page"] == notebook.stem)
    cells = [cell.source for cell in nbformat.read(notebook, as_version=4).cells[1:]]
    shared = [cell.source for cell in nbformat.read(PROJECT / "notebooks" / f"{kind}.ipynb", as_version=4).cells[1:]]

    rest = iter(cells)

    assert all(cell in rest for cell in shared)
    if "## A closer look" not in cells:
        assert cells == shared


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_committed_notebooks_are_executed(notebook: Path) -> None:
    """Every cell that shows something has its output, so that nbval has something to hold it to."""
    silent = [cell.source for cell in code(notebook)[2:] if not cell.outputs]

    assert silent == []


def test_conda_brings_what_pip_does() -> None:
    """environment.yml installs this project itself, its development parts included, by the same pins, and Pango."""
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text("utf-8"))
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    by_pip = next(part["pip"] for part in environment["dependencies"] if isinstance(part, dict))
    python = next(part for part in environment["dependencies"] if str(part).startswith("python="))

    assert by_pip == ["--constraint constraints.txt", "--editable .[dev]"]
    assert f">={python.removeprefix('python=')}" == project["requires-python"]
    assert "pango" in environment["dependencies"]


def test_every_library_is_pinned() -> None:
    """constraints.txt pins each library that pyproject.toml names, and names no place to fetch it from."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pins = (PROJECT / "constraints.txt").read_text("utf-8")
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in pins.splitlines() if "==" in line}

    assert {re.split(r"[<>=]", name)[0].lower() for name in named} - pinned == set()
    assert not re.search(r"://|@", pins)
