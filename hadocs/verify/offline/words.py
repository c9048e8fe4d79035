"""Simple commands of shell text, as far as they can be known without a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_OPERATORS = "();<>|&\n"
_OPENS = frozenset(["if", "for", "while", "until", "case", "{"])
_CLOSES = frozenset(["fi", "done", "esac", "}"])
_BETWEEN = frozenset(["then", "elif", "else", "do", "!"])
_ASSIGNS = re.compile(r"[A-Za-z_]\w*=")
#: Programs that run another one: how many of their own words go before it.
_CARRIERS: Mapping[str, int] = {
    "sudo": 0, "env": 0, "nohup": 0, "exec": 0, "command": 0, "time": 0, "nice": 0, "runuser": 0,
    "xargs": 0, "doas": 0, "timeout": 1, "ssh": 1, "chroot": 1, "eval": 0, "if": 0,
}  # fmt: skip
#: Options of them that are followed by a value.
_VALUED = frozenset(["-u", "--user", "-g", "--group", "-n", "-k", "-p", "-o", "-i", "-l", "-I"])
_SHELLS = frozenset(["sh", "bash", "dash", "su"])
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


def carried(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """What a command runs in the end: its words, without a folder; or shell text of its own."""
    while words and _ASSIGNS.match(words[0]):
        words = words[1:]
    if not words:
        return (), ""
    program = words[0].rpartition("/")[2] or words[0]
    if program in _SHELLS and "-c" in words[1:-1]:
        return (), words[words.index("-c") + 1]
    if program in _CARRIERS and (rest := _after_own(words[1:], _CARRIERS[program])):
        return (), rest[0] if len(rest) == 1 else shlex.join(rest)
    return (program, *words[1:]), ""


def _after_own(words: tuple[str, ...], own: int) -> tuple[str, ...]:
    """What is left without options, their values, assignments and *own* words."""
    while words and (words[0].startswith("-") or _ASSIGNS.match(words[0]) or own):
        if not words[0].startswith("-") and not _ASSIGNS.match(words[0]):
            own -= 1
        words = words[2:] if words[0] in _VALUED else words[1:]
    return words


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
