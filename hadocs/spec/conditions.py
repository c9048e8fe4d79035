"""When a variant holds, and on which nodes a step runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import model_validator

from hadocs.spec.base import Reference, Spec, Word, Words, YesNo


class When(Spec):
    """A condition over the finite domains of a target; keys are joined by *and*, lists by *or*.

    A bare ``way: pacemaker`` is a way of the component itself; another component's is written
    ``way: {galera: pacemaker}``. ``repository: yes`` is where the series comes from a repository
    that has to be enabled.
    """

    system: Words = ()
    distro: Words = ()
    family: Words = ()
    shell: Words = ()
    series: Words = ()
    since: Word | None = None
    until: Word | None = None
    repository: YesNo | None = None
    way: Mapping[Word, Words] = {}

    @property
    def by_system(self) -> bool:
        """Whether it tells systems apart."""
        return bool(self.system or self.distro or self.family) or self.repository is not None

    @model_validator(mode="before")
    @classmethod
    def _own_way(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("way"), (str, list)):
            return {**data, "way": {"self": data["way"]}}
        return data


class NodesSpec(Spec):
    """Nodes as data: which role, which of them, together or one at a time.

    ``first`` is the first in the site's order. *only* names a parameter of a procedure that holds a
    node's name. ``nodes: first`` is short for ``{pick: first}``.
    """

    role: Words = ()
    pick: Literal["all", "first", "others"] = "all"
    order: Literal["together", "one at a time"] = "together"
    only: Word | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"pick": data} if isinstance(data, str) else data


class GuardSpec(Spec):
    """A question that decides whether a step is done: ``unless: members`` asks the node itself.

    *nodes*: ``self``; ``any`` or ``all`` of the nodes with the component's (or *role*'s) role.
    """

    holds: Reference
    nodes: Literal["self", "any", "all"] = "self"
    role: Words = ()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"holds": data} if isinstance(data, str) else data
