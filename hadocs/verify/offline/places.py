"""The line of a spec that a command comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hadocs.problems import Location
from hadocs.verify.offline.commands import Command

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


def placed(root: Path, command: Command) -> Location:
    """The line of the text at `Command.where` that the command is made of, else its first one.

    A line of a template may stand for several lines; each of them is like it but for the values.
    """
    said = " ".join(command.words)
    if command.makes:
        said = f"{command.makes}: {' '.join(command.words[1:])}"
    for where, line in _lines(root, command.where):
        if (pattern := _pattern(line)) and re.match(pattern, said):
            return where
    return command.where


def _lines(root: Path, first: Location) -> Iterator[tuple[Location, str]]:
    """The lines of the text that begins at *first*."""
    try:
        lines = (root / first.path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    yield first, lines[first.line - 1][first.column - 1 :]
    for number, line in enumerate(lines[first.line :], first.line + 1):
        if line.strip() and len(line) - len(line.lstrip()) < first.column - 1:
            return
        yield replace(first, line=number, column=len(line) - len(line.lstrip()) + 1), line


def _pattern(line: str) -> str:
    """What the line can become, empty if it is all values; quotes and a last \\\\ are left out."""
    line = re.sub(r"\\$|['\"]", "", line).strip()
    literal = [re.sub(r"(\\ )+", r"\\s+", re.escape(part)) for part in _TEMPLATE.split(line)]
    return ".*?".join(literal) if any(literal) else ""
