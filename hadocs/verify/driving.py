"""Runs exported scripts on the nodes of a lab, by their own driver, over ssh."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from hadocs.output import write
from hadocs.plan.model import Plan
from hadocs.renderers.scripts import render
from hadocs.secrets import extend, read
from hadocs.verify.cluster import Cluster, ClusterError
from hadocs.verify.cluster.process import must

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


def required() -> None:
    """Say what this machine lacks to drive a cluster, before anything is started."""
    lacking = [f"program {p} (package {of})" for p, of in _PROGRAMS.items() if not shutil.which(p)]
    if lacking:
        raise ClusterError("this machine cannot drive a cluster; it lacks", lacking)


class Driver:
    """The export of *plan* in *folder*, with secrets and a key of its own."""

    def __init__(self, plan: Plan, cluster: Cluster, folder: Path) -> None:
        self.plan, self.cluster, self.folder = plan, cluster, folder
        self._scripts = folder / "scripts"
        self._state = f"/var/lib/hadocs/{plan.target}"

    def prepare(self) -> None:
        """Export, make the secrets, and let the driver in on every node."""
        write(render(self.plan, frozenset()), self._scripts)
        extend(self._scripts / "secrets", self.plan.secrets)
        key = self.folder / "key"
        argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "hadocs", "-f", str(key)]
        must(argv, "cannot make a key for ssh", timeout=20)
        hosts = (f"Host {n.name}\n    HostName {n.address}\n" for n in self.plan.nodes)
        self._config.write_text("".join(hosts) + _OPTIONS.format(key=key))
        for node in self.cluster.nodes:
            self.cluster.authorize(node, key.with_suffix(".pub").read_text())

    def run(self, heard: Callable[[str], None], timeout: float) -> int:
        """The exit status of run.sh; *heard* gets each line that it says."""
        argv = [str(self._scripts / "run.sh"), "--ssh", f"ssh -F {self._config}"]
        return self.cluster.follow(argv, heard, timeout=timeout)

    def events(self, node: str) -> str:
        """What the script of a node wrote for programs."""
        return self.cluster.run(node, f"cat {self._state}/events", timeout=30).stdout

    def forget(self) -> None:
        """Remove all that the scripts remember of a run, on the nodes and here."""
        for node in self.cluster.nodes:
            self.cluster.run(node, f"rm --recursive --force {self._state}", timeout=30)
        (self._scripts / "progress").unlink(missing_ok=True)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must not be in any record."""
        return tuple(read(self._scripts / "secrets").values()) if self.plan.secrets else ()

    @property
    def _config(self) -> Path:
        return self.folder / "ssh_config"
