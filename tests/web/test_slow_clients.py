"""Slow clients hold part of the server, and no more."""

import pytest

from registry.errors import Busy
from registry.web.slow_clients import Slots


def test_when_all_slots_are_held_the_next_is_told_to_come_back() -> None:
    slots = Slots(2)
    first = slots.streamed([b"a", b"b"])
    with slots.held():
        assert next(first) == b"a"
        with pytest.raises(Busy):
            slots.streamed([b"c"])
        with pytest.raises(Busy), slots.held():
            pass
    assert list(slots.streamed([b"c"])) == [b"c"]


def test_a_client_that_leaves_gives_its_slot_and_the_file_back() -> None:
    slots = Slots(1)
    closed = []
    slots.streamed([b"never asked for"]).close()  # type: ignore[attr-defined]

    class File(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    stream = slots.streamed(File([b"a", b"b"]))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert closed == [True]
    assert list(slots.streamed([b"c"])) == [b"c"]
