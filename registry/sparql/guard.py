"""Which queries may run: read-only, on our own graphs, no longer and no deeper than agreed.

Everything is decided on tokens. A word that SPARQL's queries do not know is refused, too: the
evaluator needs no space between words and would read SERVICESILENT as two.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from registry.sparql.errors import QueryRefused
from registry.sparql.forms import QueryForm
from registry.sparql.tokens import Token, resolve_escapes, tokens

FORMS: Final = frozenset(form.value for form in QueryForm)
UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
)
WORDS: Final = frozenset(
    re.findall(
        "[A-Z0-9_]+",
        """
        A BASE PREFIX SELECT DISTINCT REDUCED AS CONSTRUCT WHERE DESCRIBE ASK FROM NAMED GROUP BY
        HAVING ORDER ASC DESC LIMIT OFFSET VALUES UNDEF UNION OPTIONAL GRAPH BIND MINUS FILTER
        EXISTS NOT IN TRUE FALSE LATERAL COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR
        LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE
        LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS
        MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF
        STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE
        """,
    )
)
"""The keywords and functions of SPARQL 1.1 Query (19.8), and LATERAL, which pyoxigraph adds."""

_UNSTEADY: Final = frozenset(("NOW", "RAND", "UUID", "STRUUID", "BNODE"))
_PREFIX_SIGNS: Final = frozenset(("!", "-", "+", "^", "^^"))
_GRAPH_WORDS: Final = frozenset(("GRAPH", "FROM", "NAMED"))


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """How much of a query is read: bytes of UTF-8, open brackets, prefix operators in a row.

    pyoxigraph bears 1,000 open brackets but not 10,000; the time of some shapes doubles with each.
    """

    max_bytes: int = 64_000
    max_nesting: int = 40
    max_prefix_signs: int = 16


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A query that may run: its form, and the text to evaluate, in which escapes are resolved.

    A steady one asks for nothing that differs from one evaluation to the next; one that
    `names_graphs` says by FROM which graphs are asked.
    """

    form: QueryForm
    text: str
    steady: bool
    names_graphs: bool


def graphs_below(base_iri: str) -> Callable[[str], bool]:
    """Knows the graphs whose names stand below the registry's base IRI."""
    prefix = base_iri.rstrip("/") + "/"
    return lambda iri: iri.startswith(prefix)


def check_query(
    text: str, limits: QueryLimits, known_graph: Callable[[str], bool] = lambda iri: False
) -> CheckedQuery:
    """The query's form and text, if it may run; FROM may name only graphs that `known_graph` knows.

    What passes need not be correct SPARQL: that is for the evaluator's parser to say.

    Raises:
        QueryRefused: its `code` is one of too_long, escape, unclosed_string, character, brackets,
            ambiguous_iri, triple_terms, nesting, update, service, from, unknown_word, no_form.
    """
    _check_length(text, limits)
    resolved = resolve_escapes(text)
    found = _nesting_checked(resolved, limits)
    steady = True
    for place, token in enumerate(found):
        before = found[place - 1] if place else None
        after = found[place + 1] if place + 1 < len(found) else None
        if token.kind == "word":
            _check_word(token)
            steady = steady and token.text.upper() not in _UNSTEADY
        elif token.kind == "name":
            _check_name(token, before, after)
    names_graphs = _check_from(found, known_graph)
    return CheckedQuery(form=_form(found), text=resolved, steady=steady, names_graphs=names_graphs)


def check_graphs(iris: Iterable[str], known_graph: Callable[[str], bool]) -> None:
    """Refuse graphs of the protocol's default-graph-uri and named-graph-uri that are not ours."""
    for iri in iris:
        if not known_graph(iri):
            raise _unknown_graph(iri, 0)


def _check_length(text: str, limits: QueryLimits) -> None:
    try:
        length = len(text.encode())
    except UnicodeEncodeError as error:
        raise QueryRefused(
            "escape",
            "Die Abfrage enthält halbe Zeichen (Surrogate); als UTF-8 senden.",
            "The query contains halves of characters (surrogates); send it as UTF-8.",
            error.start,
        ) from None
    if length > limits.max_bytes:
        raise QueryRefused(
            "too_long",
            f"Die Abfrage hat {length} Byte, erlaubt sind {limits.max_bytes}; bitte aufteilen.",
            f"The query has {length} bytes, {limits.max_bytes} are permitted; split it.",
        )


def _nesting_checked(text: str, limits: QueryLimits) -> list[Token]:
    found: list[Token] = []
    run = 0
    for token in tokens(text):
        run = run + 1 if token.kind == "sign" and token.text in _PREFIX_SIGNS else 0
        if token.depth > limits.max_nesting or run > limits.max_prefix_signs:
            raise _at(
                token,
                "nesting",
                f"Zu tief verschachtelt; erlaubt sind {limits.max_nesting} offene Klammern und "
                f"{limits.max_prefix_signs} Vorzeichen hintereinander.",
                f"Nested too deep; {limits.max_nesting} open brackets and "
                f"{limits.max_prefix_signs} prefix operators in a row are permitted.",
            )
        found.append(token)
    return found


def _check_word(token: Token) -> None:
    word = token.text.upper()
    if word in UPDATES:
        raise _at(
            token,
            "update",
            f"{word}: Dieser Zugang liest nur; geändert wird der Bestand von seinen Quellen.",
            f"{word}: this endpoint only reads; what it holds is changed by its sources.",
        )
    if word == "SERVICE":
        raise _refused_service(token)
    if word not in WORDS:
        raise _at(
            token,
            "unknown_word",
            f"{token.text} ist kein Wort einer SPARQL-Abfrage; Wörter durch Leerzeichen trennen.",
            f"{token.text} is no word of a SPARQL query; put spaces between words.",
        )


def _check_name(token: Token, before: Token | None, after: Token | None) -> None:
    """Refuse prefixed names in which the evaluator would find SERVICE or FROM: `SERVICEex:a {`."""
    prefix = token.text.split(":", 1)[0].upper()
    expected = before is not None and before.kind == "word" and before.text.upper()
    if "SERVICE" in prefix and after is not None and after.text == "{":
        if expected not in _GRAPH_WORDS:
            raise _refused_service(token)
    elif "FROM" in prefix and token.depth == 0 and expected not in {*_GRAPH_WORDS, "PREFIX"}:
        raise _at(
            token,
            "from",
            f"Ein Präfix mit FROM ist hier mehrdeutig ({token.text}); anders benennen.",
            f"A prefix with FROM is ambiguous here ({token.text}); name it differently.",
        )


def _check_from(found: list[Token], known_graph: Callable[[str], bool]) -> bool:
    """Whether there is a FROM at all; every one has to name a known graph."""
    base, prefixes = "", dict[str, str]()
    names_graphs = False
    for place, token in enumerate(found):
        word = token.text.upper() if token.kind == "word" else ""
        following = found[place + 1 : place + 3]
        if word == "BASE" and following and following[0].kind == "iri":
            base = _absolute(base, following[0])
        elif word == "PREFIX" and [each.kind for each in following] == ["name", "iri"]:
            prefixes[following[0].text] = _absolute(base, following[1])
        elif word == "FROM":
            named = following and following[0].text.upper() == "NAMED"
            _check_graph(token, following[1 if named else 0 :], base, prefixes, known_graph)
            names_graphs = True
    return names_graphs


def _check_graph(
    token: Token,
    following: list[Token],
    base: str,
    prefixes: dict[str, str],
    known_graph: Callable[[str], bool],
) -> None:
    name = following[0] if following else token
    if name.kind == "iri":
        iri = _absolute(base, name)
    elif name.kind == "name":
        prefix, local = name.text.split(":", 1)
        iri = prefixes.get(f"{prefix}:", "") + local
    else:
        raise _at(
            token,
            "from",
            "Nach FROM fehlt der Name eines Graphen.",
            "FROM lacks the name of a graph.",
        )
    if not known_graph(iri):
        raise _unknown_graph(iri, name.position)


def _absolute(base: str, token: Token) -> str:
    """The IRI that a token names; what is none is no graph of ours, the evaluator will say more."""
    try:
        return urljoin(base, token.text[1:-1])
    except ValueError:
        return ""


def _form(found: list[Token]) -> QueryForm:
    """The form that stands first after the prologue (19.8, rules 2 and 4)."""
    for token in found:
        if token.kind == "word" and token.text.upper() not in ("BASE", "PREFIX"):
            if token.text.upper() in FORMS:
                return QueryForm(token.text.upper())
            break
    raise QueryRefused(
        "no_form",
        "Die Abfrage beginnt nicht mit SELECT, ASK, CONSTRUCT oder DESCRIBE.",
        "The query does not begin with SELECT, ASK, CONSTRUCT or DESCRIBE.",
    )


def _refused_service(token: Token) -> QueryRefused:
    return _at(
        token,
        "service",
        "SERVICE: Dieser Zugang fragt keine anderen; die Abfrage im Client zusammenführen.",
        "SERVICE: this endpoint does not ask others; federate the query in the client.",
    )


def _unknown_graph(iri: str, position: int) -> QueryRefused:
    return QueryRefused(
        "from",
        f"Der Graph <{iri}> gehört nicht hierher; unsere Graphen heißen wie ihre Records.",
        f"The graph <{iri}> is none of ours; our graphs have the names of their records.",
        position,
    )


def _at(token: Token, code: str, de: str, en: str) -> QueryRefused:
    return QueryRefused.at(token.position, code, de, en)
