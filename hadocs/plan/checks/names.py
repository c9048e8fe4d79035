"""Names of packages, units and paths that some supported system does not know."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import Point, default_ways, holds, in_series, supported
from hadocs.plan.names import NameKind, known_names, look_up
from hadocs.plan.walk import Place, actions
from hadocs.problems import Code, Problem, did_you_mean
from hadocs.spec.actions import ActionSpec
from hadocs.spec.component import CaseSpec, ComponentSpec


def name_problems(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    """One problem for each name of a component, with the systems that lack it."""
    for action, place in actions(component):
        for kind, name, inside in _asked(action, place):
            lacking = _lacking(component, action, kind, name, catalog)
            if lacking:
                message = f"{kind} has no {name!r} for {', '.join(lacking)}"
                system = catalog.systems[lacking[0]]
                hint = did_you_mean(name, known_names(component, system, kind))
                yield Problem(component.at(*inside), Code.UNKNOWN_NAME, message, hint)


def _asked(action: ActionSpec, place: Place) -> Iterator[tuple[NameKind, str, Place]]:
    for index, name in enumerate(action.install or ()):
        if "{" not in name:
            yield "packages", name, (*place, "install", index)
    if action.service is not None:
        key = "start" if action.service.start else "stop"
        yield "units", getattr(action.service, key), (*place, "service", key)
    if action.fault is not None:
        for node, unit in action.fault.units.items():
            yield "units", unit, (*place, "fault", action.fault.kind, node)


def _lacking(
    component: Loaded[ComponentSpec],
    action: ActionSpec,
    kind: NameKind,
    name: str,
    catalog: Catalog,
) -> list[str]:
    ways, result = default_ways(catalog), {}
    spec = component.spec
    for system, series in supported(catalog):
        shells = action.when.shell if isinstance(action, CaseSpec) else ()
        point = Point(system, shells[0] if shells else "crm", series, ways)
        if not in_series(series, spec.since, spec.until, catalog):
            continue
        if isinstance(action, CaseSpec):
            plain = action.when.model_copy(update={"way": {}})
            if not holds(plain, point, catalog, component.name):
                continue
        if look_up(component, catalog.systems[system], kind, name) is None:
            result[system] = True
    return list(result)
