"""How one value of a document is shown: as words, a link, a code's label, a line of an address."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from babel import Locale

from registry.iris import ENTITY_PATH
from registry.web.language import Language, any_date, in_language, number
from registry.web.place_choices import listed, place_words
from vocab.concepts import label
from vocab.places import codes_of
from vocab.properties import Property, Range, properties_of

Look = Literal["words", "link", "entity", "mono"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One value: `text` is plain or a language map, `href` where it leads."""

    text: Any
    form: Look = "words"
    href: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """An entity that others refer to."""

    path: str
    name: Any


Names = Mapping[str, Named]
"""By entity id."""


def shown_values(
    prop: Property, value: Any, language: Language, names: Names, folder: str
) -> list[Shown]:
    """The values of one property; `folder` is the list that a topic or type leads to."""
    several = value if isinstance(value, list) else [value]
    if prop.range is Range.TEXT:
        return list(_texts(value, language, prop.many))
    if prop.range is Range.CONCEPT:
        return [_concept(prop, one, language, folder) for one in several]
    if prop.range is Range.REFERENCE:
        return [_reference(one, names) for one in several]
    if prop.range is Range.NODE:
        return [shown for one in several for shown in _NODES[one["type"]](one, language, names)]
    return [_plain(prop, one, language, folder) for one in several]


def _texts(value: Any, language: Language, many: bool) -> Iterator[Shown]:
    if not isinstance(value, Mapping):
        yield Shown(text=value)
    elif many:
        for tag, texts in value.items():
            for text in texts if isinstance(texts, list) else [texts]:
                yield Shown(text={tag: text})
    else:
        yield Shown(text=value)


def _concept(prop: Property, value: str, language: Language, folder: str) -> Shown:
    words = label(prop.scheme, value, language) if prop.scheme else value
    facet = {"topic": "topic", "actorType": "type"}.get(prop.name)
    if "://" in value:
        return Shown(text=words, form="link", href=value)
    if facet and folder:
        return Shown(text=words, href=f"/{folder}", query={facet: value})
    return Shown(text=words)


def _reference(value: Any, names: Names) -> Shown:
    if isinstance(value, Mapping):
        return Shown(text=value.get("name", value.get("id", "")))
    if value.startswith(ENTITY_PATH):
        found = names.get(value.removeprefix(ENTITY_PATH))
        if found:
            return Shown(text=found.name, form="entity", href=found.path)
        return Shown(text=value, form="entity", href=value)
    return _link(value)


def _plain(prop: Property, value: Any, language: Language, folder: str) -> Shown:
    if prop.name == "place":
        return _place_iri(value, language, folder)
    if prop.range is Range.IRI:
        return _link(value)
    if prop.range in (Range.DATE, Range.DATETIME):
        return Shown(text=any_date(value, language))
    if prop.range is Range.BOOLEAN:
        return Shown(text={"de": "ja", "en": "yes"} if value else {"de": "nein", "en": "no"})
    if prop.name in ("language", "inLanguage"):
        return Shown(text=language_name(str(value), language))
    return Shown(text=str(value))


def language_name(tag: str, language: Language) -> str:
    """Deutsch, German; a tag of no known language stays."""
    return str(Locale(language).languages.get(tag.replace("-", "_"), tag))


def _link(value: str) -> Shown:
    if not value.startswith(("http://", "https://")):
        return Shown(text=value)
    words = value.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return Shown(text=words.rstrip("/"), form="link", href=value)


def _place_iri(value: str, language: Language, folder: str) -> Shown:
    """A place by its name or else its code, which leads to what else is there."""
    code = next(iter(codes_of(value)), "")
    if not code:
        return _link(value)
    words = place_words(code, language)
    if folder:
        return Shown(text=words, form="entity", href=f"/{folder}", query={"place": listed(code)})
    return Shown(text=words, form="link", href=value)


def address_line(node: Mapping[str, Any]) -> str:
    """Street and number, postcode and town; the whole line where the parts are not known."""
    street = " ".join(node[k] for k in ("thoroughfare", "locatorDesignator") if k in node)
    town = " ".join(node[k] for k in ("postCode", "postName") if k in node)
    return ", ".join(part for part in (street, town) if part) or node.get("fullAddress", "")


def _address(node: Mapping[str, Any], language: Language, names: Names) -> Iterator[Shown]:
    yield Shown(text=address_line(node) or node.get("adminUnitL2", node.get("adminUnitL1", "")))


def _identifier(node: Mapping[str, Any], language: Language, names: Names) -> Iterator[Shown]:
    notation = str(node.get("notation", ""))
    look: Look = "mono"
    yield Shown(text=notation, form=look, note=str(node.get("schemaAgency", "")))


def _geometry(node: Mapping[str, Any], language: Language, names: Names) -> Iterator[Shown]:
    parts = str(node.get("asWKT", "")).removeprefix("POINT(").rstrip(")").split()
    if len(parts) == 2:
        north, east = (part.removeprefix("-") for part in reversed(parts))
        sides = "S" if parts[1].startswith("-") else "N", "W" if parts[0].startswith("-") else "E"
        yield Shown(text=f"{north} {sides[0]}, {east} {sides[1]}", form="mono")


def _contact(node: Mapping[str, Any], language: Language, names: Names) -> Iterator[Shown]:
    if "email" in node:
        yield Shown(text=node["email"], form="link", href=f"mailto:{node['email']}")
    if "telephone" in node:
        digits = "".join(sign for sign in node["telephone"] if sign.isdigit() or sign == "+")
        yield Shown(text=node["telephone"], form="link", href=f"tel:{digits}")
    if "url" in node:
        yield _link(node["url"])


def _named(node: Mapping[str, Any], language: Language, names: Names) -> Iterator[Shown]:
    if "name" in node:
        yield Shown(text=node["name"])


def _place(node: Mapping[str, Any], language: Language, names: Names) -> Iterator[Shown]:
    lines = [address_line(one) for one in node.get("address", ())]
    if "name" in node:
        yield Shown(text=node["name"], note=", ".join(line for line in lines if line))
    else:
        yield from (Shown(text=line) for line in lines if line)
    if "url" in node:
        yield _link(node["url"])


def _grant(node: Mapping[str, Any], language: Language, names: Names) -> Iterator[Shown]:
    amount = ""
    if "amount" in node:
        amount = f"{number(float(node['amount']), language)} {node.get('currency', 'EUR')}"
    funders = [
        in_language(_reference(one, names).text, language)[0] for one in node.get("funder", ())
    ]
    name = node.get("name") or ", ".join(funders)
    notes = [amount, *(funders if node.get("name") else ())]
    yield Shown(text=name or amount, note=", ".join(note for note in notes if note and name))


_NODES: Final[dict[str, Callable[[Any, Language, Names], Iterator[Shown]]]] = {
    "Address": _address,
    "Identifier": _identifier,
    "Geometry": _geometry,
    "ContactPoint": _contact,
    "Place": _place,
    "VirtualLocation": _place,
    "MonetaryGrant": _grant,
    "Audience": _named,
    "EventSeries": _named,
    "Agent": _named,
    "Offer": _named,
    "Demand": _named,
}


def referenced_ids(value: Any) -> Iterator[str]:
    """The ids of all entities that a document refers to, at whatever depth."""
    if isinstance(value, str):
        if value.startswith(ENTITY_PATH):
            yield value.removeprefix(ENTITY_PATH)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from referenced_ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from referenced_ids(part)


def node_type_names() -> frozenset[str]:
    """The node types that can be shown; a test holds them against the vocabulary."""
    return frozenset(_NODES)


def label_of(prop: Property, language: Language) -> str:
    """The property's name in words."""
    return prop.de if language == "de" else prop.en


def shown_properties(kind: str) -> list[Property]:
    """The properties of a kind's fact sheet, in order; offers and needs stand elsewhere."""
    return [
        prop for name, prop in properties_of(kind).items() if name not in ("makesOffer", "seeks")
    ]
