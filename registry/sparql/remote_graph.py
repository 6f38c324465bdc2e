"""A query worker's graph that is on a SPARQL 1.1 server.

The server evaluates; what it answers is read and written anew here. So every server's answers come
in all formats and in the same form, and one that broke off is noticed.
"""

from typing import Any, Final

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
    serialize,
)

from registry.project.remote.address import GraphAddress
from registry.project.remote.layout import GraphNotUsable
from registry.project.remote.reading import GraphMoving, ServerReader
from registry.project.remote.server import (
    RESULTS,
    TRIPLES,
    AnswerCut,
    GraphRefuses,
    GraphUnreachable,
    Server,
)
from registry.sparql.dialect import ForbiddenIri, as_truth, check_iris, plain
from registry.sparql.unanswered import Unanswered

_BYTES_READ_PER_ANSWERED: Final = 4
"""JSON and N-Triples take more room than any other format."""


class RemoteGraph:
    """Like worker.Graph, but on a server."""

    def __init__(self, address: GraphAddress) -> None:
        self._reader = ServerReader(Server(address.server), address.base, plain)
        self._nothing = Store()

    def follow(self) -> None:
        """Nothing to be done: the server itself changes to the newest release."""

    @property
    def release(self) -> int | None:
        """The release of the last answer."""
        return self._reader.release

    def query(self, request: dict[str, Any]) -> Any:
        """Have it evaluated.

        Raises:
            SyntaxError: it is no query.
            Unanswered: there is no answer, or none that can be read.
        """
        # Asked of an empty graph first: in every mode the same parser says what a query is.
        form = type(self._nothing.query(request["query"]))
        try:
            check_iris(request["query"])
        except ForbiddenIri as error:
            raise Unanswered("evaluation", str(error)) from None
        try:
            answer = self._reader.query(
                request["query"],
                TRIPLES if form is QueryTriples else RESULTS,
                max_bytes=request["max_result_bytes"] * _BYTES_READ_PER_ANSWERED,
                default_graphs=request["default_graph_uris"],
                named_graphs=request["named_graph_uris"],
                names_graphs=request["names_graphs"],
            )
        except GraphMoving:
            raise Unanswered("moving") from None
        except GraphUnreachable as error:
            raise Unanswered("unreachable", error.en) from None
        except AnswerCut:
            raise Unanswered("result_too_large") from None
        except GraphRefuses as error:
            if error.refused is None:
                raise _no_answer() from None
            raise Unanswered("evaluation", error.refused) from None
        except GraphNotUsable:
            raise _no_answer() from None
        if form is QueryTriples:
            return _Triples(answer)
        return _Results(answer, form is QueryBoolean)


class _Results:
    """Solutions or a truth value, read while they are written."""

    def __init__(self, answer: bytes, is_truth: bool) -> None:
        self._answer = answer
        self._is_truth = is_truth

    def serialize(self, output: Any, name: str) -> None:
        """Write them in one of pyoxigraph's formats for results."""
        try:
            answer = as_truth(self._answer) if self._is_truth else self._answer
            found = parse_query_results(answer, QueryResultsFormat.JSON)
            found.serialize(output, getattr(QueryResultsFormat, name))
        except (SyntaxError, ValueError) as error:
            raise _no_answer() from error


class _Triples:
    """Triples, read while they are written."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def serialize(self, output: Any, name: str) -> None:
        """Write them in one of pyoxigraph's formats for graphs."""
        try:
            serialize(parse(self._answer, RdfFormat.N_TRIPLES), output, getattr(RdfFormat, name))
        except SyntaxError as error:
            raise _no_answer() from error


def _no_answer() -> Unanswered:
    """The server's own words and address are for the operator alone: the projections' log."""
    return Unanswered("store", "its server gave no whole answer")
