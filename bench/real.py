"""Harvest the real hubs of ../shared/data into VERBUND_HOME (var/real) and print a table per hub.

Their manifests stand in tests/hubs/real and name the data as file:///shared-data/…; the folder may
be named in VERBUND_SHARED_DATA. A second call shows that nothing changes. Nothing is fetched from
the net, so the entries of a directory are not followed.
`make run VERBUND_HOME=var/real` serves the result.
"""

import os
import shutil
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from registry.cli.runs import show
from registry.instance import Instance, initialise, open_instance
from registry.project.projector import Projector
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import load_settings
from registry.store import entities, findings, hubs, records
from vocab.properties import KINDS

ROOT = Path(__file__).resolve().parents[1]
MANIFESTS = ROOT / "tests" / "hubs" / "real"
PLACEHOLDER = "file:///shared-data/"

console = Console(width=140)


def main() -> int:
    """Harvest, project, print; 1 if a run was held or failed."""
    shared = shared_data()
    if shared is None:
        sys.exit("There is no ../shared/data; name its place in VERBUND_SHARED_DATA.")
    settings = load_settings({"VERBUND_HOME": "var/real", **os.environ})
    folders = prepare(settings.home / "manifests", f"{shared.as_uri()}/")
    # `make run VERBUND_HOME=var/real` reads this, so its timetable may read the same files.
    (settings.home / "verbund.toml").write_text(
        f'file_roots = ["{shared}"]\ndemo = false\noffline = true\n', "utf-8"
    )
    settings = replace(settings, file_roots=(shared,), offline=True)
    initialise(settings)
    with open_instance(settings) as instance:
        manifests = [add_hub(instance, folder, now()) for folder in folders]
        reports = harvest(instance, [source.id for one in manifests for source in one.sources], now)
        show(reports)
        projector = Projector(instance.store, instance.home, instance.iris)
        try:
            projector.follow()
        finally:
            projector.close()
        tell(instance)
    return int(any(report.state in ("held", "failed") for report in reports))


def shared_data() -> Path | None:
    """The folder of the real data, or None where there is none."""
    named = os.environ.get("VERBUND_SHARED_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder.resolve() if folder.is_dir() else None


def prepare(target: Path, address: str) -> list[Path]:
    """Copies of the manifests that name the data below this address."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(MANIFESTS, target)
    folders = sorted(path.parent for path in target.glob("*/hub.toml"))
    for folder in folders:
        manifest = folder / "hub.toml"
        text = manifest.read_text("utf-8").replace(PLACEHOLDER, address)
        manifest.write_text(text, "utf-8")
    return folders


def tell(instance: Instance) -> None:
    """What became of each hub's records, and what was merged across hubs."""
    with instance.store.read() as conn:
        counts = records.counts(conn)
        shared_with: Counter[str] = Counter()
        across: Counter[str] = Counter()
        live: Counter[str] = Counter()
        inside = 0
        for one in entities.iterate(conn, kinds=KINDS, states=["live"]):
            live[one.kind] += 1
            said_by = {record["hub"] for record in one.document["records"]}
            if len(said_by) > 1:
                across[one.kind] += 1
                shared_with.update(said_by)
            elif len(one.document["records"]) > 1:
                inside += 1
        table = Table(
            *("hub", "sources", "live records", "refused"),
            *("errors", "warnings", "notes", "entities shared with others"),
        )
        for hub in hubs.hubs(conn):
            if hub.state == "removed":
                continue
            sources = hubs.sources(conn, hub_id=hub.id)
            told: Counter[str] = Counter()
            for (_, severity, _), number in findings.finding_counts(conn, hub.id).items():
                told[severity] += number
            table.add_row(
                hub.id,
                str(len(sources)),
                summed(counts, sources, "live"),
                summed(counts, sources, "refused"),
                *(f"{told[severity]:,}" for severity in ("error", "warning", "info")),
                f"{shared_with[hub.id]:,}",
            )
        console.print(table)
        console.print(
            f"live entities: {dict(live)}; of several hubs: {dict(across)}; "
            f"of one hub's several records: {inside}"
        )


def summed(counts: dict[str, dict[str, int]], sources: list[Any], key: str) -> str:
    """One number of a hub over its sources."""
    return f"{sum(counts.get(source.id, {}).get(key, 0) for source in sources):,}"


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
