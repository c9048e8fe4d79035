"""Tables over all components: services, ports, failover, history, support."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import in_series
from hadocs.renderers.blocks import Block, InCode, Inline, Link, Table
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.measurements import claim, worst_of
from hadocs.spec.component import ComponentSpec
from hadocs.spec.parts import ServiceInfo

Row = tuple[tuple[Inline, ...], ...]
_FAILOVER = (
    "Component", "Role", "Mode as clients see it", "Claimed outage", "Measured, and its cause",
    "The operator sees",
)  # fmt: skip


def service_table(context: Context, component: Loaded[ComponentSpec]) -> Table:
    """Services of one component."""
    head = ("Service", "Runs on", "State", "Mode as clients see it", "Kept by", "Ports")
    rows = tuple(
        (*_service(context, component.spec, service), (_ports(service),))
        for service in component.spec.services
        if _now(context, service)
    )
    return Table(head, rows)


def services(context: Context) -> Iterator[Block]:
    """Every service of the series."""
    head = ("Component", "Service", "Runs on", "State", "Mode as clients see it", "Kept by")
    rows = [
        ((_link(component),), *_service(context, component.spec, service))
        for component, service in _all(context)
        if _now(context, service)
    ]
    yield Table(head, tuple(rows))


def ports(context: Context) -> Iterator[Block]:
    """Every port, by number."""
    rows: list[tuple[int, Row]] = []
    for component, service in _all(context):
        for name, port in service.ports.items() if _now(context, service) else ():
            where = ", ".join(service.roles or component.spec.roles)
            rows.append(
                (port, ((str(port),), (name,), (service.name,), (_link(component),), (where,)))
            )
    head = ("Port", "What for", "Service", "Component", "Open on")
    yield Table(
        head, tuple(row for _, row in sorted(rows, key=lambda pair: (pair[0], str(pair[1]))))
    )


def failover(context: Context) -> Iterator[Block]:
    """For every role and component what is claimed, by whom, and what was measured."""
    rows: list[Row] = []
    for component in context.ordered:
        told = component.spec.failover
        modes = ", ".join(
            dict.fromkeys(s.mode for s in component.spec.services if _now(context, s))
        )
        if told is None or not modes:
            continue
        link = Link(component.spec.title, page=f"guide/{component.name}", anchor="failover")
        worst, drill = worst_of(context, component.name)
        measured = (worst, *((": ", Link("", page=f"guide/{drill}")) if drill else ()))
        claimed = f"{claim(told.sla)} ({told.sla.source if told.sla else 'no source'})"
        said = (link,), (", ".join(component.spec.roles),), (modes,), (claimed,)
        rows.append((*said, measured, (told.seen or "–",)))
    yield Table(_FAILOVER, tuple(rows))


def history(context: Context) -> Iterator[Block]:
    """What has left, and what took its place."""
    rows: list[Row] = []
    for component in context.ordered:
        spec = component.spec
        gone = [(spec.title, spec.until, spec.replaced_by)] if spec.until else []
        gone += [(s.name, s.until, s.replaced_by) for s in spec.services if s.until]
        for name, until, successor in gone:
            if until and not in_series(context.series, None, until, context.catalog):
                last = context.catalog.releases[until].spec.title
                rows.append(((name,), (_link(component),), (last,), (successor or "nothing",)))
    yield Table(("Service", "Component", "Last series", "Its place is taken by"), tuple(rows))


def support(context: Context) -> Iterator[Block]:
    """Which distro version carries which series, or why not."""
    catalog = context.catalog
    rows: list[Row] = []
    for system in catalog.systems.values():
        cells: list[tuple[Inline, ...]] = [(system.version.title,)]
        for series in catalog.live_series:
            said = system.version.series.get(series)
            if said is None:
                cells.append(("not looked up",))
            else:
                mark = said.certainty or system.distro.spec.certainty
                enabled = catalog.releases[series].spec.repositories.get(system.id)
                steps = enabled.commands if enabled else ()
                how = [part for command in steps for part in ("; ", InCode(command))]
                known = (f"{said.from_} ({mark})", *how)
                cells.append((f"no: {said.nothing}",) if said.nothing else known)
        rows.append(tuple(cells))
    head = ("System", *(catalog.releases[series].spec.title for series in catalog.live_series))
    yield Table(head, tuple(rows))


_FORMS = {"options": "keys and values", "hosts": "addresses, each with names"}


def parameter_table(component: Loaded[ComponentSpec]) -> Iterator[Block]:
    """What a site can say of a component, where, and what holds if it does not."""
    rows: list[Row] = []
    for name, parameter in component.spec.parameters.items():
        of_node = parameter.per == "node"
        where = f"{'nodes[].' if of_node else ''}values.{component.name}.{name}"
        form = _FORMS.get(parameter.type, parameter.type)
        form = f"several of type {form}" if parameter.many else form
        chosen = f"one of {', '.join(parameter.choices)}" if parameter.choices else form
        default = "none" if parameter.paired else parameter.default or "must be given"
        rows.append(((InCode(where),), (parameter.title,), (chosen,), (default,)))
    yield Table(("Key", "What", "Form", "Without it"), tuple(rows))


def _all(context: Context) -> Iterator[tuple[Loaded[ComponentSpec], ServiceInfo]]:
    for component in context.ordered:
        for service in component.spec.services:
            yield component, service


def _now(context: Context, service: ServiceInfo) -> bool:
    return in_series(context.series, service.since, service.until, context.catalog)


def _service(context: Context, spec: ComponentSpec, service: ServiceInfo) -> Row:
    titles = {role.id: role.title for role in context.catalog.guide.spec.roles}
    roles = ", ".join(titles.get(role, role) for role in service.roles or spec.roles)
    kept = "; ".join(f"{keeper}: {how}" for keeper, how in service.kept_by.items())
    return (service.name,), (roles,), (service.state,), (service.mode,), (kept or "–",)


def _ports(service: ServiceInfo) -> str:
    return ", ".join(f"{name} {port}" for name, port in service.ports.items()) or "–"


def _link(component: Loaded[ComponentSpec]) -> Link:
    return Link(component.spec.title, page=f"guide/{component.name}")
