"""What evidence stands for: a step as its node does it, without what says or places it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace

from hadocs.plan.actions import Copy, Fault, Nothing
from hadocs.plan.model import Deed, Expectation, Guard, Plan, Step, Wait
from hadocs.plan.text import Text

#: Fields that are words for people, places in files, or names of what is digested itself.
_SAID = frozenset({"about", "exposes", "facts", "id", "reason", "title", "where"})
_SELF = ("self",)


@dataclass(frozen=True)
class Digest:
    """Stands for a step (*own*), for the steps of its component before it, and for all earlier.

    *earlier* is empty where nobody looked at other components, as on a page of one.
    """

    own: str
    before: str
    earlier: str = ""

    def same(self, other: Digest) -> bool:
        """Whether both say the same, as far as both were looked at."""
        looked = bool(self.earlier and other.earlier)
        alike = (self.own, self.before) == (other.own, other.before)
        return alike and (not looked or self.earlier == other.earlier)


def digests_of(plan: Plan) -> Mapping[str, Digest]:
    """The digests of a plan's steps."""
    roles = {node.name: node.roles for node in plan.nodes}
    found: dict[str, Digest] = {}
    earlier = hashed([])
    for component in dict.fromkeys(stage.component for stage in plan.stages):
        stages = [stage for stage in plan.stages if stage.component == component]
        turns = (turn for stage in stages for turn in stage.turns)
        own = digests((turn.item for turn in turns if isinstance(turn.item, Step)), roles)
        found |= {id_: replace(digest, earlier=earlier) for id_, digest in own.items()}
        earlier = hashed([earlier, *(digest.own for digest in own.values())])
    return found


def whole(plan: Plan) -> str:
    """What stands for all steps of a plan together."""
    return chosen(plan, lambda _: True)


def chosen(plan: Plan, wanted: Callable[[Step], bool]) -> str:
    """What stands for the steps of a plan that are *wanted*, together."""
    items = (turn.item for turn in plan.turns())
    ids = {item.id for item in items if isinstance(item, Step) and wanted(item)}
    return hashed([digest.own for id_, digest in digests_of(plan).items() if id_ in ids])


def digests(steps: Iterable[Step], roles: Mapping[str, tuple[str, ...]]) -> Mapping[str, Digest]:
    """The digest of each step of a component that has something to do, by id, in its order.

    Values of the site are placeholders and nodes are their *roles*, so that a run is evidence for
    every site of the same shape. Real names of packages, units and paths count.
    """
    found: dict[str, Digest] = {}
    before = hashed([])
    for step in steps:
        deeds = [_deed(deed, node, roles) for node, deed in step.deeds.items() if _acts(deed)]
        if not deeds or step.id in found:
            continue
        own = hashed([json.loads(text) for text in sorted({_text(deed) for deed in deeds})])
        found[step.id] = Digest(own, before)
        before = hashed([before, own])
    return found


def _acts(deed: Deed) -> bool:
    return not isinstance(deed.action, Nothing)


def _deed(deed: Deed, node: str, roles: Mapping[str, tuple[str, ...]]) -> object:
    action, guard, wait = deed.action, deed.guard, deed.wait
    if isinstance(action, Copy):
        action = replace(action, sources=_named(action.sources, roles))
    if isinstance(action, Fault):
        action = replace(action, node="")
    return _canonical((action, guard and _guard(guard, node, roles), wait and _wait(wait, node)))


def _guard(guard: Guard, node: str, roles: Mapping[str, tuple[str, ...]]) -> object:
    """Who is asked what; nodes that are asked the same are one."""
    asked = _SELF if guard.nodes == (node,) else _named(guard.nodes, roles)
    questions = {_text(_canonical(_asked(one, name))) for name, one in guard.asked.items()}
    return asked, tuple(sorted(questions)), guard.every, guard.skip_if_holds


def _wait(wait: Wait, node: str) -> Wait:
    return replace(wait, expectation=_asked(wait.expectation, node))


def _asked(asked: Expectation, node: str) -> Expectation:
    """The expectation with its queries, which are plain, freed of the node's own name."""
    pairs = tuple((query.replace(node, "{{ node.name }}"), text) for query, text in asked.expect)
    return replace(asked, expect=pairs)


def _named(nodes: tuple[str, ...], roles: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Which kinds of nodes these are; how many of them is the site's own affair."""
    return tuple(sorted({"+".join(sorted(roles.get(name, ()))) for name in nodes}))


def _canonical(value: object) -> object:
    match value:
        case Text():
            return value.generic()
        case tuple():
            return [_canonical(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            kept = [field.name for field in fields(value) if field.name not in _SAID]
            inner = {name: _canonical(getattr(value, name)) for name in kept}
            return {"is": type(value).__name__, **inner}
    return value


def hashed(value: object) -> str:
    """What stands for plain data."""
    return hashlib.sha256(_text(value).encode()).hexdigest()[:16]


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
