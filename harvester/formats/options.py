"""What options of a format look like in a manifest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harvester.formats.encodings import text_encoding


@dataclass(frozen=True, slots=True)
class OptionForm:
    """A kind of option: how it is told from a wrong one, and how that is said."""

    fits: Callable[[Any], bool]
    says: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a format."""

    form: OptionForm
    required: bool = False


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) and v for v in value)


def _encoding(value: Any) -> bool:
    return isinstance(value, str) and text_encoding(value) is not None


OPTION_FORMS: Final[dict[str, OptionForm]] = {
    "expression": OptionForm(
        lambda v: isinstance(v, str), {"de": "ein JMESPath-Ausdruck", "en": "a JMESPath expression"}
    ),
    "expressions": OptionForm(
        lambda v: isinstance(v, str) or _texts(v),
        {
            "de": "ein JMESPath-Ausdruck oder eine Liste davon",
            "en": "a JMESPath expression or a list of them",
        },
    ),
    "names": OptionForm(
        _texts, {"de": 'eine Liste wie ["ld:Verein"]', "en": 'a list such as ["ld:Verein"]'}
    ),
    "texts": OptionForm(_texts, {"de": "eine Liste von Texten", "en": "a list of strings"}),
    "text": OptionForm(lambda v: isinstance(v, str) and bool(v), {"de": "Text", "en": "text"}),
    "counting": OptionForm(
        lambda v: v in ("objects", "pages"), {"de": "objects, pages", "en": "objects, pages"}
    ),
    "character": OptionForm(
        lambda v: isinstance(v, str) and len(v) == 1,
        {"de": "ein einzelnes Zeichen", "en": "one character"},
    ),
    "encoding": OptionForm(
        _encoding,
        {
            "de": "eine Zeichenkodierung wie utf-8, cp1252",
            "en": "an encoding such as utf-8, cp1252",
        },
    ),
    "count": OptionForm(
        lambda v: isinstance(v, int) and not isinstance(v, bool) and 0 <= v <= 1000,
        {"de": "eine Zahl ab 0", "en": "a number from 0"},
    ),
}


def option(form: str, *, required: bool = False) -> Option:
    """An option of one of the known forms."""
    return Option(OPTION_FORMS[form], required)
