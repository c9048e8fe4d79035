"""The clients of a drill: probe.py on the nodes that the drill names, and what it wrote."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from hadocs import node as node_programs
from hadocs.plan.drills import Probe
from hadocs.shell import quoted
from hadocs.verify.cluster import Cluster, ClusterError
from hadocs.verify.drills.accounting import Attempt, attempts
from hadocs.verify.runner import Result

#: On a disk, since a node may be powered off that was not meant to be.
_FOLDER = "/var/tmp/hadocs-drill"  # noqa: S108 - the nodes' own; root's alone
_PAUSE = 0.5
#: How long clients may need until they are answered steadily.
_STEADY_WITHIN = 120.0
#: So many confirmed attempts in a row are a service that answers steadily.
_STEADY = 10


@dataclass(frozen=True)
class Client:
    """One probe on its node."""

    cluster: Cluster
    probe: Probe

    def start(self) -> None:
        """Prepare what it needs, and begin with the first number."""
        folder, texts = self._folder, dict(self.probe.texts)
        self._must(f"rm -rf {folder} && mkdir -p -m 700 {folder}", "make a folder")
        if "prepare" in texts:
            self._must(str(quoted(texts["prepare"])), "prepare")
        program = files(node_programs).joinpath("probe.py").read_bytes()
        self.cluster.copy(self.probe.node, f"{folder}/probe.py", program)
        given = {
            "run": str(quoted(texts["run"])), "every": self.probe.every,
            "at_most": self.probe.at_most, "first": 1,
        }  # fmt: skip
        self.cluster.copy(self.probe.node, f"{folder}/attempt", json.dumps(given).encode())
        words = [
            "systemd-run", "--quiet", "--collect", f"--unit={self._unit}",
            "--property=KillMode=mixed", "--property=TimeoutStopSec=60",
            "--setenv=HOME=/root", "--working-directory=/root",
            "python3", f"{folder}/probe.py", f"{folder}/attempt", f"{folder}/log",
        ]  # fmt: skip
        self._must(shlex.join(words), "start")

    def tried(self) -> tuple[Attempt, ...]:
        """All attempts until now."""
        return attempts(self._must(f"cat {self._folder}/log", "read the log").stdout)

    def steady(self, within: float) -> bool:
        """Whether the last attempts are all confirmed, at the latest after *within* seconds."""
        until = time.monotonic() + within
        while True:
            time.sleep(_PAUSE)
            ended = [one for one in self.tried() if one.end is not None]
            if len(ended) >= _STEADY and all(one.confirmed for one in ended[-_STEADY:]):
                return True
            if time.monotonic() > until:
                return False

    def stop(self) -> None:
        """Try no more."""
        self._must(f"systemctl stop {self._unit}", "stop")

    def counted(self) -> tuple[tuple[Attempt, ...], tuple[int, ...] | None]:
        """All attempts, and the numbers that are there; None if it cannot count."""
        tried, count = self.tried(), dict(self.probe.texts).get("count")
        if count is None:
            return tried, None
        told = self._must(str(quoted(count)), "count").stdout.split()
        if strange := [word for word in told if not word.isdecimal()]:
            message = f"{self.probe.node}: the probe {self.probe.id} counts what is no number"
            raise ClusterError(message, strange[:5])
        return tried, tuple(map(int, told))

    def remove(self) -> None:
        """Leave nothing behind, however it ended."""
        cleanup = dict(self.probe.texts).get("cleanup")
        parts = [f"systemctl stop {self._unit} 2> /dev/null", f"rm -rf {self._folder}"]
        self._run("; ".join([*parts, *([str(quoted(cleanup))] if cleanup else [])]))

    def _must(self, text: str, what: str) -> Result:
        done = self._run(text)
        if not done.ok:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-5:]
            message = f"{self.probe.node}: the probe {self.probe.id} cannot {what}"
            raise ClusterError(message, said or [f"exit status {done.status}"])
        return done

    def _run(self, text: str) -> Result:
        return self.cluster.run(self.probe.node, text, timeout=90)

    @property
    def _folder(self) -> str:
        return f"{_FOLDER}/{self.probe.id}"

    @property
    def _unit(self) -> str:
        return f"hadocs-drill-{self.probe.id}"


def all_steady(clients: tuple[Client, ...]) -> None:
    """Wait until each client is answered steadily."""
    for client in clients:
        if not client.steady(_STEADY_WITHIN):
            message = f"the probe {client.probe.id} is not answered steadily"
            raise ClusterError(message, [f"within {_STEADY_WITHIN:.0f} s, on {client.probe.node}"])


def each(clients: tuple[Client, ...], act: Callable[[Client], None]) -> None:
    """Do *act* to each client, and raise the first error when all were tried."""
    errors = []
    for client in clients:
        try:
            act(client)
        except ClusterError as error:
            errors.append(error)
    if errors:
        raise errors[0]
