"""What can be wrong in a file that a person wrote, and how it is said."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Code(enum.StrEnum):
    """Stable names of the kinds of problem; each has a paragraph in the manual."""

    UNREADABLE = "unreadable"
    SYNTAX = "syntax"
    DUPLICATE_KEY = "duplicate-key"
    SCHEMA = "schema"
    UNKNOWN_NAME = "unknown-name"
    UNDEFINED = "undefined"
    TEMPLATE = "template"
    CYCLE = "cycle"
    CASES = "cases"
    WRONG_SHELL = "wrong-shell"
    TWO_OWNERS = "two-owners"
    TWO_MANAGERS = "two-managers"
    UNGUARDED = "unguarded"
    EXITS = "exits"
    EXPOSED = "exposed"
    MAJORITY = "majority"
    UNSUPPORTED = "unsupported"
    VALUE = "value"
    LINK = "link"
    SECRETS = "secrets"
    REFUSED = "refused"
    CIB = "cib"
    PARITY = "parity"
    CLAIM = "claim"
    UNKNOWN_OPTION = "unknown-option"
    FORMER_NAME = "former-name"
    LOST_MEANING = "lost-meaning"
    WRONG_VALUE = "wrong-value"
    REFUSED_FILE = "refused-file"
    NOT_PACKAGED = "not-packaged"
    DANGLING = "dangling"
    UNCOMMITTED = "uncommitted"
    RETIRED = "retired"
    RETIRED_SERVICE = "retired-service"
    RETIRED_LINK = "retired-link"
    FOREIGN = "foreign"
    BY_HAND = "by-hand"
    CONTRADICTION = "contradiction"
    PLACEHOLDER = "placeholder"
    UNFINISHED = "unfinished"
    LOST_TEXT = "lost-text"
    DATED = "dated"
    CLUSTER_DESIGN = "cluster-design"
    UNNEEDED_SILENCE = "unneeded-silence"


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file; *line* and *column* count from 1, 0 means the file as a whole."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that a person has to change, in the file that has to change."""

    where: Location
    code: Code
    message: str
    hint: str = ""

    def __str__(self) -> str:
        told = f"{self.where}: error[{self.code}]: {self.message}"
        return f"{told}\n    hint: {self.hint}" if self.hint else told


class Told(Exception):
    """What a command says on stderr, without a traceback, when it ends with status 1."""


class HadocsError(Told):
    """Every problem that was found, once each, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        return "\n".join([*map(str, self.problems), f"{count} problem{'s' * (count != 1)}"])


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A hint that names the word which was probably meant, else all that there are, if few."""
    known = sorted(set(words))
    if close := difflib.get_close_matches(word, known, n=1):
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(known)}" if 0 < len(known) <= 12 else ""


def not_there(where: Location, what: str, name: str, known: Iterable[str]) -> Problem:
    """*name*, a *what*, is none of the *known* words."""
    message = f"{what} {name!r} does not exist"
    return Problem(where, Code.UNKNOWN_NAME, message, did_you_mean(name, known))
