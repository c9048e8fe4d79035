"""reStructuredText of a spec, parsed where it stands, so that warnings name the spec's line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from docutils import nodes
from docutils.parsers.rst.states import RSTState
from docutils.statemachine import StringList
from sphinx.util.docutils import switch_source_input
from sphinx.util.parsing import nested_parse_to_nodes

#: Lines of a paragraph that can be nothing else: no list, no directive, no literal block follows.
_LINE = re.compile(r"(?!(?:[A-Za-z]|[ivxlcdmIVXLCDM]+)[.)]\s)[A-Za-z`][^\n]*(?<!::)")
#: Characters that may begin inline markup, a substitution, an address or an escape.
_MARKUP = re.compile(r"[`*_|\\<\[@]|://|mailto:")


def parsed(text: str, source: str, line: int, state: RSTState) -> list[nodes.Node]:
    """The nodes of *text*, whose first line is *line* of *source*.

    Plain paragraphs, most of what there is, are made without a parser; the parser's machines cost
    more than all the rest of a page.
    """
    lines = text.rstrip().split("\n")
    if not all(_LINE.fullmatch(content) for content in lines if content.strip()):
        content = StringList()
        for number, words in enumerate(lines):
            content.append(words.rstrip().expandtabs(8), source, line - 1 + number)
        with switch_source_input(state, content):
            return nested_parse_to_nodes(state, content, allow_section_headings=False)
    return [
        node
        for number, paragraph in _paragraphs(lines)
        for node in _paragraph(paragraph, source, line + number, state)
    ]


def _paragraphs(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Paragraphs with the number of their first line."""
    start = 0
    for number, content in enumerate([*lines, ""]):
        if content.strip():
            continue
        if number > start:
            yield start, "\n".join(part.rstrip() for part in lines[start:number])
        start = number + 1


def _paragraph(text: str, source: str, line: int, state: RSTState) -> list[nodes.Node]:
    node = nodes.paragraph(text, "")
    node.source, node.line = source, line
    if not _MARKUP.search(text):
        node += nodes.Text(text)
        return [node]
    with _located(state, source, line):
        content, messages = state.inline_text(text, line)
    node += content
    return [node, *messages]


@contextmanager
def _located(state: RSTState, source: str, line: int) -> Iterator[None]:
    """Whatever is said about inline markup is said of *source*."""
    reporter = state.memo.reporter
    before = reporter.get_source_and_line
    reporter.get_source_and_line = lambda lineno=None: (source, lineno or line)
    try:
        yield
    finally:
        reporter.get_source_and_line = before
