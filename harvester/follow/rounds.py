"""Asks for many documents a few at a time, and of each host for one at a time."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final

from harvester.follow.leads import Answer, Lead, Unread
from harvester.follow.reasons import SILENT

AT_ONCE: Final = 8
MOST_UNANSWERED: Final = 3
"""A host that gives so many no answer, one after the other, is left alone in this run."""

_POLL_S: Final = 0.5


def ask_all(
    leads: Iterable[Lead], ask: Callable[[Lead], Answer], go_on: Callable[[], bool]
) -> Iterator[tuple[Lead, Answer]]:
    """Each lead with its answer, in the order of the answers; of one host in the order given.

    `go_on` is asked twice a second at least, and may raise; once it says no, nothing further is
    begun nor waited for, and the rest is answered by None.
    """
    waiting: defaultdict[str, deque[Lead]] = defaultdict(deque)
    for lead in leads:
        waiting[lead.host].append(lead)
    idle = deque(waiting)
    unanswered: Counter[str] = Counter()
    running: dict[Future[Answer], Lead] = {}
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="follow")
    try:
        while (idle or running) and go_on():
            while idle and len(running) < AT_ONCE:
                lead = waiting[idle.popleft()].popleft()
                running[pool.submit(ask, lead)] = lead
            done, _ = wait(running, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            for future in done:
                lead, answer = running.pop(future), future.result()
                yield lead, answer
                silent = isinstance(answer, Unread) and answer.unanswered
                unanswered[lead.host] = unanswered[lead.host] + 1 if silent else 0
                queue = waiting[lead.host]
                if unanswered[lead.host] >= MOST_UNANSWERED:
                    while queue:
                        yield queue.popleft(), Unread(reason=SILENT)
                if queue:
                    idle.append(lead.host)
    finally:
        # What is being asked ends by its own limits of time; nobody waits for it.
        pool.shutdown(wait=False, cancel_futures=True)
    for lead in [*running.values(), *(lead for queue in waiting.values() for lead in queue)]:
        yield lead, None
