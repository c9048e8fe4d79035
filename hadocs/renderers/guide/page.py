"""The page of a component: what it is for, how it fails over, its steps, its checks."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.loading.catalog import Loaded
from hadocs.renderers.blocks import (
    Badge,
    Badges,
    Block,
    Bullets,
    Line,
    Link,
    Note,
    Prose,
    Section,
    Strong,
)
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.links import install_guide_link, linked
from hadocs.renderers.guide.measurements import claim
from hadocs.renderers.guide.steps import check_section, step_section
from hadocs.renderers.guide.tables import parameter_table, service_table
from hadocs.spec.component import ComponentSpec


def component_blocks(context: Context, component: Loaded[ComponentSpec]) -> tuple[Block, ...]:
    """All blocks of a component's page."""
    return tuple(_blocks(context, component))


def _blocks(context: Context, component: Loaded[ComponentSpec]) -> Iterator[Block]:
    spec = component.spec
    titles = {role.id: role.title for role in context.catalog.guide.spec.roles}
    yield Badges(tuple(Badge("role", titles.get(role, role)) for role in spec.roles))
    yield Prose(spec.summary, component.source.inside(("summary",), 0))
    yield from _history(context, spec)
    before = context.before[component.name]
    if before:
        yield Line(("Do this after: ", *linked(before), "."))
    if spec.services:
        yield Section("services", "Services", tuple(_services(context, component)))
    if spec.failover is not None:
        yield Section("failover", "When a node fails", tuple(_failover(component)))
    if spec.ways:
        yield Section("ways", "Ways", tuple(_ways(component)))
    if spec.parameters:
        yield Section("values", "In the site file", tuple(parameter_table(component)))
    for number, placed in enumerate(context.placed(component), 1):
        yield step_section(context, placed, number)
    yield from check_section(context, component)
    if spec.notes:
        yield Section(
            "notes", "Notes", (Prose(spec.notes, component.source.inside(("notes",), 0)),)
        )
    if spec.install_guide:
        links = tuple((install_guide_link(context, page, None),) for page in spec.install_guide)
        yield Section("install-guide", "In the Install Guide", (Bullets(links),))


def _history(context: Context, spec: ComponentSpec) -> Iterator[Block]:
    catalog = context.catalog
    if spec.until and catalog.is_before(spec.until, context.series):
        successor = f" Its place is taken by {spec.replaced_by}." if spec.replaced_by else ""
        last = catalog.releases[spec.until].spec.title
        yield Note(
            "important", (Line((f"History: {last} is the last series that has it.{successor}",)),)
        )
    if spec.since and catalog.is_before(context.series, spec.since):
        first = catalog.releases[spec.since].spec.title
        yield Note("note", (Line((f"It came with {first}.",)),))


def _services(context: Context, component: Loaded[ComponentSpec]) -> Iterator[Block]:
    yield service_table(context, component)
    for index, service in enumerate(component.spec.services):
        if service.about:
            yield Prose(service.about, component.source.inside(("services", index, "about"), 0))


def _failover(component: Loaded[ComponentSpec]) -> Iterator[Block]:
    failover = component.spec.failover
    if failover is None:
        return
    yield Prose(failover.text, component.source.inside(("failover", "text"), 0))
    yield Line((Strong("Claimed outage: "), sla_text(component.spec)))
    if failover.seen:
        yield Line((Strong("The operator sees: "), failover.seen))


def sla_text(spec: ComponentSpec) -> str:
    """The claim with who makes it; without one, that nothing was measured."""
    sla = spec.failover.sla if spec.failover else None
    if sla is None:
        return "unmeasured"
    return f"{claim(sla)} (source: {sla.source})"


def _ways(component: Loaded[ComponentSpec]) -> Iterator[Block]:
    yield Line(("A site chooses one of these; the steps below show each.",))
    for index, way in enumerate(component.spec.ways):
        recommended = (Badge("recommended", "recommended"),) if way.recommended else ()
        yield Line((Strong(way.title), f" (way: {way.id})"))
        if recommended:
            yield Badges(recommended)
        if way.elsewhere:
            about = "It has no steps here, because nobody executed them for this guide. See "
            yield Line((about, Link(way.elsewhere, url=way.elsewhere), "."))
        if way.text:
            yield Prose(way.text, component.source.inside(("ways", index, "text"), 0))
