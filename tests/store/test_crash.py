"""A worker is killed at every point of a run; what remains is the old or the new state."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from registry.store import meta, records, runs
from registry.store.engine import Store

SOURCE = "north/actors"
SIZE = 150

# It says where it is, a line for each step; at the step that it was told to stop at, it waits.
WORKER = """
import sys
from datetime import datetime, timedelta
from registry.store import meta, runs, staging
from registry.store.engine import open_store
from vocab.types import record_id

url, source_id, iri, size, stop_at, now = sys.argv[1:]
now = datetime.fromisoformat(now)
store = open_store(url)

def reach(step, round_):
    print(f"{step} {round_}", flush=True)
    if f"{step} {round_}" == stop_at:
        sys.stdin.read()

for round_ in range(1, 1000):
    with store.write() as connection:
        run = runs.begin_run(connection, source_id, holder="w", now=now, lease_s=60)
        staging.stage(connection, run.id, (
            staging.StagedRecord(
                record_id=record_id(iri, str(n)), local_id=str(n), kind="actor",
                raw=b"raw", raw_hash=f"{round_}", processing_version="v1",
                document={"n": n, "round": round_}, document_hash=f"{n} {round_}",
                licence="unknown",
            )
            for n in range(int(size))
        ))
    reach("staged", round_)
    with store.flip() as connection:
        staging.promote(connection, run.id, now)
        reach("promoted", round_)
        meta.put_value(connection, "round", round_)
        staging.drop_run_scratch(connection, run.id)
        runs.finish_run(connection, run.id, "published", now=now, counts={})
        reach("finished", round_)
    reach("committed", round_)
"""


@contextmanager
def _worker(address: str, federation: Any, stop_at: str) -> Iterator["subprocess.Popen[str]"]:
    now = federation.clock.now.isoformat()
    arguments = [address, SOURCE, federation.iri(SOURCE), str(SIZE), stop_at, now]
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # SIGKILL: nothing of the worker's own runs any more


def _wait_for(process: "subprocess.Popen[str]", step: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == step:
            return
    pytest.fail(f"the worker ended before it reached {step!r}")


def _rounds(store: Store) -> tuple[Any, set[int], int]:
    """The round that was noted, those that the records are of, and how many records there are."""
    with store.read() as connection:
        stored = records.stored(connection, list(records.live_ids(connection, SOURCE)))
        documents = [one.document for one in stored if one.document is not None]
        return meta.value(connection, "round"), {one["round"] for one in documents}, len(documents)


@pytest.mark.parametrize(
    ("killed_at", "in_force"),
    [("staged 2", 1), ("promoted 2", 1), ("finished 2", 1), ("committed 2", 2)],
)
def test_a_kill_leaves_the_state_before_or_after_the_flip(
    store: Store, store_address: str, federation: Any, killed_at: str, in_force: int
) -> None:
    federation.add(SOURCE)
    with _worker(store_address, federation, killed_at) as worker:
        _wait_for(worker, killed_at)
    assert _rounds(store) == (in_force, {in_force}, SIZE)

    # The source is not blocked for ever: once the lease is over, the next run takes it.
    federation.clock.forward(seconds=61)
    with store.write() as connection:
        reaped = [run.number for run in runs.reap(connection, federation.clock.now)]
    assert reaped == ([] if in_force == 2 else [2])
    federation.say(SOURCE, {"0": "Nachfolger"})


def test_a_kill_at_any_moment_leaves_one_round_whole(
    store: Store, store_address: str, federation: Any
) -> None:
    federation.add(SOURCE)
    with _worker(store_address, federation, "never") as worker:
        _wait_for(worker, "promoted 4")  # it goes on; where the signal meets it is chance
    noted, rounds, size = _rounds(store)
    assert rounds == {noted}
    assert noted >= 3
    assert size == SIZE
