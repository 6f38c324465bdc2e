"""How the registry stands: the release, this host's projections beside it, the hubs."""

from typing import Any, Final

from registry.instance import Instance
from registry.project.dumps import Dump
from registry.project.search import SearchIndex
from registry.project.snapshots import newest_release
from registry.store import entities, hubs, records, releases, runs
from registry.store.runs import Run
from vocab.properties import KINDS

_STANDINGS: Final = ("live", "refused", "removed")


def standing(instance: Instance) -> dict[str, Any]:
    """The facts behind `verbund status` and /status; plain JSON.

    A projection is `current` when it holds SQL's latest release, and `agrees` when what it holds
    counts the same.
    """
    search = SearchIndex(instance.home / "search")
    graph = newest_release(instance.settings.graph_folder) or 0
    dump = Dump.present(instance.home / "dumps")
    with instance.store.read() as conn:
        latest = releases.latest(conn)
        all_counts = entities.counts(conn)
        sources = hubs.sources(conn)
        counts = records.counts(conn)
        last_runs = runs.latest_runs(conn)
    live = {kind: all_counts.get((kind, "live"), 0) for kind in KINDS}
    number = latest.number if latest else 0
    held = search.release()
    return {
        "release": number,
        "released_at": latest.at if latest else None,
        "set_hash": latest.set_hash.hex() if latest else None,
        "base_iri": instance.iris.base,
        "entities": live,
        "projections": {
            "graph": {
                "release": graph,
                "current": bool(graph and graph == number),
            },
            "search": {
                "release": held,
                "current": held == number,
                "agrees": held != number or not number or search.counts() == live,
            },
            "dump": {
                "release": dump.release if dump else 0,
                "current": bool(dump and dump.release == number),
            },
        },
        "sources": [
            {
                "id": source.id,
                "state": source.state,
                "last_checked_at": source.last_checked_at,
                "last_ok_at": source.last_ok_at,
                "next_due_at": source.next_due_at,
                "last_run": _told(last_runs.get(source.id)),
                **{name: counts.get(source.id, {}).get(name, 0) for name in _STANDINGS},
            }
            for source in sources
        ],
    }


def _told(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "number": run.number,
        "state": run.state,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "counts": run.counts,
        "explanation": run.explanation,
    }
