"""The cases of a step exclude each other and leave no gap: proven over the whole domain."""

from __future__ import annotations

from collections.abc import Iterator

from hadocs.loading.catalog import Catalog, Loaded
from hadocs.plan.domain import Point, holds, in_series, points
from hadocs.plan.walk import Place, all_steps
from hadocs.problems import Code, Problem
from hadocs.spec.component import ComponentSpec, StepSpec


def case_problems(component: Loaded[ComponentSpec], catalog: Catalog) -> Iterator[Problem]:
    """One problem for each step whose cases leave a gap, and for each pair that overlaps."""
    for step, place in all_steps(component):
        yield from _step_problems(component, step, place, catalog)
        yield from _action_problems(component, step, place)


def _step_problems(
    component: Loaded[ComponentSpec], step: StepSpec, place: Place, catalog: Catalog
) -> Iterator[Problem]:
    if not step.cases:
        return
    whens = [case.when for case in step.cases]
    gap: Point | None = None
    overlaps: dict[tuple[int, int], Point] = {}
    spec = component.spec
    existing = spec.when.model_copy(update={"since": spec.since, "until": spec.until})
    for point in points([*whens, spec.when, existing], catalog, component.name):
        if not _has(component, point, catalog):
            continue
        true = [i for i, when in enumerate(whens) if holds(when, point, catalog, component.name)]
        if not true:
            gap = gap or point
        for second in true[1:]:
            overlaps.setdefault((true[0], second), point)
    if gap is not None:
        message = f"no case of step {step.id!r} holds for {gap}"
        hint = "add a case, with 'nothing: why' if there is nothing to do"
        yield Problem(component.at(*place, "cases"), Code.CASES, message, hint)
    for (first, second), point in overlaps.items():
        line = component.at(*place, "cases", first).line
        message = f"this case and the one at line {line} both hold for {point}"
        yield Problem(component.at(*place, "cases", second), Code.CASES, message)


def _has(component: Loaded[ComponentSpec], point: Point, catalog: Catalog) -> bool:
    spec = component.spec
    return in_series(point.series, spec.since, spec.until, catalog) and holds(
        spec.when, point, catalog, component.name
    )


def _action_problems(
    component: Loaded[ComponentSpec], step: StepSpec, place: Place
) -> Iterator[Problem]:
    for index, case in enumerate(step.cases):
        acts = case.acts()
        inside = (*place, "cases", index)
        if len(acts) > 1:
            message = f"a case has one action; this one has {' and '.join(acts)}"
            yield Problem(component.at(*inside), Code.SCHEMA, message)
        elif not acts and case.wait is None:
            message = f"a case needs an action: one of {', '.join(case.ACTIONS)}"
            yield Problem(component.at(*inside), Code.SCHEMA, message)
