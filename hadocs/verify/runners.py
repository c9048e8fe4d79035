"""Runners for machines that are not a test cluster: over ssh, or this one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from hadocs.verify.cluster import process
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.runner import Result

_COPY_LIMIT = 60.0
#: What a connection that hangs may take beyond the limit of the command at its other end.
_GRACE = 15.0
_COPY = """
set -e
mkdir -p "$(dirname "$0")"
umask 077
cat > "$0.part"
chmod "$1" "$0.part"
mv -f "$0.part" "$0"
"""


@dataclass(frozen=True)
class Ssh:
    """Nodes reached as root by their names; *command* is ssh with its options."""

    command: tuple[str, ...]

    def run(self, node: str, text: str, *, stdin: bytes = b"", timeout: float) -> Result:
        """Run bash *text* on *node*; the limit holds there too, if the connection breaks."""
        there = shlex.join(_limited(["bash", "-c", text], timeout))
        argv = [*self.command, f"root@{node}", there]
        return process.run(argv, stdin=stdin, timeout=timeout + _GRACE)

    def copy(self, node: str, path: str, data: bytes, mode: int = 0o644) -> None:
        """Write a file on *node*, its folders included."""
        _copied(self.run(node, _copying(path, mode), stdin=data, timeout=_COPY_LIMIT), node, path)


@dataclass(frozen=True)
class Local:
    """This machine, whatever the node is called."""

    def run(self, node: str, text: str, *, stdin: bytes = b"", timeout: float) -> Result:
        """Run bash *text* here."""
        return process.run(
            _limited(["bash", "-c", text], timeout), stdin=stdin, timeout=timeout + _GRACE
        )

    def copy(self, node: str, path: str, data: bytes, mode: int = 0o644) -> None:
        """Write a file here, its folders included."""
        _copied(self.run(node, _copying(path, mode), stdin=data, timeout=_COPY_LIMIT), node, path)


def _limited(argv: Sequence[str], seconds: float) -> list[str]:
    return ["timeout", "--kill-after=2", f"{seconds:g}", *argv]


def _copying(path: str, mode: int) -> str:
    return shlex.join(["bash", "-c", _COPY, str(PurePosixPath(path)), f"{mode:o}"])


def _copied(result: Result, node: str, path: str) -> None:
    if not result.ok:
        raise ClusterError(f"{node}: cannot write {path}", result.stderr.splitlines())
