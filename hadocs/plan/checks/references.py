"""Names that point at nothing, ids that stand twice, components that wait for each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.order import cycle
from hadocs.plan.tasks import everything
from hadocs.plan.template import BRACES
from hadocs.plan.walk import actions, cluster_ids, conditions, guards, own_steps, waits
from hadocs.problems import Code, Problem, not_there
from hadocs.spec.base import Spec
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conditions import When

Place = tuple[str | int, ...]


def reference_problems(catalog: Catalog) -> Iterator[Problem]:
    """Dangling names of every component, then cycles over all of them."""
    for component in everything(catalog):
        for check in _CHECKS:
            yield from check(component, catalog)
        for when, place in conditions(component):
            yield from _condition(component, when, place, catalog)
    if waiting := cycle(catalog.components):
        first = catalog.components[waiting[0]]
        message = f"components wait for each other: {' -> '.join((*waiting, waiting[0]))}"
        yield Problem(first.at("after"), Code.CYCLE, message)


def unknown(
    loaded: Loaded[Spec],
    place: Place,
    what: str,
    name: str,
    known: Iterable[str],
    *,
    key: bool = False,
) -> Iterator[Problem]:
    """*name* at *place* (or as its key) is none of the *known* words."""
    known = list(known)
    if name not in known:
        yield not_there(loaded.at(*place, key=key), what, name, known)


def _words(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    spec, guide = component.spec, catalog.guide.spec
    roles = [role.id for role in guide.roles]
    chapters = [chapter.id for chapter in guide.chapters]
    if component.name in catalog.components:
        yield from unknown(component, ("chapter",), "chapter", spec.chapter, chapters)
    for index, role in enumerate(spec.roles):
        yield from unknown(component, ("roles", index), "role", role, roles)
    for index, service in enumerate(spec.services):
        for number, role in enumerate(service.roles):
            yield from unknown(component, ("services", index, "roles", number), "role", role, roles)
        for name, endpoint in service.endpoints.items():
            inside = ("services", index, "endpoints", name, "port")
            yield from unknown(component, inside, "port", endpoint.port, service.ports)
        for key in ("since", "until"):
            if series := getattr(service, key):
                place = ("services", index, key)
                yield from unknown(component, place, "series", series, catalog.releases)
    for key in ("since", "until"):
        if series := getattr(spec, key):
            yield from unknown(component, (key,), "series", series, catalog.releases)


def _services(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    known = {service.name for c in catalog.components.values() for service in c.spec.services}
    ids = [id_ for c in catalog.components.values() for id_ in cluster_ids(c)]
    made = re.compile("|".join(map(_any_value, ids)))
    for index, service in enumerate(component.spec.services):
        if service.resource and not made.fullmatch(service.resource):
            where = ("services", index, "resource")
            yield from unknown(component, where, "resource of the cluster", service.resource, ids)
        for number, name in enumerate(service.beside):
            place = ("services", index, "beside", number)
            yield from unknown(component, place, "service", name, known)


def _any_value(id_: str) -> str:
    """A pattern of the ids that one with values in it may become."""
    return ".+".join(map(re.escape, BRACES.sub("\n", id_).split("\n")))


def _capabilities(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    provided = {name for c in catalog.components.values() for name in c.spec.provides}
    for index, name in enumerate(component.spec.after):
        yield from unknown(component, ("after", index), "capability", name, provided)
    for number, way in enumerate(component.spec.ways):
        for index, name in enumerate(way.after):
            place = ("ways", number, "after", index)
            yield from unknown(component, place, "capability", name, provided)


def _steps(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    """Step ids are anchors, test ids and resume points, so each stands once, former ones too."""
    del catalog
    seen: dict[str, int] = {}
    for step, place in own_steps(component):
        for key, name in (("id", step.id), *(("was", was) for was in step.was)):
            where = component.at(*place, key)
            if name in seen:
                message = f"step id {name!r} stands twice"
                yield Problem(where, Code.UNKNOWN_NAME, message, f"first at line {seen[name]}")
            seen.setdefault(name, where.line)
    for index, check in enumerate(component.spec.checks):
        where = component.at("checks", index, "id")
        if check.id in seen:
            message = f"check id {check.id!r} stands twice"
            yield Problem(where, Code.UNKNOWN_NAME, message, f"first at line {seen[check.id]}")
        seen.setdefault(check.id, where.line)


def _expectations(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    asked = [*guards(component), *waits(component)]
    asked += [
        (check.holds, ("checks", i, "holds")) for i, check in enumerate(component.spec.checks)
    ]
    task = catalog.procedures.get(component.name) or catalog.drills.get(component.name)
    for found, query in task.spec.find.items() if task else ():
        asked.append((query.asked, ("find", found, query.way)))
    for name, place in asked:
        other, _, own = name.rpartition("/")
        if other and other not in catalog.components:
            yield from unknown(component, place, "component", other, catalog.components)
            continue
        home = catalog.components[other] if other else component
        known = set(home.spec.expectations)
        if place[0] == "slots" and not other:
            known |= set(component.spec.slots[str(place[1])].expectations)
        yield from unknown(component, place, "expectation", own, known)


def _fills(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    services = {service.name for service in component.spec.services}
    for step, place in own_steps(component):
        if step.fill is not None:
            yield from unknown(component, (*place, "fill"), "service", step.fill, services)
    slots = {
        f"{c.name}/{slot}": s
        for c in catalog.components.values()
        for slot, s in c.spec.slots.items()
    }
    for index, service in enumerate(component.spec.services):
        for number, fill in enumerate(service.fills):
            place = ("services", index, "fills", number)
            if fill.slot not in slots:
                yield from unknown(component, (*place, "slot"), "slot", fill.slot, slots)
                continue
            slot = slots[fill.slot]
            for name in fill.given:
                inside = (*place, "given", name)
                yield from unknown(
                    component, inside, "parameter of the slot", name, slot.parameters
                )
            for name in slot.parameters:
                if name not in fill.given and name not in slot.defaults:
                    message = f"the slot {fill.slot!r} needs {name!r}"
                    yield Problem(component.at(*place), Code.SCHEMA, message)


def _option_sets(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    sets = {
        f"{c.name}/{name}": option_set
        for c in catalog.components.values()
        for name, option_set in c.spec.option_sets.items()
    }
    for action, place in actions(component):
        for index, use in enumerate(action.set.use if action.set else ()):
            name = use.set if "/" in use.set else f"{component.name}/{use.set}"
            inside = (*place, "set", "use", index)
            if name not in sets:
                yield from unknown(component, inside, "option set", name, sets)
                continue
            for missing in set(sets[name].parameters) ^ set(use.given):
                word = "needs" if missing in sets[name].parameters else "has no parameter"
                message = f"the option set {name!r} {word} {missing!r}"
                yield Problem(component.at(*inside), Code.SCHEMA, message)


def _condition(
    component: Loaded[ComponentSpec], when: When, place: Place, catalog: Catalog
) -> Iterator[Problem]:
    families = {distro.spec.family for distro in catalog.distros.values()}
    known: dict[str, Iterable[str]] = {
        "system": catalog.systems, "distro": catalog.distros, "family": families,
        "shell": ("crm", "pcs"), "series": catalog.releases,
    }  # fmt: skip
    for key, words in known.items():
        for index, word in enumerate(getattr(when, key)):
            yield from unknown(component, (*place, key, index), key, word, words)
    for key in ("since", "until"):
        if series := getattr(when, key):
            yield from unknown(component, (*place, key), "series", series, catalog.releases)
    for name, chosen in when.way.items():
        owner = component.name if name == "self" else name
        if owner not in catalog.components:
            yield from unknown(
                component, (*place, "way", name), "component", owner, catalog.components
            )
            continue
        ways = [way.id for way in catalog.components[owner].spec.open_ways]
        for word in chosen:
            yield from unknown(component, (*place, "way", name), f"way of {owner!r}", word, ways)


_CHECKS = (_words, _capabilities, _services, _steps, _expectations, _fills, _option_sets)
