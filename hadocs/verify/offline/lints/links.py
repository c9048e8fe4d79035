"""Links to places that are gone, or that tell of what is gone."""

from __future__ import annotations

import fnmatch
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from hadocs.problems import Code, Location, Problem
from hadocs.verify.offline.lints.pages import prose_of_lines, prose_of_spec
from hadocs.verify.offline.lints.parts import VALUE
from hadocs.verify.offline.lints.services import is_over, table
from hadocs.verify.offline.lints.view import View
from hadocs.verify.offline.options_registry import DATA

_LINK = re.compile(rf"(?:https?|ftp|obs|git)://[^\s<>`\"'()\[\]{{}},;{VALUE}]+")


def lint(view: View) -> Iterator[Problem]:
    """Every link of specs and pages."""
    newest = max(view.catalog.live_series, key=view.catalog.series.index)
    live = [s for s in view.catalog.live_series if s in table()["series"]]
    oldest = min(live, key=table()["series"].index) if live else newest
    for where, link in _links(view):
        if entry := _retired(link):
            hint = f"instead: {entry['instead']} ({entry['source']})"
            yield Problem(where, Code.RETIRED_LINK, f"{link} leads to a retired place", hint)
        elif series := _old_series(link, oldest):
            message = f"{link} tells of {series}, which has ended"
            hint = "the role :install-guide: leads to the page of each series"
            yield Problem(where, Code.RETIRED_LINK, message, hint)


def _links(view: View) -> Iterator[tuple[Location, str]]:
    prose = [prose_of_lines(page.path, page.lines) for page in view.pages]
    prose += [one for component in view.components for one in prose_of_spec(component)]
    for one in prose:
        for number, line in one.seen():
            for found in _LINK.finditer(line):
                yield one.at(number, found.start()), found[0].rstrip(".:")
    for part in view.parts:
        for number, line in enumerate(part.text.split("\n")):
            for found in _LINK.finditer(line):
                yield part.at(number, found[0]), found[0].rstrip(".:")


def _retired(link: str) -> Mapping[str, str] | None:
    parts = urlsplit(link)
    host, _, _ = parts.netloc.rpartition("@")[2].partition(":")
    for entry in links()["link"]:
        is_host = fnmatch.fnmatch(host.removeprefix("www."), entry["host"])
        if is_host and fnmatch.fnmatch(parts.path or "/", entry["path"]):
            return entry  # type: ignore[no-any-return]  # an entry of the file
    return None


def _old_series(link: str, oldest: str) -> str:
    parts = urlsplit(link)
    host = parts.netloc.partition(":")[0]
    is_known = any(host.endswith(known) for known in links()["hosts_of_series"])
    if not is_known and parts.scheme != "obs":
        return ""
    words = re.split(r"[/:_-]", (parts.netloc + parts.path).lower())
    return next((s for s in table()["series"] if s in words and is_over(oldest, s)), "")


@functools.cache
def links() -> Mapping[str, Any]:
    """Retired places, and the words of directives."""
    return tomllib.loads((DATA / "retired_links.toml").read_text())
