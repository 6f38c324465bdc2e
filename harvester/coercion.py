"""Values from a hub made into a document by the property table: each range has its own reading."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from harvester.dates import Moment, read_moment
from harvester.languages import read_language
from harvester.notes import Notes
from harvester.personal import MASK, holds_mail_address
from harvester.places import country_code, point, read_point, read_postcode
from harvester.texts import (
    LONGEST_STRING,
    LONGEST_TEXT,
    decode_entities,
    has_markup,
    html_to_text,
    one_line,
    shorten,
    tidy,
    without_controls,
)
from harvester.values import Fields, Value
from harvester.web_addresses import read_web_address
from vocab.concepts import scheme
from vocab.properties import Property, Range, properties_of
from vocab.types import Document

LONGEST_NAME: Final = 500
LONGEST_ID: Final = 500
_PLAIN: Final[dict[str, str]] = {
    "Address": "fullAddress",
    "Agent": "name",
    "Audience": "name",
    "Demand": "name",
    "EventSeries": "name",
    "Geometry": "asWKT",
    "MonetaryGrant": "name",
    "Offer": "name",
    "Place": "name",
    "VirtualLocation": "url",
}
"""What a bare text means where a nested node is expected."""

_TRUE: Final = frozenset({"true", "1", "yes", "y", "ja", "j", "wahr", "x"})
_FALSE: Final = frozenset({"false", "0", "no", "n", "nein", "falsch"})
_CURRENCIES: Final = {"€": "EUR", "euro": "EUR", "£": "GBP", "$": "USD", "zł": "PLN", "kč": "CZK"}
_ENGLISH_NUMBER: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d+|-?\d+(?:\.\d{1,2}|\.\d{4,})?")
_GERMAN_NUMBER: Final = re.compile(
    r"-?\d{1,3}(?:\.\d{3})+,\d+|-?\d{1,3}(?:\.\d{3}){2,}|-?\d+,(?:\d{1,2}|\d{4,})"
)


def coerce(owner: str, fields: Fields, notes: Notes) -> Document:
    """The document of a kind or node type from values by property; the unreadable is reported."""
    document: Document = {}
    outer = notes.path
    country = _country_of(fields, notes) if owner == "Address" else None
    known = properties_of(owner)
    for name, values in fields.items():
        prop = known.get(name)
        if prop is None or not values:
            continue  # of another kind: one mapping may serve several
        notes.path = f"{outer}/{name}"
        if name == "postCode":
            values = _postcodes(values, country, notes)
        result = (
            _texts(prop, values, notes)
            if prop.range is Range.TEXT
            else _others(prop, values, notes)
        )
        if result not in (None, [], {}):
            document[name] = result
    notes.path = outer
    return document


def _texts(prop: Property, values: list[Value], notes: Notes) -> dict[str, Any]:
    limit = LONGEST_NAME if "name" in prop.name.lower() else LONGEST_TEXT
    by_language: dict[str, list[str]] = {}
    for value in values:
        text = read_text(value.raw, limit, notes)
        if not text:
            continue
        if limit == LONGEST_NAME:
            text = one_line(text)
        known = by_language.setdefault(_language(value.lang, notes), [])
        if text not in known:
            known.append(text)
    if prop.many:
        return dict(by_language)
    extra = [text for texts in by_language.values() for text in texts[1:]]
    if extra:
        notes.add("value.extra", "; ".join(extra), count=len(extra))
    return {language: texts[0] for language, texts in by_language.items()}


def _language(said: str | None, notes: Notes) -> str:
    if not said:
        notes.untagged += 1
        return notes.language or "und"
    tag = read_language(said)
    if tag is None:
        notes.add("value.bad-language", said)
    return tag or "und"


def read_text(raw: Any, limit: int, notes: Notes) -> str:
    """Plain text of at most `limit` characters; entities and markup are reported."""
    if isinstance(raw, dict | list):
        notes.add("value.form", raw, expected={"de": "Text", "en": "text"})
        return ""
    given = str(raw)
    text = decode_entities(given)
    if text != given:
        notes.add("value.entities-decoded", given)
    if has_markup(text):
        notes.add("value.html-removed", given)
        text = html_to_text(text)
    clean = without_controls(text)
    if clean != text:
        notes.add("value.control-removed", given)
    clean = tidy(clean)
    if clean == MASK:
        return ""  # mapped again from a raw form that a personal contact was taken out of
    if len(clean) > limit:
        notes.add("value.too-long", given, limit=limit)
        clean = shorten(clean, limit)
    return clean


def _others(prop: Property, values: Iterable[Value], notes: Notes) -> Any:
    read = _READERS[prop.range]
    results: list[Any] = []
    for value in values:
        result = read(prop, value.raw, notes)
        if result not in (None, "", {}) and result not in results:
            results.append(result)
    if prop.many:
        return results
    if len(results) > 1:
        notes.add("value.extra", "; ".join(map(str, results[1:])), count=len(results) - 1)
    return results[0] if results else None


def _string(prop: Property, raw: Any, notes: Notes) -> str | None:
    text = one_line(read_text(raw, LONGEST_STRING, notes))
    if prop.name == "adminUnitL1":
        code = country_code(text)
        if code is None:
            notes.add("country.unknown", text)
        return code
    if prop.name in ("language", "inLanguage"):
        tag = read_language(text)
        if tag is None:
            notes.add("value.bad-language", text)
        return tag
    if prop.name == "currency":
        return _CURRENCIES.get(text.casefold(), text.upper())
    return text


def _iri(prop: Property, raw: Any, notes: Notes) -> str | None:
    if MASK in str(raw):
        return None
    address = read_web_address(decode_entities(str(raw)))
    if address is None:
        notes.add("value.bad-iri", raw)
        return None
    if address.mended:
        notes.add("value.scheme-added", raw, mended=address.iri)
    return address.iri


def _date(prop: Property, raw: Any, notes: Notes) -> Any:
    moment = _moment(raw, notes)
    if moment is None:
        return None
    if moment.precision in ("year", "month"):
        return {
            "@value": moment.text,
            "@type": "xsd:gYear" if moment.precision == "year" else "xsd:gYearMonth",
        }
    return moment.text[:10]  # of a time, the day that its writer saw


def _datetime(prop: Property, raw: Any, notes: Notes) -> Any:
    moment = _moment(raw, notes)
    if moment is None:
        return None
    if moment.precision in ("year", "month"):
        notes.add("value.bad-date", raw)
        return None
    if moment.precision == "day":
        return {"@value": moment.text, "@type": "xsd:date"}
    if moment.ambiguous:
        notes.add("time.ambiguous", raw, mended=moment.text)
    elif moment.zone_assumed:
        notes.add("timezone.assumed", raw, timezone=notes.zone.key)
    return moment.text


def _moment(raw: Any, notes: Notes) -> Moment | None:
    if isinstance(raw, dict):
        raw = raw.get("@value", raw)
    if str(raw).startswith("0000-00-00"):
        return None  # how a database writes "nothing"
    moment = read_moment(raw, notes.zone)
    if moment is None:
        notes.add("value.bad-date", raw)
    return moment


def _boolean(prop: Property, raw: Any, notes: Notes) -> bool | None:
    word = str(raw).strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    notes.add("value.bad-boolean", raw)
    return None


def _decimal(prop: Property, raw: Any, notes: Notes) -> str | None:
    """`25.000,50 €` and `25,000.50`; what may mean two numbers, such as 25.000, is refused."""
    text = re.sub(r"(?:EUR|Euro|€|\s|\u00a0)+", "", str(raw))
    if (isinstance(raw, int | float) and not isinstance(raw, bool)) or _ENGLISH_NUMBER.fullmatch(
        text
    ):
        text = text.replace(",", "")
    elif _GERMAN_NUMBER.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    else:
        notes.add("value.bad-number", raw)
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number.adjusted() > 20:
        notes.add("value.bad-number", raw)
        return None
    return f"{number:f}"


def _wkt(prop: Property, raw: Any, notes: Notes) -> str | None:
    found = read_point(str(raw))
    if found == point(0, 0):
        notes.add("coordinates.zero", raw)
        return None
    if found is None:
        notes.add("coordinates.bad", raw)
    return found


def _concept(prop: Property, raw: Any, notes: Notes) -> str | None:
    name = prop.scheme or ""
    known = scheme(name)
    word = str(raw.get("@id", raw.get("id", "")) if isinstance(raw, dict) else raw).strip()
    if word in known.concepts:
        return word
    ours = known.notation_of(word)
    if ours is not None:
        return ours
    if re.match(r"https?://[^\s<>\"{}|\\^`]+$", word) and not word.startswith(known.iri):
        return word
    notes.add("category.unmapped", word, category=word, table=name)
    return None


def _reference(prop: Property, raw: Any, notes: Notes) -> Any:
    if not isinstance(raw, dict):
        return read_id(raw)
    said = {key: raw[key] for key in ("id", "name") if raw.get(key)}
    target = read_id(said["id"][0].raw) if "id" in said else None
    named = coerce("Agent", {"name": said["name"]}, notes) if "name" in said else {}
    if target and not named:
        return target
    return ({"id": target} if target else {}) | named


def _node(prop: Property, raw: Any, notes: Notes) -> Document | None:
    said = [str(value.raw) for value in raw.get("type", [])] if isinstance(raw, dict) else []
    node_type = next((word for word in said if word in prop.nodes), prop.nodes[0])
    if not isinstance(raw, dict):
        plain = _PLAIN.get(node_type)
        if plain is None:
            notes.add("value.form", raw, expected=node_type)
            return None
        raw = {plain: [Value(raw)]}
    node = coerce(node_type, raw, notes)
    missing = [
        p.name
        for p in properties_of(node_type).values()
        if p.name not in node and p.level_for(node_type) == "M" and _needed(p.name, node_type)
    ]
    if not node:
        return None
    if missing:
        notes.add("value.form", node, expected=f"{node_type}.{', '.join(missing)}")
        return None
    return {"type": node_type, **node}


def _needed(name: str, node_type: str) -> bool:
    # A venue may be given by its address alone.
    return not (name == "name" and node_type == "Place")


def read_id(raw: Any) -> str | None:
    """A local id: text without control characters, at most LONGEST_ID long; None where it is none.

    A spreadsheet's 12.0 is not 12: what the hub shows must not depend on its export.
    """
    if isinstance(raw, dict):
        raw = raw.get("@id", raw.get("id"))
    if raw is None or isinstance(raw, bool | list | dict | float):
        return None
    text = str(raw).strip()
    if not text or len(text) > LONGEST_ID or not text.isprintable() or MASK in text:
        return None
    if "://" not in text and holds_mail_address(text):
        return None  # an id stays for ever, a mail address may have to go
    return text


def _country_of(fields: Fields, notes: Notes) -> str | None:
    said = fields.get("adminUnitL1")
    return country_code(str(said[0].raw)) if said else None


def _postcodes(values: list[Value], country: str | None, notes: Notes) -> list[Value]:
    read = []
    for value in values:
        text, mended = read_postcode(value.raw, country)
        if text is None:
            notes.add("postcode.bad", value.raw)
            continue
        if mended:
            notes.add("postcode.mended", value.raw, mended=text)
        read.append(Value(text))
    return read


_READERS: Final[dict[Range, Callable[[Property, Any, Notes], Any]]] = {
    Range.STRING: _string,
    Range.IRI: _iri,
    Range.DATE: _date,
    Range.DATETIME: _datetime,
    Range.BOOLEAN: _boolean,
    Range.DECIMAL: _decimal,
    Range.WKT: _wkt,
    Range.CONCEPT: _concept,
    Range.REFERENCE: _reference,
    Range.NODE: _node,
}
