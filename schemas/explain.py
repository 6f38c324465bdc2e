"""From a schema violation to a finding that a data steward understands."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from jsonschema_rs import ValidationError, ValidationErrorKind

from schemas.limits import LONGEST_ID, MOST_LANGUAGES, longest, most
from schemas.rules import finding
from vocab.concepts import scheme
from vocab.properties import ENTITY_TYPES, Kind, Property, Range, properties_of
from vocab.types import Document, Finding

_OFFSETLESS: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_POINT: Final = re.compile(r"POINT\(-?[0-9.]+ -?[0-9.]+\)")
_MOST_NAMED: Final = 8

_STRINGS: Final = {
    "language": "language.form",
    "inLanguage": "language.form",
    "adminUnitL1": "country.form",
    "currency": "currency.form",
    "postCode": "postcode.form",
    "email": "email.form",
    "telephone": "telephone.form",
}


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in the property table a path of a document leads."""

    owner: str | None  # kind or node type, if the path ends at a thing
    prop: Property | None  # the property that the path ends in
    within: tuple[str | int, ...]  # steps below it: an index, a language, @value


def explain(error: ValidationError, document: Document, kind: Kind) -> Iterator[Finding]:
    """The findings of one violation; unknown fields make one each."""
    steps: list[str | int] = list(error.instance_path)
    spot = _spot(steps, document, kind)
    path = pointer(steps)
    value: Any = error.instance
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(unexpected=unexpected):
            for field in sorted(unexpected)[:_MOST_NAMED]:
                yield finding(
                    "field.unknown", path=pointer([*steps, field]), value=value[field], field=field
                )
        case ValidationErrorKind.Required(property=field) if spot.owner:
            yield _without(field, spot.owner, path, kind)
        case ValidationErrorKind.AnyOf() if spot.owner:
            yield finding("node.empty", path=path, value=value)
        case _ if spot.prop is None:
            yield _of_the_head(steps, path, value, error, kind)
        case _:
            yield _of_a_value(spot.prop, spot, error, path)


def pointer(steps: Iterable[str | int]) -> str:
    """The JSON pointer of a path (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _spot(steps: Sequence[str | int], document: Document, kind: Kind) -> _Spot:
    owner: str | None = kind
    prop: Property | None = None
    within: list[str | int] = []
    value: Any = document
    for step in steps:
        value = value[step]
        if isinstance(step, int):
            owner = _node_type(prop, value)
            within.append(step)
        elif owner and step in properties_of(owner):
            prop, within = properties_of(owner)[step], []
            owner = _node_type(prop, value)
        elif prop and prop.range is Range.REFERENCE and step in properties_of("Agent"):
            prop, within = properties_of("Agent")[str(step)], []
        else:
            owner = None
            within.append(step)
    return _Spot(owner, prop, tuple(within))


def _node_type(prop: Property | None, value: Any) -> str | None:
    """The type of a nested node; one that does not fit is read as the first that does."""
    if prop is None or not prop.nodes or not isinstance(value, dict):
        return None
    return value["type"] if value.get("type") in prop.nodes else prop.nodes[0]


def _without(field: str, owner: str, path: str, kind: Kind) -> Finding:
    """What to say of a property that must be there and is not."""
    path = f"{path}/{field}"
    if owner != kind:
        return finding("node.required", path=path, field=field)
    if field == "type":
        return finding("type.required", path=path, allowed=ENTITY_TYPES[kind].type)
    return finding("name.required", path=path)


def _of_the_head(
    steps: Sequence[str | int], path: str, value: Any, error: ValidationError, kind: Kind
) -> Finding:
    """Findings about `id`, `type` and what is no property."""
    if steps[:1] == ["id"]:
        return finding("id.form", path=path, value=value, limit=LONGEST_ID)
    if steps[:1] == ["type"]:
        return finding("type.unknown", path=path, value=value, allowed=ENTITY_TYPES[kind].type)
    return finding("document.invalid", path=path, value=value, keyword=error.kind.name)


def _of_a_value(prop: Property, spot: _Spot, error: ValidationError, path: str) -> Finding:
    """What to say of a value that does not have the form of its property."""
    keyword, value = error.kind.name, error.instance
    if spot.within[-1:] == ("type",):
        allowed = ", ".join(prop.nodes) or "Agent"
        return finding("node.type", path=path, value=value, allowed=allowed)
    if spot.within[-1:] == ("id",) and prop.range in (Range.NODE, Range.REFERENCE):
        return finding("id.form", path=path, value=value, limit=LONGEST_ID)
    if rule := _of_a_list(prop, spot, keyword, value):
        limit = MOST_LANGUAGES if keyword == "maxProperties" else most(prop)
        more = {"limit": limit} if rule == "list.too-many" else {}
        return finding(rule, path=path, value=value, **more)
    if keyword == "minLength":
        return finding("text.empty", path=path, value=value)
    if keyword == "maxLength" and prop.range is not Range.REFERENCE:
        rule = "iri.too-long" if prop.range in (Range.IRI, Range.CONCEPT) else "text.too-long"
        return finding(rule, path=path, value=value, limit=longest(prop))
    rule, params = _of_the_range(prop, spot, keyword, value)
    return finding(rule, path=path, value=value, **params)


def _of_a_list(prop: Property, spot: _Spot, keyword: str, value: Any) -> str | None:
    """The rule of a list that should be none, of one that is missing, or of a length."""
    texts = prop.range is Range.TEXT
    at_list = len(spot.within) == (1 if texts else 0)
    match keyword:
        case "minItems":
            return "list.empty"
        case "maxItems" | "maxProperties":
            return "list.too-many"
        case "minProperties":
            return "text.empty"
        case _ if at_list and isinstance(value, list) and not prop.many:
            return "value.single"
        case "type" if at_list and prop.many and not isinstance(value, list):
            return "list.form"
    return None


def _of_the_range(
    prop: Property, spot: _Spot, keyword: str, value: Any
) -> tuple[str, Mapping[str, object]]:
    """The rule of a value that is not of its property's range, with the params of the rule."""
    text = value if isinstance(value, str) else ""
    match prop.range:
        case Range.TEXT if keyword == "type":
            return ("string.form" if spot.within else "text.language-map"), {}
        case Range.TEXT:
            return ("text.control" if spot.within else "text.language-tag"), {}
        case Range.STRING:
            control = "text.control" if keyword == "pattern" else "string.form"
            return _STRINGS.get(prop.name, control), {}
        case Range.IRI:
            has_scheme = re.match("https?://", text)
            return ("iri.form" if has_scheme or not text else "iri.scheme"), {}
        case Range.DATE | Range.DATETIME if (day := _DAY.match(text)) and not _exists(day[0]):
            return "date.impossible", {"date": day[0]}
        case Range.DATETIME if not spot.within and _OFFSETLESS.fullmatch(text):
            return "datetime.offset", {}
        case Range.WKT if _POINT.fullmatch(text):
            return "coordinates.range", {}
        case Range.CONCEPT:
            return _of_a_concept(prop, text)
        case Range.NODE:
            return "node.form", {"allowed": ", ".join(prop.nodes)}
        case other:
            return f"{other.value}.form", {}


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _of_a_concept(prop: Property, text: str) -> tuple[str, Mapping[str, object]]:
    """Names the nearest notations, or the first of the list where none is near."""
    concepts = scheme(str(prop.scheme))
    near = get_close_matches(text[:100], concepts.notations, _MOST_NAMED, 0.5)
    allowed = ", ".join(near or concepts.notations[:_MOST_NAMED])
    if not text:
        return "concept.form", {"allowed": allowed}
    return "concept.unknown", {"scheme": concepts.labels, "allowed": allowed}
