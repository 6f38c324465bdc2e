"""The thread that attends one query worker: gives it queries, ends it in time, starts the next."""

import json
import threading
import time
from pathlib import Path
from typing import Any, Final

from registry.errors import RegistryError
from registry.sparql import frames
from registry.sparql.errors import (
    DeadlineExceeded,
    NoSnapshot,
    OutOfMemory,
    QueryAbandoned,
    QueryFailed,
    QuerySyntaxError,
    QueryTooComplex,
    ResultTooLarge,
)
from registry.sparql.process import WorkerGone, WorkerProcess
from registry.sparql.schedule import Job, PoolLimits, Schedule, Verdict

_GLANCE_S: Final = 0.1
"""How often a running query is looked at: does somebody still wait, has it grown long?"""

_MEMORY_WORDS: Final = ("memory allocation", "bad_alloc", "Cannot allocate memory", "MemoryError")


class Stopped(Exception):
    """The query was ended to let a younger one run."""


class Attendant(threading.Thread):
    """Owns one worker process, which ends with this thread; one query at a time."""

    def __init__(self, schedule: Schedule, folder: Path, limits: PoolLimits) -> None:
        super().__init__(name="sparql-attendant", daemon=True)
        self._schedule = schedule
        self._folder = folder
        self._limits = limits
        self.worker: WorkerProcess | None = None

    def run(self) -> None:
        """Attend until the pool closes."""
        try:
            self._replace_worker()
            while job := self._schedule.next_job():
                self._attend(job)
                if self.worker is None:
                    self._replace_worker()
        finally:
            self._kill_worker()

    def _attend(self, job: Job) -> None:
        error: RegistryError | None = None
        try:
            self._run(job)
        except Stopped:
            self._kill_worker()
            self._schedule.again(job)
            return
        except RegistryError as failure:
            error = failure
        except Exception as failure:  # noqa: BLE001 - whatever it is, other queries need this thread
            self._kill_worker()
            error = _failed(f"{type(failure).__name__}: {failure}")
        self._schedule.done(job, error)

    def _run(self, job: Job) -> None:
        """Have the worker answer; returns when the answer is whole.

        Raises:
            Stopped: another query needs the worker more.
            RegistryError: why there is no answer.
        """
        job.answer.begin()
        worker = self._ask(job)
        started = time.monotonic()
        try:
            while True:
                left_s = started + job.deadline_s - time.monotonic()
                frame = worker.receive(min(max(left_s, 0), _GLANCE_S))
                if frame and self._take(job, *frame):
                    return
                self._check(job, time.monotonic() - started)
        except WorkerGone as gone:
            self.worker = None
            raise _why_gone(gone) from gone

    def _ask(self, job: Job) -> WorkerProcess:
        """Give the query to a worker; one that died while idle is replaced once."""
        for _ in range(2):
            if self.worker is None:
                self._replace_worker()
            worker = self.worker
            if worker is None:
                continue
            try:
                worker.send(job.request)
                if worker.receive(job.deadline_s) == (frames.ACCEPTED, b""):
                    return worker
                self._kill_worker()
            except WorkerGone:
                self.worker = None
        raise _failed("no query worker can be started")

    def _take(self, job: Job, kind: bytes, payload: bytes) -> bool:
        """Deal with one frame of an answer; True when it was the last one."""
        if kind == frames.HEAD:
            job.answer.release = json.loads(payload)["release"]
        elif kind == frames.DATA:
            job.answer.append(payload)
        elif kind == frames.ERROR:
            raise _error(json.loads(payload))
        return kind == frames.END

    def _check(self, job: Job, age_s: float) -> None:
        """End the query if its time is up, nobody waits, or another one needs the place."""
        if job.answer.abandoned:
            self._kill_worker()
            raise QueryAbandoned("Niemand wartet mehr.", "Nobody waits any more.")
        if age_s >= job.deadline_s:
            self._kill_worker()
            raise DeadlineExceeded(
                f"Abgebrochen nach {job.deadline_s:g} Sekunden. Die Abfrage eingrenzen, mit LIMIT "
                "versehen oder einen Dump verwenden.",
                f"Ended after {job.deadline_s:g} seconds. Narrow the query, give it a LIMIT, or "
                "use a dump.",
            )
        # Who streams cannot be started again, so it needs a long place first.
        streams = job.answer.size >= self._limits.held_back_bytes
        if job.answer.handed_out or not (streams or age_s >= self._limits.young_s):
            return
        verdict = self._schedule.judge(job, old=age_s >= self._limits.young_s)
        if verdict is Verdict.STOP:
            raise Stopped
        if verdict is Verdict.LONG and streams:
            job.answer.hand_out()

    def _replace_worker(self) -> None:
        """Start a worker; where that fails, the next query tries again."""
        self._kill_worker()
        try:
            self.worker = WorkerProcess(self._folder, self._limits.memory_bytes)
        except (WorkerGone, OSError):
            self.worker = None

    def _kill_worker(self) -> None:
        if self.worker is not None:
            self.worker.kill()
            self.worker = None


def _why_gone(gone: WorkerGone) -> RegistryError:
    """What a query did to its process, from the process's last words."""
    if any(words in gone.last_words for words in _MEMORY_WORDS):
        return _out_of_memory()
    if gone.status in (-6, -11):  # SIGABRT, SIGSEGV: the stack is used up
        return QueryTooComplex(
            "Die Abfrage ist zu verschachtelt oder hat zu lange Ketten; bitte aufteilen.",
            "The query is nested too deep or has chains that are too long; split it.",
        )
    if gone.status == -9:  # not by us: the kernel needed the memory
        return _out_of_memory()
    return _failed(f"worker status {gone.status}")


def _error(told: dict[str, Any]) -> RegistryError:
    """The error that a living worker told of."""
    kind, message = told["kind"], told["message"]
    if kind in ("syntax", "evaluation"):
        return QuerySyntaxError(f"Fehler in der Abfrage: {message}", f"Query error: {message}")
    if kind == "out_of_memory":
        return _out_of_memory()
    if kind == "result_too_large":
        return ResultTooLarge(
            "Die Antwort ist zu groß: mit LIMIT und OFFSET blättern oder einen Dump verwenden.",
            "The answer is too large: page with LIMIT and OFFSET, or use a dump.",
        )
    if kind == "no_snapshot":
        return NoSnapshot(
            "Der Graph wird noch aufgebaut; in Kürze noch einmal versuchen.",
            "The graph is still being built; try again soon.",
        )
    return _failed(message)


def _out_of_memory() -> OutOfMemory:
    return OutOfMemory(
        "Die Abfrage braucht zu viel Speicher; bitte eingrenzen.",
        "The query needs too much memory; narrow it.",
    )


def _failed(reason: str) -> QueryFailed:
    return QueryFailed(
        f"Der Graph konnte nicht gelesen werden ({reason}); später noch einmal versuchen.",
        f"The graph could not be read ({reason}); try again later.",
    )
