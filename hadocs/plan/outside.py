"""What is outside the main order: procedures and drills as plans, and how their nodes are found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.actions import Capture
from hadocs.plan.domain import Point
from hadocs.plan.model import Asked, Expectation, Node, Plan, Stage, Step, Target, Turn
from hadocs.plan.placing import Placed, placed_steps
from hadocs.plan.preflight import preflights, secrets_of
from hadocs.plan.questions import expectation
from hadocs.plan.resolver import Resolver
from hadocs.plan.tasks import as_component, nodes_of_task, task_named
from hadocs.problems import Code, HadocsError, Location, Problem, not_there
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conditions import NodesSpec
from hadocs.spec.conf import SiteSpec
from hadocs.spec.task import ProcedureSpec


@dataclass(frozen=True)
class Query(Asked):
    """How one node is found: the *way* is ``holds``, ``fails`` or ``highest``.

    *asked* are all nodes that it could be; they may need *within* seconds until they can tell.
    """

    asked: Mapping[str, Expectation]
    way: str
    within: int


class _Outside(Resolver):
    """The resolver of one procedure or drill on known nodes."""

    def __init__(
        self,
        catalog: Catalog,
        site: Loaded[SiteSpec],
        point: Point,
        name: str,
        nodes: Mapping[str, str],
        gone: frozenset[str],
    ) -> None:
        self.task = task_named(name, catalog)
        off = self.task.spec.off if isinstance(self.task.spec, ProcedureSpec) else ()
        away = gone.union(nodes[word] for word in off if word in nodes)
        super().__init__(catalog, site, point, nodes, away)
        self.own = as_component(self.task, catalog)

    def placed(self, component: Loaded[ComponentSpec]) -> Iterator[Placed]:
        """The steps of a component that the target has, and all of the task's own."""
        if component is self.own:
            yield from placed_steps(component, self.catalog)
        else:
            yield from super().placed(component)

    def stages(self) -> Iterator[Stage]:
        """The task's own turns, and where it follows components, theirs in the plan's order."""
        mine: list[Turn] = []
        followed = {
            placed.id: self.chosen(placed).spec.follow or () for placed in self.placed(self.own)
        }
        for turn in self.stage(self.own).turns:
            names = followed.get(turn.item.id)
            if not names or not _waits(turn):
                mine.append(turn)
            if names:
                yield self._own_stage(mine)
                yield from self._following(names, turn.nodes)
                mine = [turn] if _waits(turn) else []
        yield self._own_stage(mine)

    def _own_stage(self, turns: list[Turn]) -> Stage:
        return Stage(self.own.name, self.own.spec.title, tuple(turns))

    def _following(self, names: tuple[str, ...], nodes: tuple[str, ...]) -> Iterator[Stage]:
        for component in self.components:
            if component.name in names or "all" in names:
                stage = self.stage(component)
                kept = (only_on(turn, nodes) for turn in stage.turns)
                yield replace(stage, turns=tuple(turn for turn in kept if turn.nodes))

    def does_something(self) -> bool:
        """Whether any step has something to do at this point."""
        return any(self.chosen(placed).spec.nothing is None for placed in self.placed(self.own))

    def problems(self) -> Iterator[Problem]:
        """Nodes that nobody named or found, that do not exist, or whose role is another."""
        known = {node.name: node for node in self.site.spec.nodes}
        for word in nodes_of_task(self.own.name, self.catalog):
            if word not in self.named and self.does_something():
                yield self._unnamed(word)
        for word, name in self.named.items():
            if name not in known:
                yield not_there(Location(word), "node", name, known)
        for placed in self.placed(self.own):
            node = known.get(self.named.get(placed.nodes.only or "", ""))
            roles = placed.nodes.role or self.own.spec.roles
            if node and not set(roles) & set(node.roles):
                message = f"{node.name} is no {' or '.join(roles)}"
                where = placed.owner.at(*placed.place, "nodes", "only")
                yield Problem(where, Code.VALUE, message, f"it was named as {placed.nodes.only!r}")

    def _unnamed(self, word: str) -> Problem:
        spec = self.task.spec
        if word in spec.find:
            query = spec.find[word]
            what = f"the {query.role} by '{query.way}: {query.asked}'"
            return Problem(self.own.at("find", word), Code.VALUE, f"{word!r} was not found", what)
        where = self.own.at("ask", word)
        return Problem(where, Code.VALUE, f"nobody named the node {word!r}", f"--node {word}=NODE")

    def queries(self) -> Iterator[tuple[str, Query]]:
        """How each node is found that is not named by an operator."""
        for word, spec in self.task.spec.find.items():
            nodes = self.nodes(NodesSpec(role=(spec.role,)), self.own.spec)
            asked = {one.name: expectation(self, self.own, spec.asked, one) for one in nodes}
            yield word, Query(asked, spec.way, spec.within)


def only_on(turn: Turn, nodes: tuple[str, ...]) -> Turn:
    """The turn without other nodes; what is captured is captured wherever it is."""
    item = turn.item
    if isinstance(item, Step):
        kept = {
            node: deed
            for node, deed in item.deeds.items()
            if node in nodes or isinstance(deed.action, Capture)
        }
        return Turn(replace(item, deeds=kept), tuple(node for node in turn.nodes if node in kept))
    asked = {node: one for node, one in item.asked.items() if node in nodes}
    return Turn(replace(item, asked=asked), tuple(node for node in turn.nodes if node in asked))


def _waits(turn: Turn) -> bool:
    return isinstance(turn.item, Step) and any(deed.wait for deed in turn.item.deeds.values())


def finding(
    catalog: Catalog,
    site: Loaded[SiteSpec],
    point: Point,
    name: str,
    nodes: Mapping[str, str] | None = None,
    gone: frozenset[str] = frozenset(),
) -> Mapping[str, Query]:
    """How the nodes of the procedure or drill *name* are found; *nodes* are those that are known.

    Nobody is asked where no step has anything to do.
    """
    outside = _Outside(catalog, site, point, name, nodes or {}, gone)
    return dict(outside.queries()) if outside.does_something() else {}


def own_turns(
    catalog: Catalog, site: Loaded[SiteSpec], point: Point, name: str
) -> tuple[Turn, ...]:
    """The own steps and checks of a procedure or drill, whoever its nodes are."""
    find = task_named(name, catalog).spec.find
    first, last = site.spec.nodes, site.spec.nodes[::-1]
    roles = as_component(task_named(name, catalog), catalog).spec.roles
    # A node that is found lives, one that an operator names may be off: they are not the same.
    nodes = {
        word: next(
            (n.name for n in (first if word in find else last) if {*wanted} & {*n.roles}), ""
        )
        for word in nodes_of_task(name, catalog)
        for wanted in [(find[word].role,) if word in find else roles]
    }
    outside = _Outside(catalog, site, point, name, nodes, frozenset())
    return outside.stage(outside.own).turns


def resolve_task(
    catalog: Catalog,
    site: Loaded[SiteSpec],
    point: Point,
    name: str,
    nodes: Mapping[str, str],
    gone: frozenset[str] = frozenset(),
) -> Plan:
    """The turns of the procedure or drill *name*, whose nodes are *nodes*, by its words for them.

    Nodes that are *gone* for good, as an operator says, are not part of it.
    """
    outside = _Outside(catalog, site, point, name, nodes, gone)
    if problems := [*outside.problems()]:
        raise HadocsError(problems)
    stages = tuple(stage for stage in outside.stages() if stage.turns)
    ways = tuple(sorted(point.ways.items()))
    target = Target(point.series, point.system, point.shell, site.name, ways, name)
    there = tuple(
        Node(node.name, node.address, node.roles, node.values)
        for node in site.spec.nodes
        if node.name not in outside.gone
    )
    plan = Plan(target, there, stages, {}, ())
    fits = preflights(catalog, outside.system, site, plan)
    return replace(plan, preflight=fits, secrets=secrets_of(catalog, plan))
