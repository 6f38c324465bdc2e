"""Runs public queries in a few processes, so that no query can harm the host or another query.

pyoxigraph can neither cancel a query nor bound its memory, and deep nesting ends its process. So
each query runs in a worker process that is killed at the deadline; schedule.py says whose turn it
is, attendant.py watches over one worker, answers.py carries the answer to its reader.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.sparql.answers import AnswerChunks, QueryAnswer
from registry.sparql.attendant import Attendant
from registry.sparql.forms import GRAPH_TYPES, RESULT_TYPES
from registry.sparql.schedule import Job, PoolLimits, Schedule


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """For /status: what goes on, what has happened since the start, and how workers are confined.

    `network` is "seccomp", "namespace" or "none" (see isolation.py), or "unknown" while no worker
    is up. `outcomes` counts answers, restarts and the codes of errors.
    """

    workers: int
    running: int
    long_running: int
    waiting: int
    network: str
    worker_pids: tuple[int, ...]
    outcomes: dict[str, int]


class QueryPool:
    """The query workers of one web process; safe to share between threads.

    Threads and processes start with the first query, not before: a web server may fork after the
    pool was made.
    """

    def __init__(self, folder: Path, limits: PoolLimits | None = None) -> None:
        """`folder` is the graph's (project/graph.py); it may still be empty."""
        self.limits = limits or PoolLimits()
        self._folder = folder
        self._schedule = Schedule(self.limits)
        self._starting = threading.Lock()
        self._attendants: list[Attendant] = []

    def start(self) -> None:
        """Start the workers now rather than with the first query."""
        with self._starting:
            if not self._attendants:
                self._attendants = [
                    Attendant(self._schedule, self._folder, self.limits)
                    for _ in range(self.limits.workers)
                ]
                for attendant in self._attendants:
                    attendant.start()

    def query(
        self,
        text: str,
        media_type: str,
        *,
        deadline_s: float | None = None,
        default_graph_uris: Sequence[str] = (),
        named_graph_uris: Sequence[str] = (),
    ) -> QueryAnswer:
        """Evaluate a checked query (guard.py) on the newest snapshot.

        Returns when the answer is whole or its first `held_back_bytes` are there; later failures
        are raised by the answer's chunks. `deadline_s` can shorten the pool's, not extend it.

        Raises:
            KeyError: `media_type` is none of forms.py.
            Busy: too many wait, or this one waited too long; `retry_after_s` says when to return.
            NoSnapshot: the graph was not built yet.
            QuerySyntaxError: the text is no SPARQL query.
            DeadlineExceeded, OutOfMemory, ResultTooLarge, QueryTooComplex: it costs too much.
            QueryFailed: the store cannot answer.
        """
        request = {
            "query": text,
            "format": {**RESULT_TYPES, **GRAPH_TYPES}[media_type],
            "default_graph_uris": list(default_graph_uris),
            "named_graph_uris": list(named_graph_uris),
            "max_result_bytes": self.limits.max_result_bytes,
        }
        job = Job(request, min(deadline_s or self.limits.deadline_s, self.limits.deadline_s))
        self._schedule.admit(job)
        self.start()
        try:
            while not job.answer.wait(self.limits.deadline_s):
                self._schedule.give_up(job)
        except BaseException:
            job.answer.abandon()
            raise
        return QueryAnswer(media_type, job.answer.release, AnswerChunks(job.answer))

    def status(self) -> PoolStatus:
        """How the pool is doing."""
        running, long_running, waiting, outcomes = self._schedule.figures()
        workers = [each.worker for each in self._attendants if each.worker]
        return PoolStatus(
            workers=self.limits.workers,
            running=running,
            long_running=long_running,
            waiting=waiting,
            network=workers[0].network if workers else "unknown",
            worker_pids=tuple(worker.pid for worker in workers),
            outcomes=outcomes,
        )

    def close(self) -> None:
        """End all workers; queries that run or wait fail. Returns when every process is gone."""
        self._schedule.close()
        with self._starting:
            for attendant in self._attendants:
                attendant.join()
