"""Which expectations a node can be asked, and by which key."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hadocs.plan.model import Check, Expectation, Plan, Step
from hadocs.plan.text import Text, join
from hadocs.renderers.scripts.values import fed
from hadocs.shell import quoted


@dataclass(frozen=True)
class Use:
    """An item asks an expectation on a node."""

    node: str
    item: str
    expectation: Expectation


class Questions:
    """All expectations of a plan. A key is the expectation's id.

    Where one node asks an id with different texts (a slot's expectation, filled by several
    services), the id of the item is added.
    """

    def __init__(self, plan: Plan) -> None:
        self._uses = tuple(dict.fromkeys(_uses(plan)))
        found: dict[tuple[str, str], set[Expectation]] = defaultdict(set)
        for use in self._uses:
            found[use.node, use.expectation.id].add(use.expectation)
        self._ambiguous = {id_ for (_, id_), texts in found.items() if len(texts) > 1}

    def key(self, item: str, expectation: Expectation) -> str:
        """What the expectation is called in scripts when *item* asks it."""
        id_ = expectation.id
        return f"{id_}+{item}" if id_ in self._ambiguous else id_

    def of(self, node: str) -> Mapping[str, Expectation]:
        """Keys and expectations of one node, in the order of the plan."""
        result: dict[str, Expectation] = {}
        for use in self._uses:
            if use.node == node:
                result.setdefault(self.key(use.item, use.expectation), use.expectation)
        return result


def _uses(plan: Plan) -> Iterator[Use]:
    for turn in plan.turns():
        item = turn.item
        if isinstance(item, Check):
            for node in turn.nodes:
                yield Use(node, item.id, item.asked[node])
            continue
        for node in turn.nodes:
            yield from _of_step(item, node)


def _of_step(step: Step, node: str) -> Iterator[Use]:
    """What a node asks itself, and what its guard asks the others."""
    deed = step.deeds[node]
    if deed.wait is not None:
        yield Use(node, step.id, deed.wait.expectation)
    if deed.guard is None:
        return
    for other, expectation in deed.guard.asked.items():
        yield Use(other, step.id, expectation)


def asked(key: str, expectation: Expectation) -> Iterator[str]:
    """The function that asks an expectation."""
    yield f"# {expectation.title}"
    yield f"ask:{key}() {{"
    yield from fed("question", _question(expectation), exact=False)
    if expectation.input is not None:
        yield from fed("input", expectation.input)
    yield from fed("ask", quoted(expectation.text), exact=False)
    yield "}"


def _question(expectation: Expectation) -> Text:
    """The judge's JSON, a query a line; places stand inside its strings."""
    pairs = [
        join("", [f"[{_json(query)}, ", _inside(matcher), "]"])
        for query, matcher in expectation.expect
    ]
    start = f'{{"format": {_json(expectation.format)}, "expect": ['
    return join("", [start, join(",\n    ", pairs), "]}"])


def _inside(matcher: Text) -> Text:
    pieces = (
        Text(shown, () if span is None else (replace(span, start=0, end=len(shown)),))
        for piece, span in matcher.pieces()
        for shown in [_json(piece)[1:-1]]
    )
    return join("", ['"', *pieces, '"'])


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
