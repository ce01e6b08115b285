"""
Prose from the records: tokens are filled in with figures, and Markdown becomes HTML that can do no harm.

A token is `{{ value("sickness") }}`; what it may hold is in `kpilib.pages.tokens`, for authors in data/README.md.
What a token puts in is never read as Markdown or HTML.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

import mistune
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.filters import do_capitalize, do_lower
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape
from mistune.plugins.table import table

from kpilib.judgement.figures import number
from kpilib.judgement.verdict import judge
from kpilib.pages.shown import Shown
from kpilib.pages.tokens import EXAMPLES, NUMBERS, TokenError, Tokens, known
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.ledger import Ledger
from kpilib.records.periods import Period
from kpilib.records.quarterly import Quarterly, cover_texts

TOKEN = re.compile(r"\{\{((?:(?!\{\{).)*?)\}\}", re.DOTALL)
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_ADDRESS = re.compile(r"(https?://|mailto:|#).+", re.DOTALL)
_FIRST = 0xF0000  # a plane of characters without meaning, one of which stands for each token in Markdown
_MARK = re.compile("[\U000f0000-\U000ffffd]")
_CODED = re.compile(r"&#[xX]?[0-9a-fA-F]+;?")  # which would become such a character
_QUOTES = str.maketrans("“”„‘’", '"""\'\'')  # as Word types them
_LONGEST = 200  # characters of a token
_WRITE = 'Write a token of data/README.md, such as {{ value("sickness") }}.'
_REMEDIES = {
    "picture": "Take it away: a report fetches nothing.",
    "link": "Begin its address with https://, mailto: or #, and put no token into it.",
}


def _count_in_words(count: object) -> str:
    """Write a count as most councils do: in words up to nine."""
    if not isinstance(count, int):
        raise TokenError("only a count can be written in words", 'Write {{ count("red") | words }}.')
    return number(count)


_FILTERS = {"words": _count_in_words, "capitalize": do_capitalize, "lower": do_lower}
_SANDBOX = SandboxedEnvironment(undefined=StrictUndefined)
_SANDBOX.globals, _SANDBOX.filters = {}, dict(_FILTERS)


def say(text: str, tokens: Tokens, place: str, line: int = 1) -> Shown:
    """
    Fill in the tokens of a text and show it.

    Args:
        text: Markdown with tokens, from records. Raw HTML is printed, not run; headings begin at the fourth level.
        tokens: the vocabulary, for a quarter.
        place: where the text stands, as faults name it.
        line: the line of that place on which the text begins.

    Raises:
        RecordsError: with every token that has no answer, every picture, and every link but to the web, by line.
    """
    text = _CODED.sub(lambda match: " " if _MARK.search(unescape(match[0])) else match[0], _MARK.sub(" ", text))
    found, printed = [], []
    for match in TOKEN.finditer(text):
        try:
            printed.append(answer(match[1], tokens))
        except TokenError as error:
            printed.append("")
            found.append((match.start(), f"{' '.join(match[0].split())}: {error.problem}", error.remedy))
    for stray in _STRAY.finditer(without_tokens(text)):
        found.append((stray.start(), f"{stray[0]!r} is no token, nor the whole of one", _WRITE))
    marks = map(chr, range(_FIRST, _FIRST + len(printed)))
    writer = _Writer()
    html = str(mistune.Markdown(writer, plugins=[table, writer.outline])(TOKEN.sub(lambda _: next(marks), text)))
    for what, address in writer.refused:
        start = text.find("![") if what == "picture" else text.find(_MARK.split(address)[0])
        found.append((max(start, 0), f"holds a {what}: {_MARK.sub('{{ … }}', address)}", _REMEDIES[what]))
    if found:
        raise RecordsError(
            Fault(f"{place}, line {line + text.count(chr(10), 0, start)}", problem, remedy)
            for start, problem, remedy in sorted(found)
        )
    return Shown(Markup(_MARK.sub(lambda mark: escape(printed[ord(mark[0]) - _FIRST]), html)))


def without_tokens(text: str) -> str:
    """Put spaces in the place of tokens, so that all else stands where it stood."""
    return TOKEN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def answer(expression: str, tokens: Tokens) -> str:
    """
    Give what a token prints.

    Raises:
        TokenError: it is not one, or asks for what is not in the records.
    """
    expression = expression.translate(_QUOTES)
    if len(expression) > _LONGEST:
        raise TokenError("is too long for a token", _WRITE)
    try:
        for output in _SANDBOX.parse(f"{{{{ {expression} }}}}").find_all(nodes.Output):
            for node in output.nodes:
                _allow(node, tokens.vocabulary)
        compiled = _SANDBOX.compile_expression(expression, undefined_to_none=False)
    except TemplateSyntaxError as error:
        raise TokenError(f"cannot be read ({error.message})", _WRITE) from error
    except RecursionError as error:
        raise TokenError("is not a token", _WRITE) from error
    return str(compiled(**tokens.vocabulary))


def _allow(node: nodes.Node | None, vocabulary: dict[str, Callable[..., str | int] | str]) -> None:
    """
    Let pass what a token may be: a name or a call of the vocabulary, counts added up, and a filter of either.

    Everything else is refused, among it figures typed into a token, and work without end.
    """
    if isinstance(node, nodes.Filter) and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs):
        if node.name not in _FILTERS:
            raise TokenError(f"unknown filter {node.name!r}", allowed(node.name, _FILTERS))
        _allow(node.node, vocabulary)
    elif isinstance(node, nodes.Add) and _is_count(node):
        _allow(node.left, vocabulary)
        _allow(node.right, vocabulary)
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        _allow_call(node.node.name, node, vocabulary)
    elif isinstance(node, nodes.Name):
        known(node.name, vocabulary, "token")
        if not isinstance(vocabulary[node.name], str):
            raise TokenError(f"{node.name!r} does not say of what", f"Write {EXAMPLES[node.name]}.")
    else:
        raise TokenError("is not a token", _WRITE)


def _is_count(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Add):
        return _is_count(node.left) and _is_count(node.right)
    return isinstance(node, nodes.Call) and getattr(node.node, "name", "") in NUMBERS


def _allow_call(name: str, call: nodes.Call, vocabulary: dict[str, Callable[..., str | int] | str]) -> None:
    """Let a call pass whose function is known, and whose words are texts in quotes that fit it."""
    known(name, vocabulary, "token")
    function, written = vocabulary[name], f"Write {EXAMPLES[name]}."
    given = [*call.args, *(keyword.value for keyword in call.kwargs)]
    plain = all(isinstance(each, nodes.Const) and isinstance(each.value, str) for each in given)
    twice = len({keyword.key for keyword in call.kwargs}) < len(call.kwargs)
    if isinstance(function, str) or not plain or twice or call.dyn_args or call.dyn_kwargs:
        raise TokenError(f"{name!r} is not written so", written)
    try:
        inspect.signature(function).bind(*call.args, **{keyword.key: keyword.value for keyword in call.kwargs})
    except TypeError as error:
        raise TokenError(f"{name!r} is not written so ({error})", written) from error


def say_all(texts: Iterable[tuple[str, str, int]], tokens: Tokens) -> list[Shown]:
    """
    Fill in and show several texts, each with its place and the line on which it begins; see `say`.

    Raises:
        RecordsError: with every fault of all of them.
    """
    shown, faults = list[Shown](), list[Fault]()
    for text, place, line in texts:
        try:
            shown.append(say(text, tokens, place, line))
        except RecordsError as error:
            faults.extend(error.faults)
    if faults:
        raise RecordsError(faults)
    return shown


def token_faults(ledger: Ledger, at: Period, said: Quarterly) -> list[Fault]:
    """Find every token, picture and link that `say` refuses in a quarter's summaries and its cover report."""
    known = ledger.as_at(at)
    here = known.summaries[known.summaries["quarter"] == at.text]
    texts = [(row.text, row.file, row.line) for row in here.itertuples()]
    texts += [(text, place, 1) for text, place in cover_texts(known.framework, at, said.report).values()]
    if not texts:
        return []
    try:
        say_all(texts, Tokens(known, at, judge(known, at)))
    except RecordsError as error:
        return list(error.faults)
    return []


class _Writer(mistune.HTMLRenderer):
    """
    Writes HTML that can do no harm: nothing raw, no pictures, links to the web alone.

    Prose stands under a heading of the third level, so the highest of its own becomes a fourth, and so on.
    `refused` lists what was left out, and where it led.
    """

    def __init__(self) -> None:
        super().__init__(escape=True)
        self.refused: list[tuple[str, str]] = []
        self._levels: list[int] = []

    def outline(self, md: mistune.Markdown) -> None:
        """Look at the headings of a text before it is written; a plugin."""
        md.before_render_hooks.append(lambda _, state: self._levels.extend(sorted(set(_heading_levels(state.tokens)))))

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Write a heading below the third level, without a gap between levels."""
        return super().heading(text, min(4 + self._levels.index(level), 6), **attrs)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Leave a picture out: what is printed makes no request."""
        self.refused.append(("picture", unquote(url)))
        return ""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Write a link to the web, to an address of mail or within the page, and no other."""
        if _ADDRESS.fullmatch(url) and not _MARK.search(unquote(url)):
            return super().link(text, url, title)
        self.refused.append(("link", unquote(url)))
        return text

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """Write a cell; a heading says that it is one of a column, and figures stand to the right."""
        tag, scope = ("th", ' scope="col"') if head else ("td", "")
        side = ' class="number"' if align == "right" else ""
        return f"<{tag}{scope}{side}>{text}</{tag}>"


def _heading_levels(blocks: list[dict[str, Any]]) -> Iterator[int]:
    for block in blocks:
        if block["type"] == "heading":
            yield block["attrs"]["level"]
        yield from _heading_levels(block.get("children", []))
