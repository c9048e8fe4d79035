"""The options that a plan sets, whether one by one or in the text of a file."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hadocs.node.options import parts
from hadocs.plan.actions import SetOptions, WriteFile
from hadocs.plan.model import Plan, Step
from hadocs.plan.text import Text
from hadocs.problems import Location
from hadocs.verify.offline.options_registry import readers, sources


@dataclass(frozen=True)
class Setting:
    """An option that a deed at *where* sets; *line* is its line, if it stands in a file's text."""

    path: str
    section: str
    key: str
    values: tuple[Text, ...]
    where: Location
    line: str = ""

    def __str__(self) -> str:
        return f"'{self.key}' of [{self.section}]"


def settings(plan: Plan) -> Iterator[Setting]:
    """Options that a plan sets, and those in texts of files that a service reads."""
    steps = (turn.item for turn in plan.turns() if isinstance(turn.item, Step))
    deeds = {id(deed): deed for step in steps for deed in step.deeds.values()}
    for deed in deeds.values():
        match deed.action:
            case SetOptions(path=path, options=options):
                for option in options:
                    yield Setting(path, option.section, option.key, option.values, deed.where)
            case WriteFile(path=path, text=text) if any(readers(path)) or reason(path):
                yield from _in_text(path, text, deed.where)


def _in_text(path: str, text: Text, where: Location) -> Iterator[Setting]:
    at = 0
    for part in parts(str(text)):
        length = sum(map(len, part.lines))
        if part.key:
            # Spans stay, so that the value of a secret is not taken for a word.
            value = text[at + part.lines[0].index(part.key) + len(part.key) : at + length]
            start = len(str(value)) - len(str(value).lstrip(" \t=:"))
            yield Setting(path, part.section, part.key, (value[start:],), where, part.lines[0])
        at += length


def reason(path: str) -> str:
    """Why there is no registry of the options in a file, where that is known."""
    known: Mapping[str, str] = sources()["without"]
    return next((why for like, why in known.items() if fnmatch.fnmatch(path, like)), "")
