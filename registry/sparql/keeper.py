"""The thread that keeps the query workers: starts them, replaces the dead, ends them all."""

import threading
from contextlib import suppress
from pathlib import Path

from registry.project.remote.address import GraphAddress
from registry.sparql.process import WorkerGone, WorkerProcess
from registry.sparql.schedule import Schedule


class Keeper(threading.Thread):
    """Keeps as many workers as the schedule wants.

    A worker's life ends with the thread that started it, so one thread starts them all. It is also
    the one that waits for the killed, which can take as long as giving back their memory does.
    """

    def __init__(self, schedule: Schedule, graph: Path | GraphAddress, memory_bytes: int) -> None:
        super().__init__(name="sparql-keeper", daemon=True)
        self._schedule = schedule
        self._graph = graph
        self._memory_bytes = memory_bytes

    def run(self) -> None:
        """Keep the workers until the pool closes."""
        try:
            while self._schedule.wait_for_vacancy():
                if self._schedule.lacks_worker():
                    self._start()
                self._reap(self._schedule.take_dead())
        finally:
            self._reap(self._schedule.take_all())

    def _start(self) -> None:
        try:
            self._schedule.add(WorkerProcess(self._graph, self._memory_bytes))
        except (WorkerGone, OSError) as failure:
            self._schedule.start_failed(str(failure))

    def _reap(self, workers: list[WorkerProcess]) -> None:
        for worker in workers:
            with suppress(OSError):
                worker.end()
