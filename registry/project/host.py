"""Which projections this host keeps by its settings, and how they are kept.

The graph on a server is followed apart from the others: while it is slow or away, lists, pages and
dumps go on.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from registry.instance import Instance
from registry.iris import Iris
from registry.project.following import POLL_S, follow_until
from registry.project.projector import GraphProjection, Projection, Projector, search_here
from registry.project.remote.address import ServerAddress
from registry.project.remote.graph import ServerGraph, Watch
from registry.project.remote.server import Server
from registry.project.remote.state import NO_LINEAGE
from registry.store import releases
from registry.store.engine import Store

_SERVER_POLL_S: Final = 0.25
_LINEAGE_DIGITS: Final = 16


def projector_makers(instance: Instance, iris: Iris | None = None) -> list[Callable[[], Projector]]:
    """Ways to open this host's projectors; what is published stands below `iris`."""
    iris = iris or instance.iris
    server = instance.settings.graph_server
    if server is None:
        return [partial(Projector, instance.store, instance.home, iris)]
    opened = partial(_graph_on, server, instance.store, Watch())
    folder = instance.settings.graph_folder
    return [
        partial(Projector, instance.store, instance.home, iris, (search_here,)),
        partial(Projector, instance.store, folder, iris, (opened,), dumps=False),
    ]


@contextmanager
def projectors(instance: Instance, iris: Iris | None = None) -> Iterator[list[Projector]]:
    """This host's projectors, all of them open.

    Raises:
        GraphInUse: another process keeps them.
    """
    opened: list[Projector] = []
    try:
        opened.extend(make() for make in projector_makers(instance, iris))
        yield opened
    finally:
        for projector in opened:
            projector.close()


def keep_projections(stopped: threading.Event, instance: Instance) -> None:
    """Keep this host's projections at the latest release until `stopped`.

    Raises:
        RegistryError: another process keeps them already.
    """
    makers = projector_makers(instance)
    if len(makers) == 1:
        follow_until(stopped, makers[0])
        return
    halted = threading.Event()
    with ThreadPoolExecutor(len(makers), thread_name_prefix="projections") as pool:
        followers = [
            pool.submit(follow_until, halted, make, poll_s=poll_s)
            for make, poll_s in zip(makers, (POLL_S, _SERVER_POLL_S), strict=True)
        ]
        while not (stopped.wait(POLL_S) or any(each.done() for each in followers)):
            pass
        halted.set()
    for each in followers:
        each.result()


def _graph_on(
    address: ServerAddress, store: Store, watch: Watch, folder: Path, iris: Iris
) -> Projection:
    def lineage_of(release: int) -> str:
        with store.read() as connection:
            known = releases.release(connection, release)
        return known.set_hash.hex()[:_LINEAGE_DIGITS] if known else NO_LINEAGE

    graph = ServerGraph(
        Server(address), folder, iris.base, watch=watch, alone=store.alone, lineage_of=lineage_of
    )
    return GraphProjection(graph, iris)
