"""What a node does, as blocks: commands, files, options, and what is asked before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from hadocs.plan.actions import (
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
from hadocs.plan.model import Deed, Guard, Wait
from hadocs.plan.names import Known
from hadocs.plan.preflight import action_texts
from hadocs.plan.text import Kind, Text, join
from hadocs.problems import Location
from hadocs.renderers.blocks import (
    Badge,
    Badges,
    Block,
    Bullets,
    Code,
    InCode,
    Inline,
    Line,
    Prose,
    Strong,
)
from hadocs.renderers.guide.asked import asked_blocks, duration, own_values
from hadocs.shell import said

_LANGUAGES = {".cnf": "ini", ".conf": "ini", ".cfg": "text", ".ini": "ini", ".yaml": "yaml"}


def likeness(deed: Deed) -> tuple[object, ...]:
    """What is equal for two deeds that differ only by values of their own nodes."""
    action = deed.action
    fixed = [getattr(action, key, None) for key in ("path", "packages", "unit", "paths")]
    return (type(action), *fixed, *(text.generic() for text in action_texts(action)))


def deed_blocks(deed: Deed, nodes: tuple[str, ...]) -> Iterator[Block]:
    """Blocks of one variant of a step."""
    if deed.guard is not None:
        yield from _guard(deed.guard, nodes)
    yield from _action(deed, nodes)
    yield from own_values(action_texts(deed.action), nodes)
    yield from _secrets(action_texts(deed.action))
    if deed.wait is not None:
        yield from _wait(deed.wait, nodes)
    yield from certainty(deed.facts)


def _action(deed: Deed, nodes: tuple[str, ...]) -> Iterator[Block]:
    match deed.action:
        case WriteFile(path=path, text=text, mode=mode, owner=owner):
            about = f"{path} (mode {mode}, owner {owner})"
            yield Code(text, _language(path), "file", about, nodes=nodes, where=deed.where)
        case SetOptions(path=path) as options:
            yield Code(ini(options), "ini", "options", path, nodes=nodes, where=deed.where)
        case Nothing(reason=reason):
            yield Line(("Nothing to do here.",))
            yield Prose(reason, deed.where)
        case Pause():
            pass
        case Copy(paths=paths, sources=sources):
            yield Line(
                ("Copy these files from the first of ", ", ".join(sources), " that has them:")
            )
            yield Bullets(tuple((InCode(path),) for path in paths))
            yield _command(said(deed.action), nodes, deed.where)
        case Install() | Service() | Cluster() | Capture():
            yield _command(said(deed.action), nodes, deed.where)
            yield from _files(deed, nodes)
        case Run() as run:
            yield from _run(run, nodes, deed.where)


def _command(text: Text, nodes: tuple[str, ...], where: Location) -> Code:
    return Code(text, "bash", "command", prompt="#", nodes=nodes, where=where)


def _files(deed: Deed, nodes: tuple[str, ...]) -> Iterator[Block]:
    action = deed.action
    if not isinstance(action, Service) or not action.files:
        return
    parts: list[Inline] = ["If the service runs already and is older than "]
    for index, path in enumerate(action.files):
        parts += [", " * bool(index), InCode(path)]
    yield Line((*parts, f", {action.by} it instead:"))
    yield _command(Text(f"systemctl {action.by} {action.unit}"), nodes, deed.where)


def _run(run: Run, nodes: tuple[str, ...], where: Location) -> Iterator[Block]:
    yield _command(said(run), nodes, where)
    if run.input is not None:
        yield Code(run.input, "text", "file", "on its standard input", nodes=nodes, where=where)
    for name, value in run.environment:
        yield Line(("with ", InCode(join("", [f"{name}=", value])), " in its environment"))
    if run.exposes:
        yield Line((f"The secret stands on the command line: {run.exposes}",))


def ini(options: SetOptions) -> Text:
    """Options as they stand in the file, section by section."""
    parts: list[Text | str] = []
    section = ""
    for option in options.options:
        if option.section != section:
            parts.append(f"[{option.section}]")
            section = option.section
        parts += [join("", [f"{option.key} = ", value]) for value in option.values]
    return join("\n", parts) + "\n"


def _guard(guard: Guard, nodes: tuple[str, ...]) -> Iterator[Block]:
    several = guard.nodes if len(guard.nodes) > 1 else ()
    asked = "every one" if guard.every else "any"
    who = f" on {asked} of {', '.join(several)}" if several else ""
    verb = "Skip this step if" if guard.skip_if_holds else "Do this step only if"
    yield Line((f"{verb} this holds{who}: ", Strong(guard.expectation.title), ". To find out:"))
    yield from asked_blocks(guard.expectation, several or nodes)
    if several:
        yield Line(("If a node does not answer, stop, and find out before you go on.",))


def _wait(wait: Wait, nodes: tuple[str, ...]) -> Iterator[Block]:
    most = duration(wait.at_most)
    title = Strong(wait.expectation.title)
    yield Line((f"Then wait, at most {most}, until this holds: ", title, "."))
    yield from asked_blocks(wait.expectation, nodes)


def _secrets(texts: Iterable[Text]) -> Iterator[Block]:
    """Says where the secrets come from that a text only names."""
    for name in dict.fromkeys(name for text in texts for name in text.names(Kind.SECRET)):
        shown = InCode(f"SECRET_{name.upper()}")
        file = " of your secrets file, which ", InCode("hadocs secrets"), " makes"
        yield Line((shown, " stands for ", InCode(name), *file, "; it is the same on every node."))


def certainty(facts: Sequence[Known]) -> Iterator[Block]:
    """Marks of the names that were not confirmed, each with its source."""
    badges = tuple(
        Badge("certainty", f"{fact.certainty}: {' '.join(fact.words)}", fact.source, fact.certainty)
        for fact in dict.fromkeys(facts)
        if fact.certainty != "confirmed"
    )
    if badges:
        yield Badges(badges)


def _language(path: str) -> str:
    return _LANGUAGES.get(PurePosixPath(path).suffix, "text")
