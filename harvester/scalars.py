"""Single values from a hub, each range with its own reading; what cannot be read is a finding."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from harvester.dates import Moment, read_moment
from harvester.languages import read_language
from harvester.notes import Notes
from harvester.personal import MASK, is_contact
from harvester.places import country_code, point, read_point
from harvester.texts import (
    decode_entities,
    has_markup,
    html_to_text,
    one_line,
    shorten,
    tidy,
)
from harvester.web_addresses import read_web_address
from schemas.limits import LONGEST_ID, longest
from vocab.concepts import scheme
from vocab.properties import Property, Range
from vocab.strings import without_controls

_TRUE: Final = frozenset({"true", "1", "yes", "y", "ja", "j", "wahr", "x"})
_FALSE: Final = frozenset({"false", "0", "no", "n", "nein", "falsch"})
_CURRENCIES: Final = {"€": "EUR", "euro": "EUR", "£": "GBP", "$": "USD", "zł": "PLN", "kč": "CZK"}
_FOREIGN_CONCEPT: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+$")
_ENGLISH_NUMBER: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d+|-?\d+(?:\.\d{1,2}|\.\d{4,})?")
_GERMAN_NUMBER: Final = re.compile(
    r"-?\d{1,3}(?:\.\d{3})+,\d+|-?\d{1,3}(?:\.\d{3}){2,}|-?\d+,(?:\d{1,2}|\d{4,})"
)


Read = Callable[[Any, Notes], Any]
"""From one value to what stands in a document; None or empty where nothing is left of it."""


def read_text(raw: Any, limit: int, notes: Notes) -> str:
    """Plain text of at most `limit` characters; entities and markup are reported."""
    if isinstance(raw, (dict, list)):
        notes.add("value.form", raw, expected={"de": "Text", "en": "text"})
        return ""
    given = str(raw)
    plain = given.isprintable() and "&" not in given and "<" not in given  # as nearly all are
    clean = one_line(given) if plain else _made_plain(given, notes)
    if clean == MASK:
        return ""  # mapped again from a raw form that a personal contact was taken out of
    if len(clean) > limit:
        notes.add("value.too-long", given, limit=limit)
        clean = shorten(clean, limit)
    return clean


def _made_plain(given: str, notes: Notes) -> str:
    text = decode_entities(given)
    if text != given:
        notes.add("value.entities-decoded", given)
    if has_markup(text):
        notes.add("value.html-removed", given)
        text = html_to_text(text)
    clean = without_controls(text)
    if clean != text:
        notes.add("value.control-removed", given)
    return tidy(clean)


def _string(prop: Property) -> Read:
    limit = longest(prop)
    meaning = _STRINGS.get(prop.name)

    def read_string(raw: Any, notes: Notes) -> str | None:
        text = read_text(raw, limit, notes)
        if "\n" in text:
            text = one_line(text)
        return text if meaning is None else meaning(text, notes)

    return read_string


def _country(text: str, notes: Notes) -> str | None:
    code = country_code(text)
    if code is None:
        notes.add("country.unknown", text)
    return code


def _language(text: str, notes: Notes) -> str | None:
    tag = read_language(text)
    if tag is None:
        notes.add("value.bad-language", text)
    return tag


def _currency(text: str, notes: Notes) -> str:
    return _CURRENCIES.get(text.casefold(), text.upper())


_STRINGS: Final[dict[str, Callable[[str, Notes], str | None]]] = {
    "adminUnitL1": _country,
    "language": _language,
    "inLanguage": _language,
    "currency": _currency,
}
"""What is read out of the text of some properties, by their names."""


def _iri(raw: Any, notes: Notes) -> str | None:
    text = str(raw)
    if MASK in text:
        return None
    address = read_web_address(decode_entities(text) if "&" in text else text)
    if address is None:
        notes.add("value.bad-iri", raw)
        return None
    if address.mended:
        notes.add("value.scheme-added", raw, mended=address.iri)
    return address.iri


def _date(raw: Any, notes: Notes) -> Any:
    moment = _moment(raw, notes)
    if moment is None:
        return None
    if moment.precision in ("year", "month"):
        return {
            "@value": moment.text,
            "@type": "xsd:gYear" if moment.precision == "year" else "xsd:gYearMonth",
        }
    return moment.text[:10]  # of a time, the day that its writer saw


def _datetime(raw: Any, notes: Notes) -> Any:
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


def _boolean(raw: Any, notes: Notes) -> bool | None:
    word = str(raw).strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    notes.add("value.bad-boolean", raw)
    return None


def _decimal(raw: Any, notes: Notes) -> str | None:
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


def _wkt(raw: Any, notes: Notes) -> str | None:
    found = read_point(str(raw))
    if found == point(0, 0):
        notes.add("coordinates.zero", raw)
        return None
    if found is None:
        notes.add("coordinates.bad", raw)
    return found


def _concept(prop: Property) -> Read:
    name = prop.scheme or ""
    known = scheme(name)

    def read_concept(raw: Any, notes: Notes) -> str | None:
        word = str(raw.get("@id", raw.get("id", "")) if isinstance(raw, dict) else raw).strip()
        if word in known.concepts:
            return word
        if MASK in word:
            return None  # mapped again from a raw form that a personal contact was taken out of
        ours = known.notation_of(word)
        if ours is not None:
            return ours
        if _FOREIGN_CONCEPT.match(word) and not word.startswith(known.iri):
            return word
        notes.add("category.unmapped", word, category=word, table=name)
        return None

    return read_concept


def read_id(raw: Any) -> str | None:
    """A local id: text without control characters, at most LONGEST_ID long; None where it is none.

    With spaces in it, it still tells which record is meant, but the record will be rejected.
    A spreadsheet's 12.0 is not 12: what the hub shows must not depend on its export.
    """
    if isinstance(raw, dict):
        raw = raw.get("@id", raw.get("id"))
    if raw is None or isinstance(raw, bool | list | dict | float):
        return None
    text = str(raw).strip()
    if not text or len(text) > LONGEST_ID or not text.isprintable() or MASK in text:
        return None
    if is_contact(text):
        return None  # an id stays for ever, a mail address may have to go
    return text


def scalar_reader(prop: Property) -> Read:
    """The reading of single values of a property that holds neither texts, references nor nodes."""
    if prop.range is Range.STRING:
        return _string(prop)
    return _concept(prop) if prop.range is Range.CONCEPT else _BY_RANGE[prop.range]


_BY_RANGE: Final[dict[Range, Read]] = {
    Range.IRI: _iri,
    Range.DATE: _date,
    Range.DATETIME: _datetime,
    Range.BOOLEAN: _boolean,
    Range.DECIMAL: _decimal,
    Range.WKT: _wkt,
}
