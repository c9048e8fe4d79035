#!/usr/bin/env python3
"""Asks again and again whether a service answers, and writes down when it did.

    probe.py ATTEMPT LOG

ATTEMPT is a file of JSON: ``run`` (shell text; ``$NUMBER`` is the attempt's number), ``every`` and
``at_most`` (milliseconds), ``first`` (the first number). It ends at SIGTERM, when the attempts that
are under way have ended.

An attempt begins at every period whatever became of the ones before: a client that waited for its
own hanging attempt would measure its time limit instead of the outage. Each is ended at its limit,
so that the limit also bounds how many are under way.

LOG gets the two clocks of the node in its first line, so that those of several nodes can be
compared, then a line for each beginning (number, time) and for each end (number, time, exit status,
whether the limit ended it). A line is written at once: what was written survives this program.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

#: As many as this are under way at most; a period in which that is reached has no attempt.
MOST = 64


class Probe:
    """The attempts of one client; *log* is a file that is open for appending."""

    def __init__(self, given: dict[str, Any], log: int) -> None:
        self._text, self._limit = given["run"], given["at_most"] / 1000
        self._period, self._number = given["every"] / 1000, given["first"]
        self._log, self._free = log, threading.Semaphore(MOST)
        self.ended = threading.Event()

    def run(self) -> None:
        """Begin an attempt at every period until this is ended; then wait for the last ones."""
        self._write({"wall": time.time(), "monotonic": time.monotonic()})
        threads: list[threading.Thread] = []
        due = time.monotonic()
        while not self.ended.wait(max(0.0, due - time.monotonic())):
            if self._free.acquire(blocking=False):
                threads = [one for one in threads if one.is_alive()]
                threads.append(threading.Thread(target=self._attempt, args=(self._number,)))
                threads[-1].start()
                self._number += 1
            # Periods that were missed, since the node stood still, are not made up for.
            due = max(due + self._period, time.monotonic())
        for thread in threads:
            thread.join()

    def _attempt(self, number: int) -> None:
        try:
            self._try(number)
        finally:
            self._free.release()

    def _try(self, number: int) -> None:
        self._write(["begin", number, time.monotonic()])
        process = subprocess.Popen(
            ["bash", "-c", self._text],  # noqa: S607 - the node's own
            env={**os.environ, "NUMBER": str(number)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        late = threading.Event()
        limit = threading.Timer(self._limit, _kill, (process, late))
        limit.start()
        status = process.wait()
        limit.cancel()
        self._write(["end", number, time.monotonic(), status, late.is_set()])

    def _write(self, line: object) -> None:
        os.write(self._log, json.dumps(line).encode() + b"\n")


def _kill(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    if process.poll() is None:
        late.set()
        os.killpg(process.pid, signal.SIGKILL)


def main(attempt: str, log: str) -> None:
    """The program."""
    probe = Probe(
        json.loads(Path(attempt).read_text(encoding="utf-8")),
        os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
    )
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: probe.ended.set())
    probe.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
