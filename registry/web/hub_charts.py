"""The charts of hub and run pages, in the units of their SVG; the pages say the same in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from registry.store.runs import Run

CHART_RUNS: Final = 30
_WIDTH: Final = 300
_STEP: Final = 10
_HEIGHT: Final = 60
_COURSE_HEIGHT: Final = 24
_FEW: Final = 10  # runs that a course has room for, so that two do not fill it
_LEAST: Final = 2  # units of a bar, so that a run without changes is seen
_AGES: Final = (("month", 31), ("half_year", 183), ("year", 366))


@dataclass(frozen=True, slots=True)
class Bar:
    """One run: its place, and how much it changed or, held, would have removed."""

    x: int
    height: int
    state: str

    @property
    def y(self) -> int:
        """The upper edge."""
        return _HEIGHT + 10 - self.height


@dataclass(frozen=True, slots=True)
class Column:
    """How many records were changed last within an age; `name` is the age's."""

    name: str
    count: int
    height: float


@dataclass(frozen=True, slots=True)
class Course:
    """A share after each of `runs` runs, as two paths: what would be all of it, and what is.

    The picture begins at `left` and ends at the right edge of all charts.
    """

    left: int
    whole: str
    stated: str
    first: float
    last: float
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a held run met of what was there before, and the lengths of that in the picture.

    `other` were read, but are not among those that were published before.
    """

    before: int
    again: int
    missing: int
    read: int
    other: int
    again_length: int
    missing_length: int
    other_length: int

    @property
    def renamed(self) -> bool:
        """Whether about as much came as went, as happens when a hub gives its records new ids."""
        return self.missing > 0 and 2 * min(self.missing, self.other) >= max(
            self.missing, self.other
        )


def run_bars(runs: Sequence[Run]) -> list[Bar]:
    """The latest runs as bars, the newest at the right edge; `runs` begins with the newest."""
    latest = list(reversed(runs[:CHART_RUNS]))
    sizes = [_size(run) for run in latest]
    most = max(sizes, default=0) or 1
    first = _WIDTH - _STEP * len(latest)
    return [
        Bar(first + 1 + _STEP * place, max(_LEAST, round(_HEIGHT * size / most)), run.state)
        for place, (run, size) in enumerate(zip(latest, sizes, strict=True))
    ]


def freshness(days: Mapping[str, int], now: datetime) -> list[Column]:
    """Records by the age of their last change; "undated" last, where there are such.

    `days` are ISO days as hubs give them; what is no day counts as undated.
    """
    counts = dict.fromkeys((*(name for name, _ in _AGES), "older", "undated"), 0)
    for day, count in days.items():
        counts[_age(day, now.date())] += count
    if not counts["undated"]:
        del counts["undated"]
    most = max(counts.values()) or 1
    return [Column(name, n, round(_HEIGHT * n / most, 1)) for name, n in counts.items()]


def course(shares: Sequence[float | None]) -> Course | None:
    """Shares of one after each run as bars, the latest at the right edge; None of fewer than two.

    A run of which nothing is known (None) has no bar; a share of nought has an empty one.
    """
    first = _WIDTH - _STEP * len(shares)
    places = [(first + 1 + _STEP * n, one) for n, one in enumerate(shares) if one is not None]
    if len(places) < 2:
        return None
    whole = [f"M{x} 0h7v{_COURSE_HEIGHT}h-7z" for x, _ in places]
    heights = [(x, round(_COURSE_HEIGHT * share, 1)) for x, share in places]
    stated = [f"M{x} {_COURSE_HEIGHT}v-{height:g}h7v{height:g}z" for x, height in heights]
    left = _WIDTH - _STEP * max(_FEW, len(shares))
    return Course(left, "".join(whole), "".join(stated), places[0][1], places[-1][1], len(places))


def loss(run: Run, width: int = 360) -> Loss | None:
    """What a held run would take away; None where it did not get so far as to know."""
    proof = run.proof or {}
    if "missing" not in proof or not proof.get("live_before"):
        return None
    before, missing, read = proof["live_before"], proof["missing"], run.counts.get("read", 0)
    again = before - missing
    other = max(0, read - again)
    unit = width / max(before, again + other)
    return Loss(
        before=before, again=again, missing=missing, read=read, other=other,
        again_length=round(again * unit), missing_length=round(missing * unit),
        other_length=round(other * unit),
    )  # fmt: skip


def _size(run: Run) -> int:
    if run.state == "held":
        return int((run.proof or {}).get("missing", 0))
    return sum(int(run.counts.get(name, 0)) for name in ("added", "changed", "removed"))


def _age(day: str, today: date) -> str:
    try:
        changed = date.fromisoformat(day)
    except ValueError:
        return "undated"
    for name, most in _AGES:
        if today - changed <= timedelta(days=most):
            return name
    return "older"
