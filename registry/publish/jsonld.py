"""JSON-LD of one description: its document under our context, the rest as included nodes."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import orjson

from registry.publish.description import Description, Statement, parse_lines
from vocab.terms import PREFIXES

_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")


def to_jsonld(description: Description, base: str) -> bytes:
    """The document with what is said about it in `@included` (JSON-LD 1.1, 4.8); sorted, indented.

    Read by a JSON-LD processor it gives the very triples of the other forms.
    """
    return orjson.dumps(jsonld_document(description, base), option=orjson.OPT_INDENT_2)


def jsonld_document(description: Description, base: str) -> dict[str, Any]:
    """The same as a Python object."""
    placed = dict(description.placed or {})
    placed.pop("@context", None)
    nodes = nodes_of(parse_lines(description.beside))
    if not placed:
        placed = nodes.pop(description.subject, {"id": description.subject})
    document = {"@context": f"{base}/context.jsonld", **placed}
    if nodes:
        document["@included"] = [nodes[subject] for subject in sorted(nodes)]
    return document


def nodes_of(statements: Iterable[Statement]) -> dict[str, dict[str, Any]]:
    """The node object of each subject by its IRI; keywords are `id` and `type`, names prefixed."""
    nodes: dict[str, dict[str, Any]] = {}
    for statement in statements:
        subject = statement.subject[1:-1]
        node = nodes.setdefault(subject, {"id": subject})
        _add(node, statement)
    return {
        subject: {
            key: values[0] if isinstance(values, list) and len(values) == 1 else values
            for key, values in node.items()
        }
        for subject, node in nodes.items()
    }


def _add(node: dict[str, Any], statement: Statement) -> None:
    if statement.predicate == _TYPE:
        node.setdefault("type", []).append(_short(statement.object[1:-1]))
    else:
        key = _short(statement.predicate[1:-1])
        node.setdefault(key, []).append(_value(statement.object))


@lru_cache(maxsize=1024)
def _short(iri: str) -> str:
    """The prefixed name where our context has the prefix, else the IRI."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and _NAME.fullmatch(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def _value(term: str) -> dict[str, str]:
    if term.startswith("<"):
        return {"id": term[1:-1]}
    quoted, _, rest = term.rpartition('"')
    value = {"@value": _unescape(quoted[1:])}
    if rest.startswith("@"):
        value["@language"] = rest[1:]
    elif rest.startswith("^^"):
        value["@type"] = _short(rest[3:-1])
    return value


def _unescape(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        short, long, control = match.groups()
        return _CONTROLS.get(control, control) if control else chr(int(short or long, 16))

    return _ESCAPE.sub(plain, text) if "\\" in text else text
