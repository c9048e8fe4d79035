"""Simple commands of shell text, as far as they can be known without a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_OPERATORS = "();<>|&\n"
_OPENS = frozenset(["if", "for", "while", "until", "case", "{"])
_CLOSES = frozenset(["fi", "done", "esac", "}"])
_BETWEEN = frozenset(["then", "elif", "else", "do", "!"])
_DECIDED = "the shell decides whether it runs"
_JOINED = "the shell joins it with others"
_RUN_TIME = "its words are known to a run only"


@dataclass(frozen=True)
class Said:
    """A simple command; *unsure* says why it cannot be known whether, or with what, it runs."""

    words: tuple[str, ...]
    unsure: str = ""


def simple_commands(text: str) -> Iterator[Said]:
    """The simple commands of shell text, in order, without what goes to files."""
    depth = 0
    for statement in _statements(text):
        joined = any(map(_joins, statement))
        for command in _split(statement):
            while command and command[0] in _OPENS | _CLOSES | _BETWEEN:
                depth += (command[0] in _OPENS) - (command[0] in _CLOSES)
                command = command[1:]
            if command:
                unsure = _DECIDED if depth else _JOINED if joined else ""
                if any("$" in word or "`" in word for word in command):
                    unsure = unsure or _RUN_TIME
                yield Said(tuple(command), unsure)


def _statements(text: str) -> Iterator[list[str]]:
    """Tokens between semicolons and line ends, without comments."""
    lexer = shlex.shlex(re.sub(r"\\\n", " ", text), posix=True, punctuation_chars=_OPERATORS)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t\r", True, ""
    statement: list[str] = []
    comment = False
    for token in _tokens(lexer):
        operator = _is_operator(token)
        comment = (comment or token.startswith("#")) and not (operator and "\n" in token)
        if operator and token.strip("\n") in ("", ";") and not comment:
            yield statement
            statement = []
        elif not comment:
            statement.append(token.strip("\n") if operator else token)
    yield statement


def _tokens(lexer: shlex.shlex) -> Iterator[str]:
    """What the lexer finds; after a quote that does not end, everything is joined."""
    try:
        yield from lexer
    except ValueError:
        yield "|"


def _split(statement: list[str]) -> Iterator[list[str]]:
    """The commands of a statement; a redirection and its file are left out."""
    command: list[str] = []
    tokens = iter(statement)
    for token in tokens:
        if not _is_operator(token):
            command.append(token)
        elif set(token) <= set("<>&") and set(token) & set("<>"):
            next(tokens, None)
            if command and command[-1].isdigit():
                command.pop()
        else:
            yield command
            command = []
    yield command


def _joins(word: str) -> bool:
    """Whether an operator makes a command depend on another one, or on a file."""
    to_file = ">" in word and "<" not in word
    return _is_operator(word) and word != "&&" and not to_file


def _is_operator(token: str) -> bool:
    return bool(token) and set(token) <= set(_OPERATORS)
