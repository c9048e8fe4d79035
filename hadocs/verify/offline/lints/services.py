"""Services, units, packages and ports that a series of the guide no longer has."""

from __future__ import annotations

import fnmatch
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from hadocs.loading.catalog import Loaded
from hadocs.plan.domain import Point
from hadocs.plan.names import look_up
from hadocs.plan.walk import Place, actions
from hadocs.problems import Code, Location, Problem
from hadocs.spec.actions import ActionSpec
from hadocs.spec.component import ComponentSpec
from hadocs.verify.offline.lints.view import View
from hadocs.verify.offline.options_registry import DATA

#: An entry of the table of what is gone.
Entry: TypeAlias = Mapping[str, Any]
Kind = Literal["packages", "units"]
_KINDS: tuple[Kind, ...] = ("packages", "units")
#: Programs of whose words some are names of units or packages.
_NAMING = frozenset(
    ["systemctl", "service", "chkconfig", "journalctl", "apt-get", "apt", "dnf", "yum", "zypper"]
)
_SHELLS = frozenset(["crm", "pcs"])
_PORT = re.compile(r"(?<![\d.])\d{4,5}(?![\d.])")


@dataclass(frozen=True)
class Named:
    """A real name that stands at *where*, for a target."""

    kind: Kind
    word: str
    point: Point
    where: Location


def lint(view: View) -> Iterator[Problem]:
    """Every name of a unit or a package, and every port."""
    gone: dict[tuple[Location, str, int], tuple[Entry, set[str], set[str]]] = {}
    for named in (*_of_actions(view), *_of_commands(view)):
        for entry in _of(named.kind, named.word, named.point, view):
            known = gone.setdefault((named.where, named.word, id(entry)), (entry, set(), set()))
            known[1].add(named.point.series)
            known[2].add(named.point.system)
    for (where, word, _), (entry, series, systems) in gone.items():
        message = f"{word!r} is not in {', '.join(sorted(series))}: "
        message += f"{entry['until']} had it last" if "until" in entry else "no series had it"
        if _is_limited(entry):
            message += f" (on {', '.join(sorted(systems))})"
        yield Problem(where, Code.RETIRED_SERVICE, message, _hint(entry))
    yield from _ports(view)


def _of_actions(view: View) -> Iterator[Named]:
    for component in view.components:
        for action, place in actions(component):
            for kind, name, where in _logical(component, action, place):
                for point in view.having(component, action):
                    known = look_up(component, view.catalog.systems[point.system], kind, name)
                    for word in known.words if known else ():
                        yield Named(kind, word, point, where)


def _logical(
    component: Loaded[ComponentSpec], action: ActionSpec, place: Place
) -> Iterator[tuple[Kind, str, Location]]:
    for index, name in enumerate(action.install or ()):
        if "{" not in name:
            yield "packages", name, component.at(*place, "install", index)
    if action.service is not None:
        key = "start" if action.service.start else "stop"
        yield "units", getattr(action.service, key), component.at(*place, "service", key)


def _of_commands(view: View) -> Iterator[Named]:
    for command in view.commands:
        for word in command.words[1:] if command.words[0] in _NAMING | _SHELLS else ():
            kind, colon, name = word.partition(":")
            is_unit = colon and kind in ("systemd", "service", "lsb")
            name = (name if is_unit else word).removesuffix(".service")
            if (is_unit or command.words[0] in _NAMING) and name in _names():
                for point in view.targets(command.part):
                    for kind_ in _KINDS:
                        yield Named(kind_, name, point, command.at(word))


def _of(kind: Kind, word: str, point: Point, view: View) -> Iterator[Entry]:
    family = view.catalog.systems[point.system].distro.spec.family
    for entry in table()["service"] if word in _names() else ():
        here = family in entry.get("families", ()) or any(
            fnmatch.fnmatch(point.system, like) for like in entry.get("systems", ())
        )
        is_here = word in entry.get(kind, ()) and (here or not _is_limited(entry))
        if is_here and is_over(point.series, entry.get("until")):
            yield entry


def _is_limited(entry: Entry) -> bool:
    return "families" in entry or "systems" in entry


def is_over(series: str, last: str | None) -> bool:
    """Whether *series* is newer than *last*; a series that nobody knows is not."""
    order = table()["series"]
    return series in order and (last is None or order.index(series) > order.index(last))


def retired_port(port: int, view: View) -> Entry | None:
    """What listened there once, if no series of the guide has it."""
    found = (entry for entry in table()["service"] if port in entry.get("ports", ()))
    live = view.catalog.live_series
    return next((e for e in found if all(is_over(one, e["until"]) for one in live)), None)


def _ports(view: View) -> Iterator[Problem]:
    for part in view.parts:
        for number, line in enumerate(part.text.split("\n")):
            for found in _PORT.finditer(line):
                yield from _port(int(found[0]), part.at(number, found[0]), view)
    for component in view.components:
        for index, service in enumerate(component.spec.services):
            for name, port in service.ports.items():
                yield from _port(port, component.at("services", index, "ports", name), view)


def _port(port: int, where: Location, view: View) -> Iterator[Problem]:
    if entry := retired_port(port, view):
        message = f"port {port} was that of {entry['what']}; {entry['until']} had it last"
        yield Problem(where, Code.RETIRED_SERVICE, message, _hint(entry))


@functools.cache
def _names() -> frozenset[str]:
    return frozenset(
        name for entry in table()["service"] for kind in _KINDS for name in entry.get(kind, ())
    )


def _hint(entry: Mapping[str, str]) -> str:
    return f"instead: {entry['instead']} ({entry['source']})"


@functools.cache
def table() -> Mapping[str, Any]:
    """What series no longer have, and the order of all series."""
    return tomllib.loads((DATA / "retired_services.toml").read_text())
