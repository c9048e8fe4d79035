"""The guide: pages of neutral blocks, resolved for as few targets as a page needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hadocs.evidence import FOLDER
from hadocs.loading.catalog import Catalog, Loaded, load
from hadocs.plan.checks import check_component, check_words
from hadocs.plan.drills import under
from hadocs.plan.tasks import as_component
from hadocs.plan.text import Text
from hadocs.problems import HadocsError, Location, not_there
from hadocs.renderers.blocks import Block, Link, Page, Section, Toc
from hadocs.renderers.guide import evidence, tables
from hadocs.renderers.guide.circumstances import in_circumstances
from hadocs.renderers.guide.context import Context
from hadocs.renderers.guide.drills import drills
from hadocs.renderers.guide.executed import executed
from hadocs.renderers.guide.links import install_guide_link
from hadocs.renderers.guide.measurements import drill_files
from hadocs.renderers.guide.page import component_blocks
from hadocs.renderers.guide.simulated import in_the_scheduler
from hadocs.renderers.guide.steps import step_section
from hadocs.renderers.guide.tasks import task_blocks
from hadocs.spec.component import ComponentSpec
from hadocs.spec.task import DrillSpec, ProcedureSpec

__all__ = ["Fragment", "Guide", "open_guide"]

#: What every page depends on, and what pages about everything do; files may come and go.
_SHARED = ("conf",)
_EVERYTHING = frozenset([*_SHARED, "components", FOLDER])


@dataclass(frozen=True)
class Fragment:
    """Blocks inside a prose page, and the files on which they depend."""

    blocks: tuple[Block, ...]
    sources: frozenset[str]


class Guide:
    """Pages, fragments and links of one series for one site."""

    def __init__(self, catalog: Catalog, series: str | None = None) -> None:
        self.catalog = catalog
        self.context = Context(catalog, series or catalog.guide.spec.series)

    def page(self, name: str) -> Page:
        """The generated page *name* (``guide/galera``)."""
        key = name.removeprefix("guide/")
        if key in self.catalog.components:
            component = self.catalog.components[key]
            check_component(component, self.catalog)
            blocks = component_blocks(self.context, component)
            return Page(name, component.spec.title, blocks, self._closure(key))
        task = self._task(key)
        check_component(as_component(task, self.catalog), self.catalog)
        return Page(
            name,
            task.spec.title,
            task_blocks(self.context, task),
            self._closure(*task.spec.of, task.name) | self._under(task),
        )

    def fragment(self, kind: str, argument: str) -> Fragment:
        """What a directive inside prose shows: a table over all components, a step, a chapter."""
        made: Mapping[str, Callable[[Context], Iterator[Block]]] = {
            "failover": tables.failover,
            "ports": tables.ports,
            "services": tables.services,
            "history": tables.history,
            "support": tables.support,
            "executed": executed,
            "circumstances": in_circumstances,
            "simulated": in_the_scheduler,
            "drills": drills,
        }
        if kind in made:
            return Fragment(tuple(made[kind](self.context)), _EVERYTHING)
        if kind == "chapters":
            return Fragment(self._chapters(), _EVERYTHING)
        if kind == "steps":
            component, _, step = argument.partition("/")
            self._component(component)
            return Fragment(self._steps(component, step), self._closure(component))
        raise _unknown("directive", kind, [*made, "chapters", "steps"])

    def link(self, role: str, target: str) -> Link | Text:
        """What a role inside prose refers to; a value of the site is text."""
        name, _, inner = target.partition("/")
        if role == "component":
            key = self._any(name)
            return Link("", page=f"guide/{key}")
        if role == "step":
            component = self._component(name)
            found = next((s for s in component.spec.steps if inner in (s.id, *s.was)), None)
            if found is None:
                raise _unknown("step", inner, [step.id for step in component.spec.steps])
            return Link("", page=f"guide/{name}", anchor=found.id)
        if role == "install-guide":
            return install_guide_link(self.context, target, None)
        return self.context.value(target)

    def _chapters(self) -> tuple[Block, ...]:
        names = [component.name for component in self.context.ordered]
        extra = [*self.catalog.procedures, *self.catalog.drills]
        chapters: dict[str, list[str]] = {c.id: [] for c in self.catalog.guide.spec.chapters}
        for name in names:
            chapters[self.catalog.components[name].spec.chapter].append(f"guide/{name}")
        if extra:
            chapters[self.catalog.guide.spec.chapter_of_tasks] += [
                f"guide/{name}" for name in extra
            ]
        titles = {c.id: c.title for c in self.catalog.guide.spec.chapters}
        return tuple(Toc(titles[id_], tuple(pages)) for id_, pages in chapters.items() if pages)

    def _steps(self, component: str, step: str) -> tuple[Block, ...]:
        sections = [
            step_section(self.context, placed, number)
            for number, placed in enumerate(
                self.context.placed(self.catalog.components[component]), 1
            )
            if not step or placed.id == f"{component}/{step}"
        ]
        if not sections:
            raise _unknown(
                "step", step, [s.id for s in self.catalog.components[component].spec.steps]
            )
        return tuple(block for section in sections for block in _inner(section))

    def _closure(self, *names: str) -> frozenset[str]:
        """The files that a page of these components shows something of."""
        files = set(_SHARED)
        for name in names:
            files.add(f"components/{name}.yaml")
            component = self.catalog.components.get(name)
            if component is not None:
                files.update(evidence.files(self.context, name))
                files.update(
                    f"components/{other}.yaml" for other in self.context.closure(component)
                )
        return frozenset(files)

    def _under(self, task: Loaded[ProcedureSpec] | Loaded[DrillSpec]) -> frozenset[str]:
        """The files on which it depends whether a drill measured what is there now."""
        if task.name not in self.catalog.drills:
            return frozenset()
        names = under(self.catalog, task.spec.of)
        files = (f"components/{name}.yaml" for name in names)
        return drill_files(self.context, task.name).union(files)

    def _any(self, name: str) -> str:
        known = [*self.catalog.components, *self.catalog.procedures, *self.catalog.drills]
        if name not in known:
            raise _unknown("component", name, known)
        return name

    def _component(self, name: str) -> Loaded[ComponentSpec]:
        if name not in self.catalog.components:
            raise _unknown("component", name, self.catalog.components)
        return self.catalog.components[name]

    def _task(self, name: str) -> Loaded[ProcedureSpec] | Loaded[DrillSpec]:
        return self.catalog.procedures.get(name) or self.catalog.drills[self._any(name)]


def _inner(section: Section) -> Iterator[Block]:
    yield from section.blocks


def _unknown(what: str, name: str, known: Iterable[str]) -> HadocsError:
    return HadocsError([not_there(Location(""), what, name, known)])


def open_guide(root: Path, series: str | None = None) -> Guide:
    """The guide of the project in *root*; raises the problems of names over all its files.

    A page raises those of its own component when it is made, so that an edit costs one check.
    """
    catalog = load(root)
    check_words(catalog)
    return Guide(catalog, series)
