"""Builds of a large guide, beside plain Sphinx and beside a Sphinx that has nothing to do."""

from __future__ import annotations

import functools
import itertools
import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from .content import project, sentence, write_conf
from .measure import Ratios, Side, compared, cpu
from .plain import peer


class Builds:
    """A guide of *count* components, its peer and an empty project, below *root*."""

    def __init__(self, root: Path, count: int) -> None:
        self.root, self.count = root, count

    @functools.cached_property
    def guide(self) -> Side:
        """The build of the guide, as it stands."""
        return _build(project(self.root / "guide", self.count))

    @functools.cached_property
    def plain(self) -> Side:
        """The build of the same pages in reStructuredText, from nothing."""
        return _fresh(_build(peer(self.guide.folder, self.root / "plain")))

    @functools.cached_property
    def empty(self) -> Side:
        """The build of one page with a title, from nothing."""
        folder = self.root / "empty"
        for part in ("conf", "content"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        write_conf(folder / "conf", "plain")
        (folder / "content/index.rst").write_text("Empty\n=====\n")
        return _fresh(_build(folder))

    def full(self, rounds: int) -> Ratios:
        """Everything, from nothing."""
        return compared(_fresh(self.guide), self.plain, rounds)

    def unchanged(self, rounds: int) -> Ratios:
        """Nothing to do."""
        cpu(self.guide)
        return compared(self.guide, self.empty, rounds, warm=True)

    def edited(self, rounds: int) -> Ratios:
        """One component says something else each time; no title changes."""
        cpu(self.guide)
        spec = self.guide.folder / "components" / f"part{self.count - 1:04}.yaml"
        text, source = spec.read_text(), random.Random(self.count)
        versions = itertools.count()

        def edit() -> None:
            new = f"summary: |\n  Version {next(versions)}. {sentence(source)}\n"
            spec.write_text(text.replace("summary: |\n", new))

        return compared(replace(self.guide, prepare=edit), self.empty, rounds, warm=True)


def _build(folder: Path) -> Side:
    """Serial, strict, with doctrees beside the output."""
    options = ("-q", "-n", "-W", "--keep-going", "-b", "html", "-d", "trees", "-c", "conf")
    return Side((sys.executable, "-m", "sphinx", *options, "content", "html"), folder)


def _fresh(side: Side) -> Side:
    def remove() -> None:
        for part in ("trees", "html"):
            shutil.rmtree(side.folder / part, ignore_errors=True)

    return replace(side, prepare=remove)
