"""Finds the nodes of procedures and drills by asking."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

from hadocs.plan.outside import Query, finding
from hadocs.plan.resolve import Setting
from hadocs.verify.asking import Answer, ask
from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.runner import Runner

Answers: TypeAlias = Mapping[str, Answer]
_PAUSE = 2.0


def found_nodes(
    setting: Setting,
    name: str,
    runner: Runner,
    nodes: Mapping[str, str] | None = None,
    gone: frozenset[str] = frozenset(),
    secrets: Mapping[str, str] | None = None,
) -> Mapping[str, str]:
    """The nodes of the procedure or drill *name*, by its words: *nodes* that are known, and found.

    Raises what every node answered where one cannot be found.
    """
    known = dict(nodes or {})
    queries = finding(setting.catalog, setting.site, setting.point, name, known, gone)
    for word, query in queries.items():
        if word not in known:
            known[word] = _found(word, query, runner, secrets or {})
    return known


def _found(word: str, query: Query, runner: Runner, secrets: Mapping[str, str]) -> str:
    end = time.monotonic() + query.within
    while True:
        answers = _answers(query, runner, secrets)
        chosen = CHOICES[query.way](answers)
        if chosen:
            return chosen
        if time.monotonic() >= end:
            told = (f"{node}: {one.verdict}: {one.text}" for node, one in answers.items())
            message = f"{word!r} was not found by '{query.way}: {query.expectation.id}'"
            raise ClusterError(message, told)
        time.sleep(_PAUSE)


def _answers(query: Query, runner: Runner, secrets: Mapping[str, str]) -> Answers:
    """What all nodes say, asked at the same time."""
    asking = partial(ask, runner, secrets=secrets)
    with ThreadPoolExecutor() as pool:
        said = pool.map(lambda pair: asking(*pair), query.asked.items())
        return dict(zip(query.asked, said, strict=True))


def _first(verdict: str, answers: Answers) -> str:
    return next((node for node, one in answers.items() if one.verdict == verdict), "")


def _highest(answers: Answers) -> str:
    """The node with the highest number; none if one cannot tell, or if they do not compare.

    A node on which the question fails has certainly no number.
    """
    if any(one.verdict == "unknown" for one in answers.values()):
        return ""
    said = {node: one.printed.split() for node, one in answers.items() if one.verdict == "holds"}
    if not said or len({tuple(words[:-1]) for words in said.values()}) > 1:
        return ""
    try:
        return max(said, key=lambda node: int(said[node][-1]))
    except (ValueError, IndexError):
        return ""


#: The choice by each way of finding a node; empty if there is none, or none for certain.
CHOICES: Mapping[str, Callable[[Answers], str]] = {
    "holds": partial(_first, "holds"),
    "fails": partial(_first, "fails"),
    "highest": _highest,
}
