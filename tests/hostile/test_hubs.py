"""Whatever a hub answers, its run ends as agreed and what it published before stays."""

from collections.abc import Iterator

import pytest

from tests.hostile import table
from tests.hostile.harvesting import Trial, trial
from tests.hostile.hubs import HOSTILE_HUBS, HostileHub

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with trial(tmp_path_factory.mktemp("hubs")) as tried:
        yield tried


@pytest.mark.parametrize("case", HOSTILE_HUBS, ids=lambda case: case.name)
def test_a_hostile_hub_ends_its_run_as_agreed_and_reaches_nothing_inside(
    tried: Trial, case: HostileHub
) -> None:
    assert tried.seen(case) in case.expected.split(" or ")
    assert tried.reached == []


def test_the_page_on_hostile_hubs_is_current_and_all_in_it_came_as_agreed() -> None:
    """Mend it by `make hostile PAGES=hubs`."""
    rows = table.read("hostile-hubs")
    assert [row[:2] for row in rows] == [
        [table.cell(one.name), one.expected] for one in HOSTILE_HUBS
    ]
    assert [row[0] for row in rows if row[2] not in row[1].split(" or ")] == []
    assert len({row[0] for row in rows}) == len(rows) >= 40
