"""Runs programs of the machine itself, each with a time limit."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence

from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.runner import TIMED_OUT, Result


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    stdin: bytes = b"",
) -> Result:
    """Run *argv* and return what it printed, also when it was ended at its time limit.

    Its outputs are files, not pipes: a daemon that it leaves behind may hold them open.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, \
            tempfile.TemporaryFile() as err:  # fmt: skip
        given.write(stdin)
        given.seek(0)
        process = subprocess.Popen(
            argv, stdin=given, stdout=out, stderr=err, cwd="/", start_new_session=True
        )
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = TIMED_OUT
        finally:
            _end(process)
        out.seek(0)
        err.seek(0)
        return Result(status, _text(out.read()), _text(err.read()))


def must(argv: Sequence[str], what: str, *, timeout: float, stdin: bytes = b"") -> str:
    """The output of *argv*, which has to succeed; *what* says what it was for."""
    result = run(argv, timeout=timeout, stdin=stdin)
    if not result.ok:
        raise ClusterError(f"{what}: status {result.status}", _last_lines(result))
    return result.stdout


def follow(argv: Sequence[str], heard: Callable[[str], None], *, timeout: float) -> int:
    """The status of *argv*; *heard* gets each line of its outputs as it comes."""
    process = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        cwd="/", start_new_session=True,
    )  # fmt: skip
    late = threading.Timer(timeout, _end, [process])
    late.start()
    try:
        for line in process.stdout or ():
            heard(_text(line).rstrip("\n"))
        status = process.wait()
        return status if late.is_alive() else TIMED_OUT
    finally:
        late.cancel()
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _last_lines(result: Result) -> tuple[str, ...]:
    return tuple((result.stderr.strip() or result.stdout.strip()).splitlines()[-15:])


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
