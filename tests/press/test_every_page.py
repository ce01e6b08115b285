"""Every page and paper of every council in a real browser: reachable by all, asking nothing of anyone, whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from councils import QUARTERS

from kpilib.press.plan import make_plan

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
         "resultTypes": ["violations"]}  # fmt: skip
COLOURLESS = {**RULES, "rules": {"color-contrast": {"enabled": False}}}
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
BOUND = ("lancashire-2022", "northmoor-county")
CUT = "[...document.querySelectorAll('td, th, .tag')].filter(one => one.scrollWidth > one.clientWidth + 1).length"

CHARTS_ALONE = (
    "[...document.querySelectorAll('figure')].filter(one => !one.querySelector('details table tbody td')).length"
)


PLANS = {framework: make_plan(framework, quarter) for framework, quarter in QUARTERS.items()}


def named() -> Iterator[tuple[str, str]]:
    """Name every HTML file that a run of each council makes."""
    for framework, plan in PLANS.items():
        for file in [*(page.html for page in plan.pages), *(f"{paper.name}.html" for paper in plan.papers)]:
            yield framework, file


def first_of_each_kind(framework: str) -> set[str]:
    """Name the first page of each kind of a council."""
    return set({page.entry.kind: page.html for page in reversed(PLANS[framework].pages)}.values())


@pytest.fixture
def opened(browser: Any, made: Callable[[str], Path], request: pytest.FixtureRequest) -> Iterator[Any]:
    """A fresh tab with the page in it, which knows its file and every request it was asked to make."""
    framework, file = request.param
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.asked, page.file = [], made(framework) / file
    page.framework, page.first = PLANS[framework].framework, file in first_of_each_kind(framework)
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(page.file.as_uri())
    yield page
    context.close()


EVERY = pytest.mark.parametrize("opened", list(named()), ids="/".join, indirect=True)
TRIED = [(framework, file) for framework, file in named() if "pages/" in file or "index" in file or framework in BOUND]


@pytest.mark.parametrize("opened", TRIED, ids="/".join, indirect=True)
def test_axe_finds_nothing(opened: Any) -> None:
    """
    No violation of WCAG 2.2 AA or of best practice; with every part of a page unfolded, which papers have from pages.

    One page of each kind of each council is looked at on a phone too, and for the contrast of its colours:
    these are the same wherever the style sheet is.
    Papers bind what pages hold: those of two councils, which bind whole pages and cells of them, are tried too.
    """
    if opened.file.name == "index.html" or opened.file.parent.name == "pages":
        opened.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = violations(opened, "wide", RULES if opened.first else COLOURLESS)
    if opened.first:
        opened.set_viewport_size(PHONE)
        found |= violations(opened, "phone", COLOURLESS)

    assert found == {}


def violations(page: Any, size: str, options: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Give the first places of each rule that axe finds broken."""
    return {
        (size, rule["id"]): [node["html"][:120] for node in rule["nodes"][:3]]
        for rule in Axe().run(page, options=options).response["violations"]
    }


@EVERY
def test_nothing_is_asked_lost_cut_or_doubled(opened: Any) -> None:
    """
    A page fetches nothing and fits the screen; links lead somewhere, ids are unique, headings step down by one.

    No cell is cut, on a desk or a phone, behind every chart stands a table of its figures,
    and the banner of a council that is made up says so.
    """
    opened.wait_for_timeout(100)
    assert [url for url in opened.asked if not url.startswith("data:")] == [opened.file.as_uri()]

    for size in (WIDE, PHONE):
        opened.set_viewport_size(size)
        assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert opened.evaluate(CUT) == 0

    said = opened.inner_text(".banner")
    assert ("(fictional)" in said) == opened.framework.fictional
    assert opened.framework.council in said
    assert lost(opened) == []
    assert opened.evaluate(CHARTS_ALONE) == 0
    ids = opened.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert sorted(ids) == sorted(set(ids))
    levels = opened.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def lost(page: Any) -> list[str]:
    """Find links that lead to no file or place of the report; what stands elsewhere is only looked at for its form."""
    links = page.evaluate("[...document.querySelectorAll('a[href]')].map(one => one.getAttribute('href'))")
    found = []
    for link in sorted(set(links)):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        file, _, place = link.partition("#")
        target = page.file.parent / file if file else page.file
        if not target.exists() or (place and place not in places(target)):
            found.append(link)
    return found


@cache
def places(file: Path) -> set[str]:
    """The ids of a file, to which links may lead."""
    return set(re.findall(r'id="([^"]+)"', file.read_text("utf-8")))
