"""Runs shell text on a node, wherever the node is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

#: The status of a command that was ended at its time limit; coreutils' timeout says the same.
TIMED_OUT = 124


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    status: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        """Whether the command said that it succeeded."""
        return self.status == 0


class Runner(Protocol):
    """The nodes of a cluster as a verification sees them; every call ends at its time limit."""

    def run(self, node: str, text: str, *, stdin: bytes = b"", timeout: float) -> Result:
        """Run bash *text* on *node*."""
