"""What commands tell a cluster shell, and the resources that they name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from hadocs.problems import Location
from hadocs.verify.offline.lints.parts import Command, Part
from hadocs.verify.offline.lints.said import words_of

#: What a shell does to a resource that there is.
_CRM_USES = frozenset(
    [
        "start", "stop", "restart", "promote", "demote", "move", "migrate", "unmove", "clear",
        "ban", "cleanup", "refresh", "meta", "param", "manage", "unmanage", "maintenance",
    ]
)  # fmt: skip
_PCS_USES = frozenset(
    [
        "enable", "disable", "move", "ban", "clear", "meta", "update", "delete", "remove",
        "manage", "unmanage", "restart", "cleanup", "refresh", "unclone", "debug-start",
    ]
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Spoken:
    """One command of a cluster shell: its words after the shell's name, and where it stands."""

    shell: str
    words: tuple[str, ...]
    part: Part
    line: int

    def at(self, word: str = "") -> Location:
        """Where *word* of it stands."""
        return self.part.at(self.line, word or self.words[0])

    @property
    def plain(self) -> tuple[str, ...]:
        """The words without options."""
        return tuple(word for word in self.words if not word.startswith("--"))


def spoken(command: Command) -> Iterator[Spoken]:
    """The commands of a cluster shell that one command of the node's shell gives it."""
    shell, words = command.words[0], _without_options(command.words[1:])
    if shell not in ("crm", "pcs"):
        return
    reads = shell == "crm" and words[:1] in ((), ("configure",)) and len(words) < 2
    loads = shell == "crm" and words[:2] == ("configure", "load")
    if not command.input or not (reads or loads):
        yield Spoken(shell, words, command.part, command.line)
        return
    part, level = command.input_part or command.part, words[:1]
    # What stands in a here-document begins in the line after its command.
    first = 0 if command.input_part else command.line + 1
    for number, line in _lines(command.input):
        at = first + number
        said = words_of(line)
        if said == ("configure",):
            level = said
        elif said in (("exit",), ("end",), ("quit",), ("up",)):
            level = ()
        elif said:
            yield Spoken(shell, said if said[0] in (*level, "cib") else (*level, *said), part, at)


def uses(one: Spoken) -> Iterator[str]:
    """Ids that a command names and does not create, beside the members of what it creates."""
    words = one.plain
    if one.shell == "crm":
        if words[:1] == ("resource",) and len(words) > 2 and words[1] in _CRM_USES:
            yield words[2]
        if words[:2] == ("configure", "monitor") and len(words) > 2:
            yield words[2].partition(":")[0]
    elif words[:1] == ("resource",) and len(words) > 2 and words[1] in _PCS_USES:
        yield words[2]
    elif words[:2] == ("constraint", "location") and len(words) > 3:
        named = words[4] if words[2] == "add" and len(words) > 4 else words[2]
        if not named.startswith("regexp%"):
            yield named.removeprefix("resource%")


def asked_of_pacemaker(command: Command) -> Iterator[str]:
    """The resource that a command of Pacemaker's own program is about."""
    if command.words[0] == "crm_resource":
        for word, after in itertools.pairwise((*command.words, "")):
            if word in ("--resource", "-r") and after:
                yield after
            elif word.startswith("--resource="):
                yield word.partition("=")[2]


def _without_options(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without the options before the first command."""
    while words and words[0].startswith("-"):
        valued = words[0] in ("-f", "-c", "-H", "-X", "-D", "-R", "-o", "--cib")
        words = words[1 + valued :]
    return words


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines joined with those that continue them."""
    said, first = "", 0
    for number, line in enumerate(text.split("\n")):
        first = first if said else number
        said += line.rstrip("\\") + " "
        if not line.endswith("\\"):
            yield first, said
            said = ""
