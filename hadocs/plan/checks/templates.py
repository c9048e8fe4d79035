"""Templates that name what nothing gives, with their line and column inside the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.names import NAME_KINDS, NameKind, known_names
from hadocs.plan.scope import own_ports
from hadocs.plan.shapes import Shape, Wrong, wrongs
from hadocs.plan.tasks import nodes_of_task
from hadocs.plan.template import BRACES
from hadocs.plan.walk import Place, actions, templates
from hadocs.problems import Location, Problem
from hadocs.spec.component import ComponentSpec

_NOT_TOLD = ("secret", "captured")
_PAIR: Mapping[str, Shape] = {"key": None, "value": None}


def template_problems(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    """The problems of every template of a component."""
    shared = _shared(catalog)
    scope = {**shared, **_own(component, catalog)}
    for text, place in templates(component.spec, ()):
        inner = {**scope, **_local(component, place)}
        if place[0] == "probes":
            # What a probe runs is written into files and told, so it names nothing that is secret.
            inner = {name: shape for name, shape in inner.items() if name not in _NOT_TOLD}
        for wrong in wrongs(text, inner):
            where = _inside(component, place, text, wrong)
            yield Problem(where, wrong.code, str(wrong), wrong.hint)


def _inside(component: Loaded[ComponentSpec], place: Place, text: str, wrong: Wrong) -> Location:
    """The line and column of the word that is wrong; of the line, if it cannot be found."""
    lines = text.split("\n")
    line = lines[wrong.line] if wrong.line < len(lines) else ""
    word, last = re.escape(wrong.word), wrong.word.rpartition(".")[2]
    pattern = re.compile(rf"(?<![\w.]){word}(?!\w)")
    found = ((braces, pattern.search(braces[0])) for braces in BRACES.finditer(line))
    ends = (braces.start() + at.end() for braces, at in found if at and wrong.word)
    return component.source.inside(place, wrong.line, next(ends, len(last)) - len(last))


def _shared(catalog: Catalog) -> dict[str, Shape]:
    """What every template can name, whatever the component."""
    components = catalog.components.values()
    endpoint = {"scheme": None, "host": None, "port": None, "path": None, "url": None}
    captures = [action.capture for c in components for action, _ in actions(c) if action.capture]
    return {
        "site": {"title": None, "domain": None},
        "vip": {"name": None, "address": None},
        "network": {"cidr": None, "interface": None, "prefix": None},
        "endpoint": {
            name: endpoint for c in components for s in c.spec.services for name in s.endpoints
        },
        "secret": {name: None for c in components for name in c.spec.secrets},
        "captured": {capture.name: None for capture in captures},
        "repository": {"commands": [None], "enabled": None},
    }


def _own(component: Loaded[ComponentSpec], catalog: Catalog) -> dict[str, Shape]:
    """What the component's own templates can name."""
    declared = component.spec.parameters

    def values(per: str) -> dict[str, Shape]:
        return {
            name: [_PAIR] if p.paired else [None] if p.many else None
            for name, p in declared.items()
            if p.per == per
        }

    node: Mapping[str, Shape] = {
        "name": None, "address": None, "id": None, "roles": [None], "values": values("node"),
    }  # fmt: skip
    found = {"name": None, "address": None}
    return {
        **{name.replace("-", "_"): found for name in nodes_of_task(component.name, catalog)},
        "node": node,
        "nodes": [node],
        **{role.many: [node] for role in catalog.guide.spec.roles},
        "values": values("site"),
        "ports": dict.fromkeys(own_ports(component.spec)),
        **{kind: _names(component, catalog, kind) for kind in NAME_KINDS},
    }


def _names(component: Loaded[ComponentSpec], catalog: Catalog, kind: NameKind) -> dict[str, Shape]:
    return {
        name: None
        for system in catalog.systems.values()
        for name in known_names(component, system, kind)
    }


def _local(component: Loaded[ComponentSpec], place: Place) -> dict[str, Shape]:
    """What only the templates of a slot or of an option set can name."""
    match place:
        case ("slots", str(name), *_):
            slot = component.spec.slots[name]
            return {
                "given": dict.fromkeys(slot.parameters),
                "service": {"name": None},
                "members": [{"name": None, "address": None, "id": None}],
            }
        case ("option_sets", str(name), *_):
            return {"given": dict.fromkeys(component.spec.option_sets[name].parameters)}
    return {}
