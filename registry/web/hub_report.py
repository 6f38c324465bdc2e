"""What a hub's report says: the run in figures, the findings by rule."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from registry.store import findings
from registry.store.findings import StoredFinding
from registry.store.runs import Run
from registry.web.language import Language, text
from registry.web.shown import label_of
from schemas.complete import PLACE
from schemas.rules import RULES
from vocab.properties import KINDS, Property, properties_of
from vocab.types import record_id

COUNTS: Final = ("read", "added", "changed", "unchanged", "removed", "rejected", "warned")
"""The counts of a run in the order in which they are shown; the others are for programs."""

EXAMPLES: Final = 20
_BY_WEIGHT: Final = ("failed", "abandoned", "held", "running", "published", "unchanged")
_PLACE: Final = re.compile(r"(record|feature|row|line) (\d{1,15})")
"""As the readers of formats name what they have no better name for."""
SEVERITIES: Final = ("error", "warning", "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One record with a problem: `path` leads to it where a good version is published."""

    local_id: str
    name: Any  # of what is published
    path: str
    where: str
    value: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One property that entries lack: how many do, and some of them."""

    label: str
    count: int
    examples: list[Example]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All findings of one rule: how many, how to mend it, some of the records.

    Where something is missing, it is told by property as `lacks`.
    """

    rule: str
    title: str
    severity: str
    count: int
    fix: str
    examples: list[Example]
    lacks: list[Lack]


def title_of(rule: str, language: Language) -> str:
    """What a rule is called; a rule of an older version is its own name."""
    return RULES[rule].title[language] if rule in RULES else rule


def groups(
    counts: Mapping[findings.Group, int],
    found: Iterable[StoredFinding],
    source_iris: Mapping[str, str],
    published: Callable[[Sequence[str]], Mapping[str, Any]],
    language: Language,
    paths: Mapping[findings.AtPath, int] | None = None,
) -> list[Group]:
    """The findings by rule, the severest and most frequent first.

    `published` gives the name of each record id that has a page, `paths` counts what is told by
    property.
    """
    lacking: dict[tuple[str, str], Counter[str]] = {}
    for (_, severity, rule, path), count in (paths or {}).items():
        lacking.setdefault((severity, rule), Counter())[property_of(path, language)] += count
    totals: dict[tuple[str, str], int] = {}
    for (_, severity, rule), count in counts.items():
        totals[severity, rule] = totals.get((severity, rule), 0) + count
    chosen: dict[tuple[str, str], list[StoredFinding]] = {}
    for one in found:
        some = chosen.setdefault((one.finding.severity, one.finding.rule), [])
        if len(some) < EXAMPLES or (one.finding.severity, one.finding.rule) in lacking:
            some.append(one)
    ids: dict[tuple[str, str | None], str] = {
        (one.source_id, one.local_id): record_id(source_iris[one.source_id], one.local_id)
        for some in chosen.values()
        for one in some
        if one.local_id is not None and one.source_id in source_iris
    }
    shown = published(sorted(set(ids.values())))
    ordered = sorted(totals, key=lambda key: (SEVERITIES.index(key[0]), -totals[key], key[1]))
    return [
        _group(key, totals[key], chosen.get(key, []), ids, shown, language, lacking.get(key))
        for key in ordered
    ]


def _group(
    key: tuple[str, str],
    count: int,
    some: list[StoredFinding],
    ids: Mapping[tuple[str, str | None], str],
    shown: Mapping[str, Any],
    language: Language,
    lacking: Counter[str] | None,
) -> Group:
    severity, rule = key
    examples = []
    for one in some:
        known = ids.get((one.source_id, one.local_id), "")
        examples.append(
            Example(
                local_id=one.local_id or "",
                name=shown.get(known, ""),
                path=f"/records/{known}" if known in shown else "",
                where=one.finding.path,
                value=one.finding.value,
                fix=one.finding.fix[language],
            )
        )
    fixes = {example.fix for example in examples}
    by_label: dict[str, list[Example]] = {}
    for example in examples if lacking else ():
        by_label.setdefault(property_of(example.where, language), []).append(example)
    return Group(
        rule=rule,
        title=title_of(rule, language),
        severity=severity,
        count=count,
        fix=fixes.pop() if len(fixes) == 1 else "",
        examples=examples,
        lacks=[
            Lack(label=label, count=total, examples=by_label.get(label, [])[:EXAMPLES])
            for label, total in (lacking or Counter()).most_common()
        ],
    )


def property_of(path: str, language: Language) -> str:
    """What the property at a path of a document is called, and that which holds it, if any."""
    names = [name for name in path.split("/") if name and not name.isdigit()]
    if names == [PLACE]:
        return str(text(language, "hub.fullness_place"))
    labels = [label_of(found, language) for name in names if (found := _property(name))]
    if not labels:
        return path
    return labels[-1] if len(labels) == 1 else f"{labels[-1]} ({labels[0]})"


def _property(name: str) -> Property | None:
    return next((properties_of(kind)[name] for kind in KINDS if name in properties_of(kind)), None)


def place_of(path: str, language: Language) -> str:
    """Where in a source something stands, in words; a path within an entry stays one."""
    counted = _PLACE.fullmatch(path)
    if counted is None:
        return path
    return str(text(language, f"report.place_{counted[1]}", n=int(counted[2])))


def every(seconds: int | None) -> tuple[int, str]:
    """A timetable's step in the largest whole unit: (7, "d"); (0, "never") without one."""
    if not seconds:
        return 0, "never"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0:
            return seconds // size, unit
    return seconds, "s"


def figures(reported: Sequence[Run]) -> list[tuple[str, int]]:
    """(name, number) of what runs of different sources did together."""
    return [
        (name, sum(int(run.counts.get(name, 0)) for run in reported))
        for name in COUNTS
        if any(name in run.counts for run in reported)
    ]


def accepted(reported: Sequence[Run]) -> int:
    """How many of the records that these runs read were fit to be published."""
    good = ("added", "changed", "unchanged")
    return sum(int(run.counts.get(name, 0)) for run in reported for name in good)


def worst(reported: Sequence[Run]) -> str:
    """The state that a person has to know of first; "" without a run."""
    return min((run.state for run in reported), key=_BY_WEIGHT.index, default="")
