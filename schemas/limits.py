"""How long a text and how many values a document may hold; more is a fault or an attack."""

from typing import Final

from vocab.properties import Property, Range

LONGEST_ID: Final = 500
LONGEST_IRI: Final = 2_000
MOST_LANGUAGES: Final = 30

_LONGEST_TEXT: Final = 5_000
_LONGEST: Final = {
    "name": 500,
    "alternateName": 500,
    "legalName": 500,
    "description": 20_000,
    "fullAddress": 500,
    "notation": 200,
}
_LONGEST_STRING: Final = 200

_MOST_VALUES: Final = 100
_MOST_REFERENCES: Final = 1_000  # a welfare organisation names its members


def longest(prop: Property) -> int:
    """The most characters (Unicode code points) of one value of a property."""
    if prop.range in (Range.IRI, Range.REFERENCE, Range.CONCEPT):
        return LONGEST_IRI
    other = _LONGEST_TEXT if prop.range is Range.TEXT else _LONGEST_STRING
    return _LONGEST.get(prop.name, other)


def most(prop: Property) -> int:
    """The most values of a property (of a text in each language); 1 where it takes one."""
    if not prop.many:
        return 1
    return _MOST_REFERENCES if prop.range is Range.REFERENCE else _MOST_VALUES
