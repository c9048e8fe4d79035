"""What a plan needs before its first write: facts about each node, and the secrets it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hadocs.loading.catalog import Catalog, Loaded, System
from hadocs.plan.actions import Action, Capture, Cluster, Run, Service, SetOptions, WriteFile
from hadocs.plan.domain import in_series
from hadocs.plan.model import Check, Expectation, Plan, Preflight, SecretValue, Step
from hadocs.plan.text import Kind, Text
from hadocs.spec.conf import SiteNode, SiteSpec

#: The file by which names resolve; a plan that writes it needs no names before.
_HOSTS = "/etc/hosts"


def preflights(
    catalog: Catalog, system: System, site: Loaded[SiteSpec], plan: Plan
) -> Mapping[str, Preflight]:
    """For each node, what must be true of it."""
    vip = site.spec.vip
    hosts = [(node.name, node.address) for node in site.spec.nodes]
    named = (*hosts, (vip.name, vip.address))
    return {
        node.name: Preflight(
            node=node.name,
            os_ids=system.distro.spec.os_release.id,
            os_version=system.version.os_release,
            address=node.address,
            peers=tuple((n.name, n.address) for n in plan.nodes if n.name != node.name),
            hosts=() if _HOSTS in _written(plan, node.name) else named,
            ports=_ports(catalog, plan, node),
            units=_units(plan, node.name),
            unanswered=(vip.address,),
        )
        for node in site.spec.nodes
    }


def _actions(plan: Plan, node: str) -> Iterator[Action]:
    """Every action of one node."""
    for turn in plan.turns():
        if isinstance(turn.item, Step) and node in turn.item.deeds:
            yield turn.item.deeds[node].action


def _written(plan: Plan, node: str) -> set[str]:
    return {action.path for action in _actions(plan, node) if isinstance(action, WriteFile)}


def _ports(catalog: Catalog, plan: Plan, node: SiteNode) -> tuple[int, ...]:
    """The ports on which services of the components will listen in whose stages *node* acts."""
    specs = [
        catalog.components[stage.component].spec
        for stage in plan.stages
        if stage.component in catalog.components
        and any(node.name in turn.nodes for turn in stage.turns)
    ]
    return tuple(
        sorted(
            {
                port
                for spec in specs
                for service in spec.services
                if set(service.roles or spec.roles) & set(node.roles)
                and in_series(plan.target.series, service.since, service.until, catalog)
                for port in service.ports.values()
            }
        )
    )


def _units(plan: Plan, node: str) -> tuple[str, ...]:
    """The units that the plan starts on a node."""
    actions = _actions(plan, node)
    units = {a.unit for a in actions if isinstance(a, Service) and a.state == "started"}
    return tuple(sorted(units))


def secrets_of(catalog: Catalog, plan: Plan) -> tuple[SecretValue, ...]:
    """The secrets that the plan's texts name, in order of their names."""
    used = {name for text in texts(plan) for name in text.names(Kind.SECRET)}
    declared = {
        name: secret
        for loaded in catalog.components.values()
        for name, secret in loaded.spec.secrets.items()
    }
    return tuple(
        SecretValue(name, declared[name].kind, declared[name].length, declared[name].about)
        for name in sorted(used)
    )


def texts(plan: Plan) -> Iterator[Text]:
    """Every text of a plan."""
    for turn in plan.turns():
        if isinstance(turn.item, Check):
            yield from _questions(turn.item.asked.values())
            continue
        for deed in turn.item.deeds.values():
            yield from action_texts(deed.action)
            yield from _questions(deed.guard.asked.values() if deed.guard else ())
            yield from _questions([deed.wait.expectation] if deed.wait else ())


def _questions(asked: Iterable[Expectation]) -> Iterator[Text]:
    for expectation in asked:
        yield expectation.text
        yield from (matcher for _, matcher in expectation.expect)
        if expectation.input is not None:
            yield expectation.input


def action_texts(action: Action) -> Iterator[Text]:
    """Every text of an action."""
    match action:
        case WriteFile(text=text) | Capture(text=text):
            yield text
        case SetOptions(options=options):
            for option in options:
                yield from option.values
        case Run(text=text, input=given, environment=environment):
            yield text
            if given is not None:
                yield given
            yield from (value for _, value in environment)
        case Cluster(commands=commands):
            yield from (command for _, command in commands)
