"""How a step or a check that failed is told: at the line of its command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hadocs.plan.actions import Cluster
from hadocs.plan.model import Check, Deed, Expectation, Step
from hadocs.plan.text import Kind, Text
from hadocs.problems import Location
from hadocs.shell import quoted
from hadocs.verify.events import ItemRun, shortened

#: What a node's script says of itself, as the driver repeats it.
_SAID = r"{node} \| {text}(.*)"
_COMMAND, _ANSWER = "    command    ", r"  \d+ s: "
_RUN_TIME = (Kind.SECRET, Kind.CAPTURED)


@dataclass(frozen=True)
class Failure:
    """One *item* that *node* did not end; *told* is what the driver said last."""

    item: Step | Check
    node: str
    run: ItemRun
    told: tuple[str, ...]

    @property
    def text(self) -> str:
        """Where, on which node, what was run, what it printed and what was expected."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        what = f"status {self.run.exit}" if self.run.outcome else "it did not end"
        yield f"{self.where}: {self.node}: {self.item.id} failed: {what}"
        if self.command:
            yield f"    command    {self.command}"
        for number, line in enumerate(shortened(self.run.printed)):
            yield f"    {'' if number else 'printed':10} {line}"
        if self.answer:
            yield f"    answered   {self.answer}"
        for expected in self._expected():
            for query, wanted in expected.expect:
                yield f"    expected   {query}: {wanted}  ({expected.id})"
            if not expected.expect:
                yield f"    expected   {expected.title}  ({expected.id})"

    @property
    def command(self) -> str:
        """The command that failed, with the names of secrets."""
        return self._said(_COMMAND)

    @property
    def answer(self) -> str:
        """What a question was answered the last time, if one was asked in vain."""
        return self._said(_ANSWER)

    @property
    def where(self) -> str:
        """``path:line`` of the command that failed, as far as the step says which it was."""
        at = self._deed.where if self._deed else self._check.where
        return f"{at.path}:{at.line}"

    @property
    def _deed(self) -> Deed | None:
        return self.item.deeds[self.node] if isinstance(self.item, Step) else None

    def _said(self, text: str) -> str:
        pattern = re.compile(_SAID.format(node=re.escape(self.node), text=text))
        found = (pattern.fullmatch(line) for line in reversed(self.told))
        return next((one[1] for one in found if one), "")

    def _expected(self) -> Iterator[Expectation]:
        if isinstance(self.item, Check):
            yield self.item.asked[self.node]
        elif self._deed and self._deed.wait and self.answer:
            yield self._deed.wait.expectation
