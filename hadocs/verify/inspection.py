"""Asks every check of a plan on machines that are somebody's own; changes nothing there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from hadocs.plan.model import Check, Plan
from hadocs.shell import quoted
from hadocs.verify.asking import Answer, ask
from hadocs.verify.runner import Runner


@dataclass(frozen=True)
class Verdict:
    """What *node* answered to a check."""

    node: str
    check: Check
    answer: Answer

    @property
    def holds(self) -> bool:
        """Whether it is as the guide says."""
        return self.answer.verdict == "holds"

    def __str__(self) -> str:
        """One line where it holds; else what was asked, written, printed and expected, too."""
        asked = self.check.asked[self.node]
        said = f"{self.answer.verdict:8} {self.node}: {self.check.title}"
        if self.holds:
            return said
        expected = [f"{query}: {wanted.generic()}" for query, wanted in asked.expect]
        told = {
            "check": self.check.id,
            "asked": str(quoted(asked.text)).strip(),
            "written in": str(self.check.where),
            "said": self.answer.text,
            "printed": self.answer.printed.strip(),
            "expected": ", ".join(expected) or "exit status 0",
        }
        lines = (f"    {word:10} {_indented(text)}" for word, text in told.items() if text)
        return "\n".join([said, *lines])


def inspect(
    plan: Plan, runner: Runner, secrets: Mapping[str, str], nodes: Collection[str]
) -> Iterator[Verdict]:
    """The verdicts of every check on *nodes* in the plan's order; a check's are asked together."""
    with ThreadPoolExecutor() as pool:
        for turn in plan.turns():
            if isinstance(turn.item, Check):
                check = turn.item
                jobs = {
                    node: pool.submit(ask, runner, node, check.asked[node], secrets)
                    for node in turn.nodes
                    if node in nodes
                }
                for node, job in jobs.items():
                    yield Verdict(node, check, job.result())


def _indented(text: str) -> str:
    return text.replace("\n", "\n" + " " * 15)
