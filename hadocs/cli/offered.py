"""Every command with its help and its options; nothing heavy is imported for it."""

from __future__ import annotations

from typing import NamedTuple


class Option(NamedTuple):
    """An option or an argument as argparse takes it."""

    flags: tuple[str, ...]
    settings: dict[str, object]


def _option(*flags: str, **settings: object) -> Option:
    return Option(flags, settings)


def _count(text: str) -> int:
    """A number of at least 1, for argparse."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


_PROJECT = _option(
    "--project", metavar="DIR", default="", help="the project's folder (default: here)"
)
_SITE = _option(
    "--site", metavar="NAME", default="", help="a site of conf/sites, or a path to a file"
)
_SERIES = _option("--series", metavar="NAME", default="", help="an OpenStack series")
_TARGET = (
    _option("--distro", metavar="NAME", required=True, help="distro, distro-version, or all"),
    _option(
        "--shell",
        choices=("crm", "pcs"),
        default=None,
        help="cluster shell (default: the distro's)",
    ),
    _SERIES,
    _SITE,
)
_NODES = (
    _option(
        "--node",
        metavar="WORD=NODE",
        action="append",
        default=[],
        help="which node the procedure's word means; may be repeated",
    ),
    _option(
        "--gone",
        metavar="NODE",
        action="append",
        default=[],
        help="this node is gone for good: it is asked nothing; may be repeated",
    ),
)

_WAY = _option(
    "--way",
    metavar="COMPONENT=WAY",
    action="append",
    default=[],
    help="instead of the site's; may be repeated",
)

#: Said here again, so that no help waits for what a cluster needs; a test compares.
_CIRCUMSTANCES = (
    "first-off", "first-reinstalled", "cold-start", "settings-changed", "killed", "grown",
)  # fmt: skip

#: The same for what is done to a cluster.
_OF_CLUSTER = (
    "up", "down", "status", "shell", "exec", "logs", "power-off", "power-on", "cut-off",
    "reconnect", "pause", "unpause", "reinstall", "fill-disk", "free-disk", "checkpoint", "restore",
)  # fmt: skip

#: Each command: its help, its options.
COMMANDS: dict[str, tuple[str, tuple[Option, ...]]] = {
    "check": (
        "say every problem in every spec",
        (
            _PROJECT,
            _option(
                "paths", nargs="*", metavar="PATH", help="show only the problems of these files"
            ),
            _option(
                "--offline",
                action="store_true",
                help="also execute what needs no cluster: cluster commands, settings, files",
            ),
            _option(
                "--record",
                action="store_true",
                help="with --offline: keep for the guide where Pacemaker puts resources",
            ),
            _option(
                "--strict",
                action="store_true",
                help="what could not be proven is an error (default: where CI is set)",
            ),
        ),
    ),
    "export-scripts": (
        "write one script per node, the driver and the order",
        (
            _PROJECT,
            *_TARGET,
            _option(
                "--output",
                metavar="DIR",
                default="scripts",
                help="folder of all targets (default: scripts)",
            ),
            _option(
                "--procedure", metavar="NAME", default="", help="instead of the guide's own order"
            ),
            *_NODES,
        ),
    ),
    "secrets": (
        "make the secrets of a site; never overwrites one",
        (
            _PROJECT,
            *_TARGET,
            _option("--file", metavar="FILE", default="", help="default: secrets/SITE"),
        ),
    ),
    "list": (
        "list components, steps, distros, series or sites",
        (
            _PROJECT,
            _option(
                "what",
                choices=(
                    "components",
                    "steps",
                    "procedures",
                    "drills",
                    "distros",
                    "series",
                    "sites",
                    "support",
                ),
            ),
        ),
    ),
    "explain": (
        "explain a step: what, where, why, in every distro and shell",
        (_PROJECT, _SERIES, _option("step", metavar="COMPONENT/STEP")),
    ),
    "linkcheck": (
        "ask every external link of the guide",
        (
            _PROJECT,
            _SERIES,
            _option(
                "--fresh-days",
                metavar="N",
                type=float,
                default=7.0,
                help="do not ask again what answered in the last N days (default: 7)",
            ),
        ),
    ),
    "verify": (
        "run everything on a test cluster, twice, and record what was executed",
        (
            _PROJECT,
            *_TARGET,
            _WAY,
            _option(
                "--lab",
                metavar="NAME",
                default="verify",
                help="its sandbox, replaced if it is there (default: verify)",
            ),
            _option(
                "--only",
                metavar="COMPONENT",
                default="",
                help="run this component alone, twice; what comes before it is built once, or"
                " restored from a checkpoint that --keep left",
            ),
            _option(
                "--circumstance",
                metavar="NAME",
                action="append",
                default=[],
                choices=("all", *_CIRCUMSTANCES),
                help=f"instead: run everything again after {', '.join(_CIRCUMSTANCES)}, or all;"
                " may be repeated",
            ),
            _option(
                "--keep",
                action="store_true",
                help="leave the cluster running, with its checkpoints, also where it failed",
            ),
            _option(
                "--runner",
                choices=("cluster", "ssh", "local"),
                default="cluster",
                help="ssh: only ask every check, on the site's own machines; local: on this one",
            ),
            _option(
                "--ssh",
                metavar="'ssh -F FILE'",
                default="ssh -o BatchMode=yes -o ConnectTimeout=10",
                help="how --runner ssh reaches nodes by name",
            ),
            _option(
                "--secrets",
                metavar="FILE",
                default="",
                help="secrets for checks that need one, with --runner",
            ),
        ),
    ),
    "procedure": (
        "perform a procedure on a running test cluster, and record what was executed",
        (
            _PROJECT,
            *_TARGET,
            _option("name", metavar="NAME"),
            *_NODES,
            _WAY,
            _option("--lab", metavar="NAME", default="lab", help="its sandbox (default: lab)"),
        ),
    ),
    "drill": (
        "do a fault to a test cluster on purpose; measure the outage, account for every write",
        (
            _PROJECT,
            *_TARGET,
            _option("names", nargs="+", metavar="NAME", help="drills, or all"),
            _WAY,
            _option(
                "--lab",
                metavar="NAME",
                default="drill",
                help="its sandbox; a cluster that runs there is used, and stays (default: drill)",
            ),
            _option(
                "--keep", action="store_true", help="leave a cluster running that was built for it"
            ),
            _option(
                "--repeat",
                type=_count,
                default=0,
                metavar="N",
                help="runs (default: the drill's own)",
            ),
        ),
    ),
    "cluster": (
        "start a test cluster, end it, look at it",
        (
            _PROJECT,
            _option("what", metavar="WHAT", choices=_OF_CLUSTER, help=", ".join(_OF_CLUSTER)),
            _option(
                "words",
                nargs="*",
                metavar="WORD",
                help="a node (and a command for exec), or the name of a checkpoint",
            ),
            _option("--distro", metavar="NAME", default="", help="what the nodes run"),
            _SITE,
            _option("--lab", metavar="NAME", default="lab", help="its sandbox (default: lab)"),
            _option(
                "--lines", type=_count, default=100, metavar="N", help="of logs (default: 100)"
            ),
        ),
    ),
    "completion": (
        'print shell completion, for example: eval "$(hadocs completion bash)"',
        (_option("shell", choices=("bash", "zsh", "tcsh")),),
    ),
}
