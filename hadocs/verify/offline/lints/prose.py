"""Prose that says nothing, that no reader sees, or that grows old."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hadocs.problems import Code, Problem
from hadocs.verify.offline.lints.links import links
from hadocs.verify.offline.lints.pages import Page, Prose, prose_of_lines, prose_of_spec
from hadocs.verify.offline.lints.view import View

_COMMENT = re.compile(r"\s*\.\. ([a-z][\w-]*):(?!:)(\s|$)")
_TARGET = re.compile(r"\s*\.\. _[^:]*:\s*$")
_UNDONE = re.compile(r"\b(TODO|TBD|FIXME|XXX|TBC)\b")
_DATED = re.compile(r"\bas of (?:[\w-]+ ){0,2}(20\d\d)\b(?!\.\d)", re.IGNORECASE)
_UNDATED = re.compile(r"\bat the time of (?:this )?writing\b", re.IGNORECASE)


def lint(view: View) -> Iterator[Problem]:
    """Every page, and every text of a spec."""
    years = [int(name[:4]) for name in view.catalog.live_series if name[:4].isdigit()]
    oldest = min(years, default=0)
    for page in view.pages:
        yield from _sections(page)
        yield from _lines(prose_of_lines(page.path, page.lines), oldest)
    for component in view.components:
        for prose in prose_of_spec(component):
            yield from _lines(prose, oldest)
        if component.spec.steps and not _says(
            prose_of_lines("", str(component.spec.summary).split("\n"))
        ):
            message = "a page with steps and without a text"
            hint = "say in 'summary' what this is and why it is done"
            yield Problem(component.at("summary"), Code.UNFINISHED, message, hint)


def _sections(page: Page) -> Iterator[Problem]:
    sections = [*page.sections()]
    for number, section in enumerate(sections):
        following = sections[number + 1] if number + 1 < len(sections) else None
        opens = following is not None and following.rank > section.rank
        if not opens and not _says(section.prose):
            message = f"nothing stands under the heading {section.title!r}"
            yield Problem(section.where, Code.UNFINISHED, message, "write it, or leave it out")


def _says(prose: Prose) -> bool:
    """Whether a reader learns anything of it: comments, targets and promises say nothing."""
    return any(
        _UNDONE.sub("", line).strip("[]().: ") and not _TARGET.match(line)
        for _, line in prose.seen()
    )


def _lines(prose: Prose, oldest: int) -> Iterator[Problem]:
    for number, line in prose.lines():
        comment = _COMMENT.match(line)
        if comment and comment[1] in links()["directives"]:
            message = f"'.. {comment[1]}:' is a comment, so no reader sees what it holds"
            at = prose.at(number, len(line) - len(line.lstrip()))
            yield Problem(at, Code.LOST_TEXT, message, "a directive has two colons")
    for number, line in prose.seen():
        said = re.sub(r"``.*?``", lambda quoted: "`" * len(quoted[0]), line)
        if undone := _UNDONE.search(said):
            message = f"{undone[0]} is a promise to the writer, and readers see it"
            at = prose.at(number, undone.start())
            yield Problem(at, Code.UNFINISHED, message, "write it, or leave it out")
        hint = "look it up again, and name the release that it belongs to"
        dated, undated = _DATED.search(said), _UNDATED.search(said)
        if dated and int(dated[1]) < oldest:
            message = f"{dated[0]!r} is older than every series of this guide"
            yield Problem(prose.at(number, dated.start()), Code.DATED, message, hint)
        if undated:
            message = f"{undated[0]!r} does not say when that was"
            yield Problem(prose.at(number, undated.start()), Code.DATED, message, hint)
