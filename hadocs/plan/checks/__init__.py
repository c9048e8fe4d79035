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

#: Checks of words over all specs; those of one component need them to hold.
OF_ALL: tuple[Check, ...] = (
    conf_problems,
    reference_problems,
    unique_problems,
    place_problems,
    task_problems,
)
OF_COMPONENT: tuple[ComponentCheck, ...] = (
    template_problems,
    case_problems,
    command_problems,
    name_problems,
)


def check(catalog: Catalog) -> None:
    """Raise every problem of all specs, sites and plans of a catalog."""
    check_specs(catalog)
    _raise(owner_problems(catalog))


def check_specs(catalog: Catalog) -> None:
    """Raise every problem of all specs and sites, but not those of plans."""
    check_words(catalog)
    parts = [*everything(catalog)]
    found = [p for part in parts for one in OF_COMPONENT for p in one(part, catalog)]
    _raise([*found, *(p for site in catalog.sites.values() for p in _site(catalog, site))])


def check_words(catalog: Catalog) -> None:
    """Raise the problems of names over all specs."""
    _raise(problem for one in OF_ALL for problem in one(catalog))


def check_component(component: Loaded[ComponentSpec], catalog: Catalog) -> None:
    """Raise the problems of one component, in a catalog whose words are right."""
    _raise(problem for one in OF_COMPONENT for problem in one(component, catalog))


def check_plan(catalog: Catalog, site: Loaded[SiteSpec], point: Point) -> None:
    """Raise the problems of one site and of its plan."""
    _raise(_site(catalog, site))
    _raise(owner_problems_of(catalog, site, [point]))


def _site(catalog: Catalog, site: Loaded[SiteSpec]) -> list[Problem]:
    return [*site_problems(site, catalog)] or [
        *majority_problems(site, catalog),
        *way_problems(site, catalog),
    ]


def _raise(problems: Iterable[Problem]) -> None:
    if found := [*problems]:
        raise HadocsError(found)
