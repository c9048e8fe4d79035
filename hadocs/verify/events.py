"""What the nodes' scripts wrote of a run, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hadocs.evidence import NodeRun
from hadocs.secrets import hidden

#: Lines of output that are kept: the first and the last ones.
_HEAD, _TAIL = 12, 28
_WIDTH = 400


@dataclass
class ItemRun:
    """What one node did in one item, as its events say.

    *command* is the one that failed; *fails* is what a question was answered in vain.
    """

    start: int
    outcome: str = ""
    exit: int = 0
    seconds: int = 0
    printed: list[str] = field(default_factory=list)
    holds: str = ""
    command: str = ""
    fails: str = ""


def items(events: str) -> Mapping[str, ItemRun]:
    """The last run of each item in the text of a file of events."""
    result: dict[str, ItemRun] = {}
    for line in events.split("\n")[:-1]:
        time, item, what, text = line.split("\t", 3)
        if what == "begin":
            result[item] = ItemRun(int(time))
        elif item in result:
            _add(result[item], int(time), what, text)
    return result


def _add(run: ItemRun, time: int, what: str, text: str) -> None:
    run.seconds = time - run.start
    match what:
        case "printed":
            run.printed.append(text)
        case "holds":
            run.holds = text
        case "command":
            run.command = text
        case "fails":
            run.fails = text
        case "end":
            run.outcome = text
        case "failed":
            run.outcome, run.exit = "failed", int(text)


def node_run(node: str, run: ItemRun, again: ItemRun | None, secrets: Sequence[str]) -> NodeRun:
    """The run as evidence keeps it: its output short and without *secrets*."""
    marks = dict.fromkeys(secrets, "********")
    printed = hidden("\n".join(run.printed), marks).split("\n")
    return NodeRun(
        node=node,
        outcome=run.outcome or "failed",  # type: ignore[arg-type]  # the script's own words
        again=again.outcome if again else "",  # type: ignore[arg-type]  # the same
        exit=run.exit,
        seconds=run.seconds,
        printed="\n".join(shortened(printed)),
        holds=hidden(run.holds, marks),
    )


def shortened(lines: Sequence[str]) -> Iterator[str]:
    """Lines as a terminal shows them in the end; the middle of a long output is left out."""
    shown = [line.rpartition("\r")[2][:_WIDTH].rstrip() for line in lines]
    left = len(shown) - _HEAD - _TAIL
    if left <= 1:
        yield from shown
        return
    yield from shown[:_HEAD]
    yield f"[{left} lines]"
    yield from shown[-_TAIL:]
