"""The closed list of transforms that a manifest may name in `via`."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from urllib.parse import unquote

from harvester.dates import read_moment
from harvester.legal_forms import legal_form
from harvester.notes import Notes
from harvester.personal import named_like_a_person
from harvester.places import (
    country_code,
    point,
    read_point,
    read_postcode,
    split_address,
    split_street,
)
from harvester.texts import decode_entities, html_to_text, one_line
from harvester.values import Fields, Value
from harvester.web_addresses import read_web_address

Apply = Callable[[list[Value], Notes], list[Value]]
_LONGEST_SEARCHED: Final = 2_000
"""Characters that a manifest's pattern sees, so that no hub can make one run for ever."""


class TransformError(ValueError):
    """A transform in a manifest is unknown or its argument cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """One transform: what makes it from its argument, and whether it takes one."""

    make: Callable[[str], Apply]
    argument: Literal["none", "required"] = "none"


def compile_transform(text: str) -> Apply:
    """The transform of `strip` or `split(;)`; all between the outer parentheses is the argument.

    Raises TransformError.
    """
    name, parenthesis, rest = text.partition("(")
    transform = TRANSFORMS.get(name.strip())
    if transform is None:
        raise TransformError(name.strip())
    if parenthesis and not rest.endswith(")"):
        raise TransformError(f"{text}: the closing parenthesis is missing")
    if bool(parenthesis) != (transform.argument == "required"):
        needs = (
            "needs an argument, such as"
            if transform.argument == "required"
            else "takes no argument:"
        )
        raise TransformError(
            f"{name} {needs} {name}{'(…)' if transform.argument == 'required' else ''}"
        )
    return transform.make(rest[:-1])


def _each(change: Callable[[str], Any]) -> Transform:
    """A transform of every value as text; None drops it, a list gives several."""
    return Transform(make=lambda _: _per_text(change))


def _per_text(change: Callable[[str], Any]) -> Apply:
    def apply(raw: Any, notes: Notes) -> Any:
        if isinstance(raw, dict):
            notes.add("value.form", raw, expected={"de": "Text", "en": "text"})
            return None
        return change(str(raw))

    return _per_value(apply)


def _per_value(change: Callable[[Any, Notes], Any]) -> Apply:
    def apply(values: list[Value], notes: Notes) -> list[Value]:
        changed = []
        for value in values:
            result = change(value.raw, notes)
            for raw in result if isinstance(result, list) else [result]:
                if raw is not None and raw != "":
                    changed.append(Value(raw, value.lang))
        return changed

    return apply


def _whole(change: Callable[[list[Value]], list[Value]]) -> Transform:
    """A transform of the list of values."""
    return Transform(make=lambda _: lambda values, notes: change(values))


def _with(make: Callable[[str], Callable[[str], Any]]) -> Transform:
    """A transform of every value as text, with an argument."""

    def build(argument: str) -> Apply:
        return _per_text(make(argument))

    return Transform(make=build, argument="required")


def _splitter(separator: str) -> Callable[[str], Any]:
    if not separator:
        raise TransformError("split needs a separator, such as split(;)")
    return lambda text: [part.strip() for part in text.split(separator)]


def _joiner(separator: str) -> Apply:
    def apply(values: list[Value], notes: Notes) -> list[Value]:
        joined = separator.join(str(value.raw) for value in values)
        return [Value(joined, values[0].lang)] if values else []

    return apply


def _pattern(argument: str) -> re.Pattern[str]:
    try:
        return re.compile(argument)
    except re.error as error:
        raise TransformError(f"{argument}: {error}") from error


def _extractor(argument: str) -> Callable[[str], Any]:
    pattern = _pattern(argument)

    def extract(text: str) -> str | None:
        match = pattern.search(text[:_LONGEST_SEARCHED])
        return None if match is None else match[1 if pattern.groups else 0]

    return extract


def _keeper(argument: str) -> Callable[[str], Any]:
    pattern = _pattern(argument)
    return lambda text: text if pattern.search(text[:_LONGEST_SEARCHED]) else None


def _dropper(argument: str) -> Callable[[str], Any]:
    pattern = _pattern(argument)
    return lambda text: None if pattern.search(text[:_LONGEST_SEARCHED]) else text


def _replacer(argument: str) -> Callable[[str], Any]:
    old, arrow, new = argument.partition("=>")
    if not arrow or not old:
        raise TransformError("replace needs old=>new")
    return lambda text: text.replace(old, new)


def _unique(values: list[Value]) -> list[Value]:
    # Not by hash: an expression may find objects.
    return [value for i, value in enumerate(values) if value not in values[:i]]


def _by_length(values: list[Value]) -> list[Value]:
    return sorted(values, key=lambda value: (len(str(value.raw)), str(value.raw)))


def _date(raw: Any, notes: Notes) -> Any:
    moment = read_moment(raw, notes.zone)
    if moment is None:
        notes.add("value.bad-date", raw)
        return None
    # A time's own day, not the day it is in another zone.
    return moment.text[:10] if moment.precision == "time" else moment.text


def _date_as(pattern: str) -> Callable[[Any, Notes], Any]:
    """Of a notation that may mean two days, such as 11/8/1863, the manifest says which it is."""
    try:
        time.strptime(date(2000, 12, 24).strftime(pattern), pattern)
    except ValueError as error:
        raise TransformError(f"{pattern}: %d/%m/%Y …") from error

    def read(raw: Any, notes: Notes) -> Any:
        try:
            return date(*time.strptime(str(raw).strip(), pattern)[:3]).isoformat()
        except ValueError:
            notes.add("value.bad-date", raw)
            return None

    return read


def _country(raw: Any, notes: Notes) -> Any:
    code = country_code(str(raw))
    if code is None:
        notes.add("country.unknown", raw)
    return code


def _postcode(raw: Any, notes: Notes) -> Any:
    text, mended = read_postcode(raw, "DE")
    if text is None:
        notes.add("postcode.bad", raw)
    elif mended:
        notes.add("postcode.mended", raw, mended=text)
    return text


def _street_name(text: str) -> str:
    parts = split_street(text)
    return parts[0] if parts else one_line(text)


def _house_number(text: str) -> str | None:
    parts = split_street(text)
    return parts[1] if parts else None


def _address(raw: Any, notes: Notes) -> Any:
    """With a postcode of four digits mended as `postcode` does, unless another country is named."""
    if isinstance(raw, dict):
        notes.add("value.form", raw, expected={"de": "Text", "en": "text"})
        return None
    parts: dict[str, Any] = dict(split_address(str(raw)))
    if "postCode" in parts and parts.get("adminUnitL1", "DE") == "DE":
        parts["postCode"] = _postcode(parts["postCode"], notes)
    return Fields({name: [Value(part)] for name, part in parts.items()})


def _wkt(raw: Any, notes: Notes) -> Any:
    found = read_point(str(raw))
    if found is None:
        notes.add("coordinates.bad", raw)
    return found


def _point(values: list[Value], notes: Notes) -> list[Value]:
    if not values:
        return []
    numbers = [
        part
        for v in values
        for part in (str(v.raw).split(";") if isinstance(v.raw, str) else [v.raw])
    ]
    found = point(*numbers) if len(numbers) == 2 else None
    if found is None:
        notes.add("coordinates.bad", "; ".join(map(str, numbers)))
        return []
    return [Value(found)]


def _url(raw: Any, notes: Notes) -> Any:
    address = read_web_address(decode_entities(str(raw)))
    if address is None:
        notes.add("value.bad-iri", raw)
        return None
    if address.mended:
        notes.add("value.scheme-added", raw, mended=address.iri)
    return address.iri


def _camel_words(text: str) -> str:
    return re.sub(r"(?<=[a-zäöüß0-9])(?=[A-ZÄÖÜ])", " ", text).replace("_", " ").strip()


TRANSFORMS: Final[dict[str, Transform]] = {
    # any text
    "strip": _each(str.strip),
    "lower": _each(str.lower),
    "upper": _each(str.upper),
    "one_line": _each(one_line),
    "decode": _each(decode_entities),
    "html_to_text": _each(lambda text: html_to_text(decode_entities(text))),
    "unquote": _each(unquote),
    "camel_words": _each(_camel_words),
    "last_segment": _each(lambda text: re.split(r"[/#]", text.rstrip("/#"))[-1]),
    "prefix": _with(lambda before: lambda text: before + text),
    "suffix": _with(lambda after: lambda text: text + after),
    "replace": _with(_replacer),
    "extract": _with(_extractor),
    "keep": _with(_keeper),
    "drop": _with(_dropper),
    # lists
    "split": _with(_splitter),
    "join": Transform(make=_joiner, argument="required"),
    "first": _whole(lambda values: values[:1]),
    "last": _whole(lambda values: values[-1:]),
    "rest": _whole(lambda values: values[1:]),
    "longest": _whole(lambda values: _by_length(values)[-1:]),
    "shortest": _whole(lambda values: _by_length(values)[:1]),
    "unique": _whole(_unique),
    # values with a meaning
    "date": Transform(make=lambda _: _per_value(_date)),
    "date_as": Transform(make=lambda pattern: _per_value(_date_as(pattern)), argument="required"),
    "url": Transform(make=lambda _: _per_value(_url)),
    "country": Transform(make=lambda _: _per_value(_country)),
    "postcode": Transform(make=lambda _: _per_value(_postcode)),
    "address": Transform(make=lambda _: _per_value(_address)),
    "street_name": _each(_street_name),
    "house_number": _each(_house_number),
    "wkt": Transform(make=lambda _: _per_value(_wkt)),
    "point": Transform(make=lambda _: _point),
    "legal_form": _each(legal_form),
    "person_name": _each(lambda text: text if named_like_a_person(text) else None),
}
