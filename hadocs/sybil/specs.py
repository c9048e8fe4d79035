"""The examples of a YAML spec."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import sybil

from hadocs.problems import HadocsError
from hadocs.sybil.chosen import Chosen, Target
from hadocs.sybil.items import Entry, ExampleFile, ExampleItem, Examples, region


class SpecFile(ExampleFile):
    """A spec: its steps and checks, once for each target that the run chose."""

    chosen: Chosen

    def collect(self) -> Iterator[ExampleItem]:
        """Its entries; what is wrong in it is told at its place, without a traceback."""
        path = self.path.relative_to(self.chosen.root).as_posix()
        try:
            targets = self.chosen.targets
        except HadocsError as error:
            raise self.CollectError(_told(error, path)) from None
        self.sybils = [
            Examples([functools.partial(_regions, path, number, target)])
            for number, target in enumerate(targets)
        ]
        yield from super().collect()


def spec_file(path: Path, parent: pytest.Collector, chosen: Chosen) -> SpecFile:
    """The examples of the spec at *path*."""
    made: SpecFile = SpecFile.from_parent(parent, path=path, sybils=[])
    made.chosen = chosen
    return made


def _told(error: HadocsError, path: str) -> str:
    """The problems of this file; where it has none, the first of the others."""
    own = [str(problem) for problem in error.problems if problem.where.path == path]
    return "\n".join(own or [f"not collected because of {error.problems[0]}"])


def _regions(
    path: str, number: int, target: Target, document: sybil.Document
) -> Iterator[sybil.Region]:
    starts = [0]
    for line in document.text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for example in target.examples[path]:
        # Of no length: the steps of a slot stand at one place.
        at = starts[example.where.line - 1] + example.where.column - 1
        turn = example.turns[0] if example.turns else math.inf
        name = f"{example.name}[{target.name}]"
        yield region(
            at, at, Entry(name, functools.partial(target.verdict, example), (number, turn))
        )
