"""Test clusters, and what is done to them as a whole or to one of their nodes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from hadocs.cli.chosen import root_of, site_of, systems_of
from hadocs.loading.catalog import load
from hadocs.plan.site import site_problems
from hadocs.problems import Code, HadocsError, Location, Problem
from hadocs.verify.cluster import Cluster, down, found, of_site, up
from hadocs.verify.cluster.recipe import with_image
from hadocs.verify.runner import Result

_LIMIT = 600.0


def cluster(arguments: argparse.Namespace) -> int:
    """One thing, done to a test cluster."""
    return _COMMANDS[arguments.what](arguments)


def _up(arguments: argparse.Namespace) -> int:
    catalog = load(root_of(arguments))
    site = site_of(catalog, arguments.site)
    if problems := [*site_problems(site, catalog)]:
        raise HadocsError(problems)
    systems = systems_of(catalog, arguments.distro) if arguments.distro else [*catalog.systems]
    chosen = with_image(systems)
    reference = catalog.systems[chosen].version.image
    up(of_site(site.spec), arguments.lab, chosen, reference=reference)
    return _status(arguments)


def _down(arguments: argparse.Namespace) -> int:
    down(arguments.lab)
    return 0


def _status(arguments: argparse.Namespace) -> int:
    running = found(arguments.lab)
    for node in running.status():
        print(f"{node.name:20} {node.address:15} {node.power}{', cut off' * node.pulled}")
    for checkpoint in running.checkpoints():
        print(f"checkpoint {checkpoint}")
    return 0


def _shell(arguments: argparse.Namespace) -> int:
    running = found(arguments.lab)
    argv = running.shell([*arguments.words, running.nodes[0]][0])
    os.execvp(argv[0], argv)  # noqa: S606 - becomes the shell


def _exec(arguments: argparse.Namespace) -> int:
    node, *text = _words(arguments, 2, "a node and a command")
    return _printed(found(arguments.lab).run(node, " ".join(text), timeout=_LIMIT))


def _logs(arguments: argparse.Namespace) -> int:
    running = found(arguments.lab)
    return _printed(running.logs([*arguments.words, running.nodes[0]][0], arguments.lines))


def _printed(result: Result) -> int:
    sys.stdout.write(result.stdout)
    sys.stderr.write(result.stderr)
    return result.status


def _on_nodes(act: Callable[..., None]) -> Callable[[argparse.Namespace], int]:
    def command(arguments: argparse.Namespace) -> int:
        act(found(arguments.lab), *_words(arguments, 1, "a node"))
        return 0

    return command


def _checkpoint(act: Callable[[Cluster, str], None]) -> Callable[[argparse.Namespace], int]:
    def command(arguments: argparse.Namespace) -> int:
        act(found(arguments.lab), _words(arguments, 1, "a name")[0])
        return 0

    return command


def _words(arguments: argparse.Namespace, least: int, what: str) -> Sequence[str]:
    words: Sequence[str] = arguments.words
    if len(words) < least:
        where = Location(f"cluster {arguments.what}")
        raise HadocsError([Problem(where, Code.VALUE, f"needs {what}", "hadocs cluster --help")])
    return words


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "up": _up,
    "down": _down,
    "status": _status,
    "shell": _shell,
    "exec": _exec,
    "logs": _logs,
    "power-off": _on_nodes(Cluster.power_off),
    "power-on": _on_nodes(Cluster.power_on),
    "cut-off": _on_nodes(Cluster.cut_off),
    "reconnect": _on_nodes(Cluster.reconnect),
    "pause": _on_nodes(Cluster.pause),
    "unpause": _on_nodes(Cluster.unpause),
    "reinstall": _on_nodes(Cluster.reinstall),
    "fill-disk": _on_nodes(Cluster.fill_disk),
    "free-disk": _on_nodes(Cluster.free_disk),
    "checkpoint": _checkpoint(Cluster.checkpoint),
    "restore": _checkpoint(Cluster.restore),
}
