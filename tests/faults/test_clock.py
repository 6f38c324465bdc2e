"""A clock that jumps, forwards or backwards: nothing lost, and the timetable goes on by itself."""

from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base as scheduler

from bench.wholeness import leftovers, sql_faults
from registry.instance import Instance, open_instance
from registry.run import timetable
from registry.run.lease import Leases
from registry.store import runs
from tests.faults.conftest import SOURCE, Registry, latest, until

JUMPS = [timedelta(days=400), timedelta(hours=3), timedelta(hours=-3), timedelta(days=-400)]


class Clock:
    """The machine's time, set forward or back."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the timetable and of the scheduler that it is made with."""
    found = Clock()

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return found().astimezone(tz)

    monkeypatch.setattr(timetable, "_now", found)
    monkeypatch.setattr(scheduler, "datetime", Shifted)
    return found


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_the_timetable_goes_on_after_the_clock_has_jumped(
    registry: Registry, clock: Clock, jump: timedelta
) -> None:
    registry.now = clock()
    registry.says("Vorher")
    registry.add('every = "1s"')
    with open_instance(registry.settings) as instance:
        worker = timetable.Timetable(instance)
        worker.start()
        try:
            until(lambda: latest(instance) == 1)
            clock.ahead = jump
            registry.says("Nachher")
            until(lambda: latest(instance) == 2)
        finally:
            worker.stop()
        assert sql_faults(instance, {}) == []
        assert leftovers(instance) == []


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_what_a_dead_worker_left_before_the_jump_is_taken_up(
    registry: Registry, clock: Clock, jump: timedelta
) -> None:
    registry.now = clock()
    registry.says("Vorher")
    registry.add('every = "1s"')
    with open_instance(registry.settings) as instance:
        assert _forsaken(instance, clock)
        clock.ahead = jump
        worker = timetable.Timetable(instance)
        worker.start()
        try:
            until(lambda: latest(instance) == 1)
        finally:
            worker.stop()
        with instance.store.read() as conn:
            states = {run.state for run in runs.runs_of(conn, "musterhub")}
        assert states == {"published", "abandoned"} or states == {
            "published",
            "abandoned",
            "unchanged",
        }
        assert leftovers(instance) == []


def _forsaken(instance: Instance, clock: Clock) -> object:
    return Leases(instance.store, clock).begin(SOURCE)
