"""Keeping this host's projections at the latest release."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Final

from registry.errors import RegistryError
from registry.project.dumps import DUMP_EVERY, Dump
from registry.project.graph import GraphInUse
from registry.project.projector import Projector

log = logging.getLogger(__name__)

POLL_S: Final = 0.05
_MOST_WAIT_S: Final = 2.0  # between two attempts while the trouble lasts


def follow_until(
    stopped: threading.Event, opened: Callable[[], Projector], *, poll_s: float = POLL_S
) -> None:
    """Follow the change log until `stopped`; what is in trouble is waited for and opened anew.

    Raises:
        RegistryError: another process has this host's projections already.
    """
    projector: Projector | None = None
    shown = -1
    trouble = ""
    wait_s = poll_s
    dumping: Future[Dump | None] | None = None
    # A dump takes its time, and no release is to wait for it.
    with ThreadPoolExecutor(1, thread_name_prefix="dump") as aside:
        while not stopped.is_set():
            try:
                projector = projector or opened()
                release = projector.follow()
                trouble, wait_s = "", poll_s
                if release != shown:
                    log.info("projections hold release %d", release)
                    shown = release
                if dumping is None:
                    dumping = aside.submit(projector.dump, at_most_every=DUMP_EVERY)
                elif dumping.done():
                    ended, dumping = dumping, None
                    ended.result()
            except GraphInUse:
                raise
            except (RegistryError, OSError, ValueError) as error:  # the last: tantivy's, of files
                if str(error) != trouble:  # once, however long it lasts
                    trouble = str(error)
                    log.warning("projections wait: %s", trouble)
                # What could not be written leaves its writer unfit; one opened anew repairs it.
                if dumping is not None:
                    wait([dumping])
                    dumping = None
                _close(projector)
                projector = None
                wait_s = min(2 * wait_s, max(poll_s, _MOST_WAIT_S))
            stopped.wait(wait_s)
    _close(projector)


def _close(projector: Projector | None) -> None:
    if projector is not None:
        with suppress(OSError, ValueError):
            projector.close()
