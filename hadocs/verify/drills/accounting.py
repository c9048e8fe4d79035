"""What a client's log says: how long it was told nothing, and what became of every number."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hadocs.evidence import Account

#: A time without a confirmation is an interruption from so many periods on, if no attempt failed.
_LATE = 5


@dataclass(frozen=True)
class Attempt:
    """One attempt, in seconds of the wall clock; without an *end* nobody knows how it ended."""

    number: int
    begin: float
    end: float | None = None
    status: int | None = None
    late: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether the client was told that it succeeded."""
        return self.status == 0

    @property
    def took(self) -> float:
        """How long it lasted; 0 if nobody knows."""
        return self.end - self.begin if self.end is not None else 0.0


def attempts(log: str) -> tuple[Attempt, ...]:
    """The attempts of a log, in their order; a line that was cut off is no line."""
    found: dict[int, Attempt] = {}
    offset = 0.0
    for line in log.split("\n")[:-1]:
        match json.loads(line):
            case {"wall": wall, "monotonic": monotonic}:
                offset = wall - monotonic
            case ["begin", number, at]:
                found[number] = Attempt(number, at + offset)
            case ["end", number, at, status, late] if number in found:
                found[number] = replace(found[number], end=at + offset, status=status, late=late)
    return tuple(found.values())


def account(
    tried: Sequence[Attempt], fault: float, every: float, there: Sequence[int] | None
) -> Account:
    """The account of one client; *there* are the numbers that were counted, None if none were.

    A number counts whenever it was tried, also before the *fault*: what was confirmed then may be
    lost by it too. Times and failures count from the fault on.
    """
    after = [one for one in tried if (one.end or one.begin) >= fault]
    failed = [one for one in after if not one.confirmed]
    found = Account(
        attempts=len(after),
        failures=len(failed),
        confirmed=sum(one.confirmed for one in tried),
        slowest=max((_rounded(one.took) for one in after if one.confirmed), default=-1.0),
        first_failure=min((_rounded(one.begin - fault) for one in failed), default=-1.0),
        interruptions=tuple(
            (_rounded(begin - fault), _rounded(end - fault))
            for begin, end in _interruptions(tried, every)
            if end >= fault
        ),
    )
    return found if there is None else _counted(found, tried, there)


def strangers(tried: Iterable[Attempt], there: Iterable[int]) -> frozenset[int]:
    """Numbers that were counted and that this client never tried."""
    return frozenset(there) - {one.number for one in tried}


def _counted(found: Account, tried: Sequence[Attempt], there: Sequence[int]) -> Account:
    confirmed = {one.number for one in tried if one.confirmed}
    others = {one.number for one in tried if not one.confirmed}
    times = Counter(there)
    return replace(
        found,
        lost=len(confirmed - times.keys()),
        unknown=len(others & times.keys()),
        duplicated=sum(count > 1 for count in times.values()),
    )


def _interruptions(tried: Sequence[Attempt], every: float) -> Iterator[tuple[float, float]]:
    """From the end of one success to that of the next, if an attempt failed or all were late.

    An attempt is of the time in which it began: one that still hangs when others succeed again says
    nothing of that time. What was still not confirmed at the end lasted until then.
    """
    told = sorted(one.end for one in tried if one.confirmed and one.end is not None)
    failed = [one.begin for one in tried if not one.confirmed]
    last = max((one.end or one.begin for one in tried), default=0.0)
    if not told:
        yield from [(tried[0].begin, last)] if tried else []
        return
    for begin, end in pairwise([*told, *([last] if last > told[-1] else [])]):
        if end - begin > _LATE * every or any(begin <= at < end for at in failed):
            yield begin, end


def _rounded(seconds: float) -> float:
    return round(seconds, 2)
