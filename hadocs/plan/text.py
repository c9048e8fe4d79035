"""Text that remembers which of its characters are a value of the site, a node, a secret."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """Whose value a span shows."""

    SITE = "site"
    NODE = "node"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    CAPTURED = "captured"


@dataclass(frozen=True)
class Span:
    """Characters *start* to *end* are a value; *name* is the expression that gave it.

    The text under a secret or captured span is a placeholder (``SECRET_NAME``), never the value,
    which only a run can know.
    """

    start: int
    end: int
    kind: Kind
    name: str


@dataclass(frozen=True)
class Text:
    """Characters with marked values; spans are in order and do not overlap."""

    text: str
    spans: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    def pieces(self) -> Iterator[tuple[str, Span | None]]:
        """The text cut at the borders of its spans."""
        at = 0
        for span in self.spans:
            if span.start > at:
                yield self.text[at : span.start], None
            yield self.text[span.start : span.end], span
            at = span.end
        if at < len(self.text):
            yield self.text[at:], None

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Expressions of one *kind* that the text shows, each once, in order."""
        return tuple(dict.fromkeys(span.name for span in self.spans if span.kind is kind))

    def __getitem__(self, part: slice) -> Text:
        start, end, _ = part.indices(len(self.text))
        kept = (
            Span(max(s.start, start) - start, min(s.end, end) - start, s.kind, s.name)
            for s in self.spans
            if max(s.start, start) < min(s.end, end)
        )
        return Text(self.text[start:end], tuple(kept))

    def __add__(self, other: Text | str) -> Text:
        return join("", [self, other])

    def __radd__(self, other: str) -> Text:
        return join("", [other, self])

    def lines(self) -> tuple[Text, ...]:
        """The lines without their ends."""
        at, result = 0, []
        for line in self.text.split("\n"):
            result.append(self[at : at + len(line)])
            at += len(line) + 1
        if result and not result[-1].text:
            result.pop()
        return tuple(result)

    def generic(self) -> str:
        """The text with every value replaced by its expression: the same for every site."""
        return "".join(f"{{{{ {span.name} }}}}" if span else text for text, span in self.pieces())


def join(separator: str, parts: Iterable[Text | str]) -> Text:
    """Marked texts, one behind the other, with their marks."""
    texts: list[str] = []
    spans: list[Span] = []
    at = 0
    for part in parts:
        if isinstance(part, Text):
            spans += (Span(s.start + at, s.end + at, s.kind, s.name) for s in part.spans)
            part = part.text
        texts.append(part)
        at += len(part) + len(separator)
    return Text(separator.join(texts), tuple(spans))
