"""
Attacks on the whole, by chance and yet the same every time: each attempt follows from its kind and its number.

    make attack                                          all of it: 3,000 mutations, 300 odd councils, 50 kills
    python tests/attack/attack.py --only mutation:1234   one attempt again, with what it said

A mutation breaks one or a few files of a made-up borough, a form that came back, or a mapping with its spreadsheet, and
asks kpilib to work with them. An odd council is legal and strange, and every page of it is asked for everything.
A kill ends `run`, `receive` or `release` at a random moment, does it again, and compares with one that was left alone.
Nothing may end in a traceback, hang, or leave anything half written.

Every attempt is a fork of this process, which has the libraries loaded.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import BinaryIO

import yaml
from openpyxl import load_workbook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from borough import AT, NEXT, SLUG, found
from odd import ask_all, council, write

from kpilib.__main__ import main as way_in
from kpilib.press.cli import main
from kpilib.press.compare import same_bytes

SECONDS = {"mutation": 60, "council": 120, "kill": 240}
MEMORY = 2 * 2**30
HUNG = 124  # the status of what was killed for taking too long
ROUNDS = {"mutation": 3000, "council": 300, "kill": 50}
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
CELLS = [
    "", " ", "0", "-0", "-1", "1e5", "NaN", "inf", "#REF!", "#N/A", "999999999999999", "0.000000000000001", "1,234",
    "12%", "£5", "\U0001f600",
    "2023-24-Q2", "2023-24-Q9", "9999-00-Q1", "2023-13", "31/12/2023", "2023-02-30", "0001-01-01", "=1+1", "@cmd", "-",
    "a" * 40_000, "\u202etxet", "\u2060", "\u00ad",
    "𝟗", "٣", "\x00", "\x1b[31m", "<script>", "{{ 1 }}", "{{ value('litter') }}", "{% for x in y %}",
    'a"b', "a\nb", "a;b",
    "../../etc/passwd", "litter", "high", "red", "yes", "null", "*", "R1; R1", "--- ", "|", "&amp;",
]  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """What became of an attempt, and what it said."""

    kind: str
    number: int
    outcome: str
    said: str = ""

    @property
    def failed(self) -> bool:
        """Whether it is a defect."""
        return self.outcome not in ("done", "refused in two lines", "the same bytes")


# How files are broken.


def _of_bytes(content: bytes, chance: Random) -> bytes:
    """Flip, cut or add bytes, or write the text in another encoding."""
    at = chance.randrange(len(content) + 1)
    text = content.decode("utf-8", "replace")
    return chance.choice([
        lambda: content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :],
        lambda: content[:at],
        lambda: b"",
        lambda: content[:at] + content[at + chance.randrange(40) :],
        lambda: content + content[at:],
        lambda: b"\xef\xbb\xbf" + content,
        lambda: text.encode("utf-16"),
        lambda: text.encode("cp1252", "replace"),
        lambda: text.replace("\n", "\r").encode(),
        lambda: text.replace(",", ";").encode(),
        lambda: content + b"\x00" * 9,
        lambda: bytes(chance.randrange(256) for _ in range(300)),
    ])()  # fmt: skip


def _of_table(content: bytes, chance: Random) -> bytes:
    """Change a cell, a row or a column of a CSV file."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8", "replace"))))
    if not rows or not rows[0]:
        return b"?"
    row, column = chance.randrange(len(rows)), chance.randrange(len(rows[0]))
    way = chance.choice(["cell"] * 6 + ["heading", "drop row", "twice", "move", "drop column", "add column", "short"])
    if way == "cell" and column < len(rows[row]):
        rows[row][column] = chance.choice([*CELLS, *chance.choice(rows)])
    elif way == "heading":
        rows[0][column] = chance.choice(CELLS)
    elif way == "drop row":
        del rows[row]
    elif way == "twice":
        rows.insert(chance.randrange(len(rows) + 1), list(rows[row]))
    elif way == "move":
        rows.insert(chance.randrange(len(rows)), rows.pop(row))
    elif way == "drop column":
        rows = [each[:column] + each[column + 1 :] for each in rows]
    elif way == "add column":
        rows = [[*each, chance.choice(CELLS)] for each in rows]
    else:
        rows[row] = rows[row][:column]
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().encode("utf-8", "surrogatepass")


def _of_lines(content: bytes, chance: Random) -> bytes:
    """Change a line or a word of a YAML or Markdown file."""
    lines = content.decode("utf-8", "replace").split("\n")
    at = chance.randrange(len(lines))
    head, colon, tail = lines[at].partition(":")
    odd = chance.choice(
        [*CELLS, "!!python/object/apply:os.system [ls]", "&a [*a]", "[", "{a: {a: {a: 1}}}", "1e999", "~", "2020-01-01"]
    )
    lines[at : at + 1] = chance.choice([
        [], [lines[at], lines[at]], [f"  {lines[at]}"], [f"\t{lines[at]}"], [f"{head}{colon} {odd}"],
        [f"{odd}{colon}{tail}"], [lines[at], f"{odd}: {odd}"], [lines[at], odd], [lines[at].replace("}", "")],
        [lines[at].replace("-", "", 1)],
    ])  # fmt: skip
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _of_workbook(content: bytes, chance: Random) -> bytes:
    """Write odd values into cells of a workbook, or take away, name anew or shift what it has."""
    book = load_workbook(io.BytesIO(content))
    for _ in range(chance.choice([1, 1, 3, 8])):
        sheet = book[chance.choice(book.sheetnames)]
        cell = sheet.cell(chance.randint(1, sheet.max_row + 2), chance.randint(1, sheet.max_column + 2))
        way = chance.choice(["cell"] * 7 + ["drop row", "drop column", "add row", "rename", "remove", "copy", "hide"])
        with contextlib.suppress(Exception):  # what openpyxl itself refuses to write is no attack
            if way == "cell":
                cell.value = chance.choice([*CELLS, 1e300, -3.5, True, "=A1", "=1/0", 45000])
            elif way.endswith("row"):
                (sheet.delete_rows if way == "drop row" else sheet.insert_rows)(cell.row)
            elif way == "drop column":
                sheet.delete_cols(cell.column)
            elif way == "rename":
                sheet.title = chance.choice(["Figures", "figures ", "Other", "Commentary"])
            elif way == "remove" and len(book.sheetnames) > 1:
                book.remove(sheet)
            elif way == "copy":
                book.copy_worksheet(sheet)
            else:
                sheet.row_dimensions[cell.row].hidden = True
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


WAYS: dict[str, Callable[[bytes, Random], bytes]] = {
    ".csv": _of_table, ".yml": _of_lines, ".md": _of_lines, ".xlsx": _of_workbook,
}  # fmt: skip


def broken(path: Path, chance: Random) -> None:
    """Break a file, as a person, a spreadsheet program or a disk does."""
    way = _of_bytes if chance.random() < 0.2 else WAYS[path.suffix]
    path.write_bytes(way(path.read_bytes(), chance))


# The attempts.


class Attacks:
    """What is attacked: a borough with its records, forms that came back, and a mapping with its spreadsheet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = found(folder / "base")
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            assert main(["collect", SLUG, NEXT, "--edition", "restricted", "--root", str(self.base)]) == 0
        for form in (self.base / "outputs" / SLUG / NEXT / "returns/restricted").iterdir():
            _fill(form, self.base / form.name)
        (self.base / "kpis.csv").write_text("Name,Where,Q3\nLitter picked,streets,7.5\nBins missed,streets,1.25\n")
        mapping = {
            "framework": SLUG, "file": "kpis.csv", "words": {"-": "not measured"},
            "indicators": {"name": "Name", "page": "Where", "directorate": {"always": "Place"},
                           "frequency": {"always": "quarterly"}, "good_is": {"always": "low"},
                           "basis": {"always": "quarter"}},
            "readings": [{"column": "Q3", "period": NEXT, "reported": NEXT}],
        }  # fmt: skip
        (self.base / "mapping.yml").write_text(yaml.safe_dump(mapping, sort_keys=False), "utf-8")
        shutil.rmtree(self.base / "outputs")

    def mutation(self, number: int, root: Path) -> int:
        """Break files and let a command work with them; what is refused has changed no record."""
        chance = Random(f"mutation {number}")
        shutil.copytree(self.base, root, dirs_exist_ok=True)
        target = chance.choice(["records", "records", "records", "receive", "import"])
        files = {
            "records": [
                path for room in ("data", "params") for path in sorted((root / room).rglob("*")) if path.is_file()
            ],
            "receive": sorted(root.glob("*.xlsx")),
            "import": [root / "kpis.csv", root / "mapping.yml"],
        }[target]
        for path in chance.sample(files, min(len(files), chance.choice([1, 1, 2, 4]))):
            broken(path, chance)
        if chance.random() < 0.03:
            chance.choice(files).unlink()
        call = {
            "records": [chance.choice(["check", "export", "export"]), SLUG, AT],
            "receive": ["receive", *map(str, files)],
            "import": ["import", str(root / "mapping.yml")],
        }[target]
        before = _bytes(root / "data")
        status = main([*call, "--root", str(root)])
        if status and target == "receive" and _bytes(root / "data") != before:
            raise AssertionError("it was refused, and yet records were changed")
        return status

    def council(self, number: int, root: Path) -> int:
        """Ask every page of an odd council for everything."""
        chance = Random(f"council {number}")
        write(council(chance), root)
        faults = ask_all(root, chance.choice(["public", "restricted"]))
        print("\n".join(faults), file=sys.stderr)
        return int(bool(faults))

    def kill(self, number: int, root: Path) -> int:
        """End a command at a random moment, do it again, and compare with what it does when it is left alone."""
        chance = Random(f"kill {number}")
        command = ("run", "receive", "release")[number % 3]
        calls = {
            "run": ["run", SLUG, AT, "--no-pdf", "--jobs", "2"],
            "receive": ["receive", *[str(path.name) for path in sorted(self.base.glob("*.xlsx"))]],
            "release": ["release", SLUG, AT, "--jobs", "2"],
        }
        longest = {"run": 8.0, "receive": 2.5, "release": 20.0}[command]
        roots = [root / "killed", root / "alone"]
        for each in roots:
            shutil.copytree(self.base, each)
        call, killed = calls[command], roots[0]
        ended = _started(call, killed)
        time.sleep(chance.uniform(0.0, longest))
        with contextlib.suppress(ProcessLookupError):
            os.kill(ended.pid, chance.choice(SIGNALS))
        said = ended.wait()
        if "Traceback" in said:
            raise AssertionError(f"ended with a traceback: {said}")
        again = [_started(call, each) for each in roots]
        texts = [each.wait() for each in again]
        done = command == "release" and "is there already" in texts[0]
        if again[1].status or (again[0].status and not done):
            raise AssertionError(f"could not be done again: {texts}")
        differ = _differing(*(each / "data" for each in roots)) + [
            name for edition in ("public", "restricted") if (roots[1] / "outputs" / SLUG / AT / edition).is_dir()
            for name in same_bytes(*(each / "outputs" / SLUG / AT / edition for each in roots))
        ]  # fmt: skip
        if differ:
            raise AssertionError(f"differ: {differ[:9]}")
        return 0


def _fill(form: Path, to: Path) -> None:
    """Fill in the figures of a form, each a little more than before."""
    book = load_workbook(form)
    sheet = book["Figures"]
    heads = next(row for row in sheet.iter_rows() if any(cell.value == "Figure before" for cell in row))
    columns = {cell.value: cell.column for cell in heads}
    for row in range(heads[0].row + 1, sheet.max_row + 1):
        sheet.cell(row, columns["Figure"]).value = round(sheet.cell(row, columns["Figure before"]).value * 1.001, 2)
    book.save(to)


def _bytes(folder: Path) -> dict[str, bytes]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _differing(one: Path, other: Path) -> list[str]:
    """Name the files that differ, but for those that hold times, and the sums of those."""
    sides = [{name: text for name, text in _bytes(each).items()
              if not name.endswith(("manifest.json", "release.json"))} for each in (one, other)]  # fmt: skip
    return sorted(name for name in sides[0].keys() | sides[1].keys() if sides[0].get(name) != sides[1].get(name))


# How they are done.


@dataclass
class Started:
    """A piece of work in a process of its own, with what it says and how long it may take."""

    pid: int
    out: BinaryIO
    by: float
    status: int | None = None
    said: str = ""

    @property
    def ended(self) -> bool:
        """Whether it is over; one that takes too long is killed, with all that it began."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if not pid and time.monotonic() > self.by:
                os.killpg(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                pid, status = self.pid, HUNG << 8
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                self.out.seek(0)
                self.said = self.out.read().decode("utf-8", "replace")
        return self.status is not None

    def wait(self) -> str:
        """Wait for its end, and give what it said."""
        while not self.ended:
            time.sleep(0.01)
        return self.said


def _started(call: Sequence[str], root: Path) -> Started:
    def command() -> int:
        sys.argv = ["kpilib", *call, "--root", str(root)]
        return way_in()

    return _forked(command, root, SECONDS["kill"] / 3)


def _forked(work: Callable[[], int], cwd: Path, seconds: float) -> Started:
    """Begin a piece of work in a fork; what it writes is kept."""
    out = tempfile.TemporaryFile()  # noqa: SIM115  (it is read when the work is over)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return Started(pid, out, time.monotonic() + seconds)
    status = 70
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.RLIM_INFINITY))
        cwd.mkdir(parents=True, exist_ok=True)
        os.chdir(cwd)
        for stream in (1, 2):
            os.dup2(out.fileno(), stream)
        sys.stdout, sys.stderr = (os.fdopen(stream, "w", encoding="utf-8", closefd=False) for stream in (1, 2))
        status = work()
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def attempt(attacks: Attacks, kind: str, number: int) -> Started:
    """Begin an attempt in a folder of its own."""
    place = attacks.folder / f"{kind}-{number}"
    return _forked(lambda: getattr(attacks, kind)(number, place), place, SECONDS[kind])


def _judged(kind: str, number: int, work: Started) -> Attempt:
    """Say what became of an attempt."""
    if work.status == HUNG:
        return Attempt(kind, number, "hung", work.said)
    if "Traceback (most recent call last)" in work.said or work.status not in (0, 1):
        how = "traceback" if "Traceback" in work.said else f"ended with {work.status}"
        return Attempt(kind, number, how, work.said)
    if work.status and not work.said.strip():
        return Attempt(kind, number, "refused without a word")
    outcomes = ("the same bytes", "failed") if kind == "kill" else ("done", "refused in two lines")
    return Attempt(kind, number, outcomes[work.status], work.said)


def attack(folder: Path, rounds: dict[str, range], jobs: int) -> Iterator[Attempt]:
    """Make attempts of each kind, several at a time."""
    attacks = Attacks(folder)
    waiting = [(kind, number) for kind, numbers in rounds.items() for number in numbers][::-1]
    begun: dict[tuple[str, int], Started] = {}
    while waiting or begun:
        while waiting and len(begun) < jobs:
            key = waiting.pop()
            begun[key] = attempt(attacks, *key)
        for key in [key for key, work in begun.items() if work.ended]:
            yield _judged(*key, begun.pop(key))
            shutil.rmtree(folder / "-".join(map(str, key)), ignore_errors=True)
        time.sleep(0.01)


def _report(attempts: Iterator[Attempt]) -> int:
    """Print how many attempts ended how, and the first of each kind of failure; 1 where one failed."""
    counts, first = Counter[tuple[str, str]](), dict[tuple[str, str], Attempt]()
    for each in attempts:
        counts[each.kind, each.outcome] += 1
        if each.failed and first.setdefault((each.kind, each.outcome), each) is each:
            print(f"\n{each.kind}:{each.number} {each.outcome}\n{each.said[-3000:]}", flush=True)
    print("\n".join(f"{count:6} {kind}: {outcome}" for (kind, outcome), count in sorted(counts.items())))
    for each in first.values():
        print(f"Try it again: python tests/attack/attack.py --only {each.kind}:{each.number}")
    return int(bool(first))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for kind, count in ROUNDS.items():
        parser.add_argument(f"--{kind}s", dest=kind, type=int, default=count, help=f"how many ({count})")
    parser.add_argument("--first", type=int, default=0, help="the number to begin with (0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="attempts at a time")
    parser.add_argument("--only", metavar="KIND:NUMBER", default="", help="one attempt, with what it said")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        if asked.only:
            kind, number = asked.only.split(":")
            one = next(attack(Path(place), {kind: range(int(number), int(number) + 1)}, 1))
            print(f"{one.said}\n{one.outcome}")
            sys.exit(one.failed)
        spans = {kind: range(asked.first, asked.first + getattr(asked, kind)) for kind in ROUNDS}
        sys.exit(_report(attack(Path(place), spans, asked.jobs)))
