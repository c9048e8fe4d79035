"""What templates can name: the site, its nodes, names of the system, secrets, endpoints."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from hadocs.loading.catalog import Catalog, Loaded, System
from hadocs.plan.names import NAME_KINDS, Known, NameKind, known_names, look_up
from hadocs.plan.site import node_values, site_values
from hadocs.plan.tasks import everything
from hadocs.plan.template import Value
from hadocs.plan.text import Kind, Span, Text
from hadocs.plan.walk import actions
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conf import SiteNode, SiteSpec

#: What templates can name, beside the nodes of each role: those of the site and the system, of the
#: node and its component, of a slot.
SCOPE = frozenset(
    {
        "site", "vip", "network", "endpoint", "secret", "captured", "repository",
        "nodes", "node", "values", "ports", *NAME_KINDS,
        "given", "service", "members",
    }
)  # fmt: skip


class NameTable(Mapping[str, Value]):
    """Real names of one kind, looked up when they are used; *used* remembers which."""

    def __init__(
        self, component: Loaded[ComponentSpec], system: System, kind: NameKind, used: list[Known]
    ) -> None:
        self._component, self._system, self._kind, self._used = component, system, kind, used

    def __getitem__(self, name: str) -> Value:
        known = look_up(self._component, self._system, self._kind, name)
        if known is None:
            raise KeyError(name)
        self._used.append(known)
        return Value(" ".join(known.words))

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(known_names(self._component, self._system, self._kind)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def site_scope(site: SiteSpec, catalog: Catalog) -> dict[str, Value]:
    """What is the same for every component and node."""
    network = ipaddress.ip_network(site.network.cidr)
    about = {
        "name": site.vip.name,
        "address": site.vip.address,
    }
    return {
        "site": Value({"title": site.title, "domain": site.domain}, "site", Kind.SITE),
        "vip": Value(about, "vip", Kind.SITE),
        "network": Value(
            {
                "cidr": site.network.cidr,
                "interface": site.network.interface,
                "prefix": str(network.prefixlen),
            },
            "network",
            Kind.SITE,
        ),
        "endpoint": Value(_endpoints(site, catalog), "endpoint", Kind.SITE),
        "secret": Value(_secrets(catalog), "secret"),
        "captured": Value(_captured(catalog), "captured"),
    }


def node_scope(
    site: SiteSpec, catalog: Catalog, component: Loaded[ComponentSpec], node: SiteNode | None
) -> dict[str, Value]:
    """The nodes by role, the node itself, and the component's own values."""
    declared = component.spec.parameters
    nodes: dict[str, dict[str, Any]] = {
        one.name: {
            "name": one.name,
            "address": one.address,
            "id": number,
            "roles": list(one.roles),
            "values": node_values(one, component.name, declared),
        }
        for number, one in enumerate(site.nodes, 1)
    }
    scope = {"nodes": Value([*nodes.values()], "nodes", Kind.SITE)}
    for role in catalog.guide.spec.roles:
        members = [data for data in nodes.values() if role.id in data["roles"]]
        scope[role.many] = Value(members, role.many, Kind.SITE)
    if node is not None:
        scope["node"] = Value(nodes[node.name], "node", Kind.NODE)
    values = site_values(site, component.name, declared)
    scope["values"] = Value(values, f"values.{component.name}", Kind.SITE)
    scope["ports"] = Value(own_ports(component.spec), "ports")
    return scope


def name_scope(
    component: Loaded[ComponentSpec], system: System, used: list[Known]
) -> dict[str, Value]:
    """The names of packages, units, paths and users on one system."""
    return {kind: Value(NameTable(component, system, kind, used), kind) for kind in NAME_KINDS}


def repository_scope(catalog: Catalog, system: str, series: str) -> dict[str, Value]:
    """How the series comes to the system, if a repository has to be enabled for it."""
    found = catalog.releases[series].spec.repositories.get(system)
    return {"repository": Value(dict(found), "repository")} if found else {}


def own_ports(component: ComponentSpec) -> dict[str, str]:
    """Ports of all services of a component, by name."""
    return {
        name: str(port) for service in component.services for name, port in service.ports.items()
    }


def _endpoints(site: SiteSpec, catalog: Catalog) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for loaded in catalog.components.values():
        for service in loaded.spec.services:
            for name, endpoint in service.endpoints.items():
                port = str(service.ports.get(endpoint.port, ""))
                result[name] = _endpoint(site, name, endpoint.scheme, port, endpoint.path)
    return result


def _endpoint(site: SiteSpec, name: str, scheme: str, port: str, path: str) -> dict[str, Any]:
    host = Value(site.vip.name, "vip.name", Kind.SITE)
    before = f"{scheme}://"
    span = Span(len(before), len(before) + len(site.vip.name), Kind.SITE, "vip.name")
    url = Text(f"{before}{site.vip.name}:{port}{path}", (span,))
    return {
        "scheme": Value(scheme),
        "host": host,
        "port": Value(port),
        "path": Value(path),
        "url": Value(url),
    }


def _secrets(catalog: Catalog) -> dict[str, Value]:
    return {
        name: Value(f"SECRET_{name.upper()}", name, Kind.SECRET)
        for loaded in catalog.components.values()
        for name in loaded.spec.secrets
    }


def _captured(catalog: Catalog) -> dict[str, Value]:
    return {
        action.capture.name: Value(
            f"CAPTURED_{action.capture.name.upper()}", action.capture.name, Kind.CAPTURED
        )
        for loaded in everything(catalog)
        for action, _ in actions(loaded)
        if action.capture is not None
    }
