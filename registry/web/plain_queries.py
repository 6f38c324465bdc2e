"""Queries that programs ask by GET, answered before Flask: it would take most of their time.

The answer to a query is kept as long as the snapshot that it was made from is the newest one.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from registry.errors import RegistryError
from registry.project.snapshots import published_mark
from registry.sparql.answers import QueryAnswer
from registry.web.asking import SENT_AT_ONCE, answer_to, asked_by, headers, wanted_type
from registry.web.compression import Header, packed, takes_gzip
from registry.web.kept import Answer, Shelf, answer
from registry.web.negotiation import prefers_html
from registry.web.wiring import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_OUTCOME: Final = "verbund.query"
_LONGEST: Final = 2_000  # characters of what a kept answer is found by
_MOST_KEPT_BYTES: Final = 32 << 20


def outcome_of(environ: "WSGIEnvironment") -> QueryAnswer | None:
    """The answer to a request's query, where it was evaluated before; raises what it ended with."""
    outcome = environ.get(_OUTCOME)
    if isinstance(outcome, RegistryError):
        raise outcome
    return outcome


class PlainQueries:
    """A WSGI application before another one, which shares its checks, its functions and headers.

    Only a small answer is sent from here. Errors and large answers go on to the application as the
    outcome of a query that is not asked twice; all other requests go on as they are.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        services: Services,
        given: list[Header],
        check: Callable[["WSGIEnvironment"], None] | None = None,
    ) -> None:
        """`given` are the headers of every answer; `check` raises where a client asks too often."""
        settings = services.settings
        self._app, self._services, self._given, self._check = app, services, given, check
        self._graph = None if settings.graph_server else settings.graph_folder
        self._shelf = Shelf(_MOST_KEPT_BYTES)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The answer to a plain query, or the application's."""
        made = None
        if environ["PATH_INFO"] == "/sparql" and environ["REQUEST_METHOD"] == "GET":
            try:
                made = self._answer(environ)
            except RegistryError as error:
                environ[_OUTCOME] = error
        if made is None or made.body is None:
            return self._app(environ, start_response)
        start_response("200 OK", made.headers)
        return [made.body]

    def _answer(self, environ: "WSGIEnvironment") -> Answer | None:
        """The whole answer; None where the application is to give it."""
        accept, query = environ.get("HTTP_ACCEPT", ""), environ.get("QUERY_STRING", "")
        if prefers_html(accept):
            return None
        encoding = environ.get("HTTP_ACCEPT_ENCODING", "")
        key = query, accept, takes_gzip(encoding)
        # Looked up before the query runs: its answer may be newer than that, never older. Another
        # host may change what is on a server, so no answer from there is kept.
        snapshot = published_mark(self._graph) if self._graph else None
        made = self._shelf.get(key, snapshot)
        if made and self._check:
            self._check(environ)
        if made:
            return made
        try:
            values = MultiDict(parse_qsl(query, keep_blank_values=True, errors="strict"))
        except ValueError:  # no UTF-8
            return None
        asked = asked_by(values.get("query", ""), values)
        if asked.text == "":
            return None
        if self._check:
            self._check(environ)
        settings, queries = self._services.settings, self._services.queries()
        found = answer_to(asked, settings, queries, lambda form: wanted_type(form, asked, accept))
        self._services.in_force.saw(found.release)
        if found.size > SENT_AT_ONCE:
            environ[_OUTCOME] = found
            return None
        said, body = packed(headers(found), found.whole(), encoding)
        made = answer(200, [*said, ("Content-Length", str(len(body))), *self._given], body)
        if snapshot and made and found.steady and len(query) + len(accept) <= _LONGEST:
            self._shelf.put(key, snapshot, made)
        return made
