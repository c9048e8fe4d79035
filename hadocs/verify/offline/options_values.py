"""Whether a value is one that an option takes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping

from hadocs.plan.text import Kind, Text
from hadocs.problems import did_you_mean
from hadocs.verify.offline.options_registry import Option

_RUN_TIME = frozenset({Kind.SECRET, Kind.CAPTURED})
#: A reference to another option, or what a program puts in later.
_LATER = re.compile(r"(?<!\$)\$(\w|\{)|%\(")
_YES_NO = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0"})
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")


def wrong(option: Option, value: Text) -> tuple[str, str]:
    """What is wrong with *value*, and a hint; empty if it is right or only a run can know."""
    said = str(value).strip()
    if not said or _LATER.search(said) or any(s.kind in _RUN_TIME for s in value.spans):
        return "", ""
    if said[0] == said[-1] and said[0] in "'\"" and len(said) > 1:
        said = said[1:-1]
    if option.choices and option.type not in _OF_MANY:
        allowed = [choice for choice in option.choices if choice is not None]
        if said.lower() not in {str(choice).lower() for choice in allowed}:
            return f"{said!r} is none of its values", did_you_mean(said, map(str, allowed))
        return "", ""
    holds, wanted = _TYPES.get(option.type.lower(), (_anything, ""))
    if not holds(said):
        return f"{said!r} is not {wanted}", ""
    return _outside(option, said), ""


def _outside(option: Option, said: str) -> str:
    """What is wrong with a number: oslo.config compares the lengths of texts, which is left out."""
    if option.type not in _NUMBERS:
        return ""
    if option.min is not None and float(said) < option.min:
        return f"{said} is less than {option.min:g}"
    if option.max is not None and float(said) > option.max:
        return f"{said} is more than {option.max:g}"
    return ""


def _anything(_: str) -> bool:
    return True


def _converts(convert: Callable[[str], object]) -> Callable[[str], bool]:
    def holds(said: str) -> bool:
        try:
            convert(said)
        except ValueError:
            return False
        return True

    return holds


def _is_port(said: str) -> bool:
    return said.isdecimal() and int(said) <= 65535


def _is_host(said: str) -> bool:
    return bool(_HOST.fullmatch(said)) or _converts(ipaddress.ip_address)(said.strip("[]"))


def _is_pairs(said: str) -> bool:
    return all(":" in pair for pair in said.split(","))


_OF_MANY = frozenset({"list", "multi", "dict"})
_NUMBERS = frozenset({"integer", "floating point", "port"})
_TYPES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "boolean": (lambda said: said.lower() in _YES_NO, "true or false"),
    "integer": (_converts(int), "a whole number"),
    "floating point": (_converts(float), "a number"),
    "port": (_is_port, "a port (0 to 65535)"),
    "ip address": (_converts(ipaddress.ip_address), "an address"),
    "host address": (_is_host, "a host name or an address"),
    "host domain": (_is_host, "a host name or an address"),
    "hostname": (_is_host, "a host name"),
    "dict": (_is_pairs, "a list of NAME:VALUE"),
}
