"""What the driver knows: the order of all turns, who answers guards, what is carried."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from hadocs.plan.actions import Capture, Copy
from hadocs.plan.model import Plan
from hadocs.plan.text import Kind
from hadocs.renderers.scripts.nodes import executed_of, items, used_names
from hadocs.renderers.scripts.questions import Questions

_COLUMNS = ("turn", "node", "item", "written", "guide", "title")


def order(plan: Plan) -> str:
    """The text of order.tsv: one line for each node in each turn."""
    rows = [
        (str(one.number), one.node, one.item.id, one.written, one.page, one.item.title)
        for one in items(plan)
    ]
    return "".join("\t".join(row) + "\n" for row in [_COLUMNS, *rows])


def driver(plan: Plan, questions: Questions, executed: frozenset[str], body: str) -> str:
    """The text of run.sh: its tables, then *body*, which is the same for every plan."""
    parts = [
        _head(plan, executed_of(plan, "", executed)),
        _table("guards", "item, expectation, nodes that are asked", _guards(plan, questions)),
        _table("copies", "item, nodes that may have the files, files", _copies(plan)),
        _table("captures", "item, captured value, nodes that need it", _captures(plan, questions)),
        _table("secrets", "node, secrets that it needs", _secrets(plan, questions)),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n" + body


def _head(plan: Plan, executed: str) -> Iterator[str]:
    target = plan.target
    yield "#!/usr/bin/env bash"
    yield f"# Drives the nodes of {target.site} through their turns, in order."
    yield f"# OpenStack {target.series} on {target.system}, cluster shell {target.shell}."
    yield f"# {executed}"
    yield "set -Eeuo pipefail"
    yield ""
    yield f"readonly TARGET={shlex.quote(str(target))}"
    yield f"readonly NODES=({shlex.join(node.name for node in plan.nodes)})"
    yield 'HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)'
    yield "readonly HERE"


def _table(name: str, about: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"# {about}"
    yield f"{name}() {{"
    yield "    cat <<'END'"
    yield from ("\t".join(row) for row in dict.fromkeys(rows))
    yield "END"
    yield "}"


def _guards(plan: Plan, questions: Questions) -> Iterator[tuple[str, ...]]:
    """Guards that a node cannot answer by itself."""
    for one in items(plan):
        guard = one.deed.guard if one.deed else None
        if guard is not None and guard.nodes != (one.node,):
            key = questions.key(one.item.id, guard.expectation)
            yield one.item.id, key, " ".join(guard.nodes)


def _copies(plan: Plan) -> Iterator[tuple[str, ...]]:
    for one in items(plan):
        if one.deed and isinstance(one.deed.action, Copy):
            copy = one.deed.action
            yield one.item.id, " ".join(copy.sources), shlex.join(copy.paths)


def _captures(plan: Plan, questions: Questions) -> Iterator[tuple[str, ...]]:
    for one in items(plan):
        if one.deed and isinstance(one.deed.action, Capture):
            name = one.deed.action.name
            users = [
                node.name
                for node in plan.nodes
                if name in used_names(plan, node.name, questions, Kind.CAPTURED)
            ]
            yield one.item.id, name, " ".join(users)


def _secrets(plan: Plan, questions: Questions) -> Iterator[tuple[str, ...]]:
    for node in plan.nodes:
        if names := used_names(plan, node.name, questions, Kind.SECRET):
            yield node.name, " ".join(names)
