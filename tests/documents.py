"""Documents to test with: hand-written examples, and a strategy made from the property table.

Both are record documents as a hub may hand them in. Every generated one is right by the JSON
Schemas, unless `texts` brings in characters that those refuse.
"""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from vocab.concepts import scheme
from vocab.properties import (
    ACTOR_CLASSES,
    ENTITY_TYPES,
    KINDS,
    Kind,
    Property,
    Range,
    properties_of,
)
from vocab.strings import clean_text
from vocab.types import Document

EXAMPLES = Path(__file__).parent / "examples"

LANGUAGES = ("de", "en", "hsb", "und", "de-at", "sr-latn", "zh-hant-tw", "de-x-leicht", "es-419")

TRICKY = (
    "\"\\'`<>{}|^&@#%$_:;,. \n\tÄäßłěñ\u0301\u00a0\u00ad\u200d\u3000\ufffd"
    "\U0001f33b\U0002000b\U000e0041\U000f0000\U0010ffff"
)
"""Characters that some format escapes, confuses or normalises, and the Unicode planes."""

UNFIT = "\x00\x01\x08\x0b\x0c\r\x1b\x1f\x7f\x80\x85\x9f\u200f\u2028\u202e\u2066\ufeff\ufffe\uffff"
"""What canonical documents never hold, and what N-Quads must write all the same."""


def examples(kind: Kind) -> dict[str, Document]:
    """The hand-written examples of a kind by name."""
    return {
        path.stem: json.loads(path.read_text("utf-8"))
        for path in sorted(EXAMPLES.glob(f"{kind}-*.json"))
    }


def fit_texts() -> SearchStrategy[str]:
    """Texts in every script that canonical documents may hold, in the form that they have there."""
    letters = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=UNFIT)
    texts = st.text(st.sampled_from(TRICKY) | letters, min_size=1, max_size=10)
    return texts.map(clean_text).filter(bool)


def wild_texts() -> SearchStrategy[str]:
    """Texts of any characters but halves of surrogate pairs."""
    letters = st.characters(exclude_categories=["Cs"])
    return st.text(st.sampled_from(TRICKY + UNFIT) | letters, max_size=10)


def documents(
    kind: Kind, *, texts: SearchStrategy[str] | None = None, full: bool = False
) -> SearchStrategy[Document]:
    """Documents of one kind: any choice of its properties, or all of them where `full`.

    All texts and strings come from `texts` where it is given.
    """
    own = ENTITY_TYPES[kind]
    more = [*own.also, *(ACTOR_CLASSES.values() if kind == "actor" else ())]
    types = st.just(own.type)
    if more:
        types |= st.lists(st.sampled_from(more), min_size=1, max_size=2, unique=True).map(
            lambda classes: [own.type, *classes]
        )
    return _fields(kind, {"id": _ids(), "type": types}, {"name"}, texts, full)


def any_documents(
    *, texts: SearchStrategy[str] | None = None, full: bool = False
) -> SearchStrategy[Document]:
    """Documents of all kinds."""
    return st.one_of(*(documents(kind, texts=texts, full=full) for kind in KINDS))


def iris() -> SearchStrategy[str]:
    """Web addresses with ports, queries, fragments, escapes and characters beyond ASCII."""
    signs = "az09-._~!$&'()*+,;=:@/äł文🌻"
    parts = st.lists(st.sampled_from([*signs, "%20", "%C3%A4"]), max_size=6).map("".join)
    return st.builds(
        "{}://{}.example{}/{}{}{}".format,
        st.sampled_from(["http", "https"]),
        st.sampled_from(["hub", "www.verein-3", "käthe", "xn--kthe-loa"]),
        st.sampled_from(["", ":8000"]),
        parts,
        st.just("") | parts.map("?{}".format),
        st.just("") | parts.map("#{}".format),
    )


def _ids() -> SearchStrategy[str]:
    return iris() | st.from_regex("[A-Za-z0-9:/#._-]{1,12}", fullmatch=True)


def _fields(
    owner: str,
    head: dict[str, SearchStrategy[Any]],
    always: set[str],
    texts: SearchStrategy[str] | None,
    full: bool,
) -> SearchStrategy[Document]:
    values = {name: _value(prop, texts, full) for name, prop in properties_of(owner).items()}
    required = {name: value for name, value in values.items() if full or name in always}
    optional = {name: value for name, value in values.items() if name not in required}
    return st.fixed_dictionaries(head | required, optional=optional)


def _value(prop: Property, texts: SearchStrategy[str] | None, full: bool) -> SearchStrategy[Any]:
    if prop.range is Range.TEXT:
        words = texts if texts is not None else fit_texts()
        said = st.lists(words, min_size=1, max_size=2) if prop.many else words
        return st.dictionaries(st.sampled_from(LANGUAGES), said, min_size=1, max_size=3)
    value = _plain(prop, texts, full)
    return st.lists(value, min_size=1, max_size=2) if prop.many else value


def _plain(prop: Property, texts: SearchStrategy[str] | None, full: bool) -> SearchStrategy[Any]:
    match prop.range:
        case Range.STRING if texts is not None:
            return texts
        case Range.STRING:
            return _FORMED.get(prop.name, fit_texts())
        case Range.CONCEPT:
            notations = st.sampled_from(scheme(str(prop.scheme)).notations)
            return notations | iris() if prop.scheme == "topics" else notations
        case Range.NODE:
            return st.one_of(*(_node(node, texts, full) for node in prop.nodes))
        case Range.REFERENCE:
            return _reference(texts)
        case _:
            return _VALUES[prop.range]


def _node(
    node_type: str, texts: SearchStrategy[str] | None, full: bool
) -> SearchStrategy[Document]:
    always = {p.name for p in properties_of(node_type).values() if p.level_for(node_type) == "M"}
    head: dict[str, SearchStrategy[Any]] = {"type": st.just(node_type)}
    return _fields(node_type, head, always, texts, full).filter(lambda node: len(node) > 1)


def _reference(texts: SearchStrategy[str] | None) -> SearchStrategy[Any]:
    name = _value(properties_of("Agent")["name"], texts, full=False)
    return _ids() | st.fixed_dictionaries({"name": name}, optional={"id": _ids()})


def _typed(datatype: str, values: SearchStrategy[str]) -> SearchStrategy[dict[str, str]]:
    return values.map(lambda value: {"@value": value, "@type": datatype})


_DAYS = st.dates().map(lambda day: day.isoformat()).filter(lambda day: day >= "0100")

_VALUES: dict[Range, SearchStrategy[Any]] = {
    Range.IRI: iris(),
    Range.DATE: st.one_of(
        _DAYS,
        _typed("xsd:gYear", _DAYS.map(lambda day: day[:4])),
        _typed("xsd:gYearMonth", _DAYS.map(lambda day: day[:7])),
    ),
    Range.DATETIME: st.one_of(
        st.builds(
            "{}T{}{}".format,
            _DAYS,
            st.times().map(lambda time: time.replace(microsecond=0).isoformat()),
            st.sampled_from(["Z", "+02:00", "-11:30"]),
        ),
        _typed("xsd:date", _DAYS),
    ),
    Range.BOOLEAN: st.booleans(),
    Range.DECIMAL: st.from_regex(r"[0-9]{1,9}(\.[0-9]{1,2})?", fullmatch=True),
    Range.WKT: st.builds(
        "POINT({} {})".format,
        st.integers(-179, 179),
        st.integers(-8999, 8999).map(lambda n: n / 100),
    ),
}

_FORMED: dict[str, SearchStrategy[str]] = {
    "language": st.sampled_from(LANGUAGES),
    "inLanguage": st.sampled_from(LANGUAGES),
    "adminUnitL1": st.from_regex("[A-Z]{2}", fullmatch=True),
    "currency": st.from_regex("[A-Z]{3}", fullmatch=True),
    "postCode": st.from_regex("[0-9]{5}", fullmatch=True),
    "email": st.sampled_from(["info@verein.example", "kontakt@käthe.example"]),
    "telephone": st.from_regex(r"\+49 [0-9]{3} [0-9]{6}", fullmatch=True),
}
"""Strings that have a form of their own."""
