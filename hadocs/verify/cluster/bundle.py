"""What the container runtime is told about a node: what it may do, and what it must not.

The machine is guarded against accidents, such as a sysctl file in a package, not against malice:
root in a node may mount, so it could undo what is read-only on purpose. Nodes run what the specs
say and the archive's packages, nothing else.
"""

from __future__ import annotations

import json
from pathlib import Path

from hadocs.verify.cluster.topology import Host

#: Where a node finds its package repository.
REPOSITORY = Path("/srv/repository")

# What systemd, cluster software and databases need. Missing on purpose: SYS_TIME, SYS_MODULE,
# SYS_RAWIO, SYSLOG, DAC_READ_SEARCH, which reach the machine. SYS_BOOT in a process namespace
# ends only that namespace.
_CAPABILITIES = (
    "CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_IPC_LOCK",
    "CAP_IPC_OWNER", "CAP_KILL", "CAP_LEASE", "CAP_MKNOD", "CAP_NET_ADMIN", "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID",
    "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_CHROOT", "CAP_SYS_NICE", "CAP_SYS_PTRACE",
)  # fmt: skip
# Calls that these capabilities would allow and that act on the machine as a whole.
_REFUSED_CALLS = ("kexec_load", "kexec_file_load", "swapon", "swapoff", "acct", "quotactl")
_HIDDEN = ("/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware")
# /proc/sys/net belongs to the node; the rest of /proc/sys is the machine's, and so is sysrq.
_READ_ONLY = ("/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/acpi")
_OWN_SYSCTLS = frozenset({"net"})

ENVIRONMENT = (
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
    "container=oci",
)


def config(node: Host, repository: Path, hook: Path) -> str:
    """The config.json of *node*; *hook* is called in the lab to plug it into the network."""
    sysctls = sorted(
        str(path) for path in Path("/proc/sys").iterdir() if path.name not in _OWN_SYSCTLS
    )
    return json.dumps({
        "ociVersion": "1.0.2",
        "process": {
            "terminal": False,
            "user": {"uid": 0, "gid": 0},
            "args": ["/sbin/init"],
            "env": ENVIRONMENT,
            "cwd": "/",
            "capabilities": dict.fromkeys(("bounding", "effective", "permitted"), _CAPABILITIES),
        },
        "root": {"path": "root"},
        "hostname": node.name,
        "mounts": [*_system_mounts(), {
            "destination": str(REPOSITORY), "type": "bind", "source": str(repository),
            "options": ["bind", "ro", "nosuid", "nodev"],
        }],
        "hooks": {"createRuntime": [{"path": str(hook), "args": [str(hook)]}]},
        "linux": {
            "cgroupsPath": f"/nodes/{node.name}",
            "namespaces": [
                {"type": kind} for kind in ("pid", "network", "ipc", "uts", "mount", "cgroup")
            ],
            "devices": [*_devices()],
            "resources": {"devices": [{"allow": False, "access": "rwm"}, *_device_rules()]},
            "maskedPaths": _HIDDEN,
            "readonlyPaths": [*_READ_ONLY, *sysctls],
            "seccomp": {
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [{"names": _REFUSED_CALLS, "action": "SCMP_ACT_ERRNO"}],
            },
        },
    }, indent=1)  # fmt: skip


def _system_mounts() -> tuple[dict[str, object], ...]:
    tmpfs, shared = ["nosuid", "nodev", "mode=755"], ["nosuid", "nodev", "mode=1777"]
    return tuple(
        {"destination": where, "type": kind, "source": kind, "options": options}
        for where, kind, options in (
            ("/proc", "proc", ["nosuid", "noexec", "nodev"]),
            ("/dev", "tmpfs", ["nosuid", "mode=755", "size=64k"]),
            ("/dev/pts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "gid=5"]),
            ("/dev/shm", "tmpfs", [*shared, "size=512m"]),  # noqa: S108 - the node's own
            ("/dev/mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
            ("/sys", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
            ("/sys/fs/cgroup", "cgroup", ["nosuid", "noexec", "nodev", "rw"]),
            ("/run", "tmpfs", tmpfs),
            ("/run/lock", "tmpfs", tmpfs),
            ("/tmp", "tmpfs", shared),  # noqa: S108 - the node's own
        )
    )


def _devices() -> tuple[dict[str, object], ...]:
    """The devices for software networks and user file systems, beside the usual ones."""
    return tuple(
        {"path": path, "type": "c", "major": 10, "minor": minor, "fileMode": 0o666}
        for path, minor in (("/dev/net/tun", 200), ("/dev/fuse", 229))
        if Path(path).exists()
    )


def _device_rules() -> tuple[dict[str, object], ...]:
    return tuple(
        {"allow": True, "type": "c", "major": device["major"], "minor": device["minor"],
         "access": "rw"}
        for device in _devices()
    )  # fmt: skip
