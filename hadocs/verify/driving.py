"""Runs exported scripts on the nodes of a lab, by their own driver, over ssh."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from hadocs.output import write
from hadocs.plan.model import Plan, Target
from hadocs.renderers.scripts import render
from hadocs.secrets import extend, read
from hadocs.verify.cluster import Cluster, ClusterError, Topology, up
from hadocs.verify.cluster.process import must
from hadocs.verify.events import ItemRun, items

_PROGRAMS = {"ssh": "openssh-client", "ssh-keygen": "openssh-client", "tar": "tar"}
_OPTIONS = """\
Host *
    User root
    IdentityFile {key}
    IdentitiesOnly yes
    BatchMode yes
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
    ConnectTimeout 10
"""
#: In the lab, whose end also ends the key and the secrets.
_FOLDER = Path("/run/hadocs/driver")
#: Which target's plan was driven there last.
_BUILT_FOR = _FOLDER / "built-for"
_RUN_LIMIT = 1800.0
_LAST_LINES = 30
#: How the driver begins the lines that say a turn, with its number.
_TURN = re.compile(r"\[(\d+)\] ")

#: Events of every node, by node and item.
Runs: TypeAlias = Mapping[str, Mapping[str, ItemRun]]


class _Ended(Exception):
    """The driver has come to the turn before which it is ended."""


@dataclass(frozen=True)
class Driven:
    """What a run of the driver did, *told* what it said last; *status* is None if it was killed."""

    status: int | None
    told: tuple[str, ...]
    runs: Runs
    seconds: float

    @property
    def failed(self) -> str:
        """Why it is no success; empty if it is one."""
        if self.status == 0:
            return ""
        return "\n    ".join([f"run.sh ended with status {self.status}", *self.told])


def required() -> None:
    """Say what this machine lacks to drive a cluster, before anything is started."""
    lacking = [f"program {p} (package {of})" for p, of in _PROGRAMS.items() if not shutil.which(p)]
    if lacking:
        raise ClusterError("this machine cannot drive a cluster; it lacks", lacking)


def secrets_of(cluster: Cluster) -> Mapping[str, str]:
    """The secrets of a lab by name, as far as they were made."""
    path = cluster.lab.path(_FOLDER / "secrets")
    return read(path) if path.exists() else {}


def started(
    plan: Plan, topology: Topology, lab: str, image: str, heard: Callable[[str], None]
) -> Driver:
    """The driver of *plan* on bare nodes; a cluster that is there is replaced.

    *image* names a container image, for nodes that are made from one.
    """
    required()
    heard(f"starting {len(topology.nodes)} nodes in lab {lab}")
    driver = Driver(plan, up(topology, lab, plan.target.system, reference=image), heard)
    driver.prepare()
    return driver


def misfit(cluster: Cluster, target: Target, topology: Topology) -> tuple[str, ...]:
    """Why what is done on *cluster* would be no evidence for *target*; empty if it is.

    Nothing is known of a cluster on which no plan has been driven.
    """
    path = cluster.lab.path(_BUILT_FOR)
    built_for = path.read_text() if path.exists() else ""
    wanted = _called(target)
    other = [f"it was built for {built_for}", f"this is {wanted}"]
    machines = ["its machines are not those of the site"] * (cluster.topology != topology)
    return (*machines, *(other if built_for not in ("", wanted) else ()))


def must_fit(cluster: Cluster, target: Target, topology: Topology) -> None:
    """Raise why nothing that is done on *cluster* would be evidence for *target*."""
    if why := misfit(cluster, target, topology):
        raise ClusterError("the lab has another cluster; choose another lab", why)


def _called(target: Target) -> str:
    ways = (f"{name}: {way}" for name, way in target.ways)
    return ", ".join([str(replace(target, task="")), *ways])


class Driver:
    """The export of *plan* for a *cluster*, with the lab's own secrets and key."""

    def __init__(self, plan: Plan, cluster: Cluster, heard: Callable[[str], None]) -> None:
        self.plan, self.cluster, self.heard = plan, cluster, heard
        self._scripts = _FOLDER / str(plan.target)
        self._state = f"/var/lib/hadocs/{plan.target}"

    def prepare(self) -> None:
        """Export, make the secrets that are not there yet, and let the driver in on every node."""
        required()
        folder, key = self._there(_FOLDER), self._there(_FOLDER / "key")
        folder.mkdir(mode=0o700, exist_ok=True)
        write(render(self.plan, frozenset()), self._there(self._scripts))
        extend(folder / "secrets", self.plan.secrets)
        if not key.exists():
            argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "hadocs", "-f", str(key)]
            must(argv, "cannot make a key for ssh", timeout=20)
        hosts = (f"Host {n.name}\n    HostName {n.address}\n" for n in self.plan.nodes)
        config = "".join(hosts) + _OPTIONS.format(key=_FOLDER / "key")
        self._there(self._scripts / "ssh_config").write_text(config)
        self.admit(node.name for node in self.plan.nodes)
        if not self.plan.target.task:
            self._there(_BUILT_FOR).write_text(_called(self.plan.target))

    def admit(self, nodes: Iterable[str]) -> None:
        """Let the driver in on *nodes*, which are new."""
        public = self._there(_FOLDER / "key.pub").read_text()
        for node in nodes:
            self.cluster.authorize(node, public)

    def run(self, *options: str, before: int = 0) -> Driven:
        """Run run.sh; it and its connections are killed when it comes to the turn *before*."""
        lines: list[str] = []

        def heard(line: str) -> None:
            lines.append(line)
            self.heard(line)
            if before and (turn := _TURN.match(line)) and int(turn[1]) >= before:
                raise _Ended

        known = {node: len(self._events(node)) for node in self.cluster.nodes}
        start = time.monotonic()
        ssh = f"ssh -F {self._scripts}/ssh_config"
        argv = [f"{self._scripts}/run.sh", "--ssh", ssh, "--secrets", f"{_FOLDER}/secrets"]
        status: int | None
        try:
            status = self.cluster.follow([*argv, *options], heard, timeout=_RUN_LIMIT)
        except _Ended:
            status = None
        took = time.monotonic() - start
        runs = {node: items(self._events(node)[known[node] :]) for node in known}
        return Driven(status, tuple(lines[-_LAST_LINES:]), runs, took)

    def forget(self) -> None:
        """Remove all that the scripts remember of a run, on the nodes and here."""
        for node in self.cluster.nodes:
            self.cluster.run(node, f"rm --recursive --force {self._state}", timeout=30)
        self._there(self._scripts / "progress").unlink(missing_ok=True)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must not be in any record."""
        return tuple(secrets_of(self.cluster).values())

    def _events(self, node: str) -> str:
        """What the script of a node wrote for programs; nothing of one that is off."""
        return self.cluster.run(node, f"cat {self._state}/events", timeout=30).stdout

    def _there(self, path: Path) -> Path:
        return self.cluster.lab.path(path)
