"""Everything that can be known to be wrong before a node is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.checks.cases import case_problems
from hadocs.plan.checks.commands import command_problems
from hadocs.plan.checks.conf import conf_problems
from hadocs.plan.checks.names import name_problems
from hadocs.plan.checks.owners import owner_problems, owner_problems_of
from hadocs.plan.checks.places import place_problems
from hadocs.plan.checks.references import reference_problems
from hadocs.plan.checks.sites import majority_problems, way_problems
from hadocs.plan.checks.tasks import task_problems
from hadocs.plan.checks.templates import template_problems
from hadocs.plan.checks.unique import unique_problems
from hadocs.plan.domain import Point
from hadocs.plan.site import site_problems
from hadocs.plan.tasks import everything
from hadocs.problems import HadocsError, Problem
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conf import SiteSpec

Check: TypeAlias = Callable[[Catalog], Iterator[Problem]]
ComponentCheck: TypeAlias = Callable[[Loaded[ComponentSpec], Catalog], Iterator[Problem]]

#: Checks of words over all specs.
OF_ALL: tuple[Check, ...] = (
    conf_problems,
    reference_problems,
    unique_problems,
    place_problems,
    task_problems,
)
#: Checks of one component that can be made whatever the words are.
OF_TEXT: tuple[ComponentCheck, ...] = (template_problems, command_problems, name_problems)
#: Those that work out what holds where, for which the words have to be right.
OF_CASES: tuple[ComponentCheck, ...] = (case_problems,)


def check(catalog: Catalog) -> None:
    """Raise every problem of all specs, sites and plans of a catalog."""
    check_specs(catalog)
    _raise(owner_problems(catalog))


def check_specs(catalog: Catalog) -> None:
    """Raise every problem of all specs and sites, but not those of plans."""
    wrong = [*_words(catalog)]
    checks = OF_TEXT if wrong else (*OF_TEXT, *OF_CASES)
    sites = () if wrong else catalog.sites.values()
    found = [p for part in everything(catalog) for one in checks for p in one(part, catalog)]
    _raise([*wrong, *found, *(p for site in sites for p in _site(catalog, site))])


def check_words(catalog: Catalog) -> None:
    """Raise the problems of names over all specs."""
    _raise(_words(catalog))


def check_component(component: Loaded[ComponentSpec], catalog: Catalog) -> None:
    """Raise the problems of one component, in a catalog whose words are right."""
    _raise(problem for one in (*OF_TEXT, *OF_CASES) for problem in one(component, catalog))


def check_plan(catalog: Catalog, site: Loaded[SiteSpec], point: Point) -> None:
    """Raise the problems of one site and of its plan."""
    _raise(_site(catalog, site))
    _raise(owner_problems_of(catalog, site, [point]))


def _words(catalog: Catalog) -> Iterator[Problem]:
    return (problem for one in OF_ALL for problem in one(catalog))


def _site(catalog: Catalog, site: Loaded[SiteSpec]) -> list[Problem]:
    return [*site_problems(site, catalog)] or [
        *majority_problems(site, catalog),
        *way_problems(site, catalog),
    ]


def _raise(problems: Iterable[Problem]) -> None:
    if found := [*problems]:
        raise HadocsError(found)
