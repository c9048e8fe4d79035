"""Expectations as a reader asks them: the command, and what it has to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hadocs.plan.model import Check, Expectation
from hadocs.plan.text import Kind, Text
from hadocs.renderers.blocks import Block, Code, InCode, Inline, Line


def check_blocks(check: Check) -> Iterator[Block]:
    """A check with its question and what must be answered."""
    yield Line((f"{check.title}, within {duration(check.within)}:",))
    yield from asked_blocks(check.expectation, check.nodes)


def asked_blocks(asked: Expectation, nodes: Sequence[str]) -> Iterator[Block]:
    """The command of an expectation and what it must say."""
    yield Code(asked.text, "bash", "check", prompt="#", nodes=tuple(nodes), where=asked.where)
    if asked.input is not None:
        yield Code(asked.input, "text", "file", "on its standard input", nodes=tuple(nodes))
    yield from own_values([asked.text, *([asked.input] if asked.input else [])], nodes)
    if not asked.expect:
        yield Line(("It holds if the command succeeds (exit status 0).",))
        return
    parts: list[Inline] = ["It holds if "]
    for index, (query, matcher) in enumerate(asked.expect):
        parts += [" and " * bool(index), InCode(query), _says(str(matcher)), InCode(_bare(matcher))]
    yield Line((*parts, "."))


def own_values(texts: Iterable[Text], nodes: Sequence[str]) -> Iterator[Block]:
    """Says which values are the first node's own, where a text is shown once for several nodes."""
    own = {
        (piece, span.name)
        for text in texts
        for piece, span in text.pieces()
        if span is not None and span.kind is Kind.NODE
    }
    if len(nodes) < 2 or not own:
        return
    parts: list[Inline] = [f"Shown for {nodes[0]}: "]
    for index, (piece, name) in enumerate(sorted(own)):
        what = name.removeprefix("node.").replace(".", " ")
        parts += [" and " * bool(index), InCode(piece), f" is its own {what}"]
    yield Line((*parts, "; the other nodes have theirs."))


def _says(matcher: str) -> str:
    sign = matcher.split(" ", 1)[0]
    words = {"~": " is like ", "!=": " is not ", ">=": " is at least ", "<=": " is at most ",
             ">": " is more than ", "<": " is less than "}  # fmt: skip
    return words.get(sign, " is ")


def _bare(matcher: Text) -> Text:
    sign, space, _ = str(matcher).partition(" ")
    return (
        matcher[len(sign) + 1 :] if space and sign in ("~", "!=", ">=", "<=", ">", "<") else matcher
    )


def duration(seconds: int) -> str:
    """Seconds as a person says them."""
    for size, word in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {word}{'s' * (count != 1)}"
    return f"{seconds} second{'s' * (seconds != 1)}"
