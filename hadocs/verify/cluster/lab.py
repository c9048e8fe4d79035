"""A sandbox that carries a cluster; ending it ends everything in it.

It has namespaces of its own for mounts, network, processes, host name, IPC and cgroups, and in
them a pure cgroup2 whatever the machine has. All its processes are in one cgroup, found again by
the lab's name alone, so that a lab can be removed from any state.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hadocs.verify.cluster import process
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.runner import Result

_NAME = re.compile(r"[a-z][a-z0-9]{0,20}")
_START_LIMIT = 20.0
_END_LIMIT = 20.0

# Runs in the new namespaces, before the old /proc is covered: there the shell still sees the
# process id that the machine knows it by. tini reaps what nodes leave behind.
_FIRST = r"""
set -e
read -r pid rest < /proc/self/stat
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 /sys/fs/cgroup
mkdir -p /sys/fs/cgroup/init
echo 1 > /sys/fs/cgroup/init/cgroup.procs
mount -t tmpfs -o mode=755,size=80% lab /run
mount -t tmpfs lab /dev/shm
mkdir /run/lock
hostname "$1"
ip link set lo up
# The lab is up when its process id is in the file that it was given.
echo "$pid"
exec tini -- sleep infinity > /dev/null
"""


@dataclass(frozen=True)
class Lab:
    """One lab of this machine, running or not."""

    name: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ClusterError(f"{self.name!r} is no name for a lab", ["letters and digits"])

    @property
    def running(self) -> bool:
        """Whether its first process lives."""
        return self._pid() is not None

    def up(self) -> None:
        """Start it; nothing of an earlier one is left."""
        self.down()
        self._cgroup.mkdir(parents=True)
        argv = (
            "sh", "-c", 'echo $$ > "$0/cgroup.procs"; exec "$@"', str(self._cgroup),
            "unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--cgroup", "--fork",
            "--kill-child", "--propagation=private", "sh", "-c", _FIRST, "sh", self.name,
        )  # fmt: skip
        with self._handle.open("wb") as handle, self._log.open("wb") as log:
            started = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=handle, stderr=log, cwd="/",
                start_new_session=True,
            )  # fmt: skip
        self._wait(started)
        # The cgroup of a lab has no processes of its own, so that controllers can be given on.
        (self._cgroup / "init/cgroup.procs").write_text(str(started.pid))

    def down(self) -> None:
        """End and remove it, whatever is left of it."""
        if self._cgroup.is_dir():
            self._kill()
            for folder in sorted(self._cgroup.rglob("*"), reverse=True):
                if folder.is_dir():
                    folder.rmdir()
            self._cgroup.rmdir()
        for file in (self._handle, self._log):
            file.unlink(missing_ok=True)

    def argv(self, argv: Sequence[str]) -> tuple[str, ...]:
        """*argv* as a command of this machine that runs in the lab."""
        return (
            "sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self._cgroup / "init/cgroup.procs"),
            "nsenter", f"--target={self._first()}", "--mount", "--net", "--pid", "--uts", "--ipc",
            "--cgroup", "--", *argv,
        )  # fmt: skip

    def run(self, argv: Sequence[str], *, timeout: float, stdin: bytes = b"") -> Result:
        """Run *argv* in the lab."""
        return process.run(self.argv(argv), timeout=timeout, stdin=stdin)

    def must(self, argv: Sequence[str], what: str, *, timeout: float, stdin: bytes = b"") -> str:
        """The output of *argv* in the lab, which has to succeed; *what* says what it was for."""
        return process.must(self.argv(argv), what, timeout=timeout, stdin=stdin)

    def start(self, argv: Sequence[str], log: Path) -> None:
        """Leave *argv* running in the lab, at the longest until the lab ends."""
        background = 'setsid "$@" < /dev/null >> "$0" 2>&1 &'
        self.must(["sh", "-c", background, str(log), *argv], f"cannot start {argv[0]}", timeout=10)

    def path(self, inside: Path) -> Path:
        """A file of the lab as this machine reaches it."""
        return Path(f"/proc/{self._first()}/root") / inside.relative_to("/")

    @property
    def _cgroup(self) -> Path:
        return _cgroup2() / f"hadocs-{self.name}"

    @property
    def _handle(self) -> Path:
        return _state() / f"{self.name}.pid"

    @property
    def _log(self) -> Path:
        return _state() / f"{self.name}.log"

    def _first(self) -> int:
        if (pid := self._pid()) is None:
            raise ClusterError(f"lab {self.name!r} is not running", ["start it with: cluster up"])
        return pid

    def _pid(self) -> int | None:
        """The lab's first process, unless its number by now belongs to another one."""
        with contextlib.suppress(OSError, ValueError):
            pid = int(self._handle.read_text())
            if str(pid) in (self._cgroup / "init/cgroup.procs").read_text().split():
                return pid
        return None

    def _wait(self, started: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _START_LIMIT
        while not self.running:
            if started.poll() is not None or time.monotonic() > until:
                told = self._log.read_text(errors="replace").splitlines()[-5:]
                self.down()
                raise ClusterError("the lab did not start", told)
            time.sleep(0.01)

    def _kill(self) -> None:
        (self._cgroup / "cgroup.kill").write_text("1")
        until = time.monotonic() + _END_LIMIT
        while "populated 1" in (self._cgroup / "cgroup.events").read_text():
            if time.monotonic() > until:
                raise ClusterError(f"lab {self.name!r} does not end", self._left())
            time.sleep(0.02)

    def _left(self) -> Iterator[str]:
        for procs in self._cgroup.rglob("cgroup.procs"):
            yield from (f"process {pid}" for pid in procs.read_text().split())


def _state() -> Path:
    folder = Path("/run/hadocs")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _cgroup2() -> Path:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(where)
    raise ClusterError("the lab cannot start", ["a mounted cgroup2 hierarchy"])
