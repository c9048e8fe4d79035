"""Failures played by Pacemaker's own scheduler on the configuration that a plan builds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree

from hadocs.evidence import SimulatedEvent, Simulation, of_cluster, record_simulated
from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import Point
from hadocs.plan.model import Plan, Target
from hadocs.plan.order import present
from hadocs.problems import Code, Problem
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conf import SiteSpec
from hadocs.spec.parts import ServiceInfo
from hadocs.verify.offline.cib import Built, cibs
from hadocs.verify.offline.claims import Claim, Event, Played, broken, losses
from hadocs.verify.offline.session import Asked, Session
from hadocs.verify.offline.toolbox import Unanswered, tools
from hadocs.verify.offline.work import Found, Work

_KEEPER = "pacemaker"
_ACTIVE_EVERYWHERE = frozenset({"active/active", "one per node"})


def check(work: Work) -> Found:
    """Every claim about what Pacemaker keeps holds in every simulated failure."""
    problems: dict[tuple[object, str], Problem] = {}
    held, events = 0, 0
    for built in cibs(work):
        if built.problems:
            continue
        target, claimed = built.targets[0], [*claims(work, built)]
        results = played(work, built, [claim.resource for claim in claimed])
        events += len(results)
        for claim in claimed:
            for one in results:
                told = [*broken(claim, one)]
                held += not told
                for said in told:
                    message = f"{claim.service!r}: when {one.event}, it {said}"
                    hint = f"simulated for {target} by the programs of {built.generation}"
                    problems[claim.where, message] = Problem(claim.where, Code.CLAIM, message, hint)
    unproven = tools(work.cache).unproven
    return Found(tuple(problems.values()), tuple(_counted(work, held, events)), unproven)


def played(work: Work, built: Built, resources: Sequence[str]) -> tuple[Played, ...]:
    """Every failure of the cluster that was *built*; the first event is its start."""
    nodes = _nodes(built)
    lost = losses(nodes, _voters(work, built.targets[0], nodes))
    with Session(tools(work.cache).by_name[built.generation], work.cache) as session:
        try:
            return play(session, built.cib, [*lost], resources)
        except Unanswered as error:
            raise Unanswered(f"{built.targets[0]}: {error}") from None


def play(
    session: Session,
    cib: str,
    losses: Sequence[tuple[tuple[str, ...], bool]],
    resources: Sequence[str],
) -> tuple[Played, ...]:
    """The start of a cluster, its *losses*, and the failures of *resources*, one by one."""
    asked = json.dumps({"losses": losses, "resources": resources}, sort_keys=True)
    answer = session.ask(Asked(("python3", "/mnt/simulate.py"), cib, asked))
    if answer.status:
        message = f"the simulation ended with status {answer.status}"
        raise Unanswered(message, answer.errors.strip().splitlines()[-5:])
    return tuple(_played(one) for one in json.loads(answer.output))


def record(work: Work) -> tuple[str, ...]:
    """Keep for the guide what its own site does in each failure; the files that were written.

    Only of systems whose own programs were asked.
    """
    usual: dict[tuple[str, str], Plan] = {}
    for plan in work.plans:
        if plan.target.series == work.catalog.guide.spec.series:
            usual.setdefault((plan.target.system, plan.target.shell), plan)
    files = []
    for built in cibs(work):
        mine = () if built.problems else built.targets
        for target in (t for t in mine if t.system == built.generation):
            chosen = usual.get((target.system, target.shell))
            if chosen is not None and chosen.target == target:
                resources = [claim.resource for claim in claims(work, built)]
                events = (_event(one, resources) for one in played(work, built, resources))
                found = Simulation(of_cluster(chosen), built.generation, tuple(events))
                files.append(record_simulated(work.catalog.root, target, found))
    return tuple(files)


def _event(one: Played, resources: Sequence[str]) -> SimulatedEvent:
    placed = tuple((name, tuple(sorted(one.nodes(name) - {*one.event.lost}))) for name in resources)
    return SimulatedEvent(str(one.event), placed, one.fenced)


def claims(work: Work, built: Built) -> Iterator[Claim]:
    """What the specs claim of the services whose resource is in the cluster."""
    target, catalog = built.targets[0], work.catalog
    point = Point(target.system, target.shell, target.series, dict(target.ways))
    components = present(catalog, point)
    resources = {p.get("id") for p in _root(built).iter("primitive")}
    for component, index, service in _services(components):
        if service.resource and service.resource in resources:
            beside = tuple(
                other.resource
                for _, _, other in _services(components)
                if other.name in service.beside and other.resource and other.resource in resources
            )
            yield Claim(
                service.name,
                service.resource,
                service.mode in _ACTIVE_EVERYWHERE,
                beside,
                _nodes(built),
                component.at("services", index, "mode"),
            )


def _services(
    components: Mapping[str, Loaded[ComponentSpec]],
) -> Iterator[tuple[Loaded[ComponentSpec], int, ServiceInfo]]:
    for component in components.values():
        for index, service in enumerate(component.spec.services):
            yield component, index, service


def _played(data: Mapping[str, object]) -> Played:
    event = dict(data["event"])  # type: ignore[call-overload]  # simulate.py's own words
    event["lost"] = tuple(event.get("lost", ()))
    return Played(Event(**event), data["placed"], tuple(data["fenced"]))  # type: ignore[arg-type]


def _nodes(built: Built) -> tuple[str, ...]:
    nodes = _root(built).iterfind("configuration/nodes/node")
    return tuple(node.get("uname", "") for node in nodes)


def _root(built: Built) -> ElementTree.Element:
    return ElementTree.fromstring(built.cib)  # noqa: S314 - the cluster's programs wrote it


def _voters(work: Work, target: Target, nodes: tuple[str, ...]) -> int:
    """Nodes that have a vote: those of the cluster, and those that only vote."""
    site: SiteSpec = work.catalog.sites[target.site].spec
    voting = {
        role
        for _, _, service in _services(work.catalog.components)
        if service.majority
        for role in service.majority.roles
    }
    return sum(node.name in nodes or bool(voting & {*node.roles}) for node in site.nodes)


def _counted(work: Work, held: int, events: int) -> Iterator[str]:
    yield f"claims about what Pacemaker keeps held {held} times in {events} simulated failures"
    lacking = [s for _, _, s in _services(work.catalog.components) if not s.resource]
    for kept, why in ((True, "no resource is named"), (False, "Pacemaker does not keep it")):
        names = dict.fromkeys(s.name for s in lacking if (_KEEPER in s.kept_by) == kept)
        if names:
            yield f"{len(names)} services not simulated ({', '.join(names)}): {why}"
