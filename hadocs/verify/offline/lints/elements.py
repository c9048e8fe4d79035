"""What commands of the cluster shells create, as far as their words tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hadocs.verify.offline.lints.parts import VALUE
from hadocs.verify.offline.lints.spoken import Spoken

_SCORE = re.compile(r"[+-]?(\d+|inf|infinity):?|(mandatory|optional|serialize|advisory):?", re.I)
_ROLES = frozenset(["promoted", "unpromoted", "master", "slave", "started", "stopped"])
_ACTIONS = frozenset(["start", "stop", "promote", "demote"])
_BETWEEN = frozenset(["with", "then", "set", "setoptions"])
_CRM_SECTIONS = frozenset(["params", "meta", "op", "utilization", "operations"])


@dataclass(frozen=True)
class Element:
    """Something that gets an id in the configuration.

    *members* are the ids that it is made of; in a constraint in the order of the sentence "this one
    goes with that one", "this one first, then that one". *score* is as written.
    """

    id: str
    kind: str
    spoken: Spoken
    members: tuple[str, ...] = ()
    score: str = ""


def elements(one: Spoken) -> Iterator[Element]:
    """What a command creates."""
    yield from (_crm if one.shell == "crm" else _pcs)(one, one.plain)


def same(one: str, other: str) -> bool:
    """Whether two ids can be the same one; a value can be anything."""
    return any(
        re.fullmatch(".*".join(map(re.escape, a.split(VALUE))), b)
        for a, b in ((one, other), (other, one))
    )


def _crm(one: Spoken, words: Sequence[str]) -> Iterator[Element]:
    if len(words) < 3 or words[0] != "configure":
        return
    _, verb, id_, *rest = words
    match verb:
        case "primitive" | "rsc_template":
            agent = next((word for word in rest if ":" in word or word.startswith("@")), "")
            yield Element(id_, "fencing" if agent.startswith("stonith:") else "primitive", one)
        case "clone" | "ms" | "master":
            yield Element(id_, "clone", one, tuple(rest[:1]))
        case "group":
            yield Element(id_, "group", one, tuple(_until(rest, _CRM_SECTIONS)))
        case "colocation" | "collocation" | "order":
            kind = "order" if verb == "order" else "colocation"
            scores = [word for word in rest if _SCORE.fullmatch(word)]
            yield Element(id_, kind, one, tuple(_members(rest)), (*scores, "")[0].rstrip(":"))
        case "rsc_ticket":
            yield Element(id_, "ticket", one, tuple(_members(rest[1:])))
        case "location":
            named = () if not rest or rest[0].startswith("/") else (rest[0],)
            yield Element(id_, "location", one, named)


def _pcs(one: Spoken, words: Sequence[str]) -> Iterator[Element]:
    match words:
        case ["resource", "create", id_, *rest]:
            yield Element(id_, "primitive", one)
            for word in ("clone", "promotable", "master"):
                if word in rest or f"--{word}" in one.words:
                    after = rest[rest.index(word) + 1 :][:1] if word in rest else []
                    named = after and "=" not in after[0] and after[0] != "meta"
                    yield Element(after[0] if named else f"{id_}-clone", "clone", one, (id_,))
            for word in ("group", "--group"):
                if word in one.words[:-1]:
                    yield Element(one.words[one.words.index(word) + 1], "group", one, (id_,))
        case ["resource", "clone" | "promotable", id_, *rest]:
            named = rest and "=" not in rest[0] and rest[0] != "meta"
            yield Element(rest[0] if named else f"{id_}-clone", "clone", one, (id_,))
        case ["resource", "group", "add", id_, *rest]:
            yield Element(id_, "group", one, tuple(rest))
        case ["resource", "bundle", "create", id_, *_]:
            yield Element(id_, "clone", one)
        case ["stonith", "create", id_, *_]:
            yield Element(id_, "fencing", one)
        case ["constraint", "colocation" | "order" as kind, *rest]:
            options = dict(word.split("=", 1) for word in rest if "=" in word)
            scores = [word for word in rest if _SCORE.fullmatch(word)]
            score = options.get("kind") or options.get("score") or (*scores, "")[0]
            members = tuple(_members(word for word in rest if word != "add"))
            yield Element(options.get("id", ""), kind, one, members, score)


def _members(words: Iterable[str]) -> Iterator[str]:
    """Ids of resources in a constraint."""
    for word in words:
        name = word.strip("[]()")
        name, _, role = name.partition(":")
        is_id = name and "=" not in name and not _SCORE.fullmatch(word)
        if is_id and (role or name.lower() not in _ROLES | _ACTIONS | _BETWEEN):
            yield name


def _until(words: Sequence[str], ends: frozenset[str]) -> Iterator[str]:
    for word in words:
        if word in ends or "=" in word:
            return
        yield word
