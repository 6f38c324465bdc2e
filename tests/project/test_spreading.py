"""One reading for several takers, each of which meets every failure."""

import threading
from collections.abc import Iterator

import pytest

from registry.project.spreading import BrokenOff, side_by_side, spread

MANY = 5_000


def test_every_taker_gets_everything_in_order() -> None:
    found: dict[str, list[int]] = {}

    def taker(name: str, things: Iterator[int]) -> None:
        found[name] = list(things)

    spread(range(MANY), [lambda t: taker("a", t), lambda t: taker("b", t)])
    assert found == {"a": list(range(MANY)), "b": list(range(MANY))}


def test_a_taker_that_fails_ends_the_others_and_its_error_is_told() -> None:
    ended: list[type[BaseException]] = []

    def whole(things: Iterator[int]) -> None:
        try:
            for _ in things:
                pass
        except BrokenOff as error:
            ended.append(type(error))
            raise

    def failing(things: Iterator[int]) -> None:
        for number in things:
            if number == 300:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spread(range(MANY), [whole, failing])
    assert ended == [BrokenOff]


def test_a_reading_that_fails_ends_all_takers() -> None:
    ended: list[type[BaseException]] = []

    def broken() -> Iterator[int]:
        yield from range(300)
        raise OSError

    def whole(things: Iterator[int]) -> None:
        try:
            list(things)
        except BrokenOff as error:
            ended.append(type(error))
            raise

    with pytest.raises(OSError):
        spread(broken(), [whole, whole])
    assert ended == [BrokenOff, BrokenOff]


def test_reading_waits_for_the_slowest_taker() -> None:
    read = 0
    go_on = threading.Event()
    most: list[int] = []

    def things() -> Iterator[int]:
        nonlocal read
        for number in range(MANY):
            read += 1
            yield number

    def slow(taken: Iterator[int]) -> None:
        next(taken)
        go_on.wait(0.3)  # all this time the other one would take whatever comes
        most.append(read)
        list(taken)

    spread(things(), [slow, lambda taken: [None for _ in taken] and None])
    assert most[0] < MANY / 2
    assert read == MANY


def test_what_one_task_raises_is_told_after_all_have_ended() -> None:
    done: list[int] = []

    def failing() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        side_by_side([failing, lambda: done.append(1)])
    assert done == [1]
