"""A command line for test clusters: ``python -m hadocs.verify.cluster COMMAND``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from hadocs.verify.cluster import (
    DEFAULT_IMAGE,
    DEFAULT_LAB,
    Cluster,
    ClusterError,
    Host,
    Topology,
    down,
    found,
    requirements,
    three_controllers,
    up,
)  # fmt: skip
from hadocs.verify.runner import Result

Command: TypeAlias = Callable[[argparse.Namespace], int]


def main() -> int:
    """Do one command; what the machine lacks is said in words."""
    arguments = _parser().parse_args()
    try:
        return _COMMANDS[arguments.command](arguments)
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1


def _up(arguments: argparse.Namespace) -> int:
    topology = three_controllers()
    if arguments.node:
        topology = Topology(tuple(arguments.node), tuple(arguments.host))
    up(topology, arguments.lab, arguments.image, arguments.cache)
    return _status(arguments)


def _down(arguments: argparse.Namespace) -> int:
    down(arguments.lab)
    return 0


def _status(arguments: argparse.Namespace) -> int:
    cluster = found(arguments.lab)
    for node in cluster.status():
        print(f"{node.name:20} {node.address:15} {node.power}{', cut off' * node.pulled}")
    for checkpoint in cluster.checkpoints():
        print(f"checkpoint {checkpoint}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    lacking = requirements(DEFAULT_IMAGE)
    print("\n".join(lacking) or "a cluster can start")
    return 1 if lacking else 0


def _exec(arguments: argparse.Namespace) -> int:
    given = b"" if sys.stdin.isatty() or not arguments.stdin else sys.stdin.buffer.read()
    text = " ".join(arguments.text)
    cluster = found(arguments.lab)
    return _print(cluster.run(arguments.name, text, stdin=given, timeout=arguments.timeout))


def _in_lab(arguments: argparse.Namespace) -> int:
    cluster = found(arguments.lab)
    return _print(cluster.in_lab(arguments.text, timeout=arguments.timeout))


def _logs(arguments: argparse.Namespace) -> int:
    return _print(found(arguments.lab).logs(arguments.name, arguments.lines))


def _shell(arguments: argparse.Namespace) -> int:
    argv = found(arguments.lab).shell(arguments.name)
    os.execvp(argv[0], argv)  # noqa: S606 - becomes the shell


def _push(arguments: argparse.Namespace) -> int:
    data, mode = arguments.file.read_bytes(), arguments.file.stat().st_mode & 0o777
    found(arguments.lab).copy(arguments.name, arguments.path, data, mode)
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    sys.stdout.buffer.write(found(arguments.lab).fetch(arguments.name, arguments.path))
    return 0


def _authorize(arguments: argparse.Namespace) -> int:
    cluster = found(arguments.lab)
    for node in arguments.nodes or cluster.nodes:
        cluster.authorize(node, arguments.key.read_text())
    return 0


def _checkpoint(arguments: argparse.Namespace) -> int:
    found(arguments.lab).checkpoint(arguments.name)
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    found(arguments.lab).restore(arguments.name)
    return 0


def _each(act: Callable[..., None]) -> Command:
    def command(arguments: argparse.Namespace) -> int:
        act(found(arguments.lab), *arguments.nodes)
        return 0

    return command


def _print(result: Result) -> int:
    sys.stdout.write(result.stdout)
    sys.stderr.write(result.stderr)
    return result.status


#: Commands that do one thing to the nodes that are named, or to all.
_ON_NODES: Mapping[str, Callable[..., None]] = {
    "power-off": Cluster.power_off,
    "power-on": Cluster.power_on,
    "shut-down": Cluster.shut_down,
    "reboot": Cluster.reboot,
    "cut-off": Cluster.cut_off,
    "reconnect": Cluster.reconnect,
    "pause": Cluster.pause,
    "unpause": Cluster.unpause,
    "fill-disk": Cluster.fill_disk,
    "free-disk": Cluster.free_disk,
    "reinstall": Cluster.reinstall,
}
_COMMANDS: Mapping[str, Command] = {
    "up": _up, "down": _down, "status": _status, "check": _check, "exec": _exec, "logs": _logs,
    "in-lab": _in_lab, "shell": _shell, "push": _push, "fetch": _fetch, "authorize": _authorize,
    "checkpoint": _checkpoint, "restore": _restore,
    **{name: _each(act) for name, act in _ON_NODES.items()},
}  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hadocs.verify.cluster", description=__doc__)
    parser.add_argument("--lab", default=DEFAULT_LAB, help="name of the sandbox (%(default)s)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add = commands.add_parser
    for name in ("down", "status", "check"):
        add(name)
    starting = add("up")
    starting.add_argument("--image", default=DEFAULT_IMAGE)
    starting.add_argument("--cache", type=Path)
    starting.add_argument("--node", type=_host, action="append", default=[], metavar="NAME=ADDRESS")
    starting.add_argument("--host", type=_host, action="append", default=[], metavar="NAME=ADDRESS")
    running, inside = add("exec"), add("in-lab")
    running.add_argument("--stdin", action="store_true", help="give it the standard input")
    running.add_argument("name")
    for command in (running, inside):
        command.add_argument("--timeout", type=float, default=60.0)
        command.add_argument("text", nargs=argparse.REMAINDER)
    add("shell").add_argument("name")
    logs = add("logs")
    logs.add_argument("name")
    logs.add_argument("--lines", type=int, default=100)
    for name in ("checkpoint", "restore"):
        add(name).add_argument("name")
    pushing, fetching, authorizing = add("push"), add("fetch"), add("authorize")
    pushing.add_argument("file", type=Path)
    for command in (pushing, fetching):
        command.add_argument("name")
        command.add_argument("path")
    authorizing.add_argument("key", type=Path, help="file of the public key")
    for command in (authorizing, *(add(name) for name in _ON_NODES)):
        command.add_argument("nodes", nargs="*", metavar="NODE", help="all when none is named")
    return parser


def _host(text: str) -> Host:
    name, _, address = text.partition("=")
    return Host(name, address)


if __name__ == "__main__":
    raise SystemExit(main())
