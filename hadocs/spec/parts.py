"""The parts of a component that are not steps: services, slots, parameters, secrets, names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from hadocs.spec.base import (
    Certainty,
    CommandText,
    Fact,
    Name,
    Period,
    Phrase,
    Phrases,
    Port,
    Prose,
    Reference,
    Seconds,
    Spec,
    TemplateText,
    Word,
    Words,
    YesNo,
)
from hadocs.spec.conditions import When


class EndpointSpec(Spec):
    """Where clients reach a service: a port of it at the virtual address."""

    port: Name
    scheme: Phrase
    path: Phrase = ""


class FillSpec(Spec):
    """This service fills a slot of another component, with values for the slot's parameters.

    *name* is ``service.name`` in the slot, and part of the steps' ids: the service's own, if it
    fills the slot only once.
    """

    slot: Reference
    name: Word | None = None
    given: Mapping[Name, TemplateText] = {}
    when: When = When()


class MajoritySpec(Spec):
    """The service stops without more than half of its members: one on each node of these roles."""

    roles: Words


class ServiceInfo(Spec):
    """A service as an operator knows it.

    *state*: what is lost with it. *mode*: as its clients see it. *kept_by*: what keeps it, and how.
    *resource*: the primitive that it is in Pacemaker. *beside*: services that run wherever it runs.
    """

    name: Word
    title: Phrase = ""
    about: Prose = ""
    roles: Words = ()
    state: Literal["stateful", "stateless"]
    mode: Literal["active/active", "active/passive", "one per node", "single"]
    kept_by: Mapping[Word, Phrase] = {}
    resource: Word | None = None
    beside: Words = ()
    ports: Mapping[Name, Port] = {}
    endpoints: Mapping[Name, EndpointSpec] = {}
    fills: tuple[FillSpec, ...] = ()
    majority: MajoritySpec | None = None
    since: Word | None = None
    until: Word | None = None
    replaced_by: Phrase = ""
    source: Phrase = ""


class SlaSpec(Spec):
    """A claim about an outage and who makes it."""

    at_most: Seconds | None = None
    says: Phrase = ""
    source: Phrase


class FailoverSpec(Spec):
    """What happens on a failure, in what order, and why it takes that long.

    *seen* is by what an operator notices it.
    """

    sla: SlaSpec | None = None
    seen: Phrase = ""
    text: Prose


class NamesSpec(Spec):
    """What one logical name is called: by default, by family, distro or distro version."""

    default: Fact | None = None
    family: Mapping[Word, Fact] = {}
    distro: Mapping[Word, Fact] = {}
    system: Mapping[Word, Fact] = {}

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"default": data} if isinstance(data, (str, list)) else data


class NameTables(Spec):
    """Logical names of packages, systemd units, paths and users.

    *certainty* and *source* hold for all of them; without, the distro's own hold.
    """

    certainty: Certainty | None = None
    source: Phrase = ""
    packages: Mapping[Name, NamesSpec] = {}
    units: Mapping[Name, NamesSpec] = {}
    paths: Mapping[Name, NamesSpec] = {}
    users: Mapping[Name, NamesSpec] = {}


class WaySpec(Spec):
    """An alternative that a site chooses.

    *after* names capabilities that it needs beside the component's. One that is described
    *elsewhere* (an address) has no steps here, and no site can choose it.
    """

    id: Word
    title: Phrase
    text: Prose = ""
    recommended: YesNo = False
    after: Phrases = ()
    elsewhere: Phrase = ""


class ParameterSpec(Spec):
    """A value that the site gives; its type decides where it may stand.

    All types but ``text`` hold only characters that a shell, an ini file and a URL leave alone.
    ``options`` are keys and values, ``hosts`` addresses and the names of each, separated by spaces.
    """

    type: Literal[
        "word", "int", "port", "address", "prefix", "hostname", "interface", "path", "device",
        "options", "hosts", "text",
    ]  # fmt: skip
    title: Phrase
    per: Literal["site", "node"] = "site"
    many: YesNo = False
    default: Phrase | None = None
    choices: Phrases = ()

    @property
    def paired(self) -> bool:
        """Whether a value is a mapping, over which templates walk as pairs of key and value."""
        return self.type in ("options", "hosts")


class SecretSpec(Spec):
    """A secret: how it is made, and the channel by which it reaches its user."""

    kind: Literal["password", "base64", "hex", "fernet", "ssh", "given"]
    length: int = 32
    about: Phrase


class OptionSetSpec(Spec):
    """Options that many components set alike, with parameters."""

    parameters: tuple[Name, ...] = ()
    about: Phrase = ""
    options: Mapping[Phrase, Mapping[Phrase, TemplateText]]


class ProbeSpec(Spec):
    """A client that asks again and again while a drill does its fault, and is told yes or no.

    *run* is one attempt, whose number is ``$NUMBER``; *at_most* ends it. *count* prints the numbers
    that are there afterwards, one each line; a client that only reads has none. *prepare* and
    *cleanup* are run once, before and after.
    """

    title: Phrase
    run: CommandText
    every: Period = 1000
    at_most: Period = 5000
    prepare: CommandText | None = None
    count: CommandText | None = None
    cleanup: CommandText | None = None


class ExpectationSpec(Spec):
    """A named question: run, read the output as a format, compare query by query."""

    title: Phrase
    run: CommandText
    input: TemplateText | None = None
    format: Literal["status", "json", "xml", "table", "text"] = Field(default="status", alias="as")
    expect: Mapping[TemplateText, TemplateText] = {}
