"""Everything that can be known to be wrong before a node is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.checks.cases import case_problems
from hadocs.plan.checks.commands import command_problems
from hadocs.plan.checks.conf import conf_problems
from hadocs.plan.checks.names import name_problems
from hadocs.plan.checks.owners import owner_problems
from hadocs.plan.checks.places import place_problems
from hadocs.plan.checks.references import reference_problems
from hadocs.plan.checks.sites import majority_problems
from hadocs.plan.checks.templates import template_problems
from hadocs.plan.checks.unique import unique_problems
from hadocs.plan.site import site_problems
from hadocs.plan.tasks import task_problems
from hadocs.problems import HadocsError, Problem
from hadocs.spec.conf import SiteSpec

Check: TypeAlias = Callable[[Catalog], Iterator[Problem]]

#: Checks of words and forms; the later ones need them to hold.
FIRST: tuple[Check, ...] = (
    conf_problems,
    reference_problems,
    unique_problems,
    place_problems,
    task_problems,
)
THEN: tuple[Check, ...] = (template_problems, case_problems, command_problems, name_problems)


def check(catalog: Catalog) -> None:
    """Raise every problem of all specs and sites of a catalog."""
    _raise([problem for one in FIRST for problem in one(catalog)])
    problems = [problem for one in THEN for problem in one(catalog)]
    for site in catalog.sites.values():
        problems += _site(catalog, site)
    _raise(problems)
    _raise(list(owner_problems(catalog)))


def check_site(catalog: Catalog, site: Loaded[SiteSpec]) -> None:
    """Raise every problem of one site."""
    _raise(_site(catalog, site))


def _site(catalog: Catalog, site: Loaded[SiteSpec]) -> list[Problem]:
    return [*site_problems(site, catalog)] or [*majority_problems(site, catalog)]


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise HadocsError(problems)
