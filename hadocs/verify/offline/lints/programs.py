"""Commands and lines of files that programs no longer take, or that only some systems have."""

from __future__ import annotations

import fnmatch
import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hadocs.problems import Code, Problem
from hadocs.spec.actions import WriteSpec
from hadocs.verify.offline.lints.parts import Command
from hadocs.verify.offline.lints.spoken import spoken
from hadocs.verify.offline.lints.view import View
from hadocs.verify.offline.options_registry import DATA

#: What is a state, which an action says better; what 'systemctl' does once is no state.
_STATES: Mapping[str, frozenset[str]] = {
    "systemctl": frozenset(["enable", "disable", "daemon-reload"]),
    "service": frozenset(["start", "stop", "restart", "reload"]),
}


def lint(view: View) -> Iterator[Problem]:
    """Every command, and every line of a file that has such lines."""
    for command in view.commands:
        yield from _retired(command)
        yield from _foreign(command, view)
    yield from _by_hand(view)
    yield from _files(view)


def _retired(command: Command) -> Iterator[Problem]:
    said = [
        (one.words, one.at if one.line != command.line else command.at) for one in spoken(command)
    ]
    for words, at in said or [(command.words[1:], command.at)]:
        for entry in _table()["command"]:
            if (
                command.words[0] in entry["program"]
                and (found := matched(words, entry)) is not None
            ):
                named = " ".join([command.words[0], *entry.get("begins", [])])
                message = f"{named!r}{_with(found)} {entry['why']}"
                yield Problem(at(found), Code.RETIRED, message, _hint(entry))
                break


def matched(words: Sequence[str], entry: Mapping[str, Any]) -> str | None:
    """The word by which an entry of the table is about a command; None if it is not."""
    begins: Sequence[str] = entry.get("begins", [])
    rest = _after(words, begins)
    if rest is None:
        return None
    if "next" in entry and not (rest and fnmatch.fnmatchcase(rest[0], entry["next"])):
        return None
    found = rest[0] if "next" in entry else ""
    for patterns in entry.get("has", []):
        hit = (w for w in words if any(fnmatch.fnmatchcase(w, p) for p in patterns))
        if (found := next(hit, "")) == "":
            return None
    return found


def _after(words: Sequence[str], begins: Sequence[str]) -> list[str] | None:
    """The words after those of *begins*; only options and their values may stand before."""
    plain = [number for number, word in enumerate(words) if not word.startswith("-")]
    for first, number in enumerate(plain):
        found = plain[first : first + len(begins)]
        if [words[n] for n in found] == [*begins]:
            return [words[n] for n in plain[first + len(begins) :]]
        if not number or not words[number - 1].startswith("-"):
            return None
    return None if begins else []


def _foreign(command: Command, view: View) -> Iterator[Problem]:
    for entry in _table()["foreign"]:
        found = matched(command.words[1:], entry)
        if command.words[0] in entry["program"] and found is not None:
            part = command.part
            lacking = {
                point.system: None
                for point in view.targets(part)
                if view.catalog.systems[point.system].distro.spec.family not in entry["families"]
                and point.system not in entry.get("systems", [])
            }
            if lacking:
                said = f"{command.words[0]!r}{_with(found)}"
                message = f"{said} is not there on {', '.join(lacking)}"
                yield Problem(command.at(found), Code.FOREIGN, message, _hint(entry))


def _by_hand(view: View) -> Iterator[Problem]:
    """A ``run`` that does nothing but what a ``service`` action does with its guard built in."""
    runs: dict[int, list[Command]] = {}
    for command in view.commands:
        if command.part.action is not None and command.part.place[-1] == "run":
            runs.setdefault(id(command.part), []).append(command)
    for commands in runs.values():
        if all(map(_is_of_service, commands)):
            message = f"{' '.join(commands[0].words[:3])!r} is done by hand"
            hint = "a 'service' action says the state, and is done only where it is needed"
            yield Problem(commands[0].at(), Code.BY_HAND, message, hint)


def _is_of_service(command: Command) -> bool:
    words = [word for word in command.words[1:] if not word.startswith("-")]
    verb = words[1:2] if command.words[0] == "service" else words[:1]
    return {*verb} <= _STATES.get(command.words[0], frozenset()) and bool(verb)


def _files(view: View) -> Iterator[Problem]:
    for part in view.parts:
        write = part.action.write if part.action is not None else None
        if part.place[-2:] != ("write", "text") or not isinstance(write, WriteSpec):
            continue
        name = write.path.rpartition("/")[2]
        for entry in _table()["file"]:
            # A path that is a value has its name in the catalog's tables.
            names = [name, f"{name.strip('{} ').removeprefix('paths.')}.conf"]
            if any(fnmatch.fnmatch(n, like) for n in names for like in entry["files"]):
                for number, line in enumerate(part.text.split("\n")):
                    said = " ".join(line.split())
                    if said and any(fnmatch.fnmatch(said, like) for like in entry["has"]):
                        message = f"{said!r} {entry['why']}"
                        yield Problem(part.at(number), Code.RETIRED, message, _hint(entry))


def _with(word: str) -> str:
    return f" with {word!r}" if word else ""


def _hint(entry: Mapping[str, str]) -> str:
    return f"instead: {entry['instead']} ({entry['source']})"


@functools.cache
def _table() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return tomllib.loads((DATA / "retired_commands.toml").read_text())
