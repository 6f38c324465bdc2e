"""The regular expressions that JSON Schemas and shapes share.

They mean the same to ECMAScript (JSON Schema), Python and Rust: classes are written out, as `\\d`
and `\\s` differ, and nothing needs backtracking. `$` matches before a last line break in Python
alone; `END` closes that door. `for_shacl` writes a pattern in the smaller language of XPath.
"""

import re
from typing import Final

from vocab.iris import HTTP_IRI
from vocab.strings import LANGUAGE_TAG
from vocab.terms import SCHEMES_BASE

END: Final = r"$(?!\n)"

_SPACES: Final = r"\u0000- \u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_NEVER_IN_IRI: Final = _SPACES + r'"<>\\^`{|}'

NO_CONTROLS: Final = (
    r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u061c\u200e\u200f"
    r"\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]*$"
)
"""Any text without what `vocab.strings` takes out: controls, marks of direction, no characters.

A line break is allowed everywhere, so it needs no `END`.
"""

ID: Final = rf"^[^{_SPACES}]+{END}"
"""A hub's own identifier: no spaces, control or invisible characters."""

_ID: Final = re.compile(ID)


def is_id(text: str) -> bool:
    """Whether a hub's own identifier has the form that documents ask for."""
    return _ID.match(text) is not None


IRI: Final = HTTP_IRI.removesuffix("$") + END
"""An absolute web address without a user name (https://bank.example@evil.example/)."""

IRI_IN_RDF: Final = rf"^https?://[^/?#@{_NEVER_IN_IRI}]+(?:[/?#][^{_NEVER_IN_IRI}]*)?{END}"
"""The same for shapes, without look-ahead; that an IRI is well-formed, the RDF parser has seen."""

LANGUAGE: Final = LANGUAGE_TAG.removesuffix("$") + END

OWN_NAMESPACE: Final = "^" + SCHEMES_BASE.replace(".", r"\.")

_YEAR: Final = r"(?:[1-9][0-9]{3}|0[1-9][0-9]{2})"
_LEAP: Final = (
    r"(?:(?:[1-9][0-9]|0[1-9])(?:0[48]|[2468][048]|[13579][26])"
    r"|(?:[2468][048]|[13579][26]|0[48])00)"
)
_DAY: Final = (
    rf"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP}-02-29)"
)
_TIME: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
_OFFSET: Final = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

DATE: Final = f"^{_DAY}{END}"
"""A day that the calendar has (leap years included), in the years 100 to 9999."""

MONTH: Final = f"^{_YEAR}-(?:0[1-9]|1[0-2]){END}"
YEAR: Final = f"^{_YEAR}{END}"
DATETIME: Final = f"^{_DAY}T{_TIME}{_OFFSET}{END}"
"""A point in time with its offset from UTC (RFC 3339 without leap seconds, which XSD has not)."""

DECIMAL: Final = rf"^[0-9]{{1,15}}(?:\.[0-9]{{1,6}})?{END}"

_LONGITUDE: Final = r"-?(?:180(?:\.0+)?|(?:1[0-7][0-9]|[1-9]?[0-9])(?:\.[0-9]{1,15})?)"
_LATITUDE: Final = r"-?(?:90(?:\.0+)?|[1-8]?[0-9](?:\.[0-9]{1,15})?)"
POINT: Final = rf"^POINT\({_LONGITUDE} {_LATITUDE}\){END}"
"""A point in WGS 84, longitude first, within ±180 and ±90 degrees (GeoSPARQL 1.0, 8.5.1, CRS84)."""

_NEVER_IN_MAIL: Final = _NEVER_IN_IRI + r"@/:,;()\[\]"

STRINGS: Final = {
    "language": LANGUAGE,
    "inLanguage": LANGUAGE,
    "adminUnitL1": f"^[A-Z]{{2}}{END}",
    "currency": f"^[A-Z]{{3}}{END}",
    "postCode": rf"^[0-9A-Z](?:[0-9A-Z -]{{0,10}}[0-9A-Z])?{END}",
    "email": rf"^[^{_NEVER_IN_MAIL}]{{1,64}}@[^{_NEVER_IN_MAIL}]+\.[^{_NEVER_IN_MAIL}.]{{2,}}{END}",
    "telephone": rf"^\+?[0-9(][0-9 ()/.-]{{1,30}}[0-9]{END}",
}
"""Properties with the range STRING whose values have a form, by name."""


def string_pattern(property_name: str) -> str:
    """The pattern of a property with the range STRING."""
    return STRINGS.get(property_name, NO_CONTROLS)


def for_shacl(pattern: str) -> str:
    """The pattern as `sh:pattern` takes it (XPath F&O, 7.6.1): without look-ahead, (?: and \\u.

    Python then lets a last line break pass, which no published value has: documents are stripped.
    """
    portable = pattern.replace(END, "$").replace("(?:", "(").replace(r"\u0000", r"\u0001")
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), portable)
