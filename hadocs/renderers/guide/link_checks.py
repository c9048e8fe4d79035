"""Pages of the Install Guide that specs and prose name: whether they exist, where named."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.loading.source import read_text
from hadocs.plan.domain import in_series, supported
from hadocs.plan.tasks import everything
from hadocs.plan.walk import all_steps
from hadocs.problems import Code, HadocsError, Location, Problem, did_you_mean
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.links import install_guide_link, pages
from hadocs.spec.component import ComponentSpec

_ROLE = re.compile(r"(?<![`\w]):install-guide:`(?:[^`<]*<)?([^`<>]+)>?`")
#: Address of a page in a series, for a system or for none in particular; None if there is none.
_Find: TypeAlias = Callable[[str, str, str | None], str | None]


@dataclass(frozen=True)
class Mention:
    """A page that somebody names; a link *by_system* leads to the page of each system."""

    page: str
    where: Location
    by_system: bool = False
    since: str | None = None
    until: str | None = None


def link_problems(catalog: Catalog) -> Iterator[Problem]:
    """One problem for each name that no page answers to in some live series.

    A page that some systems lack is none: the guide says so in their tabs.
    """
    yield from _suffix_problems(catalog)
    find, hint = _finder(catalog), functools.cache(functools.partial(_hint, catalog))
    for mention in (*_in_specs(catalog), *_in_prose(catalog)):
        lacking = [
            series
            for series in catalog.live_series
            if in_series(series, mention.since, mention.until, catalog)
            and not any(find(mention.page, series, s) for s in _systems(mention, series, catalog))
        ]
        if lacking:
            message = f"the Install Guide has no page {mention.page!r} for {', '.join(lacking)}"
            yield Problem(mention.where, Code.LINK, message, hint(mention.page, lacking[0]))


def check_links(catalog: Catalog) -> None:
    """Raise every problem of `link_problems`."""
    if problems := list(link_problems(catalog)):
        raise HadocsError(problems)


def links_of_specs(catalog: Catalog) -> Mapping[str, tuple[Location, ...]]:
    """Addresses that pages make out of names in specs, with the places of the names."""
    find = _finder(catalog)
    found: dict[str, dict[Location, None]] = {}
    for mention in _in_specs(catalog):
        for series in catalog.series:
            for system in _systems(mention, series, catalog):
                if url := find(mention.page, series, system):
                    found.setdefault(url, {})[mention.where] = None
    return {url: tuple(places) for url, places in found.items()}


def dead_links(catalog: Catalog) -> re.Pattern[str]:
    """Matches addresses in the documentation of the series whose files say that it is gone."""
    dead = (r.spec.docs for r in catalog.releases.values() if r.spec.links == "dead")
    patterns = (
        re.escape(docs).replace(r"\{project\}", "[^/]+").replace(r"\{page\}", ".+") for docs in dead
    )
    return re.compile("|".join(f"{pattern}(?:#.*)?$" for pattern in patterns) or "(?!)")


def _finder(catalog: Catalog) -> _Find:
    contexts = {series: Context(catalog, series) for series in catalog.series}

    @functools.cache
    def find(page: str, series: str, system: str | None) -> str | None:
        try:
            return install_guide_link(contexts[series], page, system).url
        except HadocsError:
            return None

    return find


def _systems(mention: Mention, series: str, catalog: Catalog) -> tuple[str | None, ...]:
    if not mention.by_system:
        return (None,)
    return tuple(system for system, carried in supported(catalog) if carried == series)


def _in_specs(catalog: Catalog) -> Iterator[Mention]:
    for component in everything(catalog):
        spec = component.spec
        for page, place in _names(component):
            by_system = place[-1] == "same_without_ha"
            yield Mention(page, component.at(*place), by_system, spec.since, spec.until)


def _names(component: Loaded[ComponentSpec]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for index, page in enumerate(component.spec.install_guide):
        yield page, ("install_guide", index)
    for step, place in all_steps(component):
        if step.same_without_ha:
            yield step.same_without_ha, (*place, "same_without_ha")


def _in_prose(catalog: Catalog) -> Iterator[Mention]:
    """What roles name, in the pages that people write and in any text of a spec."""
    for path, text in _texts(catalog):
        for role in _ROLE.finditer(text):
            at = role.start(1)
            line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
            yield Mention(role[1].strip(), Location(path, line, column))


def _texts(catalog: Catalog) -> Iterator[tuple[str, str]]:
    folders = (catalog.components, catalog.procedures, catalog.drills, catalog.sites)
    for loaded in (catalog.guide, *(one for folder in folders for one in folder.values())):
        yield loaded.source.path, loaded.source.text
    for path in sorted((catalog.root / "content").rglob("*.rst")):
        relative = path.relative_to(catalog.root).as_posix()
        yield relative, read_text(catalog.root, relative)


def _suffix_problems(catalog: Catalog) -> Iterator[Problem]:
    """Endings of the pages of a distro that no page has."""
    slugs = {slug for _, _, slug in _rows(catalog)}
    for distro in catalog.distros.values():
        for index, suffix in enumerate(distro.spec.install_guide):
            if slugs and not any(slug.endswith(f"-{suffix}") for slug in slugs):
                endings = {slug.rpartition("-")[2] for slug in slugs}
                message = f"no page of the Install Guide ends with '-{suffix}'"
                hint = did_you_mean(suffix, endings)
                yield Problem(distro.at("install_guide", index), Code.LINK, message, hint)


def _rows(catalog: Catalog) -> frozenset[tuple[str, str, str]]:
    files = {r.spec.pages for r in catalog.releases.values() if r.spec.pages}
    return frozenset(row for file in files for row in pages(catalog.root, file))


def _hint(catalog: Catalog, page: str, series: str) -> str:
    """The name of a page of the series that was probably meant, without the ending of a distro."""
    suffixes = {suffix for d in catalog.distros.values() for suffix in d.spec.install_guide}
    historic = {name for name, r in catalog.releases.items() if r.spec.historic}
    ending = re.compile(f"-(?:{'|'.join(map(re.escape, sorted(suffixes)))})$" if suffixes else "$")
    rows = (row for row in _rows(catalog) if row[1] not in historic)
    known = {
        f"{project}/{ending.sub('', slug)}"
        for project, carried, slug in rows
        if carried not in catalog.series or not catalog.is_before(series, carried)
    }
    return did_you_mean(page, known)
