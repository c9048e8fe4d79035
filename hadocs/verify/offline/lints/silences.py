"""Problems that a writer answered with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hadocs.loading.catalog import Loaded
from hadocs.plan.walk import all_steps
from hadocs.problems import Code, Location, Problem, did_you_mean
from hadocs.spec.component import ComponentSpec
from hadocs.verify.offline.lints.view import View

#: The codes that can be silenced: what lints find is mostly, not always, wrong.
CODES = frozenset(
    [
        Code.DANGLING, Code.UNCOMMITTED, Code.RETIRED, Code.RETIRED_SERVICE, Code.RETIRED_LINK,
        Code.FOREIGN, Code.BY_HAND, Code.CONTRADICTION, Code.PLACEHOLDER, Code.UNFINISHED,
        Code.LOST_TEXT, Code.DATED, Code.CLUSTER_DESIGN,
    ]
)  # fmt: skip
_IN_PAGE = re.compile(r"\.\. silence ([\w-]+): (\S.*)")


@dataclass(frozen=True)
class Silence:
    """One code that is not told of a part of a file: lines *first* to *last*, with a reason."""

    code: str
    reason: str
    where: Location
    first: int
    last: int

    def holds(self, problem: Problem) -> bool:
        """Whether it is about *problem*."""
        where = problem.where
        return (
            problem.code == self.code
            and where.path == self.where.path
            and self.first <= where.line <= self.last
        )


def silences(view: View) -> tuple[Silence, ...]:
    """All of them: of components, of steps, of pages; the narrower first."""
    found = [s for component in view.components for s in _of_spec(component)]
    for page in view.pages:
        for number, line in enumerate(page.lines, 1):
            if said := _IN_PAGE.fullmatch(line.rstrip()):
                where = Location(page.path, number, 1)
                found.append(Silence(said[1], said[2], where, 1, len(page.lines)))
    return tuple(sorted(found, key=lambda one: one.last - one.first))


def told(
    problems: Iterable[Problem], known: tuple[Silence, ...]
) -> tuple[list[Problem], list[str]]:
    """The problems that are left, with those of the silences themselves, and what was silenced."""
    left, used = list[Problem](), dict[Silence, int]()
    # Several targets can have the same problem, each with a hint of its own.
    once = {(problem.where, problem.code, problem.message): problem for problem in problems}
    for problem in once.values():
        silence = next((one for one in known if one.code in CODES and one.holds(problem)), None)
        if silence is None:
            left.append(problem)
        else:
            used[silence] = used.get(silence, 0) + 1
    left += _wrong(known, used)
    said = [
        f"{one.code} silenced {count} time{'s' * (count > 1)} at {one.where}: {one.reason}"
        for one, count in sorted(used.items(), key=lambda item: item[0].where)
    ]
    return left, said


def _wrong(known: Iterable[Silence], used: Iterable[Silence]) -> Iterator[Problem]:
    for one in known:
        if one.code not in CODES:
            hint = did_you_mean(one.code, map(str, CODES))
            message = f"{one.code!r} is no code that can be silenced"
            yield Problem(one.where, Code.UNKNOWN_NAME, message, hint)
        elif one not in used:
            message = f"there is no {one.code!r} here to be silenced"
            yield Problem(one.where, Code.UNNEEDED_SILENCE, message, "leave it out")


def _of_spec(component: Loaded[ComponentSpec]) -> Iterator[Silence]:
    whole = component.source.text.count("\n") + 1
    for code, reason in component.spec.silence.items():
        where = component.at("silence", code, key=True)
        yield Silence(code, reason, where, 1, whole)
    for step, place in all_steps(component):
        first, last = component.source.extent(place)
        for code, reason in step.silence.items():
            where = component.at(*place, "silence", code, key=True)
            yield Silence(code, reason, where, first, last)
