"""Single values from a hub, each range with its own reading; what cannot be read is a finding."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from harvester.dates import Moment, read_moment
from harvester.languages import read_language
from harvester.notes import Notes
from harvester.personal import MASK, holds_mail_address
from harvester.places import country_code, point, read_point
from harvester.texts import (
    decode_entities,
    has_markup,
    html_to_text,
    one_line,
    shorten,
    tidy,
    without_controls,
)
from harvester.web_addresses import read_web_address
from schemas.limits import longest
from vocab.concepts import scheme
from vocab.properties import Property, Range

LONGEST_ID: Final = 500
_TRUE: Final = frozenset({"true", "1", "yes", "y", "ja", "j", "wahr", "x"})
_FALSE: Final = frozenset({"false", "0", "no", "n", "nein", "falsch"})
_CURRENCIES: Final = {"€": "EUR", "euro": "EUR", "£": "GBP", "$": "USD", "zł": "PLN", "kč": "CZK"}
_ENGLISH_NUMBER: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d+|-?\d+(?:\.\d{1,2}|\.\d{4,})?")
_GERMAN_NUMBER: Final = re.compile(
    r"-?\d{1,3}(?:\.\d{3})+,\d+|-?\d{1,3}(?:\.\d{3}){2,}|-?\d+,(?:\d{1,2}|\d{4,})"
)


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


def _string(prop: Property, raw: Any, notes: Notes) -> str | None:
    text = one_line(read_text(raw, longest(prop), notes))
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


SCALARS: Final[dict[Range, Callable[[Property, Any, Notes], Any]]] = {
    Range.STRING: _string,
    Range.IRI: _iri,
    Range.DATE: _date,
    Range.DATETIME: _datetime,
    Range.BOOLEAN: _boolean,
    Range.DECIMAL: _decimal,
    Range.WKT: _wkt,
    Range.CONCEPT: _concept,
}
"""The reading of each range; None where nothing is left of a value."""
