"""Which options the services of a series know, and which files each of them reads."""

from __future__ import annotations

import fnmatch
import functools
import gzip
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
_NAME = "options-{}.json.gz"
#: The section of which every service reads the options, in lower case like all names here.
_COMMON = "default"


@dataclass(frozen=True)
class Option:
    """An option: its type, the values that it allows, its former names, whether it will go.

    *was* has pairs of section and name; without a section it is the option's own.
    """

    name: str
    type: str = "string"
    choices: tuple[str | None, ...] = ()
    min: float | None = None
    max: float | None = None
    removal: bool = False
    was: tuple[tuple[str | None, str], ...] = ()

    @classmethod
    def of(cls, name: str, data: Mapping[str, Any]) -> Option:
        """The option that a data file describes."""
        said = dict(data)
        for key in ("choices", "was"):
            if key in said:
                said[key] = tuple(tuple(v) if isinstance(v, list) else v for v in said[key])
        return cls(name, **said)


@dataclass(frozen=True)
class Registry:
    """The sections of one service's options; *named* and *fixed* as in registries.toml."""

    name: str
    sections: Mapping[str, Mapping[str, Option]]
    named: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, tuple[str, ...]]

    def options(self, section: str, values: Mapping[str, str]) -> Mapping[str, Option] | None:
        """What *section* may hold, or None if there is none; *values* are of options in `named`."""
        if (held := self.sections.get(section.lower())) is not None:
            return held
        groups = self.fixed.get(section, ())
        for option, like in self.named.items():
            names = (word.partition(":")[0].strip() for word in values.get(option, "").split(","))
            if section in names:
                groups = (*groups, *like)
        matched = [name for group in groups for name in fnmatch.filter(self.sections, group)]
        return {k: o for name in matched for k, o in self.sections[name].items()} or None

    @functools.cached_property
    def successors(self) -> Mapping[tuple[str, str], tuple[str, str]]:
        """By section and former name: the section and the name of today."""
        return {
            ((old or section).lower(), underscored(former)): (shown(section), option.name)
            for section, held in self.sections.items()
            for option in held.values()
            for old, former in option.was
        }


def underscored(key: str) -> str:
    """The key as it is compared: a service reads ``-`` as ``_``."""
    return key.replace("-", "_")


def data_file(series: str) -> Path:
    """The file with the registries of a series."""
    return DATA / _NAME.format(series)


def known_series() -> tuple[str, ...]:
    """The series that there are registries of, in the order of their releases."""
    return tuple(series for series in sources()["series"] if data_file(series).is_file())


@functools.cache
def sources() -> Mapping[str, Any]:
    """What registries.toml says."""
    return tomllib.loads((DATA / "registries.toml").read_text())


@functools.cache
def registries(series: str) -> Mapping[str, Registry]:
    """The registries of a series, by name."""
    data = json.loads(gzip.decompress(data_file(series).read_bytes()))["registries"]
    return {
        name: Registry(
            name,
            {
                section: {underscored(key): Option.of(key, option) for key, option in held.items()}
                for section, held in data[name].items()
            },
            {key: tuple(groups) for key, groups in about.get("named", {}).items()},
            {key: tuple(groups) for key, groups in about.get("fixed", {}).items()},
        )
        for name, about in sources()["registries"].items()
        if name in data
    }


def readers(path: str) -> Iterator[str]:
    """Names of the registries whose services read the file at *path*.

    What stands in the folder ``NAME.conf.d`` is read like the file NAME.conf.
    """
    folder, _, name = path.rpartition("/")
    if folder.endswith(".conf.d") and name.endswith(".conf"):
        path = f"{folder.rpartition('/')[0]}/{folder.rpartition('/')[2].removesuffix('.d')}"
    for registry, about in sources()["registries"].items():
        if path in about["files"]:
            yield registry


@dataclass(frozen=True)
class Readers:
    """The services that read a file, in which *values* are set."""

    registries: tuple[Registry, ...]
    values: Mapping[str, str]

    def __str__(self) -> str:
        return " or ".join(registry.name for registry in self.registries)

    def option(self, section: str, key: str) -> Option | None:
        """The option, if any of them has it."""
        return self.options(section).get(underscored(key))

    def options(self, section: str) -> Mapping[str, Option]:
        """What a section may hold; nothing, if there is no such section."""
        held = (registry.options(section, self.values) or {} for registry in self.registries)
        return {key: option for options in held for key, option in options.items()}

    def today(self, section: str, key: str) -> tuple[str, str] | None:
        """Section and name today of an option that is called by a former name."""
        name = section.lower(), underscored(key)
        found = (registry.successors.get(name) for registry in self.registries)
        return next(filter(None, found), None)

    @property
    def sections(self) -> set[str]:
        """Names of all sections."""
        return {shown(section) for registry in self.registries for section in registry.sections}

    def sections_with(self, key: str) -> list[str]:
        """Names of the sections that have an option of that name."""
        return sorted(s for s in self.sections if self.option(s, key) is not None)


def shown(section: str) -> str:
    """The name of a section as people write it."""
    return section.upper() if section == _COMMON else section


def readers_of(path: str, series: str, values: Mapping[str, str]) -> Readers | None:
    """Who reads the file at *path* in a series, as far as there are registries."""
    known = registries(series)
    found = tuple(known[name] for name in readers(path) if name in known)
    return Readers(found, values) if found else None
