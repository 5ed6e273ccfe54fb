"""When a lost connection is tried again."""

from typing import Any

import pytest

from bayer_livekit_sdk.loss import Pace
from fake_clock import FakeClock
from vectors import vectors

REFUSALS = {"close": (1008, False), "status": (None, True)}


async def lived(pace: Pace, clock: FakeClock, ms: float) -> None:
    pace.connected()
    await clock.pass_ms(ms)


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("case", vectors("schedule")["reconnects"], ids=lambda case: case["name"])
async def test_case(case: dict[str, Any], refusal: str) -> None:
    said = {"planned": (1012, False), "refused": REFUSALS[refusal], "lost": (1006, False)}
    clock = FakeClock()
    pace = Pace(clock)
    for number, expected in enumerate(case["losses"], 1):
        await lived(pace, clock, expected["lived_ms"])
        code, is_refusal = said[expected["kind"]]
        loss = pace.lost(code, "x", 0, is_refusal=is_refusal)
        assert (number, loss.kind, loss.attempt) == (number, expected["kind"], expected["attempt"])


async def test_a_planned_close_of_a_connection_that_lasted_waits_for_nothing() -> None:
    clock = FakeClock()
    pace = Pace(clock)
    await lived(pace, clock, 5000)
    loss = pace.lost(1012, "renewed", 0, is_refusal=False)
    assert (loss.kind, loss.retry_in_ms) == ("planned", 0)


@pytest.mark.parametrize(("code", "kind"), [(1008, "refused"), (1013, "lost"), (1012, "planned"), (None, "lost")])
async def test_connections_that_do_not_last_are_tried_less_and_less(code: int | None, kind: str) -> None:
    clock = FakeClock()
    pace = Pace(clock)
    waits = []
    for _ in range(12):
        await lived(pace, clock, 10)
        loss = pace.lost(code, "x", 0, is_refusal=False)
        assert loss.kind == kind
        waits.append(loss.retry_in_ms)
    assert waits == sorted(waits)
    assert waits[0] >= 250
    assert waits[-1] == 10_000


async def test_one_that_lasted_makes_up_for_those_before() -> None:
    clock = FakeClock()
    pace = Pace(clock)
    for _ in range(6):
        pace.lost(None, "x", 0, is_refusal=False)
    await lived(pace, clock, 1000)
    assert pace.lost(None, "x", 0, is_refusal=False).attempt == 1


def test_a_wait_is_never_shorter_than_upstreams() -> None:
    assert Pace(FakeClock()).lost(None, "x", 4000, is_refusal=True).retry_in_ms == 4000
