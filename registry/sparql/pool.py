"""Runs public queries in a few processes, so that no query can harm the host or another query.

pyoxigraph can neither cancel a query nor bound its memory, and deep nesting ends its process. So
each query runs in a worker process that is killed at the deadline. The thread that asks talks to
the worker itself: schedule.py says whose turn it is, keeper.py keeps workers ready.
"""

import json
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from registry.errors import Busy, RegistryError
from registry.project.remote.address import GraphAddress
from registry.sparql import endings, frames
from registry.sparql.answers import QueryAnswer
from registry.sparql.forms import GRAPH_TYPES, RESULT_TYPES
from registry.sparql.keeper import Keeper
from registry.sparql.process import WorkerGone, WorkerProcess
from registry.sparql.schedule import PoolLimits, Schedule, Turn, closing, failed

_MOMENT_S: Final = 0.1
"""A query that takes longer lets all others have the processor first."""


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """For /status: what goes on, what has happened since the start, and how workers are confined.

    `network` is "seccomp", "namespace" or "none" (see isolation.py), "server" where workers ask a
    server, or "unknown" while no worker is up. `outcomes` counts answers, restarts and the codes of
    errors.
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

    The keeper and the workers start with the first query, not before: a web server may fork after
    the pool was made.
    """

    def __init__(self, graph: Path | GraphAddress, limits: PoolLimits | None = None) -> None:
        """`graph` is its folder (project/graph.py), or the server that holds it."""
        self.limits = limits or PoolLimits()
        self.graph = graph
        self._schedule = Schedule(self.limits)
        self._starting = threading.Lock()
        self._keeper: Keeper | None = None

    def start(self) -> None:
        """Start the workers now rather than with the first query."""
        with self._starting:
            if self._keeper is None and not self._schedule.closed:
                self._keeper = Keeper(self._schedule, self.graph, self.limits.memory_bytes)
                self._keeper.start()

    def query(
        self,
        text: str,
        media_type: str,
        *,
        deadline_s: float | None = None,
        default_graph_uris: Sequence[str] = (),
        named_graph_uris: Sequence[str] = (),
        names_graphs: bool = False,
    ) -> QueryAnswer:
        """Evaluate a checked query (guard.py) on the newest snapshot; returns the whole answer.

        `deadline_s` can shorten the pool's, not extend it. `names_graphs`: the text itself does.

        Raises:
            KeyError: `media_type` is none of forms.py.
            Busy: too many wait, or this one waited too long; `retry_after_s` says when to return.
            NoSnapshot: the graph was not built yet.
            QuerySyntaxError: the text is no SPARQL query.
            DeadlineExceeded, OutOfMemory, ResultTooLarge, QueryTooComplex: it costs too much.
            QueryFailed: the store cannot answer.
            GraphAway, GraphMoves: nor can the server of the graph now.
            QueryAbandoned: the pool is closed.
        """
        request = {
            "query": text,
            "format": RESULT_TYPES.get(media_type) or GRAPH_TYPES[media_type],
            "default_graph_uris": list(default_graph_uris),
            "named_graph_uris": list(named_graph_uris),
            "names_graphs": names_graphs,
            "max_result_bytes": self.limits.max_result_bytes,
        }
        deadline_s = min(deadline_s or self.limits.deadline_s, self.limits.deadline_s)
        if self._keeper is None:
            self.start()
        try:
            answer = self._answer(json.dumps(request).encode(), media_type, deadline_s)
        except RegistryError as error:
            if error.code != Busy.code:  # that one the schedule has counted
                self._schedule.count(error.code)
            raise
        self._schedule.count("answered")
        return answer

    def status(self) -> PoolStatus:
        """How the pool is doing."""
        running, long_running, waiting, outcomes = self._schedule.figures()
        workers = self._schedule.workers()
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
            if self._keeper:
                self._keeper.join()

    def _answer(self, request: bytes, media_type: str, deadline_s: float) -> QueryAnswer:
        """Have it answered by a worker, by another where one died idle or was stopped for others.

        Raises RegistryError: why there is no answer.
        """
        turn = Turn()
        once_more = True
        for _ in range(self.limits.workers + self.limits.spares + 2):
            worker = self._schedule.take(turn)
            alive = asked = complete = False
            answer = QueryAnswer(media_type)
            try:
                worker.send(request)
                asked = True
                self._converse(turn, worker, answer, deadline_s)
                complete = True
                # Who worked for long is replaced: its memory goes back.
                alive = not turn.old and worker.step_forward()
                return answer
            except WorkerGone as gone:
                if self._schedule.closed:
                    raise closing() from gone
                # One that somebody killed while it was idle may take a query before it is gone.
                again, once_more = once_more and gone.status == -signal.SIGKILL, False
                if asked and not (turn.stopped or again):
                    raise endings.why_gone(gone) from gone
            except RegistryError:
                alive = not (worker.killed or turn.old) and worker.step_forward()
                raise
            except OSError as failure:  # no room for what a long answer is kept in
                raise failed(str(failure)) from failure
            finally:
                if not alive:
                    worker.kill()
                if not complete:
                    answer.close()
                self._schedule.give_back(turn, dead=not alive)
        raise failed("query workers end at once")

    def _converse(
        self, turn: Turn, worker: WorkerProcess, answer: QueryAnswer, deadline_s: float
    ) -> None:
        """Take the answer to what was asked, as far as the last frame.

        Raises:
            WorkerGone: the worker has ended, or was ended.
            RegistryError: why there is no answer.
        """
        started = time.monotonic()
        age_s = 0.0
        while age_s < deadline_s:
            until_s = min(self._next_look_s(turn, worker), deadline_s)
            frame = worker.receive(until_s - age_s) if age_s < until_s else None
            if frame:
                kind, payload = frame
                if kind == frames.END:
                    return
                if kind == frames.DATA:
                    answer.append(payload)
                elif kind == frames.HEAD:
                    answer.release = json.loads(payload)["release"]
                elif kind == frames.ERROR:
                    raise endings.told(json.loads(payload))
            age_s = time.monotonic() - started
            if not worker.stepped_back and age_s >= _MOMENT_S:
                worker.step_back()
            if not turn.old and age_s >= self.limits.young_s:
                self._schedule.grow_old(turn)
        worker.kill()
        raise endings.too_late(deadline_s)

    def _next_look_s(self, turn: Turn, worker: WorkerProcess) -> float:
        """The age of a query at which something is to be done about it before its deadline."""
        if turn.old:
            return self.limits.deadline_s
        return self.limits.young_s if worker.stepped_back else min(_MOMENT_S, self.limits.young_s)
