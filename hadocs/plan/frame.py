"""What every answer of a plan needs: the catalog, the site, the target, and their values."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping
from typing import Any

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import Point
from hadocs.plan.names import Known
from hadocs.plan.placing import Placed
from hadocs.plan.scope import name_scope, node_scope, repository_scope, site_scope
from hadocs.plan.tasks import nodes_of_task
from hadocs.plan.template import Absent, TemplateError, Value, rendered
from hadocs.plan.text import Kind
from hadocs.problems import Code, HadocsError, Problem
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conditions import NodesSpec
from hadocs.spec.conf import SiteNode, SiteSpec


class Frame:
    """One site on one system, with one shell, in one series, by its ways.

    *named* are the nodes of a procedure or a drill, by its own words for them; a word that is not
    there stands for itself. Nodes that are *gone* are asked nothing and do nothing.
    """

    def __init__(
        self,
        catalog: Catalog,
        site: Loaded[SiteSpec],
        point: Point,
        named: Mapping[str, str] | None = None,
        gone: frozenset[str] = frozenset(),
    ) -> None:
        self.catalog, self.site, self.point = catalog, site, point
        self.named, self.gone = named or {}, gone
        self.system = catalog.systems[point.system]
        self._node_scopes: dict[tuple[str, str], dict[str, Value]] = {}

    @functools.cached_property
    def _site_scope(self) -> dict[str, Value]:
        return {
            **site_scope(self.site.spec, self.catalog),
            **repository_scope(self.catalog, self.point.system, self.point.series),
        }

    def _node_scope(
        self, component: Loaded[ComponentSpec], node: SiteNode | None
    ) -> dict[str, Value]:
        """Made once for all steps of a component."""
        key = component.name, node.name if node else ""
        if key not in self._node_scopes:
            made = node_scope(self.site.spec, self.catalog, component, node)
            self._node_scopes[key] = made
        return self._node_scopes[key]

    def nodes(self, spec: NodesSpec, component: ComponentSpec) -> tuple[SiteNode, ...]:
        """The nodes of a step, a check or a guard, in the site's order.

        A node that is found at run time is shown by the last one of the role, until it is known.
        """
        roles = spec.role or component.roles
        there = tuple(node for node in self.site.spec.nodes if node.name not in self.gone)
        if spec.only is not None and spec.only in self.named:
            return tuple(node for node in there if node.name == self.named[spec.only])
        found = tuple(node for node in there if set(roles) & set(node.roles))
        if spec.only is not None:
            return found[-1:]
        return {"all": found, "first": found[:1], "others": found[1:]}[spec.pick]

    def component_scope(
        self, component: Loaded[ComponentSpec], node: SiteNode | None, used: list[Known]
    ) -> dict[str, Value]:
        """What the templates of a component can name."""
        return {
            **self._site_scope,
            **self._task_scope(component.name),
            **self._node_scope(component, node),
            **name_scope(component, self.system, used),
        }

    def _task_scope(self, name: str) -> dict[str, Value]:
        """Nodes of a procedure or a drill; until they are known, words stand for them."""
        addresses = {node.name: node.address for node in self.site.spec.nodes}
        found: dict[str, Value] = {}
        for word in nodes_of_task(name, self.catalog):
            node, key = self.node_named(word), word.replace("-", "_")
            address = addresses.get(node, f"ADDRESS_OF_{node}")
            found[key] = Value({"name": node, "address": address}, key, Kind.NODE)
        return found

    def node_named(self, word: str) -> str:
        """The node that a procedure or a drill calls *word*."""
        return self.named.get(word, word.upper())

    def scope(self, placed: Placed, node: SiteNode | None, used: list[Known]) -> dict[str, Value]:
        """What the templates of a step can name; those of a slot know their filler, too."""
        scope = self.component_scope(placed.owner, node, used)
        if placed.service is None:
            return scope
        filler = self.component_scope(placed.component, node, used)
        given = {name: Value(rendered(text, filler)) for name, text in placed.given.items()}
        roles = placed.service.roles or placed.component.spec.roles
        members = [data for data in scope["nodes"].data if set(roles) & set(data["roles"])]
        ports: Mapping[str, Any] = {name: str(p) for name, p in placed.service.ports.items()}
        return {
            **scope,
            "given": Value(given, "given"),
            "service": Value({"name": placed.fill, "ports": ports}, "service"),
            "members": Value(members, "members", scope["nodes"].kind),
        }

    @contextlib.contextmanager
    def rendering(
        self, owner: Loaded[ComponentSpec], place: tuple[str | int, ...]
    ) -> Iterator[None]:
        """Say what keeps a template of *owner* at *place* from becoming text for this site."""
        try:
            yield
        except Absent as absent:
            message = f"the site gives no {absent.name!r}"
            problem = Problem(self.site.at(), Code.VALUE, message, f"needed at {owner.at(*place)}")
        except TemplateError as error:
            hint = f"with the site {self.site.name}"
            problem = Problem(owner.at(*place), Code.TEMPLATE, str(error), hint)
        else:
            return
        raise HadocsError([problem])
