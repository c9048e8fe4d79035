"""Loading of specs beside the YAML parser alone, in one process of its own.

Run with a folder of a project: prints the CPU seconds of each round as JSON.
"""

from __future__ import annotations

import contextlib
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from hadocs.loading.catalog import load
from hadocs.plan.checks import check
from hadocs.plan.template import parsed

from .content import PROJECT


def rounds(root: Path, number: int, what: tuple[str, ...]) -> dict[str, list[float]]:
    """Seconds of each of *what*, interleaved, in a fresh process."""
    command = (sys.executable, "-m", f"{__package__}.loads", str(root), str(number), *what)
    told = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE)
    result: dict[str, list[float]] = json.loads(told.stdout)
    return result


def _parser(root: Path) -> None:
    for path in sorted([*root.glob("components/*.yaml"), *root.glob("conf/**/*.yaml")]):
        yaml.load(path.read_text(), Loader=yaml.CSafeLoader)


def _load(root: Path) -> None:
    load(root)


def _check(root: Path) -> None:
    parsed.cache_clear()
    check(load(root))


_MEASURED: dict[str, Callable[[Path], None]] = {"parser": _parser, "load": _load, "check": _check}


def _seconds(call: Callable[[Path], None], root: Path) -> float:
    gc.collect()
    start = time.process_time()
    call(root)
    return time.process_time() - start


def main(root: str, number: str, *what: str) -> None:
    """Measure *what* so many times, in turns; the first turn is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in what}
    for _ in range(int(number) + 1):
        for name in what:
            seconds[name].append(_seconds(_MEASURED[name], Path(root)))
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps({name: each[1:] for name, each in seconds.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
