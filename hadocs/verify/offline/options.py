"""Every option that a step sets is one that its service knows, in each series that has the step."""

from __future__ import annotations

import fnmatch
import functools
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hadocs.node.options import parts
from hadocs.plan.actions import SetOptions, WriteFile
from hadocs.plan.model import Plan, Step
from hadocs.plan.text import Text
from hadocs.problems import Code, Location, Problem, did_you_mean
from hadocs.verify.offline.options_registry import (
    DATA,
    Option,
    Registry,
    known_series,
    readers,
    registries,
    sources,
    underscored,
)
from hadocs.verify.offline.options_values import wrong
from hadocs.verify.offline.work import Found, Work
from hadocs.verify.offline.written import Written


@dataclass(frozen=True)
class Setting:
    """An option that a deed at *where* sets; *line* is its line, if it stands in a file's text."""

    path: str
    section: str
    key: str
    values: tuple[Text, ...]
    where: Location
    line: str = ""

    def __str__(self) -> str:
        return f"'{self.key}' of [{self.section}]"


@dataclass
class Seen:
    """What was looked at: names of options by file, and why those of a file could not be."""

    checked: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    unchecked: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    going: set[str] = field(default_factory=set)


def check(work: Work) -> Found:
    """Hold every option against the registries of the series."""
    problems: dict[tuple[Location, Code, str], Problem] = {}
    counted: list[str] = []
    by_series = _by_series(work.plans_of_all_sites)
    for series, plans in by_series.items():
        if series not in known_series():
            counted.append(f"no registry of options for {series}: none was held against one")
            continue
        seen = Seen()
        checker = _Checker(series, tuple(by_series), Written(work.catalog), seen)
        for files in plans:
            for problem in checker.problems(files):
                problems.setdefault((problem.where, problem.code, problem.message), problem)
        counted += _counted(series, seen)
    return Found(tuple(problems.values()), tuple(counted))


def settings(plan: Plan) -> Iterator[Setting]:
    """Options that a plan sets, and those in texts of files that a service reads."""
    steps = (turn.item for turn in plan.turns() if isinstance(turn.item, Step))
    deeds = {id(deed): deed for step in steps for deed in step.deeds.values()}
    for deed in deeds.values():
        match deed.action:
            case SetOptions(path=path, options=options):
                for option in options:
                    yield Setting(path, option.section, option.key, option.values, deed.where)
            case WriteFile(path=path, text=text) if any(readers(path)) or reason(path):
                yield from _in_text(path, text, deed.where)


def _in_text(path: str, text: Text, where: Location) -> Iterator[Setting]:
    at = 0
    for part in parts(str(text)):
        length = sum(map(len, part.lines))
        if part.key:
            # Spans stay, so that the value of a secret is not taken for a word.
            value = text[at + part.lines[0].index(part.key) + len(part.key) : at + length]
            start = len(str(value)) - len(str(value).lstrip(" \t=:"))
            yield Setting(path, part.section, part.key, (value[start:],), where, part.lines[0])
        at += length


def reason(path: str) -> str:
    """Why there is no registry of the options in a file, where that is known."""
    known: Mapping[str, str] = sources()["without"]
    return next((why for like, why in known.items() if fnmatch.fnmatch(path, like)), "")


def _by_series(plans: Iterable[Plan]) -> Mapping[str, Sequence[Mapping[str, Sequence[Setting]]]]:
    """By series, for each plan: the settings of each file; plans that set the same only once."""
    result: dict[str, dict[frozenset[Setting], Mapping[str, Sequence[Setting]]]] = {}
    for plan in plans:
        found = dict.fromkeys(settings(plan))
        files: dict[str, list[Setting]] = {}
        for setting in found:
            files.setdefault(setting.path, []).append(setting)
        result.setdefault(plan.target.series, {})[frozenset(found)] = files
    return {series: tuple(files.values()) for series, files in result.items()}


class _Checker:
    """*others* are the series of all plans."""

    def __init__(self, series: str, others: Sequence[str], written: Written, seen: Seen) -> None:
        self._series, self._others, self._written, self._seen = series, others, written, seen

    def problems(self, files: Mapping[str, Sequence[Setting]]) -> Iterator[Problem]:
        for path, found in files.items():
            names = {(setting.section, setting.key) for setting in found}
            known = registries(self._series)
            held = [known[name] for name in readers(path) if name in known]
            seen = self._seen.checked if held else self._seen.unchecked
            seen.setdefault(path, set()).update(names)
            values = {setting.key: ",".join(map(str, setting.values)) for setting in found}
            for setting in found if held else ():
                yield from self._of(setting, held, values)

    def _of(
        self, setting: Setting, held: Sequence[Registry], values: Mapping[str, str]
    ) -> Iterator[Problem]:
        retired = _retired(setting, self._series)
        option = _known(setting, held, values)
        if retired and (option or "value" in retired):
            said = f"{retired['value']!r}" if "value" in retired else str(setting)
            message = f"{said} {retired['why']}"
            yield self._problem(setting, Code.LOST_MEANING, message, _do(retired))
        elif today := self._today(setting, held):
            if option or not self._is_current_elsewhere(setting, held, values):
                message = f"{setting} is a former name"
                hint = f"{_service(held)} of {self._series} calls it {today[1]!r} of [{today[0]}]"
                yield self._problem(setting, Code.FORMER_NAME, message, hint)
        elif option is None:
            yield self._unknown(setting, held, values, retired)
        elif option.removal:
            self._seen.going.add(f"{_service(held)} {setting}")
        if option:
            yield from self._wrong_values(setting, option, held)

    def _wrong_values(
        self, setting: Setting, option: Option, held: Sequence[Registry]
    ) -> Iterator[Problem]:
        for value in setting.values:
            message, hint = wrong(option, value)
            if message:
                hint = hint or f"{_service(held)} of {self._series} says so"
                message = f"{setting}: {message}"
                yield self._problem(setting, Code.WRONG_VALUE, message, hint, of_key=False)

    def _today(self, setting: Setting, held: Sequence[Registry]) -> tuple[str, str] | None:
        name = setting.section.lower(), underscored(setting.key)
        return next((today for r in held if (today := r.successors.get(name))), None)

    def _unknown(
        self,
        setting: Setting,
        held: Sequence[Registry],
        values: Mapping[str, str],
        retired: Mapping[str, str],
    ) -> Problem:
        options = [o for r in held if (o := r.options(setting.section, values)) is not None]
        if options or retired:
            what = f"option {setting}"
            known = {key for keys in options for key in keys}
            near = _elsewhere(setting, held) or did_you_mean(underscored(setting.key), known)
        else:
            what = f"section [{setting.section}]"
            near = did_you_mean(setting.section, {s for r in held for s in r.sections})
        message = f"{_service(held)} of {self._series} has no {what}"
        hint = _do(retired) if retired else self._elsewhen(setting, held, values) or near
        return self._problem(setting, Code.UNKNOWN_OPTION, message, hint)

    def _is_current_elsewhere(
        self, setting: Setting, held: Sequence[Registry], values: Mapping[str, str]
    ) -> bool:
        """Whether another series of the guide has it: then one name does for all of them."""
        others = (other for other in self._others if other in known_series())
        return any(self._has(other, setting, held, values) for other in others)

    def _has(
        self, series: str, setting: Setting, held: Sequence[Registry], values: Mapping[str, str]
    ) -> bool:
        known = registries(series)
        there = [known[registry.name] for registry in held if registry.name in known]
        return _known(setting, there, values) is not None

    def _elsewhen(
        self, setting: Setting, held: Sequence[Registry], values: Mapping[str, str]
    ) -> str:
        """Whether another series has it, and what to do if it is a later one."""
        order = known_series()
        have = [series for series in order if self._has(series, setting, held, values)]
        at = order.index(self._series)
        if earlier := [series for series in have if order.index(series) < at]:
            return f"it was removed: {earlier[-1]} had it last"
        if later := [series for series in have if order.index(series) > at]:
            return f"{later[0]} is the first to have it: put it into a case of that series"
        return ""

    def _problem(
        self, setting: Setting, code: Code, message: str, hint: str, *, of_key: bool = True
    ) -> Problem:
        where = (
            self._written.line(setting.where, setting.line)
            if setting.line
            else self._written.option(setting.where, setting.section, setting.key, of_key=of_key)
        )
        return Problem(where, code, message, hint)


def _known(
    setting: Setting, held: Sequence[Registry], values: Mapping[str, str]
) -> Option | None:
    found = (registry.options(setting.section, values) or {} for registry in held)
    return next((o for f in found if (o := f.get(underscored(setting.key)))), None)


def _service(held: Sequence[Registry]) -> str:
    return " or ".join(registry.name for registry in held)


def _elsewhere(setting: Setting, held: Sequence[Registry]) -> str:
    key = underscored(setting.key)
    sections = sorted({s for r in held for s, options in r.sections.items() if key in options})
    few = ", ".join(f"[{section}]" for section in sections[:4])
    return f"there is one in {few}" if sections else ""


@functools.cache
def _all_retired() -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = tomllib.loads((DATA / "retired.toml").read_text())["retired"]
    return found


def _retired(setting: Setting, series: str) -> Mapping[str, str]:
    """What retired.toml says of a setting, empty if nothing."""
    order = known_series()
    words = {word.strip() for value in setting.values for word in str(value).split(",")}
    for entry in _all_retired():
        if (
            setting.key in entry["options"]
            and entry.get("section", setting.section) == setting.section
            and ("value" not in entry or entry["value"] in words)
            and order.index(series) >= order.index(entry.get("since", order[0]))
        ):
            return entry
    return {}


def _do(retired: Mapping[str, str]) -> str:
    return f"{retired['do']} ({retired['source']})"


def _counted(series: str, seen: Seen) -> Iterator[str]:
    files, options = len(seen.checked), sum(map(len, seen.checked.values()))
    yield f"{options} options of {files} files held against the registries of {series}"
    if seen.going:
        going = ", ".join(sorted(seen.going))
        yield f"{len(seen.going)} options of {series} will be removed some day: {going}"
    count: Counter[str] = Counter()
    for path, names in seen.unchecked.items():
        count[f"{path} ({reason(path) or 'no registry'})"] += len(names)
    if count:
        told = "; ".join(f"{number} of {path}" for path, number in sorted(count.items()))
        yield f"options not checked for {series}: {told}"
