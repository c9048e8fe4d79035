"""The simple commands of a shell text with their lines, also those inside other commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hadocs.verify.offline.words import carried, simple_commands

_HERE = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_INSIDE = re.compile(r"\$\(([^()]*)\)|`([^`]*)`")
_ID = re.compile(r"(\S+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Said:
    """A simple command; *line* is the first one of the text that it stands in, from 0."""

    words: tuple[str, ...]
    line: int
    input: str = ""


def commands(text: str) -> Iterator[Said]:
    """The simple commands of shell text, each program without its folder."""
    for line, said, given in _statements(text):
        before = ""
        for one in simple_commands(said):
            yield from _opened(Said(one.words, line, given or before))
            told = one.words[0] in ("echo", "printf") and "|" in said
            before = "\n".join(one.words[1:]) if told else ""


def cluster_commands(text: str, shell: str) -> Iterator[tuple[str, Said]]:
    """The commands of a ``cluster`` text with the ids that stand before them."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n")):
        if line.startswith(" ") and found:
            found[-1] = found[-1][0], f"{found[-1][1]} {line}"
        elif line.strip():
            found.append((number, line))
    for number, line in found:
        if said := _ID.fullmatch(line):
            yield said[1], Said((shell, *words_of(said[2])), number)


def words_of(text: str) -> tuple[str, ...]:
    """The words of one line, as well as they can be told apart."""
    try:
        return tuple(shlex.split(text, comments=True))
    except ValueError:
        return tuple(text.split())


def _statements(text: str) -> Iterator[tuple[int, str, str]]:
    """Lines with those that belong to them, and the text of a here-document."""
    lines, at = text.split("\n"), 0
    while at < len(lines):
        first, at = at, _end(lines, at)
        said = re.sub(r"\\\n", " ", "\n".join(lines[first:at]))
        given = ""
        if here := _HERE.search(said):
            said = said[: here.start()] + said[here.end() :]
            after = at
            while at < len(lines) and lines[at].strip() != here[2]:
                at += 1
            given = "\n".join(lines[after:at])
            at += 1
        yield first, said, given


def _end(lines: list[str], first: int) -> int:
    """The line after a statement; one whose quote never ends is a statement of one line."""
    said = ""
    for number in range(first, len(lines)):
        said += f"{lines[number]}\n"
        if not said.endswith("\\\n") and not _is_open(said):
            return number + 1
    return first + 1


def _is_open(said: str) -> bool:
    if "'" not in said and '"' not in said:
        return False
    try:
        shlex.split(said, comments=True)
    except ValueError:
        return True
    return False


def _opened(said: Said) -> Iterator[Said]:
    """The command itself, without what carries it, and those that are in its words."""
    for word in said.words:
        for inside in _INSIDE.finditer(word):
            for one in commands(inside[1] or inside[2] or ""):
                yield replace(one, line=said.line)
    words, text = carried(said.words)
    if text:
        yield from _again(text, said)
    elif words:
        yield Said(words, said.line, said.input)


def _again(text: str, said: Said) -> Iterator[Said]:
    for one in commands(text):
        yield replace(one, line=said.line, input=one.input or said.input)
