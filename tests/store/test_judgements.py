from typing import Any

import pytest

from registry.store.engine import Store
from registry.store.judgements import Judgement, judgements_among, judgements_of, put_judgement


def _judge(connection: Any, one: str, other: str, at: Any, verdict: Any = "same") -> Judgement:
    return put_judgement(
        connection,
        one,
        other,
        verdict=verdict,
        reason="same register number",
        author_role="steward",
        at=at,
    )


def test_a_judgement_is_of_a_pair_in_either_order(store: Store, clock: Any) -> None:
    with store.write() as connection:
        _judge(connection, "b", "a", clock.now, "same")
        later = _judge(connection, "a", "b", clock.forward(days=1), "different")
        assert judgements_among(connection, ["a", "b"]) == [later]
    assert (later.a, later.b, later.verdict) == ("a", "b", "different")


def test_a_record_is_not_judged_against_itself(store: Store, clock: Any) -> None:
    with pytest.raises(ValueError, match="two records"), store.write() as connection:
        _judge(connection, "a", "a", clock.now)


def test_judgements_among_records_leave_out_those_on_a_stranger(store: Store, clock: Any) -> None:
    with store.write() as connection:
        inner = _judge(connection, "a", "b", clock.now)
        outer = _judge(connection, "b", "z", clock.now)
        _judge(connection, "y", "z", clock.now)
        assert judgements_among(connection, ["a", "b"]) == [inner]
        assert judgements_of(connection, ["a", "b"]) == [inner, outer]
