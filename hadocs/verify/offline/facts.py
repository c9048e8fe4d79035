"""What a cluster configuration (CIB) means, however a shell has written it.

Ids are free, but those of resources. Units of time, words for true and for roles, and what
Pacemaker takes where nothing is written are the same word each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element


class Fact(NamedTuple):
    """What a value is about: *subject* is a resource, a node, or what is set for the cluster."""

    subject: str
    what: str


#: What the cluster writes by itself.
_OF_THE_CLUSTER = frozenset(
    {"have-watchdog", "dc-version", "cluster-infrastructure", "cluster-name", "last-lrm-refresh"}
)
#: Operations whose time limit decides a failover. Pacemaker runs them whether they are written or
#: not, so one that is not written is the same as one with the default. pcs writes every operation
#: that an agent advises, crm none; the others (reload, notify, validate-all, meta-data ...) do not
#: decide what runs where, and are no facts.
_ALWAYS = frozenset({"start", "stop", "promote", "demote", "migrate_to", "migrate_from"})
#: Pacemaker's limit where neither the operation nor the defaults of operations name one.
_DEFAULT_TIMEOUT = "20s"
_TIMES = re.compile(
    r"interval|timeout|.*-timeout|.*-interval|.*-delay|.*_timeout|pcmk_delay_.*|dc-deadtime"
)
_UNITS = {"": 1000, "s": 1000, "sec": 1000, "ms": 1, "msec": 1, "us": 0.001, "usec": 0.001,
          "m": 60000, "min": 60000, "h": 3600000, "hr": 3600000}  # fmt: skip
_WORDS = {
    "yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false",
    "master": "promoted", "slave": "unpromoted", "inf": "infinity", "+inf": "infinity",
    "infinity": "infinity", "+infinity": "infinity", "-inf": "-infinity",
    "-infinity": "-infinity",
}  # fmt: skip
_RESOURCES = ("primitive", "group", "clone", "master", "bundle")


def facts(cib: str) -> dict[Fact, str]:
    """The facts of a configuration."""
    configuration = ElementTree.fromstring(cib).find("configuration")  # noqa: S314 - made here
    if configuration is None:
        return {}
    found = dict(_cluster(configuration))
    for resource in configuration.iterfind("resources/*"):
        found |= dict(_resource(resource, found))
    for node in configuration.iterfind("nodes/node"):
        name = f"node {node.get('uname')}"
        found |= {Fact(name, f"attribute {k}"): v for k, v in _pairs(node, "*")}
    for constraint in configuration.iterfind("constraints/*"):
        found |= dict(_constraint(constraint))
    for level in configuration.iterfind("fencing-topology/fencing-level"):
        target = level.get("target") or level.get("target-pattern") or _plain(level)
        fact = Fact("fencing levels", f"level {level.get('index')} of {target}")
        found[fact] = level.get("devices", "")
    for section in ("tags", "acls", "alerts"):
        for element in configuration.iterfind(f"{section}/*"):
            found[Fact(section, _plain(element))] = "there"
    return found


def _cluster(configuration: Element) -> Iterator[tuple[Fact, str]]:
    for name, value in _pairs(configuration, "crm_config/cluster_property_set"):
        if name not in _OF_THE_CLUSTER:
            yield Fact("cluster properties", name), value
    for section, subject in (
        ("rsc_defaults", "defaults of resources"),
        ("op_defaults", "defaults of operations"),
    ):
        for defaults in configuration.iterfind(f"{section}/meta_attributes"):
            rule = "".join(f" where {_plain(rule)}" for rule in defaults.iterfind("rule"))
            for name, value in _pairs(defaults, "."):
                yield Fact(subject, name + rule), value


def _resource(element: Element, known: Mapping[Fact, str]) -> Iterator[tuple[Fact, str]]:
    """The facts of a resource and of those inside it."""
    name = element.get("id", "")
    inner = [child for child in element if child.tag in _RESOURCES]
    if element.tag == "primitive":
        parts = (element.get(part) for part in ("class", "provider", "type"))
        yield Fact(name, "agent"), ":".join(filter(None, parts))
        yield from _operations(element, name, known)
    else:
        kind = "clone" if element.tag == "master" else element.tag
        yield Fact(name, f"{kind} of"), " ".join(child.get("id", "") for child in inner)
    if element.tag == "master":
        yield Fact(name, "meta promotable"), "true"
    for tag, word in (("instance_attributes", "parameter"), ("meta_attributes", "meta"),
                      ("utilization", "utilization")):  # fmt: skip
        for key, value in _pairs(element, tag):
            yield Fact(name, f"{word} {key}"), value
    for child in inner:
        yield from _resource(child, known)


def _operations(
    primitive: Element, name: str, known: Mapping[Fact, str]
) -> Iterator[tuple[Fact, str]]:
    limit = known.get(
        Fact("defaults of operations", "timeout"), normal("timeout", _DEFAULT_TIMEOUT)
    )
    for always in sorted(_ALWAYS):
        yield Fact(name, f"operation {always}"), f"timeout={limit}"
    for operation in primitive.iterfind("operations/op"):
        said = {k: normal(k, v) for k, v in operation.attrib.items() if k not in ("id", "name")}
        said |= dict(_pairs(operation, "*"))
        interval, role = said.pop("interval", "0"), said.pop("role", "started")
        said.setdefault("timeout", limit)
        value = " ".join(f"{key}={said[key]}" for key in sorted(said))
        kind = operation.get("name", "")
        if interval != "0":
            yield Fact(name, f"{kind} every {interval}, role {role}"), value
        elif kind in _ALWAYS:
            yield Fact(name, f"operation {kind}"), value


def _constraint(element: Element) -> Iterator[tuple[Fact, str]]:
    said = {k: normal(k, v) for k, v in element.attrib.items() if k not in ("id", "rsc", "node")}
    if len(element):
        yield Fact("constraints", _plain(element)), "there"
    elif element.tag == "rsc_colocation":
        ends = [_end(element, key, said.pop(f"{key}-role", "")) for key in ("rsc", "with-rsc")]
        said.pop("with-rsc")
        score = said.pop("score", "infinity")
        yield Fact("constraints", f"{ends[0]} with {ends[1]}{_rest(said)}"), f"score {score}"
    elif element.tag == "rsc_order":
        first = said.pop("first-action", "start")
        then = said.pop("then-action", first)
        kind = said.pop("kind", "optional" if said.get("score") == "0" else "mandatory")
        said.pop("score", "")
        what = f"{first} {said.pop('first')} then {then} {said.pop('then')}"
        yield Fact("constraints", what + _rest(said)), f"kind {kind}"
    else:
        where = element.get("node", "")
        score = said.pop("score", "")
        yield Fact("constraints", f"{element.get('rsc')} on {where}{_rest(said)}"), f"score {score}"


def _end(element: Element, key: str, role: str) -> str:
    return f"{element.get(key)} ({role})" if role else element.get(key, "")


def _rest(said: Mapping[str, str]) -> str:
    return "".join(f", {key} {said[key]}" for key in sorted(said))


def _pairs(element: Element, path: str) -> Iterator[tuple[str, str]]:
    """Names and values of the sets at *path*."""
    for pair in element.iterfind(f"{path}/nvpair"):
        name = pair.get("name", "")
        yield name, normal(name, pair.get("value", ""))


def _plain(element: Element) -> str:
    """An element in one line, without ids of its own."""
    said = sorted((k, normal(k, v)) for k, v in element.attrib.items() if k != "id")
    inside = " ".join(map(_plain, element))
    words = " ".join([element.tag, *(f"{key}={value}" for key, value in said)])
    return f"{words} ({inside})" if inside else words


def normal(name: str, value: str) -> str:
    """*value* of *name* in one way of writing."""
    found = re.fullmatch(r"(\d+)\s*([a-z]*)", value.strip().lower())
    if found and found[2] in _UNITS and _TIMES.fullmatch(name):
        seconds = int(found[1]) * _UNITS[found[2]] / 1000
        return f"{seconds:g}s" if seconds else "0"
    word = value.strip().lower()
    if name in ("role", "rsc-role", "with-rsc-role", "kind", "first-action", "then-action"):
        return _WORDS.get(word, word)
    return _WORDS.get(word, value)
