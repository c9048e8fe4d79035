"""What a node's root file system and its package repository are made of."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hadocs.verify.cluster.error import ClusterError

_FOLDER = Path(__file__).parent / "images"
_ASKED_LATER = frozenset({"groups", "versions", "state", "lasting", "data"})


@dataclass(frozen=True)
class Bootstrap:
    """A root file system made package by package, from archives of this machine's apt.

    *archives* names suites by the label of the archive that holds them.
    """

    release: str
    archives: tuple[tuple[str, tuple[str, ...]], ...]
    components: tuple[str, ...]


@dataclass(frozen=True)
class Pull:
    """A root file system taken from a container image.

    *install* is a command that installs the packages named after it, *download* one that puts them
    with all that they need into the current folder; *index* makes an archive of that folder.
    """

    install: str
    download: str
    index: str


@dataclass(frozen=True)
class Recipe:
    """A file of images/.

    *groups* are sets of packages that can be installed together; nodes install any of them
    offline. *files* and *masked* units adapt the system to life in a lab. *versions* is a command
    that prints name and version of the packages named after it. *state* has questions, by name,
    whose answers must not change when nothing is to do; those that are *lasting* ask what the
    cluster keeps, whatever happens to a node; *data* also when its site changes.
    """

    base: Bootstrap | Pull
    packages: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    files: tuple[tuple[str, str], ...]
    masked: tuple[str, ...]
    no_ops: tuple[str, ...]
    versions: str
    state: tuple[tuple[str, str], ...]
    lasting: tuple[str, ...]
    data: tuple[str, ...]

    @property
    def system(self) -> object:
        """What the root file system depends on."""
        return {k: v for k, v in dataclasses.asdict(self).items() if k not in _ASKED_LATER}


def names() -> tuple[str, ...]:
    """The images that there are recipes for."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def with_image(systems: Sequence[str]) -> str:
    """The first of *systems* that nodes can be made of; the first of all, if none is."""
    known = names()
    return next((system for system in systems if system in known), systems[0])


def recipe(name: str) -> Recipe:
    """The recipe of the image *name*; what it does not say is that of the one it is *like*."""
    path = _FOLDER / f"{name}.toml"
    if not path.is_file():
        raise ClusterError(f"no image {name!r}", [f"known: {', '.join(names())}"])
    data = tomllib.loads(path.read_text())
    if like := data.get("like"):
        data = {**tomllib.loads((_FOLDER / f"{like}.toml").read_text()), **data}
    return Recipe(
        base=_base(data),
        packages=tuple(data["packages"]),
        groups=tuple(tuple(group) for group in data["groups"]),
        files=_sorted(data["files"]),
        masked=tuple(data["masked"]),
        no_ops=tuple(data["no_ops"]),
        versions=data["versions"],
        state=_sorted(data["state"]),
        lasting=tuple(data["lasting"]),
        data=tuple(data["data"]),
    )


def _base(data: Mapping[str, Any]) -> Bootstrap | Pull:
    if "pull" in data:
        return Pull(**data["pull"])
    made = data["bootstrap"]
    archives = tuple((label, tuple(suites)) for label, suites in made["archives"].items())
    return Bootstrap(made["release"], archives, tuple(made["components"]))


def _sorted(files: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(files.items()))
