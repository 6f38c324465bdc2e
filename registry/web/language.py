"""German or English: the choice, the texts, and how numbers and dates are written."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Request
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

Language = Literal["de", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("de", "en")
REGISTRY_ZONE: Final = ZoneInfo("Europe/Berlin")
"""Times of the registry itself are shown in this zone, and those that a hub gives in UTC.

With another offset an event keeps the clock of the place where it happens.
"""

_LOCALES: Final[dict[Language, str]] = {"de": "de_DE", "en": "en_GB"}
_TEXTS: Final = Path(__file__).parent / "texts.toml"


def choose_language(request: Request) -> Language:
    """`?lang=` wins over Accept-Language; without either it is German.

    Who names other languages only is served English, the likelier second language.
    """
    asked = request.args.get("lang")
    for language in LANGUAGES:
        if asked == language:
            return language
    return wished_language(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=256)
def wished_language(accept_language: str) -> Language:
    """The language that an Accept-Language header chooses."""
    accepted = parse_accept_header(accept_language, LanguageAccept)
    if not accepted:
        return "de"
    # de-AT is German too; werkzeug would compare whole tags.
    wishes = [(tag.lower().partition("-")[0], quality) for tag, quality in accepted]
    best = {
        language: max((q for tag, q in wishes if tag == language), default=0.0)
        for language in LANGUAGES
    }
    return "de" if best["de"] > best["en"] or best["de"] == best["en"] > 0 else "en"


@cache
def texts() -> Mapping[str, Mapping[str, Any]]:
    """All texts of the pages by `section.key`, each {"de": …, "en": …}."""
    sections = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))
    return {
        f"{name}.{key}": text for name, texts in sections.items() for key, text in texts.items()
    }


def text(language: Language, key: str, **values: object) -> Markup:
    """One text with its values filled in and escaped; a number `n` chooses singular or plural.

    Raises:
        KeyError: there is no such text.
    """
    if not values:
        return _plain(language, key)
    if values.keys() == {"n"} and isinstance(values["n"], int):
        return _counted(language, key, values["n"])
    return _filled(language, key, values)


def plain(language: Language, key: str, **values: str) -> str:
    """One text for what is not HTML: nothing is escaped. KeyError: there is no such text."""
    return str(texts()[key][language]).format(**values)


@cache
def _plain(language: Language, key: str) -> Markup:
    return _filled(language, key, {})


@lru_cache(maxsize=2048)
def _counted(language: Language, key: str, n: int) -> Markup:
    return _filled(language, key, {"n": n})


def _filled(language: Language, key: str, values: Mapping[str, object]) -> Markup:
    found = texts()[key][language]
    if isinstance(found, dict):
        found = found["one" if values.get("n") == 1 else "other"]
    shown = {
        name: number(value, language) if isinstance(value, int | float) else value
        for name, value in values.items()
    }
    return escape(found).format(**shown)


def number(value: float, language: Language) -> str:
    """Thousands apart by a narrow no-break space; the decimal sign is the language's."""
    whole = int(value)
    written = f"{whole if whole == value else value:,}".replace(",", "\u202f")
    return written.replace(".", ",") if language == "de" else written


def percent(share: float, language: Language) -> str:
    """A share of one as whole percent."""
    return f"{round(share * 100)}\u202f%" if language == "de" else f"{round(share * 100)}%"


def long_date(value: date, language: Language) -> str:
    """14. September 2026, 14 September 2026."""
    return str(format_date(value, "long", locale=_LOCALES[language]))


def short_date(value: date, language: Language) -> str:
    """14.09.2026, 14/09/2026."""
    return str(format_date(value, "dd.MM.yyyy" if language == "de" else "dd/MM/yyyy"))


def month(value: date, language: Language) -> str:
    """November 2026."""
    return str(format_date(value, "LLLL yyyy", locale=_LOCALES[language]))


def clock(value: datetime, language: Language) -> str:
    """17:00 Uhr, 17:00: in the zone that the value carries."""
    written = str(format_time(value, "HH:mm", locale=_LOCALES[language]))
    return f"{written}\u00a0Uhr" if language == "de" else written


def clocks(start: datetime, end: datetime, language: Language) -> str:
    """17:00–20:00 Uhr, 17:00–20:00: from when to when of one day."""
    return f"{format_time(start, 'HH:mm', locale=_LOCALES[language])}–{clock(end, language)}"


def moment(value: datetime, language: Language) -> str:
    """A time of the registry: day and clock in the registry's zone."""
    local = value.astimezone(REGISTRY_ZONE)
    return f"{long_date(local, language)}, {clock(local, language)}"


def short_moment(value: datetime, language: Language) -> str:
    """22.11.2026, 06:10: for narrow columns, in the registry's zone."""
    local = value.astimezone(REGISTRY_ZONE)
    return f"{short_date(local, language)}, {format_time(local, 'HH:mm')}"


def weekday(value: date, language: Language) -> str:
    """Fr., Fri."""
    return str(format_date(value, "EEE", locale=_LOCALES[language]))


def short_month(value: date, language: Language) -> str:
    """Dez., Dec: beside the large day in lists of events."""
    return str(format_date(value, "MMM", locale=_LOCALES[language]))


def in_language(value: Any, language: Language) -> tuple[str, str]:
    """One text of a language map and the tag it has: the reader's language, else the next best.

    Plain strings have no tag (""); a list gives its first text. What a machine translated comes
    after everything else.
    """
    if isinstance(value, str):
        return value, ""
    if not isinstance(value, Mapping) or not value:
        return "", ""
    others = sorted(value, key=lambda tag: ("-t-" in tag, tag))
    order = (language, *LANGUAGES, "und", *others)
    tag = next(tag for tag in order if tag in value)
    chosen = value[tag]
    return (chosen[0] if isinstance(chosen, list) else chosen), "" if tag == "und" else tag


def parse_moment(value: Any) -> tuple[date, datetime | None] | None:
    """Day and, where stated, time of a document's date or dateTime; None for a year or month."""
    raw = value.get("@value", "") if isinstance(value, Mapping) else value
    if not isinstance(raw, str):
        return None
    try:
        if "T" in raw:
            at = datetime.fromisoformat(raw)
            return at.date(), at
        return date.fromisoformat(raw), None
    except ValueError:
        return None


def local_moment(value: Any) -> tuple[date, datetime | None] | None:
    """As `parse_moment`, and what is given in UTC in the registry's zone: the day may be another.

    Nobody's clock shows UTC here: it is what programs write that know the instant alone.
    """
    parsed = parse_moment(value)
    if parsed is None or parsed[1] is None or parsed[1].utcoffset() != timedelta(0):
        return parsed
    try:
        at = parsed[1].astimezone(REGISTRY_ZONE)
    except OverflowError:  # at the end of what Python can count
        return parsed
    return at.date(), at


def any_date(value: Any, language: Language) -> str:
    """A date, dateTime, year or month of a document in words; all else stays as it is."""
    raw = str(value.get("@value", "") if isinstance(value, Mapping) else value)
    parsed = local_moment(value)
    if parsed:
        day, at = parsed
        return long_date(day, language) + (f", {clock(at, language)}" if at else "")
    year, _, rest = raw.partition("-")
    if (
        len(year) == 4
        and year.isdigit()
        and len(rest) == 2
        and rest.isdigit()
        and 1 <= int(rest) <= 12
    ):
        return month(date(int(year), int(rest), 1), language)
    return raw
