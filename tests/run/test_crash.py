"""A worker is killed at random moments of harvesting, publishing and projecting."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.wholeness import leftovers, names_of, projection_faults, sql_faults
from registry.instance import Instance, initialise, open_instance
from registry.project.projector import Projector
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import Settings
from registry.store import releases, runs
from tests.hub_site import MANIFEST, Site

pytestmark = pytest.mark.slow

SOURCE = "musterhub/data"
SIZE = 60
KILLS = 8
START = datetime(2026, 11, 22, tzinfo=UTC)

# Harvests and projects without end and says so after each round. Its clock runs ahead, so that it
# neither waits between two releases nor lets a lease run out.
WORKER = """
import itertools, sys
from datetime import datetime, timedelta
from registry.instance import open_instance
from registry.project.projector import Projector
from registry.run.harvest import harvest
from registry.settings import load_settings

start = datetime.fromisoformat(sys.argv[1])
seconds = itertools.count(0, 3)
with open_instance(load_settings(dict(VERBUND_HOME=sys.argv[2], VERBUND_PRIVATE_HOSTS=sys.argv[3],
                                      VERBUND_BASE_IRI="https://verbund.example"))) as instance:
    projector = Projector(instance.store, instance.home, instance.iris)
    print("ready", flush=True)
    while True:
        [report] = harvest(
            instance, ["musterhub/data"], lambda: start + timedelta(seconds=next(seconds))
        )
        print(report.state, flush=True)
        print("projected", projector.follow(), flush=True)
        projector.dump(at_most_every=timedelta(0))
"""


class Changing(dict[str, Any]):
    """Pages that say something new of every thing, each time they are asked for."""

    def __init__(self) -> None:
        super().__init__({"/data": None})
        self.state = 0

    def __getitem__(self, path: str) -> Any:
        self.state += 1
        return {
            "items": [
                {"id": f"https://musterhub.example/{n}", "name": f"Stand {self.state}", "web": None}
                for n in range(SIZE)
            ]
        }


@contextmanager
def worker(settings: Settings, start: datetime) -> Iterator["subprocess.Popen[str]"]:
    arguments = [start.isoformat(), str(settings.home), settings.private_hosts[0]]
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def await_line(process: "subprocess.Popen[str]", wanted: str) -> None:
    assert process.stdout
    for line in process.stdout:
        if line.strip() == wanted:
            return
    pytest.fail(f"the worker ended before it said {wanted!r}")


def test_a_worker_killed_at_any_moment_leaves_a_whole_release(
    tmp_path: Path, site: Site, settings: Settings
) -> None:
    site.pages = Changing()
    initialise(settings)
    folder = tmp_path / "musterhub"
    folder.mkdir()
    (folder / "hub.toml").write_text(
        MANIFEST.format(hub="musterhub", url=site.url(), source=""), "utf-8"
    )
    chance = random.Random(20261122)  # noqa: S311 - when to kill, no secret
    with open_instance(settings) as instance:
        add_hub(instance, folder, START)
        before = 0
        known: dict[int, str] = {}
        for kill in range(1, KILLS + 1):
            start = START + timedelta(days=2 * kill)
            with worker(settings, start) as process:
                await_line(process, "published" if kill % 2 else "ready")
                time.sleep(chance.uniform(0, 0.4))
            number = check_whole(instance, known)
            assert number >= before
            check_projections(instance, known)
            before = check_next_run(instance, start + timedelta(days=1), number)
        assert before > KILLS  # each round has published, the killed ones some more


def check_whole(instance: Instance, known: dict[int, str]) -> int:
    """SQL and what readers see of each projection are whole releases of one state of the hub."""
    assert sql_faults(instance, known) == []
    assert projection_faults(instance, known, current=False) == []
    with instance.store.read() as conn:
        latest = releases.latest(conn)
    if latest is None:
        return 0
    assert len(names_of(instance)) == 1
    assert latest.counts["actor"] == SIZE
    return latest.number


def check_projections(instance: Instance, known: dict[int, str]) -> None:
    """Projections that were left behind, or half-way, catch up by themselves."""
    projector = Projector(instance.store, instance.home, instance.iris)
    try:
        projector.follow()
        projector.dump(at_most_every=timedelta(0))
    finally:
        projector.close()
    assert projection_faults(instance, known, current=True, dump=True) == []


def check_next_run(instance: Instance, now: datetime, number: int) -> int:
    """Once the lease is over, the next run publishes, and nothing of the dead one remains."""
    [report] = harvest(instance, [SOURCE], lambda: now)
    assert (report.state, report.release) == ("published", number + 1)
    assert leftovers(instance) == []
    with instance.store.read() as conn:
        states = [run.state for run in runs.runs_of(conn, "musterhub", 1000)]
    assert set(states) <= {"published", "abandoned"}
    return number + 1
