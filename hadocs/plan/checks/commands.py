"""Commands that cannot be run as they stand: the wrong shell, no guard, a secret in the open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import SHELLS
from hadocs.plan.walk import Place, actions, all_steps, templates
from hadocs.problems import Code, Problem
from hadocs.spec.actions import ActionSpec
from hadocs.spec.base import CommandTemplate
from hadocs.spec.component import CaseSpec, ComponentSpec, StepSpec

_LEAVES = re.compile(r"(?<![\w-])(exit|exec|logout)(?= |$)(?![^(]*\))")
#: A cluster shell where a command begins.
_SHELL_COMMAND = re.compile(r"(?:^|[;&|(]|\bsudo\b)\s*(crm|pcs)\b(?![_.-])")
_SECRET = re.compile(r"\{\{(?:(?!\}\}).)*?\bsecret\.", re.DOTALL)
_VALUE = r"\{\{(?:(?!\}\}).)*\}\}"
#: What begins a line of 'cluster': the id of a command, a statement of a template, nothing.
_LINE_ID = re.compile(rf"(?:[A-Za-z0-9]|{_VALUE})(?:[\w.-]|{_VALUE})*: |\{{%|\s*$")
#: Names of values are the only free text, and a shell reads free text.
_FREE = re.compile(r"\bsite\.title\b")


def command_problems(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    """The problems of a component's commands."""
    for text, place in templates(component.spec, ()):
        if isinstance(text, CommandTemplate):
            yield from _form(component, text, place)
            yield from _exposed(component, text, place)
    for step, place in all_steps(component):
        yield from _unguarded(component, step, place)
    for action, place in actions(component):
        yield from _shell(component, action, place)


def _form(component: Loaded[ComponentSpec], text: str, place: Place) -> Iterator[Problem]:
    if component.source.folded(place):
        message = "commands lose their lines in '>'"
        yield Problem(component.at(*place), Code.SYNTAX, message, "write '|'")
    free = [n for n, p in component.spec.parameters.items() if p.type == "text"]
    names = "|".join(map(re.escape, free))
    pattern = re.compile(rf"\bvalues\.({names})\b") if free else _FREE
    for number, line in enumerate(text.split("\n")):
        if leaves := _LEAVES.search(line):
            where = component.source.inside(place, number, leaves.start())
            message = f"{leaves[0]!r} would end the shell of a reader who types this"
            yield Problem(where, Code.EXITS, message, "combine commands with && and ||")
        found = pattern.search(line) or _FREE.search(line)
        if found:
            where = component.source.inside(place, number, found.start())
            message = f"{found[0]!r} is free text, which a shell would read"
            yield Problem(where, Code.EXPOSED, message, "give it by 'environment' or 'input'")


def _shell(component: Loaded[ComponentSpec], action: ActionSpec, place: Place) -> Iterator[Problem]:
    shells = action.when.shell if isinstance(action, CaseSpec) else ()
    allowed = shells or SHELLS
    if action.cluster is not None:
        where = (*place, "cluster")
        if len(allowed) > 1:
            message = "'cluster' has words of one shell; say 'when: {shell: …}'"
            yield Problem(component.at(*where), Code.WRONG_SHELL, message)
        for number, line in enumerate(action.cluster.split("\n")):
            if not line.startswith(" ") or number == 0:
                yield from _cluster_line(component, line, where, number, allowed)
    texts = ((("run",), action.run), (("capture", "run"), action.capture and action.capture.run))
    for key, text in texts:
        for number, line in enumerate((text or "").split("\n")):
            for found in _SHELL_COMMAND.finditer(line):
                if len(allowed) > 1 or found[1] not in allowed:
                    at = component.source.inside((*place, *key), number, found.start(1))
                    said = f"a {found[1]} command where the shell is {' or '.join(allowed)}"
                    hint = f"put it into a case with 'when: {{shell: {found[1]}}}'"
                    yield Problem(at, Code.WRONG_SHELL, said, hint)


def _cluster_line(
    component: Loaded[ComponentSpec], line: str, place: Place, number: int, shells: tuple[str, ...]
) -> Iterator[Problem]:
    if not _LINE_ID.match(line):
        where = component.source.inside(place, number)
        hint = "'vip: resource create vip …': the id in the CIB, then the command"
        yield Problem(where, Code.SYNTAX, "each command needs the id that it creates", hint)
    words = line.partition(": ")[2].split(maxsplit=1)
    is_crm = bool(words) and words[0] in ("configure", "resource-agent")
    if words and shells == ("pcs",) and is_crm:
        where = component.source.inside(place, number)
        yield Problem(where, Code.WRONG_SHELL, "a crm command where the shell is pcs")
    if (
        words
        and shells == ("crm",)
        and words[0] in ("resource", "constraint", "stonith", "property")
    ):
        where = component.source.inside(place, number)
        hint = "crm's begins with 'configure'"
        yield Problem(where, Code.WRONG_SHELL, "a pcs command where the shell is crm", hint)


def _unguarded(component: Loaded[ComponentSpec], step: StepSpec, place: Place) -> Iterator[Problem]:
    """A command that is run again must find out by itself whether it is needed."""
    written: list[tuple[StepSpec | CaseSpec, Place]] = [(step, place)]
    written += [(case, (*place, "cases", index)) for index, case in enumerate(step.cases)]
    for one, inside in written:
        guarded = one.unless or one.only_if or step.unless or step.only_if
        if one.run is not None and not guarded:
            message = f"'run' in {step.id!r} has no guard, so running again would do it again"
            hint = "add 'unless: EXPECTATION', which says how to see that it is done"
            yield Problem(component.at(*inside, "run"), Code.UNGUARDED, message, hint)


def _exposed(component: Loaded[ComponentSpec], text: str, place: Place) -> Iterator[Problem]:
    excused = {
        (*inside, key)
        for action, inside in actions(component)
        for key in ("run", "cluster")
        if action.exposes
    }
    found = _SECRET.search(text)
    if found and place not in excused:
        line = text.count("\n", 0, found.start())
        column = found.start() - text.rfind("\n", 0, found.start()) - 1
        where = component.source.inside(place, line, column)
        message = "a secret on a command line, where every user of the node can see it"
        hint = "use 'input', 'environment' or a 0600 file; else say why in 'exposes'"
        yield Problem(where, Code.EXPOSED, message, hint)
