"""Makes the registries of options of a series from the packages of its projects.

    python -m hadocs.verify.offline.generate SERIES...

Needs uv and the Python package registry; half a gigabyte for each series, while it runs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hadocs.verify.cluster.error import ClusterError
from hadocs.verify.cluster.process import must
from hadocs.verify.offline.options_registry import DATA, data_file, sources

_INSTALL_LIMIT = 1800.0
_ASK_LIMIT = 300.0
#: The plugin of which a section that asks for one takes the options.
_PLUGIN = "password"
_ASKS_FOR_PLUGIN = "auth_type"


def generate(series: str, folder: Path) -> Mapping[str, int]:
    """Write the registries of *series*; the number of options of each. *folder* is left full."""
    wanted = sources()["series"][series]
    python = _installed(wanted["date"], wanted["packages"], folder)
    plugin = json.loads(_asked([str(python), str(DATA / "plugin_options.py"), _PLUGIN]))
    registries = {
        name: _compact(_listed(python, registry["namespaces"]), plugin)
        for name, registry in sources()["registries"].items()
    }
    made = {"date": wanted["date"], "packages": _versions(python), "registries": registries}
    text = json.dumps(made, sort_keys=True, separators=(",", ":"))
    # Without a time and a name in it, so that the same registries are the same bytes.
    data_file(series).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return {name: sum(map(len, groups.values())) for name, groups in registries.items()}


def _installed(date: str, packages: Sequence[str], folder: Path) -> Path:
    """The Python that has *packages* and what they need, all as they were at *date*."""
    if shutil.which("uv") is None:
        raise ClusterError("uv is not there, which installs packages of a date", ["pip install uv"])
    must(["uv", "venv", "--quiet", str(folder)], "cannot make an environment", timeout=_ASK_LIMIT)
    python = folder / "bin" / "python"
    install = ["uv", "pip", "install", "--quiet", "--python", str(python), "--exclude-newer", date]
    must([*install, *packages], "cannot install the packages", timeout=_INSTALL_LIMIT)
    return python


def _asked(command: Sequence[str]) -> str:
    return must(command, f"{Path(command[0]).name} does not answer", timeout=_ASK_LIMIT)


def _versions(python: Path) -> Mapping[str, str]:
    listed = _asked(["uv", "pip", "list", "--python", str(python), "--format", "json"])
    return {package["name"]: package["version"] for package in json.loads(listed)}


def _listed(python: Path, namespaces: Sequence[str]) -> Mapping[str, Any]:
    generator = [str(python.with_name("oslo-config-generator")), "--format", "json"]
    found: Mapping[str, Any] = json.loads(
        _asked([*generator, *(f"--namespace={namespace}" for namespace in namespaces)])
    )["options"]
    return found


def _compact(groups: Mapping[str, Any], plugin: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Sections of options in the form of `Option.of`; a section stands once, however written."""
    result: dict[str, dict[str, Any]] = {}
    for group, held in groups.items():
        options = {option["name"]: option for option in held["opts"]}
        if _ASKS_FOR_PLUGIN in options:
            options = {option["name"]: option for option in plugin} | options
        section = result.setdefault(group.lower(), {})
        section.update({name: dict(_short(option)) for name, option in options.items()})
    return result


def _short(option: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an option says that is not usual. See `Option`."""
    if (kind := option["type"].removesuffix(" value").removesuffix(" valued")) != "string":
        yield "type", kind
    if choices := option.get("choices"):
        yield "choices", [choice[0] if isinstance(choice, list) else choice for choice in choices]
    for key in ("min", "max"):
        if option.get(key) is not None:
            yield key, option[key]
    if option.get("deprecated_for_removal"):
        yield "removal", True
    if was := [[old["group"], old["name"]] for old in option.get("deprecated_opts") or ()]:
        yield "was", was


def main(arguments: Sequence[str] | None = None) -> int:
    """The program."""
    parser = argparse.ArgumentParser(description="Makes registries of options.")
    parser.add_argument("series", nargs="+", choices=sorted(sources()["series"]))
    for series in parser.parse_args(arguments).series:
        with tempfile.TemporaryDirectory(prefix="hadocs-") as folder:
            try:
                made = generate(series, Path(folder) / "packages")
            except ClusterError as error:
                sys.stderr.write(f"{error}\n")
                return 1
        size = data_file(series).stat().st_size
        print(f"{series}: {sum(made.values())} options of {len(made)} registries, {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
