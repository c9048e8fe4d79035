"""Addresses, ports and host names that say something else than the site and the services."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import in_series
from hadocs.problems import Code, Location, Problem
from hadocs.spec.component import ComponentSpec
from hadocs.verify.offline.lints.parts import VALUE, Part
from hadocs.verify.offline.lints.services import retired_port
from hadocs.verify.offline.lints.view import View

_ADDRESS = re.compile(r"(?<![\w.:])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])(?:/\d+)?")
_AT_NODE = re.compile(rf"(?:{VALUE}|\$\w+):(\d{{2,5}})(?![\w.])")
_LISTENS = re.compile(
    r"\s*(?:bind|listen|Listen|\w*bind_port|\w*listen_port|port)\b[^#\n]*?(?<![\d.])(\d{2,5})\s*$"
)
_ASKED = re.compile(r"\bcheck port (\d{2,5})\b")
_HOST_PORT = re.compile(r"(?:^|(?<=[\s,=@'\"])|(?<=//))([a-z][a-z0-9-]*[0-9]):(\d{2,5})(?![\w.])")
#: Programs of which these words name nodes.
_NAMES_NODES: Mapping[str, tuple[str, ...]] = {
    "rabbitmqctl": ("join_cluster", "forget_cluster_node"),
    "pcs": ("auth", "setup"),
}


@dataclass(frozen=True)
class Listening:
    """A port of a service."""

    component: Loaded[ComponentSpec]
    service: str
    name: str
    port: int
    roles: frozenset[str]
    where: Location


def lint(view: View) -> Iterator[Problem]:
    """Every literal address, port and name of a host in texts of specs."""
    ports = [*_listening(view)]
    hosts = _hosts(view)
    yield from _twice(ports, view)
    for part in view.parts:
        yield from _addresses(part, view)
        yield from _ports(part, ports, view)
        yield from _names(part, hosts)
    for command in view.commands:
        verbs = _NAMES_NODES.get(command.words[0], ())
        if any(word in verbs for word in command.words):
            for word in command.words[1:]:
                name = word.removeprefix("rabbit@")
                if name != word and not {*name} & {VALUE, "$"} and name not in hosts:
                    message = f"{name!r} is no node of any site"
                    yield _contradiction(command.at(word), message, "write '{{ … .name }}'")


def _listening(view: View) -> Iterator[Listening]:
    for component in view.catalog.components.values():
        for index, service in enumerate(component.spec.services):
            for name, port in service.ports.items():
                roles = frozenset(service.roles or component.spec.roles)
                at = component.at("services", index, "ports", name)
                yield Listening(component, service.name, name, port, roles, at)


def _hosts(view: View) -> frozenset[str]:
    sites = [site.spec for site in view.catalog.sites.values()]
    names = {node.name for site in sites for node in site.nodes} | {site.vip.name for site in sites}
    return frozenset(names)


def _twice(ports: Sequence[Listening], view: View) -> Iterator[Problem]:
    """Two services of the same nodes and the same series cannot listen at one port."""
    for number, one in enumerate(ports):
        for other in ports[:number]:
            shared = one.roles & other.roles
            is_other = (one.component.name, one.service) != (other.component.name, other.service)
            if one.port == other.port and shared and is_other and _meet(one, other, view):
                message = f"port {one.port} is that of {other.service!r}, on the same nodes"
                yield _contradiction(one.where, message, f"it is said at {other.where}")


def _meet(one: Listening, other: Listening, view: View) -> bool:
    specs = (one.component.spec, other.component.spec)
    return any(
        all(in_series(series, spec.since, spec.until, view.catalog) for spec in specs)
        for series in view.catalog.live_series
    )


def _addresses(part: Part, view: View) -> Iterator[Problem]:
    for number, line in enumerate(part.text.split("\n")):
        for found in _ADDRESS.finditer(line):
            if (network := _network(found[0])) is None or not _is_of_a_site(network):
                continue
            name = _owner(network, view)
            message = f"{found[0]} is an address of one site only"
            hint = f"write '{{{{ {name} }}}}'" if name else "let the site give it: a parameter"
            yield _contradiction(part.at(number, found[0]), message, hint)


def _network(text: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return None


def _is_of_a_site(network: ipaddress.IPv4Network) -> bool:
    address = network.network_address
    special = address.is_loopback or address.is_unspecified or address.is_link_local
    return address.is_private and not special and not network.is_multicast


def _owner(network: ipaddress.IPv4Network, view: View) -> str:
    """The value that has this address at the guide's own site."""
    site = view.catalog.sites[view.catalog.guide.spec.site].spec
    address = str(network.network_address)
    if address == site.vip.address:
        return "vip.address"
    return "node.address" if address in {node.address for node in site.nodes} else ""


def _ports(part: Part, ports: Sequence[Listening], view: View) -> Iterator[Problem]:
    """A literal port at a node or the virtual address is one that a service has."""
    own = part.component.name
    known = {one.port for one in ports}
    for number, line in enumerate(part.text.split("\n")):
        for found in (*_AT_NODE.finditer(line), *_ASKED.finditer(line)):
            if int(found[1]) not in known and not retired_port(int(found[1]), view):
                message = f"no service has port {found[1]}"
                hint = "'ports' of a service says where it listens"
                yield _contradiction(part.at(number, found[1]), message, hint)
        listens = _LISTENS.match(line) if part.place[-1] == "text" else None
        if listens and part.component.spec.services:
            mine = {one.port for one in ports if one.component.name == own}
            others = [one for one in ports if one.port == int(listens[1])]
            if others and int(listens[1]) not in mine:
                message = f"{listens[1]} is the port of {others[0].service!r}"
                hint = f"it is said at {others[0].where}"
                yield _contradiction(part.at(number, listens[1]), message, hint)


def _names(part: Part, hosts: frozenset[str]) -> Iterator[Problem]:
    for number, line in enumerate(part.text.split("\n")):
        for found in _HOST_PORT.finditer(line):
            if found[1] not in hosts:
                message = f"{found[1]!r} is no node of any site"
                hint = "write '{{ … .name }}', in a loop over the nodes of a role"
                yield _contradiction(part.at(number, found[1]), message, hint)


def _contradiction(where: Location, message: str, hint: str) -> Problem:
    return Problem(where, Code.CONTRADICTION, message, hint)
