"""How complete a hub's records are, now and after each of its latest runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection

from registry.store import releases, runs
from registry.store.completeness import Completeness, completeness, together
from registry.store.hubs import Source
from registry.store.runs import Run
from registry.web.hub_charts import CHART_RUNS, Course, course
from registry.web.hub_report import property_of
from registry.web.language import Language
from registry.web.wiring import services

ALL: Final = ""
"""The label of the part that stands for all of them together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What has one label: the share of records that state it now, and after each of the runs.

    Properties of different kinds may share one, as the end of an event and that of a project do.
    `course` is None where fewer than two runs know.
    """

    label: str
    share: float
    shares: tuple[float | None, ...]
    course: Course | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fullness:
    """What some of the records lack or lacked, and what all of them have stated throughout.

    `parts` begin with all properties together, then the most frequent. `records` were counted;
    `runs` are those that the shares belong to, the oldest first.
    """

    records: int
    parts: list[Part]
    always: list[str]
    runs: list[Run]


def fullness(
    connection: Connection, sources: Sequence[Source], latest: Sequence[Run], language: Language
) -> Fullness | None:
    """How complete the records of a hub's sources are; None without records.

    `latest` are the hub's latest runs, beginning with the newest. A run that does not know, as it
    published nothing or is older than this count, is a gap.
    """
    ids = [source.id for source in sources]
    points = [one and _labelled(one, language) for one in _points(connection, ids, latest)]
    now = _labelled(together(_now(connection, ids)), language)
    now = {label: pair for label, pair in now.items() if pair[1]}
    if not now:
        return None
    everything = _part(ALL, now, points)
    each = [_part(label, now, points) for label in now]
    some = [one for one in each if {one.share, *one.shares} - {1.0, None}]
    return Fullness(
        records=max(pair[1] for pair in now.values()),
        parts=[everything, *sorted(some, key=lambda one: (-one.share, one.label))] if some else [],
        always=[one.label for one in each if one not in some],
        runs=list(reversed(latest)),
    )


def _now(connection: Connection, ids: Sequence[str]) -> Iterator[Completeness]:
    """As the latest runs noted it; counted once a release where all runs are older than that."""
    told = runs.latest_counted(connection, ids)
    seen = releases.latest_number(connection) if told.keys() < set(ids) else 0
    for id_ in ids:
        yield told.get(id_) or services().in_force.once(
            f"hub page: completeness of {id_}", partial(completeness, connection, id_), seen
        )


def _points(
    connection: Connection, ids: Sequence[str], latest: Sequence[Run]
) -> list[Completeness | None]:
    """What held for the hub as a whole after each run, the oldest first."""
    known: dict[str, Completeness] = {}
    if len(latest) == CHART_RUNS:  # there may be earlier ones, of sources that have not run since
        known |= runs.latest_counted(connection, ids, before=latest[-1].id)
    points: list[Completeness | None] = []
    for run in reversed(latest):
        if run.completeness is None or run.source_id not in ids:
            points.append(None)
            continue
        known[run.source_id] = run.completeness
        points.append(together(known.values()))
    return points


def _part(label: str, now: Completeness, points: Sequence[Completeness | None]) -> Part:
    shares = tuple(_share(label, point) if point else None for point in points)
    return Part(
        label=label,
        share=_share(label, now) or 0.0,
        shares=shares,
        course=course(shares),
    )


def _labelled(point: Completeness, language: Language) -> Completeness:
    """The same by label."""
    return together({property_of(name, language): pair} for name, pair in point.items())


def _share(label: str, point: Completeness) -> float | None:
    """None where nobody is asked for it."""
    pairs = point.values() if label == ALL else [point.get(label, [0, 0])]
    of = sum(pair[1] for pair in pairs)
    return sum(pair[0] for pair in pairs) / of if of else None
