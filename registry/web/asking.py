"""One query as the protocol carries it, and its answer (SPARQL 1.1 Protocol); knows no Flask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from werkzeug.datastructures import MultiDict

from registry.errors import NotAcceptable
from registry.sparql.forms import QueryForm, media_types, negotiate
from registry.sparql.guard import QueryLimits, check_graphs, check_query, graphs_below

if TYPE_CHECKING:
    from registry.settings import Settings
    from registry.sparql.answers import QueryAnswer
    from registry.sparql.pool import QueryPool

SENT_AT_ONCE: Final = 1 << 18  # bytes; what is larger may be read as slowly as a client likes

_NAMES: Final = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""What `?format=` may say beside a media type; a form's field cannot hold a header."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One query as the protocol carries it (2.1)."""

    text: str
    default_graphs: list[str]
    named_graphs: list[str]
    form: str


def asked_by(text: str, values: "MultiDict[str, str]") -> Asked:
    """The query with this text and what the parameters beside it say."""
    form = values.get("format", "")
    return Asked(
        text=text,
        default_graphs=values.getlist("default-graph-uri"),
        named_graphs=values.getlist("named-graph-uri"),
        form=_NAMES.get(form, form),
    )


def wanted_type(form: QueryForm, asked: Asked, accept: str | None) -> str:
    """The media type of the answer. Raises NotAcceptable."""
    offered = media_types(form)
    if asked.form:
        chosen = asked.form if asked.form in offered else None
    else:
        chosen = negotiate(form, accept)
    if chosen is None:
        raise NotAcceptable(
            f"Eine {form}-Abfrage gibt es als {', '.join(offered)}.",
            f"A {form} query can be answered as {', '.join(offered)}.",
        )
    return chosen


def answer_to(
    asked: Asked, settings: "Settings", queries: "QueryPool", choose: Callable[[QueryForm], str]
) -> "QueryAnswer":
    """Check and evaluate; `choose` gives the media type for the query's form.

    Raises:
        QueryRefused: the query may not run.
        RegistryError: `choose` knows no type, or one of those that `QueryPool.query` names.
    """
    limits = QueryLimits(
        max_bytes=settings.sparql_max_query_bytes, max_nesting=settings.sparql_max_nesting
    )
    ours = graphs_below(settings.base_iri)
    checked = check_query(asked.text, limits, ours)
    check_graphs((*asked.default_graphs, *asked.named_graphs), ours)
    answer = queries.query(
        checked.text,
        choose(checked.form),
        default_graph_uris=asked.default_graphs,
        named_graph_uris=asked.named_graphs,
        names_graphs=checked.names_graphs,
    )
    answer.steady = checked.steady
    return answer


def headers(answer: "QueryAnswer") -> list[tuple[str, str]]:
    """What an answer says of itself."""
    kind = answer.media_type
    return [
        ("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind),
        ("Vary", "Accept"),
        ("Cache-Control", "no-cache"),
        ("Release", str(answer.release)),
    ]
