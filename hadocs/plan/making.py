"""An action as it is written becomes a concrete action for one node."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hadocs.loading.catalog import Loaded
from hadocs.plan.actions import (
    Action,
    Capture,
    Cluster,
    Copy,
    Fault,
    Install,
    Nothing,
    Option,
    Pause,
    Run,
    Service,
    SetOptions,
    WriteFile,
)
from hadocs.plan.frame import Frame
from hadocs.plan.names import Known, look_up
from hadocs.plan.template import Absent, Value, rendered
from hadocs.plan.text import Text
from hadocs.spec.actions import ActionSpec, FaultSpec, ServiceSpec, SetSpec
from hadocs.spec.component import ComponentSpec
from hadocs.spec.conf import SiteNode

_COMMAND = re.compile(r"([A-Za-z0-9][\w.-]*): (.*)", re.DOTALL)


class Maker:
    """Makes the actions of one component's steps for one node.

    *owner* has the names; *scope* has everything that templates can name; *used* collects the real
    names that were looked up; *sources* are the nodes from which files are copied.
    """

    def __init__(
        self,
        frame: Frame,
        owner: Loaded[ComponentSpec],
        node: SiteNode,
        scope: Mapping[str, Value],
        used: list[Known],
        sources: tuple[str, ...],
    ) -> None:
        self.frame, self.owner, self.node = frame, owner, node
        self.scope, self.used, self.sources = scope, used, sources

    def action(self, spec: ActionSpec) -> Action:
        """The one action that *spec* has; a wait alone is a pause."""
        if spec.install is not None:
            return self._install(spec.install)
        if spec.write is not None:
            write = spec.write
            path, owner, group = map(self._plain, (write.path, write.owner, write.group))
            return WriteFile(path, self.text(write.text), write.mode, owner, group)
        if spec.set is not None:
            return self._set(spec.set)
        if spec.service is not None:
            return self._service(spec.service)
        if spec.run is not None:
            return self._run(spec)
        if spec.cluster is not None:
            return Cluster(self.frame.point.shell, tuple(commands(self.text(spec.cluster))))
        if spec.copy_ is not None:
            return Copy(tuple(map(self._plain, spec.copy_.paths)), self.sources)
        if spec.capture is not None:
            return Capture(spec.capture.name, self.text(spec.capture.run))
        if spec.fault is not None:
            return self._fault(spec.fault)
        if spec.nothing is not None:
            return Nothing(spec.nothing)
        return Pause()

    def text(self, template: str) -> Text:
        """*template* with its values, marked."""
        return rendered(template, self.scope)

    def _plain(self, template: str) -> str:
        return str(self.text(template))

    def _word(self, kind: str, name: str) -> tuple[str, ...]:
        known = look_up(self.owner, self.frame.system, kind, name)  # type: ignore[arg-type]  # a kind of name
        if known is None:
            raise Absent(f"{kind}.{name}", 0)
        self.used.append(known)
        return known.words

    def _install(self, names: tuple[str, ...]) -> Install:
        manager = self.frame.system.distro.spec.package_manager
        return Install(
            packages=tuple(word for name in names for word in self._packages(name)),
            command=manager.install,
            refresh=manager.refresh,
            query=manager.installed,
            prints=manager.installed_prints or "",
            environment=tuple(sorted(manager.environment.items())),
        )

    def _packages(self, name: str) -> tuple[str, ...]:
        return (self._plain(name),) if "{" in name else self._word("packages", name)

    def _set(self, spec: SetSpec) -> SetOptions:
        options = []
        for use in spec.use:
            name, _, set_name = use.set.rpartition("/")
            other = self.frame.catalog.components[name] if name else self.owner
            given = {key: Value(self.text(value), key) for key, value in use.given.items()}
            scope = {
                **self.frame.component_scope(other, self.node, self.used),
                "given": Value(given, "given"),
            }
            for section, keys in other.spec.option_sets[set_name].options.items():
                for key, value in keys.items():
                    options.append(Option(section, key, (rendered(value, scope),)))
        for section, own in spec.options.items():
            for key, values in own.items():
                options.append(Option(section, key, tuple(map(self.text, values))))
        return SetOptions(self._plain(spec.path), tuple(options))

    def _service(self, spec: ServiceSpec) -> Service:
        unit = self._word("units", spec.start or spec.stop or "")[0]
        files = tuple(map(self._plain, spec.files))
        state = "started" if spec.start else "stopped"
        return Service(unit, state, spec.at_boot, files, spec.by)  # type: ignore[arg-type]  # two literals

    def _fault(self, spec: FaultSpec) -> Fault:
        for node, unit in spec.units.items():
            return Fault(spec.kind, self.frame.node_named(node), self._word("units", unit)[0])
        return Fault(spec.kind, self.frame.node_named(getattr(spec, spec.kind)))

    def _run(self, spec: ActionSpec) -> Run:
        return Run(
            self.text(spec.run or ""),
            None if spec.input is None else self.text(spec.input),
            tuple((name, self.text(value)) for name, value in sorted(spec.environment.items())),
            spec.exposes,
        )


def commands(text: Text) -> list[tuple[str, Text]]:
    """Pairs of id and command: ``ID: command`` a line; indented lines carry the command on."""
    result: list[tuple[str, Text]] = []
    for line in text.lines():
        if not str(line).strip():
            continue
        found = _COMMAND.fullmatch(str(line))
        if found is not None:
            result.append((found[1], line[found.start(2) :]))
        elif result and str(line).startswith(" "):
            id_, command = result[-1]
            result[-1] = (id_, command + " \\\n" + line)
        else:
            raise ValueError(str(line))
    return result
