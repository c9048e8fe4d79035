"""The script of one node."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hadocs.plan.actions import Install, Nothing
from hadocs.plan.model import Check, Deed, Expectation, Node, Plan, Preflight, Step
from hadocs.plan.preflight import action_texts
from hadocs.plan.text import Kind, Text
from hadocs.renderers.scripts.actions import call, done, guarded, manager, without_packages
from hadocs.renderers.scripts.questions import Questions, asked


@dataclass(frozen=True)
class Item:
    """A step or a check in its turn on one node."""

    number: int
    item: Step | Check
    component: str
    node: str

    @property
    def deed(self) -> Deed | None:
        """What the node does, if this is a step."""
        return self.item.deeds[self.node] if isinstance(self.item, Step) else None

    @property
    def page(self) -> str:
        """Where the guide says it."""
        return self.item.page if isinstance(self.item, Step) else f"guide/{self.component}#checks"

    @property
    def written(self) -> str:
        """The line of YAML, or the file where no line is known."""
        where = self.deed.where if self.deed else self.item.where
        return f"{where.path}:{where.line}" if where.line else where.path or "-"


def items(plan: Plan) -> Iterator[Item]:
    """Everything that nodes do, in order; the turns are counted from 1."""
    number = 0
    for stage in plan.stages:
        for turn in stage.turns:
            number += 1
            for node in turn.nodes:
                yield Item(number, turn.item, stage.component, node)


def executed_of(plan: Plan, node: str, executed: frozenset[str]) -> str:
    """How many steps were executed before on exactly this target; *node* may be empty for all."""
    steps = {
        item.item.id
        for item in items(plan)
        if item.deed and node in ("", item.node) and not isinstance(item.deed.action, Nothing)
    }
    return f"{len(steps & executed)} of {len(steps)} steps were executed on exactly this target."


def script(plan: Plan, node: Node, questions: Questions, executed: frozenset[str]) -> str:
    """The text of NODE.sh."""
    mine = [item for item in items(plan) if item.node == node.name]
    asks = questions.of(node.name)
    parts: list[Iterator[str]] = [_head(plan, node, executed_of(plan, node.name, executed))]
    parts.append(_settings(plan, node, _names(mine, asks.values(), Kind.SECRET)))
    parts.append(_table(mine))
    parts.append(_preflight(plan.preflight[node.name]))
    managers = _managers(mine)
    parts += [manager(install, name) for install, name in managers.items()]
    parts += [asked(key, expectation) for key, expectation in asks.items()]
    parts += [_function(item, questions, managers) for item in mine]
    parts.append(iter(['main "$@"']))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _head(plan: Plan, node: Node, executed: str) -> Iterator[str]:
    target = plan.target
    yield "#!/usr/bin/env bash"
    yield f"# {node.name} ({node.address}; {', '.join(node.roles)}) of {target.site}."
    yield f"# OpenStack {target.series} on {target.system}, cluster shell {target.shell}."
    yield "#"
    yield "# Does what the guide says for this node: each step is a function named after its id."
    yield "# Running it again does only what is not so yet. Start with --dry-run."
    yield f"# {executed}"
    yield "# shellcheck disable=SC2016 # single quotes keep what another shell reads"
    yield "set -Eeuo pipefail"


def _settings(plan: Plan, node: Node, secrets: tuple[str, ...]) -> Iterator[str]:
    yield f"readonly TARGET={shlex.quote(str(plan.target))} NODE={shlex.quote(node.name)}"
    yield f"SECRETS_NEEDED={shlex.quote(' '.join(secrets))}"
    yield 'HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)'
    yield "readonly HERE SECRETS_NEEDED"
    yield "# shellcheck source=lib.sh"
    yield '. "$HERE/lib.sh"'


def _table(mine: list[Item]) -> Iterator[str]:
    yield "# turn, item, guide page, where it is written, title"
    yield "items() {"
    yield "    cat <<'END'"
    for one in mine:
        yield "\t".join([str(one.number), one.item.id, one.page, one.written, one.item.title])
    yield "END"
    yield "}"


def _preflight(fit: Preflight) -> Iterator[str]:
    yield "preflight() {"
    yield call("runs_on", fit.os_version, *fit.os_ids)
    yield call("has_address", fit.address)
    for name, address in fit.hosts:
        yield call("resolves", name, address)
    if fit.ports:
        yield call("has_free_ports", " ".join(fit.units), *map(str, fit.ports))
    for name, address in fit.peers:
        yield call("reaches", name, address)
    for address in fit.unanswered:
        yield call("is_unanswered", address, *(at for _, at in fit.peers))
    yield "}"


def _managers(mine: list[Item]) -> dict[Install, str]:
    """Function names of the package managers that the node's steps use; as a rule there is one."""
    used = (one.deed.action for one in mine if one.deed)
    found = dict.fromkeys(without_packages(a) for a in used if isinstance(a, Install))
    names = ["install_packages", *(f"install_packages_{n}" for n in range(2, len(found) + 1))]
    return dict(zip(found, names, strict=False))


def _function(one: Item, questions: Questions, managers: dict[Install, str]) -> Iterator[str]:
    yield f"# {one.item.title}"
    yield f"{one.item.id}() {{"
    if isinstance(one.item, Check):
        key = questions.key(one.item.id, one.item.asked[one.node])
        yield call("wait_for", str(one.item.within), key)
    elif one.deed:
        yield from _deed(one.item, one.deed, questions, managers)
    yield "}"


def _deed(
    step: Step, deed: Deed, questions: Questions, managers: dict[Install, str]
) -> Iterator[str]:
    if deed.guard is not None:
        yield guarded(deed.guard, questions.key(step.id, deed.guard.expectation))
    lines = list(done(deed.action, managers))
    if deed.wait is not None:
        key = questions.key(step.id, deed.wait.expectation)
        lines.append(call("wait_for", str(deed.wait.at_most), key))
    yield from lines or ["    :"]


def used_names(plan: Plan, node: str, questions: Questions, kind: Kind) -> tuple[str, ...]:
    """Names of secrets, or of captured values, that a node's script needs."""
    mine = [item for item in items(plan) if item.node == node]
    return _names(mine, questions.of(node).values(), kind)


def _names(mine: list[Item], asks: Iterable[Expectation], kind: Kind) -> tuple[str, ...]:
    texts: list[Text] = []
    for one in mine:
        texts += action_texts(one.deed.action) if one.deed else []
    for expectation in asks:
        texts += _expectation_texts(expectation)
    return tuple(sorted({name for text in texts for name in text.names(kind)}))


def _expectation_texts(expectation: Expectation) -> list[Text]:
    given = [] if expectation.input is None else [expectation.input]
    return [expectation.text, *given, *(matcher for _, matcher in expectation.expect)]
