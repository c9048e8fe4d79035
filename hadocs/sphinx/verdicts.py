"""What became of each link: remembered between runs, and told with the places that have it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_DAY = 24 * 60 * 60
#: Only what worked is remembered: who runs the check again has repaired the rest, or hopes so.
_REMEMBERED = ("working", "redirected")
#: What a person has to see, in this order, and how it is said; what works is counted only.
_SAID: Mapping[str, str] = {
    "dead": "declared dead",
    "ignored": "not judged",
    "redirected": "redirected",
    "timeout": "timed out",
    "broken": "broken",
}
FAILURES = ("timeout", "broken")


@dataclass(frozen=True)
class Verdict:
    """What Sphinx found, in its own words; *checked* is a time in seconds."""

    status: str
    code: int = 0
    message: str = ""
    checked: int = 0


def remembered(path: Path, days: float) -> dict[str, Verdict]:
    """Verdicts that are younger than *days*; a file that cannot be read remembers nothing."""
    try:
        found = {url: Verdict(**kept) for url, kept in json.loads(path.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    now = time.time()
    return {url: one for url, one in found.items() if 0 <= now - one.checked < days * _DAY}


def remember(path: Path, verdicts: Mapping[str, Verdict]) -> None:
    """Keep what worked; a run that is cut off leaves the file as it was or as it should be."""
    kept = {url: asdict(one) for url, one in verdicts.items() if one.status in _REMEMBERED}
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    beside.replace(path)


def told(verdicts: Mapping[str, Verdict], places: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A line for each place of each link that needs a look, the worst last; then the count."""
    for status in _SAID:
        yield from sorted(
            f"{place}: {_said(url, verdict)}"
            for url, verdict in verdicts.items()
            if verdict.status == status
            for place in places[url]
        )
    counts = Counter(verdict.status for verdict in verdicts.values())
    parts = [f"{counts[status]} {said}" for status, said in _SAID.items() if counts[status]]
    yield ", ".join([f"{counts.total()} links: {counts['working']} work", *parts])


def _said(url: str, verdict: Verdict) -> str:
    said = _SAID[verdict.status]
    if verdict.status == "redirected":
        how = " permanently" if verdict.code in (301, 308) else ""
        return f"{said}{how}: {url} -> {verdict.message}"
    return f"{said}: {url} ({verdict.message})" if verdict.message else f"{said}: {url}"
