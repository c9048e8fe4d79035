#!/usr/bin/env python3
"""Says whether what a command printed is what was expected: holds, fails or unknown.

    judge.py OUTPUT STATUS [ERRORS] <QUESTION

QUESTION is JSON, {"format": ..., "expect": [[QUERY, MATCHER], ...]}; OUTPUT and ERRORS are files
with what the command printed, STATUS is its exit status. One line is printed,
"fails: wsrep_cluster_size is 2, expected 3", and the exit status is 0 (holds), 1 (fails)
or 3 (unknown: the command could not tell).

Formats and their queries:

    status  exit status 0 holds, 1 fails, anything else is unknown
    json    a.b[0].c, a[*].b, count(a[*]); an empty query or . is the whole
    xml     an ElementTree path with or without /@attribute, count(path)
    table   the first column of a row gives the rest of the row
    text    text (all of it), line (each line)

"status" is a query of every format. Where it is not asked, a command that failed is unknown.
Matchers: the text itself, or an operator and a space: ~ glob, != text, >= > <= < number.
A query with several results holds if there is one at least and each of them matches.
"""

from __future__ import annotations

import fnmatch
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HOLDS, FAILS, UNKNOWN = "holds", "fails", "unknown"
EXIT = {HOLDS: 0, FAILS: 1, UNKNOWN: 3}
#: A verdict and one line that says why.
Verdict = tuple[str, str]


class CannotTell(Exception):
    """The output does not have the form that the question needs."""


def judge(
    kind: str, expect: Sequence[Sequence[str]], output: str, status: int, errors: str = ""
) -> Verdict:
    """The verdict on *output* and exit *status* of a command."""
    by_status = [matcher for query, matcher in expect if query == "status"]
    queries = [(query, matcher) for query, matcher in expect if query != "status"]
    if status in _NO_ANSWER or (status and queries and not by_status):
        return UNKNOWN, _exit_status(status, errors)
    if not expect:
        return {0: HOLDS, 1: FAILS}.get(status, UNKNOWN), _exit_status(status, errors)
    try:
        said = [_compared("status", [str(status)], matcher) for matcher in by_status]
        if queries and not any(said):
            results = _read_as(kind, output)
            said += [_compared(query, results(query), matcher) for query, matcher in queries]
    except CannotTell as error:
        return UNKNOWN, str(error)
    wrong = list(filter(None, said))
    if wrong:
        return FAILS, ", ".join(wrong)
    return HOLDS, ", ".join(f"{query} {_wanted(matcher)}" for query, matcher in expect)


#: Ended at its time limit, cannot be executed, not found, killed.
_NO_ANSWER = {124: "no answer in time", 126: "cannot be executed", 127: "not found", 137: "killed"}


def _exit_status(status: int, errors: str) -> str:
    why = (errors.strip().splitlines() or [_NO_ANSWER.get(status, "")])[-1].strip()
    return f"exit status {status}" + (f": {why}" if why else "")


def _read_as(kind: str, output: str) -> Callable[[str], list[str]]:
    """What answers queries about *output*; ``count(query)`` is the number of its results."""
    if kind not in _READERS:
        raise CannotTell(f"format {kind!r} has no queries but 'status'")
    results = _READERS[kind](output)

    def counted(query: str) -> list[str]:
        inner = re.fullmatch(r"count\((.*)\)", query)
        return [str(len(results(inner[1])))] if inner else results(query)

    return counted


def _json(output: str) -> Callable[[str], list[str]]:
    try:
        data = json.loads(output)
    except ValueError as error:
        raise CannotTell(f"the output is not JSON: {error}") from None

    return lambda query: [_plain(value) for value in _walked(data, query)]


def _walked(data: Any, query: str) -> list[Any]:
    """The values at a dotted path; ``[*]`` is each item, of an object as of a list."""
    values = [data]
    for name, index in re.findall(r"([^.\[\]]+)|\[(\*|-?\d+)\]", query):
        values = [found for value in values for found in _inside(value, name or index, bool(name))]
    return values


def _inside(value: Any, key: str, named: bool) -> list[Any]:
    if named:
        return [value[key]] if isinstance(value, dict) and key in value else []
    if key == "*":
        return list(value.values()) if isinstance(value, dict) else _items(value)
    items = _items(value)
    return [items[int(key)]] if -len(items) <= int(key) < len(items) else []


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _xml(output: str) -> Callable[[str], list[str]]:
    try:
        root = ElementTree.fromstring(output)  # noqa: S314 - a tool of the node printed it
    except ElementTree.ParseError as error:
        raise CannotTell(f"the output is not XML: {error}") from None

    def results(query: str) -> list[str]:
        path, _, attribute = query.partition("/@")
        try:
            found = [root] if path in ("", ".") else root.findall(path)
        except (SyntaxError, KeyError, TypeError):
            raise CannotTell(f"{path!r} is not a path") from None
        if attribute:
            return [e.attrib[attribute] for e in found if attribute in e.attrib]
        return [(e.text or "").strip() for e in found]

    return results


def _table(output: str) -> Callable[[str], list[str]]:
    rows: dict[str, list[str]] = {}
    for line in output.splitlines():
        first, *rest = line.split(None, 1)[:2] or [""]
        if first:
            rows.setdefault(first, []).append((rest or [""])[0].strip())
    return lambda query: rows.get(query, [])


def _text(output: str) -> Callable[[str], list[str]]:
    parts = {"text": [output.strip()], "line": output.splitlines()}

    def results(query: str) -> list[str]:
        if query not in parts:
            raise CannotTell(f"{query!r} is neither 'text' nor 'line'")
        return parts[query]

    return results


_READERS = {"json": _json, "xml": _xml, "table": _table, "text": _text}
_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


def _split(matcher: str) -> tuple[str, str]:
    """The operator, empty for the text itself, and what it compares with."""
    sign, space, rest = matcher.partition(" ")
    known = space and (sign in _NUMBERS or sign in ("~", "!="))
    return (sign, rest.strip()) if known else ("", matcher.strip())


def _wanted(matcher: str) -> str:
    sign, value = _split(matcher)
    return f"{ {'': 'is', '~': 'is like', '!=': 'is not'}.get(sign, sign) } {value}"


def _compared(query: str, found: Sequence[str], matcher: str) -> str:
    """Why the results do not match; empty if they do."""
    sign, value = _split(matcher)
    expected = f"{sign} {value}".strip()
    if not found:
        return f"{query} is not there, expected {expected}"
    for text in found:
        if not _matches(text.strip(), sign, value):
            return f"{query} is {_short(text)}, expected {expected}"
    return ""


def _matches(text: str, sign: str, value: str) -> bool:
    if sign == "~":
        return fnmatch.fnmatchcase(text, value)
    if sign == "!=":
        return text != value
    if not sign:
        return text == value
    try:
        return _NUMBERS[sign](float(text), float(value))
    except ValueError:
        raise CannotTell(f"{_short(text)} {sign} {value} does not compare numbers") from None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return (line[:60] + "…" if len(line) > 60 else line) or "empty"


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8", errors="replace")


def main(arguments: Sequence[str]) -> int:
    """The program; whatever goes wrong here is unknown, never fails."""
    try:
        question = json.load(sys.stdin)
        output, status = _read(arguments[0]), int(arguments[1])
        errors = _read(arguments[2]) if len(arguments) > 2 else ""
        verdict, said = judge(question["format"], question["expect"], output, status, errors)
    except Exception as error:
        verdict, said = UNKNOWN, f"cannot judge: {type(error).__name__}: {error}"
    sys.stdout.buffer.write(f"{verdict}: {' '.join(said.split())}\n".encode())
    return EXIT[verdict]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
