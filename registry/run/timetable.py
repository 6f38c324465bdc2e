"""The worker: harvests what is due, publishes what is ready, reaps what was abandoned."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler

from registry.errors import RegistryError
from registry.instance import Instance
from registry.run.harvest import Report, await_turn, publish, stage_source
from registry.run.stage import Staged
from registry.store import hubs, runs

log = logging.getLogger(__name__)

TICK_S: Final = 1.0
_HARVESTERS: Final = 2
_POLL_S: Final = 0.5
_REAP_EVERY: Final = timedelta(seconds=30)


class Timetable:
    """Harvests every source by its own timetable until `stop`; any number may share a store."""

    def __init__(
        self, instance: Instance, on_report: Callable[[Report], None] | None = None
    ) -> None:
        self._instance = instance
        self._on_report = on_report or _log
        self._ready: queue.Queue[Staged] = queue.Queue()
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(_HARVESTERS, thread_name_prefix="harvest")
        self._busy: set[str] = set()
        self._reap_at = datetime.min.replace(tzinfo=UTC)
        self._publisher = threading.Thread(target=self._publish, name="publish")
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin; returns at once."""
        self._publisher.start()
        self._scheduler.add_job(
            self._tick, "interval", seconds=TICK_S, max_instances=1, coalesce=True,
            misfire_grace_time=None, next_run_time=datetime.now(UTC),
        )  # fmt: skip
        self._scheduler.start()

    def stop(self) -> None:
        """Let running harvests end, publish what is ready, and return."""
        self._scheduler.shutdown(wait=True)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._stopped.set()
        self._publisher.join()

    def _tick(self) -> None:
        now = datetime.now(UTC)
        try:
            if now >= self._reap_at:
                self._reap_at = now + _REAP_EVERY
                with self._instance.store.write() as conn:
                    runs.reap(conn, now)
            with self._instance.store.read() as conn:
                due = hubs.sources(conn, due_before=now)
        except RegistryError as error:
            log.warning("the timetable waits: %s", error)
            return
        for source in due:
            if source.id not in self._busy:
                self._busy.add(source.id)
                self._pool.submit(self._harvest, source.id)

    def _harvest(self, source_id: str) -> None:
        try:
            outcome = stage_source(self._instance, source_id, _now)
        except RegistryError as error:
            log.warning("harvest of %s: %s", source_id, error)
            self._busy.discard(source_id)
        except Exception:  # a defect in one source's reading must not end all others'
            log.exception("harvest of %s", source_id)
            self._busy.discard(source_id)
        else:
            if isinstance(outcome, Staged):
                self._ready.put(outcome)
            else:
                self._busy.discard(source_id)
                self._on_report(outcome)

    def _publish(self) -> None:
        while not (self._stopped.is_set() and self._ready.empty()):
            try:
                first = self._ready.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            await_turn(self._instance, _now, self._stopped)
            staged = [first, *_drained(self._ready)]
            try:
                for report in publish(self._instance, staged, _now):
                    self._on_report(report)
            except RegistryError as error:
                # Nothing of it was published; the runs' leases end and the next ones start afresh.
                log.warning("publishing: %s", error)
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
    if report.state != "unchanged":
        log.info(
            "%s: %s %s", report.source_id, report.state, report.counts or report.explanation or ""
        )
