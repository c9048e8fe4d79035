"""Distros, releases, sites and the guide itself: the files of conf/."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from hadocs.spec.base import (
    Certainty,
    Kinds,
    Name,
    Phrase,
    Phrases,
    Prose,
    Spec,
    Word,
    Words,
    YesNo,
)


class OsRelease(Spec):
    """What ``/etc/os-release`` says there."""

    id: Words


class PackageManager(Spec):
    """How packages are found and installed. See `hadocs.plan.actions.Install`."""

    refresh: Phrase
    install: Phrase
    environment: Mapping[str, Phrase] = {}
    installed: Phrase
    installed_prints: Phrase | None = None


class Support(Spec):
    """Whether a distro version carries a series: from where, or (*nothing*) why not."""

    from_: Phrase = Field(default="", alias="from")
    nothing: Phrase = ""
    certainty: Certainty | None = None
    source: Phrase | None = None

    @model_validator(mode="after")
    def _one(self) -> Support:
        if bool(self.from_) == bool(self.nothing):
            raise ValueError("needs exactly one of 'from' and 'nothing'")
        return self


class VersionSpec(Spec):
    """One version of a distro."""

    id: Word
    title: Phrase
    os_release: Phrase
    image: Phrase = ""
    series: Mapping[Word, Support] = {}
    names: Kinds = Kinds()


class DistroSpec(Spec):
    """A distro: its package manager, its words for things, its cluster shells.

    *shell* is the default one; *shells* are those that it has packages of.
    """

    title: Phrase
    family: Word
    shell: Literal["crm", "pcs"]
    shells: tuple[Literal["crm", "pcs"], ...] = ("crm", "pcs")
    os_release: OsRelease
    package_manager: PackageManager
    install_guide: Words = ()
    certainty: Certainty
    source: Phrase
    versions: tuple[VersionSpec, ...]
    names: Kinds = Kinds()


class Repository(Spec):
    """What makes the packages of a series available on a distro version: *commands*, in order.

    *enabled* is a command that succeeds where that was done.
    """

    commands: Phrases
    enabled: Phrase
    certainty: Certainty | None = None
    source: Phrase | None = None


class ReleaseSpec(Spec):
    """An OpenStack series. *order* sorts them; *historic* has services and text, no steps."""

    title: Phrase
    order: int
    slurp: YesNo = False
    status: Phrase = ""
    docs: Phrase
    shared_docs: Phrase = ""
    pages: Phrase = ""
    repositories: Mapping[Word, Repository] = {}
    links: Literal["live", "dead"] = "live"
    historic: YesNo = False


class SiteNode(Spec):
    """A machine: *values* are parameters of components that differ by node."""

    name: Word
    address: Phrase
    roles: Words
    values: Mapping[Word, Mapping[Name, Any]] = {}


class Network(Spec):
    """The management network."""

    cidr: Phrase
    interface: Phrase


class Vip(Spec):
    """The virtual address and the name that clients use for it."""

    name: Word
    address: Phrase


class SiteSpec(Spec):
    """One cluster: nodes, addresses and the ways that it chose."""

    title: Phrase
    about: Prose = ""
    domain: Word
    series: Word | None = None
    shell: Literal["crm", "pcs"] | None = None
    nodes: tuple[SiteNode, ...]
    network: Network
    vip: Vip
    ways: Mapping[Word, Word] = {}
    values: Mapping[Word, Mapping[Name, Any]] = {}


class Chapter(Spec):
    """A chapter of the guide."""

    id: Word
    title: Phrase
    about: Prose = ""


class Role(Spec):
    """A role of nodes; *many* is the name of its nodes in templates."""

    id: Word
    many: Name
    title: Phrase
    about: Prose = ""


class GuideSpec(Spec):
    """The guide as a whole: chapters in order, roles, and what it shows by default.

    *tasks* is the chapter of procedures and drills, the last one if it is not said.
    """

    title: Phrase
    series: Word
    site: Word
    chapters: tuple[Chapter, ...]
    tasks: Word | None = None
    roles: tuple[Role, ...]

    @property
    def chapter_of_tasks(self) -> str:
        """The chapter in which procedures and drills stand."""
        return self.tasks or self.chapters[-1].id
