"""What the nodes are before and after a second run, which must change nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from hadocs.verify.runner import Runner

#: What each question about a node's state prints, by node and name of the question.
Snapshot: TypeAlias = Mapping[tuple[str, str], tuple[str, ...]]
_LIMIT = 60.0
_SHOWN = 12


def snapshot(
    runner: Runner, nodes: Sequence[str], questions: Sequence[tuple[str, str]]
) -> Snapshot:
    """The answers of every node; *questions* are pairs of a name and shell text."""
    return {
        (node, name): tuple(runner.run(node, text, timeout=_LIMIT).stdout.splitlines())
        for node in nodes
        for name, text in questions
    }


def differences(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Each answer that is another one now, with the lines that differ."""
    for (node, name), was in before.items():
        now = after[node, name]
        if was == now:
            continue
        changed = [
            line
            for line in difflib.unified_diff(was, now, lineterm="", n=0)
            if not line.startswith(("---", "+++", "@@"))
        ]
        more = [f"({len(changed) - _SHOWN} more)"] if len(changed) > _SHOWN else []
        yield "\n    ".join([f"{node}: {name} changed", *changed[:_SHOWN], *more])
