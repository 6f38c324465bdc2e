"""One process of the registry, for the bench: `python -m bench.registry_side JOB HUBS RECORDS …`.

Its settings come from the environment as everybody's. The last line that it prints is JSON. Jobs:

harvest         take in the hubs, harvest, publish, project; ends when the last record is visible
                (RECORDS 0: hubs that were not generated; ends when all is projected)
changes ROUNDS  as `verbund work`: 50 records change at one hub, then 50 spread over all three; how
                long it takes until SPARQL and the list show it
releases COUNT  so many releases of 50 changes each; what the disk holds before and after
quads FILE      write everything that is published as N-Quads
"""

import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench import generate
from bench.generate import HUBS, Thing
from bench.look import Public
from bench.processes import peak_mib
from registry.instance import Instance, initialise, open_instance
from registry.project.dumps import Dump
from registry.project.host import keep_projections
from registry.project.projector import Projector, quads_of
from registry.run.endings import Report
from registry.run.harvest import RELEASE_PAUSE_S, harvest
from registry.run.hubs import add_hub
from registry.settings import load_settings
from registry.store import entities, hubs, runs
from registry.store.records import counts as records_of
from vocab.properties import KINDS

CHANGES: Final = 50
_LONGER_THAN_THE_PAUSE_S: Final = RELEASE_PAUSE_S + 0.5

_ALL_RUNS: Final = 1_000


def first(instance: Instance, folder: Path, records: int) -> dict[str, Any]:
    """Harvest all hubs and project; again, where that was done before."""
    started = time.perf_counter()
    sources = _sources(instance, folder)
    reports = harvest(instance, sources, _now)
    harvested = time.perf_counter()
    with _projector(instance) as projector:
        projector.follow()
        projected = time.perf_counter()
        with Public(instance.home) as public:
            public.await_things([_last(records)] if records else [])
    return {
        "records": _live(instance),
        "harvest_s": harvested - started,
        "project_s": projected - harvested,
        "total_s": time.perf_counter() - started,
        "states": _good(reports),
        "peak_mib": peak_mib(),
    }


def changes(instance: Instance, folder: Path, records: int, rounds: int) -> dict[str, Any]:
    """How long until the public sees changes, while the projections follow as in `verbund work`."""
    stopped = threading.Event()
    following = threading.Thread(target=keep_projections, args=(stopped, instance))
    following.start()
    try:
        while Dump.present(instance.home / "dumps") is None:  # the first one takes its time
            time.sleep(0.1)
        with Public(instance.home) as public:
            told: dict[str, list[float]] = defaultdict(list)
            done = dict.fromkeys(HUBS, 0)
            for _ in range(rounds):
                for name, hubs in (("one", HUBS[:1]), ("all", HUBS)):
                    things = _change(folder, records, hubs, done)
                    time.sleep(_LONGER_THAN_THE_PAUSE_S)
                    started, cpu_s = time.perf_counter(), time.process_time()
                    _good(harvest(instance, _sources(instance, folder), _now))
                    told[f"{name}_run_s"].append(time.perf_counter() - started)
                    public.await_things(things)
                    told[f"{name}_s"].append(time.perf_counter() - started)
                    told[f"{name}_cpu_s"].append(time.process_time() - cpu_s)
    finally:
        stopped.set()
        following.join()
    return told


def releases(instance: Instance, folder: Path, records: int, count: int) -> dict[str, Any]:
    """The disk after the first and the last of many releases; the clock leaps over their pauses."""
    leaps = 0

    def clock() -> datetime:
        return _now() + leaps * timedelta(seconds=_LONGER_THAN_THE_PAUSE_S)

    source = [f"{HUBS[0]}/daten"]
    started = time.perf_counter()
    with _projector(instance) as projector:
        projector.follow()
        before = _parts_mib(instance.home)
        for number in range(1, count + 1):
            generate.write_hub(folder, HUBS[0], records, changes=number * CHANGES)
            leaps += 1
            _good(harvest(instance, source, clock))
            release = projector.follow()
    return {
        "before_mib": before,
        "after_mib": _parts_mib(instance.home),
        "release": release,
        "total_s": time.perf_counter() - started,
    }


def quads(instance: Instance, file: Path) -> dict[str, Any]:
    """Write all that is published, in the order of ids."""
    count = 0
    with instance.store.read() as conn, file.open("w", encoding="utf-8") as out:
        for line in quads_of(entities.iterate(conn), instance.iris):
            out.write(line)
            count += 1
        ids = {
            kind: [one.id for one in entities.iterate(conn, kinds=[kind], states=["live"])]
            for kind in ("actor", "project", "event")
        }
    return {"quads": count, "ids": {kind: found[:1000] for kind, found in ids.items()}}


def pages(instance: Instance) -> dict[str, Any]:
    """What has much to show: each hub's numbers, and of each kind what most records speak of."""
    with instance.store.read() as conn:
        counts = records_of(conn)
        told = {hub.id: runs.runs_of(conn, hub.id, _ALL_RUNS) for hub in hubs.hubs(conn)}
        changed = {
            hub_id: max(several, key=lambda run: run.counts.get("mapped", 0)).number
            for hub_id, several in told.items()
            if several
        }
        sources = hubs.sources(conn)
        of_hubs = {
            hub.id: {
                "records": sum(
                    n["live"] for id_, n in counts.items() if id_.startswith(f"{hub.id}/")
                ),
                "sources": sum(source.hub_id == hub.id for source in sources),
                "run": changed[hub.id],  # the one with most to show
            }
            for hub in hubs.hubs(conn)
            if hub.id in changed
        }
        found = {}
        for kind in KINDS:
            live = entities.iterate(conn, kinds=[kind], states=["live"])
            most = max(live, key=lambda one: len(one.document["records"]), default=None)
            found |= {kind: most.id} if most else {}
    return {"hubs": of_hubs, "entities": found}


def _change(folder: Path, records: int, hubs: Sequence[str], done: dict[str, int]) -> list[Thing]:
    """Change 50 records, spread over these hubs; one changed thing of each."""
    changed = []
    for place, hub in enumerate(hubs):
        share = CHANGES // len(hubs) + (place < CHANGES % len(hubs))
        fresh = done[hub]
        done[hub] += share
        generate.write_hub(folder, hub, records, changes=done[hub])
        # The 8th and 9th of ten are known to two hubs, whose text may win.
        seen = next(n for n in range(fresh, fresh + share) if n % 10 < 8)
        changed.append(_thing(hub, records, seen, done[hub]))
    return changed


def _thing(hub: str, records: int, number: int, changes: int = 0) -> Thing:
    return next(t for t in generate.things(hub, records, changes) if t.number == number)


def _last(records: int) -> Thing:
    """The last thing of the last hub that only this hub speaks of."""
    alone = [t for t in generate.things(HUBS[-1], records) if t.number % 10 < 8]
    return alone[-1]


def _live(instance: Instance) -> int:
    with instance.store.read() as conn:
        return sum(counted["live"] for counted in records_of(conn).values())


def _sources(instance: Instance, folder: Path) -> list[str]:
    folders = sorted(path.parent for path in folder.glob("*/hub.toml"))
    manifests = [add_hub(instance, hub, _now()) for hub in folders]
    return [source.id for manifest in manifests for source in manifest.sources]


def _good(reports: Sequence[Report]) -> list[str]:
    for report in reports:
        if report.state not in ("published", "unchanged"):
            raise RuntimeError(f"{report.source_id} {report.state}: {report.explanation}")
    return [report.state for report in reports]


@contextmanager
def _projector(instance: Instance) -> Iterator[Projector]:
    projector = Projector(instance.store, instance.home, instance.iris)
    try:
        yield projector
    finally:
        projector.close()


def _parts_mib(home: Path) -> dict[str, float]:
    """What each part of the home folder takes on disk, hard links counted once."""
    parts: dict[str, float] = {}
    seen: set[int] = set()
    for path in sorted(home.rglob("*")):
        state = path.lstat()
        if path.is_file() and state.st_ino not in seen:
            seen.add(state.st_ino)
            part = path.relative_to(home).parts[0]
            parts[part] = parts.get(part, 0) + state.st_blocks * 512 / (1 << 20)
    return parts


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Do the job of the command line."""
    job, hubs, records, *more = sys.argv[1:]
    settings = load_settings(os.environ)
    initialise(settings)
    jobs: dict[str, Callable[[Instance], dict[str, Any]]] = {
        "harvest": lambda instance: first(instance, Path(hubs), int(records)),
        "changes": lambda instance: changes(instance, Path(hubs), int(records), int(more[0])),
        "releases": lambda instance: releases(instance, Path(hubs), int(records), int(more[0])),
        "quads": lambda instance: quads(instance, Path(more[0])),
        "pages": pages,
    }
    with open_instance(settings) as instance:
        print(json.dumps(jobs[job](instance)))


if __name__ == "__main__":
    main()
