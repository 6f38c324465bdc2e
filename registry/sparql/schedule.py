"""Which query gets a worker next, and which has to make way.

A query is *young* at first. After `young_s` it is *old*: it takes a long place, and long queries
may occupy all places but one. An old query that finds the long places taken goes on until a young
one waits for its place; then it is stopped and started again when a long place is free. What waits
beyond the queue is refused at once.

The threads that ask run their queries themselves; here they get a worker and give it back. There
are more workers than places, so that one that was killed is replaced at once.
"""

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

from registry.errors import Busy, RegistryError
from registry.sparql.errors import QueryAbandoned, QueryFailed
from registry.sparql.process import WorkerProcess

_RETRY_S: Final = 1.0
"""Pause after a worker could not be started, unless a query asks sooner."""
_CLOSE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """What one query may cost, and how many may run and wait; `spares` are ready beside those.

    A worker that has opened a snapshot reserves up to 0.6 GiB of address space, although it uses
    30 MiB of memory; so `memory_bytes` below 1 GiB leaves little for queries.
    """

    workers: int = 2
    spares: int = 1
    queue: int = 16
    memory_bytes: int = 2 << 30
    deadline_s: float = 10.0
    max_result_bytes: int = 100 << 20
    young_s: float = 1.0


@dataclass(slots=True, eq=False)
class Turn:
    """One query on its way through the pool."""

    worker: WorkerProcess | None = None
    error: RegistryError | None = None
    old: bool = False
    long: bool = False
    stopped: bool = False
    called: threading.Event = field(default_factory=threading.Event)


class Schedule:
    """The queues, what runs, and the workers; shared by the threads that ask and the keeper."""

    def __init__(self, limits: PoolLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._vacancy = threading.Condition(self._lock)
        self._idle: list[WorkerProcess] = []
        self._dead: list[WorkerProcess] = []
        self._young: deque[Turn] = deque()
        self._long: deque[Turn] = deque()
        self._running: set[Turn] = set()
        self._outcomes: Counter[str] = Counter()
        self._pause = False
        self._closed = False

    # The side of the threads that ask

    def take(self, turn: Turn) -> WorkerProcess:
        """Wait for a worker; one that was stopped before waits for a long place.

        Raises:
            Busy: too many wait already, or this one has waited too long.
            QueryAbandoned: the pool is closed.
            QueryFailed: no worker can be started.
        """
        with self._lock:
            if self._closed:
                raise closing()
            if turn.stopped:
                turn.stopped = False
                self._long.append(turn)
                self._outcomes["restarted"] += 1
            else:
                # Those that a free place is about to take do not count as waiting.
                free = max(0, self._limits.workers - len(self._running))
                if self._waiting() >= self._limits.queue + free:
                    raise self._busy()
                self._young.append(turn)
            self._deal()
            if turn.worker is None:
                self._vacancy.notify()
        if turn.worker is None:
            self._wait(turn)
        if turn.error:
            raise turn.error
        assert turn.worker  # noqa: S101 - who is called has one of both
        return turn.worker

    def give_back(self, turn: Turn, *, dead: bool) -> None:
        """The turn is over; `dead` says that the worker was killed or has ended."""
        with self._lock:
            self._running.discard(turn)
            worker, turn.worker = turn.worker, None
            if worker:
                # Who is stopped in its last moment gives back a dead worker without knowing it.
                lost = dead or turn.stopped or self._closed
                (self._dead if lost else self._idle).append(worker)
                if lost:
                    self._vacancy.notify()
            turn.called.clear()
            self._deal()

    def count(self, outcome: str) -> None:
        """Count how a query ended."""
        with self._lock:
            self._outcomes[outcome] += 1

    def grow_old(self, turn: Turn) -> None:
        """The query has been running for long."""
        with self._lock:
            turn.old = True
            self._deal()

    def close(self) -> None:
        """Admit no more; what runs or waits fails."""
        with self._lock:
            self._closed = True
            self._fail_waiting(closing())
            for turn in self._running:
                if turn.worker:
                    turn.worker.kill()
            self._vacancy.notify()

    @property
    def closed(self) -> bool:
        """Whether the pool is closed."""
        return self._closed

    # The side of the keeper

    def wait_for_vacancy(self) -> bool:
        """Wait until there is something for the keeper to do; False when the pool closes."""
        with self._lock:
            if self._pause:
                self._vacancy.wait_for(lambda: self._closed or self._waiting(), _RETRY_S)
                self._pause = False
            self._vacancy.wait_for(lambda: self._closed or self._dead or self._lacking())
            return not self._closed

    def lacks_worker(self) -> bool:
        """Whether a worker is to be started."""
        with self._lock:
            return self._lacking()

    def add(self, worker: WorkerProcess) -> None:
        """A worker is ready."""
        with self._lock:
            self._idle.append(worker)
            self._deal()

    def start_failed(self, reason: str) -> None:
        """No worker could be started; where there is no other either, nobody waits in vain."""
        with self._lock:
            self._pause = True
            if not self._idle and not self._running:
                self._fail_waiting(failed(f"no query worker can be started: {reason}"))

    def take_dead(self) -> list[WorkerProcess]:
        """The workers that were killed since the last call."""
        with self._lock:
            dead, self._dead = self._dead, []
            return dead

    def take_all(self) -> list[WorkerProcess]:
        """All workers, when those that were killed at the close are given back."""
        with self._lock:
            self._closed = True
            self._vacancy.wait_for(lambda: not self._running, _CLOSE_S)
            left = [turn.worker for turn in self._running if turn.worker]
            every = [*left, *self._idle, *self._dead]
            self._idle, self._dead = [], []
            return every

    # Both sides

    def figures(self) -> tuple[int, int, int, dict[str, int]]:
        """How many run, run long, and wait; and how often queries ended how."""
        with self._lock:
            long_running = sum(turn.long for turn in self._running)
            return len(self._running), long_running, self._waiting(), dict(self._outcomes)

    def workers(self) -> list[WorkerProcess]:
        """Those that live."""
        with self._lock:
            return [*(turn.worker for turn in self._running if turn.worker), *self._idle]

    def _deal(self) -> None:
        """Give places to those whose turn it is; called under the lock whenever something changed.

        First the old take what long places there are; then, if young ones wait for a place and
        not for a worker, as many of the other old ones are stopped.
        """
        for turn in self._running:
            if turn.old and not turn.long and not turn.stopped and self._long_place_free():
                turn.long = True
        while self._idle and len(self._running) < self._limits.workers and (next_ := self._next()):
            next_.worker = self._idle.pop()
            self._running.add(next_)
            next_.called.set()
        if not self._young:
            return
        coming = self._limits.workers - len(self._running) + sum(t.stopped for t in self._running)
        for turn in self._running:
            if len(self._young) > coming and turn.old and not turn.long and not turn.stopped:
                turn.stopped = True
                coming += 1
                if turn.worker:
                    turn.worker.kill()

    def _next(self) -> Turn | None:
        if self._long and self._long_place_free():
            turn = self._long.popleft()
            turn.long = True
            return turn
        return self._young.popleft() if self._young else None

    def _wait(self, turn: Turn) -> None:
        while not turn.called.wait(self._limits.deadline_s):
            with self._lock:
                if len(self._running) < self._limits.workers:
                    continue  # a worker is being started
                for queue in (self._young, self._long):
                    if turn in queue:
                        queue.remove(turn)
                        raise self._busy()

    def _fail_waiting(self, error: RegistryError) -> None:
        for turn in (*self._young, *self._long):
            turn.error = error
            turn.called.set()
        self._young.clear()
        self._long.clear()

    def _lacking(self) -> bool:
        wanted = self._limits.workers + self._limits.spares
        return len(self._idle) + len(self._running) < wanted

    def _waiting(self) -> int:
        return len(self._young) + len(self._long)

    def _long_place_free(self) -> bool:
        places = max(1, self._limits.workers - 1)
        return sum(turn.long for turn in self._running) < places

    def _busy(self) -> Busy:
        self._outcomes[Busy.code] += 1
        expected_s = (self._waiting() + 1) * self._limits.young_s / self._limits.workers
        after_s = max(1, round(expected_s))
        return Busy(
            f"Zu viele Abfragen warten; in {after_s} Sekunden noch einmal versuchen.",
            f"Too many queries are waiting; try again in {after_s} seconds.",
            retry_after_s=after_s,
        )


def closing() -> QueryAbandoned:
    """What a query gets whose pool is closed."""
    return QueryAbandoned(
        "Der Server wird beendet; später noch einmal versuchen.",
        "The server is shutting down; try again later.",
    )


def failed(reason: str) -> QueryFailed:
    """What a query gets for which the store or a worker could not do its part."""
    return QueryFailed(
        f"Der Graph konnte nicht gelesen werden ({reason}); später noch einmal versuchen.",
        f"The graph could not be read ({reason}); try again later.",
    )
