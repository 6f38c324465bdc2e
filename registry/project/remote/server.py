"""A server that speaks the SPARQL 1.1 Protocol: the only module here that opens a connection.

Queries are sent as forms (2.1.2), updates as they are (2.2.2): Virtuoso 7.2.5 never answers a query
that is sent as it is.
"""

import json
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Self

import requests
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from registry.errors import RegistryError
from registry.project.remote.address import Endpoint, ServerAddress

RESULTS: Final = "application/sparql-results+json"
TRIPLES: Final = "application/n-triples"

_LOGIN: Final = (
    "Name und Passwort in graph_url oder graph_update_url prüfen, und ob der Benutzer ändern darf.",
    "Check name and password in graph_url or graph_update_url, and whether the user may update.",
)
_ADDRESS: Final = (
    "Ist graph_url die Adresse für Abfragen und graph_update_url die für Änderungen?",
    "Is graph_url the address for queries, and graph_update_url that for updates?",
)
_ADVICE: Final = {401: _LOGIN, 403: _LOGIN, 404: _ADDRESS, 405: _ADDRESS, 415: _ADDRESS}

_CONNECT_S: Final = 5.0
_QUERY_S: Final = 60.0  # a query worker is killed before; the projector's lookups are small
_UPDATE_S: Final = 600.0
_LOOKUP_BYTES: Final = 256 << 20
_WORDS_BYTES: Final = 64 << 10
_PIECE_BYTES: Final = 256 << 10
_WORDS: Final = 300  # characters of a server's own words that are passed on
_CUT_SHORT: Final = ("X-SPARQL-MaxRows", "X-SQL-State")
"""Headers by which Virtuoso says that a limit of its own has cut an answer with status 200."""


class GraphUnreachable(RegistryError):
    """The graph's server gives no answer; see that it runs and that `graph_url` is right."""

    status = 503
    code = "graph_unreachable"
    retry_after_s = 10

    @classmethod
    def at(cls, url: str, reason: str) -> Self:
        """The error for one address."""
        return cls(
            f"Der SPARQL-Server unter {url} antwortet nicht ({reason}). Läuft er, und stimmt "
            "graph_url?",
            f"The SPARQL server at {url} does not answer ({reason}). Does it run, and is graph_url "
            "right?",
        )


class GraphRefuses(RegistryError):
    """The graph's server refuses a request; `refused` are its words where that was wrong."""

    status = 502
    code = "graph_refuses"

    def __init__(self, de: str, en: str, refused: str | None = None) -> None:
        super().__init__(de, en)
        self.refused = refused

    @classmethod
    def at(cls, url: str, status: int, answer: bytes) -> Self:
        """The error for an answer that is none."""
        text = answer.decode(errors="replace").split("SPARQL query:")[0]
        words = " ".join(text.split())[:_WORDS]
        de, en = _ADVICE.get(status, ("", ""))
        return cls(
            f"Der SPARQL-Server unter {url} lehnt ab: {status} {words} {de}".strip(),
            f"The SPARQL server at {url} refuses: {status} {words} {en}".strip(),
            words if status == requests.codes.bad_request else None,
        )

    @classmethod
    def unreadable(cls, url: str) -> Self:
        """The error for an answer that is not of the SPARQL protocol."""
        return cls(
            f"Was unter {url} antwortet, spricht nicht SPARQL 1.1. Stimmt graph_url?",
            f"What answers at {url} does not speak SPARQL 1.1. Is graph_url right?",
        )


class AnswerCut(RegistryError):
    """The answer is larger than permitted, here or by the graph's server itself."""

    status = 422
    code = "result_too_large"


class Server:
    """Two connections that are kept open, for queries and for updates, each with its own login.

    Not to be shared between threads.
    """

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        self._queries = _Endpoint(address.query, _QUERY_S)
        self._updates = _Endpoint(address.update, _UPDATE_S)

    def query(
        self,
        text: str,
        accept: str = RESULTS,
        *,
        max_bytes: int = _LOOKUP_BYTES,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> bytes:
        """The whole answer to a query, in this media type.

        Raises:
            GraphUnreachable: there is no answer, or no whole one.
            GraphRefuses: it is not evaluated.
            AnswerCut: it has more than `max_bytes`, or the server's own limit has shortened it.
        """
        form = [
            ("query", text),
            *(("default-graph-uri", iri) for iri in default_graphs),
            *(("named-graph-uri", iri) for iri in named_graphs),
        ]
        return self._queries.answer(form, {"Accept": accept}, max_bytes)

    def rows(self, text: str, *, default_graphs: Sequence[str] = ()) -> list[dict[str, str]]:
        """The solutions of a query of ours: the value of each variable that is bound.

        Raises as `query`; GraphRefuses too where the answer is none that can be read.
        """
        answer = self.query(text, default_graphs=default_graphs)
        try:
            found = json.loads(answer)["results"]["bindings"]
            return [{name: str(term["value"]) for name, term in row.items()} for row in found]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise GraphRefuses.unreadable(self.address.query.url) from None

    def update(self, text: str) -> None:
        """Change what the server holds.

        Raises:
            GraphUnreachable: there is no answer; whether it was done, the graph's state tells.
            GraphRefuses: it was not done.
        """
        headers = {"Content-Type": "application/sparql-update"}
        with suppress(AnswerCut):  # what it says of an update that was done does not matter
            self._updates.answer(text.encode(), headers, _WORDS_BYTES)

    def close(self) -> None:
        """Close the connections."""
        self._queries.close()
        self._updates.close()


class _Endpoint:
    """One address of the server, asked by POST."""

    def __init__(self, endpoint: Endpoint, most_s: float) -> None:
        self._endpoint = endpoint
        self._most_s = most_s
        self._session = requests.Session()
        # Neither proxies nor passwords of the surroundings: what is asked is what was set.
        self._session.trust_env = False

    def answer(
        self, data: bytes | list[tuple[str, str]], headers: dict[str, str], max_bytes: int
    ) -> bytes:
        """The body of an answer that is one. Raises as Server.query."""
        until = time.monotonic() + self._most_s
        response = self._sent(data, headers)
        if response.status_code == requests.codes.unauthorized and self._log_in(response):
            response.close()
            response = self._sent(data, headers)
        with response:
            if response.status_code == requests.codes.service_unavailable:
                raise GraphUnreachable.at(self._endpoint.url, str(response.status_code))
            if not response.ok or response.is_redirect:
                words = self._body(response, _WORDS_BYTES, until, cut=True)
                raise GraphRefuses.at(self._endpoint.url, response.status_code, words)
            if any(header in response.headers for header in _CUT_SHORT):
                raise _cut("den der Server selbst setzt", "that the server itself sets")
            return self._body(response, max_bytes, until)

    def close(self) -> None:
        self._session.close()

    def _sent(
        self, data: bytes | list[tuple[str, str]], headers: dict[str, str]
    ) -> requests.Response:
        try:
            return self._session.post(
                self._endpoint.url,
                data=data,
                headers=headers,
                timeout=(_CONNECT_S, self._most_s),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, LookupError, ValueError) as error:
            # The last two: a challenge to log in that the library cannot read.
            raise GraphUnreachable.at(self._endpoint.url, _reason(error)) from error

    def _log_in(self, response: requests.Response) -> bool:
        """Take the way that the server asks for (RFC 9110, 11.6.1); False where there is none."""
        if not self._endpoint.user or self._session.auth is not None:
            return False
        asked = response.headers.get("WWW-Authenticate", "")
        login = self._endpoint.user, self._endpoint.password
        if asked.lower().startswith("digest"):
            self._session.auth = HTTPDigestAuth(*login)
        else:
            self._session.auth = HTTPBasicAuth(*login)
        return True

    def _body(
        self, response: requests.Response, max_bytes: int, until: float, *, cut: bool = False
    ) -> bytes:
        body = bytearray()
        try:
            for piece in response.iter_content(_PIECE_BYTES):
                body += piece
                if len(body) > max_bytes:
                    if cut:
                        break
                    raise _cut(f"von {max_bytes} Byte", f"of {max_bytes} bytes")
                if time.monotonic() > until:
                    raise GraphUnreachable.at(self._endpoint.url, "too slow")
        except requests.RequestException as error:
            raise GraphUnreachable.at(self._endpoint.url, _reason(error)) from error
        return bytes(body)


def _cut(de: str, en: str) -> AnswerCut:
    return AnswerCut(
        f"Die Antwort überschreitet das Limit {de}.", f"The answer exceeds the limit {en}."
    )


def _reason(error: Exception) -> str:
    """The last of the reasons that a library nests in each other, without addresses in memory."""
    found = re.findall(r"(?:\] |: )([A-Za-z][^:'\"()<>]{3,})", str(error))
    return found[-1].strip() if found else type(error).__name__
