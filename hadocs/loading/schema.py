"""Plain data becomes a spec; what pydantic says becomes problems in the words of the YAML."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hadocs.loading.source import Data, Source
from hadocs.problems import Code, HadocsError, Problem, did_you_mean
from hadocs.spec.base import Spec

S = TypeVar("S", bound=Spec)

#: Where the word in YAML is not the field's name in Python.
_YAML_WORDS: Mapping[str, str] = {"copy_": "copy", "from_": "from"}
_SAYS: Mapping[str, str] = {
    "too_short": "needs at least one",
    "string_type": "must be one text, not a list or a mapping",
    "dict_type": "must be a mapping",
    "mapping_type": "must be a mapping",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
}


def validated(model: type[S], source: Source, data: Data) -> S:
    """*data* as *model*; raises every problem, each at its line and column."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise HadocsError(_problems(model, source, error)) from None


def _problems(model: type[Spec], source: Source, error: ValidationError) -> Iterator[Problem]:
    for found in error.errors(include_url=False):
        place = found["loc"]
        label = str(place[-1]) if place else ""
        match found["type"]:
            case _ if found["input"] == "":
                yield Problem(source.at(place), Code.SCHEMA, f"{_said(place)} has no value")
            case _ if label == "[key]":
                where = source.at(place[:-1], key=True)
                yield Problem(where, Code.SCHEMA, str(found["ctx"]["error"]))
            case "extra_forbidden":
                where = source.at(place, key=True)
                hint = did_you_mean(label, _keys(model, place[:-1]))
                yield Problem(where, Code.SCHEMA, f"unknown key {label!r}", hint)
            case "missing":
                yield Problem(source.at(place[:-1]), Code.SCHEMA, f"{_word(label)!r} is missing")
            case "literal_error":
                words = _choices(str(found["ctx"]["expected"]))
                value = str(found["input"])
                message = f"{value!r} is not a value of {_word(label)!r}"
                yield Problem(source.at(place), Code.SCHEMA, message, did_you_mean(value, words))
            case "value_error":
                yield Problem(source.at(place), Code.SCHEMA, str(found["ctx"]["error"]))
            case kind:
                message = f"{_said(place)} {_SAYS.get(kind, str(found['msg']).lower())}"
                yield Problem(source.at(place), Code.SCHEMA, message)


def _said(place: tuple[str | int, ...]) -> str:
    """A place in words: its key, or which item of a list."""
    match place:
        case ():
            return "the file"
        case (*_, str(key), int(index)):
            return f"item {index + 1} of {_word(key)!r}"
    return repr(_word(str(place[-1])))


def _word(label: str) -> str:
    return _YAML_WORDS.get(label, label)


def _choices(expected: str) -> list[str]:
    return [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")]


def _keys(model: type[BaseModel], place: tuple[str | int, ...]) -> list[str]:
    """The keys that could have stood at *place*: the fields of the model that is there."""
    current: Any = model
    for part in place:
        current = _inside(current, part)
    found = next(_models(current), None)
    if found is None:
        return []
    return [field.alias or _word(name) for name, field in found.model_fields.items()]


def _inside(annotation: Any, part: str | int) -> Any:
    for model in _models(annotation):
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                return field.annotation
    return annotation


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside an annotation such as ``tuple[X, ...]`` or ``Mapping[str, X] | None``."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for argument in typing.get_args(annotation):
        yield from _models(argument)
