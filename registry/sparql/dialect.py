"""What has to be minded when a query goes to a server whose parser is not ours (Virtuoso 7.2.5)."""

import json
import re
from typing import Final

from registry.sparql.tokens import tokens

_OWN_FUNCTIONS: Final = ("bif", "sql")
"""Schemes behind which Virtuoso has the functions of its database."""

_SCHEME: Final = re.compile(r"<([A-Za-z][A-Za-z0-9+.\-]*):")


class ForbiddenIri(ValueError):
    """An IRI that a server would take for one of its own functions, or might."""


def check_iris(text: str) -> None:
    """Let no IRI through that leads into a database.

    Prefixes have to be absolute, as one that is put together of two halves would not be seen here.

    Raises:
        ForbiddenIri: it says which.
    """
    before = ("", "")
    for token in tokens(text):
        if token.kind == "iri":
            scheme = _SCHEME.match(token.text)
            if scheme and scheme[1].lower() in _OWN_FUNCTIONS:
                raise ForbiddenIri(f"{token.text}: functions of a database are not open to queries")
            if scheme is None and "PREFIX" in before:
                raise ForbiddenIri(f"{token.text}: a prefix has to be an absolute IRI")
        before = (before[1], token.text.upper())


def plain(text: str, visible_graphs: bool) -> str:
    """The query token by token, without comments: Virtuoso ends them at other signs than SPARQL.

    `visible_graphs` writes `GRAPH <iri>` as an expression: with a default graph chosen, Virtuoso
    finds nothing in a graph that is named by a constant, though it does where the name is a
    variable or an expression.
    """
    pieces, end = [], 0
    after_graph = False
    for token in tokens(text):
        if token.position > end:
            pieces.append(" ")
        named = visible_graphs and after_graph and token.kind in ("iri", "name")
        pieces.append(f"`iri({token.text})`" if named else token.text)
        end = token.position + len(token.text)
        after_graph = token.kind == "word" and token.text.upper() == "GRAPH"
    return "".join(pieces)


def as_truth(answer: bytes) -> bytes:
    """The answer to an ASK query (SPARQL 1.1 Query Results JSON, 3.3).

    Virtuoso gives at times a table of one row where it is true and of none where it is not.

    Raises:
        ValueError: it is neither.
    """
    said = json.loads(answer)
    try:
        if said.get("head", {}).get("vars") == ["__ASK_RETVAL"]:
            said = {"head": {}, "boolean": bool(said["results"]["bindings"])}
    except (LookupError, TypeError, AttributeError):
        raise ValueError("no answer to ASK") from None
    return json.dumps(said).encode()
