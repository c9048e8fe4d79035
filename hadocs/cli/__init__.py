"""The command line: arguments in, library calls, text out, exit status.

Nothing heavy is imported before a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import signal
import sys
from collections.abc import Iterator, Sequence

from hadocs import __version__
from hadocs.cli.offered import COMMANDS

_EXAMPLES = """\
examples:
  hadocs check                                  every problem in every spec, path:line:col
  hadocs check --offline                        and what the cluster's own programs say of it
  hadocs list steps                             every step, in order
  hadocs explain galera/bootstrap               what, where and why, in every distro and shell
  hadocs secrets --site three                   make the secrets of a site
  hadocs export-scripts --distro ubuntu         one script per node, a driver, the order
  hadocs verify --distro debian --shell pcs     execute every step on a test cluster
  hadocs drill --distro debian galera-writer-off    do a fault, measure, account for every write

exit status: 0 well; 1 problems in files, or on a cluster; 2 wrong arguments;
  3 failed on one cluster and passed on the next (verify); 130 interrupted
"""

#: Commands whose function is not ``hadocs.cli.commands:NAME``, with the module that has it.
_ELSEWHERE = {
    "cluster": "labs",
    "drill": "drilling",
    "list": "listing",
    "procedure": "tasks",
    "verify": "live",
}


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(
        prog="hadocs",
        description="The sequential OpenStack HA guide, and its scripts, from one set of specs.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"hadocs {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (about, options) in COMMANDS.items():
        one = commands.add_parser(name, help=about, description=about.capitalize() + ".")
        for flags, settings in options:
            one.add_argument(*flags, **settings)  # type: ignore[arg-type]  # argparse's own keywords
    return top


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """A signal that ends a command lets it first remove its cluster and its temporary files.

    One that is ignored (``nohup``) stays ignored.
    """
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP)}
    heeded = {one: handler for one, handler in before.items() if handler is not signal.SIG_IGN}
    try:
        for ending in heeded:
            signal.signal(ending, signal.default_int_handler)
        yield
    finally:
        for ending, handler in heeded.items():
            signal.signal(ending, handler)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; problems of files go to stderr, bugs keep their traceback.

    A file or a program that the machine refuses is no bug.
    """
    chosen = parser().parse_args(arguments)
    module = _ELSEWHERE.get(chosen.command, "commands")
    commands = importlib.import_module(f"hadocs.cli.{module}")
    from hadocs.problems import Told

    try:
        run = getattr(commands, chosen.command.replace("-", "_"))
        with _ended_in_order():
            status = int(run(chosen))
            sys.stdout.flush()
            return status
    except Told as error:
        from hadocs.cli.commands import coloured

        print(coloured(str(error), sys.stderr), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        if error.errno is None:
            raise
        with contextlib.suppress(OSError):
            sys.stdout.close()
        where = error.filename or chosen.command
        print(f"{where}: error[unreadable]: {error.strerror}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
