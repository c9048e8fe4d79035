"""Nodes that do nothing but write the events that real ones would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from hadocs.plan.model import Plan
from hadocs.verify.driving import Driven
from hadocs.verify.events import items
from hadocs.verify.runner import Result

DONE = "begin\t\nend\tdone\n"


@dataclass
class Nodes:
    """*events* of an item are as nodes write them, without time and item; others are done.

    *did* counts what was done, by node and turn.
    """

    events: Mapping[str, str] = field(default_factory=dict)
    plan: Plan | None = None
    did: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    runs: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def cluster(self) -> Nodes:
        return self

    def run(self, *options: str, timeout: float = 0):  # type: ignore[no-untyped-def]
        """As the driver, or with *timeout* as a node, where only the command "true" succeeds."""
        if timeout:
            return Result(int(options[1] != "true"), f"{options[0]} was asked\n", "")
        assert self.plan
        self.runs.append(options)
        _, first, _, last = options
        ids = [turn.item.id for turn in self.plan.turns()]
        start, end = ids.index(first), len(ids) - 1 - ids[::-1].index(last)
        wrote = dict.fromkeys((node.name for node in self.plan.nodes), "")
        for number, turn in [*enumerate(self.plan.turns())][start : end + 1]:
            texts = []
            for node in turn.nodes:
                self.did[number, node, turn.item.id] += 1
                texts.append(self.events.get(f"{turn.item.id}@{node}")
                             or self.events.get(turn.item.id, DONE))  # fmt: skip
                for line in texts[-1].splitlines():
                    wrote[node] += f"0\t{turn.item.id}\t{line}\n"
            if any("failed\t" in text for text in texts):
                break
        else:
            return Driven(0, ("Done",), {node: items(text) for node, text in wrote.items()}, 1.0)
        return Driven(1, (), {node: items(text) for node, text in wrote.items()}, 1.0)
