"""Text on its way into a script: places for values that only a run knows, and here-documents."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from hadocs.plan.text import Kind, Span, Text
from hadocs.shell import end_marker

_RUN_TIME = (Kind.SECRET, Kind.CAPTURED)


@dataclass(frozen=True)
class Placed:
    """*text* with ``@{secret.NAME}`` where a value comes in; *mark* is what stands before NAME.

    The mark is longer where the text itself has one, so that only places are places. It is empty
    if there are none.
    """

    text: str
    mark: str


def placed(text: Text) -> Placed:
    """*text* with its secrets and captured values as places."""
    if not at_run_time(text):
        return Placed(str(text), "")
    mark = "@{"
    while any(mark in piece for piece, span in text.pieces() if not _is_place(span)):
        mark = "@" + mark
    parts = (
        f"{mark}{span.kind.value}.{span.name}}}" if span and _is_place(span) else piece
        for piece, span in text.pieces()
    )
    return Placed("".join(parts), mark)


def at_run_time(text: Text) -> bool:
    """Whether the text has values that only a run knows."""
    return any(_is_place(span) for span in text.spans)


def _is_place(span: Span | None) -> bool:
    return span is not None and span.kind in _RUN_TIME


def fed(command: str, text: Text, exact: bool = True) -> Iterator[str]:
    """Lines that give *text* to a function of lib.sh on its standard input.

    A here-document ends with a newline; *exact* says that it matters whether the text has one.
    """
    place = placed(text)
    body, settings = place.text, ""
    if place.mark:
        settings += f"mark={shlex.quote(place.mark)} "
    if body and not body.endswith("\n"):
        settings += "cut=yes " if exact else ""
        body += "\n"
    end = end_marker(body)
    yield f"    {settings}{command} <<'{end}'"
    yield from body.split("\n")[:-1]
    yield end
