"""Which query runs next, and which has to make way.

A query is *young* at first. After `young_s` it is *long*, and long queries may occupy all workers
but one. A query that grows long while the long places are taken goes on until a young one waits;
then it is stopped and started again when a long place is free. What waits beyond the queue is
refused at once.
"""

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum, auto

from registry.errors import Busy, RegistryError
from registry.sparql.answers import AnswerInMaking
from registry.sparql.errors import QueryAbandoned


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """What one query may cost, and how many may run and wait.

    A worker that has opened a snapshot reserves up to 0.6 GiB of address space, although it uses
    30 MiB of memory; so `memory_bytes` below 1 GiB leaves little for queries.
    """

    workers: int = 2
    queue: int = 16
    memory_bytes: int = 2 << 30
    deadline_s: float = 10.0
    max_result_bytes: int = 100 << 20
    young_s: float = 1.0
    held_back_bytes: int = 1 << 20


class Verdict(Enum):
    """What becomes of a query that wants more than a young one gets."""

    LONG = auto()
    ON_SUFFERANCE = auto()
    STOP = auto()


@dataclass(slots=True, eq=False)
class Job:
    """One query on its way through the pool."""

    request: dict[str, object]
    deadline_s: float
    answer: AnswerInMaking = field(default_factory=AnswerInMaking)
    long: bool = False


class Schedule:
    """The queues, and what runs; shared by the threads that ask and those that attend."""

    def __init__(self, limits: PoolLimits) -> None:
        self._limits = limits
        self._changed = threading.Condition()
        self._young: deque[Job] = deque()
        self._long: deque[Job] = deque()
        self._running: set[Job] = set()
        self._outcomes: Counter[str] = Counter()
        self._closed = False

    def admit(self, job: Job) -> None:
        """Queue a query.

        Raises:
            Busy: too many wait already.
            QueryAbandoned: the pool is closed.
        """
        with self._changed:
            if self._closed:
                raise _closing()
            # Those that an idle worker is about to take do not count as waiting.
            idle = max(0, self._limits.workers - len(self._running))
            if self._waiting() >= self._limits.queue + idle:
                raise self._busy()
            self._young.append(job)
            self._changed.notify_all()

    def give_up(self, job: Job) -> None:
        """The query has waited long enough, if it still waits.

        Raises:
            Busy: it did, and waits no more.
        """
        with self._changed:
            for queue in (self._young, self._long):
                if job in queue:
                    queue.remove(job)
                    raise self._busy()

    def next_job(self) -> Job | None:
        """Wait for a query to run; None when the pool closes."""
        with self._changed:
            while not self._closed:
                if self._long and self._long_place_free():
                    job = self._long.popleft()
                    job.long = True
                elif self._young:
                    job = self._young.popleft()
                else:
                    self._changed.wait()
                    continue
                if not job.answer.abandoned:
                    self._running.add(job)
                    return job
            return None

    def judge(self, job: Job, *, old: bool) -> Verdict:
        """What becomes of a running query that has grown old or wants to stream a large answer."""
        with self._changed:
            if job.long or self._long_place_free():
                job.long = True
                return Verdict.LONG
            return Verdict.STOP if old and self._young else Verdict.ON_SUFFERANCE

    def again(self, job: Job) -> None:
        """The query was stopped for a younger one: run it when a long place is free."""
        with self._changed:
            self._running.discard(job)
            self._long.append(job)
            self._outcomes["restarted"] += 1
            self._changed.notify_all()

    def done(self, job: Job, error: RegistryError | None) -> None:
        """The query has ended, well or with an error."""
        with self._changed:
            self._running.discard(job)
            self._outcomes[error.code if error else "answered"] += 1
            self._changed.notify_all()
        if error:
            job.answer.fail(error)
        else:
            job.answer.finish()

    def close(self) -> None:
        """Admit no more; what runs or waits fails, and `next_job` returns None."""
        with self._changed:
            self._closed = True
            for job in (*self._young, *self._long, *self._running):
                job.answer.fail(_closing())
                job.answer.abandon()
            self._young.clear()
            self._long.clear()
            self._changed.notify_all()

    def figures(self) -> tuple[int, int, int, dict[str, int]]:
        """How many run, run long, and wait; and how often queries ended how."""
        with self._changed:
            long_running = sum(job.long for job in self._running)
            return len(self._running), long_running, self._waiting(), dict(self._outcomes)

    def _waiting(self) -> int:
        return len(self._young) + len(self._long)

    def _long_place_free(self) -> bool:
        places = max(1, self._limits.workers - 1)
        return sum(job.long for job in self._running) < places

    def _busy(self) -> Busy:
        self._outcomes[Busy.code] += 1
        expected_s = (self._waiting() + 1) * self._limits.young_s / self._limits.workers
        after_s = max(1, round(expected_s))
        return Busy(
            f"Zu viele Abfragen warten; in {after_s} Sekunden noch einmal versuchen.",
            f"Too many queries are waiting; try again in {after_s} seconds.",
            retry_after_s=after_s,
        )


def _closing() -> QueryAbandoned:
    return QueryAbandoned(
        "Der Server wird beendet; später noch einmal versuchen.",
        "The server is shutting down; try again later.",
    )
