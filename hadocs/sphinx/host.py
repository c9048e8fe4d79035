"""Where the guide comes from, and how its problems become Sphinx warnings."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from sphinx.config import Config
from sphinx.util import logging

from hadocs.problems import HadocsError, Location, Problem

if TYPE_CHECKING:
    from hadocs.plan.text import Text
    from hadocs.renderers.blocks import Block, Link, Page

logger = logging.getLogger(__name__)


class Fragment(Protocol):
    """Blocks for a place in a page that people wrote, and the files on which they depend."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What stands there."""

    @property
    def sources(self) -> frozenset[str]:
        """Paths of the project, of files or folders, that may not exist yet."""


class Guide(Protocol):
    """What Sphinx asks of the guide."""

    def page(self, name: str) -> Page:
        """A whole page, by its name (``guide/galera``)."""

    def fragment(self, kind: str, argument: str) -> Fragment:
        """The part that the directive ``hadocs-KIND`` shows."""

    def link(self, role: str, target: str) -> Link | Text:
        """What a role refers to; a link without a text shows the title of its target."""


#: Loads the catalog of the project at a path, for a series or the one of the guide itself.
Opener = Callable[[Path, str | None], Guide]


class Host:
    """The guide of one build: opened when something must be read, and at most once."""

    def __init__(self, root: Path, opener: str, series: str = "") -> None:
        self.root, self._series = root, series
        self._opener = opener
        self._told: set[Problem] = set()

    @functools.cached_property
    def _opened(self) -> Guide | HadocsError:
        module, _, name = self._opener.partition(":")
        opener = cast(Opener, getattr(importlib.import_module(module), name))
        try:
            return opener(self.root, self._series or None)
        except HadocsError as error:
            return error

    def open(self) -> None:
        """Open the guide now; what is wrong with it is told where it is used."""
        _ = self._opened

    @property
    def guide(self) -> Guide:
        """The guide; raises each time what was wrong with the project."""
        if isinstance(self._opened, HadocsError):
            raise self._opened
        return self._opened

    def source(self, path: str) -> str:
        """*path* of the project as Sphinx wants it, whatever the working directory."""
        return str(self.root / path) if path else ""

    def tell(self, error: HadocsError, here: tuple[str, int]) -> None:
        """Warn of each problem once, in its own file, else *here*; its code is the subtype."""
        for problem in error.problems:
            if problem not in self._told:
                self._told.add(problem)
                hint = f"\n    hint: {problem.hint}" if problem.hint else ""
                logger.warning(
                    "%s%s",
                    problem.message,
                    hint,
                    location=self._place(problem.where, here),
                    type="hadocs",
                    subtype=str(problem.code),
                )

    def _place(self, where: Location, here: tuple[str, int]) -> str:
        path, line = (self.source(where.path), where.line) if where.path else here
        return f"{path}:{line or 1}"


@functools.lru_cache(maxsize=1)
def host(config: Config) -> Host:
    """The host of the build that has *config*; an earlier build in the process is forgotten."""
    return Host(Path(config.hadocs_root), config.hadocs_guide, config.hadocs_series)
