"""Executes commands on cluster configurations (CIBs): a JSON object a line in, another one out.

    session.py

Asked: {"words": [...], "input": TEXT, "cib": XML, "units": [NAME, ...]}. Answered: {"status": N,
"output": TEXT, "errors": TEXT, "cib": XML}. The file that the command sees is CIB_file in its
environment. The cluster shells are imported once; each command has a process of its own.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

#: Seconds until a command is ended.
_LIMIT = 60
#: Pacemaker's own word for it.
_CIB = "CIB_file"
_BUS = "/run/dbus/system_bus_socket"
_UNITS = Path("/run/units")
_BUS_CONFIGURATION = f"""\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>custom</type>
  <listen>unix:path={_BUS}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/> <allow receive_sender="*"/> <allow own="*"/> <allow user="*"/>
  </policy>
</busconfig>
"""


def main() -> None:
    """Answer until there is nothing more to read."""
    with os.fdopen(os.dup(1), "w") as said:
        os.dup2(2, 1)
        _start_systemd()
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line))), file=said, flush=True)


def _start_systemd() -> None:
    _UNITS.write_text("")
    configuration = Path("/run/bus.conf")
    configuration.write_text(_BUS_CONFIGURATION)
    bus = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile", "--nosyslog"]
    systemd = [sys.executable, str(Path(__file__).with_name("systemd.py")), str(_UNITS)]
    for argv, ready in ((bus, Path(_BUS)), (systemd, _UNITS.with_suffix(".ready"))):
        started = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
        while not ready.exists():
            if started.poll() is not None:
                raise SystemExit(f"{argv[0]} ended: status {started.returncode}")
            time.sleep(0.01)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What the command left behind."""
    _UNITS.write_text("\n".join(asked["units"]))
    with tempfile.TemporaryDirectory() as folder:
        cib = Path(folder, "cib.xml")
        cib.write_text(asked["cib"])
        Path(folder, "input").write_text(asked["input"])
        status = _run(asked["words"], folder)
        return {
            "status": status,
            "output": Path(folder, "output").read_text(errors="replace"),
            "errors": Path(folder, "errors").read_text(errors="replace"),
            "cib": cib.read_text(),
        }


def _run(words: Sequence[str], folder: str) -> int:
    shell = _SHELLS.get(words[0])
    execute = shell(words) if shell else lambda: _become(words)
    child = os.fork()
    if not child:
        status = 127
        # A command that ends by a Python error must not come back into the loop of this program.
        try:
            _enter(folder)
            status = _status(execute)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return 124 if status == -signal.SIGALRM else status % 256


def _become(words: Sequence[str]) -> object:
    return os.execvp(words[0], [*words])  # noqa: S606 - the command is what was asked for


def _enter(folder: str) -> None:
    os.chdir(folder)
    os.environ[_CIB] = str(Path(folder, "cib.xml"))
    for number, name, flags in (
        (0, "input", os.O_RDONLY),
        (1, "output", os.O_WRONLY | os.O_CREAT),
        (2, "errors", os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(name, flags, 0o600), number)
    signal.alarm(_LIMIT)


def _status(execute: Callable[[], object]) -> int:
    try:
        status = execute()
    except SystemExit as end:
        status = end.code
    return status if isinstance(status, int) else int(bool(status))


def _pcs(words: Sequence[str]) -> Callable[[], object]:
    app = importlib.import_module("pcs.app")

    def execute() -> object:
        sys.argv = ["pcs", "-f", os.environ[_CIB], *words[1:]]
        return app.main(sys.argv[1:])

    return execute


def _crm(words: Sequence[str]) -> Callable[[], object]:
    if "crmsh.log" not in sys.modules:
        importlib.import_module("crmsh.log").setup_logging(only_help=True)
    for name in ("main", "ui_root", "ui_configure", "cibconfig", "ra"):
        importlib.import_module(f"crmsh.{name}")

    def execute() -> object:
        sys.argv = ["crm", *words[1:]]
        return sys.modules["crmsh.main"].run()

    return execute


_SHELLS = {"pcs": _pcs, "crm": _crm}

if __name__ == "__main__":
    main()
