"""How an action says itself as shell text, and how values are quoted in it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from hadocs.plan.actions import (
    Action,
    Capture,
    Cluster,
    Copy,
    Fault,
    Install,
    Nothing,
    Pause,
    Run,
    Service,
    SetOptions,
    WriteFile,
)
from hadocs.plan.text import Kind, Span, Text, join

_RUN_TIME = (Kind.SECRET, Kind.CAPTURED)


def said(action: Action) -> Text:
    """What a person types as root to do *action*; empty where there is nothing to type.

    The input and the environment of a `Run` stand beside it, not in it.
    """
    match action:
        case Install(packages=packages, command=command, refresh=refresh):
            return Text(f"{refresh}\n{command} {shlex.join(packages)}")
        case WriteFile(path=path, text=text, mode=mode, owner=owner, group=group):
            words = ["install", "-D", "-m", mode, "-o", owner, "-g", group, "/dev/stdin", path]
            return here(Text(shlex.join(words)), text)
        case SetOptions(path=path):
            return here(Text(shlex.join(["python3", "options.py", path])), ini(action))
        case Service():
            return Text("\n".join(_systemctl(action)))
        case Run(text=text):
            return quoted(text)
        case Cluster(shell=shell, commands=commands):
            return join("\n", [shell + " " + quoted(command) for _, command in commands])
        case Copy(paths=paths, sources=sources):
            words = [f"scp -p {shlex.quote(f'{s}:{path}')} {shlex.quote(path)}"
                     for path in paths for s in sources[:1]]  # fmt: skip
            return Text("\n".join(words))
        case Capture(name=name, text=text):
            return f"CAPTURED_{name.upper()}=$(" + quoted(text) + ")"
        case Pause() | Nothing() | Fault():
            return Text("")


def _systemctl(service: Service) -> Iterator[str]:
    verb, boot = {"started": ("start", "enable"), "stopped": ("stop", "disable")}[service.state]
    unit = shlex.quote(service.unit)
    if service.boot is (service.state == "started"):
        yield f"systemctl {boot} --now {unit}"
        return
    if service.boot is not None:
        yield f"systemctl {'enable' if service.boot else 'disable'} {unit}"
    yield f"systemctl {verb} {unit}"


def quoted(command: Text) -> Text:
    """Shell text in which each value of the site is a word that the shell does not read.

    Secrets and captured values are placeholders, which need no quotes; whoever puts the value in
    their place has to take care of it.
    """
    return join("", [_piece(piece, span, literal=False) for piece, span in command.pieces()])


def word(text: Text | str) -> Text:
    """*text* as one word of shell text."""
    if not str(text):
        return Text(shlex.quote(""))
    marked = text if isinstance(text, Text) else Text(text)
    return join("", [_piece(piece, span, literal=True) for piece, span in marked.pieces()])


def _piece(piece: str, span: Span | None, literal: bool) -> Text:
    if span is None:
        return Text(shlex.quote(piece) if literal else piece)
    shown = piece if span.kind in _RUN_TIME else shlex.quote(piece)
    return Text(shown, (Span(0, len(shown), span.kind, span.name),))


def here(command: Text, text: Text) -> Text:
    """*command* with *text* as its standard input, which ends with a newline.

    The end marker is a line that the text does not have, and is quoted, so that the shell reads
    nothing in it.
    """
    end = end_marker(str(text))
    newline = "" if str(text).endswith("\n") or not str(text) else "\n"
    return join("", [command, f" <<'{end}'\n", text, newline, end])


def end_marker(text: str) -> str:
    """``END``, or ``END_2``, ``END_3`` … where *text* has that line."""
    lines, number, end = set(text.split("\n")), 1, "END"
    while end in lines:
        number += 1
        end = f"END_{number}"
    return end


def ini(options: SetOptions) -> Text:
    """Options as lines of an ini file, under their sections; further lines of a value indented."""
    lines: list[Text] = []
    section: str | None = None
    for option in options.options:
        if option.section != section:
            lines.append(Text(f"[{option.section}]"))
            section = option.section
        for value in option.values:
            first, *more = value.lines() or (Text(""),)
            lines.append(f"{option.key} = " + first)
            lines += ["    " + line for line in more]
    return join("", [line + "\n" for line in lines])
