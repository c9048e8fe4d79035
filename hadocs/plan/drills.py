"""A drill on known nodes: its turns, and the clients that measure it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.frame import Frame
from hadocs.plan.model import Plan
from hadocs.plan.order import needs
from hadocs.plan.outside import resolve_task
from hadocs.plan.resolve import Setting
from hadocs.plan.template import rendered
from hadocs.plan.text import Text
from hadocs.problems import Code, HadocsError, Problem
from hadocs.spec.component import ComponentSpec
from hadocs.spec.parts import ProbeSpec
from hadocs.spec.task import ClientSpec, DrillSpec


@dataclass(frozen=True)
class Probe:
    """A client on *node*; times are milliseconds, texts are shell text.

    *texts* are those that it has: ``run``, and perhaps ``prepare``, ``count``, ``cleanup``.
    """

    id: str
    title: str
    node: str
    every: int
    at_most: int
    texts: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Drill:
    """What is done to the nodes, and who measures what clients see of it."""

    plan: Plan
    probes: tuple[Probe, ...]


def resolve_drill(setting: Setting, name: str, nodes: Mapping[str, str]) -> Drill:
    """The drill *name*, whose nodes are *nodes*, by its words for them."""
    catalog, site, point = setting.catalog, setting.site, setting.point
    plan = resolve_task(catalog, site, point, name, nodes)
    frame = Frame(catalog, site, point, nodes)
    return Drill(plan, tuple(_probe(frame, one) for one in catalog.drills[name].spec.clients))


def any_nodes(setting: Setting, name: str) -> Mapping[str, str]:
    """A node for each word of the drill, by its role alone: what a drill is, whoever is hit."""
    drill = setting.catalog.drills[name]
    return {
        word: next(n.name for n in setting.site.spec.nodes if query.role in n.roles)
        for word, query in drill.spec.find.items()
        if _has(setting, drill, word)
    }


def under(catalog: Catalog, names: tuple[str, ...]) -> frozenset[str]:
    """The components *names*, and all that they come after."""
    before, found, waiting = needs(catalog.components), set[str](), [*names]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += before.get(name, ())
    return frozenset(found)


def _has(setting: Setting, drill: Loaded[DrillSpec], word: str) -> bool:
    role = drill.spec.find[word].role
    if any(role in node.roles for node in setting.site.spec.nodes):
        return True
    message = f"site {setting.site.name} has no {role}"
    raise HadocsError([Problem(drill.at("find", word, "role"), Code.VALUE, message)])


def _probe(frame: Frame, client: ClientSpec) -> Probe:
    home, _ = probe_of(frame.catalog, client)
    return probe(frame, home, client.name, frame.node_named(client.node))


def probe(frame: Frame, home: Loaded[ComponentSpec], name: str, on: str) -> Probe:
    """The probe *name* of a component, as it is run on the node *on*."""
    spec = home.spec.probes[name]
    node = next(one for one in frame.site.spec.nodes if one.name == on)
    scope = frame.component_scope(home, node, [])
    texts = []
    for key in ("run", "prepare", "count", "cleanup"):
        written = getattr(spec, key)
        if written is not None:
            with frame.rendering(home, ("probes", name, key)):
                texts.append((key, rendered(written, scope)))
    return Probe(name, spec.title, on, spec.every, spec.at_most, tuple(texts))


def probe_of(catalog: Catalog, client: ClientSpec) -> tuple[Loaded[ComponentSpec], ProbeSpec]:
    """What a client runs, and the component that has it."""
    home = catalog.components[client.probe.rpartition("/")[0]]
    return home, home.spec.probes[client.name]
