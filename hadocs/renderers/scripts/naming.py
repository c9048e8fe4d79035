"""How an operator finds a node of a procedure, in plain text: the question, and where to ask it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from hadocs.plan.model import Expectation
from hadocs.plan.outside import Query
from hadocs.shell import quoted

_WIDTH = 98
_SAYS: Mapping[str, str] = {
    "holds": "{word}: the first of {nodes} on which this holds. {title}.",
    "fails": "{word}: the first of {nodes} on which this does not hold. {title}.",
    "highest": "{word}: that of {nodes} which prints the highest number. {title}. Every one has to"
    " answer, or stop; one that prints no number is certainly not it. If words before the number"
    " are not equal on all of them, stop: the numbers do not compare.",
}


def how_found(word: str, query: Query) -> str:
    """What to ask, as root, on which nodes, and what has to be answered."""
    said = _SAYS[query.way].format(
        word=word, nodes=", ".join(query.nodes), title=query.expectation.title
    )
    return "\n".join([*textwrap.wrap(said, _WIDTH), *_commands(query)]) + "\n"


def _commands(query: Query) -> Iterator[str]:
    alike: dict[str, list[str]] = {}
    for node, asked in query.asked.items():
        alike.setdefault(_command(asked), []).append(node)
    for command, nodes in alike.items():
        yield f"On {', '.join(nodes)}:" if len(alike) > 1 else "On each of them:"
        yield ""
        yield textwrap.indent(command, "    ")
        yield ""
    if query.way != "highest":
        yield from (f"    {name}: {wanted}" for name, wanted in query.expectation.expect)


def _command(asked: Expectation) -> str:
    return str(quoted(asked.text)).rstrip("\n")
