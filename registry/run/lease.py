"""The leases of the runs that one worker holds: taken, renewed as it gets on, given back."""

import platform
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from os import getpid
from typing import Final

from sqlalchemy import Connection

from harvester.errors import HarvestError
from registry.errors import LeaseLost
from registry.store import runs
from registry.store.engine import Store
from registry.store.runs import Run

LEASE_S: Final = 600.0
"""Longer than any one page may take (`FetchLimits`), as a run shows life between pages only."""

_RENEWALS: Final = 10
"""A lease is renewed when a tenth of it is over."""

Clock = Callable[[], datetime]


class RunStopped(HarvestError):
    """The worker was told to end; the run is given up, the source stays due."""

    def __init__(self) -> None:
        super().__init__(
            "run.stopped",
            de="Der Lauf wurde abgebrochen, weil das Programm beendet wurde. Nichts hiervon wurde "
            "veröffentlicht; beim nächsten Start ist die Quelle wieder an der Reihe.",
            en="The run was broken off because the program was ended. Nothing of it was published; "
            "the source is due again at the next start.",
        )


class Leases:
    """What one worker holds. May be shared by its threads, each of which keeps its own run."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        lease_s: float = LEASE_S,
        stopped: threading.Event | None = None,
    ) -> None:
        """`stopped` ends every run that is still being read, at its next sign of life."""
        self._store, self._clock, self._lease_s = store, clock, lease_s
        self._stopped = stopped or threading.Event()
        self._renew_at: dict[int, datetime] = {}
        self._reading: dict[int, Run] = {}
        self._waiting: set[int] = set()

    def begin(self, source_id: str) -> Run | None:
        """Begin a run of the source; None while another worker reads it."""
        now = self._clock()
        with self._store.write() as conn:
            run = runs.begin_run(conn, source_id, holder=_holder(), now=now, lease_s=self._lease_s)
        if run:
            self._reading[run.id] = run
            self._renew_at[run.id] = self._next(now)
        return run

    def keep(self, run: Run) -> None:
        """Show that the run gets on; cheap, so call it often.

        Raises:
            RunStopped: the worker is to end.
            LeaseLost: the run was taken for dead meanwhile.
        """
        if self._stopped.is_set():
            raise RunStopped
        if self._is_time(run.id):
            with self._store.write() as conn:
                self.renew(conn, run.id)
        self.keep_waiting()

    def now(self) -> datetime:
        """The worker's time."""
        return self._clock()

    def renew(self, conn: Connection, run_id: int) -> None:
        """Renew a lease in a transaction of the caller's. Raises LeaseLost."""
        now = self._clock()
        runs.heartbeat(conn, run_id, now=now, lease_s=self._lease_s)
        self._renew_at[run_id] = self._next(now)

    def wait(self, run: Run) -> None:
        """From now on the run only waits to be published; `keep` and `keep_waiting` renew it."""
        self._waiting.add(run.id)
        self._reading.pop(run.id, None)

    def reading(self) -> list[Run]:
        """The runs that still read their source."""
        return list(self._reading.values())

    def keep_waiting(self) -> None:
        """Renew the leases of runs that wait; one that was lost is found out when published."""
        for run_id in [id_ for id_ in self._waiting.copy() if self._is_time(id_)]:
            try:
                with self._store.write() as conn:
                    self.renew(conn, run_id)
            except LeaseLost:
                self._waiting.discard(run_id)

    def end(self, run: Run) -> None:
        """The run has ended in the store; nothing of it is to be renewed."""
        self._reading.pop(run.id, None)
        self._waiting.discard(run.id)
        self._renew_at.pop(run.id, None)

    def _is_time(self, run_id: int) -> bool:
        due = self._renew_at.get(run_id)
        return due is not None and self._clock() >= due

    def _next(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._lease_s / _RENEWALS)


def _holder() -> str:
    """This worker; its threads agree among themselves who reads which hub."""
    return f"{platform.node()}:{getpid()}"
