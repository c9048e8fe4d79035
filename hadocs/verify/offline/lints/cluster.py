"""Cluster configurations that cannot be right: dangling names, copies left open, bad designs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from hadocs.problems import Code, Problem
from hadocs.verify.offline.lints.elements import Element, elements, same
from hadocs.verify.offline.lints.parts import VALUE, Command
from hadocs.verify.offline.lints.spoken import Spoken, asked_of_pacemaker, spoken, uses
from hadocs.verify.offline.lints.view import View

_RESOURCES = frozenset(["primitive", "clone", "group", "fencing"])


def lint(view: View) -> Iterator[Problem]:
    """What is wrong with the configuration of any target."""
    yield from _of_tasks(view)
    for commands in view.clusters():
        said = [one for command in commands for one in spoken(command)]
        made = [element for one in said for element in elements(one)]
        yield from _dangling(commands, made, made)
        yield from _open(commands)
        yield from _unmonitored(said, made)
        yield from _unfenced(said, made)
        yield from _constraints(made)
        yield from _properties(view, said)


def _of_tasks(view: View) -> Iterator[Problem]:
    """Procedures and drills name what some plan creates."""
    known = [element for c in view.commands for one in spoken(c) for element in elements(one)]
    tasks = {task.name for task in view.components} - {*view.catalog.components}
    commands = [command for command in view.commands if command.part.component.name in tasks]
    yield from _dangling(commands, [], known)


def _dangling(
    commands: Sequence[Command], made: Sequence[Element], known: Sequence[Element]
) -> Iterator[Problem]:
    """Names of resources that are not among the *known* ones."""
    ids = {element.id for element in known if element.kind in _RESOURCES}
    named = {(element.spoken.at(name), name) for element in made for name in element.members}
    for command in commands:
        named |= {(one.at(name), name) for one in spoken(command) for name in uses(one)}
        named |= {(command.at(name), name) for name in asked_of_pacemaker(command)}
    for where, name in sorted(named):
        if not any(same(name, id_) for id_ in ids):
            message = f"nothing in this plan creates the resource {name!r}"
            hint = f"it has: {', '.join(sorted(ids)).replace(VALUE, '…')}" if ids else ""
            yield Problem(where, Code.DANGLING, message, hint)


def _open(commands: Sequence[Command]) -> Iterator[Problem]:
    """Copies of the configuration that are changed and never become the real one."""
    shadows: dict[str, Spoken] = {}
    files: dict[str, Command] = {}
    changed: set[str] = set()
    for command in commands:
        if command.words[0] == "pcs":
            _follow_file(command, files, changed)
        for one in spoken(command):
            match one.words:
                case ("cib", "new" | "use" as verb, name, *_) if verb == "new" or name != "live":
                    shadows.setdefault(name, one)
                case ("cib", "commit" | "reset" | "delete", *names):
                    for name in names or [*shadows]:
                        shadows.pop(name, None)
    for name, one in shadows.items():
        message = f"the configuration {name!r} is opened and never committed"
        hint = f"end with 'crm cib commit {name}'; until then the cluster does not know it"
        yield Problem(one.at("cib"), Code.UNCOMMITTED, message, hint)
    for name in files.keys() & changed:
        message = f"the configuration in {name!r} is changed and never given to the cluster"
        hint = f"end with 'pcs cluster cib-push {name}'"
        yield Problem(files[name].at("cib"), Code.UNCOMMITTED, message, hint)


def _follow_file(command: Command, files: dict[str, Command], changed: set[str]) -> None:
    words = command.words[1:]
    if words[:1] == ("-f",) and len(words) > 2 and words[3:4] != ("config",):
        changed.add(words[1])
    plain = [word for word in words if not word.startswith("-")]
    match plain:
        case ["cluster", "cib", name, *_]:
            files[name] = command
        case ["cluster", "cib-push", name, *_]:
            files.pop(name.partition("=")[0], None)


def _unmonitored(said: Sequence[Spoken], made: Sequence[Element]) -> Iterator[Problem]:
    """Crm adds no monitor: what has none is never looked at. (Pacemaker Explained, operations.)"""
    watched = {
        one.plain[2].partition(":")[0]
        for one in said
        if one.shell == "crm" and one.plain[:2] == ("configure", "monitor") and len(one.plain) > 2
    }
    for element in made:
        words = element.spoken.words
        if element.spoken.shell != "crm" or element.kind not in ("primitive", "fencing"):
            continue
        has_template = any(word.startswith("@") for word in words)
        pairs = itertools.pairwise(words)
        if not has_template and element.id not in watched and ("op", "monitor") not in pairs:
            message = f"crm adds no monitor, so the cluster never notices that {element.id!r} fails"
            hint = "add 'op monitor interval=… timeout=…'"
            yield Problem(element.spoken.at(element.id), Code.CLUSTER_DESIGN, message, hint)


def _unfenced(said: Sequence[Spoken], made: Sequence[Element]) -> Iterator[Problem]:
    """Without a fence device Pacemaker starts nothing. (Pacemaker Explained, stonith-enabled.)"""
    first = next((e for e in made if e.kind == "primitive"), None)
    if first is None or ("stonith-enabled", "false") in [pair for _, pair in _set(said)]:
        return
    devices = [e for e in made if e.kind == "fencing"]
    if not devices:
        message = "there is no fence device, so the cluster starts no resource"
        hint = "create one for each node first"
        yield Problem(first.spoken.at(first.id), Code.CLUSTER_DESIGN, message, hint)
    elif made.index(first) < made.index(devices[0]):
        message = f"{first.id!r} is created before there is a fence device"
        hint = f"the first one is made at {devices[0].spoken.at(devices[0].id)}; put it before"
        yield Problem(first.spoken.at(first.id), Code.CLUSTER_DESIGN, message, hint)


def _constraints(made: Sequence[Element]) -> Iterator[Problem]:
    clones = [element.id for element in made if element.kind == "clone"]
    singles = [element.id for element in made if element.kind in ("primitive", "group")]
    for element in made:
        if len(element.members) != 2:
            continue
        one, other = element.members
        first_many = any(same(one, id_) for id_ in clones)
        if element.kind == "colocation" and first_many and other in singles and _is_must(element):
            message = f"{one!r} may run only where {other!r} is, so on one node"
            hint = f"turn it round: {other!r} goes where {one!r} runs"
            yield Problem(element.spoken.at(one), Code.CLUSTER_DESIGN, message, hint)
        then_many = any(same(other, id_) for id_ in clones)
        if element.kind == "order" and one in singles and then_many and _is_must(element):
            message = f"each time {one!r} moves, {other!r} stops and starts on every node"
            hint = "make the order optional (Optional: in crm, kind=Optional in pcs)"
            yield Problem(element.spoken.at(one), Code.CLUSTER_DESIGN, message, hint)


def _is_must(element: Element) -> bool:
    """Whether the constraint is no mere preference: its score is infinite, or left out."""
    if element.kind == "order":
        return element.score.lower() in ("", "mandatory", "inf", "infinity", "1000000")
    return element.score.lower() in ("", "inf", "infinity", "+inf", "1000000")


def _properties(view: View, said: Sequence[Spoken]) -> Iterator[Problem]:
    most = max(len(site.spec.nodes) for site in view.catalog.sites.values())
    values = [*_set(said)]
    last = {name: value for _, (name, value) in values}
    for one, (name, value) in values:
        if (name, value) == ("no-quorum-policy", "ignore") and most > 2:
            message = "'ignore' lets every part of a divided cluster go on, so two nodes write"
            hint = "the default 'stop' is right for three nodes and more"
        elif (name, value) in (("stonith-enabled", "false"), ("fencing-enabled", "false")):
            if last[name] != "false":
                continue
            message = "fencing stays off, so nothing keeps a lost node from writing"
            hint = "create fence devices, and leave it on"
        else:
            continue
        yield Problem(one.at(name), Code.CLUSTER_DESIGN, message, hint)


def _set(said: Sequence[Spoken]) -> Iterator[tuple[Spoken, tuple[str, str]]]:
    """Properties of the cluster that commands set."""
    for one in said:
        plain = one.plain
        is_crm = plain[:2] == ("configure", "property")
        if is_crm or plain[:2] == ("property", "set"):
            for word in plain[2:]:
                name, equals, value = word.partition("=")
                if equals:
                    yield one, (name, value.lower())
