"""`verbund` with marks, for bench/crash.py: `python -m bench.crash_child FD SECONDS ARGUMENTS…`.

Everything is the product's own but three things: its clock is so many seconds ahead, so that the
lease of a run that was killed is over; dumps are made at each release; and it writes a line to the
file descriptor whenever it enters or leaves one of the phases in which it is to be killed.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from registry.cli import main, processes, runs
from registry.project import following, projector
from registry.run import timetable
from registry.run.stage import Stager
from registry.store.engine import Store


def run(descriptor: int, ahead: timedelta, arguments: list[str]) -> None:
    """Run the command with its marks."""

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    @contextmanager
    def phase(name: str) -> Iterator[None]:
        os.write(descriptor, f"enter {name}\n".encode())
        yield
        os.write(descriptor, f"leave {name}\n".encode())

    def marked(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*args: Any, **more: Any) -> Any:
            with phase(name):
                return function(*args, **more)

        return inner

    flip = Store.flip

    @contextmanager
    def marked_flip(self: Store) -> Iterator[Any]:
        with phase("flip"):
            held: AbstractContextManager[Any] = flip(self)
            with held as connection:
                yield connection

    Store.flip = marked_flip  # type: ignore[method-assign]
    Stager.stage = marked("harvest", Stager.stage)  # type: ignore[method-assign]
    for each in (projector.GraphProjection, projector.SearchProjection):
        for name in ("follow", "rebuild"):
            setattr(each, name, marked("projection", getattr(each, name)))
    projector.write_dump = marked("dump", projector.write_dump)  # type: ignore[attr-defined]
    rebuild = projector.Projector.rebuild
    projector.Projector.rebuild = marked("rebuild", rebuild)  # type: ignore[method-assign]
    for module, name in ((runs, "now"), (processes, "now"), (timetable, "_now")):
        setattr(module, name, now)
    following.DUMP_EVERY = timedelta(0)  # type: ignore[misc]
    main(arguments)


if __name__ == "__main__":
    run(int(sys.argv[1]), timedelta(seconds=float(sys.argv[2])), sys.argv[3:])
