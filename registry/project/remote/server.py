"""A server that speaks the SPARQL 1.1 Protocol: the only module here that opens a connection.

Queries are sent as forms (2.1.2), updates as they are (2.2.2): Virtuoso 7.2.5 never answers a query
that is sent as it is.
"""

import re
from collections.abc import Sequence
from typing import Final, Self

import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from registry.errors import RegistryError
from registry.project.remote.address import ServerAddress

RESULTS: Final = "application/sparql-results+json"
TRIPLES: Final = "application/n-triples"

_CONNECT_S: Final = 5.0
_QUERY_S: Final = 60.0  # a query worker is killed before; the projector's lookups are small
_UPDATE_S: Final = 600.0
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
    def at(cls, url: str, response: requests.Response) -> Self:
        """The error for an answer that is none."""
        words = " ".join(response.text.split("SPARQL query:")[0].split())[:_WORDS]
        return cls(
            f"Der SPARQL-Server unter {url} lehnt ab: {response.status_code} {words}",
            f"The SPARQL server at {url} refuses: {response.status_code} {words}",
            words if response.status_code == requests.codes.bad_request else None,
        )


class AnswerCut(RegistryError):
    """The answer is larger than permitted, here or by the graph's server itself."""

    status = 422
    code = "result_too_large"


class Server:
    """One connection that is kept open; not to be shared between threads."""

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        self._session = requests.Session()
        # Neither proxies nor passwords of the surroundings: what is asked is what was set.
        self._session.trust_env = False

    def query(
        self,
        text: str,
        accept: str = RESULTS,
        *,
        max_bytes: int | None = None,
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
        url = self.address.query_url
        with self._post(url, form, {"Accept": accept}, _QUERY_S) as response:
            if any(header in response.headers for header in _CUT_SHORT):
                raise _cut("den der Server selbst setzt", "that the server itself sets")
            return self._body(response, max_bytes)

    def update(self, text: str) -> None:
        """Change what the server holds.

        Raises:
            GraphUnreachable: there is no answer; whether it was done, the graph's state tells.
            GraphRefuses: it was not done.
        """
        headers = {"Content-Type": "application/sparql-update"}
        with self._post(self.address.update_url, text.encode(), headers, _UPDATE_S) as response:
            self._body(response, None)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _post(
        self, url: str, data: object, headers: dict[str, str], timeout_s: float
    ) -> requests.Response:
        response = self._sent(url, data, headers, timeout_s)
        if response.status_code == requests.codes.unauthorized and self._log_in(response):
            response.close()
            response = self._sent(url, data, headers, timeout_s)
        if response.status_code == requests.codes.service_unavailable:
            raise GraphUnreachable.at(url, f"{response.status_code} {response.reason}")
        if not response.ok or response.is_redirect:
            raise GraphRefuses.at(url, response)
        return response

    def _sent(
        self, url: str, data: object, headers: dict[str, str], timeout_s: float
    ) -> requests.Response:
        try:
            return self._session.post(
                url,
                data=data,  # type: ignore[arg-type]
                headers=headers,
                timeout=(_CONNECT_S, timeout_s),
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            raise GraphUnreachable.at(url, _reason(error)) from error

    def _log_in(self, response: requests.Response) -> bool:
        """Take the way that the server asks for (RFC 9110, 11.6.1); False where there is none."""
        if not self.address.user or self._session.auth is not None:
            return False
        asked = response.headers.get("WWW-Authenticate", "")
        way: type[AuthBase] = HTTPDigestAuth if asked.lower().startswith("digest") else _BASIC
        self._session.auth = way(self.address.user, self.address.password)  # type: ignore[call-arg]
        return True

    def _body(self, response: requests.Response, max_bytes: int | None) -> bytes:
        body = bytearray()
        try:
            for piece in response.iter_content(_PIECE_BYTES):
                body += piece
                if max_bytes is not None and len(body) > max_bytes:
                    raise _cut(f"von {max_bytes} Byte", f"of {max_bytes} bytes")
        except requests.RequestException as error:
            raise GraphUnreachable.at(response.url, _reason(error)) from error
        return bytes(body)


_BASIC: Final = HTTPBasicAuth


def _cut(de: str, en: str) -> AnswerCut:
    return AnswerCut(
        f"Die Antwort überschreitet das Limit {de}.", f"The answer exceeds the limit {en}."
    )


def _reason(error: Exception) -> str:
    """The last of the reasons that a library nests in each other, without addresses in memory."""
    found = re.findall(r"(?:\] |: )([A-Za-z][^:'\"()<>]{3,})", str(error))
    return found[-1].strip() if found else type(error).__name__
