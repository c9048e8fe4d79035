"""Neutral building blocks of a page: what the guide says, before any markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from hadocs.plan.text import Text
from hadocs.problems import Location

__all__ = [
    "Badge",
    "Badges",
    "Block",
    "Bullets",
    "Code",
    "Folded",
    "InCode",
    "Inline",
    "Line",
    "Link",
    "Note",
    "Page",
    "Panel",
    "Prose",
    "Section",
    "Strong",
    "Table",
    "Tabs",
    "Timeline",
    "Toc",
]


@dataclass(frozen=True)
class InCode:
    """A literal inside a sentence."""

    text: Text | str


@dataclass(frozen=True)
class Strong:
    """Words that matter in a sentence."""

    text: str


@dataclass(frozen=True)
class Link:
    """A reference: to a page (*page*, with *anchor*), or to an address outside (*url*)."""

    text: str
    page: str = ""
    anchor: str = ""
    url: str = ""


Inline: TypeAlias = str | InCode | Strong | Link


@dataclass(frozen=True)
class Prose:
    """reStructuredText that a person wrote; *where* is its first line."""

    text: str
    where: Location


@dataclass(frozen=True)
class Line:
    """A generated sentence."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True)
class Bullets:
    """A generated list."""

    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True)
class Badge:
    """A short mark with a longer explanation (*about*)."""

    kind: Literal["nodes", "certainty", "evidence", "role", "mode", "recommended"]
    text: str
    about: str = ""
    level: str = ""


@dataclass(frozen=True)
class Badges:
    """Marks beside each other."""

    badges: tuple[Badge, ...]


@dataclass(frozen=True)
class Code:
    """Commands, or the text of a file.

    *caption* names the file or says what this is; *prompt* stands before each command's first line
    and is not copied; *nodes* are the nodes on which it is run, and are shown. *copy* is what the
    copy button gives, if that is not the text. *kind* tells the reader what it looks at.
    """

    text: Text
    language: str
    kind: Literal["command", "file", "options", "check", "output"]
    caption: str = ""
    prompt: str = ""
    nodes: tuple[str, ...] = ()
    copy: Text | None = None
    where: Location = field(default=Location(""), compare=False)


@dataclass(frozen=True)
class Panel:
    """One variant. *keys* are the values of the group that show it (``debian-13``)."""

    label: str
    keys: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Tabs:
    """Variants of which a reader needs one; tabs of a *group* switch together.

    *group* is ``system`` (distro and version), ``shell``, or ``way:COMPONENT``. *titles* are the
    keys of all panels with what each is called by itself. *usual* is, for keys of the group
    ``system``, the key that a reader has there who has not chosen another.
    """

    group: str
    label: str
    panels: tuple[Panel, ...]
    titles: tuple[tuple[str, str], ...] = ()
    usual: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """Cells are sentences; the head is one row."""

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    caption: str = ""


@dataclass(frozen=True)
class Note:
    """An admonition."""

    kind: Literal["note", "warning", "important", "tip"]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Folded:
    """Blocks that a reader opens if needed; always open where nothing can be opened."""

    title: tuple[Inline, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Section:
    """A titled part; *anchor* is stable and unique in its page, *also* are former anchors."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Toc:
    """A table of contents of other pages."""

    caption: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A row of a timeline: from when to when something was *missing*, and what was when.

    *marks* are seconds and numbers, which the timeline explains. *said* is all of it in words.
    """

    label: str
    missing: tuple[tuple[float, float], ...]
    marks: tuple[tuple[float, int], ...]
    said: str


@dataclass(frozen=True)
class Timeline:
    """Rows of one time, in seconds, from *begin* to *end*; 0 is the moment that they share.

    *marks* are what the numbers in the rows mean, from 1.
    """

    caption: str
    begin: float
    end: float
    rows: tuple[Row, ...]
    marks: tuple[str, ...]

    @property
    def legend(self) -> str:
        """What the numbers in the rows mean."""
        return " ".join(f"{number}: {mark}." for number, mark in enumerate(self.marks, 1))


Block: TypeAlias = (
    Prose | Line | Bullets | Badges | Code | Tabs | Table | Note | Folded | Section | Timeline | Toc
)


@dataclass(frozen=True)
class Page:
    """A generated page. *sources* are the files on which its content depends."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    sources: frozenset[str] = frozenset()
