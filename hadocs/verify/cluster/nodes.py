"""What can be done to one node of a lab: its power, its cable, and commands in it."""

from __future__ import annotations

import base64
import enum
import fcntl
import shlex
import time
from pathlib import PurePosixPath

from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.lab import Lab
from hadocs.verify.cluster.machine import Machine
from hadocs.verify.runner import Result

_BOOT_LIMIT = 60.0
_STEP_LIMIT = 20.0
#: systemd's own signal for a halt (SIGRTMIN+3).
_HALT = "37"
_HALT_LIMIT = 60
_UP = frozenset({"running", "degraded"})
_SLOW = "starting"
# The runtime waits for whoever holds the outputs, be it a daemon that the command left behind;
# so the command gets files.
_THROUGH_FILES = """
kept=$(mktemp -d /run/output.XXXXXX) || exit 125
timeout --kill-after=2 "$0" bash -c "$1" > "$kept/out" 2> "$kept/err"
status=$?
cat "$kept/out"
cat "$kept/err" >&2
rm -r "$kept"
exit $status
"""


class Power(enum.StrEnum):
    """Whether a machine runs; a paused one runs, but does nothing."""

    OFF = "off"
    ON = "on"
    PAUSED = "paused"


def power(lab: Lab, machine: Machine) -> Power:
    """What the machine's lock and its cgroup say, without asking its system."""
    with lab.path(machine.folder / "power").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            frozen = lab.path(machine.cgroup / "cgroup.freeze")
            paused = frozen.is_file() and frozen.read_text().strip() == "1"
            return Power.PAUSED if paused else Power.ON
    return Power.OFF


def switch_on(lab: Lab, machine: Machine) -> None:
    """Power on, and wait until its services have been started, but not for slow ones."""
    lab.start([str(machine.run)], machine.folder / "power.log")
    until = time.monotonic() + _BOOT_LIMIT
    state = ""
    while time.monotonic() < until:
        state = run(lab, machine, "systemctl is-system-running", timeout=_STEP_LIMIT).stdout.strip()
        if state in _UP:
            return
        time.sleep(0.1)
    if state == _SLOW:
        return
    console = lab.path(machine.folder / "console")
    told_last = console.read_text(errors="replace").splitlines()[-5:] if console.exists() else ()
    raise ClusterError(f"{machine.node.name} did not start", told_last)


def switch_off(lab: Lab, machine: Machine) -> None:
    """Power off at once, as a pulled plug."""
    lab.must([str(machine.off)], f"cannot power off {machine.node.name}", timeout=_STEP_LIMIT)


def shut_down(lab: Lab, machine: Machine) -> None:
    """Power off in order; what does not obey is powered off."""
    lab.must(
        [str(machine.off), _HALT, str(_HALT_LIMIT)],
        f"cannot shut down {machine.node.name}",
        timeout=_HALT_LIMIT + _STEP_LIMIT,
    )


def pull(lab: Lab, machine: Machine) -> None:
    """Pull the network cable; it stays pulled over a reboot."""
    lab.path(machine.folder / "pulled").touch()
    lab.run(["ip", "link", "set", machine.port, "down"], timeout=_STEP_LIMIT)


def plug(lab: Lab, machine: Machine) -> None:
    """Plug the network cable in again."""
    lab.path(machine.folder / "pulled").unlink(missing_ok=True)
    lab.run(["ip", "link", "set", machine.port, "up"], timeout=_STEP_LIMIT)


def pulled(lab: Lab, machine: Machine) -> bool:
    """Whether the network cable is out."""
    return lab.path(machine.folder / "pulled").exists()


def pause(lab: Lab, machine: Machine) -> None:
    """Stop all its processes where they stand; its kernel still answers pings."""
    _runtime(lab, machine, "pause")


def unpause(lab: Lab, machine: Machine) -> None:
    """Let its processes go on, unaware of the time that passed."""
    _runtime(lab, machine, "resume")


def run(lab: Lab, machine: Machine, text: str, *, stdin: bytes = b"", timeout: float) -> Result:
    """Run bash *text* as root; timeout(1) in the node ends it and what it started."""
    inside = ("sh", "-c", _THROUGH_FILES, f"{timeout:g}", text)
    argv = machine.runtime("exec", "--cwd=/root", machine.node.name, *inside)
    return lab.run(argv, stdin=stdin, timeout=timeout + 5)


def shell(lab: Lab, machine: Machine) -> tuple[str, ...]:
    """The command of this machine that is an interactive shell in the node."""
    return lab.argv(
        machine.runtime("exec", "--tty", "--cwd=/root", machine.node.name, "bash", "-l")
    )


def copy(lab: Lab, machine: Machine, path: str, data: bytes, mode: int) -> None:
    """Write a file as root, its folders included."""
    folder, file = shlex.quote(str(PurePosixPath(path).parent)), shlex.quote(path)
    text = f"mkdir -p {folder} && install -m {mode:o} /dev/stdin {file}"
    result = run(lab, machine, text, stdin=data, timeout=60)
    if not result.ok:
        raise ClusterError(f"cannot write {machine.node.name}:{path}", [result.stderr.strip()])


def fetch(lab: Lab, machine: Machine, path: str) -> bytes:
    """The content of a file; in base64 on its way, since outputs are text."""
    result = run(lab, machine, f"base64 {shlex.quote(path)}", timeout=60)
    if not result.ok:
        raise ClusterError(f"cannot read {machine.node.name}:{path}", [result.stderr.strip()])
    return base64.b64decode(result.stdout)


def authorize(lab: Lab, machine: Machine, public_key: str) -> None:
    """Let the owner of *public_key* in as root; no other key is accepted, and no password."""
    text = (
        "install -d -m 700 .ssh && touch .ssh/authorized_keys && read -r key"
        ' && { grep -qxF -- "$key" .ssh/authorized_keys || echo "$key" >> .ssh/authorized_keys; }'
        " && chmod 600 .ssh/authorized_keys"
        " && systemctl enable --now ssh && systemctl is-active ssh"
    )
    result = run(lab, machine, text, stdin=public_key.strip().encode() + b"\n", timeout=30)
    if not result.ok:
        raise ClusterError(f"{machine.node.name} does not accept ssh", [result.stderr.strip()])


def _runtime(lab: Lab, machine: Machine, command: str) -> None:
    argv = machine.runtime(command, machine.node.name)
    lab.must(argv, f"cannot {command} {machine.node.name}", timeout=_STEP_LIMIT)
