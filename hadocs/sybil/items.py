"""Examples as items of pytest: what they are called, and how a verdict is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sybil
from sybil.example import SybilFailure
from sybil.integration.pytest import SybilFile, SybilItem

from hadocs.verify.examples import Verdict


@dataclass(frozen=True)
class Entry:
    """An example in a document: its *name* for ever, and what gives its verdict.

    *order* is its place among all; without one it stays where its file has it.
    """

    name: str
    verdict: Callable[[], Verdict]
    order: tuple[float, ...] = ()


def region(start: int, end: int, entry: Entry) -> sybil.Region:
    """The part of a document that is *entry*."""
    return sybil.Region(start, end, entry, _evaluated)


def _evaluated(example: sybil.Example) -> str | None:
    """How the example failed; a skip if nothing of it was executed."""
    verdict: Verdict = example.parsed.verdict()
    if verdict.kind == "executed":
        return None
    if verdict.kind == "failed":
        return verdict.why
    raise pytest.skip.Exception(f"{verdict.kind}: {verdict.why}", _use_item_location=True)


class Examples(sybil.Sybil):
    """Documents whose examples are entries."""

    def identify(self, example: sybil.Example) -> str:
        """The entry's name: line and column would change with every edit."""
        return str(example.parsed.name)


class ExampleItem(SybilItem):
    """An entry as pytest runs it."""

    def __init__(
        self, parent: pytest.Collector, sybil: sybil.Sybil, example: sybil.Example
    ) -> None:
        name = sybil.identify(example)
        # Not the id that pytest makes of a name: it equals none that was parsed, so that --lf
        # would not find what has brackets.
        pytest.Item.__init__(self, name, parent, nodeid=f"{parent.nodeid}::{name}")
        self.example = example
        self.request_fixtures(sybil.fixtures)  # type: ignore[no-untyped-call]  # of sybil

    @property
    def order(self) -> tuple[float, ...]:
        """Its place among all entries."""
        entry: Entry = self.example.parsed
        return entry.order

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Its place as pytest counts, from 0; sybil counts from 1."""
        return self.path, self.example.line - 1, self.name

    def repr_failure(self, excinfo, style=None):  # type: ignore[no-untyped-def]  # pytest's own
        """What the verdict said, alone: it has its place already."""
        if isinstance(excinfo.value, SybilFailure):
            return excinfo.value.result
        return super().repr_failure(excinfo, style)


class ExampleFile(SybilFile):
    """A file with examples."""

    def collect(self) -> Iterator[ExampleItem]:
        """Its entries, marked so that the end of a run can count them."""
        for one in self.sybils:
            document = one.parse(self.path)
            self.documents.append(document)
            for example in document.examples():
                item = ExampleItem.from_parent(self, sybil=one, example=example)
                item.add_marker("example")
                yield item
