"""What a plan needs before its first write: facts about each node, and the secrets it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hadocs.loading.catalog import Catalog, Loaded, System
from hadocs.plan.actions import Action, Capture, Cluster, Run, Service, SetOptions, WriteFile
from hadocs.plan.model import Check, Expectation, Plan, Preflight, SecretValue, Step
from hadocs.plan.text import Kind, Text
from hadocs.spec.conf import SiteSpec


def preflights(system: System, site: Loaded[SiteSpec], plan: Plan) -> Mapping[str, Preflight]:
    """For each node, what must be true of it."""
    vip = site.spec.vip
    hosts = [(node.name, node.address) for node in site.spec.nodes]
    return {
        node.name: Preflight(
            node=node.name,
            os_ids=system.distro.spec.os_release.id,
            os_version=system.version.os_release,
            address=node.address,
            hosts=(*hosts, (vip.name, vip.address)),
            ports=(),
            units=_units(plan, node.name),
            unanswered=(vip.address,),
        )
        for node in site.spec.nodes
    }


def _units(plan: Plan, node: str) -> tuple[str, ...]:
    """The units that the plan starts on a node."""
    actions = (
        turn.item.deeds[node].action
        for turn in plan.turns()
        if isinstance(turn.item, Step) and node in turn.item.deeds
    )
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
            yield from _asked(turn.item.expectation)
            continue
        for deed in turn.item.deeds.values():
            yield from action_texts(deed.action)
            for beside in (deed.guard, deed.wait):
                if beside is not None:
                    yield from _asked(beside.expectation)


def _asked(expectation: Expectation) -> Iterator[Text]:
    yield expectation.text
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
