"""Where a character of a scalar's text stands in its file."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from yaml.nodes import ScalarNode

#: What gives one character of the text, by the scalar's quotes.
_UNITS = {
    '"': re.compile(r"\\(?:x.{2}|u.{4}|U.{8}|\r?\n|.)|.", re.DOTALL),
    "'": re.compile(r"''|.", re.DOTALL),
}
_UNIT = re.compile(r".", re.DOTALL)
_BLANK_ESCAPES = frozenset("ntrvf _NLP\t\r\n")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")


def position(text: str, node: ScalarNode, line: int, column: int) -> tuple[int, int]:
    """Line and column in the file *text*, all from 0, of a character of the scalar *node*.

    A ``|`` keeps its lines. All other styles fold and escape, which only moves blanks, so there the
    visible characters are counted; a blank gives the place of the next visible one.
    """
    if node.style == "|":
        return _literal(text, node, line, column)
    before = sum(len(said) + 1 for said in node.value.split("\n")[:line])
    skipped = sum(not char.isspace() for char in node.value[: before + column])
    start, end = _region(text, node)
    places = itertools.islice(_visible(text[start:end], node.style), skipped, None)
    at = start + next(places, end - start)
    return text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1


def _literal(text: str, node: ScalarNode, line: int, column: int) -> tuple[int, int]:
    rows, first = text.split("\n"), text.count("\n", 0, _start(text, node)) + 1
    said = zip(rows[first:], node.value.split("\n"), strict=False)
    indent = next((_lead(row) - _lead(line) for row, line in said if line.strip()), 0)
    shown = rows[first + line] if first + line < len(rows) else ""
    return first + line, min(indent + column, len(shown))


def _lead(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _region(text: str, node: ScalarNode) -> tuple[int, int]:
    """Where the characters of the scalar begin and end: without quotes, header, anchor and tag."""
    start, end = _start(text, node), node.end_mark.index
    if node.style == ">":
        return text.find("\n", start) + 1, end
    return (start + 1, end - 1) if node.style else (start, end)


def _start(text: str, node: ScalarNode) -> int:
    found = _PROPERTIES.match(text, node.start_mark.index, node.end_mark.index)
    return found.end() if found else node.start_mark.index


def _visible(raw: str, style: str | None) -> Iterator[int]:
    """Where each visible character begins."""
    for unit in _UNITS.get(style or "", _UNIT).finditer(raw):
        if not _decoded(unit[0], style).isspace():
            yield unit.start()


def _decoded(unit: str, style: str | None) -> str:
    if style != '"' or len(unit) == 1:
        return unit
    if unit[1] in "xuU":
        return chr(int(unit[2:], 16))
    return " " if unit[1] in _BLANK_ESCAPES else unit[1]
