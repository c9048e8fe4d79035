#!/usr/bin/env python3
"""Sets options of an ini file and leaves everything else in it as it is.

    options.py [--dry-run] [--hide SECTION/KEY]... PATH <OPTIONS

OPTIONS are lines of an ini file. An option that stands there several times gets these values, in
this order. What changes is printed as a diff; options of --hide are printed without their values.
Comments, order, mode and owner stay. The file is replaced at once, or not touched if it has these
values already.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Section and key.
Name = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """Lines of a file that belong together: one option, or one line of anything else.

    *section* is the one in which it stands; *key* is empty for what is not an option. A line such
    as ``#key = value`` has that *example*.
    """

    lines: tuple[str, ...]
    section: str
    key: str = ""
    value: str = ""
    example: str = ""

    @property
    def is_header(self) -> bool:
        """Whether a section begins here."""
        return self.lines[0].startswith("[")


def parts(text: str) -> Iterator[Part]:
    """*text* cut into parts; joined again they are *text*."""
    section = ""
    lines = text.split("\n")
    ended = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    at = 0
    while at < len(ended):
        line, end = ended[at], at + 1
        if line.startswith("["):
            section = line[1:].split("]", 1)[0].strip()
        key, value = _option(line)
        while key and end < len(ended) and ended[end][:1] in " \t" and ended[end].strip():
            value += "\n" + ended[end].strip()
            end += 1
        example = _option(line[1:].lstrip())[0] if line[:1] in "#;" else ""
        yield Part(tuple(ended[at:end]), section, key, value, example)
        at = end


def _option(line: str) -> tuple[str, str]:
    """Key and value; no key for a line that is not an option."""
    if line[:1] in ("", "#", ";", "[", " ", "\t") or not line.strip():
        return "", ""
    ends = [at for at in (line.find("="), line.find(":")) if at >= 0]
    if not ends:
        return "", ""
    return line[: min(ends)].strip(), line[min(ends) + 1 :].strip()


def wanted(text: str) -> dict[Name, tuple[str, ...]]:
    """Options with all their values, in order."""
    result: dict[Name, tuple[str, ...]] = {}
    for part in parts(text):
        if part.key:
            name = (part.section, part.key)
            result[name] = (*result.get(name, ()), part.value)
        elif part.lines[0].strip() and not part.is_header:
            raise ValueError(f"not an option: {part.lines[0].strip()!r}")
    return result


def with_options(text: str, options: Mapping[Name, tuple[str, ...]]) -> str:
    """*text* in which *options* have these values and no others."""
    found = list(parts(text))
    for name, values in options.items():
        have = tuple(part.value for part in found if (part.section, part.key) == name)
        if have != values:
            found = _placed(found, name, values)
    return "".join(line for part in found for line in part.lines)


def _placed(found: list[Part], name: Name, values: tuple[str, ...]) -> list[Part]:
    """*found* with the option at its first value, after its example, or in its section."""
    section, key = name
    mine = [at for at, part in enumerate(found) if (part.section, part.key) == name]
    rest = [part for at, part in enumerate(found) if at not in mine]
    new = [Part(_lines(key, value), section, key, value) for value in values]
    if mine:
        place = mine[0]
    else:
        examples = [at for at, part in enumerate(rest) if (part.section, part.example) == name]
        place = (examples or _last_of(rest, section) or [-1])[-1] + 1
        if not place:
            place = len(rest)
            new = [Part((("\n" if rest else "") + f"[{section}]\n",), section), *new]
    return _ended(rest[:place]) + new + rest[place:]


def _last_of(found: list[Part], section: str) -> list[int]:
    """Where the section begins and where its options are."""
    return [
        at
        for at, part in enumerate(found)
        if part.section == section and (part.is_header or part.key)
    ]


def _lines(key: str, value: str) -> tuple[str, ...]:
    first, *more = value.split("\n")
    return (f"{key} = {first}".rstrip() + "\n", *(f"    {line}\n" for line in more))


def _ended(found: list[Part]) -> list[Part]:
    """*found* with a newline at its end, so that something can stand behind it."""
    if not found or found[-1].lines[-1].endswith("\n"):
        return found
    last = found[-1]
    lines = (*last.lines[:-1], last.lines[-1] + "\n")
    return [*found[:-1], Part(lines, last.section, last.key, last.value, last.example)]


def difference(old: str, new: str, path: str, hidden: Collection[Name]) -> str:
    """A diff in which options of *hidden* have no values."""
    known = {(part.section, part.key, part.value) for part in parts(old)}
    known &= {(part.section, part.key, part.value) for part in parts(new)}

    def shown(text: str, word: str) -> list[str]:
        lines: list[str] = []
        for part in parts(text):
            if (part.section, part.key) not in hidden:
                lines += part.lines
            elif (part.section, part.key, part.value) in known:
                lines.append(f"{part.key} = (hidden)\n")
            else:
                lines.append(f"{part.key} = (hidden, {word})\n")
        return lines

    before, after = shown(old, "as it was"), shown(new, "new")
    diff = difflib.unified_diff(before, after, f"{path} (now)", f"{path} (new)")
    return "".join(line if line.endswith("\n") else line + "\n" for line in diff)


def replace(path: Path, text: str) -> None:
    """*path* gets *text* at once; mode, owner and labels stay."""
    state = path.stat()
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_bytes(text))
            file.flush()
            os.fchown(file.fileno(), state.st_uid, state.st_gid)
            os.fchmod(file.fileno(), state.st_mode & 0o7777)
            for label in os.listxattr(path):
                os.setxattr(file.fileno(), label, os.getxattr(path, label))
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def _text(data: bytes) -> str:
    """Every byte stays what it is."""
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def main() -> int:
    """The program."""
    parser = argparse.ArgumentParser(description="Sets options of an ini file.")
    parser.add_argument("--dry-run", action="store_true", help="print the difference only")
    parser.add_argument("--hide", action="append", default=[], metavar="SECTION/KEY")
    parser.add_argument("path", type=Path)
    given = parser.parse_args()
    path = given.path.resolve()
    hidden = {(name.rpartition("/")[0], name.rpartition("/")[2]) for name in given.hide}
    try:
        options = wanted(_text(sys.stdin.buffer.read()))
        old = "" if given.dry_run and not path.exists() else _text(path.read_bytes())
        new = with_options(old, options)
        sys.stdout.buffer.write(_bytes(difference(old, new, str(given.path), hidden)))
        if new != old and not given.dry_run:
            replace(path, new)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"options.py: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
