"""What a node can be told to do: a closed union of concrete actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from hadocs.plan.text import Text


@dataclass(frozen=True)
class Install:
    """Install packages by their real names, unless they are there.

    *command*, *refresh* and *query* are the package manager's; *query* takes one package name and
    prints *prints* (or, if that is empty, exits with 0) where the package is installed.
    """

    packages: tuple[str, ...]
    command: str
    refresh: str
    query: str
    prints: str
    environment: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WriteFile:
    """Own a whole file: its text, *mode* (octal, as text), owner and group."""

    path: str
    text: Text
    mode: str = "0644"
    owner: str = "root"
    group: str = "root"


@dataclass(frozen=True)
class Option:
    """One option of an ini file; several *values* for an option that may stand several times."""

    section: str
    key: str
    values: tuple[Text, ...]


@dataclass(frozen=True)
class SetOptions:
    """Own some options of a file that others own too."""

    path: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Service:
    """Bring a systemd unit into a state.

    *files*: if one is newer than the unit's start, the unit is restarted or reloaded (*by*).
    *boot*: whether systemd starts it at boot; None leaves that as it is.
    """

    unit: str
    state: Literal["started", "stopped"]
    boot: bool | None = None
    files: tuple[str, ...] = ()
    by: Literal["restart", "reload"] = "restart"


@dataclass(frozen=True)
class Run:
    """Run shell text; *input* goes to its standard input, *environment* into its environment only.

    A secret in *text* is on a command line, so it must be in *exposes*, which says why it has to.
    """

    text: Text
    input: Text | None = None
    environment: tuple[tuple[str, Text], ...] = ()
    exposes: str = ""


@dataclass(frozen=True)
class Cluster:
    """Commands of the cluster shell (crm or pcs), each with the id that it makes in the CIB.

    The command stands without the shell's name before it. It is left out where an element of that
    id exists already, anywhere in the CIB.
    """

    shell: str
    commands: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Copy:
    """Files carried here, with mode and owner, from the first of *sources* that has them all.

    A node that has a file of that name already keeps its own.
    """

    paths: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Capture:
    """Keep what a command prints on one node, for use as ``captured.NAME`` on every node."""

    name: str
    text: Text


@dataclass(frozen=True)
class Pause:
    """Do nothing but wait for the expectation beside it."""


@dataclass(frozen=True)
class Nothing:
    """There is nothing to do here, and *reason* (prose) says why."""

    reason: str


@dataclass(frozen=True)
class Fault:
    """What a drill does to the machine *node* from outside, which no script can.

    *kind* is the key of the spec; *what* is the unit or the path that it is about, if any.
    """

    kind: str
    node: str
    what: str = ""


Action: TypeAlias = (
    Install | WriteFile | SetOptions | Service | Run | Cluster | Copy | Capture | Pause | Nothing
    | Fault
)  # fmt: skip
