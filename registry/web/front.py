"""The front of the web application: what was answered before is answered again without Flask.

Only answers that a view lets be kept (`keep`), and only while their releases are in force.
"""

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from flask import Request

from registry.errors import RegistryError
from registry.web.compression import Header, takes_gzip
from registry.web.in_force import InForce, Releases
from registry.web.kept import Shelf, answer
from registry.web.language import LANGUAGES, wished_language
from registry.web.negotiation import wish
from registry.web.slow_clients import Closable
from vocab.properties import ENTITY_TYPES, KINDS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_KEEP: Final = "verbund.keep"
_FOLDERS: Final = tuple(f"/{ENTITY_TYPES[kind].path}" for kind in KINDS)
_LONGEST: Final = 1_000  # characters of all that a key is made of
_CONDITIONS: Final = (
    "HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_UNMODIFIED_SINCE",
)  # fmt: skip

_Key = tuple[object, ...]


def keep(request: Request, asked: Iterable[tuple[str, object]] = ()) -> None:
    """Let the answer to this request be kept: nothing but a new release alters it.

    `asked` are the parameters that the view took, in any order. A request with others, or with one
    twice, is not kept: any number of addresses would have the same answer.
    """
    given = sorted(request.args.items(multi=True))
    tag = request.args.get("lang")
    took = [(name, str(value)) for name, value in asked]
    if tag in LANGUAGES:
        took.append(("lang", tag))
    # A browser sends the field for words even where none were typed.
    if given in (sorted(took), sorted([*took, ("q", "")])):
        request.environ[_KEEP] = True


class Front:
    """A WSGI application before another one, which checks what it answers itself.

    `check` is called before a kept answer is given; where it raises, the application is asked,
    whose own check then says why.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        in_force: InForce,
        shelf: Shelf,
        check: Callable[["WSGIEnvironment"], None] | None = None,
    ) -> None:
        self._app = app
        self._in_force = in_force
        self._shelf = shelf
        self._check = check

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The kept answer, or that of the application."""
        key = _key(environ)
        releases = self._in_force.now() if key else None
        kept = self._shelf.get(key, releases) if releases else None
        if kept and not self._admits(environ):
            kept = None
        if kept and kept.is_known(environ.get("HTTP_IF_NONE_MATCH", "")):
            start_response("304 NOT MODIFIED", kept.unchanged)
            return []
        if kept and kept.body is not None:
            start_response("200 OK", kept.headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [kept.body]
        return self._asked(environ, start_response, key, releases)

    def _admits(self, environ: "WSGIEnvironment") -> bool:
        try:
            if self._check:
                self._check(environ)
        except RegistryError:
            return False
        return True

    def _asked(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        key: _Key | None,
        releases: Releases | None,
    ) -> Iterable[bytes]:
        said: list[tuple[str, list[Header]]] = []

        def started(status: str, headers: list[Header], exc_info: Any = None) -> Any:
            # The date is that of each answer (RFC 9110, 6.6.1): the server adds it.
            headers = [header for header in headers if header[0] != "Date"]
            said.append((status, headers))
            return start_response(status, headers, exc_info)

        parts = self._app(environ, started)
        status, headers = said[-1]
        for name, value in headers:
            if name == "Release":
                self._in_force.saw(int(value))
        if releases is None or _KEEP not in environ or environ["REQUEST_METHOD"] == "HEAD":
            return parts
        try:
            body = b"".join(parts)
        finally:
            if isinstance(parts, Closable):
                parts.close()
        made = answer(int(status[:3]), headers, body)
        if made:
            self._shelf.put(key, releases, made)
        return [body]


def _key(environ: "WSGIEnvironment") -> _Key | None:
    """What an answer depends on beside the releases; None where it depends on more than that.

    Other paths than those of which something is kept do not wait for the releases: `/healthz` and
    the style sheet are answered while the index is lost or the database is slow.
    """
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    if not environ["PATH_INFO"].startswith(_FOLDERS):
        return None
    if any(name in environ for name in _CONDITIONS):
        return None
    path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
    query = environ.get("QUERY_STRING", "")
    accept = environ.get("HTTP_ACCEPT", "")
    language = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    encoding = environ.get("HTTP_ACCEPT_ENCODING", "")
    if len(path) + len(query) + len(accept) + len(language) + len(encoding) > _LONGEST:
        return None
    if not query.isascii():  # WSGI hands bytes on as Latin-1, and `%C3` must not meet a bare one
        return None
    # However the same parameters are spelt: one answer. What is no UTF-8 stays apart, and what has
    # one name stays in order, as views take the first.
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape") if query else ()
    asked = tuple(sorted(pairs, key=itemgetter(0)))
    return path, asked, wish(accept), wished_language(language), takes_gzip(encoding)
