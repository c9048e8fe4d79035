"""Pages of prose and the prose of specs: headings, sections, comments."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from hadocs.loading.catalog import Loaded
from hadocs.plan.walk import Place
from hadocs.problems import Location
from hadocs.spec.base import ProseText
from hadocs.spec.component import ComponentSpec

#: A comment is what is no directive, target, footnote or substitution.
_COMMENT = re.compile(r"\s*\.\.(\s+(?!\S+::|_|\[|\|)|$)")
_LINE = re.compile(r"([=\-~^\"'`#*+.:_<>])\1{2,}\s*")


@dataclass(frozen=True)
class Prose:
    """Text of a page or of a spec; *at* is the place of a line and a column of it, from 0."""

    text: str
    at: Callable[[int, int], Location]

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines with their numbers, from 0."""
        yield from enumerate(self.text.split("\n"))

    def seen(self) -> Iterator[tuple[int, str]]:
        """The lines that become a part of a page: no comments, no blank ones."""
        deep = None
        for number, line in self.lines():
            indent = len(line) - len(line.lstrip())
            if line.strip() and (deep is None or indent <= deep):
                deep = indent if _COMMENT.match(line) else None
                if deep is None:
                    yield number, line


@dataclass(frozen=True)
class Section:
    """A heading, the rank of its line (0 is the first that the page has), and what follows it."""

    title: str
    rank: int
    where: Location
    prose: Prose


@dataclass(frozen=True)
class Page:
    """A file of reStructuredText."""

    path: str
    lines: tuple[str, ...]

    def sections(self) -> Iterator[Section]:
        """Every heading with the lines up to the next one."""
        heads, ranks = [*self._heads()], list[str]()
        for number, (line, mark, _) in enumerate(heads):
            if mark not in ranks:
                ranks.append(mark)
            end = heads[number + 1][2] if number + 1 < len(heads) else len(self.lines)
            where = Location(self.path, line + 1, 1)
            body = prose_of_lines(self.path, self.lines[line + 2 : end], line + 2)
            yield Section(self.lines[line].strip(), ranks.index(mark), where, body)

    def _heads(self) -> Iterator[tuple[int, str, int]]:
        """The line of each title, its mark (twice if it has a line above), its first line."""
        for number, line in enumerate(self.lines[1:], 1):
            title = self.lines[number - 1]
            under = _LINE.fullmatch(line)
            is_title = title.strip() and not title.startswith(" ") and not _LINE.fullmatch(title)
            if under and is_title and len(line.rstrip()) >= len(title.strip()):
                over = number > 1 and self.lines[number - 2].rstrip() == line.rstrip()
                above = number > 1 and not self.lines[number - 2].strip()
                if over or above or number == 1:
                    yield number - 1, under[1] * (1 + over), number - 1 - over


def pages(root: Path) -> Iterator[Page]:
    """Every page of the folder ``content``."""
    for path in sorted((root / "content").rglob("*.rst")):
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        yield Page(path.relative_to(root).as_posix(), tuple(lines))


def prose_of_lines(path: str, lines: Sequence[str], first: int = 0) -> Prose:
    """Lines of a page, from the line *first* on, counted from 0."""
    return Prose(
        "\n".join(lines), lambda line, column: Location(path, first + line + 1, column + 1)
    )


def prose_of_spec(component: Loaded[ComponentSpec]) -> Iterator[Prose]:
    """Every text of a spec that is reStructuredText."""
    for text, place in _prose(component.spec, ()):
        yield Prose(text, functools.partial(component.source.inside, place))


def _prose(value: object, place: Place) -> Iterator[tuple[str, Place]]:
    match value:
        case ProseText():
            yield value, place
        case BaseModel():
            fields = type(value).model_fields
            for name in value.model_fields_set:
                yield from _prose(getattr(value, name), (*place, fields[name].alias or name))
        case dict():
            for key, item in value.items():
                yield from _prose(item, (*place, key))
        case tuple():
            for index, item in enumerate(value):
                yield from _prose(item, (*place, index))
