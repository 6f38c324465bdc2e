"""Work side by side: several things at once, or one reading for several takers."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import islice
from queue import Empty, Full, Queue
from typing import Final, TypeVar

T = TypeVar("T")
Batch = list[T] | None
"""Some of the things; None after the last."""

_BATCH: Final = 200
_AHEAD: Final = 4  # batches that wait for one taker
_LOOK_UP_S: Final = 0.2


class BrokenOff(Exception):
    """Inside a taker: the reading, or another taker, has failed, so nothing comes of this."""


def side_by_side(tasks: Sequence[Callable[[], None]]) -> None:
    """Do all of these at once and return when all have ended; then raise what the first raised."""
    if len(tasks) == 1:
        tasks[0]()
        return
    with ThreadPoolExecutor(max(len(tasks), 1)) as pool:
        futures = [pool.submit(task) for task in tasks]
        wait(futures)
    for future in futures:
        future.result()


def spread(things: Iterable[T], takers: Sequence[Callable[[Iterator[T]], None]]) -> None:
    """Give all the things to each taker, which runs in a thread of its own.

    They are read here, once, and no further ahead than the slowest taker allows. Whatever goes
    wrong anywhere is raised here, after all takers have met `BrokenOff` in place of their end.
    """
    broken = threading.Event()
    queues: list[Queue[Batch[T]]] = [Queue(_AHEAD) for _ in takers]

    def run(taker: Callable[[Iterator[T]], None], queue: "Queue[Batch[T]]") -> None:
        try:
            taker(_taken(queue, broken))
        except BaseException:
            broken.set()
            raise

    with ThreadPoolExecutor(max(len(takers), 1)) as pool:
        futures = [pool.submit(run, *each) for each in zip(takers, queues, strict=True)]
        try:
            rest = iter(things)
            while batch := list(islice(rest, _BATCH)):
                _hand_out(batch, queues, broken)
            _hand_out(None, queues, broken)
        except BrokenOff:
            pass  # a taker says why
        except BaseException:
            broken.set()
            raise
        wait(futures)
    errors = [error for future in futures if (error := future.exception())]
    for error in sorted(errors, key=lambda one: isinstance(one, BrokenOff)):
        raise error


def _taken(queue: "Queue[Batch[T]]", broken: threading.Event) -> Iterator[T]:
    while not broken.is_set():
        try:
            batch = queue.get(timeout=_LOOK_UP_S)
        except Empty:
            continue
        if batch is None:
            return
        yield from batch
    raise BrokenOff


def _hand_out(
    batch: Batch[T], queues: "Sequence[Queue[Batch[T]]]", broken: threading.Event
) -> None:
    for queue in queues:
        while True:
            if broken.is_set():
                raise BrokenOff
            try:
                queue.put(batch, timeout=_LOOK_UP_S)
                break
            except Full:
                continue
