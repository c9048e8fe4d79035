"""Content that differs by way, system or shell becomes tabs; equal variants become one panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hadocs.loading.catalog import Catalog
from hadocs.plan.domain import Point
from hadocs.renderers.blocks import Block, Panel, Tabs
from hadocs.renderers.guide.context import Context

Blocks: TypeAlias = tuple[Block, ...]


@dataclass(frozen=True)
class Axis:
    """One way to differ: *group* is that of the tabs, *values* are keys with their labels.

    *usual* is the key that each system has by default.
    """

    group: str
    label: str
    values: tuple[tuple[str, str], ...]
    usual: tuple[tuple[str, str], ...] = ()


def axes(context: Context, *, ways: Sequence[str], system: bool, shell: bool) -> tuple[Axis, ...]:
    """The axes along which a step can differ, outermost first."""
    result = [_way(context.catalog, name) for name in ways]
    if system:
        titles = context.catalog.systems
        values = tuple((name, titles[name].version.title) for name in context.systems)
        result.append(Axis("system", "Distribution", values))
    if shell:
        systems = context.catalog.systems
        usual = tuple((name, systems[name].distro.spec.shell) for name in context.systems)
        shells = tuple((name, name) for name in context.shells)
        result.append(Axis("shell", "Cluster shell", shells, usual))
    return tuple(result)


def _way(catalog: Catalog, name: str) -> Axis:
    ways = catalog.components[name].spec.open_ways
    values = tuple(
        (way.id, f"{way.title} (recommended)" if way.recommended else way.title) for way in ways
    )
    return Axis(f"way:{name}", f"Way of {catalog.components[name].spec.title}", values)


def varied(context: Context, over: tuple[Axis, ...], content: Callable[[Point], Blocks]) -> Blocks:
    """*content* at every point, in tabs only where it differs."""
    return _varied(context, over, content, {})


def _varied(
    context: Context,
    over: tuple[Axis, ...],
    content: Callable[[Point], Blocks],
    fixed: dict[str, str],
) -> Blocks:
    if not over:
        return content(_point(context, fixed))
    axis, rest = over[0], over[1:]
    groups: dict[Blocks, list[tuple[str, str]]] = {}
    possible = _possible(context, axis, fixed)
    for key, label in possible:
        blocks = _varied(context, rest, content, {**fixed, axis.group: key})
        groups.setdefault(blocks, []).append((key, label))
    if len(groups) == 1:
        return next(iter(groups))
    panels = tuple(
        Panel(_label(context, axis, members), tuple(key for key, _ in members), blocks)
        for blocks, members in groups.items()
    )
    return (Tabs(axis.group, axis.label, panels, possible, axis.usual),)


def _possible(context: Context, axis: Axis, fixed: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The values of an axis; a system has only the shells of its archive."""
    if axis.group != "shell" or "system" not in fixed:
        return axis.values
    shells = context.catalog.systems[fixed["system"]].distro.spec.shells
    return tuple((key, label) for key, label in axis.values if key in shells)


def _point(context: Context, fixed: dict[str, str]) -> Point:
    ways = {g.removeprefix("way:"): key for g, key in fixed.items() if g.startswith("way:")}
    system = fixed.get("system", context.systems[0])
    shell = fixed.get("shell", context.catalog.systems[system].distro.spec.shell)
    return context.point(system, shell, ways)


def _label(context: Context, axis: Axis, members: list[tuple[str, str]]) -> str:
    """Titles of the members; a distro's own title where all its versions are there."""
    if axis.group != "system":
        return ", ".join(label for _, label in members)
    keys = [key for key, _ in members]
    labels: list[str] = []
    for name, distro in context.catalog.distros.items():
        versions = [f"{name}-{v.id}" for v in distro.spec.versions]
        shown = [key for key in versions if key in context.systems]
        if shown and all(key in keys for key in shown):
            labels.append(distro.spec.title)
        else:
            labels += [label for key, label in members if key in shown]
    return ", ".join(labels)
