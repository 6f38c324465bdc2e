"""Rows over the real hubs of ../shared/data, served over HTTP: what made-up hubs may hide."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import median

from bench import harvesting, painting, serving
from bench.federation import Federation
from bench.plan import Plan
from bench.real import prepare, shared_data
from bench.report import Row


@dataclass
class RealHubs(Federation):
    """The real hubs' saved files with their manifests of tests/hubs/real."""

    def restore(self) -> None:
        """The manifests anew; the files stay where they are and are only read."""
        shared = shared_data()
        if shared is None:
            raise RuntimeError("these rows need ../shared/data, or VERBUND_SHARED_DATA")
        prepare(self.hubs, f"http://127.0.0.1:{self.port}/")
        (self.hubs / "hubs").symlink_to(shared / "hubs")


@dataclass
class RealPlan(Plan):
    """The same measurements over the real hubs, whatever size is asked for."""

    @cached_property
    def hubs(self) -> RealHubs:
        """The federation, harvested."""
        made = RealHubs(self.folder / "real", 0)
        for _ in range(self.repeat):
            made.harvest_first()
        return made

    @property
    def usual(self) -> int:
        """How many records there are."""
        return int(self.hubs.registry[-1].said["records"])

    def federation(self, records: int) -> Federation:
        """The real one."""
        return self.hubs


def real(plan: Plan) -> Iterator[Row]:
    """First and second harvest, rebuild, SPARQL, entities and pages of the real hubs."""
    folder = Path(plan.folder)
    ours = RealPlan(folder, plan.sizes, plan.repeat, plan.seconds, plan.releases)
    runs = ours.hubs.registry
    harvest, project = (
        median(one.said[part] for one in runs) for part in ("harvest_s", "project_s")
    )
    yield Row(
        key="real",
        what=f"real hubs: {ours.usual:,} records, fetch until all is projected",
        reach="–",
        found=f"{median(one.said['total_s'] for one in runs):.1f} s",
        reached=None,
        beside=f"harvest {harvest:.1f}, projections {project:.1f}; "
        f"peak RSS {median(one.said['peak_mib'] for one in runs):,.0f} MiB",
    )
    for rows in (harvesting.again, harvesting.rebuild, serving.sparql, serving.entity):
        for row in rows(ours):
            yield replace(row, key="real", what=f"real hubs: {row.what}")
    yield from painting.paint(ours)
