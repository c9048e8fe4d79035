"""Services, units, packages and ports that a series of the guide no longer has."""

from __future__ import annotations

import fnmatch
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from hadocs.plan.domain import Point
from hadocs.plan.names import look_up
from hadocs.plan.walk import actions
from hadocs.problems import Code, Location, Problem
from hadocs.verify.offline.lints.view import Part, View
from hadocs.verify.offline.options_registry import DATA

Kind = Literal["packages", "units"]
_KINDS: tuple[Kind, ...] = ("packages", "units")
#: Programs whose words can be names of units or packages.
_NAMING = frozenset(
    "systemctl service chkconfig apt-get apt dnf yum zypper crm pcs update-rc.d journalctl".split()
)
_UNIT = re.compile(r"\b(?:systemd:|service:|lsb:)?([a-z][\w@.-]*?)(?:\.service)?")
_PORT = re.compile(r"(?<![\d.])\d{4,5}(?![\d.])")


def lint(view: View) -> Iterator[Problem]:
    """Every name of a unit or a package, and every port."""
    for component in view.components:
        for action, place in actions(component):
            for kind, name, at in _logical(component, action, place):
                for point in view.having(component, action):
                    known = look_up(component, view.catalog.systems[point.system], kind, name)
                    for word in known.words if known else ():
                        yield from _gone(view, kind, word, point, at)
    for command in view.commands:
        if command.words[0] in _NAMING:
            for word in command.words[1:]:
                found = _UNIT.fullmatch(word)
                for point in view.targets(command.part):
                    for kind in _KINDS if found else ():
                        yield from _gone(view, kind, found[1], point, command.at(word))  # type: ignore[index]  # found
    for part in view.parts:
        yield from _ports(part, view)
    yield from _own_ports(view)


def _logical(component: Any, action: Any, place: Any) -> Iterator[tuple[Kind, str, Location]]:
    for index, name in enumerate(action.install or ()):
        if "{" not in name:
            yield "packages", name, component.at(*place, "install", index)
    if action.service is not None:
        key = "start" if action.service.start else "stop"
        yield "units", getattr(action.service, key), component.at(*place, "service", key)


def _gone(view: View, kind: str, word: str, point: Point, at: Location) -> Iterator[Problem]:
    for entry in table()["service"]:
        if word in entry.get(kind, ()) and _concerns(view, entry, point):
            last = entry.get("until")
            message = f"{point.series} has no {word!r} any more, {last} had it last"
            if not last:
                message = f"no series has a {kind[:-1]} {word!r} on {point.system}"
            yield Problem(at, Code.RETIRED_SERVICE, message, _hint(entry))


def _concerns(view: View, entry: Mapping[str, Any], point: Point) -> bool:
    family = view.catalog.systems[point.system].distro.spec.family
    limits = "families" in entry or "systems" in entry
    here = family in entry.get("families", ()) or any(
        fnmatch.fnmatch(point.system, like) for like in entry.get("systems", ())
    )
    return (not limits or here) and is_over(point.series, entry.get("until"))


def is_over(series: str, last: str | None) -> bool:
    """Whether *series* is newer than *last*; a series that nobody knows is not."""
    order = table()["series"]
    return series in order and (last is None or order.index(series) > order.index(last))


def _ports(part: Part, view: View) -> Iterator[Problem]:
    for number, line in enumerate(part.text.split("\n")):
        for found in _PORT.finditer(line):
            entry = _of_port(int(found[0]))
            if entry and all(is_over(p.series, entry["until"]) for p in view.everywhere):
                message = f"port {found[0]} was that of {entry['what']}; {entry['until']} had it last"
                yield Problem(part.at(number, found[0]), Code.RETIRED_SERVICE, message, _hint(entry))


def _own_ports(view: View) -> Iterator[Problem]:
    for component in view.components:
        for index, service in enumerate(component.spec.services):
            for name, port in service.ports.items():
                if (entry := _of_port(port)) is not None:
                    message = f"port {port} was that of {entry['what']}; {entry['until']} had it last"
                    at = component.at("services", index, "ports", name)
                    yield Problem(at, Code.RETIRED_SERVICE, message, _hint(entry))


def _of_port(port: int) -> Mapping[str, Any] | None:
    return next((e for e in table()["service"] if port in e.get("ports", ())), None)


def _hint(entry: Mapping[str, str]) -> str:
    return f"instead: {entry['instead']} ({entry['source']})"


@functools.cache
def table() -> Mapping[str, Any]:
    """What series no longer have, and the order of all series."""
    return tomllib.loads((DATA / "retired_services.toml").read_text())
