"""Why a query gets no answer: the registry's errors with the status and the words for SPARQL."""

from collections.abc import Mapping
from typing import ClassVar, Self

from registry.errors import BadRequest, Busy, RegistryError


class QueryRefused(BadRequest):
    """The query may not run here; `code` says why, `position` (characters before it) where."""

    title: ClassVar[Mapping[str, str]] = {"de": "Abfrage abgelehnt", "en": "Query refused"}

    def __init__(self, code: str, de: str, en: str, position: int = 0) -> None:
        super().__init__(de, en, code=code)
        self.position = position

    @classmethod
    def at(cls, position: int, code: str, de: str, en: str) -> Self:
        """The refusal of what stands at a position; its words count characters from one."""
        place = position + 1
        return cls(code, f"Zeichen {place}: {de}", f"Character {place}: {en}", position)


class QuerySyntaxError(BadRequest):
    """The query is no SPARQL 1.1; the text says where the parser stopped."""

    title: ClassVar[Mapping[str, str]] = {"de": "Fehler in der Abfrage", "en": "Error in the query"}
    code = "syntax"


class QueryOverLimit(RegistryError):
    """The query costs more than one query may; ask for less, or page with LIMIT and OFFSET."""

    status = 422
    title: ClassVar[Mapping[str, str]] = {
        "de": "Abfrage überschreitet eine Grenze",
        "en": "Query over a limit",
    }
    code = "over_limit"


class OutOfMemory(QueryOverLimit):
    """The query needed more memory than one query may; make it more selective."""

    code = "out_of_memory"


class ResultTooLarge(QueryOverLimit):
    """The answer is larger than one answer may be; page it, or take a dump."""

    code = "result_too_large"


class QueryTooComplex(QueryOverLimit):
    """The query ended its process, as very long chains of operators do; split it."""

    code = "too_complex"


class DeadlineExceeded(RegistryError):
    """The query took longer than one query may; make it more selective, or take a dump."""

    status = 504
    title: ClassVar[Mapping[str, str]] = {"de": "Abfrage dauert zu lange", "en": "Query too slow"}
    code = "deadline"


class QueryFailed(RegistryError):
    """The store could not answer; nothing is wrong with the query."""

    status = 500
    title: ClassVar[Mapping[str, str]] = {"de": "Abfrage gescheitert", "en": "Query failed"}
    code = "query_failed"


class NoSnapshot(Busy):
    """The graph of this host has not been built yet; ask again soon."""

    title: ClassVar[Mapping[str, str]] = {
        "de": "Graph noch nicht bereit",
        "en": "Graph not ready yet",
    }
    code = "no_snapshot"


class GraphMoves(Busy):
    """The graph on a server went on from release to release during every attempt; ask again."""

    code = "graph_moves"
    retry_after_s = 2


class GraphAway(Busy):
    """The server that holds the graph does not answer; ask again later."""

    title: ClassVar[Mapping[str, str]] = {
        "de": "Graph nicht erreichbar",
        "en": "Graph out of reach",
    }
    code = "graph_away"
    retry_after_s = 30


class QueryAbandoned(RegistryError):
    """Nobody waits for the answer any more: its reader or the pool was closed."""

    status = 503
    code = "abandoned"
