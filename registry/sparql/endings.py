"""Why a query got no answer: from the last words of its worker, or from what it told."""

from typing import Any, Final

from registry.errors import RegistryError
from registry.sparql.errors import (
    DeadlineExceeded,
    GraphAway,
    GraphMoves,
    NoSnapshot,
    OutOfMemory,
    QuerySyntaxError,
    QueryTooComplex,
    ResultTooLarge,
)
from registry.sparql.process import WorkerGone
from registry.sparql.schedule import failed

_MEMORY_WORDS: Final = ("memory allocation", "bad_alloc", "Cannot allocate memory", "MemoryError")


def why_gone(gone: WorkerGone) -> RegistryError:
    """What a query did to its process, from the process's last words."""
    if any(words in gone.last_words for words in _MEMORY_WORDS):
        return _out_of_memory()
    if gone.status in (-6, -11):  # SIGABRT, SIGSEGV: the stack is used up
        return QueryTooComplex(
            "Die Abfrage ist zu verschachtelt oder hat zu lange Ketten; bitte aufteilen.",
            "The query is nested too deep or has chains that are too long; split it.",
        )
    if gone.status == -9:  # not by us: the kernel needed the memory
        return _out_of_memory()
    return failed(f"worker status {gone.status}")


def told(words: dict[str, Any]) -> RegistryError:
    """The error that a living worker told of."""
    kind, message = words["kind"], words["message"]
    if kind in ("syntax", "evaluation"):
        return QuerySyntaxError(f"Fehler in der Abfrage: {message}", f"Query error: {message}")
    if kind == "out_of_memory":
        return _out_of_memory()
    if kind == "result_too_large":
        return ResultTooLarge(
            "Die Antwort ist zu groß: mit LIMIT und OFFSET blättern oder einen Dump verwenden.",
            "The answer is too large: page with LIMIT and OFFSET, or use a dump.",
        )
    if kind == "no_snapshot":
        return NoSnapshot(
            "Der Graph wird noch aufgebaut; in Kürze noch einmal versuchen.",
            "The graph is still being built; try again soon.",
        )
    if kind == "moving":
        return GraphMoves(
            "Der Graph wechselt gerade zu einer anderen Freigabe; in Kürze noch einmal versuchen.",
            "The graph is going on to another release; try again soon.",
        )
    if kind == "unreachable":
        return GraphAway(
            "Der Server, der den Graphen hält, antwortet nicht; später noch einmal versuchen.",
            "The server that holds the graph does not answer; try again later.",
        )
    return failed(message)


def too_late(deadline_s: float) -> DeadlineExceeded:
    """What a query gets whose time is up."""
    return DeadlineExceeded(
        f"Abgebrochen nach {deadline_s:g} Sekunden. Die Abfrage eingrenzen, mit LIMIT "
        "versehen oder einen Dump verwenden.",
        f"Ended after {deadline_s:g} seconds. Narrow the query, give it a LIMIT, or use a dump.",
    )


def _out_of_memory() -> OutOfMemory:
    return OutOfMemory(
        "Die Abfrage braucht zu viel Speicher; bitte eingrenzen.",
        "The query needs too much memory; narrow it.",
    )
