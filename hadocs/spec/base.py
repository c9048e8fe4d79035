"""The ground of all specs: closed, frozen models whose scalars arrive as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Spec(BaseModel):
    """A closed and frozen model."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Template(str):
    """Text with ``{{ … }}``: a small part of Jinja, checked when it is loaded."""

    __slots__ = ()


class CommandTemplate(Template):
    """A template that becomes shell text, so that free text must not enter it."""

    __slots__ = ()


class ProseText(str):
    """reStructuredText that a person wrote; never a template."""

    __slots__ = ()


def _matching(pattern: str, what: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"{text!r} is not {what}")
        return text

    return check


def listed(value: object) -> object:
    """One value stands for a list of one."""
    return value if isinstance(value, (list, tuple)) else [value]


def _yes_or_no(value: object) -> object:
    words = {"yes": True, "no": False, "true": True, "false": False}
    if isinstance(value, str) and value in words:
        return words[value]
    if isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is neither yes nor no")


def _seconds(value: object) -> object:
    found = re.fullmatch(r"(\d{1,6}) ?(s|min|h)", value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r} is not a time such as '30 s', '5 min' or '1 h'")
    return int(found[1]) * {"s": 1, "min": 60, "h": 3600}[found[2]]


def _milliseconds(value: object) -> object:
    found = re.fullmatch(r"(\d{1,6}) ?(ms|s)", value) if isinstance(value, str) else None
    if found is None or not int(found[1]):
        raise ValueError(f"{value!r} is not a time such as '200 ms' or '1 s'")
    return int(found[1]) * {"ms": 1, "s": 1000}[found[2]]


#: Lower-case letters, digits and hyphens: the form of every id.
Word: TypeAlias = Annotated[
    str, AfterValidator(_matching(r"[a-z0-9][a-z0-9.-]*", "a word of a-z, 0-9, '-' and '.'"))
]
#: A word that stands in templates, so without '-' and '.'.
Name: TypeAlias = Annotated[
    str, AfterValidator(_matching(r"[a-z][a-z0-9_]*", "a name of a-z, 0-9 and '_'"))
]
#: ``component/name``, or a name of the component itself.
Reference: TypeAlias = Annotated[
    str,
    AfterValidator(
        _matching(r"([a-z0-9][a-z0-9.-]*/)?[a-z][a-z0-9_-]*", "a name or component/name")
    ),
]
#: One line of plain text.
Phrase: TypeAlias = Annotated[
    str, AfterValidator(_matching(r"[^\n\x00-\x1f]+", "one line of text"))
]
Prose: TypeAlias = Annotated[str, AfterValidator(ProseText)]
TemplateText: TypeAlias = Annotated[str, AfterValidator(Template)]
CommandText: TypeAlias = Annotated[str, AfterValidator(CommandTemplate)]
YesNo: TypeAlias = Annotated[bool, BeforeValidator(_yes_or_no)]
#: Seconds, written ``30 s``, ``5 min`` or ``1 h``.
Seconds: TypeAlias = Annotated[int, BeforeValidator(_seconds)]
#: Milliseconds, written ``200 ms`` or ``1 s``.
Period: TypeAlias = Annotated[int, BeforeValidator(_milliseconds)]
Port: TypeAlias = Annotated[int, AfterValidator(lambda port: _port(port))]
Words: TypeAlias = Annotated[tuple[Word, ...], BeforeValidator(listed)]
Phrases: TypeAlias = Annotated[tuple[Phrase, ...], BeforeValidator(listed)]
Certainty: TypeAlias = Literal["confirmed", "deduced", "unconfirmed"]


def _port(port: int) -> int:
    if not 0 < port < 65536:
        raise ValueError(f"{port} is not a port")
    return port


class Fact(Spec):
    """A fact with its source and certainty; empty ones are the file's own."""

    value: Phrases = Field(alias="is", min_length=1)
    certainty: Certainty | None = None
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, data: Any) -> Any:
        """A plain scalar or list is the fact alone."""
        return data if isinstance(data, Mapping) else {"is": data}


class Kinds(Spec):
    """Words of four kinds: packages, systemd units, paths, users."""

    packages: Mapping[Name, Fact] = {}
    units: Mapping[Name, Fact] = {}
    paths: Mapping[Name, Fact] = {}
    users: Mapping[Name, Fact] = {}
