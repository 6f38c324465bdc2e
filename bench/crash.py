"""Kills each process of a registry at random moments and looks at what is left.

    python -m bench.crash [--kills 20] [--records 300] [--seed 1] [--store URL] [--only NAME]

After each kill the process is started again; then the registry must stand at the last release or a
later whole one, all projections must agree with SQL, and nothing may lie about. Prints a table;
ends with code 1 where anything else was seen. docs/faults.md keeps the last result.
"""

import argparse
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import requests

from bench.crash_processes import PATIENCE_S, WEB, Child, serve, start, victim_of
from bench.processes import family, free_port, living
from bench.wholeness import leftovers, names_of, projection_faults, sql_faults
from registry.instance import Instance, initialise, open_instance
from registry.project.projector import Projector
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import Settings, load_settings
from registry.store import releases
from tests.hub_site import MANIFEST, Site, serving

SOURCE: Final = "musterhub/data"
PAGES: Final = 4
STEP_S: Final = 1_200
"""Each process's clock is so far ahead of that of the one before: twice a lease."""

_RESPAWN_S: Final = 4.0
"""Granian takes a web process that ends sooner for one that never will work, and ends itself."""

QUERY: Final = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?s ?q ?r . ?s ?t ?u }"


class Renaming(dict[str, Any]):
    """Pages of a hub that renames all its things whenever it is read from the first page on."""

    def __init__(self, records: int) -> None:
        super().__init__({self.path(n): None for n in range(PAGES)})
        self.records, self.state, self.still = records, 0, False

    @staticmethod
    def path(number: int) -> str:
        return f"/data?page={number}" if number else "/data"

    def __getitem__(self, path: str) -> Any:
        number = int(path.partition("=")[2] or 0)
        self.state += number == 0 and not self.still
        things = range(number, self.records, PAGES)
        page = {
            "items": [
                {"id": f"https://musterhub.example/{n}", "name": f"Stand {self.state}"}
                for n in things
            ]
        }
        return page | ({"next": self.path(number + 1)} if number + 1 < PAGES else {})


@dataclass(frozen=True, slots=True)
class Case:
    """One process, and the phase of it (or of others beside it) in which it is killed."""

    process: str
    phase: str
    run: "Callable[[Bench, Case], Round]"


@dataclass(slots=True)
class Round:
    """What came of one kill, or of several."""

    inside: int
    faults: list[str] = field(default_factory=list)


class Bench:
    """One registry that is never made anew: what one kill breaks, the next one meets."""

    def __init__(self, settings: Settings, site: Site, chance: random.Random) -> None:
        self.settings, self.site, self.chance = settings, site, chance
        self.known: dict[int, str] = {}
        self.lasts: dict[tuple[str, str], list[float]] = {}
        self._steps = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=STEP_S * self._steps)

    @contextmanager
    def child(self, *arguments: str) -> Iterator["Child"]:
        """The command in a process of its own, its clock beyond all leases of those before."""
        self._steps += 1
        with start(self.settings, STEP_S * self._steps, arguments) as child:
            yield child

    def release(self) -> int:
        with open_instance(self.settings) as instance, instance.store.read() as conn:
            latest = releases.latest(conn)
        return latest.number if latest else 0

    def harvest_here(self) -> None:
        """One more release, by nobody that is killed."""
        self._steps += 1
        with open_instance(self.settings) as instance:
            [report] = harvest(instance, [SOURCE], self.now)
        if report.state != "published":
            raise RuntimeError(f"the harvest between two kills ended as {report}")

    def kill_in(self, phase: str, *arguments: str) -> bool:
        """Start the command, kill it at a random moment of the phase; whether it was still in it.

        How long the phase lasts is taken from the times that it was not killed in.
        """
        with self.child(*arguments) as child:
            child.await_mark(f"enter {phase}")
            known = self.lasts.get((arguments[0], phase))
            if not known:  # the first time it is let through, to know how long it lasts
                started = time.monotonic()
                child.await_mark(f"leave {phase}")
                self.lasts[arguments[0], phase] = [time.monotonic() - started]
                return False
            time.sleep(self.chance.uniform(0, statistics.median(known)))
            child.kill()
            return f"leave {phase}" not in child.marks()

    def faults_after_kill(self, before: int) -> list[str]:
        """What readers and SQL show right after the kill, before anything is started again."""
        with open_instance(self.settings) as instance:
            faults = self._faults(instance, before)
            return faults + projection_faults(instance, self.known, current=False)

    def faults_at_end(self, before: int) -> list[str]:
        """What is there once the process was started again and has done its work."""
        with open_instance(self.settings) as instance:
            faults = self._faults(instance, before)
            faults += projection_faults(instance, self.known, current=True, dump=True)
            return faults + leftovers(instance)

    def bring_projections(self) -> None:
        with open_instance(self.settings) as instance:
            projector = Projector(instance.store, instance.home, instance.iris)
            try:
                projector.follow()
                projector.dump(at_most_every=timedelta(0))
            finally:
                projector.close()

    def _faults(self, instance: Instance, before: int) -> list[str]:
        faults = sql_faults(instance, self.known)
        with instance.store.read() as conn:
            latest = releases.latest(conn)
        number = latest.number if latest else 0
        if number < before:
            faults.append(f"release {number} after {before}")
        if latest and latest.counts.get("actor") != self.site.pages.records:  # type: ignore[attr-defined]
            faults.append(f"counts {latest.counts}")
        if number and len(names_of(instance)) != 1:
            faults.append("a mixture of two states of the hub")
        return faults


def harvest_command(bench: Bench, case: Case) -> Round:
    """`verbund harvest`, then again."""
    before = bench.release()
    inside = bench.kill_in(case.phase, "harvest")
    faults = bench.faults_after_kill(before)
    reached = bench.release()
    with bench.child("harvest") as again:
        code = again.wait()
        if code != 0:
            faults.append(f"the next harvest ended with {code}: {again.said()[-500:]}")
    if bench.release() != reached + 1:
        faults.append(f"the next harvest made {bench.release()} of {reached}")
    bench.bring_projections()
    return Round(inside, faults + bench.faults_at_end(before))


def work(bench: Bench, case: Case) -> Round:
    """`verbund work`, then again until it has published and projected by itself."""
    before = bench.release()
    inside = bench.kill_in(case.phase, "work")
    faults = bench.faults_after_kill(before)
    reached = bench.release()
    with bench.child("work") as again:
        again.await_mark("leave flip")
        bench.site.pages.still = True  # type: ignore[attr-defined]
        _await(lambda: _all_follow(bench))
        code = again.end()
        bench.site.pages.still = False  # type: ignore[attr-defined]
        if code != 0:
            faults.append(f"work ended with {code}: {again.said()[-500:]}")
    bench.bring_projections()  # what it published when it was told to end
    if bench.release() <= reached:
        faults.append(f"work made nothing of {reached}")
    return Round(inside, faults + bench.faults_at_end(before))


def project(bench: Bench, case: Case) -> Round:
    """`verbund project`, after one more release; every third time from nothing."""
    bench.harvest_here()
    if bench.chance.random() < 1 / 3:
        for name in ("graph", "search", "dumps"):
            shutil.rmtree(bench.settings.home / name, ignore_errors=True)
    before = bench.release()
    inside = bench.kill_in(case.phase, "project")
    faults = bench.faults_after_kill(before)
    with bench.child("project") as again:
        _await(lambda: "projections hold" in again.said() and _all_follow(bench))
        if (code := again.end()) != 0:
            faults.append(f"project ended with {code}: {again.said()[-500:]}")
    return Round(inside, faults + bench.faults_at_end(before))


def rebuild(bench: Bench, case: Case) -> Round:
    """`verbund rebuild`, then again."""
    bench.harvest_here()
    before = bench.release()
    inside = bench.kill_in(case.phase, "rebuild")
    faults = bench.faults_after_kill(before)
    with bench.child("rebuild") as again:
        if (code := again.wait()) != 0:
            faults.append(f"rebuild ended with {code}: {again.said()[-500:]}")
    return Round(inside, faults + bench.faults_at_end(before))


def served(victim: str) -> "Callable[[Bench, Case], Round]":
    """`verbund serve` beside a working or rebuilding registry, while queries run."""

    kills = 1 if victim == "itself" else 5

    def run(bench: Bench, case: Case) -> Round:
        bench.harvest_here()
        before = bench.release()
        beside = ("rebuild",) if case.phase == "rebuild" else ("work",)
        with bench.child(*beside) as other, serve(bench.settings) as server:
            port = bench.settings.port
            if case.phase == "rebuild":
                other.wait()
            _await(lambda: _count(port) > 0)
            faults: list[str] = []
            for _ in range(kills):
                with _asking(port), Rebuilding(bench, case.phase):
                    time.sleep(bench.chance.uniform(0.2, 2.0) + _RESPAWN_S * (victim == WEB))
                    members = family(server.pid)
                    os.kill(victim_of(victim, server.pid, members), signal.SIGKILL)
                if victim == "itself":
                    server.wait(PATIENCE_S)
                    if not _await(lambda found=members: not found & living(), patience_s=10):  # type: ignore[misc]
                        faults.append(f"processes outlived it: {len(members & living())}")
                    with serve(bench.settings):
                        faults += _answers_again(bench, port)
                else:
                    faults += _answers_again(bench, port)
            if case.phase != "rebuild":
                bench.site.pages.still = True  # type: ignore[attr-defined]
                _await(lambda: _all_follow(bench))
                other.end()
                bench.site.pages.still = False  # type: ignore[attr-defined]
        bench.bring_projections()  # what `work` published when it was told to end
        return Round(kills, faults + bench.faults_at_end(before))

    return run


class Rebuilding:
    """In the phase `rebuild`: rebuilds follow each other in the background of the block."""

    def __init__(self, bench: Bench, phase: str) -> None:
        self._bench, self._wanted = bench, phase == "rebuild"
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._stopped.is_set():
            with self._bench.child("rebuild") as one:
                one.wait()

    def __enter__(self) -> None:
        if self._wanted:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._wanted:
            self._thread.join()


@contextmanager
def _asking(port: int) -> Iterator[None]:
    """Somebody asks the graph and the list all the time."""
    stopped = threading.Event()

    def ask() -> None:
        while not stopped.is_set():
            _count(port)
            time.sleep(0.05)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def _count(port: int) -> int:
    try:
        answer = requests.get(
            f"http://127.0.0.1:{port}/sparql",
            # Another comment each time, so that a worker has to answer, not what was kept.
            params={"query": f"{QUERY} # {time.monotonic_ns()}"},
            headers={"Accept": "application/sparql-results+json"},
            timeout=20,
        )
        requests.get(f"http://127.0.0.1:{port}/actors", timeout=20)
    except requests.RequestException:
        return 0
    return int(answer.json()["results"]["bindings"][0]["n"]["value"]) if answer.ok else 0


def _answers_again(bench: Bench, port: int) -> list[str]:
    if not _await(lambda: _count(port) > 0):
        log = bench.settings.home.parent / "serve.log"
        return [f"serve does not answer again: {log.read_text(errors='replace')[-500:]}"]
    return []


def _all_follow(bench: Bench) -> bool:
    with open_instance(bench.settings) as instance:
        sql_faults(instance, bench.known)
        return not projection_faults(instance, bench.known, current=True, dump=True)


def _await(holds: Callable[[], object], patience_s: float = PATIENCE_S) -> bool:
    until = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


CASES: Final = (
    Case("harvest", "harvest", harvest_command),
    Case("harvest", "flip", harvest_command),
    Case("work", "harvest", work),
    Case("work", "flip", work),
    Case("work", "projection", work),
    Case("work", "dump", work),
    Case("project", "projection", project),
    Case("project", "dump", project),
    Case("rebuild", "rebuild", rebuild),
    Case("serve, itself", "harvest, flip, projection", served("itself")),
    Case("serve, web process", "harvest, flip, projection", served(WEB)),
    Case("serve, query worker", "harvest, flip, projection", served("query worker")),
    Case("serve, itself", "rebuild", served("itself")),
    Case("serve, web process", "rebuild", served(WEB)),
    Case("serve, query worker", "rebuild", served("query worker")),
)


def run_case(bench: Bench, case: Case, kills: int) -> tuple[int, int, list[str]]:
    """Kill until so many kills met the process inside the phase; also how many did not."""
    inside = outside = 0
    faults: list[str] = []
    while inside < kills and inside + outside < 3 * kills:
        try:
            found = case.run(bench, case)
        except Exception as error:  # noqa: BLE001 - one round that goes wrong is a finding
            found = Round(0, [f"{type(error).__name__}: {error}"])
        inside, outside = inside + found.inside, outside + (not found.inside)
        for fault in found.faults:
            print(f"  {case.process}, {case.phase}: {fault}", file=sys.stderr, flush=True)
        faults += found.faults
        if len(faults) > 20:
            break
    return inside, outside, faults


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--records", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", help="database; default: SQLite")
    parser.add_argument("--only", default="", help="cases whose process begins so")
    chosen = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="verbund-crash-") as name, serving(Site()) as site:
        settings = _settings(Path(name), site, chosen.store)
        site.pages, site.validators = Renaming(chosen.records), False
        initialise(settings)
        folder = Path(name) / "musterhub"
        folder.mkdir()
        manifest = MANIFEST.format(hub="musterhub", url=site.url(), source='every = "1s"')
        (folder / "hub.toml").write_text(manifest, "utf-8")
        bench = Bench(settings, site, random.Random(chosen.seed))
        with open_instance(settings) as instance:
            add_hub(instance, folder, datetime.now(UTC))
        bench.harvest_here()
        bench.bring_projections()
        print("| process | phase | killed inside | outside | violations | release then | s |")
        print("|---|---|---:|---:|---:|---:|---:|", flush=True)
        for case in CASES:
            if not case.process.startswith(chosen.only):
                continue
            started = time.monotonic()
            inside, outside, faults = run_case(bench, case, chosen.kills)
            bad += len(faults) + (inside < chosen.kills)
            print(
                f"| {case.process} | {case.phase} | {inside} | {outside} | {len(faults)} "
                f"| {bench.release()} | {time.monotonic() - started:.0f} |",
                flush=True,
            )
    print(f"seed {chosen.seed}: {'no violation' if not bad else 'VIOLATIONS'}")
    return 1 if bad else 0


def _settings(folder: Path, site: Site, store: str | None) -> Settings:
    chosen = load_settings(
        {
            "VERBUND_HOME": str(folder / "var"),
            "VERBUND_BASE_IRI": "https://verbund.example",
            "VERBUND_PORT": str(free_port()),
        }
        | ({"VERBUND_STORE_URL": store} if store else {})
    )
    return replace(chosen, private_hosts=(f"127.0.0.1:{site.port}",))


if __name__ == "__main__":
    sys.exit(main())
