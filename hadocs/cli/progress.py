"""What is said while a long run goes on."""

from __future__ import annotations

import os
import shutil
import sys
import time

from hadocs.plan.model import Plan


def heard(line: str) -> None:
    """Say a turn, or what is said of it."""
    if _is_own(line):
        print(line, file=sys.stderr, flush=True)


def _is_own(line: str) -> bool:
    """Whether the driver itself says *line*; a node's output has the node's name before it."""
    return bool(line.strip()) and " | " not in line


class Progress:
    """What the driver says: its turns, on a terminal in one line."""

    def __init__(self, plan: Plan) -> None:
        self._turns = sum(1 for _ in plan.turns())
        self._start = time.monotonic()
        self._line = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def heard(self, line: str) -> None:
        """Say *line* with the time that has passed, unless it is a node's own output."""
        if not _is_own(line):
            return
        passed = int(time.monotonic() - self._start)
        said = f"{passed // 60}:{passed % 60:02} {line.replace(']', f'/{self._turns}]', 1)}"
        if self._line:
            print(f"\r\033[K{said[: shutil.get_terminal_size().columns - 1]}", end="",
                  file=sys.stderr, flush=True)  # fmt: skip
        else:
            print(said, file=sys.stderr, flush=True)
