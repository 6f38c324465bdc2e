"""`/metrics` for Prometheus: how fresh the data is, how the copies stand, what is asked how often.

What all hosts share comes from the database when it is asked for. What one web process counts
carries its process id as `worker`, since each answers for itself alone: sums of rates over the
workers are right however many there are. No series tells anything of a client.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from registry.errors import RegistryError, StoreUnavailable
from registry.store import hubs, runs
from registry.web.clients import is_this_machine, is_within
from registry.web.copies import Copies, read_copies
from registry.web.limits import group_of
from registry.web.wiring import Services, services

blueprint = Blueprint("metrics", __name__)

_KEY: Final = "verbund-metrics"
_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class NotForAll(RegistryError):
    """The operator alone may read this; `metrics_readers` names who else may."""

    status = 403
    title = {"de": "Nicht öffentlich", "en": "Not public"}  # noqa: RUF012
    code = "not_public"


@blueprint.get("/metrics")
def metrics() -> Response:
    """All series, as text or as OpenMetrics.

    Raises:
        NotForAll: the request comes neither from this machine nor from a reader that is named.
    """
    if not (
        is_this_machine(request.environ)
        or is_within(request.environ, services().settings.metrics_readers)
    ):
        raise NotForAll(
            "Diese Zahlen sind für den Betrieb. Öffentlich ist /status; wer sonst lesen darf, "
            "nennt die Einstellung metrics_readers.",
            "These figures are for the operator. Public is /status; the setting metrics_readers "
            "names who else may read.",
        )
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    registry: CollectorRegistry = current_app.extensions[_KEY]
    response = Response(encode(registry), content_type=content_type)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Connection"] = "close"  # so that the next scrape may meet another worker
    return response


def install(extensions: dict[str, object], answer: Wsgi, have: Services) -> Wsgi:
    """Registers the series; returns `answer` with every request counted and timed."""
    registry = CollectorRegistry()
    registry.register(_Standing(have))
    registry.register(_Queries(have))
    extensions[_KEY] = registry
    return _counted(answer, registry)


def _counted(answer: Wsgi, registry: CollectorRegistry) -> Wsgi:
    worker = str(os.getpid())
    requests = Counter(
        "verbund_requests",
        "Requests by kind and status",
        ("worker", "kind", "status"),
        registry=registry,
    )
    seconds = Histogram(
        "verbund_request_seconds",
        "Seconds until the answer began to be sent",
        ("worker", "kind"),
        buckets=_BUCKETS_S,
        registry=registry,
    )

    def counted(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        begun = time.perf_counter()
        statuses = []

        def started(status: str, *rest: Any) -> Any:
            statuses.append(status[:3])
            return start(status, *rest)

        kind = group_of(environ)
        try:
            return answer(environ, started)
        finally:
            requests.labels(worker, kind, statuses[-1] if statuses else "500").inc()
            seconds.labels(worker, kind).observe(time.perf_counter() - begun)

    return counted


class _Standing(Collector):
    """What the database and this host's copies say at the moment."""

    def __init__(self, have: Services) -> None:
        self._have = have

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: registering must not ask the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All series, or only that the database is gone."""
        try:
            with self._have.store.read() as connection:
                copies = read_copies(connection, self._have)
                states = runs.count_by_state(connection)
                changed = runs.last_published(connection)
                known = [hub.id for hub in hubs.hubs(connection) if hub.state == "active"]
                sources = hubs.sources(connection)
        except StoreUnavailable:
            yield _gauge("database_up", "Whether the database answers", 0)
            return
        yield _gauge("database_up", "Whether the database answers", 1)
        now = self._have.now()
        yield from _of_copies(copies, now.timestamp())
        yield _gauges("runs", "Runs that are kept, by state", "state", states)
        active = [source for source in sources if source.hub_id in known]
        for name, words, times in (
            ("checked", "the last good check", [(s.hub_id, s.last_ok_at) for s in active]),
            ("changed", "the last run that published", [(h, changed.get(h)) for h in known]),
        ):
            ages = _ages([(hub, at.timestamp()) for hub, at in times if at], now.timestamp())
            yield _gauges(f"hub_{name}_seconds", f"Seconds since {words} of the hub", "hub", ages)


def _ages(moments: list[tuple[str, float]], now: float) -> dict[str, float]:
    """Seconds since the latest moment of each."""
    latest: dict[str, float] = {}
    for name, at in moments:
        latest[name] = max(at, latest.get(name, at))
    return {name: now - at for name, at in sorted(latest.items())}


def _of_copies(copies: Copies, now: float) -> Iterator[Metric]:
    yield _gauge("release", "Number of the release in force", copies.number)
    if copies.latest:
        age = now - copies.latest.at.timestamp()
        yield _gauge("release_age_seconds", "Age of the release in force", age)
    yield _gauges("entities", "Live entities", "kind", copies.counts)
    derived = copies.all[1:]
    for name, words, figures in (
        ("release", "Release that the copy holds; 0: none", [c.release or 0 for c in derived]),
        ("behind_releases", "Releases that the copy lacks",
         [copies.number - (c.release or 0) for c in derived]),
        ("behind_seconds", "Seconds since the first release that it lacks",
         [c.behind_s for c in derived]),
        ("agrees", "0: holds the release with another number of entities",
         [int(c.agrees) for c in derived]),
    ):  # fmt: skip
        by_name = {copy.name: figure for copy, figure in zip(derived, figures, strict=True)}
        yield _gauges(f"copy_{name}", words, "copy", by_name)


class _Queries(Collector):
    """This process's query pool."""

    def __init__(self, have: Services) -> None:
        self._have, self._worker = have, str(os.getpid())

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: registering must not make the pool."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """What goes on, and how queries ended so far."""
        known = self._have.queries().status()
        figures = {"running": known.running, "waiting": known.waiting}
        for name, figure in figures.items():
            family = GaugeMetricFamily(
                f"verbund_queries_{name}", f"Queries {name} now", labels=("worker",)
            )
            family.add_metric((self._worker,), figure)
            yield family
        ended = CounterMetricFamily(
            "verbund_queries_ended",
            "Queries by outcome: answered, restarted, busy, or why they were ended",
            labels=("worker", "outcome"),
        )
        for outcome, count in sorted(known.outcomes.items()):
            ended.add_metric((self._worker, outcome), count)
        yield ended


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"verbund_{name}", words, value=value)


def _gauges(name: str, words: str, label: str, values: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(f"verbund_{name}", words, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family
