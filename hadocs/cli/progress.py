"""What is said while a long run goes on."""

from __future__ import annotations

import os
import shutil
import sys
import time

from hadocs.plan.model import Plan


class Progress:
    """What the driver says: its turns, on a terminal in one line."""

    def __init__(self, plan: Plan) -> None:
        self._turns = sum(1 for _ in plan.turns())
        self._start = time.monotonic()
        self._line = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def heard(self, line: str) -> None:
        """Say *line* with the time that has passed, unless it is a node's own output."""
        if " | " in line or not line.strip():
            return
        passed = int(time.monotonic() - self._start)
        said = f"{passed // 60}:{passed % 60:02} {line.replace(']', f'/{self._turns}]', 1)}"
        if self._line:
            print(f"\r\033[K{said[: shutil.get_terminal_size().columns - 1]}", end="",
                  file=sys.stderr, flush=True)  # fmt: skip
        else:
            print(said, file=sys.stderr, flush=True)
