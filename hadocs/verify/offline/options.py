"""Every option that a step sets is one that its service knows, in each series that has the step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hadocs.loading.catalog import Catalog
from hadocs.plan.model import Plan
from hadocs.problems import Code, Location, Problem, did_you_mean
from hadocs.verify.offline.options_registry import (
    Readers,
    known_series,
    readers_of,
    underscored,
)
from hadocs.verify.offline.options_retired import retired_by
from hadocs.verify.offline.options_set import Setting, reason, settings
from hadocs.verify.offline.options_values import wrong
from hadocs.verify.offline.work import Found, Work
from hadocs.verify.offline.written import Written


@dataclass(frozen=True)
class Wrong:
    """A problem, without the services and series that have it."""

    where: Location
    code: Code
    message: str
    hint: str

    def problem(self, services: Iterable[str], series: Iterable[str]) -> Problem:
        """The problem, with them."""
        of = f"{', '.join(sorted(services))} of {', '.join(series)}"
        return Problem(self.where, self.code, f"{self.message} ({of})", self.hint)


@dataclass
class Seen:
    """What was looked at: names of options by file, and why those of a file could not be."""

    checked: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    unchecked: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    going: set[str] = field(default_factory=set)


def check(work: Work) -> Found:
    """Hold every option against the registries of the series."""
    return held(work.catalog, work.plans_of_all_sites)


def held(catalog: Catalog, plans: Iterable[Plan]) -> Found:
    """Hold the options of some plans against the registries of their series."""
    wrongs: dict[Wrong, tuple[set[str], dict[str, None]]] = {}
    counted: list[str] = []
    by_series = _by_series(plans)
    for series, settings_of_plans in by_series.items():
        if series not in known_series():
            counted.append(f"no registry of options for {series}: none was held against one")
            continue
        seen = Seen()
        checker = _Checker(series, tuple(by_series), Written(catalog), seen)
        for files in settings_of_plans:
            for service, wrong_ in checker.wrongs(files):
                services, all_series = wrongs.setdefault(wrong_, (set(), {}))
                services.add(service)
                all_series[series] = None
        counted += _counted(series, seen)
    problems = (one.problem(services, series) for one, (services, series) in wrongs.items())
    return Found(tuple(problems), tuple(counted))


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
    """Looks at the files of plans of one series; *others* are the series of all plans."""

    def __init__(self, series: str, others: Sequence[str], written: Written, seen: Seen) -> None:
        self._series, self._written, self._seen = series, written, seen
        self._others = [other for other in others if other in known_series()]

    def wrongs(self, files: Mapping[str, Sequence[Setting]]) -> Iterator[tuple[str, Wrong]]:
        """Pairs of a service and what is wrong in a file that it reads."""
        for path, found in files.items():
            names = {(setting.section, setting.key) for setting in found}
            values = {setting.key: ",".join(map(str, setting.values)) for setting in found}
            known = readers_of(path, self._series, values)
            seen = self._seen.checked if known else self._seen.unchecked
            seen.setdefault(path, set()).update(names)
            if known:
                yield from ((str(known), w) for s in found for w in self._of(s, known))

    def _of(self, setting: Setting, known: Readers) -> Iterator[Wrong]:
        retired = retired_by(setting, self._series)
        option = known.option(setting.section, setting.key)
        today = known.today(setting.section, setting.key)
        if retired and (option or "value" in retired):
            said = f"{retired['value']!r}" if "value" in retired else str(setting)
            message = f"{said} {retired['why']}"
            yield self._wrong(setting, Code.LOST_MEANING, message, _do(retired))
        elif today and (option or not self._series_with(setting, known, self._others)):
            hint = f"it is {today[1]!r} of [{today[0]}] now"
            yield self._wrong(setting, Code.FORMER_NAME, f"{setting} is a former name", hint)
        elif not option and not today:
            yield self._unknown(setting, known, retired)
        elif option and option.removal:
            self._seen.going.add(f"{known} {setting}")
        for value in setting.values if option else ():
            message, hint = wrong(option, value) if option else ("", "")
            if message:
                message = f"{setting}: {message}"
                yield self._wrong(setting, Code.WRONG_VALUE, message, hint, of_key=False)

    def _unknown(self, setting: Setting, known: Readers, retired: Mapping[str, str]) -> Wrong:
        options = known.options(setting.section)
        if sections := known.sections_with(setting.key):
            near = f"there is one in {', '.join(f'[{section}]' for section in sections[:4])}"
        elif options:
            near = did_you_mean(underscored(setting.key), options)
        else:
            near = did_you_mean(setting.section, known.sections)
        what = f"option {setting}" if options or retired else f"section [{setting.section}]"
        hint = _do(retired) if retired else self._elsewhen(setting, known) or near
        return self._wrong(setting, Code.UNKNOWN_OPTION, f"{what} does not exist", hint)

    def _series_with(self, setting: Setting, known: Readers, among: Sequence[str]) -> Sequence[str]:
        """Those series that have the option by this name."""
        there = ((series, readers_of(setting.path, series, known.values)) for series in among)
        return [s for s, have in there if have and have.option(setting.section, setting.key)]

    def _elsewhen(self, setting: Setting, known: Readers) -> str:
        """Whether another series has it, and what to do if it is a later one."""
        order = known_series()
        at = order.index(self._series)
        if earlier := self._series_with(setting, known, order[:at]):
            return f"it was removed: {earlier[-1]} had it last"
        if later := self._series_with(setting, known, order[at:]):
            return f"{later[0]} is the first to have it: put it into a case of that series"
        return ""

    def _wrong(
        self, setting: Setting, code: Code, message: str, hint: str, *, of_key: bool = True
    ) -> Wrong:
        where = (
            self._written.line(setting.where, setting.line)
            if setting.line
            else self._written.option(setting.where, setting.section, setting.key, of_key=of_key)
        )
        return Wrong(where, code, message, hint)


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
