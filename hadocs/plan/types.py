"""Types of a site's values: what may stand in a command holds no character that a shell reads."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

_INERT = re.compile(r"[A-Za-z0-9_.:/@%+=,-]+")
_LABEL = "(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "word": re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*"),
    "int": re.compile(r"-?[0-9]{1,12}"),
    "hostname": re.compile(rf"{_LABEL}(\.{_LABEL})*"),
    "interface": re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}"),
    "path": re.compile(r"/[A-Za-z0-9_.:/@%+-]*"),
    "device": re.compile(r"[a-z0-9/]+"),
    "text": re.compile(r"[^\x00-\x1f\x7f]*"),
}


def is_address(text: str) -> bool:
    """An IPv4 or IPv6 address, without a scope."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_prefix(text: str) -> bool:
    """A network with its prefix length."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return "/" in text and "%" not in text


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "address": is_address,
    "prefix": is_prefix,
    "port": _is_port,
    **{name: (lambda text, p=p: bool(p.fullmatch(text))) for name, p in _PATTERNS.items()},  # type: ignore[misc]  # a default argument binds the pattern
}


def fits(kind: str, value: Any) -> bool:
    """Whether a plain value has the form of a parameter type."""
    if kind == "options":
        return isinstance(value, dict) and all(
            _PATTERNS["word"].fullmatch(key) and isinstance(text, str) and _INERT.fullmatch(text)
            for key, text in value.items()
        )
    if kind == "hosts":
        return isinstance(value, dict) and all(
            is_address(address) and isinstance(names, str) and _are_hostnames(names)
            for address, names in value.items()
        )
    return isinstance(value, str) and _CHECKS[kind](value)


def _are_hostnames(names: str) -> bool:
    words = names.split(" ")
    return all(_PATTERNS["hostname"].fullmatch(word) for word in words)
