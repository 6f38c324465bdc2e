"""The demo federation, harvested once into a registry with all its projections."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry import demo
from registry.instance import Instance, initialise, open_instance
from registry.project.projector import Projector
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import Settings, load_settings

BASE = "https://verbund.example"


def now() -> datetime:
    return datetime.now(UTC)


def project(instance: Instance, *, anew: bool = False) -> None:
    projector = Projector(instance.store, instance.home, instance.iris)
    try:
        if anew:
            projector.rebuild()
        else:
            projector.follow()
    finally:
        projector.close()


@pytest.fixture
def demo_settings(tmp_path: Path) -> Iterator[Settings]:
    settings = load_settings({"VERBUND_HOME": str(tmp_path / "var"), "VERBUND_BASE_IRI": BASE})
    with demo.serve(tmp_path / "demo") as server:
        settings = replace(settings, private_hosts=(f"127.0.0.1:{server.port}",))
        initialise(settings)
        with open_instance(settings) as instance:
            manifests = [add_hub(instance, folder, now()) for folder in server.hub_folders]
            harvest(instance, [source.id for one in manifests for source in one.sources], now)
            project(instance)
        yield settings


@pytest.fixture
def demo_registry(demo_settings: Settings) -> Iterator[Instance]:
    with open_instance(demo_settings) as instance:
        yield instance
