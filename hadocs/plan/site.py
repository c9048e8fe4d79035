"""A site's values: what is wrong with them, and what they are with their defaults."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import live
from hadocs.plan.types import fits, is_address, is_prefix
from hadocs.problems import Code, Problem, did_you_mean
from hadocs.spec.conf import SiteNode, SiteSpec
from hadocs.spec.parts import ParameterSpec


def site_problems(site: Loaded[SiteSpec], catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with the site's own values."""
    if site.spec.series is not None:
        yield from live(site, site.spec.series, catalog)
    yield from _address_problems(site)
    yield from _role_problems(site, catalog)
    yield from _way_problems(site, catalog)
    yield from _value_problems(site, catalog)


def _address_problems(site: Loaded[SiteSpec]) -> Iterator[Problem]:
    spec = site.spec
    if not spec.nodes:
        yield Problem(site.at("nodes"), Code.VALUE, "a site has at least one node")
    if not is_prefix(spec.network.cidr):
        yield _bad(site, ("network", "cidr"), spec.network.cidr, "prefix")
        return
    if not fits("interface", spec.network.interface):
        yield _bad(site, ("network", "interface"), spec.network.interface, "interface")
    network = ipaddress.ip_network(spec.network.cidr)
    if network.version != 4:
        message = "the steps are written for IPv4 on the management network"
        yield Problem(site.at("network", "cidr"), Code.UNSUPPORTED, message)
        return
    seen: dict[str, str] = {}
    places: list[tuple[tuple[str | int, ...], str, str]] = [
        (("nodes", index), node.name, node.address) for index, node in enumerate(spec.nodes)
    ]
    for place, name, address in [*places, (("vip",), spec.vip.name, spec.vip.address)]:
        if not fits("hostname", name):
            yield _bad(site, (*place, "name"), name, "hostname")
        if not is_address(address):
            yield _bad(site, (*place, "address"), address, "address")
        elif why := _unfit(ipaddress.ip_address(address), network):
            yield Problem(site.at(*place, "address"), Code.VALUE, f"{address} {why}")
        for word, key in ((name, "name"), (address, "address")):
            if word in seen:
                message = f"{word!r} is used twice"
                yield Problem(site.at(*place, key), Code.VALUE, message, f"first by {seen[word]}")
            seen.setdefault(word, name)


def _unfit(address: ipaddress.IPv4Address | ipaddress.IPv6Address, network: Any) -> str:
    """Why no machine of the network can have the address; empty if one can."""
    if address not in network:
        return f"is not in the network {network}"
    reserved = network.prefixlen < 31 and address in (network[0], network[-1])
    return f"is the network {network} itself, or its broadcast address" if reserved else ""


def _role_problems(site: Loaded[SiteSpec], catalog: Catalog) -> Iterator[Problem]:
    roles = [role.id for role in catalog.guide.spec.roles]
    for index, node in enumerate(site.spec.nodes):
        for place, role in enumerate(node.roles):
            if role not in roles:
                message = f"role {role!r} does not exist"
                hint = did_you_mean(role, roles)
                yield Problem(
                    site.at("nodes", index, "roles", place), Code.UNKNOWN_NAME, message, hint
                )


def _way_problems(site: Loaded[SiteSpec], catalog: Catalog) -> Iterator[Problem]:
    ways = {name: c.spec.ways for name, c in catalog.components.items() if c.spec.ways}
    for name, way in site.spec.ways.items():
        if name not in ways:
            message = f"component {name!r} has no ways"
            yield Problem(
                site.at("ways", name, key=True),
                Code.UNKNOWN_NAME,
                message,
                did_you_mean(name, ways),
            )
        elif way not in {one.id for one in ways[name]}:
            message = f"{way!r} is not a way of {name!r}"
            hint = did_you_mean(way, [one.id for one in ways[name]])
            yield Problem(site.at("ways", name), Code.UNKNOWN_NAME, message, hint)
        elif way not in {one.id for one in catalog.components[name].spec.open_ways}:
            message = f"the way {way!r} of {name!r} is described elsewhere and has no steps here"
            yield Problem(site.at("ways", name), Code.UNSUPPORTED, message)


def _value_problems(site: Loaded[SiteSpec], catalog: Catalog) -> Iterator[Problem]:
    yield from _given(site, catalog, ("values",), site.spec.values, "site")
    for index, node in enumerate(site.spec.nodes):
        yield from _given(site, catalog, ("nodes", index, "values"), node.values, "node")


def _given(
    site: Loaded[SiteSpec],
    catalog: Catalog,
    place: tuple[str | int, ...],
    given: Mapping[str, Mapping[str, Any]],
    per: str,
) -> Iterator[Problem]:
    for component, values in given.items():
        if component not in catalog.components:
            where = site.at(*place, component, key=True)
            hint = did_you_mean(component, catalog.components)
            yield Problem(where, Code.UNKNOWN_NAME, f"component {component!r} does not exist", hint)
            continue
        declared = catalog.components[component].spec.parameters
        mine = {name: p for name, p in declared.items() if p.per == per}
        for name, value in values.items():
            where = site.at(*place, component, name)
            if name not in mine:
                message = f"{component!r} has no parameter {name!r} per {per}"
                yield Problem(where, Code.UNKNOWN_NAME, message, did_you_mean(name, mine))
            elif not fits_parameter(mine[name], value):
                yield _bad(site, (*place, component, name), value, mine[name].type, mine[name])
            elif mine[name].type == "hosts":
                yield from _taken(site, (*place, component, name), value)


def _taken(
    site: Loaded[SiteSpec], place: tuple[str | int, ...], lines: Mapping[str, str]
) -> Iterator[Problem]:
    """Other hosts that have a name or an address of the site's own."""
    spec = site.spec
    hosts = [*((node.name, node.address) for node in spec.nodes), (spec.vip.name, spec.vip.address)]
    own = {word for name, at in hosts for word in (name, f"{name}.{spec.domain}", at)}
    for address, names in lines.items():
        for word in (address, *names.split(" ")):
            if word in own:
                message = f"{word!r} is one of the site's own"
                yield Problem(site.at(*place, address), Code.VALUE, message)


def fits_parameter(parameter: ParameterSpec, value: Any) -> bool:
    """Whether a value, or each of several, is of the parameter's type and among its choices."""
    values = value if parameter.many and isinstance(value, list) else [value]
    return all(
        fits(parameter.type, one) and (not parameter.choices or one in parameter.choices)
        for one in values
    )


def _bad(
    site: Loaded[SiteSpec],
    place: tuple[str | int, ...],
    value: Any,
    kind: str,
    parameter: ParameterSpec | None = None,
) -> Problem:
    hint = f"one of: {', '.join(parameter.choices)}" if parameter and parameter.choices else ""
    return Problem(site.at(*place), Code.VALUE, f"{value!r} is not of type {kind!r}", hint)


def site_values(
    site: SiteSpec, component: str, declared: Mapping[str, ParameterSpec]
) -> dict[str, Any]:
    """The component's values that hold for the whole site, with defaults."""
    return _values(site.values.get(component, {}), declared, "site")


def node_values(
    node: SiteNode, component: str, declared: Mapping[str, ParameterSpec]
) -> dict[str, Any]:
    """The component's values of one node, with defaults."""
    return _values(node.values.get(component, {}), declared, "node")


def _values(
    given: Mapping[str, Any], declared: Mapping[str, ParameterSpec], per: str
) -> dict[str, Any]:
    result = {}
    for name, parameter in declared.items():
        if parameter.per != per:
            continue
        if name in given:
            result[name] = _as_declared(given[name], parameter)
        elif parameter.paired:
            result[name] = []
        elif parameter.default is not None:
            result[name] = [parameter.default] if parameter.many else parameter.default
    return result


def _as_declared(value: Any, parameter: ParameterSpec) -> Any:
    if parameter.paired:
        return _pairs(value)
    return [value] if parameter.many and isinstance(value, str) else value


def _pairs(options: Mapping[str, str]) -> list[dict[str, str]]:
    """Pairs as a list, as templates walk over them."""
    return [{"key": key, "value": value} for key, value in options.items()]
