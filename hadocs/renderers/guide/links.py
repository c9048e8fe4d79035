"""Links to pages of the guide; pages of the Install Guide: which, for what, and where."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

from hadocs.loading.catalog import Catalog
from hadocs.loading.source import read_text
from hadocs.plan.domain import in_series
from hadocs.problems import Code, HadocsError, Location, Problem, did_you_mean
from hadocs.renderers.blocks import Inline, Link
from hadocs.renderers.guide.context import Context

SHARED = "shared"


@functools.lru_cache(maxsize=8)
def pages(root: Path, file: str) -> frozenset[tuple[str, str, str]]:
    """Rows of project, series and slug of the pages that exist."""
    text = read_text(root, f"conf/releases/{file}")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return frozenset((row[0], row[1], row[2]) for row in rows if len(row) >= 3)


@functools.lru_cache(maxsize=256)
def _slugs(root: Path, files: tuple[str, ...], project: str) -> Mapping[str, frozenset[str]]:
    """The pages of one project, by series."""
    rows = [row for file in files for row in pages(root, file) if row[0] == project]
    return {
        series: frozenset(slug for _, other, slug in rows if other == series)
        for _, series, _ in rows
    }


def install_guide_link(context: Context, target: str, system: str | None) -> Link:
    """The page *target* (``project/page``) for *system*: its own variant, else the next best.

    A distro whose variant left the Install Guide is linked to the newest series that has it.
    """
    project, _, page = target.partition("/")
    suffixes = _suffixes(context.catalog, system)
    for series, slugs in _candidates(context, project):
        for slug in (*(f"{page}-{suffix}" for suffix in suffixes), page):
            if slug in slugs:
                return Link(f"{project}: {slug}", url=_url(context.catalog, series, project, slug))
    known = [f"{project}/{slug}" for _, slugs in _candidates(context, project) for slug in slugs]
    message = f"the Install Guide has no page {target!r} for {context.series}"
    hint = did_you_mean(target, known)
    raise HadocsError([Problem(Location(""), Code.LINK, message, hint)])


def _suffixes(catalog: Catalog, system: str | None) -> tuple[str, ...]:
    if system is not None:
        return catalog.systems[system].distro.spec.install_guide
    found = (suffix for distro in catalog.distros.values() for suffix in distro.spec.install_guide)
    return tuple(dict.fromkeys(found))


def _candidates(context: Context, project: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Series with the slugs of a project: this one, then older ones, then the shared pages."""
    catalog = context.catalog
    files = dict.fromkeys(r.spec.pages for r in catalog.releases.values() if r.spec.pages)
    found = _slugs(catalog.root, tuple(files), project)
    older = [s for s in reversed(catalog.series) if in_series(s, None, context.series, catalog)]
    shared = [SHARED] * any(release.spec.shared_docs for release in catalog.releases.values())
    for series in (*older, *shared):
        if slugs := found.get(series):
            yield series, slugs


def _url(catalog: Catalog, series: str, project: str, slug: str) -> str:
    if series == SHARED:
        patterns = (r.spec.shared_docs for r in catalog.releases.values() if r.spec.shared_docs)
        return next(patterns).format(project=project, page=slug)
    return catalog.releases[series].spec.docs.format(project=project, page=slug)


def linked(names: tuple[str, ...]) -> Iterator[Inline]:
    """Links that show the titles of their targets, so that a title is no content of this page."""
    for index, name in enumerate(names):
        if index:
            yield ", "
        yield Link("", page=f"guide/{name}")
