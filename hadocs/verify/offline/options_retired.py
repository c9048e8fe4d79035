"""Options and values that do nothing any more, by a list with sources."""

from __future__ import annotations

import fnmatch
import functools
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from hadocs.verify.offline.options_registry import DATA, known_series
from hadocs.verify.offline.options_set import Setting


@functools.cache
def _all_retired() -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = tomllib.loads((DATA / "retired.toml").read_text())[
        "retired"
    ]
    return found


def retired_by(setting: Setting, series: str) -> Mapping[str, str]:
    """What retired.toml says of a setting, empty if nothing."""
    order = known_series()
    words = {word.strip() for value in setting.values for word in str(value).split(",")}
    for entry in _all_retired():
        if (
            setting.key in entry["options"]
            and entry.get("section", setting.section) == setting.section
            and fnmatch.fnmatch(setting.path, entry.get("file", "*"))
            and ("value" not in entry or entry["value"] in words)
            and order.index(series) >= order.index(entry.get("since", order[0]))
        ):
            return entry
    return {}
