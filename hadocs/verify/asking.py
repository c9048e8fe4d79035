"""Asks an expectation on a node that has no scripts yet; the answer means what theirs means."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from hadocs import node as node_programs
from hadocs.plan.model import Expectation
from hadocs.plan.text import Kind, Span, Text
from hadocs.secrets import hidden
from hadocs.shell import quoted
from hadocs.verify.runner import Runner

#: As long as a node's script asks, and what a connection takes beyond that.
_LIMIT, _GRACE = 30, 20
_FIRST_LINE_IS_A_PROGRAM = (
    "import json, sys; exec(json.loads(sys.stdin.readline()), {'__name__': '__main__'})"
)
#: What may stand in place of a value, as in the scripts.
_SHELL = re.compile(r"[A-Za-z0-9_.:/@%+=,-]+")
#: A shorter value is no secret that could be told from other text; the scripts do the same.
_LEAST = 6
_ANY = re.compile(r".*", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What a node said: the verdict, *text* that says why, and what the command *printed*."""

    verdict: Literal["holds", "fails", "unknown"]
    text: str
    printed: str = ""


class _Missing(Exception):
    """A value that the question needs is not there, or cannot stand where it has to."""


def ask(
    runner: Runner, node: str, expectation: Expectation, secrets: Mapping[str, str] | None = None
) -> Answer:
    """What *node* answers; *secrets* are values by name, which no answer shows.

    Everything goes by standard input: nothing is left on the node, nothing is on a command line.
    """
    values = secrets or {}
    try:
        given = _given(expectation, values)
    except _Missing as missing:
        return Answer("unknown", str(missing))
    lines = json.dumps(_program("asked.py")), json.dumps(given)
    ended = runner.run(
        node,
        shlex.join(["python3", "-c", _FIRST_LINE_IS_A_PROGRAM]),
        stdin="\n".join(lines).encode(),
        timeout=_LIMIT + _GRACE,
    )
    try:
        told = json.loads(ended.stdout)
    except ValueError:
        why = (ended.stderr.strip().splitlines() or [f"exit status {ended.status}"])[-1]
        return Answer("unknown", f"it cannot be asked: {_hidden(why, values)}")
    said, printed = _hidden(told["said"], values), _hidden(told["printed"], values)
    return Answer(told["verdict"], said, printed)


def _given(expectation: Expectation, values: Mapping[str, str]) -> Mapping[str, object]:
    asked = expectation.input
    return {
        "judge": _program("judge.py"),
        "text": _filled(quoted(expectation.text), values, _SHELL),
        "input": "" if asked is None else _filled(asked, values, _ANY),
        "format": expectation.format,
        "expect": [(query, _filled(wanted, values, _ANY)) for query, wanted in expectation.expect],
        "limit": _LIMIT,
    }


def _program(name: str) -> str:
    return files(node_programs).joinpath(name).read_text(encoding="utf-8")


def _filled(text: Text, values: Mapping[str, str], fits: re.Pattern[str]) -> str:
    """*text* with its secrets in their places."""
    return "".join(
        _value(span, values, fits) if span and span.kind in (Kind.SECRET, Kind.CAPTURED) else piece
        for piece, span in text.pieces()
    )


def _value(span: Span, values: Mapping[str, str], fits: re.Pattern[str]) -> str:
    if span.kind is Kind.CAPTURED or span.name not in values:
        raise _Missing(f"the {span.kind} value {span.name} is not here")
    if not fits.fullmatch(values[span.name]):
        raise _Missing(f"{span.kind} {span.name} has characters that cannot stand in a command")
    return values[span.name]


def _hidden(text: str, values: Mapping[str, str]) -> str:
    marks = {value: f"@{{secret.{name}}}" for name, value in values.items()}
    return hidden(text, {value: mark for value, mark in marks.items() if len(value) >= _LEAST})
