"""The rows about reading hubs: the whole path, memory, growth, second harvests, rebuild, disk."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

from bench.federation import Federation
from bench.plan import Plan
from bench.processes import Measured
from bench.report import Row

_MOST_MIB: Final = 1024
_STORES: Final = ("graph", "search", "verbund.sqlite")


def path(plan: Plan) -> Iterator[Row]:
    """Fetch to visible, beside the bare script, in turn."""
    for records in plan.sizes:
        federation = plan.federation(records)
        for _ in range(plan.repeat):
            federation.harvest_first()
            federation.load_bare()
        wall = _middle(federation.registry, "wall_s") / _middle(federation.bare, "wall_s")
        cpu = _middle(federation.registry, "cpu_s") / _middle(federation.bare, "cpu_s")
        yield Row(
            key="path",
            what=f"{records:,} records, fetch to visible in SPARQL and list, against a bare script",
            reach="at most 3 times its time",
            found=f"{wall:.2f} times (CPU time {cpu:.2f} times)",
            reached=wall <= 3,
            beside=_told(federation),
        )


def memory(plan: Plan) -> Iterator[Row]:
    """The most memory that the harvesting process had."""
    peaks: dict[int, float] = {}
    for records in plan.sizes:
        federation = plan.federation(records)
        federation.need_harvest()
        peaks[records] = median(one.said["peak_mib"] for one in federation.registry)
    yield Row(
        key="memory",
        what=f"peak RSS of the harvest at {plan.usual:,}",
        reach="at most 1 GiB",
        found=f"{peaks[plan.usual]:,.0f} MiB",
        reached=peaks[plan.usual] <= _MOST_MIB,
        beside=", ".join(f"{records:,}: {peak:,.0f} MiB" for records, peak in peaks.items()),
    )
    larger = max(plan.sizes)
    if larger > plan.usual:
        yield Row(
            key="memory",
            what=f"peak RSS of the harvest at {larger:,}",
            reach="at most half more",
            found=f"{peaks[larger] / peaks[plan.usual]:.2f} times",
            reached=peaks[larger] <= 1.5 * peaks[plan.usual],
        )


def growth(plan: Plan) -> Iterator[Row]:
    """How the time grows with the size."""
    for small, large in pairwise(sorted(plan.sizes)):
        times = {}
        for records in (small, large):
            federation = plan.federation(records)
            federation.need_harvest()
            times[records] = federation.first_s
        grown, allowed = times[large] / times[small], 1.2 * large / small
        yield Row(
            key="growth",
            what=f"time({large:,}) / time({small:,})",
            reach=f"at most {allowed:.0f}" if large == 10 * small else "–",
            found=f"{grown:.1f}",
            reached=grown <= allowed if large == 10 * small else None,
        )


def again(plan: Plan) -> Iterator[Row]:
    """A second harvest where nothing changed."""
    federation = plan.federation(plan.usual)
    federation.need_harvest()
    times = {}
    for validators in (True, False):
        with federation.site(validators=validators):
            runs = [federation.job("harvest") for _ in range(plan.repeat)]
        times[validators] = median(map(_process_s, runs))
    first = median(map(_process_s, federation.registry))
    yield Row(
        key="again",
        what=f"harvest again, {plan.usual:,}, nothing changed, the hubs answer 304",
        reach="at most 1 s",
        found=f"{times[True]:.2f} s",
        reached=times[True] <= 1,
    )
    yield Row(
        key="again",
        what=f"harvest again, {plan.usual:,}, nothing changed, hubs without validators",
        reach="at most 10 % of the first",
        found=f"{times[False] / first:.1%}",
        reached=times[False] <= 0.1 * first,
        beside=f"{times[False]:.2f} s of {first:.1f} s",
    )


def changes(plan: Plan) -> Iterator[Row]:
    """From a change at the hubs to its sight."""
    federation = plan.federation(plan.usual)
    federation.need_harvest()
    with federation.site():
        said = federation.job("changes", plan.repeat).said
    federation.restore()
    for name, where in (("one", "at one hub"), ("all", "spread over three hubs")):
        found = median(said[f"{name}_s"])
        yield Row(
            key="changes",
            what=f"50 changed records of {plan.usual:,}, {where}: begin of the run until visible",
            reach="at most 2 s",
            found=f"{found:.2f} s",
            reached=found <= 2,
            beside=f"{median(said[f'{name}_run_s']):.2f} s until released, then the projections; "
            f"CPU {median(said[f'{name}_cpu_s']):.2f} s",
        )


def rebuild(plan: Plan) -> Iterator[Row]:
    """All projections anew."""
    federation = plan.federation(plan.usual)
    federation.need_harvest()
    took = median(federation.verbund("rebuild").wall_s for _ in range(plan.repeat))
    yield Row(
        key="rebuild",
        what=f"verbund rebuild at {plan.usual:,}",
        reach="at most the first harvest",
        found=f"{took / federation.first_s:.2f} of it",
        reached=took <= federation.first_s,
        beside=f"{took:.1f} s of {federation.first_s:.1f} s",
    )


def releases(plan: Plan) -> Iterator[Row]:
    """What many releases leave on the disk."""
    records = min(plan.sizes)
    federation = plan.federation(records)
    federation.restore()
    federation.harvest_first()
    with federation.site():
        said = federation.job("releases", plan.releases).said
    federation.restore()
    before, after = (_stores_mib(said[name]) for name in ("before_mib", "after_mib"))
    yield Row(
        key="releases",
        what=f"disk after {plan.releases} releases of 50 changes in {records:,} records",
        reach="at most twice the first",
        found=f"{after / before:.2f} times",
        reached=after <= 2 * before,
        beside=f"{_parts(said['before_mib'])}; then {_parts(said['after_mib'])}; "
        f"{said['total_s'] / plan.releases:.2f} s a release",
    )


def _middle(measured: list[Measured], what: str) -> float:
    return median(getattr(one, what) for one in measured)


def _process_s(measured: Measured) -> float:
    """Without the start of Python and of the query worker that looks at the result."""
    return float(measured.said["harvest_s"]) + float(measured.said["project_s"])


def _told(federation: Federation) -> str:
    ours, bare = federation.registry, federation.bare
    harvest, project = (
        median(one.said[part] for one in ours) for part in ("harvest_s", "project_s")
    )
    return (
        f"{_middle(ours, 'wall_s'):.1f} s (harvest {harvest:.1f}, projections {project:.1f}), "
        f"CPU {_middle(ours, 'cpu_s'):.1f} s; "
        f"bare {_middle(bare, 'wall_s'):.1f} s, CPU {_middle(bare, 'cpu_s'):.1f} s"
    )


def _stores_mib(parts: dict[str, float]) -> float:
    return sum(size for name, size in parts.items() if name.startswith(_STORES))


def _parts(parts: dict[str, float]) -> str:
    sums = {
        store: sum(size for name, size in parts.items() if name.startswith(store))
        for store in _STORES
    }
    return ", ".join(f"{Path(name).stem} {size:.0f} MiB" for name, size in sums.items())
