"""Placed documents as canonical N-Quads (RDF 1.2 N-Quads, section 4), by a fast template."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from vocab.canonical import NOTATION
from vocab.iris import is_absolute_iri
from vocab.properties import ENTITY_TYPES, NODE_TYPES, PROPERTIES, Property, Range
from vocab.strings import LANGUAGE_TAG
from vocab.terms import PREFIXES, SCHEMES_BASE, expand
from vocab.types import Document

_NAMED_ESCAPES: Final = {
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\f": r"\f",
    "\r": r"\r",
    '"': r"\"",
    "\\": r"\\",
}
_NUMBERED_ESCAPES: Final = {
    chr(code): f"\\u{code:04X}" for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)
}
_ESCAPES: Final = _NUMBERED_ESCAPES | _NAMED_ESCAPES
_TO_ESCAPE: Final = re.compile('[\x00-\x1f"\\\\\x7f\ufffe\uffff\ud800-\udfff]')
_LANGUAGE_TAG: Final = re.compile(LANGUAGE_TAG)


@lru_cache(maxsize=4096)
def iri(value: str) -> str:
    """An IRI as an N-Quads term; ValueError for one that a parser would refuse."""
    return _iri(value)


def literal(value: str, datatype: str = PREFIXES["xsd"] + "string") -> str:
    """A literal as an N-Quads term; `datatype` is a full IRI."""
    quoted = _quoted(value)
    return quoted if datatype == _STRING else f"{quoted}^^{iri(datatype)}"


def lang_literal(text: str, language: str) -> str:
    """A text with its language as an N-Quads term; ValueError for a tag that is not well-formed."""
    return f"{_quoted(text)}{_at(language)}"


def triple(subject: str, predicate: str, term: str, graph: str | None = None) -> str:
    """One line of N-Quads. `term` is what the others here return, the rest are IRIs."""
    return f"{iri(subject)} {iri(predicate)} {term}{_tail(graph)}"


def to_nquads(placed: Document, graph: str | None) -> list[str]:
    """What a placed document says, a line for each statement, in a named or the default graph.

    The lines are those that a JSON-LD processor makes of the document with `vocab/context.jsonld`,
    each once, in the document's order; keys that the property table does not hold say nothing.
    ValueError for an IRI, notation or language tag that no RDF parser would take.
    """
    lines: list[str] = []
    _describe(lines.append, iri(placed["id"]), placed, _tail(graph))
    # One node may hang below two others, a funder of both a project and its grant for instance.
    return list(dict.fromkeys(lines))


_Add = Callable[[str], None]
_Statement = Callable[[_Add, str, Any, str], None]
"""Adds the lines of one property: add, subject as a term, value, end of line."""

_STRING: Final = PREFIXES["xsd"] + "string"
_TYPE: Final = f"<{expand('rdf:type')}>"


def _describe(add: _Add, subject: str, node: Mapping[str, Any], tail: str) -> None:
    types = node["type"]
    for word in (types,) if isinstance(types, str) else types:
        add(f"{subject} {_TYPE} {_class(word)}{tail}")
    for name, value in node.items():
        statement = _STATEMENTS.get(name)
        if statement:
            statement(add, subject, value, tail)


def _iri(value: str) -> str:
    if not is_absolute_iri(value):
        raise ValueError(f"no absolute IRI, check the document before it is written: {value!r}")
    return f"<{value}>"


def _quoted(text: str) -> str:
    # Nothing printable but these two needs an escape, and this is quicker than the pattern.
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{_TO_ESCAPE.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    if sign not in _ESCAPES:
        raise ValueError(f"half a surrogate pair cannot be written, clean the text first: {sign!r}")
    return _ESCAPES[sign]


@lru_cache(maxsize=1024)
def _at(language: str) -> str:
    tag = language.lower()
    if not _LANGUAGE_TAG.fullmatch(tag):
        raise ValueError(f"no language tag, use `und` for an unknown language: {language!r}")
    return f"@{tag}"


@lru_cache(maxsize=1024)
def _tail(graph: str | None) -> str:
    return " .\n" if graph is None else f" {iri(graph)} .\n"


@lru_cache(maxsize=256)
def _class(word: str) -> str:
    entity = next((entity for entity in ENTITY_TYPES.values() if entity.type == word), None)
    return iri(_expand(entity.iri if entity else NODE_TYPES.get(word, word)))


@lru_cache(maxsize=256)
def _datatype(name: str) -> str:
    return f"^^{iri(_expand(name))}"


def _expand(name: str) -> str:
    try:
        return expand(name)
    except KeyError:
        raise ValueError(f"no prefixed name of a class or datatype: {name!r}") from None


# One template for each range.


def _texts(prop: Property) -> _Statement:
    middle = f" <{expand(prop.iri)}> "

    def add_texts(add: _Add, subject: str, value: Mapping[str, str | list[str]], tail: str) -> None:
        for language, said in value.items():
            at = _at(language)
            for text in (said,) if isinstance(said, str) else said:
                add(f"{subject}{middle}{_quoted(text)}{at}{tail}")

    return add_texts


def _literals(prop: Property, datatype: str) -> _Statement:
    middle = f" <{expand(prop.iri)}> "
    plain = "" if datatype == "xsd:string" else _datatype(datatype)

    def add_literals(add: _Add, subject: str, value: Any, tail: str) -> None:
        for said in value if isinstance(value, list) else (value,):
            if isinstance(said, str):
                add(f"{subject}{middle}{_quoted(said)}{plain}{tail}")
            elif isinstance(said, bool):
                add(f'{subject}{middle}"{"true" if said else "false"}"{plain}{tail}')
            else:
                add(f"{subject}{middle}{_quoted(said['@value'])}{_datatype(said['@type'])}{tail}")

    return add_literals


def _concepts(prop: Property) -> _Statement:
    middle = f" <{expand(prop.iri)}> "

    @lru_cache(maxsize=1024)
    def concept(value: str) -> str:
        return f"<{SCHEMES_BASE}{prop.scheme}/{value}>" if NOTATION.fullmatch(value) else iri(value)

    def add_concepts(add: _Add, subject: str, value: str | list[str], tail: str) -> None:
        for said in (value,) if isinstance(value, str) else value:
            add(f"{subject}{middle}{concept(said)}{tail}")

    return add_concepts


def _nodes(prop: Property) -> _Statement:
    middle = f" <{expand(prop.iri)}> "

    def add_nodes(add: _Add, subject: str, value: Any, tail: str) -> None:
        for said in value if isinstance(value, list) else (value,):
            if isinstance(said, str):
                add(f"{subject}{middle}{_iri(said)}{tail}")
            else:
                node = _iri(said["id"])
                add(f"{subject}{middle}{node}{tail}")
                _describe(add, node, said, tail)

    return add_nodes


_DATATYPES: Final[dict[Range, str]] = {
    Range.STRING: "xsd:string",
    Range.DATE: "xsd:date",
    Range.DATETIME: "xsd:dateTime",
    Range.BOOLEAN: "xsd:boolean",
    Range.DECIMAL: "xsd:decimal",
    Range.WKT: "geo:wktLiteral",
}


def _statement(prop: Property) -> _Statement:
    if prop.range is Range.TEXT:
        return _texts(prop)
    if prop.range is Range.CONCEPT:
        return _concepts(prop)
    if prop.range in _DATATYPES:
        return _literals(prop, _DATATYPES[prop.range])
    return _nodes(prop)


_STATEMENTS: Final[dict[str, _Statement]] = {prop.name: _statement(prop) for prop in PROPERTIES}
