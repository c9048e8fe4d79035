"""The offline package repository: all that nodes can install, with its whole closure."""

from __future__ import annotations

from pathlib import Path

from hadocs.verify.cluster import archives, pulled
from hadocs.verify.cluster.cache import built, key_of
from hadocs.verify.cluster.process import must
from hadocs.verify.cluster.recipe import Bootstrap, Pull, Recipe

_DOWNLOAD_LIMIT = 900.0


def repository(recipe: Recipe, root: Path, cache: Path) -> Path:
    """The folder that nodes see as their only package archive.

    It lacks what the image in *root* has, so it belongs to that image.
    """
    key = key_of((root.name, recipe.groups), __file__, pulled.__file__, archives.__file__)
    return built(cache / f"repository-{key}", lambda part: _build(recipe, root, part))


def _build(recipe: Recipe, root: Path, part: Path) -> None:
    match recipe.base:
        case Bootstrap() as base:
            _download(base, recipe.groups, root, part)
        case Pull() as base:
            pulled.repository(root, base, recipe.groups, part)


def _download(base: Bootstrap, groups: tuple[tuple[str, ...], ...], root: Path, part: Path) -> None:
    work = part / "apt"
    for name in ("lists/partial", "archives/partial", "cache", "none"):
        (work / name).mkdir(parents=True)
    (work / "sources.list").write_text("\n".join(archives.sources(base)) + "\n")
    apt = _apt_for(root, work)
    update = [*apt, "--error-on=any", "update"]
    must(update, "cannot read the archives of the nodes' packages", timeout=300)
    for group in groups:
        must(
            [*apt, "install", "--download-only", "--yes", "--no-install-recommends", *group],
            f"cannot download {' '.join(group)}",
            timeout=_DOWNLOAD_LIMIT,
        )
    for package in sorted((work / "archives").glob("*.deb")):
        package.rename(part / package.name)
    must(["rm", "-r", str(work)], "cannot remove what the download left", timeout=60)
    _index(part)


def _apt_for(root: Path, work: Path) -> tuple[str, ...]:
    """This machine's apt-get, with its way to the servers, for the system in *root*.

    It reads what is installed in *root* and writes only in *work*, so the image stays as it was.
    """
    options = {
        "Dir::State::status": root / "var/lib/dpkg/status",
        "Dir::State::extended_states": work / "extended_states",
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work / "cache",
        "Dir::Cache::archives": work / "archives",
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": work / "none",
        "Dir::Etc::preferences": work / "none/preferences",
        "Dir::Etc::preferencesparts": work / "none",
        "APT::Sandbox::User": "root",
        "APT::Keep-Downloaded-Packages": "true",
        "APT::Default-Release": "",
    }
    return ("apt-get", "--quiet", *(f"-o={key}={value}" for key, value in options.items()))


def _index(folder: Path) -> None:
    # Relative names, so that the index holds wherever nodes mount the folder.
    for made, what in (("Packages", "packages"), ("Release", "release")):
        text = must(
            ["sh", "-c", 'cd "$0" && exec apt-ftparchive "$1" .', str(folder), what],
            "cannot index the nodes' packages",
            timeout=300,
        )
        (folder / made).write_text(text)
