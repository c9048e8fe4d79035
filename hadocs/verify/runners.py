"""Runners for machines that are not a test cluster: over ssh, or this one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from hadocs.verify.cluster import process
from hadocs.verify.runner import Result

#: What a connection that hangs may take beyond the limit of the command at its other end.
_GRACE = 15.0


@dataclass(frozen=True)
class Ssh:
    """Nodes reached as root by their names; *command* is ssh with its options."""

    command: tuple[str, ...]

    def run(self, node: str, text: str, *, stdin: bytes = b"", timeout: float) -> Result:
        """Run bash *text* on *node*; the limit holds there too, if the connection breaks."""
        there = shlex.join(_limited(["bash", "-c", text], timeout))
        argv = [*self.command, f"root@{node}", there]
        return process.run(argv, stdin=stdin, timeout=timeout + _GRACE)


@dataclass(frozen=True)
class Local:
    """This machine, whatever the node is called."""

    def run(self, node: str, text: str, *, stdin: bytes = b"", timeout: float) -> Result:
        """Run bash *text* here."""
        return process.run(
            _limited(["bash", "-c", text], timeout), stdin=stdin, timeout=timeout + _GRACE
        )


def _limited(argv: Sequence[str], seconds: float) -> list[str]:
    return ["timeout", "--kill-after=2", f"{seconds:g}", *argv]
