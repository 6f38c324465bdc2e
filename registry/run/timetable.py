"""The worker: harvests what is due, publishes what is ready, reaps what was abandoned."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from registry.errors import RegistryError
from registry.instance import Instance
from registry.run import endings
from registry.run.endings import Report
from registry.run.harvest import await_turn, publish, stage_source
from registry.run.lease import LEASE_S, Leases, RunStopped
from registry.run.staged import Staged
from registry.store import hubs, runs

log = logging.getLogger(__name__)

TICK_S: Final = 1.0
HARVESTERS: Final = 16
"""So many hubs are read at once, each by one run: most of the time a run waits for its hub."""

STOP_S: Final = 10.0
"""So long `stop` waits for runs that are being read."""

_TICK: Final = "tick"
_MOST_TICKS_MISSED: Final = 5
_POLL_S: Final = 0.5
_MOST_REAPS: Final = 20  # so many times in the span of a lease


class _Ticking(BaseTrigger):  # type: ignore[misc] # it ships no types
    """Again a second from now. APScheduler's own interval counts each second that a clock leapt
    over: half a minute for a year, and hours where a machine starts in 1970."""

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return now + timedelta(seconds=TICK_S) if previous else now


class Timetable:
    """Harvests every source by its own timetable until `stop`; any number may share a store."""

    def __init__(
        self,
        instance: Instance,
        on_report: Callable[[Report], None] | None = None,
        *,
        lease_s: float = LEASE_S,
        stop_s: float = STOP_S,
    ) -> None:
        self._instance = instance
        self._on_report = on_report or _log
        self._stop_s = stop_s
        self._stopping = threading.Event()
        self._leases = Leases(instance.store, _now, lease_s=lease_s, stopped=self._stopping)
        self._reap_every = timedelta(seconds=lease_s / _MOST_REAPS)
        self._reap_at = datetime.min.replace(tzinfo=UTC)
        self._ready: queue.Queue[Staged] = queue.Queue()
        self._harvested = threading.Event()  # no run will become ready any more
        self._pool = ThreadPoolExecutor(HARVESTERS, thread_name_prefix="harvest")
        self._running: list[Future[None]] = []
        self._busy: set[str] = set()  # sources, from being due to being reported
        self._asked: set[str] = set()  # hubs of which a source is being read, or waits for a thread
        self._publisher = threading.Thread(target=self._publish, name="publish")
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._last_tick_s = time.monotonic()

    def start(self) -> None:
        """Begin; returns at once."""
        self._publisher.start()
        self._scheduler.add_job(
            self._tick, _Ticking(), id=_TICK, max_instances=1, coalesce=True,
            misfire_grace_time=None,
        )  # fmt: skip
        self._scheduler.start()

    def stop(self) -> None:
        """Give up the runs that are still being read, publish what is ready, and return.

        A run notices when its hub answers or the hub's time is over; after `stop_s` it is no longer
        waited for: its source is free for the next worker, and what it brings then is dropped.
        """
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._stopping.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(self._running, timeout=self._stop_s)
        for run in self._leases.reading():
            endings.give_up(self._instance, run, _now(), RunStopped())
        self._harvested.set()
        self._publisher.join()

    def _wind_up(self) -> None:
        """The scheduler goes by the clock; when that is set back, it waits for its old time."""
        if time.monotonic() - self._last_tick_s > _MOST_TICKS_MISSED * TICK_S:
            self._last_tick_s = time.monotonic()
            with suppress(JobLookupError):  # it is being shut down
                self._scheduler.reschedule_job(_TICK, trigger=_Ticking())

    def _tick(self) -> None:
        self._last_tick_s = time.monotonic()
        now = _now()
        try:
            self._leases.keep_waiting()
            if now >= self._reap_at:
                self._reap_at = now + self._reap_every
                with self._instance.store.write() as conn:
                    runs.reap(conn, now)
            with self._instance.store.read() as conn:
                due = hubs.sources(conn, due_before=now)
        except RegistryError as error:
            log.warning("the timetable waits: %s", error)
            return
        self._running = [future for future in self._running if not future.done()]
        for source in due:
            # A hub is asked for one of its sources at a time, so that none can hold all threads.
            if source.id not in self._busy and source.hub_id not in self._asked:
                self._busy.add(source.id)
                self._asked.add(source.hub_id)
                self._running.append(self._pool.submit(self._harvest, source.id, source.hub_id))

    def _harvest(self, source_id: str, hub_id: str) -> None:
        outcome: Staged | Report | None = None
        try:
            if self._still_due(source_id):
                outcome = stage_source(self._instance, source_id, _now, self._leases)
        except RegistryError as error:
            log.warning("harvest of %s: %s", source_id, error)
        except Exception:  # a defect in one source's reading must not end all others'
            log.exception("harvest of %s", source_id)
        finally:
            self._asked.discard(hub_id)
        if isinstance(outcome, Staged):
            self._ready.put(outcome)
            return
        self._busy.discard(source_id)
        if outcome:
            self._on_report(outcome)

    def _still_due(self, source_id: str) -> bool:
        """Another worker may have harvested it while it waited here for its turn."""
        with self._instance.store.read() as conn:
            return source_id in {source.id for source in hubs.sources(conn, due_before=_now())}

    def _publish(self) -> None:
        while not (self._harvested.is_set() and self._ready.empty()):
            try:
                first = self._ready.get(timeout=_POLL_S)
            except queue.Empty:
                self._wind_up()
                continue
            staged = [first]
            try:
                await_turn(self._instance, _now, self._harvested)
                staged += _drained(self._ready)
                for report in publish(self._instance, staged, _now, self._leases):
                    self._on_report(report)
            except RegistryError as error:
                log.warning("publishing: %s", error)
                for one in staged:
                    endings.give_up(self._instance, one.run, _now(), error)
                    self._leases.end(one.run)
            except Exception:
                log.exception("publishing")
            finally:
                self._busy.difference_update(one.source.id for one in staged)


def _drained(ready: "queue.Queue[Staged]") -> list[Staged]:
    found = []
    while True:
        try:
            found.append(ready.get_nowait())
        except queue.Empty:
            return found


def _now() -> datetime:
    return datetime.now(UTC)


def _log(report: Report) -> None:
    if report.state not in ("unchanged", "busy"):
        log.info("%s", report)
