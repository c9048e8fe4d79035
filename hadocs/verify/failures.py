"""How a step or a check that failed is told: at the line of its command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hadocs.plan.model import Check, Deed, Expectation, Step
from hadocs.verify.events import ItemRun, shortened

#: What stands for a value in a line of YAML, and what gives a command its id there.
_TEMPLATE, _ID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}"), re.compile(r"[\w.-]+: ")


@dataclass(frozen=True)
class Failure:
    """One *item* that *node* did not end; *written* has the lines of the item's file."""

    item: Step | Check
    node: str
    run: ItemRun
    written: Sequence[str]

    @property
    def text(self) -> str:
        """Where, on which node, what was run, what it printed and what was expected."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        what = f"status {self.run.exit}" if self.run.outcome else "it did not end"
        yield f"{self.where}: {self.node}: {self.item.id} failed: {what}"
        if self.run.command:
            yield f"    command    {self.run.command}"
        for number, line in enumerate(shortened(self.run.printed)):
            yield f"    {'' if number else 'printed':10} {line}"
        if self.run.fails:
            yield f"    answered   {self.run.fails}"
        for expected in self._expected():
            for query, wanted in expected.expect:
                yield f"    expected   {query}: {wanted}  ({expected.id})"
            if not expected.expect:
                yield f"    expected   {expected.title}  ({expected.id})"

    @property
    def where(self) -> str:
        """``path:line`` of the command that failed; of the action where no line of it fits."""
        at = self._deed.where if self._deed else self.item.where
        offset = _offset(self.written[at.line - 1 :], self.run.command)
        return f"{at.path}:{at.line + offset}"

    @property
    def _deed(self) -> Deed | None:
        return self.item.deeds[self.node] if isinstance(self.item, Step) else None

    def _expected(self) -> Iterator[Expectation]:
        if isinstance(self.item, Check):
            yield self.item.asked[self.node]
        elif self._deed and self._deed.wait and self.run.fails:
            yield self._deed.wait.expectation


def _offset(written: Sequence[str], command: str) -> int:
    """The first line of a text, which is one in YAML, that says *command* with other values."""
    depth = _depth(written[0]) if written else 0
    for offset, line in enumerate(written):
        if line.strip() and _depth(line) < depth:
            break
        own, shell_has = _ID.subn("", line.strip(), count=1)
        for said, before in ((line.strip(), ""), (own, r"\S+ " * shell_has)):
            fixed = map(re.escape, _TEMPLATE.split(said))
            if said and re.fullmatch(before + ".*".join(fixed), command.strip()):
                return offset
    return 0


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
