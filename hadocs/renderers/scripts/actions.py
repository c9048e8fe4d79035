"""A concrete action as calls of the functions of lib.sh."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace

from hadocs.plan.actions import (
    Action,
    Capture,
    Cluster,
    Copy,
    Install,
    Nothing,
    Pause,
    Run,
    Service,
    SetOptions,
    WriteFile,
)
from hadocs.plan.model import Guard
from hadocs.renderers.scripts.values import at_run_time, fed, placed
from hadocs.shell import ini, quoted, word

_BOOT = {True: "at-boot", False: "not-at-boot", None: "as-it-is"}


def done(action: Action, managers: Mapping[Install, str]) -> Iterator[str]:
    """Lines of a step's function that do *action*."""
    match action:
        case Install(packages=packages):
            yield call(managers[without_packages(action)], *packages)
        case WriteFile(path=path, text=text, mode=mode, owner=owner, group=group):
            yield from fed(_words("write_file", path, mode, owner, group), text)
        case SetOptions(path=path, options=options):
            secret = (
                f"{option.section}/{option.key}"
                for option in options
                if any(map(at_run_time, option.values))
            )
            yield from fed(_words("set_options", path, *dict.fromkeys(secret)), ini(action))
        case Service():
            yield _service(action)
        case Run():
            yield from _run(action)
        case Cluster(shell=shell, commands=commands):
            for id_, command in commands:
                yield from fed(_words("cluster", id_), quoted(shell + " " + command), exact=False)
        case Copy(paths=paths, sources=sources):
            yield call("copy_files", *paths, "--from", *sources)
        case Capture(name=name, text=text):
            yield from fed(_words("capture", name), quoted(text), exact=False)
        case Nothing():
            yield call("nothing_to_do", " on this system")
        case Pause():
            return


def _run(run: Run) -> Iterator[str]:
    for name, value in run.environment:
        place = placed(value)
        mark = f"mark={shlex.quote(place.mark)} " if place.mark else ""
        yield f"    {mark}with {name} {word(place.text)}"
    if run.input is not None:
        yield from fed("input", run.input)
    yield from fed("run", quoted(run.text), exact=False)


def _service(service: Service) -> str:
    boot = _BOOT[service.boot]
    if service.state == "stopped":
        return call("stop_unit", service.unit, boot)
    return call("start_unit", service.unit, boot, service.by, *service.files)


def guarded(guard: Guard, expectation: str) -> str:
    """The line that leaves the function if there is nothing to do."""
    function = "skip_if_holds" if guard.skip_if_holds else "skip_unless_holds"
    how = "every" if guard.every else "any"
    return call(function, how, expectation, *guard.nodes) + " && return"


def manager(install: Install, name: str) -> Iterator[str]:
    """The function that installs packages with the package manager of *install*."""
    settings = "".join(f"{key}={shlex.quote(value)} " for key, value in install.environment)
    yield f"{name}() {{"
    yield f"    {settings}install_missing \\"
    for said in (install.query, install.prints, install.refresh, install.command):
        yield f"        {shlex.quote(said)} \\"
    yield '        "$@"'
    yield "}"


def without_packages(install: Install) -> Install:
    """What is the same for every use of a package manager."""
    return replace(install, packages=())


def call(function: str, *arguments: str) -> str:
    """A call of a function, indented."""
    return "    " + _words(function, *arguments)


def _words(*words: str) -> str:
    return shlex.join(words)
