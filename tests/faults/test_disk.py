"""A disk that is full or read-only: a clear error, nothing lost, and on it goes."""

import logging

import pytest

from bench.wholeness import leftovers, projection_faults, sql_faults
from registry.backups import backup
from registry.errors import StoreUnavailable
from registry.instance import open_instance
from registry.project.projector import Projector
from tests.faults.conftest import Disk, Registry, both_languages, following, until

SIZE = 600


@pytest.fixture
def whole(registry_on_disk: Registry) -> Registry:
    """A registry with one release, projected."""
    registry_on_disk.add()
    registry_on_disk.says("Vorher", SIZE)
    assert registry_on_disk.harvest().state == "published"
    project(registry_on_disk)
    return registry_on_disk


def project(registry: Registry) -> None:
    with open_instance(registry.settings) as instance:
        projector = Projector(instance.store, instance.home, instance.iris)
        try:
            projector.follow()
        finally:
            projector.close()


def faults(registry: Registry, *, current: bool) -> list[str]:
    known: dict[int, str] = {}
    with open_instance(registry.settings) as instance:
        found = sql_faults(instance, known)
        found += projection_faults(instance, known, current=current)
        return found + (leftovers(instance) if current else [])


def test_a_harvest_on_a_full_disk_says_so_and_the_next_one_succeeds(
    whole: Registry, disk: Disk
) -> None:
    whole.says("Nachher", SIZE)
    disk.fill(but=100_000)
    with pytest.raises(StoreUnavailable) as raised:
        whole.harvest()
    assert raised.value.code == "store_gone"
    assert both_languages(raised.value)
    assert "disk space" in raised.value.en
    assert whole.release() == 1
    assert faults(whole, current=False) == []
    disk.empty()
    assert whole.harvest().state == "published"
    project(whole)
    assert faults(whole, current=True) == []


def test_projections_on_a_full_disk_keep_the_old_release_and_catch_up_by_themselves(
    whole: Registry, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    whole.says("Nachher", SIZE)
    assert whole.harvest().state == "published"
    with (
        open_instance(whole.settings),  # the database's own small files are there
        caplog.at_level(logging.WARNING),
        following(whole, before=disk.fill) as thread,
    ):
        until(lambda: "projections wait" in caplog.text)
        assert faults(whole, current=False) == []
        disk.empty()
        until(lambda: not faults(whole, current=True))
        assert thread.is_alive()


def test_a_backup_onto_a_full_disk_leaves_no_half_file(registry: Registry, disk: Disk) -> None:
    registry.add()
    registry.says("Vorher", SIZE)
    registry.harvest()
    disk.fill(but=8192)
    with open_instance(registry.settings) as instance, pytest.raises(StoreUnavailable) as raised:
        backup(instance, disk.folder / "copies", registry.now)
    assert raised.value.code == "store_backup"
    assert both_languages(raised.value)
    assert list((disk.folder / "copies").iterdir()) == []


def test_a_read_only_disk_is_named_and_the_next_harvest_succeeds(
    whole: Registry, disk: Disk
) -> None:
    whole.says("Nachher", SIZE)
    disk.remount("ro")
    with pytest.raises(StoreUnavailable) as raised:
        whole.harvest()
    assert both_languages(raised.value)
    disk.remount("rw")
    assert whole.release() == 1
    assert whole.harvest().state == "published"
    project(whole)
    assert faults(whole, current=True) == []
