"""The shelf of kept answers: bounded in bytes, for one pair of releases, hard to thrash."""

import threading
from dataclasses import replace

from registry.errors import StoreUnavailable
from registry.web.in_force import InForce, Releases
from registry.web.kept import LARGEST_BYTES, Answer, Shelf, answer

NOW = Releases(store=7, index=7)
LATER = Releases(store=8, index=7)


def made(text: str = "", size: int = 1_000) -> Answer:
    kept = answer(200, [("ETag", '"a"')], text.encode().ljust(size))
    assert kept
    return kept


def test_any_number_of_answers_stays_within_the_bytes() -> None:
    shelf = Shelf(100_000)
    for number in range(10_000):
        shelf.get(number, NOW)
        shelf.put(number, NOW, made())
        if number % 3 == 0:
            shelf.get(number, NOW)
    assert 50_000 < shelf.size <= 100_000


def test_what_was_asked_for_again_outlasts_a_flood_of_what_is_asked_for_once() -> None:
    shelf = Shelf(100_000)
    shelf.get("wanted", NOW)
    shelf.put("wanted", NOW, made("wanted"))
    assert shelf.get("wanted", NOW)
    for number in range(10_000):
        shelf.put(number, NOW, made())
    assert shelf.get("wanted", NOW) == made("wanted")
    assert shelf.get(0, NOW) is None


def test_another_release_drops_everything() -> None:
    shelf = Shelf()
    shelf.get("a", NOW)
    shelf.put("a", NOW, made())
    assert shelf.get("a", LATER) is None
    assert shelf.size == 0


def test_what_was_made_from_another_release_is_not_kept() -> None:
    shelf = Shelf()
    shelf.get("a", LATER)
    shelf.put("a", NOW, made())
    assert shelf.get("a", LATER) is None


def test_only_what_is_found_and_not_too_large_is_kept() -> None:
    assert answer(404, [], b"") is None
    assert answer(410, [], b"") is None
    assert answer(200, [], b"x" * (LARGEST_BYTES + 1)) is None


def test_the_releases_are_asked_for_seldom_and_by_one_thread() -> None:
    asked = 0
    started, goes_on = threading.Event(), threading.Event()

    def look() -> Releases:
        nonlocal asked
        asked += 1
        if asked == 2:
            started.set()
            goes_on.wait(10)
            return LATER
        return NOW

    in_force = InForce(look, every_s=3600)
    assert [in_force.now() for _ in range(100)] == [NOW] * 100
    assert asked == 1
    in_force.saw(7)  # known
    assert in_force.now() == NOW
    assert asked == 1
    in_force.saw(8)
    other = threading.Thread(target=in_force.now)
    other.start()
    assert started.wait(10)
    assert in_force.now() is None  # nobody waits, nobody is served what may be old
    goes_on.set()
    other.join()
    assert in_force.now() == LATER
    assert asked == 2


def test_what_is_made_once_is_made_anew_for_another_release() -> None:
    states = iter([NOW, NOW, LATER, LATER])
    in_force = InForce(lambda: next(states), every_s=0)
    counted = iter(range(10))
    assert [in_force.once("n", lambda: next(counted)) for _ in range(4)] == [0, 0, 1, 1]


def test_what_is_made_of_something_is_made_anew_as_soon_as_that_is_other() -> None:
    in_force = InForce(lambda: NOW, every_s=0)
    counted = iter(range(10))
    made = [in_force.once("n", lambda: next(counted), of) for of in (1, 1, 2, 2, 1)]
    assert made == [0, 0, 1, 1, 2]


def test_who_asks_for_one_thing_is_not_given_what_another_has_asked_for_meanwhile() -> None:
    in_force = InForce(lambda: NOW, every_s=0)

    class Asked(int):
        def __ne__(self, other: object) -> bool:
            """While it is compared, another thread asks for something else."""
            differs = int(self) != other
            if not differs and self == 1:
                in_force.once("page", lambda: "two", 2)
            return differs

    assert in_force.once("page", lambda: "one", Asked(1)) == "one"
    assert in_force.once("page", lambda: "one again", Asked(1)) == "one"


def test_a_number_that_is_given_again_after_a_restore_is_another_release() -> None:
    states = iter([replace(NOW, set_hash=b"lost"), replace(NOW, set_hash=b"new")])
    in_force = InForce(lambda: next(states), every_s=0)
    counted = iter(range(10))
    assert [in_force.once("n", lambda: next(counted)) for _ in range(2)] == [0, 1]


def test_while_the_store_is_away_the_releases_are_unknown() -> None:
    def look() -> Releases:
        raise StoreUnavailable("weg", "gone")

    in_force = InForce(look, every_s=0)
    assert in_force.now() is None
    assert in_force.once("n", lambda: "made") == "made"
