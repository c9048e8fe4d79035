"""A small cluster of fakes: scripts really run, what they call is a stub."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import pytest
from small_plan import ALL, EXECUTED, plan

from hadocs.output import write
from hadocs.plan.model import Plan
from hadocs.renderers.scripts import render
from hadocs.secrets import extend, read

_STUB = Path(__file__).parent / "stub"
_FAKED = (
    *("ssh", "uname", "timedatectl", "ss", "ip", "ping", "getent", "dpkg-query", "apt-get"),
    *("systemctl", "cluster-name", "galera_new_cluster", "mariadb", "cibadmin", "crm"),
)


class Fakes:
    """Three fake nodes below *root*; all files of the plan are in ``etc``."""

    def __init__(self, root: Path) -> None:
        self.root, self.scripts, self.fake = root, root / "out", root / "fake"
        self.said = ""
        for folder in ("bin", "fake", *(f"etc/{node}" for node in ALL)):
            (root / folder).mkdir(parents=True)
        for name in _FAKED:
            (root / "bin" / name).symlink_to(_STUB)
        for node in ALL:
            (root / "etc" / node / "nova.conf").write_text("# nova\n[DEFAULT]\ndebug = false\n")
            (self.fake / node).mkdir()
        (root / "etc" / ALL[1] / "keys").write_text("key")
        (root / "etc" / ALL[2] / "keys").write_text("key")
        self.export(self.plan())

    def plan(self) -> Plan:
        release = platform.freedesktop_os_release()
        return plan(str(self.root / "etc"), (release["ID"], release["VERSION_ID"]))

    def export(self, of: Plan) -> None:
        write(render(of, EXECUTED), self.scripts)
        extend(self.scripts / "secrets", of.secrets)

    @property
    def secrets(self) -> dict[str, str]:
        return read(self.scripts / "secrets")

    def node(self, name: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs a node's script on that node."""
        given = {"FAKE_NODE": name, "HADOCS_VAR": str(self.fake / name / "var"), **more}
        return self._run([str(self.scripts / f"{name}.sh"), *options], given)

    def driver(self, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self._run([str(self.scripts / "run.sh"), "--ssh", "ssh", *options], more)

    def _run(self, command: list[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**self.environment(), **more},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        path = f"{self.root / 'bin'}:{os.environ['PATH']}"
        home = str(self.root)
        return {"PATH": path, "FAKE": str(self.fake), "HOME": home, "HADOCS_PATIENCE": "0"}

    def calls(self, node: str) -> list[str]:
        path = self.fake / node / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def config(self, node: str, name: str) -> Path:
        return self.root / "etc" / node / name

    def files(self) -> dict[str, tuple[bytes, float]]:
        """Everything that the plan may change, with its time."""
        return {
            str(path): (path.read_bytes(), path.stat().st_mtime)
            for path in sorted((self.root / "etc").rglob("*"))
            if path.is_file()
        }


def new_fakes(root: Path) -> Fakes:
    if os.geteuid() != 0:
        pytest.skip("scripts run as root only")
    return Fakes(root)
